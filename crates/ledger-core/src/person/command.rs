//! What a caller may ask or report of persons.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::event::PersonStatus;
use crate::{BusinessDate, PersonKey, Reference};

/// Makes an opaque person key known. Nothing personal comes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterPerson {
    pub person: PersonKey,
}

/// Declares a status of a person with its validity and source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclarePersonStatus {
    pub person: PersonKey,
    pub status: PersonStatus,
    pub valid_from: BusinessDate,
    /// Last day of validity; open-ended when absent.
    pub valid_until: Option<BusinessDate>,
    /// The register or document that says so.
    pub source: Reference,
}

/// Ends a status that was declared open-ended or too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndPersonStatus {
    pub person: PersonKey,
    pub status: PersonStatus,
    /// Last day on which the status holds.
    pub valid_until: BusinessDate,
    pub source: Reference,
}
