//! `ledgerctl statement`: an account entry by entry, with running balances.

use clap::Args;
use ledger_client::Client;
use ledger_client::json::to_json;
use ledger_proto::v1;

use super::account::Key;
use crate::failure::Failure;
use crate::names::{self, name};
use crate::output::Output;
use crate::show;

/// Shows an account entry by entry; the balance is that of the kind after the entry.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledgerctl statement 370100
  ledgerctl statement 370100 --kind cash --kind reserve --from 1000 --to 2000")]
pub(crate) struct Statement {
    #[command(flatten)]
    key: Key,
    /// Only this kind of balance; may be repeated. Cash when it is not given.
    #[arg(long, value_parser = names::parse::<v1::AccountKind>)]
    kind: Vec<v1::AccountKind>,
    /// Lowest position.
    #[arg(
        long,
        value_name = "POSITION",
        default_value_t = 0,
        hide_default_value = true
    )]
    from: u64,
    /// Highest position.
    #[arg(
        long,
        value_name = "POSITION",
        default_value_t = 0,
        hide_default_value = true
    )]
    to: u64,
}

impl Statement {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let mut request = v1::ListAccountEntriesRequest {
            account: Some(self.key.to_message()),
            kinds: self.kind.iter().map(|kind| (*kind).into()).collect(),
            from_position: self.from,
            to_position: self.to,
            ..Default::default()
        };
        if !output.is_json() {
            output.line(header())?;
        }
        loop {
            let page = client.list_account_entries(request.clone()).await?;
            for entry in &page.entries {
                match output.is_json() {
                    true => output.json_line(&to_json(entry))?,
                    false => output.line(line(entry))?,
                }
            }
            if page.next_page_token.is_empty() {
                return Ok(());
            }
            request.page_token = page.next_page_token;
        }
    }
}

fn header() -> String {
    format!(
        "{:>10}  {:10}  {:22}  {:12}  {:4}  {:>18}  {:>18}  {:>18}  reference",
        "position", "date", "event", "balance of", "year", "debit", "credit", "balance"
    )
}

fn line(entry: &v1::AccountEntry) -> String {
    let amount = show::yuan(entry.amount_fen);
    let (debit, credit) = match v1::Side::try_from(entry.side) {
        Ok(v1::Side::Credit) => (String::new(), amount),
        _ => (amount, String::new()),
    };
    format!(
        "{:>10}  {:10}  {:22}  {:12}  {:4}  {debit:>18}  {credit:>18}  {:>18}  {}",
        entry.position,
        show::date(entry.occurred_date),
        name::<v1::EventKind>(entry.event_kind),
        name::<v1::AccountKind>(entry.kind),
        show::fiscal_year(entry.fiscal_year),
        show::yuan(entry.balance_after_fen),
        entry.reference
    )
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn entries_stand_in_columns() {
        let entry = |position, side: v1::Side, amount_fen, balance_after_fen| v1::AccountEntry {
            position,
            event_kind: v1::EventKind::DisbursementSettled.into(),
            occurred_date: Some(v1::Date {
                year: 2021,
                month: 3,
                day: 1,
            }),
            recorded_time: None,
            kind: v1::AccountKind::Cash.into(),
            fiscal_year: 0,
            side: side.into(),
            amount_fen,
            balance_after_fen,
            reference: "工行0001".to_owned(),
        };
        let lines = [
            header(),
            line(&entry(
                7,
                v1::Side::Debit,
                100_000_000_000_000,
                100_000_000_000_000,
            )),
            line(&entry(
                1_200,
                v1::Side::Credit,
                1_400_000,
                99_999_998_600_000,
            )),
        ];
        // The bar keeps the indentation of the first column.
        let text: String = lines.iter().map(|line| format!("|{line}\n")).collect();
        expect![[r#"
            |  position  date        event                   balance of    year               debit              credit             balance  reference
            |         7  2021-03-01  disbursement-settled    cash                  1000000000000.00                        1000000000000.00  工行0001
            |      1200  2021-03-01  disbursement-settled    cash                                              14000.00     999999986000.00  工行0001
        "#]].assert_eq(&text);
    }
}
