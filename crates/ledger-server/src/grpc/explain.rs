//! `Explain`: the chain of rules behind a decision.

use super::call::Call;
use super::error::CallError;
use super::query::id;
use super::refusals::{cursor_from_proto, page_token};
use crate::limits::ANSWER_EXPLANATION_BYTES_MAX;
use ledger_core::explain::ExplanationDetail;
use ledger_core::{DisbursementId, PersonKey, Position};
use ledger_engine::query::{
    Chain, Decided, Decision, DecisionExplanation, Explain, ExplanationSource,
};
use ledger_proto::to_proto::{
    date_to_proto, deviation_to_proto, explanation_to_proto, without_texts,
};
use ledger_proto::{DecodeError, DecodeProblem, v1};
use prost::Message as _;
use std::ops::ControlFlow;
use v1::explain_request::Decision as Wire;

pub(super) async fn explain(
    call: Call,
    request: v1::ExplainRequest,
) -> Result<v1::ExplainResponse, CallError> {
    let decision = match request.decision {
        None => return Err(DecodeError::new("decision", DecodeProblem::Missing).into()),
        Some(Wire::Position(position)) => Decision::At(Position::new(position)),
        Some(Wire::RefusalNumber(number)) => Decision::Refusal(number),
        Some(Wire::DisbursementId(wire)) => {
            Decision::Disbursement(id("disbursement_id", &wire, DisbursementId::from_bytes)?)
        }
    };
    let person = match request.person_key.is_empty() {
        true => None,
        false => Some(id(
            "person_key",
            &request.person_key,
            PersonKey::from_bytes,
        )?),
    };
    let query = Explain {
        decision,
        person,
        limit: call.page_size(request.page_size),
        cursor: cursor_from_proto(&request.page_token)?,
    };
    let page = call
        .read_at(request.at_least_position, move |reader| {
            reader.explain(&query)
        })
        .await?;
    Ok(v1::ExplainResponse {
        decisions: page.decisions.into_iter().map(decision_to_proto).collect(),
        next_page_token: page_token(page.next),
        log_position: page.log_position.get(),
    })
}

/// The explanations of an answer to an append, up to their bound in bytes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct AnswerExplanations {
    /// One list for each outcome, in order; shorter where nothing more is explained.
    pub(super) of_outcomes: Vec<Vec<v1::DecisionExplanation>>,
    /// How many decisions are not explained for want of room.
    pub(super) left_off: u32,
    /// Bytes that all of them take.
    bytes: usize,
}

impl AnswerExplanations {
    /// None of so many.
    pub(super) fn none_of(decisions: u32) -> Self {
        Self {
            left_off: decisions,
            ..Self::default()
        }
    }

    /// Takes the explanation of a decision of an outcome, unless the answer has no room for it.
    pub(super) fn take(
        &mut self,
        outcome: usize,
        explanation: DecisionExplanation,
        detail: ExplanationDetail,
    ) -> ControlFlow<()> {
        let mut explanation = decision_to_proto(explanation);
        if detail == ExplanationDetail::Data {
            without_texts(&mut explanation);
        }
        let bytes = self.bytes.saturating_add(explanation.encoded_len());
        if bytes > ANSWER_EXPLANATION_BYTES_MAX {
            return ControlFlow::Break(());
        }
        self.bytes = bytes;
        let lists = &mut self.of_outcomes;
        lists.resize_with(lists.len().max(outcome.saturating_add(1)), Vec::new);
        if let Some(list) = lists.get_mut(outcome) {
            list.push(explanation);
        }
        ControlFlow::Continue(())
    }
}

/// Translates a decision with its chain of rules.
fn decision_to_proto(decision: DecisionExplanation) -> v1::DecisionExplanation {
    let (position, refusal_number) = match decision.decided {
        Decided::Recorded(position) => (position.get(), 0),
        Decided::Refused(number) => (0, number),
    };
    let (class, award) = match decision.about.subject {
        Some(subject) => (subject.class(), subject.award()),
        None => (None, None),
    };
    let source = match decision.source {
        ExplanationSource::Recorded => v1::ExplanationSource::Recorded,
        ExplanationSource::Recomputed => v1::ExplanationSource::Recomputed,
        ExplanationSource::Partial => v1::ExplanationSource::Partial,
    };
    let chain = match decision.chain {
        Chain::Evaluated(chain) => explanation_to_proto(&chain),
        Chain::Kept(kept) => kept.into_proto(),
    };
    let person = decision.about.person;
    let disbursement = decision.about.disbursement;
    v1::DecisionExplanation {
        command: decision.command.name().to_owned(),
        position,
        refusal_number,
        occurred_date: Some(date_to_proto(decision.occurred_on)),
        class_id: class.map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
        person_key: person.map_or_else(Vec::new, |key| key.as_bytes().to_vec()),
        award_id: award.map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
        disbursement_id: disbursement.map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
        accepted: matches!(decision.decided, Decided::Recorded(_)),
        amount_fen: decision.amount.get(),
        source: source.into(),
        deviations: decision.deviations.iter().map(deviation_to_proto).collect(),
        ..chain
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger_core::coded::RuleKind;
    use ledger_core::explain::{Evaluated, Outcome};
    use ledger_core::{BusinessDate, CommandKind, Explanation, Fen};

    fn explanation() -> DecisionExplanation {
        let rule = Evaluated {
            rule: RuleKind::Quota,
            citation: None,
            inputs: Vec::new(),
            limit: Some(3),
            found: Some(1),
            outcome: Outcome::Passed,
        };
        DecisionExplanation {
            command: CommandKind::ApproveSubsidy,
            decided: Decided::Recorded(Position::new(7)),
            occurred_on: BusinessDate::parse("2021-03-01").unwrap(),
            about: Default::default(),
            amount: Fen::new(50_000),
            chain: Chain::Evaluated(Explanation {
                rules: vec![rule],
                barred: Vec::new(),
            }),
            source: ExplanationSource::Recomputed,
            deviations: Vec::new(),
        }
    }

    #[test]
    fn an_answer_has_sentences_only_where_they_were_asked_for() {
        for (detail, has_texts) in [
            (ExplanationDetail::Full, true),
            (ExplanationDetail::Data, false),
        ] {
            let mut answer = AnswerExplanations::default();
            assert!(answer.take(1, explanation(), detail).is_continue());
            let [none, told] = &answer.of_outcomes[..] else {
                panic!("{answer:?}")
            };
            assert!(none.is_empty());
            let rule = &told[0].rules[0];
            assert_eq!((rule.limit, rule.found), (Some(3), Some(1)));
            for text in [&rule.text_en, &rule.text_zh] {
                assert_eq!(!text.is_empty(), has_texts, "{detail:?}");
            }
        }
    }

    #[test]
    fn an_answer_takes_explanations_up_to_its_bytes() {
        let mut answer = AnswerExplanations::default();
        let one = decision_to_proto(explanation()).encoded_len();
        let fit = ANSWER_EXPLANATION_BYTES_MAX / one;
        for _ in 0..fit {
            let taken = answer.take(0, explanation(), ExplanationDetail::Full);
            assert!(taken.is_continue());
        }
        let taken = answer.take(0, explanation(), ExplanationDetail::Full);
        assert!(taken.is_break());
        assert_eq!(answer.of_outcomes[0].len(), fit);
    }
}
