//! `cargo xtask codegen`: Rust code and descriptor from the protobuf contract.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use anyhow::{Context, anyhow, bail};
use protox::Compiler;

use crate::run::Run;
use crate::say;
use crate::workspace::{Workspace, relative};

/// Where the contract lies.
const PROTO: &str = "proto";
/// Where what is generated from it lies; nothing else may.
const GENERATED: &str = "crates/ledger-proto/src/generated";
/// The encoded `FileDescriptorSet`, comments included, so that reflection can show them.
const DESCRIPTOR: &str = "descriptor.bin";

/// What stands on the generated clients and servers.
const GRPC_ONLY: &str = "#[cfg(feature = \"grpc\")]";

/// Whether generated files are written or compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Replaces what is committed.
    Write,
    /// Fails if what is committed differs.
    Check,
}

/// What generated code opens with, so that nobody edits it by hand.
const HEADER: &str =
    "// Written by `cargo xtask codegen` from the contract in proto/; not edited.\n";

/// The generated files, by name.
type Files = BTreeMap<String, Vec<u8>>;

/// Generates, then writes or compares.
pub(crate) fn run(workspace: &Workspace, mode: Mode) -> anyhow::Result<()> {
    say::step("code generated from the protobuf contract");
    let scratch = workspace
        .target
        .join(format!("xtask-codegen-{}", process::id()));
    let generated = generate(&workspace.root, &workspace.root.join(PROTO), &scratch)?;
    let folder = workspace.root.join(GENERATED);
    let committed = read_folder(&folder)?;
    let stale = differences(&generated, &committed);
    match mode {
        Mode::Check if stale.is_empty() => Ok(()),
        Mode::Check => {
            for name in &stale {
                say::note(format_args!("{GENERATED}/{name} is out of date"));
            }
            bail!("generated code differs from the contract; run `cargo xtask codegen`");
        }
        Mode::Write => write(&folder, &generated, &stale),
    }
}

/// Compiles every `.proto` file under `proto` and formats what comes out.
fn generate(root: &Path, proto: &Path, scratch: &Path) -> anyhow::Result<Files> {
    let sources = proto_files(proto)?;
    if sources.is_empty() {
        bail!("there is no .proto file under {}", relative(proto, root));
    }
    let mut compiler = Compiler::new([proto]).map_err(contract_error)?;
    compiler.include_source_info(true).include_imports(true);
    compiler.open_files(&sources).map_err(contract_error)?;

    fs::create_dir_all(scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
    let compiled = generate_rust(&compiler, scratch);
    fs::remove_dir_all(scratch).with_context(|| format!("cannot empty {}", scratch.display()))?;

    let mut files = Files::new();
    for (name, code) in compiled? {
        let code = [HEADER.as_bytes(), &code].concat();
        files.insert(name, format_rust(root, code)?);
    }
    files.insert(DESCRIPTOR.to_owned(), compiler.encode_file_descriptor_set());
    Ok(files)
}

/// Runs the generators, which can only write into a folder, and reads that folder back.
fn generate_rust(compiler: &Compiler, scratch: &Path) -> anyhow::Result<Files> {
    tonic_prost_build::configure()
        .build_client(true)
        .build_server(true)
        // Who needs the messages alone compiles no transport.
        .client_mod_attribute(".", GRPC_ONLY)
        .server_mod_attribute(".", GRPC_ONLY)
        // A hash map has no order, and the bytes of an event must not depend on chance.
        .btree_map(".")
        .emit_rerun_if_changed(false)
        .out_dir(scratch)
        .compile_fds(compiler.file_descriptor_set())
        .context("cannot generate code from the contract")?;
    read_folder(scratch)
}

/// Formats with the workspace's own options, so that `cargo fmt` finds nothing to change.
fn format_rust(root: &Path, code: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    Run::new("rustfmt", root)
        .args([
            "--edition".as_ref(),
            "2024".as_ref(),
            "--config-path".as_ref(),
            root.as_os_str(),
        ])
        .filter(code)
}

fn contract_error(error: protox::Error) -> anyhow::Error {
    // Its debug form is the one that carries file, line and column.
    anyhow!("{error:?}").context("cannot compile the protobuf contract")
}

/// Lists the `.proto` files below `folder`, sorted, so that the descriptor's order is fixed.
fn proto_files(folder: &Path) -> anyhow::Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for path in list(&folder)? {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension() == Some(OsStr::new("proto")) {
                found.insert(path);
            }
        }
    }
    Ok(found)
}

