//! The page on the format says what the reader knows: every key and every code, and no others; and
//! its examples are texts that can be published.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at what it does not expect"
)]

use ledger_policy::{check, compile, keys, lists, template};
use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../docs/policy-format.md");
const EVERY_RULE: &str = include_str!("data/every-rule.toml");

/// Keys that stand in every rule or share, and are on the page once.
const OF_EVERY_RULE: [&str; 4] = ["clause", "reading", "decided_by", "straddling"];
const OF_EVERY_SHARE: [&str; 2] = ["numerator", "denominator"];

/// Where a key stands on the page.
fn on_the_page(key: &str) -> String {
    let (table, last) = key.rsplit_once('.').unwrap_or(("head", key));
    let stands_in = match (table, last) {
        ("head" | "scheme", "reading") => table,
        (_, last) if OF_EVERY_RULE.contains(&last) => "rule",
        (_, last) if OF_EVERY_SHARE.contains(&last) => "share",
        (table, _) => table,
    };
    format!("{stands_in}.{last}")
}

/// The keys in the tables of the page, each behind its section.
fn keys_of_the_page() -> BTreeSet<String> {
    let mut section = "";
    let mut found = BTreeSet::new();
    for line in PAGE.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            section = heading.split('`').nth(1).unwrap_or("");
        }
        let cell = line.strip_prefix("| `").and_then(|it| it.split_once('`'));
        if let Some((key, rest)) = cell.filter(|_| section != "codes") {
            assert_eq!(rest.matches('|').count(), 5, "{line}");
            let is_new = found.insert(format!("{section}.{key}"));
            assert!(is_new, "{section}.{key} stands twice");
        }
    }
    found
}

/// Texts that together say everything that can be said.
fn texts() -> Vec<String> {
    let mut texts = examples();
    texts.push(EVERY_RULE.to_owned());
    for kind in ["fixed", "hourly", "monthly"] {
        let rate = "[[rate]]\nscheme = \"by-the-table\"\nkind = \"monthly\"";
        let changed = format!("[[rate]]\nscheme = \"by-the-table\"\nkind = {kind:?}");
        assert_eq!(EVERY_RULE.matches(rate).count(), 1);
        texts.push(EVERY_RULE.replace(rate, &changed));
        let amount = "kind = \"hourly\"";
        assert_eq!(EVERY_RULE.matches(amount).count(), 1);
        texts.push(EVERY_RULE.replace(amount, &format!("kind = {kind:?}")));
    }
    texts
}

#[test]
fn every_key_is_on_the_page_and_every_key_of_the_page_is_known() {
    let known = texts()
        .iter()
        .flat_map(|text| keys(text))
        .collect::<Vec<_>>();
    let known: BTreeSet<String> = known.iter().map(|key| on_the_page(key)).collect();
    let page = keys_of_the_page();
    let missing: Vec<_> = known.difference(&page).collect();
    let unknown: Vec<_> = page.difference(&known).collect();
    assert!(missing.is_empty(), "not on the page: {missing:#?}");
    assert!(unknown.is_empty(), "not known to the reader: {unknown:#?}");
}

#[test]
fn every_code_of_a_list_is_on_the_page() {
    let (_, codes) = PAGE.split_once("## `codes`").unwrap();
    for (list, expected) in lists() {
        let row = format!("| {} | {} |", list.zh, list.en);
        let line = codes.lines().find(|line| line.starts_with(&row));
        let line = line.unwrap_or_else(|| panic!("no row {row}"));
        let found: Vec<_> = line.split('`').skip(1).step_by(2).collect();
        assert_eq!(found, expected, "{row}");
    }
}

