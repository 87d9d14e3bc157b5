//! `cargo xtask test`: every test, the quick ones first.

use crate::prerequisites;
use crate::say;
use crate::workspace::Workspace;

/// Runs the tests of the crates without RocksDB, then those of the whole workspace.
///
/// The two builds follow each other instead of overlapping: both are bound by the processor, so
/// overlapping would save nothing and mix their output.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    prerequisites::for_test(workspace)?;

    say::step("tests of the crates without RocksDB, so that a broken rule shows within minutes");
    let pure = workspace.packages_without("rocksdb");
    workspace
        .cargo(["test", "--locked"])
        .args(pure.into_iter().flat_map(|name| ["--package", name]))
        .status()?;

    // Tests that start the real binaries find them in the target directory; `cargo test` alone
    // would build only those of packages with integration tests.
    workspace.build_release()?;

    say::step("tests of the whole workspace, as it is released");
    workspace
        .cargo(["test", "--release", "--workspace", "--locked"])
        .status()
}
