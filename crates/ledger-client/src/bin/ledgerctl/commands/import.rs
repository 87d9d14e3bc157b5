//! `ledgerctl import`: enrolments, certificates or employment from a CSV file.
//!
//! Long: one run of an import from arguments to report, whose steps share its state.

mod earlier;
mod fields;
mod mapping;
mod naming;
mod rejects_file;
mod report;
mod source;
mod table;

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use ledger_client::{
    Batch, Client, ClientError, ExplanationDetail, LoadOptions, Retry, batch_request_id,
    content_digest,
};
use ledger_core::RequestId;
use ledger_core::refusal::{Category, Reason};
use ledger_proto::v1;
use ledger_proto::v1::command_result::Outcome;

use super::numbers::Digests;
use super::request::Ledger as _;
use crate::failure::{Failure, read_file};
use crate::limits::TRIES_MAX;
use crate::names::{self, Id};
use crate::output::Output;
use fields::{Kind, Numbers};
use ledger_client::reading::encoding::Encoding;
use mapping::{Mapping, MappingError};
use rejects_file::RejectsFile;
use report::{Reject, Report};
use source::{NumberedBatch, Source};
use table::Table;

/// Imports a CSV file; every line stands for itself.
///
/// The file is checked as a whole before anything is sent. A file that holds what looks like an
/// identity number is refused: persons are named by their opaque keys. Only the number of a permit
/// for special operations may contain one; the ledger keeps its keyed digest. A line that the
/// ledger
/// refuses is reported with its number and the reason, and the others are recorded.
///
/// The requests are named after the content of the file. After a break, run the same command with
/// --resume: what was recorded is answered, the rest is done, and nothing is done twice.
#[derive(Debug, Args)]
#[command(after_help = "\
Fields (a column of the same name needs no --map):
  enrolments    class, person, occurred-on
  certificates  class, person, number, evaluator, issued-on, kind, occurred-on
                kind: skill-level (when not given), vocational-qualification, special-ability,
                training-completion, special-operation
  employment    class, person, employer, started-on, evidence, occurred-on
                evidence: labour-contract, social-insurance, business-licence, payroll

Examples:
  ledgerctl import enrolments roster.csv --set class=0190a3b2-0000-7000-8000-000000000001 \\
      --map person=key --occurred-on 2021-03-01
  ledgerctl import certificates issued.csv --map number=证书编号 --map issued-on=发证日期 \\
      --occurred-on-column 发证日期 --rejects rejects.csv
  ledgerctl import certificates issued.csv (as before) --resume

Exit codes: 0 every line is recorded, 1 failed, 2 wrong usage, 3 lines were rejected.")]
pub(crate) struct Import {
    /// What the lines are.
    #[arg(value_enum)]
    kind: Kind,
    /// The file: CSV with a header line, in UTF-8, UTF-16 or GB18030, or a workbook.
    file: PathBuf,
    /// Takes a field from a column; may be repeated.
    #[arg(long, value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// Gives a field the same value on every line; may be repeated.
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// Takes the business date from this column.
    #[arg(long, value_name = "COLUMN", conflicts_with = "occurred_on")]
    occurred_on_column: Option<String>,
    /// The business date of every line.
    #[arg(long, value_name = "DATE")]
    occurred_on: Option<String>,
    /// How the characters of the file are written; recognised when it is not given.
    #[arg(long, value_enum, value_name = "NAME")]
    encoding: Option<Encoding>,
    /// The sheet of a workbook (XLSX or XLS); needed when several have something in them.
    #[arg(long, value_name = "NAME", conflicts_with = "encoding")]
    sheet: Option<String>,
    /// The line of the header, when a title or anything else stands above it; the first line with
    /// something in it when it is not given.
    #[arg(long, value_name = "LINE", value_parser = clap::value_parser!(u64).range(1..))]
    header_line: Option<u64>,
    /// Take certificate numbers as they stand, also those that look as if a spreadsheet had damaged
    /// them.
    #[arg(long)]
    numbers_are_whole: bool,
    /// Lines per request; the same again when an import is resumed.
    #[arg(
        long,
        default_value_t = 500,
        value_parser = clap::value_parser!(u32).range(1..=5_000)
    )]
    batch: u32,
    /// Go on with an import that was broken off, or repeat one: lines whose same fact is on record
    /// are counted apart and are no failure, and lines that were refused are tried again.
    #[arg(long)]
    resume: bool,
    /// The id of the first request; the others are named after it. When it is not given, all are
    /// named after the file.
    #[arg(long, value_name = "UUID", value_parser = names::id)]
    request_id: Option<Id>,
    /// Writes the rejected lines with their numbers and reasons to this CSV file.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

