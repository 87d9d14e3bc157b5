//! `ledgerctl award`: awards and grants, approved, revoked, paid, and as they stand.

use clap::{Args, Subcommand};
use ledger_client::Client;
use ledger_client::json::{bytes_to_text, to_json};
use ledger_proto::v1;
use ledger_proto::v1::command::Body;

use super::recording::Recording;
use crate::failure::Failure;
use crate::names::{self, Id};
use crate::output::{Output, key_values, table};
use crate::show;

/// Awards and grants (奖补).
#[derive(Debug, Subcommand)]
pub(crate) enum Award {
    /// Approve an award; the ledger works out what its rule fixes.
    Approve(Approve),
    /// Take an award back that was not paid.
    Revoke(Revoke),
    /// Order a payment of an award from one of its accounts.
    Pay(Pay),
    /// Show an award with its parts and payments.
    Show(Show),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledgerctl award approve 0190a3b2-0000-7000-8000-000000000001 --scheme quality-technical-school \\
      --division 370000 --to institution:52370900Y00000016C --subject 优质校2021-01 \\
      --part 370000/skilled-talent --decision 鲁人社字〔2021〕1号
  ledgerctl award approve 0190a3b2-0000-7000-8000-000000000002 --scheme master-workstation \\
      --division 370000 --to employer:52370900Y00000016C --subject 特色工作站2021-07 \\
      --part 370000/skilled-talent=120000.00 --part 370900/special-training \\
      --decision 鲁人社字〔2021〕2号")]
pub(crate) struct Approve {
    /// The id of the new award.
    #[arg(value_parser = names::id)]
    award: Id,
    /// The scheme, as the policy names it.
    #[arg(long)]
    scheme: String,
    /// Six-digit code of the province or city that awards it.
    #[arg(long, value_parser = names::division)]
    division: u32,
    /// Who gets it: person:KEY, master:KEY, institution:CODE or employer:CODE.
    #[arg(long, value_name = "RECIPIENT", value_parser = names::payee)]
    to: v1::Payee,
    /// What it is for: a medal, a project, a title.
    #[arg(long, value_name = "TEXT")]
    subject: String,
    /// Amount in yuan, where the rule leaves it to the decision; per month where it is paid so.
    #[arg(long, value_name = "YUAN", value_parser = names::yuan)]
    amount: Option<i64>,
    /// Months of the management period, for what is paid by the month.
    #[arg(long)]
    months: Option<u32>,
    /// An account that pays, with its part in yuan: 370000/skilled-talent=100000.00; without an
    /// amount what is left, or what the scheme's split gives. May be repeated.
    #[arg(long = "part", value_name = "DIVISION/FUND[=YUAN]", required = true, value_parser = part)]
    parts: Vec<v1::AwardPartRequest>,
    /// Number of the decision.
    #[arg(long, value_name = "NUMBER")]
    decision: String,
    #[command(flatten)]
    recording: Recording,
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The award.
    #[arg(value_parser = names::id)]
    award: Id,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    grounds: String,
    /// Number of the decision.
    #[arg(long, value_name = "NUMBER")]
    decision: String,
    #[command(flatten)]
    recording: Recording,
}

#[derive(Debug, Args)]
pub(crate) struct Pay {
    /// The award.
    #[arg(value_parser = names::id)]
    award: Id,
    /// The id of the new disbursement.
    #[arg(value_parser = names::id)]
    disbursement: Id,
    /// The account that pays.
    #[arg(long, value_name = "DIVISION/FUND", value_parser = account)]
    from: v1::AccountKey,
    /// Amount in yuan; what is left of the account's part when it is not given.
    #[arg(long, value_name = "YUAN", value_parser = names::yuan)]
    amount: Option<i64>,
    #[command(flatten)]
    recording: Recording,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The award.
    #[arg(value_parser = names::id)]
    award: Id,
}

impl Award {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let (recording, body) = match self {
            Self::Show(show) => return show.run(client, output).await,
            Self::Approve(approve) => {
                let body = v1::ApproveAward {
                    award_id: approve.award.to_vec(),
                    scheme: approve.scheme,
                    division: approve.division,
                    recipient: Some(approve.to),
                    subject: approve.subject,
                    amount_fen: approve.amount,
                    months: approve.months,
                    parts: approve.parts,
                    decision_number: approve.decision,
                };
                (approve.recording, Body::ApproveAward(body))
            }
            Self::Revoke(revoke) => {
                let body = v1::RevokeAward {
                    award_id: revoke.award.to_vec(),
                    grounds: revoke.grounds,
                    decision_number: revoke.decision,
                };
                (revoke.recording, Body::RevokeAward(body))
            }
            Self::Pay(pay) => {
                let body = v1::OrderAwardPayment {
                    disbursement_id: pay.disbursement.to_vec(),
                    award_id: pay.award.to_vec(),
                    division: pay.from.division,
                    fund: pay.from.fund,
                    amount_fen: pay.amount,
                };
                (pay.recording, Body::OrderAwardPayment(body))
            }
        };
        recording.record(client, output, body).await
    }
}

