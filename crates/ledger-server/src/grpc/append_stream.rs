//! `AppendStream`: many batches over one stream, pipelined and answered in order.

use super::append::{Answer, Asked, Unread, answer, engine_request, failure};
use super::call::{Call, StreamPermit};
use super::error::CallError;
use super::receiving::Place;
use super::stream::{Answers, pull};
use crate::limits::RETRY_DELAY;
use ledger_engine::{AppendError, ReplyReceiver, Request, SubmitError};
use ledger_proto::{ApiError, v1};
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use tokio::time::sleep;
use tonic::codegen::Bytes;
use tonic::{Status, Streaming};
use v1::append_stream_response::Outcome;

pub(super) async fn append_stream(
    call: Call,
    permit: StreamPermit,
    inbound: Streaming<Bytes>,
) -> Result<Answers<v1::AppendStreamResponse>, CallError> {
    let pipeline = Pipeline {
        call,
        inbound,
        in_flight: VecDeque::new(),
        commands: 0,
        parked: None,
        input: Input::Open,
        _permit: permit,
    };
    Ok(pull(pipeline, Pipeline::next))
}

/// Requests on their way through the writer.
///
/// What may be on its way is bounded. At the bound nothing more is taken from the connection, so
/// that the caller is held back by flow control and not by refusals.
struct Pipeline {
    call: Call,
    inbound: Streaming<Bytes>,
    /// In the order of the requests.
    in_flight: VecDeque<InFlight>,
    /// Commands of the requests in flight.
    commands: usize,
    /// A request that found the queue full. It keeps its place: the caller's later requests may
    /// rest on it, and would be refused for good if they overtook it. It also keeps its place among
    /// the bytes that are being received: in the queue it would be counted.
    parked: Option<Box<(Request, Asked, Option<Place>)>>,
    input: Input,
    _permit: StreamPermit,
}

/// Whether more requests come.
#[derive(Debug, Clone)]
enum Input {
    Open,
    /// The caller has sent his last request.
    Ended,
    /// What the caller sends broke off, or is no message: what was taken in before is answered, and
    /// then the caller is told.
    Broken(Box<Status>),
    /// The server is stopping: what was taken in is answered, and nothing more is taken in.
    Cut,
}

/// A request that waits for its turn to be answered.
enum InFlight {
    /// In the writer's hands.
    Submitted {
        asked: Asked,
        request_id: Vec<u8>,
        commands: usize,
        reply: ReplyReceiver,
    },
    /// Answered by the writer, and being explained. The work is kept here, so that nothing is lost
    /// when waiting for it is cancelled.
    Explaining { commands: usize, answer: Explained },
    /// Failed before it got there.
    Failed(Box<v1::AppendStreamResponse>),
}

/// An answer that is being explained.
type Explained = Pin<Box<dyn Future<Output = v1::AppendStreamResponse> + Send>>;

/// What happened next.
enum Step {
    Answer(Box<v1::AppendStreamResponse>),
    Arrived(Bytes),
    InputEnded,
    InputBroken(Box<Status>),
    Stopping,
    TryAgain,
}

impl Pipeline {
    async fn next(mut self) -> Result<Option<(v1::AppendStreamResponse, Self)>, CallError> {
        loop {
            if let Some(request) = self.parked.take() {
                let (request, asked, place) = *request;
                self.submit(request, asked, place);
            }
            if self.in_flight.is_empty() && self.parked.is_none() {
                match &self.input {
                    Input::Open => {}
                    Input::Ended => return Ok(None),
                    Input::Broken(status) => {
                        return Err(CallError::Inbound(Status::clone(status)));
                    }
                    Input::Cut => return Err(ApiError::NotServing.into()),
                }
            }
            match self.step().await {
                Step::Answer(answer) => return Ok(Some((*answer, self))),
                Step::Arrived(message) => self.take_in(message).await,
                Step::InputEnded => self.input = Input::Ended,
                Step::InputBroken(status) => self.input = Input::Broken(status),
                Step::Stopping => self.input = Input::Cut,
                Step::TryAgain => {}
            }
        }
    }

