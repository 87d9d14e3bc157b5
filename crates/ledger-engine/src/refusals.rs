//! Refused commands: an attempt is evidence, so it is kept beside the numbered log.

use crate::wire::{CodecError, Reader, Wire, fields, numbered};
use ledger_core::refusal::RuleCitation;
use ledger_core::simulate::{Stage, Why};
use ledger_core::{
    BusinessDate, CommandKind, EventKind, Position, Reason, RecordedTime, Refusal, RequestId,
};
use ledger_proto::refusal_bytes::KeptCommand;
use std::sync::Arc;

/// The version of the encoding. Version 1 had no details, and up to version 2 every fact was named;
/// both are read for ever.
const VERSION: u8 = 3;
const VERSION_WITHOUT_COUNT: u8 = 2;
const VERSION_WITHOUT_DETAIL: u8 = 1;

/// The version of the encoding of a note about a simulated refusal, which is never kept.
const NOTE_VERSION: u8 = 1;

/// One refused command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalRecord {
    /// When it was refused.
    pub recorded_at: RecordedTime,
    /// The authenticated principal.
    pub actor: Arc<str>,
    /// The system that sent the request, as it names itself.
    pub source_system: Arc<str>,
    /// The request that the command was part of.
    pub request_id: RequestId,
    /// Which command of the request, from zero.
    pub command_index: u32,
    /// The kind of event that the command asked for.
    pub asked_for: EventKind,
    /// The business date that it spoke of.
    pub occurred_on: BusinessDate,
    /// The last position when the request was settled: nothing after it was seen.
    pub decided_at: Position,
    /// Why it was refused.
    pub refusal: Refusal,
    /// What it takes to explain it and to try it again.
    pub detail: RefusalDetail,
}

impl RefusalRecord {
    /// The kind of the refused command. Two commands ask for the order of a payment; where the
    /// command was not kept the one for a class stands for both.
    #[must_use]
    pub fn command_kind(&self) -> CommandKind {
        if self.asked_for == EventKind::DisbursementOrdered
            && self.kind_kept() == Some(CommandKind::OrderAwardPayment)
        {
            return CommandKind::OrderAwardPayment;
        }
        self.asked_for.asked_by()
    }

    fn kind_kept(&self) -> Option<CommandKind> {
        let bytes = self.detail.command.as_deref()?;
        KeptCommand::from_bytes(bytes).ok()?.kind()
    }
}

/// What it takes to explain a refusal and to try its command again, as far as it was kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RefusalDetail {
    /// The last position whose state the decision saw; absent when it saw effects of earlier
    /// commands of its request that were undone, and in refusals of version 1.
    pub seen: Option<Position>,
    /// The command, as [`refusal_bytes`](ledger_proto::refusal_bytes) writes it; absent when it was
    /// too long, or one that nothing would follow from.
    pub command: Option<Vec<u8>>,
    /// The chain of rules, as [`refusal_bytes`](ledger_proto::refusal_bytes) writes it.
    pub explanation: Option<Vec<u8>>,
}

/// Returns the stored form of a refused command, the value under
/// [`keys::refusal`](ledger_log::keys::refusal).
#[must_use]
pub fn encode_refusal(record: &RefusalRecord) -> Vec<u8> {
    let mut out = vec![VERSION];
    put_record(record, &mut out);
    record.detail.put(&mut out);
    out
}

/// Reads what [`encode_refusal`] wrote, in this version or an earlier one.
///
/// # Errors
///
/// [`CodecError`] for an unknown version and for bytes that `encode_refusal` does not write.
pub fn decode_refusal(bytes: &[u8]) -> Result<RefusalRecord, CodecError> {
    let (version, facts) = match bytes.first() {
        Some(&VERSION_WITHOUT_DETAIL) => (VERSION_WITHOUT_DETAIL, Facts::All),
        Some(&VERSION_WITHOUT_COUNT) => (VERSION_WITHOUT_COUNT, Facts::All),
        _ => (VERSION, Facts::Counted),
    };
    let mut reader = Reader::versioned(bytes, version)?;
    let mut record = take_record(&mut reader, facts)?;
    if version != VERSION_WITHOUT_DETAIL {
        record.detail = RefusalDetail::take(&mut reader)?;
    }
    reader.finish()?;
    Ok(record)
}

/// The stored form of why a simulated decision differs.
pub(crate) fn encode_why(why: &Why) -> Vec<u8> {
    let mut out = vec![NOTE_VERSION];
    why.put(&mut out);
    out
}

/// Reads what [`encode_why`] wrote.
pub(crate) fn decode_why(bytes: &[u8]) -> Result<Why, CodecError> {
    let mut reader = Reader::versioned(bytes, NOTE_VERSION)?;
    let why = Why::take(&mut reader)?;
    reader.finish()?;
    Ok(why)
}

/// The fields of version 1, which come first in every version.
macro_rules! record_fields {
    ($($field:ident),+ $(,)?) => {
        fn put_record(record: &RefusalRecord, out: &mut Vec<u8>) {
            $( record.$field.put(out); )+
            record.refusal.put(out);
        }

        fn take_record(
            reader: &mut Reader<'_>,
            facts: Facts,
        ) -> Result<RefusalRecord, CodecError> {
            Ok(RefusalRecord {
                $( $field: Wire::take(reader)?, )+
                refusal: take_refusal(reader, facts)?,
                detail: RefusalDetail::default(),
            })
        }
    };
}

record_fields! {
    recorded_at, actor, source_system, request_id, command_index, asked_for, occurred_on,
    decided_at,
}

/// How a stored refusal names its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Facts {
    /// Every one of them.
    All,
    /// The first of them, with the count of the others.
    Counted,
}

/// Reads a refusal as this version or an earlier one stored it.
pub(crate) fn take_refusal(reader: &mut Reader<'_>, facts: Facts) -> Result<Refusal, CodecError> {
    Ok(Refusal {
        reason: Wire::take(reader)?,
        rule: Wire::take(reader)?,
        limit: Wire::take(reader)?,
        found: Wire::take(reader)?,
        facts: Wire::take(reader)?,
        facts_left_off: match facts {
            Facts::All => 0,
            Facts::Counted => Wire::take(reader)?,
        },
        subject: Wire::take(reader)?,
    })
}

impl Wire for Refusal {
    fn put(&self, out: &mut Vec<u8>) {
        let Self {
            reason,
            rule,
            limit,
            found,
            facts,
            facts_left_off,
            subject,
        } = self;
        reason.put(out);
        rule.put(out);
        limit.put(out);
        found.put(out);
        facts.put(out);
        facts_left_off.put(out);
        subject.put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        take_refusal(reader, Facts::Counted)
    }
}

numbered! {
    Stage { Approval = 1, Payment = 2 }
}

fields! {
    RefusalDetail { seen, command, explanation }
    Why { position, stage, refusal }
    RuleCitation { policy, document, clause, valid_from }
}

impl Wire for EventKind {
    fn put(&self, out: &mut Vec<u8>) {
        self.number().put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Self::from_number(u16::take(reader)?).ok_or(CodecError::Malformed { field: "EventKind" })
    }
}

impl Wire for Reason {
    fn put(&self, out: &mut Vec<u8>) {
        self.number().put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let number = u16::take(reader)?;
        Self::ALL
            .iter()
            .copied()
            .find(|reason| reason.number() == number)
            .ok_or(CodecError::Malformed { field: "Reason" })
    }
}
