//! What became of an import.

use std::collections::{BTreeMap, HashMap};

use ledger_core::RequestId;
use ledger_proto::v1;
use serde_json::json;

use super::earlier::FirstRefusal;
use super::source::Source;
use crate::failure::Failure;
use crate::limits::REJECTS_SHOWN_MAX;
use crate::output::Output;
use crate::show;
use ledger_client::reading::safe::SafeWriter;

/// The columns in front of the cells of a rejected line. They make a file of rejects known as such
/// when it is imported, and never change.
pub(super) const REASON_COLUMNS: [&str; 7] = [
    "rejected_line",
    "rejected_reason",
    "rejected_message_en",
    "rejected_message_zh",
    "rejected_found",
    "rejected_rule",
    "rejected_earlier_events",
];

/// The reason of lines that were never sent.
const FIELD_INVALID: &str = "FIELD_INVALID";

/// The same for those who correct the file: what is wrong stands beside it.
const FIELD_INVALID_ZH: &str = "字段填写有误，本行未发送";

/// What became of the lines of a file.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Lines below the header.
    pub(super) lines: u64,
    /// Lines recorded, now or by an earlier run.
    pub(super) recorded: u64,
    /// Lines with a value that was put right.
    pub(super) put_right: u64,
    /// Lines whose fact was on record already, when resuming.
    pub(super) existing: u64,
    /// Lines rejected, in the order in which that became known.
    pub(super) rejects: Vec<Reject>,
    /// Requests answered.
    pub(super) batches: u64,
    /// Requests answered as by an earlier run.
    pub(super) replayed_batches: u64,
    /// The name of the first request.
    pub(super) first_request: Option<RequestId>,
    /// Why the import ended before its end.
    pub(super) error: Option<String>,
    /// Lines and requests that may be recorded or not.
    pub(super) in_doubt: Vec<String>,
    /// When lines that were tried again were refused first, by the number of that refusal.
    pub(super) firsts: BTreeMap<u64, FirstRefusal>,
    /// Position of the last event in the log, as far as the answers tell.
    pub(super) log_position: u64,
}

/// A rejected line and why.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reject {
    line: u64,
    refusal: v1::Refusal,
    /// The number of the refusal of an earlier run, when the line was tried again.
    first: Option<u64>,
}

impl Reject {
    /// A line that the ledger refused.
    pub(super) fn by_ledger(line: u64, refusal: &v1::Refusal, first: Option<u64>) -> Self {
        Self {
            line,
            refusal: refusal.clone(),
            first,
        }
    }

    /// A line that was not sent.
    fn by_reader(line: u64, problem: &str) -> Self {
        let refusal = v1::Refusal {
            reason: FIELD_INVALID.to_owned(),
            message_en: problem.to_owned(),
            message_zh: FIELD_INVALID_ZH.to_owned(),
            ..Default::default()
        };
        Self {
            line,
            refusal,
            first: None,
        }
    }
}

impl Report {
    /// A report that holds the lines that will not be sent.
    pub(super) fn new(source: &Source<'_>) -> Self {
        let invalid = source.invalid().iter();
        Self {
            lines: source.line_count(),
            put_right: source.put_right(),
            rejects: invalid
                .map(|invalid| Reject::by_reader(invalid.line, &invalid.problem))
                .collect(),
            ..Self::default()
        }
    }

    /// Counts an answer.
    pub(super) fn note(&mut self, answer: &v1::AppendResponse) {
        self.batches = self.batches.saturating_add(1);
        self.replayed_batches = self
            .replayed_batches
            .saturating_add(u64::from(answer.replayed));
        self.log_position = self.log_position.max(answer.log_position);
    }

    /// Notes when lines that were tried again were refused first.
    pub(super) fn note_firsts(&mut self, found: &BTreeMap<u64, FirstRefusal>) {
        self.firsts.extend(found);
    }

    /// Shows the counts and the rejected lines.
    pub(super) fn show(&mut self, output: &mut Output<'_>) -> Result<(), Failure> {
        self.rejects.sort_by_key(|reject| reject.line);
        if output.is_json() {
            let reject = |reject: &Reject| {
                json!({
                    "line": reject.line,
                    "refusedFirstAs": reject.first,
                    "refusal": ledger_client::json::to_json(&reject.refusal),
                })
            };
            return Ok(output.json(&json!({
                "lines": self.lines,
                "putRight": self.put_right,
                "recorded": self.recorded,
                "existing": self.existing,
                "rejected": self.rejects.len(),
                "batches": self.batches,
                "replayedBatches": self.replayed_batches,
                "logPosition": self.log_position,
                "requestId": self.first_request.map(|id| id.to_string()),
                "error": self.error,
                "outcomeUnknown": !self.in_doubt.is_empty(),
                "inDoubt": self.in_doubt,
                "rejects": self.rejects.iter().map(reject).collect::<Vec<_>>(),
            }))?);
        }
        for reject in self.rejects.iter().take(REJECTS_SHOWN_MAX) {
            show::refusal(output, &format!("line {}: ", reject.line), &reject.refusal)?;
            if let Some(number) = reject.first {
                let first = self.firsts.get(&number);
                let when = first.map_or_else(String::new, |first| {
                    let position = first.position;
                    format!(" on {}, after position {position}", show::time(first.time))
                });
                output.line(format_args!(
                    "    refused first as refusal {number}{when}; tried again now"
                ))?;
            }
        }
        let more = self.rejects.len().saturating_sub(REJECTS_SHOWN_MAX);
        if more > 0 {
            output.line(format_args!(
                "and {more} more lines; --rejects FILE lists all"
            ))?;
        }
        if self.put_right > 0 {
            output.line(format_args!(
                "{} lines have full-width characters, other spellings of dates or apostrophes in \
                 front; they were read as what they mean",
                self.put_right
            ))?;
        }
        output.line(format_args!(
            "{} lines: {} recorded, {} on record before, {} rejected",
            self.lines,
            self.recorded,
            self.existing,
            self.rejects.len()
        ))?;
        Ok(output.line(format_args!(
            "{} requests, {} of them answered as by an earlier run; log at position {}",
            self.batches, self.replayed_batches, self.log_position
        ))?)
    }

