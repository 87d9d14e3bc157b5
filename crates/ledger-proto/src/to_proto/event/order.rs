//! Orders (五单式).

use ledger_core::event::OrderRaised;
use ledger_core::{CreditCode, Note, OrderId, PersonKey, Reference};

use super::super::value::{bytes, credit_code};
use super::super::{level_to_proto, raised_by_to_proto};
use crate::v1::{self, recorded_event::Body};

pub(super) fn raised(event: &OrderRaised) -> Body {
    Body::OrderRaised(v1::OrderRaised {
        order_id: bytes(event.order.as_bytes()),
        division: event.division.code(),
        raised_by: Some(raised_by_to_proto(event.raised_by)),
        occupation: event.occupation.to_string(),
        level: level_to_proto(event.level).into(),
        headcount: event.headcount,
    })
}

pub(super) fn listed(order: OrderId) -> Body {
    Body::OrderListed(v1::OrderListed {
        order_id: bytes(order.as_bytes()),
    })
}

pub(super) fn selected(order: OrderId, person: PersonKey) -> Body {
    Body::OrderSelected(v1::OrderSelected {
        order_id: bytes(order.as_bytes()),
        person_key: bytes(person.as_bytes()),
    })
}

pub(super) fn accepted(order: OrderId, institution: &CreditCode) -> Body {
    Body::OrderAccepted(v1::OrderAccepted {
        order_id: bytes(order.as_bytes()),
        institution: credit_code(institution),
    })
}

pub(super) fn purchased(order: OrderId, contract_number: &Reference) -> Body {
    Body::OrderPurchased(v1::OrderPurchased {
        order_id: bytes(order.as_bytes()),
        contract_number: contract_number.as_str().to_owned(),
    })
}

pub(super) fn cancelled(order: OrderId, reason: &Note) -> Body {
    Body::OrderCancelled(v1::OrderCancelled {
        order_id: bytes(order.as_bytes()),
        reason: reason.as_str().to_owned(),
    })
}
