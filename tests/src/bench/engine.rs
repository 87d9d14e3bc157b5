//! The engine without gRPC: requests that were made beforehand, handed over by its own threads.

use super::Scale;
use super::latency::{Counted, Meter};
use super::load::{Ledger, Pipeline, WARM_UP_BATCHES, batches_of, lanes, next_request, recorded};
use super::machine::own_processor_time;
use super::metered::Counts;
use super::report::Report;
use crate::workload::Lane;
use anyhow::{Context as _, Result, anyhow};
use ledger_engine::{Engine, EngineOptions, Request};
use std::path::Path;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

const SECTION: &str = "engine";

/// What the issue aims at, in groups of a thousand.
const AIM: u64 = 90_000;

/// Measures one caller with batches of a thousand, and many with small ones.
pub(crate) fn measure(folder: &Path, scale: Scale, report: &mut Report) -> Result<()> {
    let limit = report.raw_per_second();
    let one = Documents::One;
    for (name, group_events_max, documents, aim) in [
        ("1 caller × 1000, groups of 1000", 1_000, one, Some(AIM)),
        (
            "1 caller × 1000, groups of 1000, five documents",
            1_000,
            Documents::Five,
            None,
        ),
        (
            "1 caller × 1000, groups as they come",
            EngineOptions::default().group_events_max,
            one,
            None,
        ),
    ] {
        let options = EngineOptions {
            group_events_max,
            ..EngineOptions::default()
        };
        let folder = folder.join(format!("{group_events_max}-{documents:?}"));
        let (counted, counts) = pipelined(&folder, options, documents, scale.engine_events)?;
        let row = report.throughput(SECTION, name, &counted);
        row.with_groups(&counts).of_limit("raw", limit);
        if let Some(aim) = aim {
            row.aim(aim);
        }
    }
    for (callers, size, events) in [
        (16, 100, scale.engine_events),
        (64, 1, scale.grpc_events[0] * 2),
        (1, 1, scale.grpc_events[0] / 4),
    ] {
        let (counted, counts) = threaded(
            &folder.join(format!("{callers}-{size}")),
            callers,
            size,
            events,
        )?;
        let name = format!("{callers} callers × {size}");
        report
            .throughput(SECTION, name, &counted)
            .with_groups(&counts)
            .of_limit("raw", limit);
    }
    Ok(())
}

/// Which documents are in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Documents {
    /// The one whose rules the mix needs.
    One,
    /// All five; later ones set rules for the same scheme.
    Five,
}

/// One caller who does not wait for each answer.
fn pipelined(
    folder: &Path,
    options: EngineOptions,
    documents: Documents,
    events: u64,
) -> Result<(Counted, Counts)> {
    std::fs::create_dir_all(folder).context("cannot make a folder")?;
    let ledger = Ledger::open(folder, options)?;
    let mut lanes = lanes(0, 1);
    ledger.prepare(&lanes)?;
    if documents == Documents::Five {
        ledger.publish_later_documents()?;
    }
    let lane = lanes.first_mut().context("there is one lane")?;
    let mut warming = Pipeline::start(&ledger.engine);
    for _ in 0..WARM_UP_BATCHES {
        warming.send(next_request(lane, 1_000))?;
    }
    warming.finish()?;
    let requests: Vec<_> = (0..batches_of(1_000, events))
        .map(|_| next_request(lane, 1_000))
        .collect();
    ledger.store.hooks.restart();
    let before = own_processor_time();
    let mut pipeline = Pipeline::start(&ledger.engine);
    for request in requests {
        pipeline.send(request)?;
    }
    let counted = pipeline.finish()?;
    let processor_time = own_processor_time().saturating_sub(before);
    Ok((
        counted.with_processor_time(processor_time),
        ledger.store.hooks.counts(),
    ))
}

/// Many callers, each of whom waits for each answer.
fn threaded(folder: &Path, callers: u32, size: usize, events: u64) -> Result<(Counted, Counts)> {
    std::fs::create_dir_all(folder).context("cannot make a folder")?;
    let ledger = Ledger::open(folder, EngineOptions::default())?;
    let lanes = lanes(0, callers);
    ledger.prepare(&lanes)?;
    let batches = batches_of(size, events).div_ceil(u64::from(callers));
    // The callers, and this thread, which starts counting between the two.
    let parties = lanes.len() + 1;
    let (warm, go) = (Barrier::new(parties), Barrier::new(parties));
    let engine = &ledger.engine;
    let counted = thread::scope(|scope| {
        let callers: Vec<_> = lanes
            .into_iter()
            .map(|lane| scope.spawn(|| call(engine, lane, size, batches, [&warm, &go])))
            .collect();
        warm.wait();
        ledger.store.hooks.restart();
        let before = own_processor_time();
        go.wait();
        let total = callers
            .into_iter()
            .try_fold(Counted::default(), |total, caller| {
                let counted = caller
                    .join()
                    .map_err(|_| anyhow!("a caller broke down"))??;
                anyhow::Ok(total.beside(counted))
            })?;
        let processor_time = own_processor_time().saturating_sub(before);
        anyhow::Ok(total.with_processor_time(processor_time))
    })?;
    Ok((counted, ledger.store.hooks.counts()))
}

fn call(
    engine: &Engine,
    mut lane: Lane,
    size: usize,
    batches: u64,
    [warm, go]: [&Barrier; 2],
) -> Result<Counted> {
    let append = |request: Request| recorded(engine.append_blocking(request)?);
    let warmed =
        (0..WARM_UP_BATCHES).try_for_each(|_| append(next_request(&mut lane, size)).map(drop));
    let requests: Vec<_> = (0..batches)
        .map(|_| next_request(&mut lane, size))
        .collect();
    // A caller that failed still meets the others, who would wait for it for ever.
    warm.wait();
    go.wait();
    warmed?;
    let mut meter = Meter::start();
    for request in requests {
        let sent = Instant::now();
        let events = append(request)?;
        meter.answered(sent, events);
    }
    Ok(meter.stop())
}
