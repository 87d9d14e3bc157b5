//! Following the log, and waiting for it.

use std::future::{pending, ready};

use ledger_core::{Position, Tag};
use tokio::runtime::{Builder, Runtime};

use super::samples::{
    JINAN, PERSONS, approve_class, class, open_account, person, publish_policy, register,
};
use super::{World, read};
use crate::query::limits::CHECKPOINT_EVERY;
use crate::query::{EventFilter, QueryError, Subscription, SubscriptionItem};

fn current_thread() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

/// What the next messages are: positions of events, or a word and a position.
fn next(runtime: &Runtime, subscription: &mut Subscription) -> (&'static str, Vec<u64>) {
    match runtime.block_on(subscription.next_batch()).unwrap() {
        SubscriptionItem::Events(events) => (
            "events",
            events.iter().map(|event| event.position.get()).collect(),
        ),
        SubscriptionItem::CaughtUp(position) => ("caught up", vec![position.get()]),
        SubscriptionItem::Checkpoint(position) => ("checkpoint", vec![position.get()]),
    }
}

/// Whether a message is there without waiting.
fn is_waiting(runtime: &Runtime, subscription: &mut Subscription) -> bool {
    runtime.block_on(async {
        tokio::select! {
            biased;
            _ = subscription.next_batch() => false,
            () = yield_often() => true,
        }
    })
}

/// Lets everything else that is ready go on.
async fn yield_often() {
    for _ in 0..16 {
        tokio::task::yield_now().await;
    }
}

fn filter(tags: &[Tag]) -> EventFilter {
    EventFilter {
        tags: tags.to_vec(),
        kinds: Vec::new(),
    }
}

#[test]
fn an_empty_log_is_caught_up_at_once() {
    let (world, runtime) = (World::empty(), current_thread());
    let reader = world.reader();
    let mut subscription = reader
        .subscribe(EventFilter::default(), Position::ZERO)
        .unwrap();
    assert_eq!(next(&runtime, &mut subscription), ("caught up", vec![0]));
    assert!(is_waiting(&runtime, &mut subscription));
    world.record("2020-01-02", vec![publish_policy()]);
    assert_eq!(next(&runtime, &mut subscription), ("events", vec![1]));
    assert!(is_waiting(&runtime, &mut subscription));
}

#[test]
fn what_is_there_comes_first_and_then_what_is_recorded() {
    let (world, runtime) = (World::empty(), current_thread());
    world.found();
    let reader = world.reader();
    let last = reader.log_position().get();
    for after in [0, 3, last] {
        let mut subscription = reader
            .subscribe(EventFilter::default(), Position::new(after))
            .unwrap();
        if after < last {
            assert_eq!(
                next(&runtime, &mut subscription),
                ("events", (after + 1..=last).collect())
            );
        }
        assert_eq!(next(&runtime, &mut subscription), ("caught up", vec![last]));
    }
    let mut subscription = reader
        .subscribe(EventFilter::default(), Position::new(last))
        .unwrap();
    assert_eq!(next(&runtime, &mut subscription), ("caught up", vec![last]));
    world.train();
    let mut live = Vec::new();
    while live.last() != Some(&reader.log_position().get()) {
        let (what, positions) = next(&runtime, &mut subscription);
        assert_eq!(what, "events");
        live.extend(positions);
    }
    assert_eq!(
        live,
        (last + 1..=reader.log_position().get()).collect::<Vec<_>>()
    );
    assert!(is_waiting(&runtime, &mut subscription));
}

