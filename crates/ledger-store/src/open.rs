//! Recovery: what is checked before a store is served.
//!
//! The marker says that there is a ledger, and `ACKNOWLEDGED` how far it was acknowledged. RocksDB
//! replays its write-ahead log in memory; see `options` for what it tolerates there. Only when what
//! it finds is no less than what was acknowledged is the database opened for writing, so that a
//! start that is refused changes nothing. Then generations that were never promoted are dropped.
//!
//! The last block is read and checked whole. None of it depends on the length of the history.
//! Everything else is checked whenever it is read, and by
//! [`verify`](crate::RocksStore::verify).
//!
//! Long: one order of checks, which has to be seen as a whole.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use ledger_core::Position;
use ledger_log::{Block, LogError, Space, StateOp};
use rocksdb::{ColumnFamilyDescriptor, DB, WriteBatch};

use crate::acknowledged::{self, Acknowledged, Reached, Recorded};
use crate::columns::{Column, EVENTS, FIRST_GENERATION};
use crate::error::{is_damage, storage, system, unreadable};
use crate::log::decode;
use crate::marker::{self, Found, Marker};
use crate::options::{self, ColumnOptions};
use crate::store::Inner;
use crate::{OpenError, StoreOptions, backup, bookkeeping, read_only, shadow, spare, wal};

/// Opens the database in a folder and recovers the store in it.
///
/// What is too full to be written to is opened for reading.
pub(crate) fn open(path: &Path, options: &StoreOptions) -> Result<Inner, OpenError> {
    check_checked(path)?;
    open_unchecked(path, options)
}

/// Refuses a copy that is being restored.
fn check_checked(path: &Path) -> Result<(), OpenError> {
    match backup::is_unchecked(path) {
        true => Err(OpenError::Unchecked { path: path.into() }),
        false => Ok(()),
    }
}

/// The same for whoever checks what was restored.
pub(crate) fn open_unchecked(path: &Path, options: &StoreOptions) -> Result<Inner, OpenError> {
    if options.read_only {
        let reason = "it was started so (read_only)".to_owned();
        return open_for_reading(path, options, reason);
    }
    if path.join(CURRENT).exists()
        && let Err(error) = spare::make_room(path, options)
    {
        return match error {
            LogError::NoRoom { .. } => open_for_reading(path, options, read_only::no_room(&error)),
            source => Err(OpenError::Check { source }),
        };
    }
    match find(path, options).and_then(|marker| open_for_writing(path, options, &marker)) {
        Err(error) if error.is_full_disk() => {
            let reason =
                format!("no room to open it for writing: {error}; make room and start again");
            open_for_reading(path, options, reason)
        }
        Err(error) => Err(name_space(path, options, error)),
        opened => opened,
    }
}

/// Finds the ledger in a folder, or makes one where that was asked for.
fn find(path: &Path, options: &StoreOptions) -> Result<Marker, OpenError> {
    match marker::look(path)? {
        Found::Ledger(marker) => Ok(marker),
        Found::Nothing | Found::CutOff if options.create_if_missing => create(path, options),
        Found::Nothing => Err(OpenError::NotFound { path: path.into() }),
        Found::CutOff => Err(OpenError::CutOff { path: path.into() }),
        Found::Unmarked => adopt(path, options),
        Found::Other(found) => {
            let path = path.to_owned();
            Err(OpenError::NotEmpty { path, found })
        }
    }
}

