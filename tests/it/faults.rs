//! Some rounds of the fault campaign; `cargo xtask faults` goes on for as long as one likes.

use ledger_tests::faults::{Campaign, KINDS};
use std::env;

/// Rounds of each kind in a run of the tests; one takes a third of a second. The command runs any
/// number, from any seed; the gate has one of its own, so that it says the same each time.
const ROUNDS: u64 = 10;
const SEED: u64 = 20_261_128;

/// The disk with faults is mounted over FUSE, which takes root and `/dev/fuse`. Whoever has neither
/// says so with this variable, and knows then that these rounds were left out.
const WITHOUT_FUSE: &str = "LEDGER_TESTS_WITHOUT_FUSE";

#[test]
fn what_was_acknowledged_survives_a_disk_with_faults() {
    if env::var_os(WITHOUT_FUSE).is_some() {
        println!("left out: {WITHOUT_FUSE} is set");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut campaign = Campaign::new(folder.path().to_owned())
        .unwrap_or_else(|error| panic!("{error:#}; set {WITHOUT_FUSE}=1 to go without"));
    let kinds = KINDS.map(|kind| kind.name);
    let report = campaign
        .run(&kinds, SEED, 0..ROUNDS)
        .unwrap_or_else(|error| panic!("{error:#}"));
    println!("{report}");
    let struck: u64 = report.tallies().values().map(|tally| tally.struck).sum();
    let rounds: u64 = report.tallies().values().map(|tally| tally.rounds).sum();
    assert!(struck * 2 > rounds, "most faults have to strike:\n{report}");
}
