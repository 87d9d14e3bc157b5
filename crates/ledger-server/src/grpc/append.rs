//! `Append`: a batch of commands in, positions or refusals out.

use super::call::Call;
use super::error::CallError;
use super::policy;
use ledger_core::RequestId;
use ledger_engine::{AppendError, Appended, Mode, Outcome, Reply, Request};
use ledger_proto::from_proto::{AppendMode, append_request_from_proto};
use ledger_proto::to_proto::refusal_to_proto;
use ledger_proto::{ApiError, DecodeError, IndexedRefusal, v1};
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use uuid::Uuid;

pub(super) async fn append(
    call: Call,
    request: v1::AppendRequest,
) -> Result<v1::AppendResponse, CallError> {
    let request = engine_request(&call, request)?;
    let asked = Asked::of(&request);
    let reply = call.shared.engine.append(request).await;
    answer(&call, asked, reply)
}

/// What of a request its answer depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    request_id: RequestId,
    mode: Mode,
    validate_only: bool,
}

impl Asked {
    pub(super) fn of(request: &Request) -> Self {
        Self {
            request_id: request.request_id,
            mode: request.mode,
            validate_only: request.validate_only,
        }
    }
}

/// Reads a request, and names its content by a digest.
///
/// The digest is SHA-256 over the message without its id, encoded anew: fields in ascending order
/// of their numbers, defaults left out, unknown fields dropped. The contract has no maps, so equal
/// content gives equal bytes, whichever library wrote it and in whichever order.
pub(super) fn engine_request(
    call: &Call,
    mut wire: v1::AppendRequest,
) -> Result<Request, Vec<DecodeError>> {
    let compile = |text: &str| ledger_policy::compile(text).map_err(|_| policy::problems(text));
    let commands_max = call.shared.limits.commands_per_request_max;
    let request = append_request_from_proto(&wire, commands_max, &compile)?;
    wire.request_id.clear();
    Ok(Request {
        // Without an id nothing is recorded; the engine wants one all the same.
        request_id: request
            .request_id
            .unwrap_or_else(|| RequestId::from_bytes(Uuid::new_v4().into_bytes())),
        digest: Sha256::digest(wire.encode_to_vec()).into(),
        commands: request.commands,
        mode: match request.mode {
            AppendMode::Atomic => Mode::Atomic,
            AppendMode::Independent => Mode::Independent,
        },
        validate_only: request.validate_only,
        actor: Arc::clone(&call.actor),
        source_system: request.source_system,
    })
}

/// Turns what the engine says into what the caller gets.
pub(super) fn answer(
    call: &Call,
    asked: Asked,
    reply: Reply,
) -> Result<v1::AppendResponse, CallError> {
    match reply {
        Ok(appended) => response(asked, appended).map_err(CallError::Api),
        Err(error) => Err(failure(call, asked, error)),
    }
}

/// Turns the engine's failure into what the caller gets, and notes when it is for good.
pub(super) fn failure(call: &Call, asked: Asked, error: AppendError) -> CallError {
    let error = CallError::of_append(error, asked.request_id, call.shared.is_stopping());
    if matches!(
        error,
        CallError::OutcomeUnknown | CallError::Api(ApiError::WritesDisabled)
    ) {
        call.shared.note_failure();
    }
    error
}

fn response(asked: Asked, appended: Appended) -> Result<v1::AppendResponse, ApiError> {
    if asked.mode == Mode::Atomic {
        let refusals = refusals(&appended);
        if !refusals.is_empty() {
            return Err(ApiError::Refused(refusals));
        }
    }
    let mut response = v1::AppendResponse {
        log_position: appended.log_position.get(),
        replayed: appended.replayed,
        results: Vec::with_capacity(appended.outcomes.len()),
        ..v1::AppendResponse::default()
    };
    let numbers = refusal_numbers(&appended);
    for (outcome, number) in appended.outcomes.iter().zip(numbers) {
        response.results.push(result(asked, outcome, number));
        if let (Outcome::Recorded { first, count }, false) = (outcome, asked.validate_only) {
            let first = first.get();
            if response.first_position == 0 {
                response.first_position = first;
            }
            let others = u64::from(*count).saturating_sub(1);
            response.last_position = first.saturating_add(others);
        }
    }
    Ok(response)
}

