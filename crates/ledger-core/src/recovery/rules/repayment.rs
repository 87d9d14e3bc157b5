//! Repayments: what is owed, and what comes back of it.

use crate::command::{Debt, RecordRepayment};
use crate::decide::entry::{Entry, overflow};
use crate::decide::{CommandPayload, Deciding, check_amount};
use crate::event::{Event, EventBody, RepaymentReceived};
use crate::need::Need;
use crate::refusal::{Reason, Refusal};
use crate::{AccountKey, AccountKind, Fen, PersonKey, Position};

/// A debt as it stands.
#[derive(Debug)]
struct Owed {
    account: AccountKey,
    outstanding: Fen,
    since: Position,
}

impl Deciding<'_> {
    pub(crate) fn record_repayment(&self, c: &RecordRepayment) -> Result<Event, Refusal> {
        check_amount(c.amount)?;
        let owed = self.owed(c.debt)?;
        if c.amount > owed.outstanding {
            return Err(Refusal::new(Reason::RepaymentExceedsDebt)
                .limit(owed.outstanding.get(), c.amount.get())
                .because([owed.since]));
        }
        let mut entry = Entry::new(*self);
        entry.move_amount(
            (owed.account, AccountKind::Cash),
            (owed.account, AccountKind::Receivable),
            self.fiscal_year(),
            c.amount,
        )?;
        let body = EventBody::RepaymentReceived(RepaymentReceived {
            debt: c.debt,
            amount: c.amount,
            outstanding: owed
                .outstanding
                .checked_sub(c.amount)
                .ok_or_else(overflow)?,
            bank_reference: c.bank_reference.clone(),
        });
        let mut event = self.event(body, vec![owed.since]);
        event.postings = entry.finish();
        Ok(event)
    }

    fn owed(&self, debt: Debt) -> Result<Owed, Refusal> {
        match debt {
            Debt::Clawback(id) => {
                let clawback = self
                    .context
                    .clawbacks
                    .get(&id)
                    .ok_or_else(|| Refusal::new(Reason::DebtNotFound).about(id))?;
                self.not_before(clawback.decided.on, clawback.decided.position)?;
                Ok(Owed {
                    account: clawback.account,
                    outstanding: clawback.outstanding,
                    since: clawback.decided.position,
                })
            }
            Debt::ExcessAdvance(id) => {
                let class = self.class(id)?;
                let settlement = class
                    .settlement
                    .filter(|settlement| settlement.excess.is_positive())
                    .ok_or_else(|| Refusal::new(Reason::DebtNotFound).about(id))?;
                self.not_before(settlement.on, settlement.position)?;
                Ok(Owed {
                    account: class.account,
                    outstanding: settlement.excess_outstanding,
                    since: settlement.position,
                })
            }
        }
    }
}

impl CommandPayload for RecordRepayment {
    fn needs(&self, need: &mut Need<'_>) {
        need.debt(self.debt);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.record_repayment(self)?])
    }
}
