//! Answers that come in parts: events read, a trace, the progress of a rebuild, a simulation.

use std::vec;

use ledger_proto::v1;
use tonic::Streaming;

use crate::error::ClientError;

/// Events in the order asked for.
#[derive(Debug)]
pub struct EventStream {
    messages: Streaming<v1::ReadEventsResponse>,
    batch: vec::IntoIter<v1::EventEnvelope>,
    log_position: u64,
}

impl EventStream {
    pub(crate) fn new(messages: Streaming<v1::ReadEventsResponse>) -> Self {
        Self {
            messages,
            batch: Vec::new().into_iter(),
            log_position: 0,
        }
    }

    /// The next event, or `None` after the last.
    ///
    /// # Errors
    ///
    /// Fails when the connection or the server does.
    pub async fn next(&mut self) -> Result<Option<v1::EventEnvelope>, ClientError> {
        loop {
            if let Some(event) = self.batch.next() {
                return Ok(Some(event));
            }
            match self
                .messages
                .message()
                .await
                .map_err(ClientError::from_status)?
            {
                None => return Ok(None),
                Some(message) => {
                    self.log_position = message.log_position;
                    self.batch = message.events.into_iter();
                }
            }
        }
    }

    /// Position of the last event in the log when the call arrived; 0 before the first message.
    #[must_use]
    pub const fn log_position(&self) -> u64 {
        self.log_position
    }
}

/// The events behind an event or a clawback, or those that rest on an event, as a graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The events. Of a clawback and of causes they come in descending order of position, each
    /// before its causes; of effects in ascending order. The start has depth 0; what was repaid on
    /// a clawback stands before it.
    pub nodes: Vec<v1::TraceNode>,
    /// How many there are, and whether any were cut off.
    pub summary: v1::TraceSummary,
}

/// What one message of a trace holds.
enum Traced {
    Node(v1::TraceNode),
    Summary(v1::TraceSummary),
}

impl Trace {
    pub(crate) async fn of_clawback(
        messages: Streaming<v1::TraceClawbackResponse>,
    ) -> Result<Self, ClientError> {
        use v1::trace_clawback_response::Message;
        Self::collect(messages, |message| match message.message? {
            Message::Node(node) => Some(Traced::Node(node)),
            Message::Summary(summary) => Some(Traced::Summary(summary)),
        })
        .await
    }

    pub(crate) async fn of_event(
        messages: Streaming<v1::TraceEventResponse>,
    ) -> Result<Self, ClientError> {
        use v1::trace_event_response::Message;
        Self::collect(messages, |message| match message.message? {
            Message::Node(node) => Some(Traced::Node(node)),
            Message::Summary(summary) => Some(Traced::Summary(summary)),
        })
        .await
    }

    /// Reads to the end: the server bounds the number of nodes.
    async fn collect<M>(
        mut messages: Streaming<M>,
        read: fn(M) -> Option<Traced>,
    ) -> Result<Self, ClientError> {
        let mut nodes = Vec::new();
        while let Some(message) = messages.message().await.map_err(ClientError::from_status)? {
            match read(message) {
                Some(Traced::Node(node)) => nodes.push(node),
                Some(Traced::Summary(summary)) => return Ok(Self { nodes, summary }),
                None => return Err(ClientError::BrokenAnswer("a trace message is empty")),
            }
        }
        Err(ClientError::BrokenAnswer(
            "a trace ended without its summary",
        ))
    }
}

/// The progress of a rebuild; dropping it cancels the rebuild.
#[derive(Debug)]
pub struct RebuildStream {
    messages: Streaming<v1::RebuildProgress>,
}

impl RebuildStream {
    pub(crate) const fn new(messages: Streaming<v1::RebuildProgress>) -> Self {
        Self { messages }
    }

    /// The next state of the rebuild, or `None` after the last.
    ///
    /// # Errors
    ///
    /// Fails when the connection or the server does; the rebuild is then cancelled.
    pub async fn next(&mut self) -> Result<Option<v1::RebuildProgress>, ClientError> {
        self.messages
            .message()
            .await
            .map_err(ClientError::from_status)
    }
}

/// The progress of a backup; dropping it cancels the backup.
#[derive(Debug)]
pub struct BackUpStream {
    messages: Streaming<v1::BackUpProgress>,
}

impl BackUpStream {
    pub(crate) const fn new(messages: Streaming<v1::BackUpProgress>) -> Self {
        Self { messages }
    }

    /// The next state of the backup, or `None` after the last, which holds the backup.
    ///
    /// # Errors
    ///
    /// Fails when the connection or the server does; there is no backup then.
    pub async fn next(&mut self) -> Result<Option<v1::BackUpProgress>, ClientError> {
        self.messages
            .message()
            .await
            .map_err(ClientError::from_status)
    }
}

/// The progress of a check; dropping it cancels the check.
#[derive(Debug)]
pub struct VerifyStream {
    messages: Streaming<v1::VerifyProgress>,
}

impl VerifyStream {
    pub(crate) const fn new(messages: Streaming<v1::VerifyProgress>) -> Self {
        Self { messages }
    }

    /// The next state of the check, or `None` after the last, which holds what was found.
    ///
    /// # Errors
    ///
    /// Fails when the connection or the server does; nothing is known then.
    pub async fn next(&mut self) -> Result<Option<v1::VerifyProgress>, ClientError> {
        self.messages
            .message()
            .await
            .map_err(ClientError::from_status)
    }
}

/// What a simulation finds, as it finds it; dropping it cancels the simulation.
#[derive(Debug)]
pub struct SimulateStream {
    messages: Streaming<v1::SimulateResponse>,
}

impl SimulateStream {
    pub(crate) const fn new(messages: Streaming<v1::SimulateResponse>) -> Self {
        Self { messages }
    }

    /// The next message, or `None` after the report, which is the last one.
    ///
    /// # Errors
    ///
    /// Fails when the connection or the server does; the simulation is then cancelled.
    pub async fn next(&mut self) -> Result<Option<v1::simulate_response::Message>, ClientError> {
        let message = self
            .messages
            .message()
            .await
            .map_err(ClientError::from_status)?;
        match message {
            None => Ok(None),
            Some(v1::SimulateResponse { message: None }) => Err(ClientError::BrokenAnswer(
                "a message of a simulation is empty",
            )),
            Some(v1::SimulateResponse { message }) => Ok(message),
        }
    }
}
