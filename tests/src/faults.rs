//! The fault campaign: the real server on a disk with faults, again and again, and after each fault
//! the question whether everything that was acknowledged is there.
//!
//! A round starts from the same ledger, which has files of every kind. It works until the fault of
//! the round has struck, and then starts the server anew on the same disk, without faults. Either
//! the server serves: then the log holds every acknowledged event and nothing that nobody asked
//! for, the request in doubt is there whole or not at all and is answered when it is sent again, a
//! rebuild differs in nothing and the books balance. Or, for faults that take away what was
//! written, the server refuses to open and says why, twice and without changing a file. Rounds
//! about the clock and about backups have an order of their own (`clock`, `backup`).

mod backup;
mod clock;
mod fault;
mod network;
mod round;

use crate::ServerProcess;
use crate::faultfs::{Disk, FaultFs};
use crate::oracle::{Oracle, Sent};
use crate::workload::{Lane, Seeded, foundations};
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use tokio::runtime::Runtime;

use clock::SetClock;
pub use fault::{Fault, KINDS};
use round::Then;

/// Requests that the ledger holds before the first fault: enough for files of every kind.
const REQUESTS_BEFORE: u64 = 30;

/// Commands of a request.
const COMMANDS: usize = 20;

/// What became of the rounds of one kind of fault.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Rounds in all.
    pub rounds: u64,
    /// The fault has struck something.
    pub struck: u64,
    /// The server served afterwards, with everything.
    pub served: u64,
    /// The server refused to open and said why.
    pub refused: u64,
    /// The server served, and whoever read what was damaged was told.
    pub told: u64,
    /// The disk had confirmed and forgotten, and the note with the rest: nothing could tell.
    pub reverted: u64,
}

/// What a campaign has seen, by kind of fault.
#[derive(Debug, Default)]
pub struct Report {
    tallies: BTreeMap<&'static str, Tally>,
}

impl Report {
    /// The kinds that were tried, and what became of their rounds.
    #[must_use]
    pub fn tallies(&self) -> &BTreeMap<&'static str, Tally> {
        &self.tallies
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| fault | rounds | struck | served | told | refused | reverted |"
        )?;
        writeln!(f, "|---|---:|---:|---:|---:|---:|---:|")?;
        for (name, tally) in &self.tallies {
            let Tally {
                rounds,
                struck,
                served,
                refused,
                told,
                reverted,
            } = tally;
            writeln!(
                f,
                "| {name} | {rounds} | {struck} | {served} | {told} | {refused} | {reverted} |"
            )?;
        }
        Ok(())
    }
}

/// A ledger, a disk, and a caller who knows what he was told.
pub struct Campaign {
    fs: FaultFs,
    runtime: Runtime,
    /// The ledger that every round starts from.
    base: Base,
    /// A clock that can be set; made when it is first needed.
    clock: Option<SetClock>,
}

impl fmt::Debug for Campaign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Campaign").finish_non_exhaustive()
    }
}

/// A ledger and what is known of it.
#[derive(Clone)]
struct Base {
    disk: Disk,
    lane: Lane,
    oracle: Oracle,
}

impl Campaign {
    /// Mounts a disk on an empty folder, and makes the ledger that every round starts from.
    ///
    /// # Errors
    ///
    /// The disk cannot be mounted, or the server does not do its work on a sound one.
    pub fn new(mount_point: PathBuf) -> Result<Self> {
        let fs = FaultFs::mount(&mount_point)?;
        let runtime = Runtime::new().context("no runtime")?;
        let mut campaign = Self {
            fs,
            runtime,
            base: Base {
                disk: Disk::default(),
                lane: Lane::new(0, 1),
                oracle: Oracle::default(),
            },
            clock: None,
        };
        campaign.found()?;
        Ok(campaign)
    }

    /// Where the ledger lies: not the root of the disk, so that the folder itself can be made.
    fn ledger(&self) -> PathBuf {
        self.fs.folder().join("ledger")
    }

    /// The ledger before the first fault. It is opened three times, so that there are files of
    /// earlier lives as well as a write-ahead log.
    fn found(&mut self) -> Result<()> {
        let mut lane = self.base.lane.clone();
        let mut oracle = Oracle::default();
        for life in 0..3 {
            let server = ServerProcess::start(&self.ledger())?;
            let mut requests = Vec::new();
            if life == 0 {
                let mut commands = foundations();
                commands.extend(lane.foundations());
                requests.push(Sent::new(lane.request_id(), commands));
            }
            for _ in 0..REQUESTS_BEFORE / 3 {
                let commands = lane.batch(COMMANDS);
                requests.push(Sent::new(lane.request_id(), commands));
            }
            self.runtime.block_on(async {
                let mut client = round::connect(&server).await?;
                for sent in requests {
                    let answer = client.append(sent.message()).await?.into_inner();
                    oracle.acknowledged(sent, &answer)?;
                }
                if life == 2 {
                    let log = crate::oracle::read(&mut client, oracle.checked().next()).await?;
                    oracle.check(&log, &[])?;
                }
                anyhow::Ok(())
            })?;
            server.stop()?;
        }
        let disk = self.fs.with(|disk| {
            disk.settle();
            disk.clone()
        });
        self.base = Base { disk, lane, oracle };
        Ok(())
    }

    /// Runs rounds of the kinds given, one kind after the other in turn.
    ///
    /// # Errors
    ///
    /// What broke, in which round, and the seed that repeats it.
    pub fn run(&mut self, kinds: &[&str], seed: u64, rounds: Range<u64>) -> Result<Report> {
        let mut report = Report::default();
        for round in rounds {
            for kind in KINDS.into_iter().filter(|kind| kinds.contains(&kind.name)) {
                let mut seeded = Seeded::new(seed ^ round.rotate_left(32));
                let fault = (kind.draw)(&mut seeded, round);
                let ended = self.round(&fault, &mut seeded).with_context(|| {
                    let name = kind.name;
                    format!("--kind {name:?} --seed {seed} --first {round} --rounds 1: {fault:?}")
                })?;
                let tally = report.tallies.entry(kind.name).or_default();
                tally.rounds += 1;
                tally.struck += u64::from(ended.struck);
                match ended.then {
                    Then::Served => tally.served += 1,
                    Then::Refused => tally.refused += 1,
                    Then::Told => tally.told += 1,
                    Then::Reverted => tally.reverted += 1,
                }
            }
        }
        Ok(report)
    }
}
