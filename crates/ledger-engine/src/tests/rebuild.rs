//! The rebuilt state equals the live one, or the rebuild says where it does not.

use super::random::{on_their_way, requests};
use super::tamper::tamper;
use super::world::*;
use crate::entity_codec::entity_key;
use crate::index::tag_prefix;
use crate::policies::POLICY_MARKER;
use crate::rebuild::{CancelToken, Phase, RebuildError, RebuildReport};
use crate::rebuild::{Difference, Progress};
use crate::{Engine, EngineOptions};
use ledger_core::{AccountKey, EntityKey, Position, Tag};
use ledger_log::postings::decode_positions;
use ledger_log::{Direction, Entry, Log, MemoryStore, Space, StateStore, keys};
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) fn rebuild(engine: &Engine) -> Result<RebuildReport, RebuildError> {
    engine.rebuild(&mut |_| {}, &CancelToken::new())
}

pub(super) fn everything(store: &MemoryStore) -> Vec<(Space, Entry)> {
    let snapshot = store.snapshot().unwrap();
    let of = |space| {
        snapshot
            .iterate(space)
            .map(move |entry| (space, entry.unwrap()))
    };
    Space::REBUILDABLE.into_iter().flat_map(of).collect()
}

pub(super) fn busy() -> (Arc<MemoryStore>, World) {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    for (id, body) in (1..).zip(on_their_way()) {
        world.append(id, vec![body]);
    }
    (store, world)
}

#[test]
fn an_equal_state_is_switched_and_written_on() {
    let (store, world) = busy();
    let before = everything(&store);
    let mut phases = Vec::new();
    let report = world
        .engine
        .rebuild(
            &mut |progress| {
                assert!(progress.target == 0 || progress.done <= progress.target);
                if phases.last() != Some(&progress.phase) {
                    phases.push(progress.phase);
                }
            },
            &CancelToken::new(),
        )
        .unwrap();
    let last = world.last();
    let expected = RebuildReport {
        events: last,
        compared_at: Position::new(last),
        compared_keys: u64::try_from(before.len()).unwrap(),
        differences: vec![],
        differences_total: 0,
        unreadable_total: 0,
        switched: true,
    };
    assert_eq!(report, expected);
    assert_eq!(
        phases,
        [Phase::Replaying, Phase::Comparing, Phase::Switching]
    );
    assert_eq!(everything(&store), before);
    // The writer goes on over the switched state, and that can be rebuilt again.
    assert_eq!(
        world.append(900, vec![settle(2)]),
        [Became::Recorded(last + 1)]
    );
    assert!(rebuild(&world.engine).unwrap().switched);
}

#[test]
fn a_group_of_several_blocks_is_indexed_by_each() {
    let (store, world) = busy();
    world.append(900, (0..3_000).map(|_| accrue(1)).collect());
    world.append(901, vec![settle(2), accrue(1)]);
    let blocks: Vec<_> = store
        .blocks_from(Position::FIRST)
        .map(Result::unwrap)
        .collect();
    let of_the_batch = blocks.iter().filter(|block| block.count() > 1).count();
    assert!(of_the_batch > 2, "{of_the_batch} blocks");
    assert!(world.engine.verify().is_ok());
    assert!(rebuild(&world.engine).unwrap().switched);
    let tag = Tag::Account(AccountKey {
        division: jinan(),
        fund: fund(),
    });
    let prefix = tag_prefix(&tag).unwrap();
    let end = keys::prefix_end(&prefix);
    let entries = store
        .scan(Space::TagIndex, &prefix, &end, Direction::Forward, 10_000)
        .unwrap();
    let tagged = entries
        .iter()
        .flat_map(|(key, value)| decode_positions(keys::tag_block(key).unwrap(), value).unwrap());
    let batch_end = world.last() - 2;
    let in_the_batch = tagged.filter(|p| (batch_end - 2_999..=batch_end).contains(&p.get()));
    assert_eq!(in_the_batch.count(), 3_000);
}

#[test]
fn an_empty_ledger_can_be_rebuilt() {
    let world = World::open(Arc::new(MemoryStore::new()), EngineOptions::default());
    let report = rebuild(&world.engine).unwrap();
    assert_eq!(
        (report.events, report.compared_keys, report.switched),
        (0, 0, true)
    );
}

