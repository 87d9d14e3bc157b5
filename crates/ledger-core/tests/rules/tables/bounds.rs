//! Bounds of what one stored value may hold, each reached from below.

use ledger_core::context::award_register_key;
use ledger_core::limits::{
    ATTENDANCES_PER_ENROLMENT_MAX, AWARDS_PER_SCHEME_MAX, ENROLMENTS_PER_PERSON_MAX,
    EVENTS_PER_PERSON_MAX, FINDINGS_PER_CASE_MAX, PENALTIES_PER_CLAWBACK_MAX,
    QUALIFICATIONS_PER_INSTITUTION_MAX, STATUSES_PER_PERSON_MAX,
};
use ledger_core::{Division, Entity, EntityKey, Position, SchemeId};

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

/// A province and its prize, awarded to A once.
const PRIZE: &str = "
    2020-01-01 account 370000 fund=skilled_talent
               accrue 370000 100.00 fund=skilled_talent
               person A
               policy P1 awards=prize/fixed:1.00/person penalties=false/skilled_talent/1of100/2of1
               award G1 prize person:A medal
";

#[test]
fn parts_of_an_award() {
    let mut script = run(&[PRIZE]);
    let parts = |count: usize| vec!["370000"; count].join(",");
    script.play(&format!(
        "award G2 prize person:Z medal parts={} => NAMED_TWICE
         award G2 prize person:Z medal parts={} => OUT_OF_BOUNDS limit=36 found=37",
        parts(36),
        parts(37)
    ));
}

/// Revoked awards stay in the register: it is full with them as well.
#[test]
fn awards_of_a_scheme() {
    let mut script = run(&[PRIZE]);
    let scheme = SchemeId::parse("prize").unwrap();
    let province = Division::parse("370000").unwrap();
    let key = EntityKey::AwardRegister(award_register_key(&scheme, province));
    let Some(Entity::AwardRegister(register)) = script.ledger.entities.get_mut(&key) else {
        panic!("A has the prize");
    };
    let entry = register.entries[0].clone();
    register.entries.resize(AWARDS_PER_SCHEME_MAX - 1, entry);
    script.play(
        "award G2 prize person:A second => ok
         award G3 prize person:A third amount=-1 => OUT_OF_BOUNDS limit=10000 found=10001",
    );
}

#[test]
fn penalties_of_a_clawback() {
    let mut script = run(&[
        PRIZE,
        "pay-award D1 G1
         settle D1
         case S1
         find S1 F1 award:G1
         claw W1 S1 F1 D1:award:1.00",
    ]);
    fill(
        &mut script,
        PENALTIES_PER_CLAWBACK_MAX,
        |_| "penalty W1 0.01".to_owned(),
        "penalty W1 9.00 => OUT_OF_BOUNDS limit=100 found=101",
    );
}

/// A full person receives no more awards and no more payments of one.
#[test]
fn events_of_a_person_with_awards() {
    let mut script = run(&[PRIZE, "pay-award D1 G1 amount=0.50"]);
    let key = EntityKey::Person(person("A"));
    let Some(Entity::Person(full)) = script.ledger.entities.get_mut(&key) else {
        panic!("A is registered");
    };
    full.timeline.resize(EVENTS_PER_PERSON_MAX, Position::FIRST);
    script.play(
        "award G2 prize person:A second amount=-1 => OUT_OF_BOUNDS limit=20000 found=20001
         pay-award D2 G1            => OUT_OF_BOUNDS limit=20000 found=20001
         settle D1                  => ok",
    );
}
