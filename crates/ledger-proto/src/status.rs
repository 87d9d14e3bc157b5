//! The one translation of everything that can go wrong into `google.rpc.Status`, and back.
//!
//! | what | gRPC code | standard detail |
//! |---|---|---|
//! | refused, invalid argument | `INVALID_ARGUMENT` | `BadRequest` |
//! | refused, not found | `NOT_FOUND` | `ResourceInfo` |
//! | refused, already exists | `ALREADY_EXISTS` | `ResourceInfo` |
//! | refused, failed precondition | `FAILED_PRECONDITION` | `PreconditionFailure` |
//! | refused, exhausted | `FAILED_PRECONDITION` | `QuotaFailure` |
//! | a field is wrong | `INVALID_ARGUMENT` | `BadRequest` |
//! | request id reused | `ALREADY_EXISTS` | `ResourceInfo` |
//! | queue full | `RESOURCE_EXHAUSTED` | `RetryInfo` |
//! | stopping, writes disabled, clock refused, outcome unknown | `UNAVAILABLE` | |
//! | the call itself, before or behind the service | see [`TransportError`] | |
//!
//! A used-up quota is not `RESOURCE_EXHAUSTED`: clients retry that, and time alone gives no quota
//! back. Every status also carries exactly one `ErrorInfo`, a `LocalizedMessage` (zh-CN) and the
//! ledger's own `Failure`, from which the Rust client reads the refusals back.
//!
//! Long: both directions of one translation, side by side.

mod details;
mod read;
mod transport;

pub use read::{
    DecodedFailure, DecodedRefusal, failure_from_proto, failure_from_status, refusal_from_status,
    refusals_from_status,
};

pub use transport::{TransportError, complete};

use std::time::Duration;

use ledger_core::refusal::{Category, Refusal};
use ledger_core::{Position, RequestId};
use tonic::{Code, Status};

use crate::error::DecodeError;
use crate::to_proto::refusal_to_proto;
use crate::v1;

