//! What the program does with backups, and with a ledger that nobody serves.
//!
//! Long: one short function for each verb that works on a folder.

use clap::Args;
use ledger_core::hex;
use ledger_core::personal_data::PersonalData;
use ledger_engine::rebuild::{compare_in, is_readable};
use ledger_engine::{CancelToken, EngineOptions};
use ledger_log::{ShadowPurpose, StateStore as _};
use ledger_server::keeper::{self, CheckError, Found, Verified, VerifyStep};
use ledger_server::restore::{Restore, RestoreError, RestoreStep, restore};
use ledger_store::{
    About, Backup, BackupError, BackupFolder, Copying, OpenError, RocksStore, StoreOptions,
};
use serde_json::{Value, json};
use std::io::{self, IsTerminal as _, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, process};
use thiserror::Error;

/// Which backup is restored.
#[derive(Debug, Args)]
pub(crate) struct RestoreBackup {
    /// Number of the backup [default: the newest that is whole].
    #[arg(long, value_name = "NUMBER")]
    number: Option<u64>,
    /// Bytes copied per second at most; 0 for no bound.
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    rate: u64,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// What is listed of the backups, and which go.
#[derive(Debug, Args)]
pub(crate) struct ListBackups {
    /// Read every file, and compare it with what was written.
    #[arg(long)]
    check: bool,
    /// Remove all whole backups but so many of the newest.
    #[arg(long, value_name = "COUNT")]
    keep: Option<usize>,
    /// Bytes read per second at most by --check; 0 for no bound.
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    rate: u64,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// How a ledger is checked.
#[derive(Debug, Args)]
pub(crate) struct VerifyFolder {
    /// Derive the state again from the log as well, and compare it.
    #[arg(long)]
    deep: bool,
    /// Folder in which --deep works, with room for the derived state [default: that for temporary
    /// files]. The folder of the ledger does not change.
    #[arg(long, value_name = "FOLDER")]
    work_dir: Option<PathBuf>,
    /// Bytes read per second at most; 0 for no bound.
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    rate: u64,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// Why it came to no good end.
#[derive(Debug, Error)]
pub(crate) enum OfflineFailure {
    /// A folder is not named.
    #[error("{0} is missing: name it with --{1}, or in the configuration")]
    NotNamed(&'static str, &'static str),
    /// What an operator says holds personal data; it is not repeated.
    #[error("the reason holds {0}, which is never recorded: say it without. Nothing was done")]
    PersonalData(PersonalData),
    /// The ledger or a backup is damaged; the output lists what.
    #[error("{0}")]
    Damaged(String),
    /// The ledger cannot be opened.
    #[error("ledger cannot be opened")]
    Open {
        /// Why.
        source: OpenError,
        /// Whether that is for what lies in the folder.
        is_damage: bool,
    },
    /// The folder of backups cannot be used.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// A backup was not restored.
    #[error("nothing was restored")]
    Restore(#[from] RestoreError),
    /// The check broke off.
    #[error("the check did not come to its end")]
    Check(#[from] CheckError),
    /// The folder to work in cannot be used.
    #[error("cannot work in {}", path.display())]
    WorkDir {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Standard output is closed.
    #[error("the answer cannot be written")]
    Output(#[from] io::Error),
}

impl OfflineFailure {
    /// The exit code; `--help` explains them.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::NotNamed(..) | Self::PersonalData(_) => 2,
            Self::Damaged(_) => 5,
            Self::Restore(error) if error.is_damage() => 5,
            Self::Backup(BackupError::Damaged { .. }) => 5,
            Self::Open { is_damage, .. } => match is_damage {
                true => 5,
                false => 3,
            },
            Self::Backup(_)
            | Self::Restore(_)
            | Self::Check(_)
            | Self::WorkDir { .. }
            | Self::Output(_) => 1,
        }
    }
}

/// Whether opening failed for what lies in the folder, and not for the way to it.
pub(crate) fn is_damage(error: &OpenError, data_dir: &Path) -> bool {
    match error {
        OpenError::Locked { .. }
        | OpenError::UnknownFormat { .. }
        | OpenError::UnknownColumn { .. }
        | OpenError::NotAccepted { .. }
        | OpenError::NothingToAccept { .. } => false,
        // Files of a database that cannot be opened as one are what is left of it.
        OpenError::NotFound { .. } | OpenError::Database { .. } => holds_tables(data_dir),
        _ => true,
    }
}

fn holds_tables(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.any(|name| name.ends_with(".sst") || name.starts_with("MANIFEST-"))
}

impl RestoreBackup {
    pub(crate) fn run(
        self,
        backup_dir: Option<&Path>,
        data_dir: Option<&Path>,
    ) -> Result<(), OfflineFailure> {
        let asked = Restore {
            backup_dir: backup_dir.ok_or(NO_BACKUP_DIR)?,
            number: self.number,
            data_dir: data_dir.ok_or(NO_DATA_DIR)?,
            bytes_per_second: self.rate,
        };
        let mut progress = Progress::new();
        let restored = restore(asked, &CancelToken::new(), &mut |step| match step {
            RestoreStep::Copying(done) => progress.copying(done),
            RestoreStep::Checking(step) => progress.checking(step),
        })?;
        let (number, about) = (restored.number, &restored.about);
        if self.json {
            let answer = json!({
                "restored": about_to_json(number, about),
                "checked": verified_to_json(&restored.verified),
            });
            return say(&format!("{answer:#}\n"));
        }
        say(&format!(
            "backup {number} is restored up to position {}, of epoch {}, taken {}\n{}the first \
             opening for writing begins a new epoch\n",
            about.position,
            about.seal.epoch,
            about.taken_at,
            in_words(&restored.verified),
        ))
    }
}

impl ListBackups {
    pub(crate) fn run(self, backup_dir: Option<&Path>) -> Result<(), OfflineFailure> {
        let folder = BackupFolder::new(backup_dir.ok_or(NO_BACKUP_DIR)?)?;
        let removed = match self.keep {
            None => Vec::new(),
            Some(0) => return Err(OfflineFailure::NotNamed("a number of at least 1", "keep")),
            Some(keep) => folder.keep_newest(keep)?,
        };
        let mut backups = folder.list()?;
        if self.check {
            let mut progress = Progress::new();
            for backup in &mut backups {
                *backup = folder.check(backup.number, self.rate, &mut |done| {
                    progress.copying(done);
                    ControlFlow::Continue(())
                })?;
            }
        }
        match self.json {
            true => say(&format!(
                "{:#}\n",
                list_to_json(&folder, &backups, &removed)?
            ))?,
            false => say(&list_in_words(&backups, &removed))?,
        }
        let damaged = backups.iter().filter(|backup| !backup.is_whole()).count();
        match damaged {
            0 => Ok(()),
            count => Err(OfflineFailure::Damaged(format!(
                "{count} of {} backups are not whole",
                backups.len()
            ))),
        }
    }
}

impl VerifyFolder {
    pub(crate) fn run(self, data_dir: Option<&Path>) -> Result<(), OfflineFailure> {
        let data_dir = data_dir.ok_or(NO_DATA_DIR)?;
        let options = StoreOptions {
            read_only: true,
            ..StoreOptions::default()
        };
        let store = RocksStore::open(data_dir, &options).map_err(|source| {
            let is_damage = is_damage(&source, data_dir);
            OfflineFailure::Open { source, is_damage }
        })?;
        let mut progress = Progress::new();
        let mut tell = |step| progress.checking(step);
        // Where the version cannot be read, the check says why.
        let is_comparable = is_readable(&store).unwrap_or(true);
        let verified = match self.deep && is_comparable {
            false => keeper::verify(&store, self.rate, None, &CancelToken::new(), &mut tell)?,
            true => {
                let scratch = Scratch::new(self.work_dir.as_deref())?;
                let options = EngineOptions::default();
                let mut compare = |progress: keeper::Tell<'_>, cancel: &CancelToken| {
                    let shadow = scratch.store.open_shadow(ShadowPurpose::Look)?;
                    compare_in(shadow, &store, &options, progress, cancel)
                };
                let compare: Option<&mut keeper::Compare<'_>> = Some(&mut compare);
                keeper::verify(&store, self.rate, compare, &CancelToken::new(), &mut tell)?
            }
        };
        match self.json {
            true => say(&format!("{:#}\n", verified_to_json(&verified)))?,
            false => say(&in_words(&verified))?,
        }
        if self.deep && !is_comparable {
            say("the derived state is of another version and was not compared\n")?;
        }
        match verified.is_whole() {
            true => Ok(()),
            false => Err(OfflineFailure::Damaged("the ledger is damaged".to_owned())),
        }
    }
}

pub(crate) const NO_DATA_DIR: OfflineFailure =
    OfflineFailure::NotNamed("the folder of the ledger", "data-dir");
const NO_BACKUP_DIR: OfflineFailure =
    OfflineFailure::NotNamed("the folder of backups", "backup-dir");

/// A store beside the ledger to derive its state in, removed when it is dropped.
struct Scratch {
    path: PathBuf,
    store: RocksStore,
}

impl Scratch {
    fn new(work_dir: Option<&Path>) -> Result<Self, OfflineFailure> {
        let parent = work_dir.map_or_else(env::temp_dir, Path::to_owned);
        let path = parent.join(format!("subsidy-ledger-verify-{}", process::id()));
        let refused = |source: Box<dyn std::error::Error + Send + Sync>| OfflineFailure::WorkDir {
            path: parent.clone(),
            source,
        };
        let options = StoreOptions {
            create_if_missing: true,
            ..StoreOptions::default()
        };
        let store = RocksStore::open(&path, &options).map_err(|error| refused(error.into()))?;
        Ok(Self { path, store })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It holds nothing that anybody needs; RocksDB writes no more to files that are gone.
        drop(fs::remove_dir_all(&self.path));
    }
}

/// How far it has come, on standard error when a person looks on.
pub(crate) struct Progress {
    is_shown: bool,
    told: Instant,
}

/// How often a line is written.
const TELL_EVERY: Duration = Duration::from_secs(2);

impl Progress {
    pub(crate) fn new() -> Self {
        Self {
            is_shown: io::stderr().is_terminal(),
            told: Instant::now(),
        }
    }

