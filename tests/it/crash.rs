//! The real server, killed again and again under load: nothing acknowledged is ever lost, nothing
//! unacknowledged is half there.
//!
//! Every round starts the server on the same folder, checks the log against what the callers were
//! told, has the callers go on, and kills the server at a moment that follows from the seed: after
//! so many answers, in the middle of a start, or in the middle of a rebuild. Every few rounds the
//! derived state is rebuilt and compared, and the books are checked.

mod callers;
mod oracle;
mod start;

use anyhow::{Context as _, Result, ensure};
use callers::Caller;
use ledger_core::Position;
use ledger_proto::v1;
use ledger_tests::workload::{Seeded, foundations};
use ledger_tests::{RawClient, ServerProcess};
use oracle::Oracle;
use std::env;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Kills in one run. Each takes about a second.
const ROUNDS: u64 = 60;

/// Rounds after which the whole log and the derived state are checked.
const ROUNDS_BETWEEN_AUDITS: u64 = 10;

/// Answers after which a server is killed, at most.
const ANSWERS_MAX: u64 = 120;

/// Messages of a rebuild after which a server is killed, at most; a short rebuild ends before.
const REBUILD_MESSAGES_MAX: u64 = 4;

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
    runtime.block_on(run(seed)).unwrap_or_else(|error| {
        panic!("with {SEED_VARIABLE}={seed}: {error:?}");
    });
}

async fn run(seed: u64) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut seeded = Seeded::new(seed);
    let oracle = Arc::new(Mutex::new(Oracle::default()));
    let mut callers: Vec<_> = (0..UNARY_CALLERS)
        .map(|number| Caller::unary(number, seed))
        .chain((0..STREAM_CALLERS).map(|number| Caller::stream(UNARY_CALLERS + number, seed)))
        .collect();
    lay_foundations(folder.path(), &mut callers, &oracle).await?;
    for round in 1..=ROUNDS {
        let kill = choose(round, &mut seeded);
        callers = one_round(folder.path(), callers, &oracle, kill, round)
            .await
            .with_context(|| format!("round {round}, {kill:?}"))?;
    }
    let server = ServerProcess::start(folder.path())?;
    let mut client = connect(&server).await?;
    check_tail(&mut client, &oracle, &mut callers).await?;
    audit(&mut client, &oracle).await?;
    server.stop()
}

/// The policy, the accounts and the bodies, before the first kill.
async fn lay_foundations(
    folder: &Path,
    callers: &mut [Caller],
    oracle: &Mutex<Oracle>,
) -> Result<()> {
    let server = ServerProcess::start(folder)?;
    let mut client = connect(&server).await?;
    let mut commands = foundations();
    commands.extend(callers.iter().flat_map(Caller::foundations));
    let sent = callers
        .first_mut()
        .context("there are callers")?
        .sent(commands);
    let answer = client.append(sent.message()).await?.into_inner();
    lock(oracle).acknowledged(sent, &answer)?;
    server.kill()
}

fn choose(round: u64, seeded: &mut Seeded) -> Kill {
    let answers = seeded.below(ANSWERS_MAX);
    match round % 6 {
        2 => Kill::Start {
            changes: seeded.below(8),
            answers,
        },
        4 => Kill::RebuildMessages(seeded.below(REBUILD_MESSAGES_MAX)),
        _ => Kill::Answers(answers),
    }
}

