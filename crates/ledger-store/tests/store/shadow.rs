//! A second state beside the live one: what it leaves behind, what it needs, and what it cannot
//! harm.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use ledger_core::Position;
use ledger_log::{
    Direction, Entry, Fault, Log, LogError, Shadow, ShadowPurpose, Space, StateOp, StateStore,
};
use ledger_store::{FreeSpace, RocksStore, StoreOptions, testing};
use rocksdb::{DB, Options};

use crate::disk::SmallDisk;
use crate::support::{Folders, append, copy, create, files, open, options};

const MIB: u64 = 1024 * 1024;

fn put(space: Space, key: &str, value: &str) -> StateOp {
    StateOp::put(space, key.into(), value.into())
}

fn in_every_space(key: &str, value: &str) -> Vec<StateOp> {
    Space::REBUILDABLE
        .map(|space| put(space, key, value))
        .into()
}

fn all(store: &RocksStore, space: Space) -> Vec<Entry> {
    let (from, to) = (b"", b"");
    store
        .scan(space, from, to, Direction::Forward, usize::MAX)
        .unwrap()
}

fn entries(of: &[(&str, &str)]) -> Vec<Entry> {
    of.iter()
        .map(|(key, value)| ((*key).into(), (*value).into()))
        .collect()
}

/// Opens a shadow with something in each space.
fn filled(store: &RocksStore) -> Box<dyn Shadow> {
    let mut shadow = store.open_shadow(ShadowPurpose::Promote).unwrap();
    shadow.write(in_every_space("a", "rebuilt")).unwrap();
    shadow
}

fn shadows(ledger: &Path) -> PathBuf {
    ledger.join("shadow")
}

/// Checks that a ledger that is closed holds one generation and nothing of a shadow.
fn check_nothing_is_left(ledger: &Path, generation: u64) {
    assert!(!shadows(ledger).exists());
    let names = DB::list_cf(&Options::default(), ledger).unwrap();
    let mut generations: Vec<_> = names.iter().filter(|name| name.contains('.')).collect();
    generations.sort();
    let expected = ["effect_index", "entities", "progress", "tag_index"]
        .map(|space| format!("{space}.{generation}"));
    assert_eq!(generations, expected.iter().collect::<Vec<_>>());
}

/// A store whose free space is what the test says.
fn with_free_space(path: &Path, bytes: u64) -> (RocksStore, Arc<AtomicU64>) {
    let free = Arc::new(AtomicU64::new(bytes));
    let told = Arc::clone(&free);
    let options = StoreOptions {
        free_space: FreeSpace::new(move |_| Ok(told.load(Ordering::Relaxed))),
        shadow_headroom_bytes: 100 * MIB,
        ..options(true)
    };
    (RocksStore::open(path, &options).unwrap(), free)
}

/// Nothing lies on the disk any more, whichever way a shadow ends.
#[test]
fn every_way_out_removes_the_shadow() {
    type Way = fn(&RocksStore, Box<dyn Shadow>);
    let ways: [(&str, Way); 7] = [
        ("dropped", |_, shadow| drop(shadow)),
        ("dropped after preparing", |_, mut shadow| {
            shadow.prepare().unwrap();
        }),
        ("discarded", |store, shadow| {
            store.discard_shadow(shadow).unwrap();
        }),
        ("followed by another", |store, shadow| {
            drop(store.open_shadow(ShadowPurpose::Look).unwrap());
            assert!(!shadows(&store.path()).exists(), "before it is dropped");
            drop(shadow);
        }),
        ("panicked over", |_, mut shadow| {
            let panicking = catch_unwind(AssertUnwindSafe(move || {
                shadow.prepare().unwrap();
                panic!("on purpose");
            }));
            assert!(panicking.is_err());
        }),
        ("refused for its position", |store, mut shadow| {
            let epoch = store.claim_epoch().unwrap();
            let refused = store.promote(epoch, shadow.as_mut(), Position::new(9));
            assert!(matches!(refused, Err(LogError::ShadowBehind { .. })));
        }),
        (
            "refused for its epoch after preparing",
            |store, mut shadow| {
                let stale = store.claim_epoch().unwrap();
                store.claim_epoch().unwrap();
                shadow.prepare().unwrap();
                let refused = store.promote(stale, shadow.as_mut(), Position::new(1));
                assert!(matches!(refused, Err(LogError::StaleEpoch { .. })));
            },
        ),
    ];
    for (way, go) in ways {
        let folders = Folders::new();
        let path = folders.fresh();
        let store = create(&path);
        append(&store, &[1], &in_every_space("a", "live"));
        let shadow = filled(&store);
        assert!(shadows(&path).exists());
        go(&store, shadow);
        assert!(!shadows(&path).exists(), "{way}");
        assert_eq!(all(&store, Space::Entities), entries(&[("a", "live")]));
        append(&store, &[1], &in_every_space("b", "live"));
        drop(store);
        check_nothing_is_left(&path, 1);
    }
}

