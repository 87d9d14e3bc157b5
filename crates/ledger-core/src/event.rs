//! What the ledger records: one immutable event per fact, with everything that `apply` needs.
//!
//! An event holds results, not rules: amounts, dates and counts as they were decided, the policy
//! publication they rest on, and the positions of the events that caused it.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::coded::{ClassForm, DocumentKind, Group, PayeeKind, RuleKind, Sex, TrainingKind};
use crate::command::Debt;
use crate::{
    AccountKey, ActionId, AwardId, BusinessDate, CaseId, CertificateKind, CertificateNumber,
    ClassId, ClawbackId, CreditCode, DisbursementId, Division, EventId, Fen, FindingId, FundSource,
    LedgerAccount, Note, Occupation, OrderId, PersonKey, Position, Posting, QualificationId,
    RecordedTime, Reference, SchemeId, SectorId, SkillLevel,
};
use std::sync::Arc;

pub use crate::kinds::{EventBody, EventKind};

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
    Award(AwardId),
    Order(OrderId),
    /// A fund at a division: every event that posted to it.
    Account(AccountKey),
    /// One account in the books; derived from the postings, never stored as a tag.
    LedgerAccount(LedgerAccount),
}

/// A document no longer holds from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWithdrawn {
    pub policy_id: Reference,
    pub version: u32,
    /// Position of the publication.
    pub published: Position,
    /// First day on which it no longer holds.
    pub effective_on: BusinessDate,
    pub grounds: Note,
    pub decision_number: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountOpened {
    pub account: AccountKey,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundsAccrued {
    pub account: AccountKey,
    pub amount: Fen,
    pub reference: Reference,
    /// What the amount was measured against, where it was given.
    pub capacity: Option<PayingCapacity>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundsTransferred {
    pub from: Division,
    pub to: Division,
    pub fund: FundSource,
    pub amount: Fen,
    pub reference: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRegistered {
    pub person: PersonKey,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonStatusEnded {
    pub person: PersonKey,
    pub status: PersonStatus,
    pub valid_until: BusinessDate,
    pub source: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassOpened {
    pub class: ClassId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassClosed {
    pub class: ClassId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonEnrolled {
    pub class: ClassId,
    pub person: PersonKey,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentWithdrawn {
    pub class: ClassId,
    pub person: PersonKey,
    pub reason: Note,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttendanceRecorded {
    pub class: ClassId,
    pub person: PersonKey,
    pub class_hours: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingCompleted {
    pub class: ClassId,
    pub person: PersonKey,
    pub class_hours: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessmentRecorded {
    pub class: ClassId,
    pub person: PersonKey,
    pub evaluator: CreditCode,
    pub result: AssessmentResult,
}

/// A certificate was found in the national register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateVerified {
    pub class: ClassId,
    pub person: PersonKey,
    pub number: CertificateNumber,
    /// The register and its answer's number.
    pub source: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmploymentWithdrawn {
    pub class: ClassId,
    pub person: PersonKey,
    pub reason: Note,
    pub counted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimSubmitted {
    pub class: ClassId,
    pub person: PersonKey,
    /// Who claims: the person, or the body on the person's behalf.
    pub route: ClaimRoute,
}

/// A person lets the body claim on their behalf (代领协议).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyContractRecorded {
    pub class: ClassId,
    pub person: PersonKey,
    pub institution: CreditCode,
    pub contract_number: Reference,
}

/// The approved persons of a class are shown to the public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicityOpened {
    pub class: ClassId,
    /// How many approvals are shown: those that stand at this position.
    pub approvals: u32,
    pub place: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectionRaised {
    pub class: ClassId,
    /// The person it is about; the whole class when absent.
    pub person: Option<PersonKey>,
    pub grounds: Note,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectionResolved {
    pub class: ClassId,
    /// The objection.
    pub objection: Position,
    pub person: Option<PersonKey>,
    /// Whether it was right: then nothing is paid on what it was about.
    pub upheld: bool,
    pub grounds: Note,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicityClosed {
    pub class: ClassId,
}

/// An award is taken back: nothing more is paid on it, and its place in the cycle is free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardRevoked {
    pub award: AwardId,
    pub grounds: Note,
    pub decision_number: Reference,
}

/// The government lists the order (政府列单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderListed {
    pub order: OrderId,
}

/// A worker selects it (劳动者选单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSelected {
    pub order: OrderId,
    pub person: PersonKey,
}

/// A body accepts it (机构接单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderAccepted {
    pub order: OrderId,
    pub institution: CreditCode,
}

/// The government commits itself to pay for it (政府买单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPurchased {
    pub order: OrderId,
    pub contract_number: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderCancelled {
    pub order: OrderId,
    pub reason: Note,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisbursementSettled {
    pub disbursement: DisbursementId,
    pub bank_reference: Reference,
    pub fiscal_year: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseOpened {
    pub case: CaseId,
    pub institution: Option<CreditCode>,
    pub clue: Note,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseClosed {
    pub case: CaseId,
    pub outcome: Note,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepaymentReceived {
    pub debt: Debt,
    pub amount: Fen,
    pub outstanding: Fen,
    pub bank_reference: Reference,
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
    /// What the document holds.
    pub document_kind: DocumentKind,
    /// The exact text: the evidence.
    pub text: Arc<str>,
    /// SHA-256 of the text.
    pub digest: [u8; 32],
}

/// A city's catalogues (四个目录): published as a document is.
pub type CataloguePublished = PolicyPublished;

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
    /// Where the rate comes from.
    pub rate_source: RateSource,
    /// The city's catalogue marks the occupation as scarce.
    pub scarce: bool,
    /// What the training counts for in reports.
    pub reporting: Reporting,
    /// The order (五单式) that the class rests on.
    pub order: Option<OrderId>,
}

/// Where the rate of a class comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RateSource {
    /// The approval or the contract names it; no rule sets an amount.
    #[default]
    Contract,
    /// The contract names it, under the standard of the document at this position.
    Below(Position),
    /// The standard of the document at this position; each person's amount is worked out with
    /// their hours, months and group when the subsidy is approved. Where the approval of the class
    /// decides, by the documents as they were published before it; where another date does, as
    /// they are published by then.
    Standard(Position),
}

/// What training counts for in reports.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reporting {
    pub action: Option<ActionId>,
    pub sector: Option<SectorId>,
    pub training: Option<TrainingKind>,
    pub form: Option<ClassForm>,
}

/// What an accrual or an adjustment is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayingCapacity {
    /// Balance of the unemployment insurance fund before the accrual, in fen.
    pub balance: Fen,
    /// Unemployment benefits of a month, in fen.
    pub monthly_benefits: Fen,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvincialAdjustmentReceived {
    pub account: AccountKey,
    /// Amount in fen.
    pub amount: Fen,
    /// What the city's fund still covers after its accrual.
    pub capacity: PayingCapacity,
    pub reference: Reference,
}

/// Who raises an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OrderRaisedBy {
    /// 劳动者.
    Person(PersonKey),
    /// 企业.
    Enterprise(CreditCode),
}

/// A worker or an enterprise asks for training (提单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRaised {
    pub order: OrderId,
    pub division: Division,
    pub raised_by: OrderRaisedBy,
    pub occupation: Occupation,
    pub level: Option<SkillLevel>,
    pub headcount: u32,
}

/// Who claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClaimRoute {
    /// 个人申领.
    Person,
    /// 培训机构代领.
    Institution,
}

/// An award or a grant to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardApproved {
    pub award: AwardId,
    pub scheme: SchemeId,
    /// The province or city that awards it.
    pub division: Division,
    /// A person or a body.
    pub recipient: Payee,
    /// What it is for: a medal, a project, a title; one award per scheme and subject.
    pub subject: Reference,
    /// Amount in fen, in all; zero for a title without money.
    pub amount: Fen,
    /// Months of the management period, for what is paid by the month.
    pub months: u32,
    /// The funds that pay, with their part in fen; they add up to the amount.
    pub parts: Vec<AwardPart>,
    pub decision_number: Reference,
    /// The rules that were applied.
    pub applied: Vec<AppliedRule>,
}

/// What one account pays of an award.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwardPart {
    pub account: AccountKey,
    /// In fen.
    pub amount: Fen,
}

/// A penalty beside a clawback: never mixed with the principal, never in the special account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PenaltyImposed {
    pub clawback: ClawbackId,
    /// Amount in fen.
    pub amount: Fen,
    pub debtor: Payee,
    pub decision_number: Reference,
}

/// One rule that an approval rests on, and what it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppliedRule {
    pub rule: RuleKind,
    /// Publication of the document that the rule stands in; none for what holds without one.
    pub policy: Option<Position>,
    /// The limit that it sets, in the unit of the rule ([`crate::explain::unit_of`]).
    pub limit: Option<i64>,
    /// The value found, in the same unit.
    pub found: Option<i64>,
}

/// What a payment, a finding or a clawback is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// Training in a class, paid per beneficiary.
    Class(ClassId),
    /// An award, paid to its recipient.
    Award(AwardId),
}

impl Subject {
    /// The class, when it is about one.
    #[must_use]
    pub const fn class(self) -> Option<ClassId> {
        match self {
            Self::Class(class) => Some(class),
            Self::Award(_) => None,
        }
    }

    /// The award, when it is about one.
    #[must_use]
    pub const fn award(self) -> Option<AwardId> {
        match self {
            Self::Class(_) => None,
            Self::Award(award) => Some(award),
        }
    }
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
    /// The rules that were applied, in order.
    pub applied: Vec<AppliedRule>,
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
    pub subject: Subject,
    pub account: AccountKey,
    pub stage: DisbursementStage,
    pub payee: Payee,
    /// One per beneficiary of a class; none for an award, whose payee is the beneficiary.
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
    pub subject: Subject,
    /// Empty: every beneficiary of the class, or the award.
    pub persons: Vec<PersonKey>,
    pub decision_number: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClawbackDecided {
    pub clawback: ClawbackId,
    pub case: CaseId,
    pub finding: FindingId,
    pub subject: Subject,
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
    /// None for the payment of an award.
    pub beneficiary: Option<PersonKey>,
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
    /// Belongs to a group that a document names.
    Group(Group),
    /// Is insured against unemployment.
    UnemploymentInsured,
    /// Is so many whole years old; the date of birth never enters the ledger.
    Age(u8),
    /// Is of that sex, where a document sets different ages.
    Sex(Sex),
    /// Graduates in that calendar year.
    GraduatesIn(u16),
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
    /// The master of an apprentice.
    Master(PersonKey),
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

impl Payee {
    /// The person, when it is one.
    #[must_use]
    pub const fn person(self) -> Option<PersonKey> {
        match self {
            Self::Person(person) | Self::Master(person) => Some(person),
            Self::Institution(_) | Self::Employer(_) => None,
        }
    }

    /// The kind of payee, as policy documents name it.
    #[must_use]
    pub const fn kind(self) -> PayeeKind {
        match self {
            Self::Person(_) => PayeeKind::Person,
            Self::Institution(_) => PayeeKind::Institution,
            Self::Employer(_) => PayeeKind::Employer,
            Self::Master(_) => PayeeKind::Master,
        }
    }
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
