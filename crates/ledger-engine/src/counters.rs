//! The counters of progress as stored: one row for each counter that a block changes.
//!
//! The changes of an event follow from the state before the event, by
//! [`changes`](ledger_core::progress::changes()). So whoever applies the event asks for them first.
//! The rows of a block are made where its end is known: by the committer, and by a rebuild for the
//! same blocks. A row carries the count before its block. So the count as of any position is one
//! seek away, and no row is ever changed.

use crate::limits::COUNTERS_CACHED_MAX;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use ledger_core::progress::{self, ProgressKey};
use ledger_core::{Context, Position, RecordedEvent};
use ledger_log::{CounterRow, Direction, LogError, Space, StateOp, keys};

/// What one event changes in one counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CounterChange {
    pub(crate) position: Position,
    pub(crate) counter: ProgressKey,
    pub(crate) change: i64,
}

/// What an event changes in the counters, given the state before it.
///
/// # Panics
///
/// When an entity of the event was not loaded.
pub(crate) fn changes_of(
    before: &Context,
    event: &RecordedEvent,
) -> impl Iterator<Item = CounterChange> + use<> {
    let position = event.position;
    let changes = progress::changes(before, event).into_iter();
    changes.map(move |(counter, change)| CounterChange {
        position,
        counter,
        change,
    })
}

/// Collects the rows of one block.
#[derive(Debug)]
pub(crate) struct BlockCounters {
    block: Position,
    changes: HashMap<ProgressKey, Vec<(Position, i64)>>,
}

/// The latest counts, as far as they are in memory, in two generations as in the cache of entities.
///
/// A count that is not in memory is read from the last row of its counter. So counts may be
/// forgotten only while every row made so far is in the store that is read.
#[derive(Debug)]
pub(crate) struct RunningCounts {
    current: HashMap<Vec<u8>, u64>,
    previous: HashMap<Vec<u8>, u64>,
    generation_max: usize,
    /// Whether a counter that is not in memory may have been counted before.
    is_partial: bool,
}

/// Reads the first entry of a range of the space of progress, from the end that the direction
/// starts at.
pub(crate) type ScanRows<'a> =
    &'a dyn Fn(&[u8], &[u8], Direction) -> Result<Vec<ledger_log::Entry>, LogError>;

impl BlockCounters {
    /// Starts the rows of the block whose first position is `block`.
    pub(crate) fn new(block: Position) -> Self {
        Self {
            block,
            changes: HashMap::new(),
        }
    }

    /// Adds a change by an event of the block. Changes come in ascending order of positions, and an
    /// event changes a counter once.
    pub(crate) fn add(&mut self, change: CounterChange) {
        let CounterChange {
            position,
            counter,
            change,
        } = change;
        if change != 0 {
            let changes = self.changes.entry(counter).or_default();
            changes.push((position, change));
        }
    }

    /// Appends the changes that write the rows, ordered by key, and counts them.
    ///
    /// # Errors
    ///
    /// Those of reading, and of a row that is not what was written.
    pub(crate) fn finish(
        self,
        counts: &mut RunningCounts,
        scan: ScanRows<'_>,
        ops: &mut Vec<StateOp>,
    ) -> Result<(), LogError> {
        let mut rows: Vec<_> = self
            .changes
            .into_iter()
            .map(|(counter, changes)| (counter.to_bytes(), changes))
            .collect();
        rows.sort_unstable();
        for (counter, changes) in rows {
            let key = keys::progress(&counter, self.block);
            let count = counts.of(counter, scan)?;
            let row = CounterRow {
                before: *count,
                changes,
            };
            *count = row.after();
            ops.push(StateOp::put(Space::Progress, key, row.encode(self.block)));
        }
        Ok(())
    }
}

impl RunningCounts {
    /// Starts behind the event at `last`, with no count in memory. At most `entities_max` counts
    /// are kept: a process that is told to keep few entities has little memory.
    pub(crate) fn new(last: Position, entities_max: usize) -> Self {
        let cached_max = entities_max.min(COUNTERS_CACHED_MAX);
        Self {
            current: HashMap::new(),
            previous: HashMap::new(),
            generation_max: (cached_max / 2).max(1),
            is_partial: last != Position::ZERO,
        }
    }

    /// Whether it is time to forget.
    pub(crate) fn is_full(&self) -> bool {
        self.current.len() >= self.generation_max
    }

    /// Forgets the counts that were not asked for lately. Every row made so far has to be in the
    /// store.
    pub(crate) fn rotate(&mut self) {
        let current = std::mem::take(&mut self.current);
        let forgotten = std::mem::replace(&mut self.previous, current);
        self.is_partial |= !forgotten.is_empty();
    }

    /// Forgets every count, because the rows in the store were replaced.
    pub(crate) fn forget(&mut self) {
        self.current.clear();
        self.previous.clear();
        self.is_partial = true;
    }

    fn of(&mut self, counter: Vec<u8>, scan: ScanRows<'_>) -> Result<&mut u64, LogError> {
        let vacant = match self.current.entry(counter) {
            Entry::Occupied(found) => return Ok(found.into_mut()),
            Entry::Vacant(vacant) => vacant,
        };
        let count = match self.previous.remove(vacant.key()) {
            Some(count) => count,
            None if self.is_partial => latest_count(vacant.key(), scan)?,
            None => 0,
        };
        Ok(vacant.insert(count))
    }
}

/// The count after the last stored row of a counter; zero when it has none.
fn latest_count(counter: &[u8], scan: ScanRows<'_>) -> Result<u64, LogError> {
    let rows = scan(counter, &keys::prefix_end(counter), Direction::Backward)?;
    let Some((key, value)) = rows.first() else {
        return Ok(0);
    };
    let damaged = || LogError::CorruptEntry { name: "progress" };
    let (_, block) = keys::progress_parts(key).map_err(|_| damaged())?;
    let row = CounterRow::decode(block, value).map_err(|_| damaged())?;
    Ok(row.after())
}

#[cfg(test)]
mod tests;
