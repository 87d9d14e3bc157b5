//! What is published, and which document's rule holds for a case.
//!
//! A document supersedes another where both set rules for a scheme: the province before the city
//! (a city sets rates, not rules, for its province's schemes), then the later first day of
//! validity, then the later publication. A later version of a document replaces the earlier ones
//! on every date. Rates are the other way round: the city's before the province's.

use super::{
    CatalogueItem, CatalogueKey, DecidingDate, Policy, RateKey, RateValue, Ruled, Scheme,
    Straddling,
};
use crate::coded::{CatalogueKind, Group};
use crate::refusal::RuleCitation;
use crate::{BusinessDate, CreditCode, Division, Occupation, Position, SchemeId, SkillLevel};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

/// A published document and where its publication stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedPolicy {
    /// Position of the publication.
    pub position: Position,
    /// The compiled form.
    pub policy: Arc<Policy>,
    /// Set when it was withdrawn.
    pub withdrawn: Option<Withdrawal>,
}

/// The withdrawal of a document; past decisions keep the version that they cite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawal {
    /// Position of the withdrawal.
    pub position: Position,
    /// First day on which it no longer holds.
    pub effective_on: BusinessDate,
}

/// Every published document; small, always loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyBook {
    published: Vec<PublishedPolicy>,
    index: Index,
}

/// Where to look, rebuilt with each publication. Indices point into `published`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Index {
    /// Documents that set rules for a scheme, the one that supersedes the others first.
    rules: HashMap<SchemeId, Vec<usize>>,
    /// Documents with rates for a scheme, the one to look at first first.
    rates: HashMap<SchemeId, Vec<usize>>,
    /// Documents with catalogues of a kind, the one to look at first first.
    catalogues: HashMap<CatalogueKind, Vec<usize>>,
    /// One occupation for all that a crosswalk calls the same.
    canonical: HashMap<Occupation, Occupation>,
}

/// The dates of a case that may decide which document's rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseDates {
    /// The approval of the class.
    pub class_approval: BusinessDate,
    /// The first attendance, or the enrolment.
    pub first_attendance: Option<BusinessDate>,
    /// The issue of the certificate.
    pub certificate: Option<BusinessDate>,
    /// The claim, or the approval.
    pub claim: BusinessDate,
    /// The approval of the subsidy.
    pub approval: BusinessDate,
}

/// A rule that holds for a case, and the document that it stands in.
#[derive(Debug)]
pub struct InForce<'a, T> {
    /// The document.
    pub published: &'a PublishedPolicy,
    /// The rule.
    pub ruled: &'a Ruled<T>,
}

/// The case whose rule is looked for.
#[derive(Debug, Clone, Copy)]
pub struct RuleCase<'a> {
    /// The scheme.
    pub scheme: &'a SchemeId,
    /// The division whose account pays.
    pub division: Division,
    /// The publication whose rules were fixed with the approval of the class.
    pub policy: Position,
    /// Its dates.
    pub dates: CaseDates,
}

impl<T> Clone for InForce<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for InForce<'_, T> {}

impl<T> InForce<'_, T> {
    /// The citation of the rule.
    #[must_use]
    pub fn cite(&self) -> RuleCitation {
        self.published.cite(self.ruled)
    }
}

impl CaseDates {
    /// The date of that name; `None` when it is not on record yet.
    #[must_use]
    pub const fn get(&self, date: DecidingDate) -> Option<BusinessDate> {
        match date {
            DecidingDate::ClassApproval => Some(self.class_approval),
            DecidingDate::FirstAttendance => self.first_attendance,
            DecidingDate::Certificate => self.certificate,
            DecidingDate::Claim => Some(self.claim),
            DecidingDate::Approval => Some(self.approval),
        }
    }
}

impl PublishedPolicy {
    /// The citation of one of its rules.
    #[must_use]
    pub fn cite<T>(&self, rule: &Ruled<T>) -> RuleCitation {
        RuleCitation {
            policy: self.position,
            document: Arc::clone(&self.policy.document_number),
            clause: Arc::clone(&rule.clause),
            valid_from: self.policy.valid_from,
        }
    }

    /// Whether it holds in `division` on `date` and was not withdrawn by then.
    #[must_use]
    pub fn in_force(&self, division: Division, date: BusinessDate) -> bool {
        self.policy.in_force(division, date)
            && self
                .withdrawn
                .is_none_or(|withdrawn| date < withdrawn.effective_on)
    }
}

impl PolicyBook {
    /// Adds a publication.
    pub fn publish(&mut self, position: Position, policy: Arc<Policy>) {
        let at = self
            .published
            .partition_point(|published| published.position < position);
        let published = PublishedPolicy {
            position,
            policy,
            withdrawn: None,
        };
        self.published.insert(at, published);
        self.index = Index::of(&self.published);
    }

