//! `ledgerctl simulate`: what a draft of a policy document would have changed.

use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use ledger_client::json::{bytes_to_text, to_json};
use ledger_client::{Client, ClientError};
use ledger_core::BusinessDate;
use ledger_proto::v1;
use v1::simulate_response::Message;

use crate::failure::{Failure, read_file};
use crate::names::{self, name};
use crate::output::{Output, table};
use crate::{show, when};

/// Replays history under a draft and tells, by city, scheme and person (opaque key), what would
/// have been approved and paid against what was. Nothing is recorded.
///
/// Only decisions in the bounds are decided anew; the rest of history is replayed as it was, since
/// quotas depend on it. Interrupting it cancels the simulation.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledgerctl simulate --policy draft.toml
  ledgerctl simulate --policy draft.toml --from 2021-01-01 --to 2021-12-31 --city 370100 --persons
  ledgerctl simulate --policy draft.toml --csv > differences.csv")]
pub(crate) struct Simulate {
    /// The draft (TOML).
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// First business date decided anew.
    #[arg(long, value_name = "DATE", value_parser = when::date)]
    from: Option<BusinessDate>,
    /// Last business date decided anew.
    #[arg(long, value_name = "DATE", value_parser = when::date)]
    to: Option<BusinessDate>,
    /// The division that pays, with everything inside.
    #[arg(long, value_name = "CODE", value_parser = names::division)]
    city: Option<u32>,
    /// Show every person and award that the draft changes, not only the first ones.
    #[arg(long)]
    persons: bool,
    /// Most persons and awards to show.
    #[arg(long, default_value_t = 20, conflicts_with = "persons")]
    limit: u64,
    /// Write every difference as CSV, and nothing else.
    #[arg(long, conflicts_with_all = ["json", "persons"])]
    csv: bool,
}

/// The columns of the CSV.
const COLUMNS: [&str; 14] = [
    "division",
    "scheme",
    "class_id",
    "award_id",
    "beneficiary",
    "was_approved_fen",
    "would_approve_fen",
    "approved",
    "was_paid_fen",
    "would_pay_fen",
    "paid",
    "reason",
    "document",
    "clause",
];

impl Simulate {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let text = String::from_utf8(read_file(&self.policy)?);
        let text = text
            .map_err(|_not_text| Failure::Input(format!("{}: not UTF-8", self.policy.display())))?;
        let all = self.persons || self.csv || output.is_json();
        let request = v1::SimulateRequest {
            policy_text: text,
            from_date: self.from.and_then(when::message),
            until_date: self.to.and_then(when::message),
            division: self.city.unwrap_or_default(),
            // Zero asks for all, and the totals need one at least to be told from that.
            differences_max: if all { 0 } else { self.limit.max(1) },
        };
        let mut messages = client.simulate(request).await?;
        // It draws on standard error, and only when that is a terminal.
        let bar = ProgressBar::new(0).with_style(style());
        let mut shown = Shown::new(self.csv, output.is_json());
        let mut report = None;
        while let Some(message) = messages.next().await? {
            match message {
                Message::Progress(progress) => {
                    bar.set_length(progress.target_position);
                    bar.set_position(progress.position);
                    bar.set_message(name::<v1::SimulationPhase>(progress.phase));
                }
                Message::Difference(difference) => shown.difference(output, &difference)?,
                Message::Report(found) => report = Some(found),
            }
        }
        bar.finish_and_clear();
        let broken = ClientError::BrokenAnswer("a simulation ended without its report");
        shown.end(output, &report.ok_or(broken)?)
    }
}

/// What was shown so far, and how.
enum Shown {
    Csv { begun: bool },
    Json,
    Table(Vec<v1::SimulationDifference>),
}

impl Shown {
    fn new(csv: bool, json: bool) -> Self {
        match (csv, json) {
            (true, _) => Self::Csv { begun: false },
            (false, true) => Self::Json,
            (false, false) => Self::Table(Vec::new()),
        }
    }

    fn difference(
        &mut self,
        output: &mut Output<'_>,
        difference: &v1::SimulationDifference,
    ) -> Result<(), Failure> {
        match self {
            Self::Csv { begun } => {
                if !std::mem::replace(begun, true) {
                    output.csv_header(&COLUMNS)?;
                }
                Ok(output.csv_row(&csv_cells(difference))?)
            }
            Self::Json => Ok(output.json_line(&to_json(difference))?),
            Self::Table(found) => {
                found.push(difference.clone());
                Ok(())
            }
        }
    }

