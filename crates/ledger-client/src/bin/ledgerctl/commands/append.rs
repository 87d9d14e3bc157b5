//! `ledgerctl append`: commands from a file of JSON, as one request.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ledger_client::json::{from_json, to_json};
use ledger_client::{AppendMode, Batch, Client, ClientError, Refusals, random_request_id};
use ledger_core::RequestId;
use ledger_proto::v1;
use ledger_proto::v1::command_result::Outcome;
use serde_json::{Value, json};

use super::explain::Why;
use crate::failure::{Failure, read_file};
use crate::names::{self, Id};
use crate::output::Output;
use crate::show;

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
    /// What happens to the others when one command is refused.
    #[arg(long, value_enum, default_value_t = Mode::Atomic)]
    mode: Mode,
    /// Decide and answer as usual, and record nothing.
    #[arg(long)]
    validate_only: bool,
    /// The id of the request; a new one when it is not given. The same id with the same commands
    /// is answered as the first time and does nothing.
    #[arg(long, value_name = "UUID", value_parser = names::id)]
    request_id: Option<Id>,
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
        let text = read_text(&self.file)?;
        let commands = read_commands(&text)?;
        let request_id = self
            .request_id
            .map_or_else(random_request_id, |id| RequestId::from_bytes(id.0));
        let mut batch = Batch::from_messages(request_id, commands);
        batch.validate_only = self.validate_only;
        batch.mode = match self.mode {
            Mode::Atomic => AppendMode::Atomic,
            Mode::Independent => AppendMode::Independent,
        };
        let answer = record(client, output, batch, self.why).await?;
        let is_refused =
            |result: &v1::CommandResult| matches!(result.outcome, Some(Outcome::Refusal(_)));
        match answer.results.iter().any(is_refused) {
            true => Err(Failure::Refused),
            false => Ok(()),
        }
    }
}

/// Appends a batch, and shows what became of it and why.
pub(super) async fn record(
    client: &Client,
    output: &mut Output<'_>,
    batch: Batch,
    why: Why,
) -> Result<v1::AppendResponse, Failure> {
    let batch = batch.explained(why.detail());
    match send(client, &batch).await {
        Ok(answer) => {
            show_answer(output, &batch, &answer, why)?;
            Ok(answer)
        }
        Err(Failure::Client(ClientError::Refused(refused))) => {
            // Without the chains the answer still says the rule of each, and how to ask.
            let chains = match why {
                Why::None => Vec::new(),
                Why::En | Why::Zh => client.explain_refusals(&refused).await.unwrap_or_default(),
            };
            show_refused(output, &refused, (&chains, why))?;
            Err(Failure::Refused)
        }
        Err(other) => Err(other),
    }
}

fn show_refused(
    output: &mut Output<'_>,
    refused: &Refusals,
    (chains, why): (&[v1::DecisionExplanation], Why),
) -> Result<(), Failure> {
    if output.is_json() {
        let mut json = show::refusals_json(refused);
        if let Some(object) = json.as_object_mut() {
            let chains: Vec<_> = chains.iter().map(to_json).collect();
            object.insert("explanations".to_owned(), json!(chains));
        }
        return Ok(output.json(&json)?);
    }
    show::refused_request(output, refused)?;
    why.show(output, chains)
}

/// Appends a batch; says how to go on when the outcome is not known.
pub(super) async fn send(client: &Client, batch: &Batch) -> Result<v1::AppendResponse, Failure> {
    client.append(batch).await.map_err(|error| match error {
        ClientError::OutcomeUnknown { .. } => Failure::OutcomeUnknown {
            request_id: batch.request_id.to_string(),
        },
        ClientError::Invalid(violations) => {
            let lines = violations
                .iter()
                .map(|violation| format!("\n  {}: {}", violation.field, violation.description));
            Failure::Input(format!(
                "the request is wrong:{}",
                lines.collect::<String>()
            ))
        }
        other => Failure::Client(other),
    })
}

/// Shows what became of a batch.
pub(super) fn show_answer(
    output: &mut Output<'_>,
    batch: &Batch,
    answer: &v1::AppendResponse,
    why: Why,
) -> Result<(), Failure> {
    if output.is_json() {
        let mut json = to_json(answer);
        if let Some(object) = json.as_object_mut() {
            object.insert("requestId".to_owned(), json!(batch.request_id.to_string()));
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
    let replayed = if answer.replayed {
        "recorded before, "
    } else {
        ""
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

fn read_text(file: &Path) -> Result<String, Failure> {
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
    String::from_utf8(bytes).map_err(|_not_text| Failure::Input("the file is not UTF-8".to_owned()))
}

/// Reads an array of commands, or one after the other.
fn read_commands(text: &str) -> Result<Vec<v1::Command>, Failure> {
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        match value.map_err(|error| Failure::Input(format!("not JSON: {error}")))? {
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
    fn what_cannot_be_read_is_named() {
        for (text, expected) in [
            ("", "there is no command to append"),
            ("[]", "there is no command to append"),
            (
                "{\"a\": ",
                "not JSON: EOF while parsing a value at line 1 column 6",
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
        show_answer(&mut output, &batch, &answer, Why::Zh).unwrap();
        expect![[r#"
            command 2: CLASS_FULL: The class is full. 班级人数已满
                found: limit 50, found 51
                earlier events: 3, 5
                explained by: ledgerctl explain refusal:9
            enrol_person of - (refusal 9): refused
              1. 名额：不超过五十人
              source: -
            2 more decisions; ledgerctl explain tells them by position and refusal number
            recorded before, position 7, request 01010101-0101-0101-0101-010101010101
        "#]]
        .assert_eq(std::str::from_utf8(&written).unwrap());
    }
}
