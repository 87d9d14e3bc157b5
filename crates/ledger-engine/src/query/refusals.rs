//! Refused commands, page by page.

use ledger_core::{Position, Reason, RecordedTime};
use ledger_log::{Direction, Space, keys};

use super::error::Subject;
use super::limits::{PAGE_ITEMS_MAX, PAGE_REFUSALS_MAX};
use super::page_token::{Cursor, QueryDigest, QueryHasher};
use super::read_events::page_limit;
use super::{QueryError, Reader};
use crate::refusals::{RefusalRecord, decode_refusal};

/// A page of refusals to list, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListRefusals {
    /// Only those for this reason.
    pub reason: Option<Reason>,
    /// Earliest recorded time, inclusive.
    pub recorded_from: Option<RecordedTime>,
    /// Latest recorded time, exclusive.
    pub recorded_before: Option<RecordedTime>,
    /// Most refusals of the page; larger values, and zero, stand for [`PAGE_ITEMS_MAX`].
    pub limit: usize,
    /// Where the page before ended; `None` for the first.
    pub cursor: Option<Cursor>,
}

/// A page of refusals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalsPage {
    /// The refusals, oldest first. There may be none although others follow, when searching has
    /// taken long.
    pub refusals: Vec<NumberedRefusal>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
    /// How many refusals are on record, whatever the filter.
    pub total_count: u64,
    /// The last position of the log when the page was read.
    pub log_position: Position,
}

/// A refused command and its number, counted from 1 in the order of refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedRefusal {
    /// The number.
    pub number: u64,
    /// What was refused, and why.
    pub record: RefusalRecord,
}

impl Reader {
    /// Lists refused commands.
    ///
    /// # Errors
    ///
    /// [`QueryError::PageTokenMismatch`] for a cursor of another query, and what reading the store
    /// gives.
    pub fn refusals(&self, query: &ListRefusals) -> Result<RefusalsPage, QueryError> {
        let digest = query.digest();
        let resume = Cursor::resume(query.cursor.as_ref(), digest, Direction::Forward)?;
        let tip = self.shared.tip();
        let limit = page_limit(query.limit);
        let mut refusals = Vec::new();
        let mut number = resume.unwrap_or(1).max(1);
        let mut left = PAGE_REFUSALS_MAX;
        while number <= tip.refusals && left > 0 && refusals.len() < limit {
            let chunk = left.min(PAGE_ITEMS_MAX);
            let entries = self.store.scan(
                Space::Refusals,
                &keys::refusal(number),
                &keys::refusal(tip.refusals.saturating_add(1)),
                Direction::Forward,
                chunk,
            )?;
            if entries.is_empty() {
                // Refusals are numbered without a gap up to the tip.
                return Err(QueryError::NotFound {
                    what: Subject::Refusal,
                });
            }
            for (key, value) in entries {
                number = keys::refusal_sequence(&key)?;
                if refusals.len() == limit {
                    break;
                }
                let record = decode(&value)?;
                if query.matches(&record) {
                    refusals.push(NumberedRefusal { number, record });
                }
                number = number.saturating_add(1);
                left = left.saturating_sub(1);
            }
        }
        let next = (number <= tip.refusals).then_some(Cursor {
            next: number,
            direction: Direction::Forward,
            query: digest,
        });
        Ok(RefusalsPage {
            refusals,
            next,
            total_count: tip.refusals,
            log_position: tip.last_position,
        })
    }
}

fn decode(bytes: &[u8]) -> Result<RefusalRecord, QueryError> {
    decode_refusal(bytes).map_err(|source| QueryError::CorruptEntity {
        what: Subject::Refusal,
        source: source.into(),
    })
}

impl ListRefusals {
    fn matches(&self, record: &RefusalRecord) -> bool {
        self.reason
            .is_none_or(|reason| record.refusal.reason == reason)
            && self
                .recorded_from
                .is_none_or(|from| from <= record.recorded_at)
            && self
                .recorded_before
                .is_none_or(|before| record.recorded_at < before)
    }

    fn digest(&self) -> QueryDigest {
        let time = |time: Option<RecordedTime>| time.map(|time| time.micros().cast_unsigned());
        QueryHasher::new("refusals")
            .optional(self.reason.map(|reason| u64::from(reason.number())))
            .optional(time(self.recorded_from))
            .optional(time(self.recorded_before))
            .finish()
    }
}
