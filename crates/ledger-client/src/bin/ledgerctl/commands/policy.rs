//! `ledgerctl policy`: check a policy document, and publish it.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use ledger_client::{Batch, Client, batch_request_id};
use ledger_core::BusinessDate;
use ledger_core::division::lookup;
use ledger_proto::v1;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::append::{send, show_answer};
use crate::failure::{Failure, read_file};
use crate::output::{Output, key_values, table};
use crate::when;

/// Policy documents: the rules as data.
#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Check a document without a server, and show what it rules.
    Check(Check),
    /// Publish a document; publishing the same text again does nothing.
    Publish(Publish),
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The document (TOML).
    file: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  ledgerctl policy publish policies/shandong/001.toml --on 2019-05-18")]
pub(crate) struct Publish {
    /// The document (TOML).
    file: PathBuf,
    /// Business date of the publication; today when it is not given.
    #[arg(long, value_name = "DATE", value_parser = when::date)]
    on: Option<BusinessDate>,
}

impl Policy {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        match self {
            Self::Check(check) => check.run(output),
            Self::Publish(publish) => publish.run(client, output).await,
        }
    }
}

impl Check {
    pub(crate) fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        let (_, policy) = read_policy(&self.file)?;
        let division = policy.division.code();
        if output.is_json() {
            let schemes: Vec<_> = policy
                .schemes
                .iter()
                .map(|scheme| json!({"scheme": scheme.scheme.as_str(), "name": &*scheme.name_zh}))
                .collect();
            return Ok(output.json(&json!({
                "policyId": &*policy.policy_id,
                "version": policy.version,
                "documentNumber": &*policy.document_number,
                "title": &*policy.title,
                "division": division,
                "validFromDate": policy.valid_from.to_string(),
                "validUntilDate": policy.valid_until.map(|date| date.to_string()),
                "schemes": schemes,
            }))?);
        }
        let place = lookup(policy.division)
            .map(|record| record.name_zh)
            .unwrap_or_default();
        let until = policy
            .valid_until
            .map_or_else(|| "open".to_owned(), |date| date.to_string());
        output.table(&key_values(&[
            (
                "policy",
                format!("{} version {}", policy.policy_id, policy.version),
            ),
            ("document", policy.document_number.to_string()),
            ("title", policy.title.to_string()),
            ("division", format!("{division} {place}")),
            ("valid", format!("{} to {until}", policy.valid_from)),
        ]))?;
        let mut schemes = table(&["scheme", "name"]);
        for scheme in &policy.schemes {
            schemes.add_row([scheme.scheme.as_str(), &*scheme.name_zh]);
        }
        Ok(output.table(&schemes)?)
    }
}

impl Publish {
    async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let (text, _) = read_policy(&self.file)?;
        // The name of the request follows from the text and the day alone when a day is given, so
        // that a script may publish on every start.
        let on = when::or_today(self.on, client).await?;
        let digest = Sha256::new()
            .chain_update(on.to_string())
            .chain_update(&text)
            .finalize();
        let command = v1::Command {
            occurred_date: when::message(on),
            body: Some(v1::command::Body::PublishPolicy(v1::PublishPolicy { text })),
            ..Default::default()
        };
        let request_id = batch_request_id("policy", &digest.into(), 0);
        let batch = Batch::from_messages(request_id, vec![command]);
        let answer = send(client, &batch).await?;
        show_answer(output, &batch, &answer)
    }
}

fn read_policy(file: &Path) -> Result<(String, ledger_core::Policy), Failure> {
    let wrong = |problem: String| Failure::Input(format!("{}: {problem}", file.display()));
    let text =
        String::from_utf8(read_file(file)?).map_err(|_not_text| wrong("not UTF-8".into()))?;
    let policy = ledger_policy::compile(&text).map_err(|error| wrong(error.to_string()))?;
    Ok((text, policy))
}
