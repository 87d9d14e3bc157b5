//! Every row of the domain notes is encoded, or has a reason why it is no rule of the ledger.
//!
//! `docs/policy-coverage.md` says which; `data/domain-rows.csv` is the list of the rows. Neither
//! can leave a row out, name a rule that is not there, or give a value that the rule does not have.
//!
//! Long: one table of the rows of the domain notes.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at what it does not expect"
)]

use ledger_core::policy::{
    AmountRule, AwardAmount, FundList, Measure, QuotaDate, QuotaScope, QuotaWindow, RateValue,
    RepeatWindow, Scheme, Target, TargetBound, TargetFilter, TargetPeriod,
};
use ledger_core::{CertificateKind, FundSource, Policy, SchemeId, SkillLevel};
use ledger_policy::compile;
use std::collections::{BTreeMap, BTreeSet};

const ROWS: &str = include_str!("data/domain-rows.csv");
const COVERAGE: &str = include_str!("../../../docs/policy-coverage.md");
const KINDS: &str = include_str!("../../ledger-core/src/kinds.rs");

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

/// How many rows each section of the domain notes has.
const SECTIONS: [(&str, usize); 6] = [
    ("A1", 23),
    ("A2", 17),
    ("A3", 49),
    ("A4", 21),
    ("A7", 7),
    ("A8", 6),
];

/// A row of the domain notes: its figures, where the documents say it, and its text.
struct DomainRow {
    section: &'static str,
    figures: Vec<&'static str>,
    clauses: Vec<&'static str>,
    text: String,
}

/// The list of rows, by row.
fn domain_rows() -> BTreeMap<&'static str, DomainRow> {
    let mut rows = BTreeMap::new();
    for line in ROWS.lines().skip(1) {
        let mut fields = line.splitn(5, ',');
        let mut next = || fields.next().unwrap();
        let (section, row, figures, clauses) = (next(), next(), next(), next());
        let row_of = DomainRow {
            section,
            figures: figures.split_whitespace().collect(),
            clauses: clauses.split_whitespace().collect(),
            text: next().trim_matches('"').to_owned(),
        };
        assert!(rows.insert(row, row_of).is_none(), "{row} is listed twice");
    }
    rows
}

/// A line of a table: section, row, text, and what encodes it.
struct Covered {
    section: &'static str,
    row: &'static str,
    text: &'static str,
    cell: &'static str,
}

fn covered() -> Vec<Covered> {
    let mut section = "";
    let mut found = Vec::new();
    for line in COVERAGE.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            section = heading.split('.').next().unwrap();
        }
        let Some(cells) = line.strip_prefix("| ").and_then(|it| it.strip_suffix(" |")) else {
            continue;
        };
        let cells: Vec<_> = cells.split(" | ").collect();
        let &[row, text, cell] = cells.as_slice() else {
            panic!("three cells: {line}");
        };
        if row != "row" {
            found.push(Covered {
                section,
                row,
                text,
                cell,
            });
        }
    }
    found
}

/// The rules that a cell names: file, path, value.
fn named(cell: &'static str) -> Vec<(&'static str, &'static str, Option<&'static str>)> {
    let quoted = cell.split('`').skip(1).step_by(2);
    let rules = quoted.filter_map(|text| text.split_once('#'));
    rules
        .map(|(file, rule)| match rule.split_once(" = ") {
            Some((path, value)) => (file, path, Some(value)),
            None => (file, rule, None),
        })
        .collect()
}

fn documents() -> BTreeMap<&'static str, Policy> {
    let compiled = DOCUMENTS.map(|(name, text)| (name, compile(text).unwrap()));
    compiled.into_iter().collect()
}

#[test]
fn every_row_stands_once_and_none_is_unknown() {
    let rows = domain_rows();
    for (section, count) in SECTIONS {
        let found = rows.values().filter(|row| row.section == section);
        assert_eq!(found.count(), count, "rows of {section}");
    }
    let mut seen = BTreeSet::new();
    for line in covered() {
        let row = rows.get(line.row);
        let row = row.unwrap_or_else(|| panic!("{} is no row", line.row));
        assert!(seen.insert(line.row), "{} stands twice", line.row);
        assert_eq!((line.section, line.text), (row.section, row.text.as_str()));
    }
    let all: BTreeSet<_> = rows.into_keys().collect();
    assert_eq!(seen, all);
}

