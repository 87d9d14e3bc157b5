//! Awards and grants: `[scheme.award]`, `[scheme.award_count]`, `[scheme.award_exclusivity]`.

use super::scheme::schemes;
use crate::names::{Coded, ListName, coded_here};
use crate::reader::Table;
use ledger_core::limits::{AMOUNT_MAX_FEN, AWARDS_PER_SCHEME_MAX};
use ledger_core::policy::{AwardAmount, AwardCount, AwardRule, Ruled};
use ledger_core::{Fen, SchemeId};

/// Calendar years of a cycle: two five-year plans.
const CYCLE_YEARS_MAX: u32 = 10;
/// Years in which a cycle may begin.
const CYCLE_FIRST_YEARS: std::ops::RangeInclusive<u32> = 1949..=2199;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AwardKind {
    Fixed,
    AtLeast,
    MonthlyAtLeast,
    Decided,
}

coded_here! {
    AwardKind: "kind of award amount", "奖补标准方式" {
        "fixed" => Fixed,
        "at_least" => AtLeast,
        "monthly_at_least" => MonthlyAtLeast,
        "decided" => Decided,
    }
}

pub(super) fn read(table: &Table<'_>) -> Option<Ruled<AwardRule>> {
    let limit = Fen::new(AMOUNT_MAX_FEN);
    let kind = table.code("kind");
    let amount = kind.and_then(|kind| match kind {
        AwardKind::Fixed => table.amount("amount", limit).map(AwardAmount::Fixed),
        AwardKind::AtLeast => table.amount("amount", limit).map(AwardAmount::AtLeast),
        AwardKind::MonthlyAtLeast => {
            let per_month = table.amount("per_month", limit);
            per_month.map(AwardAmount::MonthlyAtLeast)
        }
        AwardKind::Decided => Some(AwardAmount::Decided),
    });
    let recipients = table.codes("recipients");
    let rule = || {
        Some(AwardRule {
            amount: amount?,
            recipients: recipients?,
        })
    };
    let ruled = table.ruled(rule());
    if kind.is_none() {
        table.leave_rest();
    }
    ruled
}

pub(super) fn count(table: &Table<'_>) -> Option<Ruled<AwardCount>> {
    let most = u32::try_from(AWARDS_PER_SCHEME_MAX).unwrap_or(u32::MAX);
    let limit = table.number("limit", 1..=most);
    let years = table.number("years", 1..=CYCLE_YEARS_MAX);
    let first_year = table.number("first_year", CYCLE_FIRST_YEARS);
    let rule = || {
        Some(AwardCount {
            limit: limit?,
            years: u16::try_from(years?).ok()?,
            first_year: u16::try_from(first_year?).ok()?,
        })
    };
    table.ruled(rule())
}

pub(super) fn exclusivity(
    table: &Table<'_>,
    itself: Option<&SchemeId>,
) -> Option<Ruled<Vec<SchemeId>>> {
    let schemes = schemes(table, itself);
    table.ruled(schemes)
}
