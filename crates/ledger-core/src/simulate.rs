//! What-if: history once more under a draft, deciding anew what a document rules.
//!
//! A *shadow* is a second state beside the live one. Facts (enrolments, attendance, certificates,
//! statuses, findings, accruals) enter it as they were recorded. Decisions (the approval of a
//! class, a subsidy or an award, and every payment) are decided again in the shadow by
//! [`decide`](crate::decide()); its book of policies holds the draft as if published last. What
//! follows from a decision follows the shadow: where the draft refuses an approval its payments
//! fall away, where it approves another amount they follow that amount. Attempts that were refused
//! are tried again where they came, so that what would have been paid is seen too.
//!
//! Nothing here reads or writes: whoever keeps the shadow lends it as a [`ShadowState`]. At the end
//! [`outcome`] compares the shadow with what is on record, place by place.

mod approvals;
mod award_payments;
mod commands;
mod facts;
pub mod outcome;
mod payments;

use crate::command::{Command, CommandBody};
use crate::context::Context;
use crate::entities::EntityKey;
use crate::entity::Award;
use crate::event::{Event, RecordedEvent, Tag};
use crate::kinds::{ApprovalEvent, ByNature, DecisionEvent, PaymentEvent};
use crate::policy::PolicyBook;
use crate::refusal::Refusal;
use crate::{
    AwardId, BusinessDate, ClassId, Division, EventId, Fen, PersonKey, Policy, Position,
    RecordedTime, Reference, apply, decide, missing, touched,
};
use std::collections::HashMap;
use std::sync::Arc;

/// Where the draft stands in the shadow's book: behind everything that history publishes.
pub const DRAFT_POSITION: Position = Position::new(u64::MAX);

/// Persons approved by the draft alone and waiting for the payment of their class, over all
/// classes: 32 bytes each and a table's overhead, so some 100 MB at the very most. More of them
/// stay approved and are not added to a payment, and are counted.
pub const JOINED_MAX: usize = 1_000_000;

/// Which decisions are decided anew; everything else is replayed as it was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scope {
    /// First business date, inclusive; from the beginning when absent.
    pub from: Option<BusinessDate>,
    /// Last business date, inclusive; to the end when absent.
    pub until: Option<BusinessDate>,
    /// The division that pays, with everything inside; every one when absent.
    pub division: Option<Division>,
}

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum About {
    /// A class, with every place in it.
    Class(ClassId),
    /// The place of a person in a class.
    Place(ClassId, PersonKey),
    /// An award.
    Award(AwardId),
}

/// The decision that the draft refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The approval of a class, a subsidy or an award.
    Approval,
    /// A payment.
    Payment,
}

/// Why the shadow differs from the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// Where the decision stands in the record.
    pub position: Position,
    /// What kind of decision.
    pub stage: Stage,
    /// What stands against it under the draft.
    pub refusal: Refusal,
}

/// The shadow, lent to the simulation by whoever keeps it.
pub trait ShadowState {
    /// Why the shadow cannot be read or written.
    type Error;

    /// The loaded part of the shadow.
    fn context(&mut self) -> &mut Context;

    /// Loads the entities of `keys` and empties it.
    ///
    /// # Errors
    ///
    /// When the shadow cannot be read.
    fn load(&mut self, keys: &mut Vec<EntityKey>) -> Result<(), Self::Error>;

    /// Takes note of entities that are about to change; the same one may come more than once.
    fn changing(&mut self, keys: &[EntityKey]);

    /// Keeps why a decision differs; a later note about the same thing replaces an earlier one.
    ///
    /// # Errors
    ///
    /// When the shadow cannot be written.
    fn note(&mut self, about: About, why: Why) -> Result<(), Self::Error>;

    /// The award as it is on record, whatever the shadow says of it.
    ///
    /// # Errors
    ///
    /// When the record cannot be read.
    fn recorded_award(&mut self, award: AwardId) -> Result<Option<Award>, Self::Error>;
}

/// A refused command that is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The last position whose state the decision saw.
    pub seen: Position,
    /// When it was decided.
    pub recorded_at: RecordedTime,
    /// The command.
    pub command: Command,
}