    /// Writes the rejected lines: their numbers and reasons, then their cells.
    pub(super) fn rejects_to(
        &self,
        writer: impl std::io::Write,
        source: &Source<'_>,
    ) -> Result<(), std::io::Error> {
        let mut writer = SafeWriter::new(writer)?;
        let names = source.header().iter().map(String::as_str);
        writer.row(REASON_COLUMNS.into_iter().chain(names))?;
        let rejects: HashMap<u64, &v1::Refusal> = self
            .rejects
            .iter()
            .map(|reject| (reject.line, &reject.refusal))
            .collect();
        for line in source.lines() {
            let Some(refusal) = rejects.get(&line.number) else {
                continue;
            };
            let reasons = [
                line.number.to_string(),
                refusal.reason.clone(),
                refusal.message_en.clone(),
                refusal.message_zh.clone(),
                show::limit_and_found(refusal),
                show::citation(refusal.rule.as_ref()),
                show::facts(refusal),
            ];
            let cells = line.cells.iter().map(|cell| &**cell);
            writer.row(reasons.iter().map(String::as_str).chain(cells))?;
        }
        writer.flush()
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::fields::Kind;
    use super::super::mapping::Mapping;
    use super::super::table::Table;
    use super::*;

    const TEXT: &str = "person,note\n\
        0190a3b2-0000-7000-8000-000000000001,one\n\
        nobody,  =1+2 \n\
        0190a3b2-0000-7000-8000-000000000003,\"three, quoted\"\n";

    fn report<'file>(source: &Source<'file>) -> Report {
        let refusal = v1::Refusal {
            reason: "CLASS_FULL".to_owned(),
            message_en: "The class is full.".to_owned(),
            message_zh: "班级人数已满".to_owned(),
            limit: Some(1),
            found: Some(2),
            facts: vec![3, 9],
            ..Default::default()
        };
        let mut report = Report::new(source);
        report.recorded = 1;
        report.batches = 1;
        report.log_position = 12;
        report
            .rejects
            .insert(0, Reject::by_ledger(4, &refusal, None));
        report
    }

    fn checked() -> Source<'static> {
        let values = [
            "class=0190a3b2-0000-7000-8000-00000000000a".to_owned(),
            "occurred-on=2021-03-01".to_owned(),
        ];
        let table = Table::open(TEXT, None).unwrap();
        let mapping = Mapping::new(Kind::Enrolments, table.header(), &[], &values).unwrap();
        Source::check(table, mapping, 10, "tests", None).unwrap()
    }

    #[test]
    fn rejected_lines_are_shown_with_number_and_reason() {
        let mut written = Vec::new();
        report(&checked())
            .show(&mut Output::new(&mut written, false))
            .unwrap();
        expect![[r#"
            line 3: FIELD_INVALID: person: an identifier is 32 hexadecimal digits, plain or hyphenated as 8-4-4-4-12 字段填写有误，本行未发送
            line 4: CLASS_FULL: The class is full. 班级人数已满
                found: limit 1, found 2
                earlier events: 3, 9
            3 lines: 1 recorded, 0 on record before, 2 rejected
            1 requests, 0 of them answered as by an earlier run; log at position 12
        "#]].assert_eq(std::str::from_utf8(&written).unwrap());
    }

    #[test]
    fn the_file_of_rejects_holds_the_lines_as_they_were() {
        let source = checked();
        let mut written = Vec::new();
        report(&source).rejects_to(&mut written, &source).unwrap();
        expect![[r#"
            ﻿rejected_line,rejected_reason,rejected_message_en,rejected_message_zh,rejected_found,rejected_rule,rejected_earlier_events,person,note
            3,FIELD_INVALID,"person: an identifier is 32 hexadecimal digits, plain or hyphenated as 8-4-4-4-12",字段填写有误，本行未发送,,,,nobody,'  =1+2 
            4,CLASS_FULL,The class is full.,班级人数已满,"limit 1, found 2",,"3, 9",0190a3b2-0000-7000-8000-000000000003,"three, quoted"
        "#]].assert_eq(std::str::from_utf8(&written).unwrap());
    }
}
