//! `ledgerctl policy withdraw`: a document that no longer holds.

use clap::Args;
use ledger_client::Client;
use ledger_core::BusinessDate;
use ledger_proto::v1;
use ledger_proto::v1::command::Body;

use crate::commands::recording::Recording;
use crate::failure::Failure;
use crate::output::Output;
use crate::when;

/// Withdraws a published document from a day on.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  ledgerctl policy withdraw shandong-2022-7 1 --effective-on 2025-09-08 \\
      --decision 鲁人社字〔2025〕87号 --grounds 由新方案替代")]
pub(crate) struct Withdraw {
    /// The id of the document.
    #[arg(value_name = "ID")]
    policy_id: String,
    /// The version, which is the latest one published.
    version: u32,
    /// First day on which it no longer holds.
    #[arg(long, value_name = "DATE", value_parser = when::date)]
    effective_on: BusinessDate,
    /// Number of the decision.
    #[arg(long, value_name = "NUMBER")]
    decision: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    grounds: String,
    #[command(flatten)]
    recording: Recording,
}

impl Withdraw {
    pub(super) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let body = Body::WithdrawPolicy(v1::WithdrawPolicy {
            policy_id: self.policy_id,
            version: self.version,
            effective_date: when::message(self.effective_on),
            grounds: self.grounds,
            decision_number: self.decision,
        });
        self.recording.record(client, output, body).await
    }
}