#[test]
fn a_difference_is_reported_by_its_key_and_nothing_is_switched() {
    let person = entity_key(&EntityKey::Person(person_key(1)));
    let stray = entity_key(&EntityKey::Person(person_key(99)));
    let policy = keys::policy(Position::FIRST);
    let edges = keys::effect(Position::FIRST, Position::FIRST);
    let cases = [
        (Space::Entities, person, Some(vec![1, 2, 3])),
        (Space::Entities, stray, Some(vec![1])),
        (Space::Entities, policy, None),
        (Space::EffectIndex, edges, Some(vec![0, 1])),
    ];
    for (space, key, value) in cases {
        let (store, world) = busy();
        drop(world);
        let rebuilt = store.get(space, &key).unwrap();
        tamper(&store, space, key.clone(), value.clone());
        // A lost policy would be missed on opening, were the marker of another one there.
        let after = everything(&store);
        let world = World::open(store.clone(), EngineOptions::default());
        let failed = rebuild(&world.engine);
        let Err(RebuildError::Different(report)) = failed else {
            panic!("{failed:?}")
        };
        assert_eq!(
            report.differences,
            [Difference {
                space,
                key,
                live: value,
                unreadable: false,
                rebuilt
            }]
        );
        assert_eq!((report.differences_total, report.switched), (1, false));
        assert_eq!(everything(&store), after, "the live state stays as it was");
    }
    assert_eq!(POLICY_MARKER, [1]);
}

#[test]
fn a_rebuild_can_be_cancelled_in_every_phase() {
    for phase in [Phase::Replaying, Phase::Comparing] {
        let (store, world) = busy();
        let before = everything(&store);
        let cancel = CancelToken::new();
        let cancelled = world.engine.rebuild(
            &mut |progress: Progress| {
                if progress.phase == phase {
                    cancel.cancel();
                }
            },
            &cancel,
        );
        assert!(
            matches!(cancelled, Err(RebuildError::Cancelled)),
            "{cancelled:?}"
        );
        assert_eq!(everything(&store), before);
        assert!(rebuild(&world.engine).unwrap().switched);
    }
}

#[test]
fn what_is_recorded_meanwhile_is_caught_up() {
    let (store, world) = busy();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            let mut id = 1_000;
            while !done.load(Ordering::Relaxed) {
                world.append(
                    id,
                    vec![accrue(1), register(u8::try_from(id % 200).unwrap())],
                );
                id += 1;
            }
        });
        for _ in 0..5 {
            let report = rebuild(&world.engine).unwrap();
            assert!(report.switched && report.events >= report.compared_at.get());
        }
        done.store(true, Ordering::Relaxed);
        writing.join().unwrap();
    });
    let live = everything(&store);
    assert!(rebuild(&world.engine).unwrap().switched);
    assert_eq!(everything(&store), live);
}

#[test]
fn one_rebuild_runs_at_a_time() {
    let (_, world) = busy();
    let mut other = None;
    let report = world
        .engine
        .rebuild(
            &mut |_| {
                other.get_or_insert_with(|| rebuild(&world.engine));
            },
            &CancelToken::new(),
        )
        .unwrap();
    assert!(report.switched);
    assert!(matches!(other, Some(Err(RebuildError::AlreadyRunning))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// Replay equals live, at the end and for any prefix, however small the memory of the replay.
    #[test]
    fn any_prefix_replays_to_the_state_of_its_time(
        requests in requests(40),
        rebuild_entities_max in 2_usize..60,
    ) {
        let store = Arc::new(MemoryStore::new());
        let options = EngineOptions { rebuild_entities_max, ..EngineOptions::default() };
        let world = World::founded(store.clone(), options);
        world.append(1_000_001, on_their_way());
        let mut prefixes = Vec::new();
        for (number, request) in requests.into_iter().enumerate() {
            world.engine.append_blocking(request).unwrap();
            if number % 8 == 0 {
                prefixes.push((Position::new(world.last()), everything(&store)));
            }
        }
        let scratch = MemoryStore::new();
        for (position, live) in prefixes {
            let replayed =
                crate::rebuild::replayed(&*store, &scratch, position, rebuild_entities_max);
            prop_assert_eq!(replayed, live);
        }
        let report = rebuild(&world.engine).unwrap();
        prop_assert!(report.switched);
        prop_assert_eq!(report.events, world.last());
    }
}
