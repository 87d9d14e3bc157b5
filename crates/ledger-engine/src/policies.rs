//! The published policies: few, always in memory, compiled from the texts in the log.
//!
//! The text stands in the event that published it and nowhere else. Beside it is only a marker in
//! [`Space::Entities`], keyed by the event's position, so that opening need not search the log.

use crate::events::event_from_bytes;
use ledger_core::limits::POLICIES_MAX;
use ledger_core::policy::PolicyBook;
use ledger_core::{Event, EventBody, Policy, Position};
use ledger_log::keys::{self, EntityKind};
use ledger_log::{Direction, LogError, Space, StateOp, Storage};
use std::sync::Arc;
use thiserror::Error;

/// The value of a policy's marker: its version and nothing else.
pub const POLICY_MARKER: &[u8] = &[1];

/// Why a published policy could not be loaded.
#[derive(Debug, Error)]
pub enum PolicyLoadError {
    /// The store could not be read.
    #[error("published policies cannot be read")]
    Log(#[from] LogError),
    /// A marker names something else than an event that publishes a policy.
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

/// Loads every published policy, in the order of publication.
pub(crate) fn load_policies(storage: &dyn Storage) -> Result<PolicyBook, PolicyLoadError> {
    let prefix = keys::entity_prefix(EntityKind::Policy);
    let end = keys::prefix_end(&prefix);
    let markers = storage.scan(
        Space::Entities,
        &prefix,
        &end,
        Direction::Forward,
        POLICIES_MAX + 1,
    )?;
    let mut book = PolicyBook::default();
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
        let policy = policy_published(position, &event.event)?.ok_or_else(marker)?;
        book.publish(position, policy);
    }
    Ok(book)
}

/// Compiles the policy that an event publishes; `None` for every other event.
pub(crate) fn policy_published(
    position: Position,
    event: &Event,
) -> Result<Option<Arc<Policy>>, PolicyLoadError> {
    let EventBody::PolicyPublished(published) = &event.body else {
        return Ok(None);
    };
    ledger_policy::compile(&published.text)
        .map(|policy| Some(Arc::new(policy)))
        .map_err(|source| PolicyLoadError::Compile { position, source })
}

/// The change that writes a policy's marker.
pub(crate) fn policy_marker(position: Position) -> StateOp {
    StateOp::put(
        Space::Entities,
        keys::policy(position),
        POLICY_MARKER.to_vec(),
    )
}
