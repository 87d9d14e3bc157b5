//! `ledgerctl follow`: what is there, then what comes.

use std::io::{self, Write as _};

use clap::Args;
use ledger_client::json::to_json;
use ledger_client::{Client, ClientError, Notice, Retry};
use ledger_proto::v1;
use serde_json::json;

use super::events::{Filter, show_event};
use crate::failure::Failure;
use crate::names;
use crate::output::Output;
use crate::show;

/// Follows the log until it is interrupted; goes on by itself after a broken connection.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledgerctl follow --kind clawback-decided --after 12000
  ledgerctl follow --json | while read -r line; do handle \"$line\"; done")]
pub(crate) struct Follow {
    #[command(flatten)]
    filter: Filter,
    /// Start after this position; 0 for the beginning.
    #[arg(long, value_name = "POSITION", default_value_t = 0)]
    after: u64,
    /// Epoch that the events up to there belong to: its number or its identifier, as `follow` or
    /// `status` shows it. When the ledger was restored from a backup that ends before the position,
    /// that is an error then, and not other events.
    #[arg(long, value_name = "EPOCH", value_parser = names::epoch)]
    epoch: Option<v1::Epoch>,
    /// End when everything recorded so far has been shown.
    #[arg(long)]
    until_caught_up: bool,
}

impl Follow {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let filter = self.filter.to_message();
        let mut subscription = match self.epoch {
            None => client.subscribe(filter, self.after),
            Some(epoch) => client.subscribe_in_epoch(filter, self.after, epoch),
        };
        let mut is_live = false;
        let mut is_waiting = false;
        loop {
            let notice = match subscription.next().await {
                Ok(notice) => notice,
                // A server that is away comes back; one that refuses does not change its mind.
                Err(error) if error.retry() != Retry::Never => {
                    if !std::mem::replace(&mut is_waiting, true) {
                        output.flush()?;
                        note_waiting(&error)?;
                    }
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            is_waiting = false;
            match notice {
                Notice::Event(event) => show_event(output, &event)?,
                Notice::CaughtUp { log_position } => {
                    is_live = true;
                    match output.is_json() {
                        true => output.json_line(&json!({
                            "caughtUp": log_position,
                            "epoch": subscription.epoch().map(to_json),
                        }))?,
                        false => output.line(format_args!(
                            "---------- caught up at position {log_position}, epoch {}",
                            subscription.epoch().map_or_else(
                                || "-".to_owned(),
                                |epoch| format!("{} {}", epoch.number, show::id(&epoch.id)),
                            )
                        ))?,
                    }
                }
                Notice::Checkpoint { .. } => {}
            }
            // What is there already comes in bulk; what comes then is shown as it comes.
            if is_live {
                output.flush()?;
            }
            if is_live && self.until_caught_up {
                return Ok(());
            }
        }
    }
}

fn note_waiting(error: &ClientError) -> io::Result<()> {
    writeln!(
        io::stderr().lock(),
        "ledgerctl: waiting for the server: {error}"
    )
}
