//! The derived state once more, from the log alone: beside the live one, compared, then switched.
//!
//! 1. A snapshot fixes the live state at a position.
//! 2. The log up to that position is replayed into an empty shadow. On the way every record is
//!    checked against its leaf hash, every posting against the balance before it, and the Merkle
//!    root against the tip.
//! 3. Shadow and snapshot are compared key by key; of what is damaged as far as it can be read. A
//!    difference is an alarm and not a repair: it is reported, and the live state stays as it is,
//!    unless an operator said beforehand that the rebuilt one is to hold.
//! 4. The shadow follows the log until little is missing; the writer replays the rest itself,
//!    between two groups, and makes the shadow the live state.
//!
//! `upgrade` does the same when a ledger is opened whose derived state an earlier version wrote,
//! and history has to fill what it lacks: then there is nothing to compare, and nobody to follow.
//! `before_serving` does so on an operator's word, when the derived state is too damaged for
//! anything else.
//!
//! Long: one run from the first event to the switch; its steps share what they have found.

use crate::limits::{
    EngineOptions, REBUILD_CATCH_UP_ROUNDS_MAX, REBUILD_DIFFERENCES_MAX, REBUILD_TAIL_EVENTS_MAX,
};
use crate::policies::PolicyLoadError;
use crate::recovery::{TipError, read_tip};
use crate::shared::Shared;
use crate::tip::{TIP_KEY, Tip};
use ledger_core::Position;
use ledger_log::{Epoch, LogError, Shadow, ShadowPurpose, Space, Storage};
use ledger_proto::DecodeError;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use thiserror::Error;

mod before_serving;
mod books;
mod compare;
mod decode;
mod replay;
mod upgrade;

pub use before_serving::before_serving;
pub use books::BooksError;
pub use upgrade::{EncodingError, is_readable};

pub(crate) use compare::Pairs;
pub(crate) use decode::decode_block;
#[cfg(test)]
pub(crate) use upgrade::LAYOUT_KEY;
pub(crate) use upgrade::upgrade;

use replay::Replay;

/// Asks a rebuild to stop, from another thread.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<AtomicBool>);

/// How far a rebuild has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it is doing.
    pub phase: Phase,
    /// The position replayed, or the keys compared.
    pub done: u64,
    /// The position to reach; zero where it is not known beforehand.
    pub target: u64,
}

/// What a rebuild is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Replays the log up to the snapshot.
    Replaying,
    /// Compares the rebuilt state with the snapshot.
    Comparing,
    /// Replays what was recorded meanwhile.
    CatchingUp,
    /// The writer replays the rest and switches.
    Switching,
}

/// What a rebuild did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RebuildReport {
    /// Events replayed, those recorded meanwhile included.
    pub events: u64,
    /// The position at which live and rebuilt state were compared.
    pub compared_at: Position,
    /// Keys compared, over all rebuilt spaces.
    pub compared_keys: u64,
    /// The first differences, by space and key.
    pub differences: Vec<Difference>,
    /// How many differences there are, listed or not.
    pub differences_total: u64,
    /// Keys of the rebuilt state whose live value is damaged; at least one for each space that
    /// could not be read to its end.
    pub unreadable_total: u64,
    /// Whether the rebuilt state is the live one now.
    pub switched: bool,
}

impl RebuildReport {
    /// Whether live and rebuilt state are the same, as far as anybody can tell.
    #[must_use]
    pub const fn is_equal(&self) -> bool {
        self.differences_total == 0 && self.unreadable_total == 0
    }
}

/// What becomes of a live state that is not the rebuilt one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnDifference {
    /// It stays: a difference is an alarm, and somebody has to look at it.
    Keep,
    /// The rebuilt state replaces it, on the word of an operator who has looked.
    Replace,
}

/// A key whose live and rebuilt values differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where the key lives.
    pub space: Space,
    /// The key.
    pub key: Vec<u8>,
    /// The live value; `None` when there is none, and when it is damaged.
    pub live: Option<Vec<u8>>,
    /// Whether the live value cannot be read.
    pub unreadable: bool,
    /// The rebuilt value; `None` when there is none.
    pub rebuilt: Option<Vec<u8>>,
}

