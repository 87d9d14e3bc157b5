//! What a caller submits to the engine and what comes back.

use crate::clock::ClockProblem;
use ledger_core::{Command, Position, Refusal, RequestId};
use ledger_log::Space;
use std::sync::Arc;
use thiserror::Error;
use tokio::sync::oneshot;

/// A batch of commands with one identity.
#[derive(Debug, Clone)]
pub struct Request {
    /// The caller's id: the same id with the same digest is answered as the first time, for ever.
    pub request_id: RequestId,
    /// SHA-256 over what the caller sent, without the id; the caller of the engine computes it.
    pub digest: [u8; 32],
    /// The commands; each sees the effects of those before it.
    pub commands: Vec<Command>,
    /// Whether they stand and fall together.
    pub mode: Mode,
    /// Says what would happen, and records nothing, not even the refusals or the id.
    pub validate_only: bool,
    /// The authenticated principal.
    pub actor: Arc<str>,
    /// The system that sent the request, as it names itself.
    pub source_system: Arc<str>,
}

/// Whether the commands of a request stand and fall together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// All are recorded or none.
    Atomic,
    /// Each is recorded or refused by itself.
    Independent,
}

/// The answer to a request.
pub type Reply = Result<Appended, AppendError>;

/// Where the answer arrives. It is dropped without an answer only when the writer broke down.
pub type ReplyReceiver = oneshot::Receiver<Reply>;

/// What became of the commands of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// One outcome per command, in order.
    pub outcomes: Vec<Outcome>,
    /// Number of the first refusal among them, under which it is on record; the others follow in
    /// order. Absent when nothing was refused, or nothing recorded, and in answers stored by
    /// versions that did not keep it.
    pub first_refusal: Option<u64>,
    /// Whether this is the stored answer to an earlier request with the same id and digest.
    pub replayed: bool,
    /// The last position that the answer takes into account; everything up to it is durable.
    pub log_position: Position,
}

impl Appended {
    /// The number under which each refused outcome is on record, in order: they follow one
    /// another. None for what was not refused, and where the numbers are not known.
    #[must_use]
    pub fn refusal_numbers(&self) -> Vec<Option<u64>> {
        let mut next = self.first_refusal;
        let number = |outcome: &Outcome| match outcome {
            Outcome::Refused(_) => {
                let number = next;
                next = next.map(|number| number.saturating_add(1));
                number
            }
            Outcome::Recorded { .. } | Outcome::NotAttempted => None,
        };
        self.outcomes.iter().map(number).collect()
    }
}

/// What became of one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Recorded as `count` events from `first` on; with `validate_only` this is where it would
    /// have been recorded.
    Recorded {
        /// Position of its first event.
        first: Position,
        /// How many events it became, at least one.
        count: u32,
    },
    /// Refused by a rule.
    Refused(Refusal),
    /// Nothing is wrong with it, but another command of the atomic request was refused.
    NotAttempted,
}

/// Why a request got no place in the queue; nothing of it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SubmitError {
    /// The queue is full; the same request may be submitted again a little later.
    #[error("queue is full ({requests} requests, {commands} commands, {bytes} bytes)")]
    QueueFull {
        /// Requests that wait.
        requests: usize,
        /// Commands that wait, over all requests.
        commands: usize,
        /// Bytes that they take in memory.
        bytes: usize,
    },
    /// The ledger is open for reading only.
    #[error("ledger is open for reading only: {reason}")]
    ReadOnly {
        /// Why.
        reason: Arc<str>,
    },
    /// The engine takes no more requests.
    #[error("engine has stopped: {reason}")]
    Stopped {
        /// Why.
        reason: Arc<str>,
    },
    /// The request has more commands than allowed.
    #[error("request of {commands} commands exceeds the limit of {limit}")]
    TooLarge {
        /// Commands of the request.
        commands: usize,
        /// Commands allowed.
        limit: usize,
    },
    /// The commands of the request name more entities than allowed; split it.
    #[error("request names {named} entities and exceeds the limit of {limit}")]
    TooManyNamed {
        /// Entities that the commands name.
        named: usize,
        /// Entities allowed.
        limit: usize,
    },
}

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AppendError {
    /// The request did not get into the queue.
    #[error("request was not accepted")]
    NotAccepted(#[source] SubmitError),
    /// The id was used for other content before.
    #[error("request id was used before with other content")]
    RequestIdReused {
        /// Digest of the first request with that id.
        stored: [u8; 32],
        /// Digest of this one.
        given: [u8; 32],
    },
    /// What the request changes is more than one commit group may hold; split it.
    #[error("request changes {bytes} bytes or more and exceeds the limit of {limit}")]
    TooLarge {
        /// Estimated bytes when the limit was passed.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// The state that the request needs cannot be read; nothing of it is recorded.
    #[error("state is unreadable: {reason}")]
    Unreadable {
        /// What failed, for the log and not for callers.
        reason: Arc<str>,
    },
    /// What follows from the log is damaged, and the request needs it; nothing of the request is
    /// recorded. A rebuild replaces it, and the same request may be sent then.
    #[error("stored {} is damaged, and a rebuild replaces it: {reason}", space.name())]
    StateDamaged {
        /// What is damaged.
        space: Space,
        /// What failed, for the log and not for callers.
        reason: Arc<str>,
    },
    /// The clock may not be recorded by; nothing of the request is. The same request can be sent
    /// again once the clock is right.
    #[error("clock cannot be recorded by: {problem}")]
    ClockRefused {
        /// What is wrong with it.
        problem: ClockProblem,
    },
    /// The disk has too little room to record more; nothing of the request is recorded.
    #[error("no room to record more: {free} bytes are free, {needed} are needed beside {headroom}")]
    NoRoom {
        /// Bytes that a group takes at most.
        needed: u64,
        /// Bytes that were free.
        free: u64,
        /// Bytes that have to stay free.
        headroom: u64,
    },
    /// The engine had stopped before the request was looked at; nothing of it is recorded.
    #[error("engine has stopped: {reason}")]
    Stopped {
        /// Why.
        reason: Arc<str>,
    },
    /// The group that the request was part of, or the one that it built on, could not be written,
    /// and nothing of it was. The engine has gone back to what is durable and goes on: the same
    /// request with the same id may be sent again.
    #[error("nothing was recorded: {reason}")]
    NotRecorded {
        /// What failed, for the log and not for callers.
        reason: Arc<str>,
    },
    /// The engine stopped while the request was being recorded: it may or may not be. The same
    /// request with the same id tells, once the ledger was opened again.
    #[error("outcome is unknown: {reason}")]
    OutcomeUnknown {
        /// Why the engine stopped.
        reason: Arc<str>,
    },
}

impl SubmitError {
    /// Whether the same request may succeed later.
    #[must_use]
    pub const fn retry_helps(&self) -> bool {
        match self {
            Self::QueueFull { .. } | Self::Stopped { .. } => true,
            Self::TooLarge { .. } | Self::TooManyNamed { .. } | Self::ReadOnly { .. } => false,
        }
    }
}

impl AppendError {
    /// Whether the same request with the same id may succeed later.
    #[must_use]
    pub const fn retry_helps(&self) -> bool {
        match self {
            Self::NotAccepted(error) => error.retry_helps(),
            Self::RequestIdReused { .. }
            | Self::TooLarge { .. }
            | Self::Unreadable { .. }
            | Self::StateDamaged { .. } => false,
            Self::NotRecorded { .. }
            | Self::ClockRefused { .. }
            | Self::NoRoom { .. }
            | Self::Stopped { .. }
            | Self::OutcomeUnknown { .. } => true,
        }
    }
}