/// A crash between any two steps of the switch leaves one whole state: that before or that after.
#[test]
fn a_crash_at_any_step_leaves_one_generation() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    append(&store, &[1], &in_every_space("a", "live"));
    let images = Arc::new(Mutex::new(Vec::new()));
    let (root, taken) = (tempfile::TempDir::new().unwrap(), Arc::clone(&images));
    let (from, to) = (path.clone(), root.path().to_owned());
    testing::watch_steps(&store, move |step| {
        let mut taken = taken.lock().unwrap();
        let image = to.join(taken.len().to_string());
        copy(&from, &image);
        taken.push((step, image));
    });
    let mut shadow = filled(&store);
    shadow.prepare().unwrap();
    shadow.write(in_every_space("b", "followed")).unwrap();
    shadow.prepare().unwrap();
    shadow.write(in_every_space("c", "last")).unwrap();
    let epoch = store.claim_epoch().unwrap();
    let at = Position::new(1);
    store.promote(epoch, shadow.as_mut(), at).unwrap();
    drop((shadow, store));
    check_nothing_is_left(&path, 2);

    let images = std::mem::take(&mut *images.lock().unwrap());
    let steps: Vec<_> = images.iter().map(|(step, _)| *step).collect();
    let files = ["wrote files", "took files over"];
    let mut expected = vec!["created a column family"; 4];
    expected.extend(files.repeat(8));
    expected.extend(["prepared", "switched", "dropped the old generation"]);
    assert_eq!(steps, expected);
    for (number, (step, image)) in images.into_iter().enumerate() {
        let is_switched = number >= steps.len() - 2;
        let state = match is_switched {
            true => entries(&[("a", "rebuilt"), ("b", "followed"), ("c", "last")]),
            false => entries(&[("a", "live")]),
        };
        // The second time it is a clean opening; both times it can be written to.
        for round in 0..2 {
            let store = open(&image).unwrap();
            for space in Space::REBUILDABLE {
                assert_eq!(all(&store, space), state, "{step} ({number}), {space:?}");
            }
            assert_eq!(store.last_position(), Position::new(1 + round));
            append(&store, &[1], &[]);
            drop(store);
            check_nothing_is_left(&image, if is_switched { 2 } else { 1 });
        }
    }
}

/// What is written after preparing comes along, in files while it is much and in the batch of the
/// switch at the end; later changes hold, and so do deletions.
#[test]
fn what_follows_a_prepared_shadow_comes_along() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    append(&store, &[1], &in_every_space("a", "live"));
    let mut shadow = filled(&store);
    shadow.write(in_every_space("gone", "1")).unwrap();
    shadow.prepare().unwrap();
    let large = "x".repeat(1024 * 1024);
    let delete = |key: &str| StateOp::delete(Space::Entities, key.into());
    for round in 0..40_u8 {
        let key = format!("large {}", round % 20);
        let number = put(Space::Entities, "number", &round.to_string());
        let large = put(Space::Entities, &key, &large);
        shadow.write(vec![number, large]).unwrap();
    }
    shadow
        .write(vec![
            delete("gone"),
            delete("large 3"),
            put(Space::Entities, "a", "2"),
        ])
        .unwrap();
    let of_shadow: Vec<_> = shadow
        .iterate(Space::Entities)
        .collect::<Result<_, _>>()
        .unwrap();
    let epoch = store.claim_epoch().unwrap();
    store
        .promote(epoch, shadow.as_mut(), Position::new(1))
        .unwrap();
    drop(shadow);
    assert!(of_shadow == all(&store, Space::Entities));
    assert_eq!(of_shadow.len(), 2 + 19);
    drop(store);
    let store = open(&path).unwrap();
    assert!(of_shadow == all(&store, Space::Entities));
    assert_eq!(
        all(&store, Space::TagIndex),
        entries(&[("a", "rebuilt"), ("gone", "1")])
    );
    assert_eq!(
        store.get(Space::Entities, b"number").unwrap(),
        Some(b"39".into())
    );
}

#[test]
fn a_shadow_without_room_is_refused_with_figures() {
    let folders = Folders::new();
    let path = folders.fresh();
    let (store, free) = with_free_space(&path, 1024 * MIB);
    let large = "x".repeat(8 * 1024 * 1024);
    append(&store, &[1], &[put(Space::Entities, "a", &large)]);
    // The live state, once or twice, beside the headroom of 100 MiB.
    for (purpose, sets) in [(ShadowPurpose::Look, 1), (ShadowPurpose::Promote, 2)] {
        free.store(100 * MIB + sets * 8 * MIB, Ordering::Relaxed);
        let refused = store.open_shadow(purpose).map(drop);
        let Err(LogError::NoRoom {
            needed,
            free: told,
            headroom,
            ..
        }) = refused
        else {
            panic!("{refused:?}")
        };
        assert!(
            (sets * 8 * MIB..sets * 12 * MIB).contains(&needed),
            "{needed}"
        );
        assert_eq!((told, headroom), (100 * MIB + sets * 8 * MIB, 100 * MIB));
        assert!(!shadows(&path).exists());
        free.store(100 * MIB + needed, Ordering::Relaxed);
        drop(store.open_shadow(purpose).unwrap());
    }
}