fn result(asked: Asked, outcome: &Outcome, refusal_number: Option<u64>) -> v1::CommandResult {
    use v1::command_result::Outcome as Wire;
    let outcome = match outcome {
        Outcome::Recorded { first, count } => Some(Wire::Accepted(v1::Accepted {
            first_position: if asked.validate_only { 0 } else { first.get() },
            event_count: *count,
        })),
        Outcome::Refused(refusal) => Some(Wire::Refusal(refusal_to_proto(refusal))),
        // Only an atomic request leaves commands out, and then it has a refusal to answer with.
        Outcome::NotAttempted => None,
    };
    v1::CommandResult {
        outcome,
        refusal_number: refusal_number.unwrap_or_default(),
    }
}

/// The number under which each refused outcome is on record: they follow one another.
fn refusal_numbers(appended: &Appended) -> Vec<Option<u64>> {
    let mut next = appended.first_refusal;
    let number = |outcome: &Outcome| match outcome {
        Outcome::Refused(_) => {
            let number = next;
            next = next.map(|number| number.saturating_add(1));
            number
        }
        Outcome::Recorded { .. } | Outcome::NotAttempted => None,
    };
    appended.outcomes.iter().map(number).collect()
}

fn refusals(appended: &Appended) -> Vec<IndexedRefusal> {
    let outcomes = appended.outcomes.iter().enumerate();
    let indexed = |((index, outcome), refusal_number): ((usize, &Outcome), _)| match outcome {
        Outcome::Refused(refusal) => Some(IndexedRefusal {
            command_index: u32::try_from(index).ok(),
            refusal: refusal.clone(),
            refusal_number,
        }),
        Outcome::Recorded { .. } | Outcome::NotAttempted => None,
    };
    outcomes
        .zip(refusal_numbers(appended))
        .filter_map(indexed)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger_core::{Position, Reason, Refusal};

    fn recorded(first: u64, count: u32) -> Outcome {
        Outcome::Recorded {
            first: Position::new(first),
            count,
        }
    }

    fn respond(mode: Mode, validate_only: bool, outcomes: Vec<Outcome>) -> Result<[u64; 4], usize> {
        let asked = Asked {
            request_id: RequestId::from_bytes([1; 16]),
            mode,
            validate_only,
        };
        let appended = Appended {
            outcomes,
            first_refusal: Some(7),
            replayed: false,
            log_position: Position::new(9),
        };
        match response(asked, appended) {
            Ok(response) => Ok([
                response.log_position,
                response.first_position,
                response.last_position,
                response.results.len().try_into().unwrap(),
            ]),
            Err(ApiError::Refused(refusals)) => Err(refusals.len()),
            Err(error) => panic!("unexpected: {error}"),
        }
    }

    #[test]
    fn answers_say_what_was_recorded_and_atomic_ones_what_was_refused() {
        let refused = || Outcome::Refused(Refusal::new(Reason::ClassFull));
        let cases = [
            (
                Mode::Atomic,
                false,
                vec![recorded(6, 1), recorded(7, 3)],
                Ok([9, 6, 9, 2]),
            ),
            (Mode::Atomic, true, vec![recorded(6, 1)], Ok([9, 0, 0, 1])),
            (
                Mode::Atomic,
                false,
                vec![Outcome::NotAttempted, refused(), refused()],
                Err(2),
            ),
            (
                Mode::Independent,
                false,
                vec![refused(), recorded(9, 1)],
                Ok([9, 9, 9, 2]),
            ),
            (Mode::Independent, false, vec![refused()], Ok([9, 0, 0, 1])),
        ];
        for (mode, validate_only, outcomes, expected) in cases {
            assert_eq!(respond(mode, validate_only, outcomes), expected);
        }
    }
}
