//! Builds the balanced entry of a monetary event and works out the running balances.

use super::Deciding;
use crate::refusal::{Reason, Refusal};
use crate::{AccountKey, AccountKind, Fen, LedgerAccount, Posting, Side};

/// An entry in progress.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    deciding: Deciding<'a>,
    postings: Vec<Posting>,
}

impl<'a> Entry<'a> {
    pub(crate) fn new(deciding: Deciding<'a>) -> Self {
        Self {
            deciding,
            postings: Vec::with_capacity(4),
        }
    }

    /// Adds `amount` to the debit of one account and the credit of another, flows counted in
    /// `fiscal_year`.
    pub(crate) fn move_amount(
        &mut self,
        debit: (AccountKey, AccountKind),
        credit: (AccountKey, AccountKind),
        fiscal_year: u16,
        amount: Fen,
    ) -> Result<(), Refusal> {
        self.post(debit, fiscal_year, Side::Debit, amount)?;
        self.post(credit, fiscal_year, Side::Credit, amount)
    }

    fn post(
        &mut self,
        (holder, kind): (AccountKey, AccountKind),
        fiscal_year: u16,
        side: Side,
        amount: Fen,
    ) -> Result<(), Refusal> {
        let fiscal_year = if kind.is_flow() { fiscal_year } else { 0 };
        let account = LedgerAccount {
            holder,
            kind,
            fiscal_year,
        };
        let before = self.balance(account)?;
        let after = account.posted(before, side, amount);
        let balance_after =
            after.ok_or_else(|| Refusal::new(Reason::AmountOverflow).about(kind.name()))?;
        if balance_after.is_negative() {
            return Err(Refusal::new(Reason::InsufficientFunds)
                .about(kind.name())
                .limit(before.get(), amount.get()));
        }
        self.postings.push(Posting {
            account,
            side,
            amount,
            balance_after,
        });
        Ok(())
    }

    /// The balance as the entry has left it so far.
    fn balance(&self, account: LedgerAccount) -> Result<Fen, Refusal> {
        if let Some(left) = account.left_by(&self.postings) {
            return Ok(left);
        }
        let holder = self.deciding.account(account.holder)?;
        Ok(holder.balance(account.kind, account.fiscal_year))
    }

    /// The postings.
    ///
    /// # Panics
    ///
    /// When debits and credits differ: every amount is moved from one side to the other.
    pub(crate) fn finish(self) -> Vec<Posting> {
        let total = |side| {
            Fen::checked_sum(
                self.postings
                    .iter()
                    .filter(|posting| posting.side == side)
                    .map(|posting| posting.amount),
            )
        };
        assert_eq!(
            total(Side::Debit),
            total(Side::Credit),
            "an entry has to balance"
        );
        self.postings
    }
}

/// Refuses a sum that does not fit.
pub(crate) fn overflow() -> Refusal {
    Refusal::new(Reason::AmountOverflow).about("total of the lines")
}
