//! Ledgers on disk under `tests/fixtures`, as a version of the past has left them.
//!
//! A fixture is written once, by the version whose format it shows: with `LEDGER_WRITE_FIXTURE`
//! set to the name of a folder that does not exist yet, the test in `compat` writes it before it
//! reads it. Then its figures are taken over into `compat`, from the message of the failing test.
//! RocksDB notes the name of the machine in its files, so a fixture is written where that says
//! nothing (`docs/internals/testing.md`).

use crate::story::request;
use anyhow::{Context as _, Result, ensure};
use ledger_core::Command;
use ledger_core::command::{CommandBody, RegisterPerson};
use ledger_tests::workload::{Lane, date, on};
use ledger_tests::{RawClient, ServerProcess};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What a fixture holds.
#[derive(Debug)]
pub(crate) struct Fixture {
    /// Its folder under `tests/fixtures`.
    pub(crate) folder: &'static str,
    /// What it begins with.
    pub(crate) story: fn() -> Vec<Command>,
    pub(crate) last_position: u64,
    /// Root of the Merkle tree over every event, in hexadecimal digits.
    pub(crate) root: &'static str,
    pub(crate) refusals: u64,
    pub(crate) accounts: usize,
    /// People on the roster of the class of the story.
    pub(crate) class_enrolled: u32,
    /// What of the award of the story was ordered to be paid, in fen.
    pub(crate) award_ordered_fen: Option<i64>,
}

/// Names the fixture to be written.
const WRITE_VARIABLE: &str = "LEDGER_WRITE_FIXTURE";

/// Batches of the load beside the story, and their size: enough for a few blocks.
const BATCHES: usize = 8;
const BATCH_COMMANDS: usize = 24;

/// A copy of a fixture: opening a ledger changes its files.
pub(crate) async fn open(fixture: &Fixture) -> Result<TempDir> {
    let name = fixture.folder;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name);
    if env::var(WRITE_VARIABLE).is_ok_and(|wanted| wanted == name) {
        write(&folder, fixture.story).await?;
    }
    let copy = tempfile::tempdir()?;
    let mut files = 0;
    for file in files_of(&folder)? {
        fs::copy(
            &file,
            copy.path()
                .join(file.file_name().context("a file has a name")?),
        )?;
        files += 1;
    }
    ensure!(files > 0, "{} is empty", folder.display());
    Ok(copy)
}

/// Writes a ledger with one complete story, a refusal, and some load.
async fn write(folder: &Path, story: fn() -> Vec<Command>) -> Result<()> {
    ensure!(
        !folder.exists(),
        "{} exists, and a fixture is never changed",
        folder.display()
    );
    let ledger = tempfile::tempdir()?;
    let server = ServerProcess::start(ledger.path())?;
    let mut client = RawClient::connect(format!("http://{}", server.address())).await?;
    client.append(request(&story())).await?;
    let known = CommandBody::RegisterPerson(RegisterPerson {
        person: crate::story::PERSON,
    });
    let refused = client.append(request(&[on(date(2021, 3, 1), known)])).await;
    ensure!(refused.is_err(), "a person was registered twice");
    let mut lane = Lane::new(1, 1);
    client.append(request(&lane.foundations())).await?;
    for _ in 0..BATCHES {
        client.append(request(&lane.batch(BATCH_COMMANDS))).await?;
    }
    server.stop_aside().await?;
    fs::create_dir_all(folder)?;
    for file in files_of(ledger.path())? {
        let name = file.file_name().context("a file has a name")?;
        // The rest is the lock, RocksDB's own text log and a copy of its settings.
        let text = name.to_string_lossy();
        let is_data = text.ends_with(".sst") || text.ends_with(".log") || text.ends_with(".blob");
        if is_data || text == "CURRENT" || text == "IDENTITY" || text.starts_with("MANIFEST-") {
            fs::copy(&file, folder.join(name))?;
        }
    }
    Ok(())
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    entries.map(|entry| Ok(entry?.path())).collect()
}
