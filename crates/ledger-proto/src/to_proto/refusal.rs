//! Refusals and the clauses that they cite.

use ledger_core::refusal::{Refusal, RuleCitation};

use super::value::positions;
use super::{date_to_proto, unit_to_proto};
use crate::v1;

/// Translates a refusal.
#[must_use]
pub fn refusal_to_proto(refusal: &Refusal) -> v1::Refusal {
    v1::Refusal {
        reason: refusal.reason.name().to_owned(),
        number: refusal.reason.number().into(),
        message_en: refusal.reason.message_en().to_owned(),
        message_zh: refusal.reason.message_zh().to_owned(),
        rule: refusal.rule.as_ref().map(rule_citation_to_proto),
        limit: refusal.limit,
        found: refusal.found,
        unit: refusal
            .unit()
            .map_or(v1::Unit::Unspecified, unit_to_proto)
            .into(),
        facts: positions(&refusal.facts),
        facts_left_off: refusal.facts_left_off,
        subject: refusal.subject.as_deref().unwrap_or_default().to_owned(),
    }
}

/// Translates the clause that something rests on.
#[must_use]
pub fn rule_citation_to_proto(rule: &RuleCitation) -> v1::RuleCitation {
    v1::RuleCitation {
        policy_position: rule.policy.get(),
        document: rule.document.as_ref().to_owned(),
        clause: rule.clause.as_ref().to_owned(),
        valid_from_date: Some(date_to_proto(rule.valid_from)),
    }
}
