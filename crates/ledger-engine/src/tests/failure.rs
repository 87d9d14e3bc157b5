//! A failed append, a shutdown, and state that cannot be read.

use super::tamper::tamper;
use super::world::*;
use crate::entity_codec::entity_key;
use crate::{AppendError, CancelToken, EngineOptions, RebuildError, SubmitError};
use ledger_core::{EntityKey, Reason};
use ledger_log::testing::GatedStore;
use ledger_log::{Fault, MemoryStore, Space};
use std::sync::Arc;

use Became::{Recorded, Refused};

#[test]
fn a_failed_append_answers_everything_and_stops_for_good() {
    for fault in [Fault::BeforeWrite, Fault::AfterWrite] {
        let store = Arc::new(GatedStore::gated());
        let options = EngineOptions {
            group_events_max: 1,
            ..EngineOptions::default()
        };
        let world = World::founded(store.clone(), options);
        store.hooks.close();
        let at_the_gate = world.submit(1, vec![register(1)]);
        store.hooks.await_arrivals(2);
        let in_the_open_group = world.submit(2, vec![register(2)]);
        while world.engine.status().queue_requests > 0 {
            std::thread::yield_now();
        }
        let in_the_queue = world.submit(3, vec![register(3)]);
        store.store.fail_next_write(fault, "disk is full");
        store.hooks.open();

        for receiver in [at_the_gate, in_the_open_group] {
            let answer = receiver.blocking_recv().unwrap();
            let Err(AppendError::OutcomeUnknown { reason }) = answer else {
                panic!("{answer:?}")
            };
            assert!(reason.contains("disk is full"), "{reason}");
        }
        let queued = in_the_queue.blocking_recv().unwrap();
        assert!(
            matches!(queued, Err(AppendError::Stopped { .. })),
            "{queued:?}"
        );
        let later = world.engine.submit(request(4, vec![register(4)])).map(drop);
        assert!(
            matches!(later, Err(SubmitError::Stopped { .. })),
            "{later:?}"
        );
        let stopped = world.engine.status().stopped.unwrap();
        assert!(stopped.contains("disk is full"), "{stopped}");
        assert_eq!(world.last(), 6, "what may not be there is not shown");
        let rebuilt = world.engine.rebuild(&mut |_| {}, &CancelToken::new());
        assert!(rebuilt.is_err());

        // Opening it anew tells which of the two it was.
        drop(world);
        let store = Arc::into_inner(store).unwrap().store.reopen();
        let world = World::open(Arc::new(store), EngineOptions::default());
        let replayed = world
            .engine
            .append_blocking(request(1, vec![register(1)]))
            .unwrap();
        assert_eq!(became(&replayed), [Recorded(7)]);
        assert_eq!(replayed.replayed, fault == Fault::AfterWrite);
        assert_eq!(world.append(2, vec![register(2)]), [Recorded(8)]);
    }
}

#[test]
fn a_shutdown_answers_what_was_accepted() {
    let store = Arc::new(GatedStore::gated());
    let world = World::founded(store.clone(), EngineOptions::default());
    store.hooks.close();
    let receivers: Vec<_> = (1..=50_u8)
        .map(|n| world.submit(u64::from(n), vec![register(n)]))
        .collect();
    std::thread::scope(|scope| {
        let stopping = scope.spawn(|| world.engine.shutdown());
        while world.engine.submit(request(99, vec![])).is_ok() {
            std::thread::yield_now();
        }
        store.hooks.open();
        stopping.join().unwrap();
    });
    for (position, receiver) in (7..).zip(receivers) {
        assert_eq!(
            became(&receiver.blocking_recv().unwrap().unwrap()),
            [Recorded(position)]
        );
    }
    let late = world
        .engine
        .append_blocking(request(100, vec![register(100)]));
    assert!(
        matches!(
            late,
            Err(AppendError::NotAccepted(SubmitError::Stopped { .. }))
        ),
        "{late:?}"
    );
    assert!(matches!(
        world.engine.rebuild(&mut |_| {}, &CancelToken::new()),
        Err(RebuildError::Stopped)
    ));
    assert_eq!(world.engine.status().stopped, None, "that was no failure");
    world.engine.shutdown();
}

#[test]
fn a_damaged_entity_fails_its_requests_and_no_others() {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    world.append(1, vec![register(1), register(2)]);
    drop(world);
    let key = entity_key(&EntityKey::Person(person_key(1)));
    tamper(&store, Space::Entities, key, Some(vec![9, 9]));
    let world = World::open(store, EngineOptions::default());
    let unreadable = world.try_append(independent(2, vec![register(3), register(1)]));
    let Err(AppendError::StateDamaged { space, reason }) = unreadable else {
        panic!("{unreadable:?}")
    };
    assert_eq!(space, Space::Entities);
    assert!(reason.contains("encoding version 9 is unknown"), "{reason}");
    // Nothing of that request was recorded, nor its id used up.
    assert_eq!(
        world.append(3, vec![register(2)]),
        [Refused(Reason::PersonExists)]
    );
    assert_eq!(world.append(2, vec![register(3)]), [Recorded(9)]);
}
