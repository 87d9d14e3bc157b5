//! A class with what is counted of it, its showing and its settlement.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::entities::History;
use crate::event::{ClassKind, RateSource, Reporting};
use crate::progress::CountedFact;
use crate::terms::Fact;
use crate::{
    AccountKey, BusinessDate, CreditCode, Division, Fen, Occupation, OrderId, PersonKey, Position,
    SchemeId, SkillLevel,
};

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

impl History for Class {
    /// What is counted of its places is not told (trainees, approvals, beneficiaries, lines on
    /// their way, the latest approval, what stands in the reports), nor how the approvals were
    /// shown, since only the last showing is kept, nor what of an excess was paid back.
    fn before(self, position: Position) -> Option<Self> {
        let Self {
            approved,
            policy,
            institution,
            account,
            scheme,
            kind,
            occupation,
            level,
            headcount,
            rate,
            class_hours,
            starts_on,
            ends_on,
            residence,
            opened,
            closed,
            enrolled: _,
            completed: _,
            approvals: _,
            employed_completed: _,
            employed_approved: _,
            beneficiaries: _,
            in_flight: _,
            settlement,
            found_false,
            rate_source,
            scarce,
            reporting,
            order,
            publicity: _,
            objection_upheld,
            last_approval: _,
            counted: _,
        } = self;
        (approved.position < position).then(|| Self {
            approved,
            policy,
            institution,
            account,
            scheme,
            kind,
            occupation,
            level,
            headcount,
            rate,
            class_hours,
            starts_on,
            ends_on,
            residence,
            opened: opened.filter(|fact| fact.position < position),
            closed: closed.filter(|fact| fact.position < position),
            enrolled: 0,
            completed: 0,
            approvals: 0,
            employed_completed: 0,
            employed_approved: 0,
            beneficiaries: 0,
            in_flight: 0,
            settlement: settlement.and_then(|settlement| settlement.before(position)),
            found_false: found_false.filter(|at| *at < position),
            rate_source,
            scarce,
            reporting,
            order,
            publicity: None,
            objection_upheld: objection_upheld.filter(|at| *at < position),
            last_approval: None,
            counted: Vec::new(),
        })
    }

    fn positions(&self) -> Option<Vec<Position>> {
        None
    }
}

impl ClassSettlement {
    /// The settlement, with nothing of its excess paid back, where there was one.
    fn before(self, before: Position) -> Option<Self> {
        let Self {
            position,
            on,
            excess,
            excess_outstanding: _,
        } = self;
        (position < before).then_some(Self {
            position,
            on,
            excess,
            excess_outstanding: excess,
        })
    }
}
