//! Recovery: what is checked before a store is served.
//!
//! RocksDB replays its write-ahead log first; see `options` for what it tolerates there. Then the
//! bookkeeping is read, generations that were never promoted are dropped, and the last block is
//! read and checked whole. None of it depends on the length of the history. Everything else is
//! checked whenever it is read, and by [`verify`](crate::RocksStore::verify).

use std::path::Path;

use ledger_core::Position;
use ledger_log::{Block, LogError, Space};
use rocksdb::{ColumnFamilyDescriptor, DB, IteratorMode, WriteBatch};

use crate::columns::{Column, EVENTS, FIRST_GENERATION};
use crate::error::{is_damage, storage, system, unreadable};
use crate::log::decode;
use crate::options::{self, ColumnOptions};
use crate::store::Inner;
use crate::{OpenError, StoreOptions, bookkeeping, read_only, shadow, spare, wal};

/// Opens the database in a folder and recovers the store in it.
///
/// What is too full to be written to is opened for reading.
pub(crate) fn open(path: &Path, options: &StoreOptions) -> Result<Inner, OpenError> {
    if options.read_only {
        let reason = "it was started so (read_only)".to_owned();
        return read_only::open(path, options, reason);
    }
    if path.join("CURRENT").exists()
        && let Err(error) = spare::make_room(path, options)
    {
        return match error {
            LogError::NoRoom { .. } => read_only::open(path, options, read_only::no_room(&error)),
            source => Err(OpenError::Check { source }),
        };
    }
    match open_for_writing(path, options) {
        Err(error) if error.is_full_disk() => {
            let reason =
                format!("no room to open it for writing: {error}; make room and start again");
            read_only::open(path, options, reason)
        }
        Err(error) => Err(name_space(path, options, error)),
        opened => opened,
    }
}

/// Tells damage to what can be rebuilt from other damage, where a file is named.
fn name_space(path: &Path, options: &StoreOptions, error: OpenError) -> OpenError {
    match error {
        OpenError::Damaged { path, source } => {
            match read_only::space_of_file(&path, options, &source.to_string()) {
                Some(space) => OpenError::DamagedSpace {
                    path,
                    space,
                    source,
                },
                None => OpenError::Damaged { path, source },
            }
        }
        OpenError::Database { source, .. } if is_missing_file(&*source) => {
            let path = path.to_owned();
            match read_only::space_of_file(&path, options, &source.to_string()) {
                Some(space) => OpenError::DamagedSpace {
                    path,
                    space,
                    source,
                },
                None => OpenError::Damaged { path, source },
            }
        }
        error => error,
    }
}

fn is_missing_file(error: &(dyn std::error::Error + 'static)) -> bool {
    error
        .downcast_ref::<rocksdb::Error>()
        .is_some_and(is_damage)
}

fn open_for_writing(path: &Path, options: &StoreOptions) -> Result<Inner, OpenError> {
    if options.for_repair {
        wal::check(path)?;
    }
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
    spare::keep(path, options);
    let inner = Inner::new(db, column_options, generation, epoch, tip, options);
    for other in generations(&columns).filter(|other| *other != generation) {
        shadow::drop_generation(&inner, other).map_err(check)?;
    }
    Ok(inner)
}

/// Returns the column families that are there, or those of a new store.
pub(crate) fn columns(path: &Path, options: &StoreOptions) -> Result<Vec<Column>, OpenError> {
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
    let mut database = options::database(options);
    if options.for_repair {
        // Files of the derived state may be missing or cut short; the log is read and checked whole
        // by the rebuild, and its write-ahead log was checked before.
        database.set_paranoid_checks(false);
    }
    DB::open_cf_descriptors(&database, path, descriptors)
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
pub(crate) fn check_columns(db: &DB, generation: u64) -> Result<(), OpenError> {
    let missing = Column::all(generation)
        .map(Column::name)
        .find(|name| db.cf_handle(name).is_none());
    missing.map_or(Ok(()), |name| Err(OpenError::MissingColumn { name }))
}

/// Reads the last block whole, and checks that the log ends where the bookkeeping says.
pub(crate) fn check_tip(db: &DB, tip: Position) -> Result<(), OpenError> {
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
