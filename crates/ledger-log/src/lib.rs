//! The narrow seam between the ledger and whatever keeps its bytes.
//!
//! Reading order:
//!
//! 1. [`Log`] — claim an epoch, append conditionally, read from a position, barrier;
//!    [`CommitGroup`] — what one append carries.
//! 2. [`StateStore`] — entities and indexes derived from the log, committed with it;
//!    [`Snapshot`] and [`Shadow`] — reading all of it at one position, and rebuilding it beside.
//! 3. [`Block`] and [`BlockBuilder`] — the frame that events are stored in, to the byte.
//! 4. [`keys`], [`postings`] and [`CounterRow`] — every key and every index value, to the byte.
//! 5. [`MemoryStore`] and [`suite`] — the reference implementation, and the checks that every
//!    implementation passes; `testing` (a feature), a store that a test can watch, hold up and
//!    refuse.
//!
//! This crate knows bytes, positions and checksums; it does not know what an event means, and it
//! names no database. `ledger-store` implements the traits on RocksDB.

mod block;
mod counter_row;
mod epoch;
mod error;
pub mod keys;
pub mod limits;
mod log;
mod memory;
pub mod postings;
mod state;
pub mod suite;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use block::{Block, BlockBuilder, LeafHash, Record, RecordRefused, Records};
pub use counter_row::CounterRow;
pub use epoch::Epoch;
pub use error::{Damage, LogError};
pub use log::{BlockIter, CommitGroup, Condition, Log, blocks_back_from};
pub use memory::{Fault, MemoryStore};
pub use state::{
    Direction, Entries, Entry, Shadow, ShadowId, ShadowPurpose, Snapshot, Space, SpaceSize,
    StateOp, StateStore,
};

/// A store that keeps the log and the state derived from it, and commits both together.
///
/// This is what the engine asks for; there is nothing to implement beyond the two halves.
pub trait Storage: Log + StateStore {}

impl<T: Log + StateStore + ?Sized> Storage for T {}
