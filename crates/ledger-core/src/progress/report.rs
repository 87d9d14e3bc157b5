//! The report of a quarter: what was counted against what is to be reached.
//!
//! Every figure is an integer. A yearly target is measured by the year up to the end of the
//! quarter, a cumulative one by its whole time up to then. What was counted is what stands; what
//! of it is found false is given beside it.

use super::{Counted, ProgressKey, Quarter};
use crate::coded::Group;
use crate::policy::{PolicyBook, PublishedPolicy, Ruled, Target, TargetPeriod, TargetSum};
use crate::{ActionId, BusinessDate, Division, Position, SectorId, TargetId};
use std::collections::BTreeMap;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// The quarter with whose end the report ends.
    pub quarter: Quarter,
    /// Counts what lies in this division only; everything when absent.
    pub division: Option<Division>,
    /// Targets published after this position, and withdrawals after it, are not known yet. The
    /// counters have to be those as of the same position.
    pub as_of: Position,
    /// The day on which the event at [`Question::as_of`] was recorded, in China Standard Time: a
    /// target whose time is not over by then is not missed, whatever the quarter.
    pub as_of_date: BusinessDate,
}

/// A report.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// What was asked.
    pub question: Question,
    /// Each target whose document is in force, and whose time runs, on some day of the quarter:
    /// by publication and in the order of the document.
    pub targets: Vec<TargetProgress<'a>>,
    /// Targets of those documents that add up to another one.
    pub sums: Vec<SumProgress<'a>>,
    /// Everything that is counted, whether or not there is a target for it; the whole time ends
    /// with the quarter and has no beginning.
    pub totals: BTreeMap<Counted, Breakdown>,
}

/// One target and how far it is reached.
#[derive(Debug, Clone)]
pub struct TargetProgress<'a> {
    /// The document.
    pub published: &'a PublishedPolicy,
    /// The target.
    pub ruled: &'a Ruled<Target>,
    /// What was counted for it; nothing for what the ledger does not count.
    pub counted: Breakdown,
    /// Counted per thousand of the figure, rounded down; none where there is nothing to compare.
    pub permille: Option<u64>,
    /// How it stands.
    pub status: TargetStatus,
    /// Whether its time begins and ends with a quarter. If it does not, the quarters in which it
    /// begins and ends are counted in full: counters know no days.
    pub whole_quarters: bool,
}

/// How a target stands at the end of the quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TargetStatus {
    /// The ledger does not record what the target is about.
    NotCounted,
    /// The document names no number.
    NoFigure,
    /// Only a part of the document's division was asked for, and the figure is for all of it.
    PartOfDivision,
    /// The figure is reached.
    Reached,
    /// The figure is not reached and there is still time: at the end of the quarter, or as of the
    /// position, when that is earlier.
    Running,
    /// The time was over as of the position and the figure was not reached.
    Missed,
}

/// Targets that add up to another one.
#[derive(Debug, Clone)]
pub struct SumProgress<'a> {
    /// The document.
    pub published: &'a PublishedPolicy,
    /// The sum.
    pub ruled: &'a Ruled<TargetSum>,
    /// The figure of the whole.
    pub whole_figure: Option<u64>,
    /// The sum of the figures of the parts; none when a part is missing or has no figure.
    pub parts_figure: Option<u64>,
    /// Whether the figures of the parts add up to that of the whole.
    pub adds_up: bool,
    /// What was counted for the whole.
    pub whole: Counts,
    /// What was counted for the parts, added up.
    pub parts: Counts,
    /// Targets of the document that are neither the whole nor a part: they count apart.
    pub apart: Vec<&'a Target>,
}

/// What was counted, in all and by what it belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breakdown {
    /// In all.
    pub total: Counts,
    /// By action; under none what belongs to no action.
    pub by_action: BTreeMap<Option<ActionId>, Counts>,
    /// By sector; under none what belongs to no sector.
    pub by_sector: BTreeMap<Option<SectorId>, Counts>,
    /// By group. Who belongs to several groups counts in each of them and once in all.
    pub by_group: BTreeMap<Option<Group>, Counts>,
    /// By city; what a province pays or gives itself stands under the province.
    pub by_city: BTreeMap<Division, Counts>,
}

/// What was counted in the quarter, in the year up to its end, and in the whole time up to then.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "said above, in this order")]
pub struct Counts {
    pub quarter: Count,
    pub year: Count,
    pub time: Count,
}