async fn one_round(
    folder: &Path,
    mut callers: Vec<Caller>,
    oracle: &Arc<Mutex<Oracle>>,
    kill: Kill,
    round: u64,
) -> Result<Vec<Caller>> {
    if let Kill::Start { changes, .. } = kill {
        start::kill_while_starting(folder, changes)?;
    }
    let server = ServerProcess::start(folder)?;
    let mut client = connect(&server).await?;
    check_tail(&mut client, oracle, &mut callers).await?;
    if round.is_multiple_of(ROUNDS_BETWEEN_AUDITS) {
        audit(&mut client, oracle).await?;
    }
    let (answers, mut answered) = watch::channel(0);
    let answers = Arc::new(answers);
    let mut working = JoinSet::new();
    for caller in callers {
        let (address, oracle, answers) =
            (server.address(), Arc::clone(oracle), Arc::clone(&answers));
        working.spawn(caller.work(address, oracle, answers));
    }
    match kill {
        Kill::Answers(wanted)
        | Kill::Start {
            answers: wanted, ..
        } => {
            answered.wait_for(|answers| *answers >= wanted).await?;
        }
        Kill::RebuildMessages(wanted) => some_of_a_rebuild(&mut client, wanted).await?,
    }
    server.kill()?;
    let mut callers = Vec::new();
    while let Some(caller) = working.join_next().await {
        callers.push(caller??);
    }
    callers.sort_by_key(Caller::number);
    Ok(callers)
}

/// Compares what is in the log beyond what was checked before with what the callers know, and has
/// every request that is in doubt answered.
async fn check_tail(
    client: &mut RawClient,
    oracle: &Mutex<Oracle>,
    callers: &mut [Caller],
) -> Result<()> {
    let checked = lock(oracle).checked();
    let tail = oracle::read(client, checked.next()).await?;
    let doubtful = callers.iter().map(Caller::unanswered);
    let survived = lock(oracle).check(tail, doubtful)?;
    let mut last = lock(oracle).checked();
    for caller in callers {
        for sent in caller.take_unanswered() {
            // The same id again: it is answered as the first time, or carried out now.
            let answer = client.append(sent.message()).await?.into_inner();
            let placed = survived.get(&sent.request_id());
            ensure!(
                answer.replayed == placed.is_some(),
                "a request that was {}there was answered with replayed = {}",
                if placed.is_some() { "" } else { "not " },
                answer.replayed,
            );
            let first = Position::new(answer.first_position);
            match placed {
                Some(placed) => ensure!(first == *placed, "a request has moved to {first}"),
                None => {
                    ensure!(
                        first == last.next(),
                        "position {first} does not follow {last}"
                    );
                    last = Position::new(answer.last_position);
                }
            }
            lock(oracle).acknowledged(sent, &answer)?;
        }
    }
    Ok(())
}

/// Reads the whole log again, rebuilds everything derived from it, and checks the books.
async fn audit(client: &mut RawClient, oracle: &Mutex<Oracle>) -> Result<()> {
    let log = oracle::read(client, Position::FIRST).await?;
    let status = client
        .get_status(v1::GetStatusRequest {})
        .await?
        .into_inner();
    lock(oracle).check_whole(&log, &status)?;

    let mut rebuild = client.rebuild(v1::RebuildRequest {}).await?.into_inner();
    let mut last = None;
    while let Some(progress) = rebuild.message().await? {
        last = Some(progress);
    }
    let last = last.context("a rebuild says how it ended")?;
    ensure!(
        last.phase() == v1::RebuildPhase::Switched,
        "the rebuild ended with {last:?}"
    );
    ensure!(
        last.difference_count == 0,
        "live and rebuilt state differ: {last:?}"
    );

    let accounts = client
        .list_accounts(v1::ListAccountsRequest::default())
        .await?
        .into_inner();
    let (debits, credits) = (accounts.total_debits_fen, accounts.total_credits_fen);
    ensure!(
        debits == credits,
        "debits of {debits} fen stand against credits of {credits} fen"
    );
    ensure!(debits > 0, "the books are empty");
    Ok(())
}

/// Starts a rebuild and returns after so many of its messages, or at its end.
async fn some_of_a_rebuild(client: &mut RawClient, messages: u64) -> Result<()> {
    let mut rebuild = client.rebuild(v1::RebuildRequest {}).await?.into_inner();
    for _ in 0..messages {
        if rebuild.message().await?.is_none() {
            break;
        }
    }
    Ok(())
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
