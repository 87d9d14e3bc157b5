//! The ledger of many people, filled once by the engine.

use super::load::{Ledger, Pipeline, lanes, next_request};
use super::machine::own_processor_time;
use super::report::Report;
use crate::workload::{CITIES, Lane};
use anyhow::{Context as _, Result, anyhow};
use ledger_engine::{EngineOptions, Request};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;

const SECTION: &str = "engine";

/// Events of one person: from registration to the settled payment.
const EVENTS_PER_PERSON: u64 = 9;

/// Requests that are made ahead of the engine.
const REQUESTS_AHEAD: usize = 8;

/// A filled ledger, closed.
#[derive(Debug)]
pub(crate) struct Population {
    pub(crate) folder: PathBuf,
    /// The number of the next lane that nobody has used.
    next_lane: AtomicU32,
}

impl Population {
    /// Fills a new ledger: one lane per city, in batches of a thousand, while another thread makes
    /// the requests.
    pub(crate) fn fill(folder: PathBuf, people: u64, report: &mut Report) -> Result<Self> {
        std::fs::create_dir_all(&folder).context("cannot make a folder")?;
        let ledger = Ledger::open(&folder, EngineOptions::default())?;
        let cities = u32::try_from(CITIES.len()).context("there are sixteen cities")?;
        let mut lanes = lanes(0, cities);
        ledger.prepare(&lanes)?;
        ledger.store.hooks.restart();
        let batches = (people * EVENTS_PER_PERSON).div_ceil(1_000);
        let (requests, made) = mpsc::sync_channel::<Request>(REQUESTS_AHEAD);
        let counted = thread::scope(|scope| {
            let making = scope.spawn(move || {
                let mut sent = 0;
                while sent < batches {
                    for lane in &mut lanes {
                        // The other side hangs up only when it has failed, and says why.
                        if requests.send(next_request(lane, 1_000)).is_err() {
                            return;
                        }
                        sent += 1;
                    }
                }
            });
            let before = own_processor_time();
            let mut pipeline = Pipeline::start(&ledger.engine);
            for request in made {
                pipeline.send(request)?;
            }
            let counted = pipeline.finish()?;
            making
                .join()
                .map_err(|_| anyhow!("no more requests were made"))?;
            let processor_time = own_processor_time().saturating_sub(before);
            anyhow::Ok(counted.with_processor_time(processor_time))
        })?;
        let limit = report.raw_per_second();
        let name = format!("{people} people from the first event on, with the load generator");
        let row = report.throughput(SECTION, name, &counted);
        row.with_groups(&ledger.store.hooks.counts())
            .of_limit("raw", limit);
        Ok(Self {
            folder,
            next_lane: AtomicU32::new(cities),
        })
    }

    /// Lanes whose people are not in the ledger yet.
    pub(crate) fn newcomers(&self, how_many: u32) -> Vec<Lane> {
        lanes(
            self.next_lane.fetch_add(how_many, Ordering::Relaxed),
            how_many,
        )
    }
}
