//! What the ledger records of persons.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::coded::{Group, Sex};
use crate::{BusinessDate, Division, PersonKey, Reference};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRegistered {
    pub person: PersonKey,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonStatusDeclared {
    pub person: PersonKey,
    pub status: PersonStatus,
    pub valid_from: BusinessDate,
    pub valid_until: Option<BusinessDate>,
    pub source: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonStatusEnded {
    pub person: PersonKey,
    pub status: PersonStatus,
    pub valid_until: BusinessDate,
    pub source: Reference,
}

/// A status of a person that decides about money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonStatus {
    /// Draws a monthly pension (按月领取养老金).
    Pension,
    /// Is resident in a division.
    Residence(Division),
    /// Belongs to a group that a document names.
    Group(Group),
    /// Is insured against unemployment.
    UnemploymentInsured,
    /// Is so many whole years old; the date of birth never enters the ledger.
    Age(u8),
    /// Is of that sex, where a document sets different ages.
    Sex(Sex),
    /// Graduates in that calendar year.
    GraduatesIn(u16),
}