    fn end(self, output: &mut Output<'_>, report: &v1::SimulationReport) -> Result<(), Failure> {
        match self {
            Self::Csv { begun: true } => Ok(()),
            Self::Csv { begun: false } => Ok(output.csv_header(&COLUMNS)?),
            Self::Json => Ok(output.json_line(&to_json(report))?),
            Self::Table(found) => show_report(output, &found, report),
        }
    }
}

/// Picks a level of totals.
type LevelOf = fn(&v1::SimulationTotals) -> Option<v1::SimulationLevel>;

fn show_report(
    output: &mut Output<'_>,
    found: &[v1::SimulationDifference],
    report: &v1::SimulationReport,
) -> Result<(), Failure> {
    let all = report.all.clone().unwrap_or_default();
    let levels: [(&str, LevelOf); 2] = [("approved", |of| of.approved), ("paid", |of| of.paid)];
    for (title, level) in levels {
        let mut totals = table(&[
            title,
            "scheme",
            "was>",
            "+ new>",
            "- refused>",
            "+ more>",
            "- less>",
            "= would>",
        ]);
        let rows = report.totals.iter().chain([&all]);
        for of in rows {
            let sums = level(of).unwrap_or_default();
            let place = match of.division {
                0 => "all".to_owned(),
                code => show::division_name(code),
            };
            totals.add_row([
                place,
                of.scheme.clone(),
                show::yuan(sums.was_fen),
                show::yuan(sums.added_fen),
                show::yuan(sums.refused_fen),
                show::yuan(sums.raised_fen),
                show::yuan(sums.lowered_fen),
                show::yuan(sums.would_fen),
            ]);
        }
        output.table(&totals)?;
    }
    if !found.is_empty() {
        let mut persons = table(&[
            "beneficiary",
            "scheme",
            "approved",
            "was>",
            "would>",
            "paid",
            "was>",
            "would>",
            "why",
        ]);
        for difference in found {
            persons.add_row([
                show::payee(difference.beneficiary.as_ref()),
                difference.scheme.clone(),
                name::<v1::SimulationChange>(difference.approved),
                show::yuan(difference.was_approved_fen),
                show::yuan(difference.would_approve_fen),
                name::<v1::SimulationChange>(difference.paid),
                show::yuan(difference.was_paid_fen),
                show::yuan(difference.would_pay_fen),
                why(difference),
            ]);
        }
        output.table(&persons)?;
    }
    show_counts(output, report, &all, found.len())
}

fn show_counts(
    output: &mut Output<'_>,
    report: &v1::SimulationReport,
    all: &v1::SimulationTotals,
    shown: usize,
) -> Result<(), Failure> {
    output.line(format_args!(
        "{} of {} places and awards differ, {shown} shown; {} decisions and {} refused attempts \
         decided anew, as of position {}",
        all.differing, all.counted, report.decided_count, report.attempt_count, report.position
    ))?;
    for (count, text) in [
        (all.unfunded_fen != 0, {
            let yuan = show::yuan(all.unfunded_fen);
            format!("{yuan} yuan of what would not be paid is due, and the accounts do not hold it")
        }),
        (
            report.uncovered_count > 0,
            format!(
                "{} transfers or payments outside of the bounds, of {} yuan, would not have been \
                 covered and were left out",
                report.uncovered_count,
                show::yuan(report.uncovered_fen)
            ),
        ),
        (
            report.attempt_untried_count > 0,
            format!(
                "{} refused attempts could not be tried again: their command is not on record",
                report.attempt_untried_count
            ),
        ),
        (
            report.not_joined_count > 0,
            format!(
                "{} newly approved persons were not added to a payment: too many waited",
                report.not_joined_count
            ),
        ),
    ] {
        if count {
            output.line(format_args!("note: {text}"))?;
        }
    }
    Ok(())
}

fn why(difference: &v1::SimulationDifference) -> String {
    difference
        .refusal
        .as_ref()
        .map_or_else(String::new, |refusal| {
            let clause = refusal.rule.as_ref().map(|rule| rule.clause.as_str());
            match clause {
                Some(clause) => format!("{} ({clause})", refusal.reason),
                None => refusal.reason.clone(),
            }
        })
}

