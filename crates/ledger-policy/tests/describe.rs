//! What a document says in words, in both languages, on one that has every rule.
//!
//! The files are written from the descriptions: `UPDATE_EXPECT=1 cargo test -p ledger-policy`.

use expect_test::expect_file;
use ledger_policy::{Language, compile, describe};

const EVERY_RULE: &str = include_str!("data/every-rule.toml");
const ACTION: &str = include_str!("../../../policies/shandong/2019-2021-action.toml");

#[test]
fn every_rule_in_words() {
    let policy = compile(EVERY_RULE).unwrap();
    expect_file!["data/every-rule.en.txt"].assert_eq(&describe(&policy, Language::En));
    expect_file!["data/every-rule.zh.txt"].assert_eq(&describe(&policy, Language::Zh));
}

/// No clause and no reading of a document is left out.
#[test]
fn every_clause_and_every_reading_stands_in_the_description() {
    for text in [EVERY_RULE, ACTION] {
        let policy = compile(text).unwrap();
        let described = describe(&policy, Language::Zh);
        for reading in &policy.readings {
            let line = format!(": {}\n", reading.text);
            assert!(described.contains(&line), "{line}");
        }
        let scheme = text.split("[[catalogue]]").next().unwrap();
        let clauses = scheme
            .lines()
            .filter_map(|line| line.strip_prefix("clause = "));
        for clause in clauses {
            let clause = clause.trim_matches('"');
            assert!(described.contains(clause), "{clause}");
        }
    }
}
