//! A full disk: what stops, what goes on, and how the ledger is opened on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ledger_core::Position;
use ledger_log::{Log, LogError, ShadowPurpose, Space, StateOp, StateStore};
use ledger_store::{FreeSpace, OpenError, RocksStore, StoreOptions};

use crate::disk::SmallDisk;
use crate::support::{Folders, append, everything, options, spans};

const MIB: u64 = 1024 * 1024;

/// A disk whose free space is what the test says, but for what the spare file takes of it.
#[derive(Clone)]
struct Disk {
    free: Arc<AtomicU64>,
    folder: PathBuf,
}

impl Disk {
    fn new(folder: &Path, free: u64) -> Self {
        Self {
            free: Arc::new(AtomicU64::new(free)),
            folder: folder.to_owned(),
        }
    }

    fn set(&self, free: u64) {
        self.free.store(free, Ordering::Relaxed);
    }

    fn options(&self) -> StoreOptions {
        let disk = self.clone();
        StoreOptions {
            free_space: FreeSpace::new(move |_| {
                let free = disk.free.load(Ordering::Relaxed);
                Ok(free.saturating_sub(spare_bytes(&disk.folder)))
            }),
            writes_headroom_bytes: 100 * MIB,
            spare_bytes: 40 * MIB,
            ..options(false)
        }
    }

    fn open(&self) -> Result<RocksStore, OpenError> {
        RocksStore::open(&self.folder, &self.options())
    }

    fn create(&self) -> RocksStore {
        let options = StoreOptions {
            create_if_missing: true,
            ..self.options()
        };
        RocksStore::open(&self.folder, &options).unwrap()
    }
}

fn spare_bytes(folder: &Path) -> u64 {
    fs::metadata(folder.join("SPARE")).map_or(0, |file| file.len())
}

fn state() -> Vec<StateOp> {
    let put = |space| StateOp::put(space, b"a".into(), b"1".into());
    Space::ALL.map(put).into()
}

/// Checks that a store serves every read and refuses every write for this reason.
fn check_read_only(store: &RocksStore, reason: &str) {
    let told = store.read_only().unwrap();
    assert!(told.contains(reason), "{told:?} should contain {reason:?}");
    assert_eq!(spans(store).unwrap(), [(1, 2), (3, 3)]);
    assert_eq!(store.barrier().unwrap(), Position::new(3));
    let snapshot = store.snapshot().unwrap();
    for space in Space::ALL {
        let value = Some(b"1".to_vec());
        assert_eq!(store.get(space, b"a").unwrap(), value, "{space:?}");
        assert_eq!(snapshot.get(space, b"a").unwrap(), value, "{space:?}");
    }
    drop(snapshot);
    assert!(store.sizes().is_ok());
    let group = ledger_log::CommitGroup {
        expected_last: Position::new(3),
        blocks: Vec::new(),
        state: state(),
    };
    let refused = |result: Result<(), LogError>| {
        let Err(LogError::ReadOnly { reason }) = result else {
            panic!("{result:?}")
        };
        assert_eq!(reason, told);
    };
    refused(store.claim_epoch().map(drop));
    refused(store.append(ledger_log::Epoch::new(1), &group).map(drop));
    refused(store.open_shadow(ShadowPurpose::Look).map(drop));
    assert_eq!(store.write_disabled(), None, "nothing failed");
}

#[test]
fn writing_stops_below_the_headroom_and_goes_on_above_it() {
    let folders = Folders::new();
    let disk = Disk::new(&folders.fresh(), 1024 * MIB);
    let store = disk.create();
    store.check_room().unwrap();
    // A group takes up to 32 MiB.
    disk.set(132 * MIB + 40 * MIB - 1);
    let refused = store.check_room();
    let Err(LogError::NoRoom {
        needed,
        free,
        headroom,
        ..
    }) = refused
    else {
        panic!("{refused:?}")
    };
    assert_eq!(
        (needed, free, headroom),
        (32 * MIB, 132 * MIB - 1, 100 * MIB)
    );
    let condition = store.condition();
    assert_eq!(condition.free_bytes, Some(132 * MIB - 1));
    assert_eq!(condition.writes_headroom_bytes, 100 * MIB);
    assert_eq!(condition.spare_bytes, 40 * MIB);
    disk.set(132 * MIB + 40 * MIB);
    store.check_room().unwrap();
}

