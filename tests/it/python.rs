//! A client that shares no code with this project: Python, with stubs made from `proto/`.
//!
//! What other systems will do is done here once: make stubs from the published contract, do the
//! main job, and understand a refusal.

use anyhow::{Context as _, Result, ensure};
use ledger_core::{hex, merkle};
use ledger_tests::ServerProcess;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Written once the packages are all there: an installation that was cut off is made again.
const COMPLETE: &str = "complete";

#[test]
fn a_python_client_does_the_main_job() {
    main_job().unwrap_or_else(|error| panic!("{error:?}"));
}

fn main_job() -> Result<()> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the project's folder")?;
    let scripts = project.join("tests/python");
    let python = interpreter(&scripts.join("requirements.txt"))?;
    let stubs = tempfile::tempdir()?;
    make_stubs(&python, &project.join("proto"), stubs.path())?;

    let ledger = tempfile::tempdir()?;
    let server = ServerProcess::start(ledger.path())?;
    run(
        Command::new(&python)
            .arg(scripts.join("main_job.py"))
            .arg(server.address().to_string())
            .arg(project.join("crates/ledger-policy/tests/data/2019-2021-action.v2.toml"))
            .env("PYTHONPATH", stubs.path())
            // Nothing is to be left in the sources.
            .env("PYTHONDONTWRITEBYTECODE", "1"),
        "the main job",
    )
    .context("the Python client failed")?;
    server.stop()
}

/// Generates modules from every file of the contract.
fn make_stubs(python: &Path, proto: &Path, stubs: &Path) -> Result<()> {
    let package = proto.join("subsidy/ledger/v1");
    let mut files = Vec::new();
    for entry in fs::read_dir(&package).context("the contract cannot be read")? {
        files.push(entry?.path());
    }
    ensure!(!files.is_empty(), "the contract has no files");
    files.sort();
    run(
        Command::new(python)
            .args(["-m", "grpc_tools.protoc", "--proto_path"])
            .arg(proto)
            .arg("--python_out")
            .arg(stubs)
            .arg("--grpc_python_out")
            .arg(stubs)
            .args(files),
        "making stubs",
    )
    .context("the contract is no input for protoc")
}

/// A Python with the packages that the requirements name, kept in the target folder under their
/// hash.
fn interpreter(requirements: &Path) -> Result<PathBuf> {
    let wanted = fs::read(requirements).context("the requirements cannot be read")?;
    let name = hex::encode(
        merkle::leaf_hash(&wanted)
            .get(..8)
            .context("a hash has 32 bytes")?,
    );
    let own = env::current_exe().context("this program has no path")?;
    let target = own
        .ancestors()
        .nth(3)
        .context("a test lies in the target folder")?;
    let folder = target.join("python").join(name);
    let python = folder.join("bin/python");
    if folder.join(COMPLETE).is_file() {
        return Ok(python);
    }
    run(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder),
        "making a virtual environment",
    )
    .context("this test needs python3 with its module venv (Debian: apt install python3-venv)")?;
    run(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--quiet",
            ])
            .args(["--only-binary", ":all:", "--requirement"])
            .arg(requirements),
        "installing packages",
    )
    .context(
        "this test installs grpcio from PyPI, which cannot be reached from here; it is not \
         skipped, because other systems are not written in Rust",
    )?;
    fs::write(folder.join(COMPLETE), "")?;
    Ok(python)
}

/// Runs a program; its output is part of the error.
fn run(command: &mut Command, doing: &str) -> Result<()> {
    let output = command
        .output()
        .with_context(|| format!("{doing}: it cannot be started"))?;
    ensure!(
        output.status.success(),
        "{doing} ended with {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    Ok(())
}
