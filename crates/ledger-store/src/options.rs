//! Every setting of RocksDB that matters here, each with its reason.
//!
//! With the defaults, made for a machine of two cores that shares its memory with the service,
//! caches and write buffers together stay below 400 MiB, whatever the history. A longer one on a
//! larger machine is served by larger ones ([`StoreOptions`]); what is never in memory as a whole,
//! however long the history is, are indexes and filters: they are cut into parts that come and go
//! in the cache.
//!
//! Long: every option of RocksDB with its reason, in one place.

use rocksdb::{
    BlockBasedIndexType, BlockBasedOptions, Cache, DBCompactionStyle, DBCompressionType,
    DBRecoveryMode, DataBlockIndexType, FlushOptions, InfoLogger, IngestExternalFileOptions,
    LogLevel, Options, ReadOptions, WriteOptions,
};

use std::sync::Arc;

use ledger_log::Space;

use crate::FreeSpace;
use crate::background::Background;
use crate::columns::Column;

/// What the operator chooses.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Creates an empty ledger when the folder holds none. Off by default, because a wrong path
    /// must not look like a ledger without a history.
    pub create_if_missing: bool,
    /// Bytes of the cache for data, index and filter blocks, shared by all column families.
    pub cache_bytes: usize,
    /// Bytes of write buffers of all column families together, beyond which one is flushed. The
    /// write-ahead log that an opening may have to replay grows with them: four fifths of it, and
    /// 128 MiB at least.
    pub write_buffer_bytes: usize,
    /// Opens for reading only, so that no file of the folder changes.
    pub read_only: bool,
    /// Opens for a rebuild of the derived state and nothing else: it need not be readable, and no
    /// compaction may meet its damage.
    pub for_repair: bool,
    /// Bytes that stay free of what is recorded: below it nothing more is, until there is room.
    pub writes_headroom_bytes: u64,
    /// Bytes kept in the folder for the next opening on a full disk.
    pub spare_bytes: u64,
    /// Files of tables kept open; beyond it RocksDB closes the least recently used, and opening one
    /// again costs some reads. A file holds 64 MiB of entities or 256 MiB of the log.
    pub open_files_max: u32,
    /// Bits per key of the Bloom filters of entities and requests: ten answer 99 of 100 lookups of
    /// a missing key without reading, each five more leave a tenth of the rest.
    pub filter_bits_per_key: u32,
    /// Bytes that a simulation or a rebuild leaves free on the disk: it is refused before it takes
    /// them, so that the log always has room to go on.
    pub shadow_headroom_bytes: u64,
    /// The way to ask how much of the disk is free.
    pub free_space: FreeSpace,
}

impl StoreOptions {
    /// Files of tables kept open when nothing else is said: a few hundred cover 20 GiB, and the
    /// usual limit of a process is 1024.
    pub const OPEN_FILES_DEFAULT: u16 = 512;

    /// File descriptors that an open store may hold beside its tables, a rebuild or a simulation
    /// included.
    pub const OTHER_DESCRIPTORS_MAX: u16 = OTHER_FILES_MAX + SHADOW_OPEN_FILES_MAX;

    /// File descriptors that an open store may hold at most, a rebuild or a simulation included.
    /// Whoever opens it keeps as many free: a store that gets none takes no more writes.
    #[must_use]
    pub fn descriptors_max(&self) -> u64 {
        u64::from(self.open_files_max).saturating_add(u64::from(Self::OTHER_DESCRIPTORS_MAX))
    }

    /// The same with as much free disk kept as the write buffers and the write-ahead log that
    /// follows from them may need.
    #[must_use]
    pub fn with_room_for_buffers(self) -> Self {
        let (buffers, wal) = (wide(self.write_buffer_bytes), self.wal_bytes_max());
        // The groups in flight, and a compaction of the upper levels.
        let others = 224 * wide(MIB);
        let writes = buffers.saturating_add(wal).saturating_add(others);
        Self {
            writes_headroom_bytes: writes,
            spare_bytes: wal.saturating_add(64 * wide(MIB)),
            shadow_headroom_bytes: self.shadow_headroom_bytes.max(writes.saturating_mul(2)),
            ..self
        }
    }

