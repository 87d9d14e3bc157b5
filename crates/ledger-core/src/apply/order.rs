//! Orders (五单式).

use crate::OrderId;
use crate::context::Context;
use crate::entity::{Fact, Order};
use crate::event::{
    ClassApproved, EventBody, OrderAccepted, OrderCancelled, OrderListed, OrderPurchased,
    OrderRaisedBy, OrderSelected,
};

pub(super) fn apply(context: &mut Context, fact: Fact, body: &EventBody) {
    match body {
        EventBody::OrderRaised(e) => {
            let order = Order {
                raised: fact,
                division: e.division,
                raised_by: e.raised_by,
                occupation: e.occupation,
                level: e.level,
                headcount: e.headcount,
                listed: None,
                selected: Vec::new(),
                accepted: None,
                purchased: None,
                cancelled: None,
                class: None,
            };
            context.orders.put(e.order, Some(order));
            if let OrderRaisedBy::Person(person) = e.raised_by {
                super::with_person(context, fact, person, |_| {});
            }
        }
        EventBody::OrderListed(OrderListed { order }) => {
            with(context, *order, |order| order.listed = Some(fact));
        }
        EventBody::OrderSelected(OrderSelected { order, person }) => {
            with(context, *order, |order| {
                order.selected.push((*person, fact));
            });
            super::with_person(context, fact, *person, |_| {});
        }
        EventBody::OrderAccepted(OrderAccepted { order, institution }) => {
            with(context, *order, |order| {
                order.accepted = Some((*institution, fact));
            });
        }
        EventBody::OrderPurchased(OrderPurchased { order, .. }) => {
            with(context, *order, |order| order.purchased = Some(fact));
        }
        EventBody::OrderCancelled(OrderCancelled { order, .. }) => {
            with(context, *order, |order| {
                order.cancelled = Some(fact.position)
            });
        }
        _ => {}
    }
}

/// Notes the class that carries the order out.
pub(super) fn taken_up(context: &mut Context, e: &ClassApproved) {
    if let Some(order) = e.order {
        with(context, order, |order| order.class = Some(e.class));
    }
}

fn with(context: &mut Context, order: OrderId, change: impl FnOnce(&mut Order)) {
    if let Some(order) = context.orders.get_mut(&order) {
        change(order);
    }
}
