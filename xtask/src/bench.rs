//! `cargo xtask bench`: the benchmark, with the same release build that serves demo and tests.

use std::ffi::OsString;

use crate::prerequisites;
use crate::workspace::Workspace;

/// Builds the workspace and runs the benchmark with `arguments`.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> anyhow::Result<()> {
    prerequisites::for_build(workspace)?;
    workspace.run_release("ledger-bench", arguments)
}