    /// Bytes of memory that an open store takes at most, in all.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        wide(self.cache_bytes)
            .saturating_add(wide(self.write_buffer_bytes))
            .saturating_add(self.open_files_bytes())
    }

    /// Bytes of memory beside the cache that open files take at most.
    #[must_use]
    pub fn open_files_bytes(&self) -> u64 {
        u64::from(self.open_files_max).saturating_mul(OPEN_FILE_BYTES)
    }

    /// Bytes of the cache that open files hold on to: the upper level of the index and of the
    /// filter of each.
    #[must_use]
    pub fn pinned_bytes(&self) -> u64 {
        u64::from(self.open_files_max).saturating_mul(PINNED_FILE_BYTES)
    }

    /// Bytes of memory that a rebuild or a simulation adds while it runs.
    pub const SHADOW_MEMORY_BYTES: u64 = 40 * 1024 * 1024 + 2 * 16 * 1024 * 1024;

    /// Bytes of write-ahead log that an opening may have to replay.
    fn wal_bytes_max(&self) -> u64 {
        (wide(self.write_buffer_bytes) / 5)
            .saturating_mul(4)
            .max(WAL_BYTES_MIN)
    }

    /// A share of the write buffers, in fifths.
    const fn write_buffer_fifths(&self, fifths: usize) -> usize {
        (self.write_buffer_bytes / 5).saturating_mul(fifths)
    }
}

fn wide(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            create_if_missing: false,
            // Indexes and filters of ten million persons take about 30 MiB; the rest is for
            // entities in use and the newest blocks.
            cache_bytes: 192 * MIB,
            // About 300,000 events between two flushes, so that most rewriting of one entity
            // happens in memory.
            write_buffer_bytes: 160 * MIB,
            read_only: false,
            for_repair: false,
            // What is in memory and in flight: write buffers, two groups, the write-ahead log; and
            // a compaction of the upper levels beside it.
            writes_headroom_bytes: 512 * 1024 * 1024,
            // An opening writes the write-ahead log into files, at most 128 MiB of it, and its own
            // small files.
            spare_bytes: 192 * 1024 * 1024,
            open_files_max: u32::from(Self::OPEN_FILES_DEFAULT),
            filter_bits_per_key: 10,
            // What the live database may write while a shadow takes its next step: its write
            // buffers, its write-ahead log, and a compaction of its upper levels.
            shadow_headroom_bytes: 1024 * 1024 * 1024,
            free_space: FreeSpace::of_the_disk(),
        }
    }
}

/// Bytes of the write buffers of a shadow's database. With the caches and buffers of the live one
/// that stays below 400 MiB.
const SHADOW_WRITE_BUFFER_BYTES: usize = 40 * MIB;

/// Bytes that are written to a shadow between two looks at the free space: a thousandth of what a
/// large shadow takes, and much less than what it leaves free.
pub(crate) const SHADOW_STEP_BYTES: u64 = 16 * 1024 * 1024;

/// Bytes of changes after which those that follow a prepared shadow are brought into the live
/// database: they are in memory until then, and the last of them are in the batch of the switch.
pub(crate) const SHADOW_CHANGES_BYTES_MAX: usize = 16 * MIB;

/// Bytes of one file that the live database takes over: the size of those that it makes itself.
pub(crate) const SHADOW_FILE_BYTES: u64 = 64 * 1024 * 1024;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// Bytes of write-ahead log that an opening may have to replay, at least.
///
/// Replaying that much after a crash takes about a second; a store that was closed has nothing to
/// replay. A smaller bound would flush, and so rewrite, the same entities more often.
const WAL_BYTES_MIN: u64 = 128 * 1024 * 1024;

/// Bytes of memory that an open file takes beside the cache: its reader and its properties.
const OPEN_FILE_BYTES: u64 = 16 * 1024;

/// Bytes of the cache that an open file holds on to: a file of 64 MiB has some 16,000 blocks, so
/// about a hundred parts of its index and twenty of its filter, each an entry of some 40 bytes.
const PINNED_FILE_BYTES: u64 = 8 * 1024;

/// Bytes of a part of an index or of a filter: few enough that a lookup reads little, enough that
/// the upper level stays a ten-thousandth of the file.
const METADATA_BLOCK_BYTES: usize = 8 * 1024;

/// Files beside those: write-ahead logs that wait for their flush, what a flush and a compaction
/// write, the manifest, the lock, and folders.
const OTHER_FILES_MAX: u16 = 64;

