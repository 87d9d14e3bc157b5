//! What a caller may ask or report of claims.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::terms::ClaimRoute;
use crate::{ClassId, PersonKey, Reference};

/// Claims the subsidy of one person for one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmitClaim {
    pub class: ClassId,
    pub person: PersonKey,
    pub route: ClaimRoute,
}

/// Records that a person lets the body of the class claim on their behalf (代领协议).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordAgencyContract {
    pub class: ClassId,
    pub person: PersonKey,
    pub contract_number: Reference,
}
