//! Handing load to an engine, and taking its answers.

use super::latency::{Counted, Meter};
use super::metered::{CommitMeter, Metered, count};
use crate::workload::{Lane, Seeded, date, foundations, later_documents, on};
use anyhow::{Context as _, Result, ensure};
use ledger_core::command::{ApproveSubsidy, CommandBody};
use ledger_core::{ClassId, Command, PersonKey};
use ledger_engine::{
    Appended, Engine, EngineOptions, Mode, Outcome, ReplyReceiver, Request, SystemClock,
};
use ledger_log::Storage;
use ledger_store::{RocksStore, StoreOptions};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Everything random in the benchmark follows from it.
pub(crate) const SEED: u64 = 20_210_301;

/// Batches after which a lane has people at every stage.
pub(crate) const WARM_UP_BATCHES: usize = 10;

/// Requests that one caller has in flight: one is being synced, one waits for that, one is being
/// decided, and one is on its way.
pub(crate) const IN_FLIGHT: usize = 4;

/// An open ledger.
pub(crate) struct Ledger {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<Metered>,
}

/// Requests in flight, answered in the order in which they were sent.
pub(crate) struct Pipeline<'a> {
    engine: &'a Engine,
    waiting: VecDeque<(Instant, ReplyReceiver)>,
    meter: Meter,
}

impl Ledger {
    /// Opens a ledger in a folder with the default sizes of the store, and creates it when there is
    /// none.
    pub(crate) fn open(folder: &Path, options: EngineOptions) -> Result<Self> {
        Self::open_sized(folder, StoreOptions::default(), options)
    }

    /// Opens a ledger in a folder, and creates it when there is none.
    pub(crate) fn open_sized(
        folder: &Path,
        mut store: StoreOptions,
        options: EngineOptions,
    ) -> Result<Self> {
        store.create_if_missing = true;
        let store = RocksStore::open(folder, &store).context("the store does not open")?;
        let store = Arc::new(Metered::new(store, CommitMeter::default()));
        let storage: Arc<dyn Storage> = Arc::<Metered>::clone(&store);
        let engine = Engine::open(storage, options, Arc::new(SystemClock))
            .context("the engine does not open")?;
        Ok(Self { engine, store })
    }

    /// Publishes the documents that the lanes do not need, so that all five are in force.
    pub(crate) fn publish_later_documents(&self) -> Result<()> {
        let mut seeded = Seeded::new(SEED + 1);
        let request = request(seeded.uuid(), later_documents());
        recorded(self.engine.append_blocking(request)?)?;
        Ok(())
    }

    /// Carries out what lanes need on record before their first batch.
    pub(crate) fn prepare(&self, lanes: &[Lane]) -> Result<()> {
        let mut seeded = Seeded::new(SEED);
        let mut commands = Vec::new();
        if self.engine.status().last_position.get() == 0 {
            commands.extend(foundations());
        }
        commands.extend(lanes.iter().flat_map(Lane::foundations));
        let request = request(seeded.uuid(), commands);
        recorded(self.engine.append_blocking(request)?)?;
        Ok(())
    }
}

impl<'a> Pipeline<'a> {
    pub(crate) fn start(engine: &'a Engine) -> Self {
        Self {
            engine,
            waiting: VecDeque::new(),
            meter: Meter::start(),
        }
    }

    /// Sends a request, once there is room for it.
    pub(crate) fn send(&mut self, request: Request) -> Result<()> {
        if self.waiting.len() >= IN_FLIGHT {
            self.take_one()?;
        }
        let sent = Instant::now();
        self.waiting.push_back((sent, self.engine.submit(request)?));
        Ok(())
    }

    /// Waits for every answer.
    pub(crate) fn finish(mut self) -> Result<Counted> {
        while !self.waiting.is_empty() {
            self.take_one()?;
        }
        Ok(self.meter.stop())
    }

    fn take_one(&mut self) -> Result<()> {
        if let Some((sent, receiver)) = self.waiting.pop_front() {
            let appended = receiver
                .blocking_recv()
                .context("the engine gave no answer")??;
            let events = recorded(appended)?;
            self.meter.answered(sent, events);
        }
        Ok(())
    }
}

/// Lanes from `first` on.
pub(crate) fn lanes(first: u32, how_many: u32) -> Vec<Lane> {
    (first..first + how_many)
        .map(|number| Lane::new(number, SEED))
        .collect()
}

/// The next batch of a lane as a request.
pub(crate) fn next_request(lane: &mut Lane, size: usize) -> Request {
    let id = *lane.request_id().as_bytes();
    let commands = lane.batch(size);
    request(id, commands)
}

/// A request that asks for the approval of a person's subsidy.
pub(crate) fn approval(id: [u8; 16], person: PersonKey, class: ClassId) -> Request {
    let body = CommandBody::ApproveSubsidy(ApproveSubsidy { class, person });
    request(id, vec![on(date(2021, 6, 30), body)])
}

/// A request as the server would submit it; the digest is over the wire bytes, which there are
/// none of here.
fn request(id: [u8; 16], commands: Vec<Command>) -> Request {
    Request {
        request_id: ledger_core::RequestId::from_bytes(id),
        digest: [0x5A; 32],
        commands,
        mode: Mode::Atomic,
        validate_only: false,
        actor: Arc::from("bench"),
        source_system: Arc::from("bench"),
    }
}

/// The events of an answer, all of whose commands have to be recorded.
pub(crate) fn recorded(appended: Appended) -> Result<u64> {
    let mut events = 0;
    for outcome in appended.outcomes {
        match outcome {
            Outcome::Recorded { count, .. } => events += u64::from(count),
            Outcome::NotAttempted => {}
            Outcome::Refused(refusal) => {
                anyhow::bail!("a command of the load was refused: {refusal:?}");
            }
        }
    }
    ensure!(events > 0, "a request recorded nothing");
    Ok(events)
}

/// Batches of a size that make up so many events.
pub(crate) fn batches_of(size: usize, events: u64) -> u64 {
    events.div_ceil(count(size))
}
