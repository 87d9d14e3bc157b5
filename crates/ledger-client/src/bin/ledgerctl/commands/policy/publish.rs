//! `ledgerctl policy publish`: documents in order, each under a request id that follows from its
//! text.

use std::path::PathBuf;

use clap::Args;
use ledger_client::{AppendMode, Client};
use ledger_core::BusinessDate;
use ledger_proto::v1;
use sha2::{Digest as _, Sha256};

use super::check::{read_text, show_errors};
use crate::commands::explain::Why;
use crate::commands::request::{Asked, NamedAfter, Naming, record};
use crate::failure::Failure;
use crate::output::Output;
use crate::when;

/// Publishes documents.
#[derive(Debug, Args)]
#[command(after_help = "\
All documents are checked before the first is sent. They are published one after the other, in the
order given; the first that the ledger refuses ends the command, and those before it stay published.

Examples:
  ledgerctl policy publish policies/shandong/*.toml policies/guizhou/*.toml
  ledgerctl policy publish policies/shandong/2025-87.toml --on 2025-09-08")]
pub(crate) struct Publish {
    /// The documents (TOML): rules, rate tables, catalogues.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Business date of the publication; today when it is not given.
    #[arg(long, value_name = "DATE", value_parser = when::date)]
    on: Option<BusinessDate>,
    #[command(flatten)]
    naming: Naming,
}

impl Publish {
    pub(super) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        if self.naming.request_id.is_some() && self.files.len() > 1 {
            return Err(Failure::Usage(
                "--request-id names one request, and every document is one: give one file"
                    .to_owned(),
            ));
        }
        let mut texts = Vec::with_capacity(self.files.len());
        for file in self.files {
            let text = read_text(&file)?;
            texts.push((file, text));
        }
        if show_errors(output, &texts)? > 0 {
            return Err(Failure::Input("nothing was published".to_owned()));
        }
        let are_several = texts.len() > 1;
        for (file, text) in texts {
            if are_several && !output.is_json() {
                output.line(file.display())?;
            }
            record(client, output, publication(self.on, text, self.naming)).await?;
        }
        Ok(())
    }
}

/// The request that publishes a text. Its name follows from the text alone, and from the day if one
/// is given, so that a script may publish on every start.
fn publication(on: Option<BusinessDate>, text: String, naming: Naming) -> Asked {
    let digest = Sha256::new()
        .chain_update(on.map(|day| day.to_string()).unwrap_or_default())
        .chain_update(&text)
        .finalize();
    let command = v1::Command {
        occurred_date: on.and_then(when::message),
        body: Some(v1::command::Body::PublishPolicy(v1::PublishPolicy { text })),
        ..Default::default()
    };
    Asked {
        named_after: NamedAfter::Document(digest.into()),
        commands: vec![command],
        mode: AppendMode::Atomic,
        is_of_today: on.is_none(),
        validate_only: false,
        naming,
        why: Why::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::numbers::Digests;

    #[test]
    fn the_same_text_on_the_same_day_is_the_same_request() {
        let day = |text: &str| BusinessDate::parse(text).unwrap();
        let request = |on: &str, text: &str| {
            let on = (!on.is_empty()).then(|| day(on));
            publication(on, text.to_owned(), Naming::default()).name(&Digests::default(), 0)
        };
        let first = request("2021-01-01", "a");
        assert_eq!(request("2021-01-01", "a"), first);
        // Ledgers remember the names that earlier versions gave.
        assert_eq!(first.to_string(), "4e793233-e094-5caa-bfc2-c75e4bc73b20");
        for (on, text) in [("2021-01-02", "a"), ("2021-01-01", "b"), ("", "a")] {
            assert_ne!(request(on, text), first, "{on} {text}");
        }
    }
}
