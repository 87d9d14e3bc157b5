//! The chain of rules behind a decision.

use ledger_core::Explanation;
use ledger_core::explain::{Deviation, Evaluated, Input, Outcome};

use super::value::positions;
use super::{
    applied_rule_to_proto, refusal_to_proto, rule_citation_to_proto, rule_kind_to_proto,
    unit_to_proto,
};
use crate::v1;

/// Translates a chain of rules; whose decision it is, the caller adds.
#[must_use]
pub fn explanation_to_proto(explanation: &Explanation) -> v1::DecisionExplanation {
    v1::DecisionExplanation {
        rules: explanation.rules.iter().map(evaluated_to_proto).collect(),
        barred: explanation.barred.iter().map(refusal_to_proto).collect(),
        ..v1::DecisionExplanation::default()
    }
}

/// Translates one rule of a chain, with its sentences.
fn evaluated_to_proto(evaluated: &Evaluated) -> v1::ExplainedRule {
    let (outcome, amount_fen, refusal) = match &evaluated.outcome {
        Outcome::Passed => (v1::RuleOutcome::Passed, 0, None),
        Outcome::Refused(refusal) => (v1::RuleOutcome::Refused, 0, Some(refusal_to_proto(refusal))),
        Outcome::Amount(amount) => (v1::RuleOutcome::Amount, amount.get(), None),
        Outcome::NotApplicable => (v1::RuleOutcome::NotApplicable, 0, None),
    };
    v1::ExplainedRule {
        rule: rule_kind_to_proto(evaluated.rule).into(),
        citation: evaluated.citation.as_ref().map(rule_citation_to_proto),
        inputs: evaluated.inputs.iter().map(input_to_proto).collect(),
        limit: evaluated.limit,
        found: evaluated.found,
        outcome: outcome.into(),
        amount_fen,
        refusal,
        text_en: evaluated.text_en(),
        text_zh: evaluated.text_zh(),
        unit: evaluated
            .unit()
            .map_or(v1::Unit::Unspecified, unit_to_proto)
            .into(),
    }
}

fn input_to_proto(input: &Input) -> v1::RuleInput {
    v1::RuleInput {
        name_en: input.name_en.to_owned(),
        name_zh: input.name_zh.to_owned(),
        value: input.value.clone(),
        value_zh: input.value_zh.clone().unwrap_or_default(),
        positions: positions(&input.positions),
    }
}

/// Translates where a record and what was worked out again do not agree.
#[must_use]
pub fn deviation_to_proto(deviation: &Deviation) -> v1::RuleDeviation {
    let (recorded, recomputed) = match deviation {
        Deviation::Amount { .. } => (None, None),
        Deviation::Rule {
            recorded,
            recomputed,
            ..
        } => (recorded.as_ref(), recomputed.as_ref()),
    };
    v1::RuleDeviation {
        recorded: recorded.map(applied_rule_to_proto),
        recomputed: recomputed.map(applied_rule_to_proto),
        text_en: deviation.text_en(),
        text_zh: deviation.text_zh(),
        unit: deviation
            .unit()
            .map_or(v1::Unit::Unspecified, unit_to_proto)
            .into(),
    }
}

/// Leaves the sentences off: the chain as data.
pub fn without_texts(explanation: &mut v1::DecisionExplanation) {
    for rule in &mut explanation.rules {
        rule.text_en.clear();
        rule.text_zh.clear();
    }
}