/// The examples, each put into a document that has what it needs beside it.
fn examples() -> Vec<String> {
    const HEAD: &str = "format = 2\npolicy_id = \"p01\"\nversion = 1\ndocument_number = \"n\"\n\
                        title = \"t\"\ndivision = 370000\nvalid_from = 2021-01-01\n";
    const CROSSWALK: &str = "[[crosswalk]]\n\
                             same = [\"1999:4-07-12-03\", \"2015:4-10-01-05\"]\n\
                             clause = \"c\"\n";
    const SCHEME: &str = "[[scheme]]\nid = \"course\"\nname_zh = \"课\"\n";
    const TABLES: [(&str, &str); 4] = [
        (
            "funds",
            "allowed = [\"special_account\", \"employment_subsidy\"]",
        ),
        ("amount", "kind = \"by_contract\""),
        ("evidence", "certificate = true\nassessment = false"),
        ("quota_release", "returned_payment = true\nclawback = false"),
    ];
    let scheme = |example: &str| {
        let beside = TABLES.into_iter().filter(|(table, _)| {
            let is_award = example.contains("[scheme.award");
            let of_awards = *table == "funds";
            !example.contains(&format!("[scheme.{table}]")) && (of_awards || !is_award)
        });
        let tables =
            beside.map(|(table, keys)| format!("[scheme.{table}]\n{keys}\nclause = \"c\"\n"));
        // What only an award has stands beside one.
        let award = match example.contains("[scheme.award_") {
            true => {
                "[scheme.award]\nkind = \"decided\"\nrecipients = [\"person\"]\nclause = \"c\"\n"
            }
            false => "",
        };
        let tables: String = tables.collect();
        let other = example.contains("worldskills-gold-sender").then_some(
            "[[scheme]]\nid = \"worldskills-gold-sender\"\nname_zh = \"乙\"\n\
             funds = { allowed = [\"special_account\"], clause = \"c\" }\n\
             award = { kind = \"decided\", recipients = [\"person\"], clause = \"c\" }\n\
             award_exclusivity = { schemes = [\"course\"], clause = \"c\" }\n",
        );
        format!(
            "{HEAD}{SCHEME}{tables}{award}{example}{}",
            other.unwrap_or_default()
        )
    };
    let blocks = PAGE.split("```toml\n").skip(1);
    let blocks = blocks.map(|block| block.split_once("```").unwrap().0);
    blocks
        .map(|block| match block {
            head if head.starts_with("format") => format!("{head}{CROSSWALK}"),
            rule if rule.starts_with("[scheme.") || rule.starts_with("[[scheme.") => scheme(rule),
            part => format!("{HEAD}{part}"),
        })
        .collect()
}

#[test]
fn every_example_of_the_page_compiles_without_a_doubt() {
    let found = examples();
    assert!(found.len() > 30, "{}", found.len());
    for text in found {
        let flaws = check(&text).flaws;
        assert!(flaws.is_empty(), "{flaws:#?}\n{text}");
        assert!(compile(&text).is_ok());
    }
}

/// Every section with keys has an example, its own or that of the table it stands in.
#[test]
fn every_section_has_an_example() {
    let sections = PAGE.split("\n## `").skip(1);
    let with_parent = ["scheme.fund_split.share", "catalogue.item", "codes"];
    for section in sections {
        let name = section.split('`').next().unwrap();
        let has_one = section.contains("```toml\n") || with_parent.contains(&name);
        assert!(has_one, "{name}");
    }
}

/// The template passes its own check, and says what every part of it is for.
#[test]
fn the_template_can_be_published() {
    let text = template();
    let report = check(text);
    assert!(report.flaws.is_empty(), "{:#?}", report.flaws);
    assert_eq!(compile(text).unwrap().format, 2);
    let comments = text.lines().filter(|line| line.starts_with('#')).count();
    assert!(comments > 20, "{comments} lines of comments");
    // What is left out by a comment is right as well, once it is taken in.
    let whole: String = text
        .lines()
        .map(|line| line.strip_prefix("#: ").unwrap_or(line).to_owned() + "\n")
        .collect();
    let report = check(&whole);
    assert!(report.flaws.is_empty(), "{:#?}", report.flaws);
}
