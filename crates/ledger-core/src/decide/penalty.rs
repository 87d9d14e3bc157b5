//! Penalties beside a clawback.

use super::Deciding;
use crate::command::ImposePenalty;
use crate::event::Event;
use crate::refusal::{Reason, Refusal};

impl Deciding<'_> {
    pub(super) fn impose_penalty(&self, _: &ImposePenalty) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }
}
