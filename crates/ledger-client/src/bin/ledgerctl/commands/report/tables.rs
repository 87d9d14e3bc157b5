//! A report of progress as tables.

use std::io;

use ledger_core::coded::Group;
use ledger_proto::v1;

use super::{By, count, parts, quarter_name};
use crate::names::name;
use crate::output::{Output, table};
use crate::show;

/// Writes one table per document, its sums, and what was asked for beside.
pub(super) fn write(
    output: &mut Output<'_>,
    report: &v1::ReportProgressResponse,
    by: Option<By>,
) -> io::Result<()> {
    let place = match report.division {
        0 => "everywhere".to_owned(),
        code => show::division_name(code),
    };
    output.line(format_args!("{}, {place}", quarter_name(report.quarter)))?;
    let policy = |target: &v1::TargetProgress| policy_position(target.rule.as_ref());
    for targets in report.targets.chunk_by(|a, b| policy(a) == policy(b)) {
        document(output, targets)?;
        let published = targets.first().map(policy);
        let sums = report.sums.iter();
        for sum in sums.filter(|sum| Some(policy_position(sum.rule.as_ref())) == published) {
            output.line(sum_line(sum))?;
        }
    }
    if report.targets.is_empty() {
        output.line("no document in force sets a target")?;
    }
    if let Some(by) = by {
        for total in &report.totals {
            divided(output, total, by)?;
        }
    }
    output.line(format_args!("as of position {}", report.log_position))
}

fn policy_position(rule: Option<&v1::RuleCitation>) -> u64 {
    rule.map_or(0, |rule| rule.policy_position)
}

/// The targets of one document.
fn document(output: &mut Output<'_>, targets: &[v1::TargetProgress]) -> io::Result<()> {
    if let Some((rule, division)) = targets
        .first()
        .and_then(|target| Some((target.rule.as_ref()?, target.division)))
    {
        output.line(format_args!(
            "{} of {} (policy at {})",
            rule.document,
            show::division_name(division),
            rule.policy_position
        ))?;
    }
    let mut rows = table(&[
        "target", "任务", "clause", "counts", "figure>", "for", "quarter>", "year>", "in all>",
        "false>", "reached>", "status",
    ]);
    for target in targets {
        let counted = target.counted.clone().unwrap_or_default();
        let counts = counted.total.unwrap_or_default();
        let is_yearly = target.period() == v1::TargetPeriod::Yearly;
        let measured = count(match is_yearly {
            true => counts.year,
            false => counts.cumulative,
        });
        let is_counted = target.status() != v1::TargetStatus::NotCounted;
        let shown = |number: u64| match is_counted {
            true => number.to_string(),
            false => "-".to_owned(),
        };
        rows.add_row([
            target.name_en.clone(),
            target.name_zh.clone(),
            clause(target.rule.as_ref()),
            name::<v1::TargetMeasure>(target.measure),
            figure(target),
            period(target),
            shown(count(counts.quarter).counted),
            shown(count(counts.year).counted),
            shown(count(counts.cumulative).counted),
            shown(measured.found_false),
            target.permille.map_or_else(|| "-".to_owned(), percent),
            name::<v1::TargetStatus>(target.status),
        ]);
    }
    output.table(&rows)?;
    if targets.iter().any(|target| !target.whole_quarters) {
        output.line("* begins or ends within a quarter; that quarter is counted in full")?;
    }
    Ok(())
}

/// The number of the clause, without its words.
fn clause(rule: Option<&v1::RuleCitation>) -> String {
    let clause = rule.map(|rule| rule.clause.as_str()).unwrap_or_default();
    let number = clause.split_once(": ").map_or(clause, |(number, _)| number);
    number.to_owned()
}

fn figure(target: &v1::TargetProgress) -> String {
    let Some(figure) = target.figure else {
        return "-".to_owned();
    };
    let bound = match target.bound() {
        v1::TargetBound::AtLeast => "≥",
        v1::TargetBound::About => "≈",
        v1::TargetBound::Exactly | v1::TargetBound::Unspecified => "",
    };
    format!("{bound}{figure}")
}

/// The years that the figure of a target is for, and whether it binds.
fn period(target: &v1::TargetProgress) -> String {
    let year = |date: Option<v1::Date>| date.unwrap_or_default().year;
    let (from, until) = (year(target.from_date), year(target.until_date));
    let years = match target.period() {
        v1::TargetPeriod::Yearly => "each year".to_owned(),
        _ if from == until => from.to_string(),
        _ => format!("{from}-{until}"),
    };
    let mark = if target.whole_quarters { "" } else { "*" };
    let expected = if target.expected { ", expected" } else { "" };
    format!("{years}{mark}{expected}")
}

fn percent(permille: u64) -> String {
    format!("{}.{}%", permille / 10, permille % 10)
}

