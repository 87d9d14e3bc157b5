//! Awards, and penalties beside clawbacks.

use ledger_core::event::{AwardApproved, AwardPart, PenaltyImposed};
use ledger_core::{AwardId, Note, Reference};

use super::super::value::{bytes, fen};
use super::super::{account_key_to_proto, applied_rule_to_proto, payee_to_proto};
use crate::v1::{self, recorded_event::Body};

pub(super) fn approved(event: &AwardApproved) -> Body {
    Body::AwardApproved(v1::AwardApproved {
        award_id: bytes(event.award.as_bytes()),
        scheme: event.scheme.as_str().to_owned(),
        division: event.division.code(),
        recipient: Some(payee_to_proto(&event.recipient)),
        subject: event.subject.as_str().to_owned(),
        amount_fen: fen(event.amount),
        months: event.months,
        parts: event.parts.iter().map(part).collect(),
        decision_number: event.decision_number.as_str().to_owned(),
        applied: event.applied.iter().map(applied_rule_to_proto).collect(),
    })
}

pub(super) fn revoked(award: AwardId, grounds: &Note, decision_number: &Reference) -> Body {
    Body::AwardRevoked(v1::AwardRevoked {
        award_id: bytes(award.as_bytes()),
        grounds: grounds.as_str().to_owned(),
        decision_number: decision_number.as_str().to_owned(),
    })
}

pub(super) fn penalty_imposed(event: &PenaltyImposed) -> Body {
    Body::PenaltyImposed(v1::PenaltyImposed {
        clawback_id: bytes(event.clawback.as_bytes()),
        amount_fen: fen(event.amount),
        debtor: Some(payee_to_proto(&event.debtor)),
        decision_number: event.decision_number.as_str().to_owned(),
    })
}

fn part(part: &AwardPart) -> v1::AwardPart {
    v1::AwardPart {
        account: Some(account_key_to_proto(part.account)),
        amount_fen: fen(part.amount),
    }
}
