//! Progress against targets: what an event changes in the counters that reports are made of.
//!
//! A counter stands for a *profile*: everything about a fact that the filter of any target may ask
//! for (scheme, action, sector, kind of training, form of class, level, and the groups of the
//! person), in one division and one quarter. Classes share profiles and people share sets of
//! groups, so there are few of them; a [`report`](report()) adds up the profiles that a target's
//! filter accepts. No target is named in a counter: one that is published later counts the past
//! too.
//!
//! A fact counts in the quarter of its business date. Taking it back (a certificate declared void,
//! an approval that lapses with it, an award revoked) counts one less in the *same* counter, from
//! that event on, so that as of an earlier position the report stays what it was.
//!
//! What a finding calls false stays counted and is counted once more apart, for as long as it is
//! counted at all: a report shows both figures.

mod key;
mod report;

pub use key::{
    Counted, GroupSet, ParseQuarterError, Profile, ProgressKey, ProgressKeyError, Quarter,
};
pub use report::{
    Breakdown, Count, Counts, Question, Report, SumProgress, TargetProgress, TargetStatus, report,
};

use crate::context::Context;
use crate::entity::{Award, Class, Enrolment, Person};
use crate::event::{
    AwardApproved, CertificateInvalidated, FindingMade, PersonStatus, RecordedEvent, Subject,
};
use crate::{AwardId, BusinessDate, ClassId, PersonKey, SchemeId};
use std::collections::BTreeMap;

/// A fact of a place in a class that is counted, as far as it does not follow from the class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountedFact {
    /// What it is.
    pub measure: Counted,
    /// The quarter of its business date; of a certificate that of its issue.
    pub quarter: Quarter,
    /// Groups that the person belonged to on the training dates, as known when it was recorded.
    pub groups: GroupSet,
}

/// What `event` adds to counters or takes away, each key once and in order of the keys.
///
/// `before` is the state that the event meets, with everything loaded that
/// [`missing_for_event`](crate::missing_for_event) names.
///
/// # Panics
///
/// When an entity of the event was not loaded.
#[must_use]
pub fn changes(before: &Context, event: &RecordedEvent) -> Vec<(ProgressKey, i64)> {
    let on = event.event.occurred_on;
    let mut changes = Changes::default();
    let payload = event.event.body.payload();
    payload.counts(before, on, &mut changes);
    changes.summed()
}

/// Counters in memory, added up from [`changes`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counters {
    by_key: BTreeMap<ProgressKey, u64>,
}

impl Counters {
    /// Adds to a counter, or takes away from it; a counter at zero is not kept.
    ///
    /// # Panics
    ///
    /// When more is taken away than was added: the changes of an event were left out or doubled.
    pub fn add(&mut self, key: ProgressKey, change: i64) {
        let counted = self.by_key.get(&key).copied().unwrap_or(0);
        let counted = counted
            .checked_add_signed(change)
            .expect("a counter is taken back once for each time that it was added to");
        if counted == 0 {
            self.by_key.remove(&key);
        } else {
            self.by_key.insert(key, counted);
        }
    }

    /// The counters above zero, in order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&ProgressKey, u64)> {
        self.by_key.iter().map(|(key, count)| (key, *count))
    }
}

/// The groups that a person belongs to on any training date of a class, as known now.
#[must_use]
pub fn groups_in_training(person: &Person, class: &Class) -> GroupSet {
    let groups = person.statuses.iter().filter_map(|record| {
        let PersonStatus::Group(group) = record.status else {
            return None;
        };
        let held = record.holds_within(class.starts_on, class.ends_on);
        held.then_some(group)
    });
    groups.collect()
}

impl Enrolment {
    /// The facts of the place that are counted now, whether or not it is found false: its
    /// completion, its certificate and its approval.
    #[must_use]
    pub fn counted_facts(&self) -> [Option<CountedFact>; 3] {
        let completed = self.completed.map(|completed| CountedFact {
            measure: Counted::Completed,
            quarter: Quarter::of(completed.on),
            groups: self.completed_groups,
        });
        let certificate = self.certificate.filter(|held| held.invalidated.is_none());
        let certified = certificate.map(|certificate| CountedFact {
            measure: Counted::Certified,
            quarter: Quarter::of(certificate.issued_on),
            groups: certificate.groups,
        });
        let subsidised = self.approval.map(|approval| CountedFact {
            measure: Counted::Subsidised,
            quarter: Quarter::of(approval.on),
            groups: approval.groups,
        });
        [completed, certified, subsidised]
    }
}

/// Changes as they are found: nearly always one, often none.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    found: Vec<(ProgressKey, i64)>,
}

impl Changes {
    fn add(&mut self, key: ProgressKey, change: i64) {
        self.found.push((key, change));
    }

    /// One change for each counter, in order of the counters.
    fn summed(self) -> Vec<(ProgressKey, i64)> {
        let mut found = self.found;
        if found.len() < 2 {
            return found;
        }
        found.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        found.dedup_by(|(next, more), (kept, change)| {
            let is_same = next == kept;
            if is_same {
                *change = change.saturating_add(*more);
            }
            is_same
        });
        found
    }

    /// Adds `change` to the counter of the fact and, where it is found false, to the one apart.
    fn add_both(&mut self, key: &ProgressKey, found_false: bool, change: i64) {
        self.add(key.clone(), change);
        if found_false {
            self.add(key.apart(), change);
        }
    }

    pub(crate) fn class_opened(&mut self, before: &Context, class: ClassId, on: BusinessDate) {
        if let Some(class) = before.classes.get(&class) {
            self.add_both(&of_opening(class, on), class.found_false.is_some(), 1);
        }
    }

