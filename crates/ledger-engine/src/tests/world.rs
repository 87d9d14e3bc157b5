//! A small world of commands: one city, one school, a few people, courses and papers.
//!
//! Long: one constructor for each command that the tests use.

use crate::{
    AppendError, Appended, Engine, EngineOptions, ManualClock, Mode, Outcome, ReplyReceiver,
    Request,
};
use ledger_core::coded::Group;
use ledger_core::command::{
    AccrueFunds, AnnulFact, ApproveClass, ApproveSubsidy, ClawbackRequestLine, CloseCase,
    CloseClass, CommandBody, CompleteTraining, ConfirmEmployment, Debt, DecideClawback,
    DeclarePersonStatus, EndPersonStatus, EnrolPerson, GrantQualification, InvalidateCertificate,
    IssueCertificate, MakeFinding, OpenAccount, OpenCase, OpenClass, OrderDisbursement,
    PublishPolicy, RecordAttendance, RecordRepayment, RegisterInstitution, RegisterPerson,
    ReturnDisbursement, SettleDisbursement, WithdrawEnrolment,
};
use ledger_core::event::{
    ClassKind, DisbursementStage, EmploymentEvidence, FindingKind, InstitutionKind, Payee,
    PersonStatus, QualificationKind, QualificationScope, Reporting, ReturnKind, ScopeEntry,
    Subject,
};
use ledger_core::{
    BusinessDate, CaseId, CertificateKind, CertificateNumber, ClassId, ClawbackId, Command,
    CreditCode, DisbursementId, Division, Fen, FindingId, FundSource, Note, Occupation, PersonKey,
    Position, QualificationId, Reason, RecordedTime, Reference, RequestId, SchemeId,
};
use ledger_log::Storage;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The day of every command; the training dates lie before it.
pub(super) const TODAY: &str = "2020-06-30";

/// An engine and the commands for it.
pub(super) struct World {
    pub(super) engine: Engine,
    pub(super) clock: Arc<ManualClock>,
}

/// What became of a command, for comparing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    Recorded(u64),
    Refused(Reason),
    NotAttempted,
}

impl World {
    pub(super) fn open(store: Arc<dyn Storage>, options: EngineOptions) -> Self {
        let clock = Arc::new(ManualClock::new(noon(TODAY)));
        let engine = Engine::open(store, options, clock.clone()).unwrap();
        Self { engine, clock }
    }

    /// Opens a ledger with [`founding`] recorded in it.
    pub(super) fn founded(store: Arc<dyn Storage>, options: EngineOptions) -> Self {
        let world = Self::open(store, options);
        let appended = world
            .engine
            .append_blocking(request(1_000_000, founding()))
            .unwrap();
        let refused = appended
            .outcomes
            .iter()
            .find(|o| !matches!(o, Outcome::Recorded { .. }));
        assert_eq!(refused, None);
        world
    }

    pub(super) fn append(&self, id: u64, bodies: Vec<CommandBody>) -> Vec<Became> {
        became(&self.engine.append_blocking(request(id, bodies)).unwrap())
    }

    pub(super) fn try_append(&self, request: Request) -> Result<Vec<Became>, AppendError> {
        self.engine
            .append_blocking(request)
            .map(|appended| became(&appended))
    }

    pub(super) fn submit(&self, id: u64, bodies: Vec<CommandBody>) -> ReplyReceiver {
        self.engine.submit(request(id, bodies)).unwrap()
    }

    pub(super) fn last(&self) -> u64 {
        self.engine.tip().last_position.get()
    }
}

pub(super) fn became(appended: &Appended) -> Vec<Became> {
    let outcomes = appended.outcomes.iter();
    outcomes
        .map(|outcome| match outcome {
            Outcome::Recorded { first, .. } => Became::Recorded(first.get()),
            Outcome::Refused(refusal) => Became::Refused(refusal.reason),
            Outcome::NotAttempted => Became::NotAttempted,
        })
        .collect()
}

/// An atomic request; its digest depends on its content.
pub(super) fn request(id: u64, bodies: Vec<CommandBody>) -> Request {
    let digest = Sha256::digest(format!("{bodies:?}")).into();
    let command = |body| Command {
        occurred_on: date(TODAY),
        body,
        causes: Vec::new(),
    };
    Request {
        request_id: RequestId::from_bytes(u128::from(id).to_be_bytes()),
        digest,
        commands: bodies.into_iter().map(command).collect(),
        mode: Mode::Atomic,
        validate_only: false,
        actor: Arc::from("tester"),
        source_system: Arc::from("tests"),
    }
}

pub(super) fn independent(id: u64, bodies: Vec<CommandBody>) -> Request {
    Request {
        mode: Mode::Independent,
        ..request(id, bodies)
    }
}

pub(super) fn validate_only(request: Request) -> Request {
    Request {
        validate_only: true,
        ..request
    }
}

