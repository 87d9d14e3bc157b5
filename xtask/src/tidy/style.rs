//! The shape of a source file: its opening line, its width, and words that must not stay.

use super::rust_text::{Kind, classify, code_only, has_word};
use super::{SourceFile, Violation};

/// The same width as in rustfmt.toml, which does not break comments.
const COLUMNS: usize = 100;

/// Words that promise work instead of doing it.
const LEFTOVERS: [&str; 3] = ["TODO", "FIXME", "XXX"];

/// Where leftovers are looked for.
const WRITTEN_BY_HAND: [&str; 6] = [".rs", ".proto", ".md", ".toml", ".py", ".sh"];

/// Reports a Rust file that does not say what it is about.
pub(crate) fn check_opening(file: &SourceFile) -> Vec<Violation> {
    let opens = file
        .text
        .lines()
        .next()
        .is_some_and(|line| line.starts_with("//! "));
    if !file.is_rust() || file.path.ends_with("/build.rs") || opens {
        return Vec::new();
    }
    vec![file.violation(0, "the file does not open with a `//!` line".to_owned())]
}

/// Reports Rust lines that are too wide.
///
/// The content of literals is not counted, since a text or a digest may not be breakable. Comments
/// with an address or a row of a table cannot be broken either.
pub(crate) fn check_width(file: &SourceFile) -> Vec<Violation> {
    if !file.is_rust() {
        return Vec::new();
    }
    let characters = classify(&file.text);
    characters
        .split(|(c, _)| *c == '\n')
        .enumerate()
        .filter_map(|(at, line)| {
            let width = line
                .iter()
                .filter(|(_, kind)| *kind != Kind::Literal)
                .count();
            let text: String = line.iter().map(|(c, _)| *c).collect();
            let too_wide = width > COLUMNS && !is_unbreakable_comment(&text);
            too_wide.then(|| file.violation(at, format!("{width} columns; {COLUMNS} is the limit")))
        })
        .collect()
}

fn is_unbreakable_comment(line: &str) -> bool {
    let comment = line.trim_start().strip_prefix("//");
    let text = comment.map(|text| text.trim_start_matches(['/', '!']).trim_start());
    text.is_some_and(|text| text.contains("://") || text.starts_with('|'))
}

/// Reports work left for later.
pub(crate) fn check_leftovers(file: &SourceFile) -> Vec<Violation> {
    let by_hand = WRITTEN_BY_HAND
        .iter()
        .any(|ending| file.path.ends_with(ending));
    if !by_hand || file.quotes_the_forbidden() {
        return Vec::new();
    }
    lines_with(file, &file.text, 0, &LEFTOVERS, |word| {
        format!("`{word}` is left over; do it or drop it")
    })
}

/// Reports tests that are switched off.
pub(crate) fn check_ignored(file: &SourceFile) -> Vec<Violation> {
    if !file.is_rust() {
        return Vec::new();
    }
    let code = code_only(&file.text);
    code.lines()
        .enumerate()
        .filter(|(_, line)| line.contains("#[") && has_word(line, "ignore"))
        .map(|(at, _)| {
            let advice = "a test is ignored; assert what happens today or remove it";
            file.violation(at, advice.to_owned())
        })
        .collect()
}

/// Reports tests that wait by the clock: such a test is slow, flaky, or both.
pub(crate) fn check_sleeping(file: &SourceFile) -> Vec<Violation> {
    if !file.is_rust() {
        return Vec::new();
    }
    let code = code_only(&file.text);
    let first = if is_test_file(&file.path) {
        0
    } else {
        line_of(&code, "#[cfg(test)]")
    };
    lines_with(file, &code, first, &["sleep", "sleep_until"], |word| {
        format!("a test calls `{word}`; wait for the event itself")
    })
}

/// Everything under `tests/` but its binaries, and files that hold only a crate's unit tests.
fn is_test_file(path: &str) -> bool {
    let binary = path.contains("/src/bin/");
    let test = path.split('/').any(|part| part == "tests") || path.ends_with("/tests.rs");
    test && !binary
}

