//! Awards and grants, as answers to questions about them.

use ledger_core::entity::{Award, Payment};
use ledger_core::event::AwardPart;
use ledger_core::{Fen, Position};

use super::value::{bytes, fen, optional_position};
use super::{account_key_to_proto, date_to_proto, payee_to_proto};
use crate::v1;

/// Translates an award as it stood at `log_position`.
#[must_use]
pub fn award_to_proto(award: &Award, log_position: Position) -> v1::GetAwardResponse {
    v1::GetAwardResponse {
        scheme: award.scheme.as_str().to_owned(),
        division: award.division.code(),
        recipient: Some(payee_to_proto(&award.recipient)),
        subject: award.subject.as_str().to_owned(),
        amount_fen: fen(award.amount),
        parts: award
            .parts
            .iter()
            .map(|part| part_paid(award, part))
            .collect(),
        payments: award.payments.iter().map(payment).collect(),
        policy_position: award.policy.get(),
        approved_date: Some(date_to_proto(award.approved.on)),
        approved_position: award.approved.position.get(),
        revoked_position: optional_position(award.revoked),
        found_false_position: optional_position(award.found_false),
        clawed_back_fen: fen(award.clawed_back),
        log_position: log_position.get(),
    }
}

fn part_paid(award: &Award, part: &AwardPart) -> v1::AwardPartPaid {
    v1::AwardPartPaid {
        account: Some(account_key_to_proto(part.account)),
        amount_fen: fen(part.amount),
        left_fen: fen(award.left_from(part.account).unwrap_or(Fen::ZERO)),
    }
}

fn payment(payment: &Payment) -> v1::AwardPayment {
    v1::AwardPayment {
        disbursement_id: bytes(payment.disbursement.as_bytes()),
        account: Some(account_key_to_proto(payment.account)),
        amount_fen: fen(payment.amount),
        ordered_position: payment.position.get(),
        settled_position: optional_position(payment.settled),
    }
}
