//! `ledgerctl eligible`: whether a subsidy would be approved, and what stands against it.

use clap::Args;
use ledger_client::Client;
use ledger_client::json::to_json;
use ledger_core::BusinessDate;
use ledger_proto::v1;

use super::explain::Lang;
use crate::failure::Failure;
use crate::names::{self, Id};
use crate::output::Output;
use crate::{show, when};

/// Tells whether a subsidy would be approved. Nothing is recorded.
#[derive(Debug, Args)]
pub(crate) struct Eligible {
    /// The class.
    #[arg(value_parser = names::id)]
    class: Id,
    /// The person's opaque key.
    #[arg(value_parser = names::id)]
    person: Id,
    /// Business date of the supposed approval; today when it is not given.
    #[arg(long, value_name = "DATE", value_parser = when::date)]
    on: Option<BusinessDate>,
    /// The language of the rules.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    lang: Lang,
}

impl Eligible {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let on = when::or_today(self.on, client).await?;
        let request = v1::CheckEligibilityRequest {
            class_id: self.class.to_vec(),
            person_key: self.person.to_vec(),
            on_date: when::message(on),
            at_least_position: 0,
        };
        let answer = client.check_eligibility(request).await?;
        if output.is_json() {
            output.json(&to_json(&answer))?;
        } else {
            show_answer(output, on, &answer, self.lang)?;
        }
        match answer.would_pay {
            true => Ok(()),
            false => Err(Failure::Refused),
        }
    }
}

fn show_answer(
    output: &mut Output<'_>,
    on: BusinessDate,
    answer: &v1::CheckEligibilityResponse,
    lang: Lang,
) -> Result<(), Failure> {
    match answer.would_pay {
        true => {
            let amount = show::yuan(answer.amount_fen);
            output.line(format_args!(
                "on {on} it would be approved with {amount} yuan"
            ))?;
        }
        false => output.line(format_args!("on {on} it would not be approved"))?,
    }
    for refusal in &answer.refusals {
        show::refusal(output, "  ", refusal)?;
    }
    let chain = answer.explanation.iter().flat_map(|chain| &chain.rules);
    for rule in chain {
        let text = match lang {
            Lang::En => &rule.text_en,
            Lang::Zh => &rule.text_zh,
        };
        output.line(format_args!("  rule: {text}"))?;
    }
    Ok(output.line(format_args!("as of position {}", answer.log_position))?)
}
