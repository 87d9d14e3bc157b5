//! What is counted, in which quarter and for whom; and what is taken back.

use ledger_core::coded::{ClassForm, Group, TrainingKind};
use ledger_core::progress::ProgressKey;

use super::{BODIES, CLASS, POLICY};
use crate::script::{Script, run};

/// Counts what a table leads to: one line per counter, without the scheme, which is one for all.
fn counts(table: &str, expected: &str) {
    let script = run(&[POLICY, BODIES, table]);
    let expected: Vec<&str> = expected.lines().map(str::trim).collect();
    let expected: Vec<&str> = expected
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(lines(&script), expected);
}

fn lines(script: &Script) -> Vec<String> {
    let counters = script.ledger.counters.iter();
    counters.map(|(key, count)| line(key, count)).collect()
}

fn line(key: &ProgressKey, count: u64) -> String {
    let profile = &key.profile;
    let mut words = vec![format!("{:?}", key.measure).to_lowercase()];
    words.extend(key.found_false.then(|| "false".to_owned()));
    words.push(key.division.to_string());
    words.push(key.quarter.to_string());
    words.extend(profile.training.map(TrainingKind::code).map(String::from));
    words.extend(profile.form.map(ClassForm::code).map(String::from));
    words.extend(
        profile
            .level
            .map(|level| format!("{level:?}").to_lowercase()),
    );
    words.extend(profile.groups.iter().map(Group::code).map(String::from));
    words.extend(profile.action.as_ref().map(ToString::to_string));
    words.extend(profile.sector.as_ref().map(ToString::to_string));
    format!("{} = {count}", words.join(" "))
}

#[test]
fn each_measure_counts_one_kind_of_event() {
    counts(
        "
        2020-02-20 class C1
                   class C2 level=none occupation=6-31-01-03 division=370200
        2020-03-01 open C1
                   enrol C1 A,B,C
        2020-03-31 complete C1 A,B
                   certify C1 A
                   approve C1 A
        ",
        "
        subsidised 370100 2020Q1 junior = 1
        completed 370100 2020Q1 junior = 2
        certified 370100 2020Q1 junior = 1
        classes 370100 2020Q1 junior = 1
        ",
    );
}

#[test]
fn a_profile_is_what_the_class_was_approved_for() {
    counts(
        "
        2020-02-20 class C1 action=digital sector=modern-services training=digital form=order_class
                   class C2 level=none occupation=6-31-01-03 division=370200 action=digital
        2020-03-01 open C1
                   open C2
        ",
        "
        classes 370100 2020Q1 digital order_class junior digital modern-services = 1
        classes 370200 2020Q1 digital = 1
        ",
    );
}

/// The last day of a quarter and the first of the next; a certificate counts by its issue.
#[test]
fn the_business_date_puts_a_fact_into_its_quarter() {
    counts(
        "
        2020-02-20 class C1
        2020-03-01 open C1
                   enrol C1 A,B,C,D
        2020-03-31 complete C1 A,B
        2020-04-01 complete C1 C
        2020-07-01 certify C1 A issued=2020-06-30
                   certify C1 B issued=2020-07-01
        2020-09-30 approve C1 A
        2020-10-01 approve C1 B
        2021-01-01 complete C1 D
        ",
        "
        subsidised 370100 2020Q3 junior = 1
        subsidised 370100 2020Q4 junior = 1
        completed 370100 2020Q1 junior = 2
        completed 370100 2020Q2 junior = 1
        completed 370100 2021Q1 junior = 1
        certified 370100 2020Q2 junior = 1
        certified 370100 2020Q3 junior = 1
        classes 370100 2020Q1 junior = 1
        ",
    );
}

