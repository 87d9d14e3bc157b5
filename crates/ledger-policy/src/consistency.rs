//! Faults that only show when the parts of one document are held against each other.

use crate::compile::TARGET_PREFIX;
use crate::flaw::FlawKind;
use crate::reader::Sink;
use ledger_core::Policy;
use ledger_core::policy::{
    AwardCount, ClaimStart, DecidingDate, Evidence, PenaltyRange, Quota, QuotaDate, QuotaScope,
    QuotaWindow, Ruled, Scheme, Target, TargetSum,
};
use std::collections::{BTreeMap, HashSet};

/// Checks a document that was read without error.
pub(crate) fn check(policy: &Policy, sink: &Sink<'_>) {
    let mut seen = HashSet::new();
    for scheme in &policy.schemes {
        let id = scheme.scheme.as_str();
        if !seen.insert(id) {
            let what = id.to_owned();
            sink.note_at(id, FlawKind::StandsTwice { what });
        }
        if scheme.award.is_some() {
            only_what_awards_have(scheme, sink);
        } else {
            only_what_training_has(scheme, sink);
        }
        quotas_bind(scheme, sink);
    }
    exclusivity_is_mutual(policy, sink);
    one_rule_for_a_fund(policy, sink);
    cycles_begin_in_time(policy, sink);
    targets(policy, sink);
}

/// The rules that a scheme has, by their keys, with the date that decides each.
pub(crate) fn rules(scheme: &Scheme) -> Vec<(&'static str, DecidingDate)> {
    fn of<T>(key: &'static str, rule: Option<&Ruled<T>>) -> Option<(&'static str, DecidingDate)> {
        rule.map(|rule| (key, rule.decided_by))
    }
    let found = [
        of("funds", Some(&scheme.funds)),
        of("fund_split", scheme.split.as_ref()),
        of("award", scheme.award.as_ref()),
        of("award_count", scheme.award_count.as_ref()),
        of("award_exclusivity", scheme.award_exclusivity.as_ref()),
        of("amount", scheme.amount.as_ref()),
        of("uplift", scheme.uplift.as_ref()),
        of("quota", scheme.quotas.first()),
        of("counted_apart", scheme.counted_apart.as_ref()),
        of("no_repeat", scheme.no_repeat.as_ref()),
        of("higher_level", scheme.higher_level.as_ref()),
        of("scheme_exclusion", scheme.excludes.as_ref()),
        of("levels", scheme.levels.as_ref()),
        of("groups", scheme.groups.as_ref()),
        of("age", scheme.age.as_ref()),
        of("pension_excluded", scheme.pension_excluded.as_ref()),
        of("insured_months", scheme.insured_months.as_ref()),
        of("residence", scheme.residence.as_ref()),
        of("graduating_year", scheme.graduating_year.as_ref()),
        of("evidence", Some(&scheme.evidence)),
        of("payee", scheme.payee.as_ref()),
        of("project", scheme.project.as_ref()),
        of("claim_deadline", scheme.claim_deadline.as_ref()),
        of("publicity", scheme.publicity.as_ref()),
        of("catalogue", scheme.catalogue.as_ref()),
        of("order", scheme.order.as_ref()),
        of("quota_release", Some(&scheme.quota_release)),
    ];
    found.into_iter().flatten().collect()
}

/// An award has neither class nor trainee: rules about them are never looked at.
fn only_what_awards_have(scheme: &Scheme, sink: &Sink<'_>) {
    const OF_AWARDS: [&str; 5] = [
        "funds",
        "fund_split",
        "award",
        "award_count",
        "award_exclusivity",
    ];
    let release = scheme.quota_release.rule;
    for (rule, decided_by) in rules(scheme) {
        let path = format!("{}.{rule}", scheme.scheme);
        let asks_for_nothing = match rule {
            "evidence" => scheme.evidence.rule == Evidence::default(),
            "quota_release" => !release.returned_payment && !release.clawback,
            _ => OF_AWARDS.contains(&rule),
        };
        if !asks_for_nothing {
            sink.note_at(&path, FlawKind::RuleOnAward { rule });
        }
        let on_record = matches!(
            decided_by,
            DecidingDate::ClassApproval | DecidingDate::Approval
        );
        if OF_AWARDS.contains(&rule) && !on_record {
            sink.note_at(&path, FlawKind::DateMayBeMissing { rule: "award" });
        }
    }
}

