//! The store as a whole: what it holds open, and what an operator asks of it.
//!
//! Long: one store with both of its traits, over one database.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use ledger_core::Position;
use ledger_log::{Epoch, Fault, LogError, Space, StateOp};
use rocksdb::{
    BottommostLevelCompaction, ColumnFamilyRef, CompactOptions, DB, ErrorKind,
    SnapshotWithThreadMode, WaitForCompactOptions, WriteBatch,
};

use crate::acknowledged::Acknowledged;
use crate::background::Background;
use crate::columns::{Column, EVENTS, Live};
use crate::error::{is_damage, is_full_disk_text, storage, system};
use crate::open;
use crate::options::{self, ColumnOptions};
use crate::read_only;
use crate::room::Room;
use crate::shadow::Content;
use crate::{OpenError, StoreOptions, bookkeeping};

/// The log and its state in a folder, on RocksDB.
///
/// One process holds the folder at a time. Dropping the store, and every shadow it handed out,
/// closes it; what RocksDB holds in memory is flushed then, so that the next opening has nothing to
/// replay.
pub struct RocksStore {
    inner: Arc<Inner>,
}

/// What the store and its shadow share.
pub(crate) struct Inner {
    /// Tells this open store from every other in the process.
    pub(crate) id: u64,
    pub(crate) db: DB,
    pub(crate) column_options: ColumnOptions,
    /// The last durable position. Written by the writer after the sync, and read by everyone.
    pub(crate) last: AtomicU64,
    /// The live generation. Held for writing only while a promotion switches it.
    live: RwLock<Live>,
    /// The generation of the open shadow, if there is one.
    shadow: Mutex<ShadowSlot>,
    /// Why writing is disabled; set once, and lifted only by opening anew.
    pub(crate) write_disabled: OnceLock<String>,
    writer: Mutex<Writer>,
    pub(crate) room: Room,
    /// Why the store takes no writes, when it was opened so.
    pub(crate) read_only: Option<String>,
    /// How far the ledger was acknowledged; absent where nothing is written.
    pub(crate) acknowledged: Option<Acknowledged>,
    /// Keeps writers away while the store is open for reading only.
    pub(crate) lock: Option<File>,
    /// Hears what goes wrong in the background.
    pub(crate) background: Arc<Background>,
    /// What of the live derived state was found damaged first.
    damage: Mutex<Option<String>>,
    /// Told each step of making a shadow live, for tests of what a crash leaves behind.
    pub(crate) watcher: OnceLock<Watcher>,
}

