//! Derived state that an earlier version wrote, replaced when the ledger is opened.
//!
//! The ledger notes the layout that its entities are written in ([`LAYOUT_KEY`]). One that is not
//! noted was written before notes were: then all values have one layout, so the first of each kind
//! tells, and where they differ one of them is damaged. Older values are read as they are, unless
//! history has to fill what they do not hold ([`FILLED_SINCE`]): then all of it is made anew. A
//! crash on the way leaves the old state live, or the old note, and the next opening starts again.

use super::replay::Replay;
use super::{CancelToken, Progress, RebuildError, replay_to_tip};
use crate::entity_codec::{FILLED_SINCE, VERSION};
use crate::limits::{EngineOptions, UPGRADE_EVENTS_PER_REPORT};
use crate::tip::Tip;
use crate::wire::{CodecError, Reader};
use ledger_core::EntityKind;
use ledger_log::keys;
use ledger_log::{CommitGroup, Direction, Epoch, LogError, ShadowPurpose, Space, StateOp, Storage};
use std::collections::BTreeSet;
use std::time::Instant;
use thiserror::Error;

/// Where the layout of the entities is noted, in [`Space::Meta`]: the version of the note, then the
/// layout. It is noted before the first entity is written in it, so that an earlier version which
/// knows of notes refuses the ledger, also while most values are older.
pub(crate) const LAYOUT_KEY: &[u8] = b"layout";

/// The version of the note.
const NOTE_VERSION: u8 = 1;

/// Why the derived state cannot be used.
#[derive(Debug, Error)]
pub enum EncodingError {
    /// It cannot be read.
    #[error("derived state cannot be read; 'ledger-server rebuild' makes it anew from the log")]
    Log(#[from] LogError),
    /// The note of the layout is damaged.
    #[error("note of the layout of derived state cannot be read")]
    Note(#[from] CodecError),
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

/// Rebuilds the derived state from the log when an earlier version wrote it and history has to fill
/// what it lacks, and notes the layout that is written from here on. Nobody reads or writes the
/// ledger meanwhile.
pub(crate) fn upgrade(
    storage: &dyn Storage,
    epoch: Epoch,
    tip: &Tip,
    options: &EngineOptions,
) -> Result<(), EncodingError> {
    let noted = noted(storage)?;
    match noted.map_or_else(|| layout_of_values(storage), |noted| Ok(Some(noted)))? {
        Some(found) if found > VERSION => return Err(EncodingError::Later { found }),
        Some(found) if found < FILLED_SINCE => fill(storage, epoch, tip, options, found)?,
        _ => {}
    }
    if storage.read_only().is_none() {
        note(storage, epoch)?;
    }
    Ok(())
}

fn fill(
    storage: &dyn Storage,
    epoch: Epoch,
    tip: &Tip,
    options: &EngineOptions,
    found: u8,
) -> Result<(), EncodingError> {
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

/// Whether the derived state can be read as it is, and so be compared.
///
/// # Errors
///
/// [`EncodingError`] when that cannot be told.
pub fn is_readable(storage: &dyn Storage) -> Result<bool, EncodingError> {
    let found = noted(storage)?.map_or_else(|| layout_of_values(storage), |it| Ok(Some(it)))?;
    Ok(found.is_none_or(|found| (FILLED_SINCE..=VERSION).contains(&found)))
}

/// Notes the layout that is written here, unless it is noted.
pub(super) fn note(storage: &dyn Storage, epoch: Epoch) -> Result<(), LogError> {
    let note = vec![NOTE_VERSION, VERSION];
    if storage.get(Space::Meta, LAYOUT_KEY)?.as_ref() == Some(&note) {
        return Ok(());
    }
    let group = CommitGroup {
        expected_last: storage.last_position(),
        blocks: Vec::new(),
        state: vec![StateOp::put(Space::Meta, LAYOUT_KEY.to_vec(), note)],
    };
    match storage.append(epoch, &group) {
        Ok(_) => Ok(()),
        Err(error @ LogError::NoRoom { .. }) => {
            // It can be read meanwhile, and the next opening notes it.
            tracing::warn!(%error, "no room to note the layout of derived state");
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// The layout that is noted; `None` where no version has noted one.
fn noted(storage: &dyn Storage) -> Result<Option<u8>, EncodingError> {
    let Some(note) = storage.get(Space::Meta, LAYOUT_KEY)? else {
        return Ok(None);
    };
    let mut reader = Reader::versioned(&note, NOTE_VERSION)?;
    let layout = reader.byte()?;
    reader.finish()?;
    Ok(Some(layout))
}

/// The layout of the stored entities, where all of them have one. Where they have several, some
/// value is damaged; whoever loads it will say so.
fn layout_of_values(storage: &dyn Storage) -> Result<Option<u8>, LogError> {
    let mut versions = BTreeSet::new();
    for kind in EntityKind::ALL {
        let prefix = keys::entity_prefix(kind);
        let end = keys::prefix_end(&prefix);
        let first = storage.scan(Space::Entities, &prefix, &end, Direction::Forward, 1)?;
        versions.extend(first.first().and_then(|(_, value)| value.first()).copied());
    }
    Ok(versions.pop_first().filter(|_| versions.is_empty()))
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
