//! Anybody can compute the hash of an event again, with nothing but `sha256sum`.

use anyhow::{Context as _, Result, ensure};
use ledger_tests::workload::foundations;
use ledger_tests::{ServerProcess, ledgerctl};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// SHA-256 by a program that knows nothing of the ledger.
fn sha256sum(bytes: &[u8]) -> Result<String> {
    let mut child = Command::new("sha256sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("sha256sum is not there")?;
    let mut stdin = child.stdin.take().context("it reads")?;
    stdin.write_all(bytes)?;
    drop(stdin);
    let output = child.wait_with_output()?;
    let text = String::from_utf8(output.stdout)?;
    Ok(text.split(' ').next().unwrap_or_default().to_owned())
}

#[test]
fn leaf_hashes_are_computed_again_with_sha256sum() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = ServerProcess::start(folder.path())?;
    let commands: Vec<_> = foundations()
        .iter()
        .map(ledger_proto::to_proto::command_to_proto)
        .map(|command| ledger_client::json::to_json(&command))
        .collect();
    let file = folder.path().join("commands.json");
    std::fs::write(&file, serde_json::to_vec(&commands)?)?;
    let file = file.to_str().context("a path in UTF-8")?;
    let said = ledgerctl(server.address(), &["append", file])?;
    ensure!(said.code == Some(0), "{said:?}");

    let said = ledgerctl(server.address(), &["events", "--json", "--limit", "0"])?;
    ensure!(said.code == Some(0), "{said:?}");
    let mut count = 0;
    for line in said.output.lines() {
        let event: serde_json::Value = serde_json::from_str(line)?;
        let text = |name: &str| event[name].as_str().context("a text");
        let digits = text("storedBytes")?.as_bytes().chunks(2);
        let stored = digits
            .map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?))
            .collect::<Result<Vec<u8>>>()?;
        let leaf = [&[0], &stored[..]].concat();
        assert_eq!(sha256sum(&leaf)?, text("leafHash")?, "{line}");
        count += 1;
    }
    assert_eq!(count, commands.len(), "every command became an event");
    Ok(())
}
