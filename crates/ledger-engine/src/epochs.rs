//! Epochs: the lines that a ledger has been on, and where one left the other.
//!
//! A ledger begins with epoch 1. When a backup is restored and goes on, positions are given out
//! again that were given out before: that is a fork, and it begins the next epoch. The history of
//! epochs lies in the `meta` space, so every backup contains it; no event knows of it.
//!
//! The epoch has nothing to do with [`ledger_log::Epoch`], the term that a writer claims at every
//! opening to fence off the one before it. ADR 0011 says more.

use crate::event_ids::EventIds;
use crate::tip::Tip;
use crate::wire::{CodecError, Reader, Wire};
use ledger_core::{Position, RecordedTime};
use ledger_log::{CommitGroup, Epoch as Term, LogError, Snapshot, Space, StateOp, Storage};
use std::sync::Arc;
use thiserror::Error;

/// The key of the history in [`Space::Meta`].
pub const EPOCHS_KEY: &[u8] = b"epochs";

/// The key of the note in [`Space::Meta`] that the next opening for writing begins an epoch.
pub const FORK_KEY: &[u8] = b"fork";

/// Stands in the note for the number of the backup when an operator accepted the end of the log and
/// no backup was restored. Backups are counted from 1.
const NO_BACKUP: u64 = 0;

/// The version of both encodings.
const VERSION: u8 = 1;

/// What tells an epoch from every other, of this ledger and of its forks.
pub type EpochId = [u8; 16];

/// The beginning of an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochStart {
    /// Its number; the first is 1.
    pub number: u64,
    /// What tells it from epochs of other forks that have the same number.
    pub id: EpochId,
    /// The first position that was given out in it.
    pub first_position: Position,
    /// When it began, by a clock that may be recorded by. Where the clock was wrong it is the time
    /// of the last event before, and the epoch of 1970 in a ledger without events.
    pub started_at: RecordedTime,
    /// Why it began.
    pub reason: EpochReason,
}

/// Why an epoch began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpochReason {
    /// The ledger was created, or it was first opened by a version that keeps epochs.
    Created,
    /// A backup was restored and goes on.
    Restored(Restored),
    /// The file that says how far the ledger was acknowledged was lost, and an operator accepted
    /// the position at which the log ended.
    Accepted(Accepted),
}

/// What an operator accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Where the log ended.
    pub position: Position,
    /// When it was accepted.
    pub at: RecordedTime,
}

/// Which backup was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// Number of the backup in its folder.
    pub backup: u64,
    /// The last position that it holds.
    pub position: Position,
    /// When it was taken.
    pub taken_at: RecordedTime,
}

/// The epochs of a ledger, oldest first; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epochs(Arc<[EpochStart]>);

/// The epoch that a follower names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NamedEpoch {
    /// Its number, when it is named.
    pub number: Option<u64>,
    /// Its identifier, when it is named.
    pub id: Option<EpochId>,
}

/// Why a follower cannot go on where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EpochError {
    /// The epoch that the follower names ended before the follower's position. The events that the
    /// follower has beyond the fork are not in this ledger.
    #[error("epoch {number} ended at position {fork}, and position {asked} lies beyond")]
    Forked {
        /// The epoch named.
        number: u64,
        /// The last position that it has in common with this ledger.
        fork: Position,
        /// The position asked for.
        asked: Position,
        /// The present epoch.
        current: u64,
    },
    /// This ledger has never been on that epoch.
    #[error("epoch is not one of this ledger, whose present epoch is {current}")]
    Unknown {
        /// The present epoch.
        current: u64,
    },
}

