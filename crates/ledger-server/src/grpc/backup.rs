//! `BackUp` and `ListBackups`: backups of the running ledger.

use super::call::{Call, StreamPermit};
use super::error::CallError;
use super::stream::{Answers, pull};
use super::work::{Said, Work};
use crate::keeper::{Keeper, KeeperError, Taken};
use ledger_engine::{Clock as _, SystemClock};
use ledger_proto::to_proto::time_to_proto;
use ledger_proto::{ApiError, v1};
use ledger_store::{Backup, Copying, Flaw};
use std::sync::Arc;

pub(super) async fn back_up(
    call: Call,
    permit: StreamPermit,
    _request: v1::BackUpRequest,
) -> Result<Answers<v1::BackUpProgress>, CallError> {
    let shared = Arc::clone(&call.shared);
    // What can be told at once is an error of the call and not of its stream.
    list(&call).await?;
    let work = Work::start(permit, move |latest, cancel| {
        let keeper = shared.keeper.as_ref().ok_or(KeeperError::NotConfigured)?;
        keeper.back_up(SystemClock.now(), &cancel, &mut |done| {
            latest.send_replace(Some(done));
        })
    });
    let taking = Taking { call, work };
    Ok(pull(taking, Taking::next))
}

pub(super) async fn list_backups(
    call: Call,
    _request: v1::ListBackupsRequest,
) -> Result<v1::ListBackupsResponse, CallError> {
    let (backups, free_bytes) = list(&call).await?;
    Ok(v1::ListBackupsResponse {
        backups: backups.iter().map(backup_to_proto).collect(),
        free_bytes,
    })
}

/// Lists the backups, off the threads that serve connections.
async fn list(call: &Call) -> Result<(Vec<Backup>, u64), CallError> {
    let shared = Arc::clone(&call.shared);
    let listed = call.shared.read(&call.share, move |_| {
        let keeper = shared.keeper.as_ref().ok_or(KeeperError::NotConfigured);
        Ok(keeper.and_then(Keeper::list))
    });
    Ok(listed.await??)
}

/// A backup on its way. Dropping it cancels the backup.
struct Taking {
    call: Call,
    work: Work<Copying, Result<Taken, KeeperError>>,
}

impl Taking {
    async fn next(mut self) -> Result<Option<(v1::BackUpProgress, Self)>, CallError> {
        match self.work.next(&self.call.shared).await? {
            None => Ok(None),
            Some(Said::Progress(done)) => Ok(Some((copying_to_proto(done), self))),
            Some(Said::Result(taken)) => {
                let taken = taken?;
                tracing::info!(
                    number = taken.backup.number,
                    copied_bytes = taken.copied.bytes_done,
                    removed = ?taken.removed,
                    "a backup was taken"
                );
                let last = v1::BackUpProgress {
                    backup: Some(backup_to_proto(&taken.backup)),
                    removed_numbers: taken.removed,
                    ..copying_to_proto(taken.copied)
                };
                Ok(Some((last, self)))
            }
        }
    }
}

fn copying_to_proto(done: Copying) -> v1::BackUpProgress {
    v1::BackUpProgress {
        files_done: done.files_done,
        file_count: done.files,
        bytes_done: done.bytes_done,
        bytes_total: done.bytes,
        ..v1::BackUpProgress::default()
    }
}

fn backup_to_proto(backup: &Backup) -> v1::Backup {
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