fn sum_line(sum: &v1::TargetSumProgress) -> String {
    let figure = |figure: Option<u64>| {
        figure.map_or_else(|| "no figure".to_owned(), |figure| figure.to_string())
    };
    let counted =
        |counts: Option<v1::ProgressCounts>| count(counts.unwrap_or_default().cumulative).counted;
    let verdict = if sum.adds_up {
        "adds up"
    } else {
        "DOES NOT ADD UP"
    };
    let mut line = format!(
        "{}: {} parts of {} in all, the whole {}: {verdict}; counted {} in the parts, {} in the whole",
        sum.whole,
        sum.parts.len(),
        figure(sum.parts_figure),
        figure(sum.whole_figure),
        counted(sum.parts_counts),
        counted(sum.whole_counts),
    );
    if !sum.apart.is_empty() {
        line.push_str("; apart: ");
        line.push_str(&sum.apart.join(", "));
    }
    line
}

/// Everything that was counted of one measure, by one part.
fn divided(output: &mut Output<'_>, total: &v1::ProgressTotal, by: By) -> io::Result<()> {
    let what = match by {
        By::City => "city",
        By::Action => "action",
        By::Sector => "sector",
        By::Group => "group",
    };
    output.line(format_args!(
        "{} by {what}",
        name::<v1::TargetMeasure>(total.measure)
    ))?;
    let mut rows = table(&[what, "quarter>", "year>", "in all>", "false>"]);
    let counted = total.counted.clone().unwrap_or_default();
    for (part, counts) in parts(&counted, by) {
        rows.add_row([
            part_name(by, &part),
            count(counts.quarter).counted.to_string(),
            count(counts.year).counted.to_string(),
            count(counts.cumulative).counted.to_string(),
            count(counts.cumulative).found_false.to_string(),
        ]);
    }
    output.table(&rows)
}

fn part_name(by: By, part: &str) -> String {
    match by {
        _ if part.is_empty() => "-".to_owned(),
        By::City => part
            .parse()
            .map_or_else(|_| part.to_owned(), show::division_name),
        By::Group => match Group::from_code(&part.replace('-', "_")) {
            Some(group) => format!("{part} {}", group.name_zh()),
            None => part.to_owned(),
        },
        By::Action | By::Sector => part.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::sample;
    use super::*;

    #[test]
    fn targets_are_shown_by_document_with_their_sum() {
        let mut written = Vec::new();
        write(&mut Output::new(&mut written, false), &sample(), None).unwrap();
        expect![[r#"
            2025Q4, everywhere
            黔就劳发〔2025〕3号 of 520000 贵州省 (policy at 3)
             target              任务               clause   counts        figure   for                    quarter   year   in all   false   reached   status
            ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
             the all-training    各类职业技能培训   一       completed   ≥1000000   2025-2027                   20     30    43210       2      4.3%   running
             the order-classes   订单班             一       classes         ≥500   2025-2027*, expected         1      1        1       0      0.2%   running
             the bases           基地               一       external           -   2025-2027                    -      -        -       -         -   not-counted
            * begins or ends within a quarter; that quarter is counted in full
            all-training: 2 parts of 1000000 in all, the whole 1000000: adds up; counted 43200 in the parts, 43210 in the whole; apart: order-classes
            as of position 77
        "#]].assert_eq(std::str::from_utf8(&written).unwrap());
    }

    #[test]
    fn everything_counted_is_divided_on_request() {
        let report = v1::ReportProgressResponse {
            targets: Vec::new(),
            sums: Vec::new(),
            division: 520_100,
            ..sample()
        };
        let mut written = Vec::new();
        for by in [By::City, By::Group, By::Sector] {
            write(&mut Output::new(&mut written, false), &report, Some(by)).unwrap();
        }
        expect![[r#"
            2025Q4, 520100 贵阳市
            no document in force sets a target
            completed by city
             city            quarter   year   in all   false
            ─────────────────────────────────────────────────
             520100 贵阳市        20     30    43210       2
            as of position 77
            2025Q4, 520100 贵阳市
            no document in force sets a target
            completed by group
             group                   quarter   year   in all   false
            ─────────────────────────────────────────────────────────
             migrant-worker 农民工        20     30    43210       2
            as of position 77
            2025Q4, 520100 贵阳市
            no document in force sets a target
            completed by sector
             sector   quarter   year   in all   false
            ──────────────────────────────────────────
             -             20     30    43210       2
            as of position 77
        "#]]
        .assert_eq(std::str::from_utf8(&written).unwrap());
    }

    #[test]
    fn a_sum_that_does_not_add_up_says_so() {
        let sum = v1::TargetSumProgress {
            whole: "whole".to_owned(),
            parts_figure: Some(9),
            ..Default::default()
        };
        assert_eq!(
            sum_line(&sum),
            "whole: 0 parts of 9 in all, the whole no figure: DOES NOT ADD UP; counted 0 in the \
             parts, 0 in the whole"
        );
    }
}
