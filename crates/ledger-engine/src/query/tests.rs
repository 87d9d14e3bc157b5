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

use ledger_core::event::{DisbursementSettled, EventBody, PersonRegistered};
use ledger_core::{DisbursementId, Position, RecordedEvent, Tag};
use ledger_log::Direction;

use super::{EventFilter, EventRange, ReadEvents};
use world::World;

/// Everything that a filter can ask of an event, worked out from all events.
fn tags_of(events: &[RecordedEvent]) -> BTreeMap<Position, Vec<Tag>> {
    let mut payees: BTreeMap<DisbursementId, Vec<Tag>> = BTreeMap::new();
    let mut tags = BTreeMap::new();
    for event in events {
        let mut of_event = event.event.tags.clone();
        for posting in &event.event.postings {
            of_event.push(Tag::LedgerAccount(posting.account));
            of_event.push(Tag::Account(posting.account.holder));
        }
        // What is about a person is worked out from the body.
        match &event.event.body {
            EventBody::PersonRegistered(PersonRegistered { person }) => {
                of_event.push(Tag::Person(*person))
            }
            EventBody::DisbursementOrdered(e) => {
                let lines = e.lines.iter().map(|line| Tag::Person(line.beneficiary));
                payees.insert(e.disbursement, lines.clone().collect());
                of_event.extend(lines);
            }
            EventBody::DisbursementSettled(DisbursementSettled { disbursement, .. }) => {
                of_event.extend(payees[disbursement].clone());
            }
            EventBody::DisbursementReturned(e) => {
                of_event.extend(payees[&e.disbursement].clone());
            }
            EventBody::FindingMade(e) => {
                of_event.extend(e.persons.iter().map(|person| Tag::Person(*person)));
            }
            EventBody::ClawbackDecided(e) => {
                let persons = e.lines.iter().filter_map(|line| line.beneficiary);
                of_event.extend(persons.map(Tag::Person));
            }
            _ => {}
        }
        tags.insert(event.position, of_event);
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
