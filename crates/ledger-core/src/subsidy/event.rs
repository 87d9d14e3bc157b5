//! What the ledger records of subsidies.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::terms::AppliedRule;
use crate::{ClassId, Fen, PersonKey};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubsidyApproved {
    pub class: ClassId,
    pub person: PersonKey,
    /// Amount in fen that the person's place is worth in full.
    pub amount: Fen,
    /// Calendar year whose quota it uses.
    pub quota_year: i32,
    /// Which of the year's slots this is, from 1.
    pub quota_used: u32,
    pub quota_limit: u32,
    /// The rules that were applied, in order.
    pub applied: Vec<AppliedRule>,
}
