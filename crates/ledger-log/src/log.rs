//! The log: claim it, append to it, read it.

use std::iter;

use ledger_core::Position;

use crate::{Block, Epoch, LogError, StateOp, limits::GROUP_BYTES_MAX};

/// Blocks in ascending order, each read and checked when asked for.
pub type BlockIter<'a> = Box<dyn Iterator<Item = Result<Block, LogError>> + Send + 'a>;

/// An append-only sequence of records, numbered without a gap from 1.
///
/// One writer appends; any number of readers read at the same time. Every implementation passes
/// [`suite`](crate::suite). The trait is narrow on purpose: a replicated log has to be able to
/// promise the same.
pub trait Log: Send + Sync {
    /// Takes the log over: appends with an earlier epoch are refused from now on.
    ///
    /// The claim is durable when this returns.
    ///
    /// # Errors
    ///
    /// [`LogError::WriteDisabled`] after a failed write, [`LogError::Storage`] when this one fails.
    fn claim_epoch(&self) -> Result<Epoch, LogError>;

    /// Appends a group and its state, all or nothing, and returns the new last position once it
    /// is durable.
    ///
    /// A group without blocks commits state alone; the last position stays. A group with neither
    /// writes nothing.
    ///
    /// # Errors
    ///
    /// [`LogError::StaleEpoch`], [`LogError::Conflict`], [`LogError::Gap`] and
    /// [`LogError::GroupTooLarge`] leave everything as it was. After [`LogError::Storage`] the
    /// group may or may not survive, so the store refuses all further writes with
    /// [`LogError::WriteDisabled`] until it is opened anew and has looked.
    fn append(&self, epoch: Epoch, group: &CommitGroup) -> Result<Position, LogError>;

    /// Returns the last durable position; zero while the log is empty.
    fn last_position(&self) -> Position;

    /// Returns the block that holds `position`, or `None` outside of the log.
    ///
    /// # Errors
    ///
    /// [`LogError::CorruptBlock`], [`LogError::CorruptRecord`] or [`LogError::UnknownFormat`] when
    /// the stored bytes do not hold what was written; [`LogError::Unreadable`] when reading fails.
    fn read_block_at(&self, position: Position) -> Result<Option<Block>, LogError>;

    /// Tells the first and the last position of the block that holds `position`, or `None` outside
    /// of the log. It checks what says so and not the records, so it is cheaper than reading the
    /// block.
    ///
    /// # Errors
    ///
    /// As [`read_block_at`](Self::read_block_at), except for damaged records.
    fn block_range_at(&self, position: Position) -> Result<Option<(Position, Position)>, LogError> {
        let block = self.read_block_at(position)?;
        Ok(block.map(|block| (block.first_position(), block.last_position())))
    }

    /// Reads on from the block that holds `from` to the end of the log, with read-ahead.
    ///
    /// The end is that of the moment of the call; `from` zero means the first position. The first
    /// block may begin before `from`. Each item can fail as [`read_block_at`](Self::read_block_at)
    /// does, and the iterator ends after an error: it never skips what it cannot read.
    fn blocks_from(&self, from: Position) -> BlockIter<'_>;

    /// Waits until everything acknowledged before the call is visible here, and returns the last
    /// position.
    ///
    /// On one machine that is at once; on a replicated log it asks the quorum.
    ///
    /// # Errors
    ///
    /// [`LogError::Storage`] when the log cannot tell.
    fn barrier(&self) -> Result<Position, LogError>;

    /// Returns why writing is disabled, or `None` while it is not.
    fn write_disabled(&self) -> Option<String>;

    /// Returns why the store takes no writes since it was opened, or `None` when it does.
    fn read_only(&self) -> Option<String> {
        None
    }

    /// Checks that the disk has the room that writing needs; cheap enough to ask for every group.
    ///
    /// # Errors
    ///
    /// [`LogError::NoRoom`]. It is over as soon as there is room again.
    fn check_room(&self) -> Result<(), LogError> {
        Ok(())
    }

    /// Tells what an operator should know of the store.
    fn condition(&self) -> Condition {
        Condition::default()
    }
}

/// How a store and its disk are doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condition {
    /// Bytes that may still be written to the disk; `None` where nobody can tell.
    pub free_bytes: Option<u64>,
    /// Free bytes below which nothing more is recorded.
    pub writes_headroom_bytes: u64,
    /// Free bytes that a rebuild or a simulation leaves.
    pub shadow_headroom_bytes: u64,
    /// Bytes kept for the next opening, now; zero when they were given back.
    pub spare_bytes: u64,
    /// Bytes that are to be kept where there is room for them.
    pub spare_bytes_max: u64,
    /// What of the derived state was found damaged since it became live.
    pub damage: Option<String>,
}

/// What one append carries: blocks of events, and the state that follows from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitGroup {
    /// The last position that the group builds on; zero for an empty log.
    pub expected_last: Position,
    /// The blocks, following one another from `expected_last + 1`.
    pub blocks: Vec<Block>,
    /// Changes to the derived state, committed with the blocks; of two for one key the later holds.
    pub state: Vec<StateOp>,
}

impl CommitGroup {
    /// Returns the last position of the log once this group is part of it.
    #[must_use]
    pub fn last_position(&self) -> Position {
        self.blocks
            .last()
            .map_or(self.expected_last, Block::last_position)
    }

    /// Checks the group against the end of the log, for implementations of [`Log::append`].
    ///
    /// # Errors
    ///
    /// [`LogError::Conflict`] when the log does not end at `expected_last`, [`LogError::Gap`] when
    /// the blocks do not continue it, [`LogError::GroupTooLarge`] beyond the limit.
    pub fn check(&self, last: Position) -> Result<(), LogError> {
        if self.expected_last != last {
            return Err(LogError::Conflict {
                expected: self.expected_last,
                actual: last,
            });
        }
        let mut expected = last.next();
        for block in &self.blocks {
            if block.first_position() != expected {
                return Err(LogError::Gap {
                    expected,
                    found: block.first_position(),
                });
            }
            expected = block.last_position().next();
        }
        let bytes = self.bytes();
        if bytes > GROUP_BYTES_MAX {
            return Err(LogError::GroupTooLarge { bytes });
        }
        Ok(())
    }

    /// Returns the bytes of blocks, keys and values together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let blocks: usize = self.blocks.iter().map(|block| block.frame().len()).sum();
        let state: usize = self.state.iter().map(StateOp::bytes).sum();
        blocks + state
    }
}

/// Reads backward from the block that holds `from` to the first one.
///
/// Each item can fail as [`Log::read_block_at`] does, and the iterator ends after an error. Past
/// the end of the log it yields nothing.
pub fn blocks_back_from<L: Log + ?Sized>(
    log: &L,
    from: Position,
) -> impl Iterator<Item = Result<Block, LogError>> {
    let mut next = Some(from);
    iter::from_fn(move || {
        let block = log.read_block_at(next.take()?).transpose()?;
        if let Ok(block) = &block {
            next = block.first_position().previous();
        }
        Some(block)
    })
}
