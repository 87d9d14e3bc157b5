//! `ledgerctl policy publish`: documents in order, each under a request id that follows from its
//! text.

use std::path::PathBuf;

use clap::Args;
use ledger_client::{Batch, Client, batch_request_id};
use ledger_core::{BusinessDate, RequestId};
use ledger_proto::v1;
use sha2::{Digest as _, Sha256};

use super::check::{read_text, show_errors};
use crate::commands::append::record;
use crate::commands::explain::Why;
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
}

impl Publish {
    pub(super) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let mut texts = Vec::with_capacity(self.files.len());
        for file in self.files {
            let text = read_text(&file)?;
            texts.push((file, text));
        }
        if show_errors(output, &texts)? > 0 {
            return Err(Failure::Input("nothing was published".to_owned()));
        }
        let on = when::or_today(self.on, client).await?;
        let are_several = texts.len() > 1;
        for (file, text) in texts {
            if are_several && !output.is_json() {
                output.line(file.display())?;
            }
            let batch = publication(on, text);
            record(client, output, batch, Why::En).await?;
        }
        Ok(())
    }
}

/// The request that publishes a text. Its name follows from the text and the day alone, so that a
/// script may publish on every start.
fn publication(on: BusinessDate, text: String) -> Batch {
    let digest = Sha256::new()
        .chain_update(on.to_string())
        .chain_update(&text)
        .finalize();
    let request_id: RequestId = batch_request_id("policy", &digest.into(), 0);
    let command = v1::Command {
        occurred_date: when::message(on),
        body: Some(v1::command::Body::PublishPolicy(v1::PublishPolicy { text })),
        ..Default::default()
    };
    Batch::from_messages(request_id, vec![command])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_on_the_same_day_is_the_same_request() {
        let day = |text| BusinessDate::parse(text).unwrap();
        let request = |on, text: &str| publication(day(on), text.to_owned()).request_id;
        let first = request("2021-01-01", "a");
        assert_eq!(request("2021-01-01", "a"), first);
        for (on, text) in [("2021-01-02", "a"), ("2021-01-01", "b")] {
            assert_ne!(request(on, text), first, "{on} {text}");
        }
    }
}
