//! The real server, killed again and again under load: nothing acknowledged is ever lost, nothing
//! unacknowledged is half there.
//!
//! Every round starts the server on the same folder, checks the log against what the callers were
//! told, has the callers go on, and kills the server at a moment that follows from the seed: after
//! so many answers, in the middle of a start, or in the middle of a rebuild. Every few rounds the
//! derived state is rebuilt and compared, and the books are checked.

mod callers;
mod start;

use anyhow::{Context as _, Result, ensure};
use callers::Caller;
use ledger_core::Position;
use ledger_proto::v1;
use ledger_tests::audit;
use ledger_tests::oracle::{self, Oracle};
use ledger_tests::workload::{Seeded, foundations};
use ledger_tests::{RawClient, ServerProcess};
use std::env;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Rounds of one run, each with one kill or two; a round takes a third of a second.
const ROUNDS: u64 = 100;

/// Rounds after which the whole log and the derived state are checked.
const ROUNDS_BETWEEN_AUDITS: u64 = 10;

/// Answers after which a server is killed, at most.
const ANSWERS_MAX: u64 = 120;

/// Messages of a rebuild after which a server is killed, at most; a short rebuild ends before.
const REBUILD_MESSAGES_MAX: u64 = 4;

/// Changes to the files of the ledger after which a starting server is killed, at most. A start
/// makes about as many.
const START_CHANGES_MAX: u64 = 8;

/// Callers with one request at a time, and callers with several over a stream.
const UNARY_CALLERS: u32 = 4;
const STREAM_CALLERS: u32 = 2;

/// Set to the number that a failed run has printed, it makes the same choices again.
const SEED_VARIABLE: &str = "LEDGER_CRASH_SEED";

/// When a server is killed.
#[derive(Debug, Clone, Copy)]
enum Kill {
    /// After so many answers in the round.
    Answers(u64),
    /// After so many messages of a rebuild that runs beside the load.
    RebuildMessages(u64),
    /// While it starts, after so many changes to the files of the ledger; then once more after
    /// some answers.
    Start { changes: u64, answers: u64 },
}

#[test]
fn what_was_acknowledged_survives_every_kill() {
    let seed = match env::var(SEED_VARIABLE) {
        Ok(text) => text.parse().expect("the seed is a number"),
        Err(_) => u64::from_be_bytes(*uuid::Uuid::new_v4().as_bytes().first_chunk().unwrap()),
    };
    println!("{SEED_VARIABLE}={seed}");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let seen = runtime.block_on(run(seed)).unwrap_or_else(|error| {
        panic!("with {SEED_VARIABLE}={seed}: {error:?}");
    });
    println!("{ROUNDS} rounds: {seen:?}");
}

/// What a run has met.
#[derive(Debug, Default)]
struct Seen {
    /// Requests that were never answered and were recorded nevertheless.
    survived: u64,
    /// Requests that were never answered and left nothing behind.
    lost: u64,
    /// Starts that were cut off.
    starts_cut_off: u64,
    /// Rebuilds that were cut off.
    rebuilds_cut_off: u64,
}

async fn run(seed: u64) -> Result<Seen> {
    let folder = tempfile::tempdir()?;
    let mut seeded = Seeded::new(seed);
    let mut run = Run::new(folder.path(), seed);
    run.lay_foundations().await?;
    for round in 1..=ROUNDS {
        let kill = choose(round, &mut seeded);
        let is_audited = round.is_multiple_of(ROUNDS_BETWEEN_AUDITS);
        run.round(kill, is_audited)
            .await
            .with_context(|| format!("round {round}, {kill:?}"))?;
    }
    let server = ServerProcess::start(folder.path())?;
    let mut client = connect(&server).await?;
    run.check_tail(&mut client).await?;
    check_all(&mut client, &run.oracle).await?;
    server.stop_aside().await?;
    Ok(run.seen)
}

fn choose(round: u64, seeded: &mut Seeded) -> Kill {
    let answers = seeded.below(ANSWERS_MAX);
    match round % 6 {
        2 => Kill::Start {
            changes: seeded.below(START_CHANGES_MAX),
            answers,
        },
        4 => Kill::RebuildMessages(seeded.below(REBUILD_MESSAGES_MAX)),
        _ => Kill::Answers(answers),
    }
}

/// One ledger and its callers, from server to server.
struct Run<'a> {
    folder: &'a Path,
    oracle: Arc<Mutex<Oracle>>,
    callers: Vec<Caller>,
    seen: Seen,
}

impl<'a> Run<'a> {
    fn new(folder: &'a Path, seed: u64) -> Self {
        let callers = (0..UNARY_CALLERS)
            .map(|number| Caller::unary(number, seed))
            .chain((0..STREAM_CALLERS).map(|number| Caller::stream(UNARY_CALLERS + number, seed)))
            .collect();
        Self {
            folder,
            oracle: Arc::default(),
            callers,
            seen: Seen::default(),
        }
    }

