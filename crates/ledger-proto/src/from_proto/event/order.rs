//! Orders (五单式).

use ledger_core::event::{
    EventBody, OrderAccepted, OrderCancelled, OrderListed, OrderPurchased, OrderRaised,
    OrderSelected,
};
use ledger_core::{OrderId, PersonKey};

use super::super::value::{id, note, occupation, reference};
use super::super::{division_from_proto, level_from_proto, raised_by_from_proto};
use crate::error::{DecodeError, Within as _};
use crate::interner::Interner;
use crate::v1;

pub(super) fn raised(
    wire: &v1::OrderRaised,
    names: &mut Interner,
) -> Result<EventBody, DecodeError> {
    Ok(EventBody::OrderRaised(OrderRaised {
        order: id(&wire.order_id, OrderId::from_bytes).within("order_id")?,
        division: division_from_proto(wire.division).within("division")?,
        raised_by: raised_by_from_proto(wire.raised_by.as_ref(), names).within("raised_by")?,
        occupation: occupation(&wire.occupation).within("occupation")?,
        level: level_from_proto(wire.level).within("level")?,
        headcount: wire.headcount,
    }))
}

pub(super) fn listed(wire: &v1::OrderListed) -> Result<EventBody, DecodeError> {
    Ok(EventBody::OrderListed(OrderListed {
        order: id(&wire.order_id, OrderId::from_bytes).within("order_id")?,
    }))
}

pub(super) fn selected(wire: &v1::OrderSelected) -> Result<EventBody, DecodeError> {
    Ok(EventBody::OrderSelected(OrderSelected {
        order: id(&wire.order_id, OrderId::from_bytes).within("order_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
    }))
}

pub(super) fn accepted(
    wire: &v1::OrderAccepted,
    names: &mut Interner,
) -> Result<EventBody, DecodeError> {
    Ok(EventBody::OrderAccepted(OrderAccepted {
        order: id(&wire.order_id, OrderId::from_bytes).within("order_id")?,
        institution: names.credit_code(&wire.institution).within("institution")?,
    }))
}

pub(super) fn purchased(wire: &v1::OrderPurchased) -> Result<EventBody, DecodeError> {
    Ok(EventBody::OrderPurchased(OrderPurchased {
        order: id(&wire.order_id, OrderId::from_bytes).within("order_id")?,
        contract_number: reference(&wire.contract_number).within("contract_number")?,
    }))
}

pub(super) fn cancelled(wire: &v1::OrderCancelled) -> Result<EventBody, DecodeError> {
    Ok(EventBody::OrderCancelled(OrderCancelled {
        order: id(&wire.order_id, OrderId::from_bytes).within("order_id")?,
        reason: note(&wire.reason).within("reason")?,
    }))
}
