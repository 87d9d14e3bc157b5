//! The state that rules look at: one value per person, class, institution, account and so on.
//!
//! An entity is a function of the events about it and is loaded and written as a whole. It keeps
//! the positions of the events behind each fact, so that a decision can name its causes.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::event::{
    AwardPart, ClaimRoute, ClassKind, DisbursementStage, EmploymentEvidence, FindingKind,
    InstitutionKind, OrderRaisedBy, Payee, PersonStatus, QualificationKind, RateSource, Reporting,
    ScopeEntry, Subject,
};
use crate::progress::{CountedFact, GroupSet};
use crate::{
    AccountKey, AccountKind, AwardId, BusinessDate, CertificateKind, CertificateNumber, ClassId,
    CreditCode, DisbursementId, Division, Fen, FindingId, Occupation, OrderId, PersonKey, Position,
    QualificationId, Reference, SchemeId, SkillLevel,
};
use std::collections::BTreeMap;

/// Everything the rules know of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub registered: Position,
    pub statuses: Vec<StatusRecord>,
    pub enrolments: Vec<Enrolment>,
    /// Quota slots, in the order in which they were taken.
    pub slots: Vec<QuotaSlot>,
    /// Positions of every event about the person, ascending.
    pub timeline: Vec<Position>,
}

/// A status with its validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusRecord {
    pub status: PersonStatus,
    pub valid_from: BusinessDate,
    pub valid_until: Option<BusinessDate>,
    /// The declaration, or the event that ended it.
    pub position: Position,
}

/// One person in one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    pub class: ClassId,
    pub enrolled: Position,
    pub enrolled_on: BusinessDate,
    pub withdrawn: Option<Position>,
    /// Class hours attended so far.
    pub class_hours: u32,
    /// Attendance events not yet summed up by the completion.
    pub attendances: Vec<Position>,
    pub completed: Option<Fact>,
    /// Groups under which the completion is counted.
    pub completed_groups: GroupSet,
    pub assessment: Option<Assessment>,
    pub certificate: Option<CertificateFact>,
    pub employment: Option<EmploymentFact>,
    pub approval: Option<Approval>,
    /// What the settlement of a project class found that this place has earned, with what had been
    /// clawed back of it by then, in fen: compared with the payments, which count that too.
    pub earned: Option<Fen>,
    /// Payment lines that were ordered or settled and not returned, in order.
    pub payments: Vec<Payment>,
    /// Sum of what was clawed back of them, in fen.
    pub clawed_back: Fen,
    /// A finding against this place that bars payment.
    pub found_false: Option<Position>,
    /// The first attendance on record.
    pub first_attendance: Option<Fact>,
    pub claim: Option<Claim>,
    /// The contract by which the body may claim on the person's behalf.
    pub agency_contract: Option<Position>,
    /// An objection to the published list that was upheld and bars payment.
    pub objection_upheld: Option<Position>,
}

/// A claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    pub position: Position,
    pub on: BusinessDate,
    pub route: ClaimRoute,
}

/// A fact with its date and the event that recorded it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    pub position: Position,
    pub on: BusinessDate,
}

/// The last assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assessment {
    pub position: Position,
    pub on: BusinessDate,
    pub passed: bool,
}

/// The certificate of an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertificateFact {
    pub number: CertificateNumber,
    pub position: Position,
    pub issued_on: BusinessDate,
    pub invalidated: Option<Position>,
    pub kind: CertificateKind,
    /// Set when it was found in the national register.
    pub verified: Option<Position>,
    /// Groups under which it is counted.
    pub groups: GroupSet,
}

/// A confirmed employment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmploymentFact {
    pub position: Position,
    pub employer: CreditCode,
    pub started_on: BusinessDate,
    /// Inside the policy's employment window.
    pub counts: bool,
    pub evidence: EmploymentEvidence,
}

/// An approved subsidy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approval {
    pub position: Position,
    pub on: BusinessDate,
    pub amount: Fen,
    /// Groups under which it is counted.
    pub groups: GroupSet,
}

/// One payment line of an enrolment, not returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payment {
    pub disbursement: DisbursementId,
    pub stage: DisbursementStage,
    pub position: Position,
    pub amount: Fen,
    /// Set when the bank confirmed it.
    pub settled: Option<Position>,
    pub account: AccountKey,
}

/// One use of a person's quota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaSlot {
    /// The event that took it.
    pub taken: Position,
    pub taken_on: BusinessDate,
    /// Calendar year in which it counts.
    pub year: i32,
    pub class: ClassId,
    pub scheme: SchemeId,
    pub occupation: Occupation,
    pub level: Option<SkillLevel>,
    /// The event that gave it back.
    pub freed: Option<Position>,
}

