//! Events: what belongs to every kind. The bodies stand in the tables of [`crate::wire`].

use ledger_core::event::{EventBody, RecordedEvent};
use ledger_core::{Event, EventId, Tag};

use super::value::{id, list, optional_position, position};
use super::{
    date_from_proto, event_kind_from_proto, posting_from_proto, tag_from_proto, time_from_proto,
};
use crate::error::{DecodeError, DecodeProblem, Within as _};
use crate::interner::Interner;
use crate::to_proto::PAYLOAD_VERSION;
use crate::v1::{self, recorded_event::Body};
use crate::wire::{FromWire, Reader, Record};

/// Reads a recorded event.
///
/// # Errors
///
/// Names the field that is not what the contract asks for.
pub fn recorded_event_from_proto(
    wire: &v1::RecordedEvent,
    names: &mut Interner,
) -> Result<RecordedEvent, DecodeError> {
    if wire.payload_version != PAYLOAD_VERSION {
        let problem = DecodeProblem::PayloadVersion(wire.payload_version);
        return Err(DecodeError::new("payload_version", problem));
    }
    let body = wire
        .body
        .as_ref()
        .ok_or(DecodeProblem::Missing)
        .map_err(DecodeError::from);
    let body = event_body_from_proto(body.within("body")?, names)?;
    if event_kind_from_proto(wire.kind).within("kind")? != body.kind() {
        return Err(DecodeError::new(
            "kind",
            DecodeProblem::KindMismatch(wire.kind),
        ));
    }
    Ok(RecordedEvent {
        position: position(wire.position).within("position")?,
        event_id: id(&wire.event_id, EventId::from_bytes).within("event_id")?,
        recorded_at: time_from_proto(wire.recorded_time.as_ref()).within("recorded_time")?,
        actor: names.text(&wire.actor),
        source_system: names.text(&wire.source_system),
        event: Event {
            occurred_on: date_from_proto(wire.occurred_date.as_ref()).within("occurred_date")?,
            causes: list("causes", &wire.causes, usize::MAX, |cause| position(*cause))?,
            policy: optional_position(wire.policy_position),
            tags: list("tags", &wire.tags, usize::MAX, |tag| stored_tag(tag, names))?,
            postings: list("postings", &wire.postings, usize::MAX, posting_from_proto)?,
            body,
        },
    })
}

/// Reads the fact itself.
///
/// # Errors
///
/// Names the field that is not what the contract asks for.
pub fn event_body_from_proto(body: &Body, names: &mut Interner) -> Result<EventBody, DecodeError> {
    let mut reader = Reader {
        names,
        source: Record,
    };
    FromWire::from_wire(body, &mut reader)
}

fn stored_tag(wire: &v1::Tag, names: &mut Interner) -> Result<Tag, DecodeError> {
    match tag_from_proto(wire, names)? {
        Tag::LedgerAccount(_) => Err(DecodeProblem::DerivedTag.into()),
        tag => Ok(tag),
    }
}
