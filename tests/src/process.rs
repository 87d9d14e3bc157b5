//! The programs as processes of their own: `ledger-server`, which can be stopped and killed, and
//! `ledgerctl`.

use anyhow::{Context as _, Result, bail, ensure};
use std::env;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub struct ServerProcess {
    child: Child,
    address: SocketAddr,
}

/// What the server prints once it serves, followed by its address.
const READY: &str = "listening on ";

impl ServerProcess {
    /// Starts the server on a folder, at a free port of loopback. A folder without a ledger gets
    /// an empty one. Returns when the server serves.
    ///
    /// # Errors
    ///
    /// When the program is not built, or ends before it serves.
    pub fn start(folder: &Path) -> Result<Self> {
        Self::start_at(folder, "127.0.0.1:0")
    }

    /// As [`start`](Self::start), at an address of loopback.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), and when the address is taken.
    pub fn start_at(folder: &Path, address: &str) -> Result<Self> {
        let mut child = Self::command(folder, address)?
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("the server cannot be started")?;
        match ready(&mut child) {
            Ok(address) => Ok(Self { child, address }),
            Err(error) => {
                // It may have ended by itself; either way it must not stay.
                drop(child.kill());
                let status = child.wait().context("the server cannot be waited for")?;
                Err(error.context(format!("the server ended with {status}")))
            }
        }
    }

    /// The command that starts the server on a folder, for those who cannot wait until it serves.
    ///
    /// # Errors
    ///
    /// When the program is not built.
    pub fn command(folder: &Path, address: &str) -> Result<Command> {
        let mut command = Command::new(program("ledger-server")?);
        command
            .arg("--create")
            .arg("--data-dir")
            .arg(folder)
            .args(["--listen", address, "--development-identity", "tester"])
            .args(["--log-filter", "warn"]);
        Ok(command)
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number that the system knows it by.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Asks the server to stop (SIGTERM), and waits until it has, in order.
    ///
    /// # Errors
    ///
    /// When it ends in any other way.
    pub fn stop(mut self) -> Result<()> {
        // The standard library can only kill; every system has a shell that can ask.
        let asked = Command::new("sh")
            .args([
                "-c",
                "kill -TERM \"$1\"",
                "sh",
                &self.process_id().to_string(),
            ])
            .status()
            .context("the server cannot be asked to stop")?;
        ensure!(asked.success(), "the server was gone already");
        let status = self
            .child
            .wait()
            .context("the server cannot be waited for")?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }

    /// Kills the server where it stands (SIGKILL), and waits until it is gone.
    ///
    /// # Errors
    ///
    /// When the system does not let us.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill().context("the server cannot be killed")?;
        self.child
            .wait()
            .context("the server cannot be waited for")?;
        Ok(())
    }

    /// Waits until the server ends by itself.
    ///
    /// # Errors
    ///
    /// When the system does not let us.
    pub fn wait(mut self) -> Result<ExitStatus> {
        self.child.wait().context("the server cannot be waited for")
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is just as well.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads the line with the address.
fn ready(child: &mut Child) -> Result<SocketAddr> {
    let output = child.stdout.take().context("the output is piped")?;
    let mut line = String::new();
    BufReader::new(output)
        .read_line(&mut line)
        .context("the output cannot be read")?;
    let Some(address) = line.trim_end().strip_prefix(READY) else {
        bail!("the server did not say where it listens");
    };
    address.parse().context("the server printed no address")
}

/// What `ledgerctl` said.
#[derive(Debug)]
pub struct Said {
    /// Its exit code; absent when a signal ended it.
    pub code: Option<i32>,
    /// Its answer.
    pub output: String,
    /// Its messages.
    pub messages: String,
}

/// Runs `ledgerctl` against a server, and waits until it ends.
///
/// # Errors
///
/// When the program is not built, or says what is not UTF-8.
pub fn ledgerctl(address: SocketAddr, arguments: &[&str]) -> Result<Said> {
    let mut command = Command::new(program("ledgerctl")?);
    command
        .args(["--endpoint", &format!("http://{address}")])
        .args(arguments);
    let ended = command
        .stdin(Stdio::null())
        .output()
        .context("ledgerctl cannot be run")?;
    Ok(Said {
        code: ended.status.code(),
        output: String::from_utf8(ended.stdout).context("the answer is not UTF-8")?,
        messages: String::from_utf8(ended.stderr).context("a message is not UTF-8")?,
    })
}

/// The program beside the one that runs: Cargo puts tests one folder below the programs.
fn program(name: &str) -> Result<PathBuf> {
    let own = env::current_exe().context("this program has no path")?;
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let found = own
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(&file));
    let found = found.into_iter().find(|program| program.is_file());
    found.with_context(|| {
        format!("{name} is not built; run cargo build --release --workspace --bin {name}")
    })
}
