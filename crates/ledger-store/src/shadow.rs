//! Rebuilding beside the live state: column families of the next generation.

use std::iter;
use std::sync::{Arc, MutexGuard};

use ledger_core::Position;
use ledger_log::{Direction, Entries, Entry, Epoch, LogError, Shadow, ShadowId, Space, StateOp};
use rocksdb::{ColumnFamilyRef, IteratorMode, WriteBatch};

use crate::columns::{Column, Live};
use crate::error::storage;
use crate::state::{entry, multi_get, scan};
use crate::store::{Inner, ShadowSlot};
use crate::{bookkeeping, options};

/// Drops an earlier shadow and creates the column families of a new one.
pub(crate) fn open(inner: &Arc<Inner>) -> Result<Box<dyn Shadow>, LogError> {
    inner.check_writable()?;
    let mut slot = inner.lock_shadow();
    if let Some(earlier) = slot.open.take() {
        drop_generation(inner, earlier)?;
    }
    let generation = slot.next_generation;
    slot.next_generation += 1;
    for space in Space::REBUILDABLE {
        let column = Column::of(space, generation);
        inner
            .db
            .create_cf(column.name(), &inner.column_options.of(column))
            .map_err(|error| storage("create a shadow", error))?;
    }
    slot.open = Some(generation);
    let id = ShadowId {
        store: inner.id,
        generation,
    };
    Ok(Box::new(RocksShadow {
        id,
        inner: Arc::clone(inner),
    }))
}

/// Makes a shadow the live generation, and drops the one before.
pub(crate) fn promote(
    inner: &Inner,
    epoch: Epoch,
    id: ShadowId,
    at: Position,
) -> Result<(), LogError> {
    let mut writer = inner.lock_writer();
    inner.check_writer(&writer, epoch)?;
    let last = inner.last();
    if last != at {
        return Err(LogError::ShadowBehind { at, last });
    }
    let mut slot = open_slot(inner, id)?;
    // The shadow was written without the write-ahead log, so its files have to be there first.
    flush(inner, id.generation)?;
    let mut live = inner.write_live();
    let mut batch = WriteBatch::default();
    bookkeeping::put_generation(&mut batch, id.generation);
    inner.write(&mut writer, batch, "promote a shadow")?;
    let old = std::mem::replace(&mut *live, Live::new(id.generation)).generation();
    drop(live);
    slot.open = None;
    // The promotion is durable; if the old generation cannot be dropped now, opening drops it.
    drop(drop_generation(inner, old));
    Ok(())
}

/// Drops a shadow that is not to be promoted.
pub(crate) fn discard(inner: &Inner, id: ShadowId) -> Result<(), LogError> {
    let mut slot = open_slot(inner, id)?;
    // Whatever of it cannot be dropped now is no shadow any more, and opening drops it.
    slot.open = None;
    drop_generation(inner, id.generation)
}

/// Drops the column families of a generation; those who still read one keep it readable.
pub(crate) fn drop_generation(inner: &Inner, generation: u64) -> Result<(), LogError> {
    for space in Space::REBUILDABLE {
        let name = Column::of(space, generation).name();
        if inner.db.cf_handle(&name).is_some() {
            inner
                .db
                .drop_cf(&name)
                .map_err(|error| storage("drop a generation", error))?;
        }
    }
    Ok(())
}

/// The open shadow; its generation is dropped when the store is opened anew before a promotion.
struct RocksShadow {
    id: ShadowId,
    inner: Arc<Inner>,
}

impl Shadow for RocksShadow {
    fn id(&self) -> ShadowId {
        self.id
    }

    fn write(&mut self, ops: Vec<StateOp>) -> Result<(), LogError> {
        let _open = open_slot(&self.inner, self.id)?;
        let mut batch = WriteBatch::default();
        for op in &ops {
            let column = self.column(op.space)?;
            match &op.value {
                Some(value) => batch.put_cf(&column, &op.key, value),
                None => batch.delete_cf(&column, &op.key),
            }
        }
        self.inner
            .db
            .write_opt(batch, &options::shadow_write())
            .map_err(|error| storage("write to a shadow", error))
    }

    fn multi_get(&self, space: Space, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, LogError> {
        let _open = open_slot(&self.inner, self.id)?;
        multi_get(&self.inner.db, &self.column(space)?, keys)
    }

    fn scan(
        &self,
        space: Space,
        from: &[u8],
        to: &[u8],
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, LogError> {
        let _open = open_slot(&self.inner, self.id)?;
        let column = self.column(space)?;
        scan(&self.inner.db, &column, from, to, direction, limit)
    }

    fn iterate(&self, space: Space) -> Entries<'_> {
        let opened = open_slot(&self.inner, self.id).and_then(|_open| self.column(space));
        match opened {
            Ok(column) => {
                let read = options::long_read();
                let entries = self
                    .inner
                    .db
                    .iterator_cf_opt(&column, read, IteratorMode::Start);
                // The handle moves along, so that the column family outlives its iterator.
                Box::new(entries.map(move |item| (entry(item), &column).0))
            }
            Err(error) => Box::new(iter::once(Err(error))),
        }
    }

    fn flush(&mut self) -> Result<(), LogError> {
        let _open = open_slot(&self.inner, self.id)?;
        flush(&self.inner, self.id.generation)
    }
}

impl RocksShadow {
    fn column(&self, space: Space) -> Result<ColumnFamilyRef<'_>, LogError> {
        if !space.is_rebuildable() {
            return Err(LogError::NotRebuildable { space });
        }
        let name = Column::of(space, self.id.generation).name();
        self.inner.db.cf_handle(&name).ok_or(LogError::ShadowGone)
    }
}

/// Checks that a shadow is the open one, and keeps it so while the guard lives.
fn open_slot(inner: &Inner, id: ShadowId) -> Result<MutexGuard<'_, ShadowSlot>, LogError> {
    let slot = inner.lock_shadow();
    if id.store == inner.id && slot.open == Some(id.generation) {
        Ok(slot)
    } else {
        Err(LogError::ShadowGone)
    }
}

fn flush(inner: &Inner, generation: u64) -> Result<(), LogError> {
    for space in Space::REBUILDABLE {
        let name = Column::of(space, generation).name();
        let column = inner.db.cf_handle(&name).ok_or(LogError::ShadowGone)?;
        inner
            .db
            .flush_cf_opt(&column, &options::waiting_flush())
            .map_err(|error| storage("flush a shadow", error))?;
    }
    Ok(())
}
