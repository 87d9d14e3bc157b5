//! The demo: a published list of training classes played through the real server, one class
//! clawed back, its trace printed, and everything derived from the log rebuilt and compared.

mod play;
mod published;
mod show;

use anyhow::{Context as _, Result};
use clap::Parser;
use ledger_client::{Client, ClientConfig};
use ledger_tests::ServerProcess;
use show::Screen;
use std::path::PathBuf;
use std::process::ExitCode;

/// Plays a published list of training classes through the real server on a fresh store.
///
/// The classes, counts, rates and amounts are those of a notice of the Wucheng district of Jinhua
/// of 2021-12-13; people and bodies are synthetic, and the city is one of Shandong, so that the
/// 2019-2021 Shandong action applies. The demo fails when one computed amount differs from the
/// published one by a fen.
#[derive(Debug, Parser)]
#[command(name = "ledger-demo", version)]
struct Arguments {
    /// Leaves the server running at the end, on the default port of ledgerctl, until Ctrl-C.
    #[arg(long)]
    keep: bool,
    /// Keeps the store in this folder, which has to be empty or absent, instead of a temporary one.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Where ledgerctl looks by default.
const DEFAULT_ADDRESS: &str = "127.0.0.1:7450";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut screen = Screen::new();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            screen.line(&format!("cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(&arguments, &mut screen)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            screen.line(&format!("\nThe demo failed: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments, screen: &mut Screen) -> Result<()> {
    let temporary = tempfile::tempdir().context("cannot make a temporary folder")?;
    let folder = arguments
        .dir
        .clone()
        .unwrap_or_else(|| temporary.path().join("ledger"));
    let address = if arguments.keep {
        DEFAULT_ADDRESS
    } else {
        "127.0.0.1:0"
    };
    let server = ServerProcess::start_at(&folder, address).context("the server did not start")?;
    let endpoint = format!("http://{}", server.address());
    screen.line(&format!(
        "The server runs at {endpoint}, its store is {}.",
        folder.display()
    ));
    let client = Client::connect(ClientConfig::new(endpoint.clone(), "demo")).await?;
    let ending = play::everything(&client, &endpoint, screen).await?;
    ending.show(screen, arguments.keep);
    if arguments.keep {
        screen.line("\nThe server keeps running. Ctrl-C stops it.");
        tokio::signal::ctrl_c()
            .await
            .context("cannot wait for Ctrl-C")?;
    }
    server.stop().context("the server did not stop cleanly")?;
    Ok(())
}
