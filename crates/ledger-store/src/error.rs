//! Why a store cannot be opened, and how RocksDB's errors are told.

use std::io;
use std::path::PathBuf;

use ledger_core::Position;
use ledger_log::{LogError, Space};
use rocksdb::ErrorKind;
use thiserror::Error;

/// Why a ledger cannot be opened.
///
/// None of these is repaired here: each asks for a person, and the message says for what.
#[derive(Debug, Error)]
pub enum OpenError {
    /// There is no ledger at the path, and none was to be created.
    #[error("no ledger at {}", path.display())]
    NotFound {
        /// The folder named.
        path: PathBuf,
    },

    /// A ledger was being created at the path, and that was cut off; nothing was recorded in it.
    #[error("the creation of a ledger at {} was cut off; create it anew", path.display())]
    CutOff {
        /// The folder named.
        path: PathBuf,
    },

    /// A backup was being restored at the path, and what was copied is not checked.
    #[error(
        "the backup that was being restored at {} was not checked to its end; restore it again, \
         into another folder or into the one above",
        path.display()
    )]
    Unchecked {
        /// The folder named.
        path: PathBuf,
    },

    /// The folder holds something that is no ledger, or a ledger that has lost what says so.
    #[error(
        "no ledger is created at {}, where {} lies; name an empty folder, or restore a backup if a \
         ledger was here",
        path.display(), found.display()
    )]
    NotEmpty {
        /// The folder named.
        path: PathBuf,
        /// One of the files found.
        found: PathBuf,
    },

    /// The folder holds the database of a ledger and no marker.
    #[error(
        "the file LEDGER is missing at {}; restore a backup, or accept what is there if you know \
         where the log ends",
        path.display()
    )]
    MarkerMissing {
        /// The folder named.
        path: PathBuf,
    },

    /// The marker, or the file that names the database, is damaged.
    #[error("{} is damaged; restore a backup, or accept what is there", path.display())]
    Marker {
        /// The file.
        path: PathBuf,
    },

    /// The database is not the one that the marker was written for.
    #[error(
        "{} belongs to another ledger than the file LEDGER beside it; files of two ledgers were \
         mixed: restore a backup",
        path.display()
    )]
    Foreign {
        /// The file of the other ledger.
        path: PathBuf,
    },

    /// The file that says how far the ledger was acknowledged is missing.
    #[error(
        "the file ACKNOWLEDGED is missing at {}, so that nobody knows how far the ledger was \
         acknowledged; restore a backup, or accept what is there if you know where the log ends",
        path.display()
    )]
    AcknowledgedMissing {
        /// The folder named.
        path: PathBuf,
    },

    /// The file that says how far the ledger was acknowledged is damaged.
    #[error(
        "{} is damaged, so that nobody knows how far the ledger was acknowledged; restore a \
         backup, or accept what is there if you know where the log ends",
        path.display()
    )]
    Acknowledged {
        /// The file.
        path: PathBuf,
    },

    /// A file that RocksDB cannot do without is missing.
    #[error(
        "the file {name} of the ledger at {} is missing; put it back, or restore a backup",
        path.display()
    )]
    FileMissing {
        /// The folder named.
        path: PathBuf,
        /// The name of the file.
        name: &'static str,
    },

    /// The database has less than was acknowledged: a write-ahead log is missing or cut.
    #[error(
        "the ledger at {} was acknowledged up to position {acknowledged} (last noted {when}, \
         {ended}) and its files reach position {found}; {writes} writes are missing, most likely \
         with a write-ahead log (*.log): put it back, or restore a backup",
        path.display()
    )]
    Lost {
        /// The folder named.
        path: PathBuf,
        /// The last position that was acknowledged.
        acknowledged: Position,
        /// The last position that the files hold.
        found: Position,
        /// Writes that were acknowledged and are not there.
        writes: u64,
        /// When the last of them was noted.
        when: String,
        /// How the ledger was left.
        ended: &'static str,
    },

    /// Neither marker nor note was lost.
    #[error(
        "LEDGER, ACKNOWLEDGED and IDENTITY at {} are whole; there is nothing to accept, and nothing \
         was changed",
        path.display()
    )]
    NothingToAccept {
        /// The folder named.
        path: PathBuf,
    },

    /// What an operator accepts is not what is there.
    #[error("the log ends at position {found} and not at {expected}; nothing was changed")]
    NotAccepted {
        /// The position that was to be accepted.
        expected: Position,
        /// The last position of the log.
        found: Position,
    },

    /// A file of the ledger cannot be read or written.
    #[error(
        "failed to read or write {}; see to the disk and its permissions, or restore a backup",
        path.display()
    )]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// The folder is locked.
    #[error("another process has this ledger open: {}", path.display())]
    Locked {
        /// The folder named.
        path: PathBuf,
        /// What RocksDB said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// RocksDB refuses its files: its checksums failed, or a file is missing.
    ///
    /// A write that was cut off by a crash is not that: it was never acknowledged, and is dropped.
    #[error("files of the ledger at {} are damaged; restore a backup", path.display())]
    Damaged {
        /// The folder named.
        path: PathBuf,
        /// What RocksDB said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// A file of what follows from the log is damaged or missing.
    #[error(
        "a file of the {} at {} is damaged; they follow from the log: run 'ledger-server rebuild'",
        space.name(),
        path.display()
    )]
    DamagedSpace {
        /// The folder named.
        path: PathBuf,
        /// The space that the file belongs to.
        space: Space,
        /// What RocksDB said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// RocksDB cannot open its files for another reason.
    #[error(
        "failed to open the ledger at {}; if the disk is sound, keep the folder and restore a backup",
        path.display()
    )]
    Database {
        /// The folder named.
        path: PathBuf,
        /// What RocksDB said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The layout was written by a later version of this software.
    #[error("store format {version} is unknown; this version reads format {known}")]
    UnknownFormat {
        /// The version found.
        version: u32,
        /// The version that this software reads.
        known: u32,
    },

    /// A column family was written by a later version of this software, or by another one.
    #[error("column family {name:?} is unknown; a later version wrote this store")]
    UnknownColumn {
        /// The name found.
        name: String,
    },

    /// A column family that a finished store always has is missing.
    #[error("column family {name:?} is missing; restore a backup")]
    MissingColumn {
        /// The name of it.
        name: String,
    },

    /// The log does not end where the store says it does.
    #[error("log ends at position {found} while the store recorded {recorded}; restore a backup")]
    Tip {
        /// The last position that the store recorded.
        recorded: Position,
        /// The last position of the last block.
        found: Position,
    },

    /// The end of the log, or an entry of the store, cannot be read.
    #[error("failed to check the end of the log; keep the folder and restore a backup")]
    Check {
        /// What was found, with its position.
        source: LogError,
    },
}

