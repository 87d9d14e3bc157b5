//! What a person has to be on the training dates: group, age, pension, insurance, residence,
//! year of graduation; and not found to have trained falsely.
//!
//! Looked at again with each payment: what is learnt after the approval counts.

use super::Measured;
use crate::coded::RuleKind;
use crate::decide::months;
use crate::decide::sink::{Sink, Verdict};
use crate::entity::StatusRecord;
use crate::event::PersonStatus;
use crate::policy::HeldOn;
use crate::policy::book::InForce;
use crate::refusal::{Reason, Refusal};
use crate::{BusinessDate, Division, Position};
use std::iter;

impl Measured<'_> {
    pub(crate) fn person_rules(&self, sink: &mut impl Sink) {
        self.groups(sink);
        self.age(sink);
        self.pension(sink);
        self.insured_months(sink);
        self.contract_residence(sink);
        self.residence(sink);
        self.graduating_year(sink);
        self.finding(sink);
    }

    /// The person belongs to one of the groups, on the first training day or on every one.
    fn groups(&self, sink: &mut impl Sink) {
        let Some(rule) = self.rules.rule(|scheme| scheme.groups.as_ref()) else {
            return;
        };
        let class = self.place.class;
        let last = match rule.ruled.rule.held {
            HeldOn::FirstDay => class.starts_on,
            HeldOn::Throughout => class.ends_on,
        };
        let any_of = &rule.ruled.rule.any_of;
        let wanted =
            |status| matches!(status, PersonStatus::Group(group) if any_of.contains(&group));
        let records = &self.place.person.statuses;
        let chain = chain(records, wanted, class.starts_on, last);
        for record in chain.clone() {
            if let PersonStatus::Group(group) = record.status {
                sink.rests_on(
                    ("group", "人员类别"),
                    (
                        format_args!("{}", group.code()),
                        format_args!("{}", group.name_zh()),
                    ),
                    [record.position],
                );
            }
        }
        let outside = (!reaches(chain, last)).then(|| {
            let is_group = |status| matches!(status, PersonStatus::Group(_));
            let groups = records.iter().filter(|record| is_group(record.status));
            let outside = self.refusal(Reason::NotInGroup);
            outside.because(groups.map(|record| record.position))
        });
        sink.verdict(
            Verdict::passed(RuleKind::Groups)
                .under(rule)
                .unless(outside),
        );
    }

    /// Age by sex on the first training day. An age that is not on record is refused; a sex that is
    /// not has the lower of both upper bounds.
    fn age(&self, sink: &mut impl Sink) {
        let Some(rule) = self.rules.rule(|scheme| scheme.age.as_ref()) else {
            return;
        };
        let first = self.place.class.starts_on;
        let newest_first = || self.place.person.statuses.iter().rev();
        let holds = |record: &&StatusRecord| record.holds_within(first, first);
        let age = newest_first()
            .filter(holds)
            .find_map(|record| match record.status {
                PersonStatus::Age(age) => Some((age, record.position)),
                _ => None,
            });
        let sex = newest_first()
            .filter(holds)
            .find_map(|record| match record.status {
                PersonStatus::Sex(sex) => Some((sex, record.position)),
                _ => None,
            });
        let bounds = rule.ruled.rule;
        let max = bounds.max(sex.map(|(sex, _)| sex));
        if let Some((sex, position)) = sex {
            sink.rests_on(
                ("sex", "性别"),
                (
                    format_args!("{}", sex.code()),
                    format_args!("{}", sex.name_zh()),
                ),
                [position],
            );
        }
        let verdict = Verdict::passed(RuleKind::Age).under(rule);
        let Some((age, position)) = age else {
            let unknown = self.refusal(Reason::AgeOutOfBounds);
            return sink.verdict(verdict.unless(Some(unknown)));
        };
        sink.rests_on(("age", "年龄"), format_args!("{age}"), [position]);
        let limit = if age < bounds.min { bounds.min } else { max };
        let outside = !(bounds.min..=max).contains(&age);
        let outside = outside.then(|| {
            let facts = sex.map(|(_, position)| position);
            let outside = self.refusal(Reason::AgeOutOfBounds);
            outside.because(facts.into_iter().chain([position]))
        });
        sink.verdict(
            verdict
                .limit(i64::from(limit), i64::from(age))
                .unless(outside),
        );
    }

    /// No monthly pension on any training day (不具有按月领取养老金资格).
    fn pension(&self, sink: &mut impl Sink) {
        let Some(rule) = self.rules.rule(|scheme| scheme.pension_excluded.as_ref()) else {
            return;
        };
        let (first, last) = (self.place.class.starts_on, self.place.class.ends_on);
        let mut statuses = self.place.person.statuses.iter();
        let drawn = statuses.find(|record| {
            record.status == PersonStatus::Pension && record.holds_within(first, last)
        });
        if let Some(record) = drawn {
            let from = format_args!("{}", record.valid_from);
            sink.looks_at(("pension from", "养老金起领"), from, [record.position]);
        }
        let draws = drawn.map(|record| {
            let draws = self.refusal(Reason::DrawsPension);
            draws.because([record.position])
        });
        sink.verdict(Verdict::passed(RuleKind::Pension).under(rule).unless(draws));
    }

    /// Whole months of unemployment insurance up to the date that decides the rule. Times that
    /// overlap or follow each other count once and together.
    fn insured_months(&self, sink: &mut impl Sink) {
        let Some(rule) = self.rules.rule(|scheme| scheme.insured_months.as_ref()) else {
            return;
        };
        let dates = self.rules.dates();
        let until = dates.get(rule.ruled.decided_by).unwrap_or(self.deciding.on);
        let insured = |record: &&StatusRecord| {
            record.status == PersonStatus::UnemploymentInsured && record.valid_from <= until
        };
        let records = || self.place.person.statuses.iter().filter(insured);
        let months = months_covered(records().copied(), until);
        let positions = || records().map(|record| record.position);
        sink.rests_on(
            ("insured months", "参保月数"),
            format_args!("{months}"),
            positions(),
        );
        sink.looks_at(("counted until", "计算截止"), format_args!("{until}"), None);
        let needed = rule.ruled.rule;
        let few = (months < needed).then(|| {
            let few = self.refusal(Reason::TooFewInsuredMonths);
            few.because(positions())
        });
        let verdict = Verdict::passed(RuleKind::InsuredMonths).under(rule);
        let verdict = verdict.limit(i64::from(needed), i64::from(months));
        sink.verdict(verdict.unless(few));
    }

    /// The contract of the class may ask for residence, without a policy document.
    fn contract_residence(&self, sink: &mut impl Sink) {
        if let Some(wanted) = self.place.class.residence {
            let contract = [self.place.class.approved.position];
            self.resident(wanted, None, contract, sink);
        }
    }

    fn residence(&self, sink: &mut impl Sink) {
        if let Some(rule) = self.rules.rule(|scheme| scheme.residence.as_ref()) {
            self.resident(rule.ruled.rule, Some(rule), [], sink);
        }
    }

    /// Resident in the division or inside it on every training day.
    fn resident(
        &self,
        wanted: Division,
        rule: Option<InForce<'_, Division>>,
        asked_by: impl IntoIterator<Item = Position>,
        sink: &mut impl Sink,
    ) {
        let (first, last) = (self.place.class.starts_on, self.place.class.ends_on);
        let records = &self.place.person.statuses;
        let inside = |status| match status {
            PersonStatus::Residence(division) => wanted.contains(division),
            _ => false,
        };
        let chain = chain(records, inside, first, last);
        sink.looks_at(
            ("wanted residence", "要求的户籍（居住地）"),
            format_args!("{wanted}"),
            None,
        );
        for record in chain.clone() {
            if let PersonStatus::Residence(division) = record.status {
                let value = format_args!("{division}");
                sink.rests_on(("residence", "户籍（居住地）"), value, [record.position]);
            }
        }
        let elsewhere = (!reaches(chain, last)).then(|| {
            let is_residence = |status| matches!(status, PersonStatus::Residence(_));
            let residences = records.iter().filter(|record| is_residence(record.status));
            let facts = residences.map(|record| record.position);
            self.refusal(Reason::NotResident)
                .because(facts.chain(asked_by))
        });
        let verdict = Verdict::passed(RuleKind::Residence);
        let verdict = match rule {
            Some(rule) => verdict.under(rule),
            None => verdict,
        };
        sink.verdict(verdict.unless(elsewhere));
    }

    /// The training begins in the calendar year in which the person graduates (毕业年度).
    fn graduating_year(&self, sink: &mut impl Sink) {
        let Some(rule) = self.rules.rule(|scheme| scheme.graduating_year.as_ref()) else {
            return;
        };
        let first = self.place.class.starts_on;
        let graduation = |record: &StatusRecord| match record.status {
            PersonStatus::GraduatesIn(year) if record.holds_within(first, first) => Some(year),
            _ => None,
        };
        let on_record = || {
            let newest_first = self.place.person.statuses.iter().rev();
            newest_first.filter_map(|record| Some((graduation(record)?, record.position)))
        };
        let wanted = i64::from(first.year());
        let right = on_record().find(|(year, _)| i64::from(*year) == wanted);
        let newest = right.or_else(|| on_record().next());
        if let Some((year, position)) = newest {
            sink.rests_on(
                ("graduates in", "毕业年度"),
                format_args!("{year}"),
                [position],
            );
        }
        let verdict = Verdict::passed(RuleKind::GraduatingYear).under(rule);
        let verdict = match newest {
            Some((year, _)) => verdict.limit(wanted, i64::from(year)),
            None => verdict,
        };
        let other = right.is_none().then(|| {
            let other = self.refusal(Reason::NotGraduatingYear);
            other.because(newest.map(|(_, position)| position))
        });
        sink.verdict(verdict.unless(other));
    }

    /// Nothing more is approved or paid on training that a case found false (鲁人社字〔2025〕87号
    /// 二(六)): what was paid has to come back, not to be added to.
    fn finding(&self, sink: &mut impl Sink) {
        let found_false = self.place.class.found_false;
        let finding = found_false.or(self.place.enrolment.found_false);
        sink.verdict(
            Verdict::passed(RuleKind::Finding).unless(finding.map(|finding| {
                let found: Refusal = self.refusal(Reason::FoundFalse);
                found.because([finding])
            })),
        );
    }
}

