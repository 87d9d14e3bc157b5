//! The published policies: few, always in memory, compiled from the texts in the log.
//!
//! The text stands in the event that published it and nowhere else. Beside it is only a marker in
//! [`Space::Entities`], keyed by the event's position, so that opening need not search the log. A
//! withdrawal has such a marker, too: opening applies it again.

use crate::events::event_from_bytes;
use ledger_core::event::PolicyWithdrawn;
use ledger_core::limits::POLICIES_MAX;
use ledger_core::policy::{PolicyBook, Withdrawal};
use ledger_core::{Event, EventBody, Policy, Position};
use ledger_log::keys;
use ledger_log::{Direction, LogError, Space, StateOp, Storage};
use std::sync::Arc;
use thiserror::Error;

/// The value of a policy's marker: the version of markers and nothing else. The event at the
/// marker's position says whether a document was published or withdrawn.
pub(crate) const POLICY_MARKER: &[u8] = &[1];

/// Markers in a ledger: one for each published version, and one for its withdrawal.
const MARKERS_MAX: usize = 2 * POLICIES_MAX;

/// Why a published policy could not be loaded.
#[derive(Debug, Error)]
pub enum PolicyLoadError {
    /// The store could not be read.
    #[error("published policies cannot be read")]
    Log(#[from] LogError),
    /// A marker names something else than an event that publishes or withdraws a policy.
    #[error("marker of a policy at position {position} does not fit the log")]
    Marker {
        /// The position that the marker names; zero when it names none.
        position: Position,
    },
    /// The text in the log does not compile.
    #[error("policy published at position {position} does not compile")]
    Compile {
        /// Position of the publication.
        position: Position,
        /// What is wrong with it.
        source: ledger_policy::PolicyError,
    },
}

/// What an event does to the published policies.
pub(crate) enum PolicyChange {
    /// It publishes a document: rules, rates or catalogues.
    Published(Arc<Policy>),
    /// It withdraws the document published at a position.
    Withdrawn {
        published: Position,
        withdrawal: Withdrawal,
    },
}

impl PolicyChange {
    /// Enters into `book` what the event at `position` does. Doing it twice changes nothing more
    /// for a withdrawal, which `apply` enters as well.
    pub(crate) fn enter(self, position: Position, book: &mut PolicyBook) {
        match self {
            Self::Published(policy) => book.publish(position, policy),
            Self::Withdrawn {
                published,
                withdrawal,
            } => book.withdraw(published, withdrawal),
        }
    }
}

/// Loads every published policy, in the order of publication, with the withdrawals.
pub(crate) fn load_policies(storage: &dyn Storage) -> Result<PolicyBook, PolicyLoadError> {
    let prefix = keys::policy_prefix();
    let end = keys::prefix_end(&prefix);
    let markers = storage.scan(
        Space::Entities,
        &prefix,
        &end,
        Direction::Forward,
        MARKERS_MAX + 1,
    )?;
    let (mut published, mut withdrawn) = (Vec::new(), Vec::new());
    for (key, value) in markers {
        let position = key
            .get(prefix.len()..)
            .and_then(|key| keys::position(key).ok());
        let position = position.unwrap_or(Position::ZERO);
        let marker = || PolicyLoadError::Marker { position };
        if value != POLICY_MARKER {
            return Err(marker());
        }
        let block = storage.read_block_at(position)?.ok_or_else(marker)?;
        let record = block.record(position).ok_or_else(marker)?;
        let event = event_from_bytes(record.bytes).map_err(|_| marker())?;
        match policy_change(position, &event.event)?.ok_or_else(marker)? {
            PolicyChange::Published(policy) => published.push((position, policy)),
            change @ PolicyChange::Withdrawn { .. } => withdrawn.push((position, change)),
        }
    }
    let mut book = PolicyBook::default();
    book.publish_all(published);
    for (position, change) in withdrawn {
        change.enter(position, &mut book);
    }
    Ok(book)
}

/// What an event does to the published policies, compiled; `None` for every event about something
/// else.
pub(crate) fn policy_change(
    position: Position,
    event: &Event,
) -> Result<Option<PolicyChange>, PolicyLoadError> {
    match &event.body {
        EventBody::PolicyPublished(published) | EventBody::CataloguePublished(published) => {
            ledger_policy::compile_recorded(&published.text)
                .map(|policy| Some(PolicyChange::Published(Arc::new(policy))))
                .map_err(|source| PolicyLoadError::Compile { position, source })
        }
        EventBody::PolicyWithdrawn(PolicyWithdrawn {
            published,
            effective_on,
            ..
        }) => Ok(Some(PolicyChange::Withdrawn {
            published: *published,
            withdrawal: Withdrawal {
                position,
                effective_on: *effective_on,
            },
        })),
        _ => Ok(None),
    }
}

/// The change that writes a policy's marker.
pub(crate) fn policy_marker(position: Position) -> StateOp {
    StateOp::put(
        Space::Entities,
        keys::policy(position),
        POLICY_MARKER.to_vec(),
    )
}
