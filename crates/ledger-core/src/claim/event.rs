//! What the ledger records of claims.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::terms::ClaimRoute;
use crate::{ClassId, CreditCode, PersonKey, Reference};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimSubmitted {
    pub class: ClassId,
    pub person: PersonKey,
    /// Who claims: the person, or the body on the person's behalf.
    pub route: ClaimRoute,
}

/// A person lets the body claim on their behalf (代领协议).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyContractRecorded {
    pub class: ClassId,
    pub person: PersonKey,
    pub institution: CreditCode,
    pub contract_number: Reference,
}
