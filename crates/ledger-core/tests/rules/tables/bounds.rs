//! Bounds of what one stored value may hold, each reached from below.

use ledger_core::limits::{
    ATTENDANCES_PER_ENROLMENT_MAX, ENROLMENTS_PER_PERSON_MAX, EVENTS_PER_PERSON_MAX,
    FINDINGS_PER_CASE_MAX, QUALIFICATIONS_PER_INSTITUTION_MAX, STATUSES_PER_PERSON_MAX,
};
use ledger_core::{Entity, EntityKey, Position};

use super::{BODIES, CLASS, GRADUATE, POLICY};
use crate::script::{Script, person, run};

/// Plays `line` for every number up to `count`, and then `last`.
fn fill(script: &mut Script, count: usize, line: impl Fn(usize) -> String, last: &str) {
    let lines: Vec<String> = (0..count).map(line).collect();
    script.play(&lines.join("\n"));
    script.play(last);
    script.ledger.audit();
}

#[test]
fn qualifications_of_an_institution() {
    fill(
        &mut run(&["2019-01-01 institution I1"]),
        QUALIFICATIONS_PER_INSTITUTION_MAX,
        |number| format!("qualify I1 q{number} train scope=4-10-01-05/junior"),
        "qualify I1 more train valid=2020-02-01..2020-01-31 => OUT_OF_BOUNDS limit=1000 found=1001",
    );
}

#[test]
fn statuses_of_a_person() {
    fill(
        &mut run(&["2019-01-01 person A"]),
        STATUSES_PER_PERSON_MAX,
        |number| format!("status A pension {0}-01-01..{0}-12-31", 1900 + number),
        "status A pension 2199-02-01..2199-01-01 => OUT_OF_BOUNDS limit=256 found=257",
    );
}

#[test]
fn enrolments_of_a_person() {
    fill(
        &mut run(&[POLICY, BODIES, CLASS]),
        ENROLMENTS_PER_PERSON_MAX,
        |_| "enrol C1 A\nwithdraw C1 A".to_owned(),
        "enrol C9 A => OUT_OF_BOUNDS limit=256 found=257",
    );
}

#[test]
fn attendances_of_an_enrolment() {
    let mut script = run(&[POLICY, BODIES, CLASS]);
    script.play("2020-03-01 enrol C1 A");
    fill(
        &mut script,
        ATTENDANCES_PER_ENROLMENT_MAX,
        |_| "attend C1 A 1".to_owned(),
        "attend C1 A 1 => OUT_OF_BOUNDS limit=366 found=367\ncomplete C1 A => ok hours=366",
    );
}

#[test]
fn findings_of_a_case() {
    let mut script = run(&[POLICY, BODIES, CLASS]);
    script.play("case S1");
    fill(
        &mut script,
        FINDINGS_PER_CASE_MAX,
        |number| format!("find S1 F{number} C1"),
        "find S1 more C1 Z,Z => OUT_OF_BOUNDS limit=1000 found=1001",
    );
}

/// A full person takes no more reports and no more money; what is under way is brought to an end.
#[test]
fn events_of_a_person() {
    let mut script = run(&[POLICY, BODIES, GRADUATE]);
    script.play(
        "2020-04-01 approve C1 A
                    order D1 C1 full A
                    case S1
                    find S1 F1 C1 A",
    );
    let key = EntityKey::Person(person("A"));
    let Some(Entity::Person(full)) = script.ledger.entities.get_mut(&key) else {
        panic!("A is registered");
    };
    full.timeline.resize(EVENTS_PER_PERSON_MAX, Position::FIRST);
    script.play(
        "2029-04-01 status A pension 2020-02-01..2020-01-31 => OUT_OF_BOUNDS limit=20000 found=20001
                    enrol C9 A                  => OUT_OF_BOUNDS
                    approve C9 A                => OUT_OF_BOUNDS
                    order D2 C9 full B,A        => OUT_OF_BOUNDS
                    settle D1                   => ok
                    claw W1 S1 F1 D1:A:1000.00  => ok
                    repay W1 1000.00            => ok",
    );
}
