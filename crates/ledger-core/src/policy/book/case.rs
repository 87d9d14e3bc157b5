//! The rules that hold for one case.

use super::index::Governing;
use super::{CaseDates, InForce, PolicyBook, PublishedPolicy, RuleCase};
use crate::Division;
use crate::policy::{DecidingDate, Quota, Ruled, Scheme, Straddling};

/// The documents whose rules may hold for a case, looked up once: each rule then costs a look at
/// the few documents that supersede the one fixed with the class, mostly none.
#[derive(Debug, Clone, Copy)]
pub struct CaseRules<'a> {
    pub(super) book: &'a PolicyBook,
    pub(super) division: Division,
    pub(super) dates: CaseDates,
    pub(super) own: (&'a PublishedPolicy, &'a Scheme),
    /// Documents that come before the class's own, the one that supersedes the others first.
    pub(super) superseding: &'a [Governing],
}

impl<'a> CaseRules<'a> {
    /// The document fixed with the class.
    #[must_use]
    pub const fn own(&self) -> &'a PublishedPolicy {
        self.own.0
    }

    /// The rule of one kind that holds for the case, as [`PolicyBook::rule_for`].
    pub fn rule<T: 'a>(
        &self,
        pick: impl Fn(&'a Scheme) -> Option<&'a Ruled<T>>,
    ) -> Option<InForce<'a, T>> {
        self.find(pick).map(|(in_force, _)| in_force)
    }

    /// The quotas that hold for the case. A document states its quotas together: the date of the
    /// first decides for all of them.
    #[must_use]
    pub fn quotas(&self) -> Option<(&'a PublishedPolicy, &'a [Ruled<Quota>])> {
        let (first, scheme) = self.find(|scheme| scheme.quotas.first())?;
        Some((first.published, &scheme.quotas))
    }

    /// The case, to look up what hangs on it besides the rules of its scheme.
    #[must_use]
    pub fn case(&self) -> RuleCase<'a> {
        RuleCase {
            scheme: &self.own.1.scheme,
            division: self.division,
            policy: self.own.0.position,
            dates: self.dates,
        }
    }

    /// Its dates.
    #[must_use]
    pub const fn dates(&self) -> CaseDates {
        self.dates
    }

    fn find<T: 'a>(
        &self,
        pick: impl Fn(&'a Scheme) -> Option<&'a Ruled<T>>,
    ) -> Option<(InForce<'a, T>, &'a Scheme)> {
        let of = |(published, scheme): (&'a PublishedPolicy, &'a Scheme)| {
            let ruled = pick(scheme)?;
            Some((InForce { published, ruled }, scheme))
        };
        let superseding = self.superseding.iter();
        superseding
            .filter_map(|governing| self.book.governing(*governing))
            .filter_map(of)
            .find(|(found, _)| found.takes(self))
            .or_else(|| of(self.own))
    }
}

impl<T> InForce<'_, T> {
    /// Whether the document's rule takes a case whose class was approved under another document.
    fn takes(&self, case: &CaseRules<'_>) -> bool {
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
