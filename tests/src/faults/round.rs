//! One round: work until the fault has struck, then see what is left.

use super::fault::{After, Damage, End, Fault, Scene, Traffic};
use super::network::{Network, is_by_the_rules, is_gone, reordered};
use super::{Base, COMMANDS, Campaign};
use crate::audit::{NotRebuilt, books, rebuild};
use crate::faultfs::{Disk, FileName, Plan};
use crate::oracle::{self, Sent};
use crate::workload::Seeded;
use crate::{RawClient, Refused, ServerProcess};
use anyhow::{Context as _, Result, ensure};
use ledger_core::Position;
use ledger_proto::v1;
use std::collections::VecDeque;
use std::thread;
use std::time::Duration;

/// Requests that a round sends when nothing stops it.
const REQUESTS_MAX: u64 = 12;

/// How long an answer may take before the request counts as unanswered.
const ANSWER_TIME: Duration = Duration::from_secs(20);

/// How a round ended.
pub(super) struct Ended {
    /// The fault has struck something.
    pub(super) struck: bool,
    /// What the server did afterwards.
    pub(super) then: Then,
}

/// What the server did after a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// It served, with everything.
    Served,
    /// It refused to open and said why.
    Refused,
    /// It served, and whoever read what was damaged was told.
    Told,
    /// It served less than was acknowledged, on a disk that had confirmed and forgotten, and had
    /// forgotten the note of it as well.
    Reverted,
}

impl Campaign {
    /// Runs one round.
    pub(super) fn round(&mut self, fault: &Fault, seeded: &mut Seeded) -> Result<Ended> {
        self.fs.replace(self.base.disk.clone());
        self.fs.with(|disk| disk.plan(fault.plan.clone()));
        match fault.scene {
            Scene::Clock(clock) => return self.clock_round(clock, seeded),
            Scene::Backup(backup) => return self.backup_round(backup, fault, seeded),
            Scene::Restart => {}
        }
        let mut base = self.base.clone();
        let mut doubtful = VecDeque::new();
        let was_frozen = self.work(fault, &mut base, &mut doubtful)?;
        let struck = was_frozen || self.fs.with(|disk| disk.struck);
        self.fs.with(|disk| disk.plan(Plan::default()));
        self.fs.resume();
        match fault.after {
            After::Nothing => {}
            After::Cut(cut) => self.fs.with(|disk| disk.cut_power(cut, seeded)),
            After::Damage(damage) => self.fs.with(|disk| damage_one(disk, damage, seeded))?,
        }
        let struck = struck || matches!(fault.end, End::Kill(_)) || fault.after != After::Nothing;
        match ServerProcess::try_start(&self.ledger())? {
            Ok(server) => {
                let noted = self.fs.with(noted_position);
                let checked = self.check_doubtful(&server, &mut base, &mut doubtful, fault.traffic);
                let then = match checked {
                    Ok(()) => Then::Served,
                    Err(error) if is_told(fault, &error) => Then::Told,
                    Err(error) if fault.plan.lies => {
                        self.check_reverted(&server, noted).context(error)?;
                        Then::Reverted
                    }
                    Err(error) => return Err(error),
                };
                let stopped = server.stop();
                if then != Then::Told {
                    stopped.context("the server does not stop in order")?;
                }
                Ok(Ended { struck, then })
            }
            Err(refused) => {
                ensure!(fault.may_refuse, "refused for no reason: {refused:?}");
                if let Some(server) = self.check_refusal(&refused)? {
                    // What stood in the way of a write need not stand in the way of the next start;
                    // the log is what it was.
                    match self.check_doubtful(&server, &mut base, &mut doubtful, fault.traffic) {
                        Err(error) if !is_told(fault, &error) => return Err(error),
                        _ => drop(server),
                    }
                }
                let then = Then::Refused;
                Ok(Ended { struck, then })
            }
        }
    }

    /// Starts the server and sends requests until the fault of the round ends it. What was sent and
    /// not answered is in doubt. Returns whether the disk stood still.
    fn work(&self, fault: &Fault, base: &mut Base, doubtful: &mut VecDeque<Sent>) -> Result<bool> {
        let launched = ServerProcess::launch(&self.ledger())?;
        let process = launched.process_id();
        let answers = match fault.end {
            End::Stop(answers) | End::Kill(answers) => answers,
            End::KillFrozen => REQUESTS_MAX,
        };
        thread::scope(|scope| {
            let working = scope.spawn(|| -> Result<()> {
                // It may not even start, on such a disk.
                let Ok(server) = launched.ready()? else {
                    return Ok(());
                };
                self.runtime
                    .block_on(send(&server, base, answers, doubtful, fault))?;
                match fault.end {
                    End::Kill(_) => server.kill(),
                    End::Stop(_) => server.stop(),
                    // If it still does not stand still, the round says nothing.
                    End::KillFrozen => {
                        drop(server.stop());
                        Ok(())
                    }
                }
            });
            let is_frozen = self.fs.await_freeze(|| working.is_finished());
            if is_frozen {
                crate::process::kill(process)?;
                self.fs.fail_everything();
            }
            working.join().expect("the caller does not panic")?;
            Ok(is_frozen)
        })
    }

