//! From a clawback down to every fact it rests on, and from a false fact up to the money.

use std::collections::BTreeSet;

use ledger_core::{EventKind as Kind, Position, RecordedEvent};

use crate::script::{Script, run};
use crate::tables::BODIES;

/// A project class in every stage: residence, attendance, assessment, advance, employment, rest.
const PROJECT: &str = "
    2019-01-01 policy P1 hours=80/100 assessment=yes @policy
               status A 370102 2019-01-01..      @residence
    2020-02-20 class C1 kind=project residence=370100 @class
    2020-03-01 open C1 @opened
               enrol C1 A @enrolled
    2020-03-02 attend C1 A 32 @attended
    2020-03-03 attend C1 A 32
    2020-03-31 complete C1 A @completed
               assess C1 A passed @assessed
               certify C1 A @certified
               close C1 @closed
    2020-04-01 order D1 C1 advance A @advance
    2020-04-02 settle D1 @advanced
    2020-04-03 approve C1 A @approved
    2020-05-01 employ C1 A 2020-05-01 @employed
               order D2 C1 final A @rest
    2020-05-02 settle D2 @paid
    2020-06-01 case S1 I1 @case
               find S1 F1 C1 A evidence=@attended @found
";

/// What lies behind a payment for a trainee.
const TRAINING: [Kind; 13] = [
    Kind::PolicyPublished,
    Kind::InstitutionRegistered,
    Kind::QualificationGranted,
    Kind::PersonRegistered,
    Kind::PersonStatusDeclared,
    Kind::ClassApproved,
    Kind::ClassOpened,
    Kind::PersonEnrolled,
    Kind::AttendanceRecorded,
    Kind::TrainingCompleted,
    Kind::AssessmentRecorded,
    Kind::CertificateIssued,
    Kind::SubsidyApproved,
];

#[test]
fn a_clawback_leads_to_everything_behind_it() {
    let clawback = "2020-06-02 claw W1 S1 F1 D2:A:400.00 @clawback
                               repay W1 400.00 @repaid";
    let script = run(&[BODIES, PROJECT, clawback]);
    let of_rest = [
        Kind::CaseOpened,
        Kind::FindingMade,
        Kind::ClawbackDecided,
        Kind::RepaymentReceived,
        Kind::ClassClosed,
        Kind::ProjectSettled,
        Kind::DisbursementOrdered,
        Kind::DisbursementSettled,
        Kind::EmploymentConfirmed,
    ];
    check(&script, "repaid", &[&TRAINING[..], &of_rest[..]].concat());
    let reached = behind(&script.ledger.events, script.labels["repaid"]);
    for label in [
        "advance",
        "advanced",
        "rest",
        "paid",
        "approved",
        "certified",
        "attended",
    ] {
        assert!(
            reached.contains(&script.labels[label]),
            "{label} is not behind the clawback"
        );
    }
}

/// The advance was ordered before the approval; the clawback leads to it all the same.
#[test]
fn a_clawback_of_an_early_advance_leads_to_the_approval() {
    let script = run(&[
        BODIES,
        PROJECT,
        "2020-06-02 claw W1 S1 F1 D1:A:600.00 @clawback",
    ]);
    check(&script, "clawback", &TRAINING);
}

#[test]
fn a_payment_to_the_employer_rests_on_the_employment() {
    let ordinary = "
        2019-01-01 policy P1
        2020-02-20 class C1
                   open C1
        2020-03-31 graduate C1 A
                   approve C1 A
                   employ C1 A 2020-03-31 by=X1 @employed
                   institution X1
                   order D1 C1 full A to=employer:X1 @ordered
    ";
    let script = run(&[BODIES, ordinary]);
    check(
        &script,
        "ordered",
        &[Kind::EmploymentConfirmed, Kind::CertificateIssued],
    );
}

/// A certificate that replaced a void one is behind the payment, although the approval came first.
#[test]
fn a_payment_rests_on_the_certificate_that_replaced_another() {
    let ordinary = "
        2019-01-01 policy P1
        2020-02-20 class C1
                   open C1
        2020-03-31 graduate C1 A
                   approve C1 A
                   order D1 C1 full A
                   void A
                   return D1 passive
                   certify C1 A @replaced
                   order D2 C1 full A @ordered
    ";
    let script = run(&[BODIES, ordinary]);
    let reached = behind(&script.ledger.events, script.labels["ordered"]);
    assert!(reached.contains(&script.labels["replaced"]));
}

#[test]
fn a_false_fact_leads_up_to_the_money() {
    let script = run(&[
        BODIES,
        PROJECT,
        "2020-06-02 claw W1 S1 F1 D2:A:400.00 @clawback",
    ]);
    let events = &script.ledger.events;
    for label in [
        "attended",
        "certified",
        "assessed",
        "enrolled",
        "eval1",
        "train1",
        "policy",
    ] {
        let from = script.labels[label];
        let rest: BTreeSet<&str> = ["rest", "paid", "clawback"]
            .into_iter()
            .filter(|to| !behind(events, script.labels[*to]).contains(&from))
            .collect();
        assert!(rest.is_empty(), "{label} does not lead to {rest:?}");
    }
}

/// An award that was obtained by fraud, with a penalty beside its clawback.
const AWARD: &str = "
    2020-01-01 policy P2 awards=prize/fixed:300.00/person penalties=fraud/skilled_talent/1of10/1of2
               account 370000 fund=skilled_talent @account
               accrue 370000 300.00 fund=skilled_talent
               award G1 prize person:A medal @award
               pay-award D1 G1
               settle D1
               case S1
               find S1 F1 award:G1 kind=fraud
               claw W1 S1 F1 D1:award:300.00
               penalty W1 30.00 @penalty
               repay W1 300.00 @repaid
";

#[test]
fn a_penalty_leads_to_the_award_and_its_rules() {
    let script = run(&[BODIES, AWARD]);
    let of_award = [
        Kind::PolicyPublished,
        Kind::AccountOpened,
        Kind::PersonRegistered,
        Kind::AwardApproved,
        Kind::DisbursementOrdered,
        Kind::DisbursementSettled,
        Kind::CaseOpened,
        Kind::FindingMade,
        Kind::ClawbackDecided,
    ];
    check(&script, "penalty", &of_award);
    check(&script, "repaid", &of_award);
    let reached = behind(&script.ledger.events, script.labels["penalty"]);
    for label in ["account", "award", "a"] {
        assert!(reached.contains(&script.labels[label]), "{label} is behind");
    }
}

fn check(script: &Script, from: &str, expected: &[Kind]) {
    let events = &script.ledger.events;
    let reached = behind(events, script.labels[from]);
    let kinds: BTreeSet<Kind> = reached.iter().map(|at| kind_at(events, *at)).collect();
    let missing: Vec<_> = expected
        .iter()
        .filter(|kind| !kinds.contains(kind))
        .collect();
    assert!(missing.is_empty(), "{missing:?} are not behind {from}");
}

/// Every position that the event rests on, itself included: its causes, the policy that it applied,
/// and theirs.
fn behind(events: &[RecordedEvent], from: Position) -> BTreeSet<Position> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(position) = open.pop() {
        if reached.insert(position) {
            let event = &at(events, position).event;
            open.extend(event.causes.iter().chain(&event.policy));
        }
    }
    reached
}

fn kind_at(events: &[RecordedEvent], position: Position) -> Kind {
    at(events, position).event.body.kind()
}

fn at(events: &[RecordedEvent], position: Position) -> &RecordedEvent {
    events
        .iter()
        .find(|recorded| recorded.position == position)
        .unwrap()
}