/// One training class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    pub approved: Fact,
    /// Position of the policy publication whose rules hold for the life of the class.
    pub policy: Position,
    pub institution: CreditCode,
    pub account: AccountKey,
    pub scheme: SchemeId,
    pub kind: ClassKind,
    pub occupation: Occupation,
    pub level: Option<SkillLevel>,
    pub headcount: u32,
    pub rate: Fen,
    pub class_hours: u32,
    pub starts_on: BusinessDate,
    pub ends_on: BusinessDate,
    pub residence: Option<Division>,
    pub opened: Option<Fact>,
    pub closed: Option<Fact>,
    /// Trainees on the roster, without those who withdrew.
    pub enrolled: u32,
    pub completed: u32,
    /// Trainees whose approval stands.
    pub approvals: u32,
    /// Trainees who completed and whose employment counts.
    pub employed_completed: u32,
    /// Trainees whose approval stands and whose employment counts.
    pub employed_approved: u32,
    /// Beneficiaries that the settlement has to name: approved or advanced.
    pub beneficiaries: u32,
    /// Lines ordered and not yet confirmed or returned.
    pub in_flight: u32,
    pub settlement: Option<ClassSettlement>,
    /// A finding against the whole class that bars payment.
    pub found_false: Option<Position>,
    pub rate_source: RateSource,
    pub scarce: bool,
    pub reporting: Reporting,
    pub order: Option<OrderId>,
    pub publicity: Option<ClassPublicity>,
    /// An objection to the whole published list that was upheld and bars payment.
    pub objection_upheld: Option<Position>,
    /// The approval with the latest date, whether or not it still stands.
    pub last_approval: Option<Fact>,
    /// What is counted of its places and not found false, ascending, so that a finding against
    /// the whole class can set it apart; at most three per place, in practice a handful, and
    /// nothing any more once the class is found false.
    pub counted: Vec<CountedPlaces>,
}

/// Places of a class that count alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedPlaces {
    pub fact: CountedFact,
    /// How many, above zero.
    pub places: u32,
}

/// The last time that the approvals of a class were shown to the public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassPublicity {
    /// Approvals up to here are shown.
    pub opened: Fact,
    pub closed: Option<Fact>,
    /// The opening, objection or decision with the latest date.
    pub last: Fact,
    /// Objections that are not decided yet.
    pub objections: Vec<Objection>,
}

/// An objection that is not decided yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Objection {
    pub position: Position,
    pub on: BusinessDate,
    pub person: Option<PersonKey>,
}

/// The settlement of a project class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassSettlement {
    pub position: Position,
    pub on: BusinessDate,
    /// Advance found too high, in fen.
    pub excess: Fen,
    /// Part of it that is still owed, in fen.
    pub excess_outstanding: Fen,
}

/// One body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Institution {
    pub registered: Position,
    pub kind: InstitutionKind,
    pub division: Division,
    pub qualifications: Vec<Qualification>,
}

/// One qualification of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qualification {
    pub qualification: QualificationId,
    pub granted: Position,
    pub kind: QualificationKind,
    pub occupations: Vec<ScopeEntry>,
    pub valid_from: BusinessDate,
    pub valid_until: Option<BusinessDate>,
    pub revoked: Option<Revocation>,
}

/// A revocation and the first day it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    pub position: Position,
    pub effective_on: BusinessDate,
}

/// Where a certificate number belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    pub class: ClassId,
    pub person: PersonKey,
    pub evaluator: CreditCode,
    pub issued_on: BusinessDate,
    pub issued: Position,
    pub invalidated: Option<Position>,
    /// Set when it was found in the national register.
    pub verified: Option<Position>,
}

/// The balances of one fund at one division.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub opened: Position,
    /// Balance in fen on the normal side, by kind and fiscal year (zero for stocks).
    pub balances: BTreeMap<(AccountKind, u16), Fen>,
}

/// One payment to one payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disbursement {
    pub ordered: Fact,
    pub subject: Subject,
    pub account: AccountKey,
    pub stage: DisbursementStage,
    pub payee: Payee,
    pub lines: Vec<PaidLine>,
    pub total: Fen,
    pub settled: Option<Settlement>,
    pub returned: Option<Position>,
    /// What was clawed back of the payment of an award, in fen; a class's stands in the lines.
    pub award_clawed_back: Fen,
}

/// One line of a disbursement and what was clawed back of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaidLine {
    pub beneficiary: PersonKey,
    pub amount: Fen,
    pub clawed_back: Fen,
}