/// Opens a ledger for reading only, when it has no less than was acknowledged.
fn open_for_reading(
    path: &Path,
    options: &StoreOptions,
    reason: String,
) -> Result<Inner, OpenError> {
    let recorded = match marker::look(path)? {
        Found::Ledger(marker) => recorded(path, &marker)?,
        Found::Unmarked => return Err(OpenError::MarkerMissing { path: path.into() }),
        Found::Nothing | Found::CutOff | Found::Other(_) => {
            return Err(OpenError::NotFound { path: path.into() });
        }
    };
    let inner = read_only::open(path, options, reason)?;
    let write = inner.lock_writer().write;
    let last = bookkeeping::last_write(&|key| inner.db.get_opt(key, &options::point_read()));
    let last = last.map_err(|source| OpenError::Check { source })?;
    acknowledged::check_ledger(path, &recorded.ledger_id(), last.ledger)?;
    acknowledged::check(path, &recorded, write, inner.last())?;
    acknowledged::check_manifest(path, &recorded)?;
    Ok(inner)
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

/// RocksDB points to its present manifest in this file, from the moment there is a database.
const CURRENT: &str = "CURRENT";

fn open_for_writing(
    path: &Path,
    options: &StoreOptions,
    marker: &Marker,
) -> Result<Inner, OpenError> {
    let (file, recorded) = charge(path, marker)?;
    if options.for_repair {
        wal::check(path)?;
    }
    let standing = stand(path, options)?;
    acknowledged::check_ledger(path, &marker.id, standing.ledger)?;
    acknowledged::check(path, &recorded, standing.write, standing.tip)?;
    acknowledged::check_manifest(path, &recorded)?;

    let check = |source| OpenError::Check { source };
    let column_options = ColumnOptions::new(options);
    let columns = columns(path, options)?;
    if !options.for_repair {
        empty_wal(path, options, &columns)?;
    }
    let background = Arc::default();
    let database = options::served(options, &background);
    let descriptors = descriptors(&columns, &column_options);
    let db = DB::open_cf_descriptors(&database, path, descriptors)
        .map_err(|error| OpenError::from_rocksdb(path.to_owned(), error))?;
    let read = |key: &str| db.get_opt(key, &options::point_read());
    let generation = bookkeeping::generation(&read).map_err(check)?;
    match standing.format {
        bookkeeping::FORMAT => {}
        bookkeeping::FORMAT_WITHOUT_MARKER => put_format(&db)?,
        _ => add_progress(&db, &column_options, generation)?,
    }
    let epoch = bookkeeping::epoch(&read).map_err(check)?;
    let write = bookkeeping::last_write(&read).map_err(check)?.number;
    let tip = bookkeeping::tip(&read).map_err(check)?;
    check_columns(&db, generation)?;
    check_tip(&db, tip)?;
    acknowledged::check(path, &recorded, write, tip)?;

    // What a backup that was cut off has left; it holds room and nothing that anybody needs.
    drop(backup::remove_checkpoints(path));
    shadow::clear(path).map_err(|error| check(system("remove a shadow", error)))?;
    let note = |error| check(system("note that the ledger is open", error));
    marker::forget_creating(path).map_err(note)?;
    spare::keep(path, options);
    let acknowledged = Acknowledged::open(path, file, &recorded, write, tip).map_err(note)?;
    let mut inner = Inner::new(db, column_options, generation, (epoch, write), tip, options);
    inner.acknowledged = Some(acknowledged);
    inner.background = background;
    for other in generations(&columns).filter(|other| *other != generation) {
        shadow::drop_generation(&inner, other).map_err(check)?;
    }
    Ok(inner)
}

/// Makes an empty ledger in an empty folder. Cut off anywhere, it is done again.
fn create(path: &Path, options: &StoreOptions) -> Result<Marker, OpenError> {
    let file = |source| OpenError::File {
        path: path.to_owned(),
        source,
    };
    marker::begin_creating(path).map_err(file)?;
    let column_options = ColumnOptions::new(options);
    let columns: Vec<_> = Column::all(FIRST_GENERATION).collect();
    let mut database = options::database(options);
    database.create_if_missing(true);
    database.create_missing_column_families(true);
    let descriptors = descriptors(&columns, &column_options);
    let db = DB::open_cf_descriptors(&database, path, descriptors)
        .map_err(|error| OpenError::from_rocksdb(path.to_owned(), error))?;
    let mut batch = WriteBatch::default();
    bookkeeping::put_new(&mut batch, FIRST_GENERATION);
    db.write_opt(batch, &options::durable_write())
        .map_err(|error| OpenError::Check {
            source: storage("record the store format", error),
        })?;
    drop(db);
    let marker = Marker::new(marker::identity(path)?, SystemTime::UNIX_EPOCH);
    let nothing = Reached {
        write: 0,
        position: Position::ZERO,
        is_closed: true,
    };
    acknowledged::issue(path, &marker, nothing)?;
    // The folder holds a ledger from here on.
    marker::finish_creating(path)
}

/// Gives a ledger of an earlier version its marker, without which this version opens none.
fn adopt(path: &Path, options: &StoreOptions) -> Result<Marker, OpenError> {
    let standing = stand(path, options)?;
    if standing.format > bookkeeping::FORMAT_WITHOUT_MARKER {
        // This version has written it, and it had a marker then.
        return Err(OpenError::MarkerMissing { path: path.into() });
    }
    issue(path, &standing)
}

/// Writes marker and `ACKNOWLEDGED` for what is there.
fn issue(path: &Path, standing: &Standing) -> Result<Marker, OpenError> {
    let file = |source| OpenError::File {
        path: path.to_owned(),
        source,
    };
    let current = fs::metadata(path.join(CURRENT)).and_then(|file| file.modified());
    let marker = Marker::new(marker::identity(path)?, current.map_err(file)?);
    let reached = Reached {
        write: standing.write,
        position: standing.tip,
        is_closed: true,
    };
    acknowledged::issue(path, &marker, reached)?;
    marker.write(path).map_err(file)?;
    Ok(marker)
}

/// Has a ledger whose marker, identity or `ACKNOWLEDGED` was lost opened again, on the word of
/// somebody who knows where its log ends.
///
/// What is left of the three has to agree, and what is known of how far it was acknowledged holds:
/// a loss is never accepted.
pub(crate) fn accept(path: &Path, expected: Position, note: &[StateOp]) -> Result<(), OpenError> {
    check_checked(path)?;
    check_current(path)?;
    let left = Left::of(path)?;
    let id = left.id(path)?;
    let _charge = match left.noted {
        Some(_) => Some(acknowledged::take_charge(path)?),
        None => None,
    };
    let lock = read_only::lock(path)?;
    let standing = stand(path, &StoreOptions::default())?;
    acknowledged::check_ledger(path, &id, standing.ledger)?;
    if let Some(recorded) = &left.noted {
        acknowledged::check(path, recorded, standing.write, standing.tip)?;
        acknowledged::check_manifest(path, recorded)?;
    }
    if left.is_whole() {
        return Err(OpenError::NothingToAccept { path: path.into() });
    }
    if standing.tip != expected {
        let found = standing.tip;
        return Err(OpenError::NotAccepted { expected, found });
    }
    // Whoever writes takes the lock itself.
    drop(lock);
    put_note(path, &standing, &id, note)?;
    if left.identity.as_deref() != Some(id.as_str()) {
        put_identity(path, &id)?;
    }
    issue(path, &stand(path, &StoreOptions::default())?).map(drop)
}

/// Writes into a database that has no marker yet, and leaves nothing in its write-ahead log.
fn put_note(path: &Path, standing: &Standing, id: &str, note: &[StateOp]) -> Result<(), OpenError> {
    let options = StoreOptions {
        for_repair: true,
        ..StoreOptions::default()
    };
    let columns = columns(path, &options)?;
    let column_options = ColumnOptions::new(&options);
    let descriptors = descriptors(&columns, &column_options);
    let db = DB::open_cf_descriptors(&options::database(&options), path, descriptors)
        .map_err(|error| OpenError::from_rocksdb(path.to_owned(), error))?;
    let mut batch = WriteBatch::default();
    for op in note {
        let name = Column::of(op.space, FIRST_GENERATION).name();
        let column = db
            .cf_handle(&name)
            .ok_or(OpenError::MissingColumn { name })?;
        match &op.value {
            Some(value) => batch.put_cf(&column, &op.key, value),
            None => batch.delete_cf(&column, &op.key),
        }
    }
    let ledger = acknowledged::id_bytes(id).unwrap_or_default();
    bookkeeping::put_write(&mut batch, standing.write.saturating_add(1), ledger);
    let written = db
        .write_opt(batch, &options::durable_write())
        .and_then(|()| {
            columns
                .iter()
                .filter_map(|column| db.cf_handle(&column.name()))
                .try_for_each(|column| db.flush_cf_opt(&column, &options::waiting_flush()))
        });
    written.map_err(|error| OpenError::Check {
        source: storage("note what was accepted", error),
    })
}

/// Tells a database whose `CURRENT` is gone from a folder without one.
fn check_current(path: &Path) -> Result<(), OpenError> {
    if path.join(CURRENT).exists() || !holds_database(path) {
        return Ok(());
    }
    Err(OpenError::FileMissing {
        path: path.to_owned(),
        name: CURRENT,
    })
}

/// Whether files lie in a folder that RocksDB alone makes.
fn holds_database(path: &Path) -> bool {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name()).any(|name| {
        let name = name.to_string_lossy();
        name.starts_with("MANIFEST-") || name.ends_with(".sst")
    })
}

