//! Any text gives a compiled form or an error, never a panic, and in bounded time.
//!
//! The work is bounded by the length of the text (256 KiB), the entries of each table and the
//! number of flaws kept; texts of the full length that are all one thing are read here as well.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at what it does not expect"
)]

use ledger_core::Position;
use ledger_core::limits::POLICY_TEXT_BYTES_MAX;
use ledger_core::policy::PolicyBook;
use ledger_policy::{PolicyError, check, check_beside, check_set, compile};
use proptest::prelude::*;
use std::sync::Arc;

/// The documents that are cut up; together they use every key of the grammar.
const DOCUMENTS: [&str; 9] = [
    include_str!("../../../policies/shandong/2019-2021-action.toml"),
    include_str!("../../../policies/shandong/2020-18.toml"),
    include_str!("../../../policies/guizhou/2025-3.toml"),
    include_str!("../../../policies/examples/shandong-2023-5.toml"),
    include_str!("../../../policies/examples/taian-2021-rates.toml"),
    include_str!("../../../policies/examples/taian-catalogues.toml"),
    include_str!("../../../policies/examples/penalty-social-insurance.toml"),
    include_str!("../../../policies/examples/occupation-crosswalk.toml"),
    include_str!("data/every-rule.toml"),
];

/// What compile and check say agrees: an error of the one is an error of the other.
fn agree(text: &str) {
    let report = check(text);
    assert_eq!(compile(text).is_ok(), report.is_publishable(), "{text}");
    for flaw in &report.flaws {
        assert!(!flaw.kind.en().is_empty() && !flaw.kind.zh().is_empty());
        let place = flaw.place.unwrap();
        let lines = text.split('\n').count();
        assert!((1..=lines).contains(&place.line), "{flaw} of {lines} lines");
    }
    assert!(report.flaws.len() <= 400);
}

/// One change of a real text.
#[derive(Debug, Clone)]
enum Change {
    /// Bytes are taken out.
    Cut(usize, usize),
    /// Something is put in.
    Insert(usize, String),
    /// A line stands twice.
    Repeat(usize),
    /// A line is taken out.
    Drop(usize),
    /// Two lines change places.
    Swap(usize, usize),
    /// The value of a line becomes another one.
    Value(usize, String),
}

fn values() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|it| it.to_string()),
        any::<u32>().prop_map(|it| it.to_string()),
        Just("true".to_owned()),
        Just("1.5".to_owned()),
        Just("\"\"".to_owned()),
        Just("\"0.001\"".to_owned()),
        Just("\"99999999999999999999\"".to_owned()),
        Just("[]".to_owned()),
        Just("[[[[]]]]".to_owned()),
        Just("{}".to_owned()),
        Just("{ numerator = 4294967295, denominator = 4294967295 }".to_owned()),
        Just("2019-02-28".to_owned()),
        Just("9999-12-31T23:59:59Z".to_owned()),
        "\"\\PC{0,20}\"",
        "[\"a-z0-9\\[\\]{}=.:,#-]{0,12}",
    ]
}

fn changes() -> impl Strategy<Value = Change> {
    let at = || any::<usize>();
    prop_oneof![
        (at(), 0usize..200).prop_map(|(from, length)| Change::Cut(from, length)),
        (at(), "\\PC{0,20}").prop_map(|(at, text)| Change::Insert(at, text)),
        (at(), "[\\[\\]{}=\"'\n.#]{1,6}").prop_map(|(at, text)| Change::Insert(at, text)),
        at().prop_map(Change::Repeat),
        at().prop_map(Change::Drop),
        (at(), at()).prop_map(|(one, other)| Change::Swap(one, other)),
        (at(), values()).prop_map(|(line, value)| Change::Value(line, value)),
    ]
}

fn changed(text: &str, change: &Change) -> String {
    let mut lines: Vec<&str> = text.split('\n').collect();
    let count = lines.len();
    let chars = || text.chars();
    let length = chars().count().max(1);
    match change {
        Change::Cut(from, cut) => {
            let from = from % length;
            chars().take(from).chain(chars().skip(from + cut)).collect()
        }
        Change::Insert(at, put) => {
            let at = at % length;
            let head = chars().take(at).chain(put.chars());
            head.chain(chars().skip(at)).collect()
        }
        Change::Repeat(line) => {
            let line = line % count;
            lines.insert(line, lines[line]);
            lines.join("\n")
        }
        Change::Drop(line) => {
            lines.remove(line % count);
            lines.join("\n")
        }
        Change::Swap(one, other) => {
            lines.swap(one % count, other % count);
            lines.join("\n")
        }
        Change::Value(line, value) => {
            let line = line % count;
            let key = lines[line].split('=').next().unwrap_or_default();
            let new = format!("{key}= {value}");
            lines[line] = &new;
            lines.join("\n")
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_a_policy_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        agree(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_characters_are_a_policy_or_an_error(text in "\\PC{0,400}") {
        agree(&text);
    }

    #[test]
    fn any_text_of_toml_signs_is_a_policy_or_an_error(
        text in "[\\[\\]{}=\"'\n\\\\.#, a-f0-9:T+_-]{0,400}",
    ) {
        agree(&text);
    }

    #[test]
    fn any_change_of_a_document_is_a_policy_or_an_error(
        document in 0..DOCUMENTS.len(),
        changes in prop::collection::vec(changes(), 1..6),
    ) {
        let mut text = DOCUMENTS[document].to_owned();
        for change in &changes {
            text = changed(&text, change);
        }
        agree(&text);
        let other = DOCUMENTS[(document + 1) % DOCUMENTS.len()];
        let reports = check_set(&[("changed", &text), ("other", other)]);
        prop_assert_eq!(reports.len(), 2);
        let mut book = PolicyBook::default();
        book.publish(Position::new(1), Arc::new(compile(other).unwrap()));
        prop_assert_eq!(
            check_beside(&book, &text).is_publishable() && compile(&text).is_err(),
            false
        );
    }
}

/// Texts of the full length that are all one thing: each is refused or read in bounded time.
#[test]
fn texts_of_the_full_length_are_read() {
    for piece in [
        "[",
        "[[",
        "{",
        "a=[",
        "a={",
        "\"",
        "'''",
        "\"\"\"",
        "#",
        "\n",
        "a.",
        "[a.",
        "a=1\n",
        "[[scheme]]\n",
        "[[rate]]\n",
        "[[target]]\nid=\"a-b\"\n",
        "[[catalogue]]\n",
        "字",
        "\u{feff}",
    ] {
        let count = POLICY_TEXT_BYTES_MAX / piece.len();
        let text = piece.repeat(count);
        let report = check(&text);
        assert!(!report.is_publishable(), "{piece:?}");
        assert!(compile(&text).is_err(), "{piece:?}");
    }
}

#[test]
fn a_text_beyond_the_bound_is_refused_before_it_is_parsed() {
    let text = "#".repeat(POLICY_TEXT_BYTES_MAX + 1);
    let error = PolicyError::TooLong {
        bytes: POLICY_TEXT_BYTES_MAX + 1,
        limit: POLICY_TEXT_BYTES_MAX,
    };
    assert_eq!(compile(&text), Err(error));
}
