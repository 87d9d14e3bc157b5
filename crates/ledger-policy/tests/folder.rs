//! Every document under `policies/` compiles, alone and beside the others.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at what it does not expect"
)]

use ledger_core::Policy;
use ledger_policy::{Severity, check, check_set, compile};
use std::collections::BTreeSet;
use std::path::Path;

/// Name (below `policies/`) and text of every document, in the order of the names.
fn documents() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap();
                let name = name.to_str().unwrap().replace('\\', "/");
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_document_compiles_and_is_checked_without_a_doubt() {
    let found = documents();
    assert!(found.len() > 5);
    for (name, text) in &found {
        assert!(name.ends_with(".toml"), "{name}");
        let report = check(text);
        assert!(report.flaws.is_empty(), "{name}: {:#?}", report.flaws);
        let policy = compile(text).unwrap();
        assert_eq!(policy.example, name.starts_with("examples/"), "{name}");
    }
}

#[test]
fn the_set_has_no_errors_and_only_the_doubts_that_the_documents_have() {
    let found = documents();
    let texts: Vec<_> = found
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let mut doubts = BTreeSet::new();
    for (name, report) in check_set(&texts) {
        let errors: Vec<_> = report
            .of(Severity::Error)
            .map(ToString::to_string)
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
        let of = report.of(Severity::Warning);
        doubts.extend(of.map(|flaw| format!("{name} {} {}", flaw.key, flaw.code())));
    }
    let expected = [
        "examples/shandong-2022-72.toml vocational-training overlap",
        "examples/shandong-special-account-measures.toml vocational-training overlap",
        "shandong/2022-7.toml  scheme_ends",
        "shandong/2022-7.toml gold-collar overlap",
        "shandong/2022-7.toml new-apprenticeship overlap",
        "shandong/2022-7.toml vocational-training rule_forgotten",
        "shandong/2025-87.toml  scheme_ends",
        "shandong/2025-87.toml entrepreneurship-training overlap",
        "shandong/2025-87.toml new-apprenticeship overlap",
        "shandong/2025-87.toml special-ability-training overlap",
        "shandong/2025-87.toml vocational-training overlap",
    ];
    assert_eq!(doubts, expected.map(str::to_owned).into());
}

/// An example never passes for a document of its issuer: its number and title say so.
#[test]
fn examples_say_that_they_are_examples() {
    let of = |name: &str| name.starts_with("examples/");
    for (name, text) in documents().into_iter().filter(|(name, _)| of(name)) {
        let policy: Policy = compile(&text).unwrap();
        assert!(policy.policy_id.starts_with("example-"), "{name}");
        assert!(policy.document_number.ends_with("示例）"), "{name}");
        assert!(policy.title.ends_with("示例）"), "{name}");
        assert!(text.starts_with("# EXAMPLE, "), "{name}");
        let marked = ["[P-off]", "[P-mir", "[C]"]
            .iter()
            .any(|it| text.contains(it));
        assert!(marked, "{name} names its source and how far to trust it");
    }
}
