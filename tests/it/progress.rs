//! Progress against the targets of two provinces, over the wire.

use crate::story::request;
use ledger_core::coded::{ClassForm, Group};
use ledger_core::command::{
    ApproveClass, ApproveSubsidy, CommandBody, CompleteTraining, DeclarePersonStatus, EnrolPerson,
    IssueCertificate, OpenAccount, OpenClass, RegisterPerson,
};
use ledger_core::event::{ClassKind, PersonStatus, Reporting};
use ledger_core::{
    ActionId, CertificateKind, CertificateNumber, ClassId, Command, CreditCode, Division,
    FundSource, Occupation, PersonKey, SchemeId, SectorId, SkillLevel,
};
use ledger_proto::v1;
use ledger_tests::workload::{Lane, SCHEME, city, date, foundations, institution, on, reference};
use ledger_tests::{RawClient, TestServer};
use std::path::Path;

/// Shandong's document leaves the rates to the cities; this one is made up.
const JINAN_RATES: &str = r#"
policy_id = "made-up-jinan-rates"
version = 1
kind = "rate_table"
example = true
document_number = "济南市补贴标准（虚构）"
title = "济南市补贴标准（虚构）"
division = 370100
valid_from = 2025-09-08

[[rate]]
scheme = "vocational-training"
kind = "fixed"
amount = "500.00"
clause = "虚构: 每人500元"
"#;

const GUIYANG: u32 = 520_100;
const CARE: ClassId = ClassId::from_bytes([0xA1; 16]);
const ORDERED: ClassId = ClassId::from_bytes([0xA2; 16]);
const DIGITAL: ClassId = ClassId::from_bytes([0xA3; 16]);

#[tokio::test]
async fn targets_of_two_provinces_are_reported_as_of_two_positions() {
    let server = TestServer::start().await;
    let mut client = server.client().await;
    publish(&mut client).await;
    append(&mut client, &opened()).await;
    append(&mut client, &trained(1..=3, CARE)).await;
    append(&mut client, &trained(4..=5, DIGITAL)).await;
    let earlier = append(&mut client, &approved(4)).await;
    append(&mut client, &approved(5)).await;
    append(&mut client, &trained(6..=6, CARE)).await;

    let before = report(&mut client, 0, earlier).await;
    assert_eq!(before.log_position, earlier);
    let now = report(&mut client, 0, 0).await;
    for (report, care, approvals) in [(&before, 3, 1), (&now, 4, 2)] {
        check_guizhou(report, care);
        let all = target(report, "鲁人社字〔2025〕87号", "all-training");
        assert_eq!(
            (all.figure, all.name_zh.as_str()),
            (Some(1_500_000), "补贴性职业技能培训")
        );
        assert_eq!((counted(all), all.permille), (approvals, Some(0)));
        assert_eq!(all.status(), v1::TargetStatus::Running);
        let digital = target(report, "鲁人社字〔2025〕87号", "digital");
        assert_eq!((counted(digital), digital.permille), (2, Some(0)));
        assert_eq!(digital.status(), v1::TargetStatus::Missed, "of the year");
    }

    let jinan = report(&mut client, 370_100, 0).await;
    let documents = jinan.targets.iter().map(|of| of.rule.as_ref().unwrap());
    assert!(documents.clone().count() > 10);
    assert!(
        documents
            .into_iter()
            .all(|rule| rule.document == "鲁人社字〔2025〕87号")
    );
    let all = target(&jinan, "鲁人社字〔2025〕87号", "all-training");
    assert_eq!(
        (counted(all), all.status()),
        (2, v1::TargetStatus::PartOfDivision)
    );

    rebuild(&mut client).await;
    assert_eq!(report(&mut client, 0, earlier).await, before);
    assert_eq!(report(&mut client, 0, 0).await, now);
    server.stop().await;
}

