//! Changes the state by one recorded event; holds no rule and cannot fail.
//!
//! Everything that was decided stands in the event: amounts, balances, whether a quota slot is
//! taken or given back. An event that names an entity which is not there changes nothing of it:
//! such an event was never decided, and the verifier of the log reports it.

pub(crate) mod counted;

use crate::context::Context;
use crate::entities::EntityKey;
use crate::entity::{Class, Enrolment, Fact, Person, QuotaSlot};
use crate::event::{Event, EventBody, RecordedEvent};
use crate::found::{self, Keys, Leads};
use crate::need::Need;
use crate::progress::Changes;
use crate::{BusinessDate, ClassId, PersonKey, Position};

pub(crate) use counted::with_place as with_counted_place;

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
    remembered(context, event);
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
    walk_event(&mut Need::missing(context, keys), context, event);
}

/// Adds to `keys` every entity that applying `event` may change, given that all are loaded. The
/// same key may be added more than once.
pub fn touched(context: &Context, event: &Event, keys: &mut Vec<EntityKey>) {
    walk_event(&mut Need::all(context, keys), context, event);
}

/// The persons come after the entities that lead to them.
pub(crate) fn walk_event(need: &mut Need<'_>, context: &Context, event: &Event) {
    event.body.payload().touches(need);
    found::each_person(Leads::of(context), event.body.payload(), &mut |person| {
        need.person(person);
    });
}

/// What a payload says of its event; `EventBody::payload` dispatches to it.
pub(crate) trait EventPayload {
    /// Names the entities that the event creates or changes, and those that lead to them; the
    /// persons of [`EventPayload::found_by`] apart.
    fn touches(&self, need: &mut Need<'_>);

    /// Names every key that the event is found by, in the order in which it carries them: whom and
    /// what it is about, who is paid and who owes. Deciding takes its tags from here, loading and
    /// timelines the persons, and with them the search by a key.
    fn found_by(&self, keys: &mut Keys<'_>);

    /// Adds to `changes` what the event changes in the counters of [`crate::progress`]; `before` is
    /// the state that it meets, and `on` its business date.
    fn counts(&self, before: &Context, on: BusinessDate, changes: &mut Changes);

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
            pub(crate) fn payload(&self) -> &dyn EventPayload {
                match self { $( Self::$kind(payload) => payload, )+ }
            }
        }
    };
}

crate::each_event!(payloads);

pub(crate) fn with_person(
    context: &mut Context,
    person: PersonKey,
    change: impl FnOnce(&mut Person),
) {
    if let Some(person) = context.persons.get_mut(&person) {
        change(person);
    }
}

/// Every person by whose key the event is found remembers its position.
fn remembered(context: &mut Context, event: &RecordedEvent) {
    let (persons, leads) = Leads::beside_persons(context);
    found::each_person(leads, event.event.body.payload(), &mut |person| {
        if let Some(person) = persons.get_mut(&person)
            && person.timeline.last() != Some(&event.position)
        {
            person.timeline.push(event.position);
        }
    });
}

pub(crate) fn with_class(context: &mut Context, class: ClassId, change: impl FnOnce(&mut Class)) {
    if let Some(class) = context.classes.get_mut(&class) {
        change(class);
    }
}

pub(crate) fn with_place(
    context: &mut Context,
    class: ClassId,
    person: PersonKey,
    change: impl FnOnce(&mut Enrolment),
) {
    with_person(context, person, |person| {
        if let Some(place) = person.enrolment_mut(class) {
            change(place);
        }
    });
}

/// The slot that a subsidy for the class would take.
pub(crate) fn slot_template(
    context: &Context,
    fact: Fact,
    class: ClassId,
    year: i32,
) -> Option<QuotaSlot> {
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

pub(crate) fn free_slot(person: &mut Person, class: ClassId, position: Position) {
    for slot in &mut person.slots {
        if slot.class == class && slot.freed.is_none() {
            slot.freed = Some(position);
        }
    }
}
