//! The tables, and the check that they leave no refusal out.

mod account;
mod award;
mod bounds;
mod certificate;
mod claim;
mod class;
mod correction;
mod envelope;
mod explain;
mod institution;
mod order;
mod payment;
mod person;
mod policy;
mod progress;
mod publicity;
mod recovery;
mod subsidy;
mod supervision;
mod training;
mod versions;

use std::collections::BTreeSet;

use ledger_core::refusal::Reason;

/// Names tables, each with what is given, and makes a test of each.
macro_rules! tables {
    ($($name:ident given [$($given:expr),*] $table:literal)+) => {
        pub(crate) const TABLES: &[&str] = &[$($table),+];
        $(
            #[test]
            fn $name() {
                let script = crate::script::run(&[$($given,)* $table]);
                crate::simulate::check_in_force(&script);
            }
        )+
    };
}
pub(crate) use tables;

/// An account with a million yuan, a training body, an evaluator and a few persons.
pub(crate) const BODIES: &str = "
    2019-01-01 account 370100
               accrue 370100 1000000.00
               institution I1
               qualify I1 train1 train             @train1
               institution E1
               qualify E1 eval1 evaluate           @eval1
               person A @a
               person B @b
               person C,D
";

/// The rules as the documents have them.
pub(crate) const POLICY: &str = "2019-01-01 policy P1 @policy";

/// An ordinary class of March 2020.
pub(crate) const CLASS: &str = "
    2020-02-20 class C1   @class
    2020-03-01 open C1    @opened
";

/// The same with one graduate.
pub(crate) const GRADUATE: &str = "
    2020-02-20 class C1   @class
    2020-03-01 open C1    @opened
    2020-03-31 enrol C1 A @enrolled
               complete C1 A @completed
               certify C1 A @certified
               close C1   @closed
";

#[test]
fn every_refusal_is_in_a_table() {
    let tables = [
        account::TABLES,
        award::TABLES,
        certificate::TABLES,
        claim::TABLES,
        class::TABLES,
        class::rates::TABLES,
        correction::TABLES,
        envelope::TABLES,
        explain::TABLES,
        institution::TABLES,
        order::TABLES,
        payment::TABLES,
        payment::project::TABLES,
        person::TABLES,
        policy::TABLES,
        publicity::TABLES,
        recovery::TABLES,
        recovery::penalty::TABLES,
        subsidy::TABLES,
        subsidy::amount::TABLES,
        subsidy::eligibility::TABLES,
        supervision::TABLES,
        training::TABLES,
        versions::TABLES,
    ];
    let outcomes = tables
        .iter()
        .copied()
        .flatten()
        .flat_map(|table| table.lines());
    let outcomes = outcomes.filter_map(|line| line.split_once("=>"));
    let produced: BTreeSet<&str> = outcomes
        .filter_map(|(_, outcome)| outcome.split_whitespace().next())
        .collect();
    let forgotten: Vec<_> = Reason::ALL
        .iter()
        .filter(|reason| !produced.contains(reason.name()))
        .collect();
    assert!(forgotten.is_empty(), "no table refuses for {forgotten:?}");
}

#[test]
fn reasons_have_permanent_numbers_and_names() {
    let numbers: BTreeSet<_> = Reason::ALL.iter().map(|reason| reason.number()).collect();
    let names: BTreeSet<_> = Reason::ALL.iter().map(|reason| reason.name()).collect();
    assert_eq!(
        (numbers.len(), names.len()),
        (Reason::ALL.len(), Reason::ALL.len())
    );
    assert!(
        Reason::ALL.is_sorted(),
        "reasons compare by their source order"
    );
}
