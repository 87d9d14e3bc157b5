//! Copying and hashing files, at a rate, durably.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::manifest::Sum;
use super::{BackupError, Copying};
use crate::FreeSpace;
use crate::pace::Pace;

/// Bytes read at once: enough to keep a disk busy, little enough to stop and to wait often.
const CHUNK_BYTES: usize = 256 * 1024;

/// Bytes that stay free on the disk that a backup or a restore writes to: room for what other
/// programs write meanwhile, and for the folders themselves.
pub(super) const SPARE_BYTES: u64 = 64 * 1024 * 1024;

/// Tells how far it has come, and is told whether to go on.
pub(super) type Tell<'a> = &'a mut dyn FnMut(Copying) -> ControlFlow<()>;

/// Reads files one after the other, at one rate, telling how far it has come.
pub(super) struct Copier<'a> {
    pace: Pace,
    done: Copying,
    tell: Tell<'a>,
    chunk: Vec<u8>,
}

/// What a file held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) bytes: u64,
    pub(super) sum: Sum,
}

impl<'a> Copier<'a> {
    pub(super) fn new(bytes_per_second: u64, files: u64, bytes: u64, tell: Tell<'a>) -> Self {
        Self {
            pace: Pace::new(bytes_per_second),
            done: Copying {
                files,
                bytes,
                ..Copying::default()
            },
            tell,
            chunk: vec![0; CHUNK_BYTES],
        }
    }

    /// Copies a file to one that is not there yet, and syncs it.
    pub(super) fn copy(&mut self, from: &Path, to: &Path) -> Result<Held, BackupError> {
        let create = OpenOptions::new().write(true).create_new(true).open(to);
        let mut target = create.map_err(BackupError::file("create", to))?;
        let held = self.read(from, |chunk| {
            target
                .write_all(chunk)
                .map_err(BackupError::file("write", to))
        })?;
        target.sync_all().map_err(BackupError::file("sync", to))?;
        Ok(held)
    }

    /// Reads a file to its end.
    pub(super) fn hash(&mut self, from: &Path) -> Result<Held, BackupError> {
        self.read(from, |_| Ok(()))
    }

    /// Notes a file that need not be read.
    pub(super) fn skip(&mut self) {
        self.done.files_done = self.done.files_done.saturating_add(1);
    }

    fn read(
        &mut self,
        from: &Path,
        mut take: impl FnMut(&[u8]) -> Result<(), BackupError>,
    ) -> Result<Held, BackupError> {
        let mut source = File::open(from).map_err(BackupError::file("open", from))?;
        let mut hasher = Sha256::new();
        let mut bytes = 0_u64;
        loop {
            let count = match source.read(&mut self.chunk) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(BackupError::file("read", from)(error)),
            };
            let chunk = self.chunk.get(..count).unwrap_or_default();
            hasher.update(chunk);
            take(chunk)?;
            let count_u64 = u64::try_from(count).unwrap_or(u64::MAX);
            bytes = bytes.saturating_add(count_u64);
            self.done.bytes_done = self.done.bytes_done.saturating_add(count_u64);
            self.pace.spent(count);
            self.go_on()?;
        }
        self.skip();
        self.go_on()?;
        Ok(Held {
            bytes,
            sum: hasher.finalize().into(),
        })
    }

    /// Keeps the rate, and stops when asked to.
    fn go_on(&mut self) -> Result<(), BackupError> {
        loop {
            if (self.tell)(self.done).is_break() {
                return Err(BackupError::Cancelled);
            }
            if !self.pace.wait() {
                return Ok(());
            }
        }
    }
}

/// Makes the entries of a folder durable.
pub(super) fn sync_folder(path: &Path) -> Result<(), BackupError> {
    let folder = File::open(path).map_err(BackupError::file("open", path))?;
    folder.sync_all().map_err(BackupError::file("sync", path))
}

/// Writes a file in one step: it is there whole, or not at all.
pub(super) fn write_whole(path: &Path, partial: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    let mut file = File::create(partial).map_err(BackupError::file("create", partial))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(BackupError::file("write", partial))?;
    fs::rename(partial, path).map_err(BackupError::file("rename", partial))
}

/// Checks that so many bytes can be written and leave the disk some room.
pub(super) fn check_room(free: &FreeSpace, path: &Path, bytes: u64) -> Result<(), BackupError> {
    let needed = bytes.saturating_add(SPARE_BYTES);
    let available = free
        .bytes(path)
        .map_err(BackupError::file("measure the disk of", path))?;
    if available < needed {
        return Err(BackupError::NoRoom {
            path: path.to_owned(),
            needed,
            available,
        });
    }
    Ok(())
}

/// Removes a folder with everything in it; one that is not there is fine.
pub(super) fn remove_folder(path: &Path) -> Result<(), BackupError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(BackupError::file("remove", path)(error))
        }
        _ => Ok(()),
    }
}
