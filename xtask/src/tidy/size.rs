//! How long a file may be without saying why, and how the file of a module is called.

use super::rust_text::code_only;
use super::{SourceFile, Violation};

/// Lines above which a reader looks for a second file. Half of the files have fewer than 130.
const LINES: usize = 400;

/// What stands in the opening of a longer file, before the reason.
const REASON: &str = "//! Long: ";

/// Reports a Rust file that is long and does not say why. Unit tests at its end do not count: a
/// table of cases is no part of what one has to read.
pub(crate) fn check_length(file: &SourceFile) -> Vec<Violation> {
    if !file.is_rust() {
        return Vec::new();
    }
    let mut opening = file.text.lines().take_while(|line| line.starts_with("//!"));
    let says_why = opening.any(|line| line.starts_with(REASON));
    let code = code_only(&file.text);
    let lines: Vec<_> = code.lines().collect();
    let tests = lines
        .windows(2)
        .position(|two| two == ["#[cfg(test)]", "mod tests {"]);
    let length = tests.unwrap_or(lines.len());
    match (length > LINES, says_why) {
        (true, false) => vec![file.violation(
            0,
            format!("{length} lines; above {LINES} the opening says why, after `{REASON}`"),
        )],
        (false, true) => vec![file.violation(
            0,
            format!("{length} lines are not long; `{REASON}` says nothing any more"),
        )],
        _ => Vec::new(),
    }
}

/// Reports a module whose file has the name of every other.
pub(crate) fn check_module_name(file: &SourceFile) -> Vec<Violation> {
    match file.path.rsplit('/').next() == Some("mod.rs") {
        true => vec![Violation::of(
            &file.path,
            "a module is `name.rs`, and its parts are in `name/`".to_owned(),
        )],
        false => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rule: fn(&SourceFile) -> Vec<Violation>, path: &str, text: &str) -> Vec<String> {
        let found = rule(&SourceFile::new(path, text));
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_long_file_says_why() {
        let lines = |count: usize| "x();\n".repeat(count);
        let tests = "#[cfg(test)]\nmod tests {\n";
        let none: &[&str] = &[];
        for (text, expected) in [
            (format!("//! A.\n{}", lines(399)), none),
            (
                format!("//! A.\n{}", lines(400)),
                &["a.rs:1: 401 lines; above 400 the opening says why, after `//! Long: `"],
            ),
            (
                format!("//! A.\n//!\n//! Long: one table.\n{}", lines(400)),
                none,
            ),
            // A reason further below is not in the opening.
            (
                format!("//! A.\n{}//! Long: one table.\n", lines(400)),
                &["a.rs:1: 402 lines; above 400 the opening says why, after `//! Long: `"],
            ),
            (format!("//! A.\n{}{tests}{}", lines(300), lines(300)), none),
            (
                format!("//! A.\n//! Long: it was once.\n{}", lines(9)),
                &["a.rs:1: 11 lines are not long; `//! Long: ` says nothing any more"],
            ),
        ] {
            assert_eq!(found(check_length, "a.rs", &text), expected, "{text:.40}");
        }
        assert!(found(check_length, "a.md", &lines(500)).is_empty());
    }

    #[test]
    fn a_module_has_a_name_of_its_own() {
        for (path, is_found) in [
            ("crates/a/src/query/mod.rs", true),
            ("mod.rs", true),
            ("crates/a/src/query.rs", false),
            ("crates/a/src/kilomod.rs", false),
        ] {
            let found = found(check_module_name, path, "//! A.\n");
            assert_eq!(!found.is_empty(), is_found, "{path}");
        }
    }
}
