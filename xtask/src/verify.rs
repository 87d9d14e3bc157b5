//! `cargo xtask verify`: the gate. Read-only, and the same here and in continuous integration.

use anyhow::bail;

use crate::codegen;
use crate::deny;
use crate::links;
use crate::native;
use crate::prerequisites;
use crate::say;
use crate::tidy;
use crate::workspace::Workspace;

/// How far the gate goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Only what compiles nothing.
    Quick,
    /// Everything.
    Full,
}

/// One step of the gate.
type Check = fn(&Workspace) -> anyhow::Result<()>;

/// Runs the checks, cheapest first.
///
/// All quick checks run even when one fails, so that one round shows everything they have to say;
/// the slow ones start only when those passed.
pub(crate) fn run(workspace: &Workspace, depth: Depth) -> anyhow::Result<()> {
    let quick: [(&str, Check); 4] = [
        ("format", check_format),
        ("tidy", tidy::run),
        ("links", links::run),
        ("codegen", |workspace| {
            codegen::run(workspace, codegen::Mode::Check)
        }),
    ];
    let mut failed = Vec::new();
    for (name, check) in quick {
        if let Err(error) = check(workspace) {
            say::failure(&error);
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        bail!("these checks did not pass: {}", failed.join(", "));
    }
    if depth == Depth::Full {
        deny::run(workspace)?;
        check_lints(workspace)?;
    }
    say::step("verified");
    Ok(())
}

fn check_format(workspace: &Workspace) -> anyhow::Result<()> {
    say::step("format");
    workspace.cargo(["fmt", "--all", "--check"]).status()
}

/// Runs clippy over everything, tests and binaries included.
///
/// In the release profile and over the whole workspace, so that it shares RocksDB's C++ with the
/// builds of `demo` and `test`: a build script's output depends on the profile and the features,
/// not on whether its crate is then checked or compiled.
fn check_lints(workspace: &Workspace) -> anyhow::Result<()> {
    prerequisites::for_build(workspace)?;
    say::step("clippy");
    workspace.say_how_long();
    native::while_telling(workspace, || {
        workspace
            .cargo([
                "clippy",
                "--release",
                "--workspace",
                "--all-targets",
                "--locked",
            ])
            .args(["--", "--deny", "warnings"])
            .status()
    })
}
