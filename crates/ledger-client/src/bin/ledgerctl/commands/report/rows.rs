//! A report of progress as lines of CSV.

use ledger_proto::v1;

use super::{By, count, parts, quarter_name};
use crate::names::name;
use crate::show;

/// The columns. `part` says what a line is about: `all` of a target, one `city`, `action`,
/// `sector` or `group` of it, or the `sum` of the targets that add up to it, with their figures
/// added up as its figure and whether that is the target's as its status; lines without a target
/// are about everything that was counted.
pub(super) const HEADER: &[&str] = &[
    "as_of_position",
    "quarter",
    "division",
    "document",
    "clause",
    "target",
    "name_zh",
    "name_en",
    "counts",
    "figure",
    "bound",
    "period",
    "from",
    "until",
    "expected",
    "permille",
    "status",
    "part",
    "part_name",
    "quarter_counted",
    "quarter_found_false",
    "year_counted",
    "year_found_false",
    "time_counted",
    "time_found_false",
];

/// Fields before `part`.
const TARGET_FIELDS: usize = 17;

/// The lines of a report, in the order of its targets.
pub(super) fn of(report: &v1::ReportProgressResponse) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for target in &report.targets {
        breakdown(
            &mut rows,
            &target_fields(report, target, target.figure, standing(target)),
            target.counted.as_ref(),
        );
        let policy = |rule: Option<&v1::RuleCitation>| rule.map(|rule| rule.policy_position);
        let sums = report.sums.iter().filter(|sum| {
            sum.whole == target.target && policy(sum.rule.as_ref()) == policy(target.rule.as_ref())
        });
        for sum in sums {
            let adds_up = match sum.adds_up {
                true => "adds-up",
                false => "does-not-add-up",
            };
            let standing = [String::new(), adds_up.to_owned()];
            let fields = target_fields(report, target, sum.parts_figure, standing);
            let parts = sum.parts.join(" ");
            rows.push(row(&fields, "sum", &parts, sum.parts_counts));
        }
    }
    for total in &report.totals {
        let mut fields = vec![
            report.log_position.to_string(),
            quarter_name(report.quarter),
            report.division.to_string(),
        ];
        fields.extend(std::iter::repeat_n(String::new(), 5));
        fields.push(name::<v1::TargetMeasure>(total.measure));
        fields.resize(TARGET_FIELDS, String::new());
        breakdown(&mut rows, &fields, total.counted.as_ref());
    }
    rows
}

/// How far a target is reached and how it stands.
fn standing(target: &v1::TargetProgress) -> [String; 2] {
    [
        optional(target.permille),
        name::<v1::TargetStatus>(target.status),
    ]
}

fn target_fields(
    report: &v1::ReportProgressResponse,
    target: &v1::TargetProgress,
    figure: Option<u64>,
    standing: [String; 2],
) -> Vec<String> {
    let rule = target.rule.clone().unwrap_or_default();
    let mut fields = vec![
        report.log_position.to_string(),
        quarter_name(report.quarter),
        report.division.to_string(),
        rule.document,
        rule.clause,
        target.target.clone(),
        target.name_zh.clone(),
        target.name_en.clone(),
        name::<v1::TargetMeasure>(target.measure),
        optional(figure),
        name::<v1::TargetBound>(target.bound),
        name::<v1::TargetPeriod>(target.period),
        show::date(target.from_date),
        show::date(target.until_date),
        target.expected.to_string(),
    ];
    fields.extend(standing);
    fields
}

fn breakdown(
    rows: &mut Vec<Vec<String>>,
    fields: &[String],
    counted: Option<&v1::ProgressBreakdown>,
) {
    let counted = counted.cloned().unwrap_or_default();
    rows.push(row(fields, "all", "", counted.total));
    for (by, part) in [
        (By::City, "city"),
        (By::Action, "action"),
        (By::Sector, "sector"),
        (By::Group, "group"),
    ] {
        for (name, counts) in parts(&counted, by) {
            rows.push(row(fields, part, &name, Some(counts)));
        }
    }
}

fn row(
    fields: &[String],
    part: &str,
    name: &str,
    counts: Option<v1::ProgressCounts>,
) -> Vec<String> {
    let counts = counts.unwrap_or_default();
    let mut row = fields.to_vec();
    row.extend([part.to_owned(), name.to_owned()]);
    for time in [counts.quarter, counts.year, counts.cumulative] {
        let v1::ProgressCount {
            counted,
            found_false,
        } = count(time);
        row.extend([counted.to_string(), found_false.to_string()]);
    }
    row
}

