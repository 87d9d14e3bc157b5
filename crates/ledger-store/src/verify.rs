//! Reading and checking the whole store: the log record by record, and every file of the database.
//!
//! Unlike reading, checking goes on behind what is damaged, so that one run names all of it: every
//! position of the log that cannot be read or is not what was recorded, and every file that RocksDB
//! cannot read. It holds no lock and stops nobody.
//!
//! Long: one check of a whole ledger; its steps share what they have found.

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use ledger_core::Position;
use ledger_core::merkle::CompactRange;
use ledger_log::{Block, Damage, Log as _, LogError, keys};
use rocksdb::{AsColumnFamilyRef, DB, DBRawIteratorWithThreadMode, LiveFile};
use thiserror::Error;

use crate::columns::{Column, EVENTS};
use crate::error::storage;
use crate::log::decode;
use crate::pace::Pace;
use crate::store::Inner;
use crate::{RocksStore, options};

/// Problems named one by one; what is wrong everywhere needs no longer list. The rest is counted.
pub const PROBLEMS_MAX: usize = 1_000;

/// How a check is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verify {
    /// Bytes of keys and values read per second at most; zero for no bound.
    pub bytes_per_second: u64,
}

/// How far a check has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verifying {
    /// The last position of the log that was looked at.
    pub position: Position,
    /// The position that it ends at.
    pub target: Position,
    /// Entries of the other parts of the store that were read.
    pub entries: u64,
    /// Bytes of keys and values that were read.
    pub bytes: u64,
    /// Problems found so far.
    pub problems: u64,
}

/// What a check of the whole store found.
#[derive(Debug, Default)]
pub struct VerifyReport {
    /// The last position that was checked.
    pub position: Position,
    /// Blocks read, intact or not.
    pub blocks: u64,
    /// Records of intact blocks: their bytes, checksums and leaf hashes agree.
    pub records: u64,
    /// Entries read of everything beside the log.
    pub entries: u64,
    /// Files of the database.
    pub files: u64,
    /// Bytes of keys and values read.
    pub bytes: u64,
    /// What does not hold, the log first and in its order; at most [`PROBLEMS_MAX`].
    pub problems: Vec<Problem>,
    /// How many problems there are, listed or not.
    pub problems_total: u64,
    /// The Merkle tree over the leaf hashes of every record; `None` when a record is missing.
    pub range: Option<CompactRange>,
    /// Whether everything was looked at; otherwise the check was stopped.
    pub is_complete: bool,
}

/// Something that does not hold.
#[derive(Debug, Error)]
pub enum Problem {
    /// A block or a record of the log is not what was written.
    #[error(transparent)]
    Log(LogError),
    /// Positions of the log cannot be read.
    #[error("positions {first} to {last} cannot be read{}", in_file(file.as_deref()))]
    Unreadable {
        /// The first of them.
        first: Position,
        /// The last of them.
        last: Position,
        /// The file that they lie in, where RocksDB says so.
        file: Option<String>,
        /// What RocksDB says.
        source: LogError,
    },
    /// A part of the store beside the log cannot be read.
    #[error("{column} cannot be read{}", in_file(file.as_deref()))]
    Column {
        /// The name of the column family.
        column: String,
        /// The file, where RocksDB says so.
        file: Option<String>,
        /// What RocksDB says.
        source: LogError,
    },
    /// A file of the database is missing, or has another length.
    #[error("file {file} of {column} {}", length(*expected, *found))]
    File {
        /// Its name.
        file: String,
        /// The name of the column family that needs it.
        column: String,
        /// The length that the database knows.
        expected: u64,
        /// The length on disk; `None` when it is not there.
        found: Option<u64>,
    },
}

fn in_file(file: Option<&str>) -> String {
    file.map_or_else(String::new, |file| format!(", in file {file}"))
}

fn length(expected: u64, found: Option<u64>) -> String {
    match found {
        None => "is missing".to_owned(),
        Some(found) => format!("has {found} bytes and not {expected}"),
    }
}

impl RocksStore {
    /// Reads everything that the store holds, up to its present end, and checks it: order,
    /// checksums and leaf hashes of the log, and the checksums of every file that RocksDB reads for
    /// the rest.
    ///
    /// `tell` is told how far it has come, and may stop it.
    pub fn verify(
        &self,
        asked: Verify,
        tell: &mut dyn FnMut(Verifying) -> ControlFlow<()>,
    ) -> VerifyReport {
        let mut check = Check {
            store: self,
            report: VerifyReport {
                position: self.last_position(),
                range: Some(CompactRange::new()),
                ..VerifyReport::default()
            },
            read: Position::ZERO,
            pace: Pace::new(asked.bytes_per_second),
            told: Instant::now(),
            tell,
        };
        check.report.is_complete = check.everything().is_continue();
        check.report
    }
}

