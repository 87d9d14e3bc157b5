//! The counters of progress: as of every position they are what a recount gives.

use super::random::{on_their_way, requests};
use super::world::*;
use crate::query::ProgressQuery;
use crate::rebuild::CancelToken;
use crate::{Engine, EngineOptions, Mode, Request};
use ledger_core::command::{CommandBody, PublishPolicy};
use ledger_core::progress::{
    Counted, Counters, ProgressKey, Quarter, Question, Report, TargetStatus, changes, report,
};
use ledger_core::{
    BusinessDate, Context, Position, RecordedEvent, RecordedTime, apply, missing_for_event,
};
use ledger_log::{Direction, Log, MemoryStore, Space, StateStore};
use ledger_proto::{Interner, recorded_event_from_bytes};
use proptest::prelude::*;
use std::sync::Arc;

/// Every event of a log, in order.
fn events(store: &MemoryStore) -> Vec<RecordedEvent> {
    let mut names = Interner::default();
    let mut events = Vec::new();
    for block in store.blocks_from(Position::FIRST) {
        for record in block.unwrap().records() {
            events.push(recorded_event_from_bytes(record.bytes, &mut names).unwrap());
        }
    }
    events
}

/// The counters after each event, from a replay of its own that keeps everything in memory.
fn recounts(events: &[RecordedEvent]) -> Vec<Counters> {
    let mut context = Context::default();
    let mut counters = Counters::default();
    let mut after = vec![counters.clone()];
    for event in events {
        let mut missing = Vec::new();
        loop {
            missing_for_event(&context, &event.event, &mut missing);
            if missing.is_empty() {
                break;
            }
            missing.drain(..).for_each(|key| context.put(key, None));
        }
        for (key, change) in changes(&context, event) {
            counters.add(key, change);
        }
        apply(&mut context, event);
        after.push(counters.clone());
    }
    after
}

fn quarter(text: &str) -> Quarter {
    Quarter::parse(text).unwrap()
}

/// A report as text, to be compared.
fn text(report: &Report<'_>) -> String {
    format!("{:?} {:?} {:?}", report.targets, report.sums, report.totals)
}

/// Asserts that the stored counters give the report of a recount, as of every position.
fn check(engine: &Engine, store: &MemoryStore) {
    let events = events(store);
    let recounts = recounts(&events);
    let days = events.iter().map(|event| event.recorded_at.business_date());
    let days = [BusinessDate::MIN].into_iter().chain(days);
    let policies = engine.policies();
    let reader = engine.reader();
    for (number, (counters, as_of_date)) in (0..).zip(recounts.iter().zip(days)) {
        let as_of = Position::new(number);
        for quarter in ["2020Q1", "2020Q2"].map(quarter) {
            let question = Question {
                quarter,
                division: None,
                as_of,
                as_of_date,
            };
            let counted = counters.iter().map(|(key, count)| (key.clone(), count));
            let expected = text(&report(&policies, counted, question));
            let query = ProgressQuery {
                quarter,
                division: None,
                as_of: Some(as_of),
            };
            let answer = reader.progress(&query, |report, at| {
                assert_eq!(at, as_of);
                text(report)
            });
            assert_eq!(answer.unwrap().value, expected, "{quarter} as of {as_of}");
        }
    }
}

fn rows(store: &MemoryStore) -> usize {
    let all = store.scan(Space::Progress, &[], &[], Direction::Forward, usize::MAX);
    all.unwrap().len()
}

