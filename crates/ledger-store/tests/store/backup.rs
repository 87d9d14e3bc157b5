//! Backups: whole or not there, whatever is cut off or damaged, and restored as they were.
//!
//! Long: one table of damage to a backup.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ledger_core::{Position, RecordedTime};
use ledger_log::{Log, Snapshot, Space, StateOp, StateStore};
use ledger_store::{
    BackUp, Backup, BackupError, BackupFolder, Copying, FlawKind, FreeSpace, OpenError, Restoring,
    RocksStore, Seal, StoreOptions,
};

use crate::support::{Folders, append, create, files, open, options, spans};

/// A folder for backups, which has to be there.
fn backups(folders: &Folders) -> BackupFolder {
    let path = folders.fresh();
    fs::create_dir(&path).unwrap();
    BackupFolder::new(path).unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "a seal may fail to be read")]
fn seal(state: &dyn Snapshot) -> Result<Seal, Box<dyn std::error::Error + Send + Sync>> {
    let [.., last] = state.last_position().get().to_be_bytes();
    Ok(Seal {
        epoch: 1,
        epoch_id: [7; 16],
        root: [last; 32],
    })
}

fn back_up_telling(
    store: &RocksStore,
    folder: &BackupFolder,
    tell: &mut dyn FnMut(Copying) -> ControlFlow<()>,
) -> Result<Backup, BackupError> {
    let asked = BackUp {
        taken_at: RecordedTime::from_micros(1_764_306_000_000_000),
        bytes_per_second: 0,
        seal: &seal,
    };
    store.back_up(folder, &asked, tell)
}

fn back_up(store: &RocksStore, folder: &BackupFolder) -> Backup {
    back_up_telling(store, folder, &mut |_| ControlFlow::Continue(())).unwrap()
}

fn restore(folder: &BackupFolder, number: u64, to: &Path) -> Result<(), BackupError> {
    let restoring = Restoring::begin(to)?;
    restoring.copy(folder, number, 0, &mut |_| ControlFlow::Continue(()))?;
    restoring.finish()
}

fn answer(id: &str) -> StateOp {
    StateOp::put(Space::Requests, id.into(), b"answer".into())
}

