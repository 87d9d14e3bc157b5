//! What is kept beside a refusal: the command, and the chain of rules at the moment of deciding.

use super::last_position;
use crate::cost;
use crate::limits::{
    REFUSAL_COMMAND_BYTES_MAX, REFUSAL_DETAILS_PER_REQUEST_BYTES_MAX,
    REFUSAL_EXPLANATION_BYTES_MAX, REFUSAL_LEAN_TEXT_BYTES_MAX, REFUSALS_WHOLE_BYTES_MAX,
};
use crate::refusals::RefusalDetail;
use crate::request::{Mode, Outcome, Request};
use ledger_core::command::Command;
use ledger_core::kinds::DecidedCommand;
use ledger_core::{
    Context, Explanation, Refusal, explain_approval, explain_award_approval,
    explain_class_approval, explain_refused_payment,
};
use ledger_proto::refusal_bytes::{command_to_bytes, explanation_to_bytes};
use std::sync::Arc;

/// What is kept of the refusals of one request, within its bounds.
pub(crate) struct Kept {
    /// One for each refusal, in order.
    pub(crate) details: Vec<RefusalDetail>,
    /// Bytes that the refusals and their details will take in the group, on the high side: none
    /// for a request that is only validated.
    pub(crate) bytes: usize,
    /// Bytes of refusals that are still kept whole.
    whole_left: usize,
    details_left: usize,
    /// Bytes of the names that are stored with each refusal.
    names: usize,
    mode: Mode,
    validate_only: bool,
}

impl Kept {
    pub(crate) fn new(request: &Request) -> Self {
        Self {
            details: Vec::new(),
            bytes: 0,
            whole_left: REFUSALS_WHOLE_BYTES_MAX,
            details_left: REFUSAL_DETAILS_PER_REQUEST_BYTES_MAX,
            names: request
                .actor
                .len()
                .saturating_add(request.source_system.len()),
            mode: request.mode,
            validate_only: request.validate_only,
        }
    }

    /// Notes a refusal over the state that the decision saw, and returns what is kept of it: all,
    /// or, of a request with very many, the reason with its numbers and the count of its facts.
    pub(crate) fn add(
        &mut self,
        context: &Context,
        command: &Command,
        refusal: Refusal,
        before: &[Outcome],
    ) -> Refusal {
        let whole = cost::of_refusal(&refusal, self.names);
        let (refusal, bytes) = match self.whole_left.checked_sub(whole) {
            Some(left) => {
                self.whole_left = left;
                // A request that is only validated leaves no record to explain from.
                if !self.validate_only {
                    self.add_detail(context, command, &refusal, before);
                }
                (refusal, whole)
            }
            None => {
                self.whole_left = 0;
                self.details.push(RefusalDetail::default());
                let lean = lean(refusal);
                let bytes = cost::of_refusal(&lean, self.names);
                (lean, bytes)
            }
        };
        if !self.validate_only {
            self.bytes = self.bytes.saturating_add(bytes);
        }
        refusal
    }

    fn add_detail(
        &mut self,
        context: &Context,
        command: &Command,
        refusal: &Refusal,
        before: &[Outcome],
    ) {
        if self.details_left == 0 {
            self.details.push(RefusalDetail::default());
            return;
        }
        // The accepted commands before it are undone with an atomic request.
        let undone = self.mode == Mode::Atomic
            && before
                .iter()
                .any(|outcome| matches!(outcome, Outcome::Recorded { .. }));
        let seen = (!undone).then(|| last_position(context));
        // Decisions about money are tried again by a simulation; everything else is a fact that was
        // never recorded.
        let is_tried_again = command.body.kind().nature().is_about_money();
        let command_bytes = is_tried_again
            .then(|| command_to_bytes(command))
            .filter(|bytes| bytes.len() <= REFUSAL_COMMAND_BYTES_MAX);
        let explanation = explanation_to_bytes(&explain(context, command, refusal));
        let explanation =
            Some(explanation).filter(|bytes| bytes.len() <= REFUSAL_EXPLANATION_BYTES_MAX);
        let sizes = [&command_bytes, &explanation].map(|bytes| bytes.as_ref().map_or(0, Vec::len));
        let bytes: usize = sizes.iter().sum();
        self.details_left = self.details_left.saturating_sub(bytes);
        self.bytes = self.bytes.saturating_add(bytes);
        self.details.push(RefusalDetail {
            seen,
            command: command_bytes,
            explanation,
        });
    }
}

/// A refusal without its facts, which are counted, and with the beginning of its texts: the
/// position of the document says where they are in full.
fn lean(refusal: Refusal) -> Refusal {
    let mut lean = refusal.keep_facts(0);
    if let Some(rule) = &mut lean.rule {
        for text in [&mut rule.document, &mut rule.clause] {
            if let Some(short) = shortened(text) {
                *text = Arc::from(short);
            }
        }
    }
    if let Some(short) = lean.subject.as_deref().and_then(shortened) {
        lean.subject = Some(short.into_boxed_str());
    }
    lean
}

/// The beginning of a text that is longer than it may be, with a mark where it was cut.
fn shortened(text: &str) -> Option<String> {
    const MARK: &str = "…";
    let end = REFUSAL_LEAN_TEXT_BYTES_MAX.saturating_sub(MARK.len());
    (text.len() > REFUSAL_LEAN_TEXT_BYTES_MAX).then(|| {
        let kept = text.get(..text.floor_char_boundary(end));
        format!("{}{MARK}", kept.unwrap_or_default())
    })
}

/// The chain behind a refusal: all rules of an approval or of a place's payment, and otherwise the
/// one that was violated.
fn explain(context: &Context, command: &Command, refusal: &Refusal) -> Explanation {
    let on = command.occurred_on;
    let full = match command.body.decided() {
        Some(DecidedCommand::ApproveSubsidy(c)) => explain_approval(context, c.class, c.person, on),
        Some(DecidedCommand::ApproveClass(c)) => explain_class_approval(context, c, on),
        Some(DecidedCommand::ApproveAward(c)) => explain_award_approval(context, c, on),
        Some(DecidedCommand::OrderDisbursement(c)) => {
            explain_refused_payment(context, c, on, refusal)
        }
        // One rule after the other; the payment of an award has no place whose rules go together.
        Some(DecidedCommand::OrderAwardPayment(_)) | None => {
            return Explanation::refused(refusal);
        }
    };
    // What the command itself violates (a date in the future) comes before any rule.
    match full.refusals().contains(refusal) {
        true => full,
        false => Explanation::refused(refusal),
    }
}
