//! Backups and checks of a ledger on disk, for the calls and for the subcommands.
//!
//! Long: one thread, and everything that it looks after.

use crate::config::BackupConfig;
use ledger_core::merkle::Hash;
use ledger_core::{Position, RecordedTime};
use ledger_engine::epochs::{EpochsError, read_epochs};
use ledger_engine::rebuild::{CancelToken, Phase, Progress};
use ledger_engine::{RebuildError, RebuildReport, Tip, VerifyError, tip_of};
use ledger_log::{LogError, Snapshot, StateStore as _};
use ledger_store::{
    BackUp, Backup, BackupError, BackupFolder, Copying, Problem, RocksStore, Seal, Verify,
    VerifyReport, Verifying,
};
use std::error::Error;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use thiserror::Error;

/// Who takes backups of an open ledger, and checks it.
pub(crate) struct Keeper {
    store: Arc<RocksStore>,
    ledger_id: String,
    config: BackupConfig,
    /// Held by the one check that runs.
    verifying: Mutex<()>,
}

/// A backup that was taken.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) backup: Backup,
    /// What was copied for it.
    pub(crate) copied: Copying,
    /// Numbers of older ones that were removed.
    pub(crate) removed: Vec<u64>,
}

/// Why there is no backup to be had.
#[derive(Debug, Error)]
pub(crate) enum KeeperError {
    /// The configuration names no folder.
    #[error("backup.dir is not configured")]
    NotConfigured,
    /// Taking or listing failed.
    #[error(transparent)]
    Backup(#[from] BackupError),
}

/// Something that does not hold, as it is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// What does not hold.
    pub what: String,
    /// The positions of the log that it is about.
    pub positions: Option<(Position, Position)>,
    /// The file.
    pub file: Option<String>,
    /// The part of the store beside the log.
    pub table: Option<String>,
}

/// What a check came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// The last position checked.
    pub position: Position,
    /// Records that are as they were recorded.
    pub records: u64,
    /// Entries read of everything beside the log.
    pub entries: u64,
    /// Files of the database.
    pub files: u64,
    /// Bytes of keys and values read.
    pub bytes: u64,
    /// Keys compared with the state derived again from the log.
    pub compared_keys: u64,
    /// Root of the Merkle tree over all records; `None` when one is missing.
    pub root: Option<Hash>,
    /// The first things that do not hold.
    pub found: Vec<Found>,
    /// How many do not hold, listed or not.
    pub found_total: u64,
}

/// How far a check has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifyStep {
    /// The log and every file are being read.
    Reading(Verifying),
    /// The state is being derived again, up to a position out of another.
    Replaying(u64, u64),
    /// So many keys were compared.
    Comparing(u64),
}

/// Why a check did not come to its end.
#[derive(Debug, Error)]
pub enum CheckError {
    /// It was asked to stop.
    #[error("the check was cancelled")]
    Cancelled,
    /// Another one is running.
    #[error("a check, a rebuild or a simulation is running already")]
    Busy,
    /// The store cannot be asked.
    #[error("the ledger cannot be read")]
    Log(#[from] LogError),
}

impl Keeper {
    pub(crate) fn new(store: Arc<RocksStore>, config: BackupConfig) -> Self {
        Self {
            // An open ledger has the file; without it nothing is told, and nothing stops.
            ledger_id: store.ledger_id().unwrap_or_default(),
            store,
            config,
            verifying: Mutex::new(()),
        }
    }

    pub(crate) fn config(&self) -> &BackupConfig {
        &self.config
    }

    pub(crate) fn store(&self) -> &RocksStore {
        &self.store
    }

    /// The identifier of the ledger.
    pub(crate) fn ledger_id(&self) -> &str {
        &self.ledger_id
    }

    fn folder(&self) -> Result<BackupFolder, KeeperError> {
        let dir = self.config.dir.as_ref().ok_or(KeeperError::NotConfigured)?;
        Ok(BackupFolder::new(dir)?)
    }

