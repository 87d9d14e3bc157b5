//! A store whose writes wait at a gate, so that a test decides when something becomes durable.

use ledger_core::Position;
use ledger_log::{
    Block, BlockIter, CommitGroup, Direction, Entry, Epoch, Log, LogError, MemoryStore, Shadow,
    ShadowPurpose, Snapshot, Space, SpaceSize, StateStore,
};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// A store in memory behind a gate. The gate is open at first.
#[derive(Debug)]
pub struct GatedStore {
    store: MemoryStore,
    gate: Mutex<Gate>,
    changed: Condvar,
    /// Told whenever somebody begins to wait at the gate.
    arrived: Notify,
}

#[derive(Debug, Default)]
struct Gate {
    is_closed: bool,
    waiting: usize,
}

impl GatedStore {
    /// A store with an empty ledger.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "a test says that it makes a new ledger"
    )]
    pub fn new() -> Self {
        Self {
            store: MemoryStore::new(),
            gate: Mutex::default(),
            changed: Condvar::new(),
            arrived: Notify::new(),
        }
    }

    /// The store behind the gate.
    #[must_use]
    pub const fn store(&self) -> &MemoryStore {
        &self.store
    }

    /// Makes every write from now on wait, and so the opening of a shadow.
    pub fn close_gate(&self) {
        self.gate().is_closed = true;
    }

    /// Lets everything through that waits, and what comes.
    pub fn open_gate(&self) {
        self.gate().is_closed = false;
        self.changed.notify_all();
    }

    /// Waits until something waits at the gate.
    pub async fn wait_for_arrival(&self) {
        loop {
            let arrived = self.arrived.notified();
            if self.gate().waiting > 0 {
                return;
            }
            arrived.await;
        }
    }

    /// Passes the gate when it is open.
    fn pass(&self) {
        let mut gate = self.gate();
        gate.waiting += 1;
        self.arrived.notify_waiters();
        while gate.is_closed {
            gate = self
                .changed
                .wait(gate)
                .unwrap_or_else(PoisonError::into_inner);
        }
        gate.waiting -= 1;
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log for GatedStore {
    fn append(&self, epoch: Epoch, group: &CommitGroup) -> Result<Position, LogError> {
        self.pass();
        self.store.append(epoch, group)
    }

    fn claim_epoch(&self) -> Result<Epoch, LogError> {
        self.store.claim_epoch()
    }

    fn last_position(&self) -> Position {
        self.store.last_position()
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

impl StateStore for GatedStore {
    fn open_shadow(&self, purpose: ShadowPurpose) -> Result<Box<dyn Shadow>, LogError> {
        self.pass();
        self.store.open_shadow(purpose)
    }

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
