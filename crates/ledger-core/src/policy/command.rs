//! What a caller may ask or report of policy documents.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::{BusinessDate, Note, Reference};
use std::sync::Arc;

/// Publishes a policy document; its compiled form travels along and the text is the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishPolicy {
    /// The exact text of the document (TOML); the compiled form is derived from it.
    pub text: Arc<str>,
    /// The compiled form, made from `text` outside the core.
    pub policy: Arc<crate::Policy>,
}

/// Withdraws a published document from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawPolicy {
    pub policy_id: Reference,
    /// The version that is the latest one published.
    pub version: u32,
    /// First day on which it no longer holds.
    pub effective_on: BusinessDate,
    pub grounds: Note,
    pub decision_number: Reference,
}
