//! `Append`: a batch of commands in, positions or refusals out.

use super::call::{Call, Shared};
use super::error::CallError;
use super::explain::AnswerExplanations;
use super::policy;
use super::shares::CallerShare;
use super::translations::Translations;
use crate::certificates::CertificateNumbers;
use crate::limits::{DECODED_AT_ONCE_BYTES_MAX, TRANSLATED_AT_ONCE_COMMANDS_MAX};
use ledger_core::RequestId;
use ledger_core::explain::ExplanationDetail;
use ledger_engine::query::ExplainAnswer;
use ledger_engine::{AppendError, Appended, Mode, Outcome, Reply, Request};
use ledger_proto::from_proto::{AppendMode, append_request_from_proto};
use ledger_proto::status::TransportError;
use ledger_proto::to_proto::refusal_to_proto;
use ledger_proto::{ApiError, DecodeError, IndexedRefusal, request_content, v1};
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use tonic::codegen::Bytes;
use uuid::Uuid;

pub(super) async fn append(call: Call, message: Bytes) -> Result<v1::AppendResponse, CallError> {
    let place = call.places.take();
    let (request, asked) = match engine_request(&call, message).await {
        Ok(read) => read,
        Err(Unread::Message(error) | Unread::Request { error, .. }) => return Err(error),
    };
    drop(place);
    let reply = call.shared.engine.append(request).await;
    // A status has no room for what its refusals rest on: `Explain` tells it by their numbers.
    let refused = reply.as_ref().is_ok_and(|it| asked.is_refused(it));
    let asked = if refused { asked.unexplained() } else { asked };
    answer(&call.shared, &asked, reply).await.response
}

/// What of a request its answer depends on.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    request_id: RequestId,
    mode: Mode,
    validate_only: bool,
    explain: ExplainAnswer,
    /// What the caller has of the reads that his answer is explained by.
    share: CallerShare,
}

impl Asked {
    /// Whether the answer is that the request as a whole was refused.
    fn is_refused(&self, appended: &Appended) -> bool {
        let refused = |outcome: &Outcome| matches!(outcome, Outcome::Refused(_));
        self.mode == Mode::Atomic && appended.outcomes.iter().any(refused)
    }

    fn unexplained(self) -> Self {
        Self {
            explain: ExplainAnswer::new(&[], ExplanationDetail::None),
            ..self
        }
    }
}

/// What a caller gets, and why, where the answer is that commands were refused.
pub(super) struct Answer {
    pub(super) response: Result<v1::AppendResponse, CallError>,
    /// Empty beside a response, which has them among its results.
    pub(super) explanations: Vec<v1::DecisionExplanation>,
}

impl From<CallError> for Answer {
    fn from(error: CallError) -> Self {
        Self {
            response: Err(error),
            explanations: Vec::new(),
        }
    }
}

/// Why there is no request to be carried out.
pub(super) enum Unread {
    /// What was sent is no message, or nobody reads it any more: nothing that follows it can be
    /// told apart from it.
    Message(CallError),
    /// The request with this id is wrong.
    Request {
        /// Its id, as it was sent.
        request_id: Vec<u8>,
        /// What is wrong.
        error: CallError,
    },
}

/// Reads a request, and names its content by a digest.
///
/// A large one, or one that publishes a document, is read on a thread of its own.
pub(super) async fn engine_request(
    call: &Call,
    message: Bytes,
) -> Result<(Request, Asked), Unread> {
    let translating = Translating {
        actor: Arc::clone(&call.actor),
        commands_max: call.shared.limits.commands_per_request_max,
        certificates: Arc::clone(&call.shared.edge.certificates),
        share: call.share.clone(),
    };
    read(&call.shared.translations, translating, message).await
}

async fn read(translations: &Translations, translating: Translating, message: Bytes) -> Read {
    let work: Box<dyn FnOnce() -> Read + Send> = match message.len() {
        ..=DECODED_AT_ONCE_BYTES_MAX => {
            let wire = decoded(message)?;
            if is_light(&wire) {
                return translating.translated(wire);
            }
            Box::new(move || translating.translated(wire))
        }
        _ => Box::new(move || translating.translated(decoded(message)?)),
    };
    translations.run(work).await.map_err(Unread::Message)?
}

/// A request as the engine takes it, and what its answer depends on.
type Read = Result<(Request, Asked), Unread>;

fn decoded(message: Bytes) -> Result<v1::AppendRequest, Unread> {
    v1::AppendRequest::decode(message)
        .map_err(|_| Unread::Message(TransportError::MessageMalformed.into()))
}

/// Whether a request is translated in less time than another thread takes to begin.
fn is_light(wire: &v1::AppendRequest) -> bool {
    let publishes =
        |command: &v1::Command| matches!(command.body, Some(v1::command::Body::PublishPolicy(_)));
    wire.commands.len() <= TRANSLATED_AT_ONCE_COMMANDS_MAX && !wire.commands.iter().any(publishes)
}

