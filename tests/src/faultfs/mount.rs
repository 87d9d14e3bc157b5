//! The disk over FUSE: other processes see an ordinary folder.
//!
//! One thread answers, so that standing still means standing still for everybody.
//!
//! Long: one method for each call of FUSE.

use super::disk::{Disk, Kind};
use anyhow::{Context as _, Result};
use fuser::{
    BackgroundSession, BsdFileFlags, Config, Errno, FileAttr, FileHandle, FileType, Filesystem,
    FopenFlags, Generation, INodeNo, LockOwner, MountOption, OpenFlags, RenameFlags, ReplyAttr,
    ReplyCreate, ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs,
    ReplyWrite, Request, TimeOrNow, WriteFlags,
};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Bytes of a block, for the figures of free space.
const BLOCK_BYTES: u32 = 4_096;

/// The kernel keeps nothing: what the disk says may be another thing the next moment.
const NOT_KEPT: Duration = Duration::ZERO;

/// A mounted disk. Dropping it unmounts.
#[derive(Debug)]
pub struct FaultFs {
    shared: Arc<Shared>,
    folder: PathBuf,
    session: Option<BackgroundSession>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    disk: Disk,
    pace: Pace,
}

/// Whether the disk answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    Running,
    /// It stands still before a change, until it is let go.
    Frozen,
    /// Every call fails: whoever asks is about to die.
    Gone,
}

impl FaultFs {
    /// Mounts an empty disk on an empty folder.
    ///
    /// # Errors
    ///
    /// The system does not allow it: it takes root and `/dev/fuse`.
    pub fn mount(folder: &Path) -> Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                disk: Disk::default(),
                pace: Pace::Running,
            }),
            changed: Condvar::new(),
        });
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("faultfs".to_owned())];
        let served = Served(Arc::clone(&shared));
        let session = fuser::spawn_mount(served, folder, &config)
            .context("the disk cannot be mounted; it takes root and /dev/fuse")?;
        Ok(Self {
            shared,
            folder: folder.to_owned(),
            session: Some(session),
        })
    }

    /// Where it is mounted.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Looks at the disk, or changes it, while nobody else does.
    pub fn with<T>(&self, what: impl FnOnce(&mut Disk) -> T) -> T {
        what(&mut self.shared.lock().disk)
    }

    /// Puts another disk in its place; nobody has a file of it open.
    pub fn replace(&self, disk: Disk) {
        let mut state = self.shared.lock();
        state.disk = disk;
        state.pace = Pace::Running;
    }

    /// Waits until the disk stands still; `false` when `is_over` says so first. It is asked now
    /// and then.
    pub fn await_freeze(&self, mut is_over: impl FnMut() -> bool) -> bool {
        const NOW_AND_THEN: Duration = Duration::from_millis(20);
        let mut state = self.shared.lock();
        loop {
            if state.pace == Pace::Frozen {
                return true;
            }
            let waited = self.shared.changed.wait_timeout(state, NOW_AND_THEN);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            if state.pace != Pace::Frozen && is_over() {
                return false;
            }
        }
    }

    /// Whether it stands still.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        self.shared.lock().pace == Pace::Frozen
    }

    /// Lets every call fail from now on, also the one that it stands still before.
    pub fn fail_everything(&self) {
        self.shared.lock().pace = Pace::Gone;
        self.shared.changed.notify_all();
    }

    /// Answers again.
    pub fn resume(&self) {
        self.shared.lock().pace = Pace::Running;
        self.shared.changed.notify_all();
    }
}

