//! Refusals, as a client reads them.

use std::sync::Arc;

use ledger_core::refusal::{Reason, Refusal, RuleCitation};

use super::date_from_proto;
use super::value::{list, position};
use crate::error::{DecodeError, DecodeProblem, Within as _};
use crate::v1;

/// Reads a refusal.
///
/// # Errors
///
/// Fails when its reason is one that this version does not know, or a field is wrong.
pub fn refusal_from_proto(wire: &v1::Refusal) -> Result<Refusal, DecodeError> {
    let reason = Reason::ALL
        .iter()
        .find(|reason| u32::from(reason.number()) == wire.number);
    let unknown = DecodeProblem::UnknownNumber(i32::try_from(wire.number).unwrap_or(i32::MAX));
    Ok(Refusal {
        reason: *reason.ok_or_else(|| DecodeError::new("number", unknown))?,
        rule: wire
            .rule
            .as_ref()
            .map(rule_citation_from_proto)
            .transpose()
            .within("rule")?,
        limit: wire.limit,
        found: wire.found,
        facts: list("facts", &wire.facts, usize::MAX, |fact| position(*fact))?,
        facts_left_off: wire.facts_left_off,
        subject: (!wire.subject.is_empty()).then(|| wire.subject.as_str().into()),
    })
}

/// Reads the clause that something rests on.
///
/// # Errors
///
/// Fails when it names no position or no date.
pub fn rule_citation_from_proto(wire: &v1::RuleCitation) -> Result<RuleCitation, DecodeError> {
    Ok(RuleCitation {
        policy: position(wire.policy_position).within("policy_position")?,
        document: Arc::from(wire.document.as_str()),
        clause: Arc::from(wire.clause.as_str()),
        valid_from: date_from_proto(wire.valid_from_date.as_ref()).within("valid_from_date")?,
    })
}
