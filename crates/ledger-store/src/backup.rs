//! Backups: taken while the ledger is written to, each whole by itself, sharing what is the same.
//!
//! ```text
//! backup folder
//!   LOCK              held by whoever writes here
//!   shared/           table files of RocksDB, which never change, each kept once for all backups
//!   000003/           the other files of backup 3
//!   000003.backup     its manifest, written last: without it there is no backup 3
//!   000004.partial/   a backup that is being taken, or was cut off
//! ```
//!
//! 1. RocksDB makes a checkpoint beside the live files: hard links to its table files, and copies
//!    of the few others. From then on nothing that the ledger does reaches what is being copied.
//! 2. The checkpoint is opened for reading, which tells the position that the backup has.
//! 3. What no earlier backup holds is copied, hashed on the way and synced.
//! 4. The manifest is written under another name, synced, and renamed. That is the moment at which
//!    there is a backup; whatever is cut off before leaves files that the next backup removes.
//!
//! Files of earlier backups are never written to. Why RocksDB's own backup engine is not used is in
//! ADR 0011.

mod copy;
mod folder;
mod manifest;
mod restoring;
mod take;

use std::io;
use std::path::PathBuf;

use ledger_core::{Position, RecordedTime, merkle};
use ledger_log::{LogError, Snapshot};
use thiserror::Error;

use crate::OpenError;

pub(crate) use take::remove_checkpoints;

pub use folder::BackupFolder;
pub use restoring::Restoring;
pub(crate) use restoring::is_unchecked;

/// What the ledger says about the state that a backup holds, for the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal {
    /// Number of the epoch that the backup continues.
    pub epoch: u64,
    /// Identifier of that epoch.
    pub epoch_id: [u8; 16],
    /// Root of the Merkle tree over all events.
    pub root: merkle::Hash,
}

/// Reads the seal out of the state that is backed up.
pub type ReadSeal<'a> =
    &'a dyn Fn(&dyn Snapshot) -> Result<Seal, Box<dyn std::error::Error + Send + Sync>>;

/// A backup as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Its number; they ascend and are not given twice.
    pub number: u64,
    /// What its manifest says; `None` when there is no readable one.
    pub about: Option<About>,
    /// What is wrong with it, as far as it was looked at; a backup without flaws is whole.
    pub flaws: Vec<Flaw>,
}

/// What a manifest says about its backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Identifier of the ledger.
    pub ledger: String,
    /// When the backup was begun.
    pub taken_at: RecordedTime,
    /// The last position that it holds.
    pub position: Position,
    /// What the ledger said about that state.
    pub seal: Seal,
    /// Bytes of its files, those included that it shares with others.
    pub bytes: u64,
    /// How many files it has.
    pub files: u64,
}

/// What is wrong with a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The file, from the backup folder on.
    pub file: String,
    /// What is wrong with it.
    pub what: FlawKind,
}

/// What is wrong with a file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FlawKind {
    /// It is not there.
    #[error("is missing")]
    Missing,
    /// It is shorter or longer than it was.
    #[error("has {found} bytes and not {expected}")]
    Length {
        /// Bytes that were written.
        expected: u64,
        /// Bytes found.
        found: u64,
    },
    /// Its bytes are not those that were written.
    #[error("is not what was written: its SHA-256 differs")]
    Differs,
    /// It does not belong to the backup.
    #[error("does not belong to the backup")]
    Foreign,
    /// The manifest is cut or changed.
    #[error("is no manifest: it is cut, changed, or of a later version")]
    Manifest,
    /// There are files and no manifest: the backup was cut off, or is being taken.
    #[error("was never finished, or is being taken now")]
    Unfinished,
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
}

/// How far a backup, a check or a restore has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copying {
    /// Files that are done.
    pub files_done: u64,
    /// Files in all.
    pub files: u64,
    /// Bytes that are done.
    pub bytes_done: u64,
    /// Bytes in all, those aside that an earlier backup holds.
    pub bytes: u64,
}

