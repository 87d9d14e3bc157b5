//! A store whose appends wait at a gate, so that a test decides when a commit happens, and whose
//! reads fail when a test says so.

use ledger_core::Position;
use ledger_log::{
    Block, BlockIter, CommitGroup, Direction, Entry, Epoch, Log, LogError, MemoryStore, Shadow,
    ShadowPurpose, Snapshot, Space, SpaceSize, StateOp, StateStore,
};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};

/// The store and its gate.
pub(super) struct GatedStore {
    pub(super) memory: MemoryStore,
    gate: Mutex<Gate>,
    changed: Condvar,
    /// Which of the reads to come fails, counted from 1; 0 for none.
    read_that_fails: AtomicU64,
    failed_reads: AtomicU64,
    /// What the next append is told instead of being carried out.
    refusal: Mutex<Option<LogError>>,
}

#[derive(Default)]
struct Gate {
    closed: bool,
    /// Events of each append that has come to the gate, whether it was let through or not.
    arrived: Vec<u64>,
}

impl GatedStore {
    pub(super) fn new() -> Arc<Self> {
        let gate = Mutex::default();
        Arc::new(Self {
            memory: MemoryStore::new(),
            gate,
            changed: Condvar::new(),
            read_that_fails: AtomicU64::new(0),
            failed_reads: AtomicU64::new(0),
            refusal: Mutex::default(),
        })
    }

    /// Opens what this store holds anew, as a process does that starts again.
    pub(super) fn reopen(self: Arc<Self>) -> Arc<Self> {
        let store = Arc::into_inner(self).expect("nobody else holds the store");
        let reopened = Self::new();
        let mut reopened = Arc::into_inner(reopened).expect("it was just made");
        reopened.memory = store.memory.reopen();
        Arc::new(reopened)
    }

    /// Has the `number`th read from now on fail, as a disk does that cannot read a sector once.
    pub(super) fn fail_read(&self, number: u64) {
        self.read_that_fails.store(number, Ordering::Relaxed);
    }

    /// Has the next append be refused before anything is written.
    pub(super) fn refuse_append(&self, error: LogError) {
        *self.refusal.lock().unwrap() = Some(error);
    }

    /// How many reads have failed.
    pub(super) fn failed_reads(&self) -> u64 {
        self.failed_reads.load(Ordering::Relaxed)
    }

    fn read(&self) -> Result<(), LogError> {
        let waiting = self.read_that_fails.load(Ordering::Relaxed);
        self.read_that_fails
            .store(waiting.saturating_sub(1), Ordering::Relaxed);
        if waiting != 1 {
            return Ok(());
        }
        self.failed_reads.fetch_add(1, Ordering::Relaxed);
        Err(LogError::Storage {
            doing: "read",
            retry_helps: true,
            source: "a sector cannot be read".into(),
        })
    }

    pub(super) fn close(&self) {
        self.gate.lock().unwrap().closed = true;
    }

    pub(super) fn open(&self) {
        self.gate.lock().unwrap().closed = false;
        self.changed.notify_all();
    }

    /// Waits until so many appends have come to the gate since the store was made.
    pub(super) fn await_arrivals(&self, count: usize) {
        let gate = self.gate.lock().unwrap();
        drop(
            self.changed
                .wait_while(gate, |gate| gate.arrived.len() < count)
                .unwrap(),
        );
    }

    /// Events of each append so far.
    pub(super) fn arrived(&self) -> Vec<u64> {
        self.gate.lock().unwrap().arrived.clone()
    }
}

impl Log for GatedStore {
    fn claim_epoch(&self) -> Result<Epoch, LogError> {
        self.memory.claim_epoch()
    }

    fn append(&self, epoch: Epoch, group: &CommitGroup) -> Result<Position, LogError> {
        let mut gate = self.gate.lock().unwrap();
        gate.arrived.push(
            group
                .blocks
                .iter()
                .map(|block| u64::from(block.count()))
                .sum(),
        );
        self.changed.notify_all();
        drop(self.changed.wait_while(gate, |gate| gate.closed).unwrap());
        match self.refusal.lock().unwrap().take() {
            Some(error) => Err(error),
            None => self.memory.append(epoch, group),
        }
    }

    fn last_position(&self) -> Position {
        self.memory.last_position()
    }

    fn read_block_at(&self, position: Position) -> Result<Option<Block>, LogError> {
        self.read()?;
        self.memory.read_block_at(position)
    }

    fn blocks_from(&self, from: Position) -> BlockIter<'_> {
        self.memory.blocks_from(from)
    }

    fn barrier(&self) -> Result<Position, LogError> {
        self.memory.barrier()
    }

    fn write_disabled(&self) -> Option<String> {
        self.memory.write_disabled()
    }
}

impl StateStore for GatedStore {
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, LogError> {
        self.read()?;
        self.memory.get(space, key)
    }

    fn multi_get(&self, space: Space, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, LogError> {
        self.read()?;
        self.memory.multi_get(space, keys)
    }

    fn scan(
        &self,
        space: Space,
        from: &[u8],
        to: &[u8],
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, LogError> {
        self.read()?;
        self.memory.scan(space, from, to, direction, limit)
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, LogError> {
        self.memory.snapshot()
    }

    fn open_shadow(&self, purpose: ShadowPurpose) -> Result<Box<dyn Shadow>, LogError> {
        self.memory.open_shadow(purpose)
    }

    fn discard_shadow(&self, shadow: Box<dyn Shadow>) -> Result<(), LogError> {
        self.memory.discard_shadow(shadow)
    }

    fn promote(&self, epoch: Epoch, shadow: &mut dyn Shadow, at: Position) -> Result<(), LogError> {
        self.memory.promote(epoch, shadow, at)
    }

    fn sizes(&self) -> Result<Vec<SpaceSize>, LogError> {
        self.memory.sizes()
    }
}

/// Changes stored state behind the engine's back, as a fault of the disk would.
pub(super) fn tamper(store: &MemoryStore, space: Space, key: Vec<u8>, value: Option<Vec<u8>>) {
    let epoch = store.claim_epoch().unwrap();
    let group = CommitGroup {
        expected_last: store.last_position(),
        blocks: Vec::new(),
        state: vec![StateOp { space, key, value }],
    };
    store.append(epoch, &group).unwrap();
}