/// Files kept open of a shadow: what it holds is read in order, or from few files.
const SHADOW_OPEN_FILES_MAX: u16 = 64;

/// Settings of the database as a whole, with strict checks and without a text log of its own.
pub(crate) fn database(options: &StoreOptions) -> Options {
    let mut db = Options::default();
    // A database is made in one place only, which knows that the folder is empty.
    db.create_if_missing(false);
    db.create_missing_column_families(false);
    durability(&mut db);
    writing(&mut db, options);
    opening(&mut db, options);
    db.set_info_logger(InfoLogger::new_callback_logger(LogLevel::Fatal, |_, _| {}));
    db.set_stats_dump_period_sec(0);
    db.set_stats_persist_period_sec(0);
    db
}

/// Settings of the database while it is served: what goes wrong in the background is told, and
/// stops nothing by itself.
///
/// Without its strict checks RocksDB passes over damage in the write-ahead log and in tables when
/// it opens them. So whoever opens it so has opened it with them before, and left nothing in the
/// write-ahead log.
pub(crate) fn served(options: &StoreOptions, background: &Arc<Background>) -> Options {
    let mut db = database(options);
    db.set_paranoid_checks(false);
    db.set_info_logger(background.logger());
    db
}

/// Settings of the database of a shadow, which is never opened a second time.
pub(crate) fn shadow_database() -> Options {
    let mut db = Options::default();
    db.create_if_missing(true);
    db.create_missing_column_families(true);
    db.set_error_if_exists(true);
    db.set_paranoid_checks(true);
    db.set_allow_concurrent_memtable_write(false);
    db.set_db_write_buffer_size(SHADOW_WRITE_BUFFER_BYTES);
    db.set_max_background_jobs(2);
    db.set_max_subcompactions(1);
    db.set_bytes_per_sync(1024 * 1024);
    db.set_compaction_readahead_size(2 * MIB);
    db.set_max_open_files(i32::from(SHADOW_OPEN_FILES_MAX));
    info_log(&mut db);
    db
}

fn durability(db: &mut Options) {
    // A torn last write was never acknowledged and is dropped; any other damage in the write-ahead
    // log is an error. `PointInTime`, the default, would silently drop everything after it.
    db.set_wal_recovery_mode(DBRecoveryMode::TolerateCorruptedTailRecords);
    // A recycled file has old records behind the new ones, where a torn tail cannot be told from
    // damage.
    db.set_recycle_log_file_num(0);
    // A write-ahead log that is missing or shorter than what was synced is an error on opening.
    db.set_track_and_verify_wals_in_manifest(true);
    // The write-ahead log is written with each batch, not when a buffer of its own is full.
    db.set_manual_wal_flush(false);
    // fdatasync: it syncs the length of the file too, which is all the metadata that matters.
    db.set_use_fsync(false);
    // Whatever a checksum finds is an error, also in files that are only moved.
    db.set_paranoid_checks(true);
    // All that must survive together is in one batch of one write-ahead log; column families
    // flush on their own.
    db.set_atomic_flush(false);
}

fn writing(db: &mut Options, options: &StoreOptions) {
    // There is one writer, so nothing is gained from parallel inserts, and their atomics cost.
    db.set_allow_concurrent_memtable_write(false);
    db.set_enable_write_thread_adaptive_yield(false);
    // Both would let a write be visible before, or in another order than, it is durable.
    db.set_enable_pipelined_write(false);
    db.set_unordered_write(false);
    db.set_db_write_buffer_size(options.write_buffer_bytes);
    db.set_max_total_wal_size(options.wal_bytes_max());
    // One flush and one compaction at a time: the machine has two cores, and the writer needs one.
    db.set_max_background_jobs(2);
    db.set_max_subcompactions(1);
    // Background files reach the disk in steps, so that no sync of the writer waits behind 64 MiB.
    db.set_bytes_per_sync(1024 * 1024);
    // The write-ahead log is synced by every write anyway.
    db.set_wal_bytes_per_sync(0);
    db.set_compaction_readahead_size(2 * MIB);
}

fn opening(db: &mut Options, options: &StoreOptions) {
    db.set_max_open_files(i32::try_from(options.open_files_max).unwrap_or(i32::MAX));
    // RocksDB samples at most twenty files for this; without it, counts of keys start at zero.
    db.set_skip_stats_update_on_db_open(false);
    // A small manifest is quick to replay.
    db.set_max_manifest_file_size(16 * MIB);
}