fn only_what_training_has(scheme: &Scheme, sink: &Sink<'_>) {
    let id = &scheme.scheme;
    let of_awards = [
        ("award_count", scheme.award_count.is_some()),
        ("award_exclusivity", scheme.award_exclusivity.is_some()),
    ];
    for (key, _) in of_awards.into_iter().filter(|(_, is_set)| *is_set) {
        let path = format!("{id}.{key}");
        sink.note_at(
            &path,
            FlawKind::Contradicts {
                key,
                other: "award",
            },
        );
    }
    dates_of_a_class(scheme, sink);
    let evidence = &scheme.evidence.rule;
    if *evidence == Evidence::default() {
        sink.note_at(&format!("{id}.evidence"), FlawKind::NothingRequired);
    }
    if evidence.certificate {
        return;
    }
    let from_certificate = scheme
        .claim_deadline
        .as_ref()
        .is_some_and(|rule| rule.rule.from == ClaimStart::Certificate);
    for (rule, decided_by) in rules(scheme) {
        let by_certificate = decided_by == DecidingDate::Certificate;
        if by_certificate || (rule == "claim_deadline" && from_certificate) {
            let path = format!("{id}.{rule}");
            sink.note_at(&path, FlawKind::DateMayBeMissing { rule: "evidence" });
        }
    }
}

/// Rules about a class as a whole are decided without the dates of its persons; catalogues and the
/// order are looked at with its approval and never again.
fn dates_of_a_class(scheme: &Scheme, sink: &Sink<'_>) {
    use DecidingDate::{Certificate, ClassApproval, FirstAttendance};
    for (rule, decided_by) in rules(scheme) {
        let flaw = match (rule, decided_by) {
            ("project", Certificate | FirstAttendance) => FlawKind::DateMayBeMissing { rule },
            ("catalogue" | "order", by) if by != ClassApproval => FlawKind::StraddlingNeverUsed,
            _ => continue,
        };
        sink.note_at(&format!("{}.{rule}", scheme.scheme), flaw);
    }
}

fn quotas_bind(scheme: &Scheme, sink: &Sink<'_>) {
    let several = scheme.quotas.len() > 1;
    let path = |index| numbered(&format!("{}.quota", scheme.scheme), index, several);
    for (index, quota) in scheme.quotas.iter().enumerate() {
        let first = scheme.quotas.first();
        if first.is_some_and(|first| !dates_are_used(first, quota)) {
            sink.note_at(&path(index), FlawKind::QuotaDateNeverUsed);
        }
        let mut others = scheme.quotas.iter().enumerate();
        let first = others
            .find(|(other, found)| *other != index && is_reached_first(&found.rule, &quota.rule));
        if let Some((_, found)) = first {
            let limit = found.rule.limit;
            sink.note_at(&path(index), FlawKind::QuotaNeverBinds { limit });
        }
    }
}

/// Whether the dates that a quota names are those that it is decided and counted by.
fn dates_are_used(first: &Ruled<Quota>, quota: &Ruled<Quota>) -> bool {
    let counted_by = match quota.rule.window {
        QuotaWindow::CalendarYear => first.rule.counts_by,
        QuotaWindow::RollingMonths(_) => QuotaDate::Approval,
    };
    let of_first = (first.decided_by, first.straddling, counted_by);
    (quota.decided_by, quota.straddling, quota.rule.counts_by) == of_first
}

/// Whether every case that reaches `other` has reached `one` before: `one` allows no more, and
/// counts whatever `other` counts. Windows of different kinds are compared only where both count
/// by the approval: up to that day a calendar year lies within the twelve months before it.
fn is_reached_first(one: &Quota, other: &Quota) -> bool {
    let mut exempt = one.occupations_not_counted.iter();
    let counts_all = (one.scope == other.scope || one.scope == QuotaScope::AllSchemes)
        && exempt.all(|exempt| other.occupations_not_counted.contains(exempt));
    let covers = match (one.window, other.window) {
        (QuotaWindow::CalendarYear, QuotaWindow::CalendarYear) => true,
        (QuotaWindow::RollingMonths(one), QuotaWindow::RollingMonths(other)) => one >= other,
        (QuotaWindow::RollingMonths(one), QuotaWindow::CalendarYear) => {
            one >= 12 && other.counts_by == QuotaDate::Approval
        }
        (QuotaWindow::CalendarYear, QuotaWindow::RollingMonths(_)) => false,
    };
    one.limit <= other.limit && one.counts_by == other.counts_by && counts_all && covers
}

/// Of two awards only one may be taken, whichever was approved first.
fn exclusivity_is_mutual(policy: &Policy, sink: &Sink<'_>) {
    let excluded: BTreeMap<&str, HashSet<&str>> = policy
        .schemes
        .iter()
        .map(|scheme| {
            let excluded = scheme.award_exclusivity.iter().flat_map(|rule| &rule.rule);
            let excluded = excluded.map(ledger_core::SchemeId::as_str).collect();
            (scheme.scheme.as_str(), excluded)
        })
        .collect();
    for (scheme, others) in &excluded {
        for other in others {
            let path = format!("{scheme}.award_exclusivity");
            let in_turn = excluded.get(other);
            let other = (*other).to_owned();
            match in_turn {
                Some(in_turn) if in_turn.contains(scheme) => {}
                Some(_) => sink.note_at(&path, FlawKind::OneSidedExclusivity { other }),
                None => sink.note_at(&path, FlawKind::ExclusivityElsewhere { other }),
            }
        }
    }
}

