//! The model of the disk: names, bytes, and what of both is durable.
//!
//! Long: one model of a disk, whose calls share its state.

use crate::workload::Seeded;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;

/// Bytes that a disk writes whole or not at all.
const SECTOR_BYTES: usize = 512;

/// The number of the root folder.
pub(super) const ROOT: u64 = 1;

/// What the disk does wrong, and when. A count of one strikes the next operation of its kind.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The sync that fails, counted from one.
    pub fail_sync: Option<u64>,
    /// The write that fails, counted from one, and how.
    pub fail_write: Option<(u64, WriteFault)>,
    /// The read that fails, counted from one.
    pub fail_read: Option<u64>,
    /// Syncs are confirmed and not carried out.
    pub lies: bool,
    /// Bytes that the disk holds at most; `None` for as many as one likes.
    pub capacity: Option<u64>,
    /// The operation that changes something before which everything stands still, counted from
    /// one.
    pub freeze_at: Option<u64>,
}

/// How a write fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteFault {
    /// The disk cannot.
    Io,
    /// There is no room, now and later.
    NoSpace,
    /// Half of it is written, and for the rest there is no room.
    Short,
}

/// What a power cut leaves of the writes since the last sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Nothing: only what was synced is there.
    Synced,
    /// Of each file the first few, the last of them torn.
    Prefix,
    /// Of each file any of them.
    Any,
}

/// The name of a file in a folder.
pub type FileName = OsString;

type Names = BTreeMap<OsString, u64>;

/// A file system in memory.
#[derive(Debug, Clone)]
pub struct Disk {
    folders: BTreeMap<u64, Names>,
    files: BTreeMap<u64, File>,
    next: u64,
    /// The folders as the last sync has left them.
    durable: BTreeMap<u64, Names>,
    /// The folders after each change of names since.
    steps: Vec<BTreeMap<u64, Names>>,
    /// What goes wrong.
    pub plan: Plan,
    /// Operations that changed something since the plan was made.
    pub changes: u64,
    /// Whether a planned failure has struck.
    pub struck: bool,
    /// There is no room for anything more, whatever the capacity.
    is_full: bool,
}

#[derive(Debug, Clone, Default)]
struct File {
    now: Vec<u8>,
    durable: Vec<u8>,
    /// Changes since the last sync.
    pending: Vec<Change>,
    /// So many of them were struck by a sync that failed: programs still see them, and no later
    /// sync makes them durable, as in a kernel that has dropped the pages.
    doomed: usize,
}

#[derive(Debug, Clone)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Length(usize),
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Length(length) => content.resize(*length, 0),
            Self::Write { at, bytes } => {
                let end = at.saturating_add(bytes.len());
                if content.len() < end {
                    content.resize(end, 0);
                }
                if let Some(place) = content.get_mut(*at..end) {
                    place.copy_from_slice(bytes);
                }
            }
        }
    }

    /// The part of a write before some sector.
    fn torn(&self, seeded: &mut Seeded) -> Self {
        match self {
            Self::Length(length) => Self::Length(*length),
            Self::Write { at, bytes } => {
                let sectors = bytes.len() / SECTOR_BYTES;
                let kept = seeded.index(sectors + 1) * SECTOR_BYTES;
                let bytes = bytes.get(..kept).unwrap_or_default().to_vec();
                Self::Write { at: *at, bytes }
            }
        }
    }
}

/// What a file or folder is, for the kernel.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Folder,
    File { bytes: u64 },
}

impl Default for Disk {
    fn default() -> Self {
        let folders = BTreeMap::from([(ROOT, Names::new())]);
        Self {
            durable: folders.clone(),
            folders,
            files: BTreeMap::new(),
            next: ROOT + 1,
            steps: Vec::new(),
            plan: Plan::default(),
            changes: 0,
            struck: false,
            is_full: false,
        }
    }
}

impl Disk {
    /// Makes a plan; counts begin anew.
    pub fn plan(&mut self, plan: Plan) {
        self.plan = plan;
        self.changes = 0;
        self.struck = false;
        self.is_full = false;
    }

    /// Everything is durable from now on, as after a long quiet time.
    pub fn settle(&mut self) {
        for file in self.files.values_mut() {
            file.durable.clone_from(&file.now);
            file.pending.clear();
            file.doomed = 0;
        }
        self.commit_names();
    }

    /// Loses power: what was not synced is lost, more or less.
    pub fn cut_power(&mut self, cut: Cut, seeded: &mut Seeded) {
        let names = match cut {
            Cut::Synced => None,
            Cut::Prefix | Cut::Any => {
                let kept = seeded.index(self.steps.len() + 1);
                kept.checked_sub(1).and_then(|last| self.steps.get(last))
            }
        };
        self.folders = names.unwrap_or(&self.durable).clone();
        for file in self.files.values_mut() {
            file.cut_power(cut, seeded);
        }
        self.forget_nameless();
        self.settle();
    }

