//! Requests: what is recorded, what is refused, and what the others see of it.
//!
//! Long: one table of requests and what becomes of each.

use super::model::Model;
use super::random::{on_their_way, requests};
use super::world::*;
use crate::entity_codec::{encode_loaded, entity_key, parse_entity_key};
use crate::{AppendError, EngineOptions, Request, SubmitError, decode_refusal};
use ledger_core::command::{CommandBody, OrderDisbursement};
use ledger_core::event::DisbursementStage;
use ledger_core::{Command, EventKind, Position, Reason, RecordedTime};
use ledger_log::testing::GatedStore;
use ledger_log::{Direction, Log, MemoryStore, Space, StateStore};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;
use std::sync::{Arc, Barrier};

use Became::{NotAttempted, Recorded, Refused};

fn world() -> World {
    World::founded(Arc::new(MemoryStore::new()), EngineOptions::default())
}

#[test]
fn commands_of_a_request_see_one_another_and_stand_or_fall_by_its_mode() {
    use Reason::{ClassNotFound, PersonExists};
    let world = world();
    assert_eq!(world.last(), 6);
    // Each request, and what becomes of its commands; the last position after it.
    let cases: [(Request, Vec<Became>, u64); 9] = [
        (request(1, vec![register(1)]), vec![Recorded(7)], 7),
        (
            request(2, vec![register(1)]),
            vec![Refused(PersonExists)],
            7,
        ),
        (
            request(3, vec![register(2), register(2)]),
            vec![NotAttempted, Refused(PersonExists)],
            7,
        ),
        (
            independent(4, vec![register(2), register(2), register(3)]),
            vec![Recorded(8), Refused(PersonExists), Recorded(9)],
            9,
        ),
        (
            request(5, vec![register(4), enrol(1, 4), register(1), register(4)]),
            vec![
                NotAttempted,
                Refused(ClassNotFound),
                Refused(PersonExists),
                Refused(PersonExists),
            ],
            9,
        ),
        (
            validate_only(request(
                6,
                vec![approve_class(1), open_class(1), enrol(1, 1)],
            )),
            vec![Recorded(10), Recorded(11), Recorded(12)],
            9,
        ),
        (
            validate_only(independent(7, vec![open_class(1), register(5)])),
            vec![Refused(ClassNotFound), Recorded(10)],
            9,
        ),
        (
            request(8, vec![approve_class(1), open_class(1), enrol(1, 1)]),
            vec![Recorded(10), Recorded(11), Recorded(12)],
            12,
        ),
        (request(9, vec![]), vec![], 12),
    ];
    for (request, became, last) in cases {
        let id = request.request_id;
        assert_eq!(world.try_append(request), Ok(became), "{id}");
        assert_eq!(world.last(), last, "{id}");
    }
    // The refusals of 2, 3, 4 and 5; validating leaves none.
    assert_eq!(world.engine.status().refusals, 1 + 1 + 1 + 3);
}

#[test]
fn a_command_may_become_several_events() {
    let world = world();
    world.append(1, on_their_way());
    let before = world.last();
    let settled = vec![
        settle(2),
        employ(2, 1),
        order(3, 2, ledger_core::event::DisbursementStage::Final, &[1, 2]),
        register(9),
    ];
    // The final payment settles the project first, which is an event of its own.
    let expected = [before + 1, before + 2, before + 3, before + 5].map(Recorded);
    assert_eq!(world.append(2, settled), expected);
}

