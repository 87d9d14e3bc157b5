//! `Explain`: the chain of rules behind a decision.

use super::call::Call;
use super::error::CallError;
use super::query::id;
use super::refusals::{cursor_from_proto, page_token};
use ledger_core::{DisbursementId, PersonKey, Position};
use ledger_engine::query::{Decision, Explain};
use ledger_proto::{DecodeError, DecodeProblem, v1};
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
        decisions: page.decisions,
        next_page_token: page_token(page.next),
        log_position: page.log_position.get(),
    })
}