fn info_log(db: &mut Options) {
    // The text log of a shadow goes with it: warnings only, in four files of at most 4 MiB.
    db.set_log_level(LogLevel::Warn);
    db.set_max_log_file_size(4 * MIB);
    db.set_keep_log_file_num(4);
    db.set_stats_dump_period_sec(0);
    db.set_stats_persist_period_sec(0);
}

/// Makes the settings of column families, which share one cache.
pub(crate) struct ColumnOptions {
    cache: Cache,
    /// Whether what can be rebuilt is left alone, damaged as it may be.
    for_repair: bool,
    options: StoreOptions,
}

impl ColumnOptions {
    pub(crate) fn new(options: &StoreOptions) -> Self {
        Self {
            cache: Cache::new_lru_cache(options.cache_bytes),
            for_repair: options.for_repair,
            options: options.clone(),
        }
    }

    /// Returns the settings of one column family.
    pub(crate) fn of(&self, column: Column) -> Options {
        let mut options = match column {
            Column::Events => self.events(),
            Column::Rebuildable(Space::Entities, _) | Column::Kept(Space::Requests) => {
                self.looked_up()
            }
            Column::Bookkeeping | Column::Rebuildable(..) | Column::Kept(_) => self.scanned(),
        };
        if self.for_repair && matches!(column, Column::Rebuildable(..)) {
            options.set_disable_auto_compactions(true);
        }
        options
    }

    /// The log: large values in ascending order, never changed, found by seeking.
    fn events(&self) -> Options {
        let mut table = self.table();
        // A full value of 256 KiB has a block to itself and is compressed as a whole; values of
        // single events share one, which reading one of them has to unpack.
        table.set_block_size(64 * KIB);
        // Few entries per block, so that the eight bytes of a whole key are no loss.
        table.set_block_restart_interval(1);
        let mut column = self.levels(DBCompressionType::Zstd);
        column.set_block_based_table_factory(&table);
        // Two hundred full blocks between flushes, with the default.
        column.set_write_buffer_size(self.options.write_buffer_fifths(2));
        // Appends never overlap, so compaction only moves files down; large ones keep them few.
        column.set_target_file_size_base(256 * 1024 * 1024);
        column
    }

    /// Entities and requests: looked up by their whole key, and often not there yet.
    fn looked_up(&self) -> Options {
        let mut table = self.table();
        // A lookup unpacks one block for one value, so it is small and unpacks fast: these are the
        // reads that the writer waits for.
        table.set_block_size(4 * KIB);
        table.set_bloom_filter(f64::from(self.options.filter_bits_per_key), false);
        table.set_whole_key_filtering(true);
        // Finds a key in its block by hash and not by binary search.
        table.set_data_block_index_type(DataBlockIndexType::BinaryAndHash);
        table.set_data_block_hash_ratio(0.75);
        let mut column = self.levels(DBCompressionType::Lz4);
        column.set_block_based_table_factory(&table);
        column.set_write_buffer_size(self.options.write_buffer_fifths(2));
        // The same for keys still in memory, where it makes a lookup of a missing key five times
        // as fast (0.6 µs and not 3 µs) and inserting no slower that could be measured.
        column.set_memtable_whole_key_filtering(true);
        column.set_memtable_prefix_bloom_ratio(0.02);
        column
    }

    /// Indexes, refusals and small entries: read in ranges.
    fn scanned(&self) -> Options {
        let mut table = self.table();
        table.set_block_size(16 * KIB);
        let mut column = self.levels(DBCompressionType::Zstd);
        column.set_block_based_table_factory(&table);
        column.set_write_buffer_size(self.options.write_buffer_fifths(1));
        column
    }

