//! Every error of the service and of the connection, as the caller sees it.

use ledger_core::{Reason, Refusal, RequestId};
use ledger_proto::status::{ApiError, IndexedRefusal, TransportError, status_from_error};
use ledger_proto::{DecodeError, DecodeProblem};

use super::*;

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn every_error_of_the_service_is_told_apart() {
    let delay = Duration::from_millis(250);
    let refused = |index, reason| IndexedRefusal {
        command_index: Some(index),
        refusal: Refusal::new(reason),
        refusal_number: None,
    };
    for (error, expected_message, expected_retry) in [
        (
            ApiError::Refused(vec![
                refused(0, Reason::ClassFull),
                refused(2, Reason::PersonNotFound),
            ]),
            "2 commands refused, the first: The class is full. (CLASS_FULL)",
            Retry::Never,
        ),
        (
            ApiError::Invalid(vec![DecodeError::new("mode", DecodeProblem::Missing)]),
            "mode: the field is required",
            Retry::Never,
        ),
        (
            ApiError::RequestIdReused {
                request_id: RequestId::from_bytes([1; 16]),
                recorded_digest: [2; 32],
                sent_digest: [3; 32],
            },
            "the request id was used before for other commands",
            Retry::Never,
        ),
        (
            ApiError::QueueFull { retry_after: delay },
            "the server cannot take this now: too many requests are waiting",
            Retry::Automatic { after: Some(delay) },
        ),
        (
            ApiError::ReceivedTooSlowly {
                bytes: 7,
                time: Duration::from_secs(10),
                retry_after: delay,
            },
            "the server cannot take this now: the message did not arrive within 10000 ms, 7 bytes \
             of it did",
            Retry::Automatic { after: Some(delay) },
        ),
        // No waiting makes room, nor a message smaller.
        (
            ApiError::DiskFull {
                doing: "record more",
                needed: 300,
                free: 200,
                headroom: 100,
            },
            "the disk of the server is full, and nothing was done: no room to record more: 200 \
             bytes are free, 300 are needed beside 100; once there is room, do the same again",
            Retry::Never,
        ),
        (
            ApiError::MessageTooLarge { bytes: 9, max: 8 },
            "a message of 9 bytes exceeds the limit of 8, policy documents apart \
             (MESSAGE_TOO_LARGE)",
            Retry::Never,
        ),
        (
            ApiError::NotServing,
            "the server is not available: the server is starting or stopping",
            Retry::Automatic { after: None },
        ),
        (
            ApiError::RebuildRunning,
            "a rebuild or a simulation is running already (REBUILD_RUNNING)",
            Retry::Never,
        ),
        (
            ApiError::Internal,
            "internal error (INTERNAL)",
            Retry::Never,
        ),
    ] {
        let found = ClientError::from_status(status_from_error(&error));
        assert_eq!(found.to_string(), expected_message, "{error:?}");
        assert_eq!(found.retry(), expected_retry, "{error:?}");
    }
}

#[test]
fn an_error_around_a_call_says_whether_the_call_was_carried_out() {
    for error in TransportError::ALL {
        let found = ClientError::from_status(status_from_error(&error.into()));
        assert_eq!(found.leaves_doubt(), error.leaves_doubt(), "{error:?}");
        // Nothing changes by sending the same again, but for learning the outcome.
        let asks_again = matches!(found.retry(), Retry::Automatic { .. });
        assert!(!asks_again, "{error:?}");
    }
}

#[test]
fn a_passed_deadline_and_a_closed_connection_are_told_apart() {
    // A status of this side is cancelled with its cause as source.
    let local = |error: Box<dyn std::error::Error + Send + Sync>| {
        let mut status = Status::cancelled("operation was canceled");
        status.set_source(std::sync::Arc::from(error));
        ClientError::from_status(status)
    };
    let deadline = local(Box::new(TimeoutExpired(())));
    assert_eq!(deadline.retry(), Retry::ByCaller);
    let closed = local("received fatal alert: CertificateRequired".into());
    assert_eq!(closed.retry(), Retry::Automatic { after: None });
    assert_eq!(
        closed.to_string(),
        "the server is not available: operation was canceled: received fatal alert: \
         CertificateRequired"
    );
}

#[test]
fn a_status_from_elsewhere_is_understood_by_its_code() {
    for (status, expected) in [
        (Status::deadline_exceeded("late"), Retry::ByCaller),
        (
            Status::unavailable("gone"),
            Retry::Automatic { after: None },
        ),
        (
            Status::resource_exhausted("message too large"),
            Retry::Never,
        ),
        (Status::unimplemented("no such call"), Retry::Never),
        (Status::cancelled("timeout expired"), Retry::ByCaller),
    ] {
        let code = status.code();
        assert_eq!(
            ClientError::from_status(status).retry(),
            expected,
            "{code:?}"
        );
    }
}
