//! What opening recovers after a crash, and what it refuses to open.
//!
//! Long: one table of openings.

use std::error::Error;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use ledger_core::Position;
use ledger_log::{
    Damage, Direction, Log, LogError, ShadowPurpose, Space, StateOp, StateStore, keys,
};
use ledger_store::{OpenError, Problem, RocksStore, Verify, VerifyReport};
use rocksdb::{ColumnFamilyRef, DB, Options};

use crate::support::{Folders, append, block, create, everything, files, open, spans};

/// Changes a closed store behind its back.
fn tamper(path: &Path, change: impl FnOnce(&DB, &ColumnFamilyRef<'_>)) {
    let options = Options::default();
    let names = DB::list_cf(&options, path).unwrap();
    let db = DB::open_cf(&options, path, names).unwrap();
    change(&db, &db.cf_handle("events").unwrap());
}

/// Inverts a bit of a byte in the block stored at a position.
fn flip(path: &Path, first_position: u64, offset: usize) {
    tamper(path, |db, events| {
        let key = keys::block(Position::new(first_position));
        let mut frame = db.get_cf(events, key).unwrap().unwrap();
        frame[offset] ^= 1;
        db.put_cf(events, key, frame).unwrap();
    });
}

fn verify(store: &RocksStore) -> VerifyReport {
    store.verify(Verify::default(), &mut |_| ControlFlow::Continue(()))
}

#[test]
fn nothing_is_created_unless_asked() {
    let folders = Folders::new();
    let path = folders.fresh();
    assert!(matches!(open(&path), Err(OpenError::NotFound { .. })));
    assert!(!path.exists());
}

#[test]
fn closed_store_is_opened_without_replay() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    append(
        &store,
        &[1, 2, 3],
        &[StateOp::put(
            Space::Requests,
            b"id".into(),
            b"answer".into(),
        )],
    );
    drop(store);
    let replayed: u64 = files(&path, ".log")
        .iter()
        .map(|file| fs::metadata(file).unwrap().len())
        .sum();
    assert_eq!(replayed, 0);
    let store = open(&path).unwrap();
    assert_eq!(spans(&store).unwrap(), [(1, 1), (2, 3), (4, 6)]);
    assert_eq!(
        store.get(Space::Requests, b"id").unwrap(),
        Some(b"answer".into())
    );
}

#[test]
fn second_opening_is_told_why_it_cannot() {
    let folders = Folders::new();
    let path = folders.fresh();
    let _store = create(&path);
    let error = open(&path).unwrap_err();
    assert!(matches!(error, OpenError::Locked { .. }), "{error:?}");
    assert!(
        error
            .to_string()
            .starts_with("another process has this ledger open")
    );
}

#[test]
fn later_formats_are_refused() {
    let folders = Folders::new();
    let path = folders.fresh();
    drop(create(&path));
    let later = folders.copy(&path);
    tamper(&later, |db, _| {
        db.put("format", 4_u32.to_be_bytes()).unwrap()
    });
    let error = open(&later).unwrap_err();
    assert!(
        matches!(
            error,
            OpenError::UnknownFormat {
                version: 4,
                known: 3
            }
        ),
        "{error:?}"
    );

    let later = folders.copy(&path);
    tamper(&later, |db, _| {
        db.create_cf("seals", &Options::default()).unwrap()
    });
    let error = open(&later).unwrap_err();
    assert!(
        matches!(&error, OpenError::UnknownColumn { name } if name == "seals"),
        "{error:?}"
    );

    let less = folders.copy(&path);
    tamper(&less, |db, _| db.drop_cf("requests").unwrap());
    let error = open(&less).unwrap_err();
    assert!(matches!(&error, OpenError::MissingColumn { name } if name == "requests"));
}

