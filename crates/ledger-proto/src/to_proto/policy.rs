//! Published policy documents, as answers to questions about them.

use ledger_core::coded::DocumentKind;
use ledger_core::policy::{PublishedPolicy, Scheme, Withdrawal};

use super::date_to_proto;
use super::value::optional_position;
use crate::v1;

/// Translates one published version of a document, without its text.
#[must_use]
pub fn published_policy_to_proto(published: &PublishedPolicy) -> v1::PublishedPolicy {
    let policy = &published.policy;
    let withdrawn: Option<Withdrawal> = published.withdrawn;
    v1::PublishedPolicy {
        policy_id: policy.policy_id.as_ref().to_owned(),
        version: policy.version,
        document_number: policy.document_number.as_ref().to_owned(),
        title: policy.title.as_ref().to_owned(),
        kind: policy_kind_to_proto(policy.kind).into(),
        division: policy.division.code(),
        valid_from_date: Some(date_to_proto(policy.valid_from)),
        valid_until_date: policy.valid_until.map(date_to_proto),
        example: policy.example,
        position: published.position.get(),
        withdrawn_position: optional_position(withdrawn.map(|withdrawn| withdrawn.position)),
        withdrawn_date: withdrawn.map(|withdrawn| date_to_proto(withdrawn.effective_on)),
    }
}

/// Translates what a document holds. Unlike a stored event, which has no kind for rules because
/// the first events had none, an answer names every kind.
#[must_use]
pub const fn policy_kind_to_proto(kind: DocumentKind) -> v1::DocumentKind {
    match kind {
        DocumentKind::Rules => v1::DocumentKind::Rules,
        DocumentKind::RateTable => v1::DocumentKind::RateTable,
        DocumentKind::Catalogue => v1::DocumentKind::Catalogue,
    }
}

/// Translates the name of a scheme that a document sets.
#[must_use]
pub fn policy_scheme_to_proto(scheme: &Scheme) -> v1::PolicyScheme {
    v1::PolicyScheme {
        scheme: scheme.scheme.as_str().to_owned(),
        name_zh: scheme.name_zh.as_ref().to_owned(),
    }
}
