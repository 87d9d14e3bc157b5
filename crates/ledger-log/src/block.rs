//! The frame that holds the records of one block, to the byte.
//!
//! All numbers are big-endian. `E` is the end of the records, `n` their count.
//!
//! ```text
//! offset      bytes  what
//! 0           1      format version, 1
//! 1           1      flags, 0; an unknown flag is refused
//! 2           1      leaf hash: 1 = SHA-256 as in RFC 6962
//! 3           1      reserved, 0
//! 4           4      count of records n, at least 1
//! 8           8      first position
//! 16          4      length of the whole frame
//! 20          4      CRC32C of bytes 0..20
//! 24          E-24   the records, one after the other
//! E           40·n   the table, one entry per record:
//!                      4  end of the record, counted from offset 24
//!                      4  CRC32C of the record
//!                     32  leaf hash of the record
//! E+40·n      4      CRC32C of the table
//! ```
//!
//! Every byte is under exactly one checksum, so a damaged byte names the record it belongs to. The
//! table stands behind the records because a block is written in one pass. The frame itself is not
//! compressed: the database compresses each value as a whole, and better on its deeper levels.
//!
//! Long: writing and reading of one frame, side by side.

use std::ops::Range;
use std::sync::Arc;

use ledger_core::{Position, merkle};
use thiserror::Error;

use crate::limits::{BLOCK_BYTES_TARGET, RECORD_BYTES_MAX};
use crate::{Damage, LogError};

#[cfg(test)]
mod tests;

/// The RFC 6962 leaf hash over the exact bytes of a record.
pub type LeafHash = merkle::Hash;

/// One encoded block of records, checked, cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    frame: Arc<Vec<u8>>,
    first_position: Position,
    count: u32,
}

/// One record of a block, borrowed from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// The position of the record in the log.
    pub position: Position,
    /// The exact bytes that were recorded.
    pub bytes: &'a [u8],
    /// The leaf hash that was stored with them.
    pub leaf_hash: &'a LeafHash,
}

/// Collects records into a block.
#[derive(Debug)]
pub struct BlockBuilder {
    first_position: Position,
    count: u32,
    frame: Vec<u8>,
    table: Vec<u8>,
}

/// Why a block does not take a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RecordRefused {
    /// The block has reached its size; the record goes into the next one.
    #[error("block is full")]
    BlockFull,
    /// The record is beyond [`RECORD_BYTES_MAX`].
    #[error("record of {bytes} bytes is too large")]
    TooLarge {
        /// Bytes of the record.
        bytes: usize,
    },
    /// The record has no bytes; no event encodes to nothing.
    #[error("record is empty")]
    Empty,
}

const FORMAT_VERSION: u8 = 1;
const FLAGS_NONE: u8 = 0;
const LEAF_HASH_SHA256: u8 = 1;
const RESERVED: u8 = 0;

const HEADER_BYTES: usize = 24;
const HEADER_CHECKED_BYTES: usize = 20;
const CHECKSUM_BYTES: usize = 4;

/// Bytes of the frame around records and table.
pub(crate) const FRAME_OVERHEAD_BYTES: usize = HEADER_BYTES + CHECKSUM_BYTES;
/// Bytes of the table per record.
pub(crate) const TABLE_ENTRY_BYTES: usize = 4 + CHECKSUM_BYTES + 32;

const _: () = assert!(FRAME_OVERHEAD_BYTES == 28);
const _: () = assert!(TABLE_ENTRY_BYTES == 40);

impl BlockBuilder {
    /// Starts a block whose first record gets `first_position`.
    #[must_use]
    pub fn new(first_position: Position) -> Self {
        let mut frame = Vec::with_capacity(BLOCK_BYTES_TARGET);
        // The header is filled in when the count and the length are known.
        frame.resize(HEADER_BYTES, 0);
        Self {
            first_position,
            count: 0,
            frame,
            table: Vec::new(),
        }
    }

