//! The log on RocksDB: blocks keyed by their first position, one synced batch per group.

use std::iter;
use std::sync::atomic::Ordering;

use ledger_core::Position;
use ledger_log::{
    Block, BlockIter, CommitGroup, Condition, Damage, Epoch, Log, LogError, Space, keys,
};
use rocksdb::WriteBatch;

use crate::error::unreadable;
use crate::{RocksStore, bookkeeping, options};

impl Log for RocksStore {
    fn claim_epoch(&self) -> Result<Epoch, LogError> {
        let inner = self.inner();
        let mut writer = inner.lock_writer();
        inner.check_writable()?;
        let epoch = writer.epoch.next();
        let mut batch = WriteBatch::default();
        bookkeeping::put_epoch(&mut batch, epoch);
        inner.write(&mut writer, batch, inner.last(), "claim the log")?;
        writer.epoch = epoch;
        Ok(epoch)
    }

    fn append(&self, epoch: Epoch, group: &CommitGroup) -> Result<Position, LogError> {
        let inner = self.inner();
        let mut writer = inner.lock_writer();
        inner.check_writer(&writer, epoch)?;
        group.check(inner.last())?;
        let last = group.last_position();
        let batch = self.batch(group);
        if !batch.is_empty() {
            inner.write(&mut writer, batch, last, "append a group")?;
            inner.last.store(last.get(), Ordering::Release);
        }
        Ok(last)
    }

    fn last_position(&self) -> Position {
        self.inner().last()
    }

    fn read_block_at(&self, position: Position) -> Result<Option<Block>, LogError> {
        let block = self.at(position, |key, frame| decode(position, key, frame))?;
        match block {
            Some(block) if block.last_position() < position => Err(gap(position)),
            block => Ok(block),
        }
    }

    fn block_range_at(&self, position: Position) -> Result<Option<(Position, Position)>, LogError> {
        let range = self.at(position, |key, frame| {
            Block::decode_range(first_position(position, key)?, frame)
        })?;
        match range {
            Some((_, last)) if last < position => Err(gap(position)),
            range => Ok(range),
        }
    }

    fn blocks_from(&self, from: Position) -> BlockIter<'_> {
        let last = self.last_position();
        let from = from.max(Position::FIRST);
        if from > last {
            return Box::new(iter::empty());
        }
        let inner = self.inner();
        let events = inner.events();
        let mut cursor = inner.db.raw_iterator_cf_opt(&events, options::long_read());
        cursor.seek_for_prev(keys::block(from));
        // The position that the next block starts at; unknown before the first.
        let mut expected = None;
        let mut next = move || {
            let asked = expected.unwrap_or(from);
            let block = match cursor.item() {
                Some((key, frame)) => decode(asked, key, frame)?,
                None => {
                    cursor.status().map_err(|error| unreadable(asked, error))?;
                    return Err(gap(asked));
                }
            };
            let follows = match expected {
                Some(expected) => block.first_position() == expected,
                None => block.last_position() >= from,
            };
            if !follows {
                return Err(gap(asked));
            }
            expected = Some(block.last_position().next());
            cursor.next();
            Ok(block)
        };
        let mut is_over = false;
        Box::new(iter::from_fn(move || {
            if is_over {
                return None;
            }
            let block = next();
            is_over = block
                .as_ref()
                .map_or(true, |block| block.last_position() >= last);
            Some(block)
        }))
    }

    fn barrier(&self) -> Result<Position, LogError> {
        // The only writer is this process, and a position is published after its sync.
        Ok(self.last_position())
    }

    fn write_disabled(&self) -> Option<String> {
        self.inner().heed_background();
        self.inner().write_disabled.get().cloned()
    }

    fn read_only(&self) -> Option<String> {
        self.inner().read_only.clone()
    }

    fn check_room(&self) -> Result<(), LogError> {
        self.inner().room.check_writes()
    }

    fn condition(&self) -> Condition {
        self.inner().heed_background();
        Condition {
            damage: self.inner().damage(),
            ..self.inner().room.condition()
        }
    }
}

impl RocksStore {
    /// Reads the stored block at or before a position, which lies within the log; `None` outside.
    fn at<T>(
        &self,
        position: Position,
        read: impl FnOnce(&[u8], &[u8]) -> Result<T, LogError>,
    ) -> Result<Option<T>, LogError> {
        if position < Position::FIRST || position > self.last_position() {
            return Ok(None);
        }
        let inner = self.inner();
        let mut cursor = inner
            .db
            .raw_iterator_cf_opt(&inner.events(), options::point_read());
        cursor.seek_for_prev(keys::block(position));
        if let Some((key, frame)) = cursor.item() {
            return read(key, frame).map(Some);
        }
        // Nothing lies before a position of the log: it is damaged, or cannot be read.
        let status = cursor.status();
        status.map_err(|error| unreadable(position, error))?;
        Err(gap(position))
    }

    /// Puts blocks, state and the new end of the log into one batch.
    fn batch(&self, group: &CommitGroup) -> WriteBatch {
        let inner = self.inner();
        let mut batch = WriteBatch::default();
        let events = inner.events();
        for block in &group.blocks {
            batch.put_cf(&events, keys::block(block.first_position()), block.frame());
        }
        let [
            entities,
            tag_index,
            effect_index,
            requests,
            refusals,
            meta,
            progress,
        ] = inner.spaces([
            Space::Entities,
            Space::TagIndex,
            Space::EffectIndex,
            Space::Requests,
            Space::Refusals,
            Space::Meta,
            Space::Progress,
        ]);
        for op in &group.state {
            let column = match op.space {
                Space::Entities => &entities,
                Space::TagIndex => &tag_index,
                Space::EffectIndex => &effect_index,
                Space::Requests => &requests,
                Space::Refusals => &refusals,
                Space::Meta => &meta,
                Space::Progress => &progress,
            };
            match &op.value {
                Some(value) => batch.put_cf(column, &op.key, value),
                None => batch.delete_cf(column, &op.key),
            }
        }
        if !group.blocks.is_empty() {
            bookkeeping::put_tip(&mut batch, group.last_position());
        }
        batch
    }
}

/// Decodes what lies under a key of the log, when `asked` was to be read.
pub(crate) fn decode(asked: Position, key: &[u8], frame: &[u8]) -> Result<Block, LogError> {
    Block::decode(first_position(asked, key)?, frame.to_vec())
}

/// The position in the key of a block.
fn first_position(asked: Position, key: &[u8]) -> Result<Position, LogError> {
    keys::position(key).map_err(|_| LogError::CorruptBlock {
        first_position: asked,
        what: Damage::Key,
    })
}

fn gap(position: Position) -> LogError {
    LogError::CorruptBlock {
        first_position: position,
        what: Damage::Gap,
    }
}
