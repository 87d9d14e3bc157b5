//! What is published, and which document's rule holds for a case.
//!
//! A document supersedes another where both set rules for a scheme: the province before the city
//! (a city sets rates, not rules, for its province's schemes), then the later first day of
//! validity, then the later publication. A later version of a document replaces the earlier ones
//! on every date, for what is not fixed yet: a class keeps the version of its rules and of its
//! rates that it was approved under. Rates are the other way round: the city's before the
//! province's.
//!
//! Long: one order of documents, which every question about a rule goes by.

mod case;
mod counting;
mod index;
mod rates;

pub use case::CaseRules;
pub use counting::{OwnScheme, Taken};
pub use rates::Training;

use super::{CatalogueItem, CatalogueKey, DecidingDate, Exclusion, Policy, Quota, Ruled, Scheme};
use crate::coded::CatalogueKind;
use crate::refusal::RuleCitation;
use crate::{BusinessDate, CreditCode, Division, Occupation, Position, SchemeId};
use index::{Governing, Index, rank};
use rates::Draft;
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

/// Every published document; small, always loaded. A copy shares the documents and the index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyBook {
    published: Vec<PublishedPolicy>,
    index: Arc<Index>,
    draft: Option<Draft>,
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

/// The clause of a rule and the document that it stands in.
#[derive(Debug, Clone, Copy)]
pub struct Clause<'a> {
    /// The document.
    pub published: &'a PublishedPolicy,
    /// The clause in it.
    pub clause: &'a Arc<str>,
}

impl Clause<'_> {
    /// The citation of the rule.
    #[must_use]
    pub fn cite(&self) -> RuleCitation {
        RuleCitation {
            policy: self.published.position,
            document: Arc::clone(&self.published.policy.document_number),
            clause: Arc::clone(self.clause),
            valid_from: self.published.policy.valid_from,
        }
    }
}

impl<T> Clone for InForce<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for InForce<'_, T> {}

impl<'a, T> InForce<'a, T> {
    /// The citation of the rule.
    #[must_use]
    pub fn cite(&self) -> RuleCitation {
        self.clause().cite()
    }

