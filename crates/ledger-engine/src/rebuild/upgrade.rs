//! Derived state that an earlier version wrote, replaced when the ledger is opened.
//!
//! All of it has one version, because it becomes live by a single switch: so the first value of
//! each kind tells, and where they differ one of them is damaged. A crash on the way leaves the old
//! state live, and the next opening starts again.

use super::replay::Replay;
use super::{CancelToken, Progress, RebuildError, replay_to_tip};
use crate::entity_codec::VERSION;
use crate::limits::{EngineOptions, UPGRADE_EVENTS_PER_REPORT};
use crate::tip::Tip;
use ledger_core::EntityKind;
use ledger_log::keys;
use ledger_log::{Direction, Epoch, LogError, ShadowPurpose, Space, Storage};
use std::collections::BTreeSet;
use std::time::Instant;
use thiserror::Error;

/// Why the derived state cannot be used.
#[derive(Debug, Error)]
pub enum EncodingError {
    /// It cannot be read.
    #[error("derived state cannot be read; 'ledger-server rebuild' makes it anew from the log")]
    Log(#[from] LogError),
    /// A later version of this software wrote it.
    #[error("derived state has encoding version {found}, and this software knows up to {VERSION}")]
    Later {
        /// The version found.
        found: u8,
    },
    /// An earlier version wrote it, and the log cannot be replayed.
    #[error("derived state of encoding version {found} cannot be rebuilt from the log")]
    Rebuild {
        /// The version found.
        found: u8,
        /// What went wrong.
        source: Box<RebuildError>,
    },
}

/// Rebuilds the derived state from the log when an earlier version wrote it; otherwise it does
/// nothing. Nobody reads or writes the ledger meanwhile.
pub(crate) fn upgrade(
    storage: &dyn Storage,
    epoch: Epoch,
    tip: &Tip,
    options: &EngineOptions,
) -> Result<(), EncodingError> {
    let Some(found) = other_version(storage)? else {
        return Ok(());
    };
    if found > VERSION {
        return Err(EncodingError::Later { found });
    }
    let events = tip.last_position.get();
    tracing::warn!(
        found,
        wanted = VERSION,
        events,
        "derived state was written by an earlier version; it is rebuilt from the log before \
         anything is served"
    );
    let started = Instant::now();
    replace(storage, epoch, tip, options).map_err(|source| EncodingError::Rebuild {
        found,
        source: Box::new(source),
    })?;
    let seconds = started.elapsed().as_secs();
    tracing::info!(events, seconds, "derived state was rebuilt from the log");
    Ok(())
}

/// Whether the derived state is of the version that is written here, so that it can be compared.
///
/// # Errors
///
/// [`LogError`] when it cannot be read.
pub fn is_of_this_version(storage: &dyn Storage) -> Result<bool, LogError> {
    Ok(other_version(storage)?.is_none())
}

/// The version of the stored entities, where all of them have one and it is not the one that is
/// written here. Where they have several, some value is damaged; whoever loads it will say so.
fn other_version(storage: &dyn Storage) -> Result<Option<u8>, LogError> {
    let mut versions = BTreeSet::new();
    for kind in EntityKind::ALL {
        let prefix = keys::entity_prefix(kind);
        let end = keys::prefix_end(&prefix);
        let first = storage.scan(Space::Entities, &prefix, &end, Direction::Forward, 1)?;
        versions.extend(first.first().and_then(|(_, value)| value.first()).copied());
    }
    let only = versions.pop_first().filter(|_| versions.is_empty());
    Ok(only.filter(|version| *version != VERSION))
}

fn replace(
    storage: &dyn Storage,
    epoch: Epoch,
    tip: &Tip,
    options: &EngineOptions,
) -> Result<(), RebuildError> {
    let mut replay = Replay::new(
        storage.open_shadow(ShadowPurpose::Promote)?,
        options.rebuild_entities_max,
    );
    let mut reported = 0;
    let mut report = |progress: Progress| {
        let steps = progress.done / UPGRADE_EVENTS_PER_REPORT;
        if steps > reported {
            reported = steps;
            let (done, target) = (progress.done, progress.target);
            tracing::info!(done, target, "derived state is being rebuilt from the log");
        }
    };
    replay_to_tip(storage, &mut replay, tip, &mut report, &CancelToken::new())?;
    replay.promote(storage, epoch)
}
