//! Reading the parts that all events have in common.

use ledger_core::event::RecordedEvent;
use ledger_core::{
    AwardId, CaseId, CertificateNumber, ClassId, ClawbackId, DisbursementId, Event, EventId,
    EventKind, OrderId, PersonKey, Position, Posting, RecordedTime, Tag,
};
use prost::Message;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint};

use crate::from_proto::{
    date_from_proto, event_body_from_proto, posting_from_proto, tag_from_proto, time_from_proto,
};
use crate::interner::Interner;
use crate::to_proto::PAYLOAD_VERSION;
use crate::v1::{self, recorded_event::Body};

/// Reads an event whose fields are in ascending order, each at most once, as this ledger writes
/// them. `None` for anything else and for whatever is wrong with it.
pub(super) fn canonical(bytes: &[u8], names: &mut Interner) -> Option<RecordedEvent> {
    let mut fields = Fields { rest: bytes };
    let position = Position::new(fields.varint(1)?);
    let event_id = EventId::from_bytes(fields.bytes(2)?.try_into().ok()?);
    let kind = EventKind::from_number(u16::try_from(fields.varint(3)?).ok()?)?;
    if fields.varint(4)? != u64::from(PAYLOAD_VERSION) {
        return None;
    }
    let occurred_on = date_from_proto(Some(&message(fields.bytes(5)?)?)).ok()?;
    let recorded_at = time(fields.bytes(6)?)?;
    let actor = names.text(str::from_utf8(fields.optional_bytes(7)?).ok()?);
    let source_system = names.text(str::from_utf8(fields.optional_bytes(8)?).ok()?);
    let causes = causes(fields.optional_bytes(9)?)?;
    let policy = optional_position(fields.optional_varint(10)?);
    let tags = tags(&mut fields, names)?;
    let postings = postings(&mut fields)?;
    let body = event_body_from_proto(&fields.body(kind)?, names).ok()?;
    if position == Position::ZERO {
        return None;
    }
    let event = Event {
        occurred_on,
        causes,
        policy,
        tags,
        postings,
        body,
    };
    Some(RecordedEvent {
        position,
        event_id,
        recorded_at,
        actor,
        source_system,
        event,
    })
}

fn time(bytes: &[u8]) -> Option<RecordedTime> {
    time_from_proto(Some(&message(bytes)?)).ok()
}

fn causes(mut packed: &[u8]) -> Option<Vec<Position>> {
    // A position takes two bytes or more in all but the smallest logs.
    let mut causes = Vec::with_capacity(packed.len() / 2 + 1);
    while !packed.is_empty() {
        causes.push(optional_position(decode_varint(&mut packed).ok()?)?);
    }
    Some(causes)
}

fn optional_position(number: u64) -> Option<Position> {
    (number != 0).then_some(Position::new(number))
}

fn tags(fields: &mut Fields<'_>, names: &mut Interner) -> Option<Vec<Tag>> {
    // Most events have four to six.
    let mut tags = Vec::with_capacity(6);
    while fields.next_is(11) {
        tags.push(tag(fields.bytes(11)?, names)?);
    }
    Some(tags)
}

fn tag(bytes: &[u8], names: &mut Interner) -> Option<Tag> {
    let mut fields = Fields { rest: bytes };
    let key = *bytes.first()?;
    // The tags that most events have. The key of a field of bytes is its number times 8, plus 2.
    let tag = match key {
        0x0a => Tag::Person(PersonKey::from_bytes(fields.bytes(1)?.try_into().ok()?)),
        0x12 => Tag::Class(ClassId::from_bytes(fields.bytes(2)?.try_into().ok()?)),
        0x1a => Tag::Institution(
            names
                .credit_code(str::from_utf8(fields.bytes(3)?).ok()?)
                .ok()?,
        ),
        0x22 => Tag::Certificate(certificate(fields.bytes(4)?)?),
        0x32 => Tag::Disbursement(DisbursementId::from_bytes(
            fields.bytes(6)?.try_into().ok()?,
        )),
        0x3a => Tag::Case(CaseId::from_bytes(fields.bytes(7)?.try_into().ok()?)),
        0x42 => Tag::Clawback(ClawbackId::from_bytes(fields.bytes(8)?.try_into().ok()?)),
        0x5a => Tag::Award(AwardId::from_bytes(fields.bytes(11)?.try_into().ok()?)),
        0x62 => Tag::Order(OrderId::from_bytes(fields.bytes(12)?.try_into().ok()?)),
        _ => match tag_from_proto(&message::<v1::Tag>(bytes)?, names).ok()? {
            Tag::LedgerAccount(_) => return None,
            tag => return Some(tag),
        },
    };
    fields.rest.is_empty().then_some(tag)
}

fn certificate(bytes: &[u8]) -> Option<CertificateNumber> {
    CertificateNumber::from_record(str::from_utf8(bytes).ok()?).ok()
}

fn postings(fields: &mut Fields<'_>) -> Option<Vec<Posting>> {
    let mut postings = Vec::new();
    while fields.next_is(12) {
        postings.push(posting_from_proto(&message(fields.bytes(12)?)?).ok()?);
    }
    Some(postings)
}

fn message<M: Message + Default>(bytes: &[u8]) -> Option<M> {
    M::decode(bytes).ok()
}

/// Fields that are taken off in order; numbers up to fifteen have a key of one byte.
struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Whether the next field has this number and a length.
    fn next_is(&self, number: u8) -> bool {
        self.rest.first() == Some(&key(number, WireType::LengthDelimited))
    }

    /// Takes a number that is there.
    fn varint(&mut self, number: u8) -> Option<u64> {
        let rest = self.rest.strip_prefix(&[key(number, WireType::Varint)])?;
        self.rest = rest;
        decode_varint(&mut self.rest).ok()
    }

    /// Takes a number, which is zero when it is left out.
    fn optional_varint(&mut self, number: u8) -> Option<u64> {
        match self.rest.first() == Some(&key(number, WireType::Varint)) {
            true => self.varint(number),
            false => Some(0),
        }
    }

    /// Takes bytes that are there.
    fn bytes(&mut self, number: u8) -> Option<&'a [u8]> {
        self.rest = self
            .rest
            .strip_prefix(&[key(number, WireType::LengthDelimited)])?;
        let len = usize::try_from(decode_varint(&mut self.rest).ok()?).ok()?;
        let (bytes, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(bytes)
    }

    /// Takes bytes, which are empty when they are left out.
    fn optional_bytes(&mut self, number: u8) -> Option<&'a [u8]> {
        match self.next_is(number) {
            true => self.bytes(number),
            false => Some(&[]),
        }
    }

    /// Takes the body, which is the last field and has the number of its kind.
    fn body(mut self, kind: EventKind) -> Option<Body> {
        let (number, wire_type) = decode_key(&mut self.rest).ok()?;
        // The generated code stops the process at a number that is none of a body.
        if number != u32::from(kind.number()).saturating_add(100) {
            return None;
        }
        let mut body = None;
        Body::merge(
            &mut body,
            number,
            wire_type,
            &mut self.rest,
            DecodeContext::default(),
        )
        .ok()?;
        self.rest.is_empty().then_some(body)?
    }
}

/// The key of a field: its number, and how its value is written.
const fn key(number: u8, wire_type: WireType) -> u8 {
    // No overflow: numbers up to fifteen.
    number.wrapping_mul(8)
        | match wire_type {
            WireType::LengthDelimited => 2,
            _ => 0,
        }
}