/// Policy, account with 100,000 yuan, a school that trains and evaluates in all occupations.
pub(super) fn founding() -> Vec<CommandBody> {
    let text = include_str!("../../../ledger-policy/tests/data/2019-2021-action.v2.toml");
    let policy = Arc::new(ledger_policy::compile(text).unwrap());
    vec![
        CommandBody::PublishPolicy(PublishPolicy {
            text: Arc::from(text),
            policy,
        }),
        CommandBody::OpenAccount(OpenAccount {
            division: jinan(),
            fund: fund(),
        }),
        accrue(10_000_000),
        CommandBody::RegisterInstitution(RegisterInstitution {
            institution: school(),
            kind: InstitutionKind::PrivateTraining,
            name: reference("示范培训学校"),
            division: jinan(),
        }),
        grant(1, QualificationKind::Training),
        grant(
            2,
            QualificationKind::Evaluation {
                evaluator_number: reference("S000037000001"),
            },
        ),
    ]
}

/// The whole way of persons through a class, up to their approval.
pub(super) fn trained(class: u8, persons: std::ops::Range<u8>) -> Vec<CommandBody> {
    let mut bodies = vec![approve_class(class), open_class(class)];
    for person in persons {
        bodies.extend([
            enrol(class, person),
            complete(class, person),
            certify(class, person),
        ]);
    }
    bodies
}

pub(super) fn date(text: &str) -> BusinessDate {
    BusinessDate::parse(text).unwrap()
}

/// Noon in China on that day.
pub(super) fn noon(text: &str) -> RecordedTime {
    let hours = i64::from(date(text).days()) * 24 + 4;
    RecordedTime::from_micros(hours * 3_600_000_000)
}

pub(super) fn jinan() -> Division {
    Division::new(370_100).unwrap()
}

pub(super) fn fund() -> FundSource {
    FundSource::SpecialAccount
}

pub(super) fn school() -> CreditCode {
    CreditCode::synthetic(jinan(), 1)
}

pub(super) fn person_key(n: u8) -> PersonKey {
    PersonKey::from_bytes([n; 16])
}

pub(super) fn class_id(n: u8) -> ClassId {
    ClassId::from_bytes([n; 16])
}

pub(super) fn certificate(class: u8, person: u8) -> CertificateNumber {
    CertificateNumber::parse(&format!("TRAIN-{class:03}-{person:03}")).unwrap()
}

