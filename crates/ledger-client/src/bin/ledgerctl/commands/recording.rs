//! What every command that records one thing has in common.

use clap::Args;
use ledger_client::{Batch, Client, random_request_id};
use ledger_core::{BusinessDate, RequestId};
use ledger_proto::v1;
use ledger_proto::v1::command::Body;

use super::append::record;
use super::explain::Why;
use crate::failure::Failure;
use crate::names::{self, Id};
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
    /// The id of the request; a new one when it is not given. The same id with the same command is
    /// answered as the first time and does nothing.
    #[arg(long, value_name = "UUID", value_parser = names::id)]
    request_id: Option<Id>,
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
        let on = when::or_today(self.on, client).await?;
        let command = v1::Command {
            occurred_date: when::message(on),
            causes: self.causes,
            body: Some(body),
        };
        let request_id = self
            .request_id
            .map_or_else(random_request_id, |id| RequestId::from_bytes(id.0));
        let mut batch = Batch::from_messages(request_id, vec![command]);
        batch.validate_only = self.validate_only;
        record(client, output, batch, self.why).await?;
        Ok(())
    }
}
