//! Rows of made-up changes: whatever is forgotten in between, they count on.

use super::*;
use ledger_core::coded::{ClassForm, Group, TrainingKind};
use ledger_core::progress::{Counted, GroupSet, Profile, Quarter};
use ledger_core::{ActionId, Division, SchemeId, SectorId, SkillLevel};
use std::collections::BTreeMap;

fn counter(code: u32) -> ProgressKey {
    ProgressKey {
        measure: Counted::Completed,
        found_false: false,
        division: Division::new(code).unwrap(),
        quarter: Quarter::new(2025, 4).unwrap(),
        profile: Profile {
            training: None,
            form: None,
            level: None,
            groups: GroupSet::EMPTY,
            scheme: SchemeId::parse("training").unwrap(),
            action: None,
            sector: None,
        },
    }
}

/// `(position, division, change)` in blocks of ten positions.
fn rows(
    counts: &mut RunningCounts,
    stored: &mut BTreeMap<Vec<u8>, Vec<u8>>,
    block: u64,
    changes: &[(u64, u32, i64)],
) -> Result<Vec<(Vec<u8>, CounterRow)>, LogError> {
    let first = Position::new(block);
    let mut counters = BlockCounters::new(first);
    for (position, division, change) in changes {
        counters.add(CounterChange {
            position: Position::new(*position),
            counter: counter(*division),
            change: *change,
        });
    }
    let scan = |from: &[u8], to: &[u8], direction| {
        assert_eq!(direction, Direction::Backward);
        let found = stored.range(from.to_vec()..to.to_vec()).next_back();
        Ok(found
            .map(|(k, v)| (k.clone(), v.clone()))
            .into_iter()
            .collect())
    };
    let mut ops = Vec::new();
    counters.finish(counts, &scan, &mut ops)?;
    let rows = ops.into_iter().map(|op| {
        assert_eq!(op.space, Space::Progress);
        let value = op.value.unwrap();
        let row = CounterRow::decode(first, &value).unwrap();
        stored.insert(op.key.clone(), value);
        (op.key, row)
    });
    Ok(rows.collect())
}

/// A counter that has everything, in a block of five events and in a later one: whole keys and
/// whole values. These bytes are on disks, and a change of them is a rebuild.
#[test]
fn golden_rows() {
    let counter = ProgressKey {
        measure: Counted::Subsidised,
        profile: Profile {
            training: Some(TrainingKind::Digital),
            form: Some(ClassForm::OrderClass),
            level: Some(SkillLevel::Senior),
            groups: [Group::NewEmployee, Group::PoorFamilyChild]
                .into_iter()
                .collect(),
            scheme: SchemeId::parse("skills").unwrap(),
            action: ActionId::parse("digital-1").ok(),
            sector: SectorId::parse("tourism").ok(),
        },
        ..counter(370_102)
    };
    let mut counts = RunningCounts::new(Position::ZERO, 100);
    let mut ops = Vec::new();
    let blocks: [(u64, &[(u64, i64)]); 2] =
        [(1_000, &[(1_000, 1), (1_004, 1)]), (1_300, &[(1_429, -1)])];
    for (block, changes) in blocks {
        let mut counters = BlockCounters::new(Position::new(block));
        for (position, change) in changes {
            for counter in [counter.apart(), counter.clone()] {
                let (position, change) = (Position::new(*position), *change);
                counters.add(CounterChange {
                    position,
                    counter,
                    change,
                });
            }
        }
        let scan = |_: &[u8], _: &[u8], _| unreachable!("every count is in memory");
        counters.finish(&mut counts, &scan, &mut ops).unwrap();
    }
    let key = |found_false: u8, block: [u8; 2]| {
        let head = [
            1,
            found_false,
            0x00,
            0x05,
            0xA5,
            0xB6,
            0x07,
            0xE9,
            4,
            16,
            2,
            4,
        ];
        let groups = [0, 0, 0, 0, 0, 0, 0x20, 0x01];
        let names = b"\x06skills\x09digital-1\x07tourism";
        [&head[..], &groups, names, &[0; 6], &block].concat()
    };
    let (first, second) = ([0x03, 0xE8], [0x05, 0x14]);
    let expected = [
        (key(0, first), vec![0, 0, 2, 4, 2]),
        (key(1, first), vec![0, 0, 2, 4, 2]),
        (key(0, second), vec![2, 0x81, 0x01, 1]),
        (key(1, second), vec![2, 0x81, 0x01, 1]),
    ];
    let expected = expected.map(|(key, value)| StateOp::put(Space::Progress, key, value));
    assert_eq!(ops, expected);
}

