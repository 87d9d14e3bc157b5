//! Funds: `[scheme.funds]`, `[scheme.fund_split]`, `[[accrual]]`, `[[penalty]]`.

use super::scheme::MONTHS_MAX;
use crate::flaw::FlawKind;
use crate::reader::{Naming, Table};
use ledger_core::policy::{Accrual, FundList, FundShare, PenaltyRange, Ratio, Ruled};
use ledger_core::{FundSource, Share};

/// Denominator of a share in a split: finer than a millionth is no share of a document.
const SPLIT_DENOMINATOR_MAX: u32 = 1_000_000;

/// The funds that the document names; where its list is open (等资金), all others but those that it
/// does not lead to: money that is bound to a purpose pays what a document names it for.
pub(super) fn allowed(table: &Table<'_>) -> Option<Ruled<FundList>> {
    let named: Option<Vec<FundSource>> = table.codes("allowed");
    let says_open = table.has("open");
    let open = table.optional_flag("open");
    let except = match (open, table.has("except")) {
        (true, _) => table.codes::<FundSource>("except").map(Some),
        (false, true) => {
            let (key, other) = ("except", "open");
            table.flaw(FlawKind::Contradicts { key, other });
            table.codes::<FundSource>("except");
            None
        }
        (false, false) => Some(None),
    };
    if let (Some(named), Some(Some(except))) = (&named, &except)
        && let Some(fund) = named.iter().find(|fund| except.contains(fund))
    {
        let what = fund.code().to_owned();
        table.flaw(FlawKind::StandsTwice { what });
    }
    let ruled = table.ruled(
        named
            .zip(except)
            .map(|(named, open_except)| FundList { named, open_except }),
    );
    if let Some(ruled) = &ruled
        && !says_open
        && ends_open(&ruled.clause)
    {
        table.flaw(FlawKind::ListMayBeOpen);
    }
    ruled
}

/// Whether a list of funds in a clause ends in 等.
fn ends_open(clause: &str) -> bool {
    const ENDS: [&str; 4] = ["等资金", "等渠道", "等经费", "以及企业职工教育经费等"];
    ENDS.iter().any(|end| clause.contains(end)) || clause.trim_end().ends_with('等')
}

pub(super) fn split(
    table: &Table<'_>,
    allowed: Option<&Ruled<FundList>>,
) -> Option<Ruled<Vec<FundShare>>> {
    let most = FundSource::ALL.len();
    let shares = table.children("share", most, Naming::Number, share);
    if shares.is_empty() {
        table.flaw(FlawKind::Empty { key: "share" });
    }
    for (index, share) in shares.iter().enumerate() {
        let fund = share.fund.code();
        if allowed.is_some_and(|allowed| !allowed.rule.allows(share.fund)) {
            table.flaw(FlawKind::SplitFundNotAllowed { fund });
        }
        if shares
            .iter()
            .take(index)
            .any(|other| other.fund == share.fund)
        {
            let what = fund.to_owned();
            table.flaw(FlawKind::StandsTwice { what });
        }
    }
    if !shares.is_empty() && !are_the_whole(shares.iter().map(|share| share.share)) {
        table.flaw(FlawKind::SplitNotWhole);
    }
    table.ruled(Some(shares))
}

fn share(table: &Table<'_>) -> Option<FundShare> {
    let fund = table.code("fund");
    let share = table.share_here();
    if let Some(share) = share
        && share.denominator() > SPLIT_DENOMINATOR_MAX
    {
        let (key, found) = ("denominator", share.denominator().to_string());
        let (first, last) = (1, SPLIT_DENOMINATOR_MAX);
        table.flaw(FlawKind::OutOfRange {
            key,
            found,
            first,
            last,
        });
        return None;
    }
    Some(FundShare {
        fund: fund?,
        share: share?,
    })
}

/// Adds fractions up; a sum that leaves the range is not the whole.
fn are_the_whole(mut shares: impl Iterator<Item = Share>) -> bool {
    let sum = shares.try_fold((0u128, 1u128), |(numerator, denominator), share| {
        let (n, d) = (
            u128::from(share.numerator()),
            u128::from(share.denominator()),
        );
        let left = numerator.checked_mul(d)?;
        let right = n.checked_mul(denominator)?;
        let (n, d) = (left.checked_add(right)?, denominator.checked_mul(d)?);
        let divisor = greatest_common_divisor(n, d);
        Some((n.checked_div(divisor)?, d.checked_div(divisor)?))
    });
    sum.is_some_and(|(numerator, denominator)| numerator == denominator)
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while let Some(rest) = a.checked_rem(b) {
        (a, b) = (b, rest);
    }
    a
}

pub(super) fn accrual(table: &Table<'_>) -> Option<Ruled<Accrual>> {
    let fund = table.code("fund");
    let share = table.optional_share("share");
    let capacity_months = table.number("capacity_months", 1..=MONTHS_MAX);
    let rule = || {
        Some(Accrual {
            fund: fund?,
            share,
            capacity_months: capacity_months?,
        })
    };
    table.ruled(rule())
}

pub(super) fn penalty(table: &Table<'_>) -> Option<Ruled<PenaltyRange>> {
    let findings = table.codes("findings");
    let funds = table.codes("funds");
    let (min, max) = (table.ratio("min"), table.ratio("max"));
    if let (Some(min), Some(max)) = (min, max)
        && is_below(max, min)
    {
        let (first, last) = ("min", "max");
        table.flaw(FlawKind::Reversed { first, last });
    }
    let rule = || {
        Some(PenaltyRange {
            findings: findings?,
            funds: funds?,
            min: min?,
            max: max?,
        })
    };
    table.ruled(rule())
}

fn is_below(one: Ratio, other: Ratio) -> bool {
    // No overflow: 32 bits times 32 bits fit 64.
    let left = u64::from(one.numerator).wrapping_mul(u64::from(other.denominator));
    let right = u64::from(other.numerator).wrapping_mul(u64::from(one.denominator));
    left < right
}
