//! `ledgerctl penalty`: a penalty beside a clawback.

use clap::Args;
use ledger_client::Client;
use ledger_proto::v1;
use ledger_proto::v1::command::Body;

use super::recording::Recording;
use crate::failure::Failure;
use crate::names::{self, Id};
use crate::output::Output;

/// Imposes a penalty beside a clawback, within the range of the rule in force.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  ledgerctl penalty 0190a3b2-0000-7000-8000-000000000009 12000.00 --decision 济人社罚〔2021〕3号")]
pub(crate) struct Penalty {
    /// The clawback.
    #[arg(value_parser = names::id)]
    clawback: Id,
    /// Amount in yuan.
    #[arg(value_name = "YUAN", value_parser = names::yuan)]
    amount: i64,
    /// Number of the decision.
    #[arg(long, value_name = "NUMBER")]
    decision: String,
    #[command(flatten)]
    recording: Recording,
}

impl Penalty {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let body = Body::ImposePenalty(v1::ImposePenalty {
            clawback_id: self.clawback.to_vec(),
            amount_fen: self.amount,
            decision_number: self.decision,
        });
        self.recording.record(client, output, body).await
    }
}
