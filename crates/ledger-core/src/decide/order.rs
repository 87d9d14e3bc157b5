//! Orders (五单式).

use super::Deciding;
use crate::command::{AcceptOrder, CancelOrder, ListOrder, PurchaseOrder, RaiseOrder, SelectOrder};
use crate::event::Event;
use crate::refusal::{Reason, Refusal};

impl Deciding<'_> {
    pub(super) fn raise_order(&self, _: &RaiseOrder) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }

    pub(super) fn list_order(&self, _: &ListOrder) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }

    pub(super) fn select_order(&self, _: &SelectOrder) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }

    pub(super) fn accept_order(&self, _: &AcceptOrder) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }

    pub(super) fn purchase_order(&self, _: &PurchaseOrder) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }

    pub(super) fn cancel_order(&self, _: &CancelOrder) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }
}
