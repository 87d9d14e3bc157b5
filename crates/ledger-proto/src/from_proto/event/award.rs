//! Awards, and penalties beside clawbacks.

use ledger_core::event::{AwardApproved, AwardPart, AwardRevoked, EventBody, PenaltyImposed};
use ledger_core::{AwardId, ClawbackId, Fen};

use super::super::value::{id, list, note, reference, scheme};
use super::super::{
    account_key_from_proto, applied_rule_from_proto, division_from_proto, payee_from_proto,
};
use crate::error::{DecodeError, Within as _};
use crate::interner::Interner;
use crate::v1;

pub(super) fn approved(
    wire: &v1::AwardApproved,
    names: &mut Interner,
) -> Result<EventBody, DecodeError> {
    Ok(EventBody::AwardApproved(AwardApproved {
        award: id(&wire.award_id, AwardId::from_bytes).within("award_id")?,
        scheme: scheme(&wire.scheme).within("scheme")?,
        division: division_from_proto(wire.division).within("division")?,
        recipient: payee_from_proto(wire.recipient.as_ref(), names).within("recipient")?,
        subject: reference(&wire.subject).within("subject")?,
        amount: Fen::new(wire.amount_fen),
        months: wire.months,
        parts: list("parts", &wire.parts, usize::MAX, part)?,
        decision_number: reference(&wire.decision_number).within("decision_number")?,
        applied: list(
            "applied",
            &wire.applied,
            usize::MAX,
            applied_rule_from_proto,
        )?,
    }))
}

pub(super) fn revoked(wire: &v1::AwardRevoked) -> Result<EventBody, DecodeError> {
    Ok(EventBody::AwardRevoked(AwardRevoked {
        award: id(&wire.award_id, AwardId::from_bytes).within("award_id")?,
        grounds: note(&wire.grounds).within("grounds")?,
        decision_number: reference(&wire.decision_number).within("decision_number")?,
    }))
}

pub(super) fn penalty_imposed(
    wire: &v1::PenaltyImposed,
    names: &mut Interner,
) -> Result<EventBody, DecodeError> {
    Ok(EventBody::PenaltyImposed(PenaltyImposed {
        clawback: id(&wire.clawback_id, ClawbackId::from_bytes).within("clawback_id")?,
        amount: Fen::new(wire.amount_fen),
        debtor: payee_from_proto(wire.debtor.as_ref(), names).within("debtor")?,
        decision_number: reference(&wire.decision_number).within("decision_number")?,
    }))
}

fn part(wire: &v1::AwardPart) -> Result<AwardPart, DecodeError> {
    Ok(AwardPart {
        account: account_key_from_proto(wire.account.as_ref()).within("account")?,
        amount: Fen::new(wire.amount_fen),
    })
}