/// A count and what of it is found false.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Everything that stands.
    pub counted: u64,
    /// What of it is found false.
    pub found_false: u64,
}

/// Reports the counters of a position against the targets in force.
///
/// `counters` are those as of [`Question::as_of`], each key once; every key is looked at once per
/// target.
#[must_use]
pub fn report<'a>(
    book: &'a PolicyBook,
    counters: impl IntoIterator<Item = (ProgressKey, u64)>,
    question: Question,
) -> Report<'a> {
    let documents = documents_in_force(book, question);
    let mut targets: Vec<_> = documents
        .iter()
        .flat_map(|published| {
            let targets = published.policy.targets.iter();
            let running = targets.filter(|ruled| ruled.rule.runs_in(question.quarter));
            running.map(|ruled| TargetProgress::new(published, ruled))
        })
        .collect();
    let mut totals: BTreeMap<Counted, Breakdown> = BTreeMap::new();
    for (key, count) in counters {
        let inside = question
            .division
            .is_none_or(|division| division.contains(key.division));
        if key.quarter > question.quarter || !inside {
            continue;
        }
        let counts = Counts::of(&key, count, question.quarter);
        totals.entry(key.measure).or_default().add(&key, counts);
        for target in targets.iter_mut().filter(|target| target.takes(&key)) {
            target.counted.add(&key, counts);
        }
    }
    for target in &mut targets {
        target.judge(question);
    }
    let sums = documents.iter().flat_map(|published| {
        let sums = published.policy.target_sums.iter();
        sums.map(|ruled| SumProgress::new(published, ruled, &targets))
    });
    Report {
        question,
        sums: sums.collect(),
        targets,
        totals,
    }
}

/// The latest version known of each document that is in force on some day of the quarter and holds
/// in the division asked for or in a part of it.
fn documents_in_force(book: &PolicyBook, question: Question) -> Vec<&PublishedPolicy> {
    let known = book
        .published()
        .iter()
        .filter(|published| published.position <= question.as_of);
    let latest: BTreeMap<&str, Position> = known
        .clone()
        .map(|published| (&*published.policy.policy_id, published.position))
        .collect();
    known
        .filter(|published| {
            let policy = &published.policy;
            let concerned = question.division.is_none_or(|division| {
                policy.division.contains(division) || division.contains(policy.division)
            });
            let withdrawn = published
                .withdrawn
                .filter(|withdrawn| withdrawn.position <= question.as_of);
            let begun = question.quarter.first_day().max(policy.valid_from);
            latest.get(&*policy.policy_id) == Some(&published.position)
                && concerned
                && begun <= question.quarter.last_day()
                && policy.valid_until.is_none_or(|until| begun <= until)
                && withdrawn.is_none_or(|withdrawn| begun < withdrawn.effective_on)
        })
        .collect()
}

impl Target {
    /// Whether any day of its time lies in the quarter.
    fn runs_in(&self, quarter: Quarter) -> bool {
        self.from <= quarter.last_day() && quarter.first_day() <= self.until
    }

    fn whole_quarters(&self) -> bool {
        self.from == Quarter::of(self.from).first_day()
            && self.until == Quarter::of(self.until).last_day()
    }

    /// Whether something may still be counted: the quarter ends before the time does, or the last
    /// day is not over as of the position.
    fn is_open(&self, question: Question) -> bool {
        let last = self.ends_on(question.quarter);
        question.quarter.last_day() < last || question.as_of_date <= last
    }

    /// The last day that counts for what is measured in the year of the quarter.
    fn ends_on(&self, quarter: Quarter) -> BusinessDate {
        let year_end = Quarter::new(quarter.year(), 4).map(Quarter::last_day);
        match (self.period, year_end) {
            (TargetPeriod::Yearly, Some(year_end)) => self.until.min(year_end),
            _ => self.until,
        }
    }
}

impl<'a> TargetProgress<'a> {
    fn new(published: &'a PublishedPolicy, ruled: &'a Ruled<Target>) -> Self {
        Self {
            published,
            ruled,
            counted: Breakdown::default(),
            permille: None,
            status: TargetStatus::NotCounted,
            whole_quarters: ruled.rule.whole_quarters(),
        }
    }

    /// Whether the target counts what the key is about.
    fn takes(&self, key: &ProgressKey) -> bool {
        let target = &self.ruled.rule;
        Counted::of(target.measure) == Some(key.measure)
            && self.published.policy.division.contains(key.division)
            && target.runs_in(key.quarter)
            && key.profile.fits(&target.filter)
    }

