//! The details of a status, within what the headers of an answer can carry.

use std::collections::HashMap;

use ledger_core::hex;
use ledger_core::refusal::{Category, Refusal};
use prost::Message as _;
use tonic::Status;
use tonic_types::{ErrorDetails, QuotaViolation, StatusExt as _};

use super::{ApiError, IndexedRefusal, failure_to_proto};
use crate::to_proto::unit_to_proto;
use crate::v1;
use crate::{ERROR_DOMAIN, error::DecodeError};

/// Bytes of the refusals in one status.
///
/// A status travels in trailers, base64-coded, and many clients refuse more than 16 KiB of them.
/// Refusals appear twice, once in the ledger's form and once in the standard one, which is
/// smaller; with 4 KiB for the first everything stays below 12 KiB. The rest is counted.
const REFUSAL_BYTES_MAX: usize = 4 * 1024;

/// Field violations in one status, for the same reason: each is below 200 bytes.
const FIELD_VIOLATIONS_MAX: usize = 20;

/// Positions of facts in one refusal of a status, for the same reason; an event that says which
/// ones used a quota names far fewer.
const FACTS_MAX: usize = 20;

/// Type of the ledger's own detail.
pub(super) const FAILURE_TYPE_URL: &str = "type.googleapis.com/subsidy.ledger.v1.Failure";

/// Where the error info of a request id that is used again names what is on record under it.
pub(super) const RECORDED_DIGEST: &str = "recorded_digest";

pub(super) fn status(error: &ApiError) -> Status {
    let mut failure = failure_to_proto(error);
    shorten(&mut failure);
    let mut details = ErrorDetails::new();
    details.set_error_info(error.reason(), ERROR_DOMAIN, metadata(error));
    details.set_localized_message("zh-CN", localized(error));
    match error {
        ApiError::Refused(refusals) => {
            refusals
                .iter()
                .take(failure.refusals.len())
                .for_each(|refusal| {
                    add_refusal(&mut details, refusal);
                });
        }
        ApiError::Invalid(problems) => {
            problems
                .iter()
                .take(failure.field_violations.len())
                .for_each(|problem| {
                    add_problem(&mut details, problem);
                });
        }
        ApiError::RequestIdReused { request_id, .. } => {
            details.set_resource_info("request", request_id.to_string(), "", error.to_string());
        }
        _ => {}
    }
    if let Some(delay) = error.retry_after() {
        details.set_retry_info(Some(delay));
    }
    let status = Status::with_error_details(error.code(), error.to_string(), details);
    with_failure(&status, &failure)
}

/// Adds the ledger's own detail to the standard ones.
fn with_failure(status: &Status, failure: &v1::Failure) -> Status {
    let mut encoded = tonic_types::pb::Status::decode(status.details())
        .expect("the details were encoded a moment ago");
    encoded.details.push(prost_types::Any {
        type_url: FAILURE_TYPE_URL.to_owned(),
        value: failure.encode_to_vec(),
    });
    Status::with_details(
        status.code(),
        status.message(),
        encoded.encode_to_vec().into(),
    )
}

/// Cuts off what the headers of an answer cannot carry; the first refusal always stays.
fn shorten(failure: &mut v1::Failure) {
    failure.field_violations.truncate(FIELD_VIOLATIONS_MAX);
    let mut bytes = 0usize;
    let mut kept = 0usize;
    for indexed in &mut failure.refusals {
        if let Some(refusal) = &mut indexed.refusal {
            let beyond = refusal.facts.len().saturating_sub(FACTS_MAX);
            refusal.facts.truncate(FACTS_MAX);
            let beyond = u32::try_from(beyond).unwrap_or(u32::MAX);
            refusal.facts_left_off = refusal.facts_left_off.saturating_add(beyond);
        }
        bytes = bytes.saturating_add(indexed.encoded_len());
        if kept > 0 && bytes > REFUSAL_BYTES_MAX {
            break;
        }
        kept = kept.saturating_add(1);
    }
    failure.refusals.truncate(kept);
}

fn metadata(error: &ApiError) -> HashMap<String, String> {
    let mut metadata = HashMap::new();
    let mut put = |key: &str, value: String| metadata.insert(key.to_owned(), value);
    match error {
        ApiError::Refused(refusals) => {
            put("refused_count", refusals.len().to_string());
            if let Some(first) = refusals.first() {
                refusal_metadata(first, &mut put);
            }
        }
        ApiError::Invalid(problems) => {
            put("violation_count", problems.len().to_string());
        }
        ApiError::RequestIdReused {
            request_id,
            recorded_digest,
            sent_digest,
        } => {
            put("request_id", request_id.to_string());
            put(RECORDED_DIGEST, hex::encode(recorded_digest));
            put("sent_digest", hex::encode(sent_digest));
        }
        ApiError::DiskFull {
            needed,
            free,
            headroom,
            ..
        } => {
            put("needed_bytes", needed.to_string());
            put("free_bytes", free.to_string());
            put("headroom_bytes", headroom.to_string());
        }
        ApiError::LogDamaged { position } => {
            put("position", position.to_string());
        }
        ApiError::PositionNotReached {
            asked,
            log_position,
        }
        | ApiError::PositionBeyondLog {
            asked,
            log_position,
        } => {
            put("asked_position", asked.to_string());
            put("log_position", log_position.to_string());
        }
        ApiError::EpochForked {
            epoch,
            fork,
            asked,
            current,
        } => {
            put("epoch", epoch.to_string());
            put("fork_position", fork.to_string());
            put("asked_position", asked.to_string());
            put("current_epoch", current.to_string());
        }
        ApiError::BackupNoRoom { needed, available } => {
            put("needed_bytes", needed.to_string());
            put("available_bytes", available.to_string());
        }
        ApiError::EpochUnknown { current } => {
            put("current_epoch", current.to_string());
        }
        _ => intake_metadata(error, &mut put),
    }
    metadata
}

