//! A subscription that goes on where it was after a broken connection.

use std::collections::VecDeque;

use ledger_proto::v1;
use ledger_proto::v1::subscribe_response::Message;
use tonic::Streaming;

use crate::client::Client;
use crate::error::{ClientError, Retry};
use crate::retry::random;

/// A subscription that goes on where it was after a broken connection: every matching event is
/// seen once, in ascending order.
#[derive(Debug)]
pub struct Subscription {
    client: Client,
    filter: v1::EventFilter,
    position: u64,
    /// The epoch that the events seen belong to, as named by the caller or told by the server.
    epoch: Option<v1::Epoch>,
    stream: Option<Streaming<v1::SubscribeResponse>>,
    waiting: VecDeque<v1::EventEnvelope>,
    /// Failures since the last message.
    failures: u32,
}

/// What a subscription has to say.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// A matching event.
    Event(v1::EventEnvelope),
    /// Everything recorded up to this position has been seen; what follows is live. Comes again
    /// after each reconnection.
    CaughtUp {
        /// The position.
        log_position: u64,
    },
    /// Nothing that matches was missed up to this position: a place to go on from.
    Checkpoint {
        /// The position.
        log_position: u64,
    },
}

impl Subscription {
    pub(crate) const fn new(
        client: Client,
        filter: v1::EventFilter,
        after_position: u64,
        epoch: Option<v1::Epoch>,
    ) -> Self {
        Self {
            client,
            filter,
            position: after_position,
            epoch,
            stream: None,
            waiting: VecDeque::new(),
            failures: 0,
        }
    }

    /// Everything that matches up to this position has been returned. Keep it to go on from there
    /// in another process.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// The epoch that the events seen belong to; `None` before the first answer, when none was
    /// named. Keep it with the position: it is what tells a fork of the ledger from the ledger.
    #[must_use]
    pub const fn epoch(&self) -> Option<&v1::Epoch> {
        self.epoch.as_ref()
    }

    /// Waits for the next notice, over as many connections as it takes.
    ///
    /// # Errors
    ///
    /// Fails when the server refuses the subscription for good, or cannot be reached for as many
    /// attempts in a row as the retry policy allows. Calling it again tries again.
    pub async fn next(&mut self) -> Result<Notice, ClientError> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                self.position = self.position.max(event.position);
                return Ok(Notice::Event(event));
            }
            match self.receive().await {
                Ok(Some(notice)) => return Ok(notice),
                Ok(None) => {}
                Err(error) => self.pause(error).await?,
            }
        }
    }

    /// Takes one message, and keeps the events that are new.
    async fn receive(&mut self) -> Result<Option<Notice>, ClientError> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            None => {
                let request = v1::SubscribeRequest {
                    filter: Some(self.filter.clone()),
                    after_position: self.position,
                    epoch: self.epoch.clone(),
                };
                self.stream
                    .insert(self.client.open_subscription(request).await?)
            }
        };
        let ended = || ClientError::Unavailable {
            message: "the server ended the subscription".to_owned(),
            in_doubt: false,
        };
        let answer = stream.message().await.map_err(ClientError::from_status)?;
        let v1::SubscribeResponse { message, epoch } = answer.ok_or_else(ended)?;
        // The server has let us in at our position: from here on we follow what it is on.
        if epoch.is_some() {
            self.epoch = epoch;
        }
        self.failures = 0;
        Ok(match message {
            Some(Message::Events(batch)) => {
                let seen = self.position;
                self.waiting.extend(
                    batch
                        .events
                        .into_iter()
                        .filter(|event| event.position > seen),
                );
                None
            }
            Some(Message::CaughtUp(v1::CaughtUp { log_position })) => {
                self.position = self.position.max(log_position);
                Some(Notice::CaughtUp { log_position })
            }
            Some(Message::Checkpoint(v1::Checkpoint { log_position })) => {
                self.position = self.position.max(log_position);
                Some(Notice::Checkpoint { log_position })
            }
            // A kind of message that a later server may send and that this version may skip.
            None => None,
        })
    }

    /// Waits before the next attempt, or gives the error back when there is none.
    async fn pause(&mut self, error: ClientError) -> Result<(), ClientError> {
        self.stream = None;
        self.failures = self.failures.saturating_add(1);
        let config = self.client.config();
        // A reading stream has no unknown outcome: asking again is all there is to do.
        let delay = match error.retry() {
            Retry::ByCaller if self.failures < config.retry.attempts_max => {
                Some(config.retry.backoff(None, self.failures, random()))
            }
            _ => config.retry.delay(&error, self.failures, random()),
        };
        match delay {
            Some(delay) => {
                config.sleeper.sleep(delay).await;
                Ok(())
            }
            None => {
                self.failures = 0;
                Err(error)
            }
        }
    }
}
