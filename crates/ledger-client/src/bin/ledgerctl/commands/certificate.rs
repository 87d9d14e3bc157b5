//! `ledgerctl certificate`: a certificate verified, and as it stands.

mod verify;

use clap::{Args, Subcommand};
use ledger_client::Client;
use ledger_client::json::{bytes_to_text, to_json};
use ledger_proto::v1;

use crate::failure::Failure;
use crate::output::{Output, key_values};
use crate::show;

/// Shows a certificate, or verifies one.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Certificate {
    /// Number of the certificate.
    #[arg(required = true)]
    number: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Record that a certificate was found in the national register.
    Verify(verify::Verify),
}

impl Certificate {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let number = match (self.command, self.number) {
            (Some(Command::Verify(verify)), _) => return verify.run(client, output).await,
            (None, Some(number)) => number,
            (None, None) => return Err(Failure::Usage("which certificate?".to_owned())),
        };
        let request = v1::GetCertificateRequest {
            number,
            at_least_position: 0,
        };
        let certificate = client.get_certificate(request).await?;
        if output.is_json() {
            return Ok(output.json(&to_json(&certificate))?);
        }
        let state = match certificate.invalidated_position {
            0 => "valid".to_owned(),
            position => format!("void since position {position}"),
        };
        output.table(&key_values(&[
            ("state", state),
            ("class", bytes_to_text(&certificate.class_id)),
            ("holder", bytes_to_text(&certificate.person_key)),
            ("issued by", certificate.evaluator),
            ("issued on", show::date(certificate.issued_date)),
            ("issued at", show::position(certificate.issued_position)),
            ("as of position", certificate.log_position.to_string()),
        ]))?;
        Ok(())
    }
}
