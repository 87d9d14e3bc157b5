//! What a quota counts, and which document states it for a stretch of days.

use super::{PolicyBook, PublishedPolicy};
use crate::entity::QuotaSlot;
use crate::policy::{Quota, QuotaScope};
use crate::{BusinessDate, Division, Occupation, SchemeId};

/// The scheme whose quota is asked for, and where.
#[derive(Debug, Clone, Copy)]
pub struct OwnScheme<'a> {
    /// The scheme.
    pub scheme: &'a SchemeId,
    /// The division whose account pays.
    pub division: Division,
}

/// A subsidy that was taken, as far as a quota looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Taken<'a> {
    /// The scheme that it was taken under.
    pub scheme: &'a SchemeId,
    /// The occupation that was trained.
    pub occupation: Occupation,
    /// When.
    pub on: BusinessDate,
}

impl<'a> From<&'a QuotaSlot> for Taken<'a> {
    fn from(slot: &'a QuotaSlot) -> Self {
        Self {
            scheme: &slot.scheme,
            occupation: slot.occupation,
            on: slot.taken_on,
        }
    }
}

impl PublishedPolicy {
    /// Whether it holds in `division` on a day from `first` to `last`.
    #[must_use]
    pub fn in_force_within(
        &self,
        division: Division,
        first: BusinessDate,
        last: BusinessDate,
    ) -> bool {
        // Of the days of the document that are not too early, the first; where it does not hold on
        // that day, it holds on no later one.
        let day = first.max(self.policy.valid_from);
        day <= last && self.in_force(division, day)
    }
}

impl PolicyBook {
    /// The document that sets the rules of `scheme` in `division` on a day from `first` to `last`:
    /// of several the one that supersedes the others.
    #[must_use]
    pub fn in_force_within(
        &self,
        scheme: &SchemeId,
        division: Division,
        (first, last): (BusinessDate, BusinessDate),
    ) -> Option<&PublishedPolicy> {
        let governing = self.index.rules.get(scheme)?.iter();
        governing
            .filter_map(|governing| self.published.get(governing.at))
            .find(|published| published.in_force_within(division, first, last))
    }

    /// Whether a subsidy is measured with those of a scheme: those of one scheme always, those of
    /// two unless the rules that one of them stands under count it apart. `is_apart` says so of the
    /// scheme's own rules.
    #[must_use]
    pub fn is_measured_with(
        &self,
        own: OwnScheme<'_>,
        is_apart: impl FnOnce() -> bool,
        taken: Taken<'_>,
    ) -> bool {
        let counts_apart = || self.counts_apart(taken.scheme, own.division, taken.on);
        taken.scheme == own.scheme || !(is_apart() || counts_apart())
    }

    /// Whether a quota of a scheme counts a subsidy; which window it lies in is another question.
    #[must_use]
    pub fn counts(
        &self,
        quota: &Quota,
        own: OwnScheme<'_>,
        is_apart: impl FnOnce() -> bool,
        taken: Taken<'_>,
    ) -> bool {
        let in_scope = match quota.scope {
            QuotaScope::AllSchemes => self.is_measured_with(own, is_apart, taken),
            QuotaScope::SameScheme => taken.scheme == own.scheme,
        };
        in_scope && self.is_counted(quota, taken.occupation)
    }
}
