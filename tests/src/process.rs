//! The programs as processes of their own: `ledger-server`, which can be stopped and killed, and
//! `ledgerctl`.

use anyhow::{Context as _, Result, bail, ensure};
use std::env;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _};
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
        Self::start_by(Self::command(folder, address)?)
    }

    /// As [`start`](Self::start), by a command of one's own.
    ///
    /// # Errors
    ///
    /// When the program ends before it serves.
    pub fn start_by(mut command: Command) -> Result<Self> {
        let mut child = command
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

    /// As [`start`](Self::start), for a folder that the server may refuse to open: then the inner
    /// error says why.
    ///
    /// # Errors
    ///
    /// When the program is not built, or cannot be started.
    pub fn try_start(folder: &Path) -> Result<std::result::Result<Self, Refused>> {
        Self::launch(folder)?.ready()
    }

    /// Launches the server on a folder and does not wait.
    ///
    /// # Errors
    ///
    /// As [`try_start`](Self::try_start).
    pub fn launch(folder: &Path) -> Result<Launched> {
        // A file and not a pipe, so that nobody has to read while the server writes.
        let messages = tempfile::tempfile().context("there is no room for messages")?;
        let child = Self::command(folder, "127.0.0.1:0")?
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(messages.try_clone().context("messages cannot be kept")?)
            .spawn()
            .context("the server cannot be started")?;
        Ok(Launched { child, messages })
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
            .args(["--log-filter", "warn"])
            // A ledger of a released version may have lain idle for years.
            .args(["--set", "clock.idle_days_max=36500"]);
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
        signal(self.process_id(), "TERM")?;
        let status = self
            .child
            .wait()
            .context("the server cannot be waited for")?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }

    /// As [`stop`](Self::stop), off the threads of the runtime. Connections of this process can so
    /// answer to the server that takes leave of them; otherwise the server waits for them as long
    /// as it waits for anybody.
    ///
    /// # Errors
    ///
    /// As [`stop`](Self::stop).
    pub async fn stop_aside(self) -> Result<()> {
        let stopped = tokio::task::spawn_blocking(|| self.stop());
        stopped.await.context("stopping does not panic")?
    }

    /// Tells the server to look at its files again (SIGHUP), and does not wait.
    ///
    /// # Errors
    ///
    /// When it is gone.
    pub fn hang_up(&self) -> Result<()> {
        signal(self.process_id(), "HUP")
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

/// A server that starts, or refuses to.
#[derive(Debug)]
pub struct Launched {
    child: Child,
    messages: File,
}

impl Launched {
    /// The number that the system knows it by.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it serves, or has ended.
    ///
    /// # Errors
    ///
    /// When what it said cannot be read.
    pub fn ready(mut self) -> Result<std::result::Result<ServerProcess, Refused>> {
        if let Ok(address) = ready(&mut self.child) {
            let child = self.child;
            return Ok(Ok(ServerProcess { child, address }));
        }
        let status = self.child.wait();
        let code = status.context("the server cannot be waited for")?.code();
        let mut said = String::new();
        self.messages.rewind().context("messages cannot be read")?;
        self.messages
            .read_to_string(&mut said)
            .context("a message is not UTF-8")?;
        Ok(Err(Refused { code, said }))
    }
}

/// Kills a process where it stands (SIGKILL), whoever waits for it.
pub(crate) fn kill(process: u32) -> Result<()> {
    signal(process, "KILL")
}

/// Sends a signal. The standard library can only kill its own children; every system has a shell
/// that can ask.
fn signal(process: u32, name: &str) -> Result<()> {
    let process = process.to_string();
    let asked = Command::new("sh")
        .args(["-c", "kill -\"$1\" \"$2\"", "sh", name, &process])
        .status()
        .context("no signal can be sent")?;
    ensure!(asked.success(), "the server was gone already");
    Ok(())
}

/// A start that the server has refused.
#[derive(Debug)]
pub struct Refused {
    /// Its exit code; absent when a signal ended it.
    pub code: Option<i32>,
    /// What it said on standard error.
    pub said: String,
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

/// Runs `ledger-server` for what needs no server, and waits until it ends.
///
/// # Errors
///
/// When the program is not built, or says what is not UTF-8.
pub fn server_program(arguments: &[&str]) -> Result<Said> {
    let ended = Command::new(program("ledger-server")?)
        .args(arguments)
        .args(["--log-filter", "error"])
        .stdin(Stdio::null())
        .output()
        .context("ledger-server cannot be run")?;
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