    fn table(&self) -> BlockBasedOptions {
        let mut table = BlockBasedOptions::default();
        table.set_block_cache(&self.cache);
        // Indexes and filters count against the cache: otherwise memory grows with the history.
        table.set_cache_index_and_filter_blocks(true);
        table.set_cache_index_and_filter_blocks_with_high_priority(true);
        // Those of the newest files are needed by every lookup.
        table.set_pin_l0_filter_and_index_blocks_in_cache(true);
        // In parts, of which a lookup reads one: whole ones are a megabyte a file, and with a
        // thousand files every lookup of a request id would read another. What leads to the parts
        // stays in the cache.
        table.set_index_type(BlockBasedIndexType::TwoLevelIndexSearch);
        table.set_partition_filters(true);
        table.set_metadata_block_size(METADATA_BLOCK_BYTES);
        table.set_pin_top_level_index_and_filter(true);
        // Version 6 binds checksums to their place in the file; 7 adds only foreign compressors.
        table.set_format_version(6);
        table
    }

    /// Settings of the levels that files move through, and how the bottom one is compressed.
    fn levels(&self, bottom: DBCompressionType) -> Options {
        let mut column = Options::default();
        column.set_compaction_style(DBCompactionStyle::Level);
        column.set_level_compaction_dynamic_level_bytes(true);
        // Fresh files cheaply, because they are rewritten soon. The bottom level holds nine tenths
        // of the data; where it is written once it is worth the time of Zstandard.
        column.set_compression_type(DBCompressionType::Lz4);
        column.set_bottommost_compression_type(bottom);
        // Zstandard's default level, without a dictionary: blocks are large enough on their own.
        let (window_bits, level, strategy, dictionary_bytes) = (-14, 3, 0, 0);
        let is_enabled = bottom == DBCompressionType::Zstd;
        column.set_bottommost_compression_options(
            window_bits,
            level,
            strategy,
            dictionary_bytes,
            is_enabled,
        );
        // One is filled while one is flushed, and one more absorbs a slow flush.
        column.set_max_write_buffer_number(3);
        column.set_min_write_buffer_number_to_merge(1);
        column.set_level_zero_file_num_compaction_trigger(4);
        // Writing slows down before reading does, and stops before the disk is full of level 0.
        column.set_level_zero_slowdown_writes_trigger(20);
        column.set_level_zero_stop_writes_trigger(36);
        // As much as the files that start its compaction hold: four buffers.
        let level_base = wide(self.options.write_buffer_fifths(2)).saturating_mul(4);
        column.set_max_bytes_for_level_base(level_base.max(256 * 1024 * 1024));
        column.set_target_file_size_base(64 * 1024 * 1024);
        // Nothing expires, and nothing is rewritten for its age alone.
        column.set_ttl(0);
        column.set_periodic_compaction_seconds(0);
        column
    }
}

/// A write that returns after the sync that makes it durable.
pub(crate) fn durable_write() -> WriteOptions {
    let mut write = WriteOptions::default();
    write.set_sync(true);
    write.disable_wal(false);
    // When RocksDB cannot keep up, the writer waits; its queue is bounded and tells the callers.
    write.set_no_slowdown(false);
    write
}

/// Taking over files of a shadow that is being made live.
pub(crate) fn ingest() -> IngestExternalFileOptions {
    let mut ingest = IngestExternalFileOptions::default();
    // The file stays where it is on the disk and gets its name in the live database.
    ingest.set_move_files(true);
    // Nobody reads the generation yet, so that no snapshot can see the files come.
    ingest.set_snapshot_consistency(false);
    // Changes that follow others lie above them.
    ingest.set_allow_global_seqno(true);
    ingest.set_allow_blocking_flush(true);
    ingest
}

/// A write to a shadow, which is worthless after a crash anyway.
pub(crate) fn shadow_write() -> WriteOptions {
    let mut write = WriteOptions::default();
    write.set_sync(false);
    write.disable_wal(true);
    // The rebuild gives way to the live writer.
    write.set_low_pri(true);
    write
}

/// A read of what is likely to be read again.
pub(crate) fn point_read() -> ReadOptions {
    let mut read = ReadOptions::default();
    read.set_verify_checksums(true);
    read.fill_cache(true);
    read
}

/// A read through much of a column family, which must not push everything else out of the cache.
pub(crate) fn long_read() -> ReadOptions {
    let mut read = ReadOptions::default();
    read.set_verify_checksums(true);
    read.fill_cache(false);
    // A sequential disk reads 4 MiB in about the time of one seek.
    read.set_readahead_size(4 * MIB);
    read
}

/// A flush that returns when the files are there.
pub(crate) fn waiting_flush() -> FlushOptions {
    let mut flush = FlushOptions::default();
    flush.set_wait(true);
    flush
}
