//! The settlement of a project class.

use crate::apply::{EventPayload, free_slot, with_class, with_person};
use crate::context::Context;
use crate::entity::{ClassSettlement, Fact};
use crate::event::ProjectSettled;
use crate::found::Keys;
use crate::need::Need;
use crate::progress::Changes;
use crate::{BusinessDate, Position};

impl EventPayload for ProjectSettled {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class);
        if let Some(class) = need.class_value(self.class) {
            need.account(class.account);
        }
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.class(self.class);
        if self.excess.is_positive() {
            keys.account_of(self.class);
        }
        self.lines.iter().for_each(|line| keys.listed(line.person));
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        project_settled(context, fact, self);
    }
}

fn project_settled(context: &mut Context, fact: Fact, e: &ProjectSettled) {
    for line in &e.lines {
        with_person(context, line.person, |person| {
            if let Some(place) = person.enrolment_mut(e.class) {
                place.earned = line
                    .earned
                    .checked_add(place.clawed_back)
                    .or(Some(line.earned));
            }
            if line.frees_quota {
                free_slot(person, e.class, fact.position);
            }
        });
    }
    with_class(context, e.class, |class| {
        class.settlement = Some(ClassSettlement {
            position: fact.position,
            on: fact.on,
            excess: e.excess,
            excess_outstanding: e.excess,
        });
    });
}
