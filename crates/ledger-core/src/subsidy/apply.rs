//! Approvals.

use crate::apply::{EventPayload, counted, slot_template, with_class, with_person};
use crate::context::Context;
use crate::entity::{Approval, Fact};
use crate::event::SubsidyApproved;
use crate::found::Keys;
use crate::need::Need;
use crate::progress::{Changes, Counted};
use crate::{BusinessDate, Position};

impl EventPayload for SubsidyApproved {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.place(self.class, self.person);
    }

    fn counts(&self, before: &Context, on: BusinessDate, changes: &mut Changes) {
        changes.counted(before, (self.class, self.person), Counted::Subsidised, on);
    }

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        subsidy_approved(context, fact, self);
    }
}

fn subsidy_approved(context: &mut Context, fact: Fact, e: &SubsidyApproved) {
    let Some(template) = slot_template(context, fact, e.class, e.quota_year) else {
        return;
    };
    let mut newly_beneficiary = false;
    let mut employed = false;
    with_person(context, e.person, |person| {
        if person.slot_of(e.class).is_none() {
            person.slots.push(template);
        }
    });
    let groups = counted::groups(context, e.class, e.person);
    counted::with_place(context, e.class, e.person, |place| {
        newly_beneficiary = !place.is_beneficiary();
        employed = place.employment_counts();
        place.approval = Some(Approval {
            position: fact.position,
            on: fact.on,
            amount: e.amount,
            groups,
        });
    });
    with_class(context, e.class, |class| {
        class.last_approval = Some(class.last_approval.map_or(fact, |last| last.later(fact)));
        class.approvals = class.approvals.saturating_add(1);
        class.employed_approved = class.employed_approved.saturating_add(u32::from(employed));
        class.beneficiaries = class
            .beneficiaries
            .saturating_add(u32::from(newly_beneficiary));
    });
}
