//! What a caller may ask or report of subsidies.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::{ClassId, PersonKey};

/// Approves the subsidy of one person for one class; the ledger works out the amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproveSubsidy {
    pub class: ClassId,
    pub person: PersonKey,
}