/// Why a call fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// Commands were refused, or a question about something unknown.
    #[error("{}", refused_message(.0))]
    Refused(Vec<IndexedRefusal>),
    /// Fields of the request are wrong.
    #[error("{}", invalid_message(.0))]
    Invalid(Vec<DecodeError>),
    /// The request id was used for another request.
    #[error("the request id was used before for other commands")]
    RequestIdReused {
        /// The request id.
        request_id: RequestId,
        /// SHA-256 of the request that was recorded under the id.
        recorded_digest: [u8; 32],
        /// SHA-256 of the request sent now.
        sent_digest: [u8; 32],
    },
    /// The writer has as many requests waiting as it may have.
    #[error("too many requests are waiting")]
    QueueFull {
        /// After which time a retry makes sense.
        retry_after: Duration,
    },
    /// As many streams are open as may be.
    #[error("too many streams are open")]
    TooManyStreams {
        /// After which time a retry makes sense.
        retry_after: Duration,
    },
    /// Nothing of the request was recorded, through no fault of its own; the server goes on.
    #[error("nothing was recorded; send the same request with the same id again")]
    NotRecorded {
        /// After which time a retry makes sense.
        retry_after: Duration,
    },
    /// The message is larger than the server takes.
    #[error("a message of {bytes} bytes exceeds the limit of {max}, policy documents apart")]
    MessageTooLarge {
        /// Bytes that are bounded.
        bytes: usize,
        /// Bytes that may be.
        max: usize,
    },
    /// As much is being received as may be, in all or of this peer.
    #[error("no room to receive {bytes} bytes: the server receives {max} at once")]
    ReceivingFull {
        /// Bytes of the message.
        bytes: usize,
        /// Bytes that may be received at once, over all connections.
        max: usize,
        /// After which time a retry makes sense.
        retry_after: Duration,
    },
    /// The message, or the end of the call, did not arrive in time.
    #[error("the message did not arrive within {} ms, {bytes} bytes of it did", time.as_millis())]
    ReceivedTooSlowly {
        /// Bytes that have arrived.
        bytes: usize,
        /// How long it may take.
        time: Duration,
        /// After which time a retry makes sense.
        retry_after: Duration,
    },
    /// A write failed: the server takes no more until an operator has seen to it.
    #[error("the server takes no writes until an operator has seen to it")]
    WritesDisabled,
    /// The clock of the server is wrong, so nothing is recorded until it is right.
    #[error(
        "nothing is recorded while the server's clock is wrong: {why}; the same request can be \
         sent again, and an operator finds in docs/internals/edge.md what to do"
    )]
    ClockRefused {
        /// What is wrong with the clock.
        why: String,
    },
    /// The engine stopped while the request was being recorded.
    #[error("the request may or may not be recorded; retry with the same request id")]
    OutcomeUnknown,
    /// The deadline of the caller is over.
    #[error("the deadline is over; a write may have been carried out all the same")]
    DeadlineExceeded,
    /// The call did not get to the service, or its answer not to the caller.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The disk has too little room; the same call is carried out once there is room.
    #[error("no room to {doing}: {free} bytes are free, {needed} are needed beside {headroom}")]
    DiskFull {
        /// What was asked for, completing "no room to".
        doing: &'static str,
        /// Bytes that it takes.
        needed: u64,
        /// Bytes that were free.
        free: u64,
        /// Bytes that have to stay free.
        headroom: u64,
    },
    /// The ledger is open for reading only.
    #[error("the ledger is open for reading only; GetStatus says why")]
    ReadOnly,
    /// The log is damaged. Nothing passes over it.
    #[error("the log is damaged at position {position}")]
    LogDamaged {
        /// The first position that cannot be read.
        position: Position,
    },
    /// What follows from the log is damaged, or what is kept beside it.
    #[error(
        "stored {space} are damaged; {}",
        if *is_derived {
            "they follow from the log, which does not depend on them: once an operator has run \
             ledgerctl rebuild --accept-differences, the same call is carried out"
        } else {
            "they follow from nothing else: an operator has to restore a backup"
        }
    )]
    StateDamaged {
        /// The name of what is damaged.
        space: &'static str,
        /// Whether it follows from the log, so that a rebuild makes it anew.
        is_derived: bool,
    },
    /// The server is stopping, or not yet ready.
    #[error("the server is starting or stopping")]
    NotServing,
    /// The log did not reach `at_least_position` within the deadline of the call.
    #[error("the log has not reached position {asked} and ends at {log_position}")]
    PositionNotReached {
        /// The position asked for.
        asked: Position,
        /// The last position in the log.
        log_position: Position,
    },
    /// The position asked about lies beyond the end of the log.
    #[error("position {asked} lies beyond the end of the log at {log_position}")]
    PositionBeyondLog {
        /// The position asked for.
        asked: Position,
        /// The last position in the log.
        log_position: Position,
    },
    /// The epoch that the caller follows ended at a fork before the position asked for.
    #[error(
        "epoch {epoch} ended at a fork at position {fork}, and position {asked} lies beyond it: what \
         the caller has after {fork} is not in this ledger, which is on epoch {current}; go back to \
         the fork and go on from there"
    )]
    EpochForked {
        /// Number of the epoch that the caller named.
        epoch: u64,
        /// The last position that it has in common with the ledger.
        fork: Position,
        /// The position asked for.
        asked: Position,
        /// Number of the present epoch.
        current: u64,
    },
    /// The ledger has never been on the epoch that the caller follows.
    #[error(
        "the ledger has never been on the epoch named; its present epoch is {current}: follow it \
         from the beginning"
    )]
    EpochUnknown {
        /// Number of the present epoch.
        current: u64,
    },
    /// The server's configuration names no folder for backups.
    #[error("the server's configuration names no folder for backups: set backup_dir")]
    BackupsNotConfigured,
    /// The folder for backups is not there.
    #[error("the folder for backups is not there: mount or create it")]
    BackupFolderMissing,
    /// A backup is being written to the folder already.
    #[error("a backup is being taken already")]
    BackupRunning,
    /// The disk of the backups, or that of the ledger, has no room for a backup.
    #[error(
        "a backup needs {needed} bytes of free space and {available} are there; nothing was begun"
    )]
    BackupNoRoom {
        /// Bytes needed, with what has to stay free.
        needed: u64,
        /// Bytes that are free.
        available: u64,
    },
    /// A backup failed; the ledger and the earlier backups are as they were. Operators find the
    /// rest in the server's log.
    #[error("the backup failed; the ledger and the earlier backups are as they were")]
    BackupFailed,
    /// A check of the whole ledger is running already.
    #[error("a check is running already")]
    VerifyRunning,
    /// A rebuild or a simulation is running already, and there is room for one.
    #[error("a rebuild or a simulation is running already")]
    RebuildRunning,
    /// A rebuild or a simulation is running already; a simulation waits for its end.
    #[error("a rebuild or another simulation is running already")]
    SimulationRunning {
        /// After which time a retry makes sense.
        retry_after: Duration,
    },
    /// The caller took no difference of a simulation for so long that it was cancelled: while it
    /// waits, nobody else can simulate or rebuild.
    #[error("the simulation was cancelled, because its differences were not taken")]
    SimulationNotRead,
    /// The caller is not known.
    #[error("the caller is not authenticated")]
    Unauthenticated,
    /// A stored record is damaged. Operators find the rest in the server's log.
    #[error("a stored record is damaged")]
    DataLoss,
    /// A fault of the server. Operators find the rest in the server's log.
    #[error("internal error")]
    Internal,
}

