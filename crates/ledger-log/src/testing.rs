//! A store that hands everything on to another one, and lets a test watch, hold up or refuse it.
//!
//! [`Hooked`] hands on; [`Hooks`] says what happens on the way. [`Gate`] holds the usual hooks:
//! writes wait until a test lets them through, and reads fail when a test says so.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use ledger_core::Position;

use crate::{
    Block, BlockIter, CommitGroup, Condition, Direction, Entry, Epoch, Log, LogError, MemoryStore,
    Shadow, ShadowPurpose, Snapshot, Space, SpaceSize, StateStore,
};

/// What happens to a call on its way to the store. By default nothing does.
pub trait Hooks: Send + Sync {
    /// Appends a group by calling `on`, or answers in its place.
    ///
    /// # Errors
    ///
    /// Those of [`Log::append`].
    fn append(&self, group: &CommitGroup, on: Append<'_>) -> Result<Position, LogError> {
        let _ = group;
        on()
    }

    /// Is asked before a block or a key is read, outside of snapshots and shadows.
    ///
    /// # Errors
    ///
    /// The read fails with it.
    fn read(&self) -> Result<(), LogError> {
        Ok(())
    }

    /// Is asked before a shadow is opened.
    ///
    /// # Errors
    ///
    /// Opening fails with it.
    fn open_shadow(&self, purpose: ShadowPurpose) -> Result<(), LogError> {
        let _ = purpose;
        Ok(())
    }
}

/// Carries out the append that a hook stands before.
pub type Append<'a> = &'a mut dyn FnMut() -> Result<Position, LogError>;

/// A store with hooks before it.
#[derive(Debug)]
pub struct Hooked<S, H> {
    /// The store that keeps everything.
    pub store: S,
    /// What happens before.
    pub hooks: H,
}

/// A store in memory behind a gate.
pub type GatedStore = Hooked<MemoryStore, Gate>;

/// Hooks that hold up writes while the gate is closed. The gate is open at first.
#[derive(Debug, Default)]
pub struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct GateState {
    closed: Closed,
    /// Calls that wait at the gate.
    waiting: usize,
    /// Events of each append that has come to the gate, whether it was let through or not.
    arrived: Vec<u64>,
    /// Which of the reads to come fails, counted from 1; 0 for none.
    read_that_fails: u64,
    failed_reads: u64,
    /// What the next append is told instead of being carried out.
    refusal: Option<LogError>,
}

/// For whom the gate is closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Closed {
    #[default]
    Nobody,
    Appends,
    Everything,
}

impl<S, H> Hooked<S, H> {
    /// Puts hooks before a store.
    #[must_use]
    pub const fn new(store: S, hooks: H) -> Self {
        Self { store, hooks }
    }
}

impl GatedStore {
    /// An empty store behind an open gate.
    #[must_use]
    pub fn gated() -> Self {
        Self::new(MemoryStore::new(), Gate::default())
    }

    /// Opens what this store holds anew, as a process does that starts again, behind a new gate.
    #[must_use]
    pub fn reopen(self) -> Self {
        Self::new(self.store.reopen(), Gate::default())
    }
}

impl Gate {
    /// Makes every append from now on wait.
    pub fn close(&self) {
        self.state().closed = Closed::Appends;
    }

    /// Makes every append from now on wait, and the opening of every shadow.
    pub fn close_for_everything(&self) {
        self.state().closed = Closed::Everything;
    }

    /// Lets everything through that waits, and what comes.
    pub fn open(&self) {
        self.state().closed = Closed::Nobody;
        self.changed.notify_all();
    }

    /// Waits until so many appends have come to the gate since it was made.
    pub fn await_arrivals(&self, count: usize) {
        self.wait_while(|state| state.arrived.len() < count);
    }

    /// Waits until something waits at the gate.
    pub fn await_waiting(&self) {
        self.wait_while(|state| state.waiting == 0);
    }

    /// Events of each append so far.
    #[must_use]
    pub fn arrived(&self) -> Vec<u64> {
        self.state().arrived.clone()
    }

    /// Has the `number`th read from now on fail, as a disk does that cannot read a sector once.
    pub fn fail_read(&self, number: u64) {
        self.state().read_that_fails = number;
    }

    /// How many reads have failed.
    #[must_use]
    pub fn failed_reads(&self) -> u64 {
        self.state().failed_reads
    }

    /// Has the next append be refused before anything is written.
    pub fn refuse_append(&self, error: LogError) {
        self.state().refusal = Some(error);
    }

    /// Waits at the gate as long as it is closed for this caller.
    fn pass(&self, mut state: MutexGuard<'_, GateState>, is_closed: fn(Closed) -> bool) {
        state.waiting += 1;
        self.changed.notify_all();
        let passed = self
            .changed
            .wait_while(state, |state| is_closed(state.closed));
        passed.unwrap_or_else(PoisonError::into_inner).waiting -= 1;
    }

