//! Recovery: what is checked before a store is served.
//!
//! RocksDB replays its write-ahead log first; see `options` for what it tolerates there. Then the
//! bookkeeping is read, generations that were never promoted are dropped, and the last block is
//! read and checked whole. None of it depends on the length of the history. Everything else is
//! checked whenever it is read, and by [`verify_all`](crate::RocksStore::verify_all).

use std::path::Path;

use ledger_core::Position;
use ledger_log::{Block, LogError, Space};
use rocksdb::{ColumnFamilyDescriptor, DB, IteratorMode, WriteBatch};

use crate::columns::{Column, EVENTS, FIRST_GENERATION};
use crate::error::{storage, system, unreadable};
use crate::log::decode;
use crate::options::{self, ColumnOptions};
use crate::room::Room;
use crate::store::Inner;
use crate::{OpenError, StoreOptions, bookkeeping, shadow};

/// Opens the database in a folder and recovers the store in it.
pub(crate) fn open(path: &Path, options: &StoreOptions) -> Result<Inner, OpenError> {
    let column_options = ColumnOptions::new(options);
    let columns = columns(path, options)?;
    let db = open_database(path, options, &columns, &column_options)?;
    let check = |source| OpenError::Check { source };

    let read = |key: &str| db.get_opt(key, &options::point_read());
    match bookkeeping::format(&read).map_err(check)? {
        Some(bookkeeping::FORMAT) => {}
        Some(bookkeeping::FORMAT_WITHOUT_PROGRESS) => {
            let generation = bookkeeping::generation(&read).map_err(check)?;
            add_progress(&db, &column_options, generation)?;
        }
        Some(version) => {
            return Err(OpenError::UnknownFormat {
                version,
                known: bookkeeping::FORMAT,
            });
        }
        None => finish_creating(&db, &column_options)?,
    }
    let generation = bookkeeping::generation(&read).map_err(check)?;
    let epoch = bookkeeping::epoch(&read).map_err(check)?;
    let tip = bookkeeping::tip(&read).map_err(check)?;
    check_columns(&db, generation)?;
    check_tip(&db, tip)?;

    shadow::clear(path).map_err(|error| check(system("remove a shadow", error)))?;
    let room = Room::new(
        path,
        options.free_space.clone(),
        options.shadow_headroom_bytes,
    );
    let inner = Inner::new(db, column_options, generation, epoch, tip, room);
    for other in generations(&columns).filter(|other| *other != generation) {
        shadow::drop_generation(&inner, other).map_err(check)?;
    }
    Ok(inner)
}

/// Opens the database in a folder for reading only. The write-ahead log is replayed in memory, and
/// no file of the ledger changes; RocksDB puts its own text log into `info_log`.
pub(crate) fn open_read_only(path: &Path, info_log: &Path) -> Result<Inner, OpenError> {
    let options = StoreOptions::default();
    let column_options = ColumnOptions::new(&options);
    let columns = columns(path, &options)?;
    let descriptors = columns
        .iter()
        .map(|column| ColumnFamilyDescriptor::new(column.name(), column_options.of(*column)));
    let mut database = options::database(&options);
    database.set_db_log_dir(info_log);
    let db = DB::open_cf_descriptors_read_only(&database, path, descriptors, false)
        .map_err(|error| OpenError::from_rocksdb(path.to_owned(), error))?;
    let check = |source| OpenError::Check { source };
    let read = |key: &str| db.get_opt(key, &options::point_read());
    match bookkeeping::format(&read).map_err(check)? {
        Some(bookkeeping::FORMAT) => {}
        version => {
            return Err(OpenError::UnknownFormat {
                version: version.unwrap_or_default(),
                known: bookkeeping::FORMAT,
            });
        }
    }
    let generation = bookkeeping::generation(&read).map_err(check)?;
    let epoch = bookkeeping::epoch(&read).map_err(check)?;
    let tip = bookkeeping::tip(&read).map_err(check)?;
    check_columns(&db, generation)?;
    check_tip(&db, tip)?;
    let headroom = options.shadow_headroom_bytes;
    let room = Room::new(path, options.free_space, headroom);
    let inner = Inner::new(db, column_options, generation, epoch, tip, room);
    inner.disable_writing("opened for reading only");
    Ok(inner)
}