/// What of a call its request is translated with.
struct Translating {
    actor: Arc<str>,
    commands_max: usize,
    certificates: Arc<CertificateNumbers>,
    share: CallerShare,
}

impl Translating {
    fn translated(self, wire: v1::AppendRequest) -> Read {
        let request_id = wire.request_id.clone();
        self.request(wire).map_err(|problems| Unread::Request {
            request_id,
            error: problems.into(),
        })
    }

    fn request(self, mut wire: v1::AppendRequest) -> Result<(Request, Asked), Vec<DecodeError>> {
        // First of all, so that no number with an identity number in it is anywhere below: not in
        // what is decoded, and not under the digest that is kept of the request.
        self.certificates.replace_in_commands(&mut wire.commands)?;
        let compile = |text: &str| ledger_policy::compile(text).map_err(|_| policy::problems(text));
        let request = append_request_from_proto(&wire, self.commands_max, &compile)?;
        let explain = ExplainAnswer::new(&request.commands, request.detail);
        let request = Request {
            // Without an id nothing is recorded; the engine wants one all the same.
            request_id: request
                .request_id
                .unwrap_or_else(|| RequestId::from_bytes(Uuid::new_v4().into_bytes())),
            digest: Sha256::digest(request_content(wire)).into(),
            commands: request.commands,
            mode: match request.mode {
                AppendMode::Atomic => Mode::Atomic,
                AppendMode::Independent => Mode::Independent,
            },
            validate_only: request.validate_only,
            actor: self.actor,
            source_system: request.source_system,
        };
        let asked = Asked {
            request_id: request.request_id,
            mode: request.mode,
            validate_only: request.validate_only,
            explain,
            share: self.share,
        };
        Ok((request, asked))
    }
}

/// Turns what the engine says into what the caller gets.
pub(super) async fn answer(shared: &Arc<Shared>, asked: &Asked, reply: Reply) -> Answer {
    match reply {
        Ok(appended) => {
            let appended = Arc::new(appended);
            let explained = explained(shared, asked, &appended).await;
            answered(asked, &appended, explained)
        }
        Err(error) => failure(shared, asked.request_id, error).into(),
    }
}

/// Explains the decisions of an answer, off the threads that serve connections.
///
/// What was appended is durable, so that no failure in here may hide it: the caller gets his
/// answer without explanations then, and asks `Explain`.
async fn explained(
    shared: &Arc<Shared>,
    asked: &Asked,
    appended: &Arc<Appended>,
) -> AnswerExplanations {
    if !asked.explain.is_due(appended, asked.validate_only) {
        return AnswerExplanations::default();
    }
    if let Some(left_off) = asked.explain.unasked(appended) {
        return AnswerExplanations::none_of(left_off);
    }
    let (explain, appended) = (asked.explain.clone(), Arc::clone(appended));
    let due = explain.decisions(&appended);
    let explained = shared.read(&asked.share, move |reader| {
        let (detail, mut answer) = (explain.detail(), AnswerExplanations::default());
        answer.left_off = reader.explain_answer(&explain, &appended, &mut |outcome, one| {
            answer.take(outcome, one, detail)
        })?;
        Ok(answer)
    });
    explained
        .await
        .unwrap_or_else(|_| AnswerExplanations::none_of(due))
}

/// Turns the engine's failure into what the caller gets, and notes when it is for good.
pub(super) fn failure(shared: &Shared, request_id: RequestId, error: AppendError) -> CallError {
    let error = CallError::of_append(error, request_id, shared.is_stopping());
    if matches!(
        error,
        CallError::OutcomeUnknown | CallError::Api(ApiError::WritesDisabled)
    ) {
        shared.note_failure();
    }
    error
}

fn answered(asked: &Asked, appended: &Appended, explained: AnswerExplanations) -> Answer {
    if asked.is_refused(appended) {
        return Answer {
            response: Err(ApiError::Refused(refusals(appended)).into()),
            explanations: explained.of_outcomes.into_iter().flatten().collect(),
        };
    }
    Answer {
        response: Ok(response(asked, appended, explained)),
        explanations: Vec::new(),
    }
}

fn response(
    asked: &Asked,
    appended: &Appended,
    explained: AnswerExplanations,
) -> v1::AppendResponse {
    let mut response = v1::AppendResponse {
        log_position: appended.log_position.get(),
        replayed: appended.replayed,
        results: Vec::with_capacity(appended.outcomes.len()),
        explanations_left_off: explained.left_off,
        ..v1::AppendResponse::default()
    };
    let numbers = appended.refusal_numbers();
    let mut explanations = explained.of_outcomes.into_iter();
    for (outcome, number) in appended.outcomes.iter().zip(numbers) {
        let explanations = explanations.next().unwrap_or_default();
        let result = result(asked, outcome, number);
        response.results.push(v1::CommandResult {
            explanations,
            ..result
        });
        if let (Outcome::Recorded { first, count }, false) = (outcome, asked.validate_only) {
            let first = first.get();
            if response.first_position == 0 {
                response.first_position = first;
            }
            let others = u64::from(*count).saturating_sub(1);
            response.last_position = first.saturating_add(others);
        }
    }
    response
}