#[test]
fn a_filter_holds_before_and_after_catching_up() {
    let (world, runtime) = (World::empty(), current_thread());
    world.found();
    let reader = world.reader();
    let last = reader.log_position().get();
    let first_person = last - u64::from(PERSONS) + 1;

    let person_only = filter(&[Tag::Person(person(1))]);
    let mut of_person = reader.subscribe(person_only, Position::ZERO).unwrap();
    assert_eq!(
        next(&runtime, &mut of_person),
        ("events", vec![first_person])
    );
    assert_eq!(next(&runtime, &mut of_person), ("caught up", vec![last]));

    let class_only = filter(&[Tag::Class(class(1))]);
    let mut of_class = reader.subscribe(class_only, Position::ZERO).unwrap();
    assert_eq!(next(&runtime, &mut of_class), ("caught up", vec![last]));
    // What does not match is passed over, also live.
    world.record("2020-01-08", vec![open_account(410_100)]);
    world.record("2020-01-09", vec![approve_class(1)]);
    assert_eq!(next(&runtime, &mut of_class), ("events", vec![last + 2]));
    assert!(is_waiting(&runtime, &mut of_class));
}

#[test]
fn a_filter_of_several_tags_is_followed_live() {
    let (world, runtime) = (World::empty(), current_thread());
    world.found();
    let reader = world.reader();
    let tags = [Tag::Class(class(1)), Tag::Person(person(1))];
    let last = reader.log_position();
    let mut subscription = reader.subscribe(filter(&tags), last).unwrap();
    assert_eq!(
        next(&runtime, &mut subscription),
        ("caught up", vec![last.get()])
    );
    world.train();
    let query = read(filter(&tags), ledger_log::Direction::Forward);
    let expected = reader.read_events(&query).unwrap().events;
    let (what, positions) = next(&runtime, &mut subscription);
    assert_eq!(what, "events");
    assert_eq!(
        positions,
        expected
            .iter()
            .map(|event| event.position.get())
            .collect::<Vec<_>>()
    );
    assert!(positions.len() > 3);
}

#[test]
fn a_long_silence_is_broken_by_checkpoints() {
    let (world, runtime) = (World::empty(), current_thread());
    let count = CHECKPOINT_EVERY + 2_500;
    let persons = (0..usize::try_from(count).unwrap())
        .map(register)
        .collect::<Vec<_>>();
    for request in persons.chunks(2_500) {
        world.record("2020-01-02", request.to_vec());
    }
    let kinds = vec![ledger_core::EventKind::ClassApproved];
    let silent = EventFilter {
        tags: Vec::new(),
        kinds,
    };
    let mut subscription = world.reader().subscribe(silent, Position::ZERO).unwrap();
    let (what, at) = next(&runtime, &mut subscription);
    assert_eq!(what, "checkpoint");
    assert!(at[0] >= CHECKPOINT_EVERY && at[0] <= count, "{at:?}");
    assert_eq!(
        next(&runtime, &mut subscription),
        ("caught up", vec![count])
    );
    assert!(is_waiting(&runtime, &mut subscription));
}

#[test]
fn a_subscription_cannot_start_in_the_future() {
    let reader = World::seeded().reader();
    let after = Position::new(reader.log_position().get() + 1);
    let error = reader.subscribe(EventFilter::default(), after).unwrap_err();
    assert!(matches!(error, QueryError::PositionInFuture { .. }));
}

#[test]
fn waiting_for_a_position_ends_when_it_is_there_or_with_the_deadline() {
    let (world, runtime) = (World::empty(), current_thread());
    let reader = world.reader();
    let wait = |position| runtime.block_on(reader.wait_for(Position::new(position), ready(())));
    assert_eq!(wait(0).unwrap(), Position::ZERO);
    let error = wait(1).unwrap_err();
    assert!(matches!(error, QueryError::PositionInFuture { .. }) && error.retry_helps());
    world.record("2020-01-02", vec![publish_policy()]);
    assert_eq!(wait(1).unwrap(), Position::FIRST);

    // A position that comes while somebody waits for it.
    let waiting = reader.clone();
    let reached = std::thread::scope(|scope| {
        let waiter = scope.spawn(move || {
            let position = Position::new(2);
            current_thread().block_on(waiting.wait_for(position, pending()))
        });
        world.record("2020-01-03", vec![open_account(JINAN)]);
        waiter.join().unwrap()
    });
    assert_eq!(reached.unwrap(), Position::new(2));
}
