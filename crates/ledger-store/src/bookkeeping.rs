//! What the store keeps about itself, in RocksDB's `default` column family.
//!
//! | key | value |
//! |---|---|
//! | `format` | version of this layout, four bytes big-endian |
//! | `epoch` | the last epoch claimed, eight bytes big-endian |
//! | `generation` | the live generation of the rebuildable spaces, eight bytes big-endian |
//! | `tip` | the last position of the log, eight bytes big-endian; absent while it is empty |
//! | `write` | number of the last write (8 bytes) and the ledger's identifier (16); from format 3 |
//!
//! It lies apart from the `meta` space so that no change to the derived state can reach it.

use ledger_core::Position;
use ledger_log::{Epoch, LogError};
use rocksdb::WriteBatch;

use crate::error::storage;

/// The layout that this version writes.
pub(crate) const FORMAT: u32 = 3;

/// The layout before writes were numbered and the folder had a marker. Opening such a store adds
/// what is missing.
pub(crate) const FORMAT_WITHOUT_MARKER: u32 = 2;

/// The layout before there was a space of progress. Opening such a store adds what is missing.
pub(crate) const FORMAT_WITHOUT_PROGRESS: u32 = 1;

const FORMAT_KEY: &str = "format";
const EPOCH_KEY: &str = "epoch";
const GENERATION_KEY: &str = "generation";
const TIP_KEY: &str = "tip";
const WRITE_KEY: &str = "write";

/// Records the layout and the live generation of a new store.
pub(crate) fn put_new(batch: &mut WriteBatch, generation: u64) {
    put_format(batch);
    put_generation(batch, generation);
}

/// Records that an older store was brought to this layout.
pub(crate) fn put_format(batch: &mut WriteBatch) {
    batch.put(FORMAT_KEY, FORMAT.to_be_bytes());
}

/// Records a claim.
pub(crate) fn put_epoch(batch: &mut WriteBatch, epoch: Epoch) {
    batch.put(EPOCH_KEY, epoch.get().to_be_bytes());
}

/// Makes a generation the live one.
pub(crate) fn put_generation(batch: &mut WriteBatch, generation: u64) {
    batch.put(GENERATION_KEY, generation.to_be_bytes());
}

/// Records the end of the log.
pub(crate) fn put_tip(batch: &mut WriteBatch, tip: Position) {
    batch.put(TIP_KEY, tip.get().to_be_bytes());
}

/// Numbers a write, and says which ledger it is of: a write-ahead log of another one is told by it.
pub(crate) fn put_write(batch: &mut WriteBatch, write: u64, ledger: [u8; 16]) {
    let mut value = write.to_be_bytes().to_vec();
    value.extend(ledger);
    batch.put(WRITE_KEY, value);
}

/// The last write that a database holds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LastWrite {
    /// Its number, zero before any was numbered.
    pub(crate) number: u64,
    /// The identifier of the ledger that it is of.
    pub(crate) ledger: Option<[u8; 16]>,
}

/// Reads one entry of `default`, from the database or a snapshot of it.
type Read<'a> = &'a dyn Fn(&str) -> Result<Option<Vec<u8>>, rocksdb::Error>;

/// Returns the layout version, or `None` in a store that was never finished creating.
pub(crate) fn format(read: Read<'_>) -> Result<Option<u32>, LogError> {
    number(read, FORMAT_KEY).map(|bytes| bytes.map(u32::from_be_bytes))
}

/// Returns the last epoch claimed.
pub(crate) fn epoch(read: Read<'_>) -> Result<Epoch, LogError> {
    let bytes = number(read, EPOCH_KEY)?;
    Ok(bytes.map_or(Epoch::UNCLAIMED, |bytes| {
        Epoch::new(u64::from_be_bytes(bytes))
    }))
}

/// Returns the live generation.
pub(crate) fn generation(read: Read<'_>) -> Result<u64, LogError> {
    let bytes = number(read, GENERATION_KEY)?;
    bytes.map(u64::from_be_bytes).ok_or(LogError::CorruptEntry {
        name: GENERATION_KEY,
    })
}

/// Returns the last position of the log, zero while it is empty.
pub(crate) fn tip(read: Read<'_>) -> Result<Position, LogError> {
    let bytes = number(read, TIP_KEY)?;
    Ok(bytes.map_or(Position::ZERO, |bytes| {
        Position::new(u64::from_be_bytes(bytes))
    }))
}

/// Returns the last write.
pub(crate) fn last_write(read: Read<'_>) -> Result<LastWrite, LogError> {
    let Some(bytes) = number::<24>(read, WRITE_KEY)? else {
        return Ok(LastWrite::default());
    };
    let damaged = LogError::CorruptEntry { name: WRITE_KEY };
    let parts = bytes
        .split_first_chunk::<8>()
        .and_then(|(number, ledger)| Some((*number, ledger.try_into().ok()?)));
    let (number, ledger) = parts.ok_or(damaged)?;
    Ok(LastWrite {
        number: u64::from_be_bytes(number),
        ledger: Some(ledger),
    })
}

fn number<const N: usize>(read: Read<'_>, name: &'static str) -> Result<Option<[u8; N]>, LogError> {
    let value = read(name).map_err(|error| storage("read an entry of the store", error))?;
    value
        .map(|bytes| {
            bytes
                .try_into()
                .map_err(|_| LogError::CorruptEntry { name })
        })
        .transpose()
}