impl Inner {
    /// Reads through a column family, without pushing everything else out of the cache.
    fn cursor(&self, column: &impl AsColumnFamilyRef) -> Cursor<'_> {
        self.db.raw_iterator_cf_opt(column, options::long_read())
    }
}

/// How long a check goes on at most before it tells how far it has come.
const TELL_EVERY: Duration = Duration::from_millis(200);

/// A check on its way.
struct Check<'a> {
    store: &'a RocksStore,
    report: VerifyReport,
    /// The last position of the log known to be looked at.
    read: Position,
    pace: Pace,
    told: Instant,
    tell: &'a mut dyn FnMut(Verifying) -> ControlFlow<()>,
}

type Cursor<'a> = DBRawIteratorWithThreadMode<'a, DB>;

impl<'a> Check<'a> {
    fn everything(&mut self) -> ControlFlow<()> {
        let files = match self.store.inner().db.live_files() {
            Ok(files) => files,
            Err(error) => {
                self.note(Problem::Column {
                    column: EVENTS.to_owned(),
                    file: None,
                    source: storage("list the files", error),
                });
                Vec::new()
            }
        };
        self.files(&files);
        self.log()?;
        for column in Column::all(self.store.inner().generation()) {
            if column != Column::Events {
                self.column(&column.name(), &files)?;
            }
        }
        self.tell_now()
    }

    fn note(&mut self, problem: Problem) {
        self.report.problems_total += 1;
        if self.report.problems.len() < PROBLEMS_MAX {
            self.report.problems.push(problem);
        }
    }

    /// Checks that every file is there, and as long as it should be.
    fn files(&mut self, files: &[LiveFile]) {
        for file in files {
            self.report.files += 1;
            let name = file.name.trim_start_matches('/').to_owned();
            let expected = u64::try_from(file.size).unwrap_or(u64::MAX);
            let found = fs::metadata(self.store.path().join(&name));
            let found = found.ok().map(|found| found.len());
            // Compaction removes files at any time; one that is still needed is not removed.
            let is_live = || {
                let now = self.store.inner().db.live_files().unwrap_or_default();
                now.iter().any(|live| live.name == file.name)
            };
            if found != Some(expected) && is_live() {
                self.note(Problem::File {
                    file: name,
                    column: file.column_family_name.clone(),
                    expected,
                    found,
                });
            }
        }
    }

    /// Reads every block, and goes on behind those that are damaged.
    fn log(&mut self) -> ControlFlow<()> {
        let store = self.store;
        let inner = store.inner();
        let mut cursor = inner.cursor(&inner.events());
        let last = self.report.position;
        cursor.seek_to_first();
        // Where the next block starts; unknown behind a damaged one.
        let mut expected = Some(Position::FIRST);
        while self.read < last {
            let Some((key, frame)) = cursor.item() else {
                match cursor.status() {
                    Err(error) => {
                        expected = None;
                        self.skip_unreadable(&mut cursor, error, last);
                        continue;
                    }
                    Ok(()) => {
                        self.missing(expected);
                        break;
                    }
                }
            };
            self.report.blocks += 1;
            let spent = key.len().saturating_add(frame.len());
            match decode(self.read.next(), key, frame).and_then(checked) {
                Ok(block) => {
                    self.missing(expected.filter(|next| *next != block.first_position()));
                    self.count(&block, last);
                    expected = Some(block.last_position().next());
                }
                Err(problem) => {
                    self.report.range = None;
                    expected = None;
                    let flaws = match keys::position(key) {
                        Ok(first) => {
                            self.read = self.read.max(first);
                            Block::flaws(first, frame.to_vec())
                        }
                        Err(_) => vec![problem],
                    };
                    flaws
                        .into_iter()
                        .for_each(|flaw| self.note(Problem::Log(flaw)));
                }
            }
            self.spent(spent)?;
            cursor.next();
        }
        self.tell_now()
    }

    /// Takes an intact block over into the Merkle tree.
    fn count(&mut self, block: &Block, last: Position) {
        self.report.records = self.report.records.saturating_add(u64::from(block.count()));
        self.read = self.read.max(block.last_position());
        if let Some(range) = &mut self.report.range {
            let leaves = block.records().take_while(|record| record.position <= last);
            leaves.for_each(|record| range.append(*record.leaf_hash));
        }
    }

    /// Notes that no block begins where one should.
    fn missing(&mut self, first_position: Option<Position>) {
        let Some(first_position) = first_position else {
            return;
        };
        self.report.range = None;
        self.note(Problem::Log(LogError::CorruptBlock {
            first_position,
            what: Damage::Gap,
        }));
    }

