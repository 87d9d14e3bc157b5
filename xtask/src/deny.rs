//! `cargo deny`: licences, sources and who may depend on what, as `deny.toml` states them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::run::Run;
use crate::say;
use crate::workspace::Workspace;

/// The version that is installed where none is found; raised by hand, like any dependency.
const VERSION: &str = "0.20.2";

/// What is checked. Advisories are left out: their database lives on GitHub, and a gate must give
/// the same answer on a machine that cannot reach it.
const CHECKS: [&str; 3] = ["bans", "licenses", "sources"];

/// Runs `cargo deny check`, installing it first into the target directory when it is missing.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    say::step("licences, sources and bans");
    let program = find_or_install(workspace)?;
    Run::new(program, &workspace.root)
        .args(["--locked", "check"])
        .args(CHECKS)
        .status()
}

fn find_or_install(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let tools = workspace.target.join("tools");
    let installed = tools.join("bin/cargo-deny");
    let on_path = PathBuf::from("cargo-deny");
    for candidate in [on_path, installed.clone()] {
        if Run::new(&candidate, &workspace.root)
            .args(["--version"])
            .succeeds()
        {
            return Ok(candidate);
        }
    }
    install(workspace, &tools)?;
    Ok(installed)
}

/// Compiles cargo-deny without optimisation: two minutes on two cores instead of several, and it
/// runs once per gate.
fn install(workspace: &Workspace, tools: &Path) -> anyhow::Result<()> {
    say::note("cargo-deny is not installed; compiling it takes about two minutes, once.");
    let scratch = tools.join("build");
    workspace
        .cargo([
            "install",
            "--locked",
            "--debug",
            "--quiet",
            "--version",
            VERSION,
        ])
        .args(["--root".as_ref(), tools.as_os_str()])
        .args(["--target-dir".as_ref(), scratch.as_os_str()])
        .args(["cargo-deny"])
        .status()?;
    fs::remove_dir_all(&scratch).with_context(|| format!("cannot remove {}", scratch.display()))
}