/// What a backup is to be.
#[expect(
    missing_debug_implementations,
    reason = "a function has nothing to show"
)]
pub struct BackUp<'a> {
    /// When it is taken.
    pub taken_at: RecordedTime,
    /// Bytes copied per second at most; zero for no bound.
    pub bytes_per_second: u64,
    /// Reads the seal of the state that is backed up.
    pub seal: ReadSeal<'a>,
}

/// Why a backup was not taken, or cannot be used.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The folder is not there.
    #[error("backup folder {} is not there; mount or create it", path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
    },
    /// Somebody else writes to the folder.
    #[error("another backup is being written to {}", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// There is not enough room.
    #[error(
        "{needed} bytes are needed on the disk of {} and {available} are free; nothing was changed",
        path.display()
    )]
    NoRoom {
        /// A folder on the disk.
        path: PathBuf,
        /// Bytes needed, with what has to stay free.
        needed: u64,
        /// Bytes free.
        available: u64,
    },
    /// It was asked to stop.
    #[error("it was cancelled")]
    Cancelled,
    /// A file cannot be read or written.
    #[error("failed to {doing} {}", path.display())]
    File {
        /// What we were doing, completing "failed to".
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The ledger cannot be read or flushed.
    #[error("ledger cannot be copied")]
    Ledger(#[from] LogError),
    /// The copy cannot be opened.
    #[error("copy of the ledger cannot be opened")]
    Open(#[from] OpenError),
    /// The copy does not say which epoch it continues.
    #[error("copy of the ledger cannot be read")]
    Seal(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The copy ends before what was acknowledged when it began.
    #[error("copy ends at position {found} and {acknowledged} was acknowledged before")]
    Behind {
        /// The last position acknowledged before the copy was made.
        acknowledged: Position,
        /// The last position of the copy.
        found: Position,
    },
    /// A table file, which never changes, is not what an earlier backup copied.
    #[error(
        "file {file} of the ledger is not what an earlier backup copied, although such files never \
         change: verify the ledger and the backups before trusting either"
    )]
    Changed {
        /// The file.
        file: String,
    },
    /// There is no such backup.
    #[error("there is no backup {number} in {}", path.display())]
    NotFound {
        /// The folder.
        path: PathBuf,
        /// The number asked for.
        number: u64,
    },
    /// There is no whole backup.
    #[error("there is no whole backup in {}", path.display())]
    NoneWhole {
        /// The folder.
        path: PathBuf,
    },
    /// The backup is damaged.
    #[error("backup {number} is damaged: {}", list(flaws))]
    Damaged {
        /// Its number.
        number: u64,
        /// What is wrong with it.
        flaws: Vec<Flaw>,
    },
    /// The folder to restore into holds something.
    #[error(
        "{} is not empty: it holds {found}; restore into a folder that is empty or not there",
        path.display()
    )]
    NotEmpty {
        /// The folder.
        path: PathBuf,
        /// Something that it holds.
        found: String,
    },
}

impl Backup {
    /// Whether nothing was found to be wrong with it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.about.is_some() && self.flaws.is_empty()
    }
}

impl BackupError {
    /// Wraps an error of the file system with what we were doing, completing "failed to".
    pub(crate) fn file(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File {
            doing,
            path,
            source,
        }
    }
}

/// The flaws in one sentence; the first few, for an error that is one line.
fn list(flaws: &[Flaw]) -> String {
    const SHOWN_MAX: usize = 5;
    let mut shown: Vec<String> = flaws
        .iter()
        .take(SHOWN_MAX)
        .map(|flaw| format!("{} {}", flaw.file, flaw.what))
        .collect();
    let rest = flaws.len().saturating_sub(SHOWN_MAX);
    if rest > 0 {
        shown.push(format!("and {rest} more"));
    }
    shown.join(", ")
}
