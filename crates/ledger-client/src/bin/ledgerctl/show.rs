//! How values of the contract are shown to people.

use std::io;

use ledger_client::json::{bytes_to_text, to_json};
use ledger_client::{DecodedRefusal, Refusals};
use ledger_core::{Division, Fen, RecordedTime, RequestId, division};
use ledger_proto::{from_proto::unit_from_proto, v1};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::names::name;
use crate::output::{Output, table};

const CHINA_OFFSET_MICROS: i64 = 8 * 3_600 * 1_000_000;

/// An amount in yuan with two decimals.
pub(crate) fn yuan(fen: i64) -> String {
    Fen::new(fen).to_string()
}

/// A date, or a dash.
pub(crate) fn date(date: Option<v1::Date>) -> String {
    date.map_or_else(|| "-".to_owned(), ledger_client::json::date_to_text)
}

/// A time by the clock in China, to the second, or a dash.
pub(crate) fn time(time: Option<prost_types::Timestamp>) -> String {
    let Some(time) = time else {
        return "-".to_owned();
    };
    let micros = time
        .seconds
        .saturating_mul(1_000_000)
        .saturating_add(CHINA_OFFSET_MICROS);
    let text = RecordedTime::from_micros(micros).to_string();
    // `2021-03-01T08:00:00.000000Z`: the day and the clock are what a reader needs.
    text.split('.').next().unwrap_or_default().replace('T', " ")
}

/// A position, or a dash for none.
pub(crate) fn position(position: u64) -> String {
    match position {
        0 => "-".to_owned(),
        position => position.to_string(),
    }
}

/// Text, or a dash for none.
pub(crate) fn text(text: &str) -> String {
    match text {
        "" => "-".to_owned(),
        text => text.to_owned(),
    }
}

/// An identifier, or a dash for none.
pub(crate) fn id(id: &[u8]) -> String {
    match id {
        [] => "-".to_owned(),
        id => bytes_to_text(id),
    }
}