#[test]
fn spare_room_is_kept_given_back_and_made_again() {
    let folders = Folders::new();
    let path = folders.fresh();
    // It is not made where writing needs the room.
    let disk = Disk::new(&path, 171 * MIB);
    drop(disk.create());
    assert_eq!(spare_bytes(&path), 0);
    disk.set(172 * MIB);
    drop(disk.open().unwrap());
    assert_eq!(spare_bytes(&path), 40 * MIB);
    // An opening that has enough leaves it.
    disk.set(40 * MIB + 32 * MIB);
    drop(disk.open().unwrap());
    assert_eq!(spare_bytes(&path), 40 * MIB);
    // One that has not gets it.
    disk.set(40 * MIB);
    let store = disk.open().unwrap();
    assert_eq!(store.read_only(), None);
    assert_eq!(spare_bytes(&path), 0);
    assert!(matches!(store.check_room(), Err(LogError::NoRoom { .. })));
    drop(store);
    disk.set(1024 * MIB);
    drop(disk.open().unwrap());
    assert_eq!(spare_bytes(&path), 40 * MIB);
}

/// Asked for, or for want of room: everything is read, nothing is written, no file changes.
#[test]
fn opening_for_reading_changes_no_file() {
    let folders = Folders::new();
    let disk = Disk::new(&folders.fresh(), 1024 * MIB);
    let store = disk.create();
    append(&store, &[2], &state());
    // What a killed process leaves: the last groups are in the write-ahead log only.
    append(&store, &[1], &[]);
    let image = folders.copy(&disk.folder);
    drop(store);
    for folder in [disk.folder.clone(), image] {
        let disk = Disk::new(&folder, 1024 * MIB);
        let asked = StoreOptions {
            read_only: true,
            ..disk.options()
        };
        let before = everything(&folder);
        for _ in 0..2 {
            let store = RocksStore::open(&folder, &asked).unwrap();
            check_read_only(&store, "it was started so");
        }
        assert!(everything(&folder) == before);

        // Too little room, also with what was spared.
        disk.set(8 * MIB);
        fs::remove_file(folder.join("SPARE")).unwrap();
        let before = everything(&folder);
        for _ in 0..2 {
            let store = disk.open().unwrap();
            check_read_only(&store, "8388608 bytes are free");
            drop(store);
            assert!(everything(&folder) == before);
        }

        disk.set(1024 * MIB);
        let store = disk.open().unwrap();
        assert_eq!(store.read_only(), None);
        append(&store, &[1], &[]);
        assert_eq!(store.last_position(), Position::new(4));
    }
}

#[test]
fn nothing_is_created_for_reading() {
    let folders = Folders::new();
    let path = folders.fresh();
    let asked = StoreOptions {
        read_only: true,
        ..options(true)
    };
    let error = RocksStore::open(&path, &asked).unwrap_err();
    assert!(matches!(error, OpenError::NotFound { .. }), "{error:?}");
    assert!(!path.exists());
}

/// The same on a disk that is really full. Where none may be mounted, free space is pretended.
#[test]
fn a_full_disk_is_opened_and_goes_on_when_there_is_room() {
    let folders = Folders::new();
    let root = folders.fresh();
    let disk = SmallDisk::mount(&root, 160);
    let ledger = root.join("ledger");
    let pretended = Disk::new(&ledger, 160 * MIB);
    let options = StoreOptions {
        free_space: match disk {
            Some(_) => FreeSpace::of_the_disk(),
            None => pretended.options().free_space,
        },
        writes_headroom_bytes: 20 * MIB,
        create_if_missing: true,
        ..pretended.options()
    };
    let fill = |bytes: usize| {
        pretended.set(spare_bytes(&ledger));
        if disk.is_some() {
            // Until nothing more fits.
            drop(fs::write(root.join("filler"), vec![1; bytes]));
        }
    };
    let open = || RocksStore::open(&ledger, &options).unwrap();
    let store = open();
    append(&store, &[2], &state());
    append(&store, &[1], &[]);
    fill(160 * 1024 * 1024);
    assert!(matches!(store.check_room(), Err(LogError::NoRoom { .. })));
    drop(store);
    // The room that the write-ahead log had reserved is free now, and goes as well.
    fs::remove_file(root.join("filler")).ok();
    fill(160 * 1024 * 1024);

    // The spare room lets it be opened for writing once more, as it was.
    let store = open();
    assert_eq!(store.read_only(), None);
    assert_eq!(spare_bytes(&ledger), 0);
    assert_eq!(spans(&store).unwrap(), [(1, 2), (3, 3)]);
    drop(store);
    fs::remove_file(root.join("filler")).ok();
    fill(160 * 1024 * 1024);
    for _ in 0..2 {
        check_read_only(&open(), "bytes are free");
    }

    fs::remove_file(root.join("filler")).ok();
    pretended.set(160 * MIB);
    let store = open();
    store.check_room().unwrap();
    append(&store, &[1], &[]);
    assert_eq!(spare_bytes(&ledger), 40 * MIB);
    drop(store);
    drop(disk);
}
