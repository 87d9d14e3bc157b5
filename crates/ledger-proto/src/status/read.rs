//! What a client reads back from a status or from an answer of a stream.

use std::time::Duration;

use ledger_core::hex;
use ledger_core::refusal::Reason;
use prost::Message as _;
use tonic::{Code, Status};
use tonic_types::{ErrorInfo, StatusExt as _};

use super::details::{FAILURE_TYPE_URL, RECORDED_DIGEST};
use crate::{ERROR_DOMAIN, v1};

/// Why a call failed, as the server says.
#[derive(Debug, Clone, PartialEq)]
pub struct DecodedFailure {
    /// The gRPC code.
    pub code: Code,
    /// Name of the first reason in UPPER_SNAKE.
    pub reason: String,
    /// What went wrong, in English.
    pub message: String,
    /// The refused commands; a status holds only as many as its headers can carry.
    pub refusals: Vec<DecodedRefusal>,
    /// How many commands were refused in all.
    pub refused_count: u32,
    /// The fields that are wrong, with what is wrong with them.
    pub field_violations: Vec<v1::FieldViolation>,
    /// After which time a retry makes sense, when the server says so.
    pub retry_after: Option<Duration>,
    /// SHA-256 of the request on record under a request id that is used again; only a status has
    /// room for it.
    pub recorded_digest: Option<[u8; 32]>,
}

/// A refusal and the command that it refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedRefusal {
    /// Index of the command in the request; absent for a question.
    pub command_index: Option<u32>,
    /// The reason; absent when the server knows one that this version does not. Its name and its
    /// messages are in `refusal` all the same.
    pub reason: Option<Reason>,
    /// The refusal as it was sent.
    pub refusal: v1::Refusal,
    /// Number under which it is on record; absent when it is not recorded.
    pub refusal_number: Option<u64>,
}

/// Reads what a status of this service says, or `None` when it comes from somewhere else.
#[must_use]
pub fn failure_from_status(status: &Status) -> Option<DecodedFailure> {
    let info = status
        .get_details_error_info()
        .filter(|info| info.domain == ERROR_DOMAIN);
    let mut failure = match (own_detail(status), &info) {
        (Some(own), _) => failure_from_proto(own),
        // An error that has nothing more to tell.
        (None, Some(info)) => failure_from_proto(v1::Failure {
            code: u32::try_from(i32::from(status.code())).unwrap_or_default(),
            reason: info.reason.clone(),
            message: status.message().to_owned(),
            ..v1::Failure::default()
        }),
        (None, None) => return None,
    };
    failure.recorded_digest = info.and_then(|info| recorded_digest(&info));
    Some(failure)
}

/// The ledger's own detail of a status.
fn own_detail(status: &Status) -> Option<v1::Failure> {
    let encoded = tonic_types::pb::Status::decode(status.details()).ok()?;
    let mut details = encoded.details.iter();
    let own = details.find(|detail| detail.type_url == FAILURE_TYPE_URL)?;
    v1::Failure::decode(own.value.as_slice()).ok()
}

fn recorded_digest(info: &ErrorInfo) -> Option<[u8; 32]> {
    hex::decode_array(info.metadata.get(RECORDED_DIGEST)?)
}

/// Reads the answer to a refused request of a stream.
#[must_use]
pub fn failure_from_proto(wire: v1::Failure) -> DecodedFailure {
    DecodedFailure {
        code: i32::try_from(wire.code).map_or(Code::Unknown, Code::from),
        reason: wire.reason,
        message: wire.message,
        refusals: wire
            .refusals
            .into_iter()
            .filter_map(decoded_refusal)
            .collect(),
        refused_count: wire.refused_count,
        field_violations: wire.field_violations,
        retry_after: match wire.retry_delay_ms {
            0 => None,
            delay => Some(Duration::from_millis(delay)),
        },
        recorded_digest: None,
    }
}

/// Reads the first refusal of a status, if it holds one.
#[must_use]
pub fn refusal_from_status(status: &Status) -> Option<DecodedRefusal> {
    refusals_from_status(status).into_iter().next()
}

/// Reads the refusals of a status; empty when it holds none.
#[must_use]
pub fn refusals_from_status(status: &Status) -> Vec<DecodedRefusal> {
    failure_from_status(status)
        .map(|failure| failure.refusals)
        .unwrap_or_default()
}

fn decoded_refusal(wire: v1::IndexedRefusal) -> Option<DecodedRefusal> {
    let refusal = wire.refusal?;
    let number = refusal.number;
    let reason = Reason::ALL
        .iter()
        .find(|reason| u32::from(reason.number()) == number);
    Some(DecodedRefusal {
        refusal_number: Some(wire.refusal_number).filter(|number| *number > 0),
        command_index: wire.command_index,
        reason: reason.copied(),
        refusal,
    })
}
