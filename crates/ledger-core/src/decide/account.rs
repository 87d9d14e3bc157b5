//! Accounts: opening, accrual from the unemployment insurance fund, transfers between divisions.

use super::entry::Entry;
use super::{Deciding, check_amount};
use crate::command::{AccrueFunds, OpenAccount, RecordProvincialAdjustment, TransferFunds};
use crate::entity::Account;
use crate::event::{Event, EventBody, Tag};
use crate::refusal::{Reason, Refusal};
use crate::{AccountKey, AccountKind, Fen};

impl<'a> Deciding<'a> {
    pub(super) fn account(&self, account: AccountKey) -> Result<&'a Account, Refusal> {
        self.context
            .accounts
            .get(&account)
            .ok_or_else(|| Refusal::new(Reason::AccountNotFound).about(account.division))
    }

    /// The fiscal year (calendar year, 财办〔2018〕43号) of the business date.
    pub(super) fn fiscal_year(&self) -> u16 {
        u16::try_from(self.on.year()).expect("a business date lies in 1900..=2199")
    }

    pub(super) fn open_account(&self, c: &OpenAccount) -> Result<Event, Refusal> {
        let account = AccountKey {
            division: c.division,
            fund: c.fund,
        };
        if let Some(open) = self.context.accounts.get(&account) {
            return Err(Refusal::new(Reason::AccountExists)
                .about(c.division)
                .because([open.opened]));
        }
        let tags = vec![Tag::Division(c.division), Tag::Account(account)];
        Ok(self.event(EventBody::AccountOpened { account }, tags, Vec::new()))
    }

    pub(super) fn record_provincial_adjustment(
        &self,
        _: &RecordProvincialAdjustment,
    ) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }

    pub(super) fn accrue_funds(&self, c: &AccrueFunds) -> Result<Event, Refusal> {
        check_amount(c.amount)?;
        let account = AccountKey {
            division: c.division,
            fund: c.fund,
        };
        let open = self.account(account)?;
        let mut entry = Entry::new(*self);
        entry.move_amount(
            (account, AccountKind::Cash),
            (account, AccountKind::Accrual),
            self.fiscal_year(),
            c.amount,
        )?;
        let tags = vec![Tag::Division(c.division), Tag::Account(account)];
        let reference = c.reference.clone();
        let body = EventBody::FundsAccrued {
            account,
            amount: c.amount,
            reference,
            capacity: c.capacity,
        };
        let mut event = self.event(body, tags, vec![open.opened]);
        event.postings = entry.finish();
        Ok(event)
    }

    pub(super) fn transfer_funds(&self, c: &TransferFunds) -> Result<Event, Refusal> {
        check_amount(c.amount)?;
        if c.from == c.to {
            return Err(Refusal::new(Reason::SameDivision).about(c.from));
        }
        let from = AccountKey {
            division: c.from,
            fund: c.fund,
        };
        let to = AccountKey {
            division: c.to,
            fund: c.fund,
        };
        let giver = self.account(from)?;
        let receiver = self.account(to)?;
        holds(giver, from, c.amount)?;
        let year = self.fiscal_year();
        let mut entry = Entry::new(*self);
        entry.move_amount(
            (from, AccountKind::TransferOut),
            (from, AccountKind::Cash),
            year,
            c.amount,
        )?;
        entry.move_amount(
            (to, AccountKind::Cash),
            (to, AccountKind::TransferIn),
            year,
            c.amount,
        )?;
        let tags = vec![
            Tag::Division(c.from),
            Tag::Division(c.to),
            Tag::Account(from),
            Tag::Account(to),
        ];
        let body = EventBody::FundsTransferred {
            from: c.from,
            to: c.to,
            fund: c.fund,
            amount: c.amount,
            reference: c.reference.clone(),
        };
        let mut event = self.event(body, tags, vec![giver.opened, receiver.opened]);
        event.postings = entry.finish();
        Ok(event)
    }
}

/// Refuses to spend more than the account holds beyond what is reserved (专款专用).
pub(super) fn holds(account: &Account, key: AccountKey, amount: Fen) -> Result<(), Refusal> {
    let available = account.available();
    if amount > available {
        return Err(Refusal::new(Reason::InsufficientFunds)
            .about(key.division)
            .limit(available.get(), amount.get()));
    }
    Ok(())
}
