//! Figures of a document that are right by themselves and probably not meant: written in another
//! unit, or other than the clause beside them.

use crate::clause::{self, Figure, Unit};
use crate::compile::TARGET_PREFIX;
use crate::consistency::numbered;
use crate::flaw::FlawKind;
use crate::reader::Sink;
use ledger_core::policy::{
    AmountRule, AwardAmount, FundShare, QuotaWindow, RateValue, Ratio, RepeatWindow, Ruled, Scheme,
};
use ledger_core::{Fen, Policy, Share};

/// The least award that is not doubted, in fen: the least that a document prints is 1,000 yuan (a
/// month; 鲁人社发〔2020〕18号 三(四)16), and in units of 10,000 the largest is 500.
const AWARD_MIN_FEN: i64 = 100_000;
/// The least fixed rate of a person that is not doubted, in fen: 10 yuan. In units of 10,000 yuan
/// rates are below one.
const RATE_MIN_FEN: i64 = 1_000;
/// Thousandths of a fen's hundred: what a clause's figure in yuan has for each fen.
const THOUSANDTHS_PER_FEN: u64 = 10;
/// Yuan in 万元.
const TEN_THOUSAND: u64 = 10_000;

/// Where a rule stands, and the figures of its clause.
struct Beside<'a> {
    sink: &'a Sink<'a>,
    path: String,
    figures: Vec<Figure>,
}

/// Checks a document that was read without error.
pub(crate) fn check(policy: &Policy, sink: &Sink<'_>) {
    for scheme in &policy.schemes {
        amounts(scheme, sink);
        shares(scheme, sink);
        times(scheme, sink);
    }
    let mut rates: Vec<_> = policy.rates.rows.iter().collect();
    rates.sort_by_key(|(key, _)| (key.scheme.to_string(), key.occupation, key.level, key.group));
    for (key, rate) in rates {
        let at = crate::compile::rate_path(&key.scheme);
        Beside::new(sink, at, &rate.clause).rate(rate.rule);
    }
    for target in &policy.targets {
        let at = Beside::new(
            sink,
            format!("{TARGET_PREFIX}{}", target.rule.target),
            &target.clause,
        );
        if let Some(figure) = target.rule.figure {
            at.number(figure);
        }
    }
    let several = policy.accruals.len() > 1;
    for (index, accrual) in policy.accruals.iter().enumerate() {
        let path = numbered("accrual", index, several);
        let at = Beside::new(sink, path, &accrual.clause);
        if let Some(share) = accrual.rule.share {
            at.share("share", share);
        }
        at.months("capacity_months", accrual.rule.capacity_months, false);
    }
    let several = policy.penalties.len() > 1;
    for (index, penalty) in policy.penalties.iter().enumerate() {
        let path = numbered("penalty", index, several);
        let at = Beside::new(sink, path, &penalty.clause);
        at.ratio("min", penalty.rule.min);
        at.ratio("max", penalty.rule.max);
    }
}

fn beside<'a, T>(
    (scheme, sink): (&Scheme, &'a Sink<'a>),
    rule: &str,
    ruled: Option<&Ruled<T>>,
) -> Option<(Beside<'a>, T)>
where
    T: Clone,
{
    let ruled = ruled?;
    let path = format!("{}.{rule}", scheme.scheme);
    Some((Beside::new(sink, path, &ruled.clause), ruled.rule.clone()))
}

fn amounts<'a>(scheme: &Scheme, sink: &'a Sink<'a>) {
    let at = (scheme, sink);
    if let Some((at, AmountRule::Stated(value))) = beside(at, "amount", scheme.amount.as_ref()) {
        at.rate(value);
    }
    if let Some((at, award)) = beside(at, "award", scheme.award.as_ref()) {
        match award.amount {
            AwardAmount::Fixed(amount) | AwardAmount::AtLeast(amount) => {
                at.sum("amount", amount, AWARD_MIN_FEN);
            }
            AwardAmount::MonthlyAtLeast(amount) => at.sum("per_month", amount, RATE_MIN_FEN),
            AwardAmount::Decided => {}
        }
    }
}

fn shares<'a>(scheme: &Scheme, sink: &'a Sink<'a>) {
    let at = (scheme, sink);
    if let Some((at, uplift)) = beside(at, "uplift", scheme.uplift.as_ref()) {
        at.share("share", uplift.share);
    }
    if let Some((at, project)) = beside(at, "project", scheme.project.as_ref()) {
        at.share("advance_share", project.advance_share);
        at.share("full_payment_rate", project.full_payment_rate);
        if project.advance_share.numerator() == project.advance_share.denominator() {
            at.note(FlawKind::AdvanceIsWhole);
        }
    }
    if let Some((at, evidence)) = beside(at, "evidence", Some(&scheme.evidence))
        && let Some(attendance) = evidence.attendance
    {
        at.share("attendance", attendance);
    }
    if let Some((at, split)) = beside(at, "fund_split", scheme.split.as_ref()) {
        for FundShare { share, .. } in split {
            at.share("share", share);
        }
    }
}

