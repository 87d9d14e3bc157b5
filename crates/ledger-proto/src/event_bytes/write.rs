//! Writing the parts that all events have in common.

use ledger_core::event::RecordedEvent;
use ledger_core::{Posting, Tag};
use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint};

use crate::to_proto::{
    PAYLOAD_VERSION, date_to_proto, event_body_to_proto, posting_to_proto, tag_to_proto,
    time_to_proto,
};

/// Writes the fields in ascending order and leaves defaults out, as protobuf libraries do.
pub(super) fn recorded_event(recorded: &RecordedEvent, buffer: &mut Vec<u8>) {
    let event = &recorded.event;
    varint(1, recorded.position.get(), buffer);
    bytes(2, recorded.event_id.as_bytes(), buffer);
    varint(3, event.body.kind().number().into(), buffer);
    varint(4, PAYLOAD_VERSION.into(), buffer);
    message(5, &date_to_proto(event.occurred_on), buffer);
    message(6, &time_to_proto(recorded.recorded_at), buffer);
    text(7, &recorded.actor, buffer);
    text(8, &recorded.source_system, buffer);
    packed(9, event.causes.iter().map(|cause| cause.get()), buffer);
    varint(10, event.policy.map_or(0, |policy| policy.get()), buffer);
    event.tags.iter().for_each(|one| tag(11, one, buffer));
    event
        .postings
        .iter()
        .for_each(|one| posting(12, one, buffer));
    event_body_to_proto(&event.body).encode(buffer);
}

/// Writes a tag; the ones that most events have need no message in between.
fn tag(number: u32, tag: &Tag, buffer: &mut Vec<u8>) {
    match tag {
        Tag::Person(key) => wrapped(number, 1, key.as_bytes(), buffer),
        Tag::Class(id) => wrapped(number, 2, id.as_bytes(), buffer),
        Tag::Institution(code) => wrapped(number, 3, code.as_bytes(), buffer),
        Tag::Certificate(certificate) => {
            wrapped(number, 4, certificate.as_str().as_bytes(), buffer);
        }
        Tag::Disbursement(id) => wrapped(number, 6, id.as_bytes(), buffer),
        Tag::Case(id) => wrapped(number, 7, id.as_bytes(), buffer),
        Tag::Clawback(id) => wrapped(number, 8, id.as_bytes(), buffer),
        Tag::Award(id) => wrapped(number, 11, id.as_bytes(), buffer),
        Tag::Order(id) => wrapped(number, 12, id.as_bytes(), buffer),
        Tag::Division(_) | Tag::Account(_) => message(number, &tag_to_proto(tag), buffer),
        Tag::LedgerAccount(_) => {}
    }
}

fn posting(number: u32, posting: &Posting, buffer: &mut Vec<u8>) {
    message(number, &posting_to_proto(posting), buffer);
}

fn varint(number: u32, value: u64, buffer: &mut Vec<u8>) {
    if value != 0 {
        encode_key(number, WireType::Varint, buffer);
        encode_varint(value, buffer);
    }
}

fn text(number: u32, value: &str, buffer: &mut Vec<u8>) {
    if !value.is_empty() {
        bytes(number, value.as_bytes(), buffer);
    }
}

fn bytes(number: u32, value: &[u8], buffer: &mut Vec<u8>) {
    encode_key(number, WireType::LengthDelimited, buffer);
    encode_varint(length(value.len()), buffer);
    buffer.extend_from_slice(value);
}

/// A message whose only field is `value`.
fn wrapped(number: u32, inner: u32, value: &[u8], buffer: &mut Vec<u8>) {
    let value_len = encoded_len_varint(length(value.len())).saturating_add(value.len());
    let key_len = prost::encoding::key_len(inner);
    encode_key(number, WireType::LengthDelimited, buffer);
    encode_varint(length(key_len.saturating_add(value_len)), buffer);
    bytes(inner, value, buffer);
}

fn message(number: u32, message: &impl Message, buffer: &mut Vec<u8>) {
    prost::encoding::message::encode(number, message, buffer);
}

fn packed(number: u32, values: impl Iterator<Item = u64> + Clone, buffer: &mut Vec<u8>) {
    let len: usize = values.clone().map(encoded_len_varint).sum();
    if len != 0 {
        encode_key(number, WireType::LengthDelimited, buffer);
        encode_varint(length(len), buffer);
        values.for_each(|value| encode_varint(value, buffer));
    }
}

fn length(len: usize) -> u64 {
    u64::try_from(len).expect("a length fits 64 bits")
}
