//! Nothing is recorded by a clock that is wrong, and nothing else changes.

use super::world::{Became, TODAY, World, accrue, noon, register, request};
use crate::{
    AppendError, Clock as _, ClockBounds, ClockProblem, Engine, EngineOptions, ManualClock,
};
use ledger_core::RecordedTime;
use ledger_log::{MemoryStore, Storage};
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

fn later(time: RecordedTime, days: i64) -> RecordedTime {
    RecordedTime::from_micros(time.micros() + days * 86_400_000_000)
}

#[test]
fn a_request_is_refused_by_a_wrong_clock_and_taken_by_a_right_one() {
    // By how many days the clock is set: ten years, a day, and the same back.
    for days in [3_652, 1, -1, -3_652] {
        let store = Arc::new(MemoryStore::new());
        let world = World::founded(store.clone(), EngineOptions::default());
        let recorded = world.append(1, vec![accrue(1)]);
        let (right, before) = (world.clock.now(), world.engine.status());

        world.clock.set(later(right, days));
        // Something that would be recorded, something that would be refused, and a what-if.
        let what_if = crate::Request {
            validate_only: true,
            ..request(2, vec![register(7)])
        };
        for refused in [
            request(2, vec![register(7)]),
            request(3, vec![register(7), register(7)]),
            request(4, vec![accrue(-1)]),
            what_if,
        ] {
            let refused = world.try_append(refused);
            assert!(
                matches!(refused, Err(AppendError::ClockRefused { .. })),
                "{days} {refused:?}"
            );
        }
        // What was answered before is answered again; the clock has no part in it.
        assert_eq!(world.append(1, vec![accrue(1)]), recorded);
        let wrong = world.engine.status();
        assert!(wrong.clock_problem.is_some());
        assert_eq!(
            (
                wrong.last_position,
                wrong.recorded_at,
                wrong.refusals,
                wrong.root
            ),
            (
                before.last_position,
                before.recorded_at,
                before.refusals,
                before.root
            )
        );

        world.clock.set(right);
        assert_eq!(world.engine.status().clock_problem, None);
        // The same ids, as if nothing had been.
        let position = before.last_position.get();
        assert_eq!(
            world.append(2, vec![register(7)]),
            [Became::Recorded(position + 1)]
        );
        assert_eq!(world.engine.tip().recorded_at, right);
    }
}

#[test]
fn a_ledger_that_lay_idle_is_read_and_waits_for_a_word() {
    let store: Arc<dyn Storage> = Arc::new(MemoryStore::new());
    drop(World::founded(Arc::clone(&store), EngineOptions::default()));
    let now = later(noon(TODAY), 400);
    let open = |accepted_until| {
        let clock = Arc::new(ManualClock::new(now));
        let options = EngineOptions {
            clock: ClockBounds {
                accepted_until,
                ..ClockBounds::default()
            },
            ..EngineOptions::default()
        };
        Engine::open(Arc::clone(&store), options, clock).unwrap()
    };
    for (until, is_taken) in [
        (None, false),
        (Some(later(noon(TODAY), 399)), false),
        (Some(now), true),
    ] {
        let engine = open(until);
        assert_eq!(engine.status().clock_problem.is_none(), is_taken);
        assert!(engine.verify().is_ok());
        let answer = engine.append_blocking(request(9, vec![accrue(1)]));
        assert_eq!(answer.is_ok(), is_taken, "{answer:?}");
    }
    // From then on the last event says so itself.
    assert_eq!(open(None).status().clock_problem, None);
}

#[test]
fn a_log_that_is_ahead_is_lived_with_only_when_an_operator_says_so() {
    let store: Arc<dyn Storage> = Arc::new(MemoryStore::new());
    let world = World::founded(Arc::clone(&store), EngineOptions::default());
    world.clock.advance(400 * DAY);
    world.append(1, vec![accrue(1)]);
    let ahead = world.engine.tip().recorded_at;
    drop(world);
    let open = |accepted_until| {
        let options = EngineOptions {
            clock: ClockBounds {
                accepted_until,
                ..ClockBounds::default()
            },
            ..EngineOptions::default()
        };
        Engine::open(
            Arc::clone(&store),
            options,
            Arc::new(ManualClock::new(noon(TODAY))),
        )
        .unwrap()
    };
    let engine = open(None);
    let refused = engine.append_blocking(request(2, vec![accrue(1)]));
    let Err(AppendError::ClockRefused { problem }) = refused else {
        panic!("{refused:?}")
    };
    assert!(matches!(problem, ClockProblem::BehindLog { .. }));
    let text = problem.to_string();
    assert!(
        text.contains("2020-06-30T04:00:00") && text.contains("2021-08-04T04:00:00"),
        "{text}"
    );
    drop(engine);
    let engine = open(Some(ahead));
    engine.append_blocking(request(2, vec![accrue(1)])).unwrap();
    // Times never run back, so it has the time of the event before it.
    assert_eq!(engine.tip().recorded_at, ahead);
    // But dates are judged by the clock, which is right: that day has not come.
    let mut early = request(3, vec![accrue(1)]);
    for command in &mut early.commands {
        command.occurred_on = ahead.business_date();
    }
    let refused = engine.append_blocking(early).unwrap();
    assert!(
        format!("{refused:?}").contains("DateInFuture"),
        "{refused:?}"
    );
}

#[test]
fn a_ledger_without_events_is_not_begun_by_a_clock_that_is_far_ahead() {
    let store: Arc<dyn Storage> = Arc::new(MemoryStore::new());
    let open = |days| {
        let clock = Arc::new(ManualClock::new(later(noon(TODAY), days)));
        Engine::open(Arc::clone(&store), EngineOptions::default(), clock).unwrap()
    };
    for (days, is_taken) in [(0, true), (3_652, false), (20, true)] {
        let problem = open(days).status().clock_problem;
        assert_eq!(problem.is_none(), is_taken, "{days} {problem:?}");
    }
}
