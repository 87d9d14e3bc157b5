//! How much is paid for a person's place; the standard of its class is in
//! [`crate::class::standard`].
//!
//! A class has one rate: what its approval or contract names, or the standard of the documents for
//! its occupation and level, with all of its planned class hours and months and for no group. It
//! is what a contracted place is worth as long as nothing else is known: an advance before the
//! approval takes its share of it. What a place is worth in the end is worked out when the subsidy
//! is approved:
//!
//! - without an amount rule the rate of the class;
//! - with one, what it gives for the person's own class hours (no more than the class planned),
//!   months and groups; several groups: the most. A group or an uplift may give more than the rate
//!   of the class, fewer hours or months less. Where the approval of the class decides, a rate
//!   table that is published or corrected after it changes nothing, for no group;
//! - and where the class's contract names the rate, no more than that: the contract is a price
//!   below the standard, and the standard holds for the person as well.

use super::Measured;
use crate::Fen;
use crate::class::standard::{Rate, Units, added, rate};
use crate::coded::RuleKind;
use crate::decide::months;
use crate::decide::sink::{Sink, Verdict};
use crate::event::{PersonStatus, RateSource};
use crate::policy::book::{InForce, Training};
use crate::policy::{AmountRule, RateValue};
use crate::refusal::{Reason, Refusal};

impl Measured<'_> {
    /// The amount of the place, in fen; none when the rules give none.
    pub(super) fn amount(&self, sink: &mut impl Sink) -> Option<Fen> {
        let class = self.place.class;
        let approved = class.approved.position;
        let verdict = Verdict::passed(RuleKind::Amount);
        let contract = ("rate of the class", "班级补贴标准");
        let Some(rule) = self.rules.rule(|scheme| scheme.amount.as_ref()) else {
            sink.looks_at(contract, format_args!("{}", class.rate), [approved]);
            sink.verdict(verdict.amount(class.rate));
            return Some(class.rate);
        };
        let (rate, base) = match self.by_rule(rule, sink) {
            Ok(found) => found,
            Err(refusal) => {
                let refused = refusal.about(self.person);
                sink.verdict(verdict.under(rule).unless(Some(refused)));
                return None;
            }
        };
        let mut verdict = verdict;
        verdict.clause = Some(rate.clause);
        let uplift = self.rules.rule(|scheme| scheme.uplift.as_ref());
        let added = match uplift.filter(|_| class.scarce) {
            Some(uplift) => added(base, uplift.ruled.rule),
            None => Ok(Fen::ZERO),
        };
        let standard = added
            .as_ref()
            .ok()
            .and_then(|added| base.checked_add(*added));
        let Some((added, standard)) = added.ok().zip(standard) else {
            let overflow = self.refusal(Reason::AmountOverflow);
            sink.verdict(verdict.unless(Some(overflow)));
            return None;
        };
        if !matches!(class.rate_source, RateSource::Standard(_)) {
            sink.looks_at(contract, format_args!("{}", class.rate), [approved]);
            let amount = standard.min(class.rate);
            sink.verdict(verdict.limit(standard.get(), amount.get()).amount(amount));
            return Some(amount);
        }
        sink.verdict(verdict.amount(base));
        if let Some(uplift) = uplift {
            let verdict = Verdict::passed(RuleKind::Uplift).under(uplift);
            sink.verdict(if class.scarce {
                verdict.amount(added)
            } else {
                verdict.not_applicable()
            });
        }
        Some(standard)
    }

    /// What the amount rule gives for the person: of the groups held on the first training day the
    /// one that is paid most.
    fn by_rule<'r>(
        &'r self,
        rule: InForce<'r, AmountRule>,
        sink: &mut impl Sink,
    ) -> Result<(Rate<'r>, Fen), Refusal> {
        let class = self.place.class;
        let units = self.units();
        let training = Training {
            occupation: class.occupation,
            level: class.level,
            approved: class.approved.position,
        };
        let book = &self.deciding.context.policies;
        let case = self.rules.case();
        let not_found = || Refusal::new(Reason::RateNotFound).under(rule.cite());
        let price = |group| {
            let rate = rate(book, &case, rule, training, group).ok_or_else(not_found)?;
            Ok((rate, rate.amount(units)?))
        };
        let first = class.starts_on;
        let held = self.place.person.statuses.iter();
        let held = held.filter(|record| record.holds_within(first, first));
        let mut best: Option<Result<(Rate<'r>, Fen), Refusal>> = None;
        for record in held {
            let PersonStatus::Group(group) = record.status else {
                continue;
            };
            let found = price(Some(group));
            if let Ok((_, amount)) = &found {
                sink.rests_on(
                    ("group and its rate", "人员类别及标准"),
                    (
                        format_args!("{} {amount}", group.code()),
                        format_args!("{}{amount}", group.name_zh()),
                    ),
                    [record.position],
                );
            }
            best = Some(match (best, found) {
                (Some(Ok(held)), Ok(found)) if found.1 <= held.1 => Ok(held),
                (Some(Ok(held)), Err(_)) => Ok(held),
                (_, found) => found,
            });
        }
        let best = best.unwrap_or_else(|| price(None))?;
        let approved = [class.approved.position];
        let training = format_args!("{}", class.occupation);
        sink.looks_at(("occupation", "职业（工种）"), training, approved);
        match best.0.value {
            RateValue::Fixed(_) => {}
            RateValue::Hourly { .. } => {
                let completed = self.place.enrolment.completed;
                let completed = completed.map(|completed| completed.position);
                let value = format_args!("{}", units.hours);
                sink.looks_at(("class hours attended", "出勤学时"), value, completed);
            }
            RateValue::Monthly { .. } => {
                let value = format_args!("{}", units.months);
                sink.looks_at(("months begun", "培训月数"), value, approved);
            }
        }
        Ok(best)
    }

    /// Class hours attended, no more than planned, and months begun from the first attendance (the
    /// first day of the class where none is on record) to the completion or the end of the class.
    fn units(&self) -> Units {
        let (class, enrolment) = (self.place.class, self.place.enrolment);
        let attended = enrolment.first_attendance.map(|first| first.on);
        let first = attended.unwrap_or(class.starts_on);
        let completed = enrolment.completed.map(|completed| completed.on);
        let last = completed.map_or(class.ends_on, |on| on.min(class.ends_on));
        Units {
            hours: enrolment.class_hours.min(class.class_hours),
            months: months::begun(first, last),
        }
    }
}
