//! What a shadow holds: a database of its own, and what of it is on its way into the live one.

use std::sync::{Mutex, MutexGuard};

use ledger_log::{Direction, Entries, Entry, LogError, ShadowId, Space, StateOp};
use rocksdb::{ColumnFamilyDescriptor, ColumnFamilyRef, DB, IteratorMode, WriteBatch};

use super::folder::Folder;
use super::staging::Staging;
use crate::columns::Column;
use crate::error::{storage, system};
use crate::options;
use crate::state::{Range, bytes as bytes_of, entry, multi_get, scan};
use crate::store::Inner;

/// A shadow's database and folder.
pub(crate) struct Content {
    id: ShadowId,
    db: DB,
    staging: Mutex<Staging>,
    // Dropped last: the database is closed before its folder is removed.
    folder: Folder,
}

impl Content {
    /// Creates an empty shadow.
    pub(super) fn create(inner: &Inner, id: ShadowId) -> Result<Self, LogError> {
        let doing = "create a shadow";
        let folder =
            Folder::create(inner.db.path(), id.generation).map_err(|error| system(doing, error))?;
        let descriptors = Space::REBUILDABLE.map(|space| {
            let column = Column::of(space, id.generation);
            ColumnFamilyDescriptor::new(column.name(), inner.column_options.of(column))
        });
        let path = folder.path().join("db");
        let db = DB::open_cf_descriptors(&options::shadow_database(), path, descriptors)
            .map_err(|error| inner.room.shadow_error(doing, error))?;
        Ok(Self {
            id,
            db,
            staging: Mutex::default(),
            folder,
        })
    }

    pub(super) const fn id(&self) -> ShadowId {
        self.id
    }

    /// Applies changes, in order.
    pub(super) fn write(&self, inner: &Inner, ops: Vec<StateOp>) -> Result<(), LogError> {
        let mut staging = self.staging();
        let bytes = ops.iter().map(StateOp::bytes).sum();
        staging.meter(&inner.room, bytes)?;
        let mut batch = WriteBatch::default();
        for op in &ops {
            let column = self.column(op.space)?;
            match &op.value {
                Some(value) => batch.put_cf(&column, &op.key, value),
                None => batch.delete_cf(&column, &op.key),
            }
        }
        self.db
            .write_opt(batch, &options::shadow_write())
            .map_err(|error| inner.room.shadow_error("write to a shadow", error))?;
        staging.follow(ops);
        if staging.is_full() {
            staging.stage_changes(inner, self)?;
        }
        Ok(())
    }

    pub(super) fn multi_get(
        &self,
        space: Space,
        keys: &[Vec<u8>],
    ) -> Result<Vec<Option<Vec<u8>>>, LogError> {
        multi_get(&self.db, &self.column(space)?, keys, &storage)
    }

    pub(super) fn scan(
        &self,
        space: Space,
        from: &[u8],
        to: &[u8],
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, LogError> {
        let range = Range {
            from,
            to,
            direction,
            limit,
        };
        scan(&self.db, &self.column(space)?, &range, &storage)
    }

    pub(super) fn iterate(&self, space: Space) -> Result<Entries<'_>, LogError> {
        let column = self.column(space)?;
        let read = options::long_read();
        let entries = self.db.iterator_cf_opt(&column, read, IteratorMode::Start);
        // The handle moves along, so that the column family outlives its iterator.
        Ok(Box::new(
            entries.map(move |item| (entry(item, &storage), &column).0),
        ))
    }

    /// Brings what the shadow holds, or what is new in it, into the live database.
    pub(super) fn stage(&self, inner: &Inner) -> Result<(), LogError> {
        let mut staging = self.staging();
        if staging.is_begun() {
            staging.stage_changes(inner, self)
        } else {
            staging.stage_all(inner, self)
        }
    }

    /// Brings everything but the last changes into the live database, and those into the batch.
    pub(super) fn prepare(&self, inner: &Inner, batch: &mut WriteBatch) -> Result<(), LogError> {
        let mut staging = self.staging();
        if !staging.is_begun() {
            staging.stage_all(inner, self)?;
        }
        staging.put_changes(inner, self.id.generation, batch)
    }

    /// Leaves what is in the live database as it is: only an opening can tell whether it is live.
    pub(super) fn abandon(&self) {
        self.staging().leave();
        drop(self.close());
    }

    /// Removes the shadow, and what of it lies in the live database without being live.
    pub(super) fn remove(&self, inner: &Inner) -> Result<(), LogError> {
        let begun = self.staging().leave();
        let dropped = match begun {
            true => super::drop_generation(inner, self.id.generation),
            false => Ok(()),
        };
        self.close()?;
        dropped
    }

    /// Removes the shadow's own database.
    pub(super) fn close(&self) -> Result<(), LogError> {
        // It is not closed before its last reader lets go of it; its files are gone before.
        self.db.cancel_all_background_work(true);
        self.folder
            .remove()
            .map_err(|error| system("remove a shadow", error))
    }

    pub(super) fn column(&self, space: Space) -> Result<ColumnFamilyRef<'_>, LogError> {
        if !space.is_rebuildable() {
            return Err(LogError::NotRebuildable { space });
        }
        let name = Column::of(space, self.id.generation).name();
        self.db.cf_handle(&name).ok_or(LogError::ShadowGone)
    }

    pub(super) const fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Bytes of its files, and of what is not in files yet.
    pub(super) fn bytes(&self) -> Result<u64, LogError> {
        let mut bytes = 0_u64;
        for space in Space::REBUILDABLE {
            bytes = bytes.saturating_add(bytes_of(&self.db, &self.column(space)?)?);
        }
        Ok(bytes)
    }

    fn staging(&self) -> MutexGuard<'_, Staging> {
        self.staging
            .lock()
            .expect("no thread panics while it stages a shadow")
    }
}