/// What was written before there was a space of progress gets an empty one, also when an earlier
/// attempt was cut off; a later store that lost it is refused.
#[test]
fn stores_of_the_first_format_get_the_space_of_progress() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    let put = |space| StateOp::put(space, b"a".into(), b"1".into());
    append(&store, &[2], &[put(Space::Entities)]);
    drop(store);
    let lost = folders.copy(&path);
    tamper(&lost, |db, _| db.drop_cf("progress.1").unwrap());
    let error = open(&lost).unwrap_err();
    assert!(matches!(&error, OpenError::MissingColumn { name } if name == "progress.1"));

    for was_cut_off in [false, true] {
        let older = folders.copy(&path);
        tamper(&older, |db, _| {
            db.put("format", 1_u32.to_be_bytes()).unwrap();
            if !was_cut_off {
                db.drop_cf("progress.1").unwrap();
            }
        });
        let store = open(&older).unwrap();
        assert_eq!(store.last_position(), Position::new(2));
        assert_eq!(store.get(Space::Entities, b"a").unwrap(), Some(b"1".into()));
        assert_eq!(store.get(Space::Progress, b"a").unwrap(), None);
        append(&store, &[1], &[put(Space::Progress)]);
        drop(store);
        let store = open(&older).unwrap();
        assert_eq!(store.get(Space::Progress, b"a").unwrap(), Some(b"1".into()));
    }
}

#[test]
fn end_of_the_log_is_checked_on_opening() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    append(&store, &[3, 4], &[]);
    drop(store);

    let cut = folders.copy(&path);
    tamper(&cut, |db, events| {
        db.delete_cf(events, keys::block(Position::new(4))).unwrap()
    });
    let error = open(&cut).unwrap_err();
    let is_cut = matches!(
        &error,
        OpenError::Tip { recorded, found } if (recorded.get(), found.get()) == (7, 3)
    );
    assert!(is_cut, "{error:?}");

    let longer = folders.copy(&path);
    tamper(&longer, |db, events| {
        db.put_cf(events, keys::block(Position::new(8)), block(8, 2).frame())
            .unwrap();
    });
    let error = open(&longer).unwrap_err();
    assert!(
        matches!(&error, OpenError::Tip { found, .. } if found.get() == 9),
        "{error:?}"
    );

    let flipped = folders.copy(&path);
    flip(&flipped, 4, 30);
    let error = open(&flipped).unwrap_err();
    let is_named = matches!(
        &error,
        OpenError::Check { source: LogError::CorruptRecord { position, what } }
            if position.get() == 4 && *what == Damage::RecordChecksum
    );
    assert!(is_named, "{error:?}");
    let cause = error.source().unwrap().to_string();
    assert_eq!(
        cause,
        "record at position 4 is damaged: record checksum differs"
    );
}

#[test]
fn flipped_byte_is_reported_with_its_position_and_never_skipped() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    append(&store, &[2, 3, 1], &[]);
    drop(store);
    // The second record of the second block starts behind the header and a record of 38 bytes.
    flip(&path, 3, 24 + 38 + 5);
    let store = open(&path).unwrap();

    let is_named = |error: &LogError| {
        matches!(
            error,
            LogError::CorruptRecord { position, what: Damage::RecordChecksum }
                if position.get() == 4
        )
    };
    for position in 3..=5 {
        let error = store.read_block_at(Position::new(position)).unwrap_err();
        assert!(is_named(&error), "position {position}: {error:?}");
    }
    // What lies where is known all the same: it stands in the header.
    let range = store.block_range_at(Position::new(4)).unwrap();
    assert_eq!(range, Some((Position::new(3), Position::new(5))));
    assert!(store.read_block_at(Position::new(2)).unwrap().is_some());
    assert!(store.read_block_at(Position::new(6)).unwrap().is_some());

    let mut blocks = store.blocks_from(Position::ZERO);
    assert!(blocks.next().unwrap().is_ok());
    assert!(is_named(&blocks.next().unwrap().unwrap_err()));
    assert!(blocks.next().is_none(), "reading ends at the damage");

    let report = verify(&store);
    assert_eq!(
        (report.blocks, report.records, report.is_complete),
        (3, 3, true)
    );
    assert!(matches!(report.problems.as_slice(), [Problem::Log(problem)] if is_named(problem)));
}

