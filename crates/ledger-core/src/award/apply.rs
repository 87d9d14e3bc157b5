//! Awards and their registers.

use crate::apply::EventPayload;
use crate::context::{Context, award_register_key};
use crate::entity::{Award, AwardEntry, AwardRegister, Fact};
use crate::event::{AwardApproved, AwardRevoked};
use crate::found::Keys;
use crate::need::Need;
use crate::progress::Changes;
use crate::{AwardId, BusinessDate, Fen, Position};

impl EventPayload for AwardApproved {
    fn touches(&self, need: &mut Need<'_>) {
        need.award(self.award);
        need.register(&self.scheme, self.division);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.award(self.award, self.division, self.recipient);
    }

    fn counts(&self, _before: &Context, on: BusinessDate, changes: &mut Changes) {
        changes.award_approved(self, on);
    }

    fn apply(&self, context: &mut Context, fact: Fact, policy: Option<Position>) {
        approved(context, fact, policy, self);
    }
}

impl EventPayload for AwardRevoked {
    fn touches(&self, need: &mut Need<'_>) {
        need.award_and_register(self.award);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.awarded(self.award);
    }

    fn counts(&self, before: &Context, _on: BusinessDate, changes: &mut Changes) {
        changes.award_revoked(before, self.award);
    }

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self { award, .. } = self;
        revoked(context, fact, *award)
    }
}

pub(crate) fn with(context: &mut Context, award: AwardId, change: impl FnOnce(&mut Award)) {
    if let Some(award) = context.awards.get_mut(&award) {
        change(award);
    }
}

pub(crate) fn approved(
    context: &mut Context,
    fact: Fact,
    policy: Option<Position>,
    e: &AwardApproved,
) {
    let award = Award {
        approved: fact,
        policy: policy.unwrap_or(Position::ZERO),
        scheme: e.scheme.clone(),
        division: e.division,
        recipient: e.recipient,
        subject: e.subject.clone(),
        amount: e.amount,
        parts: e.parts.clone(),
        payments: Vec::new(),
        clawed_back: Fen::ZERO,
        revoked: None,
        found_false: None,
    };
    context.awards.put(e.award, Some(award));
    let entry = AwardEntry {
        award: e.award,
        division: e.division,
        position: fact.position,
        on: fact.on,
        recipient: e.recipient,
        subject: e.subject.clone(),
        revoked: None,
    };
    let key = award_register_key(&e.scheme, e.division);
    match context.award_registers.get_mut(&key) {
        Some(register) => register.entries.push(entry),
        None => {
            let entries = vec![entry];
            context
                .award_registers
                .put(key, Some(AwardRegister { entries }));
        }
    }
}

pub(crate) fn revoked(context: &mut Context, fact: Fact, id: AwardId) {
    with(context, id, |award| award.revoked = Some(fact.position));
    let Some(award) = context.awards.get(&id) else {
        return;
    };
    let key = award_register_key(&award.scheme, award.division);
    if let Some(register) = context.award_registers.get_mut(&key) {
        for entry in &mut register.entries {
            if entry.award == id {
                entry.revoked = Some(fact.position);
            }
        }
    }
}
