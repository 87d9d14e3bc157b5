//! The bytes of a stored event: written once, hashed, and served as they are.
//!
//! Every event passes here once when it is appended and once at every rebuild, and the general
//! way through the generated message allocates for each identifier and text on it. So the parts
//! that all events have in common are written and read directly, and only the body goes through
//! the generated code. The tests hold both to the general way, byte by byte.

mod head;
mod read;
mod write;

pub use head::EventHead;

use ledger_core::event::RecordedEvent;
use prost::Message as _;

use crate::error::{DecodeError, DecodeProblem};
use crate::from_proto::recorded_event_from_proto;
use crate::interner::Interner;
use crate::v1;

/// Appends the bytes of an event to `buffer`: what is stored, hashed and served.
///
/// Ledger account tags are left out: the postings say them already.
pub fn recorded_event_to_bytes(recorded: &RecordedEvent, buffer: &mut Vec<u8>) {
    write::recorded_event(recorded, buffer);
}

/// Reads an event from its stored bytes. `names` belongs to the reader and is passed again for the
/// next event.
///
/// # Errors
///
/// Fails when the bytes are no event of the contract. Stored bytes that fail have been damaged or
/// were written by a later version.
pub fn recorded_event_from_bytes(
    bytes: &[u8],
    names: &mut Interner,
) -> Result<RecordedEvent, DecodeError> {
    match read::canonical(bytes, names) {
        Some(recorded) => Ok(recorded),
        // Another encoding of a good event, or not a good event: the general way says which.
        None => {
            let wire = v1::RecordedEvent::decode(bytes).map_err(DecodeProblem::Malformed)?;
            recorded_event_from_proto(&wire, names)
        }
    }
}