    /// The files of the whole disk with their paths, in order.
    #[must_use]
    pub fn files(&self) -> Vec<(Vec<FileName>, u64)> {
        let mut found = Vec::new();
        let mut open = vec![(Vec::new(), ROOT)];
        while let Some((path, folder)) = open.pop() {
            for (name, node) in self.folders.get(&folder).into_iter().flatten() {
                let mut path: Vec<FileName> = path.clone();
                path.push(name.clone());
                if self.folders.contains_key(node) {
                    open.push((path, *node));
                } else {
                    found.push((path, *node));
                }
            }
        }
        found.sort();
        found
    }

    /// The bytes of a file, to damage them.
    pub fn bytes_mut(&mut self, file: u64) -> Option<&mut Vec<u8>> {
        self.files.get_mut(&file).map(|file| &mut file.now)
    }

    /// Removes a file by its path.
    pub fn remove(&mut self, path: &[FileName]) {
        if let Some((name, folders)) = path.split_last()
            && let Some(folder) = self.folder(folders)
            && let Some(names) = self.folders.get_mut(&folder)
        {
            names.remove(name);
        }
        self.forget_nameless();
    }

    fn folder(&self, path: &[FileName]) -> Option<u64> {
        path.iter().try_fold(ROOT, |folder, name| {
            self.folders.get(&folder)?.get(name).copied()
        })
    }

    /// Bytes of all files together.
    #[must_use]
    pub fn used(&self) -> u64 {
        let bytes = self.files.values().map(|file| file.now.len());
        u64::try_from(bytes.sum::<usize>()).unwrap_or(u64::MAX)
    }

    /// Bytes that there is room for.
    #[must_use]
    pub fn free(&self) -> u64 {
        match self.plan.capacity {
            _ if self.is_full => 0,
            Some(capacity) => capacity.saturating_sub(self.used()),
            None => 1 << 40,
        }
    }

    fn commit_names(&mut self) {
        self.durable.clone_from(&self.folders);
        self.steps.clear();
    }

    /// Removes files that no folder names, now or after a power cut.
    fn forget_nameless(&mut self) {
        let versions = std::iter::once(&self.folders)
            .chain(std::iter::once(&self.durable))
            .chain(&self.steps);
        let named: std::collections::BTreeSet<u64> = versions
            .flat_map(BTreeMap::values)
            .flat_map(BTreeMap::values)
            .copied()
            .collect();
        self.files.retain(|number, _| named.contains(number));
    }

    fn strikes(count: &mut Option<u64>, struck: &mut bool) -> bool {
        let strikes = *count == Some(1);
        *count = count
            .and_then(|count| count.checked_sub(1))
            .filter(|left| *left > 0);
        *struck |= strikes;
        strikes
    }
}

impl File {
    fn change(&mut self, change: Change) {
        change.apply(&mut self.now);
        self.pending.push(change);
    }

    fn sync(&mut self) {
        for change in self.pending.drain(self.doomed.min(self.pending.len())..) {
            change.apply(&mut self.durable);
        }
    }

    fn cut_power(&mut self, cut: Cut, seeded: &mut Seeded) {
        let mut content = std::mem::take(&mut self.durable);
        match cut {
            Cut::Synced => {}
            Cut::Prefix => {
                let kept = seeded.index(self.pending.len() + 1);
                for change in self.pending.iter().take(kept) {
                    change.apply(&mut content);
                }
                if let Some(last) = self.pending.get(kept) {
                    last.torn(seeded).apply(&mut content);
                }
            }
            Cut::Any => {
                for change in &self.pending {
                    if seeded.below(2) == 0 {
                        change.apply(&mut content);
                    }
                }
            }
        }
        self.now = content;
    }
}

/// What programs do. Errors are those of the system.
impl Disk {
    pub(super) fn look_up(&self, folder: u64, name: &OsStr) -> io::Result<u64> {
        let names = self
            .folders
            .get(&folder)
            .ok_or(io::ErrorKind::NotADirectory)?;
        Ok(*names.get(name).ok_or(io::ErrorKind::NotFound)?)
    }

    pub(super) fn kind(&self, node: u64) -> io::Result<Kind> {
        if self.folders.contains_key(&node) {
            return Ok(Kind::Folder);
        }
        let file = self.files.get(&node).ok_or(io::ErrorKind::NotFound)?;
        let bytes = u64::try_from(file.now.len()).unwrap_or(u64::MAX);
        Ok(Kind::File { bytes })
    }