    fn copying(&mut self, done: Copying) {
        self.tell(|| {
            format!(
                "{} of {} files, {} of {} bytes",
                done.files_done, done.files, done.bytes_done, done.bytes
            )
        });
    }

    pub(crate) fn checking(&mut self, step: VerifyStep) {
        self.tell(|| match step {
            VerifyStep::Reading(done) => format!(
                "read up to position {} of {}, {} entries beside the log, {} problems",
                done.position, done.target, done.entries, done.problems
            ),
            VerifyStep::Replaying(done, target) => {
                format!("derived again up to position {done} of {target}")
            }
            VerifyStep::Comparing(keys) => format!("{keys} keys compared"),
        });
    }

    fn tell(&mut self, text: impl FnOnce() -> String) {
        if self.is_shown && self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            // Nobody looks on any more when it cannot be written.
            drop(writeln!(io::stderr(), "{}", text()));
        }
    }
}

pub(crate) fn say(text: &str) -> Result<(), OfflineFailure> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes())?;
    Ok(output.flush()?)
}

pub(crate) fn in_words(verified: &Verified) -> String {
    let state = match verified.is_whole() {
        true => "whole",
        false => "DAMAGED",
    };
    let mut text = format!(
        "{state}: {} records up to position {}, {} entries beside them, {} bytes in {} files, {} \
         keys compared, {} problems\n",
        verified.records,
        verified.position,
        verified.entries,
        verified.bytes,
        verified.files,
        verified.compared_keys,
        verified.found_total,
    );
    if let Some(root) = &verified.root {
        text.push_str(&format!("Merkle root {}\n", hex::encode(root)));
    }
    for found in &verified.found {
        text.push_str(&format!("{}{}\n", place(found), found.what));
    }
    let listed = u64::try_from(verified.found.len()).unwrap_or(u64::MAX);
    match verified.found_total.saturating_sub(listed) {
        0 => text,
        rest => format!("{text}and {rest} more\n"),
    }
}

fn place(found: &Found) -> String {
    match (found.positions, &found.table) {
        (Some((first, last)), _) if first == last => format!("position {first}: "),
        (Some((first, last)), _) => format!("positions {first} to {last}: "),
        (None, Some(table)) => format!("{table}: "),
        (None, None) => String::new(),
    }
}

fn verified_to_json(verified: &Verified) -> Value {
    let found = verified.found.iter().map(|found| {
        json!({
            "description": found.what,
            "firstPosition": found.positions.map(|(first, _)| first.get()),
            "lastPosition": found.positions.map(|(_, last)| last.get()),
            "file": found.file,
            "table": found.table,
        })
    });
    json!({
        "isWhole": verified.is_whole(),
        "position": verified.position.get(),
        "recordCount": verified.records,
        "entryCount": verified.entries,
        "bytesRead": verified.bytes,
        "fileCount": verified.files,
        "comparedKeys": verified.compared_keys,
        "merkleRoot": verified.root.map(|root| hex::encode(&root)),
        "problemCount": verified.found_total,
        "problems": found.collect::<Vec<_>>(),
    })
}

fn list_in_words(backups: &[Backup], removed: &[u64]) -> String {
    let mut text = String::new();
    for backup in backups {
        let state = match backup.is_whole() {
            true => "whole",
            false => "NOT WHOLE",
        };
        text.push_str(&match &backup.about {
            None => format!("backup {}: {state}\n", backup.number),
            Some(about) => format!(
                "backup {}: {state}, position {}, epoch {}, taken {}, {} bytes in {} files, ledger \
                 {}\n",
                backup.number,
                about.position,
                about.seal.epoch,
                about.taken_at,
                about.bytes,
                about.files,
                about.ledger
            ),
        });
        for flaw in &backup.flaws {
            text.push_str(&format!("  {} {}\n", flaw.file, flaw.what));
        }
    }
    if backups.is_empty() {
        text.push_str("there is no backup\n");
    }
    for number in removed {
        text.push_str(&format!("backup {number} was removed\n"));
    }
    text
}

fn list_to_json(
    folder: &BackupFolder,
    backups: &[Backup],
    removed: &[u64],
) -> Result<Value, OfflineFailure> {
    let listed = backups.iter().map(|backup| {
        let flaws = backup.flaws.iter().map(|flaw| {
            json!({
                "file": flaw.file,
                "description": flaw.what.to_string(),
            })
        });
        let about = backup.about.as_ref();
        json!({
            "number": backup.number,
            "isWhole": backup.is_whole(),
            "about": about.map(|about| about_to_json(backup.number, about)),
            "flaws": flaws.collect::<Vec<_>>(),
        })
    });
    Ok(json!({
        "backups": listed.collect::<Vec<_>>(),
        "removedNumbers": removed,
        "freeBytes": folder.free_bytes()?,
    }))
}

fn about_to_json(number: u64, about: &About) -> Value {
    json!({
        "number": number,
        "backupTime": about.taken_at.to_string(),
        "logPosition": about.position.get(),
        "merkleRoot": hex::encode(&about.seal.root),
        "ledgerId": about.ledger,
        "epoch": { "number": about.seal.epoch, "id": hex::encode(&about.seal.epoch_id) },
        "sizeBytes": about.bytes,
        "fileCount": about.files,
    })
}