impl Import {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        self.check_rejects()?;
        let bytes = read_file(&self.file)?;
        let input = |error: source::SourceError| {
            Failure::Input(format!("{}: {error}", self.file.display()))
        };
        let text = source::text(&bytes, self.encoding, self.sheet.as_deref()).map_err(input)?;
        let table = Table::open(&text, self.header_line);
        let table = table.map_err(|error| input(error.into()))?;
        source::check_header(&table).map_err(input)?;
        let mapping = self.mapping(table.header());
        let mapping = mapping.map_err(|error| not_mapped(&error, table.header_line()))?;
        let lines_per_batch = usize::try_from(self.batch).unwrap_or(usize::MAX);
        let source_system = &client.config().source_system;
        let numbers = self.numbers_are_whole.then_some(Numbers::WholeAsSaid);
        let source = Source::check(table, mapping, lines_per_batch, source_system, numbers);
        let mut source = source.map_err(input)?;
        let rejects = self.rejects.as_deref().map(RejectsFile::begin).transpose();
        let rejects = rejects.map_err(|error| self.rejects_failed(error))?;
        self.ask_digests(client, &mut source).await?;
        let mut report = Report::new(&source);
        let bar = ProgressBar::new(source.line_count()).with_style(style());
        let first = self.request_id.map(|id| RequestId::from_bytes(id.0));
        report.first_request = source.batches(first).next().map(|it| it.batch.request_id);
        if let Some(id) = report.first_request {
            let named = match source.request_count() {
                0 | 1 => String::new(),
                count => format!(", the first of {count}; the others are named after it"),
            };
            output.message(format_args!("request {id}{named}"));
        }
        let result = self
            .load(
                (client, source.digests()),
                source.batches(first),
                &mut report,
                &bar,
            )
            .await;
        bar.finish_and_clear();
        report.error = result.as_ref().err().and_then(Failure::message);
        // What was rejected before a failure is worth knowing as well.
        let written = rejects.map_or(Ok(()), |rejects| {
            rejects.finish(|file| report.rejects_to(std::io::BufWriter::new(file), &source))
        });
        if result.is_ok() || report.batches > 0 || output.is_json() {
            report.show(output)?;
        }
        result?;
        written.map_err(|error| self.rejects_failed(error))?;
        match report.rejects.is_empty() {
            true => Ok(()),
            false => Err(Failure::Refused),
        }
    }

    /// Checks that the file of rejects is not the one that is imported, which writing it would end.
    fn check_rejects(&self) -> Result<(), Failure> {
        let same = |path: &PathBuf| {
            let (file, rejects) = (self.file.canonicalize(), path.canonicalize());
            matches!((file, rejects), (Ok(file), Ok(rejects)) if file == rejects)
        };
        match self.rejects.as_ref().is_some_and(same) {
            true => Err(Failure::Usage(
                "--rejects names the file that is imported, and would write over it: name another"
                    .to_owned(),
            )),
            false => Ok(()),
        }
    }

    fn rejects_failed(&self, source: std::io::Error) -> Failure {
        Failure::Write {
            path: self.rejects.clone().unwrap_or_default(),
            source,
        }
    }

    fn mapping(&self, header: &[String]) -> Result<Mapping, MappingError> {
        let mut columns = self.map.clone();
        let mut values = self.set.clone();
        columns.extend(
            self.occurred_on_column
                .iter()
                .map(|name| format!("occurred-on={name}")),
        );
        values.extend(
            self.occurred_on
                .iter()
                .map(|date| format!("occurred-on={date}")),
        );
        Mapping::new(self.kind, header, &columns, &values)
    }

    /// Asks what stands for the certificate numbers that contain an identity number, once the file
    /// was checked as a whole: the names of the requests are made of that.
    async fn ask_digests(&self, client: &Client, source: &mut Source<'_>) -> Result<(), Failure> {
        if source.with_identity().is_empty() {
            return Ok(());
        }
        let digests = Digests::ask(client, source.with_identity()).await;
        source.learn(digests.map_err(|error| match error {
            ClientError::Invalid(violations) => {
                let why = violations.into_iter().next().unwrap_or_default();
                Failure::Input(format!(
                    "the file has certificate numbers with their holders' identity numbers, which \
                     the server does not take: {}. Nothing was sent",
                    why.description
                ))
            }
            error => Failure::Client(error),
        })?);
        Ok(())
    }

    async fn load(
        &self,
        (client, digests): (&Client, &Digests),
        mut batches: impl Iterator<Item = NumberedBatch>,
        report: &mut Report,
        bar: &ProgressBar,
    ) -> Result<(), Failure> {
        // The first batch goes alone: its answer tells whether the file was imported before.
        let Some(first) = batches.next() else {
            return Ok(());
        };
        let known = client.known().await?;
        let answer = client.append(&first.batch).await;
        let answer = answer.map_err(|error| explain(error, &first, report))?;
        if known.is_older_than(&answer) && !self.resume {
            return Err(Failure::Input(
                "this file was imported before, in whole or in part; --resume goes on with it"
                    .to_owned(),
            ));
        }
        self.settle((client, digests), first, answer, report, bar)
            .await?;
        let mut load = client.load(batches, LoadOptions::default());
        loop {
            let (batch, outcome) = match load.next().await {
                Ok(Some(answered)) => answered,
                Ok(None) => return Ok(()),
                Err(error) => {
                    report.in_doubt = load.in_doubt().map(NumberedBatch::describe).collect();
                    return Err(interrupted(error, &report.in_doubt));
                }
            };
            let answer = outcome.map_err(|error| explain(error, &batch, report))?;
            self.settle((client, digests), batch, answer, report, bar)
                .await?;
        }
    }

    /// Counts what became of the lines of a batch. Those that an earlier run was refused are tried
    /// again under the next name, which is found again as well: nothing is done twice.
    async fn settle(
        &self,
        (client, digests): (&Client, &Digests),
        mut batch: NumberedBatch,
        mut answer: v1::AppendResponse,
        report: &mut Report,
        bar: &ProgressBar,
    ) -> Result<(), Failure> {
        let line_count = batch.line_count();
        let mut firsts: HashMap<u64, u64> = HashMap::new();
        for tries in 1..=TRIES_MAX {
            report.note(&answer);
            let refused = Refused::of(&batch, &answer);
            let recorded = batch.line_count().saturating_sub(refused.len_u64());
            report.recorded = report.recorded.saturating_add(recorded);
            let rejected = self.apart((client, digests), refused, report).await?;
            // Beyond the last name the refusal of old stands, and is reported as one.
            let is_final = !answer.replayed || rejected.0.is_empty() || tries == TRIES_MAX;
            if is_final {
                rejected.reject(report, &firsts);
                break;
            }
            for line in &rejected.0 {
                firsts.entry(line.line).or_insert(line.number);
            }
            batch = rejected.again(batch.batch.request_id);
            let next = client.append(&batch.batch).await;
            answer = next.map_err(|error| explain(error, &batch, report))?;
        }
        bar.inc(line_count);
        let numbers: BTreeSet<u64> = firsts.values().copied().collect();
        if !numbers.is_empty() {
            report.note_firsts(
                &earlier::refusals(client, &numbers)
                    .await
                    .map_err(Failure::Client)?,
            );
        }
        Ok(())
    }

    /// Takes the lines out whose same fact is on record, when resuming, and counts them.
    async fn apart(
        &self,
        (client, digests): (&Client, &Digests),
        mut refused: Refused,
        report: &mut Report,
    ) -> Result<Refused, Failure> {
        let positions = refused.0.iter().filter_map(RefusedLine::earlier_fact);
        let events = earlier::events(client, &positions.collect()).await?;
        let mut existing = 0_u64;
        refused.0.retain_mut(|line| {
            let event = line.earlier_fact().and_then(|it| events.get(&it));
            let Some(event) = event else { return true };
            let differing = earlier::differences(&digests.kept(&line.command), event);
            let is_same = self.resume && differing.is_empty();
            existing = existing.saturating_add(u64::from(is_same));
            line.refusal.message_en = match differing.is_empty() {
                true => format!("{} It is the same fact.", line.refusal.message_en),
                false => format!(
                    "{} On record at position {} with another {}.",
                    line.refusal.message_en,
                    event.position,
                    differing.join(", ")
                ),
            };
            !is_same
        });
        report.existing = report.existing.saturating_add(existing);
        Ok(refused)
    }
}

