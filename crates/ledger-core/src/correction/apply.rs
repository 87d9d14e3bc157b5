//! What an annulment changes, whatever the kind of its fact.

use super::{Annulled, TakenOut, Way};
use crate::apply::EventPayload;
use crate::context::Context;
use crate::entity::{Annulment, Fact};
use crate::event::FactAnnulled;
use crate::found::{self, Keys, Leads};
use crate::need::Need;
use crate::progress::Changes;
use crate::{BusinessDate, Position};

impl FactAnnulled {
    /// How the state loses the fact; none of a kind that no version annuls.
    fn taken_out(&self) -> Option<(&dyn TakenOut, Annulled<'_>)> {
        let Way::Annulled(fact) = self.annulled.fact.way_back() else {
            return None;
        };
        let annulled = Annulled {
            fact: Fact {
                position: self.annulled.position,
                on: self.annulled.on,
            },
            stands_again: &self.stands_again,
        };
        Some((fact, annulled))
    }
}

impl EventPayload for FactAnnulled {
    fn touches(&self, need: &mut Need<'_>) {
        self.annulled.fact.payload().touches(need);
        if let Some((fact, _)) = self.taken_out() {
            fact.touches_too(need);
        }
    }

    /// By what the annulled fact is found by.
    fn found_by(&self, keys: &mut Keys<'_>) {
        self.annulled.fact.payload().found_by(keys);
    }

    fn counts(&self, before: &Context, _on: BusinessDate, changes: &mut Changes) {
        if let Some((fact, annulled)) = self.taken_out() {
            fact.counts_out(before, &annulled, changes);
        }
    }

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        if let Some((taken_out, annulled)) = self.taken_out() {
            taken_out.take_out(context, &annulled);
        }
        let annulment = Annulment {
            fact: self.annulled.position,
            by: fact.position,
        };
        let (persons, leads) = Leads::beside_persons(context);
        found::each_person(leads, self, &mut |person| {
            if let Some(person) = persons.get_mut(&person) {
                person.annulled.push(annulment);
            }
        });
    }
}
