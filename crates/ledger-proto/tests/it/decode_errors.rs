//! Every wrong field is named, and no value is repeated.
//!
//! Long: one table of wrong fields.

use ledger_core::Division;
use ledger_proto::from_proto::{
    AppendRequest, append_request_from_proto, command_from_proto, date_from_proto,
    event_filter_from_proto, quarter_from_proto, simulation_scope_from_proto, time_from_proto,
};
use ledger_proto::to_proto::{command_to_proto, date_to_proto, recorded_event_to_proto};
use ledger_proto::v1::command::Body;
use ledger_proto::{DecodeError, Interner, recorded_event_from_bytes, v1};
use prost::Message as _;

use crate::samples;

/// Takes the sample of a command, spoils it, and tells what the reader says.
fn spoiled(spoil: impl Fn(&mut v1::Command) -> bool) -> String {
    for mut wire in samples::commands().iter().map(command_to_proto) {
        if spoil(&mut wire) {
            let compile = |_: &str| Err(vec!["unknown key `qouta`".to_owned()]);
            let read = command_from_proto(&wire, &compile, &mut Interner::default());
            return read.unwrap_err().to_string();
        }
    }
    panic!("no sample has that field")
}

/// A row of the table: the body, the change, and what the reader says.
macro_rules! wrong {
    ($($body:ident($wire:ident) { $($change:tt)+ } => $says:literal;)+) => {
        [$((
            spoiled(|command| match &mut command.body {
                Some(Body::$body($wire)) => { $($change)+; true }
                _ => false,
            }),
            $says,
        ),)+]
    };
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn every_wrong_field_of_a_command_is_named() {
    let rows = wrong! {
        EnrolPerson(it) { it.class_id.clear() } =>
            "enrol_person.class_id: the field is required";
        EnrolPerson(it) { it.person_key.push(0) } =>
            "enrol_person.person_key: the field has 17 bytes instead of 16";
        OpenAccount(it) { it.division = 0 } =>
            "open_account.division: the field is required";
        OpenAccount(it) { it.division = 990_000 } =>
            "open_account.division: the first two digits of the division code name no province";
        OpenAccount(it) { it.fund = 0 } =>
            "open_account.fund: the field is required";
        OpenAccount(it) { it.fund = 99 } =>
            "open_account.fund: the enum has no value 99";
        AccrueFunds(it) { it.reference.clear() } =>
            "accrue_funds.reference: the text is empty";
        AccrueFunds(it) { it.reference = "11010519491231002X".to_owned() } =>
            "accrue_funds.reference: the text contains a citizen's identity number, which is never recorded; name what is meant in another way";
        RegisterInstitution(it) { it.institution = "91370200264574251F".to_owned() } =>
            "register_institution.institution: the check character of the unified social credit \
             code is wrong";
        GrantQualification(it) { it.scope = None } =>
            "grant_qualification.scope: the field is required";
        GrantQualification(it) { it.scope.as_mut().unwrap().kind = 1 } =>
            "grant_qualification.scope.evaluator_number: an evaluator number goes with EVALUATION \
             and with no other qualification";
        GrantQualification(it) { it.scope.as_mut().unwrap().occupations = vec![v1::ScopeEntry {
            occupation: "4-10-01-05".to_owned(), levels: vec![]
        }] } =>
            "grant_qualification.scope.occupations[0].occupation: not an occupation of the form \
             2015:4-10-01-05";
        GrantQualification(it) { it.scope.as_mut().unwrap().occupations = vec![v1::ScopeEntry {
            occupation: "2015:4-10-01-05".to_owned(), levels: vec![2, 9]
        }] } =>
            "grant_qualification.scope.occupations[0].levels[1]: the enum has no value 9";
        GrantQualification(it) { it.scope.as_mut().unwrap().occupations =
            vec![v1::ScopeEntry::default(); 2_001] } =>
            "grant_qualification.scope.occupations: the field has 2001 entries or bytes and at \
             most 2000 are allowed";
        GrantQualification(it) { it.valid_from_date = None } =>
            "grant_qualification.valid_from_date: the field is required";
        GrantQualification(it) { it.valid_until_date.as_mut().unwrap().month = 13 } =>
            "grant_qualification.valid_until_date: the calendar has no such day between 1900 and \
             2199";
        DeclarePersonStatus(it) { it.status.as_mut().unwrap().division = 370_100 } =>
            "declare_person_status.status.division: a division goes with RESIDENCE and with no \
             other status";
        EndPersonStatus(it) { it.status.as_mut().unwrap().division = 0 } =>
            "end_person_status.status.division: a division goes with RESIDENCE and with no other \
             status";
        EndPersonStatus(it) { it.status.as_mut().unwrap().kind = 0 } =>
            "end_person_status.status.kind: the field is required";
        ApproveClass(it) { it.scheme = "Training".to_owned() } =>
            "approve_class.scheme: a name begins with a lower-case letter";
        ApproveClass(it) { it.level = 9 } =>
            "approve_class.level: the enum has no value 9";
        ApproveClass(it) { it.residence_division = 1 } =>
            "approve_class.residence_division: a division code has six digits";
        IssueCertificate(it) { it.number = "11010519491231002X".to_owned() } =>
            "issue_certificate.number: the certificate number contains a citizen's identity number, which is never recorded";
        WithdrawEnrolment(it) { it.reason = "x".repeat(501) } =>
            "withdraw_enrolment.reason: the text has more than 500 characters";
        OrderDisbursement(it) { it.payee.as_mut().unwrap().payee = None } =>
            "order_disbursement.payee: the field is required";
        OrderDisbursement(it) { it.beneficiary_keys[1].truncate(15) } =>
            "order_disbursement.beneficiary_keys[1]: the field has 15 bytes instead of 16";
        OrderDisbursement(it) { it.beneficiary_keys = vec![vec![0; 16]; 5_001] } =>
            "order_disbursement.beneficiary_keys: the field has 5001 entries or bytes and at most \
             5000 are allowed";
        OpenCase(it) { it.institution = "?".to_owned() } =>
            "open_case.institution: a unified social credit code has 18 characters";
        DeclarePersonStatus(it) { it.status.as_mut().unwrap().group = 1 } =>
            "declare_person_status.status.group: the field goes with another kind of status";
        DeclarePersonStatus(it) { it.status.as_mut().unwrap().age = Some(0) } =>
            "declare_person_status.status.age: the field goes with another kind of status";
        DeclarePersonStatus(it) { it.status.as_mut().unwrap().sex = 1 } =>
            "declare_person_status.status.sex: the field goes with another kind of status";
        DeclarePersonStatus(it) { it.status.as_mut().unwrap().graduation_year = Some(2021) } =>
            "declare_person_status.status.graduation_year: the field goes with another kind of \
             status";
        DeclarePersonStatus(it) { it.status.as_mut().unwrap().kind = 3 } =>
            "declare_person_status.status.group: the field is required";
        DeclarePersonStatus(it) { it.status.as_mut().unwrap().kind = 5 } =>
            "declare_person_status.status.age: the field is required";
        DeclarePersonStatus(it) { it.status = Some(v1::PersonStatus {
            kind: 5, age: Some(256), ..Default::default()
        }) } =>
            "declare_person_status.status.age: the number is out of range";
        DeclarePersonStatus(it) { it.status.as_mut().unwrap().kind = 6 } =>
            "declare_person_status.status.sex: the field is required";
        DeclarePersonStatus(it) { it.status.as_mut().unwrap().kind = 7 } =>
            "declare_person_status.status.graduation_year: the field is required";
        ApproveClass(it) { it.reporting = Some(v1::Reporting {
            action: "Digital".to_owned(), ..Default::default()
        }) } =>
            "approve_class.reporting.action: a name begins with a lower-case letter";
        ApproveClass(it) { it.reporting = Some(v1::Reporting {
            training: 99, ..Default::default()
        }) } =>
            "approve_class.reporting.training: the enum has no value 99";
        ApproveClass(it) { it.order_id = vec![1; 15] } =>
            "approve_class.order_id: the field has 15 bytes instead of 16";
        OrderDisbursement(it) { it.fund = 99 } =>
            "order_disbursement.fund: the enum has no value 99";
        RaiseOrder(it) { it.raised_by = None } =>
            "raise_order.raised_by: the field is required";
        SubmitClaim(it) { it.route = 0 } =>
            "submit_claim.route: the field is required";
        ResolveObjection(it) { it.objection_position = 0 } =>
            "resolve_objection.objection_position: a position is at least 1";
        RecordProvincialAdjustment(it) { it.capacity = None } =>
            "record_provincial_adjustment.capacity: the field is required";
        ApproveAward(it) { it.parts = vec![v1::AwardPartRequest::default(); 37] } =>
            "approve_award.parts: the field has 37 entries or bytes and at most 36 are allowed";
        ApproveAward(it) { it.parts[1].fund = 0 } =>
            "approve_award.parts[1].fund: the field is required";
        MakeFinding(it) { it.class_id.clear() } =>
            "make_finding.class_id: the field is required";
        MakeFinding(it) { it.award_id = vec![1; 16] } =>
            "make_finding.award_id: a class or an award is named, not both";
        MakeFinding(it) { it.class_id.clear(); it.award_id = vec![1; 15] } =>
            "make_finding.award_id: the field has 15 bytes instead of 16";
        MakeFinding(it) { it.evidence_positions[1] = 0 } =>
            "make_finding.evidence_positions[1]: a position is at least 1";
        DecideClawback(it) { it.lines[0].disbursement_id.clear() } =>
            "decide_clawback.lines[0].disbursement_id: the field is required";
        RecordRepayment(it) { it.debt = None } =>
            "record_repayment.debt: the field is required";
        PublishPolicy(it) { it.text = "qouta = 3".to_owned() } =>
            "publish_policy.text: not a valid policy document: unknown key `qouta`";
        PublishPolicy(it) { it.text = "x".repeat(256 * 1024 + 1) } =>
            "publish_policy.text: the field has 262145 entries or bytes and at most 262144 are \
             allowed";
    };
    for (found, says) in rows {
        assert_eq!(found, says);
    }
}

#[test]
fn a_command_needs_a_date_a_body_and_known_causes() {
    let any = |change: fn(&mut v1::Command)| {
        spoiled(|command| {
            change(command);
            true
        })
    };
    assert_eq!(any(|it| it.body = None), "body: the field is required");
    assert_eq!(
        any(|it| it.occurred_date = None),
        "occurred_date: the field is required"
    );
    assert_eq!(
        any(|it| it.causes = vec![4, 0]),
        "causes[1]: a position is at least 1"
    );
    assert_eq!(
        any(|it| it.causes = vec![1; 1_001]),
        "causes: the field has 1001 entries or bytes and at most 1000 are allowed"
    );
}

type SpoilEvent = fn(&mut v1::RecordedEvent);

/// Spoils an event that has tags and postings.
fn spoiled_event(spoil: SpoilEvent) -> String {
    let events = samples::events();
    let paid = events
        .iter()
        .find(|event| event.event.postings.len() == 4)
        .unwrap();
    let mut wire = recorded_event_to_proto(paid);
    spoil(&mut wire);
    let bytes = wire.encode_to_vec();
    recorded_event_from_bytes(&bytes, &mut Interner::default())
        .unwrap_err()
        .to_string()
}

#[test]
fn every_wrong_field_of_an_event_is_named() {
    let ledger_account = |it: &mut v1::RecordedEvent| {
        let account = it.postings[0].account;
        it.tags.push(v1::Tag {
            value: account.map(v1::tag::Value::LedgerAccount),
        });
    };
    let rows: [(SpoilEvent, &str); 13] = [
        (|it| it.position = 0, "position: a position is at least 1"),
        (|it| it.event_id.clear(), "event_id: the field is required"),
        (|it| it.kind = 0, "kind: the field is required"),
        (
            |it| it.kind = 90,
            "kind: the kind 90 is not that of the body",
        ),
        (
            |it| it.payload_version = 2,
            "payload_version: the payload version 2 is not known",
        ),
        (
            |it| it.occurred_date = None,
            "occurred_date: the field is required",
        ),
        (
            |it| it.recorded_time = None,
            "recorded_time: the field is required",
        ),
        (|it| it.body = None, "body: the field is required"),
        (
            |it| it.tags[1].value = None,
            "tags[1]: the field is required",
        ),
        (
            |it| it.postings[3].account = None,
            "postings[3].account: the field is required",
        ),
        (
            |it| it.postings[3].side = 3,
            "postings[3].side: the enum has no value 3",
        ),
        (
            |it| it.postings[2].account.as_mut().unwrap().fiscal_year = 70_000,
            "postings[2].account.fiscal_year: the number is out of range",
        ),
        (
            ledger_account,
            "tags[4]: a stored event carries no ledger account tag",
        ),
    ];
    for (spoil, says) in rows {
        assert_eq!(spoiled_event(spoil), says);
    }
}

#[test]
fn bytes_that_are_no_message_are_refused() {
    let error = recorded_event_from_bytes(b"\xff\xff", &mut Interner::default()).unwrap_err();
    assert_eq!(error.to_string(), "not a protobuf message of the contract");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn dates_and_times_keep_to_the_calendar() {
    let date = |year, month, day| date_from_proto(Some(&v1::Date { year, month, day })).is_ok();
    assert_eq!((date(2020, 2, 29), date(2021, 2, 29)), (true, false));
    assert_eq!((date(1899, 12, 31), date(2200, 1, 1)), (false, false));
    assert_eq!((date(0, 0, 0), date(u32::MAX, 1, 1)), (false, false));
    let time = |seconds, nanos| {
        time_from_proto(Some(&prost_types::Timestamp { seconds, nanos }))
            .ok()
            .map(|at| at.micros())
    };
    assert_eq!(time(1, 999_999_999), Some(1_999_999));
    assert_eq!(
        (time(0, 1_000_000_000), time(0, -1), time(i64::MAX, 0)),
        (None, None, None)
    );
}

#[test]
fn a_filter_is_bounded() {
    let filter = |tags, kinds| {
        let filter = v1::EventFilter {
            tags: vec![v1::Tag::default(); tags],
            kinds,
        };
        event_filter_from_proto(Some(&filter))
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        filter(9, vec![]),
        "tags: the field has 9 entries or bytes and at most 8 are allowed"
    );
    assert_eq!(filter(1, vec![]), "tags[0]: the field is required");
    assert_eq!(filter(0, vec![50, 0]), "kinds[1]: the field is required");
    assert_eq!(event_filter_from_proto(None).unwrap(), Default::default());
}

fn append(change: impl Fn(&mut v1::AppendRequest)) -> Result<AppendRequest, Vec<DecodeError>> {
    let mut wire = v1::AppendRequest {
        request_id: vec![1; 16],
        commands: samples::commands()
            .iter()
            .skip(1)
            .map(command_to_proto)
            .collect(),
        source_system: "training-management".to_owned(),
        ..Default::default()
    };
    change(&mut wire);
    append_request_from_proto(&wire, 100, &|_| Ok(samples::policy()))
}

#[test]
fn every_problem_of_a_batch_is_reported() {
    let problems = append(|it| {
        it.request_id.clear();
        it.source_system.clear();
        it.mode = 7;
        it.explanation_detail = 4;
        it.commands[0].occurred_date = None;
        it.commands[3].body = None;
    });
    let problems: Vec<_> = problems
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect();
    let expected = [
        "request_id: the field is required",
        "mode: the enum has no value 7",
        "source_system: the text is empty",
        "explanation_detail: the enum has no value 4",
        "commands[0].occurred_date: the field is required",
        "commands[3].body: the field is required",
    ];
    assert_eq!(problems, expected);
}

#[test]
fn a_batch_is_bounded_and_not_empty() {
    let says = |change: fn(&mut v1::AppendRequest)| append(change).unwrap_err()[0].to_string();
    assert_eq!(
        says(|it| it.commands.clear()),
        "commands: the field is required"
    );
    assert_eq!(
        says(|it| it.commands = vec![it.commands[0].clone(); 101]),
        "commands: the field has 101 entries or bytes and at most 100 are allowed"
    );
    let many = append(|it| it.commands = vec![v1::Command::default(); 100]).unwrap_err();
    assert_eq!(many.len(), 100);
}

#[test]
fn only_what_records_nothing_needs_no_request_id() {
    let read = append(|it| {
        it.request_id.clear();
        it.validate_only = true;
    });
    assert_eq!(read.unwrap().request_id, None);
}

#[test]
fn quarters_are_those_of_the_calendar() {
    let read = |year, number| quarter_from_proto(Some(&v1::Quarter { year, number }));
    assert_eq!(read(2025, 4).unwrap().to_string(), "2025Q4");
    for (year, number) in [
        (2025, 0),
        (2025, 5),
        (1899, 4),
        (2200, 1),
        (70_000, 1),
        (2025, 257),
    ] {
        let error = read(year, number).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the number is out of range",
            "{year} {number}"
        );
    }
    let missing = quarter_from_proto(None).unwrap_err();
    assert_eq!(missing.to_string(), "the field is required");
}

/// Everything wrong with a policy document is a problem of its own, within the bound on problems.
#[test]
fn every_flaw_of_a_policy_document_is_a_problem() {
    let publish = v1::Command {
        occurred_date: Some(v1::Date {
            year: 2020,
            month: 1,
            day: 1,
        }),
        body: Some(Body::PublishPolicy(v1::PublishPolicy {
            text: "qouta = 3".to_owned(),
        })),
        ..Default::default()
    };
    let wire = v1::AppendRequest {
        request_id: vec![1; 16],
        source_system: "tests".to_owned(),
        commands: vec![v1::Command::default(), publish],
        ..Default::default()
    };
    for (flaws, expected) in [(1, 2), (3, 4), (99, 100), (200, 100)] {
        let compile = |_: &str| Err((1..=flaws).map(|line| format!("line {line}")).collect());
        let problems = append_request_from_proto(&wire, 100, &compile).unwrap_err();
        assert_eq!(problems.len(), expected, "{flaws}");
        let said: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(said[0], "commands[0].occurred_date: the field is required");
        assert_eq!(
            said[1],
            "commands[1].publish_policy.text: not a valid policy document: line 1"
        );
        assert!(
            said.last()
                .unwrap()
                .ends_with(&format!(": line {}", expected - 1))
        );
    }
}

/// One day may be simulated; a time that ends before it begins is a mistake, not an empty answer.
#[test]
fn the_bounds_of_a_simulation_are_read() {
    let day = |day| {
        Some(v1::Date {
            year: 2021,
            month: 3,
            day,
        })
    };
    for (from_date, until_date, division, says) in [
        (None, None, 0, ""),
        (day(2), day(2), 370_100, ""),
        (day(2), None, 0, ""),
        (None, day(2), 0, ""),
        (
            day(2),
            day(1),
            0,
            "until_date: the last day lies before the first",
        ),
        (
            day(0),
            day(1),
            0,
            "from_date: the calendar has no such day between 1900 and 2199",
        ),
        (
            day(1),
            day(32),
            0,
            "until_date: the calendar has no such day between 1900 and 2199",
        ),
        (
            None,
            None,
            990_000,
            "division: the first two digits of the division code name no province",
        ),
    ] {
        let request = v1::SimulateRequest {
            from_date,
            until_date,
            division,
            ..Default::default()
        };
        match simulation_scope_from_proto(&request) {
            Ok(scope) => {
                assert_eq!(says, "");
                let days = [scope.from, scope.until].map(|day| day.map(date_to_proto));
                assert_eq!(days, [from_date, until_date]);
                assert_eq!(scope.division.map_or(0, Division::code), division);
            }
            Err(error) => assert_eq!(error.to_string(), says),
        }
    }
}
