//! Refusals never make a group larger than the store takes.

use super::world::*;
use crate::limits::{
    GROUP_BYTES_FULL, GROUP_BYTES_HARD_MAX, REFUSAL_DETAIL_BYTES_MAX, REFUSAL_LEAN_TEXT_BYTES_MAX,
    REQUEST_COMMANDS_MAX,
};
use crate::refusals::decode_refusal;
use crate::writer::Kept;
use crate::{EngineOptions, Outcome, RefusalRecord};
use ledger_core::command::{ClosePublicity, CommandBody, OpenPublicity, RaiseObjection};
use ledger_core::limits::{OBJECTIONS_OPEN_MAX, REFUSAL_FACTS_MAX};
use ledger_core::refusal::RuleCitation;
use ledger_core::{Context, Note, Position, Reason, Reference, Refusal};
use ledger_log::testing::GatedStore;
use ledger_log::{Direction, MemoryStore, Space, StateStore, keys};
use std::sync::Arc;

/// A class with an approval that is shown, and the most objections, each so many events after the
/// one before.
fn contested(world: &World, distance: usize) {
    world.append(1, (1..3).map(register).collect());
    world.append(2, trained(1, 1..3));
    world.append(3, vec![approve(1, 1)]);
    let place = Reference::parse("the hall").unwrap();
    world.append(
        4,
        vec![CommandBody::OpenPublicity(OpenPublicity {
            class: class_id(1),
            place,
        })],
    );
    let objection = CommandBody::RaiseObjection(RaiseObjection {
        class: class_id(1),
        person: None,
        grounds: Note::parse("not true").unwrap(),
    });
    let others = std::iter::repeat_n(accrue(1), distance - 1);
    let one: Vec<_> = std::iter::once(objection).chain(others).collect();
    let per_request = REQUEST_COMMANDS_MAX / distance;
    let mut left = OBJECTIONS_OPEN_MAX;
    for id in 100.. {
        let count = left.min(per_request);
        let became = world.append(id, vec![one.as_slice(); count].concat());
        assert!(matches!(became[0], Became::Recorded(_)), "{:?}", became[0]);
        left -= count;
        if left == 0 {
            return;
        }
    }
}

fn close_publicity(count: usize) -> Vec<CommandBody> {
    let close = ClosePublicity { class: class_id(1) };
    vec![CommandBody::ClosePublicity(close); count]
}

fn records(store: &MemoryStore) -> Vec<RefusalRecord> {
    let first = keys::refusal(1);
    let direction = Direction::Forward;
    let entries = store.scan(Space::Refusals, &first, b"", direction, usize::MAX);
    let records = entries.unwrap();
    let records = records.iter().map(|(_, value)| decode_refusal(value));
    records.map(Result::unwrap).collect()
}

#[test]
fn a_thousand_open_objections_refuse_thousands_of_commands_in_one_group() {
    let store = Arc::new(GatedStore::gated());
    let world = World::founded(store.clone(), EngineOptions::default());
    contested(&world, 67);
    let arrived = store.hooks.arrived().len();
    store.hooks.close();
    let first = world.submit(200, vec![accrue(1)]);
    store.hooks.await_arrivals(arrived + 1);
    let few = world
        .engine
        .submit(independent(201, close_publicity(1_310)));
    let many = independent(202, close_publicity(REQUEST_COMMANDS_MAX));
    let many = world.engine.submit(many);
    let bystander = world.submit(203, vec![accrue(1)]);
    store.hooks.open();
    assert!(first.blocking_recv().unwrap().is_ok());
    let mut numbers = 0;
    for receiver in [few.unwrap(), many.unwrap()] {
        let appended = receiver.blocking_recv().unwrap().unwrap();
        assert_eq!(appended.first_refusal, Some(numbers + 1));
        numbers += u64::try_from(appended.outcomes.len()).unwrap();
        for outcome in &appended.outcomes {
            let Outcome::Refused(refusal) = outcome else {
                panic!("{outcome:?}")
            };
            assert_eq!(refusal.reason, Reason::ObjectionOpen);
            let named = refusal.facts.len();
            assert!([0, REFUSAL_FACTS_MAX].contains(&named), "{named}");
            let counted = usize::try_from(refusal.facts_left_off).unwrap();
            assert_eq!(named + counted, OBJECTIONS_OPEN_MAX);
        }
    }
    assert!(bystander.blocking_recv().unwrap().is_ok());
    assert_eq!(world.engine.status().stopped, None);
    let records = records(&store.store);
    assert_eq!(records.len(), 1_310 + REQUEST_COMMANDS_MAX);
    assert_eq!(records[0].refusal.facts.len(), REFUSAL_FACTS_MAX);
    // The same answer for ever, and from the store.
    let again = independent(202, close_publicity(REQUEST_COMMANDS_MAX));
    let again = world.engine.append_blocking(again).unwrap();
    assert!(again.replayed);
    for (outcome, record) in again.outcomes.iter().zip(&records[1_310..]) {
        assert_eq!(*outcome, Outcome::Refused(record.refusal.clone()));
    }
}

/// The largest refusal that a rule can make: every text as long as it may be, of characters of
/// four bytes, and every number as long as it gets.
fn largest() -> Refusal {
    let longest = |chars: usize| "\u{20000}".repeat(chars);
    Refusal::new(Reason::ObjectionOpen)
        .under(RuleCitation {
            policy: Position::new(1 << 42),
            document: Arc::from(longest(128)),
            clause: Arc::from(longest(500)),
            valid_from: date(TODAY),
        })
        .limit(i64::MIN, i64::MIN)
        .about(longest(128))
        .because((1_u64..20_000).map(|n| Position::new(n << 28)))
}

#[test]
fn the_largest_refusals_of_the_most_commands_fit_into_a_group() {
    for refusal in [largest(), Refusal::new(Reason::ClassFull)] {
        let mut request = independent(1, close_publicity(REQUEST_COMMANDS_MAX));
        request.actor = Arc::from("a".repeat(256));
        request.source_system = Arc::from("\u{20000}".repeat(128));
        let mut kept = Kept::new(&request);
        let context = Context::default();
        let mut stored = 0;
        for command in &request.commands {
            let (before, details) = (kept.bytes, kept.details.len());
            let refusal = kept.add(&context, command, refusal.clone(), &[]);
            assert_eq!(kept.details.len(), details + 1);
            let record = RefusalRecord {
                recorded_at: noon(TODAY),
                actor: request.actor.clone(),
                source_system: request.source_system.clone(),
                request_id: request.request_id,
                command_index: 4_999,
                asked_for: command.body.kind().asks_for(),
                occurred_on: command.occurred_on,
                decided_at: Position::new(1 << 42),
                refusal: refusal.clone(),
                detail: kept.details[details].clone(),
            };
            let key = keys::refusal(1 << 42);
            let record = key.len() + crate::refusals::encode_refusal(&record).len();
            let answer = crate::answers::refusal_bytes(&refusal);
            let counted = kept.bytes - before;
            assert!(
                counted >= record + answer,
                "{counted} < {record} + {answer}"
            );
            stored += record + answer;
            let is_whole = refusal.facts_left_off == 0 || !refusal.facts.is_empty();
            let clause = refusal.rule.map_or(0, |rule| rule.clause.len());
            assert!(is_whole || clause <= REFUSAL_LEAN_TEXT_BYTES_MAX);
        }
        let events = GROUP_BYTES_HARD_MAX + REFUSAL_DETAIL_BYTES_MAX;
        assert!(events + kept.bytes <= GROUP_BYTES_FULL);
        assert!(stored <= kept.bytes);
    }
}
