//! Why a call has no answer: what the engine and the reader say, as the contract says it.

use crate::error_chain::ErrorChain;
use crate::identity::IdentityError;
use crate::limits::{RETRY_DELAY, SIMULATION_RETRY_DELAY};
use ledger_core::{EntityKind, Reason, Refusal, RequestId};
use ledger_engine::epochs::EpochError;
use ledger_engine::query::{QueryError, Subject};
use ledger_engine::{AppendError, RebuildError, SimulateError, SubmitError};
use ledger_log::LogError;
use ledger_proto::status::{TransportError, complete, failure_to_proto, status_from_error};
use ledger_proto::{ApiError, DecodeError, DecodeProblem, v1};
use tonic::Status;

/// Why a call has no answer.
#[derive(Debug)]
pub(crate) enum CallError {
    /// What the contract names.
    Api(ApiError),
    /// The engine stopped while the request was being recorded.
    OutcomeUnknown,
    /// The caller's deadline is over.
    DeadlineExceeded,
    /// The caller's stream of requests broke off, or holds what is no message.
    Inbound(Status),
}

impl CallError {
    /// What is sent to the caller.
    pub(crate) fn into_status(self) -> Status {
        match self.into_api() {
            Ok(error) => status_from_error(&error),
            Err(status) => status,
        }
    }

    /// What is sent as one answer of a stream.
    pub(crate) fn into_failure(self) -> v1::Failure {
        let error = self.into_api();
        // A status that has its details is for a whole stream, and not one answer of it.
        failure_to_proto(&error.unwrap_or(ApiError::Transport(TransportError::Broken)))
    }

    /// What the contract calls it, or a status that says so itself.
    fn into_api(self) -> Result<ApiError, Status> {
        match self {
            Self::Api(error) => Ok(error),
            Self::OutcomeUnknown => Ok(ApiError::OutcomeUnknown),
            Self::DeadlineExceeded => Ok(ApiError::DeadlineExceeded),
            Self::Inbound(status) => Err(complete(&status)),
        }
    }

    /// What an append that was not carried out tells its caller. `is_stopping` says whether the
    /// server was asked to stop, as opposed to having failed.
    pub(crate) fn of_append(error: AppendError, request_id: RequestId, is_stopping: bool) -> Self {
        let stopped = || match is_stopping {
            true => Self::Api(ApiError::NotServing),
            false => Self::Api(ApiError::WritesDisabled),
        };
        match error {
            AppendError::NotAccepted(SubmitError::QueueFull { .. }) => {
                Self::Api(ApiError::QueueFull {
                    retry_after: RETRY_DELAY,
                })
            }
            AppendError::NotAccepted(SubmitError::TooLarge { commands, limit }) => {
                let problem = DecodeProblem::TooMany {
                    max: limit,
                    found: commands,
                };
                DecodeError::new("commands", problem).into()
            }
            AppendError::NotAccepted(SubmitError::ReadOnly { .. }) => Self::Api(ApiError::ReadOnly),
            AppendError::NoRoom {
                needed,
                free,
                headroom,
            } => Self::Api(ApiError::DiskFull {
                doing: "record more",
                needed,
                free,
                headroom,
            }),
            AppendError::NotAccepted(SubmitError::TooManyNamed { named, limit }) => {
                let problem = DecodeProblem::TooMany {
                    max: limit,
                    found: named,
                };
                DecodeError::new("entities that the commands name", problem).into()
            }
            AppendError::NotAccepted(SubmitError::Stopped { .. }) | AppendError::Stopped { .. } => {
                stopped()
            }
            AppendError::RequestIdReused { stored, given } => {
                Self::Api(ApiError::RequestIdReused {
                    request_id,
                    recorded_digest: stored,
                    sent_digest: given,
                })
            }
            AppendError::TooLarge { bytes, limit } => {
                let count = |bytes| i64::try_from(bytes).unwrap_or(i64::MAX);
                let refusal = Refusal::new(Reason::OutOfBounds).limit(count(limit), count(bytes));
                Self::Api(ApiError::refused(
                    refusal.about("bytes that the request changes"),
                ))
            }
            AppendError::Unreadable { .. } => {
                tracing::error!(error = %ErrorChain(&error), "a request could not be decided");
                Self::Api(ApiError::Internal)
            }
            AppendError::StateDamaged { space, .. } => {
                tracing::error!(error = %ErrorChain(&error), "a request could not be decided");
                Self::Api(derived_damaged(space.name()))
            }
            AppendError::ClockRefused { problem } => Self::Api(ApiError::ClockRefused {
                why: problem.to_string(),
            }),
            AppendError::NotRecorded { .. } => Self::Api(ApiError::NotRecorded {
                retry_after: RETRY_DELAY,
            }),
            AppendError::OutcomeUnknown { .. } => Self::OutcomeUnknown,
        }
    }
}