/// What a simulation did, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events replayed.
    pub events: u64,
    /// Decisions on record that were decided anew.
    pub decided: u64,
    /// Refused attempts that were tried again.
    pub attempts: u64,
    /// Refused attempts that could not be tried again: their command is not on record, or they
    /// rested on commands of the same request that were undone.
    pub attempts_untried: u64,
    /// Transfers and payments replayed as recorded that the shadow's account could not cover: the
    /// draft had spent the money before. They were left out.
    pub uncovered: u64,
    /// Their sum, in fen.
    pub uncovered_amount: Fen,
    /// Persons whom the draft alone approves and whom no payment was ordered for, because more
    /// than [`JOINED_MAX`] waited.
    pub not_joined: u64,
}

/// A simulation on its way through history.
#[derive(Debug)]
pub struct Simulation {
    scope: Scope,
    counts: Counts,
    /// A settlement whose payment, if there is one, is the next event.
    held: Option<RecordedEvent>,
    /// Persons whom the draft alone approves and whom no payment of their class has reached.
    joined: HashMap<ClassId, Vec<PersonKey>>,
    joined_count: usize,
    /// The actor of events that nobody recorded.
    nobody: Arc<str>,
    /// The bank's reference of confirmations that nobody recorded.
    no_reference: Reference,
    /// Room for keys, kept to be used again.
    keys: Vec<EntityKey>,
}

/// What carrying a command out in the shadow led to.
type Carried = Result<(), Refusal>;

/// Where a decision of the shadow stands in the record.
#[derive(Debug, Clone, Copy)]
struct Moment {
    /// The position after the last one that the decision sees.
    next: Position,
    /// The position that its events get in the shadow.
    position: Position,
    recorded_at: RecordedTime,
    on: BusinessDate,
}

impl Moment {
    fn of(recorded: &RecordedEvent) -> Self {
        Self {
            next: recorded.position,
            position: recorded.position,
            recorded_at: recorded.recorded_at,
            on: recorded.event.occurred_on,
        }
    }
}

impl Scope {
    /// Whether a decision of that division and day is decided anew.
    #[must_use]
    pub fn holds(&self, division: Division, on: BusinessDate) -> bool {
        self.holds_division(division) && self.holds_date(on)
    }

    /// Whether decisions of that division are decided anew.
    #[must_use]
    pub fn holds_division(&self, division: Division) -> bool {
        self.division.is_none_or(|scope| scope.contains(division))
    }

    /// Whether decisions of that day are decided anew.
    #[must_use]
    pub fn holds_date(&self, on: BusinessDate) -> bool {
        self.begun(on) && self.until.is_none_or(|until| on <= until)
    }

    /// Whether anything may have been decided anew by that day.
    fn begun(&self, on: BusinessDate) -> bool {
        self.from.is_none_or(|from| from <= on)
    }
}

/// Adds a draft to the book that a simulation begins with. Classes approved before the scope keep
/// the rates that were fixed with them, as they keep their rules.
pub fn with_draft(policies: &mut PolicyBook, draft: Arc<Policy>, scope: &Scope) {
    policies.publish_draft(DRAFT_POSITION, draft, scope.from);
}

impl Simulation {
    /// Starts before the first event.
    ///
    /// # Panics
    ///
    /// Never: a constant is a reference.
    #[must_use]
    pub fn new(scope: Scope) -> Self {
        Self {
            scope,
            counts: Counts::default(),
            held: None,
            joined: HashMap::new(),
            joined_count: 0,
            nobody: Arc::from("simulation"),
            no_reference: Reference::parse("simulation").expect("the text is a constant"),
            keys: Vec::new(),
        }
    }

