//! Orders (五单式).

use crate::apply::EventPayload;
use crate::context::Context;
use crate::entity::{Fact, Order};
use crate::event::{
    OrderAccepted, OrderCancelled, OrderListed, OrderPurchased, OrderRaised, OrderSelected,
};
use crate::found::Keys;
use crate::need::Need;
use crate::progress::Changes;
use crate::{BusinessDate, ClassId, OrderId, Position};

impl EventPayload for OrderRaised {
    fn touches(&self, need: &mut Need<'_>) {
        need.order(self.order);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.order(self.order, self.division);
        keys.raiser(self.raised_by);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let order = Order {
            raised: fact,
            division: self.division,
            raised_by: self.raised_by,
            occupation: self.occupation,
            level: self.level,
            headcount: self.headcount,
            listed: None,
            selected: Vec::new(),
            accepted: None,
            purchased: None,
            cancelled: None,
            class: None,
        };
        context.orders.put(self.order, Some(order));
    }
}

impl EventPayload for OrderListed {
    fn touches(&self, need: &mut Need<'_>) {
        need.order(self.order);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.raised(self.order);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self { order } = self;
        with(context, *order, |order| order.listed = Some(fact));
    }
}

impl EventPayload for OrderSelected {
    fn touches(&self, need: &mut Need<'_>) {
        need.order(self.order);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.raised(self.order);
        keys.person(self.person);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self { order, person } = self;
        with(context, *order, |order| {
            order.selected.push((*person, fact));
        });
    }
}

impl EventPayload for OrderAccepted {
    fn touches(&self, need: &mut Need<'_>) {
        need.order(self.order);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.raised(self.order);
        keys.institution(self.institution);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self { order, institution } = self;
        with(context, *order, |order| {
            order.accepted = Some((*institution, fact));
        });
    }
}

impl EventPayload for OrderPurchased {
    fn touches(&self, need: &mut Need<'_>) {
        need.order(self.order);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.accepted(self.order);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self { order, .. } = self;
        with(context, *order, |order| order.purchased = Some(fact));
    }
}

impl EventPayload for OrderCancelled {
    fn touches(&self, need: &mut Need<'_>) {
        need.order(self.order);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.accepted(self.order);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self { order, .. } = self;
        with(context, *order, |order| {
            order.cancelled = Some(fact.position)
        });
    }
}

/// Notes the class that carries the order out.
pub(crate) fn taken_up(context: &mut Context, order: OrderId, class: ClassId) {
    with(context, order, |order| order.class = Some(class));
}

fn with(context: &mut Context, order: OrderId, change: impl FnOnce(&mut Order)) {
    if let Some(order) = context.orders.get_mut(&order) {
        change(order);
    }
}
