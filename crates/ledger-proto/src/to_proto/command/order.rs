//! Orders (五单式).

use ledger_core::command::{
    AcceptOrder, CancelOrder, ListOrder, PurchaseOrder, RaiseOrder, SelectOrder,
};

use super::super::value::{bytes, credit_code};
use super::super::{level_to_proto, raised_by_to_proto};
use crate::v1::{self, command::Body};

pub(super) fn raise(command: &RaiseOrder) -> Body {
    Body::RaiseOrder(v1::RaiseOrder {
        order_id: bytes(command.order.as_bytes()),
        division: command.division.code(),
        raised_by: Some(raised_by_to_proto(command.raised_by)),
        occupation: command.occupation.to_string(),
        level: level_to_proto(command.level).into(),
        headcount: command.headcount,
    })
}

pub(super) fn list(command: &ListOrder) -> Body {
    Body::ListOrder(v1::ListOrder {
        order_id: bytes(command.order.as_bytes()),
    })
}

pub(super) fn select(command: &SelectOrder) -> Body {
    Body::SelectOrder(v1::SelectOrder {
        order_id: bytes(command.order.as_bytes()),
        person_key: bytes(command.person.as_bytes()),
    })
}

pub(super) fn accept(command: &AcceptOrder) -> Body {
    Body::AcceptOrder(v1::AcceptOrder {
        order_id: bytes(command.order.as_bytes()),
        institution: credit_code(&command.institution),
    })
}

pub(super) fn purchase(command: &PurchaseOrder) -> Body {
    Body::PurchaseOrder(v1::PurchaseOrder {
        order_id: bytes(command.order.as_bytes()),
        contract_number: command.contract_number.as_str().to_owned(),
    })
}

pub(super) fn cancel(command: &CancelOrder) -> Body {
    Body::CancelOrder(v1::CancelOrder {
        order_id: bytes(command.order.as_bytes()),
        reason: command.reason.as_str().to_owned(),
    })
}