/// The figures of a message that was not taken in.
fn intake_metadata(error: &ApiError, put: &mut impl FnMut(&str, String) -> Option<String>) {
    match error {
        ApiError::MessageTooLarge { bytes, max } | ApiError::ReceivingFull { bytes, max, .. } => {
            put("bytes", bytes.to_string());
            put("bytes_max", max.to_string());
        }
        ApiError::ReceivedTooSlowly { bytes, time, .. } => {
            put("bytes", bytes.to_string());
            put("time_max_ms", time.as_millis().to_string());
        }
        ApiError::StateDamaged { space, is_derived } => {
            put("space", (*space).to_owned());
            let remedy = if *is_derived { "rebuild" } else { "restore" };
            put("remedy", remedy.to_owned());
        }
        _ => {}
    }
}

/// What went wrong, in Chinese; of a refusal with its numbers and their unit.
fn localized(error: &ApiError) -> String {
    let message = error.message_zh();
    let measured = match error {
        ApiError::Refused(refusals) => refusals.first().map(|first| first.refusal.measured_zh()),
        _ => None,
    };
    match measured.filter(|measured| !measured.is_empty()) {
        Some(measured) => format!("{message}（{measured}）"),
        None => message.to_owned(),
    }
}

fn refusal_metadata(
    indexed: &IndexedRefusal,
    put: &mut impl FnMut(&str, String) -> Option<String>,
) {
    let refusal = &indexed.refusal;
    if let Some(index) = indexed.command_index {
        put("command_index", index.to_string());
    }
    if let Some(rule) = &refusal.rule {
        put("document", rule.document.as_ref().to_owned());
        put("clause", rule.clause.as_ref().to_owned());
        put("policy_position", rule.policy.to_string());
    }
    if let Some(limit) = refusal.limit {
        put("limit", limit.to_string());
    }
    if let Some(found) = refusal.found {
        put("found", found.to_string());
    }
    if let Some(unit) = refusal.unit() {
        put("unit", unit_to_proto(unit).as_str_name().to_owned());
    }
    if !refusal.facts.is_empty() {
        let facts = refusal
            .facts
            .iter()
            .take(FACTS_MAX)
            .map(ToString::to_string);
        put("facts", facts.collect::<Vec<_>>().join(","));
    }
    let named = refusal.facts.len().min(FACTS_MAX);
    let beyond = u32::try_from(refusal.facts.len().saturating_sub(named)).unwrap_or(u32::MAX);
    let left_off = refusal.facts_left_off.saturating_add(beyond);
    if left_off > 0 {
        put("facts_left_off", left_off.to_string());
    }
    if let Some(subject) = &refusal.subject {
        put("subject", subject.as_ref().to_owned());
    }
}

fn add_refusal(details: &mut ErrorDetails, indexed: &IndexedRefusal) {
    let refusal = &indexed.refusal;
    let place = place(indexed);
    let subject = refusal.subject.as_deref().unwrap_or(&place).to_owned();
    let description = format!("{place}: {refusal}");
    let name = refusal.reason.name();
    match refusal.reason.category() {
        Category::InvalidArgument => {
            details.add_bad_request_violation(place, refusal.to_string());
        }
        // There is at most one resource in a status; a second one is a precondition not met.
        Category::NotFound | Category::AlreadyExists if details.resource_info().is_none() => {
            details.set_resource_info(resource_type(refusal), subject, "", description);
        }
        Category::NotFound | Category::AlreadyExists | Category::FailedPrecondition => {
            details.add_precondition_failure_violation(name, subject, description);
        }
        Category::Exhausted => add_quota_violation(details, refusal, subject, description),
    }
}

fn add_quota_violation(
    details: &mut ErrorDetails,
    refusal: &Refusal,
    subject: String,
    description: String,
) {
    let mut violations = details
        .quota_failure()
        .map(|quota| quota.violations.clone())
        .unwrap_or_default();
    let clause = refusal
        .rule
        .as_ref()
        .map_or("", |rule| rule.clause.as_ref());
    violations.push(QuotaViolation {
        quota_metric: refusal.reason.name().to_owned(),
        quota_id: clause.to_owned(),
        quota_value: refusal.limit.unwrap_or_default(),
        ..QuotaViolation::new(subject, description)
    });
    details.set_quota_failure(violations);
}

fn add_problem(details: &mut ErrorDetails, problem: &DecodeError) {
    details.add_bad_request_violation(problem.field(), problem.problem().to_string());
}

fn place(indexed: &IndexedRefusal) -> String {
    indexed.command_index.map_or_else(
        || "request".to_owned(),
        |index| format!("commands[{index}]"),
    )
}

/// What kind of thing is unknown or exists already: the reason without its last word.
fn resource_type(refusal: &Refusal) -> String {
    let name = refusal.reason.name();
    let thing = name
        .strip_suffix("_NOT_FOUND")
        .or_else(|| name.strip_suffix("_EXISTS"));
    thing.unwrap_or(name).to_ascii_lowercase()
}
