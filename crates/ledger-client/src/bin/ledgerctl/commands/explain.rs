//! `ledgerctl explain`: why a decision went as it did.

use clap::{Args, ValueEnum};
use ledger_client::Client;
use ledger_client::json::{bytes_to_text, to_json};
use ledger_proto::v1;
use v1::explain_request::Decision;

use crate::failure::Failure;
use crate::names::{self, Id, name};
use crate::output::Output;
use crate::show;

/// Tells why a payment, an approval or a refusal was decided as it was: rule by rule, with document
/// and clause, what each was given, and the events that came from.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledgerctl explain 0190a3b2-0000-7000-8000-000000000009
  ledgerctl explain 1042 --lang zh
  ledgerctl explain refusal:17")]
pub(crate) struct Explain {
    /// A disbursement, the position of an event, or refusal:NUMBER.
    #[arg(value_name = "DISBURSEMENT|POSITION|refusal:NUMBER", value_parser = what)]
    decision: What,
    /// Only the approval of this beneficiary of a payment.
    #[arg(long, value_name = "KEY", value_parser = names::id)]
    person: Option<Id>,
    /// The language of the rules.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    lang: Lang,
    /// Most approvals of a payment; 0 for all.
    #[arg(long, default_value_t = 20)]
    limit: u64,
}

/// The language of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English.
    En,
    /// Chinese.
    Zh,
}

/// Whether, and in which language, an answer says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Why {
    /// English.
    En,
    /// Chinese.
    Zh,
    /// Not at all.
    None,
}

impl Why {
    /// What to ask the server for.
    pub(crate) const fn detail(self) -> v1::ExplanationDetail {
        match self {
            Self::En | Self::Zh => v1::ExplanationDetail::Full,
            Self::None => v1::ExplanationDetail::None,
        }
    }

    /// Shows chains of rules. What stood in the way without a rule is shown as the refusal itself.
    pub(crate) fn show(
        self,
        output: &mut Output<'_>,
        decisions: &[v1::DecisionExplanation],
    ) -> Result<(), Failure> {
        let lang = match self {
            Self::En => Lang::En,
            Self::Zh => Lang::Zh,
            Self::None => return Ok(()),
        };
        for decision in decisions.iter().filter(|it| !it.rules.is_empty()) {
            show_decision(output, decision, lang)?;
        }
        Ok(())
    }
}

/// What to explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Disbursement(Id),
    Position(u64),
    Refusal(u64),
}

fn what(text: &str) -> Result<What, String> {
    if let Some(number) = text.strip_prefix("refusal:") {
        let number = number.parse().map_err(|_| "a refusal has a number");
        return Ok(What::Refusal(number?));
    }
    match text.parse() {
        Ok(position) => Ok(What::Position(position)),
        Err(_) => names::id(text).map(What::Disbursement),
    }
}

impl Explain {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let mut request = v1::ExplainRequest {
            decision: Some(match self.decision {
                What::Disbursement(id) => Decision::DisbursementId(id.to_vec()),
                What::Position(position) => Decision::Position(position),
                What::Refusal(number) => Decision::RefusalNumber(number),
            }),
            person_key: self.person.map(Id::to_vec).unwrap_or_default(),
            ..Default::default()
        };
        // The decision itself comes first and does not count.
        let most = match self.limit {
            0 => u64::MAX,
            limit => limit.saturating_add(1),
        };
        let mut shown = 0_u64;
        loop {
            let page = client.explain(request.clone()).await?;
            for decision in &page.decisions {
                if shown == most {
                    output.message("and more; ask with --limit 0 or --person");
                    return Ok(());
                }
                shown = shown.saturating_add(1);
                match output.is_json() {
                    true => output.json_line(&to_json(decision))?,
                    false => show_decision(output, decision, self.lang)?,
                }
            }
            if page.next_page_token.is_empty() {
                return Ok(());
            }
            request.page_token = page.next_page_token;
        }
    }
}