impl Drop for FaultFs {
    fn drop(&mut self) {
        self.fail_everything();
        if let Some(session) = self.session.take() {
            // What cannot be unmounted is so at the end of the process.
            drop(session.umount_and_join());
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The disk for an operation that changes nothing.
    fn reading(&self) -> Result<MutexGuard<'_, State>, Errno> {
        let state = self.lock();
        match state.pace {
            Pace::Gone => Err(Errno::EIO),
            Pace::Running | Pace::Frozen => Ok(state),
        }
    }

    /// The disk for an operation that changes something, before which it may stand still.
    fn changing(&self) -> Result<MutexGuard<'_, State>, Errno> {
        let mut state = self.reading()?;
        state.disk.changes += 1;
        if state.disk.plan.freeze_at == Some(state.disk.changes) {
            state.pace = Pace::Frozen;
            self.changed.notify_all();
        }
        while state.pace == Pace::Frozen {
            let waited = self.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        match state.pace {
            Pace::Gone => Err(Errno::EIO),
            Pace::Running | Pace::Frozen => Ok(state),
        }
    }
}

/// What the kernel talks to.
struct Served(Arc<Shared>);

fn errno(error: &io::Error) -> Errno {
    match error.kind() {
        io::ErrorKind::NotFound => Errno::ENOENT,
        io::ErrorKind::NotADirectory => Errno::ENOTDIR,
        io::ErrorKind::AlreadyExists => Errno::EEXIST,
        io::ErrorKind::DirectoryNotEmpty => Errno::ENOTEMPTY,
        io::ErrorKind::StorageFull => Errno::ENOSPC,
        io::ErrorKind::FileTooLarge => Errno::EFBIG,
        _ => Errno::EIO,
    }
}

fn attributes(disk: &Disk, node: u64) -> Result<FileAttr, Errno> {
    let kind = disk.kind(node).map_err(|error| errno(&error))?;
    let (kind, perm, size) = match kind {
        Kind::Folder => (FileType::Directory, 0o755, 0),
        Kind::File { bytes } => (FileType::RegularFile, 0o644, bytes),
    };
    Ok(FileAttr {
        ino: INodeNo(node),
        size,
        blocks: size.div_ceil(512),
        atime: UNIX_EPOCH,
        mtime: UNIX_EPOCH,
        ctime: UNIX_EPOCH,
        crtime: UNIX_EPOCH,
        kind,
        perm,
        nlink: 1,
        uid: 0,
        gid: 0,
        rdev: 0,
        blksize: BLOCK_BYTES,
        flags: 0,
    })
}

impl Served {
    fn entry(&self, what: impl FnOnce(&mut Disk) -> io::Result<u64>) -> Result<FileAttr, Errno> {
        let mut state = self.0.changing()?;
        let node = what(&mut state.disk).map_err(|error| errno(&error))?;
        attributes(&state.disk, node)
    }

    fn change<T>(&self, what: impl FnOnce(&mut Disk) -> io::Result<T>) -> Result<T, Errno> {
        let mut state = self.0.changing()?;
        what(&mut state.disk).map_err(|error| errno(&error))
    }
}

fn answer_entry(reply: ReplyEntry, found: Result<FileAttr, Errno>) {
    match found {
        Ok(attributes) => reply.entry(&NOT_KEPT, &attributes, Generation(0)),
        Err(error) => reply.error(error),
    }
}

fn answer(reply: ReplyEmpty, done: Result<(), Errno>) {
    match done {
        Ok(()) => reply.ok(),
        Err(error) => reply.error(error),
    }
}

fn answer_attributes(reply: ReplyAttr, found: Result<FileAttr, Errno>) {
    match found {
        Ok(attributes) => reply.attr(&NOT_KEPT, &attributes),
        Err(error) => reply.error(error),
    }
}

impl Filesystem for Served {
    fn lookup(&self, _request: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let found = self.0.reading().and_then(|state| {
            let node = state.disk.look_up(parent.0, name);
            attributes(&state.disk, node.map_err(|error| errno(&error))?)
        });
        answer_entry(reply, found);
    }

    fn getattr(&self, _: &Request, node: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        let found = self.0.reading();
        answer_attributes(
            reply,
            found.and_then(|state| attributes(&state.disk, node.0)),
        );
    }

    fn setattr(
        &self,
        _: &Request,
        node: INodeNo,
        _: Option<u32>,
        _: Option<u32>,
        _: Option<u32>,
        size: Option<u64>,
        _: Option<TimeOrNow>,
        _: Option<TimeOrNow>,
        _: Option<SystemTime>,
        _: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let done = self.entry(|disk| {
            if let Some(size) = size {
                disk.set_length(node.0, size)?;
            }
            Ok(node.0)
        });
        answer_attributes(reply, done);
    }

