//! Rows of made-up changes: whatever is forgotten in between, they count on.

use super::*;
use ledger_core::progress::{Counted, GroupSet, Profile, Quarter};
use ledger_core::{Division, SchemeId};
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
    let latest = of_one.map(|(key, value)| {
        let (_, block) = keys::progress_parts(key).unwrap();
        CounterRow::decode(block, value).unwrap().after()
    });
    let changes = blocks.iter().flat_map(|(_, changes)| changes);
    let expected = changes
        .filter(|(_, division, _)| *division == 370_000)
        .count();
    assert_eq!(latest.last(), u64::try_from(expected).ok());
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