fn optional(number: Option<u64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::sample;
    use super::*;
    use crate::output::Output;

    #[test]
    fn every_target_and_part_has_a_line() {
        let rows = of(&sample());
        assert!(rows.iter().all(|row| row.len() == HEADER.len()));
        let mut written = Vec::new();
        let mut output = Output::new(&mut written, false);
        output.csv_header(HEADER).unwrap();
        for row in &rows {
            output.csv_row(row).unwrap();
        }
        expect![[r#"
            ﻿as_of_position,quarter,division,document,clause,target,name_zh,name_en,counts,figure,bound,period,from,until,expected,permille,status,part,part_name,quarter_counted,quarter_found_false,year_counted,year_found_false,time_counted,time_found_false
            77,2025Q4,0,黔就劳发〔2025〕3号,一: 开展各类职业技能培训100万人次以上,all-training,各类职业技能培训,the all-training,completed,1000000,at-least,cumulative,2025-01-01,2027-01-01,false,43,running,all,,20,2,30,2,43210,2
            77,2025Q4,0,黔就劳发〔2025〕3号,一: 开展各类职业技能培训100万人次以上,all-training,各类职业技能培训,the all-training,completed,1000000,at-least,cumulative,2025-01-01,2027-01-01,false,43,running,city,520100,20,2,30,2,43210,2
            77,2025Q4,0,黔就劳发〔2025〕3号,一: 开展各类职业技能培训100万人次以上,all-training,各类职业技能培训,the all-training,completed,1000000,at-least,cumulative,2025-01-01,2027-01-01,false,43,running,sector,,20,2,30,2,43210,2
            77,2025Q4,0,黔就劳发〔2025〕3号,一: 开展各类职业技能培训100万人次以上,all-training,各类职业技能培训,the all-training,completed,1000000,at-least,cumulative,2025-01-01,2027-01-01,false,43,running,group,migrant-worker,20,2,30,2,43210,2
            77,2025Q4,0,黔就劳发〔2025〕3号,一: 开展各类职业技能培训100万人次以上,all-training,各类职业技能培训,the all-training,completed,1000000,at-least,cumulative,2025-01-01,2027-01-01,false,,adds-up,sum,one two,20,2,30,2,43200,2
            77,2025Q4,0,黔就劳发〔2025〕3号,一: 开展各类职业技能培训100万人次以上,order-classes,订单班,the order-classes,classes,500,at-least,cumulative,2025-01-01,2027-01-01,true,2,running,all,,1,0,1,0,1,0
            77,2025Q4,0,黔就劳发〔2025〕3号,一: 开展各类职业技能培训100万人次以上,order-classes,订单班,the order-classes,classes,500,at-least,cumulative,2025-01-01,2027-01-01,true,2,running,city,520100,1,0,1,0,1,0
            77,2025Q4,0,黔就劳发〔2025〕3号,一: 开展各类职业技能培训100万人次以上,order-classes,订单班,the order-classes,classes,500,at-least,cumulative,2025-01-01,2027-01-01,true,2,running,sector,,1,0,1,0,1,0
            77,2025Q4,0,黔就劳发〔2025〕3号,一: 开展各类职业技能培训100万人次以上,order-classes,订单班,the order-classes,classes,500,at-least,cumulative,2025-01-01,2027-01-01,true,2,running,group,migrant-worker,1,0,1,0,1,0
            77,2025Q4,0,黔就劳发〔2025〕3号,一: 开展各类职业技能培训100万人次以上,bases,基地,the bases,external,,at-least,cumulative,2025-01-01,2027-01-01,false,,not-counted,all,,0,0,0,0,0,0
            77,2025Q4,0,,,,,,completed,,,,,,,,,all,,20,2,30,2,43210,2
            77,2025Q4,0,,,,,,completed,,,,,,,,,city,520100,20,2,30,2,43210,2
            77,2025Q4,0,,,,,,completed,,,,,,,,,sector,,20,2,30,2,43210,2
            77,2025Q4,0,,,,,,completed,,,,,,,,,group,migrant-worker,20,2,30,2,43210,2
        "#]].assert_eq(std::str::from_utf8(&written).unwrap());
    }
}
