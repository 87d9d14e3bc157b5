//! Orders (五单式).

use ledger_core::command::{
    AcceptOrder, CancelOrder, CommandBody, ListOrder, PurchaseOrder, RaiseOrder, SelectOrder,
};
use ledger_core::{OrderId, PersonKey};

use super::super::door::{id, note, raised_by, reference};
use super::super::value::occupation;
use super::super::{division_from_proto, level_from_proto};
use crate::error::{DecodeError, Within as _};
use crate::interner::Interner;
use crate::v1;

pub(super) fn raise(
    wire: &v1::RaiseOrder,
    names: &mut Interner,
) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::RaiseOrder(RaiseOrder {
        order: id(&wire.order_id, OrderId::from_bytes).within("order_id")?,
        division: division_from_proto(wire.division).within("division")?,
        raised_by: raised_by(wire.raised_by.as_ref(), names).within("raised_by")?,
        occupation: occupation(&wire.occupation).within("occupation")?,
        level: level_from_proto(wire.level).within("level")?,
        headcount: wire.headcount,
    }))
}

pub(super) fn list(wire: &v1::ListOrder) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::ListOrder(ListOrder {
        order: id(&wire.order_id, OrderId::from_bytes).within("order_id")?,
    }))
}

pub(super) fn select(wire: &v1::SelectOrder) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::SelectOrder(SelectOrder {
        order: id(&wire.order_id, OrderId::from_bytes).within("order_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
    }))
}

pub(super) fn accept(
    wire: &v1::AcceptOrder,
    names: &mut Interner,
) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::AcceptOrder(AcceptOrder {
        order: id(&wire.order_id, OrderId::from_bytes).within("order_id")?,
        institution: names.credit_code(&wire.institution).within("institution")?,
    }))
}

pub(super) fn purchase(wire: &v1::PurchaseOrder) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::PurchaseOrder(PurchaseOrder {
        order: id(&wire.order_id, OrderId::from_bytes).within("order_id")?,
        contract_number: reference(&wire.contract_number).within("contract_number")?,
    }))
}

pub(super) fn cancel(wire: &v1::CancelOrder) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::CancelOrder(CancelOrder {
        order: id(&wire.order_id, OrderId::from_bytes).within("order_id")?,
        reason: note(&wire.reason).within("reason")?,
    }))
}