/// The parts make the million, and the order classes are counted apart.
fn check_guizhou(report: &v1::ReportProgressResponse, care: u64) {
    const DOCUMENT: &str = "黔就劳发〔2025〕3号";
    let [sum] = report.sums.as_slice() else {
        panic!("{:?}", report.sums)
    };
    assert_eq!((sum.whole.as_str(), sum.parts.len()), ("all-training", 11));
    assert_eq!(
        (sum.whole_figure, sum.parts_figure),
        (Some(1_000_000), Some(1_000_000))
    );
    assert!(sum.adds_up);
    assert!(
        sum.apart.contains(&"outside-order-classes".to_owned()),
        "{:?}",
        sum.apart
    );
    let cumulative = |counts: Option<v1::ProgressCounts>| counts.unwrap().cumulative.unwrap();
    assert_eq!(cumulative(sum.whole_counts).counted, care);
    assert_eq!(cumulative(sum.parts_counts).counted, care);

    let all = target(report, DOCUMENT, "all-training");
    assert_eq!((all.figure, counted(all)), (Some(1_000_000), care));
    assert!(all.rule.as_ref().unwrap().clause.contains("100万人次以上"));
    let breakdown = all.counted.as_ref().unwrap();
    let [guiyang] = breakdown.cities.as_slice() else {
        panic!("{:?}", breakdown.cities)
    };
    assert_eq!(
        (guiyang.division, cumulative(guiyang.counts).counted),
        (GUIYANG, care)
    );
    let migrants = i32::from(v1::Group::MigrantWorker);
    let migrants = breakdown.groups.iter().find(|part| part.group == migrants);
    assert_eq!(cumulative(migrants.unwrap().counts).counted, 2);
    assert_eq!(
        counted(target(report, DOCUMENT, "elderly-and-child-care")),
        care
    );
    let classes = target(report, DOCUMENT, "outside-order-classes");
    assert_eq!(
        (classes.measure(), classes.figure),
        (v1::TargetMeasure::Classes, Some(500))
    );
    assert_eq!(counted(classes), 1);
}

fn target<'r>(
    report: &'r v1::ReportProgressResponse,
    document: &str,
    name: &str,
) -> &'r v1::TargetProgress {
    let mut targets = report.targets.iter();
    let found =
        targets.find(|of| of.target == name && of.rule.as_ref().unwrap().document == document);
    found.unwrap_or_else(|| panic!("{document} has no target {name}"))
}

/// What was counted for a target in its whole time.
fn counted(target: &v1::TargetProgress) -> u64 {
    let total = target.counted.as_ref().unwrap().total.unwrap();
    total.cumulative.unwrap().counted
}

async fn report(
    client: &mut RawClient,
    division: u32,
    as_of_position: u64,
) -> v1::ReportProgressResponse {
    let request = v1::ReportProgressRequest {
        quarter: Some(v1::Quarter {
            year: 2025,
            number: 4,
        }),
        division,
        as_of_position,
        at_least_position: 0,
    };
    client.report_progress(request).await.unwrap().into_inner()
}

/// Records commands, all of which have to be accepted, and tells the last position.
async fn append(client: &mut RawClient, commands: &[Command]) -> u64 {
    let answer = client.append(request(commands)).await.unwrap().into_inner();
    answer.log_position
}

/// Publishes the documents as a caller does who has nothing but their texts.
async fn publish(client: &mut RawClient) {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies");
    let files = [
        "guizhou/2025-3.toml",
        "shandong/2025-87.toml",
        "examples/guiyang-2025-rates.toml",
    ];
    let texts = files.map(|file| std::fs::read_to_string(policies.join(file)).unwrap());
    let texts = texts.into_iter().chain([JINAN_RATES.to_owned()]);
    let command = |text: String| v1::Command {
        occurred_date: Some(v1::Date {
            year: 2025,
            month: 10,
            day: 1,
        }),
        body: Some(v1::command::Body::PublishPolicy(v1::PublishPolicy { text })),
        ..v1::Command::default()
    };
    let request = v1::AppendRequest {
        commands: texts.map(command).collect(),
        ..request(&[])
    };
    client.append(request).await.unwrap();
}

async fn rebuild(client: &mut RawClient) {
    let progress = client.rebuild(v1::RebuildRequest::default()).await.unwrap();
    let mut progress = progress.into_inner();
    let mut last = None;
    while let Some(message) = progress.message().await.unwrap() {
        last = Some(message);
    }
    assert_eq!(last.unwrap().phase(), v1::RebuildPhase::Switched);
}

