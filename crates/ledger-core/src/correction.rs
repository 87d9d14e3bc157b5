//! Taking facts back: the fact at a position never was.
//!
//! [`AnnulFact`](crate::command::AnnulFact) names an event on record. The rules
//! ([`Annullable`]) say what rests on its fact, and what stands again without it. What is
//! recorded, [`FactAnnulled`](crate::event::FactAnnulled), carries a copy of all of that, so that
//! replay needs nothing else; [`TakenOut`] changes the state by it. A wrong fact is put right by
//! an annulment and a new report, in one batch.
//!
//! Every kind of event says in [`ways`] how it is taken back: by an annulment, by another command,
//! or not at all.

mod apply;
pub(crate) mod command;
pub(crate) mod event;
mod rules;
mod ways;

pub(crate) use rules::{nothing_decided, nothing_rests, past};

use crate::Position;
use crate::apply::EventPayload;
use crate::command::CommandKind;
use crate::context::Context;
use crate::decide::Deciding;
use crate::entity::Fact;
use crate::event::{EventBody, EventKind, PastEvent, RecordedEvent};
use crate::need::Need;
use crate::progress::Changes;
use crate::refusal::Refusal;

/// How a fact is taken back.
#[derive(Clone, Copy)]
pub(crate) enum Way<'a> {
    /// By an annulment.
    Annulled(&'a dyn Annullable),
    /// By another command, where there is one.
    Instead(Option<CommandKind>),
}

/// What a payload says of its way back. Every kind has to say it.
pub(crate) trait WayBack {
    /// How the fact is taken back.
    fn way_back(&self) -> Way<'_>;
}

/// The rules of an annulment.
pub(crate) trait Annullable: TakenOut {
    /// Names what deciding needs beyond the entities that the annulled event is about.
    fn needs(&self, need: &mut Need<'_>, annulled: &RecordedEvent);

    /// What stands again without the fact, or what rests on it.
    fn undo(&self, case: &Deciding<'_>, annulled: &RecordedEvent) -> Result<Undone, Refusal>;
}

/// How the state loses a fact. Holds no rule and cannot fail.
pub(crate) trait TakenOut: EventPayload {
    /// Names what changes beyond the entities that the annulled event is about.
    fn touches_too(&self, need: &mut Need<'_>);

    /// Adds to `changes` what the annulment changes in the counters of progress.
    fn counts_out(&self, before: &Context, annulment: &Annulled<'_>, changes: &mut Changes);

    /// Changes the entities as if the fact had never been.
    fn take_out(&self, context: &mut Context, annulment: &Annulled<'_>);
}

/// What an annulment leads to.
#[derive(Debug, Default)]
pub(crate) struct Undone {
    /// What had made way for the fact, ascending by position.
    pub(crate) stands_again: Vec<PastEvent>,
    /// What else the annulment rests on.
    pub(crate) causes: Vec<Position>,
}

/// An annulled fact, as the state loses it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Annulled<'a> {
    /// Where and when it was recorded.
    pub(crate) fact: Fact,
    pub(crate) stands_again: &'a [PastEvent],
}

macro_rules! past_facts {
    ($( $kind:ident: $name:literal; )+) => {
        /// A fact that a correction carries.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum PastFact {
            $( #[doc = concat!("`", $name, "` in the contract.")] $kind(crate::event::$kind), )+
        }

        impl PastFact {
            /// The fact of an event; none of a kind that no correction carries.
            #[must_use]
            pub fn of(body: &EventBody) -> Option<Self> {
                match body {
                    $( EventBody::$kind(payload) => Some(Self::$kind(payload.clone())), )+
                    _ => None,
                }
            }

            /// The kind of event that recorded it.
            #[must_use]
            pub const fn kind(&self) -> EventKind {
                match self { $( Self::$kind(_) => EventKind::$kind, )+ }
            }

            /// What it says of the event that recorded it.
            pub(crate) fn payload(&self) -> &dyn EventPayload {
                match self { $( Self::$kind(payload) => payload, )+ }
            }

            /// How it is taken back.
            pub(crate) fn way_back(&self) -> Way<'_> {
                match self { $( Self::$kind(payload) => payload.way_back(), )+ }
            }
        }
    };
}

crate::each_past_fact!(past_facts);

macro_rules! ways_back {
    ($(
        $number:literal $kind:ident $nature:ident from $command:ident:
        $name:literal, $english:literal, $chinese:literal;
    )+) => {
        impl EventBody {
            /// How the fact is taken back.
            pub(crate) fn way_back(&self) -> Way<'_> {
                match self { $( Self::$kind(payload) => payload.way_back(), )+ }
            }
        }
    };
}

crate::each_event!(ways_back);

impl PastEvent {
    /// An event on record; none of a kind that no correction carries.
    #[must_use]
    pub fn of(recorded: &RecordedEvent) -> Option<Self> {
        Some(Self {
            position: recorded.position,
            on: recorded.event.occurred_on,
            fact: PastFact::of(&recorded.event.body)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::PastFact;
    use crate::kinds::EventKind;

    macro_rules! names {
        ($( $kind:ident: $name:literal; )+) => { [$( (EventKind::$kind, $name) ),+] };
    }

    #[test]
    fn past_facts_are_named_as_their_events() {
        for (kind, name) in crate::each_past_fact!(names) {
            assert_eq!(kind.name(), name);
        }
        let person = crate::PersonKey::from_bytes([1; 16]);
        let registered = crate::event::PersonRegistered { person };
        let fact = PastFact::PersonRegistered(registered);
        assert_eq!(fact.kind(), EventKind::PersonRegistered);
    }
}
