//! `cargo xtask fix`: the one command that rewrites sources.

use crate::codegen;
use crate::prerequisites;
use crate::say;
use crate::workspace::Workspace;

/// Regenerates the protobuf code, applies clippy's suggestions, and formats last.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    prerequisites::for_build(workspace)?;
    codegen::run(workspace, codegen::Mode::Write)?;

    say::step("clippy's suggestions");
    workspace.say_how_long();
    workspace
        .cargo(["clippy", "--fix", "--allow-dirty", "--allow-staged"])
        .args(["--release", "--workspace", "--all-targets"])
        .status()?;

    say::step("format");
    workspace.cargo(["fmt", "--all"]).status()
}