    /// Waits for whatever comes first. Cancelling it loses nothing.
    async fn step(&mut self) -> Step {
        let limits = &self.call.shared.limits;
        let has_room = self.parked.is_none()
            && self.in_flight.len() < limits.append_stream_requests_max
            && self.commands < limits.append_stream_commands_max;
        let is_open = matches!(self.input, Input::Open);
        let is_parked = self.parked.is_some();
        tokio::select! {
            // Answers come first: they make room for what follows.
            biased;
            answer = oldest(&self.call, &mut self.in_flight), if !self.in_flight.is_empty() => {
                let answered = self.in_flight.pop_front();
                let commands = answered.map_or(0, |answered| answered.commands());
                self.commands = self.commands.saturating_sub(commands);
                Step::Answer(Box::new(answer))
            }
            () = self.call.shared.stopping(), if is_open => Step::Stopping,
            message = self.inbound.message(), if is_open && has_room => match message {
                Ok(Some(message)) => Step::Arrived(message),
                Ok(None) => Step::InputEnded,
                Err(status) => Step::InputBroken(Box::new(status)),
            },
            // Others fill the queue, so none of our own answers tells when it has room again.
            () = sleep(RETRY_DELAY), if is_parked => Step::TryAgain,
        }
    }

    async fn take_in(&mut self, message: Bytes) {
        let place = self.call.places.take();
        match engine_request(&self.call, message).await {
            Ok((request, asked)) => self.submit(request, asked, place),
            Err(Unread::Request { request_id, error }) => self.fail(request_id, error),
            Err(Unread::Message(error)) => {
                self.input = Input::Broken(Box::new(error.into_status()));
            }
        }
    }

    fn submit(&mut self, request: Request, asked: Asked, place: Option<Place>) {
        let request_id = request.request_id.as_bytes().to_vec();
        let commands = request.commands.len();
        // The queue gives nothing back when it is full, so a copy stays behind for the next try.
        match self.call.shared.engine.submit(request.clone()) {
            Ok(reply) => {
                self.commands = self.commands.saturating_add(commands);
                let submitted = InFlight::Submitted {
                    asked,
                    request_id,
                    commands,
                    reply,
                };
                self.in_flight.push_back(submitted);
            }
            Err(SubmitError::QueueFull { .. }) => {
                self.parked = Some(Box::new((request, asked, place)));
            }
            Err(error) => {
                let error = AppendError::NotAccepted(error);
                let error = failure(&self.call.shared, request.request_id, error);
                self.fail(request_id, error);
            }
        }
    }

    fn fail(&mut self, request_id: Vec<u8>, error: CallError) {
        let answer = stream_response(request_id, error.into());
        self.in_flight.push_back(InFlight::Failed(Box::new(answer)));
    }
}

impl InFlight {
    /// Commands that it has in the writer's queue.
    fn commands(&self) -> usize {
        match self {
            Self::Submitted { commands, .. } | Self::Explaining { commands, .. } => *commands,
            Self::Failed(_) => 0,
        }
    }
}

/// Waits for the answer to the oldest request, which stays where it is.
async fn oldest(call: &Call, in_flight: &mut VecDeque<InFlight>) -> v1::AppendStreamResponse {
    let Some(oldest) = in_flight.front_mut() else {
        return std::future::pending().await;
    };
    if let InFlight::Submitted {
        asked,
        request_id,
        commands,
        reply,
    } = oldest
    {
        let reply = reply.await.unwrap_or_else(|_| {
            Err(AppendError::OutcomeUnknown {
                reason: Arc::from("writer is gone"),
            })
        });
        // From here to the next wait nothing can be cancelled.
        let (shared, asked) = (Arc::clone(&call.shared), asked.clone());
        let request_id = std::mem::take(request_id);
        *oldest = InFlight::Explaining {
            commands: *commands,
            answer: Box::pin(async move {
                stream_response(request_id, answer(&shared, &asked, reply).await)
            }),
        };
    }
    match oldest {
        InFlight::Failed(answer) => std::mem::take(answer),
        InFlight::Explaining { answer, .. } => answer.await,
        InFlight::Submitted { .. } => unreachable!("it became one that is explained"),
    }
}

fn stream_response(request_id: Vec<u8>, answer: Answer) -> v1::AppendStreamResponse {
    let outcome = match answer.response {
        Ok(response) => Outcome::Response(response),
        Err(error) => Outcome::Failure(error.into_failure()),
    };
    v1::AppendStreamResponse {
        request_id,
        outcome: Some(outcome),
        explanations: answer.explanations,
    }
}
