//! Groups that the store refuses before anything is written: nobody loses anything, and the engine
//! goes on from what is durable.

use super::world::*;
use crate::{AppendError, CancelToken, EngineOptions};
use ledger_core::Position;
use ledger_core::command::CommandBody;
use ledger_log::testing::GatedStore;
use ledger_log::{Epoch, LogError};
use std::sync::Arc;

use Became::Recorded;

/// What the store says before it writes, and goes on to say nothing of the kind.
fn refusals() -> Vec<LogError> {
    let (expected, actual) = (Position::new(6), Position::new(5));
    vec![
        LogError::GroupTooLarge { bytes: 40_000_000 },
        LogError::Conflict { expected, actual },
        LogError::Gap {
            expected,
            found: actual,
        },
        LogError::NoRoom {
            doing: "record more",
            needed: 2,
            free: 1,
            headroom: 1,
        },
    ]
}

/// Fills one group that waits at the gate and one that builds on it; returns the two answers after
/// the first was refused for this reason.
fn refused(
    world: &World,
    store: &GatedStore,
    error: LogError,
) -> [Result<Vec<Became>, AppendError>; 2] {
    let arrived = store.hooks.arrived().len();
    store.hooks.close();
    let at_the_gate = world.submit(1, vec![register(1), approve_class(1), open_class(1)]);
    store.hooks.await_arrivals(arrived + 1);
    let built_on_it = world.submit(2, vec![enrol(1, 1)]);
    while world.engine.status().queue_requests > 0 {
        std::thread::yield_now();
    }
    store.hooks.refuse_append(error);
    store.hooks.open();
    [at_the_gate, built_on_it].map(|receiver| {
        let answer = receiver.blocking_recv().unwrap();
        answer.map(|appended| became(&appended))
    })
}

#[test]
fn a_group_of_which_nothing_was_written_is_undone_and_the_engine_goes_on() {
    for error in refusals() {
        let store = Arc::new(GatedStore::gated());
        let world = World::founded(store.clone(), EngineOptions::default());
        let (last, root) = (world.last(), world.engine.tip().root());
        let told = error.to_string();
        for answer in refused(&world, &store, error) {
            let Err(AppendError::NotRecorded { reason }) = answer else {
                panic!("{told}: {answer:?}")
            };
            assert!(reason.contains(&told), "{reason}");
        }
        assert_eq!((world.last(), world.engine.tip().root()), (last, root));
        assert_eq!(world.engine.status().stopped, None, "{told}");
        // Had memory kept anything of it, these would be there already.
        let bodies = vec![register(1), approve_class(1), open_class(1)];
        let again = world.append(1, bodies);
        assert_eq!(again, [Recorded(7), Recorded(8), Recorded(9)], "{told}");
        assert_eq!(world.append(2, vec![enrol(1, 1)]), [Recorded(10)]);
        let report = world.engine.rebuild(&mut |_| {}, &CancelToken::new());
        assert!(report.unwrap().differences.is_empty());
        world.engine.verify().unwrap();
    }
}

#[test]
fn a_policy_of_a_group_that_was_not_written_is_in_force_nowhere() {
    let store = Arc::new(GatedStore::gated());
    let world = World::open(store.clone(), EngineOptions::default());
    store
        .hooks
        .refuse_append(LogError::GroupTooLarge { bytes: 40_000_000 });
    let answer = world.try_append(request(1, founding()));
    assert!(matches!(answer, Err(AppendError::NotRecorded { .. })));
    assert_eq!(world.engine.policies().published().len(), 0);
    let publishing: Vec<CommandBody> = founding();
    let count = publishing.len();
    assert_eq!(world.append(1, publishing).len(), count);
    assert_eq!(world.engine.policies().published().len(), 1);
    assert_eq!(world.last(), u64::try_from(count).unwrap());
}

#[test]
fn refusals_and_their_numbers_are_undone_too() {
    let store = Arc::new(GatedStore::gated());
    let world = World::founded(store.clone(), EngineOptions::default());
    store
        .hooks
        .refuse_append(LogError::GroupTooLarge { bytes: 40_000_000 });
    let bodies = || vec![open_class(1)];
    let answer = world.try_append(request(1, bodies()));
    assert!(matches!(answer, Err(AppendError::NotRecorded { .. })));
    assert_eq!(world.engine.status().refusals, 0);
    let appended = world.engine.append_blocking(request(1, bodies())).unwrap();
    assert_eq!(
        (appended.first_refusal, appended.replayed),
        (Some(1), false)
    );
}

#[test]
fn a_failed_read_before_the_write_stops_nothing() {
    let store = Arc::new(GatedStore::gated());
    let world = World::founded(store.clone(), EngineOptions::default());
    let reads = store.hooks.failed_reads();
    for number in 1..20 {
        store.hooks.fail_read(number);
        let answer = world.try_append(request(number, vec![accrue(1)]));
        let is_honest = matches!(
            answer,
            Ok(_) | Err(AppendError::NotRecorded { .. } | AppendError::Unreadable { .. })
        );
        assert!(is_honest, "{answer:?}");
        store.hooks.fail_read(0);
        assert_eq!(world.engine.status().stopped, None);
    }
    assert!(store.hooks.failed_reads() > reads);
    world.engine.verify().unwrap();
}

#[test]
fn a_log_that_somebody_else_owns_stops_the_engine_and_records_nothing() {
    let store = Arc::new(GatedStore::gated());
    let world = World::founded(store.clone(), EngineOptions::default());
    let epoch = world.engine.status().epoch;
    store.hooks.refuse_append(LogError::StaleEpoch {
        given: epoch,
        current: Epoch::new(epoch.get() + 1),
    });
    let answer = world.try_append(request(1, vec![register(1)]));
    assert!(matches!(answer, Err(AppendError::NotRecorded { .. })));
    let stopped: Option<Arc<str>> = world.engine.status().stopped;
    assert!(stopped.unwrap().contains("fenced"));
}
