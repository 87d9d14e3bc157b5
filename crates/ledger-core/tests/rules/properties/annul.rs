//! A history in which facts were annulled ends where the same history without them ends.
//!
//! Random facts of two persons come in any order, wrong ones among them; any event of them may be
//! annulled at any time. What is not refused is played once more without what was annulled: every
//! other command has to be taken again, and has to lead to the same.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use ledger_core::command::CommandBody;
use ledger_core::refusal::Reason;
use ledger_core::{Command, Entity, EventBody, EventKind, Position};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::script::{Script, run};

/// Cases of the random run: a few seconds unoptimised on two cores.
const CASES: u32 = 150;

/// Commands of one case.
const STEPS: usize = 70;

const WORLD: &str = "
    2019-01-01 policy P1 age=16-59-59 quota=3
               account 370100
               accrue 370100 100000.00
               institution I1
               institution E1
               qualify I1 train1 train
               qualify E1 eval1 evaluate
               person A,B,C
    2020-02-20 class K0 places=2
               class K1 level=intermediate
               class K2 kind=project occupation=4-10-01-02
               open K0
               open K1
               open K2
    2020-03-31 graduate K1 A,B
";

/// What is done, for whom, in which class, and which of several.
type Step = (u8, usize, usize, usize);

#[test]
fn what_was_annulled_has_never_been() {
    let world = run(&[WORLD]);
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let step = (0..100_u8, 0..3_usize, 0..3_usize, any::<usize>());
    let steps = prop::collection::vec(step, STEPS);
    let seen = RefCell::new((BTreeSet::new(), BTreeSet::new()));
    let outcome = runner.run(&steps, |steps| {
        let mut script = world.clone();
        for step in steps {
            let Some(line) = line(step, &script) else {
                continue;
            };
            match script.attempt(&line) {
                Ok(events) => seen.borrow_mut().0.extend(annulled(&events[0].event.body)),
                Err(refusal) => {
                    seen.borrow_mut().1.insert(refusal.reason);
                }
            }
        }
        check(&script);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let (kinds, reasons) = seen.into_inner();
    for kind in ANNULLED {
        assert!(kinds.contains(&kind), "{kind:?} was never annulled");
    }
    for reason in [
        Reason::FactIsAnnulled,
        Reason::FactsRestOnIt,
        Reason::DecisionsRestOnIt,
    ] {
        assert!(reasons.contains(&reason), "never refused for {reason:?}");
    }
}

const ANNULLED: [EventKind; 12] = [
    EventKind::PersonRegistered,
    EventKind::PersonStatusDeclared,
    EventKind::PersonStatusEnded,
    EventKind::PersonEnrolled,
    EventKind::EnrolmentWithdrawn,
    EventKind::AttendanceRecorded,
    EventKind::TrainingCompleted,
    EventKind::AssessmentRecorded,
    EventKind::EmploymentConfirmed,
    EventKind::EmploymentWithdrawn,
    EventKind::ClaimSubmitted,
    EventKind::AgencyContractRecorded,
];

fn annulled(body: &EventBody) -> Option<EventKind> {
    match body {
        EventBody::FactAnnulled(e) => Some(e.annulled.fact.kind()),
        _ => None,
    }
}

fn line((what, person, class, which): Step, script: &Script) -> Option<String> {
    let p = ["A", "B", "C"][person];
    let k = format!("K{class}");
    let status = [
        "pension",
        "group:veteran",
        "group:migrant_worker",
        "age:30",
        "age:15",
        "age:30",
    ][which % 6];
    let until = ["2020-03-10", "2020-12-31", "2021-12-31"][which / 6 % 3];
    Some(match what {
        0..5 => format!("2020-04-01 status {p} {status} 2020-01-01.."),
        5..8 => format!("2020-04-01 status {p} {status} 2020-03-05..{until}"),
        8..11 => format!("2020-04-01 status {p} {status} 2022-01-01.."),
        11..18 => format!("2020-04-01 end {p} {status} {until}"),
        18..27 => format!("2020-03-01 enrol {k} {p}"),
        27..30 => format!("2020-03-02 withdraw {k} {p}"),
        30..37 => format!("2020-03-0{} attend {k} {p} 8", 1 + which % 9),
        37..44 => format!("2020-03-31 complete {k} {p}"),
        44..49 => {
            let result = if which % 3 == 0 { "passed" } else { "failed" };
            format!("2020-03-31 assess {k} {p} {result}")
        }
        49..53 => format!("2020-03-31 certify {k} {p}"),
        53..57 => format!("2020-04-02 employ {k} {p} 2020-04-01"),
        57..60 => format!("2020-04-02 unemploy {k} {p}"),
        60..62 => format!("2020-04-02 agency {k} {p}"),
        62..64 => format!("2020-04-02 claim {k} {p}"),
        64..67 => format!("2020-04-02 approve {k} {p}"),
        67..68 => format!("2020-04-02 order D{} {k} full {p}", script.accepted.len()),
        68..69 => format!("2020-01-01 person {p}"),
        69..97 => {
            let events = &script.ledger.events;
            let open = events
                .iter()
                .rev()
                .take(STEPS)
                .filter(|event| ANNULLED.contains(&event.event.body.kind()));
            let open: Vec<_> = open.collect();
            let event = open.get(which % open.len().max(1))?;
            format!("2020-04-02 annul of={}", event.position)
        }
        _ => return None,
    })
}

/// Plays the history again without what was annulled, and compares.
pub(crate) fn check(script: &Script) {
    script.ledger.audit();
    let gone: BTreeSet<Position> = script
        .ledger
        .events
        .iter()
        .filter_map(|event| match &event.event.body {
            EventBody::FactAnnulled(e) => Some([e.annulled.position, event.position]),
            _ => None,
        })
        .flatten()
        .collect();
    let mut again = Script::new();
    again.ledger.now = script.ledger.now;
    let mut now_at = BTreeMap::new();
    for (command, positions) in &script.accepted {
        if positions.iter().any(|position| gone.contains(position)) {
            continue;
        }
        let command = moved(command, &now_at);
        let events = again.submit(&command);
        let events = events.unwrap_or_else(|refusal| panic!("{refusal:?} for {command:?}"));
        assert_eq!(events.len(), positions.len(), "{command:?}");
        let new = events.iter().map(|event| event.position);
        now_at.extend(positions.iter().copied().zip(new));
    }
    let mut keys: BTreeSet<_> = script.ledger.entities.keys().collect();
    keys.extend(again.ledger.entities.keys());
    for key in keys {
        let was = script.ledger.entities.get(key).and_then(never_annulled);
        let was = was.map(|entity| renumbered(&without(entity, &gone), &now_at));
        let is = again.ledger.entities.get(key);
        assert_eq!(was, is.map(|entity| format!("{entity:?}")), "{key:?}");
    }
    assert_eq!(script.ledger.counters, again.ledger.counters, "counters");
    assert_eq!(script.ledger.books, again.ledger.books, "balances");
}

/// The entity as it would be if nothing of it had been annulled; none where all of it was.
fn never_annulled(entity: &Entity) -> Option<Entity> {
    match entity {
        Entity::Person(person) if !person.is_registered() => None,
        other => Some(other.clone()),
    }
}

/// Without the history that only readers see.
fn without(mut entity: Entity, gone: &BTreeSet<Position>) -> Entity {
    if let Entity::Person(person) = &mut entity {
        person.annulled.clear();
        person.timeline.retain(|position| !gone.contains(position));
    }
    entity
}

fn moved(command: &Command, now_at: &BTreeMap<Position, Position>) -> Command {
    let mut command = command.clone();
    for cause in &mut command.causes {
        *cause = now_at[cause];
    }
    if let CommandBody::ResolveObjection(c) = &mut command.body {
        c.objection = now_at[&c.objection];
    }
    command
}

/// What an entity says, with the positions of the history that is played again.
fn renumbered(entity: &Entity, now_at: &BTreeMap<Position, Position>) -> String {
    let said = format!("{entity:?}");
    let mut parts = said.split("Position(");
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        let (number, rest) = part.split_once(')').unwrap();
        let position = Position::new(number.parse().unwrap());
        let new = now_at.get(&position);
        let new = new.map_or("gone".to_owned(), |new| new.get().to_string());
        text += &format!("Position({new}){rest}");
    }
    text
}
