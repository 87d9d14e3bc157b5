//! `ledger-faults`: the fault campaign on the real server, for as long as one likes.

use clap::Parser;
use ledger_tests::bench::say;
use ledger_tests::faults::{Campaign, KINDS};
use std::process::ExitCode;

/// Runs the server on a disk with faults, again and again, and asks each time whether everything
/// that was acknowledged is there.
///
/// It mounts a file system of its own, which takes root and /dev/fuse.
#[derive(Debug, Parser)]
#[command(name = "ledger-faults")]
struct Options {
    /// Only this kind of fault; may be repeated.
    #[arg(long)]
    kind: Vec<String>,
    /// What the faults follow from.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The first round.
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Rounds of each kind; one takes a third of a second.
    #[arg(long, default_value_t = 150)]
    rounds: u64,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(report) => {
            say(&report);
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format!("failed: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> anyhow::Result<String> {
    let names: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
    for kind in &options.kind {
        anyhow::ensure!(
            names.contains(&kind.as_str()),
            "there is no kind {kind:?}; there are {names:?}"
        );
    }
    let chosen: Vec<_> = names
        .into_iter()
        .filter(|name| options.kind.is_empty() || options.kind.iter().any(|kind| kind == name))
        .collect();
    let folder = tempfile::tempdir()?;
    let mut campaign = Campaign::new(folder.path().to_owned())?;
    let rounds = options.first..options.first + options.rounds;
    Ok(campaign.run(&chosen, options.seed, rounds)?.to_string())
}
