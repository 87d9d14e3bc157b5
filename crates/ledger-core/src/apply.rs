//! Changes the state by one recorded event; holds no rule and cannot fail.
//!
//! Everything that was decided stands in the event: amounts, balances, whether a quota slot is
//! taken or given back. An event that names an entity which is not there changes nothing of it:
//! such an event was never decided, and the verifier of the log reports it.

mod account;
mod award;
mod certificate;
mod claim;
mod class;
mod counted;
mod disbursement;
mod institution;
mod order;
mod person;
mod policy;
mod publicity;
mod recovery;
mod subsidy;
mod supervision;
mod training;

use crate::context::{Context, EntityKey};
use crate::entity::{Class, Enrolment, Fact, Person, QuotaSlot};
use crate::event::{Event, EventBody, RecordedEvent};
use crate::need::Need;
use crate::{ClassId, PersonKey, Position};

/// Applies one event. Every entity that [`touched`](crate::touched) names must be loaded.
///
/// A policy publication changes no entity; whoever holds the compiled form adds it to
/// [`Context::policies`].
///
/// # Panics
///
/// When an entity of the event was not loaded: the caller broke its contract.
pub fn apply(context: &mut Context, event: &RecordedEvent) {
    context.next_position = event.position.next();
    context.recorded_at = event.recorded_at;
    let fact = Fact {
        position: event.position,
        on: event.event.occurred_on,
    };
    event
        .event
        .body
        .payload()
        .apply(context, fact, event.event.policy);
    for posting in &event.event.postings {
        if let Some(account) = context.accounts.get_mut(&posting.account.holder) {
            account.balances.insert(
                (posting.account.kind, posting.account.fiscal_year),
                posting.balance_after,
            );
        }
    }
}

/// Adds to `keys` the entities that applying `event` needs and that are not loaded yet; asked
/// again until it adds nothing. Entities that the event creates are included.
pub fn missing_for_event(context: &Context, event: &Event, keys: &mut Vec<EntityKey>) {
    event
        .body
        .payload()
        .touches(&mut Need::missing(context, keys));
}

/// Adds to `keys` every entity that applying `event` may change, given that all are loaded. The
/// same key may be added more than once.
pub fn touched(context: &Context, event: &Event, keys: &mut Vec<EntityKey>) {
    event.body.payload().touches(&mut Need::all(context, keys));
}

/// What a payload says of its event; `EventBody::payload` dispatches to it.
pub(crate) trait EventPayload {
    /// Names the entities that the event creates or changes, and those that lead to them.
    fn touches(&self, need: &mut Need<'_>);

    /// Changes them, as it was decided; `policy` is the publication that was decided by.
    fn apply(&self, context: &mut Context, fact: Fact, policy: Option<Position>);
}

macro_rules! payloads {
    ($(
        $number:literal $kind:ident $nature:ident from $command:ident:
        $name:literal, $english:literal, $chinese:literal;
    )+) => {
        impl EventBody {
            /// The payload, as what changes the state.
            fn payload(&self) -> &dyn EventPayload {
                match self { $( Self::$kind(payload) => payload, )+ }
            }
        }
    };
}

crate::each_event!(payloads);

fn with_person(
    context: &mut Context,
    fact: Fact,
    person: PersonKey,
    change: impl FnOnce(&mut Person),
) {
    if let Some(person) = context.persons.get_mut(&person) {
        if person.timeline.last() != Some(&fact.position) {
            person.timeline.push(fact.position);
        }
        change(person);
    }
}

fn with_class(context: &mut Context, class: ClassId, change: impl FnOnce(&mut Class)) {
    if let Some(class) = context.classes.get_mut(&class) {
        change(class);
    }
}

fn with_place(
    context: &mut Context,
    fact: Fact,
    class: ClassId,
    person: PersonKey,
    change: impl FnOnce(&mut Enrolment),
) {
    with_person(context, fact, person, |person| {
        if let Some(place) = person.enrolment_mut(class) {
            change(place);
        }
    });
}

/// The slot that a subsidy for the class would take.
fn slot_template(context: &Context, fact: Fact, class: ClassId, year: i32) -> Option<QuotaSlot> {
    context.classes.get(&class).map(|of| QuotaSlot {
        taken: fact.position,
        taken_on: fact.on,
        year,
        class,
        scheme: of.scheme.clone(),
        occupation: of.occupation,
        level: of.level,
        freed: None,
    })
}

fn free_slot(person: &mut Person, class: ClassId, position: Position) {
    for slot in &mut person.slots {
        if slot.class == class && slot.freed.is_none() {
            slot.freed = Some(position);
        }
    }
}
