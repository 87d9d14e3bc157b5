//! Amounts and rates: `[scheme.amount]`, `[scheme.uplift]`, `[[rate]]`.

use crate::flaw::{FlawKind, Shape};
use crate::names::{Coded, ListName, coded_here};
use crate::reader::Table;
use ledger_core::limits::{CLASS_HOURS_MAX, RATE_MAX_FEN};
use ledger_core::policy::{AmountRule, RateKey, RateTable, RateValue, Ruled, Scheme, Uplift};
use ledger_core::{Fen, Occupation, SchemeId};
use std::collections::HashMap;

/// Months of training that a monthly rate may pay: ten years.
const TRAINING_MONTHS_MAX: u32 = 120;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AmountKind {
    Fixed,
    Hourly,
    Monthly,
    ByTable,
    ByContract,
}

coded_here! {
    AmountKind: "kind of amount", "补贴标准方式" {
        "fixed" => Fixed,
        "hourly" => Hourly,
        "monthly" => Monthly,
        "by_table" => ByTable,
        "by_contract" => ByContract,
    }
}

/// No rule where the contract names the rate: that is what holds without one.
pub(super) fn amount(table: &Table<'_>) -> Option<Ruled<AmountRule>> {
    let rule = match table.code("kind") {
        Some(AmountKind::ByContract) => {
            table.ruled(Some(()));
            return None;
        }
        Some(AmountKind::ByTable) => Some(AmountRule::ByTable),
        Some(kind) => value(table, kind).map(AmountRule::Stated),
        None => None,
    };
    let ruled = table.ruled(rule);
    if ruled.is_none() {
        table.leave_rest();
    }
    ruled
}

fn value(table: &Table<'_>, kind: AmountKind) -> Option<RateValue> {
    let limit = Fen::new(RATE_MAX_FEN);
    match kind {
        AmountKind::Fixed => table.amount("amount", limit).map(RateValue::Fixed),
        AmountKind::Hourly => {
            let per_hour = table.amount("per_hour", limit);
            let hours_min = table.number("hours_min", 0..=CLASS_HOURS_MAX);
            let cap = table.amount("cap", limit);
            let (per_hour, hours_min, cap) = (per_hour?, hours_min?, cap?);
            if cap < per_hour {
                let (key, other) = ("cap", "per_hour");
                table.flaw(FlawKind::Contradicts { key, other });
            }
            let least = per_hour.checked_mul(u64::from(hours_min.max(1)));
            if cap >= per_hour && least.is_none_or(|least| cap <= least) {
                table.flaw(FlawKind::HoursNeverCount);
            }
            Some(RateValue::Hourly {
                per_hour,
                hours_min,
                cap,
            })
        }
        AmountKind::Monthly => {
            let per_month = table.amount("per_month", limit);
            let months_max = table.number("months_max", 1..=TRAINING_MONTHS_MAX);
            Some(RateValue::Monthly {
                per_month: per_month?,
                months_max: months_max?,
            })
        }
        AmountKind::ByTable | AmountKind::ByContract => {
            let (key, other) = ("kind", "rate");
            table.flaw(FlawKind::Contradicts { key, other });
            None
        }
    }
}

pub(super) fn uplift(table: &Table<'_>) -> Option<Ruled<Uplift>> {
    let rule = table.share("share").map(|share| Uplift { share });
    table.ruled(rule)
}

/// A row and its path.
type Row = (String, RateKey, Ruled<RateValue>);

pub(super) fn rate(table: &Table<'_>) -> Option<Row> {
    let scheme = table.scheme_id("scheme");
    let parse = |text: &str| Occupation::parse(text).ok();
    let occupation = table.optional("occupation", Shape::Occupation, parse);
    let level = table.optional_code("level");
    let group = table.optional_code("group");
    let kind = table.code("kind");
    let ruled = table.ruled(kind.and_then(|kind| value(table, kind)));
    if ruled.is_none() {
        table.leave_rest();
    }
    let key = RateKey {
        scheme: scheme?,
        occupation,
        level,
        group,
    };
    Some((table.path.clone(), key, ruled?))
}

/// The rows by what they hold for, each once, also where a crosswalk of the document calls their
/// occupations the same.
pub(super) fn table(
    document: &Table<'_>,
    rows: Vec<Row>,
    (schemes, crosswalk): (&[Scheme], &[Ruled<Vec<Occupation>>]),
) -> RateTable {
    let same = representatives(crosswalk);
    let by_table: HashMap<_, _> = schemes
        .iter()
        .map(|scheme| {
            let amount = scheme.amount.as_ref().map(|amount| amount.rule);
            (&scheme.scheme, amount == Some(AmountRule::ByTable))
        })
        .collect();
    let mut found = HashMap::with_capacity(rows.len());
    let mut paths: HashMap<RateKey, String> = HashMap::with_capacity(rows.len());
    for (path, key, ruled) in rows {
        if by_table.get(&key.scheme) == Some(&false) {
            let scheme = key.scheme.to_string();
            document.flaw_in(&path, FlawKind::RateNeverLookedUp { scheme });
        }
        document.stands_also_as(&rate_path(&key.scheme), &path);
        let occupation = key
            .occupation
            .map(|it| same.get(&it).copied().unwrap_or(it));
        let meant = RateKey {
            occupation,
            ..key.clone()
        };
        if let Some(other) = paths.get(&meant).cloned() {
            document.flaw_in(&path, FlawKind::RateTwice { other });
        }
        paths.insert(meant, path);
        found.insert(key, ruled);
    }
    RateTable { rows: found }
}

/// The path of the first rate of a scheme, beside its own.
pub(crate) fn rate_path(scheme: &SchemeId) -> String {
    format!("rate:{scheme}")
}

/// One occupation for all that the crosswalks call the same.
fn representatives(crosswalk: &[Ruled<Vec<Occupation>>]) -> HashMap<Occupation, Occupation> {
    let mut same: HashMap<Occupation, Occupation> = HashMap::new();
    // Groups that share an occupation become one: each pass that changes something makes at
    // least one representative smaller, so there are no more passes than groups.
    for _ in 0..=crosswalk.len() {
        let mut changed = false;
        for group in crosswalk {
            let of = |one: &Occupation| same.get(one).copied().unwrap_or(*one);
            let Some(least) = group.rule.iter().map(of).min() else {
                continue;
            };
            for one in &group.rule {
                changed |= same.insert(*one, least) != Some(least);
            }
        }
        if !changed {
            break;
        }
    }
    same
}
