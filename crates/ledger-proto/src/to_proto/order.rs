//! Training orders, as answers to questions about them.

use ledger_core::entity::{Fact, Order};
use ledger_core::{ClassId, Position};

use super::value::{credit_code, optional_bytes, optional_position};
use super::{level_to_proto, raised_by_to_proto};
use crate::v1;

/// Translates an order as it stood at `log_position`.
#[must_use]
pub fn order_to_proto(order: &Order, log_position: Position) -> v1::GetOrderResponse {
    let position = |fact: Option<Fact>| optional_position(fact.map(|fact| fact.position));
    let accepted = order.accepted.as_ref();
    v1::GetOrderResponse {
        division: order.division.code(),
        raised_by: Some(raised_by_to_proto(order.raised_by)),
        occupation: order.occupation.to_string(),
        level: level_to_proto(order.level).into(),
        headcount: order.headcount,
        state: order_state(order).into(),
        selected: u32::try_from(order.selected.len()).expect("an order has a class of places"),
        institution: accepted.map_or_else(String::new, |(body, _)| credit_code(body)),
        class_id: optional_bytes(order.class.as_ref().map(ClassId::as_bytes)),
        raised_position: order.raised.position.get(),
        listed_position: position(order.listed),
        accepted_position: position(accepted.map(|(_, fact)| *fact)),
        purchased_position: position(order.purchased),
        cancelled_position: optional_position(order.cancelled),
        log_position: log_position.get(),
    }
}

fn order_state(order: &Order) -> v1::OrderState {
    if order.cancelled.is_some() {
        v1::OrderState::Cancelled
    } else if order.purchased.is_some() {
        v1::OrderState::Purchased
    } else if order.accepted.is_some() {
        v1::OrderState::Accepted
    } else if order.listed.is_some() {
        v1::OrderState::Listed
    } else {
        v1::OrderState::Raised
    }
}
