//! Opening for reading only: every read, no write, and no file changed.

use std::fs::File;
use std::io;
use std::path::Path;

use ledger_log::{LogError, Space};
use rocksdb::{ColumnFamilyDescriptor, DB};
use rustix::fs::{FlockOperation, fcntl_lock};

use crate::columns::Column;
use crate::error::system;
use crate::open::{check_columns, check_tip, columns};
use crate::options::{self, ColumnOptions};
use crate::store::Inner;
use crate::{OpenError, StoreOptions, bookkeeping};

/// Opens the ledger in a folder, for a reason that every write is refused with. The write-ahead
/// log is replayed in memory.
pub(crate) fn open(
    path: &Path,
    options: &StoreOptions,
    reason: String,
) -> Result<Inner, OpenError> {
    // Nothing is created, whatever else was asked for.
    let options = StoreOptions {
        create_if_missing: false,
        ..options.clone()
    };
    let column_options = ColumnOptions::new(&options);
    let columns = columns(path, &options)?;
    let lock = lock(path)?;
    let descriptors = columns
        .iter()
        .map(|column| ColumnFamilyDescriptor::new(column.name(), column_options.of(*column)));
    let database = options::database(&options);
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
    let write = bookkeeping::last_write(&read).map_err(check)?.number;
    let mut inner = Inner::new(
        db,
        column_options,
        generation,
        (epoch, write),
        tip,
        &options,
    );
    inner.read_only = Some(reason);
    inner.lock = lock;
    Ok(inner)
}

/// Keeps writers away, as RocksDB does not for those who only read; other readers are welcome.
pub(crate) fn lock(path: &Path) -> Result<Option<File>, OpenError> {
    let failed = |error| OpenError::Check {
        source: system("lock the ledger", error),
    };
    let file = match File::open(path.join("LOCK")) {
        Ok(file) => file,
        // Whoever writes makes it first.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    match fcntl_lock(&file, FlockOperation::NonBlockingLockShared) {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::AGAIN | rustix::io::Errno::ACCESS) => Err(OpenError::Locked {
            path: path.to_owned(),
            source: "a process that writes holds its lock".into(),
        }),
        Err(error) => Err(failed(error.into())),
    }
}

/// Finds the rebuildable space whose file an error of opening names.
pub(crate) fn space_of_file(path: &Path, options: &StoreOptions, error: &str) -> Option<Space> {
    let column_options = ColumnOptions::new(options);
    let columns = columns(path, options).ok()?;
    let descriptors = columns
        .iter()
        .map(|column| ColumnFamilyDescriptor::new(column.name(), column_options.of(*column)));
    let mut database = options::database(options);
    // The manifest alone is asked, so that no file has to be what it should.
    database.set_paranoid_checks(false);
    let db = DB::open_cf_descriptors_read_only(&database, path, descriptors, false).ok()?;
    let files = db.live_files().ok()?;
    let file = files.iter().find(|file| error.contains(&file.name))?;
    match Column::parse(&file.column_family_name)? {
        Column::Rebuildable(space, _) => Some(space),
        Column::Bookkeeping | Column::Events | Column::Kept(_) => None,
    }
}

/// Why a ledger that was to be written to is open for reading only.
pub(crate) fn no_room(error: &LogError) -> String {
    format!("{error}; make room and start again")
}
