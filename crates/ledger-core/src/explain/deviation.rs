//! Where a recorded decision and the same decision worked out again do not agree.

use super::unit_of;
use crate::Fen;
use crate::event::AppliedRule;
use crate::refusal::Unit;

/// One thing on which the record and what was worked out again differ. Any is an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deviation {
    /// Another amount.
    Amount {
        /// What was recorded, in fen.
        recorded: Fen,
        /// What was worked out again, in fen; none where the decision is refused now.
        recomputed: Option<Fen>,
    },
    /// Another rule, or the same with other numbers.
    Rule {
        /// Which rule of the decision, counted from 1.
        number: usize,
        /// What was recorded; none where the record has fewer rules.
        recorded: Option<AppliedRule>,
        /// What was worked out again; none where that has fewer rules.
        recomputed: Option<AppliedRule>,
    },
}

/// Compares amount and rules as recorded with those worked out again; `again` is none where the
/// decision is refused now. A decision of a version that did not note its rules says only its
/// amount.
#[must_use]
pub fn deviations(
    (amount, applied): (Fen, &[AppliedRule]),
    again: Option<(Fen, &[AppliedRule])>,
) -> Vec<Deviation> {
    let mut found = Vec::new();
    let amount_again = again.map(|(amount, _)| amount);
    if amount_again != Some(amount) {
        found.push(Deviation::Amount {
            recorded: amount,
            recomputed: amount_again,
        });
    }
    if applied.is_empty() {
        return found;
    }
    let again = again.map_or(&[][..], |(_, applied)| applied);
    for index in 0..applied.len().max(again.len()) {
        let (was, is) = (applied.get(index), again.get(index));
        if was != is {
            found.push(Deviation::Rule {
                number: index.saturating_add(1),
                recorded: was.copied(),
                recomputed: is.copied(),
            });
        }
    }
    found
}

impl Deviation {
    /// What the limits and the values found of both rules are counted in; none where there are no
    /// numbers, and for an amount, which says itself that it is in yuan.
    #[must_use]
    pub fn unit(&self) -> Option<Unit> {
        let Self::Rule {
            recorded,
            recomputed,
            ..
        } = self
        else {
            return None;
        };
        recorded.iter().chain(recomputed).find_map(|rule| {
            rule.limit.or(rule.found)?;
            unit_of(rule.rule)
        })
    }

    /// What differs, in English.
    #[must_use]
    pub fn text_en(&self) -> String {
        match self {
            Self::Amount {
                recorded,
                recomputed,
            } => {
                let again =
                    recomputed.map_or("refused".to_owned(), |again| format!("{again} yuan"));
                format!("recorded with {recorded} yuan, worked out again: {again}")
            }
            Self::Rule {
                number,
                recorded,
                recomputed,
            } => {
                let said = |rule: &Option<AppliedRule>| {
                    rule.map_or("none".to_owned(), |rule| rule.text_en())
                };
                let (was, is) = (said(recorded), said(recomputed));
                format!(
                    "rule {number} of the approval differs: recorded {was}, worked out again {is}"
                )
            }
        }
    }

    /// The same in Chinese.
    #[must_use]
    pub fn text_zh(&self) -> String {
        match self {
            Self::Amount {
                recorded,
                recomputed,
            } => {
                let again =
                    recomputed.map_or("不予通过".to_owned(), |again| format!("{again}元"));
                format!("记录为{recorded}元，重新计算为{again}")
            }
            Self::Rule {
                number,
                recorded,
                recomputed,
            } => {
                let said = |rule: &Option<AppliedRule>| {
                    rule.map_or("无".to_owned(), |rule| rule.text_zh())
                };
                let (was, is) = (said(recorded), said(recomputed));
                format!("第{number}项规则不一致：记录为{was}，重新计算为{is}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Position;
    use crate::coded::RuleKind;

    fn rule(rule: RuleKind, found: i64) -> AppliedRule {
        AppliedRule {
            rule,
            policy: Some(Position::FIRST),
            limit: Some(3),
            found: Some(found),
        }
    }

    type Decided = (Fen, Vec<AppliedRule>);

    fn texts((amount, applied): &Decided, again: Option<&Decided>) -> Vec<(String, String)> {
        let again = again.map(|(amount, applied)| (*amount, &applied[..]));
        let found = deviations((*amount, applied), again);
        let both = found.iter().map(|it| (it.text_en(), it.text_zh()));
        both.collect()
    }

    #[test]
    fn an_amount_a_rule_and_a_number_that_differ_are_told() {
        let decided = |fen, applied: &[AppliedRule]| (Fen::new(fen), applied.to_vec());
        let (quota, age) = (rule(RuleKind::Quota, 1), rule(RuleKind::Age, 40));
        let recorded = decided(500, &[quota, age]);
        let amount = (
            "recorded with 5.00 yuan, worked out again: 4.00 yuan",
            "记录为5.00元，重新计算为4.00元",
        );
        let refused = (
            "recorded with 5.00 yuan, worked out again: refused",
            "记录为5.00元，重新计算为不予通过",
        );
        let no_quota = (
            "rule 1 of the approval differs: recorded Quota; limit 3 subsidies; found 1 subsidies, \
             worked out again none",
            "第1项规则不一致：记录为享受次数；限额3次；实际1次，重新计算为无",
        );
        let no_age = (
            "rule 2 of the approval differs: recorded Age; limit 3 years of age; found 40 years of \
             age, worked out again none",
            "第2项规则不一致：记录为年龄；限额3周岁；实际40周岁，重新计算为无",
        );
        let another_quota = (
            "rule 1 of the approval differs: recorded Quota; limit 3 subsidies; found 1 subsidies, \
             worked out again Quota; limit 3 subsidies; found 2 subsidies",
            "第1项规则不一致：记录为享受次数；限额3次；实际1次，\
             重新计算为享受次数；限额3次；实际2次",
        );
        let cases = [
            (Some(recorded.clone()), vec![]),
            (Some(decided(400, &[quota, age])), vec![amount]),
            (Some(decided(500, &[quota])), vec![no_age]),
            (
                Some(decided(500, &[rule(RuleKind::Quota, 2), age])),
                vec![another_quota],
            ),
            (Some(decided(400, &[])), vec![amount, no_quota, no_age]),
            (None, vec![refused, no_quota, no_age]),
        ];
        for (again, expected) in cases {
            let found = texts(&recorded, again.as_ref());
            let found: Vec<_> = found.iter().map(|(en, zh)| (&en[..], &zh[..])).collect();
            assert_eq!(found, expected, "{again:?}");
        }
        // What was recorded before the rules were noted says its amount only.
        let earlier = decided(500, &[]);
        assert_eq!(texts(&earlier, Some(&recorded)), []);
        assert_eq!(texts(&earlier, None).len(), 1);
    }

    #[test]
    fn the_numbers_of_both_rules_have_one_unit() {
        let bare = AppliedRule {
            limit: None,
            found: None,
            ..rule(RuleKind::Age, 0)
        };
        let of = |recorded, recomputed| Deviation::Rule {
            number: 1,
            recorded,
            recomputed,
        };
        let cases = [
            (of(Some(rule(RuleKind::Age, 40)), None), Some(Unit::Years)),
            (
                of(Some(bare), Some(rule(RuleKind::Quota, 1))),
                Some(Unit::Count),
            ),
            (of(Some(bare), None), None),
            (
                Deviation::Amount {
                    recorded: Fen::new(1),
                    recomputed: None,
                },
                None,
            ),
        ];
        for (deviation, expected) in cases {
            assert_eq!(deviation.unit(), expected, "{deviation:?}");
        }
    }
}
