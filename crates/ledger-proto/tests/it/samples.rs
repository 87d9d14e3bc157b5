//! One synthetic event of every kind and one command of every kind, with every optional part both
//! present and absent somewhere.
//!
//! Long: one sample of every kind.

mod correction;
mod later;

use ledger_core::event::{
    AccountOpened, AssessmentRecorded, AttendanceRecorded, CaseClosed, CaseOpened, ClassClosed,
    ClassOpened, DisbursementSettled, EmploymentWithdrawn, EnrolmentWithdrawn, FundsAccrued,
    FundsTransferred, PersonEnrolled, PersonRegistered, PersonStatusEnded, RepaymentReceived,
    TrainingCompleted,
};
use std::sync::Arc;

use ledger_core::coded::DocumentKind;
use ledger_core::command::*;
use ledger_core::event::*;
use ledger_core::policy::Policy;
use ledger_core::{
    AccountKey, AccountKind, BusinessDate, CaseId, CertificateKind, CertificateNumber, ClassId,
    ClawbackId, CreditCode, DisbursementId, Division, EventId, Fen, FindingId, FundSource,
    LedgerAccount, Note, Occupation, PersonKey, Position, Posting, QualificationId, RecordedTime,
    Reference, SchemeId, Side, SkillLevel,
};

pub(crate) fn class() -> ClassId {
    ClassId::from_bytes(*b"class-0123456789")
}

pub(crate) fn person(number: u8) -> PersonKey {
    let mut bytes = *b"person-.........";
    bytes[15] = number;
    PersonKey::from_bytes(bytes)
}

pub(crate) fn division(code: u32) -> Division {
    Division::new(code).unwrap()
}

pub(crate) fn date(text: &str) -> BusinessDate {
    BusinessDate::parse(text).unwrap()
}

