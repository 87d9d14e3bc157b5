//! Damage to what follows from the log: it is named, it is rebuilt, and the log goes on.

use std::fs;
use std::path::{Path, PathBuf};

use ledger_core::Position;
use ledger_log::{Direction, Log, LogError, ShadowPurpose, Space, StateOp, StateStore};
use ledger_store::{OpenError, RocksStore, StoreOptions, testing};
use rocksdb::{DB, Options};

use crate::support::{Folders, append, create, files, in_every_space, open, options};

/// A ledger that is closed, with one file in each space.
fn ledger(folders: &Folders) -> PathBuf {
    let path = folders.fresh();
    let store = create(&path);
    append(&store, &[2, 1], &in_every_space("a", "live"));
    drop(store);
    path
}

/// The one file of a column family.
fn file_of(path: &Path, column: &str) -> PathBuf {
    let options = Options::default();
    let names = DB::list_cf(&options, path).unwrap();
    let db = DB::open_cf_for_read_only(&options, path, names, false).unwrap();
    let file = db
        .live_files()
        .unwrap()
        .into_iter()
        .find(|file| file.column_family_name == column)
        .unwrap();
    path.join(file.name.trim_start_matches('/'))
}

/// Inverts a bit of the first entry.
fn flip(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    bytes[4] ^= 1;
    fs::write(file, bytes).unwrap();
}

fn open_for_repair(path: &Path) -> Result<RocksStore, OpenError> {
    let options = StoreOptions {
        for_repair: true,
        ..options(false)
    };
    RocksStore::open(path, &options)
}

fn rebuild(store: &RocksStore) {
    let mut shadow = store.open_shadow(ShadowPurpose::Promote).unwrap();
    let rebuilt = |space| StateOp::put(space, b"a".into(), b"rebuilt".into());
    shadow
        .write(Space::REBUILDABLE.map(rebuilt).into())
        .unwrap();
    let epoch = store.claim_epoch().unwrap();
    let at = store.last_position();
    store.promote(epoch, shadow.as_mut(), at).unwrap();
}

/// So many files that compaction reads all of them.
fn compact_in_the_background(store: &RocksStore) -> Result<(), LogError> {
    let epoch = store.claim_epoch()?;
    for round in 0..12 {
        let group = ledger_log::CommitGroup {
            expected_last: store.last_position(),
            blocks: Vec::new(),
            state: in_every_space("b", &round.to_string()),
        };
        store.append(epoch, &group)?;
        store.flush()?;
    }
    Ok(())
}

fn is_rebuilt(store: &RocksStore) {
    for space in Space::REBUILDABLE {
        let value = store.get(space, b"a").unwrap();
        assert_eq!(value, Some(b"rebuilt".into()), "{space:?}");
    }
}

/// Once a read has met the damage no compaction does, so that writing goes on until the rebuild.
#[test]
fn damage_to_a_space_is_named_and_writing_goes_on() {
    for space in Space::ALL {
        let folders = Folders::new();
        let path = ledger(&folders);
        let column = match space.is_rebuildable() {
            true => format!("{}.1", space.name()),
            false => space.name().to_owned(),
        };
        flip(&file_of(&path, &column));
        let store = open(&path).unwrap();
        let is_named = |result: Result<(), LogError>| match result {
            Err(error @ LogError::DamagedSpace { space: found, .. }) => {
                assert_eq!(found, space);
                let helps = match space.is_rebuildable() {
                    true => "a rebuild replaces it",
                    false => "restore a backup",
                };
                assert!(error.to_string().contains(helps), "{error}");
            }
            other => panic!("{space:?}: {other:?}"),
        };
        let key = b"a".to_vec();
        is_named(store.get(space, &key).map(drop));
        is_named(store.multi_get(space, std::slice::from_ref(&key)).map(drop));
        is_named(store.scan(space, b"", b"", Direction::Forward, 1).map(drop));
        let snapshot = store.snapshot().unwrap();
        is_named(snapshot.get(space, &key).map(drop));
        is_named(
            snapshot
                .iterate(space)
                .try_for_each(|entry| entry.map(drop)),
        );
        drop(snapshot);
        let damage = store.condition().damage;
        assert_eq!(damage.is_some(), space.is_rebuildable(), "{damage:?}");
        if space.is_rebuildable() {
            compact_in_the_background(&store).unwrap();
            rebuild(&store);
            assert_eq!(store.condition().damage, None);
            is_rebuilt(&store);
            compact_in_the_background(&store).unwrap();
            store.compact().unwrap();
        }
    }
}

/// The same when a compaction is the first to meet it: in the background, and one that is waited
/// for. The rebuild comes while the ledger is open, or after a restart before anything is served.
#[test]
fn damage_that_compaction_meets_first_is_named_and_writing_goes_on() {
    type Harm = fn(&Path);
    let harms: [Harm; 2] = [flip, |file| {
        let bytes = fs::read(file).unwrap();
        fs::write(file, &bytes[..10]).unwrap();
    }];
    let folders = Folders::new();
    let whole = ledger(&folders);
    let cases = Space::REBUILDABLE
        .into_iter()
        .zip(harms.into_iter().cycle());
    for ((space, harm), while_open) in cases.zip([true, false, false, true]) {
        let path = folders.copy(&whole);
        let store = open(&path).unwrap();
        // The open ledger reads its files when it needs them.
        testing::files(&store, Some(space))
            .iter()
            .for_each(|file| harm(file));
        compact_in_the_background(&store).unwrap();
        store.compact().unwrap();
        append_one(&store).unwrap();
        let damage = store.condition().damage.unwrap();
        assert!(damage.starts_with(space.name()), "{damage}");
        assert_eq!(store.write_disabled(), None);
        compact_in_the_background(&store).unwrap();
        let store = match while_open {
            true => store,
            false => {
                drop(store);
                open_for_repair(&path).unwrap()
            }
        };
        rebuild(&store);
        assert_eq!(store.condition().damage, None);
        is_rebuilt(&store);
        drop(store);
        let store = open(&path).unwrap();
        compact_in_the_background(&store).unwrap();
        store.compact().unwrap();
        append_one(&store).unwrap();
        assert_eq!(store.condition().damage, None);
        is_rebuilt(&store);
    }
}

