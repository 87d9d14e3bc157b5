//! The few fields of a stored event that a search looks at.

use ledger_core::{EventKind, RecordedTime};
use prost::Message as _;

use crate::error::{DecodeError, DecodeProblem};

/// The part of a stored event that filters look at; everything else is passed over.
#[derive(Debug, Clone, PartialEq)]
pub struct EventHead(Head);

#[derive(Clone, PartialEq, prost::Message)]
struct Head {
    #[prost(int32, tag = "3")]
    kind: i32,
    #[prost(message, optional, tag = "6")]
    recorded_time: Option<Timestamp>,
}

/// `google.protobuf.Timestamp`, to be read without a conversion in between.
#[derive(Clone, Copy, PartialEq, prost::Message)]
struct Timestamp {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

impl EventHead {
    /// Reads the head of a stored event.
    ///
    /// # Errors
    ///
    /// Fails when the bytes are no message.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let head = Head::decode(bytes).map_err(DecodeProblem::Malformed)?;
        Ok(Self(head))
    }

    /// The kind of the event; `None` for one that a later version has written.
    #[must_use]
    pub fn kind(&self) -> Option<EventKind> {
        u16::try_from(self.0.kind)
            .ok()
            .and_then(EventKind::from_number)
    }

    /// Whether the event is of one of these kinds; no kinds at all stand for every kind.
    #[must_use]
    pub fn is_one_of(&self, kinds: &[EventKind]) -> bool {
        kinds.is_empty()
            || kinds
                .iter()
                .any(|kind| i32::from(kind.number()) == self.0.kind)
    }

    /// When the event was recorded.
    #[must_use]
    pub fn recorded_at(&self) -> RecordedTime {
        let time = self.0.recorded_time.unwrap_or_default();
        let micros = time.seconds.saturating_mul(1_000_000);
        RecordedTime::from_micros(micros.saturating_add(i64::from(time.nanos / 1_000)))
    }
}
