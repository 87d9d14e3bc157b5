//! `ledgerctl order`: training orders (五单式) through their five states, and as they stand.

use clap::{Args, Subcommand};
use ledger_client::Client;
use ledger_client::json::{bytes_to_text, to_json};
use ledger_proto::v1;
use ledger_proto::v1::command::Body;

use super::recording::Recording;
use crate::failure::Failure;
use crate::names::{self, Id, name};
use crate::output::{Output, key_values};
use crate::show;

/// Training orders (五单式).
#[derive(Debug, Subcommand)]
pub(crate) enum Order {
    /// Ask for training, as a worker or an enterprise (提单).
    Raise(Raise),
    /// List an order (列单).
    List(Step),
    /// Select a listed order, as a worker (选单).
    Select(Select),
    /// Accept an order, as a training body (接单).
    Accept(Accept),
    /// Commit the government to pay for an order (买单).
    Purchase(Purchase),
    /// End an order that no class rests on.
    Cancel(Cancel),
    /// Show an order.
    Show(Show),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  ledgerctl order raise 0190a3b2-0000-7000-8000-000000000001 --division 370900 \\
      --enterprise 52370900Y00000016C --occupation 2015:4-10-01-05 --level junior --headcount 40")]
pub(crate) struct Raise {
    /// The id of the new order.
    #[arg(value_parser = names::id)]
    order: Id,
    /// Six-digit code of the division that it is raised in.
    #[arg(long, value_parser = names::division)]
    division: u32,
    #[command(flatten)]
    raised_by: RaisedBy,
    /// The occupation, with its edition: 2015:4-10-01-05.
    #[arg(long)]
    occupation: String,
    /// The level; none for courses that lead to no level.
    #[arg(long, value_parser = names::parse::<v1::SkillLevel>)]
    level: Option<v1::SkillLevel>,
    /// Places asked for.
    #[arg(long)]
    headcount: u32,
    #[command(flatten)]
    recording: Recording,
}

/// Who raises an order.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct RaisedBy {
    /// A worker, by the opaque key.
    #[arg(long, value_name = "KEY", value_parser = names::id)]
    person: Option<Id>,
    /// An enterprise, by its unified social credit code.
    #[arg(long, value_name = "CODE", value_parser = names::credit_code)]
    enterprise: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Step {
    /// The order.
    #[arg(value_parser = names::id)]
    order: Id,
    #[command(flatten)]
    recording: Recording,
}

#[derive(Debug, Args)]
pub(crate) struct Select {
    /// The order.
    #[arg(value_parser = names::id)]
    order: Id,
    /// The worker's opaque key.
    #[arg(value_parser = names::id)]
    person: Id,
    #[command(flatten)]
    recording: Recording,
}

#[derive(Debug, Args)]
pub(crate) struct Accept {
    /// The order.
    #[arg(value_parser = names::id)]
    order: Id,
    /// Unified social credit code of the training body.
    #[arg(value_parser = names::credit_code)]
    institution: String,
    #[command(flatten)]
    recording: Recording,
}

#[derive(Debug, Args)]
pub(crate) struct Purchase {
    /// The order.
    #[arg(value_parser = names::id)]
    order: Id,
    /// Number of the contract.
    #[arg(long, value_name = "NUMBER")]
    contract: String,
    #[command(flatten)]
    recording: Recording,
}

#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// The order.
    #[arg(value_parser = names::id)]
    order: Id,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    recording: Recording,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The order.
    #[arg(value_parser = names::id)]
    order: Id,
}

impl Order {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let (recording, body) = match self {
            Self::Show(show) => return show.run(client, output).await,
            Self::Raise(raise) => raise.into_command(),
            Self::List(Step { order, recording }) => {
                let order_id = order.to_vec();
                (recording, Body::ListOrder(v1::ListOrder { order_id }))
            }
            Self::Select(select) => {
                let body = v1::SelectOrder {
                    order_id: select.order.to_vec(),
                    person_key: select.person.to_vec(),
                };
                (select.recording, Body::SelectOrder(body))
            }
            Self::Accept(accept) => {
                let body = v1::AcceptOrder {
                    order_id: accept.order.to_vec(),
                    institution: accept.institution,
                };
                (accept.recording, Body::AcceptOrder(body))
            }
            Self::Purchase(purchase) => {
                let body = v1::PurchaseOrder {
                    order_id: purchase.order.to_vec(),
                    contract_number: purchase.contract,
                };
                (purchase.recording, Body::PurchaseOrder(body))
            }
            Self::Cancel(cancel) => {
                let body = v1::CancelOrder {
                    order_id: cancel.order.to_vec(),
                    reason: cancel.reason,
                };
                (cancel.recording, Body::CancelOrder(body))
            }
        };
        recording.record(client, output, body).await
    }
}

impl Raise {
    fn into_command(self) -> (Recording, Body) {
        use v1::order_raised_by::RaisedBy as Wire;
        let person = |key: Id| Wire::PersonKey(key.to_vec());
        let enterprise = self.raised_by.enterprise.map(Wire::Enterprise);
        let raised_by = self.raised_by.person.map(person).or(enterprise);
        let body = v1::RaiseOrder {
            order_id: self.order.to_vec(),
            division: self.division,
            raised_by: Some(v1::OrderRaisedBy { raised_by }),
            occupation: self.occupation,
            level: self.level.unwrap_or_default().into(),
            headcount: self.headcount,
        };
        (self.recording, Body::RaiseOrder(body))
    }
}

impl Show {
    async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let request = v1::GetOrderRequest {
            order_id: self.order.to_vec(),
            at_least_position: 0,
        };
        let order = client.get_order(request).await?;
        if output.is_json() {
            return Ok(output.json(&to_json(&order))?);
        }
        output.table(&key_values(&[
            ("state", name::<v1::OrderState>(order.state)),
            ("division", show::division_name(order.division)),
            ("raised by", raised_by(order.raised_by.as_ref())),
            (
                "occupation",
                format!(
                    "{}, {}",
                    order.occupation,
                    name::<v1::SkillLevel>(order.level)
                ),
            ),
            (
                "selected by",
                format!("{} for {} places", order.selected, order.headcount),
            ),
            ("accepted by", show::text(&order.institution)),
            ("class", show::id(&order.class_id)),
            ("raised at", show::position(order.raised_position)),
            ("listed at", show::position(order.listed_position)),
            ("accepted at", show::position(order.accepted_position)),
            ("purchased at", show::position(order.purchased_position)),
            ("cancelled at", show::position(order.cancelled_position)),
            ("as of position", order.log_position.to_string()),
        ]))?;
        Ok(())
    }
}

fn raised_by(raised_by: Option<&v1::OrderRaisedBy>) -> String {
    use v1::order_raised_by::RaisedBy as Wire;
    match raised_by.and_then(|raised_by| raised_by.raised_by.as_ref()) {
        Some(Wire::PersonKey(key)) => format!("person {}", bytes_to_text(key)),
        Some(Wire::Enterprise(code)) => format!("enterprise {code}"),
        None => "-".to_owned(),
    }
}
