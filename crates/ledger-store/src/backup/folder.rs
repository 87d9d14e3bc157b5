//! The folder of backups: what is in it, whether it is whole, what may go.
//!
//! Long: one folder on disk, and everything that reads or writes in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::copy::{Copier, Held, Tell, check_room, remove_folder, sync_folder};
use super::manifest::{MANIFEST_BYTES_MAX, Manifest, StoredFile, Sum};
use super::{About, Backup, BackupError, Flaw, FlawKind};
use crate::FreeSpace;

/// A folder of backups.
#[derive(Debug, Clone)]
pub struct BackupFolder {
    root: PathBuf,
    free: FreeSpace,
}

/// The right to write to a folder of backups; the system takes it back when the process ends.
#[derive(Debug)]
pub(super) struct FolderLock {
    _file: File,
}

/// What is in a folder of backups.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Readable manifests by number.
    pub(super) manifests: BTreeMap<u64, Manifest>,
    /// Numbers whose manifest cannot be read.
    pub(super) unreadable: BTreeSet<u64>,
    /// Numbers that have files and no manifest.
    pub(super) unfinished: BTreeSet<u64>,
}

const LOCK: &str = "LOCK";
const SHARED: &str = "shared";
const MANIFEST: &str = "backup";
pub(super) const PARTIAL: &str = "partial";

impl BackupFolder {
    /// Names a folder, which has to be there: a disk that is not mounted must not be mistaken for
    /// an empty one.
    ///
    /// # Errors
    ///
    /// [`BackupError::NoFolder`].
    pub fn new(root: impl Into<PathBuf>) -> Result<Self, BackupError> {
        let root = root.into();
        match root.is_dir() {
            true => Ok(Self {
                root,
                free: FreeSpace::of_the_disk(),
            }),
            false => Err(BackupError::NoFolder { path: root }),
        }
    }

