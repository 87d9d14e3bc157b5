//! What the ledger records: one immutable event per fact, with everything that `apply` needs.
//!
//! An event holds results, not rules: amounts, dates and counts as they were decided, the policy
//! publication they rest on, and the positions of the events that caused it.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::command::Debt;
use crate::{
    AccountKey, BusinessDate, CaseId, CertificateKind, CertificateNumber, ClassId, ClawbackId,
    CreditCode, DisbursementId, Division, EventId, Fen, FindingId, FundSource, LedgerAccount, Note,
    Occupation, PersonKey, Position, Posting, QualificationId, RecordedTime, Reference, SchemeId,
    SkillLevel,
};
use std::sync::Arc;

/// A decided event, before it has a place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The business date of the fact (China Standard Time).
    pub occurred_on: BusinessDate,
    /// Positions of the events that this one rests on, ascending, without repeats.
    pub causes: Vec<Position>,
    /// Position of the policy publication whose rules were applied.
    pub policy: Option<Position>,
    /// What the event can be found by.
    pub tags: Vec<Tag>,
    /// The balanced entry, empty for events that move no money.
    pub postings: Vec<Posting>,
    /// The fact.
    pub body: EventBody,
}

/// An event with its place in the log and its provenance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    pub position: Position,
    pub event_id: EventId,
    pub recorded_at: RecordedTime,
    /// The authenticated principal.
    pub actor: Arc<str>,
    /// The system that sent the request, as it names itself.
    pub source_system: Arc<str>,
    pub event: Event,
}

/// Something an event can be found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tag {
    Person(PersonKey),
    Class(ClassId),
    Institution(CreditCode),
    Certificate(CertificateNumber),
    Division(Division),
    Disbursement(DisbursementId),
    Case(CaseId),
    Clawback(ClawbackId),
    /// A fund at a division: every event that posted to it.
    Account(AccountKey),
    /// One account in the books; derived from the postings, never stored as a tag.
    LedgerAccount(LedgerAccount),
}

/// The kind of an event; the number is permanent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u16)]
pub enum EventKind {
    PolicyPublished = 1,
    AccountOpened = 10,
    FundsAccrued = 11,
    FundsTransferred = 12,
    InstitutionRegistered = 20,
    QualificationGranted = 21,
    QualificationRevoked = 22,
    PersonRegistered = 30,
    PersonStatusDeclared = 31,
    PersonStatusEnded = 32,
    ClassApproved = 40,
    ClassOpened = 41,
    ClassClosed = 42,
    PersonEnrolled = 50,
    EnrolmentWithdrawn = 51,
    AttendanceRecorded = 52,
    TrainingCompleted = 53,
    AssessmentRecorded = 60,
    CertificateIssued = 61,
    CertificateInvalidated = 62,
    EmploymentConfirmed = 70,
    EmploymentWithdrawn = 71,
    SubsidyApproved = 80,
    ProjectSettled = 81,
    DisbursementOrdered = 90,
    DisbursementSettled = 91,
    DisbursementReturned = 92,
    CaseOpened = 100,
    FindingMade = 101,
    CaseClosed = 102,
    ClawbackDecided = 110,
    RepaymentReceived = 111,
}

