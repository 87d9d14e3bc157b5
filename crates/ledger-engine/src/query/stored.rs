//! Stored events and the few fields of them that a search looks at.

use std::sync::Arc;

use ledger_core::{EventKind, Position, RecordedEvent, RecordedTime};
use ledger_log::{Block, LeafHash, Record, Storage};
use ledger_proto::{Interner, recorded_event_from_bytes};
use prost::Message;

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

/// The part of a `RecordedEvent` that filters look at; everything else is passed over.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct RecordHead {
    #[prost(int32, tag = "3")]
    kind: i32,
    #[prost(message, optional, tag = "6")]
    recorded_time: Option<Timestamp>,
}

/// `google.protobuf.Timestamp`, to be read without a conversion in between.
#[derive(Clone, Copy, PartialEq, prost::Message)]
struct Timestamp {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
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

impl RecordHead {
    /// Reads the head of a stored record.
    pub(super) fn of(record: &Record<'_>) -> Result<Self, QueryError> {
        Self::decode(record.bytes).map_err(|source| QueryError::CorruptEvent {
            position: record.position,
            source: source.into(),
        })
    }

    /// The kind of the event; `None` for one that a later version has written.
    pub(super) fn kind(&self) -> Option<EventKind> {
        u16::try_from(self.kind)
            .ok()
            .and_then(EventKind::from_number)
    }

    /// Whether the event is of one of these kinds; no kinds at all stand for every kind.
    pub(super) fn is_one_of(&self, kinds: &[EventKind]) -> bool {
        kinds.is_empty()
            || kinds
                .iter()
                .any(|kind| i32::from(kind.number()) == self.kind)
    }

    /// When the event was recorded.
    pub(super) fn recorded_at(&self) -> RecordedTime {
        let time = self.recorded_time.unwrap_or_default();
        let micros = time.seconds.saturating_mul(1_000_000);
        RecordedTime::from_micros(micros.saturating_add(i64::from(time.nanos / 1_000)))
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
