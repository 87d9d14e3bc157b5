//! The same id and the same content answer as the first time, for ever.

use super::world::*;
use crate::{AppendError, Appended, EngineOptions, Request};
use ledger_core::Reason;
use ledger_log::MemoryStore;
use ledger_log::testing::GatedStore;
use std::sync::Arc;

use Became::{NotAttempted, Recorded, Refused};

#[test]
fn a_request_is_answered_again_as_the_first_time() {
    let store = Arc::new(MemoryStore::new());
    let mut world = World::founded(store.clone(), EngineOptions::default());
    let requests = [
        request(1, vec![register(1), register(2), register(3)]),
        request(2, vec![register(4), register(1), enrol(1, 1)]),
        independent(3, vec![register(4), register(1), register(5)]),
        request(4, vec![]),
    ];
    let append =
        |world: &World, request: &Request| world.engine.append_blocking(request.clone()).unwrap();
    let first: Vec<_> = requests
        .iter()
        .map(|request| append(&world, request))
        .collect();
    assert_eq!(became(&first[0]), [Recorded(7), Recorded(8), Recorded(9)]);
    assert_eq!(
        became(&first[1]),
        [
            NotAttempted,
            Refused(Reason::PersonExists),
            Refused(Reason::ClassNotFound)
        ],
    );
    world.append(5, vec![register(6)]);
    for reopened in [false, true] {
        if reopened {
            drop(world);
            world = World::open(store.clone(), EngineOptions::default());
        }
        let (last, refusals) = (world.last(), world.engine.status().refusals);
        for (request, first) in requests.iter().zip(&first) {
            assert!(!first.replayed);
            let expected = Appended {
                replayed: true,
                ..first.clone()
            };
            assert_eq!(append(&world, request), expected);
        }
        assert_eq!(
            (world.last(), world.engine.status().refusals),
            (last, refusals)
        );
    }
}

#[test]
fn an_id_is_not_used_for_other_content() {
    let world = World::founded(Arc::new(MemoryStore::new()), EngineOptions::default());
    let (one, other) = (request(1, vec![register(1)]), request(1, vec![register(2)]));
    let (stored, given) = (one.digest, other.digest);
    assert_ne!(stored, given);
    assert_eq!(world.try_append(one.clone()), Ok(vec![Recorded(7)]));
    assert_eq!(
        world.try_append(other),
        Err(AppendError::RequestIdReused { stored, given })
    );
    assert_eq!(world.try_append(one), Ok(vec![Recorded(7)]));
    assert_eq!(world.last(), 7);
}

#[test]
fn validating_neither_uses_an_id_nor_minds_one_that_was_used() {
    let world = World::founded(Arc::new(MemoryStore::new()), EngineOptions::default());
    let ask = || validate_only(request(1, vec![register(1)]));
    assert_eq!(world.try_append(ask()), Ok(vec![Recorded(7)]));
    assert_eq!(world.append(1, vec![register(1)]), [Recorded(7)]);
    assert_eq!(
        world.try_append(ask()),
        Ok(vec![Refused(Reason::PersonExists)])
    );
}

/// While the first is at the gate a second one comes: in the group that is being committed, and
/// in the one that is open.
#[test]
fn a_request_in_flight_is_answered_once_for_both() {
    let store = Arc::new(GatedStore::gated());
    let world = World::founded(store.clone(), EngineOptions::default());
    store.hooks.close();
    let first = world.submit(1, vec![register(1)]);
    store.hooks.await_arrivals(2);
    let second = world.submit(2, vec![register(2)]);
    let first_again = world.submit(1, vec![register(1)]);
    let second_again = world.submit(2, vec![register(2)]);
    let first_other = world.submit(1, vec![register(3)]);
    let second_other = world.submit(2, vec![register(3)]);
    store.hooks.open();
    let answer = |receiver: crate::ReplyReceiver| receiver.blocking_recv().unwrap();
    for (once, again, position) in [(first, first_again, 7), (second, second_again, 8)] {
        let (once, again) = (answer(once).unwrap(), answer(again).unwrap());
        assert_eq!(became(&once), [Recorded(position)]);
        assert_eq!((once.replayed, again.replayed), (false, true));
        assert_eq!(
            again,
            Appended {
                replayed: true,
                ..once
            }
        );
    }
    for other in [first_other, second_other] {
        assert!(matches!(
            answer(other),
            Err(AppendError::RequestIdReused { .. })
        ));
    }
    assert_eq!(world.last(), 8);
}
