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
    AssessmentResult, ClassKind, DisbursementStage, EmploymentEvidence, FindingKind,
    InstitutionKind, Payee, PersonStatus, QualificationScope, ReturnKind,
};
use crate::{
    BusinessDate, CaseId, CertificateKind, CertificateNumber, ClassId, ClawbackId, CreditCode,
    DisbursementId, Division, Fen, FindingId, FundSource, Note, Occupation, PersonKey, Position,
    QualificationId, Reference, SchemeId, SkillLevel,
};
use std::sync::Arc;

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

/// The kinds of command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandBody {
    PublishPolicy(PublishPolicy),
    OpenAccount(OpenAccount),
    AccrueFunds(AccrueFunds),
    TransferFunds(TransferFunds),
    RegisterInstitution(RegisterInstitution),
    GrantQualification(GrantQualification),
    RevokeQualification(RevokeQualification),
    RegisterPerson(RegisterPerson),
    DeclarePersonStatus(DeclarePersonStatus),
    EndPersonStatus(EndPersonStatus),
    ApproveClass(ApproveClass),
    OpenClass(OpenClass),
    CloseClass(CloseClass),
    EnrolPerson(EnrolPerson),
    WithdrawEnrolment(WithdrawEnrolment),
    RecordAttendance(RecordAttendance),
    CompleteTraining(CompleteTraining),
    RecordAssessment(RecordAssessment),
    IssueCertificate(IssueCertificate),
    InvalidateCertificate(InvalidateCertificate),
    ConfirmEmployment(ConfirmEmployment),
    WithdrawEmployment(WithdrawEmployment),
    ApproveSubsidy(ApproveSubsidy),
    OrderDisbursement(OrderDisbursement),
    SettleDisbursement(SettleDisbursement),
    ReturnDisbursement(ReturnDisbursement),
    OpenCase(OpenCase),
    MakeFinding(MakeFinding),
    DecideClawback(DecideClawback),
    RecordRepayment(RecordRepayment),
    CloseCase(CloseCase),
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
    /// Rate per approved person in fen, from the city's standard or the project contract.
    pub rate: Fen,
    /// Planned class hours (学时).
    pub class_hours: u32,
    pub starts_on: BusinessDate,
    pub ends_on: BusinessDate,
    /// The class is paid only for residents of this division, when the contract says so.
    pub residence: Option<Division>,
    /// Number of the project contract or of the approval.
    pub contract_number: Reference,
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

/// Records what a case found about one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MakeFinding {
    pub case: CaseId,
    pub finding: FindingId,
    pub kind: FindingKind,
    pub class: ClassId,
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
    pub beneficiary: PersonKey,
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