/// Why the rebuilt state did not become the live one.
#[derive(Debug, Error)]
pub enum RebuildError {
    /// Another rebuild, or a simulation, is running.
    #[error("another rebuild or a simulation is running")]
    AlreadyRunning,
    /// The ledger is open for reading only.
    #[error("ledger is open for reading only")]
    ReadOnly,
    /// It was cancelled.
    #[error("rebuild was cancelled")]
    Cancelled,
    /// The engine stopped, or stands still after a failed write.
    #[error("engine has stopped")]
    Stopped,
    /// The log cannot be read or the shadow cannot be written.
    #[error("log cannot be replayed")]
    Log(#[from] LogError),
    /// The tip does not fit the log.
    #[error("tip does not fit the log")]
    Tip(#[source] TipError),
    /// The Merkle tree over the log is not that of the tip.
    #[error("merkle root over the log differs from that of the tip at position {position}")]
    Root {
        /// The position of the tip.
        position: Position,
    },
    /// An event cannot be read.
    #[error("event at position {position} cannot be read")]
    Event {
        /// The position of the event.
        position: Position,
        /// Why.
        source: DecodeError,
    },
    /// An event does not stand at its position.
    #[error("event at position {position} names position {named}")]
    Position {
        /// The position in the log.
        position: Position,
        /// The position that the event names.
        named: Position,
    },
    /// A published policy cannot be compiled.
    #[error("published policy cannot be compiled")]
    Policy(#[from] PolicyLoadError),
    /// The books do not balance.
    #[error("books do not balance at position {position}")]
    Books {
        /// The position of the event.
        position: Position,
        /// What does not hold.
        source: BooksError,
    },
    /// An entity that the rebuild itself wrote cannot be read.
    #[error("shadow is unreadable: {reason}")]
    Shadow {
        /// What failed.
        reason: Arc<str>,
    },
    /// The system gave no thread.
    #[error("thread cannot be started")]
    Thread(#[source] std::io::Error),
    /// Live and rebuilt state differ.
    #[error(
        "live and rebuilt state differ in {} keys, and {} cannot be read",
        .0.differences_total,
        .0.unreadable_total
    )]
    Different(Box<RebuildReport>),
}

impl CancelToken {
    /// Creates a token that nobody has cancelled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks to stop; it does so at the next block.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn check(&self) -> Result<(), RebuildError> {
        if self.is_cancelled() {
            Err(RebuildError::Cancelled)
        } else {
            Ok(())
        }
    }
}

/// A shadow on its way to the writer. It lacks a short tail of the log. Otherwise it equals the
/// live state, or an operator has said that it is to replace one that differs.
pub(crate) struct Switch {
    replay: Replay,
    /// Whether the entities in memory may differ from the shadow, so that they are forgotten.
    replaces: bool,
    answer: mpsc::Sender<Result<Position, RebuildError>>,
}

impl fmt::Debug for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Switch")
            .field("position", &self.replay.position())
            .finish_non_exhaustive()
    }
}

impl Switch {
    pub(crate) const fn replaces(&self) -> bool {
        self.replaces
    }

    /// Replays the tail up to `last` and makes the shadow the live state. When that fails the live
    /// state stays as it was. Runs on the writer's thread, while no group is open or being
    /// committed.
    pub(crate) fn carry_out(
        &mut self,
        storage: &dyn Storage,
        epoch: Epoch,
        last: Position,
    ) -> Result<Position, RebuildError> {
        let replay = &mut self.replay;
        replay.run_to(storage, last, &CancelToken::new(), &mut |_| {})?;
        replay.promote(storage, epoch)?;
        Ok(last)
    }

    /// Tells whoever asked, once memory holds nothing of another state.
    pub(crate) fn answer(self, result: Result<Position, RebuildError>) {
        // He may have gone; what was done stays done.
        drop(self.answer.send(result));
    }
}

/// Rebuilds, compares and switches.
pub(crate) fn rebuild(
    storage: &Arc<dyn Storage>,
    shared: &Shared,
    options: &EngineOptions,
    on_difference: OnDifference,
    progress: &mut (dyn FnMut(Progress) + Send),
    cancel: &CancelToken,
) -> Result<RebuildReport, RebuildError> {
    let mut replay = Replay::new(
        storage.open_shadow(ShadowPurpose::Promote)?,
        options.rebuild_entities_max,
    );
    let mut report = compared(&**storage, &mut replay, progress, cancel)?;
    let replaces = !report.is_equal();
    if replaces {
        tracing::error!(
            differences = report.differences_total,
            unreadable = report.unreadable_total,
            position = report.compared_at.get(),
            "the derived state is not what follows from the log"
        );
        if on_difference == OnDifference::Keep {
            return Err(RebuildError::Different(Box::new(report)));
        }
    }
    // More is recorded while the shadow is prepared, so a tail is left. The writer pauses for as
    // long as it takes to replay the tail.
    for _ in 0..2 {
        catch_up(&**storage, shared, &mut replay, progress, cancel)?;
        cancel.check()?;
        replay.prepare()?;
    }
    catch_up(&**storage, shared, &mut replay, progress, cancel)?;
    cancel.check()?;
    let at = replay.position().get();
    progress(Progress {
        phase: Phase::Switching,
        done: at,
        target: at,
    });
    let (answer, answered) = mpsc::channel();
    shared
        .inbox
        .switch(Box::new(Switch {
            replay,
            replaces,
            answer,
        }))
        .map_err(|_| RebuildError::Stopped)?;
    let last = answered.recv().map_err(|_| RebuildError::Stopped)??;
    report.events = last.get();
    report.switched = true;
    if replaces {
        shared.accepted_rebuilds.fetch_add(1, Ordering::Relaxed);
        tracing::error!(
            differences = report.differences_total,
            unreadable = report.unreadable_total,
            position = last.get(),
            "on an operator's word the derived state was replaced by what follows from the log"
        );
    }
    Ok(report)
}

