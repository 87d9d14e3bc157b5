//! Events: what belongs to every kind. The bodies stand in the tables of [`crate::wire`].

use ledger_core::Tag;
use ledger_core::event::{EventBody, RecordedEvent};

use super::value::{bytes, optional_position, positions};
use super::{date_to_proto, event_kind_to_proto, posting_to_proto, tag_to_proto, time_to_proto};
use crate::v1::{self, recorded_event::Body};
use crate::wire::ToWire as _;

/// The layout of every event body so far.
pub const PAYLOAD_VERSION: u32 = 1;

/// Translates a recorded event.
///
/// Ledger account tags are left out: the postings say them already.
#[must_use]
pub fn recorded_event_to_proto(recorded: &RecordedEvent) -> v1::RecordedEvent {
    let event = &recorded.event;
    let is_stored = |tag: &&Tag| !matches!(tag, Tag::LedgerAccount(_));
    v1::RecordedEvent {
        position: recorded.position.get(),
        event_id: bytes(recorded.event_id.as_bytes()),
        kind: event_kind_to_proto(event.body.kind()).into(),
        payload_version: PAYLOAD_VERSION,
        occurred_date: Some(date_to_proto(event.occurred_on)),
        recorded_time: Some(time_to_proto(recorded.recorded_at)),
        actor: recorded.actor.as_ref().to_owned(),
        source_system: recorded.source_system.as_ref().to_owned(),
        causes: positions(&event.causes),
        policy_position: optional_position(event.policy),
        tags: event
            .tags
            .iter()
            .filter(is_stored)
            .map(tag_to_proto)
            .collect(),
        postings: event.postings.iter().map(posting_to_proto).collect(),
        body: Some(event_body_to_proto(&event.body)),
    }
}

/// Translates the fact itself.
#[must_use]
pub fn event_body_to_proto(body: &EventBody) -> Body {
    body.to_wire()
}