/// A refusal and the command that it refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedRefusal {
    /// Index of the command in the request; absent for a question.
    pub command_index: Option<u32>,
    /// Why.
    pub refusal: Refusal,
    /// Number under which it is on record; absent when it is not recorded.
    pub refusal_number: Option<u64>,
}

/// Translates an error into a status with details.
///
/// # Panics
///
/// When [`ApiError::Refused`] or [`ApiError::Invalid`] holds nothing, which is a broken invariant.
#[must_use]
pub fn status_from_error(error: &ApiError) -> Status {
    details::status(error)
}

/// Translates an error into the answer to one request of a stream, with every refusal in it.
#[must_use]
pub fn failure_to_proto(error: &ApiError) -> v1::Failure {
    let refusals: Vec<v1::IndexedRefusal> = match error {
        ApiError::Refused(refusals) => refusals.iter().map(indexed_refusal).collect(),
        _ => Vec::new(),
    };
    let field_violations = match error {
        ApiError::Invalid(problems) => problems.iter().map(field_violation).collect(),
        _ => Vec::new(),
    };
    let retry_delay = error.retry_after().unwrap_or_default();
    v1::Failure {
        code: u32::try_from(i32::from(error.code())).expect("a gRPC code is 0 to 16"),
        message: error.to_string(),
        reason: error.reason().to_owned(),
        refused_count: u32::try_from(refusals.len()).unwrap_or(u32::MAX),
        refusals,
        field_violations,
        retry_delay_ms: u64::try_from(retry_delay.as_millis()).unwrap_or(u64::MAX),
    }
}

impl ApiError {
    /// A refused question: what it asks about is unknown.
    #[must_use]
    pub fn refused(refusal: Refusal) -> Self {
        Self::Refused(vec![IndexedRefusal {
            command_index: None,
            refusal,
            refusal_number: None,
        }])
    }

