//! Accounts, their balances and their statements.

use super::call::Call;
use super::error::CallError;
use super::query::optional_division;
use super::read::optional_position;
use super::refusals::{cursor_from_proto, page_token};
use ledger_core::{AccountKey, Position};
use ledger_engine::query::{
    AccountBalances, EventRange, ListAccounts, ReadStatement, StatementLine,
};
use ledger_proto::from_proto::{account_key_from_proto, account_kind_from_proto};
use ledger_proto::to_proto::{
    account_key_to_proto, account_kind_to_proto, date_to_proto, event_kind_to_proto, side_to_proto,
    time_to_proto,
};
use ledger_proto::{DecodeError, DecodeProblem, v1};

/// Kinds of one statement: each is looked up by itself, and there are nine.
const STATEMENT_KINDS_MAX: usize = 16;

pub(super) async fn get_account(
    call: Call,
    request: v1::GetAccountRequest,
) -> Result<v1::GetAccountResponse, CallError> {
    let key = account_key(request.account.as_ref())?;
    let as_of = optional_position(request.as_of_position);
    let found = call
        .read_at(request.at_least_position, move |reader| {
            reader.account(key, as_of)
        })
        .await?;
    Ok(v1::GetAccountResponse {
        account: Some(account_to_proto(&found.value)),
        log_position: found.log_position.get(),
    })
}

pub(super) async fn list_accounts(
    call: Call,
    request: v1::ListAccountsRequest,
) -> Result<v1::ListAccountsResponse, CallError> {
    let query = ListAccounts {
        division: optional_division(request.division)?,
        limit: call.page_size(request.page_size),
        cursor: cursor_from_proto(&request.page_token)?,
    };
    let page = call
        .read_at(request.at_least_position, move |reader| {
            reader.accounts(&query)
        })
        .await?;
    Ok(v1::ListAccountsResponse {
        accounts: page.accounts.iter().map(account_to_proto).collect(),
        next_page_token: page_token(page.next),
        total_debits_fen: page.totals.debits.get(),
        total_credits_fen: page.totals.credits.get(),
        log_position: page.log_position.get(),
    })
}

pub(super) async fn list_account_entries(
    call: Call,
    request: v1::ListAccountEntriesRequest,
) -> Result<v1::ListAccountEntriesResponse, CallError> {
    let query = ReadStatement {
        account: account_key(request.account.as_ref())?,
        kinds: kinds(&request.kinds)?,
        range: EventRange {
            from: Position::new(request.from_position),
            to: optional_position(request.to_position),
            ..EventRange::default()
        },
        limit: call.page_size(request.page_size),
        cursor: cursor_from_proto(&request.page_token)?,
    };
    let page = call
        .read_at(request.at_least_position, move |reader| {
            reader.statement(&query)
        })
        .await?;
    Ok(v1::ListAccountEntriesResponse {
        entries: page.lines.into_iter().map(entry).collect(),
        next_page_token: page_token(page.next),
        log_position: page.log_position.get(),
    })
}

fn account_key(wire: Option<&v1::AccountKey>) -> Result<AccountKey, DecodeError> {
    account_key_from_proto(wire).map_err(|error| error.within("account"))
}

fn kinds(wire: &[i32]) -> Result<Vec<ledger_core::AccountKind>, DecodeError> {
    if wire.len() > STATEMENT_KINDS_MAX {
        let problem = DecodeProblem::TooMany {
            max: STATEMENT_KINDS_MAX,
            found: wire.len(),
        };
        return Err(DecodeError::new("kinds", problem));
    }
    let kind = |(index, kind): (usize, &i32)| {
        account_kind_from_proto(*kind).map_err(|error| error.within(format_args!("kinds[{index}]")))
    };
    wire.iter().enumerate().map(kind).collect()
}

fn account_to_proto(account: &AccountBalances) -> v1::Account {
    let balance = |(&(kind, fiscal_year), balance): (&(_, u16), &ledger_core::Fen)| v1::Balance {
        kind: account_kind_to_proto(kind).into(),
        fiscal_year: fiscal_year.into(),
        balance_fen: balance.get(),
    };
    v1::Account {
        key: Some(account_key_to_proto(account.key)),
        opened_position: account.opened.get(),
        balances: account.balances.iter().map(balance).collect(),
        cash_fen: account.cash.get(),
        reserved_fen: account.reserved.get(),
        available_fen: account.available.get(),
    }
}

fn entry(line: StatementLine) -> v1::AccountEntry {
    v1::AccountEntry {
        position: line.position.get(),
        event_kind: event_kind_to_proto(line.event_kind).into(),
        occurred_date: Some(date_to_proto(line.occurred_on)),
        recorded_time: Some(time_to_proto(line.recorded_at)),
        kind: account_kind_to_proto(line.account.kind).into(),
        fiscal_year: line.account.fiscal_year.into(),
        side: side_to_proto(line.side).into(),
        amount_fen: line.amount.get(),
        balance_after_fen: line.balance_after.get(),
        reference: line.reference,
    }
}
