//! Showing approvals to the public, and objections.

use super::{with_class, with_place};
use crate::context::Context;
use crate::entity::{ClassPublicity, Fact, Objection};
use crate::event::{
    EventBody, ObjectionRaised, ObjectionResolved, PublicityClosed, PublicityOpened,
};

pub(super) fn apply(context: &mut Context, fact: Fact, body: &EventBody) {
    match body {
        EventBody::PublicityOpened(PublicityOpened { class, .. }) => {
            with_class(context, *class, |class| {
                class.publicity = Some(ClassPublicity {
                    opened: fact,
                    closed: None,
                    last: fact,
                    objections: Vec::new(),
                });
            })
        }
        EventBody::ObjectionRaised(ObjectionRaised { class, person, .. }) => {
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
            if let Some(person) = person {
                super::with_person(context, fact, *person, |_| {});
            }
        }
        EventBody::ObjectionResolved(ObjectionResolved {
            class,
            objection,
            person,
            upheld,
            ..
        }) => {
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
                with_place(context, fact, *class, *person, |place| {
                    place.objection_upheld = place.objection_upheld.or(bars);
                });
            }
        }
        EventBody::PublicityClosed(PublicityClosed { class }) => {
            with_class(context, *class, |class| {
                if let Some(publicity) = &mut class.publicity {
                    publicity.closed = Some(fact);
                }
            })
        }
        _ => {}
    }
}
