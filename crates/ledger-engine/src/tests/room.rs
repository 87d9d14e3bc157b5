//! A disk without room, and a ledger that is open for reading only.

use super::rebuild::{busy, everything, rebuild};
use super::world::*;
use crate::rebuild::RebuildError;
use crate::{AppendError, Engine, EngineOptions, SubmitError, SystemClock};
use ledger_log::{LogError, MemoryStore};
use std::sync::Arc;

#[test]
fn without_room_nothing_is_recorded_until_there_is_room() {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    assert_eq!(world.append(1, vec![register(1)]), [Became::Recorded(7)]);
    store.set_free_bytes(5);
    let refused = world.try_append(request(2, vec![register(2)]));
    assert!(
        matches!(refused, Err(AppendError::NoRoom { free: 5, .. })),
        "{refused:?}"
    );
    // What is recorded is told, and what records nothing is answered.
    assert_eq!(world.append(1, vec![register(1)]), [Became::Recorded(7)]);
    let mut asked = request(3, vec![register(2)]);
    asked.validate_only = true;
    assert!(world.try_append(asked).is_ok());
    assert_eq!(world.last(), 7);
    let status = world.engine.status();
    assert_eq!((status.stopped, status.storage.free_bytes), (None, Some(5)));

    store.set_free_bytes(u64::MAX);
    assert_eq!(world.append(2, vec![register(2)]), [Became::Recorded(8)]);
}

#[test]
fn without_room_there_is_no_second_state() {
    let (store, world) = busy();
    store.set_free_bytes(0);
    let failed = rebuild(&world.engine);
    assert!(
        matches!(failed, Err(RebuildError::Log(LogError::NoRoom { .. }))),
        "{failed:?}"
    );
    store.set_free_bytes(u64::MAX);
    assert!(rebuild(&world.engine).unwrap().switched);
}

#[test]
fn what_is_open_for_reading_is_read_and_not_written_to() {
    let (store, world) = busy();
    let last = world.last();
    drop(world);
    let store = Arc::into_inner(store).unwrap();
    let store = Arc::new(store.reopen_read_only("the disk is full"));
    let before = everything(&store);
    let clock = Arc::new(SystemClock);
    let engine = Engine::open(store.clone(), EngineOptions::default(), clock).unwrap();
    assert_eq!(engine.tip().last_position.get(), last);
    assert!(engine.verify().is_ok());
    let refused = engine.submit(request(900, vec![register(9)])).map(drop);
    let Err(SubmitError::ReadOnly { reason }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(&*reason, "the disk is full");
    let rebuilt = rebuild(&engine);
    assert!(
        matches!(rebuilt, Err(RebuildError::ReadOnly)),
        "{rebuilt:?}"
    );
    let status = engine.status();
    assert_eq!(status.read_only.as_deref(), Some("the disk is full"));
    assert_eq!(status.stopped, None);
    engine.shutdown();
    drop(engine);
    assert_eq!(everything(&store), before);
    let store = Arc::into_inner(store).unwrap().reopen();
    let world = World::open(Arc::new(store), EngineOptions::default());
    assert_eq!(
        world.append(900, vec![register(9)]),
        [Became::Recorded(last + 1)]
    );
}
