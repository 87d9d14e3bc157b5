//! What is asked of a ledger whatever has happened to it.

use crate::RawClient;
use anyhow::{Context as _, Result, ensure};
use ledger_proto::v1;

/// A rebuild that found a difference, or came to no end.
#[derive(Debug, thiserror::Error)]
#[error("the rebuild ended with {0}")]
pub struct NotRebuilt(String);

/// Rebuilds the derived state, which has to be what it was.
///
/// # Errors
///
/// [`NotRebuilt`], and the errors of the call.
pub async fn rebuild(client: &mut RawClient) -> Result<()> {
    let mut messages = client
        .rebuild(v1::RebuildRequest::default())
        .await?
        .into_inner();
    let mut last = None;
    while let Some(progress) = messages.message().await? {
        last = Some(progress);
    }
    let last = last.context("a rebuild says how it ended")?;
    match last.phase() == v1::RebuildPhase::Switched && last.difference_count == 0 {
        true => Ok(()),
        false => Err(NotRebuilt(format!("{last:?}")).into()),
    }
}

/// Adds up the books, which have to balance and not be empty.
///
/// # Errors
///
/// They do not, and the errors of the call.
pub async fn books(client: &mut RawClient) -> Result<()> {
    let accounts = client
        .list_accounts(v1::ListAccountsRequest::default())
        .await?
        .into_inner();
    let (debits, credits) = (accounts.total_debits_fen, accounts.total_credits_fen);
    ensure!(
        debits == credits && debits > 0,
        "debits of {debits} fen stand against credits of {credits} fen"
    );
    Ok(())
}