#[test]
fn a_block_writes_each_counter_once_in_order() {
    let mut counts = RunningCounts::new(Position::ZERO, 100);
    let mut stored = BTreeMap::new();
    let changes = [
        (11, 370_200, 1),
        (12, 370_100, 1),
        (13, 370_200, 2),
        (14, 370_200, 0),
    ];
    let written = rows(&mut counts, &mut stored, 10, &changes).unwrap();
    let row = |before, changes: &[(u64, i64)]| {
        let changes = changes.iter();
        CounterRow {
            before,
            changes: changes.map(|(at, by)| (Position::new(*at), *by)).collect(),
        }
    };
    let key = |code, block| keys::progress(&counter(code).to_bytes(), Position::new(block));
    assert_eq!(
        written,
        [
            (key(370_100, 10), row(0, &[(12, 1)])),
            (key(370_200, 10), row(0, &[(11, 1), (13, 2)])),
        ]
    );
    let written = rows(&mut counts, &mut stored, 20, &[(20, 370_200, -1)]).unwrap();
    assert_eq!(written, [(key(370_200, 20), row(3, &[(20, -1)]))]);
}

/// With room for one count, with room for all, and started anew before each block.
#[test]
fn what_is_forgotten_is_found_again() {
    let blocks = (1_u64..40).map(|block| {
        let changes = (0..5).map(move |n| {
            let division = 370_000 + u32::try_from((block * 7 + n * 3) % 6).unwrap() * 100;
            (block * 10 + n, division, 1)
        });
        (block * 10, changes.collect::<Vec<_>>())
    });
    let blocks: Vec<_> = blocks.collect();
    let written = |cached_max: usize, anew: bool| {
        let mut counts = RunningCounts::new(Position::ZERO, cached_max);
        let mut stored = BTreeMap::new();
        for (block, changes) in &blocks {
            if anew {
                counts = RunningCounts::new(Position::new(*block), cached_max);
            }
            rows(&mut counts, &mut stored, *block, changes).unwrap();
            if counts.is_full() {
                counts.rotate();
            }
        }
        stored
    };
    let all = written(1_000, false);
    assert_eq!(written(2, false), all);
    assert_eq!(written(1_000, true), all);
    let last = counter(370_000).to_bytes();
    let of_one = all.iter().filter(|(key, _)| key.starts_with(&last));
    let mut latest = of_one.map(|(key, value)| {
        let (_, block) = keys::progress_parts(key).unwrap();
        CounterRow::decode(block, value).unwrap().after()
    });
    let changes = blocks.iter().flat_map(|(_, changes)| changes);
    let expected = changes
        .filter(|(_, division, _)| *division == 370_000)
        .count();
    assert_eq!(latest.next_back(), u64::try_from(expected).ok());
}

#[test]
fn a_damaged_row_is_an_error() {
    let mut counts = RunningCounts::new(Position::new(9), 100);
    let key = keys::progress(&counter(370_100).to_bytes(), Position::FIRST);
    let mut stored = BTreeMap::from([(key, vec![0x80])]);
    let error = rows(&mut counts, &mut stored, 10, &[(10, 370_100, 1)]).unwrap_err();
    assert!(
        matches!(error, LogError::CorruptEntry { name: "progress" }),
        "{error:?}"
    );
}
