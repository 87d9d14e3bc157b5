//! `ledgerctl certificate verify`: a certificate found in the national register (联网查验).

use clap::Args;
use ledger_client::Client;
use ledger_proto::v1;
use ledger_proto::v1::command::Body;

use crate::commands::recording::Recording;
use crate::failure::Failure;
use crate::output::Output;

/// Records that a certificate was found in the national register.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Number of the certificate.
    number: String,
    /// The register and its answer's number.
    #[arg(long)]
    source: String,
    #[command(flatten)]
    recording: Recording,
}

impl Verify {
    pub(super) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let body = Body::VerifyCertificate(v1::VerifyCertificate {
            number: self.number,
            source: self.source,
        });
        self.recording.record(client, output, body).await
    }
}
