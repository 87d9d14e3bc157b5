//! `ledger-fuzz`: every parser that meets foreign bytes, for as long as one likes.

use clap::Parser;
use ledger_client::reading::sheet::READER_THREAD;
use ledger_tests::bench::say;
use ledger_tests::fuzz::{TARGETS, Target, Until, fuzz};
use std::process::ExitCode;
use std::time::Duration;

/// Feeds changed inputs to every parser that meets foreign bytes.
#[derive(Debug, Parser)]
#[command(name = "ledger-fuzz")]
struct Options {
    /// Only this target.
    #[arg(long, value_parser = target)]
    target: Option<Target>,
    /// Seconds for each target.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// So many inputs for each target, however long they take.
    #[arg(long, conflicts_with = "seconds")]
    inputs: Option<u64>,
    /// What the changes follow from.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Number of the first changed input.
    #[arg(long, default_value_t = 0)]
    first: u64,
}

fn target(name: &str) -> Result<Target, String> {
    let found = TARGETS.into_iter().find(|target| target.name == name);
    found.ok_or_else(|| {
        let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        format!("there are {}", names.join(", "))
    })
}

/// Keeps what the library of workbooks stops at silent: it becomes an error, which the target sees.
fn silence_reader() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() != Some(READER_THREAD) {
            hook(panic);
        }
    }));
}

fn main() -> ExitCode {
    silence_reader();
    let options = Options::parse();
    let until = match options.inputs {
        Some(inputs) => Until::Inputs(inputs),
        None => Until::Time(Duration::from_secs(options.seconds)),
    };
    let chosen = TARGETS.into_iter().filter(|target| {
        let name = options.target.map(|chosen| chosen.name);
        name.is_none_or(|name| name == target.name)
    });
    for target in chosen {
        match fuzz(&target, options.seed, options.first, until) {
            Ok(report) => say(&report.to_string()),
            Err(error) => {
                say(&format!("failed: {error:#}"));
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