#[test]
fn missing_block_is_a_gap_and_not_the_end() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    append(&store, &[2, 3, 1], &[]);
    drop(store);
    tamper(&path, |db, events| {
        db.delete_cf(events, keys::block(Position::new(3))).unwrap()
    });
    let store = open(&path).unwrap();
    let is_gap = |error: &LogError, at: u64| {
        matches!(
            error,
            LogError::CorruptBlock { first_position, what: Damage::Gap }
                if first_position.get() == at
        )
    };
    assert!(is_gap(
        &store.read_block_at(Position::new(4)).unwrap_err(),
        4
    ));
    assert!(is_gap(&spans(&store).unwrap_err(), 3));
    let mut behind = store.blocks_from(Position::new(5));
    assert!(is_gap(&behind.next().unwrap().unwrap_err(), 5));
    let report = verify(&store);
    assert_eq!(
        (report.blocks, report.records, report.is_complete),
        (2, 3, true)
    );
    assert!(matches!(report.problems.as_slice(), [Problem::Log(problem)] if is_gap(problem, 3)));
}

#[test]
fn verifying_counts_what_is_sound_and_can_be_stopped() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    append(&store, &[2, 3, 1], &[]);
    let report = verify(&store);
    assert_eq!(
        (report.blocks, report.records, report.is_complete),
        (3, 6, true)
    );
    assert!(report.problems.is_empty());

    let report = store.verify(Verify::default(), &mut |done| {
        assert_eq!((done.position.get(), done.target.get()), (6, 6));
        ControlFlow::Break(())
    });
    assert_eq!((report.records, report.is_complete), (6, false));
}

/// A loss of power may cut the last writes anywhere, and take back what was noted of them; what was
/// written before stays, as whole groups. What is noted and missing is refused.
#[test]
fn torn_tail_of_the_write_ahead_log_is_dropped() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    let noted_before = fs::read(path.join("ACKNOWLEDGED")).unwrap();
    let counts = [3, 1, 2, 4];
    let state = [StateOp::put(Space::Entities, b"a".into(), b"1".into())];
    append(&store, &counts, &state);
    let image = folders.copy(&path);
    let [wal] = <[_; 1]>::try_from(files(&image, ".log")).unwrap();
    let whole = fs::metadata(&wal).unwrap().len();

    let mut seen = Vec::new();
    // A prime step, so that cuts fall everywhere in a record.
    for cut in (0..whole).step_by(29) {
        let torn = folders.copy(&path);
        let [wal] = <[_; 1]>::try_from(files(&torn, ".log")).unwrap();
        fs::OpenOptions::new()
            .write(true)
            .open(&wal)
            .unwrap()
            .set_len(whole - cut)
            .unwrap();
        if cut > 0 {
            let before = everything(&torn);
            for _ in 0..2 {
                let error = open(&torn).unwrap_err();
                let is_told = matches!(
                    &error,
                    OpenError::Lost { acknowledged, .. } if acknowledged.get() == 10
                );
                assert!(is_told, "cut by {cut}: {error:?}");
            }
            assert_eq!(everything(&torn), before, "a refused start changes nothing");
        }
        fs::write(torn.join("ACKNOWLEDGED"), &noted_before).unwrap();
        let store = open(&torn).unwrap();
        let groups = spans(&store).unwrap().len();
        let last: u64 = counts.iter().take(groups).sum();
        assert_eq!(store.last_position().get(), last, "cut by {cut}");
        let is_there = store.get(Space::Entities, b"a").unwrap().is_some();
        assert_eq!(is_there, groups > 0, "state goes with its group");
        seen.push(groups);
        append(&store, &[1], &[]);
    }
    assert!(seen.is_sorted_by(|a, b| a >= b));
    seen.dedup();
    assert_eq!(seen, [4, 3, 2, 1, 0], "every group was cut off in turn");
}