/// Who is told a step, by its name.
pub(crate) type Watcher = Box<dyn Fn(&'static str) + Send + Sync>;

/// What only the holder of the writer's lock may touch.
pub(crate) struct Writer {
    pub(crate) epoch: Epoch,
    /// The number of the last write.
    pub(crate) write: u64,
    pub(crate) fault: Option<(Fault, String)>,
}

/// Which shadow is open, and which generation the next one gets.
pub(crate) struct ShadowSlot {
    pub(crate) open: Option<Arc<Content>>,
    pub(crate) next_generation: u64,
}

impl RocksStore {
    /// Opens the ledger in a folder, after checking that its log ends where it should.
    ///
    /// The time this takes does not depend on the length of the history.
    ///
    /// # Errors
    ///
    /// [`OpenError`]; nothing is repaired that a person should look at first.
    pub fn open(path: impl AsRef<Path>, options: &StoreOptions) -> Result<Self, OpenError> {
        let inner = open::open(path.as_ref(), options)?;
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Opens the copy of a ledger that is being restored, which [`open`](Self::open) refuses.
    pub(crate) fn open_unchecked(path: &Path) -> Result<Self, OpenError> {
        let inner = open::open_unchecked(path, &StoreOptions::default())?;
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Opens the ledger in a folder for reading only, whatever its marker and its note say: a copy
    /// that has none, or a ledger that has lost them. Nothing in the folder changes.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open_unmarked(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let reason = "its marker was not looked at".to_owned();
        let inner = read_only::open(path.as_ref(), &StoreOptions::default(), reason)?;
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The identifier of the ledger, the same for it, its backups and its forks.
    ///
    /// # Errors
    ///
    /// The file that it stands in cannot be read.
    pub fn ledger_id(&self) -> io::Result<String> {
        let id = fs::read_to_string(self.inner.db.path().join("IDENTITY"))?;
        Ok(id.trim().to_owned())
    }

    /// Has a ledger whose file `LEDGER`, `ACKNOWLEDGED` or `IDENTITY` was lost opened again, on the
    /// word of an operator who knows at which position its log ends. Everything else is checked as
    /// when it is opened. First `note` is written into the state, so that it holds whatever else is
    /// cut off; then what was lost is written anew, and the ledger can be opened.
    ///
    /// # Errors
    ///
    /// [`OpenError::NotAccepted`] when the log ends at another position,
    /// [`OpenError::NothingToAccept`] when nothing was lost, [`OpenError::Lost`] when the note is
    /// there and says that more was acknowledged, and whatever else stands against opening. Nothing
    /// is changed then.
    pub fn accept(
        path: impl AsRef<Path>,
        last: Position,
        note: &[StateOp],
    ) -> Result<(), OpenError> {
        open::accept(path.as_ref(), last, note)
    }

    /// Returns the folder.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.inner.db.path().to_owned()
    }

    /// Writes everything held in memory into files, so that the write-ahead log is empty.
    ///
    /// # Errors
    ///
    /// [`LogError::Storage`] when RocksDB cannot write.
    pub fn flush(&self) -> Result<(), LogError> {
        self.inner.flush()
    }

    /// Rewrites all files into the compact form that they reach in time, and waits for it.
    ///
    /// This is for measuring and before taking the folder away; a running ledger does not need it.
    ///
    /// # Errors
    ///
    /// [`LogError::Storage`] when RocksDB cannot write.
    pub fn compact(&self) -> Result<(), LogError> {
        self.flush()?;
        let mut options = CompactOptions::default();
        // Files that already lie at the bottom are rewritten too, for the stronger compression.
        options.set_bottommost_level_compaction(BottommostLevelCompaction::Force);
        options.set_exclusive_manual_compaction(true);
        for column in self.inner.live_columns() {
            let everything = None::<&[u8]>;
            self.inner
                .db
                .compact_range_cf_opt(&column, everything, everything, &options);
        }
        Ok(())
    }

    /// Flushes, and waits until no compaction runs or is due; false when that takes longer than
    /// `longest`. After much was written it takes a while, and everything else is slower meanwhile.
    ///
    /// This is for measuring; nothing else has to wait for it.
    ///
    /// # Errors
    ///
    /// [`LogError::Storage`] when RocksDB cannot write.
    pub fn settle(&self, longest: Duration) -> Result<bool, LogError> {
        let mut options = WaitForCompactOptions::default();
        options.set_flush(true);
        options.set_timeout(u64::try_from(longest.as_micros()).unwrap_or(u64::MAX));
        match self.inner.db.wait_for_compact(&options) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::TimedOut => Ok(false),
            Err(error) => Err(storage("wait for compactions", error)),
        }
    }

    /// Returns the bytes of all files in the folder.
    ///
    /// # Errors
    ///
    /// Any error of reading the folder.
    pub fn disk_bytes(&self) -> io::Result<u64> {
        let mut bytes = 0_u64;
        for entry in fs::read_dir(self.inner.db.path())? {
            match entry?.metadata() {
                Ok(metadata) => bytes = bytes.saturating_add(metadata.len()),
                // RocksDB deletes files that it no longer needs at any time.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(bytes)
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }
}

impl fmt::Debug for RocksStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RocksStore")
            .field("path", &self.inner.db.path())
            .field("last", &self.inner.last())
            .field("write_disabled", &self.inner.write_disabled.get())
            .finish_non_exhaustive()
    }
}

impl Inner {
    pub(crate) fn new(
        db: DB,
        column_options: ColumnOptions,
        generation: u64,
        (epoch, write): (Epoch, u64),
        last: Position,
        options: &StoreOptions,
    ) -> Self {
        static STORES: AtomicU64 = AtomicU64::new(1);
        Self {
            id: STORES.fetch_add(1, Ordering::Relaxed),
            column_options,
            last: AtomicU64::new(last.get()),
            live: RwLock::new(Live::new(generation)),
            shadow: Mutex::new(ShadowSlot {
                open: None,
                next_generation: generation + 1,
            }),
            write_disabled: OnceLock::new(),
            writer: Mutex::new(Writer {
                epoch,
                write,
                fault: None,
            }),
            room: Room::new(db.path(), options),
            read_only: None,
            acknowledged: None,
            lock: None,
            background: Arc::default(),
            damage: Mutex::default(),
            db,
            watcher: OnceLock::new(),
        }
    }

    pub(crate) fn last(&self) -> Position {
        Position::new(self.last.load(Ordering::Acquire))
    }

    pub(crate) fn lock_writer(&self) -> MutexGuard<'_, Writer> {
        self.writer
            .lock()
            .expect("no thread panics while it writes")
    }

    pub(crate) fn lock_shadow(&self) -> MutexGuard<'_, ShadowSlot> {
        self.shadow
            .lock()
            .expect("no thread panics while it changes a shadow")
    }

    /// Tells that a step of making a shadow live is done.
    pub(crate) fn reached(&self, step: &'static str) {
        if let Some(watcher) = self.watcher.get() {
            watcher(step);
        }
    }

    /// Returns the column family of the log.
    pub(crate) fn events(&self) -> ColumnFamilyRef<'_> {
        self.db
            .cf_handle(EVENTS)
            .expect("an open store has its log")
    }

    /// Returns the column families of some spaces, all of one generation.
    ///
    /// A handle stays readable when a promotion drops its column family.
    pub(crate) fn spaces<const N: usize>(&self, spaces: [Space; N]) -> [ColumnFamilyRef<'_>; N] {
        let live = self.read_live();
        spaces.map(|space| self.column(&live, space))
    }

    /// Fixes the whole database, and the generation that is live in it.
    pub(crate) fn snapshot(
        &self,
    ) -> (
        SnapshotWithThreadMode<'_, DB>,
        [ColumnFamilyRef<'_>; Space::ALL.len()],
    ) {
        // The guard keeps a promotion from coming between the two.
        let live = self.read_live();
        (
            self.db.snapshot(),
            Space::ALL.map(|space| self.column(&live, space)),
        )
    }

    pub(crate) fn space(&self, space: Space) -> ColumnFamilyRef<'_> {
        let [column] = self.spaces([space]);
        column
    }

    /// The live generation.
    pub(crate) fn generation(&self) -> u64 {
        self.read_live().generation()
    }

    pub(crate) fn write_live(&self) -> RwLockWriteGuard<'_, Live> {
        self.live
            .write()
            .expect("no thread panics while it switches generations")
    }

    pub(crate) fn live_name(&self, space: Space) -> String {
        self.read_live().name(space).to_owned()
    }

    fn read_live(&self) -> RwLockReadGuard<'_, Live> {
        self.live
            .read()
            .expect("no thread panics while it switches generations")
    }

    fn column(&self, live: &Live, space: Space) -> ColumnFamilyRef<'_> {
        let column = self.db.cf_handle(live.name(space));
        column.expect("the live generation exists while it is live")
    }

    /// Tells an error of reading a space, and keeps damage to what can be rebuilt from stopping
    /// the ledger: a compaction that meets it would disable all writing.
    pub(crate) fn read_error(
        &self,
        space: Space,
        doing: &'static str,
        error: rocksdb::Error,
    ) -> LogError {
        if !is_damage(&error) {
            return storage(doing, error);
        }
        if space.is_rebuildable() {
            self.note_damage(&mut self.damage_slot(), space, error.as_ref());
        }
        LogError::DamagedSpace {
            space,
            source: error.into(),
        }
    }

    /// Notes damage to what can be rebuilt, loudly. Compactions would meet it again and again, so
    /// there are none until it is replaced; writing goes on.
    fn note_damage(&self, damage: &mut Option<String>, space: Space, error: &str) {
        let text = format!("{}: {error}", space.name());
        let is_first = damage.replace(text).is_none();
        if is_first {
            tracing::error!(
                space = space.name(),
                %error,
                "stored state is damaged; it follows from the log, and writing goes on: run \
                 'ledgerctl rebuild --accept-differences', or stop the server and run \
                 'ledger-server rebuild'"
            );
        }
        if is_first && self.read_only.is_none() {
            self.leave_uncompacted();
        }
    }

    /// Decides about what went wrong in the background since the last time: damage to what can be
    /// rebuilt is noted, everything else disables writing, as a failed write does.
    ///
    /// The caller must not hold the lock of the live generation.
    pub(crate) fn heed_background(&self) {
        // Held from the taking to the deciding: whoever comes in between waits, and is not told
        // that all is well.
        let mut damage = self.damage_slot();
        let heard = self.background.take();
        for error in heard.compactions {
            match self.column_of_file(&error) {
                Some(Column::Rebuildable(space, _)) => {
                    self.note_damage(&mut damage, space, &error);
                }
                // It is tried again; before there is no room for the log nothing more is recorded.
                _ if is_full_disk_text(&error) => {}
                column => self.disable_writing(&advice(&error, column)),
            }
        }
        if let Some(error) = heard.other {
            self.disable_writing(&format!("RocksDB failed in the background: {error}"));
        }
    }

    /// What of the live derived state was found damaged.
    pub(crate) fn damage(&self) -> Option<String> {
        self.damage_slot().clone()
    }

    /// Drops a generation in whose place another is live, of which no damage is known.
    ///
    /// What was heard of the files of the old one is forgotten with it, before anybody can look
    /// for files that are gone.
    pub(crate) fn forget_damage_with(&self, drop_old: impl FnOnce()) {
        let mut damage = self.damage_slot();
        drop_old();
        self.background.forget_compactions();
        *damage = None;
    }

    fn damage_slot(&self) -> MutexGuard<'_, Option<String>> {
        self.damage
            .lock()
            .expect("no thread panics while it notes damage")
    }

    fn leave_uncompacted(&self) {
        for column in self.spaces(Space::REBUILDABLE) {
            let option = [("disable_auto_compactions", "true")];
            // A failure leaves it as before: compactions meet the damage, in vain.
            drop(self.db.set_options_cf(&column, &option));
        }
    }

    /// Tells why a write failed, and what helps, when that is not a restart.
    fn failure(&self, error: &rocksdb::Error) -> String {
        match error.kind() {
            ErrorKind::Corruption => advice(error.as_ref(), self.column_of_file(error.as_ref())),
            _ => error.to_string(),
        }
    }

    /// Finds the column family of the file that an error names.
    fn column_of_file(&self, error: &str) -> Option<Column> {
        let files = self.db.live_files().ok()?;
        let file = files.iter().find(|file| error.contains(&file.name))?;
        Column::parse(&file.column_family_name)
    }

    pub(crate) fn check_writable(&self) -> Result<(), LogError> {
        if let Some(reason) = &self.read_only {
            return Err(LogError::ReadOnly {
                reason: reason.clone(),
            });
        }
        self.heed_background();
        self.check_enabled()
    }

    /// Tells whether writing was disabled, by what was decided up to now.
    fn check_enabled(&self) -> Result<(), LogError> {
        if let Some(reason) = self.acknowledged.as_ref().and_then(Acknowledged::failed) {
            self.disable_writing(reason);
        }
        match self.write_disabled.get() {
            None => Ok(()),
            Some(reason) => Err(LogError::WriteDisabled {
                reason: reason.clone(),
            }),
        }
    }

    pub(crate) fn check_writer(&self, writer: &Writer, epoch: Epoch) -> Result<(), LogError> {
        self.check_writable()?;
        if epoch != writer.epoch {
            return Err(LogError::StaleEpoch {
                given: epoch,
                current: writer.epoch,
            });
        }
        Ok(())
    }

    /// Writes a batch durably, or disables writing.
    ///
    /// After a failed write or sync nobody knows what the disk holds: the kernel may have dropped
    /// the dirty pages, and a second sync would report success. Only reading it anew can tell.
    ///
    /// Whether writing is allowed was asked with [`Self::check_writable`] or
    /// [`Self::check_writer`] before: a promotion holds the live generation in here.
    pub(crate) fn write(
        &self,
        writer: &mut Writer,
        mut batch: WriteBatch,
        last: Position,
        doing: &'static str,
    ) -> Result<(), LogError> {
        self.check_enabled()?;
        writer.write = writer.write.saturating_add(1);
        // Whatever can be written to has its note.
        let noted = self.acknowledged.as_ref();
        let ledger = noted.map_or_else(Default::default, Acknowledged::ledger);
        bookkeeping::put_write(&mut batch, writer.write, ledger);
        let fault = writer.fault.take();
        if !matches!(fault, Some((Fault::BeforeWrite, _)))
            && let Err(error) = self.db.write_opt(batch, &options::durable_write())
        {
            self.disable_writing(&self.failure(&error));
            return Err(storage(doing, error));
        }
        let Some((_, reason)) = fault else {
            return self.acknowledge(writer.write, last);
        };
        self.disable_writing(&reason);
        Err(LogError::Storage {
            doing,
            retry_helps: false,
            source: reason.into(),
        })
    }

    /// Notes how far the ledger is acknowledged, before anybody is answered.
    fn acknowledge(&self, write: u64, last: Position) -> Result<(), LogError> {
        let Some(acknowledged) = &self.acknowledged else {
            return Ok(());
        };
        acknowledged.note(write, last).map_err(|error| {
            self.disable_writing(&format!("ACKNOWLEDGED cannot be written: {error}"));
            system("note what is acknowledged", error)
        })
    }

    pub(crate) fn disable_writing(&self, reason: &str) {
        // The first reason is the one to look into; those that follow are its consequences.
        drop(self.write_disabled.set(reason.to_owned()));
    }

    fn flush(&self) -> Result<(), LogError> {
        let options = options::waiting_flush();
        for column in self.live_columns() {
            self.db
                .flush_cf_opt(&column, &options)
                .map_err(|error| storage("flush", error))?;
        }
        Ok(())
    }

    pub(crate) fn live_columns(&self) -> Vec<ColumnFamilyRef<'_>> {
        let generation = self.read_live().generation();
        // Whatever a promotion drops in between needs no flush any more.
        Column::all(generation)
            .filter_map(|column| self.db.cf_handle(&column.name()))
            .collect()
    }
}

/// Tells an error that names a file of a column family, and what helps against it.
fn advice(error: &str, column: Option<Column>) -> String {
    let advice = match column {
        Some(Column::Rebuildable(space, _)) => format!(
            "the file holds {}, which follow from the log: stop the server and run 'ledger-server \
             rebuild'; a restart alone does not help",
            space.name()
        ),
        Some(column) => format!(
            "the file holds {}, which follow from nothing else: restore a backup; a restart does \
             not help",
            column.name()
        ),
        None => "check the ledger with 'verify' before it is started again".to_owned(),
    };
    format!("{error}; {advice}")
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Nothing depends on this flush: everything acknowledged is in the write-ahead log, and is
        // replayed when this fails.
        let is_writable = self.write_disabled.get().is_none() && self.read_only.is_none();
        if is_writable && self.flush().is_ok() {
            // Without this note the next opening takes it for a crash, which loses nothing.
            drop(self.acknowledged.as_mut().map(Acknowledged::close));
        }
    }
}
