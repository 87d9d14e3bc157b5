//! Claims.

use crate::apply::{EventPayload, with_place};
use crate::context::Context;
use crate::entity::{Claim, Fact};
use crate::event::{AgencyContractRecorded, ClaimSubmitted};
use crate::found::Keys;
use crate::need::Need;
use crate::progress::Changes;
use crate::{BusinessDate, Position};

impl EventPayload for ClaimSubmitted {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class)
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.place(self.class, self.person);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self {
            class,
            person,
            route,
        } = self;
        with_place(context, *class, *person, |place| {
            place.claim = Some(Claim {
                position: fact.position,
                on: fact.on,
                route: *route,
            });
        });
    }
}

impl EventPayload for AgencyContractRecorded {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class)
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.place(self.class, self.person);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        with_place(context, self.class, self.person, |place| {
            place.agency_contract = Some(fact.position);
        });
    }
}
