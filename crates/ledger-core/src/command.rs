//! What a caller may ask of the ledger or report to it.
//!
//! A command names what it touches by the caller's own identifiers. Amounts that follow from a
//! rule (a subsidy, an advance, a final payment) are never part of a command: the ledger works
//! them out and the event says how.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::event::{
    AssessmentResult, AwardApproved, ClaimRoute, ClassApproved, ClassKind, DisbursementStage,
    EmploymentEvidence, FindingKind, InstitutionKind, OrderRaisedBy, Payee, PayingCapacity,
    PersonStatus, QualificationScope, RateSource, Reporting, ReturnKind, Subject,
};
use crate::{
    AwardId, BusinessDate, CaseId, CertificateKind, CertificateNumber, ClassId, ClawbackId,
    CreditCode, DisbursementId, Division, Fen, FindingId, FundSource, Note, Occupation, OrderId,
    PersonKey, Position, QualificationId, Reference, SchemeId, SkillLevel,
};
use std::sync::Arc;

pub use crate::kinds::{CommandBody, CommandKind};

/// One request to change the ledger: the day it speaks of and what happened or is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The business date (China Standard Time) on which this happened or is decided.
    pub occurred_on: BusinessDate,
    /// What happened or is wanted.
    pub body: CommandBody,
    /// Positions of earlier events that the caller relies on, added to those that the ledger
    /// finds by itself; a caller cannot leave those out.
    pub causes: Vec<Position>,
}

/// Publishes a policy document; its compiled form travels along and the text is the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishPolicy {
    /// The exact text of the document (TOML); the compiled form is derived from it.
    pub text: Arc<str>,
    /// The compiled form, made from `text` outside the core.
    pub policy: Arc<crate::Policy>,
}

/// Opens the account of a fund at a division, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAccount {
    pub division: Division,
    pub fund: FundSource,
}

/// Records money raised for the account from the unemployment insurance fund's balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccrueFunds {
    pub division: Division,
    pub fund: FundSource,
    /// Amount in fen.
    pub amount: Fen,
    /// Document or voucher that ordered the accrual.
    pub reference: Reference,
    /// What it is measured against; a policy that bounds accruals asks for it.
    pub capacity: Option<PayingCapacity>,
}

/// Moves money of one fund from one division's account to another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferFunds {
    pub from: Division,
    pub to: Division,
    pub fund: FundSource,
    /// Amount in fen.
    pub amount: Fen,
    pub reference: Reference,
}

/// Registers a body: a school, an enterprise, an evaluator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterInstitution {
    pub institution: CreditCode,
    pub kind: InstitutionKind,
    /// Registered name of the body; never a person's.
    pub name: Reference,
    pub division: Division,
}

/// Grants a training or an evaluation qualification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantQualification {
    pub institution: CreditCode,
    pub qualification: QualificationId,
    pub scope: QualificationScope,
    pub valid_from: BusinessDate,
    /// Last day of validity; open-ended when absent.
    pub valid_until: Option<BusinessDate>,
    pub decision_number: Reference,
}

/// Revokes a qualification from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokeQualification {
    pub institution: CreditCode,
    pub qualification: QualificationId,
    /// First day on which the qualification is no longer in force.
    pub effective_on: BusinessDate,
    pub grounds: Note,
    pub decision_number: Reference,
}

/// Makes an opaque person key known. Nothing personal comes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterPerson {
    pub person: PersonKey,
}

/// Declares a status of a person with its validity and source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclarePersonStatus {
    pub person: PersonKey,
    pub status: PersonStatus,
    pub valid_from: BusinessDate,
    /// Last day of validity; open-ended when absent.
    pub valid_until: Option<BusinessDate>,
    /// The register or document that says so.
    pub source: Reference,
}

/// Ends a status that was declared open-ended or too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndPersonStatus {
    pub person: PersonKey,
    pub status: PersonStatus,
    /// Last day on which the status holds.
    pub valid_until: BusinessDate,
    pub source: Reference,
}

/// Approves a training class and fixes its rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproveClass {
    pub class: ClassId,
    pub institution: CreditCode,
    /// The division whose account pays.
    pub division: Division,
    pub fund: FundSource,
    pub scheme: SchemeId,
    pub kind: ClassKind,
    pub occupation: Occupation,
    /// Absent for courses that lead to no level (special ability, adaptation).
    pub level: Option<SkillLevel>,
    /// Contracted places.
    pub headcount: u32,
    /// Rate per approved person in fen, from the project contract. Absent: the standard that the
    /// scheme's rules set.
    pub rate: Option<Fen>,
    /// Planned class hours (学时).
    pub class_hours: u32,
    pub starts_on: BusinessDate,
    pub ends_on: BusinessDate,
    /// The class is paid only for residents of this division, when the contract says so.
    pub residence: Option<Division>,
    /// Number of the project contract or of the approval.
    pub contract_number: Reference,
    /// What the training counts for in reports.
    pub reporting: Reporting,
    /// The accepted order (五单式) that the class carries out.
    pub order: Option<OrderId>,
}

