//! Accounts and funds.

use crate::apply::EventPayload;
use crate::context::Context;
use crate::entity::{Account, Fact};
use crate::event::{AccountOpened, FundsAccrued, FundsTransferred, ProvincialAdjustmentReceived};
use crate::found::Keys;
use crate::need::Need;
use crate::progress::Changes;
use crate::{AccountKey, BusinessDate, Position};
use std::collections::BTreeMap;

impl EventPayload for AccountOpened {
    fn touches(&self, need: &mut Need<'_>) {
        need.account(self.account);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.division(self.account.division);
        keys.account(self.account);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

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

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.division(self.account.division);
        keys.account(self.account);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

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

    fn found_by(&self, keys: &mut Keys<'_>) {
        let Self { from, to, fund, .. } = self;
        let divisions = [*from, *to];
        divisions.into_iter().for_each(|it| keys.division(it));
        for division in divisions {
            keys.account(AccountKey {
                division,
                fund: *fund,
            });
        }
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, _context: &mut Context, _fact: Fact, _policy: Option<Position>) {}
}

impl EventPayload for ProvincialAdjustmentReceived {
    fn touches(&self, need: &mut Need<'_>) {
        need.account(self.account);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.division(self.account.division);
        keys.account(self.account);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, _context: &mut Context, _fact: Fact, _policy: Option<Position>) {}
}
