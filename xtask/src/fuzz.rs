//! `cargo xtask fuzz`: every parser that meets foreign bytes, for as long as one likes.

use std::ffi::OsString;

use crate::prerequisites;
use crate::workspace::Workspace;

/// Builds the workspace and runs `ledger-fuzz` with `arguments`.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> anyhow::Result<()> {
    prerequisites::for_build(workspace)?;
    workspace.run_release("ledger-fuzz", arguments)
}