/// Every file below a folder, in order.
fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(tree(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

/// A copy of a folder of backups, as a crash would leave it.
fn copied(folders: &Folders, from: &BackupFolder) -> BackupFolder {
    let to = folders.fresh();
    for file in tree(from.path()) {
        let target = to.join(file.strip_prefix(from.path()).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(file, target).unwrap();
    }
    BackupFolder::new(to).unwrap()
}

fn whole(folder: &BackupFolder) -> Vec<u64> {
    let listed = folder.list().unwrap();
    let whole = listed.iter().filter(|backup| backup.is_whole());
    whole.map(|backup| backup.number).collect()
}

#[test]
fn each_backup_is_restored_as_the_ledger_was() {
    let folders = Folders::new();
    let store = create(&folders.fresh());
    let folder = backups(&folders);
    append(&store, &[1, 2, 3], &[answer("first")]);
    let first = back_up(&store, &folder);
    append(&store, &[4], &[answer("second")]);
    let second = back_up(&store, &folder);
    append(&store, &[5], &[]);

    let expected = [
        (first, 1, 6, vec![(1, 1), (2, 3), (4, 6)], false),
        (second, 2, 10, vec![(1, 1), (2, 3), (4, 6), (7, 10)], true),
    ];
    assert_eq!(whole(&folder), [1, 2]);
    for (backup, number, position, expected, has_second) in expected {
        let about = backup.about.unwrap();
        assert_eq!((backup.number, about.position.get()), (number, position));
        assert_eq!(u64::from(about.seal.root[0]), position);
        let path = folders.fresh();
        restore(&folder, number, &path).unwrap();
        assert!(files(&path, "restoring").is_empty());
        let restored = open(&path).unwrap();
        assert_eq!(restored.last_position(), Position::new(position));
        assert_eq!(spans(&restored).unwrap(), expected);
        let second = restored.get(Space::Requests, b"second").unwrap();
        assert_eq!(second.is_some(), has_second);
        // What is restored goes on.
        append(&restored, &[2], &[]);
        assert_eq!(restored.last_position().get(), position + 2);
    }
    // Beside the ledger nothing is left.
    assert!(files(&store.path(), "checkpoint").is_empty());
}

#[test]
fn what_an_earlier_backup_holds_is_not_copied_again() {
    let folders = Folders::new();
    let store = create(&folders.fresh());
    let folder = backups(&folders);
    append(&store, &[500; 20], &[]);
    let sizes = |folder: &BackupFolder| {
        let mut last = Copying::default();
        let mut tell = |done: Copying| {
            last = done;
            ControlFlow::Continue(())
        };
        back_up_telling(&store, folder, &mut tell).unwrap();
        assert_eq!(last.files_done, last.files);
        assert_eq!(last.bytes_done, last.bytes);
        last.bytes
    };
    let first = sizes(&folder);
    let second = sizes(&folder);
    assert!(second * 4 < first, "{second} bytes after {first}");
    // A shared file that was lost or cut is copied anew, which mends the earlier backup as well.
    for lost in [true, false] {
        let shared = files(&folder.path().join("shared"), ".sst");
        let largest = |path: &&PathBuf| fs::metadata(path).unwrap().len();
        let largest = shared.iter().max_by_key(largest).unwrap();
        match lost {
            true => fs::remove_file(largest).unwrap(),
            false => fs::write(largest, b"cut").unwrap(),
        }
        let is_flawed = |backup: &Backup| !backup.is_whole();
        assert!(folder.list().unwrap().iter().all(is_flawed));
        back_up(&store, &folder);
        assert!(!folder.list().unwrap().iter().any(is_flawed));
    }
}

/// Wherever a backup is cut off, there is no trace of it among the whole ones, the earlier one is
/// as it was, and the next one succeeds.
#[test]
fn a_backup_that_is_cut_off_is_none_and_harms_none() {
    let folders = Folders::new();
    let store = create(&folders.fresh());
    let folder = backups(&folders);
    append(&store, &[10; 3], &[answer("first")]);
    back_up(&store, &folder);
    append(&store, &[10; 3], &[answer("second")]);
    let mut steps = 0;
    let mut crashes = Vec::new();
    let trial = copied(&folders, &folder);
    back_up_telling(&store, &trial, &mut |_| {
        steps += 1;
        crashes.push(copied(&folders, &trial));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(steps > 8, "there are only {steps} steps");
    for stop_at in 0..steps {
        let mut step = 0;
        let cancelled = back_up_telling(&store, &folder, &mut |_| {
            step += 1;
            match step > stop_at {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        assert!(matches!(cancelled, Err(BackupError::Cancelled)));
        crashes.push(copied(&folders, &folder));
    }
    for crashed in crashes {
        assert_eq!(whole(&crashed), [1]);
        let path = folders.fresh();
        restore(&crashed, 1, &path).unwrap();
        assert_eq!(open(&path).unwrap().last_position().get(), 30);
        let next = back_up(&store, &crashed);
        assert!(whole(&crashed).ends_with(&[next.number]));
        assert_eq!(crashed.list().unwrap().len(), 2, "nothing is left over");
    }
}

#[test]
fn a_damaged_backup_is_refused_with_what_is_wrong() {
    type Damage = fn(&Path, &Path);
    let folders = Folders::new();
    let store = create(&folders.fresh());
    let pristine = backups(&folders);
    append(&store, &[10; 3], &[answer("first")]);
    back_up(&store, &pristine);
    let damages: [(&str, Damage); 5] = [
        ("removed", |file, _| fs::remove_file(file).unwrap()),
        ("cut", |file, _| {
            let bytes = fs::read(file).unwrap();
            fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("emptied", |file, _| fs::write(file, b"").unwrap()),
        ("flipped", |file, _| {
            let mut bytes = fs::read(file).unwrap();
            let at = bytes.len() / 2;
            bytes[at] ^= 1;
            fs::write(file, bytes).unwrap();
        }),
        ("swapped", |file, other| {
            fs::copy(other, file).unwrap();
        }),
    ];
    let count = tree(pristine.path()).len();
    for index in 0..count {
        for (how, damage) in damages {
            let folder = copied(&folders, &pristine);
            let all = tree(folder.path());
            let file = &all[index];
            let name = file.file_name().unwrap().to_str().unwrap().to_owned();
            let bytes = fs::read(file).unwrap();
            if name == "LOCK" || bytes.is_empty() {
                continue;
            }
            let other = all.iter().find(|other| {
                let held = fs::read(other).unwrap();
                !held.is_empty() && held != bytes
            });
            damage(file, other.unwrap());
            let path = folders.fresh();
            let error = restore(&folder, 1, &path).unwrap_err();
            let is_named = match &error {
                BackupError::Damaged { flaws, .. } => {
                    flaws.len() == 1 && flaws[0].file.ends_with(&name)
                }
                // Without its manifest the backup was never there, or was never finished.
                BackupError::NotFound { .. } => name.ends_with(".backup"),
                _ => false,
            };
            let is_named = is_named || name.ends_with(".backup");
            assert!(is_named, "{name} {how}: {error}");
            assert!(!path.exists(), "{name} {how} left something behind");
            let checked = folder.check(1, 0, &mut |_| ControlFlow::Continue(()));
            assert!(!checked.unwrap().is_whole(), "{name} {how}");
        }
    }
    let folder = copied(&folders, &pristine);
    fs::write(folder.path().join("000001/OPTIONS-000099"), b"foreign").unwrap();
    let listed = folder.list().unwrap();
    assert_eq!(listed[0].flaws[0].what, FlawKind::Foreign);
    assert!(restore(&folder, 1, &folders.fresh()).is_err());
}

#[test]
fn restoring_touches_no_folder_that_holds_something() {
    let folders = Folders::new();
    let store = create(&folders.fresh());
    let folder = backups(&folders);
    append(&store, &[3], &[]);
    back_up(&store, &folder);
    // What lies in the folder, and whether that stands against restoring into it.
    let cases = [
        (None, true),
        (Some("lost+found"), true),
        (Some("restoring"), true),
        (Some("CURRENT"), false),
        (Some("notes.txt"), false),
    ];
    for (found, may) in cases {
        let path = folders.fresh();
        fs::create_dir(&path).unwrap();
        if let Some(name) = found {
            fs::create_dir(path.join(name)).unwrap();
        }
        let outcome = restore(&folder, 1, &path);
        assert_eq!(outcome.is_ok(), may, "{found:?}: {outcome:?}");
        if !may {
            assert!(matches!(outcome, Err(BackupError::NotEmpty { .. })));
            assert_eq!(fs::read_dir(&path).unwrap().count(), 1);
        }
    }
    let unknown = restore(&folder, 2, &folders.fresh());
    assert!(matches!(
        unknown,
        Err(BackupError::NotFound { number: 2, .. })
    ));
    // One that is cancelled is not there, and one that was never finished is no ledger.
    let path = folders.fresh();
    let restoring = Restoring::begin(&path).unwrap();
    let stopped = restoring.copy(&folder, 1, 0, &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(BackupError::Cancelled)));
    assert!(open(&path).is_err());
    drop(restoring);
    assert!(!path.exists());
}

/// What was copied and not checked is opened by nobody but who checks it, however it was cut off.
#[test]
fn what_is_not_checked_is_not_opened() {
    let folders = Folders::new();
    let store = create(&folders.fresh());
    append(&store, &[5], &[]);
    let folder = backups(&folders);
    back_up(&store, &folder);
    let path = folders.fresh();
    let restoring = Restoring::begin(&path).unwrap();
    let refused = |to: &Path| {
        for error in [
            RocksStore::open(to, &options(true)).map(drop).unwrap_err(),
            RocksStore::accept(to, Position::new(5), &[]).unwrap_err(),
            RocksStore::open(
                to,
                &StoreOptions {
                    read_only: true,
                    ..options(false)
                },
            )
            .map(drop)
            .unwrap_err(),
        ] {
            let is_told = matches!(error, OpenError::Unchecked { .. });
            assert!(is_told, "{error:?}");
            assert!(error.to_string().contains("restore it again"), "{error}");
        }
    };
    let staging = path.join("restoring");
    refused(&staging);
    let copied = restoring.copy(&folder, 1, 0, &mut |_| ControlFlow::Continue(()));
    copied.unwrap();
    refused(&staging);
    drop(restoring.open().unwrap());
    // As it lies there when the process dies: nothing in it or above it is opened.
    let cut_off = folders.copy(&path);
    refused(&cut_off.join("restoring"));
    assert!(RocksStore::open(&cut_off, &options(true)).is_err());
    restoring.finish().unwrap();
    assert_eq!(open(&path).unwrap().last_position(), Position::new(5));
    restore(&folder, 1, &cut_off).unwrap();
    assert_eq!(open(&cut_off).unwrap().last_position(), Position::new(5));
}

#[test]
fn old_backups_go_and_the_newest_stay_whole() {
    let folders = Folders::new();
    let store = create(&folders.fresh());
    let folder = backups(&folders);
    for count in 1..=4 {
        append(&store, &[count], &[]);
        back_up(&store, &folder);
        store.compact().unwrap();
    }
    let shared = || files(&folder.path().join("shared"), ".sst").len();
    let before = shared();
    assert_eq!(folder.keep_newest(2).unwrap(), [2, 1]);
    assert!(shared() < before);
    assert_eq!(whole(&folder), [3, 4]);
    for (number, position) in [(3, 6), (4, 10)] {
        let path = folders.fresh();
        restore(&folder, number, &path).unwrap();
        assert_eq!(open(&path).unwrap().last_position().get(), position);
    }
    // One that is not whole is none of those that are kept, and is left for a person to look at.
    let manifest = folder.path().join("000004.backup");
    fs::write(&manifest, b"cut").unwrap();
    assert_eq!(folder.keep_newest(1).unwrap(), []);
    assert!(manifest.exists());
    assert_eq!(
        back_up(&store, &folder).number,
        5,
        "no number is given twice"
    );
}

/// What one ledger does takes nothing from another that shares the folder.
#[test]
fn the_newest_are_kept_of_each_ledger() {
    let folders = Folders::new();
    let folder = backups(&folders);
    let stores = [create(&folders.fresh()), create(&folders.fresh())];
    for store in stores.iter().chain(&stores).chain(&stores[..1]) {
        append(store, &[1], &[]);
        back_up(store, &folder);
    }
    assert_eq!(folder.keep_newest(1).unwrap(), [3, 2, 1]);
    assert_eq!(whole(&folder), [4, 5]);
}

/// A checkpoint that a crash has left is gone after the next opening.
#[test]
fn what_a_crash_leaves_beside_the_ledger_goes() {
    let folders = Folders::new();
    let path = folders.fresh();
    drop(create(&path));
    for left in ["checkpoint", "checkpoint.tmp"] {
        fs::create_dir(path.join(left)).unwrap();
        fs::write(path.join(left).join("000001.sst"), b"left").unwrap();
    }
    drop(open(&path).unwrap());
    assert!(files(&path, "checkpoint").is_empty());
    assert!(files(&path, "checkpoint.tmp").is_empty());
}

#[test]
fn a_fork_and_what_it_came_from_share_a_folder() {
    let folders = Folders::new();
    let store = create(&folders.fresh());
    let folder = backups(&folders);
    append(&store, &[3], &[]);
    back_up(&store, &folder);
    let path = folders.fresh();
    restore(&folder, 1, &path).unwrap();
    let fork = open(&path).unwrap();
    // Both go on, with the same numbers of files and other events in them.
    append(&store, &[1, 1], &[]);
    append(&fork, &[2], &[]);
    back_up(&store, &folder);
    back_up(&fork, &folder);
    assert_eq!(whole(&folder), [1, 2, 3]);
    for (number, expected) in [(2, vec![(1, 3), (4, 4), (5, 5)]), (3, vec![(1, 3), (4, 5)])] {
        let path = folders.fresh();
        restore(&folder, number, &path).unwrap();
        assert_eq!(spans(&open(&path).unwrap()).unwrap(), expected);
    }
}

/// Nothing is begun that the disk has no room for, on either side, and the ledger goes on.
#[test]
fn a_backup_without_room_is_refused_with_figures() {
    let folders = Folders::new();
    let path = folders.fresh();
    drop(create(&path));
    let of = |bytes: &Arc<AtomicU64>| {
        let bytes = Arc::clone(bytes);
        FreeSpace::new(move |_: &Path| Ok(bytes.load(Ordering::Relaxed)))
    };
    // Room on the ledger's disk, on that of the backups; whose disk is told.
    for (ledger, backups_free, told) in [(1_000, u64::MAX, true), (u64::MAX, 1_000, false)] {
        let [on_ledger, on_backups] = [(); 2].map(|()| Arc::new(AtomicU64::new(u64::MAX)));
        let options = StoreOptions {
            free_space: of(&on_ledger),
            spare_bytes: 0,
            ..StoreOptions::default()
        };
        let store = RocksStore::open(&path, &options).unwrap();
        let folder = backups(&folders).with_free_space(of(&on_backups));
        append(&store, &[3], &[]);
        on_ledger.store(ledger, Ordering::Relaxed);
        on_backups.store(backups_free, Ordering::Relaxed);
        let refused = back_up_telling(&store, &folder, &mut |_| ControlFlow::Continue(()));
        let Err(BackupError::NoRoom {
            path: disk,
            needed,
            available,
        }) = refused
        else {
            panic!("{refused:?}");
        };
        assert_eq!((available, disk == path), (1_000, told));
        assert!(needed > 64 * 1024 * 1024, "{needed}");
        assert_eq!(folder.list().unwrap(), []);
        on_ledger.store(u64::MAX, Ordering::Relaxed);
        on_backups.store(u64::MAX, Ordering::Relaxed);
        append(&store, &[3], &[]);
        assert_eq!(back_up(&store, &folder).number, 1);
    }
}

#[test]
fn a_folder_that_is_not_there_or_in_use_is_told() {
    let folders = Folders::new();
    let missing = BackupFolder::new(folders.fresh());
    assert!(matches!(missing, Err(BackupError::NoFolder { .. })));
    let store = create(&folders.fresh());
    let folder = backups(&folders);
    append(&store, &[3], &[]);
    back_up_telling(&store, &folder, &mut |_| {
        let second = back_up_telling(&store, &folder, &mut |_| ControlFlow::Continue(()));
        assert!(matches!(second, Err(BackupError::Busy { .. })));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(whole(&folder), [1]);
}
