//! The stored bytes of an event, as `ledger-proto` writes and reads them.

use ledger_core::RecordedEvent;
use ledger_proto::{DecodeError, Interner, recorded_event_from_bytes};

pub(crate) use ledger_proto::recorded_event_to_bytes as event_to_bytes;

/// Reads the bytes of a single event; whoever reads many keeps an [`Interner`].
pub(crate) fn event_from_bytes(bytes: &[u8]) -> Result<RecordedEvent, DecodeError> {
    recorded_event_from_bytes(bytes, &mut Interner::default())
}