    /// A new fact of a place.
    pub(crate) fn counted(
        &mut self,
        before: &Context,
        place: (ClassId, PersonKey),
        measure: Counted,
        on: BusinessDate,
    ) {
        if let Some((class, person, enrolment)) = placed(before, place) {
            let fact = CountedFact {
                measure,
                quarter: Quarter::of(on),
                groups: groups_in_training(person, class),
            };
            self.add_both(&of_place(class, fact), is_false(class, enrolment), 1);
        }
    }

    pub(crate) fn certificate_invalidated(&mut self, before: &Context, e: &CertificateInvalidated) {
        let Some((class, _, enrolment)) = placed(before, (e.class, e.person)) else {
            return;
        };
        let gone = |fact: &CountedFact| match fact.measure {
            Counted::Certified => true,
            Counted::Subsidised => e.approval_lapses,
            Counted::Completed | Counted::Classes | Counted::Awards => false,
        };
        let facts = enrolment.counted_facts().into_iter().flatten();
        for fact in facts.filter(gone) {
            self.add_both(&of_place(class, fact), is_false(class, enrolment), -1);
        }
    }

    /// What is counted of a place, where a correction changes it.
    pub(crate) fn place_changed(&mut self, class: &Class, before: &Enrolment, after: &Enrolment) {
        let facts = before
            .counted_facts()
            .into_iter()
            .zip(after.counted_facts());
        for (gone, new) in facts.filter(|(before, after)| before != after) {
            if let Some(gone) = gone {
                self.add_both(&of_place(class, gone), is_false(class, before), -1);
            }
            if let Some(new) = new {
                self.add_both(&of_place(class, new), is_false(class, after), 1);
            }
        }
    }

    pub(crate) fn award_approved(&mut self, e: &AwardApproved, on: BusinessDate) {
        let key = ProgressKey {
            measure: Counted::Awards,
            found_false: false,
            division: e.division,
            quarter: Quarter::of(on),
            profile: Profile::of_award(&e.scheme),
        };
        self.add(key, 1);
    }

    pub(crate) fn award_revoked(&mut self, before: &Context, award: AwardId) {
        if let Some(award) = before.awards.get(&award)
            && award.revoked.is_none()
        {
            self.add_both(&of_award(award), award.found_false.is_some(), -1);
        }
    }

    /// Each place, class or award is set apart by the first finding that bars its payment.
    pub(crate) fn found_false(&mut self, before: &Context, e: &FindingMade) {
        match e.subject {
            Subject::Award(award) => {
                if let Some(award) = before.awards.get(&award)
                    && award.revoked.is_none()
                    && award.found_false.is_none()
                {
                    self.add(of_award(award).apart(), 1);
                }
            }
            Subject::Class(id) if e.persons.is_empty() => {
                if let Some(class) = before.classes.get(&id)
                    && class.found_false.is_none()
                {
                    self.class_found_false(class);
                }
            }
            Subject::Class(class) => {
                for person in &e.persons {
                    self.place_found_false(before, (class, *person));
                }
            }
        }
    }

    fn class_found_false(&mut self, class: &Class) {
        if let Some(opened) = class.opened {
            self.add(of_opening(class, opened.on).apart(), 1);
        }
        for counted in &class.counted {
            let key = of_place(class, counted.fact).apart();
            self.add(key, i64::from(counted.places));
        }
    }

    fn place_found_false(&mut self, before: &Context, place: (ClassId, PersonKey)) {
        if let Some((class, _, enrolment)) = placed(before, place)
            && !is_false(class, enrolment)
        {
            for fact in enrolment.counted_facts().into_iter().flatten() {
                self.add(of_place(class, fact).apart(), 1);
            }
        }
    }
}

fn placed(
    context: &Context,
    (class, person): (ClassId, PersonKey),
) -> Option<(&Class, &Person, &Enrolment)> {
    let person = context.persons.get(&person)?;
    let enrolment = person.enrolment(class)?;
    Some((context.classes.get(&class)?, person, enrolment))
}

fn is_false(class: &Class, enrolment: &Enrolment) -> bool {
    class.found_false.is_some() || enrolment.found_false.is_some()
}

fn of_opening(class: &Class, on: BusinessDate) -> ProgressKey {
    let fact = CountedFact {
        measure: Counted::Classes,
        quarter: Quarter::of(on),
        groups: GroupSet::EMPTY,
    };
    of_place(class, fact)
}

/// The counter of a fact that counts as such.
fn of_place(class: &Class, fact: CountedFact) -> ProgressKey {
    ProgressKey {
        measure: fact.measure,
        found_false: false,
        division: class.account.division,
        quarter: fact.quarter,
        profile: Profile {
            scheme: class.scheme.clone(),
            action: class.reporting.action.clone(),
            sector: class.reporting.sector.clone(),
            training: class.reporting.training,
            form: class.reporting.form,
            level: class.level,
            groups: fact.groups,
        },
    }
}

fn of_award(award: &Award) -> ProgressKey {
    ProgressKey {
        measure: Counted::Awards,
        found_false: false,
        division: award.division,
        quarter: Quarter::of(award.approved.on),
        profile: Profile::of_award(&award.scheme),
    }
}

impl Profile {
    /// The profile of an award: nothing but its scheme.
    fn of_award(scheme: &SchemeId) -> Self {
        Self {
            scheme: scheme.clone(),
            action: None,
            sector: None,
            training: None,
            form: None,
            level: None,
            groups: GroupSet::EMPTY,
        }
    }
}

#[cfg(test)]
mod tests;