    /// The gRPC code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Refused(refusals) => refusals
                .first()
                .map_or(Code::Internal, |first| refusal_code(&first.refusal)),
            Self::Invalid(_) => Code::InvalidArgument,
            Self::RequestIdReused { .. } => Code::AlreadyExists,
            Self::QueueFull { .. }
            | Self::TooManyStreams { .. }
            | Self::BackupNoRoom { .. }
            | Self::MessageTooLarge { .. }
            | Self::ReceivingFull { .. }
            | Self::ReceivedTooSlowly { .. } => Code::ResourceExhausted,
            Self::NotRecorded { .. }
            | Self::WritesDisabled
            | Self::NotServing
            | Self::ClockRefused { .. }
            | Self::OutcomeUnknown => Code::Unavailable,
            Self::DeadlineExceeded => Code::DeadlineExceeded,
            Self::Transport(error) => error.code(),
            Self::DiskFull { .. } => Code::ResourceExhausted,
            Self::ReadOnly => Code::FailedPrecondition,
            Self::LogDamaged { .. } | Self::StateDamaged { .. } => Code::DataLoss,
            Self::PositionNotReached { .. } => Code::DeadlineExceeded,
            Self::PositionBeyondLog { .. } => Code::OutOfRange,
            Self::EpochForked { .. }
            | Self::EpochUnknown { .. }
            | Self::BackupsNotConfigured
            | Self::BackupFolderMissing
            | Self::BackupRunning
            | Self::VerifyRunning
            | Self::RebuildRunning => Code::FailedPrecondition,
            Self::SimulationRunning { .. } => Code::ResourceExhausted,
            Self::SimulationNotRead => Code::Aborted,
            Self::Unauthenticated => Code::Unauthenticated,
            Self::DataLoss => Code::DataLoss,
            Self::BackupFailed | Self::Internal => Code::Internal,
        }
    }

    /// The name of the reason in UPPER_SNAKE, permanent.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Refused(refusals) => refusals
                .first()
                .map_or("INTERNAL", |first| first.refusal.reason.name()),
            Self::Invalid(_) => "FIELD_INVALID",
            Self::RequestIdReused { .. } => "REQUEST_ID_REUSED",
            Self::QueueFull { .. } => "QUEUE_FULL",
            Self::TooManyStreams { .. } => "TOO_MANY_STREAMS",
            Self::NotRecorded { .. } => "NOT_RECORDED",
            Self::MessageTooLarge { .. } => TransportError::MessageTooLarge.reason(),
            Self::ReceivingFull { .. } => "RECEIVING_FULL",
            Self::ReceivedTooSlowly { .. } => "RECEIVED_TOO_SLOWLY",
            Self::WritesDisabled => "WRITES_DISABLED",
            Self::DiskFull { .. } => "DISK_FULL",
            Self::ReadOnly => "READ_ONLY",
            Self::LogDamaged { .. } => "LOG_DAMAGED",
            Self::StateDamaged { .. } => "STATE_DAMAGED",
            Self::NotServing => "NOT_SERVING",
            Self::ClockRefused { .. } => "CLOCK_REFUSED",
            Self::OutcomeUnknown => "OUTCOME_UNKNOWN",
            Self::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Self::Transport(error) => error.reason(),
            Self::PositionNotReached { .. } => "POSITION_NOT_REACHED",
            Self::PositionBeyondLog { .. } => "POSITION_BEYOND_LOG",
            Self::EpochForked { .. } => "EPOCH_FORKED",
            Self::EpochUnknown { .. } => "EPOCH_UNKNOWN",
            Self::BackupsNotConfigured => "BACKUPS_NOT_CONFIGURED",
            Self::BackupFolderMissing => "BACKUP_FOLDER_MISSING",
            Self::BackupRunning => "BACKUP_RUNNING",
            Self::BackupNoRoom { .. } => "BACKUP_NO_ROOM",
            Self::BackupFailed => "BACKUP_FAILED",
            Self::VerifyRunning => "VERIFY_RUNNING",
            Self::RebuildRunning => "REBUILD_RUNNING",
            Self::SimulationRunning { .. } => "SIMULATION_RUNNING",
            Self::SimulationNotRead => "SIMULATION_NOT_READ",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::DataLoss => "DATA_LOSS",
            Self::Internal => "INTERNAL",
        }
    }

    /// What went wrong, for a person who reads Chinese.
    #[must_use]
    pub fn message_zh(&self) -> &'static str {
        match self {
            Self::Refused(refusals) => refusals.first().map_or("系统内部错误", |first| {
                first.refusal.reason.message_zh()
            }),
            Self::Invalid(_) => "请求字段有误",
            Self::RequestIdReused { .. } => "该请求编号已用于其他请求",
            Self::QueueFull { .. } => "排队请求过多，请稍后重试",
            Self::TooManyStreams { .. } => "打开的数据流过多，请稍后重试",
            Self::MessageTooLarge { .. } => TransportError::MessageTooLarge.message_zh(),
            Self::ReceivingFull { .. } => "服务器正在接收的数据已达上限，请稍后重试",
            Self::ReceivedTooSlowly { .. } => "消息未在规定时间内发送完毕",
            Self::NotRecorded { .. } => "请求未被记录，请用同一请求编号重试",
            Self::WritesDisabled => "系统已停止写入，需运维人员处理",
            Self::DiskFull { .. } => "磁盘空间不足，腾出空间后可继续",
            Self::ReadOnly => "账本以只读方式打开，不接受写入",
            Self::LogDamaged { .. } => "日志记录已损坏",
            Self::StateDamaged {
                is_derived: true, ..
            } => "派生数据已损坏，日志不受影响，需运维人员重建后重试",
            Self::StateDamaged { .. } => "存储数据已损坏，需运维人员恢复备份",
            Self::NotServing => "系统正在启动或停止",
            Self::ClockRefused { .. } => "服务器时钟有误，暂停写入；时钟恢复后可重发同一请求",
            Self::OutcomeUnknown => "请求是否已记录尚不确定，请用同一请求编号重试",
            Self::DeadlineExceeded => "已超过截止时间，写入仍可能已完成",
            Self::Transport(error) => error.message_zh(),
            Self::PositionNotReached { .. } => "账本尚未到达所要求的位置",
            Self::PositionBeyondLog { .. } => "所要求的位置超出账本末尾",
            Self::EpochForked { .. } => "所跟随的纪元已在分叉处结束，请回到分叉位置继续",
            Self::EpochUnknown { .. } => "账本从未处于所跟随的纪元，请从头跟随",
            Self::BackupsNotConfigured => "服务器未配置备份目录",
            Self::BackupFolderMissing => "备份目录不存在，请先挂载或创建",
            Self::BackupRunning => "备份正在进行",
            Self::BackupNoRoom { .. } => "磁盘空间不足，未开始备份",
            Self::BackupFailed => "备份失败，账本和已有备份未受影响",
            Self::VerifyRunning => "校验正在进行",
            Self::RebuildRunning => "重建或模拟正在进行",
            Self::SimulationRunning { .. } => "重建或其他模拟正在进行，请稍后重试",
            Self::SimulationNotRead => "模拟结果长时间未被读取，模拟已取消",
            Self::Unauthenticated => "未通过身份验证",
            Self::DataLoss => "存储记录已损坏",
            Self::Internal => "系统内部错误",
        }
    }

    /// After which time a retry makes sense, when the server says so.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::QueueFull { retry_after }
            | Self::TooManyStreams { retry_after }
            | Self::NotRecorded { retry_after }
            | Self::ReceivingFull { retry_after, .. }
            | Self::ReceivedTooSlowly { retry_after, .. }
            | Self::SimulationRunning { retry_after } => Some(*retry_after),
            _ => None,
        }
    }
}

