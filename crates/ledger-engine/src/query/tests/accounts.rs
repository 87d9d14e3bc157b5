//! Balances and statements, against adding up every posting.
//!
//! Long: one world, and every question about money in it.

use ledger_core::event::AccountOpened;
use std::collections::BTreeMap;

use ledger_core::{
    AccountKey, AccountKind, EventKind, Fen, LedgerAccount, Position, RecordedEvent, Side, Tag,
};

use super::World;
use super::samples::{JINAN, QINGDAO, account, clawback, disbursement, division, open_account};
use crate::query::accounts::Bounds;
use crate::query::{
    EventRange, ListAccounts, QueryError, ReadStatement, Reader, StatementLine, TrialBalance,
};

type Books = BTreeMap<LedgerAccount, Fen>;

/// The balances after each position, by adding up postings.
fn books(events: &[RecordedEvent]) -> Vec<Books> {
    let mut books = vec![Books::new()];
    for event in events {
        let mut next = books.last().unwrap().clone();
        for posting in &event.event.postings {
            let balance = next.entry(posting.account).or_default();
            let change = if posting.side == posting.account.kind.normal_side() {
                posting.amount
            } else {
                posting.amount.checked_neg().unwrap()
            };
            *balance = balance.checked_add(change).unwrap();
        }
        books.push(next);
    }
    books
}

fn balances_of(books: &Books, holder: AccountKey) -> BTreeMap<(AccountKind, u16), Fen> {
    books
        .iter()
        .filter(|(account, _)| account.holder == holder)
        .map(|(account, balance)| ((account.kind, account.fiscal_year), *balance))
        .collect()
}

#[test]
fn balances_are_right_as_of_every_position() {
    let world = World::seeded();
    let (reader, events) = (world.reader(), world.events());
    let opened = |holder| {
        let mut found = events.iter().filter(|event| {
            event.event.body
                == ledger_core::EventBody::AccountOpened(AccountOpened { account: holder })
        });
        found.next().unwrap().position
    };
    for holder in [account(JINAN), account(QINGDAO)] {
        for (number, books) in (0..).zip(books(&events)) {
            let position = Position::new(number);
            let answer = reader.account(holder, Some(position));
            if position < opened(holder) {
                assert!(
                    matches!(answer, Err(QueryError::NotFound { .. })),
                    "{position}"
                );
                continue;
            }
            let answer = answer.unwrap();
            let balances = balances_of(&books, holder);
            let of = |kind| balances.get(&(kind, 0)).copied().unwrap_or_default();
            let (cash, reserved) = (of(AccountKind::Cash), of(AccountKind::Reserve));
            assert_eq!(answer.value.balances, balances, "{position}");
            assert_eq!((answer.value.cash, answer.value.reserved), (cash, reserved));
            assert_eq!(Some(answer.value.available), cash.checked_sub(reserved));
            assert_eq!(answer.value.opened, opened(holder));
            assert_eq!(answer.log_position, position);
        }
    }
    let latest = reader.account(account(JINAN), None).unwrap();
    assert_eq!(
        latest,
        reader
            .account(account(JINAN), Some(reader.log_position()))
            .unwrap()
    );
    // 10,000 yuan less 200 given to the other city and 2,500 paid, and 500 that came back.
    assert_eq!(
        latest.value.cash,
        Fen::new(1_000_000 - 20_000 - 250_000 + 50_000)
    );
}

#[test]
fn a_position_behind_the_log_is_in_the_future() {
    let reader = World::seeded().reader();
    let asked = Position::new(reader.log_position().get() + 1);
    let error = reader.account(account(JINAN), Some(asked)).unwrap_err();
    assert!(matches!(error, QueryError::PositionInFuture { .. }));
    assert!(error.retry_helps());
}

#[test]
fn debits_equal_credits_at_every_position() {
    let world = World::seeded();
    let sums = |books: &Books| {
        let sum = |side| {
            let on_side = books
                .iter()
                .filter(|(account, _)| account.kind.normal_side() == side);
            Fen::checked_sum(on_side.map(|(_, balance)| *balance)).unwrap()
        };
        TrialBalance {
            debits: sum(Side::Debit),
            credits: sum(Side::Credit),
        }
    };
    let books = books(&world.events());
    for (number, books) in books.iter().enumerate() {
        let TrialBalance { debits, credits } = sums(books);
        assert_eq!(debits, credits, "{number}");
    }
    let listed = world.reader().accounts(&ListAccounts::default()).unwrap();
    assert_eq!(listed.totals, sums(books.last().unwrap()));
    assert!(listed.totals.debits.is_positive());
}

