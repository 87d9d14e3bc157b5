//! The limit: the groups that the engine commits, straight into RocksDB with the same syncs.

use super::Scale;
use super::latency::{Counted, Meter};
use super::load::{Ledger, Pipeline, batches_of, lanes, next_request};
use super::machine::own_processor_time;
use super::metered::Counts;
use super::report::Report;
use anyhow::{Context as _, Result};
use ledger_engine::EngineOptions;
use ledger_log::{CommitGroup, Log as _};
use ledger_store::{RocksStore, StoreOptions};
use std::path::Path;
use std::time::Instant;

const SECTION: &str = "raw";

/// Events whose groups are kept in memory at most; they take about as many bytes as on disk
/// before compression.
const EVENTS_KEPT_MAX: u64 = 300_000;

/// Records what the engine commits in groups of a thousand, and plays it into an empty store.
pub(crate) fn measure(folder: &Path, scale: Scale, report: &mut Report) -> Result<()> {
    let (groups, counts) = record(
        &folder.join("recorded"),
        scale.engine_events.min(EVENTS_KEPT_MAX),
    )?;
    let counted = replay(&folder.join("replayed"), &groups)?;
    let row = report.throughput(
        SECTION,
        "RocksDB alone, the engine's groups of 1000",
        &counted,
    );
    let rate = row.with_groups(&counts).per_second();
    report.set_raw_per_second(rate);
    Ok(())
}

fn record(folder: &Path, events: u64) -> Result<(Vec<CommitGroup>, Counts)> {
    std::fs::create_dir_all(folder).context("cannot make a folder")?;
    let options = EngineOptions {
        group_events_max: 1_000,
        ..EngineOptions::default()
    };
    let ledger = Ledger::open(folder, options)?;
    let mut lanes = lanes(0, 1);
    ledger.store.hooks.keep();
    ledger.prepare(&lanes)?;
    ledger.store.hooks.restart();
    let mut pipeline = Pipeline::start(&ledger.engine);
    for lane in &mut lanes {
        for _ in 0..batches_of(1_000, events) {
            pipeline.send(next_request(lane, 1_000))?;
        }
    }
    pipeline.finish()?;
    Ok((ledger.store.hooks.take_kept(), ledger.store.hooks.counts()))
}

fn replay(folder: &Path, groups: &[CommitGroup]) -> Result<Counted> {
    std::fs::create_dir_all(folder).context("cannot make a folder")?;
    let options = StoreOptions {
        create_if_missing: true,
        ..StoreOptions::default()
    };
    let store = RocksStore::open(folder, &options).context("the store does not open")?;
    let epoch = store.claim_epoch()?;
    let before = own_processor_time();
    let mut meter = Meter::start();
    for group in groups {
        let sent = Instant::now();
        store.append(epoch, group)?;
        let events = group
            .blocks
            .iter()
            .map(|block| u64::from(block.count()))
            .sum();
        meter.answered(sent, events);
    }
    let processor_time = own_processor_time().saturating_sub(before);
    Ok(meter.stop().with_processor_time(processor_time))
}
