//! Classes.

use crate::apply::{EventPayload, with_class};
use crate::context::Context;
use crate::entity::{Class, Fact};
use crate::event::{ClassApproved, ClassClosed, ClassOpened};
use crate::found::Keys;
use crate::need::Need;
use crate::order;
use crate::progress::Changes;
use crate::{BusinessDate, Position};

impl EventPayload for ClassApproved {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class);
        if let Some(order) = self.order {
            need.order(order);
        }
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.approved(self.class, self.institution, self.account.division);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, policy: Option<Position>) {
        class_approved(context, fact, policy, self);
        if let Some(order) = self.order {
            order::taken_up(context, order, self.class);
        }
    }
}

impl EventPayload for ClassOpened {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.class(self.class);
    }

    fn counts(&self, before: &Context, on: BusinessDate, changes: &mut Changes) {
        changes.class_opened(before, self.class, on);
    }

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self { class } = self;
        with_class(context, *class, |class| class.opened = Some(fact));
    }
}

impl EventPayload for ClassClosed {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.class(self.class);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self { class } = self;
        with_class(context, *class, |class| class.closed = Some(fact));
    }
}

fn class_approved(context: &mut Context, fact: Fact, policy: Option<Position>, e: &ClassApproved) {
    let class = Class {
        approved: fact,
        policy: policy.unwrap_or(Position::ZERO),
        institution: e.institution,
        account: e.account,
        scheme: e.scheme.clone(),
        kind: e.kind,
        occupation: e.occupation,
        level: e.level,
        headcount: e.headcount,
        rate: e.rate,
        class_hours: e.class_hours,
        starts_on: e.starts_on,
        ends_on: e.ends_on,
        residence: e.residence,
        opened: None,
        closed: None,
        enrolled: 0,
        completed: 0,
        approvals: 0,
        employed_completed: 0,
        employed_approved: 0,
        beneficiaries: 0,
        in_flight: 0,
        settlement: None,
        found_false: None,
        rate_source: e.rate_source,
        scarce: e.scarce,
        reporting: e.reporting.clone(),
        order: e.order,
        publicity: None,
        objection_upheld: None,
        last_approval: None,
        counted: Vec::new(),
    };
    context.classes.put(e.class, Some(class));
}
