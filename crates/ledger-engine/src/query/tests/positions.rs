//! Seeking in index entries, alone and combined, against a plain set of positions.

use std::collections::BTreeSet;
use std::sync::Arc;

use ledger_core::{Position, Tag};
use ledger_log::postings::encode_positions;
use ledger_log::{CommitGroup, Direction, Log, MemoryStore, Space, StateOp, Storage};
use proptest::prelude::*;

use super::samples::class;
use crate::index::{tag_key, tag_prefix};
use crate::query::positions::{Positions, Span, Step, Work};

/// Positions per block, so that they spread over more entries than are fetched at once.
const BLOCK: u64 = 5;
const LAST: u64 = 2_000;

/// A store that holds nothing but the index entries of some tags.
fn store(sets: &[BTreeSet<u64>]) -> Arc<dyn Storage> {
    let store = MemoryStore::new();
    let mut state = Vec::new();
    for (number, set) in (0..).zip(sets) {
        for first in (1..=LAST).step_by(5) {
            let block = Position::new(first);
            let held: Vec<_> = set
                .range(first..first + BLOCK)
                .map(|position| Position::new(*position))
                .collect();
            if !held.is_empty() {
                let key = tag_key(&Tag::Class(class(number)), block).unwrap();
                let value = encode_positions(block, &held);
                state.push(StateOp::put(Space::TagIndex, key, value));
            }
        }
    }
    let epoch = store.claim_epoch().unwrap();
    let group = CommitGroup {
        expected_last: Position::ZERO,
        blocks: Vec::new(),
        state,
    };
    store.append(epoch, &group).unwrap();
    Arc::new(store)
}

/// Sparse, dense and clustered sets of positions.
fn sets() -> impl Strategy<Value = Vec<BTreeSet<u64>>> {
    let sparse = prop::collection::btree_set(1..=LAST, 0..12);
    let dense = prop::collection::btree_set(1..=LAST, 400..900);
    let clustered =
        (1..=LAST - 300).prop_map(|start| (start..start + 300).collect::<BTreeSet<u64>>());
    prop::collection::vec(prop_oneof![sparse, dense, clustered], 1..4)
}

fn first_in(set: &BTreeSet<u64>, span: Span, target: u64) -> Option<u64> {
    let (first, last) = (span.first.get(), span.last.get());
    match span.direction {
        Direction::Forward => set
            .range(target.max(first)..)
            .next()
            .filter(|at| **at <= last),
        Direction::Backward => set
            .range(..=target.min(first))
            .next_back()
            .filter(|at| **at >= last),
    }
    .copied()
}

proptest! {
    #[test]
    fn a_seek_finds_the_first_match(
        sets in sets(),
        bounds in (1..=LAST, 1..=LAST),
        mut targets in prop::collection::vec(0..=LAST + 10, 1..30),
        backward: bool,
        everywhere: bool,
    ) {
        let direction = if backward { Direction::Backward } else { Direction::Forward };
        targets.sort_unstable();
        if backward {
            targets.reverse();
        }
        let lowest = Position::new(bounds.0.min(bounds.1));
        let highest = Position::new(bounds.0.max(bounds.1));
        let span = Span::new(direction, lowest, highest);
        let store = store(&sets);
        let parts = (0..sets.len()).map(|number| {
            let tag = Tag::Class(class(u8::try_from(number).unwrap()));
            Positions::indexed(&store, tag_prefix(&tag).unwrap(), span)
        });
        let (mut positions, expected) = if everywhere {
            let all = sets.iter().skip(1).fold(sets[0].clone(), |all, set| &all & set);
            (Positions::All(parts.collect()), all)
        } else {
            let any = sets.iter().fold(BTreeSet::new(), |any, set| &any | set);
            (Positions::Any(parts.collect()), any)
        };
        let mut work = Work::new(u32::MAX);
        for target in targets {
            let step = positions.seek(Position::new(target), &mut work).unwrap();
            let expected = first_in(&expected, span, target);
            prop_assert_eq!(step, expected.map_or(Step::End, |at| Step::At(Position::new(at))));
        }
    }

    /// Work that is used up hides nothing: going on from where it ended finds every match.
    #[test]
    fn spent_work_is_resumed(sets in sets(), units in 20_u32..200, backward: bool) {
        let direction = if backward { Direction::Backward } else { Direction::Forward };
        let span = Span::new(direction, Position::FIRST, Position::new(LAST));
        let store = store(&sets);
        let all = sets.iter().skip(1).fold(sets[0].clone(), |all, set| &all & set);
        let mut found = BTreeSet::new();
        let mut target = Some(span.first);
        let mut pages = 0;
        'pages: while target.is_some() {
            pages += 1;
            prop_assert!(pages < 20_000, "every page makes progress");
            let parts = (0..sets.len()).map(|number| {
                let tag = Tag::Class(class(u8::try_from(number).unwrap()));
                Positions::indexed(&store, tag_prefix(&tag).unwrap(), span)
            });
            let mut positions = Positions::All(parts.collect());
            // Enough for one seek in each part, at least.
            let mut work = Work::new(units);
            while let Some(at) = target {
                match positions.seek(at, &mut work).unwrap() {
                    Step::At(position) => {
                        found.insert(position.get());
                        target = span.after(position);
                    }
                    Step::End => target = None,
                    Step::Spent(position) => {
                        target = Some(position);
                        continue 'pages;
                    }
                }
            }
        }
        prop_assert_eq!(found, all);
    }
}