#[test]
fn accounts_are_listed_page_by_page_with_the_sums_of_all() {
    let world = World::seeded();
    world.record("2020-06-01", vec![open_account(410_100)]);
    let reader = world.reader();
    let list = |limit, division, cursor| {
        reader
            .accounts(&ListAccounts {
                division,
                limit,
                cursor,
            })
            .unwrap()
    };
    let all = list(0, None, None);
    let keys: Vec<_> = all.accounts.iter().map(|account| account.key).collect();
    assert_eq!(keys, [account(JINAN), account(QINGDAO), account(410_100)]);
    assert_eq!((all.next, all.log_position), (None, reader.log_position()));
    assert_eq!(all.totals.debits, all.totals.credits);

    let mut cursor = None;
    for account in &all.accounts {
        let page = list(1, None, cursor);
        assert_eq!(page.accounts.as_slice(), std::slice::from_ref(account));
        assert_eq!(page.totals, all.totals);
        cursor = page.next;
    }
    assert_eq!(cursor, None);

    for (code, expected) in [
        (370_000, vec![JINAN, QINGDAO]),
        (JINAN, vec![JINAN]),
        (410_100, vec![410_100]),
        (420_000, vec![]),
    ] {
        let page = list(0, Some(division(code)), None);
        let found: Vec<_> = page.accounts.iter().map(|found| found.key).collect();
        assert_eq!(found, expected.into_iter().map(account).collect::<Vec<_>>());
    }
    let first = list(1, None, None).next;
    let other = ListAccounts {
        division: Some(division(JINAN)),
        limit: 1,
        cursor: first,
    };
    assert!(matches!(
        reader.accounts(&other),
        Err(QueryError::PageTokenMismatch)
    ));
}

/// However many accounts there are and however they are read, every one is summed up, or the answer
/// is refused.
#[test]
fn more_accounts_than_are_summed_up_are_refused_and_never_left_out() {
    let world = World::seeded();
    let others = (1..=40).map(|county| open_account(410_100 + county));
    world.record("2020-06-01", others.collect());
    let reader = world.reader();
    let list = |division, accounts_max, chunk| {
        let query = ListAccounts {
            division,
            ..ListAccounts::default()
        };
        reader.accounts_within(
            &query,
            Bounds {
                accounts_max,
                chunk,
            },
        )
    };
    let whole = list(None, 1_000, 1_000).unwrap();
    assert_eq!(whole.accounts.len(), 42);
    assert!(whole.totals.debits.is_positive());
    for chunk in [1, 2, 7, 41, 42, 43] {
        assert_eq!(list(None, 42, chunk).unwrap(), whole, "{chunk}");
        for max in [0, 1, 41] {
            let refused = |error| matches!(error, QueryError::OutOfBounds { .. });
            assert!(
                refused(list(None, max, chunk).unwrap_err()),
                "{max} {chunk}"
            );
        }
        // One division costs what is inside of it.
        for (code, expected) in [(370_000, 2), (410_000, 40), (410_100, 40), (410_107, 1)] {
            let inside = list(Some(division(code)), expected, chunk).unwrap();
            assert_eq!(inside.accounts.len(), expected, "{code} {chunk}");
        }
    }
}

/// A listing whose ledger goes on between two pages sums up anew, and one whose ledger stands still
/// shows the sums of its first page; both list every account once.
#[test]
fn the_pages_of_a_listing_agree_also_while_the_ledger_goes_on() {
    for goes_on in [false, true] {
        let world = World::seeded();
        let others = (1..=9).map(|county| open_account(410_100 + county));
        world.record("2020-06-01", others.collect());
        let reader = world.reader();
        for division in [None, Some(division(410_100))] {
            let list = |cursor| {
                let limit = 2;
                let query = ListAccounts {
                    division,
                    limit,
                    cursor,
                };
                reader.accounts(&query).unwrap()
            };
            let whole = reader
                .accounts(&ListAccounts {
                    division,
                    ..ListAccounts::default()
                })
                .unwrap();
            let (mut found, mut cursor) = (Vec::new(), None);
            loop {
                let page = list(cursor);
                assert_eq!(page.totals, whole.totals, "{division:?} {goes_on}");
                assert_eq!(page.log_position, reader.log_position());
                found.extend(page.accounts);
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
                if goes_on {
                    // It changes no sum, and comes before all that is still to be listed.
                    let number = u32::try_from(found.len()).unwrap();
                    let code = if division.is_some() { 120_100 } else { 110_100 };
                    world.record("2020-06-02", vec![open_account(code + number)]);
                }
            }
            assert_eq!(found, whole.accounts, "{division:?} {goes_on}");
        }
    }
}

fn statement(holder: AccountKey, kinds: &[AccountKind]) -> ReadStatement {
    ReadStatement {
        account: holder,
        kinds: kinds.to_vec(),
        range: EventRange::default(),
        limit: 0,
        cursor: None,
    }
}