/// Positions in one cell.
pub(crate) fn positions(positions: &[u64]) -> String {
    positions
        .iter()
        .map(u64::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

/// The events behind a refusal, and how many more there are than it names.
pub(crate) fn facts(refusal: &v1::Refusal) -> String {
    let named = positions(&refusal.facts);
    match (refusal.facts_left_off, named.as_str()) {
        (0, _) => named,
        (count, "") => format!("{count}, not named"),
        (more, _) => format!("{named} and {more} more"),
    }
}

/// A division with its name where it is known.
pub(crate) fn division_name(code: u32) -> String {
    let record = Division::new(code).ok().and_then(division::lookup);
    record.map_or_else(
        || code.to_string(),
        |record| format!("{code} {}", record.name_zh),
    )
}

/// A fund at a division.
pub(crate) fn account(key: Option<v1::AccountKey>) -> String {
    key.map_or_else(
        || "-".to_owned(),
        |key| {
            format!(
                "{}, {}",
                division_name(key.division),
                name::<v1::FundSource>(key.fund)
            )
        },
    )
}

/// Who gets money or owes it.
pub(crate) fn payee(payee: Option<&v1::Payee>) -> String {
    use v1::payee::Payee;
    match payee.and_then(|payee| payee.payee.as_ref()) {
        Some(Payee::PersonKey(key)) => format!("person {}", bytes_to_text(key)),
        Some(Payee::Institution(code)) => format!("institution {code}"),
        Some(Payee::Employer(code)) => format!("employer {code}"),
        Some(Payee::MasterKey(key)) => format!("master {}", bytes_to_text(key)),
        None => "-".to_owned(),
    }
}

/// What a payment is for: a class or an award.
pub(crate) fn subject(class_id: &[u8], award_id: &[u8]) -> String {
    match award_id {
        [] => format!("class {}", bytes_to_text(class_id)),
        award => format!("award {}", bytes_to_text(award)),
    }
}

/// What an event can be found by.
pub(crate) fn tags(tags: &[v1::Tag]) -> String {
    tags.iter()
        .filter_map(|tag| tag.value.as_ref())
        .map(tag)
        .collect::<Vec<_>>()
        .join(", ")
}

fn tag(tag: &v1::tag::Value) -> String {
    use v1::tag::Value as Tag;
    match tag {
        Tag::PersonKey(key) => format!("person {}", bytes_to_text(key)),
        Tag::ClassId(id) => format!("class {}", bytes_to_text(id)),
        Tag::Institution(code) => format!("institution {code}"),
        Tag::CertificateNumber(number) => format!("certificate {number}"),
        Tag::Division(code) => format!("division {code}"),
        Tag::DisbursementId(id) => format!("disbursement {}", bytes_to_text(id)),
        Tag::CaseId(id) => format!("case {}", bytes_to_text(id)),
        Tag::ClawbackId(id) => format!("clawback {}", bytes_to_text(id)),
        Tag::AwardId(id) => format!("award {}", bytes_to_text(id)),
        Tag::OrderId(id) => format!("order {}", bytes_to_text(id)),
        Tag::Account(key) => {
            format!(
                "account {} {}",
                key.division,
                name::<v1::FundSource>(key.fund)
            )
        }
        Tag::LedgerAccount(key) => {
            format!(
                "books {} {}",
                key.division,
                name::<v1::AccountKind>(key.kind)
            )
        }
    }
}

/// A clause, or nothing.
pub(crate) fn citation(rule: Option<&v1::RuleCitation>) -> String {
    rule.map(|rule| {
        format!(
            "{} {} (policy at {})",
            rule.document, rule.clause, rule.policy_position
        )
    })
    .unwrap_or_default()
}

/// The limit and the value found with their unit, or nothing.
pub(crate) fn limit_and_found(refusal: &v1::Refusal) -> String {
    // A unit that this version does not know is left out: the numbers are as they came.
    let unit = unit_from_proto(refusal.unit).ok();
    let show = |value: i64| unit.map_or_else(|| value.to_string(), |unit| unit.figure(value));
    let name = unit.map_or("", |unit| unit.names().0);
    let text = match (refusal.limit.map(show), refusal.found.map(show)) {
        (Some(limit), Some(found)) => format!("limit {limit}, found {found} {name}"),
        (Some(limit), None) => format!("limit {limit} {name}"),
        (None, Some(found)) => format!("found {found} {name}"),
        (None, None) => String::new(),
    };
    text.trim_end().to_owned()
}

/// A refusal over a few lines: the reason, the rule, what was found, and the earlier events.
pub(crate) fn refusal(
    output: &mut Output<'_>,
    what: &str,
    refusal: &v1::Refusal,
) -> io::Result<()> {
    let line = format!(
        "{what}{}: {} {}",
        refusal.reason, refusal.message_en, refusal.message_zh
    );
    output.line(line.trim_end())?;
    for (label, text) in [
        ("about", refusal.subject.clone()),
        ("found", limit_and_found(refusal)),
        ("rule", citation(refusal.rule.as_ref())),
        ("earlier events", facts(refusal)),
    ] {
        if !text.is_empty() {
            output.line(format_args!("    {label}: {text}"))?;
        }
    }
    Ok(())
}

/// How a refusal on record is explained; nothing for one that is not recorded.
pub(crate) fn explained_by(output: &mut Output<'_>, number: u64) -> io::Result<()> {
    match number {
        0 => Ok(()),
        number => output.line(format_args!(
            "    explained by: ledgerctl explain refusal:{number}"
        )),
    }
}

/// A call that was refused, as JSON.
pub(crate) fn refusals_json(refused: &Refusals) -> Value {
    let message = |refusal: &DecodedRefusal| v1::IndexedRefusal {
        command_index: refusal.command_index,
        refusal: Some(refusal.refusal.clone()),
        refusal_number: refusal.refusal_number.unwrap_or_default(),
    };
    let refusals = refused.refusals.iter();
    let refusals: Vec<Value> = refusals.map(|it| to_json(&message(it))).collect();
    json!({"refusals": refusals, "refusedCount": refused.refused_count})
}

/// A request that failed otherwise, for a program: which one, and whether it may be recorded.
pub(crate) fn failed_request(
    output: &mut Output<'_>,
    request_ids: &[RequestId],
    failure: &Failure,
) -> io::Result<()> {
    let ids: Vec<_> = request_ids.iter().map(ToString::to_string).collect();
    output.json(&json!({
        "requestId": ids.first(),
        "requestIds": ids,
        "outcomeUnknown": failure.leaves_outcome_unknown(),
        "error": failure.message(),
    }))
}

/// A call that was refused: every refusal that the answer holds.
pub(crate) fn refused_request(output: &mut Output<'_>, refused: &Refusals) -> io::Result<()> {
    if output.is_json() {
        return output.json(&refusals_json(refused));
    }
    for decoded in &refused.refusals {
        let what = match decoded.command_index {
            Some(index) => format!("command {}: ", index.saturating_add(1)),
            None => String::new(),
        };
        refusal(output, &what, &decoded.refusal)?;
        explained_by(output, decoded.refusal_number.unwrap_or_default())?;
    }
    let shown = u32::try_from(refused.refusals.len()).unwrap_or(u32::MAX);
    match refused.refused_count.saturating_sub(shown) {
        0 => Ok(()),
        more => output.line(format_args!("and {more} more commands refused")),
    }
}

/// The balances of an account by kind and year.
pub(crate) fn balances(output: &mut Output<'_>, account: &v1::Account) -> io::Result<()> {
    let mut balances = table(&["balance", "year", "yuan>"]);
    for balance in &account.balances {
        balances.add_row([
            name::<v1::AccountKind>(balance.kind),
            fiscal_year(balance.fiscal_year),
            yuan(balance.balance_fen),
        ]);
    }
    output.table(&balances)
}

/// The year of a flow; nothing for what runs on.
pub(crate) fn fiscal_year(year: u32) -> String {
    match year {
        0 => String::new(),
        year => year.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use ledger_core::{Reason, Refusal};
    use ledger_proto::to_proto::refusal_to_proto;

    use super::*;

    #[test]
    fn times_are_those_of_china() {
        for (text, expected) in [
            ("2021-12-31T16:00:00.5Z", "2022-01-01 00:00:00"),
            ("2021-03-01T00:00:00Z", "2021-03-01 08:00:00"),
        ] {
            assert_eq!(time(Some(text.parse().unwrap())), expected);
        }
        assert_eq!(time(None), "-");
    }

    #[test]
    fn the_numbers_of_every_reason_have_their_unit() {
        for reason in Reason::ALL.iter().copied() {
            let refusal = Refusal::new(reason).limit(80_000, 80_001);
            let unit = refusal.unit().unwrap();
            let expected = match unit.names().0 {
                "" => "limit 80000, found 80001".to_owned(),
                "yuan" => "limit 800.00, found 800.01 yuan".to_owned(),
                name => format!("limit 80000, found 80001 {name}"),
            };
            let shown = limit_and_found(&refusal_to_proto(&refusal));
            assert_eq!(shown, expected, "{reason:?}");
        }
        for (reason, expected) in [
            (Reason::ClassFull, "limit 150, found 300 persons"),
            (Reason::InsufficientFunds, "limit 1.50, found 3.00 yuan"),
            (Reason::RateAboveStandard, "limit 1.50, found 3.00 yuan"),
            (Reason::PublicityTooShort, "limit 150, found 300 days"),
            (Reason::TooFewClassHours, "limit 150, found 300 class hours"),
        ] {
            let refusal = Refusal::new(reason).limit(150, 300);
            assert_eq!(limit_and_found(&refusal_to_proto(&refusal)), expected);
        }
        let later = v1::Refusal {
            limit: Some(150),
            unit: 99,
            ..Default::default()
        };
        assert_eq!(limit_and_found(&later), "limit 150");
    }

    #[test]
    fn a_refusal_names_everything_it_rests_on() {
        let refusal = v1::Refusal {
            reason: "YEARLY_QUOTA_USED".to_owned(),
            message_en: "The year's quota of subsidies is used up.".to_owned(),
            message_zh: "本年度补贴次数已用完".to_owned(),
            rule: Some(v1::RuleCitation {
                policy_position: 1,
                document: "鲁政办发〔2019〕24号".to_owned(),
                clause: "第5条".to_owned(),
                valid_from_date: None,
            }),
            limit: Some(3),
            found: Some(4),
            facts: vec![12, 40, 77],
            ..Default::default()
        };
        let refused = Refusals {
            explanations: Vec::new(),
            refusals: vec![DecodedRefusal {
                command_index: Some(2),
                reason: None,
                refusal,
                refusal_number: Some(17),
            }],
            refused_count: 3,
        };
        let mut written = Vec::new();
        refused_request(&mut Output::new(&mut written, false), &refused).unwrap();
        expect![[r#"
            command 3: YEARLY_QUOTA_USED: The year's quota of subsidies is used up. 本年度补贴次数已用完
                found: limit 3, found 4
                rule: 鲁政办发〔2019〕24号 第5条 (policy at 1)
                earlier events: 12, 40, 77
                explained by: ledgerctl explain refusal:17
            and 2 more commands refused
        "#]].assert_eq(std::str::from_utf8(&written).unwrap());

        let mut written = Vec::new();
        refused_request(&mut Output::new(&mut written, true), &refused).unwrap();
        let json: Value = serde_json::from_slice(&written).unwrap();
        assert_eq!(json["refusedCount"], 3);
        assert_eq!(json["refusals"][0]["commandIndex"], 2);
        assert_eq!(json["refusals"][0]["refusal"]["facts"], json!([12, 40, 77]));
    }
}