#[test]
fn a_row_is_encoded_or_has_a_reason() {
    for line in covered() {
        let is_encoded = !named(line.cell).is_empty();
        let reason = line.cell.strip_prefix("No rule. ");
        assert_ne!(is_encoded, reason.is_some(), "{}: {}", line.row, line.cell);
        assert_ne!(
            reason.map(str::trim),
            Some(""),
            "{} gives no reason",
            line.row
        );
    }
}

#[test]
fn every_rule_named_stands_in_its_document_with_its_value() {
    let documents = documents();
    for line in covered() {
        for (file, path, value) in named(line.cell) {
            let policy = documents.get(file);
            let policy = policy.unwrap_or_else(|| panic!("{}: no document {file}", line.row));
            let found = value_of(policy, path);
            let found = found.unwrap_or_else(|| panic!("{}: {file} has no {path}", line.row));
            assert_eq!(found, value.unwrap_or_default(), "{}: {path}", line.row);
        }
    }
}

/// A figure of a row without a rule that has it would be a figure that nobody applies. A figure
/// that the row lists twice (base and sending unit) is the value of two rules.
#[test]
fn every_figure_of_a_row_is_a_value_of_its_rules() {
    let rows = domain_rows();
    for line in covered() {
        let values: Vec<_> = named(line.cell)
            .into_iter()
            .filter_map(|(_, _, value)| value)
            .flat_map(str::split_whitespace)
            .map(|value| value.trim_end_matches(".00"))
            .collect();
        let figures = &rows[line.row].figures;
        for figure in figures {
            let count = |list: &[&str]| list.iter().filter(|it| *it == figure).count();
            assert!(
                count(&values) >= count(figures),
                "{}: {figure} in {values:?}",
                line.row
            );
        }
    }
}

/// A rule that cites another clause than the one that states it proves nothing.
#[test]
fn every_clause_of_a_row_is_cited_by_one_of_its_rules() {
    let (rows, documents) = (domain_rows(), documents());
    for line in covered() {
        let rules = named(line.cell);
        let cited: Vec<_> = rules
            .iter()
            .map(|(file, path, _)| clause_of(&documents[file], path).unwrap())
            .collect();
        let clauses = &rows[line.row].clauses;
        assert_eq!(clauses.is_empty(), rules.is_empty(), "{}", line.row);
        for clause in clauses {
            let mut cited_by = cited.iter().filter(|text| cites(text, clause));
            assert!(
                cited_by.next().is_some(),
                "{}: {clause} in {cited:#?}",
                line.row
            );
        }
    }
}

/// Whether the text of a rule names the clause, or a paragraph of it (第2款), in one of its parts.
fn cites(text: &str, clause: &str) -> bool {
    let mut parts = text.split("; ");
    parts.any(|part| {
        part.strip_prefix(clause)
            .is_some_and(|rest| rest.starts_with([':', '第']))
    })
}

/// The clause of the rule, target or accrual that a path names.
fn clause_of<'a>(policy: &'a Policy, path: &str) -> Option<&'a str> {
    if let Some(target) = path.strip_prefix("target:") {
        let mut targets = policy.targets.iter();
        let found = targets.find(|it| it.rule.target.as_str() == target)?;
        return Some(&found.clause);
    }
    let (subject, rule) = path.split_once('.')?;
    if let Some(fund) = subject.strip_prefix("accrual:") {
        let mut accruals = policy.accruals.iter();
        return Some(&accruals.find(|it| it.rule.fund.code() == fund)?.clause);
    }
    let scheme = policy.scheme(&SchemeId::parse(subject).ok()?)?;
    let clause = match rule.split('.').next()? {
        "funds" => &scheme.funds.clause,
        "amount" => &scheme.amount.as_ref()?.clause,
        "quota" => &scheme.quotas.first()?.clause,
        "no_repeat" => &scheme.no_repeat.as_ref()?.clause,
        "counted_apart" => &scheme.counted_apart.as_ref()?.clause,
        "pension_excluded" => &scheme.pension_excluded.as_ref()?.clause,
        "graduating_year" => &scheme.graduating_year.as_ref()?.clause,
        "levels" => &scheme.levels.as_ref()?.clause,
        "groups" => &scheme.groups.as_ref()?.clause,
        "payee" => &scheme.payee.as_ref()?.clause,
        "evidence" => &scheme.evidence.clause,
        "project" => &scheme.project.as_ref()?.clause,
        "award" => &scheme.award.as_ref()?.clause,
        "award_count" => &scheme.award_count.as_ref()?.clause,
        "award_exclusivity" => &scheme.award_exclusivity.as_ref()?.clause,
        _ => return None,
    };
    Some(clause)
}