/// Why the history of epochs cannot be used.
#[derive(Debug, Error)]
pub enum EpochsError {
    /// It cannot be read or written.
    #[error("history of epochs cannot be read or written")]
    Log(#[from] LogError),
    /// What is stored is no history.
    #[error("history of epochs is damaged")]
    Damaged(#[from] CodecError),
}

impl Epochs {
    /// What is known of a ledger that no version with epochs has written to.
    fn unrecorded() -> Self {
        let first = EpochStart {
            number: 1,
            id: [0; 16],
            first_position: Position::FIRST,
            started_at: RecordedTime::from_micros(0),
            reason: EpochReason::Created,
        };
        Self(Arc::new([first]))
    }

    /// The epochs, oldest first.
    #[must_use]
    pub fn all(&self) -> &[EpochStart] {
        &self.0
    }

    /// The present epoch.
    #[must_use]
    pub fn current(&self) -> &EpochStart {
        self.0.last().expect("a history has a first epoch")
    }

    /// Checks that this ledger holds the events of a follower who has everything of the named epoch
    /// up to `asked`.
    ///
    /// # Errors
    ///
    /// [`EpochError`].
    pub fn check(&self, named: NamedEpoch, asked: Position) -> Result<(), EpochError> {
        if named == NamedEpoch::default() {
            return Ok(());
        }
        let current = self.current().number;
        let is_named = |epoch: &EpochStart| {
            named.number.is_none_or(|number| number == epoch.number)
                && named.id.is_none_or(|id| id == epoch.id)
        };
        let index = self.0.iter().position(is_named);
        let index = index.ok_or(EpochError::Unknown { current })?;
        let later = self.0.iter().skip(index).skip(1);
        let Some(next) = later.map(|epoch| epoch.first_position).min() else {
            return Ok(());
        };
        let number = self.0.get(index).map_or(current, |epoch| epoch.number);
        match next.previous() {
            Some(fork) if asked > fork => Err(EpochError::Forked {
                number,
                fork,
                asked,
                current,
            }),
            _ => Ok(()),
        }
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        self.0.len().put(&mut out);
        for epoch in &*self.0 {
            epoch.put(&mut out);
        }
        out
    }

    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::versioned(bytes, VERSION)?;
        let count = usize::take(&mut reader)?;
        let epochs = EpochStart::take_items(count, &mut reader)?;
        reader.finish()?;
        match epochs.is_empty() {
            true => Err(CodecError::Malformed { field: "epochs" }),
            false => Ok(Self(epochs.into())),
        }
    }
}

impl Wire for EpochStart {
    fn put(&self, out: &mut Vec<u8>) {
        self.number.put(out);
        self.id.put(out);
        self.first_position.put(out);
        self.started_at.put(out);
        match &self.reason {
            EpochReason::Created => [1].put(out),
            EpochReason::Restored(restored) => {
                [2].put(out);
                restored.put(out);
            }
            EpochReason::Accepted(accepted) => {
                [3].put(out);
                accepted.position.put(out);
                accepted.at.put(out);
            }
        }
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Ok(Self {
            number: u64::take(reader)?,
            id: reader.array()?,
            first_position: Position::take(reader)?,
            started_at: RecordedTime::take(reader)?,
            reason: match reader.byte()? {
                1 => EpochReason::Created,
                2 => EpochReason::Restored(Restored::take(reader)?),
                3 => EpochReason::Accepted(Accepted {
                    position: Position::take(reader)?,
                    at: RecordedTime::take(reader)?,
                }),
                _ => return Err(CodecError::Malformed { field: "reason" }),
            },
        })
    }
}

impl Wire for Restored {
    fn put(&self, out: &mut Vec<u8>) {
        self.backup.put(out);
        self.position.put(out);
        self.taken_at.put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Ok(Self {
            backup: u64::take(reader)?,
            position: Position::take(reader)?,
            taken_at: RecordedTime::take(reader)?,
        })
    }
}

/// Reads the history of a state; `None` in a ledger that no version with epochs has opened.
///
/// # Errors
///
/// [`EpochsError`].
pub fn read_epochs(state: &dyn Snapshot) -> Result<Option<Epochs>, EpochsError> {
    let stored = state.get(Space::Meta, EPOCHS_KEY)?;
    Ok(stored.map(|bytes| Epochs::decode(&bytes)).transpose()?)
}

/// Notes in a restored ledger that its first opening for writing begins an epoch. Nothing else may
/// have the ledger open.
///
/// # Errors
///
/// [`EpochsError::Log`].
pub fn note_fork(storage: &dyn Storage, restored: Restored) -> Result<(), EpochsError> {
    let term = storage.claim_epoch()?;
    write(storage, term, vec![fork(restored)])
}

/// What notes in a ledger whose end an operator accepted that its next opening for writing begins
/// an epoch: nobody can tell whether positions are given out again.
#[must_use]
pub fn accepted_note(accepted: Accepted) -> StateOp {
    // The number of no backup: they are counted from 1.
    fork(Restored {
        backup: NO_BACKUP,
        position: accepted.position,
        taken_at: accepted.at,
    })
}

fn fork(restored: Restored) -> StateOp {
    let mut note = vec![VERSION];
    restored.put(&mut note);
    StateOp::put(Space::Meta, FORK_KEY.to_vec(), note)
}

/// Reads the history, and begins what is to begin, at `now`: the first epoch of a new ledger, or
/// the next one of a ledger that was restored.
pub(crate) fn open(
    storage: &dyn Storage,
    term: Term,
    tip: &Tip,
    now: RecordedTime,
    ids: &mut EventIds,
) -> Result<Epochs, EpochsError> {
    let snapshot = storage.snapshot()?;
    let earlier = read_epochs(&*snapshot)?;
    let note = snapshot.get(Space::Meta, FORK_KEY)?;
    drop(snapshot);
    if storage.read_only().is_some() {
        // Nothing begins where nothing is written.
        return Ok(earlier.unwrap_or_else(Epochs::unrecorded));
    }
    let mut epochs: Vec<EpochStart> = earlier.iter().flat_map(Epochs::all).copied().collect();
    let mut begin = |first_position, reason| {
        let number = epochs
            .last()
            .map_or(1, |last| last.number.saturating_add(1));
        epochs.push(EpochStart {
            number,
            id: *ids.next(now).as_bytes(),
            first_position,
            started_at: now,
            reason,
        });
    };
    if earlier.is_none() {
        begin(Position::FIRST, EpochReason::Created);
    }
    let mut changes = Vec::new();
    if let Some(note) = note {
        let mut reader = Reader::versioned(&note, VERSION)?;
        let restored = Restored::take(&mut reader)?;
        reader.finish()?;
        let reason = match restored.backup {
            NO_BACKUP => EpochReason::Accepted(Accepted {
                position: restored.position,
                at: restored.taken_at,
            }),
            _ => EpochReason::Restored(restored),
        };
        begin(tip.last_position.next(), reason);
        changes.push(StateOp::delete(Space::Meta, FORK_KEY.to_vec()));
    }
    let epochs = Epochs(epochs.into());
    if earlier.as_ref() != Some(&epochs) {
        changes.push(StateOp::put(
            Space::Meta,
            EPOCHS_KEY.to_vec(),
            epochs.encode(),
        ));
        write(storage, term, changes)?;
        let current = epochs.current();
        tracing::info!(
            epoch = current.number,
            first_position = current.first_position.get(),
            reason = ?current.reason,
            "an epoch begins"
        );
    }
    Ok(epochs)
}

fn write(storage: &dyn Storage, term: Term, state: Vec<StateOp>) -> Result<(), EpochsError> {
    let group = CommitGroup {
        expected_last: storage.last_position(),
        blocks: Vec::new(),
        state,
    };
    storage.append(term, &group)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(number: u64, id: u8, first_position: u64) -> EpochStart {
        EpochStart {
            number,
            id: [id; 16],
            first_position: Position::new(first_position),
            started_at: RecordedTime::from_micros(7),
            reason: match number {
                1 => EpochReason::Created,
                _ => EpochReason::Restored(Restored {
                    backup: 3,
                    position: Position::new(first_position - 1),
                    taken_at: RecordedTime::from_micros(5),
                }),
            },
        }
    }

    fn epochs(of: &[EpochStart]) -> Epochs {
        Epochs(of.into())
    }

    /// These bytes are in ledgers and in their backups.
    #[test]
    fn a_history_is_written_as_it_always_was_and_read_back() {
        let history = epochs(&[epoch(1, 0xaa, 1), epoch(2, 0xbb, 301)]);
        let bytes = history.encode();
        let expected = format!(
            "0102{}{}{}{}",
            format_args!("01{}010e01", "aa".repeat(16)),
            format_args!("02{}ad020e02", "bb".repeat(16)),
            "03ac02",
            "0a"
        );
        assert_eq!(ledger_core::hex::encode(&bytes), expected);
        assert_eq!(Epochs::decode(&bytes), Ok(history));
        for length in 0..bytes.len() {
            assert!(Epochs::decode(&bytes[..length]).is_err());
        }
        assert!(Epochs::decode(&[VERSION, 0]).is_err());
    }

    #[test]
    fn an_accepted_end_is_written_as_it_always_was_and_read_back() {
        let accepted = EpochStart {
            reason: EpochReason::Accepted(Accepted {
                position: Position::new(300),
                at: RecordedTime::from_micros(5),
            }),
            ..epoch(2, 0xbb, 301)
        };
        let history = epochs(&[epoch(1, 0xaa, 1), accepted]);
        let bytes = history.encode();
        let expected = format!(
            "0102{}{}",
            format_args!("01{}010e01", "aa".repeat(16)),
            format_args!("02{}ad020e03ac020a", "bb".repeat(16)),
        );
        assert_eq!(ledger_core::hex::encode(&bytes), expected);
        assert_eq!(Epochs::decode(&bytes), Ok(history));
    }

    #[test]
    fn a_follower_beyond_a_fork_is_told_where_it_is() {
        let forked = |number, fork, asked| {
            Err(EpochError::Forked {
                number,
                fork: Position::new(fork),
                asked: Position::new(asked),
                current: 3,
            })
        };
        let unknown = Err(EpochError::Unknown { current: 3 });
        // Two forks; the third epoch gave out again what the second had.
        let history = epochs(&[epoch(1, 1, 1), epoch(2, 2, 101), epoch(3, 3, 51)]);
        #[rustfmt::skip]
        let cases = [
            // Number, identifier, position; what comes of it.
            (None,    None,    1_000, Ok(())),
            (Some(3), None,    1_000, Ok(())),
            (None,    Some(3), 1_000, Ok(())),
            (Some(3), Some(3), 1_000, Ok(())),
            (Some(2), None,       50, Ok(())),
            (Some(2), None,       51, forked(2, 50, 51)),
            (Some(2), Some(2),   120, forked(2, 50, 120)),
            (Some(1), None,        0, Ok(())),
            (Some(1), None,       50, Ok(())),
            (None,    Some(1),    51, forked(1, 50, 51)),
            (Some(4), None,        0, unknown),
            (None,    Some(9),     0, unknown),
            // The number of an epoch here, and the identifier of another fork's.
            (Some(3), Some(9),     0, unknown),
            (Some(0), None,        0, unknown),
        ];
        for (number, id, asked, expected) in cases {
            let id = id.map(|id| [id; 16]);
            let outcome = history.check(NamedEpoch { number, id }, Position::new(asked));
            assert_eq!(outcome, expected, "{number:?} {id:?} {asked}");
        }
    }
}
