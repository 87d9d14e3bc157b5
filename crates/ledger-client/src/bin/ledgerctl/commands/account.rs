//! `ledgerctl account`: the balances of a fund at a division.

use clap::Args;
use ledger_client::json::to_json;
use ledger_client::{Client, ClientError};
use ledger_proto::v1;

use crate::failure::Failure;
use crate::names;
use crate::output::{Output, key_values};
use crate::show;

/// Shows the balances of an account.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  ledgerctl account 370100 --as-of 12000")]
pub(crate) struct Account {
    #[command(flatten)]
    key: Key,
    /// Answer as of this position.
    #[arg(
        long,
        value_name = "POSITION",
        default_value_t = 0,
        hide_default_value = true
    )]
    as_of: u64,
}

/// Which account.
#[derive(Debug, Args)]
pub(super) struct Key {
    /// Six-digit division code, such as 370100 for Jinan.
    #[arg(value_parser = names::division)]
    division: u32,
    /// The fund.
    #[arg(long, default_value = "special-account", value_parser = names::parse::<v1::FundSource>)]
    fund: v1::FundSource,
}

impl Key {
    pub(super) fn to_message(&self) -> v1::AccountKey {
        v1::AccountKey {
            division: self.division,
            fund: self.fund.into(),
        }
    }
}

impl Account {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let request = v1::GetAccountRequest {
            account: Some(self.key.to_message()),
            as_of_position: self.as_of,
            at_least_position: 0,
        };
        let answer = client.get_account(request).await?;
        if output.is_json() {
            return Ok(output.json(&to_json(&answer))?);
        }
        let account = answer
            .account
            .ok_or(ClientError::BrokenAnswer("an answer without an account"))?;
        output.table(&key_values(&[
            ("account", show::account(account.key)),
            ("cash, yuan", show::yuan(account.cash_fen)),
            ("reserved, yuan", show::yuan(account.reserved_fen)),
            ("available, yuan", show::yuan(account.available_fen)),
            ("opened at", show::position(account.opened_position)),
            ("as of position", answer.log_position.to_string()),
        ]))?;
        Ok(show::balances(output, &account)?)
    }
}
