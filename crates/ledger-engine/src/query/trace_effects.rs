//! From an event up to every event that rests on it.

use ledger_core::Position;
use ledger_log::postings::decode_edges;
use ledger_log::{Direction, Space, keys};

use super::limits::INDEX_CHUNK_MAX;
use super::stored::Blocks;
use super::trace::{Frontier, TraceEvent, TraceNode, TraceSummary, goes_on};
use super::{QueryError, Reader};

/// Walks from an event to those that rest on it, in ascending order of positions.
///
/// An effect always lies behind its cause, so the lowest position waiting is never reached again:
/// each event is given once, and the effects of each block are looked up once, for all waiting
/// positions in it together. It holds no more positions than its limit of events.
pub struct EffectTrace {
    reader: Reader,
    blocks: Blocks,
    frontier: Frontier,
    depth_max: u32,
    /// The last position of the block whose effects are in the frontier.
    looked_up_to: Position,
    log_position: Position,
}

impl Reader {
    /// Walks from an event to every event that rests on it. Events recorded after the call are left
    /// out.
    ///
    /// # Errors
    ///
    /// As [`trace_causes`](Self::trace_causes).
    pub fn trace_effects(&self, query: &TraceEvent) -> Result<EffectTrace, QueryError> {
        let log_position = query.as_of(self.log_position())?;
        let mut frontier = Frontier::new(query.events_max);
        frontier.reach_from_below(query.start, 0);
        Ok(EffectTrace {
            reader: self.clone(),
            blocks: Blocks::new(&self.store),
            frontier,
            depth_max: query.depth_max,
            looked_up_to: Position::ZERO,
            log_position,
        })
    }
}

impl EffectTrace {
    /// Gives at most `count` further nodes; none when the trace has ended.
    ///
    /// # Errors
    ///
    /// What reading the store gives; the trace has ended then.
    pub fn next_batch(&mut self, count: usize) -> Result<Vec<TraceNode>, QueryError> {
        self.by_ref().take(count).collect()
    }

    /// Tells how the trace stands.
    #[must_use]
    pub fn summary(&self) -> TraceSummary {
        self.frontier.summary(self.log_position)
    }

    fn step(&mut self) -> Result<Option<TraceNode>, QueryError> {
        let Some(lowest) = self.frontier.lowest() else {
            return Ok(None);
        };
        if lowest > self.looked_up_to {
            self.look_up_block(lowest)?;
        }
        let Some((position, depth)) = self.frontier.take_lowest() else {
            return Ok(None);
        };
        Ok(Some(TraceNode::of(self.blocks.event(position)?, depth)))
    }

    /// Adds the effects of every waiting position in the block that holds `position`.
    ///
    /// The block's own entry comes first, and its edges ascend by their cause, so that an effect
    /// within the block waits before its own effects are looked at.
    fn look_up_block(&mut self, position: Position) -> Result<(), QueryError> {
        let block = self.blocks.block(position)?;
        let first = block.first_position();
        self.looked_up_to = block.last_position();
        let mut from = keys::effect_prefix(first);
        let to = keys::prefix_end(&from);
        loop {
            let entries = self.reader.store.scan(
                Space::EffectIndex,
                &from,
                &to,
                Direction::Forward,
                INDEX_CHUNK_MAX,
            )?;
            for (key, value) in &entries {
                let (_, effect_block) = keys::effect_blocks(key)?;
                if effect_block > self.log_position || self.frontier.is_closed_above(effect_block) {
                    return Ok(());
                }
                self.add_edges(first, effect_block, value)?;
            }
            match entries.last() {
                Some((key, _)) if entries.len() == INDEX_CHUNK_MAX => from = keys::successor(key),
                _ => return Ok(()),
            }
        }
    }

    fn add_edges(
        &mut self,
        cause_block: Position,
        effect_block: Position,
        value: &[u8],
    ) -> Result<(), QueryError> {
        for edge in decode_edges(value)? {
            let cause = cause_block.offset(u64::from(edge.cause));
            let effect = effect_block.offset(u64::from(edge.effect));
            let Some(depth) = self.frontier.depth(cause) else {
                continue;
            };
            if effect <= cause {
                return Err(QueryError::Contradiction { position: effect });
            }
            // Edges ascend by their cause, so that the fewest steps to a cause are known here.
            if effect <= self.log_position && goes_on(depth, self.depth_max) {
                self.frontier
                    .reach_from_below(effect, depth.saturating_add(1));
            }
        }
        Ok(())
    }
}

impl Iterator for EffectTrace {
    type Item = Result<TraceNode, QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        let node = self.step().transpose()?;
        if node.is_err() {
            self.frontier.stop();
        }
        Some(node)
    }
}

impl std::fmt::Debug for EffectTrace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EffectTrace")
            .field("summary", &self.summary())
            .finish_non_exhaustive()
    }
}
