//! How an award is divided among the accounts that pay it.

use crate::command::AwardPartRequest;
use crate::decide::entry::overflow;
use crate::event::AwardPart;
use crate::policy::FundShare;
use crate::refusal::{Reason, Refusal};
use crate::{AccountKey, Fen};

pub(super) fn account_of(part: &AwardPartRequest) -> AccountKey {
    AccountKey {
        division: part.division,
        fund: part.fund,
    }
}

/// Refuses two parts from one account.
pub(super) fn named_once(parts: &[AwardPartRequest]) -> Result<(), Refusal> {
    let mut accounts: Vec<_> = parts.iter().map(account_of).collect();
    accounts.sort_unstable();
    let twice = accounts.windows(2).find_map(|pair| match pair {
        [left, right] if left == right => Some(*left),
        _ => None,
    });
    match twice {
        Some(twice) => Err(Refusal::new(Reason::NamedTwice).about(format_args!(
            "{} {}",
            twice.division,
            twice.fund.code()
        ))),
        None => Ok(()),
    }
}

/// Divides a sum over the accounts named for it: one of them may leave its amount open and takes
/// what the others leave.
pub(super) fn divide(sum: Fen, named: &[&AwardPartRequest]) -> Result<Vec<AwardPart>, Refusal> {
    let given = named.iter().filter_map(|part| part.amount);
    let given = Fen::checked_sum(given).ok_or_else(overflow)?;
    let rest = sum.checked_sub(given).ok_or_else(overflow)?;
    let open = named.iter().filter(|part| part.amount.is_none()).count();
    let fits = match open {
        0 => rest.is_zero(),
        1 => rest.is_positive(),
        _ => false,
    };
    if !fits {
        return Err(Refusal::new(Reason::FundPartsMismatch).limit(sum.get(), given.get()));
    }
    let parts = named.iter().map(|part| AwardPart {
        account: account_of(part),
        amount: part.amount.unwrap_or(rest),
    });
    Ok(parts.collect())
}

/// Divides an amount as the scheme rules: each fund pays its share, rounded down to the fen, and
/// the last one takes what rounding leaves; the accounts named for a fund divide its share.
pub(super) fn by_split(
    amount: Fen,
    split: &[FundShare],
    named: &[&AwardPartRequest],
) -> Result<Vec<AwardPart>, Refusal> {
    let ruled = |part: &AwardPartRequest| split.iter().any(|share| share.fund == part.fund);
    if let Some(foreign) = named.iter().find(|part| !ruled(part)) {
        return Err(Refusal::new(Reason::FundPartsMismatch)
            .about(foreign.fund.code())
            .limit(0, foreign.amount.unwrap_or(amount).get()));
    }
    let mut parts = Vec::new();
    let mut left = amount;
    for (at, share) in split.iter().enumerate() {
        let last = at.saturating_add(1) == split.len();
        let due = match last {
            true => left,
            false => amount.share(share.share).ok_or_else(overflow)?,
        };
        left = left.checked_sub(due).ok_or_else(overflow)?;
        let of_fund: Vec<_> = named
            .iter()
            .copied()
            .filter(|part| part.fund == share.fund)
            .collect();
        let divided = divide(due, &of_fund);
        parts.extend(divided.map_err(|mismatch| mismatch.about(share.fund.code()))?);
    }
    Ok(parts)
}
