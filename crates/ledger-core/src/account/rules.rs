//! Accounts: opening, accrual from the unemployment insurance fund, transfers between divisions.

use crate::command::{AccrueFunds, OpenAccount, RecordProvincialAdjustment, TransferFunds};
use crate::decide::entry::{Entry, overflow};
use crate::decide::{CommandPayload, Deciding, check_amount};
use crate::entity::Account;
use crate::event::{
    AccountOpened, Event, EventBody, FundsAccrued, FundsTransferred, PayingCapacity,
    ProvincialAdjustmentReceived,
};
use crate::limits::AMOUNT_MAX_FEN;
use crate::need::Need;
use crate::policy::Accrual;
use crate::policy::book::InForce;
use crate::refusal::{Reason, Refusal};
use crate::{AccountKey, AccountKind, Fen, PersonKey, Share};

impl<'a> Deciding<'a> {
    /// The fiscal year (calendar year, 财办〔2018〕43号) of the business date.
    pub(crate) fn fiscal_year(&self) -> u16 {
        u16::try_from(self.on.year()).expect("a business date lies in 1900..=2199")
    }

    pub(crate) fn open_account(&self, c: &OpenAccount) -> Result<Event, Refusal> {
        let account = AccountKey {
            division: c.division,
            fund: c.fund,
        };
        if let Some(open) = self.context.accounts.get(&account) {
            return Err(Refusal::new(Reason::AccountExists)
                .about(c.division)
                .because([open.opened]));
        }
        Ok(self.event(
            EventBody::AccountOpened(AccountOpened { account }),
            Vec::new(),
        ))
    }

    /// Records help from the provincial adjustment fund (省级调剂金), which is due where the balance
    /// after the accrual covers fewer months of benefits than the rule asks for.
    pub(crate) fn record_provincial_adjustment(
        &self,
        c: &RecordProvincialAdjustment,
    ) -> Result<Event, Refusal> {
        check_capacity(&c.capacity)?;
        check_amount(c.amount)?;
        let account = AccountKey {
            division: c.division,
            fund: c.fund,
        };
        let open = self.account(account)?;
        let rule = self
            .accrual_rule(account, |_| true)
            .ok_or_else(|| Refusal::new(Reason::RuleNotFound).about(c.fund.code()))?;
        check_need(&c.capacity, rule)?;
        let mut entry = Entry::new(*self);
        entry.move_amount(
            (account, AccountKind::Cash),
            (account, AccountKind::ProvincialAdjustment),
            self.fiscal_year(),
            c.amount,
        )?;
        let body = EventBody::ProvincialAdjustmentReceived(ProvincialAdjustmentReceived {
            account,
            amount: c.amount,
            capacity: c.capacity,
            reference: c.reference.clone(),
        });
        let causes = vec![open.opened, rule.published.position];
        let mut event = self.event(body, causes);
        event.policy = Some(rule.published.position);
        event.postings = entry.finish();
        Ok(event)
    }

    /// The rule for money raised for an account, of those that fit.
    fn accrual_rule(
        &self,
        account: AccountKey,
        fits: impl Fn(&Accrual) -> bool,
    ) -> Option<InForce<'a, Accrual>> {
        self.document_rule(account.division, |policy| {
            let mut accruals = policy.accruals.iter();
            accruals.find(|accrual| accrual.rule.fund == account.fund && fits(&accrual.rule))
        })
    }

    /// Records money raised for an account. Where a document in force bounds it by a share of the
    /// balance, the capacity that it is measured against must be given, and each accrual stays
    /// within the share of the balance that it is taken from. A document that only names the
    /// capacity to keep bounds no accrual and asks for nothing: the balance after it decides
    /// whether the province helps.
    pub(crate) fn accrue_funds(&self, c: &AccrueFunds) -> Result<Event, Refusal> {
        c.capacity.as_ref().map_or(Ok(()), check_capacity)?;
        check_amount(c.amount)?;
        let account = AccountKey {
            division: c.division,
            fund: c.fund,
        };
        let open = self.account(account)?;
        let rule = self.accrual_rule(account, |accrual| accrual.share.is_some());
        rule.map_or(Ok(()), |rule| check_share(c, rule))?;
        let mut entry = Entry::new(*self);
        entry.move_amount(
            (account, AccountKind::Cash),
            (account, AccountKind::Accrual),
            self.fiscal_year(),
            c.amount,
        )?;
        let reference = c.reference.clone();
        let body = EventBody::FundsAccrued(FundsAccrued {
            account,
            amount: c.amount,
            reference,
            capacity: c.capacity,
        });
        let mut event = self.event(body, vec![open.opened]);
        event.policy = rule.map(|rule| rule.published.position);
        event.causes.extend(event.policy);
        event.postings = entry.finish();
        Ok(event)
    }

    pub(crate) fn transfer_funds(&self, c: &TransferFunds) -> Result<Event, Refusal> {
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
        let body = EventBody::FundsTransferred(FundsTransferred {
            from: c.from,
            to: c.to,
            fund: c.fund,
            amount: c.amount,
            reference: c.reference.clone(),
        });
        let mut event = self.event(body, vec![giver.opened, receiver.opened]);
        event.postings = entry.finish();
        Ok(event)
    }
}