/// Of two accruals of a fund, or two penalties for one kind of finding and fund, the second would
/// never be looked at.
fn one_rule_for_a_fund(policy: &Policy, sink: &Sink<'_>) {
    let several = policy.accruals.len() > 1;
    let mut seen = HashSet::new();
    for (index, accrual) in policy.accruals.iter().enumerate() {
        let fund = accrual.rule.fund.code();
        if !seen.insert(fund) {
            let what = fund.to_owned();
            let path = numbered("accrual", index, several);
            sink.note_at(&path, FlawKind::StandsTwice { what });
        }
    }
    let several = policy.penalties.len() > 1;
    let mut seen = HashSet::new();
    for (index, penalty) in policy.penalties.iter().enumerate() {
        let PenaltyRange {
            findings, funds, ..
        } = &penalty.rule;
        let covered = findings
            .iter()
            .flat_map(|finding| funds.iter().map(move |fund| (*finding, fund.code())));
        let twice = covered.filter(|case| !seen.insert(*case)).last();
        if let Some((_, fund)) = twice {
            let what = fund.to_owned();
            let path = numbered("penalty", index, several);
            sink.note_at(&path, FlawKind::StandsTwice { what });
        }
    }
}

/// The path of a table among several of its key.
pub(crate) fn numbered(key: &str, index: usize, several: bool) -> String {
    match several {
        true => format!("{key}[{}]", index.saturating_add(1)),
        false => key.to_owned(),
    }
}

fn cycles_begin_in_time(policy: &Policy, sink: &Sink<'_>) {
    let last_year = policy.valid_until.map(ledger_core::BusinessDate::year);
    for scheme in &policy.schemes {
        let Some(AwardCount { first_year, .. }) = scheme.award_count.as_ref().map(|it| it.rule)
        else {
            continue;
        };
        if last_year.is_some_and(|last| last < i32::from(first_year)) {
            let path = format!("{}.award_count", scheme.scheme);
            sink.note_at(&path, FlawKind::OutsideValidity);
        }
    }
}

fn targets(policy: &Policy, sink: &Sink<'_>) {
    let mut by_id: BTreeMap<&str, &Target> = BTreeMap::new();
    for target in policy.targets.iter().map(|ruled| &ruled.rule) {
        let id = target.target.as_str();
        let path = format!("{TARGET_PREFIX}{id}");
        if by_id.insert(id, target).is_some() {
            let what = id.to_owned();
            sink.note_at(&path, FlawKind::StandsTwice { what });
        }
        let ends_before = policy.valid_until.is_some_and(|until| until < target.from);
        if ends_before || target.until < policy.valid_from {
            sink.note_at(&path, FlawKind::OutsideValidity);
        }
    }
    let several = policy.target_sums.len() > 1;
    for (index, sum) in policy.target_sums.iter().enumerate() {
        let path = numbered("target_sum", index, several);
        adds_up(&sum.rule, &by_id, (sink, &path));
    }
}

/// The figures of the parts are the figure of the whole, of one measure and for one period.
fn adds_up(sum: &TargetSum, targets: &BTreeMap<&str, &Target>, (sink, path): (&Sink<'_>, &str)) {
    let find = |target: &ledger_core::TargetId| {
        let found = targets.get(target.as_str()).copied();
        if found.is_none() {
            let target = target.to_string();
            sink.note_at(path, FlawKind::UnknownTarget { target });
        }
        found
    };
    let whole = find(&sum.whole);
    let mut added: Option<u64> = Some(0);
    for part in &sum.parts {
        let (Some(found), Some(whole)) = (find(part), whole) else {
            added = None;
            continue;
        };
        let alike = (found.measure, found.period) == (whole.measure, whole.period);
        if found.figure.is_none() || !alike {
            let target = part.to_string();
            sink.note_at(path, FlawKind::TargetSumUneven { target });
        }
        added = added.zip(found.figure).and_then(|(a, b)| a.checked_add(b));
    }
    let (Some(parts), Some(whole)) = (added, whole) else {
        return;
    };
    match whole.figure {
        Some(whole) if whole != parts => {
            sink.note_at(path, FlawKind::TargetSumWrong { whole, parts });
        }
        Some(_) => {}
        None => {
            let target = sum.whole.to_string();
            sink.note_at(path, FlawKind::TargetSumUneven { target });
        }
    }
}