    /// Where the rule stands.
    #[must_use]
    pub fn clause(&self) -> Clause<'a> {
        self.published.clause(self.ruled)
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
        self.clause(rule).cite()
    }

    /// Where one of its rules stands.
    #[must_use]
    pub fn clause<'a, T>(&'a self, rule: &'a Ruled<T>) -> Clause<'a> {
        Clause {
            published: self,
            clause: &rule.clause,
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

    /// Whether there is a day on which both it and `policy` hold, whatever their divisions.
    #[must_use]
    pub fn holds_beside(&self, policy: &Policy) -> bool {
        let from = self.policy.valid_from.max(policy.valid_from);
        let untils = [self.policy.valid_until, policy.valid_until];
        untils.into_iter().flatten().all(|until| from <= until)
            && self
                .withdrawn
                .is_none_or(|withdrawn| from < withdrawn.effective_on)
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
        self.index = Arc::new(Index::of(&self.published));
    }

    /// Adds many publications at the cost of one: where to look is worked out once.
    pub fn publish_all(&mut self, publications: impl IntoIterator<Item = (Position, Arc<Policy>)>) {
        let publications = publications.into_iter();
        self.published
            .extend(publications.map(|(position, policy)| {
                let withdrawn = None;
                PublishedPolicy {
                    position,
                    policy,
                    withdrawn,
                }
            }));
        self.published.sort_by_key(|published| published.position);
        self.index = Arc::new(Index::of(&self.published));
    }

    /// Notes a withdrawal of the document published at `policy`. Its rules hold until the day that
    /// the withdrawal names; what it called the same occupation, which has no day, does so no more.
    pub fn withdraw(&mut self, policy: Position, withdrawal: Withdrawal) {
        let mut crosswalk = false;
        for published in &mut self.published {
            if published.position == policy {
                published.withdrawn = Some(withdrawal);
                crosswalk = !published.policy.crosswalk.is_empty();
            }
        }
        if crosswalk {
            self.index = Arc::new(Index::of(&self.published));
        }
    }

    /// The documents as they were published and withdrawn up to a position. A copy like any other
    /// where nothing came later.
    #[must_use]
    pub fn as_of(&self, last: Position) -> Self {
        let is_later = |one: &PublishedPolicy| {
            let withdrawn = one.withdrawn.map(|withdrawn| withdrawn.position);
            one.position > last || withdrawn.is_some_and(|withdrawn| withdrawn > last)
        };
        let mut book = self.clone();
        if !self.published.iter().any(is_later) {
            return book;
        }
        book.published.retain(|one| one.position <= last);
        for one in &mut book.published {
            one.withdrawn = one.withdrawn.filter(|withdrawn| withdrawn.position <= last);
        }
        book.index = Arc::new(Index::of(&book.published));
        book
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
        let governing = self.index.rules.get(scheme)?.iter();
        governing
            .filter_map(|governing| self.published.get(governing.at))
            .find(|published| published.in_force(division, date))
    }

    /// The documents whose rules may hold for a case: the one fixed with the class and those that
    /// supersede it. `None` when the fixed one is not published or lacks the scheme.
    #[must_use]
    pub fn case_rules(&self, case: &RuleCase<'_>) -> Option<CaseRules<'_>> {
        let own = self.at(case.policy)?;
        let listed = self.index.rules.get(case.scheme).map_or(&[][..], |all| all);
        let before = |governing: &Governing| {
            let listed = self.published.get(governing.at);
            listed.is_some_and(|listed| rank(listed) < rank(own))
        };
        let at = listed.partition_point(before);
        let current = listed
            .get(at)
            .and_then(|governing| self.governing(*governing))
            .filter(|(published, _)| published.position == own.position);
        // A version that a correction replaced is not listed any more; its classes keep it. What
        // supersedes the correction supersedes it, and so does the correction itself, also where
        // it moved the first day back.
        let (scheme, until) = match current {
            Some((_, scheme)) => (scheme, at),
            None => {
                let scheme = own.policy.scheme(case.scheme)?;
                let correction = listed.iter().position(|governing| {
                    let listed = self.published.get(governing.at);
                    listed.is_some_and(|listed| listed.policy.policy_id == own.policy.policy_id)
                });
                let until = correction.map_or(at, |found| at.max(found.saturating_add(1)));
                (scheme, until)
            }
        };
        Some(CaseRules {
            book: self,
            division: case.division,
            dates: case.dates,
            own: (own, scheme),
            superseding: listed.get(..until)?,
        })
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
        self.case_rules(case)?.rule(pick)
    }

    /// The lines of a catalogue in force for a division, one for each edition of the occupation:
    /// the narrowest division's catalogue of the kind, the latest one; an occupation that it does
    /// not list is not looked for in others.
    #[must_use]
    pub fn listed_in(
        &self,
        (kind, division, date): (CatalogueKind, Division, BusinessDate),
        institution: Option<CreditCode>,
        occupation: Occupation,
    ) -> (Option<&PublishedPolicy>, &[CatalogueItem]) {
        let listings = self.index.catalogues.get(&kind).into_iter().flatten();
        let in_force = listings
            .filter_map(|listing| Some((self.published.get(listing.at)?, listing)))
            .find(|(published, _)| published.in_force(division, date));
        let key = CatalogueKey {
            institution,
            occupation: self.canonical(occupation),
        };
        match in_force {
            Some((published, listing)) => {
                let lines = listing.items.get(&key);
                (Some(published), lines.map_or(&[], Vec::as_slice))
            }
            None => (None, &[]),
        }
    }

    /// The document that a subsidy of `scheme` taken on `date` in `division` stands under: of those
    /// that had begun, the one that supersedes the others, also where it ended or was withdrawn
    /// before that day, since a class keeps its document to the end.
    #[must_use]
    pub fn taken_under(
        &self,
        scheme: &SchemeId,
        division: Division,
        date: BusinessDate,
    ) -> Option<&PublishedPolicy> {
        let mut begun = self.begun(scheme, date).map(|(published, _)| published);
        begun.find(|published| published.policy.division.contains(division))
    }

    /// Whether a subsidy of `scheme` taken on `date` is of another nature than those of `division`:
    /// by the document that it stands under there or, where the division has none, elsewhere.
    #[must_use]
    pub fn counts_apart(&self, scheme: &SchemeId, division: Division, date: BusinessDate) -> bool {
        if !self.index.apart.contains(scheme) {
            return false;
        }
        let here = |(published, _): &(&PublishedPolicy, &Scheme)| {
            published.policy.division.contains(division)
        };
        let begun = || self.begun(scheme, date);
        let under = begun().find(here).or_else(|| begun().next());
        under.is_some_and(|(_, rules)| rules.counted_apart.is_some())
    }

    /// The schemes that exclude a scheme, each with the rule that says so, wherever and whenever
    /// its document holds: what may not be drawn together may not be drawn in either order.
    pub fn excluding(
        &self,
        scheme: &SchemeId,
    ) -> impl Iterator<Item = (&SchemeId, InForce<'_, Exclusion>)> {
        let listed = self.index.excluding.get(scheme).into_iter().flatten();
        listed.filter_map(|governing| {
            let (published, rules) = self.governing(*governing)?;
            let ruled = rules.excludes.as_ref()?;
            Some((&rules.scheme, InForce { published, ruled }))
        })
    }

    /// Whether a quota counts subsidies for an occupation.
    #[must_use]
    pub fn is_counted(&self, quota: &Quota, occupation: Occupation) -> bool {
        let exempt = &quota.occupations_not_counted;
        if exempt.is_empty() {
            return true;
        }
        let canonical = self.canonical(occupation);
        !exempt
            .iter()
            .any(|exempt| self.canonical(*exempt) == canonical)
    }

    /// One occupation for all that the crosswalks call the same; itself when none does.
    #[must_use]
    pub fn canonical(&self, occupation: Occupation) -> Occupation {
        let canonical = self.index.canonical.get(&occupation);
        canonical.copied().unwrap_or(occupation)
    }

    /// The documents of a scheme that had begun by a day, the one that supersedes the others first;
    /// none that was withdrawn from its first day on.
    fn begun(
        &self,
        scheme: &SchemeId,
        date: BusinessDate,
    ) -> impl Iterator<Item = (&PublishedPolicy, &Scheme)> {
        let listed = self.index.rules.get(scheme).into_iter().flatten();
        let documents = listed.filter_map(|governing| self.governing(*governing));
        documents.filter(move |(published, _)| {
            let first = published.policy.valid_from;
            let held = published
                .withdrawn
                .is_none_or(|withdrawn| first < withdrawn.effective_on);
            held && first <= date
        })
    }

    fn governing(&self, governing: Governing) -> Option<(&PublishedPolicy, &Scheme)> {
        let published = self.published.get(governing.at)?;
        Some((published, published.policy.schemes.get(governing.scheme)?))
    }
}