/// A row without a rule says by which command or event the ledger does its part.
#[test]
fn every_command_and_event_named_exists() {
    let camel = |name: &str| {
        let is_letter = |letter: char| letter.is_ascii_alphabetic();
        name.starts_with(|first: char| first.is_ascii_uppercase()) && name.chars().all(is_letter)
    };
    let mut count = 0;
    for line in covered() {
        let quoted = line.cell.split('`').skip(1).step_by(2);
        for name in quoted.filter(|name| camel(name)) {
            // A row of an event begins with its number and its name, that of a command with its
            // name.
            let known = KINDS.lines().any(|row| {
                let mut words = row.split_whitespace();
                match (words.next(), words.next()) {
                    (Some(number), Some(kind)) if number.parse::<u32>().is_ok() => kind == name,
                    (Some(kind), Some("asks")) => kind == name,
                    _ => false,
                }
            });
            assert!(known, "{}: {name} is no command and no event", line.row);
            count += 1;
        }
    }
    assert!(count > 10, "{count} commands are named");
}

#[test]
fn every_scheme_and_target_of_the_five_documents_is_named() {
    let lines = covered();
    let paths: BTreeSet<(&str, &str)> = lines
        .iter()
        .flat_map(|line| named(line.cell))
        .map(|(file, path, _)| (file, path.split('.').next().unwrap()))
        .collect();
    // The training for special abilities is part of the same rows as the other training.
    let also = BTreeSet::from(["special-ability-training"]);
    for (file, policy) in documents() {
        for scheme in &policy.schemes {
            let id = scheme.scheme.as_str();
            let found = paths.contains(&(file, id)) || also.contains(id);
            assert!(found, "{file}: no row names the scheme {id}");
        }
        for target in &policy.targets {
            let path = format!("target:{}", target.rule.target);
            let found = paths.contains(&(file, path.as_str()));
            assert!(found, "{file}: no row names {path}");
        }
    }
}

/// Guizhou's parts make its million; its order classes are no part of it.
#[test]
fn guizhous_eleven_parts_make_a_million() {
    let policy = &documents()["guizhou/2025-3.toml"];
    let [sum] = policy.target_sums.as_slice() else {
        panic!("one sum is written");
    };
    let figure = |id: &str| {
        let mut targets = policy.targets.iter().map(|ruled| &ruled.rule);
        targets
            .find(|it| it.target.as_str() == id)
            .unwrap()
            .figure
            .unwrap()
    };
    let parts = sum.rule.parts.iter().map(|part| figure(part.as_str()));
    assert_eq!(sum.rule.parts.len(), 11);
    assert_eq!(figure(sum.rule.whole.as_str()), 1_000_000);
    assert_eq!(parts.sum::<u64>(), 1_000_000);
    assert_eq!(figure("outside-order-classes"), 500);
}

