//! Stored events and the few fields of them that a search looks at.

use std::sync::Arc;

use ledger_core::{Position, RecordedEvent};
use ledger_log::{Block, LeafHash, Record, Storage};
use ledger_proto::{EventHead, Interner, recorded_event_from_bytes};

use super::QueryError;
use super::positions::Work;

/// An event exactly as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// The position of the event in the log.
    pub position: Position,
    /// The bytes of its `RecordedEvent`, which hashes and proofs are made of.
    pub bytes: Vec<u8>,
    /// The leaf hash over these bytes.
    pub leaf_hash: LeafHash,
}

/// Reads records by position and keeps the block that it read last, since neighbours share one.
pub(super) struct Blocks {
    store: Arc<dyn Storage>,
    held: Option<Block>,
    names: Interner,
}

impl Blocks {
    pub(super) fn new(store: &Arc<dyn Storage>) -> Self {
        Self {
            store: Arc::clone(store),
            held: None,
            names: Interner::default(),
        }
    }

    /// Whether the record can be read without reading another block.
    pub(super) fn holds(&self, position: Position) -> bool {
        self.held
            .as_ref()
            .is_some_and(|block| block.record(position).is_some())
    }

    /// Returns the record, or `None` when the work allowed is used up.
    pub(super) fn record_within(
        &mut self,
        position: Position,
        work: &mut Work,
    ) -> Result<Option<Record<'_>>, QueryError> {
        if !self.holds(position) && !work.take_block() {
            return Ok(None);
        }
        self.record(position).map(Some)
    }

    /// Returns the record of a position that something else says is in the log.
    pub(super) fn record(&mut self, position: Position) -> Result<Record<'_>, QueryError> {
        let block = self.block(position)?;
        block
            .record(position)
            .ok_or(QueryError::Contradiction { position })
    }

    /// Returns a whole event.
    pub(super) fn event(&mut self, position: Position) -> Result<RecordedEvent, QueryError> {
        let mut names = std::mem::take(&mut self.names);
        let event = self
            .record(position)
            .and_then(|record| read_event(&record, &mut names));
        self.names = names;
        event
    }

    /// Returns the block that holds a position within the log.
    pub(super) fn block(&mut self, position: Position) -> Result<&Block, QueryError> {
        let block = match self
            .held
            .take()
            .filter(|block| block.record(position).is_some())
        {
            Some(block) => block,
            None => self
                .store
                .read_block_at(position)?
                .ok_or(QueryError::Contradiction { position })?,
        };
        Ok(self.held.insert(block))
    }
}

impl StoredEvent {
    pub(super) fn of(record: &Record<'_>) -> Self {
        Self {
            position: record.position,
            bytes: record.bytes.to_vec(),
            leaf_hash: *record.leaf_hash,
        }
    }
}

/// Reads the head of a stored record.
pub(super) fn head(record: &Record<'_>) -> Result<EventHead, QueryError> {
    EventHead::from_bytes(record.bytes).map_err(|source| QueryError::CorruptEvent {
        position: record.position,
        source: source.into(),
    })
}

/// Reads a whole event from its record.
pub(super) fn read_event(
    record: &Record<'_>,
    names: &mut Interner,
) -> Result<RecordedEvent, QueryError> {
    recorded_event_from_bytes(record.bytes, names).map_err(|source| QueryError::CorruptEvent {
        position: record.position,
        source: source.into(),
    })
}