/// Records of the wanted statuses that follow each other without a gap from the first day on, each
/// the one that lasts longest; it ends where the last day is covered or nothing follows.
fn chain(
    records: &[StatusRecord],
    wanted: impl Fn(PersonStatus) -> bool + Clone,
    first: BusinessDate,
    last: BusinessDate,
) -> impl Iterator<Item = &StatusRecord> + Clone {
    let longest_on = move |day: BusinessDate| {
        let on_day = records
            .iter()
            .filter(|record| record.holds_within(day, day));
        on_day
            .filter(|record| wanted(record.status))
            .max_by_key(|record| record.valid_until.unwrap_or(BusinessDate::MAX))
    };
    iter::successors(longest_on(first), move |record| {
        let until = record.valid_until.filter(|until| *until < last)?;
        longest_on(until.add_days(1)?)
    })
}

/// Whether a chain covers the last day.
fn reaches<'p>(chain: impl Iterator<Item = &'p StatusRecord>, last: BusinessDate) -> bool {
    let end = chain.last();
    end.is_some_and(|record| record.valid_until.is_none_or(|until| last <= until))
}

/// Whole months that the records cover up to a day, in stretches without a gap.
fn months_covered(records: impl Iterator<Item = StatusRecord>, until: BusinessDate) -> u32 {
    let end_of = |record: &StatusRecord| record.valid_until.unwrap_or(until).min(until);
    let mut spans: Vec<_> = records
        .map(|record| (record.valid_from, end_of(&record)))
        .filter(|(first, last)| first <= last)
        .collect();
    spans.sort_unstable();
    let mut covered: u32 = 0;
    let mut stretch: Option<(BusinessDate, BusinessDate)> = None;
    for (first, last) in spans {
        stretch = match stretch {
            Some((from, to)) if to.add_days(1).is_none_or(|next| first <= next) => {
                Some((from, to.max(last)))
            }
            Some((from, to)) => {
                covered = covered.saturating_add(months::whole(from, to));
                Some((first, last))
            }
            None => Some((first, last)),
        };
    }
    let rest = stretch.map_or(0, |(from, to)| months::whole(from, to));
    covered.saturating_add(rest)
}