/// Returns the column families that are there, or those of a new store.
fn columns(path: &Path, options: &StoreOptions) -> Result<Vec<Column>, OpenError> {
    // RocksDB points to its present manifest in this file, from the moment there is a database.
    if !path.join("CURRENT").exists() {
        return if options.create_if_missing {
            Ok(Column::all(FIRST_GENERATION).collect())
        } else {
            Err(OpenError::NotFound {
                path: path.to_owned(),
            })
        };
    }
    DB::list_cf(&options::database(options), path)
        .map_err(|error| OpenError::from_rocksdb(path.to_owned(), error))?
        .into_iter()
        .map(|name| Column::parse(&name).ok_or(OpenError::UnknownColumn { name }))
        .collect()
}

fn open_database(
    path: &Path,
    options: &StoreOptions,
    columns: &[Column],
    column_options: &ColumnOptions,
) -> Result<DB, OpenError> {
    let descriptors = columns
        .iter()
        .map(|column| ColumnFamilyDescriptor::new(column.name(), column_options.of(*column)));
    DB::open_cf_descriptors(&options::database(options), path, descriptors)
        .map_err(|error| OpenError::from_rocksdb(path.to_owned(), error))
}

/// Completes a store that has no format entry: a new one, or one whose creation was cut off.
fn finish_creating(db: &DB, column_options: &ColumnOptions) -> Result<(), OpenError> {
    let check = |source| OpenError::Check { source };
    // The format entry is written before the first block, so that a log without it is damage.
    let holds_blocks = match db.cf_handle(EVENTS) {
        None => false,
        Some(events) => db
            .iterator_cf(&events, IteratorMode::Start)
            .next()
            .is_some(),
    };
    if holds_blocks {
        return Err(check(LogError::CorruptEntry { name: "format" }));
    }
    for column in Column::all(FIRST_GENERATION) {
        create_missing(db, column_options, column)?;
    }
    let mut batch = WriteBatch::default();
    bookkeeping::put_new(&mut batch, FIRST_GENERATION);
    db.write_opt(batch, &options::durable_write())
        .map_err(|error| check(storage("record the store format", error)))
}

/// Brings a store of the first layout to this one: the live generation gets an empty space of
/// progress, which the engine fills from the log. Cut off anywhere, it is done again.
fn add_progress(db: &DB, column_options: &ColumnOptions, generation: u64) -> Result<(), OpenError> {
    create_missing(db, column_options, Column::of(Space::Progress, generation))?;
    let mut batch = WriteBatch::default();
    bookkeeping::put_format(&mut batch);
    db.write_opt(batch, &options::durable_write())
        .map_err(|error| OpenError::Check {
            source: storage("record the store format", error),
        })
}

fn create_missing(
    db: &DB,
    column_options: &ColumnOptions,
    column: Column,
) -> Result<(), OpenError> {
    if db.cf_handle(&column.name()).is_some() {
        return Ok(());
    }
    db.create_cf(column.name(), &column_options.of(column))
        .map_err(|error| OpenError::Check {
            source: storage("create a column family", error),
        })
}

/// Checks that the log and every live space are there.
fn check_columns(db: &DB, generation: u64) -> Result<(), OpenError> {
    let missing = Column::all(generation)
        .map(Column::name)
        .find(|name| db.cf_handle(name).is_none());
    missing.map_or(Ok(()), |name| Err(OpenError::MissingColumn { name }))
}

/// Reads the last block whole, and checks that the log ends where the bookkeeping says.
fn check_tip(db: &DB, tip: Position) -> Result<(), OpenError> {
    let events = db.cf_handle(EVENTS).ok_or(OpenError::MissingColumn {
        name: EVENTS.to_owned(),
    })?;
    let mut cursor = db.raw_iterator_cf_opt(&events, options::point_read());
    cursor.seek_to_last();
    let last = match cursor.item() {
        Some((key, frame)) => decode(tip, key, frame).map(Some),
        None => cursor
            .status()
            .map(|()| None)
            .map_err(|error| unreadable(tip, error)),
    };
    let last = last.map_err(|source| OpenError::Check { source })?;
    let found = last.as_ref().map_or(Position::ZERO, Block::last_position);
    if found != tip {
        return Err(OpenError::Tip {
            recorded: tip,
            found,
        });
    }
    Ok(())
}

/// Returns the generations on disk, live or not; one with several spaces appears as often.
fn generations(columns: &[Column]) -> impl Iterator<Item = u64> {
    columns.iter().filter_map(|column| match column {
        Column::Rebuildable(_, generation) => Some(*generation),
        Column::Bookkeeping | Column::Events | Column::Kept(_) => None,
    })
}
