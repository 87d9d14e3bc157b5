//! `ledgerctl` and the files that it is given.

use ledger_tests::{Said, ledgerctl};
use std::net::SocketAddr;
use std::path::Path;

/// Runs `ledgerctl` against a server, beside the runtime that serves.
pub(crate) async fn tool(address: SocketAddr, arguments: &[&str]) -> Said {
    let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
    let run = move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        ledgerctl(address, &arguments).unwrap()
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// Writes a file, and returns its path as the command line takes it.
pub(crate) fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}