/// The bank's confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    pub position: Position,
    pub on: BusinessDate,
    /// Fiscal year in which the expenditure counts.
    pub fiscal_year: u16,
}

/// One supervision case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub opened: Fact,
    pub institution: Option<CreditCode>,
    pub findings: Vec<Finding>,
    /// Clawbacks decided in the case that are not fully repaid.
    pub clawbacks_outstanding: u32,
    pub closed: Option<Position>,
}

/// One finding of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub finding: FindingId,
    pub kind: FindingKind,
    pub made: Fact,
    pub subject: Subject,
    /// Empty: every beneficiary of the class, or the award.
    pub persons: Vec<PersonKey>,
}

/// One decided clawback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clawback {
    pub decided: Fact,
    pub case: crate::CaseId,
    pub finding: FindingId,
    pub subject: Subject,
    pub account: AccountKey,
    pub debtor: Payee,
    pub total: Fen,
    /// Still owed, in fen.
    pub outstanding: Fen,
    /// The repayments, ascending.
    pub repayments: Vec<Position>,
    /// Decision number, for the books.
    pub decision_number: Reference,
    /// The penalties imposed beside it, ascending.
    pub penalties: Vec<Position>,
    /// Their sum, in fen.
    pub penalty: Fen,
}

/// One award or grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    pub approved: Fact,
    /// Position of the policy publication whose rules hold for the life of the award.
    pub policy: Position,
    pub scheme: SchemeId,
    pub division: Division,
    pub recipient: Payee,
    pub subject: Reference,
    pub amount: Fen,
    pub parts: Vec<AwardPart>,
    /// Payments that were ordered or settled and not returned, in order.
    pub payments: Vec<Payment>,
    pub clawed_back: Fen,
    pub revoked: Option<Position>,
    /// A finding against the award that bars payment.
    pub found_false: Option<Position>,
}

/// The awards of one scheme in one province, in the order of their approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardRegister {
    pub entries: Vec<AwardEntry>,
}

/// One award in its register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardEntry {
    pub award: AwardId,
    /// Where it was awarded: a city's document counts what was awarded in the city.
    pub division: Division,
    pub position: Position,
    pub on: BusinessDate,
    pub recipient: Payee,
    pub subject: Reference,
    pub revoked: Option<Position>,
}

/// One training order (五单式).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub raised: Fact,
    pub division: Division,
    pub raised_by: OrderRaisedBy,
    pub occupation: Occupation,
    pub level: Option<SkillLevel>,
    pub headcount: u32,
    pub listed: Option<Fact>,
    /// Workers who selected it, in the order in which they did.
    pub selected: Vec<(PersonKey, Fact)>,
    pub accepted: Option<(CreditCode, Fact)>,
    pub purchased: Option<Fact>,
    pub cancelled: Option<Position>,
    /// The class that carries it out.
    pub class: Option<ClassId>,
}

impl Fact {
    /// The one with the later date; of one day the one recorded later.
    #[must_use]
    pub fn later(self, other: Self) -> Self {
        if (self.on, self.position) < (other.on, other.position) {
            other
        } else {
            self
        }
    }
}

impl Person {
    /// The enrolment in a class.
    #[must_use]
    pub fn enrolment(&self, class: ClassId) -> Option<&Enrolment> {
        self.enrolments
            .iter()
            .rev()
            .find(|enrolment| enrolment.class == class)
    }

    /// The enrolment in a class, to be changed by `apply`.
    pub fn enrolment_mut(&mut self, class: ClassId) -> Option<&mut Enrolment> {
        self.enrolments
            .iter_mut()
            .rev()
            .find(|enrolment| enrolment.class == class)
    }

    /// The slot that the person's subsidy for a class holds, if it holds one.
    #[must_use]
    pub fn slot_of(&self, class: ClassId) -> Option<&QuotaSlot> {
        self.slots
            .iter()
            .find(|slot| slot.class == class && slot.freed.is_none())
    }
}

impl StatusRecord {
    /// Whether the status holds on any day from `first` to `last`.
    #[must_use]
    pub fn holds_within(&self, first: BusinessDate, last: BusinessDate) -> bool {
        self.valid_from <= last && self.valid_until.is_none_or(|until| first <= until)
    }

    /// Whether the status holds on every day from `first` to `last`.
    #[must_use]
    pub fn holds_throughout(&self, first: BusinessDate, last: BusinessDate) -> bool {
        self.valid_from <= first && self.valid_until.is_none_or(|until| last <= until)
    }
}

impl Enrolment {
    /// Whether the settlement of the class has to name the person.
    #[must_use]
    pub fn is_beneficiary(&self) -> bool {
        self.approval.is_some() || self.has_advance()
    }

