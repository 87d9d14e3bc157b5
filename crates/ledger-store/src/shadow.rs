//! A second set of the rebuildable spaces, in a database of its own beside the live one.
//!
//! The shadow lies in the folder `shadow` of the ledger. An error of its database, a full disk
//! among them, stays in its database: the live one goes on. The folder is removed on every way out,
//! and what a crash left of it when the ledger is opened.
//!
//! A shadow becomes live in steps, of which each but one changes nothing that anybody reads:
//!
//! 1. *Preparing* creates the column families of the next generation in the live database, empty.
//! 2. It writes what the shadow holds into sorted files, in the shadow's folder.
//! 3. It has the live database take the files over, space by space. RocksDB syncs file and folder
//!    before its manifest names the file.
//! 4. *Promoting* writes, in one batch with one sync, what came since and the number of the
//!    generation. That is the switch.
//! 5. The generation before is dropped, and the folder removed.
//!
//! Cut off before step 4, the next opening drops the generation that never became live; after it,
//! the one that no longer is. Either way one is left.

mod content;
mod folder;
mod staging;

use std::iter;
use std::sync::Arc;

use ledger_core::Position;
use ledger_log::{
    Direction, Entries, Entry, Epoch, LogError, Shadow, ShadowId, ShadowPurpose, Space, StateOp,
};
use rocksdb::WriteBatch;

use crate::bookkeeping;
use crate::columns::{Column, Live};
use crate::error::storage;
use crate::state::bytes;
use crate::store::Inner;

pub(crate) use content::Content;
pub(crate) use folder::clear;

/// Discards an earlier shadow and opens the database of a new one, if there is room for it.
pub(crate) fn open(
    inner: &Arc<Inner>,
    purpose: ShadowPurpose,
) -> Result<Box<dyn Shadow>, LogError> {
    inner.check_writable()?;
    let mut slot = inner.lock_shadow();
    if let Some(earlier) = slot.open.take() {
        earlier.remove(inner)?;
    }
    let needed = live_bytes(inner)?.saturating_mul(purpose.sets());
    inner.room.check_shadow("build a second state", needed)?;
    let generation = slot.next_generation;
    slot.next_generation += 1;
    let id = ShadowId {
        store: inner.id,
        generation,
    };
    let content = Arc::new(Content::create(inner, id)?);
    slot.open = Some(Arc::clone(&content));
    Ok(Box::new(RocksShadow {
        inner: Arc::clone(inner),
        content,
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
    let mut slot = inner.lock_shadow();
    let content = match slot.open.take_if(|content| content.id() == id) {
        Some(content) => content,
        None => return Err(LogError::ShadowGone),
    };
    let mut batch = WriteBatch::default();
    if let Err(error) = content.prepare(inner, &mut batch) {
        // It stays open, for another try when there is room.
        slot.open = Some(content);
        return Err(error);
    }
    bookkeeping::put_generation(&mut batch, id.generation);
    inner.reached("prepared");
    let mut live = inner.write_live();
    if let Err(error) = inner.write(&mut writer, batch, last, "promote a shadow") {
        // Whether it is live is known at the next opening, which drops the other generation.
        content.abandon();
        return Err(error);
    }
    let old = std::mem::replace(&mut *live, Live::new(id.generation)).generation();
    drop(live);
    inner.reached("switched");
    // The promotion is durable; what of the old generation or of the folder cannot be dropped now
    // is dropped by the next opening.
    inner.forget_damage_with(|| drop(drop_generation(inner, old)));
    inner.reached("dropped the old generation");
    drop(content.close());
    Ok(())
}

/// Discards a shadow that is not to be promoted.
pub(crate) fn discard(inner: &Inner, shadow: Box<dyn Shadow>) -> Result<(), LogError> {
    let id = shadow.id();
    let taken = inner
        .lock_shadow()
        .open
        .take_if(|content| content.id() == id);
    drop(shadow);
    taken.ok_or(LogError::ShadowGone)?.remove(inner)
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

/// Bytes of the live rebuildable spaces, which a shadow is expected to need as well.
fn live_bytes(inner: &Inner) -> Result<u64, LogError> {
    let columns = inner.spaces(Space::REBUILDABLE);
    let mut sizes = columns.iter().map(|column| bytes(&inner.db, column));
    sizes.try_fold(0, |sum: u64, bytes| Ok(sum.saturating_add(bytes?)))
}

/// The open shadow, as whoever fills it holds it.
struct RocksShadow {
    inner: Arc<Inner>,
    content: Arc<Content>,
}

impl RocksShadow {
    /// Returns what it holds while it is the open shadow of its store.
    fn content(&self) -> Result<&Content, LogError> {
        let slot = self.inner.lock_shadow();
        match &slot.open {
            Some(open) if Arc::ptr_eq(open, &self.content) => Ok(&self.content),
            _ => Err(LogError::ShadowGone),
        }
    }
}

impl Drop for RocksShadow {
    fn drop(&mut self) {
        let mut slot = self.inner.lock_shadow();
        let ours = |open: &mut Arc<Content>| Arc::ptr_eq(open, &self.content);
        if let Some(content) = slot.open.take_if(ours) {
            // What cannot be removed now is removed by the next opening.
            drop(content.remove(&self.inner));
        }
    }
}

impl Shadow for RocksShadow {
    fn id(&self) -> ShadowId {
        self.content.id()
    }

    fn write(&mut self, ops: Vec<StateOp>) -> Result<(), LogError> {
        self.content()?.write(&self.inner, ops)
    }

    fn multi_get(&self, space: Space, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, LogError> {
        self.content()?.multi_get(space, keys)
    }

    fn scan(
        &self,
        space: Space,
        from: &[u8],
        to: &[u8],
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, LogError> {
        self.content()?.scan(space, from, to, direction, limit)
    }

    fn iterate(&self, space: Space) -> Entries<'_> {
        match self.content().and_then(|content| content.iterate(space)) {
            Ok(entries) => entries,
            Err(error) => Box::new(iter::once(Err(error))),
        }
    }

    fn prepare(&mut self) -> Result<(), LogError> {
        self.content()?.stage(&self.inner)
    }
}
