//! What is kept beside a refusal: the command, and the chain of rules at the moment of deciding.

use super::last_position;
use crate::limits::{
    REFUSAL_COMMAND_BYTES_MAX, REFUSAL_DETAILS_PER_REQUEST_BYTES_MAX, REFUSAL_EXPLANATION_BYTES_MAX,
};
use crate::refusals::RefusalDetail;
use crate::request::{Mode, Outcome, Request};
use ledger_core::command::{Command, CommandBody};
use ledger_core::{
    Context, Explanation, Refusal, explain_approval, explain_award_approval,
    explain_class_approval, explain_refused_payment,
};
use ledger_proto::to_proto::{command_to_proto, explanation_to_proto};
use prost::Message;

/// The details of the refusals of one request.
pub(super) struct Details {
    /// One for each refusal, in order.
    pub(super) kept: Vec<RefusalDetail>,
    bytes_left: usize,
    mode: Mode,
}

impl Details {
    pub(super) fn new(request: &Request) -> Self {
        // What is only validated is not recorded, and so not explained from the record.
        let bytes_left = match request.validate_only {
            true => 0,
            false => REFUSAL_DETAILS_PER_REQUEST_BYTES_MAX,
        };
        Self {
            kept: Vec::new(),
            bytes_left,
            mode: request.mode,
        }
    }

    /// Keeps what there is room for, over the state that the decision saw.
    pub(super) fn add(
        &mut self,
        context: &Context,
        command: &Command,
        refusal: &Refusal,
        before: &[Outcome],
    ) {
        if self.bytes_left == 0 {
            self.kept.push(RefusalDetail::default());
            return;
        }
        // The accepted commands before it are undone with an atomic request.
        let undone = self.mode == Mode::Atomic
            && before
                .iter()
                .any(|outcome| matches!(outcome, Outcome::Recorded { .. }));
        let seen = (!undone).then(|| last_position(context));
        let command_bytes = is_tried_again(&command.body)
            .then(|| command_to_proto(command).encode_to_vec())
            .filter(|bytes| bytes.len() <= REFUSAL_COMMAND_BYTES_MAX);
        let explanation = explanation_to_proto(&explain(context, command, refusal)).encode_to_vec();
        let explanation =
            Some(explanation).filter(|bytes| bytes.len() <= REFUSAL_EXPLANATION_BYTES_MAX);
        let sizes = [&command_bytes, &explanation].map(|bytes| bytes.as_ref().map_or(0, Vec::len));
        let bytes: usize = sizes.iter().sum();
        self.bytes_left = self.bytes_left.saturating_sub(bytes);
        self.kept.push(RefusalDetail {
            seen,
            command: command_bytes,
            explanation,
        });
    }
}

/// Decisions about money are tried again by a simulation; everything else is a fact that was never
/// recorded.
const fn is_tried_again(body: &CommandBody) -> bool {
    matches!(
        body,
        CommandBody::ApproveSubsidy(_)
            | CommandBody::ApproveAward(_)
            | CommandBody::OrderDisbursement(_)
            | CommandBody::OrderAwardPayment(_)
    )
}

/// The chain behind a refusal: all rules of an approval or of a place's payment, and otherwise the
/// one that was violated.
fn explain(context: &Context, command: &Command, refusal: &Refusal) -> Explanation {
    let on = command.occurred_on;
    let full = match &command.body {
        CommandBody::ApproveSubsidy(c) => explain_approval(context, c.class, c.person, on),
        CommandBody::ApproveClass(c) => explain_class_approval(context, c, on),
        CommandBody::ApproveAward(c) => explain_award_approval(context, c, on),
        CommandBody::OrderDisbursement(c) => explain_refused_payment(context, c, on, refusal),
        _ => return Explanation::refused(refusal),
    };
    // What the command itself violates (a date in the future) comes before any rule.
    match full.refusals().contains(refusal) {
        true => full,
        false => Explanation::refused(refusal),
    }
}
