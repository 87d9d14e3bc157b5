//! Rebuilding before anything is served, when the derived state cannot be read.

use super::replay::Replay;
use super::{CancelToken, Phase, Progress, RebuildError, replay_to_tip, upgrade};
use crate::limits::EngineOptions;
use crate::recovery::read_tip;
use crate::tip::TIP_KEY;
use ledger_core::Position;
use ledger_log::{ShadowPurpose, Space, Storage};

/// Replays the whole log and makes what follows from it the derived state, without a look at the
/// one before. Returns the last position replayed.
///
/// Nobody serves the ledger meanwhile. Every record is checked on the way, against its leaf hash,
/// the balance before it and the tree that the tip holds.
///
/// # Errors
///
/// [`RebuildError`]; the derived state is as before. What is damaged in the log is named by its
/// position, and never passed over.
pub fn before_serving(
    storage: &dyn Storage,
    options: &EngineOptions,
    progress: &mut (dyn FnMut(Progress) + Send),
    cancel: &CancelToken,
) -> Result<Position, RebuildError> {
    let last = storage.last_position();
    let stored = storage.get(Space::Meta, TIP_KEY)?;
    let tip = read_tip(stored.as_deref(), last).map_err(RebuildError::Tip)?;
    let epoch = storage.claim_epoch()?;
    let shadow = storage.open_shadow(ShadowPurpose::Promote)?;
    let mut replay = Replay::new(shadow, options.rebuild_entities_max);
    replay_to_tip(storage, &mut replay, &tip, progress, cancel)?;
    cancel.check()?;
    progress(Progress {
        phase: Phase::Switching,
        done: last.get(),
        target: last.get(),
    });
    replay.promote(storage, epoch)?;
    upgrade::note(storage, epoch)?;
    tracing::error!(
        position = last.get(),
        "on an operator's word the derived state was replaced by what follows from the log, \
         without a look at it"
    );
    Ok(last)
}