fn independent_request(id: u64, bodies: Vec<CommandBody>) -> Request {
    Request {
        mode: Mode::Independent,
        ..request(id, bodies)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Requests of several commands make blocks of several events; small caches forget counts.
    #[test]
    fn every_position_gives_the_recount(
        requests in requests(25),
        cache_entities_max in 2_usize..60,
    ) {
        let store = Arc::new(MemoryStore::new());
        let options = EngineOptions { cache_entities_max, ..EngineOptions::default() };
        let world = World::founded(store.clone(), options.clone());
        world.append(1_000_001, on_their_way());
        for request in requests {
            world.engine.append_blocking(request).unwrap();
        }
        check(&world.engine, &store);
        let rebuilt = world.engine.rebuild(&mut |_| {}, &CancelToken::new()).unwrap();
        prop_assert!(rebuilt.switched);
        check(&world.engine, &store);
        // Opened anew, nothing is in memory, and the counts go on.
        drop(world);
        let world = World::open(store.clone(), options);
        let class = [register(77), approve_class(7), open_class(7)];
        let bodies = class.into_iter().chain([enrol(7, 77), complete(7, 77)]).collect();
        world.engine.append_blocking(independent_request(2_000_000, bodies)).unwrap();
        check(&world.engine, &store);
    }
}

/// The price is in rows: a class that is loaded step by step shares its counters, however many
/// persons it has.
#[test]
fn a_class_costs_a_row_per_measure_and_block() {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    let persons = || 1..=20_u8;
    world.append(1, persons().map(register).collect());
    world.append(2, vec![approve_class(1), open_class(1)]);
    assert_eq!(rows(&store), 1, "one class was opened");
    world.append(3, persons().map(|person| enrol(1, person)).collect());
    world.append(4, persons().map(|person| complete(1, person)).collect());
    world.append(5, persons().map(|person| certify(1, person)).collect());
    world.append(6, persons().map(|person| approve(1, person)).collect());
    assert_eq!(rows(&store), 4, "and completed, certified and approved");
    check(&world.engine, &store);
    // A finding against the whole class sets apart what was counted of it.
    world.append(7, vec![open_case(1), find(1, 1)]);
    assert_eq!(rows(&store), 8);
    let query = ProgressQuery {
        quarter: quarter("2020Q2"),
        division: Some(jinan()),
        as_of: None,
    };
    let reader = world.engine.reader();
    let total = |measure| {
        let counted = reader.progress(&query, |report, _| report.totals[&measure].total);
        let count = counted.unwrap().value.time;
        (count.counted, count.found_false)
    };
    assert_eq!(total(Counted::Classes), (1, 1));
    for measure in [Counted::Completed, Counted::Certified, Counted::Subsidised] {
        assert_eq!(total(measure), (20, 20), "{measure:?}");
    }
    check(&world.engine, &store);
}

#[test]
fn an_atomic_request_that_is_undone_counts_nothing() {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    world.append(
        1,
        vec![register(1), approve_class(1), open_class(1), enrol(1, 1)],
    );
    let before = rows(&store);
    world.append(2, vec![complete(1, 1), open_class(1)]);
    world
        .engine
        .append_blocking(validate_only(request(3, vec![complete(1, 1), register(2)])))
        .unwrap();
    assert_eq!(rows(&store), before);
    world.append(4, vec![complete(1, 1)]);
    assert_eq!(rows(&store), before + 1);
    check(&world.engine, &store);
}

/// Today is the day on which the position was recorded, so that its report never changes.
#[test]
fn a_target_is_missed_once_its_time_was_over() {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store, EngineOptions::default());
    let text = r#"
policy_id = "targets-2020"
version = 1
document_number = "虚构〔2020〕1号"
title = "虚构任务"
division = 370000
valid_from = 2020-01-01

[[target]]
id = "classes"
name_zh = "培训班"
name_en = "classes"
measure = "classes"
figure = 2
bound = "at_least"
period = "yearly"
from = 2020-01-01
until = 2021-12-31
clause = "一"
"#;
    let policy = Arc::new(ledger_policy::compile(text).unwrap());
    let text = Arc::from(text);
    world.append(
        1,
        vec![CommandBody::PublishPolicy(PublishPolicy { text, policy })],
    );
    world.append(2, vec![approve_class(1), open_class(1)]);
    let during = Position::new(world.last());
    // The last moment of the year in China, and the first one of the next.
    let midnight = noon("2020-12-31").micros() + 12 * 3_600_000_000;
    world
        .clock
        .advance_to(RecordedTime::from_micros(midnight - 1));
    world.append(3, vec![register(1)]);
    let last = Position::new(world.last());
    world.clock.advance_to(RecordedTime::from_micros(midnight));
    world.append(4, vec![register(2)]);
    let after = Position::new(world.last());
    for (as_of, expected) in [
        (during, TargetStatus::Running),
        (last, TargetStatus::Running),
        (after, TargetStatus::Missed),
        (last, TargetStatus::Running),
    ] {
        let query = ProgressQuery {
            quarter: quarter("2020Q4"),
            division: None,
            as_of: Some(as_of),
        };
        let reader = world.engine.reader();
        let answer = reader.progress(&query, |report, _| {
            let found = report.targets.iter();
            let found = found.map(|target| (target.measured().counted, target.status));
            found.collect::<Vec<_>>()
        });
        assert_eq!(answer.unwrap().value, [(1, expected)], "{as_of}");
    }
}

/// A division that was not asked for costs nothing and counts nothing.
#[test]
fn a_report_is_bounded_and_reads_its_division_only() {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    world.append(1, on_their_way());
    let question = |code| Question {
        quarter: quarter("2020Q2"),
        division: Some(ledger_core::Division::new(code).unwrap()),
        as_of: Position::new(world.last()),
        as_of_date: BusinessDate::MAX,
    };
    let read = |code, counters_max| {
        let found = crate::query::progress::Counters::new(&*store, question(code), counters_max);
        found.collect::<Result<Vec<(ProgressKey, u64)>, _>>()
    };
    let all = read(370_000, 100).unwrap();
    assert!(all.len() > 4, "{all:?}");
    assert!(all.is_sorted_by_key(|(key, _)| key.to_bytes()));
    assert_eq!(read(370_100, 100).unwrap(), all);
    assert_eq!(read(370_101, 100).unwrap(), []);
    assert_eq!(read(370_200, 0).unwrap(), []);
    assert_eq!(read(370_100, all.len()).unwrap(), all);
    assert!(read(370_100, all.len() - 1).is_err());
}
