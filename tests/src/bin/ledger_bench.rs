//! `ledger-bench`: how fast the ledger is, beside what the same machine could do at most.

use clap::Parser as _;
use ledger_tests::bench::{self, Options};
use std::process::ExitCode;

/// The server's, so that the engine is measured as it runs there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let options = Options::parse();
    match bench::run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            bench::say(&format!("the benchmark failed: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
