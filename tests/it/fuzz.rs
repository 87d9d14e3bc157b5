//! Every parser that meets foreign bytes, with the corpus and some changed inputs.
//!
//! `cargo xtask fuzz` goes on for as long as one likes.

use ledger_tests::fuzz::{TARGETS, Until, fuzz};
use std::fs;
use std::path::Path;

/// Changed inputs of each target in a run of the tests: a few seconds over all of them.
const INPUTS: u64 = 1_500;

#[test]
fn no_parser_breaks_its_promises() {
    for target in TARGETS {
        let report = fuzz(&target, 20_261_128, 0, Until::Inputs(INPUTS)).unwrap();
        println!("{report}");
        assert!(report.inputs > INPUTS, "{report}");
    }
}

#[test]
fn every_folder_of_the_corpus_belongs_to_a_target() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    for folder in fs::read_dir(corpus).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(TARGETS.iter().any(|target| target.name == name), "{name}");
    }
}