/// A change to the bytes of a file.
type Change = fn(&mut Vec<u8>);

/// A write that was cut off leaves too few bytes, or zeros that were reserved; wrong bytes are
/// damage to something that was acknowledged, also in the last group.
#[test]
fn damage_within_the_write_ahead_log_is_refused() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    append(&store, &[3, 1, 2, 4], &[]);
    let open_changed = |change: Change| {
        let image = folders.copy(&path);
        let [wal] = <[_; 1]>::try_from(files(&image, ".log")).unwrap();
        let mut bytes = fs::read(&wal).unwrap();
        change(&mut bytes);
        fs::write(&wal, bytes).unwrap();
        open(&image).map(|store| store.last_position().get())
    };
    let cases: [(&str, Change); 3] = [
        ("in the middle", |bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        }),
        ("at the end", |bytes| *bytes.last_mut().unwrap() ^= 1),
        ("zeros for the last bytes", |bytes| {
            let end = bytes.len() - 20;
            bytes[end..].fill(0);
        }),
    ];
    for (what, change) in cases {
        let opened = open_changed(change);
        assert!(
            matches!(opened, Err(OpenError::Damaged { .. })),
            "{what}: {opened:?}"
        );
    }
    let reserved = open_changed(|bytes| bytes.extend([0; 5000]));
    assert_eq!(
        reserved.unwrap(),
        10,
        "zeros behind the end were never written to"
    );
}

#[test]
fn damage_in_a_file_is_refused_when_it_is_read() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    // Blocks large enough that each is on its own in the file.
    append(&store, &[3000, 3000, 3000], &[]);
    drop(store);
    let size = |file: &PathBuf| fs::metadata(file).unwrap().len();
    let events = files(&path, ".sst").into_iter().max_by_key(size).unwrap();
    let mut bytes = fs::read(&events).unwrap();
    bytes[1000] ^= 1;
    fs::write(&events, bytes).unwrap();

    let store = open(&path).unwrap();
    assert!(store.read_block_at(Position::new(7000)).unwrap().is_some());
    let error = store.read_block_at(Position::new(500)).unwrap_err();
    assert!(
        matches!(&error, LogError::Unreadable { position, .. } if position.get() == 500),
        "{error:?}"
    );
    let report = verify(&store);
    assert!(report.is_complete, "it goes on behind what it cannot read");
    assert!(matches!(
        report.problems.as_slice(),
        [Problem::Unreadable { first, .. }] if *first == Position::FIRST
    ));
}

#[test]
fn unfinished_shadow_is_dropped_on_opening() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    append(
        &store,
        &[1],
        &[StateOp::put(Space::Entities, b"a".into(), b"live".into())],
    );
    let mut shadow = store.open_shadow(ShadowPurpose::Promote).unwrap();
    shadow
        .write(vec![StateOp::put(
            Space::Entities,
            b"a".into(),
            b"shadow".into(),
        )])
        .unwrap();
    shadow.prepare().unwrap();
    let image = folders.copy(&path);
    let store = open(&image).unwrap();
    let all = store
        .scan(Space::Entities, b"", b"", Direction::Forward, 10)
        .unwrap();
    assert_eq!(all, [(b"a".to_vec(), b"live".to_vec())]);
    drop(store);
    let names = DB::list_cf(&Options::default(), &image).unwrap();
    assert!(names.iter().all(|name| !name.ends_with(".2")), "{names:?}");
}

#[test]
fn compaction_keeps_everything_in_less_space() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    let counts = [1000; 20];
    append(&store, &counts, &[]);
    let before = store.disk_bytes().unwrap();
    store.compact().unwrap();
    assert!(store.disk_bytes().unwrap() < before);
    assert_eq!(spans(&store).unwrap().len(), counts.len());
    assert!(verify(&store).problems.is_empty());
}
