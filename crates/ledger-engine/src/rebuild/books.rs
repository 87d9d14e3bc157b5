//! Double entry, checked again: every entry balances, and no balance comes from nowhere.

use hashbrown::HashMap;
use ledger_core::{Event, Fen, LedgerAccount, Side};
use thiserror::Error;

/// The balances of every account in the books, as of the last event checked.
#[derive(Debug, Default)]
pub(super) struct Books {
    balances: HashMap<LedgerAccount, Fen>,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BooksError {
    /// Debits and credits differ.
    #[error("debits of {debits} yuan differ from credits of {credits} yuan")]
    Unbalanced {
        /// Sum of the debits.
        debits: Fen,
        /// Sum of the credits.
        credits: Fen,
    },
    /// An amount is zero or negative.
    #[error("amount of {amount} yuan is not positive")]
    Amount {
        /// The amount.
        amount: Fen,
    },
    /// The balance that a posting states is not the one before it and the amount.
    #[error("balance of {stated} yuan follows on one of {before} yuan")]
    Continuity {
        /// The balance that the posting states.
        stated: Fen,
        /// The balance that the posting before it left.
        before: Fen,
    },
    /// A balance is below zero.
    #[error("balance of {balance} yuan is negative")]
    Negative {
        /// The balance.
        balance: Fen,
    },
    /// A sum leaves the range of money.
    #[error("sum is out of range")]
    Range,
}

impl Books {
    /// Checks the entry of an event and takes its balances over.
    pub(super) fn post(&mut self, event: &Event) -> Result<(), BooksError> {
        let (mut debits, mut credits) = (Fen::ZERO, Fen::ZERO);
        for posting in &event.postings {
            if !posting.amount.is_positive() {
                return Err(BooksError::Amount {
                    amount: posting.amount,
                });
            }
            let sum = match posting.side {
                Side::Debit => &mut debits,
                Side::Credit => &mut credits,
            };
            *sum = sum.checked_add(posting.amount).ok_or(BooksError::Range)?;
            let balance = self.balances.entry(posting.account).or_default();
            let after = if posting.side == posting.account.kind.normal_side() {
                balance.checked_add(posting.amount)
            } else {
                balance.checked_sub(posting.amount)
            };
            let stated = posting.balance_after;
            if after.ok_or(BooksError::Range)? != stated {
                return Err(BooksError::Continuity {
                    stated,
                    before: *balance,
                });
            }
            if stated.is_negative() {
                return Err(BooksError::Negative { balance: stated });
            }
            *balance = stated;
        }
        if debits != credits {
            return Err(BooksError::Unbalanced { debits, credits });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger_core::event::{AccountOpened, EventBody};
    use ledger_core::{AccountKey, AccountKind, BusinessDate, Division, FundSource, Posting};

    #[test]
    fn an_entry_balances_and_continues_the_balances_before_it() {
        use AccountKind::{Accrual, Cash, Commitment};
        use Side::{Credit, Debit};
        let ok = Ok(());
        let fen = Fen::new;
        #[rustfmt::skip]
        let cases = [
            // kind and side, amount, balance after; one entry, then the next
            (vec![(Cash, Debit, 500, 500), (Accrual, Credit, 500, 500)], ok),
            (vec![(Cash, Debit, 100, 600), (Accrual, Credit, 100, 600)], ok),
            (vec![(Cash, Credit, 600, 0), (Accrual, Debit, 600, 0)], ok),
            (vec![(Cash, Debit, 5, 5), (Accrual, Credit, 4, 4)],
                Err(BooksError::Unbalanced { debits: fen(5), credits: fen(4) })),
            (vec![(Commitment, Debit, 0, 0)], Err(BooksError::Amount { amount: fen(0) })),
            (vec![(Commitment, Debit, 7, 8)],
                Err(BooksError::Continuity { stated: fen(8), before: fen(0) })),
            (vec![(Commitment, Credit, 7, -7)], Err(BooksError::Negative { balance: fen(-7) })),
            (vec![(Commitment, Debit, i64::MAX, i64::MAX), (Commitment, Debit, 1, i64::MAX)],
                Err(BooksError::Range)),
        ];
        let mut books = Books::default();
        for (postings, expected) in cases {
            let holder = AccountKey {
                division: Division::new(370_100).unwrap(),
                fund: FundSource::SpecialAccount,
            };
            let postings = postings
                .into_iter()
                .map(|(kind, side, amount, after)| Posting {
                    account: LedgerAccount {
                        holder,
                        kind,
                        fiscal_year: 0,
                    },
                    side,
                    amount: fen(amount),
                    balance_after: fen(after),
                });
            let event = Event {
                occurred_on: BusinessDate::from_ymd(2021, 1, 1).unwrap(),
                causes: vec![],
                policy: None,
                tags: vec![],
                postings: postings.collect(),
                body: EventBody::AccountOpened(AccountOpened { account: holder }),
            };
            assert_eq!(books.post(&event), expected, "{:?}", event.postings);
        }
    }
}
