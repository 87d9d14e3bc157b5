//! Explanations as sentences, one for each rule, in English and in Chinese.

use super::words::{counted, words};
use super::{Evaluated, Explanation, Input, Outcome, unit_of};
use crate::Position;
use crate::coded::RuleKind;
use crate::event::AppliedRule;
use crate::refusal::{Refusal, RuleCitation, Unit};
use std::fmt::Write as _;

impl Explanation {
    /// One line for each rule in English, and one for each thing that bars the decision.
    #[must_use]
    pub fn text_en(&self) -> String {
        let rules = self.rules.iter().map(Evaluated::text_en);
        let barred = self.barred.iter().map(|refusal| {
            let facts = facts_en(refusal);
            format!(
                "State of the class or place: {}{facts}.",
                refused_en(refusal)
            )
        });
        rules.chain(barred).collect::<Vec<_>>().join("\n")
    }

    /// One line for each rule in Chinese, and one for each thing that bars the decision.
    #[must_use]
    pub fn text_zh(&self) -> String {
        let rules = self.rules.iter().map(Evaluated::text_zh);
        let barred = self.barred.iter().map(|refusal| {
            let facts = facts_zh(refusal);
            format!("班级或名额状态：{}{facts}。", refused_zh(refusal))
        });
        rules.chain(barred).collect::<Vec<_>>().join("\n")
    }
}

impl Evaluated {
    /// The rule, its source, what it was given and the result, in English.
    #[must_use]
    pub fn text_en(&self) -> String {
        let words = words(self.rule);
        let mut text = format!("{}: {}", words.name_en, words.says_en);
        for (index, input) in self.inputs.iter().enumerate() {
            let join = if index == 0 { "; given " } else { ", " };
            let Input { name_en, value, .. } = input;
            let from = positions_en(&input.positions);
            write!(text, "{join}{name_en} {value}{from}").expect(INFALLIBLE);
        }
        for (name, number) in [("limit", self.limit), ("found", self.found)] {
            if let Some(number) = number.filter(|_| self.has_numbers()) {
                let number = number_en(self.rule, self.unit(), number);
                write!(text, "; {name} {number}").expect(INFALLIBLE);
            }
        }
        let result = match &self.outcome {
            Outcome::Passed => "passed".to_owned(),
            Outcome::Refused(refusal) => {
                format!("refused, {}{}", refused_en(refusal), facts_en(refusal))
            }
            Outcome::Amount(amount) => format!("{amount} yuan"),
            Outcome::NotApplicable => "does not apply".to_owned(),
        };
        write!(text, "; result: {result}").expect(INFALLIBLE);
        match &self.citation {
            Some(RuleCitation {
                policy,
                document,
                clause,
                ..
            }) => {
                write!(text, " ({document}, {clause}, position {policy}).")
            }
            None => write!(text, " (no document)."),
        }
        .expect(INFALLIBLE);
        text
    }

    /// The rule, its source, what it was given and the result, in Chinese.
    #[must_use]
    pub fn text_zh(&self) -> String {
        let words = words(self.rule);
        let mut text = format!("{}：{}", self.rule.name_zh(), words.says_zh);
        for (index, input) in self.inputs.iter().enumerate() {
            let join = if index == 0 { "；依据：" } else { "、" };
            let (name_zh, value) = (input.name_zh, input.value_zh());
            let from = positions_zh(&input.positions);
            write!(text, "{join}{name_zh}{value}{from}").expect(INFALLIBLE);
        }
        for (name, number) in [("限额", self.limit), ("实际", self.found)] {
            if let Some(number) = number.filter(|_| self.has_numbers()) {
                let number = number_zh(self.rule, self.unit(), number);
                write!(text, "；{name}{number}").expect(INFALLIBLE);
            }
        }
        let result = match &self.outcome {
            Outcome::Passed => "通过".to_owned(),
            Outcome::Refused(refusal) => {
                format!("不通过，{}{}", refused_zh(refusal), facts_zh(refusal))
            }
            Outcome::Amount(amount) => format!("{amount}元"),
            Outcome::NotApplicable => "不适用".to_owned(),
        };
        write!(text, "；结果：{result}").expect(INFALLIBLE);
        match &self.citation {
            Some(RuleCitation {
                policy,
                document,
                clause,
                ..
            }) => {
                write!(text, "（{document}，{clause}，事件{policy}）。")
            }
            None => write!(text, "（无文件条款）。"),
        }
        .expect(INFALLIBLE);
        text
    }