/// Opens an approved class for enrolment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenClass {
    pub class: ClassId,
}

/// Closes a class: training has been carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseClass {
    pub class: ClassId,
}

/// Puts a person on the roster of an open class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolPerson {
    pub class: ClassId,
    pub person: PersonKey,
}

/// Takes a person off the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawEnrolment {
    pub class: ClassId,
    pub person: PersonKey,
    pub reason: Note,
}

/// Records class hours attended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordAttendance {
    pub class: ClassId,
    pub person: PersonKey,
    /// Class hours (学时) attended on the day.
    pub class_hours: u32,
}

/// Records that a person completed the training of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompleteTraining {
    pub class: ClassId,
    pub person: PersonKey,
}

/// Records the result of an assessment at the end of the training.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordAssessment {
    pub class: ClassId,
    pub person: PersonKey,
    /// The body that assessed.
    pub evaluator: CreditCode,
    pub result: AssessmentResult,
}

/// Records a certificate for a person of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueCertificate {
    pub class: ClassId,
    pub person: PersonKey,
    pub kind: CertificateKind,
    pub number: CertificateNumber,
    /// The body that issued it.
    pub evaluator: CreditCode,
    pub issued_on: BusinessDate,
}

/// Declares a certificate void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidateCertificate {
    pub number: CertificateNumber,
    pub grounds: Note,
    pub decision_number: Reference,
}

/// Confirms that a trainee found work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmEmployment {
    pub class: ClassId,
    pub person: PersonKey,
    pub employer: CreditCode,
    pub evidence: EmploymentEvidence,
    pub started_on: BusinessDate,
}

/// Takes an employment confirmation back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawEmployment {
    pub class: ClassId,
    pub person: PersonKey,
    pub reason: Note,
}

/// Approves the subsidy of one person for one class; the ledger works out the amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproveSubsidy {
    pub class: ClassId,
    pub person: PersonKey,
}

/// Orders a payment to one payee, with one line per beneficiary; the ledger works out the lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDisbursement {
    pub disbursement: DisbursementId,
    pub class: ClassId,
    pub stage: DisbursementStage,
    pub payee: Payee,
    /// Each beneficiary once.
    pub beneficiaries: Vec<PersonKey>,
    /// The fund to draw on, at the class's division; the class's own when absent. Only for the
    /// full payment of an ordinary class: one class may be paid from several funds by trainee.
    pub fund: Option<FundSource>,
}

/// Records that the bank paid an ordered disbursement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettleDisbursement {
    pub disbursement: DisbursementId,
    pub bank_reference: Reference,
}

/// Records that the money of a disbursement came back from the bank or the payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnDisbursement {
    pub disbursement: DisbursementId,
    pub kind: ReturnKind,
    pub bank_reference: Reference,
    pub reason: Note,
}

/// Opens a supervision case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCase {
    pub case: CaseId,
    /// The body under suspicion, when there is one.
    pub institution: Option<CreditCode>,
    /// The clue: complaint, audit, inspection or data match.
    pub clue: Note,
}

/// Records what a case found about one class or one award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MakeFinding {
    pub case: CaseId,
    pub finding: FindingId,
    pub kind: FindingKind,
    pub subject: Subject,
    /// The persons it concerns; every beneficiary of the class when empty.
    pub persons: Vec<PersonKey>,
    /// Positions of the events found false or relied on.
    pub evidence: Vec<Position>,
    pub decision_number: Reference,
}

/// One line that a clawback takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClawbackRequestLine {
    pub disbursement: DisbursementId,
    /// None for the payment of an award.
    pub beneficiary: Option<PersonKey>,
    /// Amount in fen.
    pub amount: Fen,
}

/// Decides that paid money has to come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecideClawback {
    pub clawback: ClawbackId,
    pub case: CaseId,
    pub finding: FindingId,
    pub lines: Vec<ClawbackRequestLine>,
    pub decision_number: Reference,
}

/// What a repayment pays off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Debt {
    /// A decided clawback.
    Clawback(ClawbackId),
    /// The advance of a project class that its settlement found too high.
    ExcessAdvance(ClassId),
}

/// Records money that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRepayment {
    pub debt: Debt,
    /// Amount in fen.
    pub amount: Fen,
    pub bank_reference: Reference,
}

/// Closes a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseCase {
    pub case: CaseId,
    pub outcome: Note,
}

/// Withdraws a published document from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawPolicy {
    pub policy_id: Reference,
    /// The version that is the latest one published.
    pub version: u32,
    /// First day on which it no longer holds.
    pub effective_on: BusinessDate,
    pub grounds: Note,
    pub decision_number: Reference,
}

/// Records help from the provincial adjustment fund (省级调剂金).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordProvincialAdjustment {
    pub division: Division,
    pub fund: FundSource,
    /// Amount in fen.
    pub amount: Fen,
    /// What the city's unemployment fund covers after its accrual.
    pub capacity: PayingCapacity,
    pub reference: Reference,
}

/// Asks for training (劳动者(企业)提单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaiseOrder {
    pub order: OrderId,
    pub division: Division,
    pub raised_by: OrderRaisedBy,
    pub occupation: Occupation,
    /// Absent for courses that lead to no level.
    pub level: Option<SkillLevel>,
    pub headcount: u32,
}