    /// Takes a backup, and removes the oldest when there are more than are kept.
    pub(crate) fn back_up(
        &self,
        taken_at: RecordedTime,
        cancel: &CancelToken,
        tell: &mut dyn FnMut(Copying),
    ) -> Result<Taken, KeeperError> {
        let folder = self.folder()?;
        let mut copied = Copying::default();
        let asked = BackUp {
            taken_at,
            bytes_per_second: self.config.bytes_per_second,
            seal: &seal,
        };
        let backup = self.store.back_up(&folder, &asked, &mut |done| {
            copied = done;
            tell(done);
            match cancel.is_cancelled() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })?;
        let removed = match self.config.keep {
            0 => Vec::new(),
            // The backup is there; that older ones stay is worth a word and no failure.
            keep => folder.keep_newest(keep).unwrap_or_else(|error| {
                tracing::warn!(%error, "older backups could not be removed");
                Vec::new()
            }),
        };
        Ok(Taken {
            backup,
            copied,
            removed,
        })
    }

    /// Lists the backups, and tells how many bytes may still be written to their disk.
    pub(crate) fn list(&self) -> Result<(Vec<Backup>, u64), KeeperError> {
        let folder = self.folder()?;
        Ok((folder.list()?, folder.free_bytes()?))
    }

    /// The right to check; `None` while somebody else does.
    pub(crate) fn verify_permit(&self) -> Option<MutexGuard<'_, ()>> {
        match self.verifying.try_lock() {
            Ok(permit) => Some(permit),
            // It guards nothing but itself.
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

/// Reads out of a state what the manifest of its backup says about it.
///
/// # Errors
///
/// When tip or epochs cannot be read.
pub fn seal(state: &dyn Snapshot) -> Result<Seal, Box<dyn Error + Send + Sync>> {
    let tip = tip_of(state)?;
    let epochs = read_epochs(state)?;
    // A ledger that has been opened by this version has one.
    let current = epochs.as_ref().map(|epochs| *epochs.current());
    Ok(Seal {
        epoch: current.map_or(1, |epoch| epoch.number),
        epoch_id: current.map_or([0; 16], |epoch| epoch.id),
        root: tip.root(),
    })
}

/// Reads and checks everything that a store holds; `compare` derives its state again and compares.
///
/// # Errors
///
/// [`CheckError`]; what does not hold is no error but part of the outcome.
pub fn verify(
    store: &RocksStore,
    bytes_per_second: u64,
    compare: Option<&mut Compare<'_>>,
    cancel: &CancelToken,
    tell: &mut (dyn FnMut(VerifyStep) + Send),
) -> Result<Verified, CheckError> {
    let (tip, epochs) = {
        let state = store.snapshot()?;
        (tip_of(&*state), read_epochs(&*state))
    };
    let report = store.verify(Verify { bytes_per_second }, &mut |done| {
        tell(VerifyStep::Reading(done));
        match cancel.is_cancelled() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    if !report.is_complete {
        return Err(CheckError::Cancelled);
    }
    let mut verified = Verified::of(&report);
    verified.check_tip(tip, &report);
    verified.check_epochs(epochs);
    if let Some(compare) = compare {
        let mut progress = |progress: Progress| {
            tell(match progress.phase {
                Phase::Comparing => VerifyStep::Comparing(progress.done),
                Phase::Replaying | Phase::CatchingUp | Phase::Switching => {
                    VerifyStep::Replaying(progress.done, progress.target)
                }
            });
        };
        verified.check_state(compare(&mut progress, cancel))?;
    }
    // Where the ledger lies is nobody's business but the operator's, who knows.
    let folder = format!("{}/", store.path().display());
    for found in &mut verified.found {
        found.what = found.what.replace(&folder, "");
    }
    Ok(verified)
}

/// Derives the state of a ledger again and compares it.
pub type Compare<'a> = dyn FnMut(Tell<'_>, &CancelToken) -> Compared + 'a;

/// Told how far deriving and comparing have come.
pub type Tell<'a> = &'a mut (dyn FnMut(Progress) + Send);

/// What comparing comes to.
pub type Compared = Result<RebuildReport, RebuildError>;

impl Verified {
    /// Whether everything holds.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.found_total == 0
    }

    /// What was found, in one line.
    #[must_use]
    pub fn in_short(&self) -> String {
        const SHOWN_MAX: usize = 5;
        let shown = self.found.iter().take(SHOWN_MAX);
        let shown: Vec<&str> = shown.map(|found| found.what.as_str()).collect();
        let count = u64::try_from(shown.len()).unwrap_or(u64::MAX);
        match self.found_total.saturating_sub(count) {
            0 => shown.join("; "),
            rest => format!("{}; and {rest} more", shown.join("; ")),
        }
    }

    fn of(report: &VerifyReport) -> Self {
        Self {
            position: report.position,
            records: report.records,
            entries: report.entries,
            files: report.files,
            bytes: report.bytes,
            compared_keys: 0,
            root: report.range.as_ref().map(|range| range.root()),
            found: report.problems.iter().map(Found::of).collect(),
            found_total: report.problems_total,
        }
    }

    fn note(&mut self, found: Found) {
        self.found_total = self.found_total.saturating_add(1);
        if self.found.len() < ledger_store::PROBLEMS_MAX {
            self.found.push(found);
        }
    }

    /// The events, taken together, are those that the Merkle tree was grown from.
    fn check_tip(&mut self, tip: Result<Tip, VerifyError>, report: &VerifyReport) {
        let tip = match tip {
            Ok(tip) => tip,
            Err(error) => return self.note(Found::chain(&error, "meta")),
        };
        // The log may have grown between the two; a tree of another length says nothing.
        let is_of_tip = |len: u64| len == tip.last_position.get();
        let range = report.range.as_ref().filter(|range| is_of_tip(range.len()));
        if range.is_some_and(|range| *range != tip.range) {
            let position = tip.last_position;
            self.note(Found::chain(&VerifyError::Root { position }, "meta"));
        }
    }

    fn check_epochs(&mut self, epochs: Result<Option<ledger_engine::epochs::Epochs>, EpochsError>) {
        if let Err(error) = epochs {
            self.note(Found::chain(&error, "meta"));
        }
    }

    fn check_state(
        &mut self,
        compared: Result<RebuildReport, RebuildError>,
    ) -> Result<(), CheckError> {
        let report = match compared {
            Ok(report) => report,
            Err(RebuildError::Different(report)) => *report,
            Err(RebuildError::Cancelled) => return Err(CheckError::Cancelled),
            Err(RebuildError::AlreadyRunning) => return Err(CheckError::Busy),
            Err(RebuildError::Log(error @ LogError::NoRoom { .. })) => {
                return Err(CheckError::Log(error));
            }
            Err(error) => {
                self.note(Found::chain(&error, "derived state"));
                return Ok(());
            }
        };
        self.compared_keys = report.compared_keys;
        for difference in &report.differences {
            self.note(Found {
                what: "the derived state is not what follows from the log; rebuild it".to_owned(),
                table: Some(difference.space.name().to_owned()),
                ..Found::default()
            });
        }
        let listed = u64::try_from(report.differences.len()).unwrap_or(u64::MAX);
        let all = report
            .differences_total
            .saturating_add(report.unreadable_total);
        let rest = all.saturating_sub(listed);
        self.found_total = self.found_total.saturating_add(rest);
        Ok(())
    }
}

impl Found {
    fn of(problem: &Problem) -> Self {
        let what = chain(problem);
        let one = |position| Some((position, position));
        match problem {
            Problem::Log(error) => Self {
                what,
                positions: match error {
                    LogError::CorruptRecord { position, .. } => one(*position),
                    LogError::CorruptBlock { first_position, .. } => one(*first_position),
                    _ => None,
                },
                ..Self::default()
            },
            Problem::Unreadable {
                first, last, file, ..
            } => Self {
                what,
                positions: Some((*first, *last)),
                file: file.clone(),
                ..Self::default()
            },
            Problem::Column { column, file, .. } => Self {
                what,
                file: file.clone(),
                table: Some(column.clone()),
                ..Self::default()
            },
            Problem::File { file, column, .. } => Self {
                what,
                file: Some(file.clone()),
                table: Some(column.clone()),
                ..Self::default()
            },
        }
    }

    fn chain(error: &dyn Error, table: &str) -> Self {
        Self {
            what: chain(error),
            table: Some(table.to_owned()),
            ..Self::default()
        }
    }
}

/// An error with its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
