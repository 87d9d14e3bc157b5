//! `ledgerctl class`: a class as it stands.

use clap::Args;
use ledger_client::Client;
use ledger_client::json::{bytes_to_text, to_json};
use ledger_proto::v1;

use crate::failure::Failure;
use crate::names::{self, Id, name};
use crate::output::{Output, key_values};
use crate::show;

/// Shows a class.
#[derive(Debug, Args)]
pub(crate) struct Class {
    /// The class.
    #[arg(value_parser = names::id)]
    id: Id,
}

impl Class {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let request = v1::GetClassRequest {
            class_id: self.id.to_vec(),
            at_least_position: 0,
        };
        let class = client.get_class(request).await?;
        if output.is_json() {
            return Ok(output.json(&to_json(&class))?);
        }
        let rows: Vec<_> = terms(&class).into_iter().chain(progress(&class)).collect();
        Ok(output.table(&key_values(&rows))?)
    }
}

/// What was approved.
fn terms(class: &v1::GetClassResponse) -> Vec<(&'static str, String)> {
    let residents = match class.residence_division {
        0 => "everyone".to_owned(),
        code => format!("residents of {}", show::division_name(code)),
    };
    vec![
        ("state", name::<v1::ClassState>(class.state)),
        ("institution", class.institution.clone()),
        ("account", show::account(class.account)),
        (
            "scheme",
            format!("{}, {}", class.scheme, name::<v1::ClassKind>(class.kind)),
        ),
        (
            "occupation",
            format!(
                "{}, {}",
                class.occupation,
                name::<v1::SkillLevel>(class.level)
            ),
        ),
        ("open to", residents),
        (
            "dates",
            format!(
                "{} to {}",
                show::date(class.start_date),
                show::date(class.end_date)
            ),
        ),
        ("class hours", class.class_hours.to_string()),
        ("rate, yuan", show::yuan(class.rate_fen)),
        ("rate from", rate_source(class.rate_source)),
        ("scarce occupation", yes_no(class.scarce)),
        ("order", order(&class.order_id)),
    ]
}

/// How far it has come.
fn progress(class: &v1::GetClassResponse) -> Vec<(&'static str, String)> {
    vec![
        (
            "enrolled",
            format!("{} of {}", class.enrolled, class.headcount),
        ),
        ("completed", class.completed.to_string()),
        ("approved", class.approvals.to_string()),
        (
            "employed",
            format!(
                "{} of those who completed, {} of those approved",
                class.employed_completed, class.employed_approved
            ),
        ),
        ("lines in flight", class.in_flight.to_string()),
        ("excess advance, yuan", show::yuan(class.excess_fen)),
        (
            "of it still owed, yuan",
            show::yuan(class.excess_outstanding_fen),
        ),
        (
            "shown to the public at",
            show::position(class.publicity_opened_position),
        ),
        (
            "showing ended at",
            show::position(class.publicity_closed_position),
        ),
        ("open objections", class.objections_open.to_string()),
        ("policy at", show::position(class.policy_position)),
        ("approved at", show::position(class.approved_position)),
        ("opened at", show::position(class.opened_position)),
        ("closed at", show::position(class.closed_position)),
        ("settled at", show::position(class.settled_position)),
        ("as of position", class.log_position.to_string()),
    ]
}

fn rate_source(source: Option<v1::get_class_response::RateSource>) -> String {
    use v1::get_class_response::RateSource;
    match source {
        None => "the contract".to_owned(),
        Some(RateSource::RateBelowPosition(policy)) => {
            format!("the contract, below the standard of the policy at {policy}")
        }
        Some(RateSource::RateStandardPosition(policy)) => {
            format!("the standard of the policy at {policy}")
        }
    }
}

fn yes_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

fn order(id: &[u8]) -> String {
    match id {
        [] => "-".to_owned(),
        id => bytes_to_text(id),
    }
}