    /// What was done so far.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Takes the next event of the record. Publications are added to the shadow's book by whoever
    /// holds the compiled form, before this is called.
    ///
    /// # Errors
    ///
    /// What the shadow gives.
    pub fn event<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
    ) -> Result<(), S::Error> {
        self.counts.events = self.counts.events.saturating_add(1);
        if let Some(settled) = self.held.take() {
            let payment = payments::belongs_to(recorded, &settled).then_some(recorded);
            self.settlement(shadow, &settled, payment)?;
            if payment.is_some() {
                return Ok(());
            }
        }
        self.step(shadow, recorded)
    }

    /// Ends the replay: what waited for a next event is carried out.
    ///
    /// # Errors
    ///
    /// What the shadow gives.
    pub fn finish<S: ShadowState>(&mut self, shadow: &mut S) -> Result<(), S::Error> {
        match self.held.take() {
            Some(settled) => self.settlement(shadow, &settled, None),
            None => Ok(()),
        }
    }

    fn step<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
    ) -> Result<(), S::Error> {
        match recorded.event.body.by_nature() {
            ByNature::Decision(DecisionEvent::ClassApproved(e)) => {
                self.class_approved(shadow, recorded, e)
            }
            ByNature::Approval(ApprovalEvent::SubsidyApproved(e)) => {
                self.subsidy_approved(shadow, recorded, e)
            }
            ByNature::Approval(ApprovalEvent::AwardApproved(e)) => {
                self.award_approved(shadow, recorded, e)
            }
            ByNature::Payment(PaymentEvent::ProjectSettled(_)) => {
                self.held = Some(recorded.clone());
                Ok(())
            }
            ByNature::Payment(PaymentEvent::DisbursementOrdered(e)) => {
                self.payment(shadow, recorded, e)
            }
            ByNature::Fact | ByNature::Correction(_) => {
                self.as_recorded(shadow, recorded).map(drop)
            }
            ByNature::Weighed(weighed) => self.weighed(shadow, recorded, weighed),
            ByNature::Consequence(follows) => self.consequence(shadow, recorded, follows),
        }
    }

    /// Decides a command in the shadow and applies what it leads to.
    fn carry_out<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        at: Moment,
        body: CommandBody,
    ) -> Result<Carried, S::Error> {
        let events = match self.decided(shadow, at, body)? {
            Ok(events) => events,
            Err(refusal) => return Ok(Err(refusal)),
        };
        for event in events {
            let event = RecordedEvent {
                position: at.position,
                event_id: EventId::from_bytes([0; 16]),
                recorded_at: at.recorded_at,
                actor: Arc::clone(&self.nobody),
                source_system: Arc::clone(&self.nobody),
                event,
            };
            self.apply(shadow, &event)?;
        }
        Ok(Ok(()))
    }

    /// Decides a command in the shadow and leaves that as it is.
    fn decided<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        at: Moment,
        body: CommandBody,
    ) -> Result<Result<Vec<Event>, Refusal>, S::Error> {
        let command = Command {
            occurred_on: at.on,
            body,
            causes: Vec::new(),
        };
        self.load(shadow, |context, keys| missing(context, &command, keys))?;
        let context = shadow.context();
        context.next_position = at.next;
        let decided = decide(context, &command, at.recorded_at);
        Ok(decided.map(|decision| decision.events))
    }

    fn apply<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        event: &RecordedEvent,
    ) -> Result<(), S::Error> {
        // An entity that is loaded may lead to others.
        self.load(shadow, |context, keys| {
            touched(context, &event.event, keys);
            keys.retain(|key| !context.is_loaded(key));
        })?;
        touched(shadow.context(), &event.event, &mut self.keys);
        shadow.changing(&self.keys);
        self.keys.clear();
        apply(shadow.context(), event);
        Ok(())
    }

    /// Loads what `need` names until it names nothing more.
    fn load<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        need: impl Fn(&Context, &mut Vec<EntityKey>),
    ) -> Result<(), S::Error> {
        loop {
            need(shadow.context(), &mut self.keys);
            if self.keys.is_empty() {
                return Ok(());
            }
            shadow.load(&mut self.keys)?;
        }
    }
}

/// The division that an event is about: that whose account pays.
fn division_of(event: &Event) -> Option<Division> {
    event.tags.iter().find_map(|tag| match tag {
        Tag::Division(division) => Some(*division),
        _ => None,
    })
}
