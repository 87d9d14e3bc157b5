//! Which C++ compiler builds RocksDB: the one that somebody chose, else clang.
//!
//! clang needs about a third less processor time than gcc for the same files. The choice is
//! written where every Cargo of this checkout reads it, and not only handed to those that xtask
//! starts: Cargo compiles RocksDB again when the compiler changes, so that two habits would cost a
//! long build each time.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::run::Run;
use crate::say;

/// The compiler that is taken when nobody chose one.
pub(crate) const CLANG: &str = "clang++";

/// The variables with which somebody chooses a compiler, in the words of the crate `cc`.
const CHOICES: [&str; 3] = ["CXX", "HOST_CXX", "TARGET_CXX"];

/// Tells whether the environment names a compiler.
pub(crate) fn is_chosen() -> bool {
    env::vars_os().any(|(name, value)| {
        let name = name.to_string_lossy();
        !value.is_empty() && (CHOICES.contains(&&*name) || name.starts_with("CXX_"))
    })
}

/// Tells whether clang can be started.
pub(crate) fn has_clang(root: &Path) -> bool {
    Run::new(CLANG, root).args(["--version"]).succeeds()
}

/// Has every Cargo of this checkout use clang where it is there and nobody chose another.
///
/// # Errors
///
/// The file cannot be written.
pub(crate) fn settle(root: &Path) -> anyhow::Result<()> {
    if is_chosen() {
        return Ok(());
    }
    let wanted = has_clang(root).then(choice_of_clang);
    if wanted.is_none() {
        say::note(
            "clang is not there; RocksDB is compiled with gcc, which takes half as long again.",
        );
    }
    let file = file(root);
    write(&file, wanted.as_deref())
        .with_context(|| format!("cannot write the choice of compiler to {}", file.display()))
}

/// The file that `.cargo/config.toml` includes when it is there; it belongs to the machine.
fn file(root: &Path) -> PathBuf {
    root.join(".cargo/compiler.toml")
}

fn choice_of_clang() -> String {
    format!(
        "# Written by `cargo xtask`: the compiler of RocksDB's C++. A variable CXX goes before it.\n\
         [env]\nCXX = \"{CLANG}\"\n"
    )
}

/// Brings the file to what is wanted, and leaves it alone when it says that already.
fn write(file: &Path, wanted: Option<&str>) -> io::Result<()> {
    let present = match fs::read_to_string(file) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    match wanted {
        _ if present.as_deref() == wanted => Ok(()),
        Some(text) => fs::write(file, text),
        None => fs::remove_file(file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_is_written_once_and_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("compiler.toml");
        let choice = choice_of_clang();
        for wanted in [None, Some(&*choice), Some(&*choice), None, None] {
            write(&file, wanted).unwrap();
            assert_eq!(fs::read_to_string(&file).ok().as_deref(), wanted);
        }
    }
}
