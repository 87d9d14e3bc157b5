//! The project's automation: `cargo xtask <command>`. One file per command.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod codegen;
mod compiler;
mod demo;
mod deny;
mod faults;
mod fix;
mod fuzz;
mod links;
mod markdown;
mod native;
mod prerequisites;
mod run;
mod say;
mod simulate;
mod test;
mod tidy;
mod verify;
mod workspace;

use workspace::Workspace;

fn main() -> ExitCode {
    match dispatch(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::failure(&error);
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> anyhow::Result<()> {
    let workspace = Workspace::load()?;
    match command {
        Command::Demo { arguments } => demo::run(&workspace, &arguments),
        Command::Test => test::run(&workspace),
        Command::Verify { quick } => {
            let depth = if quick {
                verify::Depth::Quick
            } else {
                verify::Depth::Full
            };
            verify::run(&workspace, depth)
        }
        Command::Fix => fix::run(&workspace),
        Command::Codegen { check } => {
            let mode = if check {
                codegen::Mode::Check
            } else {
                codegen::Mode::Write
            };
            codegen::run(&workspace, mode)
        }
        Command::Bench { arguments } => bench::run(&workspace, &arguments),
        Command::Faults { arguments } => faults::run(&workspace, &arguments),
        Command::Fuzz { arguments } => fuzz::run(&workspace, &arguments),
        Command::Simulate { seed, seeds } => simulate::run(&workspace, seed, seeds),
    }
}

/// Builds, shows, tests and checks the subsidy ledger.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Builds everything and runs the guided tour of the ledger.
    Demo {
        /// Arguments handed on to the demo as they are, `--keep` for instance.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Runs every test: first the crates without RocksDB, then the whole workspace.
    Test,
    /// Checks everything and changes nothing: the gate before a commit.
    Verify {
        /// Stops after the checks that compile nothing.
        #[arg(long)]
        quick: bool,
    },
    /// Regenerates, reformats and applies clippy's suggestions.
    Fix,
    /// Generates the Rust code and the descriptor from the protobuf contract.
    Codegen {
        /// Compares with what is committed and writes nothing.
        #[arg(long)]
        check: bool,
    },
    /// Builds everything and runs the server on a disk with faults.
    Faults {
        /// Arguments handed on to ledger-faults as they are, `--rounds 1000` for instance.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Builds everything and feeds every parser what it does not expect.
    Fuzz {
        /// Arguments handed on to ledger-fuzz as they are, `--target policy` for instance.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Runs the engine on one thread under a seeded scheduler, with crashes and failing writes.
    Simulate {
        /// The first seed; a failed run names the one that repeats it.
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// How many seeds; some thousands take a minute.
        #[arg(long, default_value_t = 10_000)]
        seeds: u64,
    },
    /// Builds everything and runs the benchmark.
    Bench {
        /// Arguments handed on to the benchmark as they are.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
}
