//! Terms that areas share: what a payment is about, who gets it, what is owed; and the values of
//! one area that another keeps.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::coded::{PayeeKind, RuleKind};
use crate::{
    AccountKey, AwardId, BusinessDate, ClassId, ClawbackId, CreditCode, DisbursementId, Fen,
    PersonKey, Position,
};

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

/// Who gets the money and owes it when it has to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Payee {
    Person(PersonKey),
    Institution(CreditCode),
    Employer(CreditCode),
    /// The master of an apprentice.
    Master(PersonKey),
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

/// Who claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClaimRoute {
    /// 个人申领.
    Person,
    /// 培训机构代领.
    Institution,
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

/// What a repayment pays off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Debt {
    /// A decided clawback.
    Clawback(ClawbackId),
    /// The advance of a project class that its settlement found too high.
    ExcessAdvance(ClassId),
}

/// A fact with its date and the event that recorded it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    pub position: Position,
    pub on: BusinessDate,
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

/// Sum of payments. Those of a place are bounded by the rate limit and by the stages of a class,
/// those of an award by its amount, so the sum stays far inside the range.
pub(crate) fn sum<'a>(payments: impl Iterator<Item = &'a Payment>) -> Fen {
    payments.fold(Fen::ZERO, |total, payment| {
        total
            .checked_add(payment.amount)
            .expect("a few bounded payments fit")
    })
}
