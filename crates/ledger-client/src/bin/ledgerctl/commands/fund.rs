//! `ledgerctl fund`: money that comes into an account.

use clap::{Args, Subcommand};
use ledger_client::Client;
use ledger_proto::v1;
use ledger_proto::v1::command::Body;

use super::account::Key;
use super::recording::Recording;
use crate::failure::Failure;
use crate::names;
use crate::output::Output;

/// Money that comes into an account.
#[derive(Debug, Subcommand)]
pub(crate) enum Fund {
    /// Open an account.
    Open(Open),
    /// Record money raised from the balance of the unemployment insurance fund (计提).
    Accrue(Accrue),
    /// Record help from the provincial adjustment fund (省级调剂金).
    Adjust(Adjust),
}

#[derive(Debug, Args)]
pub(crate) struct Open {
    #[command(flatten)]
    account: Key,
    #[command(flatten)]
    recording: Recording,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  ledgerctl fund accrue 370100 1500000.00 --reference 鲁财社指〔2021〕1号 \\
      --balance 90000000.00 --monthly-benefits 3000000.00")]
pub(crate) struct Accrue {
    #[command(flatten)]
    account: Key,
    /// Amount in yuan.
    #[arg(value_name = "YUAN", value_parser = names::yuan)]
    amount: i64,
    /// Document or voucher that ordered it.
    #[arg(long)]
    reference: String,
    /// Balance of the unemployment insurance fund before the accrual, in yuan; a policy that bounds
    /// accruals asks for it.
    #[arg(
        long,
        value_name = "YUAN",
        requires = "monthly_benefits",
        value_parser = names::yuan
    )]
    balance: Option<i64>,
    /// Unemployment benefits of a month, in yuan.
    #[arg(long, value_name = "YUAN", requires = "balance", value_parser = names::yuan)]
    monthly_benefits: Option<i64>,
    #[command(flatten)]
    recording: Recording,
}

#[derive(Debug, Args)]
pub(crate) struct Adjust {
    #[command(flatten)]
    account: Key,
    /// Amount in yuan.
    #[arg(value_name = "YUAN", value_parser = names::yuan)]
    amount: i64,
    /// Document or voucher that ordered it.
    #[arg(long)]
    reference: String,
    /// Balance of the city's unemployment insurance fund after its accrual, in yuan.
    #[arg(long, value_name = "YUAN", value_parser = names::yuan)]
    balance: i64,
    /// Unemployment benefits of a month, in yuan.
    #[arg(long, value_name = "YUAN", value_parser = names::yuan)]
    monthly_benefits: i64,
    #[command(flatten)]
    recording: Recording,
}

impl Fund {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let capacity = |balance_fen, monthly_benefits_fen| v1::PayingCapacity {
            balance_fen,
            monthly_benefits_fen,
        };
        let (recording, body) = match self {
            Self::Open(open) => {
                let v1::AccountKey { division, fund } = open.account.to_message();
                let body = v1::OpenAccount { division, fund };
                (open.recording, Body::OpenAccount(body))
            }
            Self::Accrue(accrue) => {
                let v1::AccountKey { division, fund } = accrue.account.to_message();
                let measured = accrue.balance.zip(accrue.monthly_benefits);
                let body = v1::AccrueFunds {
                    division,
                    fund,
                    amount_fen: accrue.amount,
                    reference: accrue.reference,
                    capacity: measured.map(|(balance, benefits)| capacity(balance, benefits)),
                };
                (accrue.recording, Body::AccrueFunds(body))
            }
            Self::Adjust(adjust) => {
                let v1::AccountKey { division, fund } = adjust.account.to_message();
                let body = v1::RecordProvincialAdjustment {
                    division,
                    fund,
                    amount_fen: adjust.amount,
                    capacity: Some(capacity(adjust.balance, adjust.monthly_benefits)),
                    reference: adjust.reference,
                };
                (adjust.recording, Body::RecordProvincialAdjustment(body))
            }
        };
        recording.record(client, output, body).await
    }
}
