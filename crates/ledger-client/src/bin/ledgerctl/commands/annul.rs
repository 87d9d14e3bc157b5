//! `ledgerctl annul`: a fact on record never was.

use clap::Args;
use ledger_client::Client;
use ledger_proto::v1;
use ledger_proto::v1::command::Body;

use super::recording::Recording;
use crate::failure::Failure;
use crate::output::Output;

/// Takes a wrong fact back: what the event at a position recorded never was.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  ledgerctl annul 4711 --grounds \"register of another person\" --decision 济人社更正〔2021〕1号

To put a fact right, send the annulment and the right fact in one request with `ledgerctl append`.")]
pub(crate) struct Annul {
    /// Position of the event that recorded the fact.
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    position: u64,
    /// Why it is known that the fact never was; no personal data.
    #[arg(long, value_name = "TEXT")]
    grounds: String,
    /// Number of the decision.
    #[arg(long, value_name = "NUMBER")]
    decision: String,
    #[command(flatten)]
    recording: Recording,
}

impl Annul {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let body = Body::AnnulFact(v1::AnnulFact {
            position: self.position,
            grounds: self.grounds,
            decision_number: self.decision,
        });
        self.recording.record(client, output, body).await
    }
}
