//! Accounts and funds.

use crate::apply::EventPayload;
use crate::context::Context;
use crate::entity::{Account, Fact};
use crate::event::{AccountOpened, FundsAccrued, FundsTransferred, ProvincialAdjustmentReceived};
use crate::found::Leads;
use crate::need::Need;
use crate::{AccountKey, PersonKey, Position};
use std::collections::BTreeMap;

impl EventPayload for AccountOpened {
    fn touches(&self, need: &mut Need<'_>) {
        need.account(self.account);
    }

    fn found_by(&self, _leads: Leads<'_>, _person: &mut dyn FnMut(PersonKey)) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let opened = Account {
            opened: fact.position,
            balances: BTreeMap::new(),
        };
        context.accounts.put(self.account, Some(opened));
    }
}

impl EventPayload for FundsAccrued {
    fn touches(&self, need: &mut Need<'_>) {
        need.account(self.account);
    }

    fn found_by(&self, _leads: Leads<'_>, _person: &mut dyn FnMut(PersonKey)) {}

    fn apply(&self, _context: &mut Context, _fact: Fact, _policy: Option<Position>) {}
}

impl EventPayload for FundsTransferred {
    fn touches(&self, need: &mut Need<'_>) {
        let Self { from, to, fund, .. } = self;
        need.account(AccountKey {
            division: *from,
            fund: *fund,
        });
        need.account(AccountKey {
            division: *to,
            fund: *fund,
        });
    }

    fn found_by(&self, _leads: Leads<'_>, _person: &mut dyn FnMut(PersonKey)) {}

    fn apply(&self, _context: &mut Context, _fact: Fact, _policy: Option<Position>) {}
}

impl EventPayload for ProvincialAdjustmentReceived {
    fn touches(&self, need: &mut Need<'_>) {
        need.account(self.account);
    }

    fn found_by(&self, _leads: Leads<'_>, _person: &mut dyn FnMut(PersonKey)) {}

    fn apply(&self, _context: &mut Context, _fact: Fact, _policy: Option<Position>) {}
}
