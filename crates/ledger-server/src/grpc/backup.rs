//! `BackUp` and `ListBackups`: backups of the running ledger.

use super::call::{Call, StreamPermit};
use super::error::CallError;
use super::stream::{Answers, pull};
use super::work::{Said, Work};
use crate::keeper::{Keeper, KeeperError};
use ledger_engine::{Clock as _, SystemClock};
use ledger_proto::to_proto::time_to_proto;
use ledger_proto::{ApiError, v1};
use ledger_store::{Backup, Copying, Flaw};
use std::sync::Arc;

type Taken = Result<(Backup, Vec<u64>), KeeperError>;

pub(super) async fn back_up(
    call: Call,
    permit: StreamPermit,
    _request: v1::BackUpRequest,
) -> Result<Answers<v1::BackUpProgress>, CallError> {
    let shared = Arc::clone(&call.shared);
    // What can be told at once is an error of the call and not of its stream.
    keeper(&call)?.list()?;
    let work = Work::start(permit, move |latest, cancel| -> Taken {
        let keeper = shared.keeper.as_ref().ok_or(KeeperError::NotConfigured)?;
        keeper.back_up(SystemClock.now(), &cancel, &mut |done| {
            latest.send_replace(Some(done));
        })
    });
    let taking = Taking {
        call,
        work,
        last: v1::BackUpProgress::default(),
    };
    Ok(pull(taking, Taking::next))
}

pub(super) async fn list_backups(
    call: Call,
    _request: v1::ListBackupsRequest,
) -> Result<v1::ListBackupsResponse, CallError> {
    let shared = Arc::clone(&call.shared);
    let listed = call.shared.read(move |_| {
        let keeper = shared.keeper.as_ref().ok_or(KeeperError::NotConfigured);
        Ok(keeper.and_then(Keeper::list))
    });
    let (backups, free_bytes) = listed.await??;
    Ok(v1::ListBackupsResponse {
        backups: backups.iter().map(backup_to_proto).collect(),
        free_bytes,
    })
}

fn keeper(call: &Call) -> Result<&Keeper, KeeperError> {
    let keeper = call.shared.keeper.as_ref();
    keeper.ok_or(KeeperError::NotConfigured)
}

/// A backup on its way. Dropping it cancels the backup.
struct Taking {
    call: Call,
    work: Work<Copying, Taken>,
    /// The latest message, whose figures the next one goes on from.
    last: v1::BackUpProgress,
}

impl Taking {
    async fn next(mut self) -> Result<Option<(v1::BackUpProgress, Self)>, CallError> {
        match self.work.next(&self.call.shared).await? {
            None => return Ok(None),
            Some(Said::Progress(done)) => {
                self.last = v1::BackUpProgress {
                    files_done: done.files_done,
                    file_count: done.files,
                    bytes_done: done.bytes_done,
                    bytes_total: done.bytes,
                    ..v1::BackUpProgress::default()
                };
            }
            Some(Said::Result(taken)) => {
                let (backup, removed) = taken?;
                tracing::info!(
                    number = backup.number,
                    copied_bytes = self.last.bytes_done,
                    ?removed,
                    "a backup was taken"
                );
                self.last = v1::BackUpProgress {
                    files_done: self.last.file_count,
                    bytes_done: self.last.bytes_total,
                    backup: Some(backup_to_proto(&backup)),
                    removed_numbers: removed,
                    ..self.last.clone()
                };
            }
        }
        Ok(Some((self.last.clone(), self)))
    }
}

pub(super) fn backup_to_proto(backup: &Backup) -> v1::Backup {
    let about = backup.about.as_ref();
    v1::Backup {
        number: backup.number,
        is_whole: backup.is_whole(),
        backup_time: about.map(|about| time_to_proto(about.taken_at)),
        log_position: about.map_or(0, |about| about.position.get()),
        merkle_root: about.map_or(Vec::new(), |about| about.seal.root.to_vec()),
        ledger_id: about.map_or(String::new(), |about| about.ledger.clone()),
        epoch: about.map(|about| v1::Epoch {
            number: about.seal.epoch,
            id: about.seal.epoch_id.to_vec(),
        }),
        size_bytes: about.map_or(0, |about| about.bytes),
        file_count: about.map_or(0, |about| about.files),
        flaws: backup.flaws.iter().map(flaw_to_proto).collect(),
    }
}

fn flaw_to_proto(flaw: &Flaw) -> v1::BackupFlaw {
    v1::BackupFlaw {
        file: flaw.file.clone(),
        description: flaw.what.to_string(),
    }
}

impl From<KeeperError> for CallError {
    fn from(error: KeeperError) -> Self {
        use ledger_store::BackupError;
        let answer = match &error {
            KeeperError::NotConfigured => ApiError::BackupsNotConfigured,
            KeeperError::Backup(BackupError::NoFolder { .. }) => ApiError::BackupFolderMissing,
            KeeperError::Backup(BackupError::Busy { .. }) => ApiError::BackupRunning,
            KeeperError::Backup(BackupError::NoRoom {
                needed, available, ..
            }) => ApiError::BackupNoRoom {
                needed: *needed,
                available: *available,
            },
            KeeperError::Backup(_) => ApiError::BackupFailed,
        };
        tracing::error!(error = %crate::error_chain::ErrorChain(&error), "a backup was not taken");
        answer.into()
    }
}
