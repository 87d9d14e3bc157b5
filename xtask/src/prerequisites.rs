//! What a machine needs besides the Rust toolchain: found, installed, or explained.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::compiler;
use crate::run::Run;
use crate::say;
use crate::workspace::Workspace;

/// Ensures what compiling RocksDB needs.
pub(crate) fn for_build(workspace: &Workspace) -> anyhow::Result<()> {
    ensure(workspace, &[&LIBCLANG, &COMPILER])?;
    prefer_clang(workspace)
}

/// Ensures what the tests need: the build's needs, and Python for the client in another language.
pub(crate) fn for_test(workspace: &Workspace) -> anyhow::Result<()> {
    ensure(workspace, &[&LIBCLANG, &COMPILER, &PYTHON])?;
    prefer_clang(workspace)
}

/// Installs clang where nobody chose a compiler and installing needs no question, and settles for
/// what there is elsewhere: it saves time and is not needed.
fn prefer_clang(workspace: &Workspace) -> anyhow::Result<()> {
    let root = &workspace.root;
    let wanted = !compiler::is_chosen() && !compiler::has_clang(root);
    if wanted && can_install(root) {
        say::step("prerequisites");
        say::note("clang is missing; it compiles RocksDB in a third less time than gcc.");
        if let Err(error) = install(root, &["clang"]) {
            say::note(format_args!("It cannot be installed ({error})."));
        }
    }
    compiler::settle(root)
}

/// Something outside the Rust toolchain, and how Debian calls it.
#[derive(Debug)]
struct Prerequisite {
    name: &'static str,
    needed_for: &'static str,
    debian_package: &'static str,
    is_present: fn(&Path) -> bool,
}

const LIBCLANG: Prerequisite = Prerequisite {
    name: "libclang",
    needed_for: "the bindings of RocksDB are generated with it",
    debian_package: "libclang-dev",
    is_present: libclang_is_present,
};

const COMPILER: Prerequisite = Prerequisite {
    name: "a C++ compiler",
    needed_for: "RocksDB is compiled from source",
    debian_package: "g++",
    is_present: compiler_is_present,
};

const PYTHON: Prerequisite = Prerequisite {
    name: "Python 3 with venv",
    needed_for: "one test calls the ledger from a Python client",
    debian_package: "python3-venv",
    is_present: python_is_present,
};

/// Installs what is missing where that needs no question, and otherwise says what to run.
fn ensure(workspace: &Workspace, wanted: &[&Prerequisite]) -> anyhow::Result<()> {
    let missing = missing(wanted, &workspace.root);
    if missing.is_empty() {
        return Ok(());
    }
    say::step("prerequisites");
    for prerequisite in &missing {
        say::note(format_args!(
            "{} is missing; {}.",
            prerequisite.name, prerequisite.needed_for
        ));
    }
    let packages: Vec<&str> = missing.iter().map(|p| p.debian_package).collect();
    if !can_install(&workspace.root) {
        bail!("{}", what_to_run(&packages));
    }
    install(&workspace.root, &packages)?;
    match self::missing(&missing, &workspace.root).first() {
        None => Ok(()),
        Some(still) => bail!("{} is not found even after installing it", still.name),
    }
}

fn missing<'a>(wanted: &[&'a Prerequisite], root: &Path) -> Vec<&'a Prerequisite> {
    wanted
        .iter()
        .copied()
        .filter(|prerequisite| !(prerequisite.is_present)(root))
        .collect()
}

/// Installing unasked is right only where it can work without a password: as root, with APT.
fn can_install(root: &Path) -> bool {
    is_root() && Run::new("apt-get", root).args(["--version"]).succeeds()
}