/// Derives the state of `storage` again in a shadow, which may be that of another store, compares
/// it, and throws it away.
///
/// # Errors
///
/// [`RebuildError`]; differences are part of the report.
pub fn compare_in(
    shadow: Box<dyn Shadow>,
    storage: &dyn Storage,
    options: &EngineOptions,
    progress: &mut (dyn FnMut(Progress) + Send),
    cancel: &CancelToken,
) -> Result<RebuildReport, RebuildError> {
    let mut replay = Replay::new(shadow, options.rebuild_entities_max);
    compared(storage, &mut replay, progress, cancel)
}

/// Replays up to a snapshot of the live state and compares.
fn compared(
    storage: &dyn Storage,
    replay: &mut Replay,
    progress: &mut (dyn FnMut(Progress) + Send),
    cancel: &CancelToken,
) -> Result<RebuildReport, RebuildError> {
    let snapshot = storage.snapshot()?;
    let at = snapshot.last_position();
    let stored_tip = snapshot.get(Space::Meta, TIP_KEY)?;
    let tip = read_tip(stored_tip.as_deref(), at).map_err(RebuildError::Tip)?;
    replay_to_tip(storage, replay, &tip, progress, cancel)?;
    let comparison = compare::compare(
        &*snapshot,
        replay.shadow(),
        REBUILD_DIFFERENCES_MAX,
        &mut |keys| {
            progress(Progress {
                phase: Phase::Comparing,
                done: keys,
                target: 0,
            })
        },
        cancel,
    )?;
    Ok(RebuildReport {
        events: at.get(),
        compared_at: at,
        compared_keys: comparison.keys,
        differences: comparison.differences,
        differences_total: comparison.differences_total,
        unreadable_total: comparison.unreadable_total,
        switched: false,
    })
}

/// Replays up to the tip and checks the Merkle tree over everything replayed against it.
fn replay_to_tip(
    storage: &dyn Storage,
    replay: &mut Replay,
    tip: &Tip,
    progress: &mut (dyn FnMut(Progress) + Send),
    cancel: &CancelToken,
) -> Result<(), RebuildError> {
    let at = tip.last_position;
    replay.run_to(storage, at, cancel, &mut |position| {
        progress(Progress {
            phase: Phase::Replaying,
            done: position.get(),
            target: at.get(),
        });
    })?;
    if *replay.range() != tip.range {
        return Err(RebuildError::Root { position: at });
    }
    Ok(())
}

/// Follows the log until the writer can replay the rest in a moment.
fn catch_up(
    storage: &dyn Storage,
    shared: &Shared,
    replay: &mut Replay,
    progress: &mut (dyn FnMut(Progress) + Send),
    cancel: &CancelToken,
) -> Result<(), RebuildError> {
    for _ in 0..REBUILD_CATCH_UP_ROUNDS_MAX {
        let target = shared.tip().last_position;
        if target.since(replay.position()).unwrap_or(0) <= REBUILD_TAIL_EVENTS_MAX {
            break;
        }
        replay.run_to(storage, target, cancel, &mut |position| {
            progress(Progress {
                phase: Phase::CatchingUp,
                done: position.get(),
                target: target.get(),
            });
        })?;
    }
    Ok(())
}

/// Replays a prefix of a log into a shadow of another store, and returns all of it.
#[cfg(test)]
pub(crate) fn replayed(
    storage: &dyn Storage,
    scratch: &dyn ledger_log::StateStore,
    to: Position,
    entities_max: usize,
) -> Vec<(Space, ledger_log::Entry)> {
    let mut replay = Replay::new(
        scratch.open_shadow(ShadowPurpose::Promote).unwrap(),
        entities_max,
    );
    replay
        .run_to(storage, to, &CancelToken::new(), &mut |_| {})
        .unwrap();
    let shadow = replay.shadow();
    let of = |space| {
        shadow
            .iterate(space)
            .map(move |entry| (space, entry.unwrap()))
    };
    Space::REBUILDABLE.into_iter().flat_map(of).collect()
}
