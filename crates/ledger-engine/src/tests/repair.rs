//! Derived state that differs or is damaged: an alarm, and on an operator's word a repair.

use super::rebuild::{busy, everything, rebuild};
use super::tamper::tamper;
use super::world::*;
use crate::entity_codec::entity_key;
use crate::rebuild::{CancelToken, OnDifference, RebuildError, RebuildReport, before_serving};
use crate::{AppendError, Engine, EngineOptions};
use ledger_core::{EntityKey, Position};
use ledger_log::{Entry, Log, LogError, MemoryStore, Space, StateStore, keys};
use std::sync::Arc;

fn replace(engine: &Engine) -> RebuildReport {
    engine
        .rebuild_with(OnDifference::Replace, &mut |_| {}, &CancelToken::new())
        .unwrap()
}

fn entries(store: &MemoryStore, space: Space) -> Vec<Entry> {
    let snapshot = store.snapshot().unwrap();
    snapshot.iterate(space).map(Result::unwrap).collect()
}

/// Checks that the ledger goes on over the replaced state as over any other.
fn check_goes_on(world: &World) {
    let last = world.last();
    assert_eq!(
        world.append(900, vec![settle(2)]),
        [Became::Recorded(last + 1)]
    );
    world.append(901, vec![register(77), accrue(1)]);
    let report = rebuild(&world.engine).unwrap();
    assert!(report.is_equal() && report.switched);
}

#[test]
fn on_a_persons_word_the_rebuilt_state_replaces_one_that_differs() {
    let person = entity_key(&EntityKey::Person(person_key(1)));
    let stray = entity_key(&EntityKey::Person(person_key(99)));
    let policy = keys::policy(Position::FIRST);
    let (store, world) = busy();
    let policies = world.engine.policies();
    let rows = entries(&store, Space::Progress);
    drop(world);
    // A count that starts from another one.
    let (counter, mut row) = rows.last().unwrap().clone();
    row[0] ^= 4;
    let cases = [
        (Space::Entities, person, Some(vec![1, 2, 3])),
        (Space::Entities, stray, Some(vec![1])),
        (Space::Entities, policy, None),
        (Space::Progress, counter, Some(row)),
    ];
    for (space, key, value) in cases {
        let (store, world) = busy();
        let before = everything(&store);
        drop(world);
        tamper(&store, space, key, value);
        let world = World::open(store.clone(), EngineOptions::default());
        let kept = rebuild(&world.engine);
        assert!(matches!(kept, Err(RebuildError::Different(_))), "{kept:?}");
        assert_eq!(world.engine.status().accepted_rebuilds, 0);

        let report = replace(&world.engine);
        assert!(report.switched && !report.is_equal());
        assert_eq!(everything(&store), before, "{space:?}");
        assert_eq!(world.engine.status().accepted_rebuilds, 1);
        assert_eq!(*world.engine.policies(), *policies);
        check_goes_on(&world);
    }
}

/// What memory holds of the counts is that of the state that was replaced.
#[test]
fn counts_go_on_from_the_state_that_was_put_in_place() {
    let (store, world) = busy();
    drop(world);
    for (key, mut row) in entries(&store, Space::Progress) {
        row[0] ^= 4;
        tamper(&store, Space::Progress, key, Some(row));
    }
    let world = World::open(store, EngineOptions::default());
    assert!(matches!(
        world.append(900, vec![approve(2, 2)])[..],
        [Became::Recorded(_)]
    ));
    assert!(!replace(&world.engine).is_equal());
    assert!(matches!(
        world.append(901, vec![approve(2, 3)])[..],
        [Became::Recorded(_)]
    ));
    assert!(rebuild(&world.engine).unwrap().is_equal());
}

/// A request that needs what is damaged is told what; a rebuild replaces it.
#[test]
fn who_needs_damaged_state_is_told_what_is_damaged() {
    let (store, world) = busy();
    let person = entity_key(&EntityKey::Person(person_key(1)));
    let counter = entries(&store, Space::Progress).pop().unwrap().0;
    drop(world);
    for (id, space, key, body) in [
        (900, Space::Entities, person, approve(2, 1)),
        (901, Space::Progress, counter, approve(2, 2)),
    ] {
        let world = World::open(store.clone(), EngineOptions::default());
        for (other, _) in entries(&store, space) {
            // Which counter the request changes first is not told here, so all of them.
            if space == Space::Progress || other == key {
                store.damage(space, other);
            }
        }
        let refused = world.try_append(request(id, vec![body.clone()]));
        let Err(AppendError::StateDamaged { space: named, .. }) = refused else {
            panic!("{space:?}: {refused:?}")
        };
        assert_eq!(named, space);
        assert_eq!(world.engine.status().stopped, None);
        assert!(replace(&world.engine).switched);
        world.append(id, vec![body]);
    }
}

/// The word is not needed for a state that is equal, and changes nothing then.
#[test]
fn an_equal_state_is_replaced_without_an_alarm() {
    let (store, world) = busy();
    let before = everything(&store);
    let report = replace(&world.engine);
    assert!(report.switched && report.is_equal());
    assert_eq!(world.engine.status().accepted_rebuilds, 0);
    assert_eq!(everything(&store), before);
}

