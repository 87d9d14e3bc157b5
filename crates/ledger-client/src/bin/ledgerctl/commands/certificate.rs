//! `ledgerctl certificate`: a certificate as it stands.

use clap::Args;
use ledger_client::Client;
use ledger_client::json::{bytes_to_text, to_json};
use ledger_proto::v1;

use crate::failure::Failure;
use crate::output::{Output, key_values};
use crate::show;

/// Shows a certificate.
#[derive(Debug, Args)]
pub(crate) struct Certificate {
    /// Number of the certificate.
    number: String,
}

impl Certificate {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let request = v1::GetCertificateRequest {
            number: self.number,
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