impl Show {
    async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let request = v1::GetAwardRequest {
            award_id: self.award.to_vec(),
            at_least_position: 0,
        };
        let award = client.get_award(request).await?;
        if output.is_json() {
            return Ok(output.json(&to_json(&award))?);
        }
        output.table(&key_values(&[
            ("scheme", award.scheme),
            ("awarded by", show::division_name(award.division)),
            ("recipient", show::payee(award.recipient.as_ref())),
            ("for", award.subject),
            ("amount, yuan", show::yuan(award.amount_fen)),
            ("clawed back, yuan", show::yuan(award.clawed_back_fen)),
            ("approved on", show::date(award.approved_date)),
            ("approved at", show::position(award.approved_position)),
            ("policy at", show::position(award.policy_position)),
            ("revoked at", show::position(award.revoked_position)),
            ("found false at", show::position(award.found_false_position)),
            ("as of position", award.log_position.to_string()),
        ]))?;
        let mut parts = table(&["paid from", "yuan>", "left>"]);
        for part in award.parts {
            parts.add_row([
                show::account(part.account),
                show::yuan(part.amount_fen),
                show::yuan(part.left_fen),
            ]);
        }
        output.table(&parts)?;
        let mut payments = table(&[
            "disbursement",
            "paid from",
            "yuan>",
            "ordered at>",
            "settled at>",
        ]);
        for payment in award.payments {
            payments.add_row([
                bytes_to_text(&payment.disbursement_id),
                show::account(payment.account),
                show::yuan(payment.amount_fen),
                show::position(payment.ordered_position),
                show::position(payment.settled_position),
            ]);
        }
        Ok(output.table(&payments)?)
    }
}

/// Reads `370000/skilled-talent`.
fn account(text: &str) -> Result<v1::AccountKey, String> {
    let (division, fund) = text
        .split_once('/')
        .ok_or("a division and a fund are expected: 370000/skilled-talent")?;
    Ok(v1::AccountKey {
        division: names::division(division)?,
        fund: names::parse::<v1::FundSource>(fund)?.into(),
    })
}

/// Reads `370000/skilled-talent` or `370000/skilled-talent=100000.00`.
fn part(text: &str) -> Result<v1::AwardPartRequest, String> {
    let (key, amount) = match text.split_once('=') {
        Some((key, amount)) => (key, Some(names::yuan(amount)?)),
        None => (text, None),
    };
    let account = account(key)?;
    Ok(v1::AwardPartRequest {
        division: account.division,
        fund: account.fund,
        amount_fen: amount,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_name_an_account_and_perhaps_an_amount() {
        for (text, division, fund, amount_fen) in [
            (
                "370000/skilled-talent",
                370_000,
                v1::FundSource::SkilledTalent,
                None,
            ),
            (
                "371400/special-account=100000.50",
                371_400,
                v1::FundSource::SpecialAccount,
                Some(10_000_050),
            ),
        ] {
            let fund = fund.into();
            let expected = v1::AwardPartRequest {
                division,
                fund,
                amount_fen,
            };
            assert_eq!(part(text), Ok(expected), "{text}");
        }
        for wrong in [
            "370000",
            "3700/skilled-talent",
            "370000/gold",
            "370000/skilled-talent=",
            "370000/skilled-talent=1.001",
        ] {
            assert!(part(wrong).is_err(), "{wrong}");
        }
    }
}