    /// Adds a record and returns its position.
    ///
    /// The block takes its first record whatever its size, so that a large one has a block of its
    /// own.
    ///
    /// # Errors
    ///
    /// [`RecordRefused`]; the block stays as it was.
    pub fn push(&mut self, record: &[u8], leaf_hash: &LeafHash) -> Result<Position, RecordRefused> {
        if record.is_empty() {
            return Err(RecordRefused::Empty);
        }
        if record.len() > RECORD_BYTES_MAX {
            return Err(RecordRefused::TooLarge {
                bytes: record.len(),
            });
        }
        if !self.has_room_for(record.len()) {
            return Err(RecordRefused::BlockFull);
        }
        self.frame.extend_from_slice(record);
        let end = u32_from(self.frame.len() - HEADER_BYTES);
        self.table.extend_from_slice(&end.to_be_bytes());
        self.table
            .extend_from_slice(&crc32c::crc32c(record).to_be_bytes());
        self.table.extend_from_slice(leaf_hash);
        let position = self.first_position.offset(u64::from(self.count));
        self.count += 1;
        Ok(position)
    }

    /// Tells whether a record of so many bytes still belongs into this block.
    #[must_use]
    pub fn has_room_for(&self, record_bytes: usize) -> bool {
        self.is_empty() || self.bytes() + record_bytes + TABLE_ENTRY_BYTES <= BLOCK_BYTES_TARGET
    }

    /// Returns the first position of the block, which is also its key.
    #[must_use]
    pub fn first_position(&self) -> Position {
        self.first_position
    }

    /// Returns the position that the next record gets.
    #[must_use]
    pub fn next_position(&self) -> Position {
        self.first_position.offset(u64::from(self.count))
    }

    /// Returns the number of records so far.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Tells whether nothing was pushed yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns the bytes that the block would have if it was finished now.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.frame.len() + self.table.len() + CHECKSUM_BYTES
    }

    /// Closes the block; `None` when nothing was pushed, since there is no empty block.
    #[must_use]
    pub fn finish(self) -> Option<Block> {
        if self.is_empty() {
            return None;
        }
        let length = u32_from(self.bytes());
        let Self {
            first_position,
            count,
            mut frame,
            table,
        } = self;
        frame.extend_from_slice(&table);
        frame.extend_from_slice(&crc32c::crc32c(&table).to_be_bytes());
        let header = Header {
            count,
            first_position,
            length,
        }
        .encode();
        frame
            .get_mut(..HEADER_BYTES)
            .expect("the frame starts with room for the header")
            .copy_from_slice(&header);
        Some(Block {
            frame: Arc::new(frame),
            first_position,
            count,
        })
    }
}

impl Block {
    /// Reads the frame stored under `key`, checking every byte of it.
    ///
    /// Leaf hashes are not recomputed here, for that costs as much as hashing did;
    /// see [`verify_leaf_hashes`](Self::verify_leaf_hashes).
    ///
    /// # Errors
    ///
    /// [`LogError::UnknownFormat`] for a later version, [`LogError::CorruptRecord`] for the first
    /// record whose bytes differ, [`LogError::CorruptBlock`] for everything around them.
    pub fn decode(key: Position, frame: Vec<u8>) -> Result<Self, LogError> {
        let block = Self::framed(key, frame)?;
        block.check_records()?;
        Ok(block)
    }

    /// Tells everything that is wrong with the frame stored under `key`, leaf hashes included: each
    /// damaged record by its position, or what is wrong around them. Nothing for an intact one.
    #[must_use]
    pub fn flaws(key: Position, frame: Vec<u8>) -> Vec<LogError> {
        let block = match Self::framed(key, frame) {
            Ok(block) => block,
            Err(error) => return vec![error],
        };
        let flaw = |index| {
            let record = block.nth(index);
            let what = if crc32c::crc32c(record.bytes) != block.entry(index).checksum {
                Damage::RecordChecksum
            } else if merkle::leaf_hash(record.bytes) != *record.leaf_hash {
                Damage::LeafHash
            } else {
                return None;
            };
            Some(LogError::CorruptRecord {
                position: record.position,
                what,
            })
        };
        (0..block.count).filter_map(flaw).collect()
    }

    /// Reads a frame whose records are not checked yet.
    fn framed(key: Position, frame: Vec<u8>) -> Result<Self, LogError> {
        let corrupt = |what| LogError::CorruptBlock {
            first_position: key,
            what,
        };
        let header = Header::decode(key, &frame)?;
        if header.first_position != key {
            return Err(corrupt(Damage::Key));
        }
        if usize::try_from(header.length) != Ok(frame.len()) {
            return Err(corrupt(Damage::Length));
        }
        let block = Self {
            first_position: key,
            count: header.count,
            frame: Arc::new(frame),
        };
        block.check_table().map_err(corrupt)?;
        Ok(block)
    }