    /// Whether an advance was ordered or paid and not returned.
    #[must_use]
    pub fn has_advance(&self) -> bool {
        self.payments
            .iter()
            .any(|payment| payment.stage == DisbursementStage::Advance)
    }

    /// Sum of the advances that were not returned, in fen.
    #[must_use]
    pub fn advanced(&self) -> Fen {
        sum(self
            .payments
            .iter()
            .filter(|payment| payment.stage == DisbursementStage::Advance))
    }

    /// Sum of the payments that were not returned, in fen.
    #[must_use]
    pub fn paid_or_ordered(&self) -> Fen {
        sum(self.payments.iter())
    }

    /// Advance that the settlement found too high, in fen: owed as such, not to be clawed back.
    #[must_use]
    pub fn excess_advance(&self) -> Fen {
        match self
            .earned
            .and_then(|earned| self.advanced().checked_sub(earned))
        {
            Some(excess) if excess.is_positive() => excess,
            _ => Fen::ZERO,
        }
    }

    /// Whether the employment of the person counts for the rate.
    #[must_use]
    pub fn employment_counts(&self) -> bool {
        self.employment.is_some_and(|employment| employment.counts)
    }
}

impl Qualification {
    /// Whether it is in force on every day from `first` to `last`.
    #[must_use]
    pub fn in_force(&self, first: BusinessDate, last: BusinessDate) -> bool {
        self.valid_from <= first
            && self.valid_until.is_none_or(|until| last <= until)
            && self
                .revoked
                .is_none_or(|revoked| last < revoked.effective_on)
    }

    /// The last day on which it is in force; before its first day when it was revoked from then.
    #[must_use]
    pub fn last_day(&self) -> BusinessDate {
        let until = self.valid_until.unwrap_or(BusinessDate::MAX);
        let revoked = self
            .revoked
            .and_then(|revoked| revoked.effective_on.add_days(-1));
        revoked.map_or(until, |revoked| revoked.min(until))
    }

    /// Whether its scope holds the occupation at the level.
    #[must_use]
    pub fn covers(&self, occupation: Occupation, level: Option<SkillLevel>) -> bool {
        self.occupations.iter().any(|entry| {
            entry.occupation == occupation
                && level.is_none_or(|level| entry.levels.contains(&level))
        })
    }
}

impl Account {
    /// The balance of one kind of account in fen; zero when nothing was posted.
    #[must_use]
    pub fn balance(&self, kind: AccountKind, fiscal_year: u16) -> Fen {
        self.balances
            .get(&(kind, fiscal_year))
            .copied()
            .unwrap_or(Fen::ZERO)
    }

    /// What may still be ordered: cash less what is reserved for ordered payments.
    #[must_use]
    pub fn available(&self) -> Fen {
        self.balance(AccountKind::Cash, 0)
            .checked_sub(self.balance(AccountKind::Reserve, 0))
            .unwrap_or(Fen::ZERO)
    }
}

impl Award {
    /// Sum of the payments that were ordered or settled and not returned, in fen.
    #[must_use]
    pub fn paid_or_ordered(&self) -> Fen {
        sum(self.payments.iter())
    }

    /// The payments from one account.
    pub fn payments_from(&self, account: AccountKey) -> impl Iterator<Item = &Payment> {
        self.payments
            .iter()
            .filter(move |payment| payment.account == account)
    }

    /// What is left to pay from an account, in fen; `None` when it pays no part of the award.
    #[must_use]
    pub fn left_from(&self, account: AccountKey) -> Option<Fen> {
        let part = self.parts.iter().find(|part| part.account == account)?;
        part.amount.checked_sub(sum(self.payments_from(account)))
    }
}

impl AwardRegister {
    /// The awards that were not revoked.
    pub fn standing(&self) -> impl Iterator<Item = &AwardEntry> {
        let entries = self.entries.iter();
        entries.filter(|entry| entry.revoked.is_none())
    }
}

impl Disbursement {
    /// The line of a beneficiary.
    #[must_use]
    pub fn line(&self, beneficiary: PersonKey) -> Option<&PaidLine> {
        self.lines
            .iter()
            .find(|line| line.beneficiary == beneficiary)
    }
}

/// Sum of payments. Those of a place are bounded by the rate limit and by the stages of a class,
/// those of an award by its amount, so the sum stays far inside the range.
fn sum<'a>(payments: impl Iterator<Item = &'a Payment>) -> Fen {
    payments.fold(Fen::ZERO, |total, payment| {
        total
            .checked_add(payment.amount)
            .expect("a few bounded payments fit")
    })
}
