//! The tip: where the log ends, committed with every group.

use crate::wire::{CodecError, Reader, Wire};
use ledger_core::merkle::{self, CompactRange};
use ledger_core::{Position, RecordedTime};

/// The key of the tip in [`Space::Meta`](ledger_log::Space::Meta).
pub(crate) const TIP_KEY: &[u8] = b"tip";

/// The version of the encoding.
const VERSION: u8 = 1;

/// What is known about the end of the log without reading the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    /// The last position; zero for an empty log.
    pub last_position: Position,
    /// When the last event was recorded.
    pub recorded_at: RecordedTime,
    /// Sequence number of the last refusal; zero when there is none.
    pub refusals: u64,
    /// The Merkle tree over the leaf hashes of all events (RFC 6962).
    pub range: CompactRange,
}

impl Default for Tip {
    fn default() -> Self {
        Self {
            last_position: Position::ZERO,
            recorded_at: RecordedTime::from_micros(0),
            refusals: 0,
            range: CompactRange::new(),
        }
    }
}

impl Tip {
    /// The root of the Merkle tree.
    #[must_use]
    pub fn root(&self) -> merkle::Hash {
        self.range.root()
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        self.last_position.put(&mut out);
        self.recorded_at.put(&mut out);
        self.refusals.put(&mut out);
        // The length of the range is the last position, and gives the number of peaks.
        for peak in self.range.peaks() {
            peak.put(&mut out);
        }
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::versioned(bytes, VERSION)?;
        let last_position = Position::take(&mut reader)?;
        let recorded_at = RecordedTime::take(&mut reader)?;
        let refusals = u64::take(&mut reader)?;
        let peaks = last_position.get().count_ones();
        let peaks = (0..peaks)
            .map(|_| reader.array())
            .collect::<Result<Vec<_>, _>>()?;
        reader.finish()?;
        let range = CompactRange::from_parts(last_position.get(), peaks)
            .ok_or(CodecError::Malformed { field: "peaks" })?;
        Ok(Self {
            last_position,
            recorded_at,
            refusals,
            range,
        })
    }
}
