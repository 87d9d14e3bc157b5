//! Opening a ledger: what has to hold before it may be written to, and the full check of the log.

use crate::epochs::EpochsError;
use crate::events::event_from_bytes;
use crate::limits::EngineOptions;
use crate::policies::PolicyLoadError;
use crate::rebuild::{self, EncodingError};
use crate::tip::{TIP_KEY, Tip};
use crate::wire::CodecError;
use ledger_core::merkle::{self, CompactRange};
use ledger_core::policy::PolicyBook;
use ledger_core::{Context, Position};
use ledger_log::{Block, LogError, Snapshot, Space, Storage};
use ledger_proto::DecodeError;
use std::io;
use thiserror::Error;

/// Why a ledger cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The store failed or is damaged.
    #[error("log cannot be opened")]
    Log(#[source] LogError),
    /// The log and its tip do not fit: one of them was changed or lost without the other.
    #[error("tip does not fit the log")]
    Tip(#[source] TipError),
    /// The derived state has another encoding and cannot be brought to this one.
    #[error("derived state cannot be used")]
    Encoding(#[from] EncodingError),
    /// The history of epochs cannot be read, or the next epoch cannot begin.
    #[error("epochs cannot be loaded")]
    Epochs(#[from] EpochsError),
    /// A published policy cannot be loaded.
    #[error("policies cannot be loaded")]
    Policies(#[from] PolicyLoadError),
    /// The system gave no thread.
    #[error("thread cannot be started")]
    Thread(#[source] io::Error),
}

/// What does not fit between the tip and the log.
#[derive(Debug, Error)]
pub enum TipError {
    /// The log has events and there is no tip.
    #[error("log ends at position {log} and has no tip")]
    Missing {
        /// The last position of the log.
        log: Position,
    },
    /// The tip cannot be read.
    #[error("tip cannot be read")]
    Unreadable(#[source] CodecError),
    /// The tip names another last position than the log.
    #[error("tip is at position {tip} and the log ends at {log}")]
    Position {
        /// The position that the tip names.
        tip: Position,
        /// The last position of the log.
        log: Position,
    },
    /// The last event cannot be read.
    #[error("last event cannot be read")]
    Event(#[source] DecodeError),
    /// The tip names another time than the last event.
    #[error("tip and last event differ in recorded time")]
    Time,
    /// The Merkle tree of the tip does not have the last events as its leaves.
    #[error("merkle tree of the tip does not hold the last events")]
    Tree,
}

/// What a full check of the log found to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyReport {
    /// The last position checked.
    pub last_position: Position,
    /// Root of the Merkle tree over the leaf hashes of every event, as the tip has it.
    pub root: merkle::Hash,
}

/// Why the log is not what was recorded.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// The store failed, or a block or record is damaged.
    #[error("log is damaged")]
    Log(#[from] LogError),
    /// The log and its tip do not fit.
    #[error("tip does not fit the log")]
    Tip(#[source] TipError),
    /// The events are whole, but not those that the Merkle tree was grown from.
    #[error("merkle root over the log differs from that of the tip at position {position}")]
    Root {
        /// The position of the tip.
        position: Position,
    },
}

/// Checks the end of the log, and returns it.
pub(crate) fn recover(storage: &dyn Storage) -> Result<Tip, OpenError> {
    let last = storage.last_position();
    let stored = storage.get(Space::Meta, TIP_KEY).map_err(OpenError::Log)?;
    let tip = read_tip(stored.as_deref(), last).map_err(OpenError::Tip)?;
    if let Some(block) = storage.read_block_at(last).map_err(OpenError::Log)? {
        block.verify_leaf_hashes().map_err(OpenError::Log)?;
        check_last_block(&tip, &block).map_err(OpenError::Tip)?;
    }
    Ok(tip)
}

/// Brings a ledger that was restored to where this version can check it: its end is checked, and
/// derived state that an earlier version wrote is derived again. Nothing else may have it open.
///
/// # Errors
///
/// [`OpenError`].
pub fn prepare(storage: &dyn Storage, options: &EngineOptions) -> Result<(), OpenError> {
    let tip = recover(storage)?;
    let term = storage.claim_epoch().map_err(OpenError::Log)?;
    Ok(rebuild::upgrade(storage, term, &tip, options)?)
}

/// The context that the writer starts with: the end of the log, and no entity.
pub(crate) fn context(tip: &Tip, policies: PolicyBook) -> Context {
    Context {
        next_position: tip.last_position.next(),
        recorded_at: tip.recorded_at,
        policies,
        ..Context::default()
    }
}

/// Reads the tip that belongs to a log which ends at `last`.
pub(crate) fn read_tip(stored: Option<&[u8]>, last: Position) -> Result<Tip, TipError> {
    let tip = match stored {
        Some(bytes) => Tip::decode(bytes).map_err(TipError::Unreadable)?,
        None if last == Position::ZERO => Tip::default(),
        None => return Err(TipError::Missing { log: last }),
    };
    if tip.last_position != last {
        return Err(TipError::Position {
            tip: tip.last_position,
            log: last,
        });
    }
    Ok(tip)
}

/// Checks the last block against the tip: the recorded time of its last event, and those peaks of
/// the Merkle tree whose leaves all lie in the block.
///
/// The larger peaks stand over earlier blocks; checking them is [`verify`].
fn check_last_block(tip: &Tip, block: &Block) -> Result<(), TipError> {
    let record = block
        .record(tip.last_position)
        .expect("the block holds the last position");
    let event = event_from_bytes(record.bytes).map_err(TipError::Event)?;
    if event.recorded_at != tip.recorded_at {
        return Err(TipError::Time);
    }
    let len = tip.range.len();
    let mut end = len;
    let mut peaks = tip.range.peaks().iter().rev();
    while end > 0 {
        let size = 1_u64 << end.trailing_zeros();
        let start = end - size;
        if Position::new(start + 1) < block.first_position() {
            return Ok(());
        }
        let mut subtree = CompactRange::new();
        for position in start + 1..=end {
            let record = block
                .record(Position::new(position))
                .ok_or(TipError::Tree)?;
            subtree.append(*record.leaf_hash);
        }
        if peaks.next() != Some(&subtree.root()) {
            return Err(TipError::Tree);
        }
        end = start;
    }
    Ok(())
}

/// Reads the whole log: every leaf hash from the bytes of its record, positions without a gap, and
/// the Merkle root against the tip of the same moment.
pub(crate) fn verify(storage: &dyn Storage) -> Result<VerifyReport, VerifyError> {
    let tip = tip_of(&*storage.snapshot()?)?;
    let mut range = CompactRange::new();
    for block in storage.blocks_from(Position::FIRST) {
        let block = block?;
        if block.first_position() > tip.last_position {
            break;
        }
        append_leaves(&block, tip.last_position, &mut range)?;
    }
    if range != tip.range {
        return Err(VerifyError::Root {
            position: tip.last_position,
        });
    }
    Ok(VerifyReport {
        last_position: tip.last_position,
        root: range.root(),
    })
}

/// Reads the tip of a state, which is to be that of its log.
///
/// # Errors
///
/// [`VerifyError::Log`] and [`VerifyError::Tip`].
pub fn tip_of(state: &dyn Snapshot) -> Result<Tip, VerifyError> {
    let stored = state.get(Space::Meta, TIP_KEY)?;
    read_tip(stored.as_deref(), state.last_position()).map_err(VerifyError::Tip)
}

/// Checks the leaf hashes of a block and adds those up to `last` to the tree that ends before it.
pub(crate) fn append_leaves(
    block: &Block,
    last: Position,
    range: &mut CompactRange,
) -> Result<(), LogError> {
    let expected = Position::new(range.len()).next();
    if block.first_position() != expected {
        return Err(LogError::Gap {
            expected,
            found: block.first_position(),
        });
    }
    block.verify_leaf_hashes()?;
    for record in block.records().take_while(|record| record.position <= last) {
        range.append(*record.leaf_hash);
    }
    Ok(())
}