/// The refused lines of a request.
struct Refused(Vec<RefusedLine>);

struct RefusedLine {
    line: u64,
    command: v1::Command,
    refusal: v1::Refusal,
    number: u64,
}

impl RefusedLine {
    /// The position of the fact that is said to be on record.
    fn earlier_fact(&self) -> Option<u64> {
        let facts = already_exists(&self.refusal).then_some(&self.refusal.facts)?;
        facts.last().copied()
    }
}

impl Refused {
    fn of(batch: &NumberedBatch, answer: &v1::AppendResponse) -> Self {
        let lines = batch.lines.iter().zip(&batch.batch.commands);
        let lines = lines.zip(&answer.results);
        let refused = lines.filter_map(|((line, command), result)| match &result.outcome {
            Some(Outcome::Refusal(refusal)) => Some(RefusedLine {
                line: *line,
                command: command.clone(),
                refusal: refusal.clone(),
                number: result.refusal_number,
            }),
            Some(Outcome::Accepted(_)) | None => None,
        });
        Self(refused.collect())
    }

    fn len_u64(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or(u64::MAX)
    }

    /// The request that tries the lines again: named after the one that refused them.
    fn again(self, refused_by: RequestId) -> NumberedBatch {
        let digest = content_digest([&refused_by.as_bytes()[..]]);
        let id = batch_request_id("import again", &digest, 0);
        let (lines, commands) = self.0.into_iter().map(|it| (it.line, it.command)).unzip();
        let batch = Batch::from_messages(id, commands)
            .independent()
            .explained(ExplanationDetail::None);
        NumberedBatch { batch, lines }
    }

