//! What the ledger records of policy documents.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::coded::DocumentKind;
use crate::{BusinessDate, Division, Note, Position, Reference};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyPublished {
    /// The document's id in the policy folder, stable over its versions.
    pub policy_id: Reference,
    pub version: u32,
    pub document_number: Reference,
    pub division: Division,
    pub valid_from: BusinessDate,
    pub valid_until: Option<BusinessDate>,
    /// What the document holds.
    pub document_kind: DocumentKind,
    /// The exact text: the evidence.
    pub text: Arc<str>,
    /// SHA-256 of the text.
    pub digest: [u8; 32],
}

/// A city's catalogues (四个目录): published as a document is.
pub type CataloguePublished = PolicyPublished;

/// A document no longer holds from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWithdrawn {
    pub policy_id: Reference,
    pub version: u32,
    /// Position of the publication.
    pub published: Position,
    /// First day on which it no longer holds.
    pub effective_on: BusinessDate,
    pub grounds: Note,
    pub decision_number: Reference,
}
