//! Killing a server while it starts.

use anyhow::{Context as _, Result};
use ledger_tests::ServerProcess;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;

/// Starts a server, and kills it once the files of the ledger have changed so many times: recovery
/// makes and removes files from its first step to its last. A server that says that it serves is
/// killed in any case; `false` then.
pub(crate) fn is_killed_while_starting(folder: &Path, changes: u64) -> Result<bool> {
    let mut before = files(folder)?;
    let mut child = ServerProcess::command(folder, "127.0.0.1:0")?
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("the server cannot be started")?;
    let output = child.stdout.take().context("the output is piped")?;
    // The first line is printed when it serves; the end of the output means that it is gone.
    let serving = thread::spawn(move || {
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line)
    });
    let mut seen = 0;
    while seen < changes && !serving.is_finished() {
        let now = files(folder)?;
        if now != before {
            seen += 1;
            before = now;
        }
        thread::yield_now();
    }
    child.kill().context("the server cannot be killed")?;
    child.wait().context("the server cannot be waited for")?;
    let bytes = serving.join().expect("reading a line does not panic")?;
    Ok(bytes == 0)
}

fn files(folder: &Path) -> Result<BTreeSet<OsString>> {
    let entries = fs::read_dir(folder).context("the folder cannot be read")?;
    entries.map(|entry| Ok(entry?.file_name())).collect()
}