    /// Reads the first and the last position of a stored frame from its header, which has a
    /// checksum of its own; nothing else of the frame is looked at.
    ///
    /// # Errors
    ///
    /// [`LogError::UnknownFormat`] and [`LogError::CorruptBlock`], as for [`decode`](Self::decode).
    pub fn decode_range(key: Position, frame: &[u8]) -> Result<(Position, Position), LogError> {
        let header = Header::decode(key, frame)?;
        if header.first_position != key {
            return Err(LogError::CorruptBlock {
                first_position: key,
                what: Damage::Key,
            });
        }
        let others = u64::from(header.count.saturating_sub(1));
        Ok((key, key.offset(others)))
    }

    /// Returns the position of the first record.
    #[must_use]
    pub fn first_position(&self) -> Position {
        self.first_position
    }

    /// Returns the position of the last record.
    #[must_use]
    pub fn last_position(&self) -> Position {
        self.first_position.offset(u64::from(self.count - 1))
    }

    /// Returns the number of records, at least one.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Returns the record at a position, or `None` when another block holds it.
    #[must_use]
    pub fn record(&self, position: Position) -> Option<Record<'_>> {
        let index = u32::try_from(position.since(self.first_position)?).ok()?;
        (index < self.count).then(|| self.nth(index))
    }

    /// Reads the records in order, from either end, without copying.
    #[must_use]
    pub fn records(&self) -> Records<'_> {
        Records {
            block: self,
            rest: 0..self.count,
        }
    }

    /// Returns the encoded bytes, as they are stored.
    #[must_use]
    pub fn frame(&self) -> &[u8] {
        &self.frame
    }

    /// Recomputes every leaf hash from the bytes of its record.
    ///
    /// # Errors
    ///
    /// [`LogError::CorruptRecord`] for the first record whose stored hash differs.
    pub fn verify_leaf_hashes(&self) -> Result<(), LogError> {
        for record in self.records() {
            if merkle::leaf_hash(record.bytes) != *record.leaf_hash {
                let what = Damage::LeafHash;
                return Err(LogError::CorruptRecord {
                    position: record.position,
                    what,
                });
            }
        }
        Ok(())
    }

    /// Checks that the table is intact and that its records cover their area without a gap.
    fn check_table(&self) -> Result<(), Damage> {
        let table_bytes = usize::try_from(self.count)
            .ok()
            .and_then(|count| count.checked_mul(TABLE_ENTRY_BYTES))
            .ok_or(Damage::Table)?;
        let table_start = self
            .frame
            .len()
            .checked_sub(CHECKSUM_BYTES)
            .and_then(|end| end.checked_sub(table_bytes))
            .filter(|start| *start >= HEADER_BYTES)
            .ok_or(Damage::Table)?;
        let (table, checksum) = self
            .frame
            .get(table_start..)
            .and_then(|tail| tail.split_at_checked(table_bytes))
            .ok_or(Damage::Table)?;
        if checksum != crc32c::crc32c(table).to_be_bytes() {
            return Err(Damage::TableChecksum);
        }
        let mut end = 0;
        for entry in table.as_chunks::<TABLE_ENTRY_BYTES>().0 {
            let next = Entry::read(entry).end;
            if next <= end {
                return Err(Damage::Table);
            }
            end = next;
        }
        if HEADER_BYTES + end == table_start {
            Ok(())
        } else {
            Err(Damage::Table)
        }
    }

    fn check_records(&self) -> Result<(), LogError> {
        for index in 0..self.count {
            let checksum = self.entry(index).checksum;
            let record = self.nth(index);
            if crc32c::crc32c(record.bytes) != checksum {
                let what = Damage::RecordChecksum;
                return Err(LogError::CorruptRecord {
                    position: record.position,
                    what,
                });
            }
        }
        Ok(())
    }

    /// Returns a record of a frame whose table was checked.
    fn nth(&self, index: u32) -> Record<'_> {
        let entry = self.entry(index);
        let start = index
            .checked_sub(1)
            .map_or(0, |previous| self.entry(previous).end);
        let bytes = self
            .frame
            .get(HEADER_BYTES + start..HEADER_BYTES + entry.end)
            .expect("the table was checked against the frame");
        Record {
            position: self.first_position.offset(u64::from(index)),
            bytes,
            leaf_hash: entry.leaf_hash,
        }
    }

    /// Returns a table entry of a frame whose table was checked.
    fn entry(&self, index: u32) -> Entry<'_> {
        let entries_to_end = usize_from(self.count - index);
        let from_end = CHECKSUM_BYTES + entries_to_end * TABLE_ENTRY_BYTES;
        let bytes = self
            .frame
            .len()
            .checked_sub(from_end)
            .and_then(|start| self.frame.get(start..))
            .and_then(|tail| tail.first_chunk())
            .expect("the table was checked against the frame");
        Entry::read(bytes)
    }
}