fn result(asked: &Asked, outcome: &Outcome, refusal_number: Option<u64>) -> v1::CommandResult {
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
        explanations: Vec::new(),
    }
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
        .zip(appended.refusal_numbers())
        .filter_map(indexed)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::shares::Access;
    use super::*;
    use crate::limits::Limits;
    use ledger_core::{Position, Reason, Refusal};
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use tonic::codegen::http::Extensions;

    /// With every other thread in use, only what is decoded and translated on the thread of its
    /// connection gets an answer.
    #[tokio::test]
    async fn large_requests_and_documents_wait_for_a_thread_beside_those_of_connections() {
        let publish = |text: &str| v1::Command {
            body: Some(v1::command::Body::PublishPolicy(v1::PublishPolicy {
                text: text.to_owned(),
            })),
            ..v1::Command::default()
        };
        let request = |commands: Vec<v1::Command>, padding: usize| {
            let request = v1::AppendRequest {
                commands,
                source_system: "x".repeat(padding),
                ..v1::AppendRequest::default()
            };
            request.encode_to_vec()
        };
        let commands = |count| vec![v1::Command::default(); count];
        let most = TRANSLATED_AT_ONCE_COMMANDS_MAX;
        let head = request(Vec::new(), 1_000).len() - 1_000 + 2;
        let bytes = DECODED_AT_ONCE_BYTES_MAX - head;
        let cases = [
            (request(commands(0), 0), true),
            (request(commands(most), 0), true),
            (request(commands(most + 1), 0), false),
            (request(vec![publish("")], 0), false),
            (request(commands(0), bytes), true),
            (request(commands(0), bytes + 10), false),
            // What is no message is found out where it is decoded.
            (vec![0xff; 10], true),
            (vec![0xff; DECODED_AT_ONCE_BYTES_MAX], true),
            (vec![0xff; DECODED_AT_ONCE_BYTES_MAX + 1], false),
        ];
        let translations = Translations::new(1);
        for (message, at_once) in cases {
            let translating = Translating {
                actor: Arc::from("clerk"),
                commands_max: 5_000,
                certificates: Arc::default(),
                share: share(),
            };
            let length = message.len();
            let in_use = translations.hold().await;
            let mut reading = pin!(read(&translations, translating, Bytes::from(message)));
            let mut context = Context::from_waker(Waker::noop());
            let first = reading.as_mut().poll(&mut context);
            assert_eq!(first.is_ready(), at_once, "{length} bytes");
            drop(in_use);
            let read = match first {
                Poll::Ready(read) => read,
                Poll::Pending => reading.await,
            };
            assert!(read.is_err(), "none of them has an id");
        }
    }

    fn share() -> CallerShare {
        Access::new(&Limits::default()).share(&Extensions::new())
    }

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
            explain: ExplainAnswer::new(&[], ExplanationDetail::Full),
            share: share(),
        };
        let appended = Appended {
            outcomes,
            first_refusal: Some(7),
            replayed: false,
            log_position: Position::new(9),
        };
        match answered(&asked, &appended, AnswerExplanations::default()).response {
            Ok(response) => Ok([
                response.log_position,
                response.first_position,
                response.last_position,
                response.results.len().try_into().unwrap(),
            ]),
            Err(CallError::Api(ApiError::Refused(refusals))) => Err(refusals.len()),
            Err(error) => panic!("unexpected: {error:?}"),
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

    #[test]
    fn explanations_stand_with_their_results_or_beside_the_failure() {
        let refused = Outcome::Refused(Refusal::new(Reason::ClassFull));
        let explained = || {
            let mut explained = AnswerExplanations::none_of(3);
            explained.of_outcomes = vec![Vec::new(), vec![v1::DecisionExplanation::default()]];
            explained
        };
        for (mode, in_results, beside) in [(Mode::Independent, 1, 0), (Mode::Atomic, 0, 1)] {
            let asked = Asked {
                request_id: RequestId::from_bytes([1; 16]),
                mode,
                validate_only: false,
                explain: ExplainAnswer::new(&[], ExplanationDetail::Full),
                share: share(),
            };
            let appended = Appended {
                outcomes: vec![Outcome::NotAttempted, refused.clone(), refused.clone()],
                first_refusal: Some(7),
                replayed: false,
                log_position: Position::new(9),
            };
            let answer = answered(&asked, &appended, explained());
            assert_eq!(answer.explanations.len(), beside);
            let results = answer.response.map(|response| {
                assert_eq!(response.explanations_left_off, 3);
                let counts = response.results.iter().map(|it| it.explanations.len());
                counts.collect::<Vec<_>>()
            });
            match results {
                Ok(counts) => assert_eq!(counts, [0, in_results, 0]),
                Err(_) => assert_eq!(in_results, 0),
            }
        }
    }
}
