//! Why a call failed, and whether making it again helps.

use std::time::Duration;

use ledger_core::RequestId;
use ledger_proto::status::{
    DecodedFailure, DecodedRefusal, failure_from_proto, failure_from_status,
};
use ledger_proto::v1;
use tonic::{Code, ConnectError, Status, TimeoutExpired};

pub(crate) mod doubt;
#[cfg(test)]
mod tests;

/// Reason of a server that does not know whether it recorded a request.
const OUTCOME_UNKNOWN: &str = "OUTCOME_UNKNOWN";

/// Reason of a server that stopped waiting when the caller's deadline passed.
const DEADLINE_EXCEEDED: &str = "DEADLINE_EXCEEDED";

/// Reason of a server whose disk is full.
const DISK_FULL: &str = "DISK_FULL";

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
    /// The request id was used before for other commands. Nothing of this request is recorded, and
    /// nothing of it can be recorded under this id any more.
    #[error("the request id was used before for other commands")]
    RequestIdReused {
        /// SHA-256 of the request on record under the id ([`Batch::digest`](crate::Batch::digest));
        /// absent in an answer of a stream, which has no room for it.
        recorded_digest: Option<[u8; 32]>,
    },
    /// The server cannot take the call just now: it has too much to do, or the call came too
    /// slowly.
    #[error("the server cannot take this now: {message}")]
    Overloaded {
        /// What there is too much of.
        message: String,
        /// After which time a retry makes sense.
        retry_after: Option<Duration>,
    },
    /// The disk of the server has too little room, so nothing was done. The same call is carried
    /// out once somebody has made room there.
    #[error(
        "the disk of the server is full, and nothing was done: {message}; once there is room, do \
         the same again"
    )]
    DiskFull {
        /// What there is no room for, with figures.
        message: String,
    },
    /// The server cannot be reached, is starting or stopping, or takes no writes.
    #[error("the server is not available: {message}")]
    Unavailable {
        /// What the server says, or what is wrong with the connection.
        message: String,
        /// Whether what was asked may have been carried out all the same: the connection broke
        /// after it was sent, or the server does not know itself.
        in_doubt: bool,
    },
    /// The deadline passed before an answer came.
    #[error("the deadline passed before an answer came")]
    DeadlinePassed,
    /// Requests may have been carried out or not: an attempt of theirs ended without an answer,
    /// and no later one told. Sending the same batch again, with the same request id, tells which
    /// and has no double effect.
    #[error("{}", unknown_message(.request_ids))]
    OutcomeUnknown {
        /// The requests, in the order in which they were sent.
        request_ids: Vec<RequestId>,
        /// What the last attempt ended in.
        #[source]
        cause: Box<Self>,
    },
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
    pub fn retry(&self) -> Retry {
        match self {
            // An error that only a change of something else ends is not worth asking on for.
            Self::OutcomeUnknown { cause, .. } => match cause.retry() {
                Retry::Never => Retry::Never,
                Retry::Automatic { .. } | Retry::ByCaller => Retry::ByCaller,
            },
            Self::Connect(_) | Self::Unavailable { .. } => Retry::Automatic { after: None },
            // Without a delay from the server it is a limit that waiting does not change.
            Self::Overloaded {
                retry_after: after @ Some(_),
                ..
            } => Retry::Automatic { after: *after },
            Self::DeadlinePassed => Retry::ByCaller,
            Self::Config(_)
            | Self::Refused(_)
            | Self::Invalid(_)
            | Self::RequestIdReused { .. }
            | Self::Overloaded {
                retry_after: None, ..
            }
            | Self::DiskFull { .. }
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
        // Only a connection that was never opened has carried nothing.
        let in_doubt = !has_cause::<ConnectError>(&status);
        match status.code() {
            // The timers of both sides end a call as cancelled; so does a connection that closes.
            Code::Cancelled if is_local && !has_cause::<TimeoutExpired>(&status) => {
                Self::Unavailable { message, in_doubt }
            }
            Code::Cancelled | Code::DeadlineExceeded => Self::DeadlinePassed,
            Code::Unavailable => Self::Unavailable { message, in_doubt },
            // A connection that the server closes for reasons of its own ends in any of these.
            Code::Unknown | Code::Internal | Code::ResourceExhausted if is_local => {
                Self::Unavailable { message, in_doubt }
            }
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
            _ if reason == "REQUEST_ID_REUSED" => Self::RequestIdReused {
                recorded_digest: failure.recorded_digest,
            },
            Code::InvalidArgument if !failure.field_violations.is_empty() => {
                Self::Invalid(failure.field_violations)
            }
            Code::ResourceExhausted if reason == DISK_FULL => Self::DiskFull { message },
            // Without a time to retry it is a bound that waiting does not change.
            Code::ResourceExhausted if failure.retry_after.is_some() => Self::Overloaded {
                message,
                retry_after: failure.retry_after,
            },
            Code::Unavailable => Self::Unavailable {
                in_doubt: reason == OUTCOME_UNKNOWN,
                message,
            },
            // The server's own deadline, which cuts an append off in the middle.
            Code::DeadlineExceeded if reason == DEADLINE_EXCEEDED => Self::DeadlinePassed,
            // POSITION_NOT_REACHED: the log did not grow that far in time, which nobody doubts.
            Code::DeadlineExceeded if !reason.is_empty() => Self::Failed {
                code,
                reason,
                message,
            },
            Code::DeadlineExceeded | Code::Cancelled => Self::DeadlinePassed,
            code => Self::Failed {
                code,
                reason,
                message,
            },
        }
    }
}

/// Whether an error of this kind is among the causes of a status.
fn has_cause<E: std::error::Error + 'static>(status: &Status) -> bool {
    let mut cause = std::error::Error::source(status);
    while let Some(error) = cause {
        if error.is::<E>() {
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

fn unknown_message(request_ids: &[RequestId]) -> String {
    const HOW: &str = "sent again under the same id it is answered and not done twice";
    match request_ids {
        [] => "the outcome is unknown".to_owned(),
        [only] => format!("the outcome of request {only} is unknown; {HOW}"),
        [first, others @ ..] => format!(
            "the outcome of request {first} and of {} more is unknown; {HOW}",
            others.len()
        ),
    }
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
