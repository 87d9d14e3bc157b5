//! `ledgerctl policy list` and `show`: what is published.

use clap::Args;
use ledger_client::json::to_json;
use ledger_client::{Client, ClientError};
use ledger_proto::v1;

use super::check::Language;
use crate::failure::Failure;
use crate::names::{self, name};
use crate::output::{Output, key_values, table};
use crate::show;

/// Lists published documents.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only documents that hold in this division.
    #[arg(long, value_parser = names::division)]
    division: Option<u32>,
}

/// Shows a published document: its rules, amounts, quotas and targets in words, each with its
/// clause, and what was read into the document where its issuer says nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledgerctl policy show 12
  ledgerctl policy show shandong-2025-87 --lang zh
  ledgerctl policy show shandong-2019-2021-action --version 1 --text")]
pub(crate) struct Show {
    /// Position of the publication, or the id of the document.
    #[arg(value_name = "POSITION|ID")]
    document: String,
    /// The version of the document with that id; the latest one when it is not given.
    #[arg(long, value_name = "VERSION", value_parser = clap::value_parser!(u32).range(1..))]
    version: Option<u32>,
    /// Print the exact text that was published and nothing else.
    #[arg(long)]
    text: bool,
    /// The language of the rules.
    #[arg(long, value_enum, default_value_t = Language::En)]
    lang: Language,
}

impl List {
    pub(super) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let mut documents = table(&[
            "position>",
            "policy",
            "version>",
            "document",
            "kind",
            "division",
            "valid",
            "withdrawn on",
        ]);
        let mut page_token = String::new();
        loop {
            let request = v1::ListPoliciesRequest {
                page_size: 0,
                page_token,
                division: self.division.unwrap_or(0),
                at_least_position: 0,
            };
            let page = client.list_policies(request).await?;
            for policy in &page.policies {
                match output.is_json() {
                    true => output.json_line(&to_json(policy))?,
                    false => drop(documents.add_row(row(policy))),
                }
            }
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        match output.is_json() {
            true => Ok(()),
            false => Ok(output.table(&documents)?),
        }
    }
}

fn row(policy: &v1::PublishedPolicy) -> [String; 8] {
    [
        policy.position.to_string(),
        policy.policy_id.clone(),
        policy.version.to_string(),
        policy.document_number.clone(),
        kind(policy),
        show::division_name(policy.division),
        validity(policy),
        show::date(policy.withdrawn_date),
    ]
}

fn kind(policy: &v1::PublishedPolicy) -> String {
    let kind = name::<v1::DocumentKind>(policy.kind);
    match policy.example {
        true => format!("{kind}, example"),
        false => kind,
    }
}

fn validity(policy: &v1::PublishedPolicy) -> String {
    let until = match policy.valid_until_date {
        None => "open".to_owned(),
        until => show::date(until),
    };
    format!("{} to {until}", show::date(policy.valid_from_date))
}

impl Show {
    pub(super) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let mut request = v1::GetPolicyRequest::default();
        match (self.document.parse(), self.version) {
            (Ok(position), None) => request.position = position,
            (Ok(_), Some(_)) => {
                let problem = "a position names a version already";
                return Err(Failure::Usage(problem.to_owned()));
            }
            (Err(_), version) => {
                request.policy_id = self.document;
                request.version = version.unwrap_or(0);
            }
        }
        let answer = client.get_policy(request).await?;
        if self.text {
            return Ok(output.text(&answer.text)?);
        }
        if output.is_json() {
            return Ok(output.json(&to_json(&answer))?);
        }
        let policy = answer
            .policy
            .ok_or(ClientError::BrokenAnswer("an answer without a document"))?;
        let title = policy.title.clone();
        output.table(&key_values(&[
            (
                "policy",
                format!("{} version {}", policy.policy_id, policy.version),
            ),
            ("document", policy.document_number.clone()),
            ("title", title),
            ("kind", kind(&policy)),
            ("division", show::division_name(policy.division)),
            ("valid", validity(&policy)),
            ("published at", policy.position.to_string()),
            ("withdrawn on", show::date(policy.withdrawn_date)),
            ("withdrawn at", show::position(policy.withdrawn_position)),
            ("as of position", answer.log_position.to_string()),
        ]))?;
        // A text of a form that this program does not know yet is still there with --text.
        match ledger_policy::compile_recorded(&answer.text) {
            Ok(policy) => output.text(&ledger_policy::describe(&policy, self.lang.into()))?,
            Err(error) => output.line(format_args!("its rules cannot be read here: {error}"))?,
        }
        Ok(())
    }
}