/// Reads the files of a folder; one that does not exist yet has none.
fn read_folder(folder: &Path) -> anyhow::Result<Files> {
    if !folder.exists() {
        return Ok(Files::new());
    }
    let mut files = Files::new();
    for path in list(folder)? {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let name = name.with_context(|| format!("{} has no file name", path.display()))?;
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        files.insert(name, bytes);
    }
    Ok(files)
}

fn list(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let context = || format!("cannot list {}", folder.display());
    fs::read_dir(folder)
        .with_context(context)?
        .map(|entry| Ok(entry.with_context(context)?.path()))
        .collect()
}

/// Names the files that differ, are missing, or should not be there.
fn differences(generated: &Files, committed: &Files) -> BTreeSet<String> {
    let names: BTreeSet<&String> = generated.keys().chain(committed.keys()).collect();
    let differ = |name: &&String| generated.get(*name) != committed.get(*name);
    names.into_iter().filter(differ).cloned().collect()
}

fn write(folder: &Path, generated: &Files, stale: &BTreeSet<String>) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for name in stale {
        let path = folder.join(name);
        match generated.get(name) {
            Some(bytes) => {
                fs::write(&path, bytes).with_context(|| format!("cannot write {name}"))?;
                say::note(format_args!("wrote {GENERATED}/{name}"));
            }
            None => {
                fs::remove_file(&path).with_context(|| format!("cannot remove {name}"))?;
                say::note(format_args!("removed {GENERATED}/{name}"));
            }
        }
    }
    if stale.is_empty() {
        say::note("already up to date");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::*;

    fn files(entries: &[(&str, &str)]) -> Files {
        entries
            .iter()
            .map(|(n, text)| ((*n).to_owned(), text.as_bytes().to_vec()))
            .collect()
    }

    #[test]
    fn a_changed_a_missing_and_a_surplus_file_are_differences() {
        let generated = files(&[("same.rs", "a"), ("changed.rs", "a"), ("missing.rs", "a")]);
        let committed = files(&[("same.rs", "a"), ("changed.rs", "b"), ("surplus.rs", "a")]);
        let found: Vec<_> = differences(&generated, &committed).into_iter().collect();
        assert_eq!(found, ["changed.rs", "missing.rs", "surplus.rs"]);
    }

    #[test]
    fn comments_maps_bytes_and_well_known_types_arrive_as_intended() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let folder = env::temp_dir().join(format!("xtask-codegen-test-{}", process::id()));
        fs::create_dir_all(folder.join("proto/sample")).unwrap();
        fs::write(folder.join("proto/sample/sample.proto"), SAMPLE).unwrap();
        let files = generate(&root, &folder.join("proto"), &folder.join("scratch")).unwrap();
        fs::remove_dir_all(&folder).unwrap();

        let names: Vec<_> = files.keys().map(String::as_str).collect();
        assert_eq!(names, [DESCRIPTOR, "sample.v1.rs"]);
        let code = String::from_utf8(files["sample.v1.rs"].clone()).unwrap();
        for expected in [
            "/// One paid yuan.",
            "pub receipt: ::prost::alloc::vec::Vec<u8>",
            "BTreeMap<",
            "::prost_types::Timestamp",
            "pub mod sample_client",
            "pub mod sample_server",
        ] {
            assert!(code.contains(expected), "{expected} is missing in\n{code}");
        }
    }

    const SAMPLE: &str = r#"
        syntax = "proto3";
        package sample.v1;
        import "google/protobuf/timestamp.proto";
        // One paid yuan.
        message Yuan {
            bytes receipt = 1;
            map<string, string> labels = 2;
            google.protobuf.Timestamp paid_time = 3;
        }
        service Sample { rpc Pay(Yuan) returns (Yuan); }
    "#;
}
