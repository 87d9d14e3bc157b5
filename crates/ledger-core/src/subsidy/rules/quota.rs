//! Quotas: at most so many subsidies per person and window, each quota by itself.

use super::Measured;
use crate::coded::RuleKind;
use crate::decide::sink::{Sink, Verdict};
use crate::entity::QuotaSlot;
use crate::policy::book::InForce;
use crate::policy::{Quota, QuotaDate, QuotaWindow};
use crate::refusal::Reason;
use crate::{BusinessDate, Occupation};
use std::iter;

/// The use of a person's first quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QuotaUse {
    /// The calendar year that the subsidy counts in.
    pub(crate) year: i32,
    /// Which slot of the window this one is, from 1.
    pub(crate) used: u32,
    pub(crate) limit: u32,
}

/// The slots that count in a window beside the place's own.
#[derive(Debug, Clone, Copy)]
enum Window {
    Year(i32),
    /// So many months up to and including the day.
    Months(u32, BusinessDate),
}

impl<'a> Measured<'a> {
    /// Every quota of the scheme; the refusal names the one that is used up.
    pub(super) fn quotas(&self, sink: &mut impl Sink) {
        let Some((published, quotas)) = self.rules.quotas() else {
            return;
        };
        for ruled in quotas {
            let rule = InForce { published, ruled };
            let verdict = Verdict::passed(RuleKind::Quota).under(rule);
            let quota = &ruled.rule;
            if self.holds_slot() || !self.is_counted(quota, self.place.class.occupation) {
                sink.verdict(verdict.not_applicable());
                continue;
            }
            let window = self.window(quota);
            let used = self.counted(quota, window).count();
            let used = u32::try_from(used).unwrap_or(u32::MAX);
            match window {
                Window::Year(year) => {
                    sink.looks_at(("calendar year", "自然年度"), format_args!("{year}"), None);
                }
                Window::Months(months, end) => {
                    let first = first_day(end, months);
                    let value = format_args!("{first}..{end}");
                    sink.looks_at(("window", "计算期"), value, None);
                }
            }
            let taken = || self.counted(quota, window).map(|slot| slot.taken);
            sink.looks_at(
                ("subsidies that count", "已享受次数"),
                format_args!("{used}"),
                taken(),
            );
            let used_up = (used >= quota.limit).then(|| {
                let used_up = self.refusal(Reason::YearlyQuotaUsed);
                used_up.because(taken())
            });
            let verdict = verdict.limit(i64::from(quota.limit), i64::from(used));
            sink.verdict(verdict.unless(used_up));
        }
    }

    /// The year that a subsidy for the place counts in, and which slot this one is in the window of
    /// the first quota that counts it.
    pub(crate) fn quota_use(&self) -> QuotaUse {
        let year = self.quota_year();
        let quotas = self.rules.quotas().map(|(_, quotas)| quotas);
        let occupation = self.place.class.occupation;
        let mut counting = quotas.into_iter().flatten();
        let first = counting.find(|quota| self.is_counted(&quota.rule, occupation));
        let Some(first) = first else {
            let (used, limit) = (0, 0);
            return QuotaUse { year, used, limit };
        };
        let used = self.counted(&first.rule, self.window(&first.rule)).count();
        QuotaUse {
            year,
            used: u32::try_from(used).unwrap_or(u32::MAX).saturating_add(1),
            limit: first.rule.limit,
        }
    }

    /// The calendar year that the place's subsidy counts in, by the date that the first quota
    /// names. It is recorded with the slot, so that every quota by the year counts it there.
    pub(crate) fn quota_year(&self) -> i32 {
        if let Some(slot) = self.place.person.slot_of(self.class) {
            return slot.year;
        }
        let first = self.rules.quotas().and_then(|(_, quotas)| quotas.first());
        let by_certificate = first
            .filter(|quota| quota.rule.counts_by == QuotaDate::Certificate)
            .and(self.place.enrolment.certificate)
            .map(|certificate| certificate.issued_on.year());
        // A slot that was given back and is taken again counts in the year of the approval still.
        let approval = self.place.enrolment.approval;
        let by_approval = approval.map(|approval| approval.on.year());
        by_certificate
            .or(by_approval)
            .unwrap_or(self.deciding.on.year())
    }

    /// The window that the subsidy falls into. Of rolling windows it is the one that is used most:
    /// approvals need not come in the order of their dates, and one between two others lies in the
    /// window of each later one as well as in its own.
    fn window(&self, quota: &'a Quota) -> Window {
        let months = match quota.window {
            QuotaWindow::CalendarYear => return Window::Year(self.quota_year()),
            QuotaWindow::RollingMonths(months) => months,
        };
        let on = self.deciding.on;
        let scope = self.in_scope(quota);
        let later = scope.filter(|slot| on < slot.taken_on && within(on, slot.taken_on, months));
        let ends = iter::once(on).chain(later.map(|slot| slot.taken_on));
        let used = |end: &BusinessDate| self.counted(quota, Window::Months(months, *end)).count();
        Window::Months(months, ends.max_by_key(used).unwrap_or(on))
    }

    fn counted(
        &self,
        quota: &'a Quota,
        window: Window,
    ) -> impl Iterator<Item = &'a QuotaSlot> + use<'a> {
        let slots = self.in_scope(quota);
        slots.filter(move |slot| match window {
            Window::Year(year) => slot.year == year,
            Window::Months(months, end) => {
                slot.taken_on <= end && within(slot.taken_on, end, months)
            }
        })
    }

    fn in_scope(&self, quota: &'a Quota) -> impl Iterator<Item = &'a QuotaSlot> + use<'a> {
        let measured = *self;
        let slots = self.live_slots();
        let policies = &self.deciding.context.policies;
        slots.filter(move |slot| {
            let is_apart = || measured.is_apart();
            policies.counts(quota, measured.own_scheme(), is_apart, (*slot).into())
        })
    }

    fn is_counted(&self, quota: &Quota, occupation: Occupation) -> bool {
        self.deciding.context.policies.is_counted(quota, occupation)
    }
}

/// Whether a day lies in the months up to and including `end`: twelve months to 2021-03-30 begin
/// on 2020-03-31, as those from 2020-03-31 end on 2021-03-30.
pub(super) fn within(day: BusinessDate, end: BusinessDate, months: u32) -> bool {
    day.add_months(months).is_none_or(|until| end < until)
}

/// The first day of the months up to and including `end`. Where months have different lengths
/// the days at the end of one may belong to the window before.
fn first_day(end: BusinessDate, months: u32) -> BusinessDate {
    let mut day = end.sub_months(months).unwrap_or(BusinessDate::MIN);
    while !within(day, end, months) {
        day = day.add_days(1).unwrap_or(end);
    }
    day
}