/// Free space that goes while a shadow is built, or is prepared, ends the shadow and nothing else.
#[test]
fn a_shadow_stops_before_the_disk_is_full() {
    let folders = Folders::new();
    let path = folders.fresh();
    let (store, free) = with_free_space(&path, 1024 * MIB);
    append(&store, &[1], &in_every_space("a", "live"));
    let large = "x".repeat(1024 * 1024);
    let write = |shadow: &mut dyn Shadow, key: u64| {
        shadow.write(vec![put(Space::Entities, &key.to_string(), &large)])
    };

    let mut shadow = store.open_shadow(ShadowPurpose::Promote).unwrap();
    free.store(110 * MIB, Ordering::Relaxed);
    let written = (0..64).try_for_each(|key| write(shadow.as_mut(), key));
    assert!(
        matches!(written, Err(LogError::NoRoom { free, .. }) if free == 110 * MIB),
        "{written:?}"
    );
    drop(shadow);

    free.store(1024 * MIB, Ordering::Relaxed);
    let mut shadow = store.open_shadow(ShadowPurpose::Promote).unwrap();
    (0..32)
        .try_for_each(|key| write(shadow.as_mut(), key))
        .unwrap();
    free.store(110 * MIB, Ordering::Relaxed);
    let prepared = shadow.prepare();
    assert!(
        matches!(prepared, Err(LogError::NoRoom { .. })),
        "{prepared:?}"
    );
    let epoch = store.claim_epoch().unwrap();
    let promoted = store.promote(epoch, shadow.as_mut(), Position::new(1));
    assert!(
        matches!(promoted, Err(LogError::NoRoom { .. })),
        "{promoted:?}"
    );
    assert_eq!(
        store.get(Space::Entities, b"a").unwrap(),
        Some(b"live".into())
    );
    // With room again the same shadow can go on.
    free.store(1024 * MIB, Ordering::Relaxed);
    store
        .promote(epoch, shadow.as_mut(), Position::new(1))
        .unwrap();
    assert_eq!(all(&store, Space::Entities).len(), 32);
    append(&store, &[1], &in_every_space("b", "live"));
    drop((shadow, store));
    check_nothing_is_left(&path, 3);
}

/// The disk under the shadow fills up although there seemed to be room, or fails in another way:
/// the shadow ends, and the ledger takes writes as before.
#[test]
fn a_failing_shadow_harms_nothing_else() {
    let folders = Folders::new();
    let path = folders.fresh();
    let (store, _) = with_free_space(&path, 1024 * MIB);
    append(&store, &[1], &in_every_space("a", "live"));
    let disk = SmallDisk::mount(&shadows(&path), 24);
    let mut shadow = store.open_shadow(ShadowPurpose::Promote).unwrap();
    // Nothing that could be compressed.
    let mut noise = 1_u64;
    let mut byte = || {
        noise = noise
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        noise.to_be_bytes()[0]
    };
    let large: Vec<u8> = (0..MIB).map(|_| byte()).collect();
    let mut write = |key: u32| {
        let key = key.to_be_bytes().into();
        shadow.write(vec![StateOp::put(Space::Entities, key, large.clone())])
    };
    if disk.is_none() {
        // Nobody may mount a disk here, so the files of the shadow are taken away instead.
        write(0).unwrap();
        fs::remove_dir_all(shadows(&path)).unwrap();
    }
    let written = (1..256).try_for_each(&mut write);
    match disk {
        Some(_) => assert!(
            matches!(written, Err(LogError::NoRoom { .. })),
            "{written:?}"
        ),
        None => assert!(written.is_err()),
    }
    append(&store, &[1], &in_every_space("b", "live"));
    drop(shadow);
    drop(disk);
    append(&store, &[1], &in_every_space("c", "live"));
    assert_eq!(store.write_disabled(), None);
    // The next one has room.
    let mut shadow = filled(&store);
    let epoch = store.claim_epoch().unwrap();
    store
        .promote(epoch, shadow.as_mut(), Position::new(3))
        .unwrap();
    drop((shadow, store));
    check_nothing_is_left(&path, 3);
    assert!(!files(&path, ".sst").is_empty());
}

/// A promotion whose write failed is settled by the next opening, whichever way it went.
#[test]
fn a_failed_promotion_leaves_one_generation() {
    for (fault, generation) in [(Fault::BeforeWrite, 1), (Fault::AfterWrite, 2)] {
        let folders = Folders::new();
        let path = folders.fresh();
        let store = create(&path);
        append(&store, &[1], &in_every_space("a", "live"));
        let mut shadow = filled(&store);
        let epoch = store.claim_epoch().unwrap();
        testing::fail_next_write(&store, fault, "no answer from the disk");
        let promoted = store.promote(epoch, shadow.as_mut(), Position::new(1));
        assert!(
            matches!(promoted, Err(LogError::Storage { .. })),
            "{promoted:?}"
        );
        drop((shadow, store));
        drop(open(&path).unwrap());
        check_nothing_is_left(&path, generation);
    }
}