/// The fact itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventBody {
    PolicyPublished(PolicyPublished),
    AccountOpened {
        account: AccountKey,
    },
    FundsAccrued {
        account: AccountKey,
        amount: Fen,
        reference: Reference,
    },
    FundsTransferred {
        from: Division,
        to: Division,
        fund: FundSource,
        amount: Fen,
        reference: Reference,
    },
    InstitutionRegistered(InstitutionRegistered),
    QualificationGranted(QualificationGranted),
    QualificationRevoked(QualificationRevoked),
    PersonRegistered {
        person: PersonKey,
    },
    PersonStatusDeclared(PersonStatusDeclared),
    PersonStatusEnded {
        person: PersonKey,
        status: PersonStatus,
        valid_until: BusinessDate,
        source: Reference,
    },
    ClassApproved(ClassApproved),
    ClassOpened {
        class: ClassId,
    },
    ClassClosed {
        class: ClassId,
    },
    PersonEnrolled {
        class: ClassId,
        person: PersonKey,
    },
    EnrolmentWithdrawn {
        class: ClassId,
        person: PersonKey,
        reason: Note,
    },
    AttendanceRecorded {
        class: ClassId,
        person: PersonKey,
        class_hours: u32,
    },
    TrainingCompleted {
        class: ClassId,
        person: PersonKey,
        class_hours: u32,
    },
    AssessmentRecorded {
        class: ClassId,
        person: PersonKey,
        evaluator: CreditCode,
        result: AssessmentResult,
    },
    CertificateIssued(CertificateIssued),
    CertificateInvalidated(CertificateInvalidated),
    EmploymentConfirmed(EmploymentConfirmed),
    EmploymentWithdrawn {
        class: ClassId,
        person: PersonKey,
        reason: Note,
        counted: bool,
    },
    SubsidyApproved(SubsidyApproved),
    ProjectSettled(ProjectSettled),
    DisbursementOrdered(DisbursementOrdered),
    DisbursementSettled {
        disbursement: DisbursementId,
        bank_reference: Reference,
        fiscal_year: u16,
    },
    DisbursementReturned(DisbursementReturned),
    CaseOpened {
        case: CaseId,
        institution: Option<CreditCode>,
        clue: Note,
    },
    FindingMade(FindingMade),
    CaseClosed {
        case: CaseId,
        outcome: Note,
    },
    ClawbackDecided(ClawbackDecided),
    RepaymentReceived {
        debt: Debt,
        amount: Fen,
        outstanding: Fen,
        bank_reference: Reference,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyPublished {
    /// The document's id in the policy folder, stable over its versions.
    pub policy_id: Reference,
    pub version: u32,
    pub document_number: Reference,
    pub division: Division,
    pub valid_from: BusinessDate,
    pub valid_until: Option<BusinessDate>,
    /// The exact text: the evidence.
    pub text: Arc<str>,
    /// SHA-256 of the text.
    pub digest: [u8; 32],
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstitutionRegistered {
    pub institution: CreditCode,
    pub kind: InstitutionKind,
    pub name: Reference,
    pub division: Division,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualificationGranted {
    pub institution: CreditCode,
    pub qualification: QualificationId,
    pub scope: QualificationScope,
    pub valid_from: BusinessDate,
    pub valid_until: Option<BusinessDate>,
    pub decision_number: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualificationRevoked {
    pub institution: CreditCode,
    pub qualification: QualificationId,
    pub effective_on: BusinessDate,
    pub grounds: Note,
    pub decision_number: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonStatusDeclared {
    pub person: PersonKey,
    pub status: PersonStatus,
    pub valid_from: BusinessDate,
    pub valid_until: Option<BusinessDate>,
    pub source: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassApproved {
    pub class: ClassId,
    pub institution: CreditCode,
    pub account: AccountKey,
    pub scheme: SchemeId,
    pub kind: ClassKind,
    pub occupation: Occupation,
    pub level: Option<SkillLevel>,
    pub headcount: u32,
    /// Rate per approved person in fen, fixed for the life of the class.
    pub rate: Fen,
    pub class_hours: u32,
    pub starts_on: BusinessDate,
    pub ends_on: BusinessDate,
    pub residence: Option<Division>,
    pub contract_number: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateIssued {
    pub class: ClassId,
    pub person: PersonKey,
    pub kind: CertificateKind,
    pub number: CertificateNumber,
    pub evaluator: CreditCode,
    pub issued_on: BusinessDate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateInvalidated {
    pub class: ClassId,
    pub person: PersonKey,
    pub number: CertificateNumber,
    pub grounds: Note,
    pub decision_number: Reference,
    /// Whether an approval that was not finally paid lapses with the certificate.
    pub approval_lapses: bool,
    /// Whether the lapsed approval gives its quota slot back (nothing had been paid on it).
    pub frees_quota: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmploymentConfirmed {
    pub class: ClassId,
    pub person: PersonKey,
    pub employer: CreditCode,
    pub evidence: EmploymentEvidence,
    pub started_on: BusinessDate,
    /// Whether it falls inside the policy's employment window and counts for the rate.
    pub counts: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubsidyApproved {
    pub class: ClassId,
    pub person: PersonKey,
    /// Amount in fen that the person's place is worth in full.
    pub amount: Fen,
    /// Calendar year whose quota it uses.
    pub quota_year: i32,
    /// Which of the year's slots this is, from 1.
    pub quota_used: u32,
    pub quota_limit: u32,
}

/// The settlement of a project class: how much it has earned, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectSettled {
    pub class: ClassId,
    /// Trainees whose employment counts.
    pub employed: u32,
    /// The denominator of the employment rate.
    pub base: u32,
    pub outcome: SettlementOutcome,
    /// What each beneficiary's place has earned, in fen.
    pub lines: Vec<SettlementLine>,
    /// Sum over the lines of what is still to pay, in fen.
    pub payable: Fen,
    /// Sum over the lines of what was advanced too much, in fen; it becomes receivable.
    pub excess: Fen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettlementLine {
    pub person: PersonKey,
    pub earned: Fen,
    pub advanced: Fen,
    /// Whether the person's quota slot is given back: the place was advanced and never approved.
    pub frees_quota: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisbursementOrdered {
    pub disbursement: DisbursementId,
    pub class: ClassId,
    pub account: AccountKey,
    pub stage: DisbursementStage,
    pub payee: Payee,
    pub lines: Vec<DisbursementLine>,
    /// Sum of the lines in fen.
    pub total: Fen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisbursementLine {
    pub beneficiary: PersonKey,
    pub amount: Fen,
    /// Set when this line takes a quota slot: the calendar year it counts in.
    pub takes_quota_year: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisbursementReturned {
    pub disbursement: DisbursementId,
    pub kind: ReturnKind,
    pub bank_reference: Reference,
    pub reason: Note,
    /// Beneficiaries whose quota slot is given back.
    pub frees_quota: Vec<PersonKey>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingMade {
    pub case: CaseId,
    pub finding: FindingId,
    pub kind: FindingKind,
    pub class: ClassId,
    /// Empty: every beneficiary of the class.
    pub persons: Vec<PersonKey>,
    pub decision_number: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClawbackDecided {
    pub clawback: ClawbackId,
    pub case: CaseId,
    pub finding: FindingId,
    pub class: ClassId,
    pub account: AccountKey,
    pub debtor: Payee,
    pub lines: Vec<ClawbackLine>,
    /// Sum of the lines in fen.
    pub total: Fen,
    pub decision_number: Reference,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClawbackLine {
    pub disbursement: DisbursementId,
    pub beneficiary: PersonKey,
    pub amount: Fen,
    /// Whether the beneficiary's quota slot is given back.
    pub frees_quota: bool,
}

/// What a qualification allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualificationScope {
    pub kind: QualificationKind,
    /// Occupations and the levels allowed in each; an empty level list allows courses that lead
    /// to no level only.
    pub occupations: Vec<ScopeEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeEntry {
    pub occupation: Occupation,
    pub levels: Vec<SkillLevel>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QualificationKind {
    /// May hold training classes.
    Training,
    /// May assess and issue certificates; the number is the first 13 characters of its
    /// skill-level certificates.
    Evaluation { evaluator_number: Reference },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InstitutionKind {
    VocationalSchool,
    TechnicalSchool,
    PrivateTraining,
    Enterprise,
    PublicTrainingBase,
    Evaluator,
    Other,
}

/// A status of a person that decides about money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonStatus {
    /// Draws a monthly pension (按月领取养老金).
    Pension,
    /// Is resident in a division.
    Residence(Division),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClassKind {
    /// Paid in full per approved person.
    Ordinary,
    /// Bought as a project (项目制): an advance, the rest by employment.
    Project,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AssessmentResult {
    Passed,
    Failed,
}

/// What proves the employment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EmploymentEvidence {
    LabourContract,
    SocialInsurance,
    BusinessLicence,
    Payroll,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DisbursementStage {
    /// Ahead of the settlement of a project class.
    Advance,
    /// The rest, by the settlement of a project class.
    Final,
    /// All at once, for an ordinary class.
    Full,
}

/// Who gets the money and owes it when it has to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Payee {
    Person(PersonKey),
    Institution(CreditCode),
    Employer(CreditCode),
}

/// How a payment came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReturnKind {
    /// The bank could not deliver it (退票): the money never reached the payee.
    Passive,
    /// The payee sent it back (退款).
    Active,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FindingKind {
    /// 虚假培训.
    FalseTraining,
    /// 虚假评价.
    FalseEvaluation,
    /// 骗取套取.
    Fraud,
    /// 违规享受.
    Ineligible,
    /// 工作失误.
    HonestError,
}

/// How a project class was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SettlementOutcome {
    /// The employment rate reached the threshold: paid in full.
    Full,
    /// Below it: stays at the advance share of the approved amount.
    StayAtAdvance,
    /// Below it: in proportion to those employed.
    ProRata,
    /// Below it: the advance is kept for the employed only and recovered for the other places.
    RecoverAdvance,
}

impl FindingKind {
    /// Whether nothing more is approved or paid on what it was found about. An honest error is
    /// put right and does not bar (对工作中出现的失误和问题区分不同情况对待).
    #[must_use]
    pub const fn bars_payment(self) -> bool {
        match self {
            Self::FalseTraining | Self::FalseEvaluation | Self::Fraud | Self::Ineligible => true,
            Self::HonestError => false,
        }
    }
}

impl EventKind {
    /// All kinds, in the order of their numbers.
    pub const ALL: [Self; 32] = [
        Self::PolicyPublished,
        Self::AccountOpened,
        Self::FundsAccrued,
        Self::FundsTransferred,
        Self::InstitutionRegistered,
        Self::QualificationGranted,
        Self::QualificationRevoked,
        Self::PersonRegistered,
        Self::PersonStatusDeclared,
        Self::PersonStatusEnded,
        Self::ClassApproved,
        Self::ClassOpened,
        Self::ClassClosed,
        Self::PersonEnrolled,
        Self::EnrolmentWithdrawn,
        Self::AttendanceRecorded,
        Self::TrainingCompleted,
        Self::AssessmentRecorded,
        Self::CertificateIssued,
        Self::CertificateInvalidated,
        Self::EmploymentConfirmed,
        Self::EmploymentWithdrawn,
        Self::SubsidyApproved,
        Self::ProjectSettled,
        Self::DisbursementOrdered,
        Self::DisbursementSettled,
        Self::DisbursementReturned,
        Self::CaseOpened,
        Self::FindingMade,
        Self::CaseClosed,
        Self::ClawbackDecided,
        Self::RepaymentReceived,
    ];

    /// The permanent number.
    #[must_use]
    #[expect(
        clippy::as_conversions,
        reason = "reads the discriminant of a repr(u16) enum"
    )]
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// The kind with that permanent number.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL
            .binary_search_by_key(&number, |kind| kind.number())
            .ok()
            .and_then(|index| Self::ALL.get(index).copied())
    }
}

impl EventBody {
    /// The kind of the fact.
    #[must_use]
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::PolicyPublished(_) => EventKind::PolicyPublished,
            Self::AccountOpened { .. } => EventKind::AccountOpened,
            Self::FundsAccrued { .. } => EventKind::FundsAccrued,
            Self::FundsTransferred { .. } => EventKind::FundsTransferred,
            Self::InstitutionRegistered(_) => EventKind::InstitutionRegistered,
            Self::QualificationGranted(_) => EventKind::QualificationGranted,
            Self::QualificationRevoked(_) => EventKind::QualificationRevoked,
            Self::PersonRegistered { .. } => EventKind::PersonRegistered,
            Self::PersonStatusDeclared(_) => EventKind::PersonStatusDeclared,
            Self::PersonStatusEnded { .. } => EventKind::PersonStatusEnded,
            Self::ClassApproved(_) => EventKind::ClassApproved,
            Self::ClassOpened { .. } => EventKind::ClassOpened,
            Self::ClassClosed { .. } => EventKind::ClassClosed,
            Self::PersonEnrolled { .. } => EventKind::PersonEnrolled,
            Self::EnrolmentWithdrawn { .. } => EventKind::EnrolmentWithdrawn,
            Self::AttendanceRecorded { .. } => EventKind::AttendanceRecorded,
            Self::TrainingCompleted { .. } => EventKind::TrainingCompleted,
            Self::AssessmentRecorded { .. } => EventKind::AssessmentRecorded,
            Self::CertificateIssued(_) => EventKind::CertificateIssued,
            Self::CertificateInvalidated(_) => EventKind::CertificateInvalidated,
            Self::EmploymentConfirmed(_) => EventKind::EmploymentConfirmed,
            Self::EmploymentWithdrawn { .. } => EventKind::EmploymentWithdrawn,
            Self::SubsidyApproved(_) => EventKind::SubsidyApproved,
            Self::ProjectSettled(_) => EventKind::ProjectSettled,
            Self::DisbursementOrdered(_) => EventKind::DisbursementOrdered,
            Self::DisbursementSettled { .. } => EventKind::DisbursementSettled,
            Self::DisbursementReturned(_) => EventKind::DisbursementReturned,
            Self::CaseOpened { .. } => EventKind::CaseOpened,
            Self::FindingMade(_) => EventKind::FindingMade,
            Self::CaseClosed { .. } => EventKind::CaseClosed,
            Self::ClawbackDecided(_) => EventKind::ClawbackDecided,
            Self::RepaymentReceived { .. } => EventKind::RepaymentReceived,
        }
    }
}
