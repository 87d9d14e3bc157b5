//! Showing approvals to the public, and objections.

use crate::apply::{EventPayload, with_class, with_place};
use crate::context::Context;
use crate::entity::{ClassPublicity, Fact, Objection};
use crate::event::{ObjectionRaised, ObjectionResolved, PublicityClosed, PublicityOpened};
use crate::found::Keys;
use crate::need::Need;
use crate::progress::Changes;
use crate::{BusinessDate, Position};

impl EventPayload for PublicityOpened {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.class(self.class);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self { class, .. } = self;
        with_class(context, *class, |class| {
            class.publicity = Some(ClassPublicity {
                opened: fact,
                closed: None,
                last: fact,
                objections: Vec::new(),
            });
        })
    }
}

impl EventPayload for ObjectionRaised {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.class(self.class);
        self.person.into_iter().for_each(|it| keys.person(it));
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self { class, person, .. } = self;
        with_class(context, *class, |class| {
            if let Some(publicity) = &mut class.publicity {
                publicity.last = publicity.last.later(fact);
                publicity.objections.push(Objection {
                    position: fact.position,
                    on: fact.on,
                    person: *person,
                });
            }
        });
    }
}

impl EventPayload for ObjectionResolved {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.class(self.class);
        self.person.into_iter().for_each(|it| keys.person(it));
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self {
            class,
            objection,
            person,
            upheld,
            ..
        } = self;
        let bars = upheld.then_some(fact.position);
        with_class(context, *class, |class| {
            if let Some(publicity) = &mut class.publicity {
                publicity.last = publicity.last.later(fact);
                publicity
                    .objections
                    .retain(|open| open.position != *objection);
            }
            if person.is_none() {
                class.objection_upheld = class.objection_upheld.or(bars);
            }
        });
        if let Some(person) = person {
            with_place(context, *class, *person, |place| {
                place.objection_upheld = place.objection_upheld.or(bars);
            });
        }
    }
}

impl EventPayload for PublicityClosed {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.class(self.class);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self { class } = self;
        with_class(context, *class, |class| {
            if let Some(publicity) = &mut class.publicity {
                publicity.closed = Some(fact);
            }
        })
    }
}
