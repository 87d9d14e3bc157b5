//! No file names a folder of the machine it was written on.

use super::{SourceFile, Violation};

/// Folders that exist for one person or one machine only.
const FOLDERS: [&str; 4] = ["/home/", "/root/", "/Users/", "/work/"];

/// Reports absolute paths into such a folder, in any kind of file.
///
/// A match inside a longer path or an address is something else, so what stands before it must not
/// belong to a path.
pub(crate) fn check(file: &SourceFile) -> Vec<Violation> {
    if file.quotes_the_forbidden() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        for folder in FOLDERS.iter().filter(|folder| names_folder(line, folder)) {
            found.push(file.violation(
                at,
                format!("the path `{folder}…` exists on one machine only"),
            ));
        }
    }
    found
}

fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        before.is_none_or(|c| !(c.is_alphanumeric() || "}~._-/*".contains(c)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_paths_are_found() {
        for (line, expected) in [
            ("cd /work/main", true),
            ("target = \"/root/.cache\"", true),
            ("(/home/somebody/notes.md)", true),
            ("https://example.gov.cn/home/index.html", false),
            ("$HOME/.cache and ${HOME}/work/", false),
            ("../work/notes", false),
        ] {
            let found = check(&SourceFile::new("docs/notes.md", line));
            assert_eq!(!found.is_empty(), expected, "{line}");
        }
    }
}
