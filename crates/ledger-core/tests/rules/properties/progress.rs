//! Random histories of training: every counter holds what stands at the end.
//!
//! The audit of the ledger counts again; this only leads it into every corner.

use std::collections::BTreeSet;

use ledger_core::EventKind;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::script::{Script, run};

/// Cases of the random run: about two seconds unoptimised on two cores.
const CASES: u32 = 400;

/// Commands of one case.
const STEPS: usize = 80;

/// Four trainees and three classes of two divisions, of which two share their profile.
const WORLD: &str = "
    2019-01-01 policy P1 repeat=none quota=none
               account 370100
               accrue 370100 100000.00
               institution I1
               institution E1
               qualify I1 train1 train
               qualify E1 eval1 evaluate
               person P0..P3
    2020-02-20 class K0
               class K1
               class K2 division=370200 level=senior action=digital
               case S0
    2020-03-01 enrol K0 P0                      => CLASS_NOT_OPEN
";

/// A step: what to do, with which class, which person, which group, and how many days later.
type Step = (u8, u8, u8, u8, u8);

#[test]
fn counters_are_what_stands_after_any_history() {
    let world = run(&[WORLD]);
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let step = (0..100_u8, 0..3_u8, 0..4_u8, 0..2_u8, 0..3_u8);
    let steps = prop::collection::vec(step, STEPS);
    let seen = std::cell::RefCell::new((BTreeSet::new(), 0_u64));
    let outcome = runner.run(&steps, |steps| {
        let mut script = world.clone();
        let mut day = 0;
        for (number, step) in steps.into_iter().enumerate() {
            day += i32::from(step.4) * 2;
            play(&mut script, number, day, step);
        }
        script.ledger.audit();
        let kinds = script.ledger.events.iter();
        let mut seen = seen.borrow_mut();
        seen.0.extend(kinds.map(|event| event.event.body.kind()));
        let counters = script.ledger.counters.iter();
        let apart = counters.filter(|(key, _)| key.found_false);
        seen.1 += apart.map(|(_, count)| count).sum::<u64>();
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    // A run that never approves, takes back or finds false proves nothing.
    let (kinds, apart) = seen.into_inner();
    for kind in [
        EventKind::ClassOpened,
        EventKind::TrainingCompleted,
        EventKind::CertificateIssued,
        EventKind::CertificateInvalidated,
        EventKind::SubsidyApproved,
        EventKind::FindingMade,
        EventKind::PersonStatusEnded,
        EventKind::DisbursementOrdered,
    ] {
        assert!(kinds.contains(&kind), "{kind:?} never happened");
    }
    assert!(apart > 0, "nothing was found false");
}

fn play(script: &mut Script, number: usize, day: i32, (what, class, person, group, _): Step) {
    let start = ledger_core::BusinessDate::from_ymd(2020, 3, 1).unwrap();
    let on = start.add_days(day).unwrap();
    let group = ["veteran", "migrant_worker"][usize::from(group)];
    let place = format!("K{class} P{person}");
    let named = format!("P{person}-K{class}");
    let command = match what {
        0..8 => format!("open K{class}"),
        8..26 => format!("enrol {place}"),
        26..44 => format!("complete {place}"),
        44..60 => format!("certify {place} as={named}"),
        60..74 => format!("approve {place}"),
        74..80 => format!("void {named}"),
        80..84 => format!("status P{person} group:{group} {on}.."),
        84..88 => format!("status P{person} group:{group} 2020-01-01..2020-03-10"),
        88..92 => format!("end P{person} group:{group} {on}"),
        92..95 => format!("find S0 F{number} {place}"),
        95 => format!("find S0 F{number} K{class}"),
        96 => format!("find S0 F{number} {place} kind=honest"),
        97 => format!("withdraw {place}"),
        _ => format!("order D{number} K{class} full P{person}"),
    };
    // A certificate that was never issued has no number to be called by.
    if (74..80).contains(&what) && !script.knows_certificate(&named) {
        return;
    }
    // Refused or not: what is counted is what was accepted.
    let _ = script.attempt(&format!("{on} {command}"));
}
