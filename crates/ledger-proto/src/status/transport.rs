//! What goes wrong around a call: on its way to the service, or on the way of the answer back.
//!
//! The libraries of the transport answer such calls by themselves, with a code and a text. Here
//! they get a reason, and with it the details that every error of this service carries.

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{ApiError, status_from_error};
use crate::ERROR_DOMAIN;

/// Why a call did not get to the service, or its answer not to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The message of the caller is larger than the server takes.
    #[error("the message is larger than this server takes; GetStatus tells its limits")]
    MessageTooLarge,
    /// What the caller sent is no message of the contract.
    #[error("what was sent is not a message of the contract")]
    MessageMalformed,
    /// The caller ended the call before he had sent a message.
    #[error("the call has no message")]
    MessageMissing,
    /// The message is compressed, which this server does not take.
    #[error("the message is compressed; this server takes uncompressed ones only")]
    EncodingUnsupported,
    /// What the call says about its content is not gRPC with messages of protobuf.
    #[error("this is no call of gRPC with messages of protobuf: it has another content type")]
    ContentTypeUnsupported,
    /// The deadline of the call cannot be read.
    #[error(
        "the call has no deadline that can be read: grpc-timeout is one to eight digits and one of \
         H, M, S, m, u, n"
    )]
    TimeoutMalformed,
    /// The call is not made with POST.
    #[error("a call of gRPC is made with POST")]
    HttpMethodUnsupported,
    /// The service or method does not exist.
    #[error("this server has no such method")]
    MethodUnknown,
    /// The headers of the call are larger than the server takes.
    #[error("the headers of the call are larger than this server takes")]
    HeadersTooLarge,
    /// What the caller asks about does not exist, in a service beside the ledger.
    #[error("there is no such service or symbol")]
    NotFound,
    /// The call was carried out, and its answer is larger than a message may be.
    #[error("the call was carried out, and its answer is too large to be sent")]
    AnswerTooLarge,
    /// The call was cancelled; a write may have been carried out all the same.
    #[error("the call was cancelled; a write may have been carried out all the same")]
    Cancelled,
    /// The call broke off; a write may have been carried out all the same.
    #[error("the call broke off; a write may have been carried out all the same")]
    Broken,
}

impl TransportError {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::MessageTooLarge,
        Self::MessageMalformed,
        Self::MessageMissing,
        Self::EncodingUnsupported,
        Self::ContentTypeUnsupported,
        Self::TimeoutMalformed,
        Self::HttpMethodUnsupported,
        Self::MethodUnknown,
        Self::HeadersTooLarge,
        Self::NotFound,
        Self::AnswerTooLarge,
        Self::Cancelled,
        Self::Broken,
    ];

    /// The gRPC code.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            // Without a time to retry: waiting does not make a message smaller.
            Self::MessageTooLarge | Self::HeadersTooLarge => Code::ResourceExhausted,
            Self::MessageMalformed | Self::MessageMissing | Self::TimeoutMalformed => {
                Code::InvalidArgument
            }
            Self::EncodingUnsupported
            | Self::ContentTypeUnsupported
            | Self::HttpMethodUnsupported
            | Self::MethodUnknown => Code::Unimplemented,
            Self::NotFound => Code::NotFound,
            Self::AnswerTooLarge => Code::OutOfRange,
            Self::Cancelled => Code::Cancelled,
            Self::Broken => Code::Internal,
        }
    }

    /// The name of the reason in UPPER_SNAKE, permanent.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::MessageTooLarge => "MESSAGE_TOO_LARGE",
            Self::MessageMalformed => "MESSAGE_MALFORMED",
            Self::MessageMissing => "MESSAGE_MISSING",
            Self::EncodingUnsupported => "ENCODING_UNSUPPORTED",
            Self::ContentTypeUnsupported => "CONTENT_TYPE_UNSUPPORTED",
            Self::TimeoutMalformed => "TIMEOUT_MALFORMED",
            Self::HttpMethodUnsupported => "HTTP_METHOD_UNSUPPORTED",
            Self::MethodUnknown => "METHOD_UNKNOWN",
            Self::HeadersTooLarge => "HEADERS_TOO_LARGE",
            Self::NotFound => "NOT_FOUND",
            Self::AnswerTooLarge => "ANSWER_TOO_LARGE",
            Self::Cancelled => "CANCELLED",
            Self::Broken => "CALL_BROKEN",
        }
    }

    /// What went wrong, for a person who reads Chinese.
    #[must_use]
    pub const fn message_zh(self) -> &'static str {
        match self {
            Self::MessageTooLarge => "消息超过服务器允许的大小",
            Self::MessageMalformed => "消息不符合接口约定",
            Self::MessageMissing => "调用没有消息",
            Self::EncodingUnsupported => "服务器不接收压缩消息",
            Self::ContentTypeUnsupported => "内容类型不是 gRPC（protobuf 消息）",
            Self::TimeoutMalformed => {
                "调用的期限无法识别：grpc-timeout 应为一至八位数字加一个单位（H、M、S、m、u、n）"
            }
            Self::HttpMethodUnsupported => "gRPC 调用必须使用 POST 方法",
            Self::MethodUnknown => "服务器没有该方法",
            Self::HeadersTooLarge => "调用的头部超过服务器允许的大小",
            Self::NotFound => "没有该服务或符号",
            Self::AnswerTooLarge => "调用已执行，但答复过大，无法发送",
            Self::Cancelled => "调用已取消，写入仍可能已完成",
            Self::Broken => "调用中断，写入仍可能已完成",
        }
    }

    /// Whether a write may have been carried out all the same.
    #[must_use]
    pub const fn leaves_doubt(self) -> bool {
        matches!(self, Self::AnswerTooLarge | Self::Cancelled | Self::Broken)
    }

    /// Reads the status that a library of the transport made. Its text is not handed on: it may
    /// repeat what the caller sent.
    #[must_use]
    pub fn of_status(status: &Status) -> Self {
        let text = status.message();
        match status.code() {
            Code::OutOfRange if text.contains("encoded message length") && !is_decoding(text) => {
                Self::AnswerTooLarge
            }
            Code::OutOfRange | Code::ResourceExhausted => Self::MessageTooLarge,
            Code::Unimplemented if text.contains("compressed") => Self::EncodingUnsupported,
            Code::Unimplemented => Self::MethodUnknown,
            Code::NotFound => Self::NotFound,
            Code::Cancelled => Self::Cancelled,
            Code::Internal if text.starts_with("Missing request message") => Self::MessageMissing,
            // What a caller sent cannot be read. An answer that cannot be written says so.
            Code::Internal if !text.starts_with("Error encoding") => Self::MessageMalformed,
            Code::InvalidArgument => Self::MessageMalformed,
            _ => Self::Broken,
        }
    }
}

fn is_decoding(text: &str) -> bool {
    text.contains("decoded message length")
}

/// Returns the status with the details that every error of this service carries. One that has them
/// is returned as it is.
#[must_use]
pub fn complete(status: &Status) -> Status {
    let info = status.get_details_error_info();
    if status.code() == Code::Ok || info.is_some_and(|info| info.domain == ERROR_DOMAIN) {
        return status.clone();
    }
    status_from_error(&ApiError::Transport(TransportError::of_status(status)))
}
