//! What a clock may do, and what it may not.

use super::*;
use crate::ManualClock;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// The moment from which the cases count.
const START: i64 = 50 * YEAR;

/// What happens to a clock.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// So much time passes, and the clock shows it.
    Pass(i64),
    /// The clock is set by so much, while no time passes.
    Set(i64),
    /// An event is recorded by the clock.
    Record,
    /// The ledger is closed and opened again.
    Reopen,
}
use Step::{Pass, Record, Reopen, Set};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Right,
    TooEarly,
    Behind,
    WasSet,
    LongIdle,
    LongEmpty,
    TooFar,
}
use Found::{Behind, LongEmpty, LongIdle, Right, TooEarly, TooFar, WasSet};

fn time(micros: i64) -> RecordedTime {
    RecordedTime::from_micros(START + micros)
}

/// Plays the steps on a ledger that was just opened without an event, and tells what the clock is
/// found to be after each.
fn play(bounds: &ClockBounds, steps: &[Step]) -> Vec<Found> {
    play_begun(bounds, None, steps)
}

/// The same on a ledger that began at a time.
fn play_begun(bounds: &ClockBounds, begun: Option<RecordedTime>, steps: &[Step]) -> Vec<Found> {
    let clock = Arc::new(ManualClock::new(time(0)));
    let open = || {
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        ClockGuard::new(clock, bounds.clone(), begun)
    };
    let mut guard = open();
    let mut last: Option<RecordedTime> = None;
    assert!(guard.check(last).is_ok() || bounds.earliest > time(0));
    let found = |guard: &ClockGuard, last| match guard.check(last) {
        Ok(now) => {
            assert_eq!(now, clock.now());
            Right
        }
        Err(ClockProblem::TooEarly { .. }) => TooEarly,
        Err(ClockProblem::BehindLog { .. }) => Behind,
        Err(ClockProblem::Set { .. }) => WasSet,
        Err(ClockProblem::LongIdle { .. }) => LongIdle,
        Err(ClockProblem::LongEmpty { .. }) => LongEmpty,
        Err(ClockProblem::VouchedTooFar { .. }) => TooFar,
    };
    let mut all = Vec::new();
    for step in steps {
        match step {
            Pass(micros) => clock.advance(Duration::from_micros(micros.unsigned_abs())),
            Set(micros) => {
                clock.set(RecordedTime::from_micros(clock.now().micros() + micros));
            }
            // Recording by a wrong clock is what must not happen, so a case may not ask for it.
            Record => last = last.max(Some(guard.check(last).unwrap())),
            Reopen => guard = open(),
        }
        all.push(found(&guard, last));
    }
    all
}

#[test]
fn a_clock_is_held_against_the_log_and_the_time_that_passes() {
    let bounds = ClockBounds::default();
    let cases: [(&[Step], &[Found]); 19] = [
        // Time passes, however long nothing is recorded.
        (&[Record, Pass(DAY), Record], &[Right, Right, Right]),
        (&[Record, Pass(10 * YEAR), Record], &[Right, Right, Right]),
        // Small corrections and leap seconds, either way.
        (&[Record, Set(SECOND), Set(-SECOND)], &[Right, Right, Right]),
        (&[Record, Set(-4 * MINUTE), Record], &[Right, Right, Right]),
        (&[Record, Set(5 * MINUTE), Set(1)], &[Right, Right, WasSet]),
        (
            &[Record, Set(-5 * MINUTE), Set(-1)],
            &[Right, Right, Behind],
        ),
        // Set forward: by years, by a day, before anything was recorded; and set right again.
        (
            &[Record, Set(10 * YEAR), Set(-10 * YEAR)],
            &[Right, WasSet, Right],
        ),
        (
            &[Record, Set(DAY), Pass(DAY), Set(-DAY)],
            &[Right, WasSet, WasSet, Right],
        ),
        (
            &[Set(10 * YEAR), Pass(HOUR), Set(-10 * YEAR)],
            &[WasSet, WasSet, Right],
        ),
        (
            &[Pass(9 * DAY), Set(HOUR), Set(-HOUR)],
            &[Right, WasSet, Right],
        ),
        // Set back: behind the log, and behind the time only.
        (&[Record, Set(-HOUR), Set(HOUR)], &[Right, Behind, Right]),
        (
            &[Record, Pass(9 * DAY), Set(-HOUR), Set(HOUR)],
            &[Right, Right, WasSet, Right],
        ),
        (
            &[Record, Set(-40 * YEAR), Set(40 * YEAR)],
            &[Right, Behind, Right],
        ),
        // Waiting does not make a wrong clock right.
        (
            &[Record, Set(DAY), Pass(90 * DAY)],
            &[Right, WasSet, WasSet],
        ),
        // Opened again: a pause of days is one, a longer one has to be confirmed.
        (
            &[Record, Pass(30 * DAY), Reopen, Record],
            &[Right, Right, Right, Right],
        ),
        (&[Record, Pass(32 * DAY), Reopen], &[Right, Right, LongIdle]),
        (
            &[Record, Set(10 * YEAR), Reopen, Set(-10 * YEAR)],
            &[Right, WasSet, LongIdle, Right],
        ),
        (
            &[Record, Set(-DAY), Reopen, Pass(DAY)],
            &[Right, Behind, Behind, Right],
        ),
        // An empty ledger has nothing to be held against.
        (&[Pass(10 * YEAR), Reopen, Record], &[Right, Right, Right]),
    ];
    for (steps, expected) in cases {
        assert_eq!(play(&bounds, steps), expected, "{steps:?}");
    }
}

