//! Persons and their statuses.

use crate::apply::{EventPayload, with_person};
use crate::context::Context;
use crate::entity::{Fact, Person, StatusRecord};
use crate::event::{PersonRegistered, PersonStatusDeclared, PersonStatusEnded};
use crate::found::Keys;
use crate::need::Need;
use crate::progress::Changes;
use crate::{BusinessDate, PersonKey, Position};

impl EventPayload for PersonRegistered {
    fn touches(&self, _need: &mut Need<'_>) {}

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.person(self.person);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        person_registered(context, fact, self.person)
    }
}

impl EventPayload for PersonStatusDeclared {
    fn touches(&self, _need: &mut Need<'_>) {}

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.person(self.person);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        with_person(context, self.person, |person| {
            person.statuses.push(StatusRecord {
                status: self.status,
                valid_from: self.valid_from,
                valid_until: self.valid_until,
                position: fact.position,
            });
        });
    }
}

impl EventPayload for PersonStatusEnded {
    fn touches(&self, _need: &mut Need<'_>) {}

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.person(self.person);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self {
            person,
            status,
            valid_until,
            ..
        } = self;
        with_person(context, *person, |person| {
            let ended = person.statuses.iter_mut().rev().find(|record| {
                record.status == *status && record.holds_within(*valid_until, *valid_until)
            });
            if let Some(record) = ended {
                record.valid_until = Some(*valid_until);
                record.position = fact.position;
            }
        });
    }
}

fn person_registered(context: &mut Context, fact: Fact, person: PersonKey) {
    // A key whose registration was annulled keeps its history.
    let before = context.persons.take(&person).flatten();
    let (timeline, annulled) = before.map_or_else(Default::default, |before| {
        (before.timeline, before.annulled)
    });
    let registered = Person {
        registered: fact.position,
        statuses: Vec::new(),
        enrolments: Vec::new(),
        slots: Vec::new(),
        timeline,
        annulled,
    };
    context.persons.put(person, Some(registered));
}
