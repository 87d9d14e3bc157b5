//! Every Markdown file has one title.

use super::{SourceFile, Violation};
use crate::markdown::headings;

/// Reports a Markdown file without a title, or with several.
pub(crate) fn check(file: &SourceFile) -> Vec<Violation> {
    if !file.is_markdown() {
        return Vec::new();
    }
    let titles: Vec<_> = headings(&file.text)
        .into_iter()
        .filter(|h| h.level == 1)
        .collect();
    match titles.as_slice() {
        [] => vec![file.violation(0, "there is no `# Title`".to_owned())],
        [_] => Vec::new(),
        [_, rest @ ..] => rest
            .iter()
            .map(|second| file.violation(second.line, "a second `# Title`".to_owned()))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_exactly_one_title() {
        for (text, expected) in [
            ("# One\n\n```sh\n# a comment\n```\n## Two\n", vec![]),
            ("## Two\n", vec!["a.md:1: there is no `# Title`"]),
            ("# One\n\n# Two\n", vec!["a.md:3: a second `# Title`"]),
        ] {
            let found = check(&SourceFile::new("a.md", text));
            let found: Vec<_> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, expected);
        }
    }
}
