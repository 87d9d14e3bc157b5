//! Epochs: kept over every opening, and begun by whoever goes on from a backup.

use super::world::{TODAY, World, noon};
use crate::epochs::{EpochReason, EpochStart, Restored, note_fork, read_epochs};
use crate::{ClockBounds, Engine, EngineOptions, ManualClock};
use ledger_core::{Position, RecordedTime};
use ledger_log::{MemoryStore, Storage};
use std::sync::Arc;

fn restored(backup: u64, position: u64) -> Restored {
    Restored {
        backup,
        position: Position::new(position),
        taken_at: RecordedTime::from_micros(7),
    }
}

/// Opens a ledger, founded when it is empty, and closes it again.
fn opened(store: &Arc<MemoryStore>) -> Vec<EpochStart> {
    let storage: Arc<dyn Storage> = store.clone();
    let world = match store.last_position_of() {
        0 => World::founded(storage, EngineOptions::default()),
        _ => World::open(storage, EngineOptions::default()),
    };
    world.engine.epochs().all().to_vec()
}

/// The last position, by the shortest way.
trait Last {
    fn last_position_of(&self) -> u64;
}

impl Last for MemoryStore {
    fn last_position_of(&self) -> u64 {
        ledger_log::Log::last_position(self).get()
    }
}

#[test]
fn a_ledger_is_on_its_first_epoch_until_a_backup_of_it_goes_on() {
    let store = Arc::new(MemoryStore::new());
    let first = opened(&store);
    let [created] = first.as_slice() else {
        panic!("{first:?}");
    };
    assert_eq!((created.number, created.first_position.get()), (1, 1));
    assert_eq!(created.reason, EpochReason::Created);
    assert_eq!(opened(&store), first, "an opening begins none");

    let last = store.last_position_of();
    note_fork(&*store, restored(3, last)).unwrap();
    // Looking does not begin it; opening for writing does, once.
    let snapshot = ledger_log::StateStore::snapshot(&*store).unwrap();
    let seen = read_epochs(&*snapshot).unwrap().unwrap();
    assert_eq!(seen.all(), first);
    drop(snapshot);
    let second = opened(&store);
    assert_eq!(second.len(), 2);
    assert_eq!(second[0], first[0]);
    let forked = second[1];
    assert_eq!((forked.number, forked.first_position.get()), (2, last + 1));
    assert_eq!(forked.reason, EpochReason::Restored(restored(3, last)));
    assert_ne!(forked.id, created.id);
    assert_eq!(opened(&store), second);

    note_fork(&*store, restored(9, last)).unwrap();
    let third = opened(&store);
    assert_eq!(third[..2], second);
    assert_eq!((third.len(), third[2].number), (3, 3));
}

/// A clock that must not be recorded by gets into the history no more than into the log.
#[test]
fn an_epoch_begins_by_a_clock_that_may_be_recorded_by() {
    const MINUTE: i64 = 60_000_000;
    const YEAR: i64 = 365 * 24 * 60 * MINUTE;
    let bounds = ClockBounds {
        earliest: noon(TODAY),
        ..ClockBounds::default()
    };
    let recorded = noon(TODAY);
    let unknown = RecordedTime::from_micros(0);
    #[rustfmt::skip]
    let cases = [
        // Whether something is recorded, how far the clock is from then, when the epoch begins.
        (true,            0, recorded),
        (true,       MINUTE, RecordedTime::from_micros(recorded.micros() + MINUTE)),
        (true,      -MINUTE, recorded),
        (true,    10 * YEAR, recorded),
        (true,   -10 * YEAR, recorded),
        (false,      MINUTE, RecordedTime::from_micros(recorded.micros() + MINUTE)),
        (false, -10 * YEAR,  unknown),
    ];
    for (is_founded, off, expected) in cases {
        let store = Arc::new(MemoryStore::new());
        if is_founded {
            opened(&store);
            note_fork(&*store, restored(3, store.last_position_of())).unwrap();
        }
        let options = EngineOptions {
            clock: bounds.clone(),
            ..EngineOptions::default()
        };
        let clock = ManualClock::new(RecordedTime::from_micros(recorded.micros() + off));
        let engine = Engine::open(store, options, Arc::new(clock)).unwrap();
        let begun = *engine.epochs().current();
        assert_eq!(begun.started_at, expected, "{is_founded} {off}");
    }
}

#[test]
fn a_rebuild_leaves_the_epochs_alone() {
    let store = Arc::new(MemoryStore::new());
    opened(&store);
    note_fork(&*store, restored(1, store.last_position_of())).unwrap();
    let before = opened(&store);
    let storage: Arc<dyn Storage> = store.clone();
    let world = World::open(storage, EngineOptions::default());
    let report = world
        .engine
        .rebuild(&mut |_| {}, &crate::CancelToken::new());
    assert!(report.unwrap().switched);
    let compared = world
        .engine
        .compare(&mut |_| {}, &crate::CancelToken::new());
    assert_eq!(compared.unwrap().differences_total, 0);
    drop(world);
    assert_eq!(opened(&store), before);
}