/// What was paid fits the table: 13 schools and 54 specialities made 173,000,000 yuan.
#[test]
fn the_awards_that_were_paid_add_up() {
    let policy = &documents()["shandong/2020-18.toml"];
    let fixed = |id: &str| {
        let scheme = policy.scheme(&SchemeId::parse(id).unwrap()).unwrap();
        match scheme.award.as_ref().unwrap().rule.amount {
            AwardAmount::Fixed(amount) => amount,
            other => panic!("{id} is {other:?}"),
        }
    };
    let schools = fixed("quality-technical-school").checked_mul(13).unwrap();
    let specialities = fixed("quality-speciality").checked_mul(54).unwrap();
    let paid = schools.checked_add(specialities).unwrap();
    assert_eq!(paid.to_string(), "173000000.00");
}

/// What a path names, as the coverage document writes it; an empty text for a rule without value.
fn value_of(policy: &Policy, path: &str) -> Option<String> {
    if let Some(target) = path.strip_prefix("target:") {
        let mut targets = policy.targets.iter().map(|ruled| &ruled.rule);
        return targets
            .find(|it| it.target.as_str() == target)
            .map(of_target);
    }
    let (subject, rule) = path.split_once('.')?;
    if let Some(fund) = subject.strip_prefix("accrual:") {
        let mut accruals = policy.accruals.iter().map(|ruled| &ruled.rule);
        let accrual = accruals.find(|it| it.fund.code() == fund)?;
        return Some(match rule {
            "share" => accrual.share.map_or("none".to_owned(), |it| it.to_string()),
            "capacity_months" => accrual.capacity_months.to_string(),
            _ => return None,
        });
    }
    let scheme = policy.scheme(&SchemeId::parse(subject).ok()?)?;
    of_training(scheme, rule).or_else(|| of_awards(scheme, rule))
}

/// The funds that are named; behind an open list those that it does not lead to.
fn of_funds(funds: &FundList) -> String {
    let joined = |funds: &[FundSource]| joined(funds.iter().map(|fund| fund.code()));
    let named = joined(&funds.named);
    match &funds.open_except {
        Some(except) => format!("{named} open except {}", joined(except)),
        None => named,
    }
}

fn level_code(level: SkillLevel) -> &'static str {
    match level {
        SkillLevel::Senior => "senior",
        SkillLevel::Technician => "technician",
        SkillLevel::SeniorTechnician => "senior_technician",
        other => panic!("no document names the level {other:?}"),
    }
}

fn joined<'a>(codes: impl Iterator<Item = &'a str>) -> String {
    codes.collect::<Vec<_>>().join(" ")
}

fn of_training(scheme: &Scheme, rule: &str) -> Option<String> {
    let evidence = &scheme.evidence.rule;
    Some(match rule {
        "funds" => of_funds(&scheme.funds.rule),
        "levels" => {
            let levels = &scheme.levels.as_ref()?.rule;
            joined(levels.iter().map(|level| level_code(*level)))
        }
        "amount" => match scheme.amount.as_ref()?.rule {
            AmountRule::ByTable => "by_table".to_owned(),
            AmountRule::Stated(RateValue::Fixed(amount)) => format!("fixed {amount}"),
            AmountRule::Stated(other) => format!("{other:?}"),
        },
        "quota" => of_quota(scheme)?,
        "no_repeat" => match scheme.no_repeat.as_ref()?.rule {
            RepeatWindow::Ever => "ever".to_owned(),
            RepeatWindow::Months(months) => months.to_string(),
        },
        "counted_apart" => scheme.counted_apart.as_ref().map(|_| String::new())?,
        "pension_excluded" => scheme.pension_excluded.as_ref().map(|_| String::new())?,
        "graduating_year" => scheme.graduating_year.as_ref().map(|_| String::new())?,
        "groups" => {
            let groups = &scheme.groups.as_ref()?.rule.any_of;
            joined(groups.iter().map(|group| group.code()))
        }
        "payee" => {
            let payee = &scheme.payee.as_ref()?.rule.allowed;
            joined(payee.iter().map(|kind| kind.code()))
        }
        "evidence.certificate" => evidence.certificate.to_string(),
        "evidence.certificate_kinds" => joined(evidence.certificate_kinds.iter().map(kind)),
        "project.advance_share" => scheme.project.as_ref()?.rule.advance_share.to_string(),
        "project.full_payment_rate" => scheme.project.as_ref()?.rule.full_payment_rate.to_string(),
        _ => return None,
    })
}