    /// The server serves: everything acknowledged is there and nothing else.
    pub(super) fn check(
        &self,
        server: &ServerProcess,
        base: &mut Base,
        doubtful: &mut VecDeque<Sent>,
    ) -> Result<()> {
        self.check_doubtful(server, base, doubtful, Traffic::Orderly)
    }

    /// The same where requests in doubt have come in another order than they were sent: each may be
    /// there without those before it, and what was not recorded may be refused by the rules.
    fn check_doubtful(
        &self,
        server: &ServerProcess,
        base: &mut Base,
        doubtful: &mut VecDeque<Sent>,
        traffic: Traffic,
    ) -> Result<()> {
        self.runtime.block_on(async {
            let mut client = connect(server).await?;
            let from = base.oracle.checked().next();
            let tail = oracle::read(&mut client, from).await?;
            let is_reordered = matches!(traffic, Traffic::Reordered(_));
            let survived = match is_reordered {
                false => base.oracle.check(&tail, &[&*doubtful])?,
                true => {
                    let alone = doubtful.iter().map(|sent| VecDeque::from([sent.clone()]));
                    let alone: Vec<_> = alone.collect();
                    base.oracle
                        .check(&tail, &alone.iter().collect::<Vec<_>>())?
                }
            };
            let mut next = base.oracle.checked().next().get();
            for sent in doubtful.drain(..) {
                let found = survived.get(&sent.request_id()).copied();
                let answer = match client.append(sent.message()).await {
                    Err(refused)
                        if is_reordered && found.is_none() && is_by_the_rules(&refused) =>
                    {
                        continue;
                    }
                    answer => answer?.into_inner(),
                };
                let expected = found.map_or(next, Position::get);
                ensure!(
                    (answer.replayed, answer.first_position) == (found.is_some(), expected),
                    "the request found at {found:?} of a log before {next} was answered {answer:?}",
                );
                if found.is_none() {
                    next = answer.last_position + 1;
                }
                base.oracle.acknowledged(sent, &answer)?;
            }
            let log = oracle::read(&mut client, Position::FIRST).await?;
            let status = client
                .get_status(v1::GetStatusRequest {})
                .await?
                .into_inner();
            base.oracle.check_whole(&log, &status)?;
            rebuild(&mut client).await?;
            books(&mut client).await
        })
    }

    /// A disk that lies has taken everything back, the note of what was acknowledged included: the
    /// ledger is one of the past, and nothing in it can tell. It is never one before the note.
    fn check_reverted(&self, server: &ServerProcess, noted: u64) -> Result<()> {
        self.runtime.block_on(async {
            let mut client = connect(server).await?;
            let log = oracle::read(&mut client, Position::FIRST).await?;
            let last = log.last().map_or(0, |(_, event)| event.position.get());
            ensure!(
                last >= noted,
                "the ledger opened at {last} although {noted} was noted"
            );
            rebuild(&mut client).await?;
            books(&mut client).await
        })
    }

    /// The server refuses: it says why and what to do, and leaves every file where it is, also the
    /// second time. Returns the server when it serves then.
    fn check_refusal(&self, refused: &Refused) -> Result<Option<ServerProcess>> {
        ensure!(
            refused.code == Some(3),
            "refused in another way: {refused:?}"
        );
        ensure!(
            refused.said.contains("because:") || refused.said.contains("restore"),
            "refused without a reason: {refused:?}"
        );
        let files = || {
            let names = |disk: &mut Disk| disk.files().into_iter().map(|(path, _)| path).collect();
            self.fs.with(|disk| -> Vec<_> { names(disk) })
        };
        let before = files();
        let again = ServerProcess::try_start(&self.ledger())?;
        if let Err(again) = &again {
            ensure!(again.code == refused.code, "{again:?} after {refused:?}");
        }
        let after = files();
        let lost: Vec<_> = before
            .iter()
            .filter(|path| !after.contains(path) && !is_replaced(path, refused))
            .collect();
        if again.is_err() {
            ensure!(lost.is_empty(), "a refused start has removed {lost:?}");
        }
        Ok(again.ok())
    }
}

/// Tells whether damage to a file was answered with an error of the server, or with a rebuild that
/// did not come to a sound end: never with an event that is missing or another.
fn is_told(fault: &Fault, error: &anyhow::Error) -> bool {
    let is_damaged = matches!(fault.after, After::Damage(_));
    is_damaged && (error.is::<tonic::Status>() || error.is::<NotRebuilt>())
}

