//! The first half of a replay, on a thread of its own: read, check, decode and index blocks.

use super::{CancelToken, RebuildError};
use crate::block_starts::BlockStarts;
use crate::index::BlockIndex;
use crate::limits::BLOCK_STARTS_MAX;
use crate::recovery::append_leaves;
use ledger_core::merkle::CompactRange;
use ledger_core::{Position, RecordedEvent};
use ledger_log::{Block, LogError, StateOp, Storage};
use ledger_proto::{Interner, recorded_event_from_bytes};
use std::sync::mpsc;

/// The events of one block, and the index entries that the writer made for them.
pub(super) struct DecodedBlock {
    pub(super) events: Vec<RecordedEvent>,
    pub(super) index: Vec<StateOp>,
    pub(super) first: Position,
    pub(super) last: Position,
}

/// What decoding carries from block to block.
pub(super) struct Decoder {
    /// The Merkle tree over everything decoded.
    range: CompactRange,
    block_starts: BlockStarts,
    names: Interner,
}

impl Decoder {
    /// Starts before the first event.
    pub(super) fn new() -> Self {
        Self {
            range: CompactRange::new(),
            block_starts: BlockStarts::new(BLOCK_STARTS_MAX / 2),
            names: Interner::default(),
        }
    }

    pub(super) fn range(&self) -> &CompactRange {
        &self.range
    }

    /// Decodes the blocks after the last one decoded up to `to`, the end of a block.
    ///
    /// It ends early, without an error of its own, when the receiver is gone.
    pub(super) fn decode(
        &mut self,
        storage: &dyn Storage,
        to: Position,
        cancel: &CancelToken,
        decoded: &mpsc::SyncSender<DecodedBlock>,
    ) -> Result<(), RebuildError> {
        let from = Position::new(self.range.len()).next();
        if from > to {
            return Ok(());
        }
        for block in storage.blocks_from(from) {
            let block = block?;
            if block.first_position() > to {
                break;
            }
            cancel.check()?;
            append_leaves(&block, to, &mut self.range)?;
            let events = decode_block(&block, &mut self.names)?;
            let index = self.index(storage, &block, &events)?;
            let (first, last) = (block.first_position(), block.last_position());
            if decoded
                .send(DecodedBlock {
                    events,
                    index,
                    first,
                    last,
                })
                .is_err()
                || last >= to
            {
                break;
            }
        }
        Ok(())
    }

    fn index(
        &mut self,
        storage: &dyn Storage,
        block: &Block,
        events: &[RecordedEvent],
    ) -> Result<Vec<StateOp>, LogError> {
        let mut index = BlockIndex::new(block.first_position());
        for event in events {
            let starts = &mut self.block_starts;
            index.add(event.position, &event.event, |cause| {
                starts.of(cause, storage)
            })?;
        }
        self.block_starts
            .note(block.first_position(), block.last_position());
        let mut ops = Vec::new();
        index.finish(&mut ops);
        Ok(ops)
    }
}

/// Decodes the events of a block and checks that each stands at its position.
pub(crate) fn decode_block(
    block: &Block,
    names: &mut Interner,
) -> Result<Vec<RecordedEvent>, RebuildError> {
    block
        .records()
        .map(|record| {
            let position = record.position;
            let event = recorded_event_from_bytes(record.bytes, names)
                .map_err(|source| RebuildError::Event { position, source })?;
            if event.position != position {
                return Err(RebuildError::Position {
                    position,
                    named: event.position,
                });
            }
            Ok(event)
        })
        .collect()
}

/// The log ended before the position that it is known to hold.
pub(super) fn cut_short(position: Position) -> RebuildError {
    let what = ledger_log::Damage::Gap;
    RebuildError::Log(LogError::CorruptBlock {
        first_position: position,
        what,
    })
}
