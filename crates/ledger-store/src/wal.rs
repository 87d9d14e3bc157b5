//! Checking the write-ahead log before a database is opened that does not check it itself.
//!
//! A database whose derived state lacks files can be opened only without RocksDB's own checks of
//! its files, and then RocksDB passes over damage in the write-ahead log as well. So everything in
//! it is checked here first: every record against its checksum, up to an end that was cut off.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::OpenError;

/// Bytes of a block; no record crosses its end.
const BLOCK_BYTES: usize = 32 * 1024;

/// Bytes before the content of a record: checksum, length, kind.
const HEADER_BYTES: usize = 7;

/// What is added to a checksum that is stored, after turning it.
const MASK_DELTA: u32 = 0xa282_ead8;

/// Checks every file of the write-ahead log in a folder.
pub(crate) fn check(folder: &Path) -> Result<(), OpenError> {
    for path in files(folder)? {
        let bytes = fs::read(&path).map_err(|error| unreadable(folder, error))?;
        if !is_whole(&bytes) {
            return Err(OpenError::Damaged {
                path: folder.to_owned(),
                source: format!("{} is damaged", path.display()).into(),
            });
        }
    }
    Ok(())
}

/// Tells whether the write-ahead log in a folder holds nothing.
pub(crate) fn is_empty(folder: &Path) -> Result<bool, OpenError> {
    for path in files(folder)? {
        let file = fs::metadata(path).map_err(|error| unreadable(folder, error))?;
        if file.len() > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The files of the write-ahead log in a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>, OpenError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        if path.extension().is_some_and(|extension| extension == "log") {
            files.push(path);
        }
    }
    Ok(files)
}

fn unreadable(folder: &Path, error: io::Error) -> OpenError {
    OpenError::Database {
        path: folder.to_owned(),
        source: error.into(),
    }
}

/// Tells whether every record has its checksum, but for one at the end that was cut off.
fn is_whole(file: &[u8]) -> bool {
    let blocks = file.len().div_ceil(BLOCK_BYTES);
    file.chunks(BLOCK_BYTES)
        .zip(1..)
        .all(|(mut block, number)| {
            while let Some((header, rest)) = block.split_at_checked(HEADER_BYTES) {
                let &[a, b, c, d, low, high, kind] = header else {
                    return false;
                };
                // Room that was reserved, or the end of a block that is too short for a header.
                if header.iter().all(|byte| *byte == 0) {
                    return rest.iter().all(|byte| *byte == 0);
                }
                let length = usize::from(u16::from_le_bytes([low, high]));
                let Some((content, next)) = rest.split_at_checked(length) else {
                    // Cut off; RocksDB drops it.
                    return number == blocks;
                };
                let found = crc32c::crc32c_append(crc32c::crc32c(&[kind]), content);
                let masked = found.rotate_right(15).wrapping_add(MASK_DELTA);
                if masked != u32::from_le_bytes([a, b, c, d]) {
                    return false;
                }
                block = next;
            }
            true
        })
}
