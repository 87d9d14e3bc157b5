//! Reports of progress against targets.

use ledger_core::policy::{Ruled, Target, TargetFilter};
use ledger_core::progress::{
    Breakdown, Count, Counts, Quarter, Report, SumProgress, TargetProgress,
};
use ledger_core::{ActionId, Division, Position, SectorId, TargetId};

use super::{
    class_form_to_proto, counted_to_proto, date_to_proto, group_to_proto, level_to_proto,
    rule_citation_to_proto, target_bound_to_proto, target_measure_to_proto, target_period_to_proto,
    target_status_to_proto, training_kind_to_proto,
};
use crate::v1;

/// Translates a report as of `log_position`.
#[must_use]
pub fn progress_to_proto(
    report: &Report<'_>,
    log_position: Position,
) -> v1::ReportProgressResponse {
    let totals = report.totals.iter();
    v1::ReportProgressResponse {
        quarter: Some(quarter_to_proto(report.question.quarter)),
        division: report.question.division.map_or(0, Division::code),
        targets: report.targets.iter().map(target_to_proto).collect(),
        sums: report.sums.iter().map(sum_to_proto).collect(),
        totals: totals
            .map(|(measure, counted)| v1::ProgressTotal {
                measure: counted_to_proto(*measure).into(),
                counted: Some(breakdown_to_proto(counted)),
            })
            .collect(),
        log_position: log_position.get(),
    }
}

/// Translates a quarter.
#[must_use]
pub fn quarter_to_proto(quarter: Quarter) -> v1::Quarter {
    v1::Quarter {
        year: quarter.year().into(),
        number: quarter.number().into(),
    }
}

fn target_to_proto(progress: &TargetProgress<'_>) -> v1::TargetProgress {
    let Ruled { rule: target, .. } = progress.ruled;
    let Target {
        name_zh, name_en, ..
    } = target;
    v1::TargetProgress {
        target: name(&target.target),
        name_zh: name_zh.as_ref().to_owned(),
        name_en: name_en.as_ref().to_owned(),
        rule: Some(rule_citation_to_proto(
            &progress.published.cite(progress.ruled),
        )),
        division: progress.published.policy.division.code(),
        measure: target_measure_to_proto(target.measure).into(),
        figure: target.figure,
        bound: target_bound_to_proto(target.bound).into(),
        period: target_period_to_proto(target.period).into(),
        from_date: Some(date_to_proto(target.from)),
        until_date: Some(date_to_proto(target.until)),
        expected: target.expected,
        filter: Some(filter_to_proto(&target.filter)),
        counted: Some(breakdown_to_proto(&progress.counted)),
        permille: progress.permille,
        status: target_status_to_proto(progress.status).into(),
        whole_quarters: progress.whole_quarters,
    }
}

fn filter_to_proto(filter: &TargetFilter) -> v1::TargetFilter {
    let scheme = filter.scheme.as_ref();
    let groups = filter.groups.iter();
    v1::TargetFilter {
        action: action(filter.action.as_ref()),
        sector: sector(filter.sector.as_ref()),
        scheme: scheme.map_or_else(String::new, |scheme| scheme.as_str().to_owned()),
        training: filter
            .training
            .map_or(0, |training| training_kind_to_proto(training).into()),
        form: filter
            .form
            .map_or(0, |form| class_form_to_proto(form).into()),
        groups: groups.map(|group| group_to_proto(*group).into()).collect(),
        level_at_least: level_to_proto(filter.level_at_least).into(),
    }
}

fn sum_to_proto(sum: &SumProgress<'_>) -> v1::TargetSumProgress {
    let apart = sum.apart.iter();
    v1::TargetSumProgress {
        rule: Some(rule_citation_to_proto(&sum.published.cite(sum.ruled))),
        whole: name(&sum.ruled.rule.whole),
        parts: sum.ruled.rule.parts.iter().map(name).collect(),
        whole_figure: sum.whole_figure,
        parts_figure: sum.parts_figure,
        adds_up: sum.adds_up,
        whole_counts: Some(counts_to_proto(sum.whole)),
        parts_counts: Some(counts_to_proto(sum.parts)),
        apart: apart.map(|target| name(&target.target)).collect(),
    }
}

fn breakdown_to_proto(counted: &Breakdown) -> v1::ProgressBreakdown {
    let cities = counted.by_city.iter();
    let actions = counted.by_action.iter();
    let sectors = counted.by_sector.iter();
    let groups = counted.by_group.iter();
    v1::ProgressBreakdown {
        total: Some(counts_to_proto(counted.total)),
        cities: cities
            .map(|(city, counts)| v1::CityProgress {
                division: city.code(),
                counts: Some(counts_to_proto(*counts)),
            })
            .collect(),
        actions: actions
            .map(|(id, counts)| v1::ActionProgress {
                action: action(id.as_ref()),
                counts: Some(counts_to_proto(*counts)),
            })
            .collect(),
        sectors: sectors
            .map(|(id, counts)| v1::SectorProgress {
                sector: sector(id.as_ref()),
                counts: Some(counts_to_proto(*counts)),
            })
            .collect(),
        groups: groups
            .map(|(group, counts)| v1::GroupProgress {
                group: group.map_or(0, |group| group_to_proto(group).into()),
                counts: Some(counts_to_proto(*counts)),
            })
            .collect(),
    }
}

fn counts_to_proto(counts: Counts) -> v1::ProgressCounts {
    let count = |count: Count| v1::ProgressCount {
        counted: count.counted,
        found_false: count.found_false,
    };
    v1::ProgressCounts {
        quarter: Some(count(counts.quarter)),
        year: Some(count(counts.year)),
        cumulative: Some(count(counts.time)),
    }
}

fn name(target: &TargetId) -> String {
    target.as_str().to_owned()
}

fn action(id: Option<&ActionId>) -> String {
    id.map_or_else(String::new, |id| id.as_str().to_owned())
}

fn sector(id: Option<&SectorId>) -> String {
    id.map_or_else(String::new, |id| id.as_str().to_owned())
}
