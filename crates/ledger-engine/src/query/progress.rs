//! Progress against targets as of any position: the running counts, read by seeks.

use ledger_core::progress::{self, Counted, ProgressKey, Quarter, Question, Report};
use ledger_core::{BusinessDate, Division, Position};
use ledger_log::{CounterRow, Direction, Entry, Space, Storage, keys};

use super::entities::AsOf;
use super::error::Subject;
use super::limits::REPORT_COUNTERS_MAX;
use super::quota::as_of;
use super::stored::{Blocks, head};
use super::{QueryError, Reader};

/// What a report is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProgressQuery {
    /// The quarter with whose end the report ends.
    pub quarter: Quarter,
    /// Only what lies in this division; everything when absent.
    pub division: Option<Division>,
    /// The position as of which to answer; the latest when absent.
    pub as_of: Option<Position>,
}

impl Reader {
    /// Reports what was counted against the targets of the documents in force.
    ///
    /// `look` is shown the report, which lasts no longer, and the position. Every counter of the
    /// division costs two seeks, whatever the length of the history.
    ///
    /// # Errors
    ///
    /// [`QueryError::PositionInFuture`], [`QueryError::OutOfBounds`] when there are more counters
    /// than [`REPORT_COUNTERS_MAX`], and what reading the store gives.
    pub fn progress<T>(
        &self,
        query: &ProgressQuery,
        look: impl FnOnce(&Report<'_>, Position) -> T,
    ) -> Result<AsOf<T>, QueryError> {
        let as_of = as_of(query.as_of, self.log_position())?;
        let policies = self.policies(as_of)?;
        let question = Question {
            quarter: query.quarter,
            division: query.division,
            as_of,
            as_of_date: self.recorded_on(as_of)?,
        };
        let mut failed = None;
        let counters = Counters::new(&*self.store, question, REPORT_COUNTERS_MAX);
        // The report takes counts only: the first error ends them, and then there is no report.
        let counts =
            counters.map_while(|counted| counted.map_err(|error| failed = Some(error)).ok());
        let report = progress::report(&policies, counts, question);
        match failed {
            Some(error) => Err(error),
            None => Ok(AsOf {
                value: look(&report, as_of),
                log_position: as_of,
            }),
        }
    }

    /// The day on which the event of a position was recorded. It is what a report takes for today:
    /// a clock would give another report of the same position tomorrow.
    fn recorded_on(&self, position: Position) -> Result<BusinessDate, QueryError> {
        if position == Position::ZERO {
            return Ok(BusinessDate::MIN);
        }
        let mut blocks = Blocks::new(&self.store);
        let head = head(&blocks.record(position)?)?;
        Ok(head.recorded_at().business_date())
    }
}

/// The counters above zero as of a position, up to a quarter, in order of their keys.
///
/// The rows up to a committed position never change, so it needs no snapshot.
pub(crate) struct Counters<'s> {
    store: &'s dyn Storage,
    question: Question,
    /// Ranges of keys that are not read to their end, the next one last.
    ranges: Vec<Range>,
    /// How many counters may still be looked at.
    left: usize,
}

#[derive(Debug)]
struct Range {
    from: Vec<u8>,
    to: Vec<u8>,
}

impl<'s> Counters<'s> {
    pub(crate) fn new(store: &'s dyn Storage, question: Question, counters_max: usize) -> Self {
        let mut ranges: Vec<_> = Counted::ALL
            .into_iter()
            .flat_map(|measure| [false, true].map(|found_false| (measure, found_false)))
            .map(|(measure, found_false)| Range::of(measure, found_false, question.division))
            .collect();
        ranges.reverse();
        Self {
            store,
            question,
            ranges,
            left: counters_max,
        }
    }

    /// The count of the next counter, which may be zero; `None` when there is no further one.
    fn advance(&mut self) -> Result<Option<(ProgressKey, u64)>, QueryError> {
        while let Some(range) = self.ranges.last_mut() {
            let Some((first, _)) = read_one(self.store, range, Direction::Forward)? else {
                self.ranges.pop();
                continue;
            };
            self.left = self.left.checked_sub(1).ok_or(QueryError::OutOfBounds {
                what: "counters of one report; ask for one division",
            })?;
            let (counter, _) = keys::progress_parts(&first)?;
            let key = ProgressKey::from_bytes(counter).map_err(damaged)?;
            if key.quarter > self.question.quarter {
                range.from = keys::prefix_end(ProgressKey::division_prefix(counter));
                continue;
            }
            range.from = keys::prefix_end(counter);
            let known = Range {
                from: counter.to_vec(),
                to: keys::progress(counter, self.question.as_of.next()),
            };
            let count = match read_one(self.store, &known, Direction::Backward)? {
                Some((key, row)) => count(&key, &row, self.question.as_of)?,
                None => 0,
            };
            return Ok(Some((key, count)));
        }
        Ok(None)
    }
}

impl Iterator for Counters<'_> {
    type Item = Result<(ProgressKey, u64), QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.advance().transpose()? {
                Ok((_, 0)) => {}
                counted => return Some(counted),
            }
        }
    }
}

impl Range {
    /// The keys of a measure in a division and everything inside.
    fn of(measure: Counted, found_false: bool, division: Option<Division>) -> Self {
        let prefix = ProgressKey::measure_prefix(measure, found_false);
        let from = |code: u32| [&prefix[..], &code.to_be_bytes()].concat();
        match division {
            None => Self {
                from: prefix.to_vec(),
                to: keys::prefix_end(&prefix),
            },
            Some(division) => {
                let (first, last) = division.codes();
                Self {
                    from: from(first),
                    to: keys::prefix_end(&from(last)),
                }
            }
        }
    }
}

fn read_one(
    store: &dyn Storage,
    range: &Range,
    direction: Direction,
) -> Result<Option<Entry>, QueryError> {
    let mut found = store.scan(Space::Progress, &range.from, &range.to, direction, 1)?;
    Ok(found.pop())
}

/// The count that a row gives as of a position from its block on.
fn count(key: &[u8], row: &[u8], as_of: Position) -> Result<u64, QueryError> {
    let (_, block) = keys::progress_parts(key)?;
    Ok(CounterRow::decode(block, row)?.as_of(as_of))
}

fn damaged(source: ledger_core::progress::ProgressKeyError) -> QueryError {
    QueryError::CorruptEntity {
        what: Subject::Counter,
        source: source.into(),
    }
}