    /// The policy, the accounts and the bodies, before the first kill.
    async fn lay_foundations(&mut self) -> Result<()> {
        let server = ServerProcess::start(self.folder)?;
        let mut client = connect(&server).await?;
        let mut commands = foundations();
        commands.extend(self.callers.iter().flat_map(Caller::foundations));
        let sent = self
            .callers
            .first_mut()
            .context("there are callers")?
            .sent(commands);
        let answer = client.append(sent.message()).await?.into_inner();
        lock(&self.oracle).acknowledged(sent, &answer)?;
        server.kill()
    }

    async fn round(&mut self, kill: Kill, is_audited: bool) -> Result<()> {
        if let Kill::Start { changes, .. } = kill
            && start::is_killed_while_starting(self.folder, changes)?
        {
            self.seen.starts_cut_off += 1;
        }
        let server = ServerProcess::start(self.folder)?;
        let mut client = connect(&server).await?;
        self.check_tail(&mut client).await?;
        if is_audited {
            check_all(&mut client, &self.oracle).await?;
        }
        let (answers, mut answered) = watch::channel(0);
        let answers = Arc::new(answers);
        let mut working = JoinSet::new();
        for caller in self.callers.drain(..) {
            let (oracle, answers) = (Arc::clone(&self.oracle), Arc::clone(&answers));
            working.spawn(caller.work(server.address(), oracle, answers));
        }
        match kill {
            Kill::Answers(wanted)
            | Kill::Start {
                answers: wanted, ..
            } => {
                answered.wait_for(|answers| *answers >= wanted).await?;
            }
            Kill::RebuildMessages(wanted) => {
                let is_running = some_of_a_rebuild(&mut client, wanted).await?;
                self.seen.rebuilds_cut_off += u64::from(is_running);
            }
        }
        server.kill()?;
        while let Some(caller) = working.join_next().await {
            self.callers.push(caller??);
        }
        self.callers.sort_by_key(Caller::number);
        Ok(())
    }

    /// Compares what is in the log beyond what was checked before with what the callers know, and
    /// has every request that is in doubt answered.
    async fn check_tail(&mut self, client: &mut RawClient) -> Result<()> {
        let from = lock(&self.oracle).checked().next();
        let tail = oracle::read(client, from).await?;
        let doubtful: Vec<_> = self.callers.iter().map(Caller::unanswered).collect();
        let survived = lock(&self.oracle).check(&tail, &doubtful)?;
        let mut last = lock(&self.oracle).checked();
        for caller in &mut self.callers {
            for sent in caller.take_unanswered() {
                // The same id again: it is answered as the first time, or carried out now.
                let answer = client.append(sent.message()).await?.into_inner();
                let placed = survived.get(&sent.request_id()).copied();
                let expected = placed.unwrap_or_else(|| last.next()).get();
                ensure!(
                    (answer.replayed, answer.first_position) == (placed.is_some(), expected),
                    "a request that was found at {placed:?} after a log up to {last} was answered \
                     with {answer:?}",
                );
                if placed.is_some() {
                    self.seen.survived += 1;
                } else {
                    self.seen.lost += 1;
                    last = Position::new(answer.last_position);
                }
                lock(&self.oracle).acknowledged(sent, &answer)?;
            }
        }
        Ok(())
    }
}

/// Reads the whole log again, rebuilds everything derived from it, and checks the books.
async fn check_all(client: &mut RawClient, oracle: &Mutex<Oracle>) -> Result<()> {
    let log = oracle::read(client, Position::FIRST).await?;
    let status = client
        .get_status(v1::GetStatusRequest {})
        .await?
        .into_inner();
    lock(oracle).check_whole(&log, &status)?;

    audit::rebuild(client).await?;
    audit::books(client).await
}

/// Starts a rebuild and returns after so many of its messages, or at its end; `true` when it had
/// not ended.
async fn some_of_a_rebuild(client: &mut RawClient, messages: u64) -> Result<bool> {
    let mut rebuild = client
        .rebuild(v1::RebuildRequest::default())
        .await?
        .into_inner();
    for _ in 0..messages {
        match rebuild.message().await? {
            Some(progress) if progress.phase() != v1::RebuildPhase::Switched => {}
            Some(_) | None => return Ok(false),
        }
    }
    Ok(true)
}

async fn connect(server: &ServerProcess) -> Result<RawClient> {
    RawClient::connect(format!("http://{}", server.address()))
        .await
        .context("no connection")
}

fn lock(oracle: &Mutex<Oracle>) -> std::sync::MutexGuard<'_, Oracle> {
    oracle
        .lock()
        .expect("no caller panics while it tells the oracle")
}
