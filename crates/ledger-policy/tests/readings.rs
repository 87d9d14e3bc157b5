//! The page of readings lists what of the five documents is not said by their issuers.
//!
//! It is written from the documents: `UPDATE_EXPECT=1 cargo test -p ledger-policy --test readings`.

use expect_test::expect_file;
use ledger_core::policy::Reading;
use ledger_policy::compile;
use std::fmt::Write as _;

const DOCUMENTS: [(&str, &str); 5] = [
    (
        "shandong/2019-2021-action.toml",
        include_str!("../../../policies/shandong/2019-2021-action.toml"),
    ),
    (
        "shandong/2020-18.toml",
        include_str!("../../../policies/shandong/2020-18.toml"),
    ),
    (
        "shandong/2022-7.toml",
        include_str!("../../../policies/shandong/2022-7.toml"),
    ),
    (
        "shandong/2025-87.toml",
        include_str!("../../../policies/shandong/2025-87.toml"),
    ),
    (
        "guizhou/2025-3.toml",
        include_str!("../../../policies/guizhou/2025-3.toml"),
    ),
];

const HEAD: &str = "\
# Readings and defaults of ours

What the five documents below `policies/` leave open, and how it is read: everything that stands in a
rule and that no issuer said. A reading is data (`reading = \"…\"` of the rule), is cited with the rule
wherever it decides, and is changed by publishing the next version of the document.
`ledgerctl policy show` prints those of any document. A test writes this page from the documents.
";

#[test]
fn the_page_lists_every_reading() {
    let mut page = HEAD.to_owned();
    for (file, text) in DOCUMENTS {
        let policy = compile(text).unwrap();
        write!(page, "\n## `policies/{file}`\n\n").unwrap();
        page.push_str("| reading | of |\n|---|---|\n");
        for (text, paths) in by_text(&policy.readings) {
            writeln!(page, "| {text} | {} |", paths.join(", ")).unwrap();
        }
    }
    expect_file!["../../../docs/policy-readings.md"].assert_eq(&page);
}

/// Each reading once, in the order of the text, with what it belongs to.
fn by_text(readings: &[Reading]) -> Vec<(&str, Vec<String>)> {
    let mut listed: Vec<(&str, Vec<String>)> = Vec::new();
    for reading in readings {
        let path = match &*reading.path {
            "" => "the document".to_owned(),
            path => format!("`{path}`"),
        };
        match listed.iter_mut().find(|(text, _)| *text == &*reading.text) {
            Some((_, paths)) => paths.push(path),
            None => listed.push((&reading.text, vec![path])),
        }
    }
    listed
}

/// Of a document that is shipped, no clause passes off a reading as its words.
#[test]
fn no_clause_of_the_documents_holds_a_reading() {
    for (file, text) in DOCUMENTS {
        let policy = compile(text).unwrap();
        assert!(policy.readings.len() > 5, "{file}");
        for line in text.lines().filter(|line| line.starts_with("clause")) {
            for ours in ["未定", "没有写明", "沿用", "按自然年度", "解读"] {
                assert!(!line.contains(ours), "{file}: {line}");
            }
        }
    }
}
