//! Why a call failed, and whether making it again helps.

use std::time::Duration;

use ledger_proto::status::{
    DecodedFailure, DecodedRefusal, failure_from_proto, failure_from_status,
};
use ledger_proto::v1;
use tonic::{Code, Status, TimeoutExpired};

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The configuration cannot be used.
    #[error("the configuration of the client is wrong")]
    Config(#[from] ConfigError),
    /// No connection could be opened.
    #[error("cannot connect to the server")]
    Connect(#[source] tonic::transport::Error),
    /// The ledger refused commands, or was asked about something unknown.
    #[error("{}", refused_message(.0))]
    Refused(Refusals),
    /// Fields of the request are wrong.
    #[error("{}", invalid_message(.0))]
    Invalid(Vec<v1::FieldViolation>),
    /// The request id was used before for other commands.
    #[error("the request id was used before for other commands")]
    RequestIdReused,
    /// The server has too much to do.
    #[error("the server has too much to do: {message}")]
    Overloaded {
        /// What there is too much of.
        message: String,
        /// After which time a retry makes sense.
        retry_after: Option<Duration>,
    },
    /// The server cannot be reached, is starting or stopping, or takes no writes.
    #[error("the server is not available: {message}")]
    Unavailable {
        /// What the server says, or what is wrong with the connection.
        message: String,
    },
    /// The deadline passed first. An append may have been carried out or not: sending the same
    /// batch again, with the same request id, tells which and has no double effect.
    #[error("the deadline passed; the outcome is unknown")]
    OutcomeUnknown,
    /// The server answers with an error that no retry and no other request id changes.
    #[error("{message} ({})", if .reason.is_empty() { "no reason given" } else { .reason.as_str() })]
    Failed {
        /// The gRPC code.
        code: Code,
        /// Name of the reason in UPPER_SNAKE; empty when the error comes from somewhere else.
        reason: String,
        /// What went wrong, in English.
        message: String,
    },
    /// The server's answer is not what the contract promises.
    #[error("the answer is not what the contract promises: {0}")]
    BrokenAnswer(&'static str),
}

/// What was refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusals {
    /// The refused commands in order. A unary answer holds as many as its headers can carry, an
    /// answer of a stream all of them.
    pub refusals: Vec<DecodedRefusal>,
    /// How many commands were refused in all.
    pub refused_count: u32,
    /// The chains of rules behind them, as far as the answer holds them: that of a stream does for
    /// a batch that asks for it, a unary one has no room.
    /// [`Client::explain_refusals`](crate::Client::explain_refusals) tells them in either case.
    pub explanations: Vec<v1::DecisionExplanation>,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The endpoint is no URI.
    #[error("{endpoint} is no endpoint such as http://127.0.0.1:7450")]
    Endpoint {
        /// The text.
        endpoint: String,
        /// What is wrong with it.
        source: tonic::transport::Error,
    },
    /// An encrypted connection without an authority to check the server against.
    #[error("an https endpoint needs the certificate of the authority that signed the server's")]
    AuthorityMissing,
    /// Certificates for a connection that does not use them.
    #[error("certificates go with an https endpoint")]
    SchemeWithoutTls,
    /// The certificates or the key cannot be used.
    #[error("the certificates or the key cannot be used")]
    Tls(#[source] tonic::transport::Error),
}

/// Whether making the same call again helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It does not: something has to change first.
    Never,
    /// It may; the client does it by itself, up to the bound of its policy.
    Automatic {
        /// The delay that the server asks for.
        after: Option<Duration>,
    },
    /// It tells the outcome when it is made with the same request id; that is for the caller to
    /// decide, or for [`Client::append_until_known`](crate::Client::append_until_known).
    ByCaller,
}

impl ClientError {
    /// Whether making the same call again helps.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Connect(_) | Self::Unavailable { .. } => Retry::Automatic { after: None },
            // Without a delay from the server it is a limit that waiting does not change.
            Self::Overloaded {
                retry_after: after @ Some(_),
                ..
            } => Retry::Automatic { after: *after },
            Self::OutcomeUnknown => Retry::ByCaller,
            Self::Config(_)
            | Self::Refused(_)
            | Self::Invalid(_)
            | Self::RequestIdReused
            | Self::Overloaded {
                retry_after: None, ..
            }
            | Self::Failed { .. }
            | Self::BrokenAnswer(_) => Retry::Never,
        }
    }

    /// Reads the error of a unary call or of a whole stream.
    #[must_use]
    pub fn from_status(status: Status) -> Self {
        if let Some(failure) = failure_from_status(&status) {
            return Self::from_failure(failure);
        }
        let message = message_with_causes(&status);
        // A status that the server did not send has the fault of the connection as its source.
        let is_local = std::error::Error::source(&status).is_some();
        match status.code() {
            // The timers of both sides end a call as cancelled; so does a connection that closes.
            Code::Cancelled if is_local && !ended_by_timer(&status) => {
                Self::Unavailable { message }
            }
            Code::Cancelled | Code::DeadlineExceeded => Self::OutcomeUnknown,
            Code::Unavailable => Self::Unavailable { message },
            Code::Unknown | Code::Internal if is_local => Self::Unavailable { message },
            Code::ResourceExhausted => Self::Overloaded {
                message,
                retry_after: None,
            },
            code => Self::Failed {
                code,
                reason: String::new(),
                message,
            },
        }
    }

    /// Reads the answer to a refused request of a stream.
    #[must_use]
    pub fn from_answer(failure: v1::Failure) -> Self {
        Self::from_failure(failure_from_proto(failure))
    }

    /// The same error, with what an answer of a stream says of why.
    pub(crate) fn explained(mut self, explanations: Vec<v1::DecisionExplanation>) -> Self {
        if let Self::Refused(refused) = &mut self {
            refused.explanations = explanations;
        }
        self
    }

    fn from_failure(failure: DecodedFailure) -> Self {
        let DecodedFailure {
            code,
            reason,
            message,
            refusals,
            ..
        } = failure;
        if failure.refused_count > 0 || !refusals.is_empty() {
            let refused_count = failure.refused_count;
            return Self::Refused(Refusals {
                refusals,
                refused_count,
                explanations: Vec::new(),
            });
        }
        match code {
            _ if reason == "REQUEST_ID_REUSED" => Self::RequestIdReused,
            Code::InvalidArgument if !failure.field_violations.is_empty() => {
                Self::Invalid(failure.field_violations)
            }
            Code::ResourceExhausted => Self::Overloaded {
                message,
                retry_after: failure.retry_after,
            },
            Code::Unavailable => Self::Unavailable { message },
            // POSITION_NOT_REACHED: the log did not grow that far in time, which nobody doubts.
            Code::DeadlineExceeded if !reason.is_empty() => Self::Failed {
                code,
                reason,
                message,
            },
            Code::DeadlineExceeded => Self::OutcomeUnknown,
            code => Self::Failed {
                code,
                reason,
                message,
            },
        }
    }
}

