//! A backup that was confirmed, the power that goes, and what a restore makes of it.
//!
//! Backups lie on the same disk as the ledger, so that they have the same faults. What is restored
//! is everything that was acknowledged when the backup was taken, and nothing else; on a disk that
//! keeps what it confirms nothing else can happen. On one that lies the restore may refuse instead,
//! and says why.

use super::fault::{After, Fault};
use super::round::{Ended, Then, connect};
use super::{Base, COMMANDS, Campaign};
use crate::oracle::Sent;
use crate::workload::Seeded;
use crate::{RawClient, Said, ServerProcess, server_program};
use anyhow::{Context as _, Result, bail, ensure};
use ledger_proto::v1;
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

/// What is done in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupFault {
    /// Backups, each over those before it; the last is restored.
    pub backups: u64,
    /// Requests before each.
    pub requests: u64,
}

impl BackupFault {
    /// Draws some backups and some requests.
    pub(super) fn draw(seeded: &mut Seeded) -> Self {
        Self {
            backups: 1 + seeded.below(3),
            requests: seeded.below(4),
        }
    }
}

impl Campaign {
    /// Runs a round in which backups are taken, and the last one is restored.
    pub(super) fn backup_round(
        &mut self,
        backup: BackupFault,
        fault: &Fault,
        seeded: &mut Seeded,
    ) -> Result<Ended> {
        let backups = self.fs.folder().join("backups");
        let restored = self.fs.folder().join("restored");
        std::fs::create_dir(&backups).context("the folder of backups cannot be made")?;
        // The folder itself was there long ago.
        self.fs.with(crate::faultfs::Disk::settle);
        let mut command = ServerProcess::command(&self.ledger(), "127.0.0.1:0")?;
        command.arg("--set");
        command.arg(format!("backup.dir={}", backups.display()));
        let server = ServerProcess::start_by(command)?;
        let taking = backups_of(&server, self.base.clone(), backup);
        let mut taken = self.runtime.block_on(taking)?;
        server.kill()?;
        self.cut(fault.after, seeded);
        self.fs.with(|disk| disk.plan.lies = false);
        let said = restore(&backups, &restored)?;
        let struck = true;
        if said.code != Some(0) {
            ensure!(fault.may_refuse, "not restored for no reason: {said:?}");
            ensure!(
                said.messages.contains("because:") || said.messages.contains("backup"),
                "not restored without a reason: {said:?}"
            );
            let then = Then::Refused;
            return Ok(Ended { struck, then });
        }
        // What was restored, on a disk that keeps its word from now on, is there for good.
        self.cut(fault.after, seeded);
        let server = ServerProcess::start(&restored)?;
        let position = self.runtime.block_on(async {
            let mut client = connect(&server).await?;
            let status = client.get_status(v1::GetStatusRequest {}).await?;
            anyhow::Ok(status.into_inner().log_position)
        })?;
        let newest = taken.last_key_value().map(|(position, _)| *position);
        // Of several backups a disk that lies may have forgotten the last ones as a whole.
        let then = match newest == Some(position) {
            true => Then::Served,
            false if fault.plan.lies => Then::Reverted,
            false => bail!("{position} was restored, and {newest:?} was confirmed"),
        };
        let mut was = taken.remove(&position);
        let was = was.as_mut().context("what was restored is no backup")?;
        self.check(&server, was, &mut VecDeque::new())?;
        server.stop().context("the server does not stop in order")?;
        Ok(Ended { struck, then })
    }

    fn cut(&self, after: After, seeded: &mut Seeded) {
        if let After::Cut(cut) = after {
            self.fs.with(|disk| disk.cut_power(cut, seeded));
        }
    }
}

/// Records and takes backups in turn; gives the ledger as it was when each was taken, by the last
/// position in it.
async fn backups_of(
    server: &ServerProcess,
    mut base: Base,
    backup: BackupFault,
) -> Result<BTreeMap<u64, Base>> {
    let mut client = connect(server).await?;
    let mut taken = BTreeMap::new();
    for _ in 0..backup.backups {
        for _ in 0..backup.requests {
            let commands = base.lane.batch(COMMANDS);
            let sent = Sent::new(base.lane.request_id(), commands);
            let answer = client.append(sent.message()).await?.into_inner();
            base.oracle.acknowledged(sent, &answer)?;
        }
        taken.insert(confirmed(&mut client).await?, base.clone());
    }
    // What comes later is in no backup.
    let commands = base.lane.batch(COMMANDS);
    let sent = Sent::new(base.lane.request_id(), commands);
    client.append(sent.message()).await?;
    Ok(taken)
}

/// Takes a backup, which is confirmed; gives the last position in it.
async fn confirmed(client: &mut RawClient) -> Result<u64> {
    let mut answers = client.back_up(v1::BackUpRequest {}).await?.into_inner();
    let mut last = None;
    while let Some(progress) = answers.message().await? {
        last = Some(progress);
    }
    let backup = last.and_then(|progress| progress.backup);
    let backup = backup.context("the last message holds the backup")?;
    ensure!(backup.is_whole, "a backup is not whole: {backup:?}");
    Ok(backup.log_position)
}

/// Restores the newest backup into a folder that is not there.
fn restore(backups: &Path, folder: &Path) -> Result<Said> {
    let text = |path: &Path| path.to_str().map(ToOwned::to_owned).context("it is UTF-8");
    let (backups, folder) = (text(backups)?, text(folder)?);
    server_program(&["restore", "--backup-dir", &backups, "--data-dir", &folder])
}