fn reference(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

fn note(text: &str) -> Note {
    Note::parse(text).unwrap()
}

/// Each class has an occupation of its own, because the same one is not subsidised twice.
fn occupation(class: u8) -> Occupation {
    Occupation::parse(&format!("2022:4-10-01-{class:02}")).unwrap()
}

fn grant(n: u8, kind: QualificationKind) -> CommandBody {
    let entry = |class| ScopeEntry {
        occupation: occupation(class),
        levels: Vec::new(),
    };
    CommandBody::GrantQualification(GrantQualification {
        institution: school(),
        qualification: QualificationId::from_bytes([n; 16]),
        scope: QualificationScope {
            kind,
            occupations: (1..=9).map(entry).collect(),
        },
        valid_from: date("2019-01-01"),
        valid_until: None,
        decision_number: reference("许可1号"),
    })
}

pub(super) fn accrue(fen: i64) -> CommandBody {
    CommandBody::AccrueFunds(AccrueFunds {
        division: jinan(),
        fund: fund(),
        amount: Fen::new(fen),
        reference: reference("凭证1"),
        capacity: None,
    })
}

pub(super) fn register(person: u8) -> CommandBody {
    CommandBody::RegisterPerson(RegisterPerson {
        person: person_key(person),
    })
}

/// Even classes are projects.
/// A worker of a group, from a day on.
pub(super) fn declare(person: u8, from: &str) -> CommandBody {
    CommandBody::DeclarePersonStatus(DeclarePersonStatus {
        person: person_key(person),
        status: PersonStatus::Group(Group::MigrantWorker),
        valid_from: date(from),
        valid_until: None,
        source: reference("constructed register"),
    })
}

/// The end of what [`declare`] says.
pub(super) fn end(person: u8, until: &str) -> CommandBody {
    CommandBody::EndPersonStatus(EndPersonStatus {
        person: person_key(person),
        status: PersonStatus::Group(Group::MigrantWorker),
        valid_until: date(until),
        source: reference("constructed register"),
    })
}

pub(super) fn annul(position: u64) -> CommandBody {
    CommandBody::AnnulFact(AnnulFact {
        position: Position::new(position),
        grounds: note("mistyped"),
        decision_number: reference("constructed decision 9"),
    })
}

pub(super) fn approve_class(class: u8) -> CommandBody {
    CommandBody::ApproveClass(ApproveClass {
        class: class_id(class),
        institution: school(),
        division: jinan(),
        fund: fund(),
        scheme: SchemeId::parse("vocational-training").unwrap(),
        kind: if class.is_multiple_of(2) {
            ClassKind::Project
        } else {
            ClassKind::Ordinary
        },
        occupation: occupation(class),
        level: None,
        headcount: 20,
        rate: Some(Fen::new(50_000)),
        class_hours: 40,
        starts_on: date("2020-06-01"),
        ends_on: date(TODAY),
        residence: None,
        contract_number: reference("合同1号"),
        reporting: Reporting::default(),
        order: None,
    })
}

pub(super) fn open_class(class: u8) -> CommandBody {
    CommandBody::OpenClass(OpenClass {
        class: class_id(class),
    })
}

pub(super) fn close_class(class: u8) -> CommandBody {
    CommandBody::CloseClass(CloseClass {
        class: class_id(class),
    })
}

pub(super) fn enrol(class: u8, person: u8) -> CommandBody {
    CommandBody::EnrolPerson(EnrolPerson {
        class: class_id(class),
        person: person_key(person),
    })
}

pub(super) fn withdraw(class: u8, person: u8) -> CommandBody {
    CommandBody::WithdrawEnrolment(WithdrawEnrolment {
        class: class_id(class),
        person: person_key(person),
        reason: note("本人申请"),
    })
}

pub(super) fn attend(class: u8, person: u8) -> CommandBody {
    let (class, person) = (class_id(class), person_key(person));
    CommandBody::RecordAttendance(RecordAttendance {
        class,
        person,
        class_hours: 8,
    })
}

pub(super) fn complete(class: u8, person: u8) -> CommandBody {
    let (class, person) = (class_id(class), person_key(person));
    CommandBody::CompleteTraining(CompleteTraining { class, person })
}

pub(super) fn certify(class: u8, person: u8) -> CommandBody {
    CommandBody::IssueCertificate(IssueCertificate {
        class: class_id(class),
        person: person_key(person),
        kind: CertificateKind::TrainingCompletion,
        number: certificate(class, person),
        evaluator: school(),
        issued_on: date(TODAY),
    })
}

pub(super) fn invalidate(class: u8, person: u8) -> CommandBody {
    CommandBody::InvalidateCertificate(InvalidateCertificate {
        number: certificate(class, person),
        grounds: note("发证有误"),
        decision_number: reference("撤证1号"),
    })
}

pub(super) fn employ(class: u8, person: u8) -> CommandBody {
    CommandBody::ConfirmEmployment(ConfirmEmployment {
        class: class_id(class),
        person: person_key(person),
        employer: school(),
        evidence: EmploymentEvidence::LabourContract,
        started_on: date(TODAY),
    })
}

pub(super) fn approve(class: u8, person: u8) -> CommandBody {
    let (class, person) = (class_id(class), person_key(person));
    CommandBody::ApproveSubsidy(ApproveSubsidy { class, person })
}

pub(super) fn order(n: u8, class: u8, stage: DisbursementStage, persons: &[u8]) -> CommandBody {
    CommandBody::OrderDisbursement(OrderDisbursement {
        disbursement: DisbursementId::from_bytes([n; 16]),
        class: class_id(class),
        stage,
        payee: Payee::Institution(school()),
        beneficiaries: persons.iter().copied().map(person_key).collect(),
        fund: None,
    })
}

pub(super) fn settle(n: u8) -> CommandBody {
    CommandBody::SettleDisbursement(SettleDisbursement {
        disbursement: DisbursementId::from_bytes([n; 16]),
        bank_reference: reference("回单1"),
    })
}

pub(super) fn send_back(n: u8) -> CommandBody {
    CommandBody::ReturnDisbursement(ReturnDisbursement {
        disbursement: DisbursementId::from_bytes([n; 16]),
        kind: ReturnKind::Passive,
        bank_reference: reference("退票1"),
        reason: note("账号有误"),
    })
}

pub(super) fn open_case(n: u8) -> CommandBody {
    CommandBody::OpenCase(OpenCase {
        case: CaseId::from_bytes([n; 16]),
        institution: Some(school()),
        clue: note("举报"),
    })
}

pub(super) fn find(case: u8, class: u8) -> CommandBody {
    CommandBody::MakeFinding(MakeFinding {
        case: CaseId::from_bytes([case; 16]),
        finding: FindingId::from_bytes([class; 16]),
        kind: FindingKind::FalseTraining,
        subject: Subject::Class(class_id(class)),
        persons: Vec::new(),
        evidence: vec![Position::new(1)],
        decision_number: reference("认定1号"),
    })
}

pub(super) fn claw_back(n: u8, case: u8, class: u8, disbursement: u8, person: u8) -> CommandBody {
    CommandBody::DecideClawback(DecideClawback {
        clawback: ClawbackId::from_bytes([n; 16]),
        case: CaseId::from_bytes([case; 16]),
        finding: FindingId::from_bytes([class; 16]),
        lines: vec![ClawbackRequestLine {
            disbursement: DisbursementId::from_bytes([disbursement; 16]),
            beneficiary: Some(person_key(person)),
            amount: Fen::new(20_000),
        }],
        decision_number: reference("追回1号"),
    })
}

pub(super) fn repay(clawback: u8, fen: i64) -> CommandBody {
    CommandBody::RecordRepayment(RecordRepayment {
        debt: Debt::Clawback(ClawbackId::from_bytes([clawback; 16])),
        amount: Fen::new(fen),
        bank_reference: reference("还款1"),
    })
}

pub(super) fn close_case(n: u8) -> CommandBody {
    CommandBody::CloseCase(CloseCase {
        case: CaseId::from_bytes([n; 16]),
        outcome: note("结案"),
    })
}