    pub(super) fn list(&self, folder: u64) -> io::Result<Vec<(OsString, u64)>> {
        let names = self
            .folders
            .get(&folder)
            .ok_or(io::ErrorKind::NotADirectory)?;
        Ok(names
            .iter()
            .map(|(name, node)| (name.clone(), *node))
            .collect())
    }

    pub(super) fn create(&mut self, folder: u64, name: &OsStr, kind: Kind) -> io::Result<u64> {
        if self.free() == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let node = self.next;
        self.next += 1;
        match kind {
            Kind::Folder => drop(self.folders.insert(node, Names::new())),
            Kind::File { .. } => drop(self.files.insert(node, File::default())),
        }
        self.rename_all(|folders| {
            let names = folders
                .get_mut(&folder)
                .ok_or(io::ErrorKind::NotADirectory)?;
            names.insert(name.to_owned(), node);
            Ok(())
        })?;
        Ok(node)
    }

    pub(super) fn link(&mut self, node: u64, folder: u64, name: &OsStr) -> io::Result<()> {
        self.rename_all(|folders| {
            let names = folders
                .get_mut(&folder)
                .ok_or(io::ErrorKind::NotADirectory)?;
            match names.insert(name.to_owned(), node) {
                None => Ok(()),
                Some(_) => Err(io::ErrorKind::AlreadyExists.into()),
            }
        })
    }

