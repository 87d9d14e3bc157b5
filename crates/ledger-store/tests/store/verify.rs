//! Checking the whole store: each damaged file and each lost position is named, in one run.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use ledger_core::Position;
use ledger_core::merkle::CompactRange;
use ledger_log::{CommitGroup, Log, Space, StateOp};
use ledger_store::{Problem, RocksStore, Verify, VerifyReport};

use crate::support::{Folders, append, block, create, files, open};

fn verify(store: &RocksStore) -> VerifyReport {
    store.verify(Verify::default(), &mut |_| ControlFlow::Continue(()))
}

/// A bit of every space in one file each, and a log of several files.
fn filled(path: &Path) {
    let store = create(path);
    for round in 0..4_u8 {
        let state: Vec<StateOp> = Space::ALL
            .into_iter()
            .map(|space| StateOp::put(space, vec![round; 4], vec![round; 2_000]))
            .collect();
        append(&store, &[20, 20, 20], &state);
        store.flush().unwrap();
    }
}

fn flip_in_the_middle(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    // Blocks of data come first in a file; the first byte of it is one.
    bytes[20] ^= 1;
    fs::write(file, bytes).unwrap();
}

fn name(file: &Path) -> String {
    file.file_name().unwrap().to_str().unwrap().to_owned()
}

/// The file that a problem names.
fn named(problem: &Problem) -> Option<String> {
    match problem {
        Problem::Unreadable { file, .. } | Problem::Column { file, .. } => file.clone(),
        Problem::File { file, .. } => Some(file.clone()),
        Problem::Log(_) => None,
    }
}

#[test]
fn a_whole_store_has_no_problem_and_the_root_of_its_records() {
    let folders = Folders::new();
    let path = folders.fresh();
    filled(&path);
    let store = open(&path).unwrap();
    let report = verify(&store);
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    assert!(report.is_complete);
    assert_eq!((report.records, report.position.get()), (240, 240));
    assert!(report.entries >= 28, "{}", report.entries);
    assert!(report.files >= 4, "{}", report.files);
    let mut expected = CompactRange::new();
    for group in 0..12 {
        for record in block(group * 20 + 1, 20).records() {
            expected.append(*record.leaf_hash);
        }
    }
    assert_eq!(report.range, Some(expected));
}

/// Each file alone, and then all of them together: every one is named, whatever is in it.
#[test]
fn every_damaged_file_is_named() {
    let folders = Folders::new();
    let path = folders.fresh();
    filled(&path);
    let tables = files(&path, ".sst");
    assert!(tables.len() >= 4, "{tables:?}");
    let damaged = |which: &[PathBuf]| {
        let copy = folders.copy(&path);
        for file in which {
            flip_in_the_middle(&copy.join(file.file_name().unwrap()));
        }
        let store = open(&copy);
        // Bookkeeping, and the end of the log, are read by opening already.
        store.ok().map(|store| verify(&store))
    };
    let mut checked = 0;
    for file in &tables {
        let Some(report) = damaged(std::slice::from_ref(file)) else {
            continue;
        };
        checked += 1;
        let named: Vec<_> = report.problems.iter().map(named).collect();
        assert_eq!(named, [Some(name(file))], "{:?}", report.problems);
        assert!(report.is_complete);
    }
    assert!(checked >= 3, "{checked}");
}

/// Positions that cannot be read are told from those around them.
#[test]
fn lost_positions_are_told_exactly() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    // Each block is larger than a block of the file, so that each is damaged alone.
    let epoch = store.claim_epoch().unwrap();
    let mut first = 1;
    for _ in 0..6 {
        let group = CommitGroup {
            expected_last: Position::new(first - 1),
            blocks: vec![block(first, 2_000)],
            state: Vec::new(),
        };
        first = store.append(epoch, &group).unwrap().get() + 1;
    }
    store.compact().unwrap();
    drop(store);
    let copy = folders.copy(&path);
    let tables = files(&copy, ".sst");
    let largest = tables
        .iter()
        .max_by_key(|file| fs::metadata(file).unwrap().len());
    let largest = largest.unwrap();
    let mut bytes = fs::read(largest).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    fs::write(largest, bytes).unwrap();
    let report = verify(&open(&copy).unwrap());
    let [Problem::Unreadable { first, last, .. }] = report.problems.as_slice() else {
        panic!("{:?}", report.problems);
    };
    let lost = last.get() - first.get() + 1;
    assert_eq!(
        (first.get() % 2_000, lost % 2_000),
        (1, 0),
        "{first} to {last}"
    );
    assert!((2_000..=4_000).contains(&lost), "{first} to {last}");
    assert_eq!(report.records, 12_000 - lost);
    assert_eq!(report.range, None);
}

#[test]
fn a_file_that_is_gone_while_the_store_is_open_is_named() {
    let folders = Folders::new();
    let path = folders.fresh();
    filled(&path);
    let store = open(&path).unwrap();
    assert!(verify(&store).problems.is_empty());
    let tables = files(&path, ".sst");
    fs::remove_file(&tables[0]).unwrap();
    fs::write(&tables[1], b"cut").unwrap();
    let report = verify(&store);
    let found: Vec<_> = report.problems.iter().filter_map(named).collect();
    for table in &tables[..2] {
        assert!(found.contains(&name(table)), "{:?}", report.problems);
    }
}