/// C1 trains from 2020-03-01 to 2020-03-31.
#[test]
fn groups_are_those_of_the_training_dates() {
    counts(
        "
        2020-02-20 class C1
        2020-03-01 open C1
                   person P1..P5
                   status P1 group:veteran 2020-01-01..2020-02-29
                   status P2 group:veteran 2020-01-01..2020-03-01
                   status P3 group:veteran 2020-03-31..
                   status P4 group:veteran 2020-04-01..
                   status P5 group:veteran 2020-01-01..
                   status P5 group:migrant_worker 2020-03-10..2020-03-12
                   status P5 370100 2020-01-01..
                   enrol C1 P1..P5
        2020-04-02 complete C1 P1..P5
        ",
        "
        completed 370100 2020Q2 junior = 2
        completed 370100 2020Q2 junior veteran = 2
        completed 370100 2020Q2 junior migrant_worker veteran = 1
        classes 370100 2020Q1 junior = 1
        ",
    );
}

/// Each fact counts under the groups known when it was recorded, and is taken back from there.
#[test]
fn what_is_taken_back_leaves_the_counter_that_it_came_into() {
    let before = "
        2020-02-20 class C1
        2020-03-01 open C1
                   enrol C1 A,B
        2020-03-31 complete C1 A,B
                   status A group:veteran 2020-01-01..
                   certify C1 A,B
                   end A group:veteran 2020-02-29
                   status A group:disabled 2020-01-01..
        2020-04-01 approve C1 A,B
                   end A group:disabled 2020-02-29
    ";
    counts(
        before,
        "
        subsidised 370100 2020Q2 junior = 1
        subsidised 370100 2020Q2 junior disabled = 1
        completed 370100 2020Q1 junior = 2
        certified 370100 2020Q1 junior = 1
        certified 370100 2020Q1 junior veteran = 1
        classes 370100 2020Q1 junior = 1
        ",
    );
    counts(
        &format!("{before}\n2021-05-05 void A => ok lapses=yes"),
        "
        subsidised 370100 2020Q2 junior = 1
        completed 370100 2020Q1 junior = 2
        certified 370100 2020Q1 junior = 1
        classes 370100 2020Q1 junior = 1
        ",
    );
}

#[test]
fn an_approval_that_was_paid_outlives_its_certificate() {
    counts(
        "
        2020-02-20 class C1
        2020-03-01 open C1
        2020-03-31 graduate C1 A
                   approve C1 A
                   order D1 C1 full A
        2020-04-02 void A                       => ok lapses=no
        ",
        "
        subsidised 370100 2020Q1 junior = 1
        completed 370100 2020Q1 junior = 1
        classes 370100 2020Q1 junior = 1
        ",
    );
}

/// The subsidy stands: what comes back from the bank is paid again, and what is asked back for a
/// mistake was no false training. Only a finding sets a place apart.
#[test]
fn money_that_comes_back_changes_no_count() {
    let paid = "
        2020-02-20 class C1
        2020-03-01 open C1
        2020-03-31 graduate C1 A,B,C
                   approve C1 A,B,C
                   order D1 C1 full A
                   order D2 C1 full B
                   order D3 C1 full C
                   settle D1
                   settle D2
                   settle D3
    ";
    let counted = "
        subsidised 370100 2020Q1 junior = 3
        completed 370100 2020Q1 junior = 3
        certified 370100 2020Q1 junior = 3
        classes 370100 2020Q1 junior = 1
        ";
    counts(paid, counted);
    let back = "
        2020-04-02 return D1 active
        2020-08-01 case S1
                   find S1 F1 C1 B kind=honest
                   claw W1 S1 F1 D2:B:1000.00
                   repay W1 1000.00             => ok outstanding=0.00
    ";
    counts(&format!("{paid}{back}"), counted);
    let false_ = "
                   find S1 F2 C1 C
                   claw W2 S1 F2 D3:C:1000.00
                   repay W2 1000.00             => ok outstanding=0.00
    ";
    counts(
        &format!("{paid}{back}{false_}"),
        "
        subsidised 370100 2020Q1 junior = 3
        subsidised false 370100 2020Q1 junior = 1
        completed 370100 2020Q1 junior = 3
        completed false 370100 2020Q1 junior = 1
        certified 370100 2020Q1 junior = 3
        certified false 370100 2020Q1 junior = 1
        classes 370100 2020Q1 junior = 1
        ",
    );
}