    /// What is compared with the figure.
    #[must_use]
    pub fn measured(&self) -> Count {
        match self.ruled.rule.period {
            TargetPeriod::Yearly => self.counted.total.year,
            TargetPeriod::Cumulative => self.counted.total.time,
        }
    }

    fn judge(&mut self, question: Question) {
        let target = &self.ruled.rule;
        if Counted::of(target.measure).is_none() {
            return;
        }
        let Some(figure) = target.figure.filter(|figure| *figure > 0) else {
            self.status = TargetStatus::NoFigure;
            return;
        };
        let counted = self.measured().counted;
        self.permille = permille(counted, figure);
        let whole = question
            .division
            .is_none_or(|division| division.contains(self.published.policy.division));
        self.status = if !whole {
            TargetStatus::PartOfDivision
        } else if counted >= figure {
            TargetStatus::Reached
        } else if target.is_open(question) {
            TargetStatus::Running
        } else {
            TargetStatus::Missed
        };
    }
}

/// So many per thousand, rounded down.
fn permille(counted: u64, figure: u64) -> Option<u64> {
    let thousandfold = u128::from(counted).checked_mul(1_000)?;
    let permille = thousandfold.checked_div(u128::from(figure))?;
    Some(u64::try_from(permille).unwrap_or(u64::MAX))
}

impl<'a> SumProgress<'a> {
    fn new(
        published: &'a PublishedPolicy,
        ruled: &'a Ruled<TargetSum>,
        targets: &[TargetProgress<'a>],
    ) -> Self {
        let sum = &ruled.rule;
        let all = || published.policy.targets.iter().map(|ruled| &ruled.rule);
        let figure = |name: &TargetId| {
            let mut all = all();
            all.find(|target| target.target == *name)?.figure
        };
        let counts = |name: &TargetId| {
            let mut reported = targets.iter();
            let found = reported.find(|reported| {
                reported.published.position == published.position
                    && reported.ruled.rule.target == *name
            });
            found.map_or_else(Counts::default, |found| found.counted.total)
        };
        let parts_figure = sum
            .parts
            .iter()
            .try_fold(0_u64, |total, part| total.checked_add(figure(part)?));
        let mut parts = Counts::default();
        for part in &sum.parts {
            parts.add(counts(part));
        }
        let whole_figure = figure(&sum.whole);
        let apart = all()
            .filter(|target| target.target != sum.whole && !sum.parts.contains(&target.target));
        Self {
            published,
            ruled,
            whole_figure,
            parts_figure,
            adds_up: whole_figure.is_some() && whole_figure == parts_figure,
            whole: counts(&sum.whole),
            parts,
            apart: apart.collect(),
        }
    }
}

impl Breakdown {
    fn add(&mut self, key: &ProgressKey, counts: Counts) {
        let profile = &key.profile;
        let by_action = self.by_action.entry(profile.action.clone());
        let by_sector = self.by_sector.entry(profile.sector.clone());
        let by_city = self.by_city.entry(key.division.prefecture());
        self.total.add(counts);
        by_action.or_default().add(counts);
        by_sector.or_default().add(counts);
        by_city.or_default().add(counts);
        if profile.groups.is_empty() {
            self.by_group.entry(None).or_default().add(counts);
        }
        for group in profile.groups.iter() {
            self.by_group.entry(Some(group)).or_default().add(counts);
        }
    }
}

impl Counts {
    /// What a counter adds to each of the three as of the end of `quarter`.
    fn of(key: &ProgressKey, count: u64, quarter: Quarter) -> Self {
        let count = if key.found_false {
            Count {
                counted: 0,
                found_false: count,
            }
        } else {
            Count {
                counted: count,
                found_false: 0,
            }
        };
        let when = |counts: bool| if counts { count } else { Count::default() };
        Self {
            quarter: when(key.quarter == quarter),
            year: when(key.quarter.year() == quarter.year()),
            time: count,
        }
    }

    fn add(&mut self, other: Self) {
        self.quarter.add(other.quarter);
        self.year.add(other.year);
        self.time.add(other.time);
    }
}

impl Count {
    /// Person-times stay far below the range: the country has 1.4 billion people.
    fn add(&mut self, other: Self) {
        self.counted = self.counted.saturating_add(other.counted);
        self.found_false = self.found_false.saturating_add(other.found_false);
    }
}