impl OpenError {
    /// Tells whether the disk was full.
    pub(crate) fn is_full_disk(&self) -> bool {
        let source = match self {
            Self::Database { source, .. } => Some(source),
            Self::Check {
                source: LogError::Storage { source, .. },
            } => Some(source),
            _ => None,
        };
        let error = source.and_then(|source| source.downcast_ref::<rocksdb::Error>());
        error.is_some_and(is_full_disk)
    }

    /// Tells an error of opening by what the operator has to do about it.
    pub(crate) fn from_rocksdb(path: PathBuf, error: rocksdb::Error) -> Self {
        // RocksDB has no kind for a held lock; both of its messages, for another process and for
        // this one, name the lock file. A test holds this to it.
        let is_lock = error.kind() == ErrorKind::IOError && error.as_ref().contains("/LOCK: ");
        let is_damage = error.kind() == ErrorKind::Corruption;
        let source = error.into();
        match (is_lock, is_damage) {
            (true, _) => Self::Locked { path, source },
            (false, true) => Self::Damaged { path, source },
            (false, false) => Self::Database { path, source },
        }
    }
}

/// Wraps an error of RocksDB with what we were doing, completing "failed to".
pub(crate) fn storage(doing: &'static str, error: rocksdb::Error) -> LogError {
    LogError::Storage {
        doing,
        retry_helps: retry_helps(&error),
        source: error.into(),
    }
}

/// Wraps an error of the operating system with what we were doing, completing "failed to".
pub(crate) fn system(doing: &'static str, error: io::Error) -> LogError {
    LogError::Storage {
        doing,
        retry_helps: false,
        source: error.into(),
    }
}

/// Tells whether the disk, or what the process may use of it, was full.
pub(crate) fn is_full_disk(error: &rocksdb::Error) -> bool {
    // RocksDB keeps the reason in the text only: that of ENOSPC, and that of EDQUOT. A test on a
    // full disk holds this to it.
    error.kind() == ErrorKind::IOError && is_full_disk_text(error.as_ref())
}

/// Tells the same from the text of an error.
pub(crate) fn is_full_disk_text(text: &str) -> bool {
    text.contains("No space left on device") || text.contains("Disk quota exceeded")
}

/// Tells whether what is stored is not what was written, or is not there.
pub(crate) fn is_damage(error: &rocksdb::Error) -> bool {
    let is_missing =
        error.kind() == ErrorKind::IOError && error.as_ref().contains("No such file or directory");
    error.kind() == ErrorKind::Corruption || is_missing
}

/// Wraps an error of reading the log.
pub(crate) fn unreadable(position: Position, error: rocksdb::Error) -> LogError {
    LogError::Unreadable {
        position,
        retry_helps: retry_helps(&error),
        source: error.into(),
    }
}

/// Tells whether RocksDB only asks for patience.
fn retry_helps(error: &rocksdb::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Busy | ErrorKind::TryAgain | ErrorKind::TimedOut
    )
}
