//! The log and its state on RocksDB, on one machine: the only crate that names RocksDB.
//!
//! Reading order:
//!
//! 1. [`RocksStore`] — opening, closing, measuring; the traits it implements are those of
//!    `ledger-log`.
//! 2. `columns` — which column families there are, and how a rebuild makes new ones; the keys in
//!    them are those of [`keys`].
//! 3. `bookkeeping` — the few entries that the store keeps about itself.
//! 4. `options` — every setting of RocksDB, each with its reason.
//! 5. `open` — recovery: what is checked before anything is served; [`OpenError`].
//! 6. [`Backup`] — copies that are taken while the ledger is written to, and restoring them.
//! 7. `shadow` — a second state beside the live one, in a database of its own; `room` — what of
//!    the disk is left to whom.
//! 8. `background` — what goes wrong behind our back, and which of it stops the ledger.
//! 9. [`verify`](RocksStore::verify) — reading and checking everything that the store holds.
//!
//! The store knows bytes, keys, blocks and syncs; it does not know what an event means.

mod acknowledged;
mod background;
mod backup;
mod bookkeeping;
mod columns;
mod error;
mod log;
mod marker;
mod open;
mod options;
mod pace;
mod read_only;
mod room;
mod shadow;
mod spare;
mod state;
mod store;
pub mod testing;
mod verify;
mod wal;

pub use backup::{
    About, BackUp, Backup, BackupError, BackupFolder, Copying, Flaw, FlawKind, ReadSeal, Restoring,
    Seal,
};
pub use error::OpenError;
pub use ledger_log::keys;
pub use options::StoreOptions;
pub use room::FreeSpace;
pub use store::RocksStore;
pub use verify::{PROBLEMS_MAX, Problem, Verify, VerifyReport, Verifying};
