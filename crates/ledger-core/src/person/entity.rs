//! A person with their statuses, places and quota slots: loaded and written as a whole.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::entities::History;
use crate::event::PersonStatus;
use crate::progress::GroupSet;
use crate::terms::{ClaimRoute, DisbursementStage, EmploymentEvidence, Fact, Payment, sum};
use crate::{
    BusinessDate, CertificateKind, CertificateNumber, ClassId, CreditCode, Fen, Occupation,
    Position, SchemeId, SkillLevel,
};

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
    /// The facts about the person that were annulled, in the order in which they were.
    pub annulled: Vec<Annulment>,
}

/// A fact on record that never was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Annulment {
    /// The event that recorded it.
    pub fact: Position,
    /// The event that annulled it.
    pub by: Position,
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

impl History for Person {
    /// That the person was registered, what of that was annulled, and what events there were about
    /// them: the rest follows from these events, and is not told here.
    fn before(self, position: Position) -> Option<Self> {
        let registered = self.registered_before(position);
        let Self {
            registered: _,
            statuses: _,
            enrolments: _,
            slots: _,
            mut timeline,
            mut annulled,
        } = self;
        timeline.retain(|at| *at < position);
        annulled.retain(|annulment| annulment.by < position);
        registered.map(|registered| Self {
            registered,
            statuses: Vec::new(),
            enrolments: Vec::new(),
            slots: Vec::new(),
            timeline,
            annulled,
        })
    }

    fn positions(&self) -> Option<Vec<Position>> {
        Some(self.timeline.clone())
    }
}

impl Person {
    /// The registration on record before a position: the present one, or one that was annulled.
    ///
    /// A registration is the first fact about the person and the last to be annulled, before there
    /// is another one: of the facts that stood at the position it is the first, and where none
    /// stood any more, the one that was annulled last.
    fn registered_before(&self, position: Position) -> Option<Position> {
        if self.registered < position {
            return Some(self.registered);
        }
        let earlier = self.annulled.iter().filter(|it| it.fact < position);
        let standing = earlier.clone().filter(|it| position <= it.by);
        let first = standing.map(|it| it.fact).min();
        first.or_else(|| earlier.max_by_key(|it| it.by).map(|it| it.fact))
    }

    /// The annulment of a fact about the person.
    #[must_use]
    pub fn annulment_of(&self, fact: Position) -> Option<&Annulment> {
        self.annulled.iter().find(|annulled| annulled.fact == fact)
    }

    /// Whether the registration stands; what is on record stays readable when it was annulled.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        self.annulment_of(self.registered).is_none()
    }

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
