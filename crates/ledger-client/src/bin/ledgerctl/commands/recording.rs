//! What every command that records one thing has in common.

use clap::Args;
use ledger_client::{AppendMode, Client};
use ledger_core::BusinessDate;
use ledger_proto::v1;
use ledger_proto::v1::command::Body;

use super::explain::Why;
use super::request::{Asked, NamedAfter, Naming, record};
use crate::failure::Failure;
use crate::output::Output;
use crate::when;

/// When it happened, and how it is sent.
#[derive(Debug, Args)]
pub(crate) struct Recording {
    /// Business date; today by the clock of the server when it is not given.
    #[arg(long, value_name = "DATE", value_parser = when::date)]
    on: Option<BusinessDate>,
    /// Position of an earlier event that this rests on, besides those that the ledger finds by
    /// itself; may be repeated.
    #[arg(long = "cause", value_name = "POSITION")]
    causes: Vec<u64>,
    /// Decide and answer as usual, and record nothing.
    #[arg(long)]
    validate_only: bool,
    #[command(flatten)]
    naming: Naming,
    /// Language of the rules behind an approval, a payment or a refusal.
    #[arg(long, value_enum, default_value_t = Why::En)]
    why: Why,
}

impl Recording {
    /// Sends one command, and shows what became of it.
    pub(super) async fn record(
        self,
        client: &Client,
        output: &mut Output<'_>,
        body: Body,
    ) -> Result<(), Failure> {
        record(client, output, self.asked(body)).await.map(drop)
    }

    /// The request: its name follows from what is asked, with the day if one is given.
    pub(super) fn asked(self, body: Body) -> Asked {
        let command = v1::Command {
            occurred_date: self.on.and_then(when::message),
            causes: self.causes,
            body: Some(body),
        };
        Asked {
            named_after: NamedAfter::Command,
            commands: vec![command],
            mode: AppendMode::Atomic,
            is_of_today: self.on.is_none(),
            validate_only: self.validate_only,
            naming: self.naming,
            why: self.why,
        }
    }
}
