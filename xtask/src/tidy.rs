//! The house rules a compiler does not know: one function per rule, each with a failing sample.

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

use crate::run::Run;
use crate::say;
use crate::workspace::Workspace;

mod dependencies;
mod headings;
mod machine_paths;
mod order;
mod purity;
mod rooms;
mod rust_text;
mod size;
mod style;

/// The rules that look at one file. Each returns what it objects to, and nothing otherwise.
const RULES: [fn(&SourceFile) -> Vec<Violation>; 13] = [
    dependencies::check_source,
    headings::check,
    machine_paths::check,
    order::check_imports,
    order::check_types,
    purity::check,
    size::check_length,
    size::check_module_name,
    style::check_ignored,
    style::check_leftovers,
    style::check_opening,
    style::check_sleeping,
    style::check_width,
];

/// What `codegen` writes follows its generators, not our rules.
const GENERATED: &str = "/src/generated/";

/// The rules themselves have to quote what they forbid.
const RULES_FOLDER: &str = "xtask/src/tidy/";

/// Checks the manifests and every file that Git tracks or would track.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    say::step("tidy");
    let mut violations = dependencies::check_manifests(&workspace.packages);
    for member in dependencies::HELD {
        let closure = workspace.closure(member)?;
        violations.extend(dependencies::check_closure(member, &closure));
    }
    let files = source_files(&workspace.root)?;
    for file in &files {
        violations.extend(RULES.iter().flat_map(|rule| rule(file)));
    }
    violations.extend(rooms::check(&files));
    for violation in &violations {
        say::note(violation);
    }
    match violations.len() {
        0 => Ok(()),
        1 => bail!("tidy found one violation"),
        count => bail!("tidy found {count} violations"),
    }
}

/// One file of the repository.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// Relative to the root, with forward slashes.
    pub(crate) path: String,
    /// The content; what is not UTF-8 is replaced, so that binary files can be searched too.
    pub(crate) text: String,
}

/// One thing to change, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    place: String,
    message: String,
}

/// Reads every file that Git tracks or would track.
pub(crate) fn source_files(root: &Path) -> anyhow::Result<Vec<SourceFile>> {
    let listing = Run::new("git", root)
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .output()
        .context("cannot list the files of the repository")?;
    let listing = String::from_utf8(listing).context("a file name is not UTF-8")?;
    let mut files = Vec::new();
    for path in listing.split_terminator('\0') {
        let on_disk = root.join(path);
        // A tracked file may have been removed without telling Git yet.
        if on_disk.is_file() {
            let bytes = fs::read(&on_disk).with_context(|| format!("cannot read {path}"))?;
            files.push(SourceFile::new(path, &String::from_utf8_lossy(&bytes)));
        }
    }
    Ok(files)
}

impl SourceFile {
    /// Takes a path relative to the root and the content.
    pub(crate) fn new(path: &str, text: &str) -> SourceFile {
        SourceFile {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// True for Rust written by hand.
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs") && !self.path.contains(GENERATED)
    }

    fn is_markdown(&self) -> bool {
        self.path.ends_with(".md")
    }

    /// True for the sources of the rules, which quote what they forbid.
    fn quotes_the_forbidden(&self) -> bool {
        self.path.starts_with(RULES_FOLDER)
    }

    /// Objects to the line at `index`, counted from zero.
    fn violation(&self, index: usize, message: String) -> Violation {
        Violation {
            place: format!("{}:{}", self.path, index + 1),
            message,
        }
    }
}

impl Violation {
    /// Objects to something that is not a line of a file.
    fn of(place: &str, message: String) -> Violation {
        Violation {
            place: place.to_owned(),
            message,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_code_is_left_alone() {
        let text = "fn main() {} // no subject line\n";
        let generated = SourceFile::new("crates/ledger-proto/src/generated/a.v1.rs", text);
        let written = SourceFile::new("crates/ledger-proto/src/lib.rs", text);
        let count = |file| RULES.iter().flat_map(|rule| rule(file)).count();
        assert_eq!((count(&generated), count(&written)), (0, 1));
    }
}
