//! Loading many batches over one stream, with a bound on those in flight.

use std::collections::VecDeque;

use ledger_core::RequestId;
use ledger_proto::v1;
use ledger_proto::v1::append_stream_response::Outcome;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use crate::batch::Batch;
use crate::client::Client;
use crate::error::doubt::Doubt;
use crate::error::{ClientError, Retry};
use crate::limits::{BATCHES_IN_FLIGHT_DEFAULT, BATCHES_IN_FLIGHT_MAX};
use crate::retry::random;

/// How a load is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadOptions {
    /// Most batches sent and not yet answered. A server that is too busy for one batch may still
    /// take a later one: choose 1 when a batch needs what the one before it records.
    pub batches_in_flight_max: usize,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            batches_in_flight_max: BATCHES_IN_FLIGHT_DEFAULT,
        }
    }
}

/// A load under way: batches go in from an iterator, their outcomes come out in order.
///
/// The iterator is asked for a batch only when there is a place for it, so a source of any length
/// takes no more memory than the batches in flight. A batch whose answer is lost with its
/// connection, or that the server has no place for, is sent again under its own request id. So a
/// load has no double effect, and can be repeated from its beginning after a break when its
/// request ids are deterministic ([`batch_request_id`](crate::batch_request_id)).
#[derive(Debug)]
pub struct Load<I: Iterator> {
    client: Client,
    batches: I,
    in_flight_max: usize,
    /// Sent, or to be sent again, and not yet answered.
    pending: VecDeque<Pending<I::Item>>,
    /// How many of `pending` are on the open stream.
    sent: usize,
    stream: Option<OpenStream>,
    /// Failures since the last answer.
    failures: u32,
}

/// A batch without its answer, and what is known of it.
#[derive(Debug)]
struct Pending<B> {
    batch: B,
    doubt: Doubt,
}

#[derive(Debug)]
struct OpenStream {
    requests: mpsc::Sender<v1::AppendRequest>,
    answers: Streaming<v1::AppendStreamResponse>,
}

impl Client {
    /// Starts a load of batches, or of what a caller keeps together with each.
    #[must_use]
    pub fn load<I>(&self, batches: I, options: LoadOptions) -> Load<I::IntoIter>
    where
        I: IntoIterator,
        I::Item: AsRef<Batch>,
    {
        Load {
            client: self.clone(),
            batches: batches.into_iter(),
            in_flight_max: options
                .batches_in_flight_max
                .clamp(1, BATCHES_IN_FLIGHT_MAX),
            pending: VecDeque::new(),
            sent: 0,
            stream: None,
            failures: 0,
        }
    }
}

