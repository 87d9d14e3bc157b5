//! `ledgerctl report`: what was reached of the targets of the policy documents.

mod rows;
mod tables;

use clap::{Args, Subcommand, ValueEnum};
use ledger_client::Client;
use ledger_client::json::to_json;
use ledger_core::progress::Quarter;
use ledger_proto::to_proto::quarter_to_proto;
use ledger_proto::v1;

use crate::failure::Failure;
use crate::names;
use crate::output::Output;

/// Reports.
#[derive(Debug, Subcommand)]
pub(crate) enum Report {
    /// What was counted against the targets of the documents in force.
    Progress(Progress),
}

/// Shows every target of the documents in force, what was counted for it, and how it stands at the
/// end of a quarter.
///
/// A fact counts in the quarter of its business date. What a finding calls false is counted and
/// given once more apart.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledgerctl report progress --quarter 2025Q4
  ledgerctl report progress --quarter 2025Q4 --division 370100 --by action
  ledgerctl report progress --quarter 2025Q4 --as-of 120000 --csv > progress.csv")]
pub(crate) struct Progress {
    /// The quarter with whose end the report ends, such as 2025Q4.
    #[arg(long, value_name = "QUARTER", value_parser = quarter)]
    quarter: Quarter,
    /// Only what lies in this division and everything inside.
    #[arg(long, value_parser = names::division)]
    division: Option<u32>,
    /// As of this position; 0 for the latest.
    #[arg(long, value_name = "POSITION", default_value_t = 0)]
    as_of: u64,
    /// Show everything that was counted by this, too.
    #[arg(long, value_enum)]
    by: Option<By>,
    /// Print CSV: each target and each part of it on a line.
    #[arg(long, conflicts_with_all = ["json", "by"])]
    csv: bool,
}

/// What counts can be divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    City,
    Action,
    Sector,
    Group,
}

impl Report {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        match self {
            Self::Progress(progress) => progress.run(client, output).await,
        }
    }
}

impl Progress {
    async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let request = v1::ReportProgressRequest {
            quarter: Some(quarter_to_proto(self.quarter)),
            division: self.division.unwrap_or_default(),
            as_of_position: self.as_of,
            at_least_position: 0,
        };
        let report = client.report_progress(request).await?;
        if output.is_json() {
            return Ok(output.json(&to_json(&report))?);
        }
        if self.csv {
            output.csv_header(rows::HEADER)?;
            for row in rows::of(&report) {
                output.csv_row(&row)?;
            }
            return Ok(());
        }
        Ok(tables::write(output, &report, self.by)?)
    }
}

fn quarter(text: &str) -> Result<Quarter, String> {
    Quarter::parse(text).map_err(|error| error.to_string())
}

/// `2025Q4`.
fn quarter_name(quarter: Option<v1::Quarter>) -> String {
    let v1::Quarter { year, number } = quarter.unwrap_or_default();
    format!("{year}Q{number}")
}

/// The parts of a breakdown, each with what it is and its counts; an empty name for none.
fn parts(counted: &v1::ProgressBreakdown, by: By) -> Vec<(String, v1::ProgressCounts)> {
    fn all<T>(parts: &[T], part: impl Fn(&T) -> (String, Option<v1::ProgressCounts>)) -> Parts {
        let parts = parts.iter().map(part);
        parts
            .map(|(name, counts)| (name, counts.unwrap_or_default()))
            .collect()
    }
    match by {
        By::City => all(&counted.cities, |part| {
            (part.division.to_string(), part.counts)
        }),
        By::Action => all(&counted.actions, |part| (part.action.clone(), part.counts)),
        By::Sector => all(&counted.sectors, |part| (part.sector.clone(), part.counts)),
        By::Group => all(&counted.groups, |part| {
            (group_code(part.group), part.counts)
        }),
    }
}

type Parts = Vec<(String, v1::ProgressCounts)>;

fn group_code(number: i32) -> String {
    match number {
        0 => String::new(),
        number => names::name::<v1::Group>(number),
    }
}

