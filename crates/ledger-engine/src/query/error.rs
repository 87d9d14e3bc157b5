//! Why a query has no answer.

use ledger_core::{EntityKind, Position};
use ledger_log::keys::KeyError;
use ledger_log::postings::PostingsError;
use ledger_log::{LogError, Space};
use thiserror::Error;

/// Why a query has no answer.
///
/// `Display` speaks for this level only; the cause, where there is one, is the `source`.
#[derive(Debug, Error)]
pub enum QueryError {
    /// What the query is about does not exist, or did not as of the position asked for.
    #[error("{what} does not exist")]
    NotFound {
        /// What was looked for; never an identifier.
        what: Subject,
    },

    /// The query asks for more than its bounds allow, or for a range that ends before it begins.
    #[error("query breaks a bound: {what}")]
    OutOfBounds {
        /// Which bound.
        what: &'static str,
    },

    /// The log has not reached the position yet.
    #[error("position {asked} lies after the end of the log at {log_position}")]
    PositionInFuture {
        /// The position asked for.
        asked: Position,
        /// The last position of the log.
        log_position: Position,
    },

    /// The page token belongs to another query, or is not one of this ledger's.
    #[error("page token does not belong to this query")]
    PageTokenMismatch,

    /// The process is shutting down.
    #[error("ledger is shutting down")]
    Stopped,

    /// The log or the state could not be read.
    #[error("failed to read the store")]
    Storage {
        /// What went wrong there.
        #[from]
        source: LogError,
    },

    /// An index entry is not what the writer wrote.
    #[error("index entry is damaged")]
    CorruptIndex {
        /// What is wrong with its value.
        #[from]
        source: PostingsError,
    },

    /// A key cannot be built or read.
    #[error("key of the store is malformed")]
    CorruptKey {
        /// What is wrong with it.
        #[from]
        source: KeyError,
    },

    /// A stored entity is not what the writer wrote.
    #[error("stored {what} is damaged")]
    CorruptEntity {
        /// What the entity is.
        what: Subject,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// A record of the log is not an event that this version can read.
    #[error("event at position {position} cannot be read")]
    CorruptEvent {
        /// Its position.
        position: Position,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// A sum leaves the range of the books.
    #[error("sum leaves the range of the books")]
    SumOverflow,

    /// An index or an entity names an event that the log does not hold, or that does not say what
    /// the index claims; a rebuild settles it.
    #[error("derived state contradicts the event at position {position}")]
    Contradiction {
        /// The position named.
        position: Position,
    },
}

/// What a query is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is the thing of that name")]
pub enum Subject {
    /// An entity of a kind.
    Entity(EntityKind),
    Counter,
    Event,
    Policy,
    Refusal,
}

/// What [`QueryError::damaged_derived`] calls the indexes where it cannot tell which of them.
const INDEXES: &str = "indexes";

impl QueryError {
    /// The name of what follows from the log and is damaged, if that is what is wrong: a rebuild
    /// replaces it, and nothing of the log is lost.
    #[must_use]
    pub fn damaged_derived(&self) -> Option<&'static str> {
        match self {
            Self::Storage { source } => source.damaged_derived().map(Space::name),
            Self::CorruptIndex { .. } | Self::Contradiction { .. } => Some(INDEXES),
            Self::CorruptEntity { what, .. } => match what {
                // Refusals follow from nothing; the policies in force are read from the log.
                Subject::Refusal | Subject::Policy | Subject::Event => None,
                Subject::Counter => Some(Space::Progress.name()),
                Subject::Entity(_) => Some(Space::Entities.name()),
            },
            Self::NotFound { .. }
            | Self::OutOfBounds { .. }
            | Self::PositionInFuture { .. }
            | Self::PageTokenMismatch
            | Self::Stopped
            | Self::CorruptKey { .. }
            | Self::CorruptEvent { .. }
            | Self::SumOverflow => None,
        }
    }

    /// Tells whether the same query may be answered later.
    ///
    /// A position in the future is reached when the log grows, and a server that stops is followed
    /// by one that starts; everything else stays as it is until somebody changes the query or
    /// repairs the store.
    #[must_use]
    pub fn retry_helps(&self) -> bool {
        match self {
            Self::PositionInFuture { .. } | Self::Stopped => true,
            Self::Storage { source } => source.retry_helps(),
            Self::NotFound { .. }
            | Self::OutOfBounds { .. }
            | Self::PageTokenMismatch
            | Self::CorruptIndex { .. }
            | Self::CorruptKey { .. }
            | Self::CorruptEntity { .. }
            | Self::CorruptEvent { .. }
            | Self::SumOverflow
            | Self::Contradiction { .. } => false,
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Entity(kind) => kind.name(),
            Self::Counter => "counter of progress",
            Self::Event => "event",
            Self::Policy => "policy",
            Self::Refusal => "refusal",
        })
    }
}
