//! Runs other programs: shows the command line, and turns a failure into an error.

use std::env;
use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::say;

/// A program to run in the root of the workspace, output going straight to the terminal.
#[derive(Debug)]
pub(crate) struct Run {
    command: Command,
}

impl Run {
    /// Prepares `program` to run in `root`.
    pub(crate) fn new(program: impl AsRef<OsStr>, root: &Path) -> Run {
        let mut command = Command::new(program);
        command.current_dir(root);
        Run { command }
    }

    /// Prepares the Cargo that started xtask, so that both use one toolchain.
    pub(crate) fn cargo(root: &Path) -> Run {
        Run::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), root)
    }

    /// Adds arguments.
    pub(crate) fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Run {
        self.command.args(arguments);
        self
    }

    /// Sets one environment variable for the program.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Run {
        self.command.env(name, value);
        self
    }

    /// Shows the command line, runs it and waits; an exit code other than zero is an error.
    pub(crate) fn status(mut self) -> anyhow::Result<()> {
        let line = self.line();
        say::note(format_args!("$ {line}"));
        let status = self
            .command
            .status()
            .with_context(|| format!("cannot start `{line}`"))?;
        if !status.success() {
            bail!("`{line}` ended with {status}");
        }
        Ok(())
    }

    /// Runs it quietly and returns what it wrote to standard output.
    pub(crate) fn output(mut self) -> anyhow::Result<Vec<u8>> {
        let line = self.line();
        let output = self
            .command
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("cannot start `{line}`"))?;
        if !output.status.success() {
            bail!("`{line}` ended with {}", output.status);
        }
        Ok(output.stdout)
    }

    /// Runs it quietly as a filter: `input` in, standard output back.
    pub(crate) fn filter(mut self, input: Vec<u8>) -> anyhow::Result<Vec<u8>> {
        let line = self.line();
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start `{line}`"))?;
        let mut stdin = child.stdin.take().expect("standard input was just piped");
        // Writing and reading at once: neither side can then block on a full pipe.
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child
            .wait_with_output()
            .with_context(|| format!("cannot read `{line}`"))?;
        let written = writer.join().expect("the writing thread does not panic");
        if !output.status.success() {
            bail!("`{line}` ended with {}", output.status);
        }
        written.with_context(|| format!("cannot write to `{line}`"))?;
        Ok(output.stdout)
    }

    /// Runs it with no output at all and says whether it could start and succeeded.
    pub(crate) fn succeeds(mut self) -> bool {
        self.command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    fn line(&self) -> String {
        let program = Path::new(self.command.get_program());
        let name = program.file_name().unwrap_or(program.as_os_str());
        std::iter::once(name)
            .chain(self.command.get_args())
            .map(|word| word.to_string_lossy())
            .collect::<Vec<_>>()
            .join(" ")
    }
}
