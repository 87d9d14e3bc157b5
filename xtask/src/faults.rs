//! `cargo xtask faults`: the fault campaign on the real server, for as long as one likes.

use std::ffi::OsString;

use crate::prerequisites;
use crate::workspace::Workspace;

/// Builds the workspace and runs `ledger-faults` with `arguments`.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> anyhow::Result<()> {
    prerequisites::for_build(workspace)?;
    workspace.run_release("ledger-faults", arguments)
}