fn kind(kind: &CertificateKind) -> &'static str {
    match kind {
        CertificateKind::SkillLevel => "skill_level",
        CertificateKind::VocationalQualification => "vocational_qualification",
        CertificateKind::SpecialAbility => "special_ability",
        CertificateKind::TrainingCompletion => "training_completion",
        CertificateKind::SpecialOperation => "special_operation",
    }
}

fn of_quota(scheme: &Scheme) -> Option<String> {
    let [quota] = scheme.quotas.as_slice() else {
        return None;
    };
    let quota = &quota.rule;
    let window = match quota.window {
        QuotaWindow::CalendarYear => "calendar_year".to_owned(),
        QuotaWindow::RollingMonths(months) => months.to_string(),
    };
    let scope = match quota.scope {
        QuotaScope::AllSchemes => "all_schemes",
        QuotaScope::SameScheme => "same_scheme",
    };
    let counts_by = match quota.counts_by {
        QuotaDate::Approval => "approval",
        QuotaDate::Certificate => "certificate",
    };
    Some(format!("{} {window} {scope} {counts_by}", quota.limit))
}

fn of_awards(scheme: &Scheme, rule: &str) -> Option<String> {
    Some(match rule {
        "award" => match scheme.award.as_ref()?.rule.amount {
            AwardAmount::Fixed(amount) => format!("fixed {amount}"),
            AwardAmount::AtLeast(amount) => format!("at_least {amount}"),
            AwardAmount::MonthlyAtLeast(amount) => format!("monthly_at_least {amount}"),
            AwardAmount::Decided => "decided".to_owned(),
        },
        "award_count" => {
            let count = scheme.award_count.as_ref()?.rule;
            let (limit, years, first) = (count.limit, count.years, count.first_year);
            format!("{limit} in {years} years from {first}")
        }
        "award_exclusivity" => {
            let others = &scheme.award_exclusivity.as_ref()?.rule;
            joined(others.iter().map(SchemeId::as_str))
        }
        _ => return None,
    })
}

fn of_target(target: &Target) -> String {
    let figure = target.figure.map_or("none".to_owned(), |it| it.to_string());
    let measure = match target.measure {
        Measure::Subsidised => "subsidised",
        Measure::Completed => "completed",
        Measure::Certified => "certified",
        Measure::Classes => "classes",
        Measure::Awards => "awards",
        Measure::External => "external",
    };
    let bound = match target.bound {
        TargetBound::AtLeast => "at_least",
        TargetBound::About => "about",
        TargetBound::Exactly => "exactly",
    };
    let period = match target.period {
        TargetPeriod::Yearly => "yearly",
        TargetPeriod::Cumulative => "cumulative",
    };
    let years = format!("{}-{}", target.from.year(), target.until.year());
    let whole_years =
        target.from.to_string().ends_with("-01-01") && target.until.to_string().ends_with("-12-31");
    assert!(whole_years, "{} is for whole years", target.target);
    let filter = filter_of(target);
    format!("{figure} {measure} {bound} {period} {years}{filter}")
}

/// What of the training a target counts, each part behind a space.
fn filter_of(target: &Target) -> String {
    let TargetFilter {
        action,
        sector,
        scheme,
        training,
        form,
        groups,
        level_at_least,
    } = &target.filter;
    let groups = groups.iter().map(|group| group.code());
    let parts = [
        ("action", action.as_ref().map(ToString::to_string)),
        ("sector", sector.as_ref().map(ToString::to_string)),
        ("scheme", scheme.as_ref().map(ToString::to_string)),
        ("training", training.map(|it| it.code().to_owned())),
        ("form", form.map(|it| it.code().to_owned())),
        ("groups", Some(groups.collect::<Vec<_>>().join("+"))),
        (
            "level_at_least",
            level_at_least.map(|it| it.name_en().trim_end_matches(" worker").replace(' ', "_")),
        ),
    ];
    let mut written = String::new();
    for (key, value) in parts {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            written += &format!(" {key}={value}");
        }
    }
    if target.expected {
        written += " expected";
    }
    written
}
