//! The benchmark: what the ledger reaches, and the limits that the same machine sets in the same
//! run.
//!
//! Reading order:
//!
//! 1. [`run`] — the sections, in order; [`Options`] — what a caller may choose.
//! 2. `population` — the ledger of many people that all sections but `raw` share.
//! 3. `raw`, `engine`, `grpc`, `rebuild`, `scale`, `search` — one file per section.
//! 4. `metered` — a store that counts what passes, and can keep it for being played again.
//! 5. `latency`, `machine`, `report` — figures, their surroundings, and how they are shown.
//!
//! Every figure is an integer. A figure by itself says little about the software on a machine that
//! others use as well; its ratio to the limit that was measured beside it says more.

mod engine;
mod grpc;
mod latency;
mod load;
mod machine;
mod metered;
mod population;
mod raw;
mod rebuild;
mod report;
mod scale;
mod search;

use anyhow::{Context as _, Result};
use clap::{Parser, ValueEnum};
use population::Population;
use report::Report;
use serde::Serialize;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

/// Measures the ledger: bare RocksDB, the engine, gRPC over loopback, rebuild and opening.
///
/// The load is a synthetic mix: every person is registered, enrolled, attends, completes, is
/// certified, employed, approved, and paid, in 16 cities. Every check, posting, index and hash is
/// on, and every answer is given after the sync to disk that makes it true.
#[derive(Debug, Clone, Parser, Serialize)]
#[command(name = "ledger-bench", version)]
pub struct Options {
    /// People in the ledger that is filled before gRPC, rebuild and opening are measured; nine
    /// events each.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub people: u64,
    /// Events of the largest ledger of section scale, which is measured at a hundredth of it, a
    /// tenth, and all.
    #[arg(long, value_name = "N", default_value_t = 100_000_000)]
    pub events: u64,
    /// A configuration of the server whose section `memory` has the sizes for section scale; the
    /// defaults without it.
    #[arg(long, value_name = "FILE")]
    pub memory: Option<PathBuf>,
    /// Takes about a minute: a fiftieth of the people, and short measurements.
    #[arg(long)]
    pub quick: bool,
    /// Measures only these sections, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub only: Vec<Section>,
    /// Writes everything measured to this file as JSON.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Makes its folders in this one, instead of beside this program. It has to be on the disk that
    /// is to be measured; a file system in memory syncs for nothing.
    #[arg(long, value_name = "DIR")]
    #[serde(skip)]
    pub dir: Option<PathBuf>,
}

/// A part of the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    /// The same bytes and syncs straight into RocksDB: the limit.
    Raw,
    /// The engine without gRPC.
    Engine,
    /// The real server over loopback.
    Grpc,
    /// Rebuild, opening, memory, and bytes on disk.
    Rebuild,
    /// Latency over a history that grows by powers of ten; it takes long, and is measured only when
    /// it is asked for.
    Scale,
    /// The search for personal data in texts.
    Search,
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
struct Scale {
    /// Events of one measurement of the engine.
    engine_events: u64,
    /// Events of one gRPC measurement with a batch of one, a hundred, a thousand.
    grpc_events: [u64; 3],
    /// Calls of the health check.
    health_calls: u64,
    /// Commands that all callers together may have to send before a measurement means anything.
    warm_up_max: usize,
}

impl Scale {
    /// How many callers are measured with batches of a size.
    fn callers(self, size: usize) -> impl Iterator<Item = usize> {
        grpc::CALLERS
            .into_iter()
            .filter(move |callers| callers * size <= self.warm_up_max)
    }
}

impl Options {
    fn includes(&self, section: Section) -> bool {
        let by_default = self.only.is_empty() && section != Section::Scale;
        by_default || self.only.contains(&section)
    }

    fn people(&self) -> u64 {
        if self.quick {
            self.people / 50
        } else {
            self.people
        }
    }

    fn events(&self) -> u64 {
        if self.quick {
            self.events / 50
        } else {
            self.events
        }
    }

    /// A measurement takes a second or two when it is quick, and some ten otherwise.
    fn scale(&self) -> Scale {
        if self.quick {
            return Scale {
                engine_events: 100_000,
                grpc_events: [6_000, 50_000, 100_000],
                health_calls: 20_000,
                warm_up_max: 20_000,
            };
        }
        Scale {
            engine_events: 500_000,
            grpc_events: [50_000, 400_000, 640_000],
            health_calls: 100_000,
            warm_up_max: usize::MAX,
        }
    }
}

/// Measures what the options ask for, prints a table, and writes the JSON.
///
/// # Errors
///
/// Anything that keeps it from measuring; a command that is refused is one such thing.
pub fn run(options: &Options) -> Result<()> {
    let base = base_folder(options)?;
    let folder = tempfile::Builder::new()
        .prefix("ledger-bench-")
        .tempdir_in(&base)
        .with_context(|| format!("cannot make a folder in {}", base.display()))?;
    let mut report = Report::new(options, machine::describe(folder.path())?);
    say(&report.head());

    if options.includes(Section::Raw) {
        raw::measure(&folder.path().join("raw"), options.scale(), &mut report)?;
    }
    if options.includes(Section::Engine) {
        engine::measure(&folder.path().join("engine"), options.scale(), &mut report)?;
    }
    if options.includes(Section::Scale) {
        let folder = folder.path().join("scale");
        scale::measure(&folder, options, &mut report)?;
    }
    if options.includes(Section::Search) {
        search::measure(&mut report);
    }
    let needs_population = [Section::Engine, Section::Grpc, Section::Rebuild];
    if needs_population
        .into_iter()
        .any(|section| options.includes(section))
    {
        let population = Population::fill(
            folder.path().join("population"),
            options.people(),
            &mut report,
        )?;
        if options.includes(Section::Grpc) {
            grpc::measure(&population, options.scale(), &mut report)?;
        }
        if options.includes(Section::Rebuild) {
            rebuild::measure(&population, &mut report)?;
        }
    }
    finish(options, &report)
}

fn finish(options: &Options, report: &Report) -> Result<()> {
    say(&report.tables());
    if let Some(path) = &options.json {
        let mut text = serde_json::to_string_pretty(report).context("the report is no JSON")?;
        text.push('\n');
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// The folder of the program lies on a real disk wherever Cargo built it; the system's folder for
/// temporary files often lies in memory.
fn base_folder(options: &Options) -> Result<PathBuf> {
    if let Some(folder) = &options.dir {
        return Ok(folder.clone());
    }
    let program = std::env::current_exe().context("cannot tell where this program lies")?;
    Ok(program
        .parent()
        .context("a program lies in a folder")?
        .to_owned())
}

/// Prints a text to standard output. A reader that went away is no reason to stop.
pub fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{text}"));
    drop(out.flush());
}
