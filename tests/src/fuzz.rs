//! Fuzzing of every parser that meets foreign bytes: what callers send, what lies on the disk, what
//! people write.
//!
//! A target takes bytes and panics when a promise is broken: a parser never panics, and what it
//! accepts it writes again in the same way. Inputs are the corpus (`tests/fuzz`, and good inputs
//! made by the program itself), changed in a way that follows from a seed. The number of an input
//! repeats it: the same seed, target and number make the same bytes.

mod corpus;
mod mutate;
mod targets;

use crate::workload::Seeded;
use anyhow::{Context as _, Result, ensure};
use std::fmt;
use std::panic;
use std::path::PathBuf;
use std::time::{Duration, Instant};

pub use targets::{TARGETS, Target};

/// How long to go on with one target.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// So many inputs.
    Inputs(u64),
    /// So much time; the last input is finished.
    Time(Duration),
}

/// What a run over one target has seen.
#[derive(Debug)]
pub struct Report {
    /// The name of the target.
    pub target: &'static str,
    /// Inputs tried, those of the corpus included.
    pub inputs: u64,
    /// How many of them the parser accepted.
    pub accepted: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            target,
            inputs,
            accepted,
        } = self;
        write!(f, "{target}: {inputs} inputs, {accepted} of them accepted")
    }
}

/// Fuzzes one target: the corpus as it is, then changed inputs from number `first` on.
///
/// # Errors
///
/// The input that broke a promise, with what repeats it; it is kept in a file. A corpus of which
/// the target accepts nothing is an error as well: nothing would be shown by it.
pub fn fuzz(target: &Target, seed: u64, first: u64, until: Until) -> Result<Report> {
    let corpus = corpus::of(target.name)?;
    let mut report = Report {
        target: target.name,
        inputs: 0,
        accepted: 0,
    };
    for (name, input) in &corpus {
        try_one(target, input, &mut report).with_context(|| format!("corpus file {name}"))?;
    }
    ensure!(
        report.accepted > 0,
        "{} accepts nothing of its corpus",
        target.name
    );
    let started = Instant::now();
    let mut number = first;
    loop {
        let is_over = match until {
            Until::Inputs(count) => number - first >= count,
            Until::Time(time) => started.elapsed() >= time,
        };
        if is_over {
            return Ok(report);
        }
        let input = changed(&corpus, seed, target.name, number);
        try_one(target, &input, &mut report).with_context(|| {
            let name = target.name;
            format!("--target {name} --seed {seed} --first {number} --inputs 1")
        })?;
        number += 1;
    }
}

/// The changed input with a number: the same for the same seed, target and number.
fn changed(corpus: &[(String, Vec<u8>)], seed: u64, target: &str, number: u64) -> Vec<u8> {
    let name = target.bytes().fold(0_u64, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    let mut seeded = Seeded::new(seed ^ name.rotate_left(17) ^ number.rotate_left(40));
    mutate::changed(corpus, &mut seeded)
}

fn try_one(target: &Target, input: &[u8], report: &mut Report) -> Result<()> {
    report.inputs += 1;
    // The hook has printed what broke by the time the panic arrives here.
    match panic::catch_unwind(|| (target.run)(input)) {
        Ok(accepted) => {
            report.accepted += u64::from(accepted);
            Ok(())
        }
        Err(_) => {
            let file = keep(target.name, input)?;
            anyhow::bail!(
                "{} broke; the input is kept in {}",
                target.name,
                file.display()
            )
        }
    }
}

/// Keeps an input that broke something; it belongs into the corpus once the fault is mended.
fn keep(target: &str, input: &[u8]) -> Result<PathBuf> {
    let folder = std::env::temp_dir().join("ledger-fuzz");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{target}-{}", short_name(input)));
    std::fs::write(&file, input).context("the input cannot be kept")?;
    Ok(file)
}

/// A short name for an input.
fn short_name(input: &[u8]) -> String {
    let digest = ledger_core::merkle::leaf_hash(input);
    ledger_core::hex::encode(digest.get(..8).unwrap_or_default())
}
