//! `ledgerctl accounts`: all accounts and the trial balance.

use clap::Args;
use ledger_client::Client;
use ledger_client::json::to_json;
use ledger_proto::v1;
use serde_json::Value;

use crate::failure::Failure;
use crate::names::{self, name};
use crate::output::{Output, table};
use crate::show;

/// Shows all accounts and the trial balance.
#[derive(Debug, Args)]
pub(crate) struct Accounts {
    /// Only this division and everything inside.
    #[arg(long, value_parser = names::division)]
    division: Option<u32>,
}

impl Accounts {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let mut request = v1::ListAccountsRequest {
            division: self.division.unwrap_or_default(),
            ..Default::default()
        };
        let mut answer = client.list_accounts(request.clone()).await?;
        // The totals of the first page are those of every account asked for.
        while !answer.next_page_token.is_empty() {
            request.page_token = std::mem::take(&mut answer.next_page_token);
            let page = client.list_accounts(request.clone()).await?;
            answer.accounts.extend(page.accounts);
            answer.next_page_token = page.next_page_token;
        }
        if output.is_json() {
            let mut json = to_json(&answer);
            if let Value::Object(object) = &mut json {
                object.remove("nextPageToken");
            }
            return Ok(output.json(&json)?);
        }
        show_accounts(output, &answer)
    }
}

fn show_accounts(
    output: &mut Output<'_>,
    answer: &v1::ListAccountsResponse,
) -> Result<(), Failure> {
    let mut accounts = table(&[
        "division",
        "fund",
        "cash>",
        "reserved>",
        "available>",
        "expenditure>",
    ]);
    for account in &answer.accounts {
        let key = account.key.unwrap_or_default();
        accounts.add_row([
            show::division_name(key.division),
            name::<v1::FundSource>(key.fund),
            show::yuan(account.cash_fen),
            show::yuan(account.reserved_fen),
            show::yuan(account.available_fen),
            show::yuan(total(account, v1::AccountKind::Expenditure)),
        ]);
    }
    output.table(&accounts)?;
    let (debits, credits) = (answer.total_debits_fen, answer.total_credits_fen);
    output.line(format_args!(
        "debits {}, credits {}, difference {}",
        show::yuan(debits),
        show::yuan(credits),
        show::yuan(debits.saturating_sub(credits))
    ))?;
    Ok(output.line(format_args!("as of position {}", answer.log_position))?)
}

/// The balances of one kind over all years.
fn total(account: &v1::Account, kind: v1::AccountKind) -> i64 {
    let of_kind = account
        .balances
        .iter()
        .filter(|balance| balance.kind == i32::from(kind));
    of_kind.fold(0, |sum, balance| sum.saturating_add(balance.balance_fen))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn accounts_are_shown_in_yuan_with_the_trial_balance() {
        let expenditure = |fiscal_year, balance_fen| v1::Balance {
            kind: v1::AccountKind::Expenditure.into(),
            fiscal_year,
            balance_fen,
        };
        let account = |division, cash_fen, reserved_fen| v1::Account {
            key: Some(v1::AccountKey {
                division,
                fund: v1::FundSource::SpecialAccount.into(),
            }),
            balances: vec![expenditure(2020, 100), expenditure(2021, 1_400_000)],
            cash_fen,
            reserved_fen,
            available_fen: cash_fen - reserved_fen,
            ..Default::default()
        };
        let answer = v1::ListAccountsResponse {
            accounts: vec![account(370_100, 123_456_789, 5), account(371_700, 0, 0)],
            total_debits_fen: 126_256_989,
            total_credits_fen: 126_256_989,
            log_position: 12,
            ..Default::default()
        };
        let mut written = Vec::new();
        show_accounts(&mut Output::new(&mut written, false), &answer).unwrap();
        expect![[r#"
             division        fund                    cash   reserved    available   expenditure
            ────────────────────────────────────────────────────────────────────────────────────
             370100 济南市   special-account   1234567.89       0.05   1234567.84      14001.00
             371700 菏泽市   special-account         0.00       0.00         0.00      14001.00
            debits 1262569.89, credits 1262569.89, difference 0.00
            as of position 12
        "#]]
        .assert_eq(std::str::from_utf8(&written).unwrap());
    }
}
