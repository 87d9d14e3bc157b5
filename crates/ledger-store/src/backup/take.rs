//! Taking a backup of a ledger that is open and written to.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use ledger_core::hex;
use ledger_log::{Log as _, StateStore as _};
use rocksdb::checkpoint::Checkpoint;
use rocksdb::properties;

use super::copy::{Copier, Tell, check_room, remove_folder, sync_folder, write_whole};
use super::folder::{self, BackupFolder, Survey, about};
use super::manifest::{Manifest, StoredFile, sum_of};
use super::{BackUp, Backup, BackupError};
use crate::RocksStore;
use crate::error::storage;

/// The folder beside the files of the ledger that a checkpoint lies in while it is copied.
pub(crate) const CHECKPOINT: &str = "checkpoint";

/// Bytes at the end of a table file that tell it from every other. RocksDB's properties lie there,
/// and with them the session of the database that wrote the file, and the number it got.
const TAIL_BYTES: u64 = 64 * 1024;

/// A file of the checkpoint that is to be in the backup.
struct Wanted {
    name: String,
    bytes: u64,
    /// Its name among the shared files, for a table file.
    shared_as: Option<String>,
}

impl RocksStore {
    /// Takes a backup of the ledger as it is now, while it is written to.
    ///
    /// It holds everything that was acknowledged before the call. Table files that an earlier
    /// backup of the folder holds are not copied again. `tell` may stop it.
    ///
    /// # Errors
    ///
    /// [`BackupError`]; the ledger goes on as it was, there is no new backup, and the earlier ones
    /// are untouched.
    pub fn back_up(
        &self,
        folder: &BackupFolder,
        asked: &BackUp<'_>,
        tell: Tell<'_>,
    ) -> Result<Backup, BackupError> {
        let lock = folder.lock()?;
        let survey = folder.clean(&lock)?;
        let checkpoint = CheckpointFolder::make(self)?;
        let mut manifest = self.describe(&checkpoint, asked)?;
        manifest.number = BackupFolder::next_number(&survey);
        let wanted = wanted(&checkpoint.path)?;
        match copy(folder, &survey, &checkpoint, &wanted, manifest, asked, tell) {
            Ok(backup) => Ok(backup),
            Err(error) => {
                // What is left is no backup; when it cannot go now, the next one removes it.
                drop(folder.clean(&lock));
                Err(error)
            }
        }
    }

    /// Reads out of the checkpoint what the manifest says about it.
    fn describe(
        &self,
        checkpoint: &CheckpointFolder,
        asked: &BackUp<'_>,
    ) -> Result<Manifest, BackupError> {
        let copy = Self::open_unmarked(&checkpoint.path)?;
        let position = copy.last_position();
        if position < checkpoint.acknowledged {
            return Err(BackupError::Behind {
                acknowledged: checkpoint.acknowledged,
                found: position,
            });
        }
        let seal = (asked.seal)(&*copy.snapshot()?).map_err(BackupError::Seal)?;
        Ok(Manifest {
            number: 0,
            ledger: self
                .ledger_id()
                .map_err(BackupError::file("read the identity of", self.path()))?,
            taken_at: asked.taken_at,
            position,
            seal,
            files: Vec::new(),
        })
    }

    /// Bytes that RocksDB may write to the ledger's own disk for a checkpoint: everything that is
    /// in memory, and copies of the write-ahead log and of the manifest.
    fn checkpoint_bytes(&self) -> Result<u64, BackupError> {
        let inner = self.inner();
        let mut bytes = 0_u64;
        for column in inner.live_columns() {
            let value = inner
                .db
                .property_int_value_cf(&column, properties::CUR_SIZE_ALL_MEM_TABLES);
            let in_memory = value.map_err(|error| storage("estimate sizes", error))?;
            bytes = bytes.saturating_add(in_memory.unwrap_or_default());
        }
        for name in folder::names(&self.path())? {
            if name.ends_with(".log") || name.starts_with("MANIFEST-") {
                let file = fs::metadata(self.path().join(&name));
                // RocksDB removes files that it no longer needs at any time.
                bytes = bytes.saturating_add(file.map(|file| file.len()).unwrap_or_default());
            }
        }
        Ok(bytes)
    }
}

/// A checkpoint, removed when it is dropped.
struct CheckpointFolder {
    path: PathBuf,
    acknowledged: ledger_core::Position,
}

impl CheckpointFolder {
    fn make(store: &RocksStore) -> Result<Self, BackupError> {
        let path = store.path().join(CHECKPOINT);
        remove_checkpoints(&store.path())?;
        // A flush without room would stop all writing, so it is not begun.
        check_room(
            store.inner().room.asked(),
            &store.path(),
            store.checkpoint_bytes()?,
        )?;
        store.inner().check_writable()?;
        let acknowledged = store.last_position();
        let checkpoint = Self { path, acknowledged };
        Checkpoint::new(&store.inner().db)
            .and_then(|maker| maker.create_checkpoint(&checkpoint.path))
            .map_err(|error| storage("make a checkpoint", error))?;
        Ok(checkpoint)
    }
}

impl Drop for CheckpointFolder {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next backup and by the next opening.
        drop(remove_folder(&self.path));
    }
}

