//! Restoring a backup: copied, read, derived again and compared, and only then put in place.

use crate::keeper::{self, CheckError, Verified, VerifyStep};
use ledger_engine::epochs::{EpochsError, Restored, note_fork};
use ledger_engine::rebuild::compare_in;
use ledger_engine::{CancelToken, EngineOptions, OpenError, prepare};
use ledger_log::{LogError, ShadowPurpose, StateStore as _};
use ledger_store::{About, BackupError, BackupFolder, Copying, Restoring, RocksStore};
use std::ops::ControlFlow;
use std::path::Path;
use thiserror::Error;

/// What is restored, and where to.
#[derive(Debug, Clone, Copy)]
pub struct Restore<'a> {
    /// The folder of backups.
    pub backup_dir: &'a Path,
    /// The number of the backup; `None` for the newest that is whole.
    pub number: Option<u64>,
    /// The folder of the new ledger, empty or absent.
    pub data_dir: &'a Path,
    /// Bytes copied per second at most; zero for no bound.
    pub bytes_per_second: u64,
}

/// How far a restore has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestoreStep {
    /// The files are being copied.
    Copying(Copying),
    /// The copy is being checked.
    Checking(VerifyStep),
}

/// A backup that was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoredLedger {
    /// Its number.
    pub number: u64,
    /// What its manifest says.
    pub about: About,
    /// What was checked.
    pub verified: Verified,
}

/// Why a backup was not restored. There is no ledger in the folder then.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// The backup is not there or damaged, or the folder is not empty, or has no room.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The copy cannot be opened as a store.
    #[error("backup {number} cannot be opened")]
    Store {
        /// Its number.
        number: u64,
        /// Why.
        source: ledger_store::OpenError,
    },
    /// The copy cannot be opened as a ledger.
    #[error("backup {number} is no ledger")]
    Ledger {
        /// Its number.
        number: u64,
        /// Why.
        source: OpenError,
    },
    /// The check broke off.
    #[error("backup {number} could not be checked")]
    Check {
        /// Its number.
        number: u64,
        /// Why.
        source: CheckError,
    },
    /// Something in it does not hold.
    #[error("backup {number} is damaged: {}", verified.in_short())]
    Damaged {
        /// Its number.
        number: u64,
        /// What was found.
        verified: Box<Verified>,
    },
    /// It is not what its manifest says.
    #[error("backup {number} holds another {what} than its manifest says")]
    Differs {
        /// Its number.
        number: u64,
        /// What differs.
        what: &'static str,
    },
    /// The note that a fork begins cannot be written.
    #[error("the restored ledger cannot be written to")]
    Note(#[from] EpochsError),
    /// The derived state cannot be derived again.
    #[error("the restored ledger cannot be written to")]
    Log(#[from] LogError),
}

impl RestoreError {
    /// Whether the backup is what is wrong, and not the way to it.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Backup(error) => matches!(error, BackupError::Damaged { .. }),
            Self::Store { .. }
            | Self::Ledger { .. }
            | Self::Damaged { .. }
            | Self::Differs { .. } => true,
            Self::Check { .. } | Self::Note(_) | Self::Log(_) => false,
        }
    }
}

/// Restores a backup into a folder that is empty or absent.
///
/// Every file is compared with its manifest, every record with its leaf hash, all of them with the
/// Merkle root of the manifest, and the derived state with what follows from the log. The first
/// opening for writing begins a new epoch.
///
/// # Errors
///
/// [`RestoreError`]; there is no ledger in the folder then.
pub fn restore(
    asked: Restore<'_>,
    cancel: &CancelToken,
    tell: &mut (dyn FnMut(RestoreStep) + Send),
) -> Result<RestoredLedger, RestoreError> {
    let folder = BackupFolder::new(asked.backup_dir)?;
    let number = match asked.number {
        Some(number) => number,
        None => newest(&folder)?,
    };
    let restoring = Restoring::begin(asked.data_dir)?;
    let about = restoring.copy(&folder, number, asked.bytes_per_second, &mut |done| {
        tell(RestoreStep::Copying(done));
        match cancel.is_cancelled() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    })?;
    let store = restoring
        .open()
        .map_err(|source| RestoreError::Store { number, source })?;
    let verified = check(&store, number, &about, cancel, tell)?;
    let fork = Restored {
        backup: number,
        position: about.position,
        taken_at: about.taken_at,
    };
    note_fork(&store, fork)?;
    store.flush()?;
    drop(store);
    restoring.finish()?;
    Ok(RestoredLedger {
        number,
        about,
        verified,
    })
}

fn newest(folder: &BackupFolder) -> Result<u64, BackupError> {
    let listed = folder.list()?;
    let whole = listed.iter().rev().find(|backup| backup.is_whole());
    whole
        .map(|backup| backup.number)
        .ok_or_else(|| BackupError::NoneWhole {
            path: folder.path().to_owned(),
        })
}

/// Checks the copy: by itself, and against what its manifest says.
fn check(
    store: &RocksStore,
    number: u64,
    about: &About,
    cancel: &CancelToken,
    tell: &mut (dyn FnMut(RestoreStep) + Send),
) -> Result<Verified, RestoreError> {
    let options = EngineOptions::default();
    prepare(store, &options).map_err(|source| RestoreError::Ledger { number, source })?;
    let seal = match keeper::seal(&*store.snapshot()?) {
        Ok(seal) => seal,
        Err(_) => {
            let what = "state";
            return Err(RestoreError::Differs { number, what });
        }
    };
    let mut compare = |progress: &mut (dyn FnMut(_) + Send), cancel: &CancelToken| {
        let shadow = store.open_shadow(ShadowPurpose::Look)?;
        compare_in(shadow, store, &options, progress, cancel)
    };
    let mut tell = |step| tell(RestoreStep::Checking(step));
    let verified = keeper::verify(store, 0, Some(&mut compare), cancel, &mut tell)
        .map_err(|source| RestoreError::Check { number, source })?;
    if !verified.is_whole() {
        let verified = Box::new(verified);
        return Err(RestoreError::Damaged { number, verified });
    }
    let differs = [
        ("last position", verified.position != about.position),
        ("Merkle root", verified.root != Some(about.seal.root)),
        ("epoch", seal != about.seal),
    ];
    match differs.into_iter().find(|(_, differs)| *differs) {
        Some((what, _)) => Err(RestoreError::Differs { number, what }),
        None => Ok(verified),
    }
}