fn install(root: &Path, packages: &[&str]) -> anyhow::Result<()> {
    say::note(format_args!(
        "Installing {} with apt-get.",
        packages.join(" ")
    ));
    Run::new("apt-get", root).args(["update"]).status()?;
    Run::new("apt-get", root)
        .args(["install", "--yes"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .status()
}

fn what_to_run(packages: &[&str]) -> String {
    format!(
        "install what is missing, then try again; on Debian or Ubuntu: \
         sudo apt-get update && sudo apt-get install --yes {}",
        packages.join(" ")
    )
}

#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;

    // The owner of our own entry under /proc is the user we run as; no unsafe call is needed.
    fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// Looks where the binding generator will look: the given path, Debian's folders, the linker.
///
/// Only on Linux: elsewhere libclang comes with the system's own developer tools, and the build
/// itself says so when it does not.
fn libclang_is_present(root: &Path) -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let given = env::var_os("LIBCLANG_PATH").map(PathBuf::from);
    given.is_some_and(|path| names_libclang(&path) || holds_libclang(&path))
        || llvm_folders().iter().any(|folder| holds_libclang(folder))
        || linker_knows_libclang(root)
}

fn llvm_folders() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir("/usr/lib") else {
        return Vec::new();
    };
    let folders = entries.flatten().map(|entry| entry.path());
    folders
        .filter(|path| file_name(path).starts_with("llvm"))
        .map(|path| path.join("lib"))
        .collect()
}

fn holds_libclang(folder: &Path) -> bool {
    fs::read_dir(folder)
        .is_ok_and(|mut entries| entries.any(|e| e.is_ok_and(|e| names_libclang(&e.path()))))
}

/// Accepts `libclang.so`, `libclang.so.1`, `libclang-14.so.14`; not `libclang-cpp.so.14`.
fn names_libclang(path: &Path) -> bool {
    let name = file_name(path);
    let Some(rest) = name.strip_prefix("libclang") else {
        return false;
    };
    let rest = rest.strip_prefix('-').map_or(rest, |version| {
        version.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
    });
    // Stripping the version's own dots takes the one of `.so` too.
    rest.starts_with(".so") || rest.starts_with("so")
}

fn linker_knows_libclang(root: &Path) -> bool {
    // Debian keeps ldconfig off an ordinary user's path.
    ["ldconfig", "/sbin/ldconfig"].iter().any(|program| {
        Run::new(program, root)
            .args(["-p"])
            .output()
            .is_ok_and(|listing| {
                String::from_utf8_lossy(&listing)
                    .split_whitespace()
                    .any(|word| names_libclang(Path::new(word)))
            })
    })
}

fn compiler_is_present(root: &Path) -> bool {
    let given = env::var_os("CXX").into_iter();
    let usual = ["c++", "g++", "clang++"].map(Into::into);
    given
        .chain(usual)
        .any(|program| Run::new(program, root).args(["--version"]).succeeds())
}

/// Asks for `ensurepip` too: Debian ships `venv` without it unless python3-venv is installed.
fn python_is_present(root: &Path) -> bool {
    Run::new("python3", root)
        .args(["-c", "import venv, ensurepip"])
        .succeeds()
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libclang_is_told_from_its_neighbours() {
        for (name, expected) in [
            ("libclang.so", true),
            ("libclang.so.1", true),
            ("libclang-14.so.1", true),
            ("libclang-14.so.14.0.6", true),
            ("libclang-cpp.so.14", false),
            ("libclang.a", false),
            ("libclangBasic.a", false),
            ("libLLVM-14.so", false),
        ] {
            assert_eq!(
                names_libclang(&Path::new("/usr/lib").join(name)),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn only_what_is_missing_is_listed() {
        const HERE: Prerequisite = Prerequisite {
            is_present: |_| true,
            ..LIBCLANG
        };
        const AWAY: Prerequisite = Prerequisite {
            is_present: |_| false,
            ..PYTHON
        };
        let missing = missing(&[&HERE, &AWAY], Path::new("."));
        let packages: Vec<_> = missing.iter().map(|p| p.debian_package).collect();
        assert_eq!(packages, ["python3-venv"]);
    }

    #[test]
    fn the_advice_names_every_package() {
        assert_eq!(
            what_to_run(&["libclang-dev", "g++"]),
            "install what is missing, then try again; on Debian or Ubuntu: \
             sudo apt-get update && sudo apt-get install --yes libclang-dev g++"
        );
    }
}