/// Lists an order (政府列单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListOrder {
    pub order: OrderId,
}

/// Selects an order (劳动者选单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectOrder {
    pub order: OrderId,
    pub person: PersonKey,
}

/// Accepts an order (机构接单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptOrder {
    pub order: OrderId,
    pub institution: CreditCode,
}

/// Commits the government to pay (政府买单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurchaseOrder {
    pub order: OrderId,
    pub contract_number: Reference,
}

/// Ends an order that no class rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelOrder {
    pub order: OrderId,
    pub reason: Note,
}

/// Records that a certificate was found in the national register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyCertificate {
    pub number: CertificateNumber,
    /// The register and its answer's number.
    pub source: Reference,
}

/// Claims the subsidy of one person for one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmitClaim {
    pub class: ClassId,
    pub person: PersonKey,
    pub route: ClaimRoute,
}

/// Records that a person lets the body of the class claim on their behalf (代领协议).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordAgencyContract {
    pub class: ClassId,
    pub person: PersonKey,
    pub contract_number: Reference,
}

/// Shows the approved persons of a class to the public (公示).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPublicity {
    pub class: ClassId,
    /// Where it is shown.
    pub place: Reference,
}

/// Objects to what is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaiseObjection {
    pub class: ClassId,
    /// The person it is about; the whole class when absent.
    pub person: Option<PersonKey>,
    pub grounds: Note,
}

/// Decides on an objection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolveObjection {
    pub class: ClassId,
    /// Position of the objection.
    pub objection: Position,
    /// Whether it was right.
    pub upheld: bool,
    pub grounds: Note,
}

/// Ends the time of showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosePublicity {
    pub class: ClassId,
}

/// Approves an award or a grant; the ledger works out what its rule fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproveAward {
    pub award: AwardId,
    pub scheme: SchemeId,
    /// The province or city that awards it.
    pub division: Division,
    pub recipient: crate::event::Payee,
    /// What it is for: a medal, a project, a title.
    pub subject: Reference,
    /// Amount in fen, where the rule leaves it to the decision; per month where it is paid so.
    pub amount: Option<Fen>,
    /// Months of the management period, for what is paid by the month.
    pub months: Option<u32>,
    /// Funds that pay, at which division; the scheme's split where one is ruled. The amounts are
    /// worked out by it, or given here where several pay without a rule.
    pub parts: Vec<AwardPartRequest>,
    pub decision_number: Reference,
}

/// One account that pays an award.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwardPartRequest {
    pub division: Division,
    pub fund: FundSource,
    /// In fen; what is left of the award when absent, for one part at most.
    pub amount: Option<Fen>,
}

/// Takes an award back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokeAward {
    pub award: AwardId,
    pub grounds: Note,
    pub decision_number: Reference,
}

/// Orders a payment of an award to its recipient from one of its accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderAwardPayment {
    pub disbursement: DisbursementId,
    pub award: AwardId,
    pub division: Division,
    pub fund: FundSource,
    /// In fen; what is left of the account's part when absent.
    pub amount: Option<Fen>,
}

/// Imposes a penalty beside a clawback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImposePenalty {
    pub clawback: ClawbackId,
    /// Amount in fen.
    pub amount: Fen,
    pub decision_number: Reference,
}

impl From<&ClassApproved> for ApproveClass {
    /// The command that a class was approved by; a rate that the standard set is left to the
    /// standard again.
    fn from(e: &ClassApproved) -> Self {
        Self {
            class: e.class,
            institution: e.institution,
            division: e.account.division,
            fund: e.account.fund,
            scheme: e.scheme.clone(),
            kind: e.kind,
            occupation: e.occupation,
            level: e.level,
            headcount: e.headcount,
            rate: match e.rate_source {
                RateSource::Contract | RateSource::Below(_) => Some(e.rate),
                RateSource::Standard(_) => None,
            },
            class_hours: e.class_hours,
            starts_on: e.starts_on,
            ends_on: e.ends_on,
            residence: e.residence,
            contract_number: e.contract_number.clone(),
            reporting: e.reporting.clone(),
            order: e.order,
        }
    }
}

impl From<&AwardApproved> for ApproveAward {
    /// The command that an award was approved by, with its amount and its parts as recorded: a
    /// command names the amount of a month, an event that of all months.
    fn from(e: &AwardApproved) -> Self {
        let months = i64::from(e.months.max(1));
        let amount = e.amount.get().checked_div(months);
        let parts = e.parts.iter().map(|part| AwardPartRequest {
            division: part.account.division,
            fund: part.account.fund,
            amount: Some(part.amount),
        });
        Self {
            award: e.award,
            scheme: e.scheme.clone(),
            division: e.division,
            recipient: e.recipient,
            subject: e.subject.clone(),
            amount: amount.map(Fen::new),
            months: (e.months > 0).then_some(e.months),
            parts: parts.collect(),
            decision_number: e.decision_number.clone(),
        }
    }
}