#[test]
fn refusals_are_kept_beside_the_log() {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    world.append(1, vec![register(1)]);
    world.append(2, vec![register(2), register(1), enrol(1, 1)]);
    let entries = store
        .scan(Space::Refusals, &[], &[], Direction::Forward, 10)
        .unwrap();
    let found: Vec<_> = entries
        .iter()
        .map(|(key, value)| {
            let record = decode_refusal(value).unwrap();
            assert_eq!(record.request_id, request(2, vec![]).request_id);
            assert_eq!(
                (&*record.actor, &*record.source_system),
                ("tester", "tests")
            );
            assert_eq!(
                (record.recorded_at, record.occurred_on),
                (noon(TODAY), date(TODAY))
            );
            let number = ledger_log::keys::refusal_sequence(key).unwrap();
            let kind = record.asked_for;
            (
                number,
                record.command_index,
                format!("{kind:?}"),
                record.refusal.reason,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (1, 1, "PersonRegistered".to_owned(), Reason::PersonExists),
            (2, 2, "PersonEnrolled".to_owned(), Reason::ClassNotFound),
        ],
    );
}

#[test]
fn two_claims_for_the_third_slot_never_both_pass() {
    for round in 0..20 {
        let world = world();
        let mut bodies = vec![register(1)];
        (1..=4).for_each(|class| bodies.extend(trained(class, 1..2)));
        bodies.extend([approve(1, 1), approve(2, 1)]);
        world.append(1, bodies);
        let start = Barrier::new(2);
        let claim = |id: u64, class: u8| {
            start.wait();
            world.append(id, vec![approve(class, 1)])
        };
        let (one, other) = std::thread::scope(|scope| {
            let one = scope.spawn(|| claim(2, 3));
            let other = scope.spawn(|| claim(3, 4));
            (one.join().unwrap(), other.join().unwrap())
        });
        let both = [one, other].concat();
        let passed = both
            .iter()
            .filter(|became| matches!(became, Recorded(_)))
            .count();
        assert_eq!(passed, 1, "round {round}: {both:?}");
        assert!(
            both.contains(&Refused(Reason::YearlyQuotaUsed)),
            "round {round}: {both:?}"
        );
    }
}

#[test]
fn a_group_is_filled_while_the_one_before_it_is_synced() {
    let store = Arc::new(GatedStore::gated());
    let world = World::founded(store.clone(), EngineOptions::default());
    store.hooks.close();
    let first = world.submit(1, vec![register(1)]);
    store.hooks.await_arrivals(2);
    // These build on an event that is not durable yet, and wait for their own commit.
    let mut later: Vec<_> = (2..=20)
        .map(|id| world.submit(id, vec![register(1)]))
        .collect();
    later.push(world.submit(21, vec![register(2)]));
    assert_eq!(world.last(), 6, "nothing is shown before it is durable");
    store.hooks.open();
    assert_eq!(
        became(&first.blocking_recv().unwrap().unwrap()),
        [Recorded(7)]
    );
    let last = later.pop().unwrap();
    for receiver in later {
        let became = became(&receiver.blocking_recv().unwrap().unwrap());
        assert_eq!(became, [Refused(Reason::PersonExists)]);
    }
    assert_eq!(
        became(&last.blocking_recv().unwrap().unwrap()),
        [Recorded(8)]
    );
    // Founding, the first request, and the rest: in as few groups as the writer was slow.
    let arrived = store.hooks.arrived();
    assert_eq!(arrived.iter().sum::<u64>(), 8);
    assert!(arrived.len() <= 2 + 20, "{arrived:?}");
}

#[test]
fn a_full_queue_turns_requests_away() {
    let store = Arc::new(GatedStore::gated());
    let options = EngineOptions {
        queue_requests_max: 3,
        queue_commands_max: 10,
        request_commands_max: 8,
        group_events_max: 1,
        ..EngineOptions::default()
    };
    let world = World::founded(store.clone(), options);
    store.hooks.close();
    // One group at the gate, the next one full: the writer takes no more.
    let at_the_gate = world.submit(1, vec![register(1)]);
    store.hooks.await_arrivals(2);
    let full = world.submit(2, vec![register(2)]);
    while world.engine.status().queue_requests > 0 {
        std::thread::yield_now();
    }
    let waiting = [
        world.submit(3, vec![register(3); 4]),
        world.submit(4, vec![register(4); 4]),
    ];
    let refused = |id, commands| {
        world
            .engine
            .submit(request(id, vec![register(9); commands]))
            .map(drop)
    };
    assert_eq!(
        refused(5, 9),
        Err(SubmitError::TooLarge {
            commands: 9,
            limit: 8
        })
    );
    assert_eq!(
        refused(6, 3),
        Err(SubmitError::QueueFull {
            requests: 2,
            commands: 8,
            bytes: 8 * size_of::<Command>(),
        })
    );
    let third = world.submit(7, vec![register(7); 2]);
    assert_eq!(
        refused(8, 0),
        Err(SubmitError::QueueFull {
            requests: 3,
            commands: 10,
            bytes: 10 * size_of::<Command>(),
        })
    );
    store.hooks.open();
    for receiver in [at_the_gate, full, third].into_iter().chain(waiting) {
        assert!(receiver.blocking_recv().unwrap().is_ok());
    }
    assert_eq!(world.append(9, vec![register(9)]).len(), 1);
}

#[test]
fn the_log_never_runs_backwards_in_time() {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    let at = |micros: i64| RecordedTime::from_micros(noon(TODAY).micros() + micros);
    let times = [5, -1_000, 3, 9].map(|micros| {
        world.clock.set(at(micros));
        world.append(u64::try_from(micros + 2_000).unwrap(), vec![accrue(1)]);
        world.engine.tip().recorded_at
    });
    assert_eq!(times, [at(5), at(5), at(5), at(9)]);
}

#[test]
fn more_than_a_group_may_hold_is_refused_whole() {
    let store = Arc::new(GatedStore::gated());
    let options = EngineOptions {
        request_bytes_max: 40_000,
        ..EngineOptions::default()
    };
    let world = World::founded(store.clone(), options);
    let too_many: Vec<_> = (1..=60).map(register).collect();
    for request in [request(1, too_many.clone()), independent(1, too_many)] {
        let refused = world.try_append(request);
        let Err(AppendError::TooLarge {
            bytes,
            limit: 40_000,
        }) = refused
        else {
            panic!("{refused:?}")
        };
        assert!(bytes > 40_000);
    }
    // What fits by itself waits for a group of its own, and sees what came before it.
    store.hooks.close();
    let groups = store.hooks.arrived().len();
    let first = world.submit(2, vec![register(1)]);
    store.hooks.await_arrivals(groups + 1);
    let second = world.submit(3, (2..=31).map(register).collect());
    let third = world.submit(4, (31..=60).map(register).collect());
    let fourth = world.submit(5, (32..=61).map(register).collect());
    store.hooks.open();
    let answer =
        |receiver: crate::ReplyReceiver| became(&receiver.blocking_recv().unwrap().unwrap());
    assert_eq!(answer(first), [Recorded(7)]);
    assert_eq!(answer(second), (8..=37).map(Recorded).collect::<Vec<_>>());
    let mut third_became = vec![NotAttempted; 30];
    third_became[0] = Refused(Reason::PersonExists);
    assert_eq!(answer(third), third_became);
    assert_eq!(answer(fourth), (38..=67).map(Recorded).collect::<Vec<_>>());
    // Whether the refusals of the third are in a group of their own is a matter of time.
    let events: Vec<_> = store
        .hooks
        .arrived()
        .split_off(groups)
        .into_iter()
        .filter(|n| *n > 0)
        .collect();
    assert_eq!(events, [1, 30, 30]);
}

/// The properties would say little about requests that are all refused.
#[test]
fn random_requests_reach_every_kind_of_event() {
    let mut runner = TestRunner::deterministic();
    let mut kinds = BTreeSet::new();
    for _ in 0..100 {
        let mut model = Model::default();
        model.append(&request(1_000_000, founding()), noon(TODAY));
        model.append(&request(1_000_001, on_their_way()), noon(TODAY));
        for request in requests(60).new_tree(&mut runner).unwrap().current() {
            model.append(&request, noon(TODAY));
        }
        kinds.append(&mut model.kinds);
    }
    // There is no random command for these.
    let without = [
        EventKind::FundsTransferred,
        EventKind::QualificationRevoked,
        EventKind::PersonStatusDeclared,
        EventKind::PersonStatusEnded,
        EventKind::AssessmentRecorded,
        EventKind::EmploymentWithdrawn,
        // Nor for these, most of which the document of this world sets no rule for.
        EventKind::PolicyWithdrawn,
        EventKind::CataloguePublished,
        EventKind::ProvincialAdjustmentReceived,
        EventKind::OrderRaised,
        EventKind::OrderListed,
        EventKind::OrderSelected,
        EventKind::OrderAccepted,
        EventKind::OrderPurchased,
        EventKind::OrderCancelled,
        EventKind::CertificateVerified,
        EventKind::ClaimSubmitted,
        EventKind::AgencyContractRecorded,
        EventKind::PublicityOpened,
        EventKind::ObjectionRaised,
        EventKind::ObjectionResolved,
        EventKind::PublicityClosed,
        EventKind::AwardApproved,
        EventKind::AwardRevoked,
        EventKind::PenaltyImposed,
    ];
    let missed: Vec<_> = (0..=u16::MAX)
        .filter_map(EventKind::from_number)
        .filter(|kind| !kinds.contains(kind) && !without.contains(kind))
        .collect();
    assert_eq!(missed, []);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Cache, groups and undo must not show: the same requests have the same outcomes and lead to
    /// the same state as in the core alone, however small the engine's bounds.
    #[test]
    fn the_engine_does_what_the_core_says(
        requests in requests(60),
        cache_entities_max in 1_usize..40,
        group_events_max in 1_usize..10,
        pipelined in any::<bool>(),
    ) {
        let store = Arc::new(MemoryStore::new());
        let options = EngineOptions {
            cache_entities_max,
            group_events_max,
            ..EngineOptions::default()
        };
        let world = World::open(store.clone(), options);
        let mut model = Model::default();
        let mut all = vec![request(1_000_000, founding()), request(1_000_001, on_their_way())];
        all.extend(requests);
        let expected: Vec<_> =
            all.iter().map(|request| model.append(request, noon(TODAY))).collect();
        let found: Vec<_> = if pipelined {
            let receivers: Vec<_> =
                all.into_iter().map(|request| world.engine.submit(request).unwrap()).collect();
            let replies = receivers.into_iter().map(|receiver| receiver.blocking_recv().unwrap());
            replies.map(|reply| became(&reply.unwrap())).collect()
        } else {
            all.into_iter().map(|request| world.try_append(request).unwrap()).collect()
        };
        prop_assert_eq!(found, expected);
        prop_assert_eq!(world.engine.status().refusals, model.refusals);
        prop_assert_eq!(world.engine.tip().last_position, model.last());
        prop_assert_eq!(store.last_position(), model.last());

        let entries = store.scan(Space::Entities, &[], &[], Direction::Forward, 10_000).unwrap();
        for (key, value) in entries {
            let Some(parsed) = parse_entity_key(&key) else { continue };
            let mut modelled = Vec::new();
            prop_assert!(encode_loaded(&model.context, &parsed, &mut modelled));
            prop_assert_eq!(&value, &modelled, "{:?}", entity_key(&parsed));
        }
        drop(world);
        let reopened = World::open(store, EngineOptions::default());
        prop_assert_eq!(reopened.engine.tip().last_position, model.last());
        prop_assert!(reopened.engine.verify().is_ok());
        prop_assert!(Position::ZERO < model.last());
    }
}

#[test]
fn a_request_is_bounded_by_what_its_commands_name() {
    let world = World::founded(Arc::new(MemoryStore::new()), EngineOptions::default());
    let pay = |payments: u8, persons: usize| {
        let one = |n| match order(n, 1, DisbursementStage::Full, &[]) {
            CommandBody::OrderDisbursement(c) => {
                CommandBody::OrderDisbursement(OrderDisbursement {
                    beneficiaries: vec![person_key(1); persons],
                    ..c
                })
            }
            other => other,
        };
        request(u64::from(payments), (0..payments).map(one).collect())
    };
    let limit = crate::limits::REQUEST_NAMED_MAX;
    for (payments, persons, named) in [
        (90, 5_000, 450_090),
        (4, 5_000, 20_004),
        (1, 20_000, 20_001),
    ] {
        for request in [
            pay(payments, persons),
            validate_only(pay(payments, persons)),
        ] {
            let error = SubmitError::TooManyNamed { named, limit };
            let refused = world.engine.submit(request).map(drop);
            assert_eq!(refused, Err(error), "{payments} of {persons}");
        }
    }
    for (payments, persons) in [(3, 5_000), (4, 4_999), (90, 200)] {
        let answer = world.engine.append_blocking(pay(payments, persons));
        assert!(answer.is_ok(), "{payments} of {persons}: {answer:?}");
    }
}

#[test]
fn the_queue_is_bounded_in_bytes_too() {
    let store = Arc::new(GatedStore::gated());
    let options = EngineOptions {
        queue_bytes_max: 100_000,
        group_events_max: 1,
        ..EngineOptions::default()
    };
    let world = World::founded(store.clone(), options);
    let arrived = store.hooks.arrived().len();
    store.hooks.close();
    let mut receivers = vec![world.submit(1, vec![register(1)])];
    store.hooks.await_arrivals(arrived + 1);
    receivers.push(world.submit(2, vec![register(2)]));
    while world.engine.status().queue_requests > 0 {
        std::thread::yield_now();
    }
    // The open group is full. One request may be as large as it likes; then the queue is full.
    let many = |id| independent(id, vec![register(3); 1_000]);
    receivers.push(world.engine.submit(many(3)).unwrap());
    let full = world.engine.submit(many(4)).map(drop);
    let Err(SubmitError::QueueFull {
        requests,
        commands,
        bytes,
    }) = full
    else {
        panic!("{full:?}")
    };
    assert_eq!((requests, commands), (1, 1_000));
    assert!(bytes > 100_000);
    assert!(full.unwrap_err().retry_helps());
    store.hooks.open();
    for receiver in receivers {
        receiver.blocking_recv().unwrap().unwrap();
    }
    world.engine.append_blocking(many(4)).unwrap();
}
