//! The folder of a shadow, which is gone when nobody needs it any more.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of shadows within that of the ledger.
const SHADOWS: &str = "shadow";

/// A folder that is removed when it is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Creates the folder of one shadow, empty.
    pub(super) fn create(ledger: &Path, generation: u64) -> io::Result<Self> {
        let path = ledger.join(SHADOWS).join(generation.to_string());
        remove(&path)?;
        fs::create_dir_all(&path)?;
        Ok(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the folder and everything in it, and that of all shadows when it is the last.
    pub(super) fn remove(&self) -> io::Result<()> {
        remove(&self.path)?;
        if let Some(shadows) = self.path.parent() {
            // Another shadow may still be in it.
            drop(fs::remove_dir(shadows));
        }
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next opening.
        drop(self.remove());
    }
}

/// Removes what shadows left in the folder of a ledger that is not open.
pub(crate) fn clear(ledger: &Path) -> io::Result<()> {
    remove(&ledger.join(SHADOWS))
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