/// Returns the index of the first line that holds `text`, or the number of lines.
fn line_of(code: &str, text: &str) -> usize {
    code.lines().take_while(|line| !line.contains(text)).count()
}

/// Reports each of `words` on each line from the index `first` on.
fn lines_with(
    file: &SourceFile,
    text: &str,
    first: usize,
    words: &[&str],
    message: impl Fn(&str) -> String,
) -> Vec<Violation> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate().skip(first) {
        for word in words.iter().filter(|word| has_word(line, word)) {
            found.push(file.violation(at, message(word)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: fn(&SourceFile) -> Vec<Violation>, path: &str, text: &str) -> Vec<String> {
        rule(&SourceFile::new(path, text))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_file_says_what_it_is_about() {
        let found = check(check_opening, "a/src/lib.rs", "use std::fmt;\n");
        assert_eq!(
            found,
            ["a/src/lib.rs:1: the file does not open with a `//!` line"]
        );
        assert!(check(check_opening, "a/src/lib.rs", "//! A subject.\n").is_empty());
        assert!(check(check_opening, "a/build.rs", "fn main() {}\n").is_empty());
    }

    #[test]
    fn wide_lines_are_found_unless_they_cannot_be_broken() {
        let long = "x".repeat(99);
        let found = check(check_width, "a/src/lib.rs", &format!("//! A.\n// {long}\n"));
        assert_eq!(found, ["a/src/lib.rs:2: 102 columns; 100 is the limit"]);
        for fine in [
            format!("// {}", "x".repeat(97)),
            format!("// {}", "额".repeat(97)),
            format!("f(\"{long}\");"),
            format!("// https://example.org/{long}"),
            format!("//! | {long} | {long} |"),
        ] {
            assert!(
                check(check_width, "a/src/lib.rs", &fine).is_empty(),
                "{fine}"
            );
        }
    }

    #[test]
    fn leftovers_are_found_in_comments_too() {
        let found = check(
            check_leftovers,
            "a/src/lib.rs",
            "fn f() {} // TODO: finish\n",
        );
        assert_eq!(
            found,
            ["a/src/lib.rs:1: `TODO` is left over; do it or drop it"]
        );
        assert!(check(check_leftovers, "a/src/lib.rs", "const TODOS: u8 = 0;\n").is_empty());
    }

    #[test]
    fn ignored_tests_are_found() {
        for text in [
            "#[ignore]",
            "#[ignore = \"slow\"]",
            "#[cfg_attr(miri, ignore)]",
        ] {
            let found = check(check_ignored, "a/src/lib.rs", text);
            let expected = "a test is ignored; assert what happens today or remove it";
            assert_eq!(found, [format!("a/src/lib.rs:1: {expected}")]);
        }
        assert!(check(check_ignored, "a/src/lib.rs", "// no #[ignore]").is_empty());
    }

    #[test]
    fn tests_do_not_sleep_and_other_code_may() {
        let pause = "tokio::time::sleep(pause).await;";
        let inline = format!("{pause}\n#[cfg(test)]\nmod tests {{ {pause} }}\n");
        for (path, text, lines) in [
            (
                "crates/ledger-client/src/retry.rs",
                inline.as_str(),
                vec![3],
            ),
            ("tests/it/crash.rs", pause, vec![1]),
            (
                "crates/ledger-store/src/tests.rs",
                "use std::thread::sleep;",
                vec![1],
            ),
            ("tests/src/bin/ledger_bench.rs", pause, vec![]),
            ("crates/ledger-client/src/retry.rs", pause, vec![]),
        ] {
            let found = check(check_sleeping, path, text);
            let message = "a test calls `sleep`; wait for the event itself";
            let expected: Vec<_> = lines
                .iter()
                .map(|l| format!("{path}:{l}: {message}"))
                .collect();
            assert_eq!(found, expected);
        }
    }
}
