//! What rules are made of: shares, ratios, and the clause with its dates.

use super::Table;
use crate::flaw::{FlawKind, Shape};
use ledger_core::Share;
use ledger_core::policy::{DecidingDate, Ratio, Ruled, Straddling};
use std::sync::Arc;

/// Characters of a clause: the longest in the documents has fewer than four hundred.
const CLAUSE_CHARS_MAX: usize = 500;

impl Table<'_> {
    pub(crate) fn share(&self, key: &'static str) -> Option<Share> {
        self.required_child(key, Table::share_here)
    }

    pub(crate) fn optional_share(&self, key: &'static str) -> Option<Share> {
        self.child(key, Table::share_here)
    }

    /// The share that the table itself holds.
    pub(crate) fn share_here(&self) -> Option<Share> {
        let numerator = self.number("numerator", 0..=u32::MAX);
        let denominator = self.number("denominator", 0..=u32::MAX);
        let share = Share::new(numerator?, denominator?);
        let share = share.filter(|share| share.numerator() > 0);
        if share.is_none() {
            let (key, shape) = ("numerator", Shape::Share);
            self.flaw(FlawKind::WrongShape { key, shape });
        }
        share
    }

    pub(crate) fn ratio(&self, key: &'static str) -> Option<Ratio> {
        self.required_child(key, |table| {
            let numerator = table.number("numerator", 0..=u32::MAX);
            let denominator = table.number("denominator", 1..=u32::MAX);
            Some(Ratio {
                numerator: numerator?,
                denominator: denominator?,
            })
        })
    }

    /// Adds clause, deciding date and the treatment of straddling cases to a rule.
    pub(crate) fn ruled<T>(&self, rule: Option<T>) -> Option<Ruled<T>> {
        let clause = self.clause();
        let decided_by = self.optional_code("decided_by");
        let straddling = self.optional_code("straddling");
        let decided_by = decided_by.unwrap_or(DecidingDate::ClassApproval);
        if decided_by == DecidingDate::ClassApproval && straddling == Some(Straddling::ThisRule) {
            self.flaw(FlawKind::StraddlingNeverUsed);
        }
        Some(Ruled {
            rule: rule?,
            clause: clause?,
            decided_by,
            straddling: straddling.unwrap_or(Straddling::EarlierRule),
        })
    }

    pub(crate) fn clause(&self) -> Option<Arc<str>> {
        let text = self.text("clause")?;
        // No more than the first excess character is counted.
        if text.trim().is_empty() || text.chars().nth(CLAUSE_CHARS_MAX).is_some() {
            let limit = CLAUSE_CHARS_MAX;
            self.flaw(FlawKind::ClauseLength { limit });
            return None;
        }
        Some(Arc::from(text))
    }
}
