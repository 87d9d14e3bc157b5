//! Policy documents: publication, withdrawal, and the rules that belong to no scheme.

use crate::coded::DocumentKind;
use crate::command::{PublishPolicy, WithdrawPolicy};
use crate::decide::{CommandPayload, Deciding, at_most};
use crate::event::{Event, EventBody, PolicyPublished, PolicyWithdrawn};
use crate::limits::{POLICIES_MAX, POLICY_TEXT_BYTES_MAX};
use crate::need::Need;
use crate::policy::book::{InForce, PolicyBook, PublishedPolicy};
use crate::policy::{Policy, Ruled};
use crate::refusal::{Reason, Refusal};
use crate::{Division, PersonKey, Position, Reference};
use sha2::{Digest, Sha256};
use std::cmp::Reverse;
use std::sync::Arc;

impl<'a> Deciding<'a> {
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
        crate::decide::within(policy.version, u32::MAX, "version")?;
        let policy_id = text(&policy.policy_id)?;
        let document_number = text(&policy.document_number)?;
        crate::decide::check_order(policy.valid_from, policy.valid_until)?;
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
        self.fits_published(policy)?;
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
        Ok(self.event(body, causes))
    }

    /// A document stays in its division from version to version, and a city sets no rules of a
    /// scheme on days on which its province's document does: they would never hold.
    fn fits_published(&self, policy: &Policy) -> Result<(), Refusal> {
        let policies = &self.context.policies;
        let conflicts = |about: &str, with: Position| {
            let refusal = Refusal::new(Reason::PolicyConflicts).about(about);
            Err(refusal.because([with]))
        };
        if let Some(latest) = policies.latest(&policy.policy_id)
            && latest.policy.division != policy.division
        {
            return conflicts(&policy.policy_id, latest.position);
        }
        for scheme in &policy.schemes {
            let mut published = policies.published().iter();
            let above = published.find(|above| {
                let wide = above.policy.division;
                wide != policy.division
                    && wide.contains(policy.division)
                    && above.policy.policy_id != policy.policy_id
                    && above.policy.scheme(&scheme.scheme).is_some()
                    && is_latest(policies, above)
                    && above.holds_beside(policy)
            });
            if let Some(above) = above {
                return conflicts(scheme.scheme.as_str(), above.position);
            }
        }
        Ok(())
    }

    /// Withdraws the latest version of a document from a day on. Decisions that cite it keep it;
    /// a later version may be published all the same.
    pub(super) fn withdraw_policy(&self, c: &WithdrawPolicy) -> Result<Event, Refusal> {
        let unknown = || Refusal::new(Reason::PolicyNotFound).about(&c.policy_id);
        let latest = self.context.policies.latest(c.policy_id.as_str());
        let latest = latest.ok_or_else(unknown)?;
        let policy = &latest.policy;
        if c.version != policy.version {
            return Err(unknown()
                .limit(i64::from(policy.version), i64::from(c.version))
                .because([latest.position]));
        }
        crate::decide::not_before(c.effective_on, policy.valid_from, latest.position)?;
        if let Some(withdrawn) = latest.withdrawn {
            return Err(Refusal::new(Reason::PolicyIsWithdrawn)
                .about(&c.policy_id)
                .because([withdrawn.position]));
        }
        let body = EventBody::PolicyWithdrawn(PolicyWithdrawn {
            policy_id: c.policy_id.clone(),
            version: c.version,
            published: latest.position,
            effective_on: c.effective_on,
            grounds: c.grounds.clone(),
            decision_number: c.decision_number.clone(),
        });
        Ok(self.event(body, vec![latest.position]))
    }

    /// A rule that belongs to no scheme (an accrual, a penalty) as it holds at a division on the
    /// business date. Of the documents in force that `pick` finds one in, the one that supersedes
    /// the others states it, in the order in which they do for schemes: the province before the
    /// city, then the later first day, then the later publication.
    pub(crate) fn document_rule<T>(
        &self,
        division: Division,
        pick: impl Fn(&'a Policy) -> Option<&'a Ruled<T>>,
    ) -> Option<InForce<'a, T>> {
        let policies = &self.context.policies;
        let found = policies.published().iter().filter_map(|published| {
            let ruled = pick(&published.policy)?;
            let holds = is_latest(policies, published) && published.in_force(division, self.on);
            holds.then_some(InForce { published, ruled })
        });
        found.min_by_key(|found| {
            let policy = &found.published.policy;
            let narrowness = (
                !policy.division.is_province(),
                !policy.division.is_prefecture(),
            );
            let later = (policy.valid_from, found.published.position);
            (narrowness, Reverse(later))
        })
    }
}

fn is_latest(policies: &PolicyBook, published: &PublishedPolicy) -> bool {
    let latest = policies.latest(&published.policy.policy_id);
    latest.is_some_and(|latest| latest.position == published.position)
}

fn text(value: &str) -> Result<Reference, Refusal> {
    Reference::parse(value).map_err(|_| Refusal::new(Reason::OutOfBounds).about("document text"))
}

impl CommandPayload for PublishPolicy {
    fn needs(&self, _need: &mut Need<'_>) {}

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.publish_policy(self)?])
    }
}

impl CommandPayload for WithdrawPolicy {
    fn needs(&self, _need: &mut Need<'_>) {}

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.withdraw_policy(self)?])
    }
}
