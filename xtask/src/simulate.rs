//! `cargo xtask simulate`: many seeds of the deterministic simulation of the engine.

use crate::say;
use crate::workspace::Workspace;

/// Runs `seeds` seeds from `seed` on; the tests of the workspace run the first hundred or so.
///
/// The engine compiles without RocksDB, so the release profile costs a minute and no more.
pub(crate) fn run(workspace: &Workspace, seed: u64, seeds: u64) -> anyhow::Result<()> {
    say::step(format_args!("simulate {seeds} seeds from {seed} on"));
    workspace
        .cargo([
            "test",
            "--release",
            "--locked",
            "--package",
            "ledger-engine",
        ])
        .args(["--lib", "tests::simulation", "--", "--nocapture"])
        .env("LEDGER_SIMULATION_SEED", &seed.to_string())
        .env("LEDGER_SIMULATION_SEEDS", &seeds.to_string())
        .status()
}