/// What is left of the three files that say which ledger lies in a folder, and how far it came.
struct Left {
    marker: Option<Marker>,
    noted: Option<Recorded>,
    identity: Option<String>,
}

impl Left {
    fn of(path: &Path) -> Result<Self, OpenError> {
        Ok(Self {
            marker: unless_damaged(Marker::read(path))?,
            noted: unless_damaged(acknowledged::peek(path))?,
            identity: match path.join(marker::IDENTITY).exists() {
                true => unless_damaged(marker::identity(path).map(Some))?,
                false => None,
            },
        })
    }

    /// The identifier that they agree on. Marker and note have checksums; `IDENTITY` has none, and
    /// counts only where both of them are gone.
    fn id(&self, path: &Path) -> Result<String, OpenError> {
        let foreign = |name| {
            Err(OpenError::Foreign {
                path: path.join(name),
            })
        };
        let noted = self.noted.as_ref().map(Recorded::ledger_id);
        match (&self.marker, noted, &self.identity) {
            (Some(marker), Some(noted), _) if marker.id != noted => foreign(acknowledged::FILE),
            (Some(marker), Some(_), _) => Ok(marker.id.clone()),
            (Some(Marker { id, .. }), None, Some(identity)) if id != identity => {
                foreign(marker::IDENTITY)
            }
            (None, Some(id), Some(identity)) if id != *identity => foreign(marker::IDENTITY),
            (Some(Marker { id, .. }), None, _) | (None, None, Some(id)) => Ok(id.clone()),
            (None, Some(id), _) => Ok(id),
            (None, None, None) => {
                let path = path.join(marker::IDENTITY);
                Err(OpenError::Marker { path })
            }
        }
    }