    /// Notes a withdrawal of the document published at `policy`.
    pub fn withdraw(&mut self, policy: Position, withdrawal: Withdrawal) {
        for published in &mut self.published {
            if published.position == policy {
                published.withdrawn = Some(withdrawal);
            }
        }
    }

    /// Every publication, in log order.
    #[must_use]
    pub fn published(&self) -> &[PublishedPolicy] {
        &self.published
    }

    /// The publication at that position.
    #[must_use]
    pub fn at(&self, position: Position) -> Option<&PublishedPolicy> {
        self.published
            .binary_search_by_key(&position, |published| published.position)
            .ok()
            .and_then(|index| self.published.get(index))
    }

    /// The latest version of a document that was published.
    #[must_use]
    pub fn latest(&self, policy_id: &str) -> Option<&PublishedPolicy> {
        let mut newest_first = self.published.iter().rev();
        newest_first.find(|published| &*published.policy.policy_id == policy_id)
    }

    /// The document that sets the rules of `scheme` in `division` on `date`.
    #[must_use]
    pub fn in_force(
        &self,
        scheme: &SchemeId,
        division: Division,
        date: BusinessDate,
    ) -> Option<&PublishedPolicy> {
        self.listed(self.index.rules.get(scheme))
            .find(|published| published.in_force(division, date))
    }

    /// The rule of one kind that holds for a case: that of the document fixed with the class,
    /// unless a superseding document's rule takes cases by a later date of theirs.
    ///
    /// `pick` gives the rule of a scheme; `None` when the scheme has no such rule.
    pub fn rule_for<'a, T: 'a>(
        &'a self,
        case: &RuleCase<'_>,
        pick: impl Fn(&'a Scheme) -> Option<&'a Ruled<T>>,
    ) -> Option<InForce<'a, T>> {
        let of = |published: &'a PublishedPolicy| {
            let ruled = pick(published.policy.scheme(case.scheme)?)?;
            Some(InForce { published, ruled })
        };
        let superseding = self
            .listed(self.index.rules.get(case.scheme))
            .take_while(|published| published.position != case.policy)
            .filter(|published| published.policy.division.contains(case.division));
        superseding
            .filter_map(of)
            .find(|found| found.takes(case))
            .or_else(|| self.at(case.policy).and_then(of))
    }

    /// The rate for a training on a date: the narrowest division's, then the latest document's,
    /// then the row that says most about occupation, level and group, in this order. Of several
    /// groups the one that is paid most is taken by the caller: each is asked for by itself.
    #[must_use]
    pub fn rate(
        &self,
        (scheme, division, date): (&SchemeId, Division, BusinessDate),
        occupation: Occupation,
        level: Option<SkillLevel>,
        group: Option<Group>,
    ) -> Option<InForce<'_, RateValue>> {
        let occupation = self.canonical(occupation);
        self.listed(self.index.rates.get(scheme))
            .filter(|published| published.in_force(division, date))
            .find_map(|published| {
                let ruled = row(published, scheme, occupation, level, group)?;
                Some(InForce { published, ruled })
            })
    }

    /// The line of a catalogue in force for a division: the narrowest division's catalogue of the
    /// kind, the latest one; an occupation that it does not list is not looked for in others.
    #[must_use]
    pub fn listed_in(
        &self,
        (kind, division, date): (CatalogueKind, Division, BusinessDate),
        institution: Option<CreditCode>,
        occupation: Occupation,
    ) -> (Option<&PublishedPolicy>, Option<&CatalogueItem>) {
        let published = self
            .listed(self.index.catalogues.get(&kind))
            .find(|published| published.in_force(division, date));
        let catalogue = published.and_then(|published| {
            let mut catalogues = published.policy.catalogues.iter();
            catalogues.find(|catalogue| catalogue.kind == kind)
        });
        let key = CatalogueKey {
            institution,
            occupation: self.canonical(occupation),
        };
        (
            published,
            catalogue.and_then(|catalogue| self.item(catalogue, key)),
        )
    }

    /// Catalogues keep the code that the document prints; it may be of another edition.
    fn item<'a>(
        &self,
        catalogue: &'a super::Catalogue,
        key: CatalogueKey,
    ) -> Option<&'a CatalogueItem> {
        catalogue.items.get(&key).or_else(|| {
            let same = self
                .index
                .canonical
                .iter()
                .filter(|(_, canonical)| **canonical == key.occupation)
                .map(|(occupation, _)| *occupation);
            same.filter_map(|occupation| catalogue.items.get(&CatalogueKey { occupation, ..key }))
                .next()
        })
    }

    /// One occupation for all that the crosswalks call the same; itself when none does.
    #[must_use]
    pub fn canonical(&self, occupation: Occupation) -> Occupation {
        let canonical = self.index.canonical.get(&occupation);
        canonical.copied().unwrap_or(occupation)
    }

    fn listed<'a>(
        &'a self,
        indices: Option<&'a Vec<usize>>,
    ) -> impl Iterator<Item = &'a PublishedPolicy> {
        let indices = indices.into_iter().flatten();
        indices.filter_map(|index| self.published.get(*index))
    }
}