impl<I> Load<I>
where
    I: Iterator,
    I::Item: AsRef<Batch>,
{
    /// The next batch with its outcome, or `None` when all are answered.
    ///
    /// A batch that the ledger refuses as a whole is an outcome like any other, and the load goes
    /// on. So is [`ClientError::OutcomeUnknown`]: the batch may have been carried out on a stream
    /// that broke, and the ledger's last word on it does not tell.
    ///
    /// # Errors
    ///
    /// Fails when the server cannot be reached, or does not answer within the deadline, for as
    /// many attempts in a row as the retry policy allows; one that is there and asks for patience
    /// gets it. When batches may have been carried out, the error is
    /// [`ClientError::OutcomeUnknown`] and names each of them in order, as
    /// [`Load::in_doubt`] does; the others were not. What was answered stays recorded;
    /// calling it again tries again, also when the future was dropped before its end.
    pub async fn next(
        &mut self,
    ) -> Result<Option<(I::Item, Result<v1::AppendResponse, ClientError>)>, ClientError> {
        loop {
            self.refill();
            let Some(oldest) = self.pending.front() else {
                return Ok(None);
            };
            let request_id = *oldest.batch.as_ref().request_id.as_bytes();
            let outcome = match self.exchange().await {
                Ok(answer) if answer.request_id != request_id => {
                    self.pause(ClientError::BrokenAnswer("an answer is out of order"))
                        .await?;
                    continue;
                }
                Ok(answer) => match answer.outcome {
                    Some(Outcome::Response(response)) => Ok(response),
                    Some(Outcome::Failure(failure)) => {
                        Err(ClientError::from_answer(failure).explained(answer.explanations))
                    }
                    None => {
                        self.pause(ClientError::BrokenAnswer("an answer is empty"))
                            .await?;
                        continue;
                    }
                },
                Err(error) => {
                    self.pause(error).await?;
                    continue;
                }
            };
            if let Err(
                error @ (ClientError::Overloaded { .. }
                | ClientError::DiskFull { .. }
                | ClientError::Unavailable { .. }
                | ClientError::DeadlinePassed),
            ) = outcome
            {
                self.answered_for_nothing(&error);
                // What follows it on the stream may have been carried out before it; it is sent
                // again all the same, and answered as before.
                self.pause(error).await?;
                continue;
            }
            self.sent = self.sent.saturating_sub(1);
            self.failures = 0;
            return Ok(self
                .pending
                .pop_front()
                .map(|Pending { batch, mut doubt }| {
                    let outcome = outcome.map_err(|error| {
                        doubt.note(&error);
                        doubt.conclude(error)
                    });
                    (batch, outcome)
                }));
        }
    }

    /// The batches that may have been carried out and are not answered, in the order in which they
    /// were sent. Sent again under the same ids they are answered and not done twice.
    pub fn in_doubt(&self) -> impl Iterator<Item = &I::Item> {
        let pending = self.pending.iter().enumerate();
        pending
            .filter(|(place, pending)| {
                let on_stream = *place < self.sent && pending.doubt.records();
                on_stream || pending.doubt.has_arisen()
            })
            .map(|(_, pending)| &pending.batch)
    }

    fn refill(&mut self) {
        while self.pending.len() < self.in_flight_max {
            match self.batches.next() {
                Some(batch) => {
                    let doubt = Doubt::new(batch.as_ref());
                    self.pending.push_back(Pending { batch, doubt });
                }
                None => return,
            }
        }
    }

    /// Sends what was not sent yet and waits for one answer.
    async fn exchange(&mut self) -> Result<v1::AppendStreamResponse, ClientError> {
        if self.stream.is_none() {
            // The future that opened the last one was dropped in the middle.
            self.lose(0);
        }
        let config = self.client.config();
        let deadline = config.deadline;
        let unsent = self.pending.iter().skip(self.sent);
        let unsent =
            unsent.map(|pending| bulk_request(pending.batch.as_ref(), &config.source_system));
        let stream = match &mut self.stream {
            Some(stream) => {
                send(&stream.requests, unsent);
                self.sent = self.pending.len();
                stream
            }
            None => {
                let (requests, receiver) = mpsc::channel(self.in_flight_max);
                send(&requests, unsent);
                // From here on they are under way, also when this future is dropped.
                self.sent = self.pending.len();
                let opening = self
                    .client
                    .open_append_stream(ReceiverStream::new(receiver));
                let opened = match tokio::time::timeout(deadline, opening).await {
                    Ok(opened) => opened,
                    Err(_elapsed) => Err(ClientError::DeadlinePassed),
                };
                let answers = opened.inspect_err(|error| {
                    // A stream that the ledger did not open has carried nothing.
                    if !error.leaves_doubt() {
                        self.sent = 0;
                    }
                })?;
                self.stream.insert(OpenStream { requests, answers })
            }
        };
        let answer = tokio::time::timeout(deadline, stream.answers.message()).await;
        let answer = answer.map_err(|_elapsed| ClientError::DeadlinePassed)?;
        answer
            .map_err(ClientError::from_status)?
            .ok_or_else(|| ClientError::Unavailable {
                message: "the server ended the stream".to_owned(),
                in_doubt: true,
            })
    }

    /// The ledger says of the oldest batch that it was not carried out, or that it does not know.
    fn answered_for_nothing(&mut self, error: &ClientError) {
        if let Some(oldest) = self.pending.front_mut() {
            oldest.doubt.note(error);
        }
        self.lose(1);
    }

    /// The stream is given up: whatever was sent on it, except the first ones, is in doubt.
    fn lose(&mut self, answered: usize) {
        for pending in self.pending.iter_mut().take(self.sent).skip(answered) {
            pending.doubt.lost();
        }
        self.stream = None;
        self.sent = 0;
    }

    /// Closes the stream and waits before the next attempt, or gives the error back when there is
    /// none.
    async fn pause(&mut self, error: ClientError) -> Result<(), ClientError> {
        self.lose(0);
        self.failures = self.failures.saturating_add(1);
        let config = self.client.config();
        let after = match error.retry() {
            Retry::Automatic { after } => after,
            // Sending the same batch again is what tells its outcome.
            Retry::ByCaller => None,
            Retry::Never => return Err(self.conclude(error)),
        };
        // A server that asks for patience is there and at work.
        let is_overloaded = matches!(error, ClientError::Overloaded { .. });
        if self.failures >= config.retry.attempts_max && !is_overloaded {
            self.failures = 0;
            return Err(self.conclude(error));
        }
        config
            .sleeper
            .sleep(config.retry.backoff(after, self.failures, random()))
            .await;
        Ok(())
    }

    /// What the caller is told when the attempts end in this error.
    fn conclude(&self, error: ClientError) -> ClientError {
        let in_doubt = self.in_doubt();
        let request_ids: Vec<RequestId> = in_doubt.map(|it| it.as_ref().request_id).collect();
        if request_ids.is_empty() {
            error
        } else {
            error.unknown_for(request_ids)
        }
    }
}

/// The request of a batch that nobody reads one by one: why it was decided so is worked out for
/// who asks for it.
fn bulk_request(batch: &Batch, source_system: &str) -> v1::AppendRequest {
    let mut request = batch.to_request(source_system);
    if request.explanation_detail() == v1::ExplanationDetail::Unspecified {
        request.set_explanation_detail(v1::ExplanationDetail::None);
    }
    request
}

/// Puts requests into the channel, which has a place for every batch in flight.
fn send(
    requests: &mpsc::Sender<v1::AppendRequest>,
    unsent: impl Iterator<Item = v1::AppendRequest>,
) {
    for request in unsent {
        // A closed channel means that the stream has ended; its answer says why.
        if let Err(TrySendError::Full(_)) = requests.try_send(request) {
            unreachable!("there are at most as many batches in flight as places");
        }
    }
}