    fn is_whole(&self) -> bool {
        match self {
            Self {
                marker: Some(marker),
                noted: Some(_),
                identity: Some(identity),
            } => marker.id == *identity,
            _ => false,
        }
    }
}

/// What a damaged file says is nothing.
fn unless_damaged<T>(read: Result<Option<T>, OpenError>) -> Result<Option<T>, OpenError> {
    match read {
        Err(OpenError::Marker { .. } | OpenError::Acknowledged { .. }) => Ok(None),
        read => read,
    }
}

/// Gives a database the identifier that it had.
fn put_identity(path: &Path, id: &str) -> Result<(), OpenError> {
    marker::write_whole(path, marker::IDENTITY, id.as_bytes()).map_err(|source| {
        let path = path.join(marker::IDENTITY);
        OpenError::File { path, source }
    })
}

/// Gives a restored copy of a ledger its identifier, its marker and `ACKNOWLEDGED`, none of which
/// RocksDB copies.
pub(crate) fn issue_restored(path: &Path, id: &str) -> Result<(), OpenError> {
    put_identity(path, id)?;
    let standing = stand(path, &StoreOptions::default())?;
    acknowledged::check_ledger(path, id, standing.ledger)?;
    issue(path, &standing).map(drop)
}

/// Takes charge of a folder: its lock, and what it says of how far it was acknowledged.
fn charge(path: &Path, marker: &Marker) -> Result<(File, Recorded), OpenError> {
    let recorded = recorded(path, marker)?;
    Ok((acknowledged::take_charge(path)?, recorded))
}