fn times<'a>(scheme: &Scheme, sink: &'a Sink<'a>) {
    let at = (scheme, sink);
    let several = scheme.quotas.len() > 1;
    for (index, quota) in scheme.quotas.iter().enumerate() {
        let rule = numbered("quota", index, several);
        if let Some((at, quota)) = beside(at, &rule, Some(quota))
            && let QuotaWindow::RollingMonths(months) = quota.window
        {
            at.months("months", months, true);
        }
    }
    if let Some((at, RepeatWindow::Months(months))) =
        beside(at, "no_repeat", scheme.no_repeat.as_ref())
    {
        at.months("months", months, true);
    }
    if let Some((at, months)) = beside(at, "insured_months", scheme.insured_months.as_ref()) {
        at.months("months", months, false);
    }
    if let Some((at, deadline)) = beside(at, "claim_deadline", scheme.claim_deadline.as_ref()) {
        at.months("months", deadline.months, true);
    }
    if let Some((at, project)) = beside(at, "project", scheme.project.as_ref()) {
        let months = project.employment_window_months;
        at.months("employment_window_months", months, true);
    }
    if let Some((at, publicity)) = beside(at, "publicity", scheme.publicity.as_ref()) {
        at.days("days", publicity.days);
    }
    if let Some((at, evidence)) = beside(at, "evidence", Some(&scheme.evidence))
        && let Some(days) = evidence.employment_days
    {
        at.days("employment_days", days);
    }
}

impl<'a> Beside<'a> {
    fn new(sink: &'a Sink<'a>, path: String, clause: &str) -> Self {
        let figures = clause::figures(clause);
        Self {
            sink,
            path,
            figures,
        }
    }

    fn note(&self, kind: FlawKind) {
        self.sink.note_at(&self.path, kind);
    }

    fn said(&self, unit: Unit) -> impl Iterator<Item = u64> + Clone {
        let figures = self.figures.iter();
        figures
            .filter(move |figure| figure.unit == unit)
            .map(|figure| figure.thousandths)
    }

    fn rate(&self, rate: RateValue) {
        match rate {
            RateValue::Fixed(amount) => self.sum("amount", amount, RATE_MIN_FEN),
            RateValue::Hourly { per_hour, .. } => self.sum("per_hour", per_hour, 1),
            RateValue::Monthly { per_month, .. } => self.sum("per_month", per_month, 1),
        }
    }

    /// A sum of money: in yuan, as the clause has it.
    fn sum(&self, key: &'static str, amount: Fen, least: i64) {
        let Ok(fen) = u64::try_from(amount.get()) else {
            return;
        };
        let yuan = fen.saturating_mul(THOUSANDTHS_PER_FEN);
        let in_yuan = self.said(Unit::Yuan);
        let in_ten_thousands = self.said(Unit::TenThousandYuan);
        let written_out = in_ten_thousands.clone();
        let written_out = written_out.map(|figure| figure.saturating_mul(TEN_THOUSAND));
        let mut said = in_yuan.chain(written_out).peekable();
        let says_any = said.peek().is_some();
        if said.any(|said| said == yuan) {
            return;
        }
        let found = amount.to_string();
        self.note(if in_ten_thousands.clone().any(|said| said == yuan) {
            FlawKind::InTenThousands { key, found }
        } else if says_any {
            FlawKind::NotInClause { key, found }
        } else if amount.get() < least {
            FlawKind::AmountSmall { key, found }
        } else {
            return;
        });
    }

    /// A figure of a target.
    fn number(&self, figure: u64) {
        let thousandths = figure.saturating_mul(1_000);
        if self.said(Unit::TenThousand).any(|said| said == thousandths) {
            let found = figure.to_string();
            let key = "figure";
            self.note(FlawKind::InTenThousands { key, found });
        }
    }

    fn share(&self, key: &'static str, share: Share) {
        let (numerator, denominator) = (share.numerator(), share.denominator());
        self.ratio(
            key,
            Ratio {
                numerator,
                denominator,
            },
        );
    }

    fn ratio(&self, key: &'static str, ratio: Ratio) {
        let Ratio {
            numerator,
            denominator,
        } = ratio;
        // In thousandths of a per cent; a figure of a clause has no more than twelve digits.
        let asked = u64::from(numerator).saturating_mul(100_000);
        let is_it = |said: u64| said.saturating_mul(u64::from(denominator)) == asked;
        let mut said = self.said(Unit::Percent).peekable();
        if said.peek().is_some() && !said.any(is_it) {
            let found = format!("{numerator}/{denominator}");
            self.note(FlawKind::NotInClause { key, found });
        }
    }

    /// Months; `short` where years are not usual.
    fn months(&self, key: &'static str, months: u32, short: bool) {
        let asked = u64::from(months).saturating_mul(1_000);
        let years = self.said(Unit::Years).map(|years| years.saturating_mul(12));
        let mut said = self.said(Unit::Months).chain(years).peekable();
        let says_any = said.peek().is_some();
        if said.any(|said| said == asked) {
            return;
        }
        let in_days = self.said(Unit::Days).any(|said| said == asked);
        let found = months.to_string();
        self.note(
            if in_days || (!says_any && looks_like_days(months, short)) {
                FlawKind::MonthsLikeDays { key, months }
            } else if says_any {
                FlawKind::NotInClause { key, found }
            } else {
                return;
            },
        );
    }

    fn days(&self, key: &'static str, days: u32) {
        let asked = u64::from(days).saturating_mul(1_000);
        let is_said = |unit| self.said(unit).any(|said| said == asked);
        if is_said(Unit::Months) && !is_said(Unit::Days) {
            self.note(FlawKind::DaysLikeMonths { key, days });
        }
    }
}

/// Whether so many are what days come in: a month, a quarter, half a year, a year, two. Of the
/// others 60 and 120 are months of five and ten years, where such times are usual.
const fn looks_like_days(months: u32, short: bool) -> bool {
    match months {
        30 | 90 | 180 | 270 | 365 | 366 | 730 | 731 => true,
        60 | 120 | 150 => short,
        _ => false,
    }
}