/// What cannot be read is counted, what lies beside it is compared, and nothing of it is repaired
/// without the word.
#[test]
fn damaged_keys_are_counted_and_the_others_compared() {
    type Choice = fn(usize, usize) -> bool;
    let choices: [(&str, Choice); 6] = [
        ("the first", |n, _| n == 0),
        ("the last", |n, all| n + 1 == all),
        ("one in the middle", |n, all| n == all / 2),
        ("neighbours", |n, all| n == all / 2 || n == all / 2 + 1),
        ("every second", |n, _| n % 2 == 0),
        ("all", |_, _| true),
    ];
    for space in Space::REBUILDABLE {
        for (which, is_chosen) in choices {
            let (store, world) = busy();
            let before = everything(&store);
            let keys = entries(&store, space);
            let chosen: Vec<_> = (0..keys.len())
                .filter(|n| is_chosen(*n, keys.len()))
                .map(|n| keys[n].0.clone())
                .collect();
            for key in &chosen {
                store.damage(space, key.clone());
            }
            let failed = rebuild(&world.engine);
            let Err(RebuildError::Different(report)) = failed else {
                panic!("{space:?}, {which}: {failed:?}")
            };
            assert_eq!(
                report.unreadable_total,
                u64::try_from(chosen.len()).unwrap()
            );
            assert_eq!(report.differences_total, 0, "{space:?}, {which}");
            assert_eq!(report.compared_keys, u64::try_from(before.len()).unwrap());
            let listed: Vec<_> = report.differences.iter().map(|d| d.key.clone()).collect();
            assert_eq!(listed, chosen[..listed.len()]);
            assert!(report.differences.iter().all(|d| d.unreadable));

            assert!(replace(&world.engine).switched);
            assert_eq!(everything(&store), before);
            check_goes_on(&world);
        }
    }
}

/// Damage in a key that should not be there at all is an alarm as well.
#[test]
fn damage_beside_every_rebuilt_key_is_counted() {
    let (store, world) = busy();
    let before = everything(&store);
    drop(world);
    let stray = entity_key(&EntityKey::Person(person_key(99)));
    tamper(&store, Space::Entities, stray.clone(), Some(vec![1]));
    let world = World::open(store.clone(), EngineOptions::default());
    store.damage(Space::Entities, stray);
    let failed = rebuild(&world.engine);
    assert!(
        matches!(&failed, Err(RebuildError::Different(r)) if r.unreadable_total == 1),
        "{failed:?}"
    );
    replace(&world.engine);
    assert_eq!(everything(&store), before);
}

/// A ledger that cannot even be opened is rebuilt before anything is served.
#[test]
fn before_serving_nothing_of_the_derived_state_is_read() {
    let (store, world) = busy();
    let (before, last) = (everything(&store), world.last());
    drop(world);
    for space in Space::REBUILDABLE {
        for (key, _) in entries(&store, space) {
            store.damage(space, key);
        }
    }
    let clock = Arc::new(crate::SystemClock);
    let opened = Engine::open(store.clone(), EngineOptions::default(), clock);
    assert!(opened.is_err(), "the documents are in the derived state");
    let options = EngineOptions::default();
    let mut told = Vec::new();
    let mut progress = |progress: crate::rebuild::Progress| told.push(progress.done);
    let reached = before_serving(&*store, &options, &mut progress, &CancelToken::new());
    assert_eq!(reached.unwrap(), Position::new(last));
    assert_eq!(told.last(), Some(&last));
    assert_eq!(everything(&store), before);
    let world = World::open(store, EngineOptions::default());
    check_goes_on(&world);
}

#[test]
fn a_rebuild_before_serving_can_be_cancelled() {
    let (store, world) = busy();
    let before = everything(&store);
    drop(world);
    let cancel = CancelToken::new();
    let options = EngineOptions::default();
    let cancelled = before_serving(&*store, &options, &mut |_| cancel.cancel(), &cancel);
    assert!(
        matches!(cancelled, Err(RebuildError::Cancelled)),
        "{cancelled:?}"
    );
    assert_eq!(everything(&store), before);
}

/// What follows from nothing else is not made up.
#[test]
fn damage_beside_the_log_that_follows_from_nothing_is_said() {
    let (store, world) = busy();
    store.damage(Space::Meta, crate::tip::TIP_KEY.to_vec());
    let check = |failed: Result<(), RebuildError>| {
        let Err(RebuildError::Log(error @ LogError::DamagedSpace { .. })) = failed else {
            panic!("{failed:?}")
        };
        let expected = "stored meta is damaged: it follows from nothing else; restore a backup";
        assert_eq!(error.to_string(), expected);
    };
    check(rebuild(&world.engine).map(drop));
    let word = OnDifference::Replace;
    let cancel = CancelToken::new();
    check(
        world
            .engine
            .rebuild_with(word, &mut |_| {}, &cancel)
            .map(drop),
    );
    drop(world);
    let options = EngineOptions::default();
    check(before_serving(&*store, &options, &mut |_| {}, &cancel).map(drop));
    assert!(store.last_position() > Position::ZERO);
}
