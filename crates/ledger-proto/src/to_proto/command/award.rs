//! Awards, and penalties beside clawbacks.

use ledger_core::command::{
    ApproveAward, AwardPartRequest, ImposePenalty, OrderAwardPayment, RevokeAward,
};

use super::super::value::{bytes, fen};
use super::super::{fund_source_to_proto, payee_to_proto};
use crate::v1::{self, command::Body};

pub(super) fn approve(command: &ApproveAward) -> Body {
    Body::ApproveAward(v1::ApproveAward {
        award_id: bytes(command.award.as_bytes()),
        scheme: command.scheme.as_str().to_owned(),
        division: command.division.code(),
        recipient: Some(payee_to_proto(&command.recipient)),
        subject: command.subject.as_str().to_owned(),
        amount_fen: command.amount.map(fen),
        months: command.months,
        parts: command.parts.iter().map(part).collect(),
        decision_number: command.decision_number.as_str().to_owned(),
    })
}

pub(super) fn revoke(command: &RevokeAward) -> Body {
    Body::RevokeAward(v1::RevokeAward {
        award_id: bytes(command.award.as_bytes()),
        grounds: command.grounds.as_str().to_owned(),
        decision_number: command.decision_number.as_str().to_owned(),
    })
}

pub(super) fn order_payment(command: &OrderAwardPayment) -> Body {
    Body::OrderAwardPayment(v1::OrderAwardPayment {
        disbursement_id: bytes(command.disbursement.as_bytes()),
        award_id: bytes(command.award.as_bytes()),
        division: command.division.code(),
        fund: fund_source_to_proto(command.fund).into(),
        amount_fen: command.amount.map(fen),
    })
}

pub(super) fn impose_penalty(command: &ImposePenalty) -> Body {
    Body::ImposePenalty(v1::ImposePenalty {
        clawback_id: bytes(command.clawback.as_bytes()),
        amount_fen: fen(command.amount),
        decision_number: command.decision_number.as_str().to_owned(),
    })
}

fn part(part: &AwardPartRequest) -> v1::AwardPartRequest {
    v1::AwardPartRequest {
        division: part.division.code(),
        fund: fund_source_to_proto(part.fund).into(),
        amount_fen: part.amount.map(fen),
    }
}