/// The chain of rules of one decision.
pub(crate) fn show_decision(
    output: &mut Output<'_>,
    decision: &v1::DecisionExplanation,
    lang: Lang,
) -> Result<(), Failure> {
    let place = match (decision.position, decision.refusal_number) {
        (0, 0) => String::new(),
        (0, number) => format!(" (refusal {number})"),
        (position, _) => format!(" (position {position})"),
    };
    let outcome = match (decision.accepted, decision.amount_fen) {
        (false, _) => "refused".to_owned(),
        (true, 0) => "accepted".to_owned(),
        (true, fen) => format!("{} yuan", show::yuan(fen)),
    };
    let on = show::date(decision.occurred_date);
    output.line(format_args!(
        "{} of {on}{place}: {outcome}",
        decision.command
    ))?;
    for (label, bytes) in [
        ("disbursement", &decision.disbursement_id),
        ("award", &decision.award_id),
        ("class", &decision.class_id),
        ("person", &decision.person_key),
    ] {
        if !bytes.is_empty() {
            output.line(format_args!("  {label}: {}", bytes_to_text(bytes)))?;
        }
    }
    for (index, rule) in decision.rules.iter().enumerate() {
        let text = match lang {
            Lang::En => &rule.text_en,
            Lang::Zh => &rule.text_zh,
        };
        output.line(format_args!("  {}. {text}", index.saturating_add(1)))?;
    }
    for refusal in &decision.barred {
        show::refusal(output, "  barred: ", refusal)?;
    }
    for deviation in &decision.deviations {
        let text = match lang {
            Lang::En => &deviation.text_en,
            Lang::Zh => &deviation.text_zh,
        };
        output.line(format_args!("  DEVIATION: {text}"))?;
    }
    let position = decision.position;
    if decision.accepted && decision.rules.is_empty() && position != 0 {
        output.line(format_args!(
            "  the event says all of it: ledgerctl events --from {position} --to {position}"
        ))?;
    }
    let source = name::<v1::ExplanationSource>(decision.source);
    Ok(output.line(format_args!("  source: {source}"))?)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn what_is_explained_is_told_by_its_form() {
        assert_eq!(what("17"), Ok(What::Position(17)));
        assert_eq!(what("refusal:17"), Ok(What::Refusal(17)));
        let id = "0190a3b2-0000-7000-8000-000000000009";
        assert!(matches!(what(id), Ok(What::Disbursement(_))));
        for wrong in ["refusal:", "refusal:x", "-1", "张三", ""] {
            assert!(what(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn rules_are_numbered_and_deviations_stand_out() {
        let decision = v1::DecisionExplanation {
            command: "approve_subsidy".to_owned(),
            position: 12,
            accepted: true,
            amount_fen: 50_000,
            class_id: vec![1; 16],
            rules: vec![v1::ExplainedRule {
                text_en: "quota: at most three".to_owned(),
                text_zh: "享受次数：不超过三次".to_owned(),
                ..Default::default()
            }],
            deviations: vec![v1::RuleDeviation {
                text_en: "rule 1 of the approval differs".to_owned(),
                text_zh: "第1项规则不一致".to_owned(),
                ..Default::default()
            }],
            source: v1::ExplanationSource::Recomputed.into(),
            ..Default::default()
        };
        let mut written = Vec::new();
        for lang in [Lang::En, Lang::Zh] {
            let mut output = Output::new(&mut written, false);
            show_decision(&mut output, &decision, lang).unwrap();
        }
        expect![[r#"
            approve_subsidy of - (position 12): 500.00 yuan
              class: 01010101-0101-0101-0101-010101010101
              1. quota: at most three
              DEVIATION: rule 1 of the approval differs
              source: recomputed
            approve_subsidy of - (position 12): 500.00 yuan
              class: 01010101-0101-0101-0101-010101010101
              1. 享受次数：不超过三次
              DEVIATION: 第1项规则不一致
              source: recomputed
        "#]]
        .assert_eq(std::str::from_utf8(&written).unwrap());
    }
}
