//! Every relative link and every file named in the documentation leads somewhere.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;

use crate::markdown::{anchors, code_spans, link_targets};
use crate::say;
use crate::tidy::{SourceFile, source_files};
use crate::workspace::Workspace;

/// Checks every Markdown file of the repository.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    say::step("links");
    let broken = broken_links(&source_files(&workspace.root)?);
    for link in &broken {
        say::note(link);
    }
    if !broken.is_empty() {
        bail!(
            "the documentation has {} references that lead nowhere",
            broken.len()
        );
    }
    Ok(())
}

/// Returns a line for each broken reference.
fn broken_links(files: &[SourceFile]) -> Vec<String> {
    let known = Known::new(files);
    let mut broken = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".md")) {
        for link in link_targets(&file.text) {
            if let Some(problem) = known.problem_with(&file.path, &link.text) {
                broken.push(format!("{}:{}: {problem}", file.path, link.line + 1));
            }
        }
        for span in code_spans(&file.text) {
            if names_a_file(&span.text, &known) && !known.exists(without_line(&span.text)) {
                let problem = format!("there is no `{}`", span.text);
                broken.push(format!("{}:{}: {problem}", file.path, span.line + 1));
            }
        }
    }
    broken
}

/// What a reference can lead to.
struct Known<'a> {
    files: BTreeMap<&'a str, &'a SourceFile>,
    folders: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    fn new(files: &'a [SourceFile]) -> Known<'a> {
        let mut folders = BTreeSet::from([""]);
        for file in files {
            let cuts = file.path.match_indices('/').map(|(at, _)| at);
            folders.extend(cuts.filter_map(|at| file.path.get(..at)));
        }
        let files = files
            .iter()
            .map(|file| (file.path.as_str(), file))
            .collect();
        Known { files, folders }
    }

    fn exists(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.files.contains_key(path) || self.folders.contains(path)
    }

    /// Says what is wrong with a link in the file `from`; links to other sites are not followed.
    fn problem_with(&self, from: &str, target: &str) -> Option<String> {
        if target.contains("://") || target.starts_with("mailto:") {
            return None;
        }
        let (path, fragment) = match target.split_once('#') {
            Some((path, fragment)) => (path, Some(fragment)),
            None => (target, None),
        };
        let resolved = if path.is_empty() {
            Some(from.to_owned())
        } else {
            resolve(from, path)
        };
        let Some(resolved) = resolved.filter(|path| self.exists(path)) else {
            return Some(format!("the link to {target} leads nowhere"));
        };
        let fragment = fragment?;
        let file = self.files.get(resolved.as_str())?;
        let found =
            !file.path.ends_with(".md") || anchors(&file.text).iter().any(|a| a == fragment);
        (!found).then(|| format!("the link to {target} names no heading there"))
    }
}

/// Resolves `path` against the folder of the file `from`; `None` if it leaves the repository.
fn resolve(from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = match path.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => from
            .rsplit_once('/')
            .map_or(Vec::new(), |(folder, _)| folder.split('/').collect()),
    };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// True for a code span that is a path from the root, with neither pattern nor placeholder.
fn names_a_file(span: &str, known: &Known<'_>) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "./_-:".contains(c);
    let Some((top, _)) = span.split_once('/') else {
        return false;
    };
    known.folders.contains(top) && !top.is_empty() && span.chars().all(plain)
}

/// Drops a line number, as in `src/lib.rs:12`.
fn without_line(span: &str) -> &str {
    match span.rsplit_once(':') {
        Some((path, line)) if line.parse::<u32>().is_ok() => path,
        _ => span,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str) -> Vec<String> {
        broken_links(&[
            SourceFile::new(path, text),
            SourceFile::new("docs/storage.md", "# Storage\n## Keys\n"),
            SourceFile::new("crates/core/src/lib.rs", ""),
        ])
    }

    #[test]
    fn what_exists_is_quiet() {
        let text = "# Here\n[a](storage.md) [b](storage.md#keys) [c](#here) [d](../docs/) \
                    [e](https://example.org/x) `crates/core/src/lib.rs:3` `crates/core/` \
                    `crates/*/src` `crates/<name>/src` `unknown/top.rs` `/crates`\n";
        assert_eq!(check("docs/index.md", text), Vec::<String>::new());
    }

    #[test]
    fn what_does_not_is_reported() {
        for (text, expected) in [
            ("[a](nowhere.md)", "the link to nowhere.md leads nowhere"),
            (
                "[a](../../out.md)",
                "the link to ../../out.md leads nowhere",
            ),
            (
                "[a](storage.md#values)",
                "the link to storage.md#values names no heading there",
            ),
            ("[a](#values)", "the link to #values names no heading there"),
            (
                "see `crates/core/src/gone.rs`",
                "there is no `crates/core/src/gone.rs`",
            ),
        ] {
            assert_eq!(
                check("docs/index.md", text),
                [format!("docs/index.md:1: {expected}")]
            );
        }
    }
}
