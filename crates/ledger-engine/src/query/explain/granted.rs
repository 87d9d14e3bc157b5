//! Approvals of classes and awards, decided again from what they were decided on.

use ledger_core::command::{ApproveAward, ApproveClass, CommandBody};
use ledger_core::event::{AwardApproved, ClassApproved, EventBody, Subject};
use ledger_core::explain::deviations;
use ledger_core::{
    Command, Context, RecordedEvent, decide, explain_award_approval, explain_class_approval,
};

use super::{DecisionExplanation, Explaining, QueryError};

impl Explaining<'_> {
    pub(super) fn class(
        &self,
        recorded: &RecordedEvent,
        e: &ClassApproved,
    ) -> Result<DecisionExplanation, QueryError> {
        let asked = ApproveClass::from(e);
        let on = recorded.event.occurred_on;
        let body = CommandBody::ApproveClass(asked.clone());
        let (context, again) = self.again(recorded, body)?;
        let rate = match again {
            Some(EventBody::ClassApproved(again)) => Some(again.rate),
            _ => None,
        };
        let chain = explain_class_approval(&context, &asked, on);
        Ok(DecisionExplanation {
            deviations: deviations((e.rate, &[]), rate.map(|rate| (rate, &[][..]))),
            ..DecisionExplanation::recomputed(recorded, Subject::Class(e.class), chain)
        })
    }

    pub(super) fn award(
        &self,
        recorded: &RecordedEvent,
        e: &AwardApproved,
    ) -> Result<DecisionExplanation, QueryError> {
        let asked = ApproveAward::from(e);
        let on = recorded.event.occurred_on;
        let body = CommandBody::ApproveAward(asked.clone());
        let (context, again) = self.again(recorded, body)?;
        let again = match &again {
            Some(EventBody::AwardApproved(again)) => Some((again.amount, &again.applied[..])),
            _ => None,
        };
        let chain = explain_award_approval(&context, &asked, on);
        Ok(DecisionExplanation {
            amount: e.amount,
            deviations: deviations((e.amount, &e.applied), again),
            ..DecisionExplanation::recomputed(recorded, Subject::Award(e.award), chain)
        })
    }

    /// The state before a decision, and what the same command becomes in it.
    fn again(
        &self,
        recorded: &RecordedEvent,
        body: CommandBody,
    ) -> Result<(Context, Option<EventBody>), QueryError> {
        let command = Command {
            occurred_on: recorded.event.occurred_on,
            body,
            causes: Vec::new(),
        };
        let context = self.context_before(&command, recorded.position)?;
        let again = decide(&context, &command, recorded.recorded_at).ok();
        let event = again.and_then(|again| again.events.into_iter().next());
        Ok((context, event.map(|event| event.body)))
    }
}
