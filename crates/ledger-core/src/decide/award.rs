//! Awards and grants: approval, revocation, payment.

use super::Deciding;
use crate::AwardId;
use crate::command::{ApproveAward, OrderAwardPayment, RevokeAward};
use crate::entity::Award;
use crate::event::Event;
use crate::refusal::{Reason, Refusal};

impl<'a> Deciding<'a> {
    pub(super) fn award(&self, award: AwardId) -> Result<&'a Award, Refusal> {
        self.context
            .awards
            .get(&award)
            .ok_or_else(|| Refusal::new(Reason::AwardNotFound).about(award))
    }

    pub(super) fn approve_award(&self, _: &ApproveAward) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }

    pub(super) fn revoke_award(&self, _: &RevokeAward) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }

    pub(super) fn order_award_payment(&self, _: &OrderAwardPayment) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }
}