pub(crate) fn reference(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

pub(crate) fn position(number: u64) -> Position {
    Position::new(number)
}

fn note(text: &str) -> Note {
    Note::parse(text).unwrap()
}

fn school() -> CreditCode {
    CreditCode::synthetic(division(370_100), 1)
}

fn employer() -> CreditCode {
    CreditCode::synthetic(division(370_100), 2)
}

fn account() -> AccountKey {
    AccountKey {
        division: division(370_100),
        fund: FundSource::SpecialAccount,
    }
}

fn disbursement() -> DisbursementId {
    DisbursementId::from_bytes(*b"disbursement-001")
}

fn case() -> CaseId {
    CaseId::from_bytes(*b"case-00000000001")
}

fn finding() -> FindingId {
    FindingId::from_bytes(*b"finding-00000001")
}

fn clawback() -> ClawbackId {
    ClawbackId::from_bytes(*b"clawback-0000001")
}

fn qualification() -> QualificationId {
    QualificationId::from_bytes(*b"qualification-01")
}

fn certificate() -> CertificateNumber {
    CertificateNumber::parse("S000037000001215000001").unwrap()
}

fn occupation() -> Occupation {
    Occupation::parse("2015:4-10-01-05").unwrap()
}

fn scheme() -> SchemeId {
    SchemeId::parse("project-training").unwrap()
}

fn training_scope() -> QualificationScope {
    QualificationScope {
        kind: QualificationKind::Training,
        occupations: vec![
            ScopeEntry {
                occupation: occupation(),
                levels: vec![SkillLevel::Junior, SkillLevel::Intermediate],
            },
            ScopeEntry {
                occupation: Occupation::parse("2022:4-10-01-05").unwrap(),
                levels: Vec::new(),
            },
        ],
    }
}

fn evaluation_scope() -> QualificationScope {
    QualificationScope {
        kind: QualificationKind::Evaluation {
            evaluator_number: reference("S000037000001"),
        },
        occupations: Vec::new(),
    }
}

fn posting(kind: AccountKind, fiscal_year: u16, side: Side, fen: i64) -> Posting {
    let (amount, balance_after) = (Fen::new(fen), Fen::new(fen + 1_000_000));
    Posting {
        account: LedgerAccount {
            holder: account(),
            kind,
            fiscal_year,
        },
        side,
        amount,
        balance_after,
    }
}

/// A policy whose compiled form nobody looks at here.
pub(crate) fn policy() -> Policy {
    Policy::new(
        "sd-2019",
        1,
        "鲁政办字〔2019〕1号",
        division(370_000),
        date("2019-01-01"),
        None,
    )
}

/// The fact alone becomes an event that moves no money, of which the tags are those of a person in
/// a class.
fn event(body: EventBody) -> Event {
    Event {
        occurred_on: date("2021-03-01"),
        causes: vec![position(3), position(200)],
        policy: Some(position(1)),
        tags: vec![
            Tag::Person(person(1)),
            Tag::Class(class()),
            Tag::Institution(school()),
            Tag::Division(division(370_100)),
        ],
        postings: Vec::new(),
        body,
    }
}

fn money_event(body: EventBody, postings: Vec<Posting>) -> Event {
    let tags = vec![
        Tag::Disbursement(disbursement()),
        Tag::Class(class()),
        Tag::Account(account()),
        Tag::Division(division(370_100)),
    ];
    Event {
        tags,
        postings,
        ..event(body)
    }
}

fn case_event(body: EventBody) -> Event {
    let tags = vec![
        Tag::Case(case()),
        Tag::Clawback(clawback()),
        Tag::Certificate(certificate()),
    ];
    Event {
        tags,
        causes: Vec::new(),
        policy: None,
        ..event(body)
    }
}

/// One event of every kind, at positions that count up from 1000.
pub(crate) fn events() -> Vec<RecordedEvent> {
    let all = [
        registry_events(),
        class_events(),
        claim_events(),
        money_events(),
        case_events(),
        // Positions and ids of the ones above are in their golden bytes: later kinds come after.
        later::events(),
        correction::events(),
    ];
    all.into_iter()
        .flatten()
        .enumerate()
        .map(|(index, event)| recorded(index, event))
        .collect()
}

/// An annulment of each sample whose kind a correction carries.
pub(crate) fn annulled() -> Vec<EventBody> {
    let events = events();
    let past: Vec<_> = events.iter().filter_map(PastEvent::of).collect();
    assert!(!past.is_empty());
    let bodies = past.into_iter().map(|annulled| {
        EventBody::FactAnnulled(FactAnnulled {
            stands_again: vec![annulled.clone(), annulled.clone()],
            annulled,
            grounds: note("constructed"),
            decision_number: reference("constructed"),
        })
    });
    bodies.collect()
}

fn recorded(index: usize, event: Event) -> RecordedEvent {
    let number = u64::try_from(index).unwrap();
    let mut event_id = *b"\x01\x7e\0\0\0\0\x70\0\x80\0\0\0\0\0\0\0";
    event_id[15] = u8::try_from(index).unwrap();
    RecordedEvent {
        position: position(1000 + number),
        event_id: EventId::from_bytes(event_id),
        recorded_at: RecordedTime::from_micros(1_614_556_800_123_456),
        actor: Arc::from("CN=training.jinan.example"),
        source_system: Arc::from("training-management"),
        event,
    }
}

fn registry_events() -> Vec<Event> {
    let valid_from = date("2019-01-01");
    vec![
        case_event(EventBody::PolicyPublished(PolicyPublished {
            policy_id: reference("sd-2019"),
            version: 1,
            document_number: reference("鲁政办字〔2019〕1号"),
            division: division(370_000),
            valid_from,
            valid_until: Some(date("2021-12-31")),
            text: Arc::from("policy_id = \"sd-2019\"\n"),
            digest: [0xab; 32],
            document_kind: DocumentKind::Rules,
        })),
        money_event(
            EventBody::AccountOpened(AccountOpened { account: account() }),
            Vec::new(),
        ),
        event(EventBody::InstitutionRegistered(InstitutionRegistered {
            institution: school(),
            kind: InstitutionKind::PrivateTraining,
            name: reference("济南市示例职业培训学校"),
            division: division(370_100),
        })),
        event(EventBody::QualificationGranted(QualificationGranted {
            institution: school(),
            qualification: qualification(),
            scope: training_scope(),
            valid_from,
            valid_until: None,
            decision_number: reference("济人社许〔2019〕1号"),
        })),
        event(EventBody::QualificationRevoked(QualificationRevoked {
            institution: school(),
            qualification: qualification(),
            effective_on: date("2021-03-02"),
            grounds: note("虚假培训"),
            decision_number: reference("济人社罚〔2021〕1号"),
        })),
        event(EventBody::PersonRegistered(PersonRegistered {
            person: person(1),
        })),
        event(EventBody::PersonStatusDeclared(PersonStatusDeclared {
            person: person(1),
            status: PersonStatus::Residence(division(370_102)),
            valid_from,
            valid_until: None,
            source: reference("household register"),
        })),
        event(EventBody::PersonStatusEnded(PersonStatusEnded {
            person: person(1),
            status: PersonStatus::Pension,
            valid_until: date("2021-02-28"),
            source: reference("pension register"),
        })),
    ]
}

fn class_events() -> Vec<Event> {
    let (class, person) = (class(), person(1));
    vec![
        event(EventBody::ClassApproved(ClassApproved {
            class,
            institution: school(),
            account: account(),
            scheme: scheme(),
            kind: ClassKind::Project,
            occupation: occupation(),
            level: Some(SkillLevel::Junior),
            headcount: 50,
            rate: Fen::new(50_000),
            class_hours: 80,
            starts_on: date("2021-03-01"),
            ends_on: date("2021-03-31"),
            residence: Some(division(370_100)),
            contract_number: reference("济人社项〔2021〕7号"),
            rate_source: RateSource::Contract,
            scarce: false,
            reporting: Reporting::default(),
            order: None,
        })),
        event(EventBody::ClassOpened(ClassOpened { class })),
        event(EventBody::ClassClosed(ClassClosed { class })),
        event(EventBody::PersonEnrolled(PersonEnrolled { class, person })),
        event(EventBody::EnrolmentWithdrawn(EnrolmentWithdrawn {
            class,
            person,
            reason: note("moved away"),
        })),
        event(EventBody::AttendanceRecorded(AttendanceRecorded {
            class,
            person,
            class_hours: 8,
        })),
        event(EventBody::TrainingCompleted(TrainingCompleted {
            class,
            person,
            class_hours: 80,
        })),
        event(EventBody::AssessmentRecorded(AssessmentRecorded {
            class,
            person,
            evaluator: school(),
            result: AssessmentResult::Passed,
        })),
    ]
}

fn claim_events() -> Vec<Event> {
    let (class, person) = (class(), person(1));
    vec![
        event(EventBody::CertificateIssued(CertificateIssued {
            class,
            person,
            kind: CertificateKind::SkillLevel,
            number: certificate(),
            evaluator: school(),
            issued_on: date("2021-04-02"),
        })),
        event(EventBody::CertificateInvalidated(CertificateInvalidated {
            class,
            person,
            number: certificate(),
            grounds: note("虚假评价"),
            decision_number: reference("鲁人社函〔2021〕9号"),
            approval_lapses: true,
            frees_quota: true,
        })),
        event(EventBody::EmploymentConfirmed(EmploymentConfirmed {
            class,
            person,
            employer: employer(),
            evidence: EmploymentEvidence::SocialInsurance,
            started_on: date("2021-04-15"),
            counts: true,
        })),
        event(EventBody::EmploymentWithdrawn(EmploymentWithdrawn {
            class,
            person,
            reason: note("contract ended"),
            counted: true,
        })),
        event(EventBody::SubsidyApproved(SubsidyApproved {
            class,
            person,
            amount: Fen::new(50_000),
            quota_year: 2021,
            quota_used: 1,
            quota_limit: 3,
            applied: Vec::new(),
        })),
    ]
}

#[expect(clippy::too_many_lines, reason = "one literal for each kind")]
fn money_events() -> Vec<Event> {
    let person = person(1);
    vec![
        money_event(
            EventBody::FundsAccrued(FundsAccrued {
                account: account(),
                amount: Fen::new(100_000_000),
                reference: reference("济财社〔2021〕1号"),
                capacity: None,
            }),
            vec![
                posting(AccountKind::Cash, 0, Side::Debit, 100_000_000),
                posting(AccountKind::Accrual, 2021, Side::Credit, 100_000_000),
            ],
        ),
        money_event(
            EventBody::FundsTransferred(FundsTransferred {
                from: division(370_100),
                to: division(370_200),
                fund: FundSource::SpecialAccount,
                amount: Fen::new(1_000),
                reference: reference("鲁财社〔2021〕2号"),
            }),
            vec![
                posting(AccountKind::TransferOut, 2021, Side::Debit, 1_000),
                posting(AccountKind::Cash, 0, Side::Credit, 1_000),
            ],
        ),
        event(EventBody::ProjectSettled(ProjectSettled {
            class: class(),
            employed: 17,
            base: 20,
            outcome: SettlementOutcome::Full,
            lines: vec![
                SettlementLine {
                    person,
                    earned: Fen::new(50_000),
                    advanced: Fen::new(30_000),
                    frees_quota: false,
                },
                SettlementLine {
                    person: self::person(2),
                    earned: Fen::ZERO,
                    advanced: Fen::new(30_000),
                    frees_quota: true,
                },
            ],
            payable: Fen::new(20_000),
            excess: Fen::new(30_000),
        })),
        money_event(
            EventBody::DisbursementOrdered(DisbursementOrdered {
                disbursement: disbursement(),
                subject: Subject::Class(class()),
                account: account(),
                stage: DisbursementStage::Advance,
                payee: Payee::Institution(school()),
                lines: vec![
                    DisbursementLine {
                        beneficiary: person,
                        amount: Fen::new(30_000),
                        takes_quota_year: Some(2021),
                    },
                    DisbursementLine {
                        beneficiary: self::person(2),
                        amount: Fen::new(30_000),
                        takes_quota_year: None,
                    },
                ],
                total: Fen::new(60_000),
            }),
            vec![
                posting(AccountKind::Commitment, 0, Side::Debit, 60_000),
                posting(AccountKind::Reserve, 0, Side::Credit, 60_000),
            ],
        ),
        money_event(
            EventBody::DisbursementSettled(DisbursementSettled {
                disbursement: disbursement(),
                bank_reference: reference("ICBC-2021-000017"),
                fiscal_year: 2021,
            }),
            vec![
                posting(AccountKind::Reserve, 0, Side::Debit, 60_000),
                posting(AccountKind::Commitment, 0, Side::Credit, 60_000),
                posting(AccountKind::Expenditure, 2021, Side::Debit, 60_000),
                posting(AccountKind::Cash, 0, Side::Credit, 60_000),
            ],
        ),
        money_event(
            EventBody::DisbursementReturned(DisbursementReturned {
                disbursement: disbursement(),
                kind: ReturnKind::Passive,
                bank_reference: reference("ICBC-2021-000018"),
                reason: note("account closed"),
                frees_quota: vec![person, self::person(2)],
            }),
            Vec::new(),
        ),
    ]
}

fn case_events() -> Vec<Event> {
    let (case, finding, clawback, class) = (case(), finding(), clawback(), class());
    vec![
        case_event(EventBody::CaseOpened(CaseOpened {
            case,
            institution: Some(school()),
            clue: note("data match: 1 trainee in two classes at once"),
        })),
        case_event(EventBody::FindingMade(FindingMade {
            case,
            finding,
            kind: FindingKind::FalseTraining,
            subject: Subject::Class(class),
            persons: vec![person(1)],
            decision_number: reference("济人社监〔2021〕3号"),
        })),
        case_event(EventBody::CaseClosed(CaseClosed {
            case,
            outcome: note("money recovered"),
        })),
        case_event(EventBody::ClawbackDecided(ClawbackDecided {
            clawback,
            case,
            finding,
            subject: Subject::Class(class),
            account: account(),
            debtor: Payee::Institution(school()),
            lines: vec![ClawbackLine {
                disbursement: disbursement(),
                beneficiary: Some(person(1)),
                amount: Fen::new(30_000),
                frees_quota: true,
            }],
            total: Fen::new(30_000),
            decision_number: reference("济人社追〔2021〕3号"),
        })),
        case_event(EventBody::RepaymentReceived(RepaymentReceived {
            debt: Debt::Clawback(clawback),
            amount: Fen::new(10_000),
            outstanding: Fen::new(20_000),
            bank_reference: reference("ICBC-2021-000019"),
        })),
    ]
}

/// Bodies that differ from those of [`events`] in what is optional or one of several.
pub(crate) fn variant_bodies() -> Vec<EventBody> {
    vec![
        EventBody::CaseOpened(CaseOpened {
            case: case(),
            institution: None,
            clue: note("a tip"),
        }),
        EventBody::RepaymentReceived(RepaymentReceived {
            debt: Debt::ExcessAdvance(class()),
            amount: Fen::new(1),
            outstanding: Fen::ZERO,
            bank_reference: reference("r"),
        }),
        EventBody::QualificationGranted(QualificationGranted {
            institution: school(),
            qualification: qualification(),
            scope: evaluation_scope(),
            valid_from: BusinessDate::MIN,
            valid_until: Some(BusinessDate::MAX),
            decision_number: reference("d"),
        }),
        EventBody::DisbursementOrdered(DisbursementOrdered {
            disbursement: disbursement(),
            subject: Subject::Class(class()),
            account: account(),
            stage: DisbursementStage::Full,
            payee: Payee::Person(person(3)),
            lines: Vec::new(),
            total: Fen::new(i64::MAX),
        }),
    ]
    .into_iter()
    .chain(later::variant_bodies())
    .collect()
}

/// The same event with another body, none of what is optional, and the smallest values.
pub(crate) fn bare(body: EventBody) -> RecordedEvent {
    let event = Event {
        occurred_on: BusinessDate::MIN,
        causes: Vec::new(),
        policy: None,
        tags: Vec::new(),
        postings: Vec::new(),
        body,
    };
    RecordedEvent {
        recorded_at: RecordedTime::from_micros(-1),
        ..recorded(0, event)
    }
}

/// Commands that differ from those of [`commands`] in what is optional.
pub(crate) fn variant_commands() -> Vec<Command> {
    let bodies = later::variant_commands().into_iter();
    bodies
        .chain(later::award_variant_commands())
        .map(command)
        .collect()
}

/// One command of every kind.
pub(crate) fn commands() -> Vec<Command> {
    let all = [
        registry_commands(),
        class_commands(),
        payment_commands(),
        case_commands(),
        later::commands(),
        correction::commands(),
    ];
    all.into_iter().flatten().map(command).collect()
}

fn command(body: CommandBody) -> Command {
    Command {
        occurred_on: date("2021-03-01"),
        causes: vec![position(7)],
        body,
    }
}

fn registry_commands() -> Vec<CommandBody> {
    let valid_from = date("2019-01-01");
    let valid_until = Some(date("2021-12-31"));
    vec![
        CommandBody::PublishPolicy(PublishPolicy {
            text: Arc::from("policy_id = \"sd-2019\"\n"),
            policy: Arc::new(policy()),
        }),
        CommandBody::OpenAccount(OpenAccount {
            division: division(370_100),
            fund: FundSource::EmploymentSubsidy,
        }),
        CommandBody::AccrueFunds(AccrueFunds {
            division: division(370_100),
            fund: FundSource::SpecialAccount,
            amount: Fen::new(100),
            reference: reference("济财社〔2021〕1号"),
            capacity: Some(later::capacity()),
        }),
        CommandBody::TransferFunds(TransferFunds {
            from: division(370_100),
            to: division(370_200),
            fund: FundSource::SpecialAccount,
            amount: Fen::new(100),
            reference: reference("鲁财社〔2021〕2号"),
        }),
        CommandBody::RegisterInstitution(RegisterInstitution {
            institution: school(),
            kind: InstitutionKind::TechnicalSchool,
            name: reference("济南市示例技工学校"),
            division: division(370_100),
        }),
        CommandBody::GrantQualification(GrantQualification {
            institution: school(),
            qualification: qualification(),
            scope: evaluation_scope(),
            valid_from,
            valid_until,
            decision_number: reference("鲁人社备〔2019〕1号"),
        }),
        CommandBody::RevokeQualification(RevokeQualification {
            institution: school(),
            qualification: qualification(),
            effective_on: date("2021-03-02"),
            grounds: note("虚假评价"),
            decision_number: reference("济人社罚〔2021〕1号"),
        }),
        CommandBody::RegisterPerson(RegisterPerson { person: person(1) }),
        CommandBody::DeclarePersonStatus(DeclarePersonStatus {
            person: person(1),
            status: PersonStatus::Pension,
            valid_from,
            valid_until,
            source: reference("pension register"),
        }),
        CommandBody::EndPersonStatus(EndPersonStatus {
            person: person(1),
            status: PersonStatus::Residence(division(370_102)),
            valid_until: date("2021-02-28"),
            source: reference("household register"),
        }),
    ]
}

fn class_commands() -> Vec<CommandBody> {
    let (class, person, evaluator) = (class(), person(1), school());
    vec![
        CommandBody::ApproveClass(ApproveClass {
            class,
            institution: school(),
            division: division(370_100),
            fund: FundSource::SpecialAccount,
            scheme: scheme(),
            kind: ClassKind::Ordinary,
            occupation: occupation(),
            level: None,
            headcount: 30,
            rate: Some(Fen::new(80_000)),
            class_hours: 40,
            starts_on: date("2021-03-01"),
            ends_on: date("2021-03-05"),
            residence: None,
            contract_number: reference("济人社培〔2021〕7号"),
            reporting: Reporting::default(),
            order: None,
        }),
        CommandBody::OpenClass(OpenClass { class }),
        CommandBody::CloseClass(CloseClass { class }),
        CommandBody::EnrolPerson(EnrolPerson { class, person }),
        CommandBody::WithdrawEnrolment(WithdrawEnrolment {
            class,
            person,
            reason: note("moved away"),
        }),
        CommandBody::RecordAttendance(RecordAttendance {
            class,
            person,
            class_hours: 8,
        }),
        CommandBody::CompleteTraining(CompleteTraining { class, person }),
        CommandBody::RecordAssessment(RecordAssessment {
            class,
            person,
            evaluator,
            result: AssessmentResult::Failed,
        }),
        CommandBody::IssueCertificate(IssueCertificate {
            class,
            person,
            kind: CertificateKind::SpecialAbility,
            number: certificate(),
            evaluator,
            issued_on: date("2021-03-09"),
        }),
        CommandBody::InvalidateCertificate(InvalidateCertificate {
            number: certificate(),
            grounds: note("虚假评价"),
            decision_number: reference("鲁人社函〔2021〕9号"),
        }),
        CommandBody::ConfirmEmployment(ConfirmEmployment {
            class,
            person,
            employer: employer(),
            evidence: EmploymentEvidence::Payroll,
            started_on: date("2021-04-15"),
        }),
        CommandBody::WithdrawEmployment(WithdrawEmployment {
            class,
            person,
            reason: note("contract ended"),
        }),
    ]
}

fn payment_commands() -> Vec<CommandBody> {
    let disbursement = disbursement();
    vec![
        CommandBody::ApproveSubsidy(ApproveSubsidy {
            class: class(),
            person: person(1),
        }),
        CommandBody::OrderDisbursement(OrderDisbursement {
            disbursement,
            class: class(),
            stage: DisbursementStage::Final,
            payee: Payee::Employer(employer()),
            beneficiaries: vec![person(1), person(2)],
            fund: None,
        }),
        CommandBody::SettleDisbursement(SettleDisbursement {
            disbursement,
            bank_reference: reference("ICBC-2021-000017"),
        }),
        CommandBody::ReturnDisbursement(ReturnDisbursement {
            disbursement,
            kind: ReturnKind::Active,
            bank_reference: reference("ICBC-2021-000018"),
            reason: note("paid twice"),
        }),
    ]
}

fn case_commands() -> Vec<CommandBody> {
    let (case, finding) = (case(), finding());
    vec![
        CommandBody::OpenCase(OpenCase {
            case,
            institution: None,
            clue: note("a tip"),
        }),
        CommandBody::MakeFinding(MakeFinding {
            case,
            finding,
            kind: FindingKind::Fraud,
            subject: Subject::Class(class()),
            persons: vec![person(1)],
            evidence: vec![position(12), position(40)],
            decision_number: reference("济人社监〔2021〕3号"),
        }),
        CommandBody::DecideClawback(DecideClawback {
            clawback: clawback(),
            case,
            finding,
            lines: vec![ClawbackRequestLine {
                disbursement: disbursement(),
                beneficiary: Some(person(1)),
                amount: Fen::new(30_000),
            }],
            decision_number: reference("济人社追〔2021〕3号"),
        }),
        CommandBody::RecordRepayment(RecordRepayment {
            debt: Debt::ExcessAdvance(class()),
            amount: Fen::new(10_000),
            bank_reference: reference("ICBC-2021-000019"),
        }),
        CommandBody::CloseCase(CloseCase {
            case,
            outcome: note("money recovered"),
        }),
    ]
}