/// The position that the ledger notes as acknowledged (`docs/internals/storage.md`).
fn noted_position(disk: &mut Disk) -> u64 {
    let files = disk.files();
    let file = files
        .iter()
        .find(|(path, _)| path.last().is_some_and(|name| name == "ACKNOWLEDGED"));
    let bytes = file.and_then(|(_, file)| disk.bytes_mut(*file));
    let bytes = bytes.map(|bytes| &bytes[..]).unwrap_or_default();
    let number = |at: usize| {
        let bytes = bytes
            .get(at..at + 8)
            .and_then(|bytes| bytes.try_into().ok());
        bytes.map(u64::from_be_bytes)
    };
    let slots = [0, 4096].map(|slot| number(slot + 8).zip(number(slot + 40)));
    let newest = slots.into_iter().flatten().max();
    newest.map_or(0, |(_, position)| position)
}

/// What RocksDB replaces at each opening for writing. A ledger that the store opens and the engine
/// refuses, for damage to what only the engine reads, has been opened so far, and its tables may
/// have been compacted: then the contents of those that are gone lie in others.
fn is_replaced(path: &[FileName], refused: &Refused) -> bool {
    let by_the_engine = refused
        .said
        .starts_with("ledger-server: ledger cannot be opened");
    let name = path.last().map(|name| name.to_string_lossy());
    name.is_some_and(|name| {
        name.starts_with("LOG")
            || name.starts_with("MANIFEST-")
            || name.starts_with("OPTIONS-")
            || name.ends_with(".log")
            || (by_the_engine && name.ends_with(".sst"))
    })
}

/// Sends requests until so many are answered or the server fails.
async fn send(
    server: &ServerProcess,
    base: &mut Base,
    answers: u64,
    doubtful: &mut VecDeque<Sent>,
    fault: &Fault,
) -> Result<()> {
    let Ok(mut client) = connect(server).await else {
        return Ok(());
    };
    let may_die = fault.end == End::KillFrozen;
    let mut network = match fault.traffic {
        Traffic::Orderly => None,
        Traffic::Unreliable(seed) => match Network::new(server, seed).await {
            Err(_) if may_die => return Ok(()),
            network => Some(network?),
        },
        Traffic::Reordered(seed) => {
            return match reordered(server, base, doubtful, seed).await {
                Err(error) if may_die && is_gone(&error) => Ok(()),
                ended => ended,
            };
        }
    };
    for _ in 0..answers {
        let commands = base.lane.batch(COMMANDS);
        let sent = Sent::new(base.lane.request_id(), commands);
        let message = sent.message();
        doubtful.push_back(sent);
        let answer = match &mut network {
            Some(network) => match network.deliver(&mut client, message).await {
                Err(error) if may_die && is_gone(&error) => return Ok(()),
                answer => answer?,
            },
            None => match tokio::time::timeout(ANSWER_TIME, client.append(message)).await {
                Ok(Ok(answer)) => answer.into_inner(),
                _ => return Ok(()),
            },
        };
        let sent = doubtful.pop_back().context("it was just put there")?;
        base.oracle.acknowledged(sent, &answer)?;
    }
    Ok(())
}

/// Damages one file of the ledger, which is drawn; empty ones have nothing to damage.
fn damage_one(disk: &mut Disk, damage: Damage, seeded: &mut Seeded) -> Result<()> {
    let mut files = disk.files();
    files.retain(|(_, file)| disk.bytes_mut(*file).is_some_and(|bytes| !bytes.is_empty()));
    let mut draw = |bound: usize| seeded.index(bound);
    let chosen = files.get(draw(files.len())).cloned();
    let (path, file) = chosen.context("there are files")?;
    match damage {
        Damage::Lost => disk.remove(&path),
        Damage::Swapped => {
            let other = files.get(draw(files.len())).context("there are files")?.1;
            let bytes = disk.bytes_mut(file).cloned().unwrap_or_default();
            let place = disk.bytes_mut(other).context("the file is there")?;
            let swapped = std::mem::replace(place, bytes);
            *disk.bytes_mut(file).context("the file is there")? = swapped;
        }
        Damage::Emptied | Damage::Halved | Damage::Shortened | Damage::BitFlipped => {
            let bytes = disk.bytes_mut(file).context("the file is there")?;
            let (at, bit) = (draw(bytes.len()), draw(8));
            match damage {
                Damage::Emptied => bytes.clear(),
                Damage::Halved => bytes.truncate(bytes.len() / 2),
                Damage::Shortened => drop(bytes.pop()),
                _ => *bytes.get_mut(at).context("the byte is there")? ^= 1 << bit,
            }
        }
    }
    // What lies there lies there for good.
    disk.settle();
    Ok(())
}

/// Connects to a server.
pub(super) async fn connect(server: &ServerProcess) -> Result<RawClient> {
    RawClient::connect(format!("http://{}", server.address()))
        .await
        .context("no connection")
}
