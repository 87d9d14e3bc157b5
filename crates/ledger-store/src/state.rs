//! The derived state on RocksDB: one column family per space.

use ledger_core::Position;
use ledger_log::{
    Direction, Entries, Entry, Epoch, LogError, Shadow, ShadowPurpose, Snapshot, Space, SpaceSize,
    StateStore,
};
use rocksdb::{
    AsColumnFamilyRef, ColumnFamilyRef, DB, IteratorMode, SnapshotWithThreadMode,
    properties::{self, PropName},
};

use crate::columns::EVENTS;
use crate::error::storage;
use crate::store::Inner;
use crate::{RocksStore, bookkeeping, options, shadow};

impl StateStore for RocksStore {
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, LogError> {
        let inner = self.inner();
        inner
            .db
            .get_cf_opt(&inner.space(space), key, &options::point_read())
            .map_err(|error| inner.read_error(space, "read an entry", error))
    }

    fn multi_get(&self, space: Space, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, LogError> {
        let inner = self.inner();
        let failed = |doing, error| inner.read_error(space, doing, error);
        multi_get(&inner.db, &inner.space(space), keys, &failed)
    }

    fn scan(
        &self,
        space: Space,
        from: &[u8],
        to: &[u8],
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, LogError> {
        let inner = self.inner();
        let failed = |doing, error| inner.read_error(space, doing, error);
        let range = Range {
            from,
            to,
            direction,
            limit,
        };
        scan(&inner.db, &inner.space(space), &range, &failed)
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, LogError> {
        let inner = self.inner();
        let (snapshot, columns) = inner.snapshot();
        let last_position = bookkeeping::tip(&|key| snapshot.get(key))?;
        Ok(Box::new(RocksSnapshot {
            inner,
            last_position,
            columns,
            snapshot,
        }))
    }

    fn open_shadow(&self, purpose: ShadowPurpose) -> Result<Box<dyn Shadow>, LogError> {
        shadow::open(self.inner(), purpose)
    }

    fn discard_shadow(&self, shadow: Box<dyn Shadow>) -> Result<(), LogError> {
        shadow::discard(self.inner(), shadow)
    }

    fn promote(&self, epoch: Epoch, shadow: &mut dyn Shadow, at: Position) -> Result<(), LogError> {
        shadow::promote(self.inner(), epoch, shadow.id(), at)
    }

    fn sizes(&self) -> Result<Vec<SpaceSize>, LogError> {
        let inner = self.inner();
        let events = size(inner, &inner.events(), EVENTS)?;
        let mut sizes = vec![events];
        for space in Space::ALL {
            sizes.push(size(inner, &inner.space(space), space.name())?);
        }
        Ok(sizes)
    }
}

/// One state of the whole store; it keeps its column families readable after a promotion.
struct RocksSnapshot<'a> {
    inner: &'a Inner,
    last_position: Position,
    columns: [ColumnFamilyRef<'a>; Space::ALL.len()],
    snapshot: SnapshotWithThreadMode<'a, DB>,
}

impl RocksSnapshot<'_> {
    fn column(&self, space: Space) -> &ColumnFamilyRef<'_> {
        let mut columns = Space::ALL.into_iter().zip(&self.columns);
        let found = columns.find(|(candidate, _)| *candidate == space);
        found
            .map(|(_, column)| column)
            .expect("a snapshot holds every space")
    }
}

impl Snapshot for RocksSnapshot<'_> {
    fn last_position(&self) -> Position {
        self.last_position
    }

    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, LogError> {
        self.snapshot
            .get_cf_opt(self.column(space), key, options::point_read())
            .map_err(|error| {
                let doing = "read an entry of a snapshot";
                self.inner.read_error(space, doing, error)
            })
    }

    fn iterate_from(&self, space: Space, from: &[u8]) -> Entries<'_> {
        let column = self.column(space);
        let mode = IteratorMode::From(from, rocksdb::Direction::Forward);
        let entries = self
            .snapshot
            .iterator_cf_opt(column, options::long_read(), mode);
        let failed = move |doing, error| self.inner.read_error(space, doing, error);
        Box::new(entries.map(move |item| entry(item, &failed)))
    }
}

/// Reads several keys at once; RocksDB sorts them and reads each file block once.
pub(crate) fn multi_get(
    db: &DB,
    column: &impl AsColumnFamilyRef,
    keys: &[Vec<u8>],
    failed: &Failed<'_>,
) -> Result<Vec<Option<Vec<u8>>>, LogError> {
    let is_sorted = false;
    db.batched_multi_get_cf_opt(column, keys, is_sorted, &options::point_read())
        .into_iter()
        .map(|value| match value {
            Ok(value) => Ok(value.map(|value| value.to_vec())),
            Err(error) => Err(failed("read several entries", error)),
        })
        .collect()
}

/// Tells an error of RocksDB, with what we were doing.
pub(crate) type Failed<'a> = dyn Fn(&'static str, rocksdb::Error) -> LogError + 'a;

/// Which entries to read: at most `limit` with `from <= key < to`; an empty `to` is no bound.
pub(crate) struct Range<'a> {
    pub(crate) from: &'a [u8],
    pub(crate) to: &'a [u8],
    pub(crate) direction: Direction,
    pub(crate) limit: usize,
}

/// Reads the entries of a range.
pub(crate) fn scan(
    db: &DB,
    column: &impl AsColumnFamilyRef,
    range: &Range<'_>,
    failed: &Failed<'_>,
) -> Result<Vec<Entry>, LogError> {
    let Range {
        from,
        to,
        direction,
        limit,
    } = *range;
    if !to.is_empty() && from >= to {
        return Ok(Vec::new());
    }
    let mut read = options::point_read();
    read.set_iterate_lower_bound(from);
    if !to.is_empty() {
        read.set_iterate_upper_bound(to);
    }
    let mode = match direction {
        Direction::Forward => IteratorMode::Start,
        Direction::Backward => IteratorMode::End,
    };
    let entries = db.iterator_cf_opt(column, read, mode);
    let read = entries.take(limit);
    read.map(|item| entry(item, failed)).collect()
}

/// What RocksDB's iterators yield.
type Item = Result<(Box<[u8]>, Box<[u8]>), rocksdb::Error>;

/// Turns what RocksDB's iterators yield into ours.
pub(crate) fn entry(item: Item, failed: &Failed<'_>) -> Result<Entry, LogError> {
    match item {
        Ok((key, value)) => Ok((key.into_vec(), value.into_vec())),
        Err(error) => Err(failed("read entries", error)),
    }
}

fn size(
    inner: &Inner,
    column: &impl AsColumnFamilyRef,
    name: &'static str,
) -> Result<SpaceSize, LogError> {
    Ok(SpaceSize {
        name,
        keys: property(&inner.db, column, properties::ESTIMATE_NUM_KEYS)?,
        bytes: bytes(&inner.db, column)?,
    })
}

/// Bytes of a column family, in files and in memory.
pub(crate) fn bytes(db: &DB, column: &impl AsColumnFamilyRef) -> Result<u64, LogError> {
    let in_files = property(db, column, properties::LIVE_SST_FILES_SIZE)?;
    let in_memory = property(db, column, properties::CUR_SIZE_ALL_MEM_TABLES)?;
    Ok(in_files.saturating_add(in_memory))
}

fn property(db: &DB, column: &impl AsColumnFamilyRef, name: &PropName) -> Result<u64, LogError> {
    let value = db.property_int_value_cf(column, name);
    value
        .map(Option::unwrap_or_default)
        .map_err(|error| storage("estimate sizes", error))
}
