//! Balances of accounts as of any position, and whether the books balance.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use ledger_core::entity::Account;
use ledger_core::{AccountKey, AccountKind, Division, EntityKey, Fen, LedgerAccount, Position};
use ledger_core::{EntityKind, Side, Tag};
use ledger_log::keys::{KeyError, entity_prefix, prefix_end};
use ledger_log::{Direction, Snapshot, Space, Storage, keys};

use super::entities::{AsOf, decode, load};
use super::error::Subject;
use super::limits::{ACCOUNTS_CHUNK, ACCOUNTS_MAX};
use super::page_token::{Cursor, QueryHasher, account_number, account_of_number};
use super::positions::{Positions, Span, Step, Work};
use super::quota::as_of;
use super::read_events::page_limit;
use super::stored::Blocks;
use super::{QueryError, Reader};
use crate::entity_codec::parse_entity_key;
use crate::index::tag_prefix;
use crate::shared::AccountSums;

/// One fund at one division with its balances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountBalances {
    /// The account.
    pub key: AccountKey,
    /// Position of its opening.
    pub opened: Position,
    /// Balances in fen on the normal side, by kind and fiscal year (zero for stocks); kinds to
    /// which nothing was posted are left out.
    pub balances: BTreeMap<(AccountKind, u16), Fen>,
    /// Money at the bank in fen.
    pub cash: Fen,
    /// Part of it kept back for ordered payments, in fen.
    pub reserved: Fen,
    /// What may still be ordered, in fen: cash less what is reserved.
    pub available: Fen,
}

/// A page of accounts to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListAccounts {
    /// Only accounts of this division and everything inside; every account when absent.
    pub division: Option<Division>,
    /// Most accounts of the page; larger values, and zero, stand for
    /// [`PAGE_ITEMS_MAX`](super::limits::PAGE_ITEMS_MAX).
    pub limit: usize,
    /// Where the page before ended; `None` for the first.
    pub cursor: Option<Cursor>,
}

/// A page of accounts, by division and fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountsPage {
    /// The accounts.
    pub accounts: Vec<AccountBalances>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
    /// Over every account asked for, not only those of the page.
    pub totals: TrialBalance,
    /// The position as of which this is the answer.
    pub log_position: Position,
}

/// The sums of all balances on either side.
///
/// Both sides are equal at every position; where they are not, an event was posted that the ledger
/// would not have posted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TrialBalance {
    /// Balances of the accounts that grow by debits, in fen.
    pub debits: Fen,
    /// Balances of the accounts that grow by credits, in fen.
    pub credits: Fen,
}

impl Reader {
    /// Returns the balances of an account as of a position, the latest one when absent.
    ///
    /// The latest balances are in the account itself. An earlier one is the balance that the last
    /// posting up to then left, found by one seek per account in the books.
    ///
    /// # Errors
    ///
    /// [`QueryError::NotFound`] for an account not open by then,
    /// [`QueryError::PositionInFuture`], and what reading the store gives.
    pub fn account(
        &self,
        key: AccountKey,
        as_of_position: Option<Position>,
    ) -> Result<AsOf<AccountBalances>, QueryError> {
        let snapshot = self.store.snapshot()?;
        let last = snapshot.last_position();
        let position = as_of(as_of_position, last)?;
        let account = load(snapshot.as_ref(), key)?
            .filter(|account| account.opened <= position)
            .ok_or(QueryError::NotFound {
                what: Subject::Entity(EntityKind::Account),
            })?;
        let account = self.account_as_of(key, account, position, last)?;
        Ok(AsOf {
            value: AccountBalances::of(key, account),
            log_position: position,
        })
    }

    /// Lists accounts with their latest balances, and the sums over all of them.
    ///
    /// # Errors
    ///
    /// [`QueryError::PageTokenMismatch`] for a cursor of another query,
    /// [`QueryError::OutOfBounds`] for more than [`ACCOUNTS_MAX`] accounts, which are never summed
    /// up in part, and what reading the store gives.
    pub fn accounts(&self, query: &ListAccounts) -> Result<AccountsPage, QueryError> {
        self.accounts_within(query, Bounds::default())
    }

    /// The same, within other bounds.
    pub(super) fn accounts_within(
        &self,
        query: &ListAccounts,
        bounds: Bounds,
    ) -> Result<AccountsPage, QueryError> {
        let digest = QueryHasher::new("list accounts")
            .optional(query.division.map(|division| u64::from(division.code())))
            .finish();
        let resume = Cursor::resume(query.cursor.as_ref(), digest, Direction::Forward)?;
        let limit = page_limit(query.limit);
        let snapshot = self.store.snapshot()?;

        let as_of = snapshot.last_position();
        // A further page of a listing shows the sums that its first page has worked out.
        let known = match resume {
            Some(_) => self.shared.account_sums(as_of, query.division),
            None => None,
        };
        let mut accounts = Vec::new();
        let mut totals = TrialBalance::default();
        let mut next = None;
        let start = known.and(resume).map(account_of_number).transpose()?;
        let range = (query.division, start);
        self.visit_accounts(snapshot.as_ref(), range, bounds, |key, account| {
            totals.add(&account)?;
            let number = account_number(key);
            if resume.is_some_and(|first| number < first) || next.is_some() {
                return Ok(ControlFlow::Continue(()));
            }
            if accounts.len() < limit {
                accounts.push(AccountBalances::of(key, account));
                return Ok(ControlFlow::Continue(()));
            }
            next = Some(Cursor {
                next: number,
                direction: Direction::Forward,
                query: digest,
            });
            Ok(match known {
                Some(_) => ControlFlow::Break(()),
                None => ControlFlow::Continue(()),
            })
        })?;
        let totals = known.unwrap_or(totals);
        if known.is_none() {
            self.shared.keep_account_sums(AccountSums {
                as_of,
                division: query.division,
                totals,
            });
        }
        Ok(AccountsPage {
            accounts,
            next,
            totals,
            log_position: snapshot.last_position(),
        })
    }