/// Damage that nothing can be rebuilt from stops writing, and says what helps.
#[test]
fn damage_to_the_log_or_what_is_kept_that_compaction_meets_stops_writing() {
    let folders = Folders::new();
    let whole = folders.fresh();
    let store = create(&whole);
    // An opening has the end of the log in memory, so the log has to be longer than that.
    append(&store, &[2000; 12], &in_every_space("a", "live"));
    drop(store);
    for column in ["events", "requests", "refusals", "meta"] {
        let path = folders.copy(&whole);
        let store = open(&path).unwrap();
        testing::settle(&store);
        let file = file_of(&path, column);
        let epoch = store.claim_epoch().unwrap();
        flip(&file);
        store.compact().unwrap();
        let reason = store.write_disabled().unwrap_or_else(|| panic!("{column}"));
        assert!(reason.contains("restore a backup"), "{reason}");
        assert!(reason.contains(column), "{reason}");
        let group = ledger_log::CommitGroup {
            expected_last: store.last_position(),
            blocks: Vec::new(),
            state: in_every_space("c", "1"),
        };
        let refused = store.append(epoch, &group);
        assert!(
            matches!(refused, Err(LogError::WriteDisabled { .. })),
            "{refused:?}"
        );
        assert_eq!(store.condition().damage, None);
    }
}

fn append_one(store: &RocksStore) -> Result<(), LogError> {
    let epoch = store.claim_epoch()?;
    let group = ledger_log::CommitGroup {
        expected_last: store.last_position(),
        blocks: Vec::new(),
        state: in_every_space("c", "1"),
    };
    store.append(epoch, &group).map(drop)
}

/// Whatever became of the files of the derived state, the log brings it back.
#[test]
fn derived_state_that_cannot_be_opened_is_rebuilt() {
    type Harm = fn(&Path);
    let harms: [(&str, Harm); 4] = [
        ("missing", |file| fs::remove_file(file).unwrap()),
        ("empty", |file| fs::write(file, b"").unwrap()),
        ("cut short", |file| {
            let bytes = fs::read(file).unwrap();
            fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("zeros at the end", |file| {
            let mut bytes = fs::read(file).unwrap();
            let end = bytes.len() - 60;
            bytes[end..].fill(0);
            fs::write(file, bytes).unwrap();
        }),
    ];
    let folders = Folders::new();
    let whole = ledger(&folders);
    for space in Space::REBUILDABLE {
        for (harm, go) in harms {
            let path = folders.copy(&whole);
            go(&file_of(&path, &format!("{}.1", space.name())));
            if let Err(error) = open(&path) {
                let is_named =
                    matches!(&error, OpenError::DamagedSpace { space: s, .. } if *s == space);
                assert!(is_named, "{space:?} {harm}: {error:?}");
                assert!(error.to_string().contains("'ledger-server rebuild'"));
            }
            let store = open_for_repair(&path).unwrap();
            assert_eq!(store.last_position(), Position::new(3));
            rebuild(&store);
            is_rebuilt(&store);
            drop(store);
            let store = open(&path).unwrap();
            is_rebuilt(&store);
            assert_eq!(store.last_position(), Position::new(3));
            append(&store, &[1], &[]);
            store.compact().unwrap();
        }
    }
}

/// A repair looks past the derived state and past nothing else.
#[test]
fn a_repair_passes_over_nothing_of_the_log() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    let noted_before = fs::read(path.join("ACKNOWLEDGED")).unwrap();
    append(&store, &[3, 1, 2, 4], &in_every_space("a", "live"));
    let image = folders.copy(&path);
    drop(store);

    let [wal] = <[_; 1]>::try_from(files(&image, ".log")).unwrap();
    let bytes = fs::read(&wal).unwrap();
    for at in (0..bytes.len()).step_by(bytes.len() / 23) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        fs::write(&wal, changed).unwrap();
        let opened = open_for_repair(&image);
        let is_refused = matches!(opened, Err(OpenError::Damaged { .. }));
        assert!(is_refused, "byte {at}: {opened:?}");
    }
    // A last write that was cut off is missed where it was acknowledged, and dropped where not.
    fs::write(&wal, &bytes[..bytes.len() - 5]).unwrap();
    let opened = open_for_repair(&image);
    assert!(matches!(opened, Err(OpenError::Lost { .. })), "{opened:?}");
    fs::write(image.join("ACKNOWLEDGED"), &noted_before).unwrap();
    let store = open_for_repair(&image).unwrap();
    assert_eq!(store.last_position(), Position::new(6));
    drop(store);

    flip(&file_of(&path, "events"));
    match open_for_repair(&path) {
        Err(OpenError::Check { .. }) => {}
        Ok(store) => {
            let error = store.read_block_at(Position::FIRST).unwrap_err();
            let is_named = matches!(&error, LogError::Unreadable { position, .. }
                if *position == Position::FIRST);
            assert!(is_named, "{error:?}");
        }
        Err(error) => panic!("{error:?}"),
    }
    fs::remove_file(file_of(&path, "events")).unwrap();
    let opened = open_for_repair(&path);
    assert!(matches!(opened, Err(OpenError::Check { .. })), "{opened:?}");
}
