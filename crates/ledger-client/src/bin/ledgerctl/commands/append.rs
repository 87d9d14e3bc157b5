//! `ledgerctl append`: commands from a file of JSON, as one request.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ledger_client::json::{from_json, read_values, to_json};
use ledger_client::{AppendMode, Batch, Client, Refusals};
use ledger_core::RequestId;
use ledger_proto::v1;
use ledger_proto::v1::command_result::Outcome;
use serde_json::{Value, json};

use super::explain::Why;
use super::request::{Asked, NamedAfter, Naming, record};
use crate::failure::{Failure, read_file};
use crate::output::Output;
use crate::show;
use ledger_client::reading::encoding::{Encoding, decode};

/// Appends commands as one request.
#[derive(Debug, Args)]
#[command(after_help = "\
The file holds a JSON array of commands, or one command per line (JSONL), as protobuf JSON with
identifiers as UUID, dates as 2021-03-01 and money as whole fen:

  {\"occurredDate\": \"2021-03-01\", \"openAccount\":
      {\"division\": 370100, \"fund\": \"FUND_SOURCE_SPECIAL_ACCOUNT\"}}
  {\"occurredDate\": \"2021-03-02\", \"accrueFunds\":
      {\"division\": 370100, \"fund\": \"FUND_SOURCE_SPECIAL_ACCOUNT\",
       \"amountFen\": 150000000, \"reference\": \"鲁财社指〔2021〕1号\"}}

(each command on one line, or all of them in an array)

Examples:
  ledgerctl append commands.jsonl --validate-only
  ledgerctl append commands.json --mode independent
  ledgerctl append approvals.jsonl --why zh
  generate-commands | ledgerctl append --request-id 0190a3b2-0000-7000-8000-0000000000ff")]
pub(crate) struct Append {
    /// The file; - for standard input.
    #[arg(default_value = "-")]
    file: PathBuf,
    /// How the characters of the file are written; recognised when it is not given.
    #[arg(long, value_enum, value_name = "NAME")]
    encoding: Option<Encoding>,
    /// What happens to the others when one command is refused.
    #[arg(long, value_enum, default_value_t = Mode::Atomic)]
    mode: Mode,
    /// Decide and answer as usual, and record nothing.
    #[arg(long)]
    validate_only: bool,
    #[command(flatten)]
    naming: Naming,
    /// Language of the rules behind each approval, payment and refusal.
    #[arg(long, value_enum, default_value_t = Why::En)]
    why: Why,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Mode {
    /// Nothing is recorded when one is refused.
    Atomic,
    /// Each command stands for itself.
    Independent,
}

impl Append {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let text = read_text(&self.file, self.encoding)?;
        let commands = read_commands(&text)?;
        let answer = record(client, output, self.asked(commands)).await?;
        let is_refused =
            |result: &v1::CommandResult| matches!(result.outcome, Some(Outcome::Refusal(_)));
        match answer.results.iter().any(is_refused) {
            true => Err(Failure::Refused),
            false => Ok(()),
        }
    }

    /// The request: its name follows from its commands and from its mode, however the file writes
    /// them.
    fn asked(self, commands: Vec<v1::Command>) -> Asked {
        let mode = match self.mode {
            Mode::Atomic => AppendMode::Atomic,
            Mode::Independent => AppendMode::Independent,
        };
        Asked {
            named_after: NamedAfter::File,
            commands,
            mode,
            is_of_today: false,
            validate_only: self.validate_only,
            naming: self.naming,
            why: self.why,
        }
    }
}

/// Shows every refusal of a request that was refused as a whole, and the rules behind them.
pub(super) fn show_refused(
    output: &mut Output<'_>,
    refused: &Refusals,
    request_id: Option<RequestId>,
    (chains, why): (&[v1::DecisionExplanation], Why),
) -> Result<(), Failure> {
    if output.is_json() {
        let mut json = show::refusals_json(refused);
        if let Some(object) = json.as_object_mut() {
            let chains: Vec<_> = chains.iter().map(to_json).collect();
            object.insert("explanations".to_owned(), json!(chains));
            if let Some(id) = request_id {
                object.insert("requestId".to_owned(), json!(id.to_string()));
            }
        }
        return Ok(output.json(&json)?);
    }
    show::refused_request(output, refused)?;
    why.show(output, chains)
}

/// Shows what became of a batch, and if it was recorded before, when, as far as that is known.
pub(super) fn show_answer(
    output: &mut Output<'_>,
    batch: &Batch,
    answer: &v1::AppendResponse,
    before: Option<Option<prost_types::Timestamp>>,
    why: Why,
) -> Result<(), Failure> {
    if output.is_json() {
        let mut json = to_json(answer);
        if let Some(object) = json.as_object_mut() {
            if !batch.validate_only {
                object.insert("requestId".to_owned(), json!(batch.request_id.to_string()));
            }
            if let Some(Some(time)) = before {
                object.insert("recordedBeforeTime".to_owned(), json!(time.to_string()));
            }
        }
        return Ok(output.json(&json)?);
    }
    for (number, result) in (1_usize..).zip(&answer.results) {
        if let Some(Outcome::Refusal(refusal)) = &result.outcome {
            show::refusal(output, &format!("command {number}: "), refusal)?;
            show::explained_by(output, result.refusal_number)?;
        }
        why.show(output, &result.explanations)?;
    }
    if answer.explanations_left_off > 0 {
        let more = answer.explanations_left_off;
        output.line(format_args!(
            "{more} more decisions; ledgerctl explain tells them by position and refusal number"
        ))?;
    }
    if batch.validate_only {
        return Ok(output.line("checked; nothing was recorded")?);
    }
    let id = batch.request_id;
    let replayed = match before {
        Some(time @ Some(_)) => format!("recorded before, on {}, ", show::time(time)),
        Some(None) => "recorded before, ".to_owned(),
        None => String::new(),
    };
    match (answer.first_position, answer.last_position) {
        (0, _) => output.line(format_args!("{replayed}no event recorded, request {id}"))?,
        (first, last) if first == last => {
            output.line(format_args!("{replayed}position {first}, request {id}"))?;
        }
        (first, last) => {
            output.line(format_args!(
                "{replayed}positions {first} to {last}, request {id}"
            ))?;
        }
    }
    Ok(())
}

fn read_text(file: &Path, encoding: Option<Encoding>) -> Result<String, Failure> {
    let bytes = if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map_err(|source| Failure::Read {
                path: "standard input".into(),
                source,
            })?;
        bytes
    } else {
        read_file(file)?
    };
    decode(&bytes, encoding).map_err(|error| Failure::Input(error.to_string()))
}

/// Reads an array of commands, or one after the other.
fn read_commands(text: &str) -> Result<Vec<v1::Command>, Failure> {
    let mut values = Vec::new();
    let read = read_values(text);
    for value in read.map_err(|error| Failure::Input(format!("not JSON: {error}")))? {
        match value {
            Value::Array(items) => values.extend(items),
            value => values.push(value),
        }
    }
    if values.is_empty() {
        return Err(Failure::Input("there is no command to append".to_owned()));
    }
    let read = |(number, value): (usize, &Value)| {
        from_json(value).map_err(|error| Failure::Input(format!("command {number}: {error}")))
    };
    (1..).zip(&values).map(read).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::commands::numbers::Digests;

    #[test]
    fn commands_come_as_array_or_one_after_the_other() {
        let open = r#"{"occurredDate": "2021-03-01", "openAccount": {"division": 370100}}"#;
        let close = r#"{"occurredDate": "2021-03-02", "closeCase": {"outcome": "x"}}"#;
        let expected = read_commands(&format!("[{open}, {close}]")).unwrap();
        assert_eq!(expected.len(), 2);
        for text in [
            format!("{open}\n{close}\n"),
            format!("\n{open}\n\n[{close}]"),
            format!("[{open}] [{close}]"),
        ] {
            assert_eq!(read_commands(&text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn a_file_is_named_after_what_it_says() {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            append: Append,
        }
        let name = |options: &[&str], text: &str| {
            let words = ["append", "-"].iter().chain(options);
            let line = <Line as clap::Parser>::try_parse_from(words).unwrap();
            line.append
                .asked(read_commands(text).unwrap())
                .name(&Digests::default(), 0)
                .to_string()
        };
        let open = r#"{"occurredDate": "2021-03-01", "openAccount": {"division": 370100}}"#;
        let close = r#"{"occurredDate": "2021-03-02", "closeCase": {"outcome": "x"}}"#;
        let both = format!("{open}\n{close}");
        let first = name(&[], &both);
        // Ledgers remember the names for ever.
        assert_eq!(first, "1c4156fe-c09d-51e3-bd49-9e530be3e936");
        let respelled = both
            .replace("openAccount", "open_account")
            .replace(": ", ":\n  ");
        for same in [format!("[{open}, {close}]"), respelled] {
            assert_eq!(name(&[], &same), first, "{same}");
        }
        assert_eq!(name(&["--why", "zh"], &both), first);
        let others = [
            name(&["--mode", "independent"], &both),
            name(&["--again"], &both),
            name(&[], open),
            name(&[], &format!("{close}\n{open}")),
            name(&[], &both.replace("2021-03-02", "2021-03-03")),
            name(&[], &both.replace("370100", "370200")),
        ];
        assert!(!others.contains(&first), "{others:?}");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (text, expected) in [
            ("", "there is no command to append"),
            ("[]", "there is no command to append"),
            (
                "{\"a\": ",
                "not JSON: EOF while parsing a value at line 1 column 6",
            ),
            (
                "{\"causes\": [],\n\"causes\": []}",
                "not JSON: the key causes stands there twice at line 2 column 8",
            ),
            ("[{}, {\"a\": 1}]", "command 2: a: there is no such field"),
            ("5", "command 1: an object is expected here"),
        ] {
            assert_eq!(
                read_commands(text).unwrap_err().to_string(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn answers_name_positions_and_refusals() {
        let accepted = v1::Accepted {
            first_position: 7,
            event_count: 1,
        };
        let refusal = v1::Refusal {
            reason: "CLASS_FULL".to_owned(),
            message_en: "The class is full.".to_owned(),
            message_zh: "班级人数已满".to_owned(),
            limit: Some(50),
            found: Some(51),
            facts: vec![3, 5],
            ..Default::default()
        };
        let answer = v1::AppendResponse {
            log_position: 7,
            results: vec![
                v1::CommandResult {
                    outcome: Some(Outcome::Accepted(accepted)),
                    ..Default::default()
                },
                v1::CommandResult {
                    outcome: Some(Outcome::Refusal(refusal)),
                    refusal_number: 9,
                    explanations: vec![v1::DecisionExplanation {
                        command: "enrol_person".to_owned(),
                        refusal_number: 9,
                        rules: vec![v1::ExplainedRule {
                            text_en: "Places: at most fifty".to_owned(),
                            text_zh: "名额：不超过五十人".to_owned(),
                            ..Default::default()
                        }],
                        ..Default::default()
                    }],
                },
            ],
            replayed: true,
            first_position: 7,
            last_position: 7,
            explanations_left_off: 2,
        };
        let batch = Batch::from_messages(RequestId::from_bytes([1; 16]), Vec::new());
        let mut written = Vec::new();
        let mut output = Output::new(&mut written, false);
        let time = Some(Some("2021-12-31T16:00:00Z".parse().unwrap()));
        show_answer(&mut output, &batch, &answer, time, Why::Zh).unwrap();
        expect![[r#"
            command 2: CLASS_FULL: The class is full. 班级人数已满
                found: limit 50, found 51
                earlier events: 3, 5
                explained by: ledgerctl explain refusal:9
            enrol_person of - (refusal 9): refused
              1. 名额：不超过五十人
              source: -
            2 more decisions; ledgerctl explain tells them by position and refusal number
            recorded before, on 2022-01-01 00:00:00, position 7, request 01010101-0101-0101-0101-010101010101
        "#]]
        .assert_eq(std::str::from_utf8(&written).unwrap());
    }
}
