//! `ListRefusals`: what was not done, and why.

use super::call::Call;
use super::error::CallError;
use super::read::optional_time;
use ledger_core::Reason;
use ledger_engine::query::{Cursor, ListRefusals, NumberedRefusal};
use ledger_proto::to_proto::{date_to_proto, refusal_to_proto, time_to_proto};
use ledger_proto::{DecodeError, DecodeProblem, v1};

pub(super) async fn list_refusals(
    call: Call,
    request: v1::ListRefusalsRequest,
) -> Result<v1::ListRefusalsResponse, CallError> {
    let query = ListRefusals {
        reason: reason_from_proto(&request.reason)?,
        recorded_from: optional_time("from_time", request.from_time.as_ref())?,
        recorded_before: optional_time("to_time", request.to_time.as_ref())?,
        limit: call.page_size(request.page_size),
        cursor: cursor_from_proto(&request.page_token)?,
    };
    let page = call
        .shared
        .read(&call.share, move |reader| reader.refusals(&query))
        .await?;
    Ok(v1::ListRefusalsResponse {
        refusals: page.refusals.iter().map(recorded_refusal).collect(),
        next_page_token: page_token(page.next),
        total_count: page.total_count,
        log_position: page.log_position.get(),
    })
}

fn recorded_refusal(refusal: &NumberedRefusal) -> v1::RecordedRefusal {
    let record = &refusal.record;
    v1::RecordedRefusal {
        refusal_number: refusal.number,
        recorded_time: Some(time_to_proto(record.recorded_at)),
        actor: record.actor.as_ref().to_owned(),
        source_system: record.source_system.as_ref().to_owned(),
        request_id: record.request_id.as_bytes().to_vec(),
        command_index: record.command_index,
        command: record.command_kind().name().to_owned(),
        occurred_date: Some(date_to_proto(record.occurred_on)),
        refusal: Some(refusal_to_proto(&record.refusal)),
        decided_at_position: record.decided_at.get(),
        has_explanation: record.detail.explanation.is_some(),
        has_command: record.detail.command.is_some(),
    }
}

fn reason_from_proto(wire: &str) -> Result<Option<Reason>, DecodeError> {
    if wire.is_empty() {
        return Ok(None);
    }
    let reason = Reason::ALL
        .iter()
        .copied()
        .find(|reason| reason.name() == wire);
    reason
        .map(Some)
        .ok_or_else(|| DecodeError::new("reason", DecodeProblem::OutOfRange))
}

/// Reads a page token; an empty one asks for the first page.
pub(super) fn cursor_from_proto(wire: &str) -> Result<Option<Cursor>, CallError> {
    if wire.is_empty() {
        return Ok(None);
    }
    let token = wire.as_bytes().chunks(2).map(|digits| {
        let digits = std::str::from_utf8(digits).ok()?;
        u8::from_str_radix(digits, 16).ok()
    });
    let token: Option<Vec<u8>> = token.collect();
    Ok(Cursor::from_token(
        &token.ok_or_else(super::error::page_token_error)?,
    )?)
}

/// Writes a page token; an empty one says that this was the last page.
pub(super) fn page_token(next: Option<Cursor>) -> String {
    next.map(|cursor| ledger_core::hex::encode(&cursor.to_token()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_tokens_are_read_as_written_and_nothing_else_is() {
        assert!(matches!(cursor_from_proto(""), Ok(None)));
        for token in ["zz", "0", "01", "+1", "é", "00ff00ff00ff"] {
            let error = cursor_from_proto(token).unwrap_err().into_status();
            assert_eq!(error.code(), tonic::Code::InvalidArgument, "{token:?}");
        }
    }

    #[test]
    fn every_reason_can_be_asked_for() {
        for reason in Reason::ALL {
            assert_eq!(reason_from_proto(reason.name()), Ok(Some(*reason)));
        }
        assert_eq!(reason_from_proto(""), Ok(None));
        assert!(reason_from_proto("class_full").is_err());
    }
}