#[test]
fn a_certificate_issued_again_counts_again() {
    counts(
        "
        2020-02-20 class C1
        2020-03-01 open C1
        2020-03-31 graduate C1 A
                   approve C1 A
        2020-04-02 void A
                   certify C1 A
        2020-07-02 approve C1 A
        ",
        "
        subsidised 370100 2020Q3 junior = 1
        completed 370100 2020Q1 junior = 1
        certified 370100 2020Q2 junior = 1
        classes 370100 2020Q1 junior = 1
        ",
    );
}

/// Two findings about one place set it apart once; a mistake sets nothing apart.
#[test]
fn places_found_false_are_counted_apart_once() {
    counts(
        "
        2020-02-20 class C1
        2020-03-01 open C1
        2020-03-31 graduate C1 A,B,C
                   approve C1 A,B
        2020-08-01 case S1
                   find S1 F1 C1 C kind=honest
                   find S1 F2 C1 A
                   find S1 F3 C1 A,B kind=ineligible
        ",
        "
        subsidised 370100 2020Q1 junior = 2
        subsidised false 370100 2020Q1 junior = 2
        completed 370100 2020Q1 junior = 3
        completed false 370100 2020Q1 junior = 2
        certified 370100 2020Q1 junior = 3
        certified false 370100 2020Q1 junior = 2
        classes 370100 2020Q1 junior = 1
        ",
    );
}

#[test]
fn a_class_found_false_takes_all_its_places_apart() {
    let class = "
        2020-02-20 class C1
        2020-03-01 open C1
                   enrol C1 A,B,C
                   status B group:veteran 2020-01-01..
        2020-03-31 complete C1 A,B
                   certify C1 A,B
                   approve C1 B
        2020-08-01 case S1
                   find S1 F1 C1 A
                   find S1 F2 C1
    ";
    counts(
        class,
        "
        subsidised 370100 2020Q1 junior veteran = 1
        subsidised false 370100 2020Q1 junior veteran = 1
        completed 370100 2020Q1 junior = 1
        completed 370100 2020Q1 junior veteran = 1
        completed false 370100 2020Q1 junior = 1
        completed false 370100 2020Q1 junior veteran = 1
        certified 370100 2020Q1 junior = 1
        certified 370100 2020Q1 junior veteran = 1
        certified false 370100 2020Q1 junior = 1
        certified false 370100 2020Q1 junior veteran = 1
        classes 370100 2020Q1 junior = 1
        classes false 370100 2020Q1 junior = 1
        ",
    );
    // What comes to a false class is false from its beginning; what is taken back leaves both.
    counts(
        &format!(
            "{class}
        2020-08-02 find S1 F3 C1
                   find S1 F4 C1 A,B
                   complete C1 C
                   void A
                   void B                       => ok lapses=yes
        "
        ),
        "
        completed 370100 2020Q1 junior = 1
        completed 370100 2020Q1 junior veteran = 1
        completed 370100 2020Q3 junior = 1
        completed false 370100 2020Q1 junior = 1
        completed false 370100 2020Q1 junior veteran = 1
        completed false 370100 2020Q3 junior = 1
        classes 370100 2020Q1 junior = 1
        classes false 370100 2020Q1 junior = 1
        ",
    );
}

#[test]
fn a_class_found_false_before_it_opens() {
    counts(
        "
        2020-02-20 class C1
                   case S1
                   find S1 F1 C1
        2020-03-01 open C1
        ",
        "
        classes 370100 2020Q1 junior = 1
        classes false 370100 2020Q1 junior = 1
        ",
    );
}

/// A place given up and taken again counts as the place that it is now.
#[test]
fn a_new_enrolment_is_a_place_of_its_own() {
    let script = run(&[
        POLICY,
        BODIES,
        CLASS,
        "
        2020-03-02 enrol C1 A
                   case S1
                   find S1 F1 C1 A
                   withdraw C1 A
                   enrol C1 A
        2020-03-31 complete C1 A
        ",
    ]);
    let expected = [
        "completed 370100 2020Q1 junior = 1",
        "classes 370100 2020Q1 junior = 1",
    ];
    assert_eq!(lines(&script), expected);
}
