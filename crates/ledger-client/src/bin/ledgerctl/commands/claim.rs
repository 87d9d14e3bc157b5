//! `ledgerctl claim`: claims of subsidies, and the contracts that let a body claim for a person.

use clap::{Args, Subcommand};
use ledger_client::Client;
use ledger_proto::v1;
use ledger_proto::v1::command::Body;

use super::recording::Recording;
use crate::failure::Failure;
use crate::names::{self, Id};
use crate::output::Output;

/// Claims of subsidies.
#[derive(Debug, Subcommand)]
pub(crate) enum Claim {
    /// Claim the subsidy of a person for a class (个人申领、机构代领).
    Submit(Submit),
    /// Record that a person lets the body of the class claim for them (代领协议).
    Agency(Agency),
}

#[derive(Debug, Args)]
pub(crate) struct Submit {
    /// The class.
    #[arg(value_parser = names::id)]
    class: Id,
    /// The person's opaque key.
    #[arg(value_parser = names::id)]
    person: Id,
    /// Who claims.
    #[arg(long, default_value = "person", value_parser = names::parse::<v1::ClaimRoute>)]
    route: v1::ClaimRoute,
    #[command(flatten)]
    recording: Recording,
}

#[derive(Debug, Args)]
pub(crate) struct Agency {
    /// The class.
    #[arg(value_parser = names::id)]
    class: Id,
    /// The person's opaque key.
    #[arg(value_parser = names::id)]
    person: Id,
    /// Number of the contract.
    #[arg(long, value_name = "NUMBER")]
    contract: String,
    #[command(flatten)]
    recording: Recording,
}

impl Claim {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let (recording, body) = match self {
            Self::Submit(submit) => {
                let body = v1::SubmitClaim {
                    class_id: submit.class.to_vec(),
                    person_key: submit.person.to_vec(),
                    route: submit.route.into(),
                };
                (submit.recording, Body::SubmitClaim(body))
            }
            Self::Agency(agency) => {
                let body = v1::RecordAgencyContract {
                    class_id: agency.class.to_vec(),
                    person_key: agency.person.to_vec(),
                    contract_number: agency.contract,
                };
                (agency.recording, Body::RecordAgencyContract(body))
            }
        };
        recording.record(client, output, body).await
    }
}
