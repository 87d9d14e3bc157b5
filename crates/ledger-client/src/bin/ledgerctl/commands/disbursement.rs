//! `ledgerctl disbursement`: a payment with its lines.

use clap::Args;
use ledger_client::Client;
use ledger_client::json::{bytes_to_text, to_json};
use ledger_proto::v1;

use crate::failure::Failure;
use crate::names::{self, Id, name};
use crate::output::{Output, key_values, table};
use crate::show;

/// Shows a disbursement.
#[derive(Debug, Args)]
pub(crate) struct Disbursement {
    /// The disbursement.
    #[arg(value_parser = names::id)]
    id: Id,
}

impl Disbursement {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let request = v1::GetDisbursementRequest {
            disbursement_id: self.id.to_vec(),
            at_least_position: 0,
        };
        let payment = client.get_disbursement(request).await?;
        if output.is_json() {
            return Ok(output.json(&to_json(&payment))?);
        }
        output.table(&key_values(&[
            ("state", name::<v1::DisbursementState>(payment.state)),
            ("stage", name::<v1::DisbursementStage>(payment.stage)),
            ("for", show::subject(&payment.class_id, &payment.award_id)),
            ("account", show::account(payment.account)),
            ("payee", show::payee(payment.payee.as_ref())),
            ("total, yuan", show::yuan(payment.total_fen)),
            (
                "clawed back of an award, yuan",
                show::yuan(payment.award_clawed_back_fen),
            ),
            ("ordered on", show::date(payment.ordered_date)),
            ("ordered at", show::position(payment.ordered_position)),
            ("settled on", show::date(payment.settled_date)),
            ("settled at", show::position(payment.settled_position)),
            ("returned at", show::position(payment.returned_position)),
            ("as of position", payment.log_position.to_string()),
        ]))?;
        let mut lines = table(&["beneficiary", "yuan>", "clawed back>"]);
        for line in &payment.lines {
            lines.add_row([
                bytes_to_text(&line.beneficiary_key),
                show::yuan(line.amount_fen),
                show::yuan(line.clawed_back_fen),
            ]);
        }
        Ok(output.table(&lines)?)
    }
}