    fn reject(self, report: &mut Report, firsts: &HashMap<u64, u64>) {
        let rejects = self.0.into_iter().map(|it| {
            let first = firsts.get(&it.line).copied();
            Reject::by_ledger(it.line, &it.refusal, first)
        });
        report.rejects.extend(rejects);
    }
}

/// Says why fields cannot be found, and where the names of the columns were looked for.
fn not_mapped(error: &MappingError, header_line: u64) -> Failure {
    let of_header = match error {
        MappingError::UnknownColumn { .. }
        | MappingError::ColumnTwice(_)
        | MappingError::Missing(_) => {
            format!(" (the header is taken from line {header_line}; --header-line names another)")
        }
        MappingError::Shape(_)
        | MappingError::PersonalData(_)
        | MappingError::Unseen(_)
        | MappingError::UnknownField { .. }
        | MappingError::Twice(_) => String::new(),
    };
    Failure::Usage(format!("{error}{of_header}"))
}

/// Whether a line is refused only because the same fact is on record.
fn already_exists(refusal: &v1::Refusal) -> bool {
    let reason = Reason::ALL
        .iter()
        .find(|reason| reason.name() == refusal.reason);
    reason.is_some_and(|reason| reason.category() == Category::AlreadyExists)
}

/// Says what a failed batch means for the import.
fn explain(error: ClientError, batch: &NumberedBatch, report: &mut Report) -> Failure {
    let lines = batch.describe();
    match error {
        ClientError::RequestIdReused { .. } => Failure::Input(format!(
            "{lines} were sent before with other content: resume an import with the same --map, \
             --set, --occurred-on and --batch"
        )),
        ClientError::Invalid(violations) => {
            let first = violations.first();
            let first = first.map(|wrong| format!("{}: {}", wrong.field, wrong.description));
            Failure::Input(format!(
                "{lines} are not understood: {}",
                first.unwrap_or_default()
            ))
        }
        other => {
            if matches!(other, ClientError::OutcomeUnknown { .. }) {
                report.in_doubt.push(lines);
            }
            interrupted(other, &report.in_doubt)
        }
    }
}

/// Says how to go on after an error that time may heal.
fn interrupted(error: ClientError, in_doubt: &[String]) -> Failure {
    match (error, in_doubt) {
        (error, []) if error.retry() == Retry::Never => Failure::Client(error),
        (ClientError::OutcomeUnknown { cause: source, .. }, in_doubt) if !in_doubt.is_empty() => {
            Failure::ImportInDoubt {
                in_doubt: in_doubt.join(", "),
                source,
            }
        }
        (error, _) => Failure::ImportInterrupted(error),
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("[{bar:40}] {human_pos}/{human_len} lines {per_sec} {eta}")
        .expect("the template is a constant")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_on_record_already_counts_as_existing() {
        let _ = style();
        for (reason, expected) in [
            ("ENROLMENT_EXISTS", true),
            ("CERTIFICATE_EXISTS", true),
            ("FACT_EXISTS", true),
            ("CLASS_FULL", false),
            ("PERSON_NOT_FOUND", false),
            ("A_REASON_OF_A_LATER_SERVER", false),
        ] {
            let refusal = v1::Refusal {
                reason: reason.to_owned(),
                ..Default::default()
            };
            assert_eq!(already_exists(&refusal), expected, "{reason}");
        }
    }
}