/// Removes what a backup that was cut off has left beside the files of the ledger.
pub(crate) fn remove_checkpoints(data_dir: &Path) -> Result<(), BackupError> {
    remove_folder(&data_dir.join(CHECKPOINT))?;
    // RocksDB makes a checkpoint under another name and renames it.
    remove_folder(&data_dir.join(format!("{CHECKPOINT}.tmp")))
}

/// Lists the files of a checkpoint that belong into a backup.
fn wanted(checkpoint: &Path) -> Result<Vec<Wanted>, BackupError> {
    let mut wanted = Vec::new();
    for name in folder::names(checkpoint)? {
        let path = checkpoint.join(&name);
        let is_table = name.ends_with(".sst");
        let is_other = name == "CURRENT"
            || name == "IDENTITY"
            || name.starts_with("MANIFEST-")
            || name.starts_with("OPTIONS-")
            || name.ends_with(".log");
        if !is_table && !is_other {
            continue;
        }
        let metadata = fs::metadata(&path).map_err(BackupError::file("measure", &path))?;
        let bytes = metadata.len();
        let shared_as = match is_table {
            true => Some(shared_name(&path, &name, bytes)?),
            false => None,
        };
        wanted.push(Wanted {
            name,
            bytes,
            shared_as,
        });
    }
    Ok(wanted)
}

/// The name of a table file among those of all backups, also of other ledgers and of forks: two
/// files of one name hold the same.
fn shared_name(path: &Path, name: &str, bytes: u64) -> Result<String, BackupError> {
    let mut file = File::open(path).map_err(BackupError::file("open", path))?;
    let start = bytes.saturating_sub(TAIL_BYTES);
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(start))
        .and_then(|_| file.read_to_end(&mut tail))
        .map_err(BackupError::file("read", path))?;
    let stem = name.strip_suffix(".sst").unwrap_or(name);
    let sum = sum_of(&tail);
    let (mark, _) = sum.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
    Ok(format!("{stem}-{bytes}-{}.sst", hex::encode(mark)))
}

/// Copies what is missing, and writes the manifest.
fn copy(
    folder: &BackupFolder,
    survey: &Survey,
    checkpoint: &CheckpointFolder,
    wanted: &[Wanted],
    mut manifest: Manifest,
    asked: &BackUp<'_>,
    tell: Tell<'_>,
) -> Result<Backup, BackupError> {
    let shared = survey.shared();
    // A file that is not as long as it was is damaged; copying it again mends it.
    let is_there = |one: &Wanted| {
        let stored = one.shared_as.as_deref()?;
        let (bytes, sum) = *shared.get(stored)?;
        let found = fs::metadata(folder.shared_path().join(stored)).ok()?;
        (found.len() == bytes && bytes == one.bytes).then_some(sum)
    };
    let missing = wanted.iter().filter(|one| is_there(one).is_none());
    let bytes = missing.map(|one| one.bytes).fold(0, u64::saturating_add);
    folder.check_room(bytes)?;
    let partial = folder.partial_path(manifest.number);
    for path in [&folder.shared_path(), &partial] {
        fs::create_dir_all(path).map_err(BackupError::file("create", path))?;
    }
    let files = u64::try_from(wanted.len()).unwrap_or(u64::MAX);
    let mut copier = Copier::new(asked.bytes_per_second, files, bytes, tell);
    for one in wanted {
        let from = checkpoint.path.join(&one.name);
        let (bytes, sum) = match (is_there(one), &one.shared_as) {
            (Some(sum), _) => {
                copier.skip();
                (one.bytes, sum)
            }
            (None, None) => {
                let held = copier.copy(&from, &partial.join(&one.name))?;
                (held.bytes, held.sum)
            }
            (None, Some(stored)) => {
                let to = folder
                    .shared_path()
                    .join(format!("{stored}.{}", folder::PARTIAL));
                drop(fs::remove_file(&to));
                let held = copier.copy(&from, &to)?;
                let recorded = shared.get(stored.as_str());
                if recorded.is_some_and(|recorded| *recorded != (held.bytes, held.sum)) {
                    return Err(BackupError::Changed {
                        file: one.name.clone(),
                    });
                }
                let to_stay = folder.shared_path().join(stored);
                fs::rename(&to, &to_stay).map_err(BackupError::file("rename", &to))?;
                (held.bytes, held.sum)
            }
        };
        manifest.files.push(StoredFile {
            name: one.name.clone(),
            bytes,
            sum,
            shared_as: one.shared_as.clone(),
        });
    }
    finish(folder, &partial, &manifest)
}

/// Makes everything copied durable, and then makes it a backup.
fn finish(
    folder: &BackupFolder,
    partial: &Path,
    manifest: &Manifest,
) -> Result<Backup, BackupError> {
    sync_folder(&folder.shared_path())?;
    sync_folder(partial)?;
    let own = folder.own_path(manifest.number);
    fs::rename(partial, &own).map_err(BackupError::file("rename", partial))?;
    sync_folder(folder.path())?;
    let path = folder.manifest_path(manifest.number);
    let mut unfinished = path.clone().into_os_string();
    unfinished.push(".");
    unfinished.push(folder::PARTIAL);
    write_whole(&path, Path::new(&unfinished), manifest.encode().as_bytes())?;
    sync_folder(folder.path())?;
    Ok(Backup {
        number: manifest.number,
        about: Some(about(manifest)),
        flaws: Vec::new(),
    })
}