/// A count of one of the three times.
fn count(count: Option<v1::ProgressCount>) -> v1::ProgressCount {
    count.unwrap_or_default()
}

/// Part of a report of the Guizhou kind: a sum that adds up, one target that counts apart, one
/// that the ledger does not count.
#[cfg(test)]
#[expect(clippy::too_many_lines, reason = "one message, written out in full")]
fn sample() -> v1::ReportProgressResponse {
    let count = |counted, found_false| {
        Some(v1::ProgressCount {
            counted,
            found_false,
        })
    };
    let counts = |quarter, year, time, found_false| v1::ProgressCounts {
        quarter: count(quarter, found_false),
        year: count(year, found_false),
        cumulative: count(time, found_false),
    };
    let breakdown = |all: v1::ProgressCounts| v1::ProgressBreakdown {
        total: Some(all),
        cities: vec![v1::CityProgress {
            division: 520_100,
            counts: Some(all),
        }],
        actions: Vec::new(),
        sectors: vec![v1::SectorProgress {
            sector: String::new(),
            counts: Some(all),
        }],
        groups: vec![v1::GroupProgress {
            group: v1::Group::MigrantWorker.into(),
            counts: Some(all),
        }],
    };
    let date = |year| {
        Some(v1::Date {
            year,
            month: 1,
            day: 1,
        })
    };
    let rule = || {
        Some(v1::RuleCitation {
            policy_position: 3,
            document: "黔就劳发〔2025〕3号".to_owned(),
            clause: "一: 开展各类职业技能培训100万人次以上".to_owned(),
            valid_from_date: date(2025),
        })
    };
    let target = |name: &str, name_zh: &str, measure: v1::TargetMeasure| v1::TargetProgress {
        target: name.to_owned(),
        name_zh: name_zh.to_owned(),
        name_en: format!("the {name}"),
        rule: rule(),
        division: 520_000,
        measure: measure.into(),
        figure: Some(1_000_000),
        bound: v1::TargetBound::AtLeast.into(),
        period: v1::TargetPeriod::Cumulative.into(),
        from_date: date(2025),
        until_date: date(2027),
        counted: Some(breakdown(counts(20, 30, 43_210, 2))),
        permille: Some(43),
        status: v1::TargetStatus::Running.into(),
        whole_quarters: true,
        ..Default::default()
    };
    let nothing = v1::ProgressBreakdown {
        total: Some(counts(0, 0, 0, 0)),
        ..Default::default()
    };
    v1::ReportProgressResponse {
        quarter: Some(v1::Quarter {
            year: 2025,
            number: 4,
        }),
        division: 0,
        targets: vec![
            target(
                "all-training",
                "各类职业技能培训",
                v1::TargetMeasure::Completed,
            ),
            v1::TargetProgress {
                figure: Some(500),
                counted: Some(breakdown(counts(1, 1, 1, 0))),
                permille: Some(2),
                expected: true,
                whole_quarters: false,
                ..target("order-classes", "订单班", v1::TargetMeasure::Classes)
            },
            v1::TargetProgress {
                figure: None,
                counted: Some(nothing),
                permille: None,
                status: v1::TargetStatus::NotCounted.into(),
                ..target("bases", "基地", v1::TargetMeasure::External)
            },
        ],
        sums: vec![v1::TargetSumProgress {
            rule: rule(),
            whole: "all-training".to_owned(),
            parts: vec!["one".to_owned(), "two".to_owned()],
            whole_figure: Some(1_000_000),
            parts_figure: Some(1_000_000),
            adds_up: true,
            whole_counts: Some(counts(20, 30, 43_210, 2)),
            parts_counts: Some(counts(20, 30, 43_200, 2)),
            apart: vec!["order-classes".to_owned()],
        }],
        totals: vec![v1::ProgressTotal {
            measure: v1::TargetMeasure::Completed.into(),
            counted: Some(breakdown(counts(20, 30, 43_210, 2))),
        }],
        log_position: 77,
    }
}
