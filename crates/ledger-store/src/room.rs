//! Room on the disk: how it is asked for, and how much of it is left to whom.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ledger_log::{Condition, LogError, limits::GROUP_BYTES_MAX};

use crate::error::system;
use crate::{StoreOptions, spare};

/// Bytes that one group takes in the write-ahead log at most.
pub(crate) const GROUP_BYTES: u64 = {
    assert!(GROUP_BYTES_MAX == 32 * 1024 * 1024);
    32 * 1024 * 1024
};

/// The way to ask how much room the disk of a folder has.
#[derive(Clone)]
pub struct FreeSpace(Arc<Ask>);

/// Asks for the free bytes of the disk that a folder lies on.
type Ask = dyn Fn(&Path) -> io::Result<u64> + Send + Sync;

impl FreeSpace {
    /// Asks the operating system for what an ordinary user may still write.
    #[must_use]
    pub fn of_the_disk() -> Self {
        Self::new(|folder| {
            let disk = rustix::fs::statvfs(folder)?;
            Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
        })
    }

    /// Asks something else, for tests of what happens when there is little.
    #[must_use]
    pub fn new(ask: impl Fn(&Path) -> io::Result<u64> + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    /// Returns the bytes that may still be written to the disk of a folder.
    ///
    /// # Errors
    ///
    /// Any error of asking.
    pub fn bytes(&self, folder: &Path) -> io::Result<u64> {
        (self.0)(folder)
    }
}

impl Default for FreeSpace {
    fn default() -> Self {
        Self::of_the_disk()
    }
}

impl fmt::Debug for FreeSpace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FreeSpace")
    }
}

/// The room of one ledger.
#[derive(Debug)]
pub(crate) struct Room {
    folder: PathBuf,
    free: FreeSpace,
    /// Bytes that stay free of what is recorded.
    writes_headroom: u64,
    /// Bytes that a shadow leaves free.
    shadow_headroom: u64,
    /// Bytes that are kept for an opening on a full disk.
    spare_bytes_max: u64,
}

impl Room {
    pub(crate) fn new(folder: &Path, options: &StoreOptions) -> Self {
        Self {
            folder: folder.to_owned(),
            free: options.free_space.clone(),
            writes_headroom: options.writes_headroom_bytes,
            shadow_headroom: options.shadow_headroom_bytes,
            spare_bytes_max: options.spare_bytes,
        }
    }

    /// Checks that a group may be written.
    pub(crate) fn check_writes(&self) -> Result<(), LogError> {
        // Where nobody can tell how much is free the write itself will.
        let Ok(free) = self.free() else { return Ok(()) };
        Self::check("record more", GROUP_BYTES, free, self.writes_headroom)
    }

    /// What is asked how much room there is.
    pub(crate) fn asked(&self) -> &FreeSpace {
        &self.free
    }

    pub(crate) fn condition(&self) -> Condition {
        Condition {
            free_bytes: self.free().ok(),
            writes_headroom_bytes: self.writes_headroom,
            shadow_headroom_bytes: self.shadow_headroom,
            spare_bytes: spare::bytes(&self.folder),
            spare_bytes_max: self.spare_bytes_max,
            damage: None,
        }
    }

    fn check(doing: &'static str, needed: u64, free: u64, headroom: u64) -> Result<(), LogError> {
        if free >= needed.saturating_add(headroom) {
            return Ok(());
        }
        Err(LogError::NoRoom {
            doing,
            needed,
            free,
            headroom,
        })
    }

    pub(crate) fn free(&self) -> Result<u64, LogError> {
        let free = self.free.bytes(&self.folder);
        free.map_err(|error| system("ask for free space", error))
    }

    /// Checks that a shadow may take so many bytes.
    pub(crate) fn check_shadow(&self, doing: &'static str, needed: u64) -> Result<(), LogError> {
        Self::check(doing, needed, self.free()?, self.shadow_headroom)
    }

    /// Tells an error of a shadow's database by its cause: a disk that is full all the same is
    /// lack of room, whatever was asked before.
    pub(crate) fn shadow_error(&self, doing: &'static str, error: rocksdb::Error) -> LogError {
        if !crate::error::is_full_disk(&error) {
            return crate::error::storage(doing, error);
        }
        LogError::NoRoom {
            doing,
            needed: crate::options::SHADOW_STEP_BYTES,
            free: self.free().unwrap_or(0),
            headroom: self.shadow_headroom,
        }
    }
}
