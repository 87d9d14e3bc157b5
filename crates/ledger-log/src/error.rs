//! What can go wrong between the ledger and its bytes.

use ledger_core::Position;
use thiserror::Error;

use crate::{Epoch, Space};

/// Why the log or the derived state could not be read or written.
///
/// `Display` speaks for this level only; the cause, where there is one, is the `source`.
#[derive(Debug, Error)]
pub enum LogError {
    /// A later claim owns the log; this writer must stop.
    #[error("epoch {given} is fenced off by epoch {current}")]
    StaleEpoch {
        /// The epoch that the caller holds.
        given: Epoch,
        /// The epoch that owns the log now.
        current: Epoch,
    },

    /// The log does not end where the caller believes.
    #[error("log ends at position {actual} and not at {expected}")]
    Conflict {
        /// The last position that the caller named.
        expected: Position,
        /// The last position of the log.
        actual: Position,
    },

    /// The blocks of a group do not follow one another from the end of the log.
    #[error("block starts at position {found} where {expected} follows")]
    Gap {
        /// The position that the block must start at.
        expected: Position,
        /// The position that it starts at.
        found: Position,
    },

    /// A commit group holds more than [`GROUP_BYTES_MAX`](crate::limits::GROUP_BYTES_MAX).
    #[error("commit group of {bytes} bytes is too large")]
    GroupTooLarge {
        /// Bytes of blocks, keys and values together.
        bytes: usize,
    },

    /// An earlier write failed, so that the state of the disk is unknown; reopening settles it.
    #[error("writing is disabled since an earlier write failed: {reason}")]
    WriteDisabled {
        /// What the first failure was.
        reason: String,
    },

    /// The bytes of one record are not those that were written.
    #[error("record at position {position} is damaged: {what}")]
    CorruptRecord {
        /// The position of the record.
        position: Position,
        /// What does not hold.
        what: Damage,
    },

    /// The frame around a block of records is not what was written, or a block is missing.
    #[error("block at position {first_position} is damaged: {what}")]
    CorruptBlock {
        /// The position that the block is stored under, or should be.
        first_position: Position,
        /// What does not hold.
        what: Damage,
    },

    /// A block was written by a later version of this software.
    #[error("block format {version} is unknown")]
    UnknownFormat {
        /// The leading byte of the block.
        version: u8,
    },

    /// A bookkeeping entry of the store itself is missing or malformed.
    #[error("store entry {name} is damaged")]
    CorruptEntry {
        /// The name of the entry.
        name: &'static str,
    },

    /// A space that cannot be derived from the log was written to a shadow.
    #[error("{} cannot be rebuilt from the log", space.name())]
    NotRebuildable {
        /// The space named.
        space: Space,
    },

    /// A file or an entry of a space is damaged. Damage of the log has errors of its own.
    #[error(
        "stored {} is damaged: {}",
        space.name(),
        if space.is_rebuildable() {
            "it follows from the log, and a rebuild replaces it"
        } else {
            "it follows from nothing else; restore a backup"
        }
    )]
    DamagedSpace {
        /// The space that was read.
        space: Space,
        /// What the database said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The store was opened for reading only.
    #[error("ledger is open for reading only: {reason}")]
    ReadOnly {
        /// Why.
        reason: String,
    },

    /// The disk has too little room for this and for what has to stay free. Nothing was written.
    #[error("no room to {doing}: {free} bytes are free, {needed} are needed beside {headroom}")]
    NoRoom {
        /// What was to be done, completing "no room to".
        doing: &'static str,
        /// Bytes that it takes.
        needed: u64,
        /// Bytes that were free.
        free: u64,
        /// Bytes that have to stay free.
        headroom: u64,
    },

    /// A later shadow was opened, or this one was promoted, or it belongs to another store.
    #[error("shadow is no longer open")]
    ShadowGone,

    /// A shadow was offered for a position that is not the end of the log.
    #[error("shadow stands at position {at} while the log ends at {last}")]
    ShadowBehind {
        /// The position that the shadow was built up to.
        at: Position,
        /// The last position of the log.
        last: Position,
    },

    /// The database cannot hand out a block; its own checksums may have failed.
    #[error("failed to read the log at position {position}")]
    Unreadable {
        /// The position that was to be read.
        position: Position,
        /// Whether the same call may succeed later.
        retry_helps: bool,
        /// What the database said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The database or the network under it failed.
    #[error("failed to {doing}")]
    Storage {
        /// What we were doing, completing "failed to".
        doing: &'static str,
        /// Whether the same call may succeed later.
        retry_helps: bool,
        /// What the database said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl LogError {
    /// Tells whether an append that failed with this error has written nothing. That holds for the
    /// errors of the checks before the write. After any other error the outcome is unknown until
    /// the store is opened anew.
    #[must_use]
    pub const fn nothing_written(&self) -> bool {
        matches!(
            self,
            Self::StaleEpoch { .. }
                | Self::Conflict { .. }
                | Self::Gap { .. }
                | Self::GroupTooLarge { .. }
                | Self::NoRoom { .. }
                | Self::ReadOnly { .. }
        )
    }

    /// The derived space that this error says is damaged, if it says so. A rebuild replaces that
    /// space from the log.
    #[must_use]
    pub fn damaged_derived(&self) -> Option<Space> {
        let space = match self {
            Self::DamagedSpace { space, .. } => *space,
            // Entries whose bytes are whole and say nothing.
            Self::CorruptEntry { name } => {
                Space::ALL.into_iter().find(|space| space.name() == *name)?
            }
            _ => return None,
        };
        space.is_rebuildable().then_some(space)
    }

    /// Tells whether the same call on the same store may succeed later.
    ///
    /// An append that failed in [`Storage`](Self::Storage) has an unknown outcome, so it is never
    /// worth repeating: the store is write-disabled from then on.
    #[must_use]
    pub fn retry_helps(&self) -> bool {
        match self {
            Self::Unreadable { retry_helps, .. } | Self::Storage { retry_helps, .. } => {
                *retry_helps
            }
            // Somebody makes room.
            Self::NoRoom { .. } => true,
            Self::StaleEpoch { .. }
            | Self::DamagedSpace { .. }
            | Self::ReadOnly { .. }
            | Self::Conflict { .. }
            | Self::Gap { .. }
            | Self::GroupTooLarge { .. }
            | Self::WriteDisabled { .. }
            | Self::CorruptRecord { .. }
            | Self::CorruptBlock { .. }
            | Self::UnknownFormat { .. }
            | Self::CorruptEntry { .. }
            | Self::NotRebuildable { .. }
            | Self::ShadowGone
            | Self::ShadowBehind { .. } => false,
        }
    }
}

/// What a check on stored bytes found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Damage {
    /// The checksum over the block's header differs.
    #[error("header checksum differs")]
    HeaderChecksum,
    /// The checksum over the block's record table differs.
    #[error("table checksum differs")]
    TableChecksum,
    /// The checksum over the record's bytes differs.
    #[error("record checksum differs")]
    RecordChecksum,
    /// The stored leaf hash is not the hash of the record's bytes.
    #[error("leaf hash differs")]
    LeafHash,
    /// The frame is shorter or longer than its header says.
    #[error("length differs")]
    Length,
    /// The header sets flags, or names a hash, that this format version does not have.
    #[error("header has unknown flags or hash")]
    Header,
    /// The frame holds no record, or the table does not cover the records one after the other.
    #[error("record table is inconsistent")]
    Table,
    /// The block's header names another first position than its key.
    #[error("first position differs from the key")]
    Key,
    /// The position is missing from the log: no block holds it, or two do.
    #[error("log does not continue here")]
    Gap,
}