    pub(super) fn unlink(&mut self, folder: u64, name: &OsStr) -> io::Result<()> {
        let node = self.look_up(folder, name)?;
        if self
            .folders
            .get(&node)
            .is_some_and(|names| !names.is_empty())
        {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        self.rename_all(|folders| {
            folders.remove(&node);
            if let Some(names) = folders.get_mut(&folder) {
                names.remove(name);
            }
            Ok(())
        })
    }

    pub(super) fn rename(
        &mut self,
        (folder, name): (u64, &OsStr),
        (to_folder, to_name): (u64, &OsStr),
    ) -> io::Result<()> {
        let node = self.look_up(folder, name)?;
        self.rename_all(|folders| {
            if let Some(names) = folders.get_mut(&folder) {
                names.remove(name);
            }
            let names = folders
                .get_mut(&to_folder)
                .ok_or(io::ErrorKind::NotADirectory)?;
            names.insert(to_name.to_owned(), node);
            Ok(())
        })
    }

    /// Changes names, in one step.
    fn rename_all(
        &mut self,
        change: impl FnOnce(&mut BTreeMap<u64, Names>) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut folders = self.folders.clone();
        change(&mut folders)?;
        self.folders = folders;
        self.steps.push(self.folders.clone());
        Ok(())
    }

    pub(super) fn read(&mut self, file: u64, at: u64, size: u32) -> io::Result<Vec<u8>> {
        if Self::strikes(&mut self.plan.fail_read, &mut self.struck) {
            return Err(io_error());
        }
        let file = self.files.get(&file).ok_or(io::ErrorKind::NotFound)?;
        let from = usize::try_from(at)
            .unwrap_or(usize::MAX)
            .min(file.now.len());
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let to = from.saturating_add(size).min(file.now.len());
        Ok(file.now.get(from..to).unwrap_or_default().to_vec())
    }

    /// Writes, and returns how many bytes were written.
    pub(super) fn write(&mut self, file: u64, at: u64, data: &[u8]) -> io::Result<usize> {
        let mut data = data;
        let mut count = self.plan.fail_write.map(|(count, _)| count);
        let strikes = Self::strikes(&mut count, &mut self.struck);
        let fault = self.plan.fail_write.map(|(_, fault)| fault);
        self.plan.fail_write = count.zip(fault);
        match fault {
            Some(WriteFault::Io) if strikes => return Err(io_error()),
            Some(WriteFault::NoSpace) if strikes => self.is_full = true,
            Some(WriteFault::Short) if strikes => {
                data = data.get(..data.len() / 2).unwrap_or_default();
                self.is_full = true;
            }
            _ => {}
        }
        let is_short = strikes && fault == Some(WriteFault::Short) && !data.is_empty();
        let length = self
            .files
            .get(&file)
            .ok_or(io::ErrorKind::NotFound)?
            .now
            .len();
        let at = usize::try_from(at).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let grows = at.saturating_add(data.len()).saturating_sub(length);
        let has_room = u64::try_from(grows).is_ok_and(|grows| grows <= self.free());
        if !is_short && grows > 0 && !has_room {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let bytes = data.to_vec();
        if let Some(file) = self.files.get_mut(&file) {
            file.change(Change::Write { at, bytes });
        }
        Ok(data.len())
    }

    pub(super) fn set_length(&mut self, file: u64, length: u64) -> io::Result<()> {
        let length = usize::try_from(length).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let file = self.files.get_mut(&file).ok_or(io::ErrorKind::NotFound)?;
        file.change(Change::Length(length));
        Ok(())
    }

    /// Makes a file durable, or the names only when it is a folder.
    pub(super) fn sync(&mut self, node: u64) -> io::Result<()> {
        if Self::strikes(&mut self.plan.fail_sync, &mut self.struck) {
            if let Some(file) = self.files.get_mut(&node) {
                file.doomed = file.pending.len();
            }
            return Err(io_error());
        }
        if self.plan.lies {
            self.struck = true;
            return Ok(());
        }
        if let Some(file) = self.files.get_mut(&node) {
            file.sync();
        }
        self.commit_names();
        self.forget_nameless();
        Ok(())
    }
}

/// The error of a disk that cannot.
fn io_error() -> io::Error {
    const EIO: i32 = 5;
    io::Error::from_raw_os_error(EIO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> OsString {
        OsString::from(text)
    }

    fn file(disk: &mut Disk, text: &str) -> u64 {
        disk.create(ROOT, &name(text), Kind::File { bytes: 0 })
            .unwrap()
    }

    fn content(disk: &mut Disk, text: &str) -> Option<Vec<u8>> {
        let node = disk.look_up(ROOT, &name(text)).ok()?;
        disk.read(node, 0, 1_000_000).ok()
    }

    #[test]
    fn only_what_was_synced_survives_a_power_cut() {
        let mut disk = Disk::default();
        let log = file(&mut disk, "log");
        disk.write(log, 0, b"one").unwrap();
        disk.sync(log).unwrap();
        disk.write(log, 3, b"two").unwrap();
        file(&mut disk, "other");
        assert_eq!(content(&mut disk, "log").unwrap(), b"onetwo");
        disk.cut_power(Cut::Synced, &mut Seeded::new(1));
        assert_eq!(content(&mut disk, "log").unwrap(), b"one");
        assert_eq!(content(&mut disk, "other"), None);
    }

    #[test]
    fn a_lying_disk_confirms_and_forgets() {
        let mut disk = Disk::default();
        let log = file(&mut disk, "log");
        disk.sync(log).unwrap();
        disk.plan(Plan {
            lies: true,
            ..Plan::default()
        });
        disk.write(log, 0, b"one").unwrap();
        disk.sync(log).unwrap();
        disk.cut_power(Cut::Synced, &mut Seeded::new(1));
        assert_eq!(content(&mut disk, "log").unwrap(), b"");
    }

    #[test]
    fn what_a_failed_sync_has_struck_no_later_one_saves() {
        let mut disk = Disk::default();
        let log = file(&mut disk, "log");
        disk.sync(log).unwrap();
        disk.plan(Plan {
            fail_sync: Some(1),
            ..Plan::default()
        });
        disk.write(log, 0, b"one").unwrap();
        assert!(disk.sync(log).is_err());
        disk.write(log, 3, b"two").unwrap();
        disk.sync(log).unwrap();
        assert_eq!(content(&mut disk, "log").unwrap(), b"onetwo");
        disk.cut_power(Cut::Synced, &mut Seeded::new(1));
        assert_eq!(content(&mut disk, "log").unwrap(), b"\0\0\0two");
    }

    #[test]
    fn writes_fail_as_planned() {
        for (fault, expected) in [
            (WriteFault::Io, None),
            (WriteFault::NoSpace, None),
            (WriteFault::Short, Some(2)),
        ] {
            let mut disk = Disk::default();
            let log = file(&mut disk, "log");
            disk.plan(Plan {
                fail_write: Some((2, fault)),
                ..Plan::default()
            });
            assert_eq!(disk.write(log, 0, b"good").unwrap(), 4);
            assert_eq!(disk.write(log, 4, b"evil").ok(), expected, "{fault:?}");
            // A disk without room has none later; one that failed once may go on.
            let later = disk.write(log, 8, b"more").is_ok();
            assert_eq!(later, fault == WriteFault::Io, "{fault:?}");
            assert!(disk.struck);
        }
    }

    #[test]
    fn a_full_disk_says_so() {
        let mut disk = Disk::default();
        let log = file(&mut disk, "log");
        disk.plan(Plan {
            capacity: Some(6),
            ..Plan::default()
        });
        disk.write(log, 0, b"four").unwrap();
        assert_eq!(disk.free(), 2);
        let error = disk.write(log, 4, b"four").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        disk.write(log, 0, b"over").unwrap();
    }
}
