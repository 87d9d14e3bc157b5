//! Showing approvals to the public, and objections.

use super::Deciding;
use crate::command::{ClosePublicity, OpenPublicity, RaiseObjection, ResolveObjection};
use crate::event::Event;
use crate::refusal::{Reason, Refusal};

impl Deciding<'_> {
    pub(super) fn open_publicity(&self, _: &OpenPublicity) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }

    pub(super) fn raise_objection(&self, _: &RaiseObjection) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }

    pub(super) fn resolve_objection(&self, _: &ResolveObjection) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }

    pub(super) fn close_publicity(&self, _: &ClosePublicity) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }
}