    /// Finds the first position behind those that RocksDB cannot read, and leaves the cursor there:
    /// in longer and longer steps, and back to where it begins.
    fn skip_unreadable(&mut self, cursor: &mut Cursor<'a>, error: rocksdb::Error, last: Position) {
        self.report.range = None;
        let first = self.read.next();
        let file = file_in(error.as_ref());
        let source = storage("read the log", error);
        let inner = self.store.inner();
        // One that has failed is not asked again: it may go on from the damaged block.
        let mut is_readable = |position: u64| {
            *cursor = inner.cursor(&inner.events());
            cursor.seek(keys::block(Position::new(position)));
            cursor.status().is_ok()
        };
        let (mut unreadable, mut step) = (first.get(), 1_u64);
        let mut readable = loop {
            let next = first.get().saturating_add(step);
            if next > last.get() {
                break last.get().saturating_add(1);
            }
            if is_readable(next) {
                break next;
            }
            (unreadable, step) = (next, step.saturating_mul(2));
        };
        while readable.saturating_sub(unreadable) > 1 {
            let middle = unreadable.midpoint(readable);
            match is_readable(middle) {
                true => readable = middle,
                false => unreadable = middle,
            }
        }
        let _is_there = is_readable(readable);
        // The block that follows begins behind the last position that cannot be read.
        let begins = cursor.key().and_then(|key| keys::position(key).ok());
        let end = begins
            .unwrap_or(last.next())
            .get()
            .min(last.get().saturating_add(1));
        let unread = Position::new(end.saturating_sub(1)).max(first);
        self.read = unread;
        self.note(Problem::Unreadable {
            first,
            last: unread,
            file,
            source,
        });
    }

    /// Reads a column family to its end; behind what cannot be read it goes on with the next file.
    fn column(&mut self, name: &str, files: &[LiveFile]) -> ControlFlow<()> {
        let store = self.store;
        let Some(column) = store.inner().db.cf_handle(name) else {
            // A promotion has dropped it, and what it held with it.
            return ControlFlow::Continue(());
        };
        let of_column = |file: &&LiveFile| file.column_family_name == name;
        let ends = |file: &LiveFile| [file.start_key.clone(), file.end_key.clone()];
        let bounds = files.iter().filter(of_column).flat_map(ends).flatten();
        let mut bounds: BTreeSet<Vec<u8>> = bounds.collect();
        let mut cursor = store.inner().cursor(&column);
        cursor.seek_to_first();
        let mut read = Vec::new();
        loop {
            if let Some((key, value)) = cursor.item() {
                self.report.entries += 1;
                let spent = key.len().saturating_add(value.len());
                read.clear();
                read.extend_from_slice(key);
                self.spent(spent)?;
                cursor.next();
                continue;
            }
            let Err(error) = cursor.status() else {
                return ControlFlow::Continue(());
            };
            let file = file_in(error.as_ref());
            self.note(Problem::Column {
                column: name.to_owned(),
                file,
                source: storage("read entries", error),
            });
            // The bounds that lie behind, one after the other, until one can be read.
            bounds = bounds.split_off(&ledger_log::keys::successor(&read));
            let readable = bounds.iter().find(|bound| {
                cursor = store.inner().cursor(&column);
                cursor.seek(bound);
                cursor.status().is_ok()
            });
            let Some(readable) = readable.cloned() else {
                return ControlFlow::Continue(());
            };
            read = readable;
        }
    }

    /// Keeps the rate, and tells how far it has come now and then.
    fn spent(&mut self, bytes: usize) -> ControlFlow<()> {
        let count = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.report.bytes = self.report.bytes.saturating_add(count);
        self.pace.spent(bytes);
        while self.pace.wait() {
            self.tell_now()?;
        }
        match self.told.elapsed() >= TELL_EVERY {
            true => self.tell_now(),
            false => ControlFlow::Continue(()),
        }
    }

    fn tell_now(&mut self) -> ControlFlow<()> {
        self.told = Instant::now();
        (self.tell)(Verifying {
            position: self.read,
            target: self.report.position,
            entries: self.report.entries,
            bytes: self.report.bytes,
            problems: self.report.problems_total,
        })
    }
}

fn checked(block: Block) -> Result<Block, LogError> {
    block.verify_leaf_hashes()?;
    Ok(block)
}

/// The file that an error of RocksDB names, without its folder.
fn file_in(message: &str) -> Option<String> {
    let end = message.find(".sst")?;
    let (stem, _) = message.split_at_checked(end)?;
    let digits = stem
        .rsplit(|letter: char| !letter.is_ascii_digit())
        .next()?;
    (!digits.is_empty()).then(|| format!("{digits}.sst"))
}

#[cfg(test)]
mod tests {
    use super::file_in;

    #[test]
    fn the_file_of_an_error_is_found_in_its_text() {
        let cases = [
            (
                "Corruption: block checksum mismatch: stored = 1, computed = 2, type = 4  in \
                 /ledger.1/000012.sst offset 0 size 9",
                Some("000012.sst"),
            ),
            (
                "IO error: No such file or directory: While open a file for random read: \
                 /a/000007.sst: No such file",
                Some("000007.sst"),
            ),
            ("Corruption: bad entry in block", None),
            ("x.sst", None),
        ];
        for (message, expected) in cases {
            assert_eq!(file_in(message).as_deref(), expected, "{message}");
        }
    }
}
