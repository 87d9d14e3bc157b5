//! Awards, and penalties beside clawbacks.

use ledger_core::command::{
    ApproveAward, AwardPartRequest, CommandBody, ImposePenalty, OrderAwardPayment, RevokeAward,
};
use ledger_core::limits::AWARD_PARTS_MAX;
use ledger_core::{AwardId, ClawbackId, DisbursementId, Fen};

use super::super::door::{id, note, payee, reference, scheme};
use super::super::value::list;
use super::super::{division_from_proto, fund_source_from_proto};
use crate::error::{DecodeError, Within as _};
use crate::interner::Interner;
use crate::v1;

pub(super) fn approve(
    wire: &v1::ApproveAward,
    names: &mut Interner,
) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::ApproveAward(ApproveAward {
        award: id(&wire.award_id, AwardId::from_bytes).within("award_id")?,
        scheme: scheme(&wire.scheme).within("scheme")?,
        division: division_from_proto(wire.division).within("division")?,
        recipient: payee(wire.recipient.as_ref(), names).within("recipient")?,
        subject: reference(&wire.subject).within("subject")?,
        amount: wire.amount_fen.map(Fen::new),
        months: wire.months,
        parts: list("parts", &wire.parts, AWARD_PARTS_MAX, part)?,
        decision_number: reference(&wire.decision_number).within("decision_number")?,
    }))
}

pub(super) fn revoke(wire: &v1::RevokeAward) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::RevokeAward(RevokeAward {
        award: id(&wire.award_id, AwardId::from_bytes).within("award_id")?,
        grounds: note(&wire.grounds).within("grounds")?,
        decision_number: reference(&wire.decision_number).within("decision_number")?,
    }))
}

pub(super) fn order_payment(wire: &v1::OrderAwardPayment) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::OrderAwardPayment(OrderAwardPayment {
        disbursement: id(&wire.disbursement_id, DisbursementId::from_bytes)
            .within("disbursement_id")?,
        award: id(&wire.award_id, AwardId::from_bytes).within("award_id")?,
        division: division_from_proto(wire.division).within("division")?,
        fund: fund_source_from_proto(wire.fund).within("fund")?,
        amount: wire.amount_fen.map(Fen::new),
    }))
}

pub(super) fn impose_penalty(wire: &v1::ImposePenalty) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::ImposePenalty(ImposePenalty {
        clawback: id(&wire.clawback_id, ClawbackId::from_bytes).within("clawback_id")?,
        amount: Fen::new(wire.amount_fen),
        decision_number: reference(&wire.decision_number).within("decision_number")?,
    }))
}

fn part(wire: &v1::AwardPartRequest) -> Result<AwardPartRequest, DecodeError> {
    Ok(AwardPartRequest {
        division: division_from_proto(wire.division).within("division")?,
        fund: fund_source_from_proto(wire.fund).within("fund")?,
        amount: wire.amount_fen.map(Fen::new),
    })
}
