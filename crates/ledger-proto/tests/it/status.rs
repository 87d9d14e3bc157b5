//! Every reason becomes a status with the right details, and is read back as it was.
//!
//! Long: one table of reasons and their details.

use std::time::Duration;

use ledger_core::refusal::{Category, Reason, Refusal, RuleCitation};
use ledger_core::{Position, RequestId};
use ledger_proto::from_proto::refusal_from_proto;
use ledger_proto::status::{
    ApiError, DecodedFailure, IndexedRefusal, complete, failure_from_proto, failure_from_status,
    failure_to_proto, refusal_from_status, refusals_from_status, status_from_error,
};
use ledger_proto::{DecodeError, DecodeProblem, ERROR_DOMAIN};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::samples::{date, position};

fn refusal(reason: Reason) -> Refusal {
    let rule = RuleCitation {
        policy: position(1),
        document: "鲁政办字〔2019〕1号".into(),
        clause: "二（三）".into(),
        valid_from: date("2019-01-01"),
    };
    Refusal::new(reason)
        .under(rule)
        .limit(3, 4)
        .because([position(9), position(5)])
        .about("370100")
}

fn indexed(command_index: u32, reason: Reason) -> IndexedRefusal {
    IndexedRefusal {
        command_index: Some(command_index),
        refusal: refusal(reason),
        refusal_number: Some(41),
    }
}

#[test]
fn every_reason_comes_back_from_its_status() {
    for reason in Reason::ALL.iter().copied() {
        let status = status_from_error(&ApiError::Refused(vec![indexed(7, reason)]));
        let read = refusal_from_status(&status).unwrap();
        assert_eq!(
            (read.command_index, read.refusal_number),
            (Some(7), Some(41))
        );
        assert_eq!(read.reason, Some(reason));
        assert_eq!(refusal_from_proto(&read.refusal).unwrap(), refusal(reason));
    }
}

#[test]
fn every_reason_has_its_code_and_exactly_one_error_info() {
    for reason in Reason::ALL.iter().copied() {
        let status = status_from_error(&ApiError::Refused(vec![indexed(7, reason)]));
        let details = status.get_error_details();
        let kinds = (
            details.bad_request().is_some(),
            details.resource_info().is_some(),
            details.precondition_failure().is_some(),
            details.quota_failure().is_some(),
        );
        let expected = match reason.category() {
            Category::InvalidArgument => (Code::InvalidArgument, (true, false, false, false)),
            Category::NotFound => (Code::NotFound, (false, true, false, false)),
            Category::AlreadyExists => (Code::AlreadyExists, (false, true, false, false)),
            Category::FailedPrecondition => (Code::FailedPrecondition, (false, false, true, false)),
            Category::Exhausted => (Code::FailedPrecondition, (false, false, false, true)),
        };
        assert_eq!((status.code(), kinds), expected, "{reason:?}");
        let info = details.error_info().unwrap();
        assert_eq!(
            (info.reason.as_str(), info.domain.as_str()),
            (reason.name(), ERROR_DOMAIN)
        );
        let message = details.localized_message().unwrap();
        // The numbers with the unit of each reason of the table.
        let measured = refusal(reason).measured_zh();
        let expected = format!("{}（{measured}）", reason.message_zh());
        assert_eq!(
            (message.locale.as_str(), &message.message),
            ("zh-CN", &expected)
        );
        assert_eq!(
            type_urls(&status)
                .iter()
                .filter(|url| url.ends_with(".ErrorInfo"))
                .count(),
            1
        );
    }
}