/// Reads how far a ledger was acknowledged, after checking that its files belong together.
fn recorded(path: &Path, marker: &Marker) -> Result<Recorded, OpenError> {
    for name in [CURRENT, marker::IDENTITY] {
        if !path.join(name).exists() {
            let path = path.to_owned();
            return Err(OpenError::FileMissing { path, name });
        }
    }
    if marker::identity(path)? != marker.id {
        let path = path.join(marker::IDENTITY);
        return Err(OpenError::Foreign { path });
    }
    let Some(recorded) = acknowledged::read(path, marker)? else {
        return Err(OpenError::AcknowledgedMissing { path: path.into() });
    };
    Ok(recorded)
}

/// Where a database stands.
struct Standing {
    format: u32,
    write: u64,
    ledger: Option<[u8; 16]>,
    tip: Position,
}

/// Looks at where a database stands, and checks the end of its log; nothing is changed.
fn stand(path: &Path, options: &StoreOptions) -> Result<Standing, OpenError> {
    let columns = columns(path, options)?;
    let column_options = ColumnOptions::new(options);
    let mut database = options::database(options);
    database.set_paranoid_checks(!options.for_repair);
    let descriptors = descriptors(&columns, &column_options);
    let db = DB::open_cf_descriptors_read_only(&database, path, descriptors, false)
        .map_err(|error| OpenError::from_rocksdb(path.to_owned(), error))?;
    let check = |source| OpenError::Check { source };
    let read = |key: &str| db.get_opt(key, &options::point_read());
    let format = bookkeeping::format(&read).map_err(check)?;
    // The format is the first thing that is written; a database without it is damaged.
    let name = "format";
    let format = format.ok_or(check(LogError::CorruptEntry { name }))?;
    if format > bookkeeping::FORMAT {
        let (version, known) = (format, bookkeeping::FORMAT);
        return Err(OpenError::UnknownFormat { version, known });
    }
    let generation = bookkeeping::generation(&read).map_err(check)?;
    if format > bookkeeping::FORMAT_WITHOUT_PROGRESS {
        check_columns(&db, generation)?;
    }
    let tip = bookkeeping::tip(&read).map_err(check)?;
    check_tip(&db, tip)?;
    let last = bookkeeping::last_write(&read).map_err(check)?;
    Ok(Standing {
        format,
        write: last.number,
        ledger: last.ledger,
        tip,
    })
}

/// Returns the column families that are there.
pub(crate) fn columns(path: &Path, options: &StoreOptions) -> Result<Vec<Column>, OpenError> {
    check_current(path)?;
    if !path.join(CURRENT).exists() {
        return Err(OpenError::NotFound {
            path: path.to_owned(),
        });
    }
    DB::list_cf(&options::database(options), path)
        .map_err(|error| OpenError::from_rocksdb(path.to_owned(), error))?
        .into_iter()
        .map(|name| Column::parse(&name).ok_or(OpenError::UnknownColumn { name }))
        .collect()
}

fn descriptors<'a>(
    columns: &'a [Column],
    column_options: &'a ColumnOptions,
) -> impl Iterator<Item = ColumnFamilyDescriptor> + 'a {
    columns
        .iter()
        .map(|column| ColumnFamilyDescriptor::new(column.name(), column_options.of(*column)))
}

/// Brings what the write-ahead log holds into tables, with RocksDB's strict checks, so that the
/// opening without them has nothing to replay. What was closed has left nothing there.
fn empty_wal(path: &Path, options: &StoreOptions, columns: &[Column]) -> Result<(), OpenError> {
    if wal::is_empty(path)? {
        return Ok(());
    }
    // No compaction of the derived state may meet damage here.
    let for_repair = true;
    let uncompacted = ColumnOptions::new(&StoreOptions {
        for_repair,
        ..options.clone()
    });
    let descriptors = descriptors(columns, &uncompacted);
    DB::open_cf_descriptors(&options::database(options), path, descriptors)
        .map(drop)
        .map_err(|error| OpenError::from_rocksdb(path.to_owned(), error))
}

/// Brings a store of the first layout to this one: the live generation gets an empty space of
/// progress, which the engine fills from the log. Cut off anywhere, it is done again.
fn add_progress(db: &DB, column_options: &ColumnOptions, generation: u64) -> Result<(), OpenError> {
    create_missing(db, column_options, Column::of(Space::Progress, generation))?;
    put_format(db)
}

/// Records that an older store was brought to this layout.
fn put_format(db: &DB) -> Result<(), OpenError> {
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