    fn wait_while(&self, is_early: impl Fn(&GateState) -> bool) {
        let waited = self
            .changed
            .wait_while(self.state(), |state| is_early(state));
        drop(waited);
    }

    fn state(&self) -> MutexGuard<'_, GateState> {
        // A test that panics has failed already; the others need not.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hooks for Gate {
    fn append(&self, group: &CommitGroup, on: Append<'_>) -> Result<Position, LogError> {
        let events = group.blocks.iter().map(|block| u64::from(block.count()));
        let mut state = self.state();
        state.arrived.push(events.sum());
        self.pass(state, |closed| closed != Closed::Nobody);
        let refusal = self.state().refusal.take();
        refusal.map_or_else(on, Err)
    }

    fn read(&self) -> Result<(), LogError> {
        let mut state = self.state();
        let number = state.read_that_fails;
        state.read_that_fails = number.saturating_sub(1);
        if number != 1 {
            return Ok(());
        }
        state.failed_reads += 1;
        Err(LogError::Storage {
            doing: "read",
            retry_helps: true,
            source: "a sector cannot be read".into(),
        })
    }

    fn open_shadow(&self, _purpose: ShadowPurpose) -> Result<(), LogError> {
        self.pass(self.state(), |closed| closed == Closed::Everything);
        Ok(())
    }
}

impl<S: Log, H: Hooks> Log for Hooked<S, H> {
    fn claim_epoch(&self) -> Result<Epoch, LogError> {
        self.store.claim_epoch()
    }

    fn append(&self, epoch: Epoch, group: &CommitGroup) -> Result<Position, LogError> {
        self.hooks
            .append(group, &mut || self.store.append(epoch, group))
    }

    fn last_position(&self) -> Position {
        self.store.last_position()
    }

    fn read_block_at(&self, position: Position) -> Result<Option<Block>, LogError> {
        self.hooks.read()?;
        self.store.read_block_at(position)
    }

    fn block_range_at(&self, position: Position) -> Result<Option<(Position, Position)>, LogError> {
        self.hooks.read()?;
        self.store.block_range_at(position)
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

    fn read_only(&self) -> Option<String> {
        self.store.read_only()
    }

    fn check_room(&self) -> Result<(), LogError> {
        self.store.check_room()
    }

    fn condition(&self) -> Condition {
        self.store.condition()
    }
}

impl<S: StateStore, H: Hooks> StateStore for Hooked<S, H> {
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, LogError> {
        self.hooks.read()?;
        self.store.get(space, key)
    }

    fn multi_get(&self, space: Space, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, LogError> {
        self.hooks.read()?;
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
        self.hooks.read()?;
        self.store.scan(space, from, to, direction, limit)
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, LogError> {
        self.store.snapshot()
    }

    fn open_shadow(&self, purpose: ShadowPurpose) -> Result<Box<dyn Shadow>, LogError> {
        self.hooks.open_shadow(purpose)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fault;
    use crate::suite::{self, Builder};

    struct Nothing;

    impl Hooks for Nothing {}

    struct Hooking;

    impl Builder for Hooking {
        type Store = Hooked<MemoryStore, Nothing>;

        fn build(&self) -> Self::Store {
            Hooked::new(MemoryStore::new(), Nothing)
        }

        fn reopen(&self, store: Self::Store) -> Self::Store {
            Hooked::new(store.store.reopen(), Nothing)
        }

        fn fail_next_write(&self, store: &Self::Store, fault: Fault, reason: &str) {
            store.store.fail_next_write(fault, reason);
        }
    }

    /// Hooks that do nothing change nothing: what stands behind them passes the suite as it does
    /// alone.
    #[test]
    fn a_hooked_store_is_the_store() {
        suite::test_all(&Hooking);
    }

    #[test]
    fn a_gate_refuses_and_fails_what_it_was_told_to() {
        let store = GatedStore::gated();
        let epoch = store.claim_epoch().unwrap();
        let nothing = CommitGroup {
            expected_last: Position::ZERO,
            blocks: Vec::new(),
            state: Vec::new(),
        };
        store.hooks.fail_read(2);
        for (number, is_read) in [(1, true), (2, false), (3, true)] {
            let read = store.get(Space::Meta, b"key");
            assert_eq!(read.is_ok(), is_read, "read {number}");
        }
        assert_eq!(store.hooks.failed_reads(), 1);
        store
            .hooks
            .refuse_append(LogError::CorruptEntry { name: "a test" });
        assert!(store.append(epoch, &nothing).is_err());
        assert_eq!(store.append(epoch, &nothing).unwrap(), Position::ZERO);
        assert_eq!(store.hooks.arrived(), [0, 0]);
    }
}
