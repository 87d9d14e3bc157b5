//! The standard of a class: what the amount rule of a document gives for an occupation and level.

use crate::Fen;
use crate::coded::Group;
use crate::limits::RATE_MAX_FEN;
use crate::policy::book::{Clause, InForce, RuleCase, Training};
use crate::policy::{AmountRule, PolicyBook, RateValue, Uplift};
use crate::refusal::{Reason, Refusal};

/// What an hourly or monthly rate is multiplied with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Units {
    /// Class hours.
    pub(crate) hours: u32,
    /// Months begun.
    pub(crate) months: u32,
}

/// A rate and where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate<'a> {
    pub(crate) value: RateValue,
    pub(crate) clause: Clause<'a>,
}

/// The rate that an amount rule gives for a case.
pub(crate) fn rate<'a>(
    book: &'a PolicyBook,
    case: &RuleCase<'_>,
    rule: InForce<'a, AmountRule>,
    training: Training,
    group: Option<Group>,
) -> Option<Rate<'a>> {
    match rule.ruled.rule {
        AmountRule::Stated(value) => Some(Rate {
            value,
            clause: rule.clause(),
        }),
        AmountRule::ByTable => {
            let row = book.rate_for(case, rule.ruled, training, group)?;
            Some(Rate {
                value: row.ruled.rule,
                clause: row.clause(),
            })
        }
    }
}

impl Rate<'_> {
    /// The amount in fen for so many hours and months.
    pub(crate) fn amount(&self, units: Units) -> Result<Fen, Refusal> {
        let amount = match self.value {
            RateValue::Fixed(amount) => Some(amount),
            RateValue::Hourly { hours_min, .. } if units.hours < hours_min => {
                return Err(Refusal::new(Reason::TooFewClassHours)
                    .under(self.clause.cite())
                    .limit(i64::from(hours_min), i64::from(units.hours)));
            }
            RateValue::Hourly { per_hour, cap, .. } => {
                let by_hours = per_hour.checked_mul(u64::from(units.hours));
                by_hours.map(|amount| amount.min(cap))
            }
            RateValue::Monthly {
                per_month,
                months_max,
            } => per_month.checked_mul(u64::from(units.months.min(months_max))),
        };
        bounded(amount)
    }
}

/// What is added to an amount for a scarce occupation, rounded down to the fen.
pub(crate) fn added(amount: Fen, uplift: Uplift) -> Result<Fen, Refusal> {
    let added = amount.share(uplift.share);
    bounded(added.and_then(|added| amount.checked_add(added)))?;
    bounded(added)
}

/// The bound of a rate holds for an amount as well.
fn bounded(amount: Option<Fen>) -> Result<Fen, Refusal> {
    let amount = amount.filter(|amount| amount.get() <= RATE_MAX_FEN);
    amount.ok_or_else(|| Refusal::new(Reason::AmountOverflow).about("amount of a subsidy"))
}