    /// Visits every account as of the snapshot, or those of a division and everything inside, by
    /// division and fund, from an account on if one is given, until told to stop.
    fn visit_accounts(
        &self,
        snapshot: &dyn Snapshot,
        (division, start): (Option<Division>, Option<AccountKey>),
        bounds: Bounds,
        mut visit: impl FnMut(AccountKey, Account) -> Result<ControlFlow<()>, QueryError>,
    ) -> Result<(), QueryError> {
        let (mut from, end) = stored_keys(division);
        if let Some(start) = start {
            from = from.max(keys::account(start.division.code(), start.fund.number()));
        }
        let mut left = bounds.accounts_max;
        loop {
            // Accounts are never removed, so the keys that are there now hold those of the
            // snapshot.
            let chunk = bounds.chunk.min(left.saturating_add(1));
            let entries =
                self.store
                    .scan(Space::Entities, &from, &end, Direction::Forward, chunk)?;
            let is_last = entries.len() < chunk;
            for (stored_key, _) in entries {
                // One that was opened after the snapshot was taken is not counted.
                if let Some(bytes) = snapshot.get(Space::Entities, &stored_key)? {
                    left = left.checked_sub(1).ok_or(QueryError::OutOfBounds {
                        what: "number of accounts to sum up (ask for one division)",
                    })?;
                    let (key, account) = decode_account(&stored_key, &bytes)?;
                    if visit(key, account)?.is_break() {
                        return Ok(());
                    }
                }
                from = keys::successor(&stored_key);
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Turns an account as of `last` into the one as of an earlier position.
    pub(super) fn account_as_of(
        &self,
        holder: AccountKey,
        mut account: Account,
        position: Position,
        last: Position,
    ) -> Result<Account, QueryError> {
        if position == last {
            return Ok(account);
        }
        let mut blocks = Blocks::new(&self.store);
        let mut balances = BTreeMap::new();
        for (kind, fiscal_year) in account.balances.into_keys() {
            let ledger_account = LedgerAccount {
                holder,
                kind,
                fiscal_year,
            };
            if let Some(balance) =
                balance_as_of(&self.store, &mut blocks, ledger_account, position)?
            {
                balances.insert((kind, fiscal_year), balance);
            }
        }
        account.balances = balances;
        Ok(account)
    }
}

/// The bounds of a question over all accounts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Accounts that an answer sums up at most.
    pub(super) accounts_max: usize,
    /// Accounts read at once.
    pub(super) chunk: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            accounts_max: ACCOUNTS_MAX,
            chunk: ACCOUNTS_CHUNK,
        }
    }
}

/// The first key of the accounts of a division and everything inside, and the first behind them.
fn stored_keys(division: Option<Division>) -> (Vec<u8>, Vec<u8>) {
    let Some(division) = division else {
        let prefix = entity_prefix(EntityKind::Account);
        let end = prefix_end(&prefix);
        return (prefix, end);
    };
    // Two digits each for province, prefecture and county.
    let codes = match division {
        it if it.is_province() => 10_000,
        it if it.is_prefecture() => 100,
        _ => 1,
    };
    let first = division.code();
    (
        keys::account(first, 0),
        keys::account(first.saturating_add(codes), 0),
    )
}

fn decode_account(stored_key: &[u8], bytes: &[u8]) -> Result<(AccountKey, Account), QueryError> {
    let Some(EntityKey::Account(key)) = parse_entity_key(stored_key) else {
        return Err(KeyError::Malformed.into());
    };
    Ok((key, decode(bytes)?))
}

/// The balance of one account in the books as of a position; `None` when nothing was posted yet.
pub(super) fn balance_as_of(
    store: &Arc<dyn Storage>,
    blocks: &mut Blocks,
    account: LedgerAccount,
    position: Position,
) -> Result<Option<Fen>, QueryError> {
    let span = Span::new(Direction::Backward, Position::FIRST, position);
    let prefix = tag_prefix(&Tag::LedgerAccount(account)).expect("ledger accounts are indexed");
    // One seek: the entry of the block at or before the position, or the one before it.
    let mut work = Work::new(u32::MAX);
    let step = Positions::indexed(store, prefix, span).seek(position, &mut work)?;
    let Step::At(found) = step else {
        return Ok(None);
    };
    let event = blocks.event(found)?;
    event
        .event
        .postings
        .iter()
        .rev()
        .find(|posting| posting.account == account)
        .map(|posting| Some(posting.balance_after))
        .ok_or(QueryError::Contradiction { position: found })
}

impl AccountBalances {
    fn of(key: AccountKey, account: Account) -> Self {
        Self {
            key,
            opened: account.opened,
            cash: account.balance(AccountKind::Cash, 0),
            reserved: account.balance(AccountKind::Reserve, 0),
            available: account.available(),
            balances: account.balances,
        }
    }
}

impl TrialBalance {
    fn add(&mut self, account: &Account) -> Result<(), QueryError> {
        for ((kind, _), balance) in &account.balances {
            let side = match kind.normal_side() {
                Side::Debit => &mut self.debits,
                Side::Credit => &mut self.credits,
            };
            *side = side.checked_add(*balance).ok_or(QueryError::SumOverflow)?;
        }
        Ok(())
    }
}
