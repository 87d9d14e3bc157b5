//! Publication of policy documents.

use super::{Deciding, at_most};
use crate::Reference;
use crate::coded::DocumentKind;
use crate::command::{PublishPolicy, WithdrawPolicy};
use crate::event::{Event, EventBody, PolicyPublished, Tag};
use crate::limits::{POLICIES_MAX, POLICY_TEXT_BYTES_MAX};
use crate::refusal::{Reason, Refusal};
use sha2::{Digest, Sha256};
use std::sync::Arc;

impl Deciding<'_> {
    /// Publishes a version of a document. A version is published once, and versions count up, so
    /// that the latest publication is the one in force.
    pub(super) fn publish_policy(&self, c: &PublishPolicy) -> Result<Event, Refusal> {
        let published = self.context.policies.published();
        at_most(c.text.len(), POLICY_TEXT_BYTES_MAX, "bytes of the document")?;
        at_most(
            published.len().saturating_add(1),
            POLICIES_MAX,
            "published documents",
        )?;
        let policy = &c.policy;
        super::within(policy.version, u32::MAX, "version")?;
        let policy_id = text(&policy.policy_id)?;
        let document_number = text(&policy.document_number)?;
        super::check_order(policy.valid_from, policy.valid_until)?;
        let earlier: Vec<_> = published
            .iter()
            .filter(|earlier| earlier.policy.policy_id == policy.policy_id)
            .collect();
        let newest = earlier.iter().map(|earlier| earlier.policy.version).max();
        if newest.is_some_and(|newest| policy.version <= newest) {
            return Err(Refusal::new(Reason::PolicyExists)
                .about(&policy.policy_id)
                .limit(i64::from(newest.unwrap_or(0)), i64::from(policy.version))
                .because(earlier.iter().map(|earlier| earlier.position)));
        }
        let body = PolicyPublished {
            policy_id,
            version: policy.version,
            document_number,
            division: policy.division,
            valid_from: policy.valid_from,
            valid_until: policy.valid_until,
            text: Arc::clone(&c.text),
            digest: Sha256::digest(c.text.as_bytes()).into(),
            document_kind: policy.kind,
        };
        let body = match policy.kind {
            DocumentKind::Catalogue => EventBody::CataloguePublished(body),
            DocumentKind::Rules | DocumentKind::RateTable => EventBody::PolicyPublished(body),
        };
        let causes = earlier.iter().map(|earlier| earlier.position).collect();
        Ok(self.event(body, vec![Tag::Division(policy.division)], causes))
    }

    pub(super) fn withdraw_policy(&self, _: &WithdrawPolicy) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }
}

fn text(value: &str) -> Result<Reference, Refusal> {
    Reference::parse(value).map_err(|_| Refusal::new(Reason::OutOfBounds).about("document text"))
}