/// The records of a block, in order.
#[derive(Debug, Clone)]
pub struct Records<'a> {
    block: &'a Block,
    rest: Range<u32>,
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        self.rest.next().map(|index| self.block.nth(index))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = self.rest.len();
        (count, Some(count))
    }
}

impl DoubleEndedIterator for Records<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.rest.next_back().map(|index| self.block.nth(index))
    }
}

impl ExactSizeIterator for Records<'_> {}

/// The fields of the header that vary.
struct Header {
    count: u32,
    first_position: Position,
    length: u32,
}

impl Header {
    fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend_from_slice(&[FORMAT_VERSION, FLAGS_NONE, LEAF_HASH_SHA256, RESERVED]);
        bytes.extend_from_slice(&self.count.to_be_bytes());
        bytes.extend_from_slice(&self.first_position.get().to_be_bytes());
        bytes.extend_from_slice(&self.length.to_be_bytes());
        let checksum = crc32c::crc32c(&bytes);
        bytes.extend_from_slice(&checksum.to_be_bytes());
        bytes.try_into().expect("the fields add up to the header")
    }

    fn decode(key: Position, frame: &[u8]) -> Result<Self, LogError> {
        let corrupt = |what| LogError::CorruptBlock {
            first_position: key,
            what,
        };
        let bytes: &[u8; HEADER_BYTES] =
            frame.first_chunk().ok_or_else(|| corrupt(Damage::Length))?;
        let [
            version,
            flags,
            hash,
            reserved,
            c0,
            c1,
            c2,
            c3,
            p0,
            p1,
            p2,
            p3,
            p4,
            p5,
            p6,
            p7,
            l0,
            l1,
            l2,
            l3,
            s0,
            s1,
            s2,
            s3,
        ] = *bytes;
        // The version comes first: what follows it may be laid out otherwise in a later one.
        if version != FORMAT_VERSION {
            return Err(LogError::UnknownFormat { version });
        }
        let checked = bytes
            .first_chunk::<HEADER_CHECKED_BYTES>()
            .map_or(0, |b| crc32c::crc32c(b));
        if checked != u32::from_be_bytes([s0, s1, s2, s3]) {
            return Err(corrupt(Damage::HeaderChecksum));
        }
        if (flags, hash, reserved) != (FLAGS_NONE, LEAF_HASH_SHA256, RESERVED) {
            return Err(corrupt(Damage::Header));
        }
        let count = u32::from_be_bytes([c0, c1, c2, c3]);
        let first = u64::from_be_bytes([p0, p1, p2, p3, p4, p5, p6, p7]);
        let positions_fit = first.checked_add(u64::from(count)).is_some();
        if count == 0 || first == 0 || !positions_fit {
            return Err(corrupt(Damage::Table));
        }
        Ok(Self {
            count,
            first_position: Position::new(first),
            length: u32::from_be_bytes([l0, l1, l2, l3]),
        })
    }
}

/// One entry of the record table.
struct Entry<'a> {
    end: usize,
    checksum: u32,
    leaf_hash: &'a LeafHash,
}

impl<'a> Entry<'a> {
    fn read(bytes: &'a [u8; TABLE_ENTRY_BYTES]) -> Self {
        let (numbers, leaf_hash) = bytes.split_at(8);
        let [e0, e1, e2, e3, s0, s1, s2, s3] = *numbers
            .first_chunk()
            .expect("an entry starts with eight bytes of numbers");
        Self {
            end: usize_from(u32::from_be_bytes([e0, e1, e2, e3])),
            checksum: u32::from_be_bytes([s0, s1, s2, s3]),
            leaf_hash: leaf_hash.first_chunk().expect("an entry ends with a hash"),
        }
    }
}

fn u32_from(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("a block is far smaller than 4 GiB")
}

fn usize_from(number: u32) -> usize {
    usize::try_from(number).expect("this software needs at least 32 address bits")
}