/// Reads all pages; each opens with the balances that the page before closed with.
fn read_lines(reader: &Reader, query: &ReadStatement, books: &[Books]) -> Vec<StatementLine> {
    let mut query = query.clone();
    let mut lines: Vec<StatementLine> = Vec::new();
    let mut start = query.range.from.max(Position::FIRST);
    loop {
        let page = reader.statement(&query).unwrap();
        for opening in page.opening {
            let before = start.previous().unwrap();
            let books = &books[usize::try_from(before.get()).unwrap()];
            let expected = books.get(&opening.account).copied().unwrap_or_default();
            assert_eq!(opening.balance, expected, "{query:?}");
        }
        lines.extend(page.lines);
        match page.next {
            None => return lines,
            Some(next) => start = Position::new(next.next),
        }
        query.cursor = page.next;
    }
}

#[test]
fn a_statement_has_every_posting_once_with_its_running_balance() {
    let world = World::seeded();
    let (reader, events) = (world.reader(), world.events());
    let books = books(&events);
    let all = AccountKind::ALL;
    let some = [AccountKind::Reserve, AccountKind::Expenditure];
    let last = reader.log_position();
    for holder in [account(JINAN), account(QINGDAO)] {
        for kinds in [&all[..], &some[..], &[AccountKind::Cash], &[]] {
            let chosen = if kinds.is_empty() {
                &[AccountKind::Cash][..]
            } else {
                kinds
            };
            for limit in [0, 1, 3] {
                for (from, to) in [(0, None), (10, None), (5, Some(60)), (last.get() + 1, None)] {
                    let range = EventRange {
                        from: Position::new(from),
                        to: to.map(Position::new),
                        ..EventRange::default()
                    };
                    let query = ReadStatement {
                        range,
                        limit,
                        ..statement(holder, kinds)
                    };
                    let lines = read_lines(&reader, &query, &books);
                    let found: Vec<_> = lines
                        .iter()
                        .map(|l| (l.position, l.account, l.side, l.amount, l.balance_after))
                        .collect();
                    let postings = events
                        .iter()
                        .flat_map(|event| event.event.postings.iter().map(|p| (event.position, p)));
                    let expected: Vec<_> = postings
                        .filter(|(position, posting)| {
                            posting.account.holder == holder
                                && chosen.contains(&posting.account.kind)
                                && position.get() >= from
                                && to.is_none_or(|to| position.get() <= to)
                        })
                        .map(|(at, p)| (at, p.account, p.side, p.amount, p.balance_after))
                        .collect();
                    assert_eq!(found, expected, "{query:?}");
                }
            }
        }
    }
}

#[test]
fn a_line_says_what_it_is_for() {
    let world = World::seeded();
    let query = statement(account(JINAN), &[]);
    let lines = world.reader().statement(&query).unwrap().lines;
    let said: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                line.event_kind,
                line.reference.as_str(),
                line.about,
                line.amount.get(),
            )
        })
        .collect();
    let expected = [
        (EventKind::FundsAccrued, "凭证1", None, 1_000_000),
        (
            EventKind::FundsTransferred,
            "调拨1号",
            Some(Tag::Division(division(QINGDAO))),
            20_000,
        ),
        (
            EventKind::DisbursementSettled,
            "回单1",
            Some(Tag::Disbursement(disbursement(1))),
            250_000,
        ),
        (
            EventKind::RepaymentReceived,
            "还款1",
            Some(Tag::Clawback(clawback())),
            30_000,
        ),
        (
            EventKind::RepaymentReceived,
            "还款1",
            Some(Tag::Clawback(clawback())),
            20_000,
        ),
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_statement_of_an_unknown_account_or_with_a_foreign_cursor_is_refused() {
    let world = World::seeded();
    let reader = world.reader();
    let unknown = reader.statement(&statement(account(410_100), &[]));
    assert!(matches!(unknown, Err(QueryError::NotFound { .. })));
    let first = reader
        .statement(&ReadStatement {
            limit: 1,
            ..statement(account(JINAN), &[])
        })
        .unwrap();
    for other in [
        statement(account(QINGDAO), &[]),
        statement(account(JINAN), &[AccountKind::Reserve]),
    ] {
        let result = reader.statement(&ReadStatement {
            cursor: first.next,
            ..other
        });
        assert!(matches!(result, Err(QueryError::PageTokenMismatch)));
    }
    // No kinds and cash are the same question.
    let cash = statement(account(JINAN), &[AccountKind::Cash]);
    assert!(
        reader
            .statement(&ReadStatement {
                cursor: first.next,
                ..cash
            })
            .is_ok()
    );
}
