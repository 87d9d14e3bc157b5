//! What a person's earlier subsidies bar: the same again, a lower level, another scheme's share.
//!
//! A place that holds its quota slot was measured when it took it and is not measured again.

use super::Measured;
use super::quota::within;
use crate::class::level_names;
use crate::coded::RuleKind;
use crate::decide::sink::{Sink, Verdict};
use crate::entity::QuotaSlot;
use crate::policy::book::{InForce, OwnScheme};
use crate::policy::{ExclusionScope, PublishedPolicy, RepeatWindow};
use crate::refusal::Reason;

impl<'a> Measured<'a> {
    pub(crate) fn history_rules(&self, sink: &mut impl Sink) {
        self.no_repeat(sink);
        self.higher_level(sink);
        self.exclusion(sink);
        self.quotas(sink);
    }

    /// The same occupation and level again (同一职业同一等级不可重复享受), over the editions of the
    /// dictionary, for ever or for so many months from the day the other slot was taken. Approvals
    /// need not come in the order of their dates: one dated back keeps the same distance.
    fn no_repeat(&self, sink: &mut impl Sink) {
        let Some(rule) = self.rules.rule(|scheme| scheme.no_repeat.as_ref()) else {
            return;
        };
        let on = self.deciding.on;
        let barred = move |slot: &&QuotaSlot| match rule.ruled.rule {
            RepeatWindow::Ever => true,
            RepeatWindow::Months(months) => {
                within(slot.taken_on, on, months) && within(on, slot.taken_on, months)
            }
        };
        let same = move |slot: &&QuotaSlot| self.same_training(slot) && self.together(slot);
        let earlier = || self.live_slots().filter(same).filter(barred);
        let reason = Reason::SameOccupationAndLevel;
        self.against_slots((RuleKind::NoRepeat, reason), rule, earlier, sink);
    }

    /// A lower level of an occupation of which a higher one was subsidised.
    fn higher_level(&self, sink: &mut impl Sink) {
        let Some(rule) = self.rules.rule(|scheme| scheme.higher_level.as_ref()) else {
            return;
        };
        let level = self.place.class.level;
        let higher = move |slot: &&QuotaSlot| {
            let above = slot
                .level
                .zip(level)
                .is_some_and(|(held, asked)| held > asked);
            above && self.same_occupation(slot) && self.together(slot)
        };
        let earlier = || self.live_slots().filter(higher);
        let reason = Reason::HigherLevelPaid;
        self.against_slots((RuleKind::HigherLevel, reason), rule, earlier, sink);
    }

    /// Training that another scheme subsidised (insurance-paid and training subsidy), by the rule
    /// of this scheme or of the other one: what excludes each other does so in either order. The
    /// other one's rule holds by the document in force today, and by the one that its subsidy was
    /// drawn under, whose end does not lift what was agreed to with the money.
    fn exclusion(&self, sink: &mut impl Sink) {
        let kind = (RuleKind::SchemeExclusion, Reason::OtherSchemePaid);
        if let Some(rule) = self.rules.rule(|scheme| scheme.excludes.as_ref()) {
            let excluded = &rule.ruled.rule;
            let paid = |slot: &&QuotaSlot| {
                excluded.schemes.contains(&slot.scheme) && self.excluded(excluded.same, slot)
            };
            self.against_slots(kind, rule, || self.live_slots().filter(paid), sink);
        }
        let class = self.place.class;
        let policies = &self.deciding.context.policies;
        let division = class.account.division;
        for (other, rule) in policies.excluding(&class.scheme) {
            let same = rule.ruled.rule.same;
            let states = |document: Option<&PublishedPolicy>| {
                document.is_some_and(|it| it.position == rule.published.position)
            };
            let holds = states(policies.in_force(other, division, self.deciding.on));
            let paid = |slot: &&QuotaSlot| {
                slot.scheme == *other
                    && self.excluded(same, slot)
                    && (holds || states(policies.taken_under(other, division, slot.taken_on)))
            };
            let barred = || self.live_slots().filter(paid);
            if holds || barred().next().is_some() {
                self.against_slots(kind, rule, barred, sink);
            }
        }
    }

    fn excluded(&self, same: ExclusionScope, slot: &QuotaSlot) -> bool {
        match same {
            ExclusionScope::OccupationAndLevel => self.same_training(slot),
            ExclusionScope::CalendarYear => slot.year == self.quota_year(),
        }
    }

    fn against_slots<'s, T, I: Iterator<Item = &'s QuotaSlot>>(
        &self,
        (kind, reason): (RuleKind, Reason),
        rule: InForce<'_, T>,
        earlier: impl Fn() -> I,
        sink: &mut impl Sink,
    ) {
        let verdict = Verdict::passed(kind).under(rule);
        if self.holds_slot() {
            return sink.verdict(verdict.not_applicable());
        }
        let class = self.place.class;
        let (occupation, (en, zh)) = (class.occupation, level_names(class.level));
        sink.looks_at(
            ("occupation and level", "职业（工种）及等级"),
            (
                format_args!("{occupation} {en}"),
                format_args!("{occupation}{zh}"),
            ),
            [class.approved.position],
        );
        for slot in earlier() {
            let (en, zh) = level_names(slot.level);
            let QuotaSlot {
                taken_on,
                scheme,
                occupation,
                ..
            } = slot;
            sink.looks_at(
                ("earlier subsidy", "已享受补贴"),
                (
                    format_args!("{taken_on} {scheme} {occupation} {en}"),
                    format_args!("{taken_on} {scheme} {occupation}{zh}"),
                ),
                [slot.taken],
            );
        }
        let barred = earlier().next().is_some().then(|| {
            let barred = self.refusal(reason);
            barred.because(earlier().map(|slot| slot.taken))
        });
        sink.verdict(verdict.unless(barred));
    }

    /// Whether the place holds its slot already.
    pub(crate) fn holds_slot(&self) -> bool {
        self.place.person.slot_of(self.class).is_some()
    }

    /// Slots of other classes that were not given back.
    pub(super) fn live_slots(&self) -> impl Iterator<Item = &'a QuotaSlot> + Clone + use<'a> {
        let class = self.class;
        let slots = self.place.person.slots.iter();
        slots.filter(move |slot| slot.freed.is_none() && slot.class != class)
    }

    /// Whether the slot's subsidy is measured with this one: those of one scheme always, those of
    /// two unless the rules that one of them stands under count it apart.
    pub(super) fn together(&self, slot: &QuotaSlot) -> bool {
        let policies = &self.deciding.context.policies;
        policies.is_measured_with(self.own_scheme(), || self.is_apart(), slot.into())
    }

    pub(super) fn own_scheme(&self) -> OwnScheme<'a> {
        let class = self.place.class;
        OwnScheme {
            scheme: &class.scheme,
            division: class.account.division,
        }
    }

    /// Whether the rules that hold for the place count its scheme apart from the others.
    pub(super) fn is_apart(&self) -> bool {
        let apart = self.rules.rule(|scheme| scheme.counted_apart.as_ref());
        apart.is_some()
    }

    fn same_training(&self, slot: &QuotaSlot) -> bool {
        slot.level == self.place.class.level && self.same_occupation(slot)
    }

    fn same_occupation(&self, slot: &QuotaSlot) -> bool {
        let policies = &self.deciding.context.policies;
        let asked = self.place.class.occupation;
        slot.occupation == asked || policies.canonical(slot.occupation) == policies.canonical(asked)
    }
}
