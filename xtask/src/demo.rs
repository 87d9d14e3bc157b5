//! `cargo xtask demo`: the guided tour, from a fresh machine to a verified bundle.

use std::ffi::OsString;

use crate::prerequisites;
use crate::workspace::Workspace;

/// Builds the workspace and runs the demo with `arguments`.
pub(crate) fn run(workspace: &Workspace, arguments: &[OsString]) -> anyhow::Result<()> {
    prerequisites::for_build(workspace)?;
    workspace.run_release("ledger-demo", arguments)
}