impl From<ApiError> for CallError {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<DecodeError> for CallError {
    fn from(problem: DecodeError) -> Self {
        Self::Api(problem.into())
    }
}

impl From<Vec<DecodeError>> for CallError {
    fn from(problems: Vec<DecodeError>) -> Self {
        Self::Api(problems.into())
    }
}

impl From<TransportError> for CallError {
    fn from(error: TransportError) -> Self {
        Self::Api(error.into())
    }
}

impl From<IdentityError> for CallError {
    fn from(error: IdentityError) -> Self {
        tracing::warn!(%error, "a caller has no name");
        Self::Api(ApiError::Unauthenticated)
    }
}

impl From<QueryError> for CallError {
    fn from(error: QueryError) -> Self {
        let refused = |reason: Reason| Self::Api(ApiError::refused(Refusal::new(reason)));
        match error {
            QueryError::NotFound { what } => match not_found(what) {
                Some(reason) => refused(reason),
                None => internal(&error, ApiError::DataLoss),
            },
            QueryError::OutOfBounds { what } => {
                let refusal = Refusal::new(Reason::OutOfBounds).about(what);
                Self::Api(ApiError::refused(refusal))
            }
            QueryError::PositionInFuture {
                asked,
                log_position,
            } => Self::Api(ApiError::PositionBeyondLog {
                asked,
                log_position,
            }),
            QueryError::PageTokenMismatch => page_token_error(),
            QueryError::Stopped => Self::Api(ApiError::NotServing),
            QueryError::Storage { ref source } => {
                let answer = of_store(source);
                internal(&error, answer)
            }
            QueryError::SumOverflow => refused(Reason::AmountOverflow),
            QueryError::CorruptIndex { .. }
            | QueryError::Contradiction { .. }
            | QueryError::CorruptEntity { .. } => {
                let space = error.damaged_derived();
                let answer = space.map(derived_damaged);
                internal(&error, answer.unwrap_or(ApiError::DataLoss))
            }
            QueryError::CorruptKey { .. } | QueryError::CorruptEvent { .. } => {
                internal(&error, ApiError::DataLoss)
            }
        }
    }
}

impl From<EpochError> for CallError {
    fn from(error: EpochError) -> Self {
        Self::Api(match error {
            EpochError::Forked {
                number,
                fork,
                asked,
                current,
            } => ApiError::EpochForked {
                epoch: number,
                fork,
                asked,
                current,
            },
            EpochError::Unknown { current } => ApiError::EpochUnknown { current },
        })
    }
}

impl From<RebuildError> for CallError {
    fn from(error: RebuildError) -> Self {
        match error {
            RebuildError::AlreadyRunning => Self::Api(ApiError::RebuildRunning),
            RebuildError::ReadOnly => Self::Api(ApiError::ReadOnly),
            RebuildError::Log(ref source) => {
                let answer = of_store(source);
                internal(&error, answer)
            }
            RebuildError::Event { position, .. }
            | RebuildError::Position { position, .. }
            | RebuildError::Books { position, .. } => {
                internal(&error, ApiError::LogDamaged { position })
            }
            _ => internal(&error, ApiError::Internal),
        }
    }
}

impl From<SimulateError> for CallError {
    fn from(error: SimulateError) -> Self {
        match error {
            SimulateError::Busy => Self::Api(ApiError::SimulationRunning {
                retry_after: SIMULATION_RETRY_DELAY,
            }),
            // A caller that went away is told nothing; this one is still there.
            SimulateError::Cancelled => Self::Api(ApiError::SimulationNotRead),
            SimulateError::ReadOnly => Self::Api(ApiError::ReadOnly),
            SimulateError::Log(ref source) => {
                let answer = of_store(source);
                internal(&error, answer)
            }
            _ => internal(&error, ApiError::Internal),
        }
    }
}

/// The answer to a page token that this ledger did not give for the query asked.
pub(crate) fn page_token_error() -> CallError {
    DecodeError::new("page_token", DecodeProblem::PageToken).into()
}

/// What is not found, as a rule would say it; `None` for what only damage can miss.
const fn not_found(what: Subject) -> Option<Reason> {
    let kind = match what {
        Subject::Entity(kind) => kind,
        Subject::Policy => return Some(Reason::PolicyNotFound),
        Subject::Counter | Subject::Event | Subject::Refusal => return None,
    };
    Some(match kind {
        EntityKind::Account => Reason::AccountNotFound,
        // A register is asked for by the awards in it.
        EntityKind::Award | EntityKind::AwardRegister => Reason::AwardNotFound,
        EntityKind::Case => Reason::CaseNotFound,
        EntityKind::Certificate => Reason::CertificateNotFound,
        EntityKind::Class => Reason::ClassNotFound,
        EntityKind::Clawback => Reason::DebtNotFound,
        EntityKind::Disbursement => Reason::DisbursementNotFound,
        EntityKind::Institution => Reason::InstitutionNotFound,
        EntityKind::Order => Reason::OrderNotFound,
        EntityKind::Person => Reason::PersonNotFound,
    })
}

/// What follows from the log is damaged.
const fn derived_damaged(space: &'static str) -> ApiError {
    ApiError::StateDamaged {
        space,
        is_derived: true,
    }
}

/// What a caller is told of an error of the store.
fn of_store(error: &LogError) -> ApiError {
    if let Some(space) = error.damaged_derived() {
        return derived_damaged(space.name());
    }
    match *error {
        LogError::NoRoom {
            doing,
            needed,
            free,
            headroom,
        } => ApiError::DiskFull {
            doing,
            needed,
            free,
            headroom,
        },
        LogError::ReadOnly { .. } => ApiError::ReadOnly,
        LogError::WriteDisabled { .. } => ApiError::WritesDisabled,
        LogError::DamagedSpace { space, .. } => ApiError::StateDamaged {
            space: space.name(),
            is_derived: false,
        },
        LogError::CorruptRecord { position, .. }
        | LogError::CorruptBlock {
            first_position: position,
            ..
        } => ApiError::LogDamaged { position },
        LogError::Unreadable {
            position,
            retry_helps: false,
            ..
        } => ApiError::LogDamaged { position },
        LogError::CorruptEntry { .. } | LogError::UnknownFormat { .. } => ApiError::DataLoss,
        _ => ApiError::Internal,
    }
}

/// Logs what callers never see, and answers with what they do.
fn internal(error: &(dyn std::error::Error + 'static), answer: ApiError) -> CallError {
    tracing::error!(error = %ErrorChain(error), "a call failed inside the server");
    CallError::Api(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger_core::RecordedTime;
    use ledger_engine::ClockProblem;
    use ledger_proto::ERROR_DOMAIN;
    use std::sync::Arc;
    use tonic::Code;
    use tonic_types::StatusExt as _;

    const ID: RequestId = RequestId::from_bytes([7; 16]);

    #[test]
    #[expect(clippy::too_many_lines, reason = "one table")]
    fn every_end_of_an_append_has_its_code_and_reason() {
        let reason: Arc<str> = Arc::from("disk is full");
        let stopped = || SubmitError::Stopped {
            reason: Arc::clone(&reason),
        };
        let cases = [
            (
                AppendError::NotAccepted(SubmitError::QueueFull {
                    requests: 1,
                    commands: 1,
                    bytes: 1,
                }),
                false,
                (Code::ResourceExhausted, "QUEUE_FULL"),
            ),
            (
                AppendError::NotAccepted(SubmitError::TooLarge {
                    commands: 2,
                    limit: 1,
                }),
                false,
                (Code::InvalidArgument, "FIELD_INVALID"),
            ),
            (
                AppendError::NotAccepted(stopped()),
                true,
                (Code::Unavailable, "NOT_SERVING"),
            ),
            (
                AppendError::NotAccepted(stopped()),
                false,
                (Code::Unavailable, "WRITES_DISABLED"),
            ),
            (
                AppendError::Stopped {
                    reason: Arc::clone(&reason),
                },
                false,
                (Code::Unavailable, "WRITES_DISABLED"),
            ),
            (
                AppendError::NotAccepted(SubmitError::ReadOnly {
                    reason: Arc::clone(&reason),
                }),
                false,
                (Code::FailedPrecondition, "READ_ONLY"),
            ),
            (
                AppendError::RequestIdReused {
                    stored: [1; 32],
                    given: [2; 32],
                },
                false,
                (Code::AlreadyExists, "REQUEST_ID_REUSED"),
            ),
            (
                AppendError::TooLarge { bytes: 2, limit: 1 },
                false,
                (Code::InvalidArgument, "OUT_OF_BOUNDS"),
            ),
            (
                AppendError::Unreadable {
                    reason: Arc::clone(&reason),
                },
                false,
                (Code::Internal, "INTERNAL"),
            ),
            (
                AppendError::StateDamaged {
                    space: ledger_log::Space::Entities,
                    reason: Arc::clone(&reason),
                },
                false,
                (Code::DataLoss, "STATE_DAMAGED"),
            ),
            (
                AppendError::ClockRefused {
                    problem: ClockProblem::TooEarly {
                        now: RecordedTime::from_micros(0),
                    },
                },
                false,
                (Code::Unavailable, "CLOCK_REFUSED"),
            ),
            (
                AppendError::NotRecorded {
                    reason: Arc::clone(&reason),
                },
                false,
                (Code::Unavailable, "NOT_RECORDED"),
            ),
            (
                AppendError::OutcomeUnknown {
                    reason: Arc::clone(&reason),
                },
                false,
                (Code::Unavailable, "OUTCOME_UNKNOWN"),
            ),
        ];
        for (error, is_stopping, (code, reason)) in cases {
            let status = CallError::of_append(error.clone(), ID, is_stopping).into_status();
            let failure = CallError::of_append(error, ID, is_stopping).into_failure();
            let info = status.get_details_error_info().unwrap();
            assert_eq!((status.code(), info.reason.as_str()), (code, reason));
            assert_eq!(
                (failure.code, failure.reason.as_str()),
                (u32::try_from(i32::from(code)).unwrap(), reason)
            );
            assert_eq!(info.domain, ERROR_DOMAIN);
            assert!(
                !status.message().contains("disk"),
                "callers never see internal text"
            );
            let retries = status.get_details_retry_info().is_some();
            assert_eq!(
                retries,
                code == Code::ResourceExhausted || info.reason == "NOT_RECORDED"
            );
            assert_eq!(failure.retry_delay_ms > 0, retries);
        }
    }
}
