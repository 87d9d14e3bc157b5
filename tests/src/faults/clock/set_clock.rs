//! A clock that can be set for one process, so that the machine's stays as it is.

use super::known::{DAY, IDLE_MAX};
use crate::ServerProcess;
use anyhow::{Context as _, Result, ensure};
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A clock that the campaign sets, for one process.
#[derive(Debug)]
pub(in super::super) struct SetClock {
    folder: TempDir,
    ahead: File,
}

impl SetClock {
    /// Compiles what is preloaded, with the compiler that links every Rust program.
    pub(in super::super) fn build() -> Result<Self> {
        let folder = tempfile::tempdir().context("there is no room for a clock")?;
        let source = folder.path().join("clock.c");
        std::fs::write(&source, include_str!("clock.c"))?;
        let ahead = File::create(folder.path().join("ahead"))?;
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(folder.path().join("clock.so"))
            .arg(&source)
            .output()
            .context("the clock takes the C compiler cc")?;
        let said = String::from_utf8_lossy(&compiled.stderr);
        ensure!(
            compiled.status.success(),
            "the clock does not compile: {said}"
        );
        let clock = Self { folder, ahead };
        clock.set(0)?;
        Ok(clock)
    }

    /// Sets it so many seconds ahead of the machine's.
    pub(super) fn set(&self, seconds: i64) -> Result<()> {
        let micros = seconds * 1_000_000;
        Ok(self.ahead.write_all_at(&micros.to_ne_bytes(), 0)?)
    }

    /// Starts a server that goes by this clock.
    pub(super) fn start(
        &self,
        ledger: &Path,
        accepted_until: Option<&str>,
    ) -> Result<ServerProcess> {
        let mut command = ServerProcess::command(ledger, "127.0.0.1:0")?;
        let days = IDLE_MAX / DAY;
        command
            .args(["--set", &format!("clock.idle_days_max={days}")])
            .env("LD_PRELOAD", self.folder.path().join("clock.so"))
            .env("LEDGER_FAULTS_CLOCK", self.folder.path().join("ahead"))
            // It says at length that its clock is wrong.
            .stderr(Stdio::null());
        if let Some(until) = accepted_until {
            command.args(["--accept-clock-until", until]);
        }
        ServerProcess::start_by(command)
    }
}
