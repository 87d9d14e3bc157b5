//! `ledgerctl class approve`: a training class with its rate, its order and what it counts for.

use clap::Args;
use ledger_client::Client;
use ledger_core::BusinessDate;
use ledger_proto::v1;
use ledger_proto::v1::command::Body;

use crate::commands::recording::Recording;
use crate::failure::Failure;
use crate::names::{self, Id};
use crate::output::Output;
use crate::when;

/// Approves a training class.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  ledgerctl class approve 0190a3b2-0000-7000-8000-000000000001 \\
      --institution 52370900Y00000016C --division 370900 --scheme vocational-training \\
      --occupation 2015:4-10-01-05 --level junior --headcount 40 --class-hours 120 \\
      --starts-on 2021-03-01 --ends-on 2021-03-31 --contract 泰人社培〔2021〕7号 \\
      --action elderly-and-domestic --sector domestic-services --form general \\
      --order 0190a3b2-0000-7000-8000-000000000003")]
pub(crate) struct Approve {
    /// The id of the new class.
    #[arg(value_parser = names::id)]
    class: Id,
    /// Unified social credit code of the training body.
    #[arg(long, value_name = "CODE", value_parser = names::credit_code)]
    institution: String,
    /// Six-digit code of the division whose account pays.
    #[arg(long, value_parser = names::division)]
    division: u32,
    /// The fund that pays.
    #[arg(long, default_value = "special-account", value_parser = names::parse::<v1::FundSource>)]
    fund: v1::FundSource,
    /// The scheme, as the policy names it.
    #[arg(long)]
    scheme: String,
    /// How it is paid.
    #[arg(long, default_value = "ordinary", value_parser = names::parse::<v1::ClassKind>)]
    kind: v1::ClassKind,
    /// The occupation, with its edition: 2015:4-10-01-05.
    #[arg(long)]
    occupation: String,
    /// The level; none for courses that lead to no level.
    #[arg(long, value_parser = names::parse::<v1::SkillLevel>)]
    level: Option<v1::SkillLevel>,
    /// Contracted places.
    #[arg(long)]
    headcount: u32,
    /// Rate per approved person in yuan, from the contract; the standard of the scheme's rules when
    /// it is not given.
    #[arg(long, value_name = "YUAN", value_parser = names::yuan)]
    rate: Option<i64>,
    /// Planned class hours.
    #[arg(long)]
    class_hours: u32,
    /// First day of training.
    #[arg(long, value_name = "DATE", value_parser = when::date)]
    starts_on: BusinessDate,
    /// Last day of training.
    #[arg(long, value_name = "DATE", value_parser = when::date)]
    ends_on: BusinessDate,
    /// Division whose residents the class is for; everyone when it is not given.
    #[arg(long, value_name = "DIVISION", value_parser = names::division)]
    residence: Option<u32>,
    /// Number of the contract or of the approval.
    #[arg(long, value_name = "NUMBER")]
    contract: String,
    #[command(flatten)]
    reporting: Reporting,
    /// The accepted order that the class carries out.
    #[arg(long, value_name = "ORDER", value_parser = names::id)]
    order: Option<Id>,
    #[command(flatten)]
    recording: Recording,
}

/// What the training counts for in reports.
#[derive(Debug, Args)]
struct Reporting {
    /// The action (专项行动) that it counts for.
    #[arg(long)]
    action: Option<String>,
    /// The sector (行业领域) that it counts for.
    #[arg(long)]
    sector: Option<String>,
    /// The kind of training that it counts for.
    #[arg(long, value_parser = names::parse::<v1::TrainingKind>)]
    training: Option<v1::TrainingKind>,
    /// How it is tied to employers.
    #[arg(long, value_parser = names::parse::<v1::ClassForm>)]
    form: Option<v1::ClassForm>,
}

impl Approve {
    pub(super) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let body = Body::ApproveClass(v1::ApproveClass {
            class_id: self.class.to_vec(),
            institution: self.institution,
            division: self.division,
            fund: self.fund.into(),
            scheme: self.scheme,
            kind: self.kind.into(),
            occupation: self.occupation,
            level: self.level.unwrap_or_default().into(),
            headcount: self.headcount,
            rate_fen: self.rate,
            class_hours: self.class_hours,
            start_date: when::message(self.starts_on),
            end_date: when::message(self.ends_on),
            residence_division: self.residence.unwrap_or(0),
            contract_number: self.contract,
            reporting: self.reporting.into_message(),
            order_id: self.order.map(Id::to_vec).unwrap_or_default(),
        });
        self.recording.record(client, output, body).await
    }
}

impl Reporting {
    /// Absent when the training counts for nothing.
    fn into_message(self) -> Option<v1::Reporting> {
        let message = v1::Reporting {
            action: self.action.unwrap_or_default(),
            sector: self.sector.unwrap_or_default(),
            training: self.training.unwrap_or_default().into(),
            form: self.form.unwrap_or_default().into(),
        };
        (message != v1::Reporting::default()).then_some(message)
    }
}
