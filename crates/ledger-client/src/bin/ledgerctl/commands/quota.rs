//! `ledgerctl quota`: how much of a person's yearly quota is used, and by which events.

use clap::Args;
use ledger_client::Client;
use ledger_client::json::{bytes_to_text, to_json};
use ledger_proto::v1;

use crate::failure::Failure;
use crate::names::{self, Id, name};
use crate::output::{Output, table};
use crate::{show, when};

/// Shows the use of a person's yearly quota.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  ledgerctl quota 0190a3b2-0000-7000-8000-000000000002 --year 2021 --as-of 12000")]
pub(crate) struct Quota {
    /// The person's opaque key.
    #[arg(value_parser = names::id)]
    person: Id,
    /// Calendar year; this year when it is not given.
    #[arg(long)]
    year: Option<i32>,
    /// The scheme whose rule is asked for; that of the year's latest subsidy when not given.
    #[arg(long, default_value = "")]
    scheme: String,
    /// Division whose policy holds; that of the year's latest subsidy when not given.
    #[arg(long, value_parser = names::division)]
    division: Option<u32>,
    /// Answer as of this position.
    #[arg(
        long,
        value_name = "POSITION",
        default_value_t = 0,
        hide_default_value = true
    )]
    as_of: u64,
}

impl Quota {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let year = match self.year {
            Some(year) => year,
            None => when::or_today(None, client).await?.year(),
        };
        let request = v1::GetQuotaRequest {
            person_key: self.person.to_vec(),
            scheme: self.scheme,
            division: self.division.unwrap_or_default(),
            year,
            as_of_position: self.as_of,
            at_least_position: 0,
        };
        let answer = client.get_quota(request).await?;
        if output.is_json() {
            return Ok(output.json(&to_json(&answer))?);
        }
        show_quota(output, year, &answer)
    }
}

fn show_quota(
    output: &mut Output<'_>,
    year: i32,
    answer: &v1::GetQuotaResponse,
) -> Result<(), Failure> {
    let used = answer.used;
    match (answer.limit, answer.left) {
        (Some(limit), Some(left)) => {
            output.line(format_args!("{year}: {used} of {limit} used, {left} left"))?;
        }
        _ => output.line(format_args!("{year}: {used} used, no limit"))?,
    }
    if answer.rule.is_some() {
        output.line(format_args!(
            "rule: {}",
            show::citation(answer.rule.as_ref())
        ))?;
    }
    if !answer.slots.is_empty() {
        let mut slots = table(&[
            "taken at>",
            "on",
            "class",
            "occupation",
            "level",
            "scheme",
            "approved at>",
            "freed at>",
        ]);
        for slot in &answer.slots {
            slots.add_row([
                show::position(slot.taken_position),
                show::date(slot.taken_date),
                bytes_to_text(&slot.class_id),
                slot.occupation.clone(),
                name::<v1::SkillLevel>(slot.level),
                slot.scheme.clone(),
                show::position(slot.approval_position),
                show::position(slot.freed_position),
            ]);
        }
        output.table(&slots)?;
    }
    Ok(output.line(format_args!("as of position {}", answer.log_position))?)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn slots_are_shown_with_the_events_that_took_them() {
        let slot = |taken_position, freed_position| v1::QuotaSlot {
            year: 2021,
            class_id: vec![7; 16],
            occupation: "2015:4-10-01-05".to_owned(),
            level: v1::SkillLevel::Junior.into(),
            scheme: "project-training".to_owned(),
            taken_position,
            taken_date: Some(v1::Date {
                year: 2021,
                month: 4,
                day: 12,
            }),
            approval_position: taken_position,
            freed_position,
        };
        let answer = v1::GetQuotaResponse {
            used: 1,
            limit: Some(3),
            left: Some(2),
            slots: vec![slot(40, 77), slot(101, 0)],
            rule: Some(v1::RuleCitation {
                policy_position: 1,
                document: "鲁政办发〔2019〕24号".to_owned(),
                clause: "第5条".to_owned(),
                valid_from_date: None,
            }),
            log_position: 120,
        };
        let mut written = Vec::new();
        show_quota(&mut Output::new(&mut written, false), 2021, &answer).unwrap();
        expect![[r#"
            2021: 1 of 3 used, 2 left
            rule: 鲁政办发〔2019〕24号 第5条 (policy at 1)
             taken at   on           class                                  occupation        level    scheme             approved at   freed at
            ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
                   40   2021-04-12   07070707-0707-0707-0707-070707070707   2015:4-10-01-05   junior   project-training            40         77
                  101   2021-04-12   07070707-0707-0707-0707-070707070707   2015:4-10-01-05   junior   project-training           101          -
            as of position 120
        "#]].assert_eq(std::str::from_utf8(&written).unwrap());
    }
}
