//! An institution and its qualifications.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::entities::History;
use crate::event::{InstitutionKind, QualificationKind, ScopeEntry};
use crate::{BusinessDate, Division, Occupation, Position, QualificationId, SkillLevel};

/// One body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Institution {
    pub registered: Position,
    pub kind: InstitutionKind,
    pub division: Division,
    pub qualifications: Vec<Qualification>,
}

/// One qualification of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qualification {
    pub qualification: QualificationId,
    pub granted: Position,
    pub kind: QualificationKind,
    pub occupations: Vec<ScopeEntry>,
    pub valid_from: BusinessDate,
    pub valid_until: Option<BusinessDate>,
    pub revoked: Option<Revocation>,
}

/// A revocation and the first day it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    pub position: Position,
    pub effective_on: BusinessDate,
}

impl History for Institution {
    /// Exact.
    fn before(self, position: Position) -> Option<Self> {
        let Self {
            registered,
            kind,
            division,
            qualifications,
        } = self;
        let qualifications = qualifications.into_iter();
        (registered < position).then(|| Self {
            registered,
            kind,
            division,
            qualifications: qualifications
                .filter_map(|qualification| qualification.before(position))
                .collect(),
        })
    }

    fn positions(&self) -> Option<Vec<Position>> {
        None
    }
}

impl Qualification {
    fn before(self, position: Position) -> Option<Self> {
        let Self {
            qualification,
            granted,
            kind,
            occupations,
            valid_from,
            valid_until,
            revoked,
        } = self;
        (granted < position).then_some(Self {
            qualification,
            granted,
            kind,
            occupations,
            valid_from,
            valid_until,
            revoked: revoked.filter(|revoked| revoked.position < position),
        })
    }
}

impl Qualification {
    /// Whether it is in force on every day from `first` to `last`.
    #[must_use]
    pub fn in_force(&self, first: BusinessDate, last: BusinessDate) -> bool {
        self.valid_from <= first
            && self.valid_until.is_none_or(|until| last <= until)
            && self
                .revoked
                .is_none_or(|revoked| last < revoked.effective_on)
    }

    /// The last day on which it is in force; before its first day when it was revoked from then.
    #[must_use]
    pub fn last_day(&self) -> BusinessDate {
        let until = self.valid_until.unwrap_or(BusinessDate::MAX);
        let revoked = self
            .revoked
            .and_then(|revoked| revoked.effective_on.add_days(-1));
        revoked.map_or(until, |revoked| revoked.min(until))
    }

    /// Whether its scope holds the occupation at the level.
    #[must_use]
    pub fn covers(&self, occupation: Occupation, level: Option<SkillLevel>) -> bool {
        self.occupations.iter().any(|entry| {
            entry.occupation == occupation
                && level.is_none_or(|level| entry.levels.contains(&level))
        })
    }
}
