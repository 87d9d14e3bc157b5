//! A store that counts what passes through it, and can keep the groups for being played again.

use ledger_core::Position;
use ledger_log::{
    Block, BlockIter, CommitGroup, Direction, Entry, Epoch, Log, LogError, Shadow, ShadowPurpose,
    Snapshot, Space, SpaceSize, StateStore,
};
use ledger_store::RocksStore;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// RocksDB, counted.
#[derive(Debug)]
pub(crate) struct Metered {
    store: RocksStore,
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

impl Metered {
    pub(crate) fn new(store: RocksStore) -> Self {
        Self {
            store,
            seen: Mutex::default(),
        }
    }

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

impl Log for Metered {
    fn append(&self, epoch: Epoch, group: &CommitGroup) -> Result<Position, LogError> {
        let started = Instant::now();
        let last = self.store.append(epoch, group)?;
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

    fn claim_epoch(&self) -> Result<Epoch, LogError> {
        self.store.claim_epoch()
    }

    fn last_position(&self) -> Position {
        self.store.last_position()
    }

    fn block_range_at(&self, position: Position) -> Result<Option<(Position, Position)>, LogError> {
        self.store.block_range_at(position)
    }

    fn read_block_at(&self, position: Position) -> Result<Option<Block>, LogError> {
        self.store.read_block_at(position)
    }

    fn blocks_from(&self, from: Position) -> BlockIter<'_> {
        self.store.blocks_from(from)
    }

    fn barrier(&self) -> Result<Position, LogError> {
        self.store.barrier()
    }

    fn write_disabled(&self) -> Option<String> {
        self.store.write_disabled()
    }
}

impl StateStore for Metered {
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, LogError> {
        self.store.get(space, key)
    }

    fn multi_get(&self, space: Space, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, LogError> {
        self.store.multi_get(space, keys)
    }

    fn scan(
        &self,
        space: Space,
        from: &[u8],
        to: &[u8],
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, LogError> {
        self.store.scan(space, from, to, direction, limit)
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, LogError> {
        self.store.snapshot()
    }

    fn open_shadow(&self, purpose: ShadowPurpose) -> Result<Box<dyn Shadow>, LogError> {
        self.store.open_shadow(purpose)
    }

    fn discard_shadow(&self, shadow: Box<dyn Shadow>) -> Result<(), LogError> {
        self.store.discard_shadow(shadow)
    }

    fn promote(&self, epoch: Epoch, shadow: &mut dyn Shadow, at: Position) -> Result<(), LogError> {
        self.store.promote(epoch, shadow, at)
    }

    fn sizes(&self) -> Result<Vec<SpaceSize>, LogError> {
        self.store.sizes()
    }
}

/// Counts of things in memory.
pub(crate) fn count(items: usize) -> u64 {
    u64::try_from(items).expect("a count fits into 64 bits")
}
