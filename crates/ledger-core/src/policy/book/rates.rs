//! Which rate holds for a case.
//!
//! Where the approval of the class decides, the rate is fixed with it, for every group: what was
//! published or withdrawn later changes nothing for the class, whatever its own dates say. Where
//! another date decides, the documents hold as they are published now.

use super::index::Rated;
use super::{InForce, PolicyBook, PublishedPolicy, RuleCase};
use crate::coded::Group;
use crate::policy::{AmountRule, DecidingDate, RateValue, Ruled, Straddling};
use crate::{BusinessDate, Occupation, Policy, Position, SchemeId, SkillLevel};
use std::sync::Arc;

/// The training that a rate is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Training {
    /// The occupation, in any edition of the dictionary.
    pub occupation: Occupation,
    /// The level.
    pub level: Option<SkillLevel>,
    /// Where the approval of the class stands in the log, or will stand.
    pub approved: Position,
}

/// A document that a simulation puts into the book as if it had always been published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    policy_id: Arc<str>,
    /// Classes approved before this day keep what was fixed with them.
    from: Option<BusinessDate>,
}

impl Draft {
    /// Whether it stands in the place of `published` for a class approved on a day.
    fn replaces(&self, published: &PublishedPolicy, class_approval: BusinessDate) -> bool {
        self.policy_id == published.policy.policy_id
            && self.from.is_none_or(|from| from <= class_approval)
    }
}

impl PolicyBook {
    /// Adds a draft behind everything else. It replaces every version of its document, also for
    /// what is fixed with classes approved on or after `from`.
    pub fn publish_draft(
        &mut self,
        position: Position,
        policy: Arc<Policy>,
        from: Option<BusinessDate>,
    ) {
        self.draft = Some(Draft {
            policy_id: Arc::clone(&policy.policy_id),
            from,
        });
        self.publish(position, policy);
    }

    /// The rate for a case under an amount rule: the narrowest division's, then the latest
    /// document's, then the row that says most about occupation, level and group, in this order.
    /// Of several groups the one that is paid most is taken by the caller: each is asked for by
    /// itself.
    ///
    /// Which table holds is decided by the date that the row names, or the amount rule's where the
    /// row names none but the class's approval. A case that straddles the beginning of a table that
    /// leaves such cases alone is paid by the tables that were fixed with the class.
    #[must_use]
    pub fn rate_for(
        &self,
        case: &RuleCase<'_>,
        amount: &Ruled<AmountRule>,
        training: Training,
        group: Option<Group>,
    ) -> Option<InForce<'_, RateValue>> {
        let occupation = self.canonical(training.occupation);
        let approved = case.dates.class_approval;
        let mut kept: Option<InForce<'_, RateValue>> = None;
        for (published, rated) in self.rated(case.scheme) {
            let document = &published.policy.policy_id;
            if kept.is_some_and(|kept| kept.published.policy.policy_id != *document) {
                continue;
            }
            let fixed = self.is_fixed((published, rated), case, training.approved);
            if !fixed && rated.replaced.is_some() {
                continue;
            }
            let Some(ruled) = rated.row(occupation, training.level, group) else {
                continue;
            };
            let (by, straddling) = match ruled.decided_by {
                DecidingDate::ClassApproval => (amount.decided_by, amount.straddling),
                by => (by, ruled.straddling),
            };
            let date = case.dates.get(by);
            match by {
                DecidingDate::ClassApproval if !fixed => continue,
                DecidingDate::ClassApproval if rated.replaced.is_some() => {
                    // What replaced it may begin earlier, and take the case by another date.
                    kept.get_or_insert(InForce { published, ruled });
                    continue;
                }
                DecidingDate::ClassApproval => {}
                _ if rated.replaced.is_some() => continue,
                _ if date.is_some_and(|date| published.in_force(case.division, date)) => {}
                _ => continue,
            }
            let straddles = approved < published.policy.valid_from;
            if straddles && straddling == Straddling::EarlierRule {
                return self.fixed_rate(case, training, group);
            }
            return Some(InForce { published, ruled });
        }
        kept
    }

    /// The rate that was fixed with the class.
    fn fixed_rate(
        &self,
        case: &RuleCase<'_>,
        training: Training,
        group: Option<Group>,
    ) -> Option<InForce<'_, RateValue>> {
        let occupation = self.canonical(training.occupation);
        self.rated(case.scheme)
            .filter(|found| self.is_fixed(*found, case, training.approved))
            .find_map(|(published, rated)| {
                let ruled = rated.row(occupation, training.level, group)?;
                Some(InForce { published, ruled })
            })
    }

    /// Whether a version of a document fixed rates with the approval of a class: it was in force
    /// on that day, as documents were published and withdrawn by then.
    fn is_fixed(
        &self,
        (published, rated): (&PublishedPolicy, &Rated),
        case: &RuleCase<'_>,
        approved: Position,
    ) -> bool {
        let on = case.dates.class_approval;
        let draft = self.draft.as_ref();
        let known = if draft.is_some_and(|draft| draft.replaces(published, on)) {
            rated.replaced.is_none()
        } else {
            let replaced = rated.replaced.is_some_and(|next| next < approved);
            published.position < approved && !replaced
        };
        let withdrawn = published.withdrawn;
        let withdrawn = withdrawn.filter(|withdrawn| withdrawn.position < approved);
        known
            && published.policy.in_force(case.division, on)
            && withdrawn.is_none_or(|withdrawn| on < withdrawn.effective_on)
    }

    fn rated(&self, scheme: &SchemeId) -> impl Iterator<Item = (&PublishedPolicy, &Rated)> {
        let rated = self.index.rates.get(scheme).into_iter().flatten();
        rated.filter_map(|rated| Some((self.published.get(rated.at)?, rated)))
    }
}