#[test]
fn the_error_info_names_rule_limit_and_facts() {
    let error = ApiError::Refused(vec![indexed(7, Reason::YearlyQuotaUsed)]);
    let details = status_from_error(&error).get_error_details();
    let mut metadata: Vec<_> = details.error_info().unwrap().metadata.iter().collect();
    metadata.sort();
    let metadata: Vec<_> = metadata
        .into_iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let expected = [
        "clause=二（三）",
        "command_index=7",
        "document=鲁政办字〔2019〕1号",
        "facts=5,9",
        "found=4",
        "limit=3",
        "policy_position=1",
        "refused_count=1",
        "subject=370100",
        "unit=UNIT_COUNT",
    ];
    assert_eq!(metadata, expected);
    let violation = &details.quota_failure().unwrap().violations[0];
    assert_eq!(violation.subject, "370100");
    assert_eq!(
        (violation.quota_metric.as_str(), violation.quota_value),
        ("YEARLY_QUOTA_USED", 3)
    );
}

#[test]
fn every_refusal_of_a_batch_is_reported_with_its_index() {
    let error = ApiError::Refused(vec![
        indexed(1, Reason::ClassNotFound),
        indexed(4, Reason::PersonExists),
        indexed(5, Reason::ClassFull),
        indexed(9, Reason::ClassNotOpen),
        indexed(11, Reason::NamedTwice),
    ]);
    let status = status_from_error(&error);
    assert_eq!(status.code(), Code::NotFound);
    let read = refusals_from_status(&status);
    let read: Vec<_> = read
        .into_iter()
        .map(|read| (read.command_index, read.reason))
        .collect();
    let expected = [
        (Some(1), Some(Reason::ClassNotFound)),
        (Some(4), Some(Reason::PersonExists)),
        (Some(5), Some(Reason::ClassFull)),
        (Some(9), Some(Reason::ClassNotOpen)),
        (Some(11), Some(Reason::NamedTwice)),
    ];
    assert_eq!(read, expected);
    let details = status.get_error_details();
    let resource = details.resource_info().unwrap();
    assert_eq!(
        (
            resource.resource_type.as_str(),
            resource.resource_name.as_str()
        ),
        ("class", "370100")
    );
    let preconditions = &details.precondition_failure().unwrap().violations;
    let types: Vec<_> = preconditions
        .iter()
        .map(|violation| violation.r#type.as_str())
        .collect();
    assert_eq!(types, ["PERSON_EXISTS", "CLASS_NOT_OPEN"]);
    assert!(preconditions[1].description.starts_with("commands[9]: "));
    assert_eq!(
        details.bad_request().unwrap().field_violations[0].field,
        "commands[11]"
    );
}

/// Clients refuse more than 16 KiB of headers, and a status travels in them, base64-coded.
#[test]
fn a_status_fits_into_headers_however_much_is_refused() {
    let facts = (1..=10_000).map(Position::new);
    let many = Refusal::new(Reason::ClassFull).because(facts);
    let refusals: Vec<_> = (0..1_000)
        .map(|index| IndexedRefusal {
            command_index: Some(index),
            refusal: many.clone(),
            refusal_number: Some(u64::MAX),
        })
        .collect();
    let error = ApiError::Refused(refusals);
    let status = status_from_error(&error);
    assert!(
        status.details().len() < 12 * 1024,
        "{} bytes",
        status.details().len()
    );
    let read = failure_from_status(&status).unwrap();
    assert_eq!(read.refused_count, 1_000);
    assert!(read.refusals.len() > 1 && read.refusals.len() < 1_000);
    assert_eq!(
        failure_to_proto(&error).refusals.len(),
        1_000,
        "a stream's answer holds all"
    );

    let problem = DecodeError::new("commands[1].body", DecodeProblem::Missing);
    let status = status_from_error(&ApiError::Invalid(vec![problem; 100]));
    assert!(
        status.details().len() < 12 * 1024,
        "{} bytes",
        status.details().len()
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn every_other_error_has_its_code_reason_and_details() {
    let retry_after = Duration::from_millis(250);
    let (asked, log_position) = (position(9), position(5));
    let reused = ApiError::RequestIdReused {
        request_id: RequestId::from_bytes([7; 16]),
        recorded_digest: [1; 32],
        sent_digest: [2; 32],
    };
    let invalid = ApiError::from(DecodeError::new("mode", DecodeProblem::UnknownNumber(7)));
    let rows = [
        (
            invalid,
            Code::InvalidArgument,
            "FIELD_INVALID",
            "BadRequest",
        ),
        (
            reused,
            Code::AlreadyExists,
            "REQUEST_ID_REUSED",
            "ResourceInfo",
        ),
        (
            ApiError::QueueFull { retry_after },
            Code::ResourceExhausted,
            "QUEUE_FULL",
            "RetryInfo",
        ),
        (
            ApiError::TooManyStreams { retry_after },
            Code::ResourceExhausted,
            "TOO_MANY_STREAMS",
            "RetryInfo",
        ),
        (
            ApiError::WritesDisabled,
            Code::Unavailable,
            "WRITES_DISABLED",
            "",
        ),
        (ApiError::NotServing, Code::Unavailable, "NOT_SERVING", ""),
        (
            ApiError::ClockRefused {
                why: "the clock shows 2036".to_owned(),
            },
            Code::Unavailable,
            "CLOCK_REFUSED",
            "",
        ),
        (
            ApiError::OutcomeUnknown,
            Code::Unavailable,
            "OUTCOME_UNKNOWN",
            "",
        ),
        (
            ApiError::DeadlineExceeded,
            Code::DeadlineExceeded,
            "DEADLINE_EXCEEDED",
            "",
        ),
        (
            ApiError::DiskFull {
                doing: "record more",
                needed: 3,
                free: 2,
                headroom: 1,
            },
            Code::ResourceExhausted,
            "DISK_FULL",
            "",
        ),
        (
            ApiError::ReadOnly,
            Code::FailedPrecondition,
            "READ_ONLY",
            "",
        ),
        (
            ApiError::LogDamaged { position: asked },
            Code::DataLoss,
            "LOG_DAMAGED",
            "",
        ),
        (
            ApiError::StateDamaged {
                space: "entities",
                is_derived: true,
            },
            Code::DataLoss,
            "STATE_DAMAGED",
            "",
        ),
        (
            ApiError::PositionNotReached {
                asked,
                log_position,
            },
            Code::DeadlineExceeded,
            "POSITION_NOT_REACHED",
            "",
        ),
        (
            ApiError::PositionBeyondLog {
                asked,
                log_position,
            },
            Code::OutOfRange,
            "POSITION_BEYOND_LOG",
            "",
        ),
        (
            ApiError::EpochForked {
                epoch: 1,
                fork: log_position,
                asked,
                current: 2,
            },
            Code::FailedPrecondition,
            "EPOCH_FORKED",
            "",
        ),
        (
            ApiError::EpochUnknown { current: 2 },
            Code::FailedPrecondition,
            "EPOCH_UNKNOWN",
            "",
        ),
        (
            ApiError::BackupsNotConfigured,
            Code::FailedPrecondition,
            "BACKUPS_NOT_CONFIGURED",
            "",
        ),
        (
            ApiError::BackupFolderMissing,
            Code::FailedPrecondition,
            "BACKUP_FOLDER_MISSING",
            "",
        ),
        (
            ApiError::BackupNoRoom {
                needed: 2,
                available: 1,
            },
            Code::ResourceExhausted,
            "BACKUP_NO_ROOM",
            "",
        ),
        (
            ApiError::BackupRunning,
            Code::FailedPrecondition,
            "BACKUP_RUNNING",
            "",
        ),
        (ApiError::BackupFailed, Code::Internal, "BACKUP_FAILED", ""),
        (
            ApiError::VerifyRunning,
            Code::FailedPrecondition,
            "VERIFY_RUNNING",
            "",
        ),
        (
            ApiError::RebuildRunning,
            Code::FailedPrecondition,
            "REBUILD_RUNNING",
            "",
        ),
        (
            ApiError::SimulationRunning { retry_after },
            Code::ResourceExhausted,
            "SIMULATION_RUNNING",
            "RetryInfo",
        ),
        (
            ApiError::SimulationNotRead,
            Code::Aborted,
            "SIMULATION_NOT_READ",
            "",
        ),
        (
            ApiError::Unauthenticated,
            Code::Unauthenticated,
            "UNAUTHENTICATED",
            "",
        ),
        (ApiError::DataLoss, Code::DataLoss, "DATA_LOSS", ""),
        (ApiError::Internal, Code::Internal, "INTERNAL", ""),
    ];
    for (error, code, reason, detail) in rows {
        let status = status_from_error(&error);
        assert_eq!(status.code(), code, "{reason}");
        assert_eq!(
            status.get_error_details().error_info().unwrap().reason,
            reason
        );
        let own = type_urls(&status);
        let extra: Vec<_> = own
            .iter()
            .filter_map(|url| url.strip_prefix("type.googleapis.com/google.rpc."))
            .filter(|name| !matches!(*name, "ErrorInfo" | "LocalizedMessage"))
            .collect();
        let expected: Vec<_> = [detail]
            .into_iter()
            .filter(|name| !name.is_empty())
            .collect();
        assert_eq!(extra, expected, "{reason}");
        let read = failure_from_status(&status).unwrap();
        let recorded_digest = match &error {
            ApiError::RequestIdReused {
                recorded_digest, ..
            } => Some(*recorded_digest),
            _ => None,
        };
        let expected = DecodedFailure {
            recorded_digest,
            ..failure_from_proto(failure_to_proto(&error))
        };
        assert_eq!(read, expected);
        assert_eq!((read.code, read.reason.as_str()), (code, reason));
        assert_eq!(read.retry_after, error.retry_after());
    }
}

#[test]
fn what_a_library_says_gets_a_reason_and_loses_its_text() {
    let secret = "370199199001010019";
    for (status, expected) in [
        (
            Status::out_of_range("Error, decoded message length too large: found 9"),
            "MESSAGE_TOO_LARGE",
        ),
        (
            Status::out_of_range("Error, encoded message length too large: found 9"),
            "ANSWER_TOO_LARGE",
        ),
        (
            Status::resource_exhausted("Error decompressing: size limit"),
            "MESSAGE_TOO_LARGE",
        ),
        (
            Status::internal("Missing request message."),
            "MESSAGE_MISSING",
        ),
        (
            Status::internal("Unexpected EOF decoding stream."),
            "MESSAGE_MALFORMED",
        ),
        (
            Status::internal(format!("failed to decode: {secret}")),
            "MESSAGE_MALFORMED",
        ),
        (
            Status::internal("Error encoding: out of room"),
            "CALL_BROKEN",
        ),
        (Status::unimplemented(""), "METHOD_UNKNOWN"),
        (
            Status::unimplemented(format!("Content is compressed with `{secret}`")),
            "ENCODING_UNSUPPORTED",
        ),
        (Status::not_found("service not registered"), "NOT_FOUND"),
        (Status::cancelled("Timeout expired"), "CANCELLED"),
        (Status::unknown("h2 protocol error"), "CALL_BROKEN"),
        (Status::unavailable("gone"), "CALL_BROKEN"),
    ] {
        let completed = complete(&status);
        let info = completed.get_details_error_info().unwrap();
        assert_eq!(
            (info.reason.as_str(), info.domain.as_str()),
            (expected, ERROR_DOMAIN)
        );
        assert!(!completed.message().contains(secret));
        // What says why already stays as it is.
        let again = complete(&completed);
        assert_eq!(again.details(), completed.details());
    }
    assert!(complete(&Status::ok("")).details().is_empty());
}

#[test]
fn a_full_disk_is_told_in_figures() {
    let error = ApiError::DiskFull {
        doing: "build a second state",
        needed: 300,
        free: 200,
        headroom: 100,
    };
    let status = status_from_error(&error);
    assert_eq!(
        status.message(),
        "no room to build a second state: 200 bytes are free, 300 are needed beside 100"
    );
    let details = status.get_error_details();
    let metadata = &details.error_info().unwrap().metadata;
    let figure = |name: &str| metadata[name].as_str();
    assert_eq!(figure("needed_bytes"), "300");
    assert_eq!(figure("free_bytes"), "200");
    assert_eq!(figure("headroom_bytes"), "100");
    let localized = details.localized_message().unwrap();
    assert_eq!(localized.message, "磁盘空间不足，腾出空间后可继续");
}

#[test]
fn damage_says_what_is_damaged_and_what_makes_it_good() {
    for (space, is_derived, remedy, says) in [
        (
            "entities",
            true,
            "rebuild",
            "ledgerctl rebuild --accept-differences",
        ),
        ("refusals", false, "restore", "restore a backup"),
    ] {
        let status = status_from_error(&ApiError::StateDamaged { space, is_derived });
        let said = status.message();
        assert!(said.contains(space) && said.contains(says), "{said}");
        assert_eq!(said.contains("log"), is_derived, "{said}");
        let details = status.get_error_details();
        let metadata = &details.error_info().unwrap().metadata;
        assert_eq!(
            (metadata["space"].as_str(), metadata["remedy"].as_str()),
            (space, remedy)
        );
    }
}

#[test]
fn a_reused_request_id_shows_both_digests() {
    let error = ApiError::RequestIdReused {
        request_id: RequestId::from_bytes([7; 16]),
        recorded_digest: [0x0a; 32],
        sent_digest: [0x0b; 32],
    };
    let details = status_from_error(&error).get_error_details();
    let metadata = &details.error_info().unwrap().metadata;
    assert_eq!(
        metadata["request_id"],
        "07070707-0707-0707-0707-070707070707"
    );
    assert_eq!(metadata["recorded_digest"], "0a".repeat(32));
    assert_eq!(metadata["sent_digest"], "0b".repeat(32));
}

#[test]
fn a_question_about_something_unknown_is_not_found() {
    let unknown = Refusal::new(Reason::CertificateNotFound).about("S0000");
    let status = status_from_error(&ApiError::refused(unknown));
    assert_eq!(status.code(), Code::NotFound);
    let read = refusal_from_status(&status).unwrap();
    assert_eq!(
        (read.command_index, read.reason),
        (None, Some(Reason::CertificateNotFound))
    );
    let details = status.get_error_details();
    let resource = details.resource_info().unwrap();
    assert_eq!(
        (
            resource.resource_type.as_str(),
            resource.resource_name.as_str()
        ),
        ("certificate", "S0000")
    );
}

#[test]
fn a_status_with_an_error_info_alone_tells_its_reason() {
    for (domain, expected) in [(ERROR_DOMAIN, Some("OUTCOME_UNKNOWN")), ("elsewhere", None)] {
        let mut details = ErrorDetails::new();
        details.set_error_info("OUTCOME_UNKNOWN", domain, []);
        let status = Status::with_error_details(Code::Unavailable, "?", details);
        let read = failure_from_status(&status);
        assert_eq!(read.as_ref().map(|it| it.reason.as_str()), expected);
        assert_eq!(read.map(|it| it.code), expected.map(|_| Code::Unavailable));
    }
}

#[test]
fn a_status_from_elsewhere_holds_no_refusal() {
    for status in [Status::not_found("no such route"), Status::ok("")] {
        assert_eq!(failure_from_status(&status), None);
        assert_eq!(refusals_from_status(&status), []);
    }
}

fn type_urls(status: &Status) -> Vec<String> {
    let encoded: tonic_types::pb::Status = prost::Message::decode(status.details()).unwrap();
    encoded
        .details
        .into_iter()
        .map(|detail| detail.type_url)
        .collect()
}