    fn mkdir(&self, _: &Request, parent: INodeNo, name: &OsStr, _: u32, _: u32, reply: ReplyEntry) {
        answer_entry(
            reply,
            self.entry(|disk| disk.create(parent.0, name, Kind::Folder)),
        );
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer(reply, self.change(|disk| disk.unlink(parent.0, name)));
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer(reply, self.change(|disk| disk.unlink(parent.0, name)));
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        new_parent: INodeNo,
        new_name: &OsStr,
        _: RenameFlags,
        reply: ReplyEmpty,
    ) {
        let from = (parent.0, name);
        let to = (new_parent.0, new_name);
        answer(reply, self.change(|disk| disk.rename(from, to)));
    }

    fn link(
        &self,
        _: &Request,
        node: INodeNo,
        new_parent: INodeNo,
        new_name: &OsStr,
        reply: ReplyEntry,
    ) {
        let done = self.entry(|disk| {
            disk.link(node.0, new_parent.0, new_name)?;
            Ok(node.0)
        });
        answer_entry(reply, done);
    }

    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        // Every read and write comes here, none is answered from the kernel's memory.
        reply.opened(FileHandle(0), FopenFlags::FOPEN_DIRECT_IO);
    }

    fn create(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        _: u32,
        _: u32,
        _: i32,
        reply: ReplyCreate,
    ) {
        let file = Kind::File { bytes: 0 };
        match self.entry(|disk| disk.create(parent.0, name, file)) {
            Ok(attributes) => reply.created(
                &NOT_KEPT,
                &attributes,
                Generation(0),
                FileHandle(0),
                FopenFlags::FOPEN_DIRECT_IO,
            ),
            Err(error) => reply.error(error),
        }
    }

    fn read(
        &self,
        _: &Request,
        node: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let read = self.0.reading().and_then(|mut state| {
            let read = state.disk.read(node.0, offset, size);
            read.map_err(|error| errno(&error))
        });
        match read {
            Ok(bytes) => reply.data(&bytes),
            Err(error) => reply.error(error),
        }
    }

    fn write(
        &self,
        _: &Request,
        node: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        match self.change(|disk| disk.write(node.0, offset, data)) {
            Ok(written) => reply.written(u32::try_from(written).unwrap_or(u32::MAX)),
            Err(error) => reply.error(error),
        }
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, node: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer(reply, self.change(|disk| disk.sync(node.0)));
    }

    fn fsyncdir(&self, _: &Request, node: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer(reply, self.change(|disk| disk.sync(node.0)));
    }

    fn readdir(
        &self,
        _: &Request,
        node: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let listed = self.0.reading().and_then(|state| {
            let names = state.disk.list(node.0).map_err(|error| errno(&error))?;
            let kind_of = |node| match state.disk.kind(node) {
                Ok(Kind::Folder) => FileType::Directory,
                _ => FileType::RegularFile,
            };
            let entries = names
                .into_iter()
                .map(|(name, node)| (name, node, kind_of(node)));
            Ok(entries.collect::<Vec<_>>())
        });
        match listed {
            Ok(entries) => {
                let skipped = usize::try_from(offset).unwrap_or(usize::MAX);
                for (next, (name, node, kind)) in (1..).zip(entries).skip(skipped) {
                    if reply.add(INodeNo(node), next, kind, name) {
                        break;
                    }
                }
                reply.ok();
            }
            Err(error) => reply.error(error),
        }
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        let (used, free) = {
            let state = self.0.lock();
            (state.disk.used(), state.disk.free())
        };
        let block = u64::from(BLOCK_BYTES);
        let (used, free) = (used.div_ceil(block), free / block);
        reply.statfs(
            used.saturating_add(free),
            free,
            free,
            1 << 20,
            1 << 20,
            BLOCK_BYTES,
            255,
            BLOCK_BYTES,
        );
    }
}
