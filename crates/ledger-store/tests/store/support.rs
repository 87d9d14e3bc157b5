//! Folders, stores and groups for the tests of the store.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ledger_core::{Position, merkle};
use ledger_log::{Block, BlockBuilder, CommitGroup, Log, LogError, Space, StateOp};
use ledger_store::{FreeSpace, OpenError, RocksStore, StoreOptions};
use tempfile::TempDir;

/// Folders that are removed with it.
pub(crate) struct Folders {
    root: TempDir,
    next: Cell<u32>,
}

impl Folders {
    pub(crate) fn new() -> Self {
        Self {
            root: root(),
            next: Cell::new(0),
        }
    }

    /// Names a folder that does not exist yet.
    pub(crate) fn fresh(&self) -> PathBuf {
        let number = self.next.get();
        self.next.set(number + 1);
        self.root.path().join(number.to_string())
    }

    /// Copies a folder as it is now, like a crash would leave it.
    pub(crate) fn copy(&self, from: &Path) -> PathBuf {
        let to = self.fresh();
        copy(from, &to);
        to
    }
}

/// A folder in memory, where syncs cost nothing, if there is one with room for what a ledger wants
/// free; nothing here depends on a real disk.
fn root() -> TempDir {
    const ROOM: u64 = 2 * 1024 * 1024 * 1024;
    let memory = Path::new("/dev/shm");
    let free = FreeSpace::of_the_disk().bytes(memory).unwrap_or(0);
    let in_memory = (free > ROOM)
        .then(|| TempDir::new_in(memory).ok())
        .flatten();
    in_memory.unwrap_or_else(|| TempDir::new().unwrap())
}

/// Copies a folder with everything in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

pub(crate) fn create(path: &Path) -> RocksStore {
    RocksStore::open(path, &options(true)).unwrap()
}

pub(crate) fn open(path: &Path) -> Result<RocksStore, OpenError> {
    RocksStore::open(path, &options(false))
}

pub(crate) fn options(create_if_missing: bool) -> StoreOptions {
    StoreOptions {
        create_if_missing,
        // Folders are copied all the time, and the spare room would be copied along.
        spare_bytes: 0,
        ..StoreOptions::default()
    }
}

/// Every file of a folder, with its bytes and the time of its last change.
pub(crate) fn everything(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        assert!(entry.file_type().unwrap().is_file(), "{entry:?}");
        let changed = entry.metadata().unwrap().modified().unwrap();
        files.insert(entry.path(), (fs::read(entry.path()).unwrap(), changed));
    }
    files
}

/// One entry in every space.
pub(crate) fn in_every_space(key: &str, value: &str) -> Vec<StateOp> {
    Space::ALL
        .map(|space| StateOp::put(space, key.into(), value.into()))
        .into()
}

/// The bytes recorded at a position.
pub(crate) fn record(position: Position) -> Vec<u8> {
    format!("the event recorded at position {position}").into_bytes()
}

/// A block of `count` records from `first` on.
pub(crate) fn block(first: u64, count: u64) -> Block {
    let mut builder = BlockBuilder::new(Position::new(first));
    for _ in 0..count {
        let bytes = record(builder.next_position());
        builder.push(&bytes, &merkle::leaf_hash(&bytes)).unwrap();
    }
    builder.finish().unwrap()
}

/// Claims the log and appends one group per count, each with some state.
pub(crate) fn append(store: &RocksStore, counts: &[u64], state: &[StateOp]) {
    let epoch = store.claim_epoch().unwrap();
    for count in counts {
        let expected_last = store.last_position();
        let blocks = vec![block(expected_last.get() + 1, *count)];
        store
            .append(
                epoch,
                &CommitGroup {
                    expected_last,
                    blocks,
                    state: state.to_vec(),
                },
            )
            .unwrap();
    }
}

/// First and last position of every block, after checking every record.
pub(crate) fn spans(store: &RocksStore) -> Result<Vec<(u64, u64)>, LogError> {
    store
        .blocks_from(Position::ZERO)
        .map(|block| {
            let block = block?;
            block.verify_leaf_hashes()?;
            assert!(
                block
                    .records()
                    .all(|stored| stored.bytes == record(stored.position))
            );
            Ok((block.first_position().get(), block.last_position().get()))
        })
        .collect()
}

/// The files in a folder whose names end so.
pub(crate) fn files(path: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|file| file.to_str().unwrap().ends_with(ending))
        .collect();
    files.sort();
    files
}