impl From<Vec<DecodeError>> for ApiError {
    fn from(problems: Vec<DecodeError>) -> Self {
        Self::Invalid(problems)
    }
}

impl From<DecodeError> for ApiError {
    fn from(problem: DecodeError) -> Self {
        Self::Invalid(vec![problem])
    }
}

/// The gRPC code of a refusal.
#[must_use]
pub const fn refusal_code(refusal: &Refusal) -> Code {
    match refusal.reason.category() {
        Category::InvalidArgument => Code::InvalidArgument,
        Category::NotFound => Code::NotFound,
        Category::AlreadyExists => Code::AlreadyExists,
        Category::FailedPrecondition | Category::Exhausted => Code::FailedPrecondition,
    }
}

fn indexed_refusal(indexed: &IndexedRefusal) -> v1::IndexedRefusal {
    v1::IndexedRefusal {
        command_index: indexed.command_index,
        refusal: Some(refusal_to_proto(&indexed.refusal)),
        refusal_number: indexed.refusal_number.unwrap_or_default(),
    }
}

fn field_violation(problem: &DecodeError) -> v1::FieldViolation {
    v1::FieldViolation {
        field: problem.field().to_owned(),
        description: problem.problem().to_string(),
    }
}

fn refused_message(refusals: &[IndexedRefusal]) -> String {
    match refusals {
        [] => "nothing was refused".to_owned(),
        [only] => only.refusal.to_string(),
        [first, ..] => format!(
            "{} commands refused, the first: {}",
            refusals.len(),
            first.refusal
        ),
    }
}

fn invalid_message(problems: &[DecodeError]) -> String {
    match problems {
        [] => "no field is wrong".to_owned(),
        [only] => only.to_string(),
        [first, ..] => format!("{} fields are wrong, the first: {first}", problems.len()),
    }
}