/// Whether this side stopped waiting because the deadline passed.
fn ended_by_timer(status: &Status) -> bool {
    let mut cause = std::error::Error::source(status);
    while let Some(error) = cause {
        if error.is::<TimeoutExpired>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The message of a status, with the causes that it does not say itself.
fn message_with_causes(status: &Status) -> String {
    let mut message = status.message().to_owned();
    let mut cause = std::error::Error::source(status);
    while let Some(error) = cause {
        let text = error.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        cause = error.source();
    }
    message
}

fn refused_message(refused: &Refusals) -> String {
    match refused.refusals.as_slice() {
        [only] if refused.refused_count <= 1 => {
            format!(
                "refused: {} ({})",
                only.refusal.message_en, only.refusal.reason
            )
        }
        [first, ..] => format!(
            "{} commands refused, the first: {} ({})",
            refused.refused_count, first.refusal.message_en, first.refusal.reason
        ),
        [] => format!("{} commands refused", refused.refused_count),
    }
}

fn invalid_message(violations: &[v1::FieldViolation]) -> String {
    match violations {
        [] => "the request is wrong".to_owned(),
        [only] => format!("{}: {}", only.field, only.description),
        [first, ..] => format!(
            "{} fields are wrong, the first: {}: {}",
            violations.len(),
            first.field,
            first.description
        ),
    }
}

#[cfg(test)]
mod tests {
    use ledger_core::{Reason, Refusal, RequestId};
    use ledger_proto::status::{ApiError, IndexedRefusal, status_from_error};
    use ledger_proto::{DecodeError, DecodeProblem};

    use super::*;

    #[test]
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
                "the server has too much to do: too many requests are waiting",
                Retry::Automatic { after: Some(delay) },
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
}
