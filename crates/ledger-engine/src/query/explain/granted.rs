//! Approvals of classes and awards, decided again from what they were decided on.

use ledger_core::command::{ApproveAward, ApproveClass, AwardPartRequest, CommandBody};
use ledger_core::event::{AwardApproved, ClassApproved, EventBody, RateSource};
use ledger_core::{
    Command, Context, Explanation, Fen, RecordedEvent, decide, explain_award_approval,
    explain_class_approval,
};
use ledger_proto::v1;

use super::{Explaining, QueryError, decision, deviations};

impl Explaining<'_> {
    pub(super) fn class(
        &self,
        recorded: &RecordedEvent,
        e: &ClassApproved,
    ) -> Result<v1::DecisionExplanation, QueryError> {
        let asked = class_command(e);
        let on = recorded.event.occurred_on;
        let body = CommandBody::ApproveClass(asked.clone());
        let (context, again) = self.again(recorded, body)?;
        let rate = match again {
            Some(EventBody::ClassApproved(again)) => Some(again.rate),
            _ => None,
        };
        let chain = explain_class_approval(&context, &asked, on);
        Ok(v1::DecisionExplanation {
            class_id: e.class.as_bytes().to_vec(),
            deviations: deviations((e.rate, &[]), rate.map(|rate| (rate, &[][..]))),
            ..recomputed(recorded, "approve_class", &chain)
        })
    }

    pub(super) fn award(
        &self,
        recorded: &RecordedEvent,
        e: &AwardApproved,
    ) -> Result<v1::DecisionExplanation, QueryError> {
        let asked = award_command(e);
        let on = recorded.event.occurred_on;
        let body = CommandBody::ApproveAward(asked.clone());
        let (context, again) = self.again(recorded, body)?;
        let again = match &again {
            Some(EventBody::AwardApproved(again)) => Some((again.amount, &again.applied[..])),
            _ => None,
        };
        let chain = explain_award_approval(&context, &asked, on);
        Ok(v1::DecisionExplanation {
            award_id: e.award.as_bytes().to_vec(),
            amount_fen: e.amount.get(),
            deviations: deviations((e.amount, &e.applied), again),
            ..recomputed(recorded, "approve_award", &chain)
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

fn recomputed(
    recorded: &RecordedEvent,
    command: &str,
    chain: &Explanation,
) -> v1::DecisionExplanation {
    v1::DecisionExplanation {
        source: v1::ExplanationSource::Recomputed.into(),
        ..decision(recorded, command, chain)
    }
}

/// The command that a class was approved by.
fn class_command(e: &ClassApproved) -> ApproveClass {
    ApproveClass {
        class: e.class,
        institution: e.institution,
        division: e.account.division,
        fund: e.account.fund,
        scheme: e.scheme.clone(),
        kind: e.kind,
        occupation: e.occupation,
        level: e.level,
        headcount: e.headcount,
        rate: match e.rate_source {
            RateSource::Standard(_) => None,
            RateSource::Contract | RateSource::Below(_) => Some(e.rate),
        },
        class_hours: e.class_hours,
        starts_on: e.starts_on,
        ends_on: e.ends_on,
        residence: e.residence,
        contract_number: e.contract_number.clone(),
        reporting: e.reporting.clone(),
        order: e.order,
    }
}

/// The command that an award was approved by, with what the rules left open filled in.
fn award_command(e: &AwardApproved) -> ApproveAward {
    let months = i64::from(e.months.max(1));
    let decided = e.amount.get().checked_div(months);
    let parts = e.parts.iter().map(|part| AwardPartRequest {
        division: part.account.division,
        fund: part.account.fund,
        amount: Some(part.amount),
    });
    ApproveAward {
        award: e.award,
        scheme: e.scheme.clone(),
        division: e.division,
        recipient: e.recipient,
        subject: e.subject.clone(),
        amount: decided.map(Fen::new),
        months: (e.months > 0).then_some(e.months),
        parts: parts.collect(),
        decision_number: e.decision_number.clone(),
    }
}