    /// An amount that stands in the result is not said twice.
    fn has_numbers(&self) -> bool {
        !matches!(self.outcome, Outcome::Amount(_)) || self.limit.is_some()
    }
}

/// Writing into a text cannot fail.
const INFALLIBLE: &str = "a text takes whatever is written";

fn refused_en(refusal: &Refusal) -> String {
    let sentence = refusal.reason.message_en().trim_end_matches('.');
    format!("{}: {sentence}", refusal.reason.name())
}

fn refused_zh(refusal: &Refusal) -> String {
    format!(
        "{}（{}）",
        refusal.reason.message_zh(),
        refusal.reason.name()
    )
}

/// The events behind a refusal, and how many more there are than it names.
fn facts_en(refusal: &Refusal) -> String {
    let named = positions_en(&refusal.facts);
    match refusal.facts_left_off {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

fn facts_zh(refusal: &Refusal) -> String {
    let named = positions_zh(&refusal.facts);
    match refusal.facts_left_off {
        0 => named,
        more => format!("{named}另有{more}项"),
    }
}

fn positions_en(positions: &[Position]) -> String {
    match positions {
        [] => String::new(),
        [one] => format!(" (position {one})"),
        several => format!(" (positions {})", joined(several, ", ")),
    }
}

fn positions_zh(positions: &[Position]) -> String {
    match positions {
        [] => String::new(),
        some => format!("（事件{}）", joined(some, "、")),
    }
}

fn joined(positions: &[Position], between: &str) -> String {
    let texts: Vec<_> = positions.iter().map(ToString::to_string).collect();
    texts.join(between)
}

impl AppliedRule {
    /// The kind of the rule with its limit and the value found, in English.
    #[must_use]
    pub fn text_en(&self) -> String {
        let number = |name, number: Option<i64>| {
            let number = number_en(self.rule, unit_of(self.rule), number?);
            Some(format!("; {name} {number}"))
        };
        let limit = number("limit", self.limit).unwrap_or_default();
        let found = number("found", self.found).unwrap_or_default();
        format!("{}{limit}{found}", words(self.rule).name_en)
    }

    /// The kind of the rule with its limit and the value found, in Chinese.
    #[must_use]
    pub fn text_zh(&self) -> String {
        let number = |name, number: Option<i64>| {
            let number = number_zh(self.rule, unit_of(self.rule), number?);
            Some(format!("；{name}{number}"))
        };
        let limit = number("限额", self.limit).unwrap_or_default();
        let found = number("实际", self.found).unwrap_or_default();
        format!("{}{limit}{found}", self.rule.name_zh())
    }
}

fn number_en(rule: RuleKind, unit: Option<Unit>, number: i64) -> String {
    let Some(unit) = unit else {
        return number.to_string();
    };
    let (name, _) = match unit {
        Unit::Count => counted(rule),
        _ => unit.names(),
    };
    let text = format!("{} {name}", unit.figure(number));
    text.trim_end().to_owned()
}

fn number_zh(rule: RuleKind, unit: Option<Unit>, number: i64) -> String {
    let Some(unit) = unit else {
        return number.to_string();
    };
    let (_, name) = match unit {
        Unit::Count => counted(rule),
        _ => unit.names(),
    };
    format!("{}{name}", unit.figure(number))
}
