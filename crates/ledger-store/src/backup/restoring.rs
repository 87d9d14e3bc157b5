//! Restoring a backup: copied beside where it belongs, checked, and only then put in place.

use std::fs;
use std::path::{Path, PathBuf};

use super::copy::{Copier, Tell, check_room, remove_folder, sync_folder};
use super::folder::{BackupFolder, about, names};
use super::manifest::Manifest;
use super::{About, Backup, BackupError, Flaw};
use crate::{FreeSpace, OpenError, RocksStore};

/// A folder that a ledger is being restored into.
///
/// The files lie in a folder of their own in it, with a file that says that they are not checked:
/// whoever opens that folder as a ledger is refused ([`OpenError::Unchecked`]). Dropping it removes
/// them; [`finish`](Self::finish) puts them in place.
#[derive(Debug)]
pub struct Restoring {
    data_dir: PathBuf,
    staging: PathBuf,
    /// Whether the folder was made for this, and goes when nothing comes of it.
    is_new: bool,
    is_finished: bool,
}

/// The folder that the files lie in until they are checked.
const STAGING: &str = "restoring";

/// The file that says that the ledger beside it is not checked.
const UNCHECKED: &str = "UNCHECKED";

/// Tells whether a folder holds a copy of a ledger that was not checked.
pub(crate) fn is_unchecked(folder: &Path) -> bool {
    folder.join(UNCHECKED).exists()
}

/// What every freshly made disk holds.
const LOST_AND_FOUND: &str = "lost+found";

/// RocksDB finds a database by this file, so it comes last.
const LAST: &str = "CURRENT";

impl Restoring {
    /// Begins to restore into a folder that is empty or not there. What an earlier attempt left
    /// that was cut off is removed.
    ///
    /// # Errors
    ///
    /// [`BackupError::NotEmpty`] and [`BackupError::File`].
    pub fn begin(data_dir: impl Into<PathBuf>) -> Result<Self, BackupError> {
        let data_dir = data_dir.into();
        let is_new = !data_dir.exists();
        let found = names(&data_dir)?
            .into_iter()
            .find(|name| name != STAGING && name != LOST_AND_FOUND);
        if let Some(found) = found {
            return Err(BackupError::NotEmpty {
                path: data_dir,
                found,
            });
        }
        let staging = data_dir.join(STAGING);
        remove_folder(&staging)?;
        fs::create_dir_all(&staging).map_err(BackupError::file("create", &staging))?;
        let note = b"a backup is being restored here, and was not checked\n";
        crate::marker::write_whole(&staging, UNCHECKED, note)
            .map_err(BackupError::file("write", &staging.join(UNCHECKED)))?;
        Ok(Self {
            data_dir,
            staging,
            is_new,
            is_finished: false,
        })
    }

    /// Opens what was copied, to check it, which nothing else does.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open(&self) -> Result<RocksStore, OpenError> {
        RocksStore::open_unchecked(&self.staging)
    }

    /// Copies the files of a backup, and checks each against its manifest.
    ///
    /// # Errors
    ///
    /// [`BackupError::Damaged`] with everything that is wrong, [`BackupError::NotFound`],
    /// [`BackupError::NoRoom`], [`BackupError::Cancelled`] and [`BackupError::File`].
    pub fn copy(
        &self,
        folder: &BackupFolder,
        number: u64,
        bytes_per_second: u64,
        tell: Tell<'_>,
    ) -> Result<About, BackupError> {
        let mut survey = folder.survey()?;
        let Some(manifest) = survey.manifests.remove(&number) else {
            let listed = folder.list()?.into_iter();
            let found = listed.into_iter().find(|backup| backup.number == number);
            return Err(match found {
                Some(Backup { flaws, .. }) => BackupError::Damaged { number, flaws },
                None => folder.not_found(number),
            });
        };
        check_room(&FreeSpace::of_the_disk(), &self.staging, manifest.bytes())?;
        let flaws = self.copy_files(folder, &manifest, bytes_per_second, tell)?;
        match flaws.is_empty() {
            true => {
                // It is a ledger, which is opened by nobody else until it was checked.
                crate::open::issue_restored(&self.staging, &manifest.ledger)?;
                Ok(about(&manifest))
            }
            false => Err(BackupError::Damaged { number, flaws }),
        }
    }

    fn copy_files(
        &self,
        folder: &BackupFolder,
        manifest: &Manifest,
        bytes_per_second: u64,
        tell: Tell<'_>,
    ) -> Result<Vec<Flaw>, BackupError> {
        let files = u64::try_from(manifest.files.len()).unwrap_or(u64::MAX);
        let mut copier = Copier::new(bytes_per_second, files, manifest.bytes(), tell);
        let mut flaws = folder.foreign(manifest);
        for file in &manifest.files {
            let from = folder.path_of(manifest.number, file);
            let held = copier.copy(&from, &self.staging.join(&file.name));
            flaws.extend(folder.compare(file, &from, held)?);
        }
        Ok(flaws)
    }

    /// Puts the files in place, in an order that leaves no ledger to open until all are there.
    ///
    /// # Errors
    ///
    /// [`BackupError::File`]; what was put in place by then is no ledger.
    pub fn finish(mut self) -> Result<(), BackupError> {
        let mut files = names(&self.staging)?;
        files.retain(|name| name != UNCHECKED);
        files.sort_by_key(|name| name == LAST);
        sync_folder(&self.staging)?;
        for name in files {
            if name == LAST {
                sync_folder(&self.data_dir)?;
            }
            let from = self.staging.join(&name);
            fs::rename(&from, self.data_dir.join(&name))
                .map_err(BackupError::file("rename", &from))?;
        }
        sync_folder(&self.data_dir)?;
        self.is_finished = true;
        remove_folder(&self.staging)?;
        sync_folder(&self.data_dir)
    }
}

impl Drop for Restoring {
    fn drop(&mut self) {
        if self.is_finished {
            return;
        }
        // Whatever cannot be removed is not opened, and the next attempt begins by removing it.
        drop(remove_folder(&self.staging));
        if self.is_new {
            drop(fs::remove_dir(&self.data_dir));
        }
    }
}