impl<T> InForce<'_, T> {
    /// Whether the document's rule takes a case whose class was approved under another document.
    fn takes(&self, case: &RuleCase<'_>) -> bool {
        if self.ruled.decided_by == DecidingDate::ClassApproval {
            return false;
        }
        let straddles = case.dates.class_approval < self.published.policy.valid_from;
        if straddles && self.ruled.straddling == Straddling::EarlierRule {
            return false;
        }
        case.dates
            .get(self.ruled.decided_by)
            .is_some_and(|date| self.published.in_force(case.division, date))
    }
}

impl Index {
    fn of(published: &[PublishedPolicy]) -> Self {
        let mut index = Self {
            canonical: crosswalk(published),
            ..Self::default()
        };
        let mut order: Vec<usize> = (0..published.len()).collect();
        let latest_first = |at: &usize| {
            let found = published.get(*at);
            Reverse(found.map(|found| (found.policy.valid_from, found.position)))
        };
        order.sort_by_key(|at| (published.get(*at).map(narrowness), latest_first(at)));
        for at in &order {
            let Some(found) = published.get(*at).filter(|one| !replaced(published, one)) else {
                continue;
            };
            for scheme in &found.policy.schemes {
                let listed = index.rules.entry(scheme.scheme.clone()).or_default();
                listed.push(*at);
            }
        }
        order.sort_by_key(|at| {
            (
                Reverse(published.get(*at).map(narrowness)),
                latest_first(at),
            )
        });
        for at in &order {
            let Some(found) = published.get(*at).filter(|one| !replaced(published, one)) else {
                continue;
            };
            for key in found.policy.rates.rows.keys() {
                let listed = index.rates.entry(key.scheme.clone()).or_default();
                if listed.last() != Some(at) {
                    listed.push(*at);
                }
            }
            for catalogue in &found.policy.catalogues {
                index
                    .catalogues
                    .entry(catalogue.kind)
                    .or_default()
                    .push(*at);
            }
        }
        index
    }
}

/// A later version of the same document replaces it.
fn replaced(published: &[PublishedPolicy], one: &PublishedPolicy) -> bool {
    let later = published.iter().rev();
    later
        .take_while(|later| later.position > one.position)
        .any(|later| later.policy.policy_id == one.policy.policy_id)
}

/// Occupations that any published crosswalk calls the same, each with the least of them.
fn crosswalk(published: &[PublishedPolicy]) -> HashMap<Occupation, Occupation> {
    let mut canonical: HashMap<Occupation, Occupation> = HashMap::new();
    let documents = published.iter().filter(|one| !replaced(published, one));
    let groups = documents.flat_map(|one| &one.policy.crosswalk);
    for group in groups {
        let of = |occupation: &Occupation| canonical.get(occupation).copied();
        let known: Vec<_> = group.rule.iter().filter_map(of).collect();
        let members = group.rule.iter().copied();
        let Some(least) = members.clone().chain(known.iter().copied()).min() else {
            continue;
        };
        for found in canonical.values_mut() {
            if known.contains(found) {
                *found = least;
            }
        }
        canonical.extend(members.map(|member| (member, least)));
    }
    canonical
}

/// The row of a document that says most about the training.
fn row<'a>(
    published: &'a PublishedPolicy,
    scheme: &SchemeId,
    occupation: Occupation,
    level: Option<SkillLevel>,
    group: Option<Group>,
) -> Option<&'a Ruled<RateValue>> {
    let mut key = RateKey {
        scheme: scheme.clone(),
        occupation: None,
        level: None,
        group: None,
    };
    for by_occupation in [Some(occupation), None] {
        for by_level in [level, None] {
            for by_group in [group, None] {
                key.occupation = by_occupation;
                key.level = by_level;
                key.group = by_group;
                if let Some(found) = published.policy.rates.rows.get(&key) {
                    return Some(found);
                }
            }
        }
    }
    None
}

/// Counts up from the province to the county.
fn narrowness(published: &PublishedPolicy) -> u8 {
    let division = published.policy.division;
    match (division.is_province(), division.is_prefecture()) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 2,
    }
}