    /// Asks something else than the system for free space, for tests of what happens when there is
    /// little.
    #[must_use]
    pub fn with_free_space(self, free: FreeSpace) -> Self {
        Self { free, ..self }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Bytes that may still be written to its disk.
    ///
    /// # Errors
    ///
    /// [`BackupError::File`].
    pub fn free_bytes(&self) -> Result<u64, BackupError> {
        let free = self.free.bytes(&self.root);
        free.map_err(BackupError::file("measure the disk of", &self.root))
    }

    /// Checks that so many bytes can be written and leave the disk some room.
    pub(super) fn check_room(&self, bytes: u64) -> Result<(), BackupError> {
        check_room(&self.free, &self.root, bytes)
    }

    /// Lists the backups, oldest first. Each file is looked for, and its length is checked; what
    /// it holds is not read: see [`check`](Self::check).
    ///
    /// # Errors
    ///
    /// [`BackupError::File`] when the folder cannot be read.
    pub fn list(&self) -> Result<Vec<Backup>, BackupError> {
        let survey = self.survey()?;
        let mut backups: Vec<Backup> = Vec::new();
        for manifest in survey.manifests.values() {
            backups.push(Backup {
                number: manifest.number,
                about: Some(about(manifest)),
                flaws: self.lengths(manifest),
            });
        }
        let without = |number: u64, file: PathBuf, what| Backup {
            number,
            about: None,
            flaws: vec![self.flaw(&file, what)],
        };
        for number in survey.unreadable {
            backups.push(without(
                number,
                self.manifest_path(number),
                FlawKind::Manifest,
            ));
        }
        for number in survey.unfinished {
            let file = self.partial_path(number);
            backups.push(without(number, file, FlawKind::Unfinished));
        }
        backups.sort_by_key(|backup| backup.number);
        Ok(backups)
    }

    /// Reads every file of a backup, and tells what is wrong with it.
    ///
    /// # Errors
    ///
    /// [`BackupError::NotFound`], [`BackupError::Cancelled`], and [`BackupError::File`].
    pub fn check(
        &self,
        number: u64,
        bytes_per_second: u64,
        tell: Tell<'_>,
    ) -> Result<Backup, BackupError> {
        let survey = self.survey()?;
        let Some(manifest) = survey.manifests.get(&number) else {
            let listed = self.list()?;
            let found = listed.into_iter().find(|backup| backup.number == number);
            return found.ok_or_else(|| self.not_found(number));
        };
        let mut flaws = self.foreign(manifest);
        let files = u64::try_from(manifest.files.len()).unwrap_or(u64::MAX);
        let mut copier = Copier::new(bytes_per_second, files, manifest.bytes(), tell);
        for file in &manifest.files {
            let path = self.path_of(number, file);
            flaws.extend(self.compare(file, &path, copier.hash(&path))?);
        }
        Ok(Backup {
            number,
            about: Some(about(manifest)),
            flaws,
        })
    }

    /// Removes all but the newest `keep` whole backups of each epoch of each ledger, and every file
    /// that no backup needs any more. Backups that are not whole are left for a person to look at.
    ///
    /// Ledgers may share a folder, and so may a ledger and its fork: what one of them does takes
    /// nothing from the others.
    ///
    /// Returns the numbers removed.
    ///
    /// # Errors
    ///
    /// [`BackupError::Busy`] and [`BackupError::File`]. Cut off anywhere, it leaves whole backups
    /// and files that the next backup removes.
    pub fn keep_newest(&self, keep: usize) -> Result<Vec<u64>, BackupError> {
        let lock = self.lock()?;
        self.keep_newest_locked(keep, &lock)
    }

    pub(super) fn keep_newest_locked(
        &self,
        keep: usize,
        lock: &FolderLock,
    ) -> Result<Vec<u64>, BackupError> {
        let survey = self.survey()?;
        let whole = survey.manifests.values().rev();
        let whole = whole.filter(|manifest| self.lengths(manifest).is_empty());
        let mut kept: BTreeMap<_, usize> = BTreeMap::new();
        let mut old = Vec::new();
        for manifest in whole {
            let line = (manifest.ledger.as_str(), manifest.seal.epoch_id);
            let kept = kept.entry(line).or_default();
            match *kept < keep {
                true => *kept += 1,
                false => old.push(manifest.number),
            }
        }
        for number in &old {
            // The manifest goes first: without it there is no backup, whatever happens next.
            let manifest = self.manifest_path(*number);
            fs::remove_file(&manifest).map_err(BackupError::file("remove", &manifest))?;
        }
        sync_folder(&self.root)?;
        self.clean(lock)?;
        Ok(old)
    }

    /// Removes what backups that were cut off or removed have left.
    pub(super) fn clean(&self, _lock: &FolderLock) -> Result<Survey, BackupError> {
        let survey = self.survey()?;
        for number in &survey.unfinished {
            remove_folder(&self.partial_path(*number))?;
            remove_folder(&self.own_path(*number))?;
        }
        // What a manifest needs that cannot be read is not known, so nothing shared goes then.
        if !survey.unreadable.is_empty() {
            return Ok(survey);
        }
        let files = survey.manifests.values().flat_map(|one| &one.files);
        let needed: BTreeSet<&str> = files.filter_map(|file| file.shared_as.as_deref()).collect();
        for name in names(&self.shared_path())? {
            if !needed.contains(name.as_str()) {
                let path = self.shared_path().join(&name);
                fs::remove_file(&path).map_err(BackupError::file("remove", &path))?;
            }
        }
        Ok(survey)
    }

    /// Takes the right to write.
    pub(super) fn lock(&self) -> Result<FolderLock, BackupError> {
        let path = self.root.join(LOCK);
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(BackupError::file("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(FolderLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(BackupError::Busy {
                path: self.root.clone(),
            }),
            Err(TryLockError::Error(error)) => Err(BackupError::file("lock", &path)(error)),
        }
    }

    /// Reads every manifest.
    pub(super) fn survey(&self) -> Result<Survey, BackupError> {
        let mut survey = Survey::default();
        for name in names(&self.root)? {
            let (stem, ending) = name.split_once('.').unwrap_or((&name, ""));
            let Some(number) = stem.parse().ok().filter(|number| stem == stem_of(*number)) else {
                continue;
            };
            match ending {
                MANIFEST => match self.read_manifest(number)? {
                    Some(manifest) => drop(survey.manifests.insert(number, manifest)),
                    None => drop(survey.unreadable.insert(number)),
                },
                "" | PARTIAL => drop(survey.unfinished.insert(number)),
                _ => {}
            }
        }
        survey.unfinished.retain(|number| {
            !survey.manifests.contains_key(number) && !survey.unreadable.contains(number)
        });
        Ok(survey)
    }

