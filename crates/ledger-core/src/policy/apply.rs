//! Publications.

use crate::apply::EventPayload;
use crate::context::Context;
use crate::entity::Fact;
use crate::event::{PolicyPublished, PolicyWithdrawn};
use crate::found::Keys;
use crate::need::Need;
use crate::policy::Withdrawal;
use crate::progress::Changes;
use crate::{BusinessDate, Position};

impl EventPayload for PolicyPublished {
    fn touches(&self, _need: &mut Need<'_>) {}

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.division(self.division);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, _context: &mut Context, _fact: Fact, _policy: Option<Position>) {}
}

impl EventPayload for PolicyWithdrawn {
    fn touches(&self, _need: &mut Need<'_>) {}

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.document(self.published);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self {
            published,
            effective_on,
            ..
        } = self;
        let withdrawal = Withdrawal {
            position: fact.position,
            effective_on: *effective_on,
        };
        context.policies.withdraw(*published, withdrawal);
    }
}