fn csv_cells(difference: &v1::SimulationDifference) -> [String; 14] {
    let refusal = difference.refusal.as_ref();
    let rule = refusal.and_then(|refusal| refusal.rule.as_ref());
    let id = |bytes: &[u8]| match bytes.is_empty() {
        true => String::new(),
        false => bytes_to_text(bytes),
    };
    [
        difference.division.to_string(),
        difference.scheme.clone(),
        id(&difference.class_id),
        id(&difference.award_id),
        show::payee(difference.beneficiary.as_ref()),
        difference.was_approved_fen.to_string(),
        difference.would_approve_fen.to_string(),
        name::<v1::SimulationChange>(difference.approved),
        difference.was_paid_fen.to_string(),
        difference.would_pay_fen.to_string(),
        name::<v1::SimulationChange>(difference.paid),
        refusal.map_or_else(String::new, |refusal| refusal.reason.clone()),
        rule.map_or_else(String::new, |rule| rule.document.clone()),
        rule.map_or_else(String::new, |rule| rule.clause.clone()),
    ]
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{msg:10} [{bar:40}] {human_pos}/{human_len} {per_sec} {eta}")
        .expect("the template is a constant")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn difference() -> v1::SimulationDifference {
        v1::SimulationDifference {
            class_id: vec![1; 16],
            beneficiary: Some(v1::Payee {
                payee: Some(v1::payee::Payee::PersonKey(vec![2; 16])),
            }),
            division: 370_100,
            scheme: "vocational-training".to_owned(),
            was_approved_fen: 50_000,
            was_paid_fen: 50_000,
            approved: v1::SimulationChange::Refused.into(),
            paid: v1::SimulationChange::Refused.into(),
            refusal: Some(v1::Refusal {
                reason: "YEARLY_QUOTA_USED".to_owned(),
                rule: Some(v1::RuleCitation {
                    document: "草案".to_owned(),
                    clause: "第3条, 每年1次".to_owned(),
                    ..Default::default()
                }),
                ..Default::default()
            }),
            ..Default::default()
        }
    }

    fn report() -> v1::SimulationReport {
        let level = v1::SimulationLevel {
            was_fen: 150_000,
            would_fen: 100_000,
            refused_fen: 50_000,
            refused_count: 1,
            ..Default::default()
        };
        let totals = v1::SimulationTotals {
            division: 370_100,
            scheme: "vocational-training".to_owned(),
            counted: 3,
            differing: 1,
            approved: Some(level),
            paid: Some(level),
            unfunded_fen: 0,
        };
        v1::SimulationReport {
            totals: vec![totals.clone()],
            all: Some(v1::SimulationTotals {
                division: 0,
                scheme: String::new(),
                ..totals
            }),
            position: 99,
            decided_count: 7,
            attempt_count: 1,
            attempt_untried_count: 2,
            ..Default::default()
        }
    }

    fn shown(csv: bool) -> String {
        let _ = style();
        let mut written = Vec::new();
        let mut output = Output::new(&mut written, false);
        let mut shown = Shown::new(csv, false);
        shown.difference(&mut output, &difference()).unwrap();
        shown.end(&mut output, &report()).unwrap();
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn differences_are_written_as_csv() {
        expect![[r#"
            ﻿division,scheme,class_id,award_id,beneficiary,was_approved_fen,would_approve_fen,approved,was_paid_fen,would_pay_fen,paid,reason,document,clause
            370100,vocational-training,01010101-0101-0101-0101-010101010101,,person 02020202-0202-0202-0202-020202020202,50000,0,refused,50000,0,refused,YEARLY_QUOTA_USED,草案,"第3条, 每年1次"
        "#]]
        .assert_eq(&shown(true));
    }

    #[test]
    fn totals_are_shown_so_that_they_add_up() {
        let text = shown(false);
        for part in ["1500.00", "500.00", "1000.00", "YEARLY_QUOTA_USED", "all"] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        assert!(
            text.contains("1 of 3 places and awards differ, 1 shown"),
            "{text}"
        );
        assert!(
            text.contains("note: 2 refused attempts could not be tried again"),
            "{text}"
        );
        assert!(!text.contains("accounts do not hold"), "{text}");
    }
}