    /// The manifest of a backup; `None` when it is cut, changed, or that of another one.
    fn read_manifest(&self, number: u64) -> Result<Option<Manifest>, BackupError> {
        let path = self.manifest_path(number);
        let file = File::open(&path).map_err(BackupError::file("open", &path))?;
        let mut bytes = Vec::new();
        file.take(MANIFEST_BYTES_MAX.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(BackupError::file("read", &path))?;
        let manifest = String::from_utf8(bytes)
            .ok()
            .and_then(|text| Manifest::decode(&text));
        Ok(manifest.filter(|manifest| manifest.number == number))
    }

    /// The number that the next backup gets.
    pub(super) fn next_number(survey: &Survey) -> u64 {
        let manifests = survey.manifests.keys();
        let all = manifests
            .chain(&survey.unreadable)
            .chain(&survey.unfinished);
        all.max().map_or(1, |last| last.saturating_add(1))
    }

    /// What can be seen of a backup without reading its files.
    fn lengths(&self, manifest: &Manifest) -> Vec<Flaw> {
        let mut flaws = self.foreign(manifest);
        for file in &manifest.files {
            let path = self.path_of(manifest.number, file);
            let what = match fs::metadata(&path) {
                Ok(found) if found.len() == file.bytes => continue,
                Ok(found) => FlawKind::Length {
                    expected: file.bytes,
                    found: found.len(),
                },
                Err(error) => unreadable(&error),
            };
            flaws.push(self.flaw(&path, what));
        }
        flaws
    }

    /// Files in the folder of a backup that it does not know.
    pub(super) fn foreign(&self, manifest: &Manifest) -> Vec<Flaw> {
        let folder = self.own_path(manifest.number);
        let own = manifest.files.iter().filter(|one| one.shared_as.is_none());
        let own: BTreeSet<&str> = own.map(|file| file.name.as_str()).collect();
        // A folder that is missing shows in each of its files.
        let found = names(&folder).unwrap_or_default();
        let foreign = found
            .into_iter()
            .filter(|name| !own.contains(name.as_str()));
        foreign
            .map(|name| self.flaw(&folder.join(name), FlawKind::Foreign))
            .collect()
    }

    /// What is wrong with a file that was read.
    pub(super) fn compare(
        &self,
        file: &StoredFile,
        path: &Path,
        held: Result<Held, BackupError>,
    ) -> Result<Option<Flaw>, BackupError> {
        let what = match held {
            Ok(held) if held.bytes != file.bytes => FlawKind::Length {
                expected: file.bytes,
                found: held.bytes,
            },
            Ok(held) if held.sum != file.sum => FlawKind::Differs,
            Ok(_) => return Ok(None),
            // What went wrong on the other side, in a copy, is no flaw of the backup.
            Err(BackupError::File {
                path: at, source, ..
            }) if at == path => unreadable(&source),
            Err(error) => return Err(error),
        };
        Ok(Some(self.flaw(path, what)))
    }

    fn flaw(&self, path: &Path, what: FlawKind) -> Flaw {
        let file = path.strip_prefix(&self.root).unwrap_or(path);
        Flaw {
            file: file.display().to_string(),
            what,
        }
    }

    pub(super) fn not_found(&self, number: u64) -> BackupError {
        BackupError::NotFound {
            path: self.root.clone(),
            number,
        }
    }

    /// Where a file of a backup lies.
    pub(super) fn path_of(&self, number: u64, file: &StoredFile) -> PathBuf {
        match &file.shared_as {
            None => self.own_path(number).join(&file.name),
            Some(stored) => self.shared_path().join(stored),
        }
    }

    pub(super) fn shared_path(&self) -> PathBuf {
        self.root.join(SHARED)
    }

    pub(super) fn own_path(&self, number: u64) -> PathBuf {
        self.root.join(stem_of(number))
    }

    pub(super) fn partial_path(&self, number: u64) -> PathBuf {
        self.root.join(format!("{}.{PARTIAL}", stem_of(number)))
    }

    pub(super) fn manifest_path(&self, number: u64) -> PathBuf {
        self.root.join(format!("{}.{MANIFEST}", stem_of(number)))
    }
}

impl Survey {
    /// The checksums and lengths of the files that whole backups share, by name.
    pub(super) fn shared(&self) -> BTreeMap<&str, (u64, Sum)> {
        let files = self.manifests.values().flat_map(|one| &one.files);
        files
            .filter_map(|file| Some((file.shared_as.as_deref()?, (file.bytes, file.sum))))
            .collect()
    }
}

pub(super) fn about(manifest: &Manifest) -> About {
    About {
        ledger: manifest.ledger.clone(),
        taken_at: manifest.taken_at,
        position: manifest.position,
        seal: manifest.seal,
        bytes: manifest.bytes(),
        files: u64::try_from(manifest.files.len()).unwrap_or(u64::MAX),
    }
}

fn unreadable(error: &io::Error) -> FlawKind {
    match error.kind() {
        io::ErrorKind::NotFound => FlawKind::Missing,
        _ => FlawKind::Unreadable(error.to_string()),
    }
}

/// The names in a folder, in order; none when it is not there.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, BackupError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(BackupError::file("read", folder)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(BackupError::file("read", folder))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn stem_of(number: u64) -> String {
    format!("{number:06}")
}