#[test]
fn many_small_steps_are_a_large_one() {
    let bounds = ClockBounds::default();
    for step in [4 * MINUTE, -4 * MINUTE] {
        let found = play(&bounds, &[Set(step), Pass(MINUTE), Set(step), Pass(MINUTE)]);
        assert_eq!(found, [Right, Right, WasSet, WasSet]);
    }
    // But what a clock that is slow by four minutes in an hour needs in a year is not.
    let slow: Vec<Step> = (0..1_000)
        .flat_map(|_| [Pass(HOUR), Set(4 * MINUTE)])
        .collect();
    assert!(play(&bounds, &slow).iter().all(|found| *found == Right));
}

#[test]
fn an_operator_can_vouch_for_a_time() {
    let until = |micros| ClockBounds {
        accepted_until: Some(time(micros)),
        ..ClockBounds::default()
    };
    let paused = [Record, Pass(90 * DAY), Reopen];
    for (bounds, expected) in [
        (until(91 * DAY), Right),
        (until(90 * DAY), Right),
        // For another time than this one.
        (until(89 * DAY), LongIdle),
    ] {
        assert_eq!(play(&bounds, &paused).last(), Some(&expected));
    }
    // A word that reaches further than a pause may is none: it would be one for years.
    let far = [
        (until(90 * DAY + 31 * DAY), Right),
        (until(90 * DAY + 31 * DAY + 1), TooFar),
        (until(100 * YEAR), TooFar),
    ];
    for (bounds, expected) in far {
        assert_eq!(play(&bounds, &paused).last(), Some(&expected));
    }
    // Nor does it matter where none is needed.
    let short = [Record, Pass(DAY), Reopen, Record];
    assert_eq!(play(&until(100 * YEAR), &short).last(), Some(&Right));
    // The log lies ahead, because its last event was recorded by a wrong clock.
    let ahead = [Pass(YEAR), Record, Set(-YEAR), Reopen];
    for (bounds, expected) in [
        (until(YEAR), Right),
        (until(YEAR - 1), Behind),
        (until(YEAR + 31 * DAY), Right),
        (until(YEAR + 32 * DAY), TooFar),
    ] {
        assert_eq!(play(&bounds, &ahead).last(), Some(&expected));
    }
    // Nobody can vouch for what the clock does later.
    let set = [Record, Pass(90 * DAY), Reopen, Set(DAY)];
    assert_eq!(play(&until(91 * DAY), &set).last(), Some(&WasSet));
}

#[test]
fn a_clock_before_its_time_is_wrong_in_an_empty_ledger_too() {
    let bounds = ClockBounds {
        earliest: time(-DAY),
        ..ClockBounds::default()
    };
    // A machine whose clock begins at 1970 and is set soon after.
    let dead_battery = [Set(-40 * YEAR), Reopen, Set(40 * YEAR), Record];
    assert_eq!(
        play(&bounds, &dead_battery),
        [TooEarly, TooEarly, Right, Right]
    );
}

#[test]
fn an_empty_ledger_is_held_against_its_beginning() {
    let bounds = ClockBounds {
        earliest: time(-YEAR),
        ..ClockBounds::default()
    };
    let begun = Some(time(0));
    let cases: [(Option<RecordedTime>, &[Step], &[Found]); 5] = [
        (
            begun,
            &[Pass(30 * DAY), Reopen, Record],
            &[Right, Right, Right],
        ),
        (begun, &[Pass(32 * DAY), Reopen], &[Right, LongEmpty]),
        (
            begun,
            &[Set(10 * YEAR), Reopen, Set(-10 * YEAR), Record],
            &[WasSet, LongEmpty, Right, Right],
        ),
        // It began by a clock that was ahead, and that was set right.
        (Some(time(10 * YEAR)), &[Reopen, Record], &[Right, Right]),
        // It began by a clock that was known to be wrong.
        (Some(time(-2 * YEAR)), &[Reopen, Record], &[Right, Right]),
    ];
    for (begun, steps, expected) in cases {
        assert_eq!(play_begun(&bounds, begun, steps), expected, "{steps:?}");
    }
    let vouched = ClockBounds {
        accepted_until: Some(time(33 * DAY)),
        ..bounds
    };
    let steps = [Pass(32 * DAY), Reopen, Record];
    assert_eq!(play_begun(&vouched, begun, &steps), [Right; 3]);
}

#[test]
fn dates_are_judged_by_a_log_that_is_little_ahead_and_not_by_one_that_is_far() {
    let clock = Arc::new(ManualClock::new(time(0)));
    let guard = ClockGuard::new(clock, ClockBounds::default(), None);
    for (last, expected) in [
        (-DAY, 0),
        (0, 0),
        (5 * MINUTE, 5 * MINUTE),
        (5 * MINUTE + 1, 0),
        (10 * YEAR, 0),
    ] {
        assert_eq!(guard.judged_at(time(0), time(last)), time(expected));
    }
}

#[test]
fn times_at_the_ends_of_what_can_be_told_are_no_trouble() {
    for micros in [i64::MIN, i64::MAX, 0] {
        let clock = Arc::new(ManualClock::new(RecordedTime::from_micros(micros)));
        let guard = ClockGuard::new(clock.clone(), ClockBounds::default(), None);
        for last in [i64::MIN, 0, i64::MAX] {
            let is_same = micros == last;
            let found = guard.check(Some(RecordedTime::from_micros(last)));
            assert!(found.is_err() || is_same, "{micros} {last}");
            clock.set(RecordedTime::from_micros(last));
        }
    }
}
