//! A store that counts what passes through it, and can keep the groups for being played again.

use ledger_core::Position;
use ledger_log::testing::{Append, Hooked, Hooks};
use ledger_log::{CommitGroup, LogError};
use ledger_store::RocksStore;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// RocksDB, counted.
pub(crate) type Metered = Hooked<RocksStore, CommitMeter>;

/// Counts what is appended.
#[derive(Debug, Default)]
pub(crate) struct CommitMeter {
    seen: Mutex<Seen>,
}

/// What has passed.
#[derive(Debug, Default)]
struct Seen {
    counts: Counts,
    /// The groups themselves, while they are kept.
    kept: Option<Vec<CommitGroup>>,
}

/// Sums over commit groups. Each group is one sync.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) groups: u64,
    pub(crate) events: u64,
    /// Keys written: blocks, entities, index entries, answers.
    pub(crate) keys: u64,
    pub(crate) bytes: u64,
    /// Time spent in RocksDB.
    pub(crate) writing: Duration,
}

impl CommitMeter {
    /// Starts counting from zero.
    pub(crate) fn restart(&self) {
        self.seen().counts = Counts::default();
    }

    pub(crate) fn counts(&self) -> Counts {
        self.seen().counts
    }

    /// Keeps every group from now on.
    pub(crate) fn keep(&self) {
        self.seen().kept = Some(Vec::new());
    }

    /// Gives out the groups kept.
    pub(crate) fn take_kept(&self) -> Vec<CommitGroup> {
        self.seen().kept.take().unwrap_or_default()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hooks for CommitMeter {
    fn append(&self, group: &CommitGroup, on: Append<'_>) -> Result<Position, LogError> {
        let started = Instant::now();
        let last = on()?;
        let writing = started.elapsed();
        let mut seen = self.seen();
        let counts = &mut seen.counts;
        counts.groups += 1;
        counts.events += group
            .blocks
            .iter()
            .map(|block| u64::from(block.count()))
            .sum::<u64>();
        counts.keys += count(group.blocks.len()) + count(group.state.len());
        counts.bytes += count(group.bytes());
        counts.writing += writing;
        if let Some(kept) = &mut seen.kept {
            kept.push(group.clone());
        }
        Ok(last)
    }
}

/// Counts of things in memory.
pub(crate) fn count(items: usize) -> u64 {
    u64::try_from(items).expect("a count fits into 64 bits")
}
