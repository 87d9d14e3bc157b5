//! The read side over a ledger that was written by the real engine.
//!
//! Every answer is compared with the plain one: all events decoded, looked at one by one.

mod accounts;
mod bounds;
mod events;
mod people;
mod positions;
mod samples;
mod subscription;
mod traces;
mod world;

use std::collections::BTreeMap;

use ledger_core::{Context, Position, RecordedEvent, Tag, apply, found_by, missing_for_event};
use ledger_log::Direction;

use super::{EventFilter, EventRange, ReadEvents};
use world::World;

/// Everything that a filter can ask of an event: what the core says that it is found by, in the
/// state that all events before it have made.
fn tags_of(events: &[RecordedEvent]) -> BTreeMap<Position, Vec<Tag>> {
    let mut context = Context::default();
    let mut keys = Vec::new();
    let mut tags = BTreeMap::new();
    for event in events {
        loop {
            missing_for_event(&context, &event.event, &mut keys);
            if keys.is_empty() {
                break;
            }
            for key in keys.drain(..) {
                context.put(key, None);
            }
        }
        let mut of_event = Vec::new();
        found_by(&context, &event.event, &mut |tag| of_event.push(tag));
        tags.insert(event.position, of_event);
        apply(&mut context, event);
    }
    tags
}

fn read(filter: EventFilter, direction: Direction) -> ReadEvents {
    ReadEvents {
        filter,
        range: EventRange::default(),
        direction,
        limit: 0,
        cursor: None,
    }
}
