//! Rebuild, opening, memory, and bytes on disk, over the ledger of many people.

use super::grpc::Server;
use super::latency::per_second;
use super::load::Ledger;
use super::machine::{memory_of, own_processor_time};
use super::population::Population;
use super::report::{Aim, Report};
use anyhow::{Context as _, Result};
use ledger_engine::rebuild::Phase;
use ledger_engine::{CancelToken, EngineOptions};
use ledger_store::{RocksStore, StoreOptions};
use std::time::{Duration, Instant};

const SECTION: &str = "rebuild";

/// Replayed, compared and switched events a second.
const REBUILD_AIM: u64 = 500_000;
const OPENING_AIM_MS: u64 = 2_000;
const MEMORY_AIM_BYTES: u64 = 1024 * 1024 * 1024;
const DISK_AIM_BYTES_PER_EVENT: u64 = 200;

/// Batches of a thousand that the server records before its memory is looked at.
const SERVER_BATCHES: u64 = 200;

/// Measures the real server first, then the same files in this process.
pub(crate) fn measure(population: &Population, report: &mut Report) -> Result<()> {
    serve(population, report)?;
    open(population, "after kill -9 under load", report)?;
    open(population, "after a clean stop", report)?;
    rebuild(population, report)?;
    compact(population, report)
}

/// How long the server takes until it serves, and how much memory it takes for writing and for a
/// rebuild. It is killed in the end.
fn serve(population: &Population, report: &mut Report) -> Result<()> {
    let started = Instant::now();
    let server = Server::start(&population.folder)?;
    let serving = started.elapsed();
    report.figure(
        SECTION,
        "server start until it serves",
        millis(serving),
        "ms",
        None,
    );
    let process = server.process_id();
    let memory = memory_of(process).resident_bytes;
    report.figure(
        SECTION,
        "server, resident after start",
        memory,
        "bytes",
        None,
    );
    server.load(population, SERVER_BATCHES)?;
    let memory = memory_of(process).resident_bytes_max;
    let aim = Some(Aim::AtMost(MEMORY_AIM_BYTES));
    report.figure(
        SECTION,
        "server, resident at most while writing",
        memory,
        "bytes",
        aim,
    );
    server.rebuild()?;
    let memory = memory_of(process).resident_bytes_max;
    report.figure(
        SECTION,
        "server, resident at most while rebuilding",
        memory,
        "bytes",
        aim,
    );
    server.load(population, SERVER_BATCHES)?;
    server.kill()
}

fn open(population: &Population, when: &str, report: &mut Report) -> Result<()> {
    let started = Instant::now();
    let ledger = Ledger::open(&population.folder, EngineOptions::default())?;
    let took = started.elapsed();
    let events = ledger.engine.status().last_position.get();
    let name = format!("opening {events} events {when}");
    let aim = Some(Aim::AtMost(OPENING_AIM_MS));
    report.figure(SECTION, name, millis(took), "ms", aim);
    Ok(())
}

fn rebuild(population: &Population, report: &mut Report) -> Result<()> {
    let ledger = Ledger::open(&population.folder, EngineOptions::default())?;
    let before = own_processor_time();
    let started = Instant::now();
    let mut replayed = Duration::ZERO;
    let done = ledger
        .engine
        .rebuild(
            &mut |progress| {
                if progress.phase == Phase::Replaying {
                    replayed = started.elapsed();
                }
            },
            &CancelToken::new(),
        )
        .context("the rebuild failed")?;
    let took = started.elapsed();
    let replaying = per_second(done.events, replayed);
    report.figure(SECTION, "replaying alone", replaying, "events/s", None);
    let whole = per_second(done.events, took);
    let aim = Some(Aim::AtLeast(REBUILD_AIM));
    report.figure(
        SECTION,
        "replaying, comparing, switching",
        whole,
        "events/s",
        aim,
    );
    let processor_time = own_processor_time().saturating_sub(before);
    let nanos = u64::try_from(processor_time.as_nanos())?.checked_div(done.events);
    let nanos = nanos.unwrap_or_default();
    report.figure(SECTION, "processor time", nanos, "ns/event", None);
    report.figure(SECTION, "keys compared", done.compared_keys, "keys", None);
    Ok(())
}

fn compact(population: &Population, report: &mut Report) -> Result<()> {
    let store = RocksStore::open(&population.folder, &StoreOptions::default())
        .context("the store does not open")?;
    let events = ledger_log::Log::last_position(&store).get().max(1);
    let before = store.disk_bytes().context("the folder cannot be read")?;
    store.compact().context("the store cannot be compacted")?;
    let after = store.disk_bytes().context("the folder cannot be read")?;
    report.figure(
        SECTION,
        "on disk before compaction",
        before / events,
        "bytes/event",
        None,
    );
    let aim = Some(Aim::AtMost(DISK_AIM_BYTES_PER_EVENT));
    report.figure(
        SECTION,
        "on disk after compaction",
        after / events,
        "bytes/event",
        aim,
    );
    for size in ledger_log::StateStore::sizes(&store)? {
        let name = format!("on disk after compaction: {}", size.name);
        // Tenths of a byte show the small ones, too.
        report.figure(
            SECTION,
            name,
            size.bytes * 10 / events,
            "bytes/10 events",
            None,
        );
    }
    Ok(())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
