//! What rules are made of: shares, ratios, and the clause with its dates.

use super::Table;
use crate::flaw::{FlawKind, Shape};
use ledger_core::Share;
use ledger_core::policy::{DecidingDate, Ratio, Reading, Ruled, Straddling};
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

    /// The clause as it is cited, with what was read into it.
    ///
    /// A clause is what the document says; a reading is what whoever wrote it down as data says,
    /// where the document is silent or leaves something open. A rule has one of them at least. What
    /// is cited names both, so that nobody takes the second for the first.
    pub(crate) fn clause(&self) -> Option<Arc<str>> {
        let reading = self.reading();
        if reading.is_none() && !self.has("clause") {
            self.flaw(FlawKind::MissingKey { key: "clause" });
            return None;
        }
        let clause = self.sentence("clause");
        let cited = match (clause, reading) {
            (None, None) => return None,
            (Some(clause), None) => {
                self.no_reading_in(clause);
                return Some(Arc::from(clause));
            }
            (Some(clause), Some(reading)) => {
                self.no_reading_in(clause);
                format!("{clause} (解读: {reading})")
            }
            (None, Some(reading)) => format!("文件未定: {reading}"),
        };
        if is_long(&cited) {
            let limit = CLAUSE_CHARS_MAX;
            self.flaw(FlawKind::ClauseLength { limit });
            return None;
        }
        Some(Arc::from(cited))
    }

    /// What was read into the document here, where something was; it is kept for the list of
    /// readings.
    pub(crate) fn reading(&self) -> Option<&str> {
        let text = self.sentence("reading")?;
        let reading = Reading {
            path: Arc::from(self.path.as_str()),
            text: Arc::from(text),
        };
        let mut readings = self.sink.readings.borrow_mut();
        readings.push((self.at, reading));
        Some(text)
    }

    /// A text that says something, within the bound of a clause; absent when it is not there.
    fn sentence(&self, key: &'static str) -> Option<&str> {
        if !self.has(key) {
            return None;
        }
        let text = self.text(key)?;
        if text.trim().is_empty() || is_long(text) {
            let limit = CLAUSE_CHARS_MAX;
            self.flaw(FlawKind::ClauseLength { limit });
            return None;
        }
        Some(text)
    }

    /// Finds a reading that stands in a clause, where it passes for the document's own words.
    fn no_reading_in(&self, clause: &str) {
        const OURS: [&str; 4] = ["文件未定", "示例未列", "文件没有规定", "未定期限"];
        let Some(found) = OURS.into_iter().find(|ours| clause.contains(ours)) else {
            return;
        };
        self.flaw(match self.format() {
            1 => FlawKind::ReadingInClause { found },
            _ => FlawKind::ReadingNotApart { found },
        });
    }
}

/// No more than the first excess character is counted.
fn is_long(text: &str) -> bool {
    text.chars().nth(CLAUSE_CHARS_MAX).is_some()
}
