//! From a position to the first position of its block, without reading the block each time.

use ledger_core::Position;
use ledger_log::{Log, LogError};
use std::collections::BTreeMap;
use std::mem;

/// Remembers where blocks start and end.
///
/// Causes mostly lie in recent blocks, or in blocks that are named again and again (a policy, a
/// class). So two generations serve: a full generation becomes the older one, and a range that is
/// still asked for moves back into the newer one. Blocks never change, so a remembered range stays
/// right. A forgotten range is read from the header of its block.
#[derive(Debug)]
pub(crate) struct BlockStarts {
    /// Last position by first position.
    recent: BTreeMap<Position, Position>,
    older: BTreeMap<Position, Position>,
    /// Blocks per generation.
    blocks_max: usize,
}

impl BlockStarts {
    pub(crate) fn new(blocks_max: usize) -> Self {
        Self {
            recent: BTreeMap::new(),
            older: BTreeMap::new(),
            blocks_max,
        }
    }

    /// Remembers a block.
    pub(crate) fn note(&mut self, first: Position, last: Position) {
        if self.recent.len() >= self.blocks_max {
            self.older = mem::take(&mut self.recent);
        }
        self.recent.insert(first, last);
    }

    /// The first position of the block that holds `position`; reads the log when it is not known.
    ///
    /// # Errors
    ///
    /// As [`Log::block_range_at`]; [`LogError::CorruptBlock`] when no block holds the position.
    pub(crate) fn of(
        &mut self,
        position: Position,
        log: &(impl Log + ?Sized),
    ) -> Result<Position, LogError> {
        if let Some((first, _)) = find(&self.recent, position) {
            return Ok(first);
        }
        if let Some((first, last)) = find(&self.older, position) {
            self.note(first, last);
            return Ok(first);
        }
        let range = log.block_range_at(position)?;
        let (first, last) = range.ok_or(LogError::CorruptBlock {
            first_position: position,
            what: ledger_log::Damage::Gap,
        })?;
        self.note(first, last);
        Ok(first)
    }
}

fn find(blocks: &BTreeMap<Position, Position>, position: Position) -> Option<(Position, Position)> {
    blocks
        .range(..=position)
        .next_back()
        .map(|(first, last)| (*first, *last))
        .filter(|(_, last)| position <= *last)
}