fn person(number: u8) -> PersonKey {
    PersonKey::from_bytes([number; 16])
}

/// Bodies, six people of whom two are migrant workers, and three classes.
fn opened() -> Vec<Command> {
    let guiyang = Division::new(GUIYANG).unwrap();
    let mut commands = foundations();
    commands.extend(Lane::new(0, 1).foundations());
    let start = date(2025, 10, 10);
    commands.push(on(
        start,
        CommandBody::OpenAccount(OpenAccount {
            division: guiyang,
            fund: FundSource::SpecialAccount,
        }),
    ));
    for number in 1..=6 {
        let person = person(number);
        commands.push(on(
            start,
            CommandBody::RegisterPerson(RegisterPerson { person }),
        ));
    }
    for number in 1..=2 {
        commands.push(on(
            start,
            CommandBody::DeclarePersonStatus(DeclarePersonStatus {
                person: person(number),
                status: PersonStatus::Group(Group::MigrantWorker),
                valid_from: date(2025, 1, 1),
                valid_until: None,
                source: reference("SYNTHETIC-REGISTER"),
            }),
        ));
    }
    let reporting = |action: Option<&str>, sector: Option<&str>, form| Reporting {
        action: action.map(|name| ActionId::parse(name).unwrap()),
        sector: sector.map(|name| SectorId::parse(name).unwrap()),
        training: None,
        form,
    };
    let care = reporting(None, Some("elderly-and-child-care"), None);
    let form = Some(ClassForm::OrderClass);
    let ordered = reporting(Some("outside-province-training"), None, form);
    let digital = Reporting {
        training: Some(ledger_core::coded::TrainingKind::Digital),
        ..reporting(Some("new-quality-productivity"), None, None)
    };
    for (class, division, reporting) in [
        (CARE, guiyang, care),
        (ORDERED, guiyang, ordered),
        (DIGITAL, city(0), digital),
    ] {
        commands.push(on(start, approve_class(class, division, reporting)));
        commands.push(on(
            date(2025, 10, 20),
            CommandBody::OpenClass(OpenClass { class }),
        ));
    }
    commands
}

fn approve_class(class: ClassId, division: Division, reporting: Reporting) -> CommandBody {
    CommandBody::ApproveClass(ApproveClass {
        class,
        institution: institution(0),
        division,
        fund: FundSource::SpecialAccount,
        scheme: SchemeId::parse(SCHEME).unwrap(),
        kind: ClassKind::Ordinary,
        occupation: Occupation::parse("2015:4-10-01-05").unwrap(),
        level: Some(SkillLevel::Intermediate),
        headcount: 30,
        rate: None,
        class_hours: 40,
        starts_on: date(2025, 10, 20),
        ends_on: date(2025, 11, 20),
        residence: None,
        contract_number: reference("SYNTHETIC-CONTRACT"),
        reporting,
        order: None,
    })
}

/// People who go through a class.
fn trained(people: std::ops::RangeInclusive<u8>, class: ClassId) -> Vec<Command> {
    let stages = people.flat_map(|number| {
        let person = person(number);
        [
            on(
                date(2025, 10, 20),
                CommandBody::EnrolPerson(EnrolPerson { class, person }),
            ),
            on(
                date(2025, 11, 20),
                CommandBody::CompleteTraining(CompleteTraining { class, person }),
            ),
        ]
    });
    stages.collect()
}

/// The certificate and the approval of somebody in the digital class.
fn approved(number: u8) -> [Command; 2] {
    let (class, person) = (DIGITAL, person(number));
    let certificate = IssueCertificate {
        class,
        person,
        kind: CertificateKind::SkillLevel,
        number: CertificateNumber::parse(&format!("S000037000000254{number:06}")).unwrap(),
        evaluator: CreditCode::synthetic(city(0), 1_000),
        issued_on: date(2025, 12, 1),
    };
    [
        on(
            date(2025, 12, 1),
            CommandBody::IssueCertificate(certificate),
        ),
        on(
            date(2025, 12, 10),
            CommandBody::ApproveSubsidy(ApproveSubsidy { class, person }),
        ),
    ]
}
