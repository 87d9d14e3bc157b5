//! `ledger-core` names no I/O, clock, randomness, async or serialisation.

use super::rust_text::{code_only, has_word};
use super::{SourceFile, Violation};

/// The sources that must stay pure; the core's tests read the real policy documents.
const CORE: &str = "crates/ledger-core/src/";

/// What pure code does not name. Durations come from chrono, so all of `std::time` is out.
const FORBIDDEN: [&str; 19] = [
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "std::time",
    "SystemTime",
    "Local::now",
    "Utc::now",
    "async",
    "await",
    "eprintln",
    "println",
    "prost",
    "rand",
    "serde",
    "tokio",
    "tracing",
];

/// Reports every impure name in the core's sources; comments and strings may say what they like.
pub(crate) fn check(file: &SourceFile) -> Vec<Violation> {
    if !file.path.starts_with(CORE) || !file.is_rust() {
        return Vec::new();
    }
    let code = code_only(&file.text);
    let mut found: Vec<Violation> = code
        .lines()
        .enumerate()
        .flat_map(|(at, line)| {
            FORBIDDEN
                .iter()
                .filter(|word| has_word(line, word))
                .map(move |word| file.violation(at, format!("ledger-core names `{word}`")))
        })
        .collect();
    for name in grouped_std_names(&code) {
        if FORBIDDEN.contains(&format!("std::{name}").as_str()) {
            found.push(file.violation(0, format!("ledger-core names `std::{name}` in a group")));
        }
    }
    found
}

/// Returns the first path segments inside every `std::{…}`, which a search for `std::fs` misses.
fn grouped_std_names(code: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (start, opening) in code.match_indices("std::{") {
        let body = code.get(start + opening.len()..).unwrap_or_default();
        let end = body.find(';').unwrap_or(body.len());
        let body = body.get(..end).unwrap_or_default();
        names.extend(body.split(|c: char| !(c.is_alphanumeric() || c == '_')));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(path: &str, text: &str) -> Vec<String> {
        check(&SourceFile::new(path, text))
            .into_iter()
            .map(|v| v.to_string())
            .collect()
    }

    #[test]
    fn the_core_names_nothing_impure() {
        for (text, expected) in [
            ("use std::fs::File;", "ledger-core names `std::fs`"),
            ("let now = Utc::now();", "ledger-core names `Utc::now`"),
            ("pub async fn decide() {}", "ledger-core names `async`"),
            ("#[derive(serde::Serialize)]", "ledger-core names `serde`"),
            ("println!(\"x\");", "ledger-core names `println`"),
            (
                "use std::{fmt, env};",
                "ledger-core names `std::env` in a group",
            ),
        ] {
            let found = messages("crates/ledger-core/src/decide.rs", text);
            assert_eq!(
                found,
                [format!("crates/ledger-core/src/decide.rs:1: {expected}")]
            );
        }
    }

    #[test]
    fn comments_strings_and_other_crates_may_name_it() {
        let quiet = "//! No tokio, no serde.\nconst A: &str = \"std::fs\";\nuse std::{fmt, cmp};";
        assert_eq!(
            messages("crates/ledger-core/src/lib.rs", quiet),
            Vec::<String>::new()
        );
        let elsewhere = "use std::fs;";
        for path in [
            "crates/ledger-store/src/lib.rs",
            "crates/ledger-core/tests/rules/main.rs",
        ] {
            assert_eq!(messages(path, elsewhere), Vec::<String>::new(), "{path}");
        }
    }
}
