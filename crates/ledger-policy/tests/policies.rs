//! Every document under `policies/` compiles, and what it says is what the document says.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at what it does not expect"
)]

use ledger_core::policy::{
    AdvanceBase, EmploymentBase, QuotaDate, QuotaScope, RepeatWindow, Shortfall,
};
use ledger_core::{BusinessDate, Division, FundSource, Policy, SchemeId, Share};
use ledger_policy::{PolicyError, compile};
use std::path::{Path, PathBuf};

const ACTION: &str = include_str!("../../../policies/shandong/2019-2021-action.toml");

fn action() -> Policy {
    compile(ACTION).unwrap()
}

fn texts(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            found.push(path);
        }
    }
}

#[test]
fn every_document_in_the_folder_compiles() {
    let mut found = Vec::new();
    texts(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies"),
        &mut found,
    );
    assert!(!found.is_empty());
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        let compiled = compile(&text);
        assert!(compiled.is_ok(), "{}: {compiled:?}", path.display());
    }
}

#[test]
fn the_action_of_2019_to_2021_says_what_its_table_says() {
    let policy = action();
    let scheme = policy
        .scheme(&SchemeId::parse("vocational-training").unwrap())
        .unwrap();
    let quota = scheme.quota.as_ref().unwrap();
    assert_eq!(quota.rule.per_year, 3);
    assert_eq!(quota.rule.scope, QuotaScope::AllSchemes);
    assert_eq!(quota.rule.counts_by, QuotaDate::Approval);
    assert!(quota.clause.contains("每人每年不超过3次"));
    assert_eq!(scheme.no_repeat.as_ref().unwrap().rule, RepeatWindow::Ever);
    assert!(scheme.pension_excluded.is_some());
    assert!(scheme.evidence.rule.certificate);
    let project = scheme.project.as_ref().unwrap().rule;
    assert_eq!(project.advance_share, Share::new(60, 100).unwrap());
    assert_eq!(project.full_payment_rate, Share::new(85, 100).unwrap());
    assert_eq!(project.advance_base, AdvanceBase::Contract);
    assert_eq!(project.employment_base, EmploymentBase::Approved);
    assert_eq!(project.shortfall, Shortfall::StayAtAdvance);
    assert!(scheme.funds.rule.contains(&FundSource::SpecialAccount));
    assert!(scheme.quota_release.rule.returned_payment);
    assert!(!scheme.quota_release.rule.clawback);
}

#[test]
fn the_action_holds_in_every_city_of_the_province_from_its_first_to_its_last_day() {
    let policy = action();
    let cases = [
        (370_000, (2019, 1, 1), true),
        (370_100, (2021, 12, 31), true),
        (371_200, (2019, 6, 1), true),
        (370_100, (2018, 12, 31), false),
        (370_100, (2022, 1, 1), false),
        (520_100, (2020, 1, 1), false),
    ];
    for (division, (year, month, day), holds) in cases {
        let date = BusinessDate::from_ymd(year, month, day).unwrap();
        let division = Division::new(division).unwrap();
        assert_eq!(
            policy.in_force(division, date),
            holds,
            "{division} on {date}"
        );
    }
}

/// Each row changes one piece of the action and names what the error has to say.
#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn a_wrong_value_is_refused_with_its_key() {
    let cases = [
        ("per_year = 3", "per_year = 0", "vocational-training.quota"),
        (
            "per_year = 3",
            "per_year = 101",
            "vocational-training.quota",
        ),
        ("per_year = 3", "per_year = -1", "per_year"),
        ("per_year = 3", "per_year = 3.5", "per_year"),
        ("scope = \"all_schemes\"", "scope = \"all\"", "scope"),
        (
            "window = \"ever\"",
            "window = \"months\"",
            "vocational-training.no_repeat",
        ),
        (
            "window = \"ever\"",
            "window = \"ever\"\nmonths = 12",
            "vocational-training.no_repeat",
        ),
        (
            "window = \"ever\"",
            "window = \"months\"\nmonths = 0",
            "vocational-training.no_repeat",
        ),
        (
            "numerator = 60",
            "numerator = 160",
            "vocational-training.project",
        ),
        (
            "numerator = 60",
            "numerator = 0",
            "vocational-training.project",
        ),
        (
            "denominator = 100 }\nadvance_base",
            "denominator = 0 }\nadvance_base",
            "project",
        ),
        ("\"special_account\"", "\"special-account\"", "unknown fund"),
        (
            "\"special_account\"",
            "\"employment_subsidy\"",
            "stands twice",
        ),
        ("division = 370000", "division = 37", "division"),
        (
            "valid_from = 2019-01-01",
            "valid_from = 2022-01-01",
            "valid_until",
        ),
        (
            "valid_from = 2019-01-01",
            "valid_from = 2019-01-01T00:00:00Z",
            "valid_from",
        ),
        (
            "valid_from = 2019-01-01",
            "valid_from = 2019-02-29",
            "2019-02-29",
        ),
        ("version = 1", "version = 0", "version"),
        ("version = 1", "version = 1\nrate = 500", "rate"),
        (
            "id = \"vocational-training\"",
            "id = \"Training\"",
            "Training",
        ),
        (
            "certificate = true",
            "certificate = true\nphoto = true",
            "photo",
        ),
        (
            "employment_window_months = 6",
            "employment_window_months = 0",
            "project",
        ),
    ];
    for (from, to, says) in cases {
        assert!(ACTION.contains(from), "{from}");
        let error = compile(&ACTION.replacen(from, to, 1)).unwrap_err();
        let said = error.to_string();
        let place = match &error {
            PolicyError::Malformed { message } => message.contains(says),
            _ => said.contains(says),
        };
        assert!(place, "{to}: {said}");
    }
}

#[test]
fn a_document_without_schemes_or_with_one_twice_is_refused() {
    let (head, scheme) = ACTION.split_once("[[scheme]]").unwrap();
    assert!(compile(head).unwrap_err().to_string().contains("0 found"));
    let twice = format!("{head}[[scheme]]{scheme}\n[[scheme]]{scheme}");
    assert!(
        compile(&twice)
            .unwrap_err()
            .to_string()
            .contains("stands twice")
    );
}

#[test]
fn a_text_beyond_the_bound_is_refused_before_it_is_parsed() {
    let text = "#".repeat(ledger_core::limits::POLICY_TEXT_BYTES_MAX + 1);
    assert!(matches!(compile(&text), Err(PolicyError::TooLong { .. })));
}
