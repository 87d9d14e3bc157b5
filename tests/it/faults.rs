//! Some rounds of the fault campaign; `cargo xtask faults` goes on for as long as one likes.

use ledger_tests::faults::{Campaign, KINDS};
use std::env;

/// Rounds of each kind in a run of the tests; one takes a third of a second.
const ROUNDS: u64 = 12;

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
    let seed = u64::from_be_bytes(*uuid::Uuid::new_v4().as_bytes().first_chunk().unwrap());
    // The step before which the server is killed follows from the number of the round: over the
    // runs every step comes up.
    let first = seed % 150;
    let report = campaign
        .run(&kinds, seed, first..first + ROUNDS)
        .unwrap_or_else(|error| panic!("{error:#}"));
    println!("{report}");
    let struck: u64 = report.tallies().values().map(|tally| tally.struck).sum();
    let rounds: u64 = report.tallies().values().map(|tally| tally.rounds).sum();
    assert!(struck * 2 > rounds, "most faults have to strike:\n{report}");
}
