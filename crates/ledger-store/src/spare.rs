//! A file that is kept for nothing but its room, so that a ledger on a full disk can be opened.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use ledger_log::LogError;
use rustix::fs::{FallocateFlags, fallocate};

use crate::StoreOptions;
use crate::error::system;
use crate::room::GROUP_BYTES;

/// Its name in the folder of the ledger.
const SPARE: &str = "SPARE";

/// Bytes that opening writes beside what it makes of the write-ahead log: a manifest, the names of
/// files, the first pages of a new log.
const OPENING_BYTES: u64 = 32 * 1024 * 1024;

/// Sees to it that a ledger can be opened: gives the spare room back when there is too little.
///
/// # Errors
///
/// [`LogError::NoRoom`] when that is not enough either, [`LogError::Storage`] when it fails.
pub(crate) fn make_room(folder: &Path, options: &StoreOptions) -> Result<(), LogError> {
    let doing = "open the ledger for writing";
    let needed = write_ahead_log_bytes(folder)
        .map_err(|error| system(doing, error))?
        .saturating_add(OPENING_BYTES);
    // Where nobody can tell how much is free the opening itself will.
    let free = || options.free_space.bytes(folder).unwrap_or(u64::MAX);
    if free() >= needed {
        return Ok(());
    }
    give_back(folder).map_err(|error| system("give the spare room back", error))?;
    let free = free();
    if free >= needed {
        return Ok(());
    }
    Err(LogError::NoRoom {
        doing,
        needed,
        free,
        headroom: 0,
    })
}

/// Makes the file where it is missing and there is room for it beside what writing needs.
pub(crate) fn keep(folder: &Path, options: &StoreOptions) {
    let has = bytes(folder);
    let Some(missing) = options.spare_bytes.checked_sub(has) else {
        return;
    };
    let needed = missing
        .saturating_add(options.writes_headroom_bytes)
        .saturating_add(GROUP_BYTES);
    let free = options.free_space.bytes(folder).unwrap_or(0);
    if missing == 0 || free < needed {
        return;
    }
    // It is a precaution: without it everything works until the disk is full.
    if reserve(folder, options.spare_bytes).is_err() {
        drop(give_back(folder));
    }
}

/// Bytes that the file keeps at present.
pub(crate) fn bytes(folder: &Path) -> u64 {
    fs::metadata(folder.join(SPARE)).map_or(0, |file| file.len())
}

fn reserve(folder: &Path, bytes: u64) -> io::Result<()> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(SPARE))?;
    // A disk that cannot give room without writing to it gives none that could be relied on.
    fallocate(&file, FallocateFlags::empty(), 0, bytes)?;
    file.sync_all()
}

fn give_back(folder: &Path) -> io::Result<()> {
    match fs::remove_file(folder.join(SPARE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        // The room is free once the removal is on the disk.
        _ => File::open(folder)?.sync_all(),
    }
}

/// Bytes of the write-ahead log, which an opening turns into other files.
fn write_ahead_log_bytes(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0_u64;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if Path::new(&entry.file_name())
            .extension()
            .is_some_and(|extension| extension == "log")
        {
            bytes = bytes.saturating_add(entry.metadata()?.len());
        }
    }
    Ok(bytes)
}