/// Refuses figures of an unemployment insurance fund that cannot be.
fn check_capacity(capacity: &PayingCapacity) -> Result<(), Refusal> {
    for (figure, what) in [
        (capacity.balance, "balance in fen"),
        (capacity.monthly_benefits, "monthly benefits in fen"),
    ] {
        let bound = if figure.is_negative() {
            0
        } else {
            AMOUNT_MAX_FEN
        };
        if figure.is_negative() || figure.get() > bound {
            return Err(Refusal::new(Reason::OutOfBounds)
                .about(what)
                .limit(bound, figure.get()));
        }
    }
    Ok(())
}

/// Refuses an accrual above its share of the balance; the rule was found because it states one.
fn check_share(c: &AccrueFunds, rule: InForce<'_, Accrual>) -> Result<(), Refusal> {
    let share = rule.ruled.rule.share.unwrap_or(Share::WHOLE);
    let refused = |reason| Refusal::new(reason).under(rule.cite()).about(c.division);
    let Some(capacity) = c.capacity else {
        return Err(refused(Reason::CapacityMissing));
    };
    // Rounded down: a whole number of fen is above the share exactly when it is above its floor.
    let limit = capacity.balance.share(share).ok_or_else(overflow)?;
    if c.amount > limit {
        return Err(refused(Reason::AccrualAboveShare).limit(limit.get(), c.amount.get()));
    }
    Ok(())
}

/// Refuses help where the balance covers the months that the rule asks for.
fn check_need(capacity: &PayingCapacity, rule: InForce<'_, Accrual>) -> Result<(), Refusal> {
    // No overflow: 47 bits (the bound of an amount) times 32 bits fit the 127 bits of `i128`.
    let needed = i128::from(capacity.monthly_benefits.get())
        .wrapping_mul(i128::from(rule.ruled.rule.capacity_months));
    if i128::from(capacity.balance.get()) < needed {
        return Ok(());
    }
    Err(Refusal::new(Reason::CapacitySufficient)
        .under(rule.cite())
        .limit(
            i64::try_from(needed).unwrap_or(i64::MAX),
            capacity.balance.get(),
        ))
}

/// Refuses to spend more than the account holds beyond what is reserved (专款专用).
pub(crate) fn holds(account: &Account, key: AccountKey, amount: Fen) -> Result<(), Refusal> {
    let available = account.available();
    if amount > available {
        return Err(Refusal::new(Reason::InsufficientFunds)
            .about(key.division)
            .limit(available.get(), amount.get()));
    }
    Ok(())
}

impl CommandPayload for OpenAccount {
    fn needs(&self, need: &mut Need<'_>) {
        need.account(AccountKey {
            division: self.division,
            fund: self.fund,
        });
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.open_account(self)?])
    }
}

impl CommandPayload for AccrueFunds {
    fn needs(&self, need: &mut Need<'_>) {
        need.account(AccountKey {
            division: self.division,
            fund: self.fund,
        });
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.accrue_funds(self)?])
    }
}

impl CommandPayload for TransferFunds {
    fn needs(&self, need: &mut Need<'_>) {
        need.account(AccountKey {
            division: self.from,
            fund: self.fund,
        });
        need.account(AccountKey {
            division: self.to,
            fund: self.fund,
        });
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.transfer_funds(self)?])
    }
}

impl CommandPayload for RecordProvincialAdjustment {
    fn needs(&self, need: &mut Need<'_>) {
        need.account(AccountKey {
            division: self.division,
            fund: self.fund,
        });
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.record_provincial_adjustment(self)?])
    }
}
