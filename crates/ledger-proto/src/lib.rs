//! The public contract in Rust: generated code, and the only translations to and from it.
//!
//! [`v1`] is generated from `proto/` by `cargo xtask codegen`. Everything else here is written by
//! hand: [`to_proto`] turns domain types into messages and cannot fail; [`from_proto`] turns
//! messages into domain types and checks their shape; [`event_bytes`] writes and reads the bytes
//! of a stored event, [`refusal_bytes`] those that are kept beside a refusal; `status` turns errors
//! into `google.rpc.Status` and back. It, the clients and the servers come with the feature `grpc`;
//! without it nothing here names a transport.

mod enums;
pub mod error;
pub mod event_bytes;
pub mod from_proto;
mod interner;
pub mod refusal_bytes;
mod request_content;
#[cfg(feature = "grpc")]
pub mod status;
pub mod tally;
pub mod to_proto;
mod wire;

pub use error::{DecodeError, DecodeProblem};
pub use event_bytes::{EventHead, recorded_event_from_bytes, recorded_event_to_bytes};
pub use interner::Interner;
pub use request_content::request_content;
#[cfg(feature = "grpc")]
pub use status::{ApiError, IndexedRefusal, status_from_error};

/// Messages, client and server of package `subsidy.ledger.v1`.
#[expect(
    missing_docs,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::as_conversions,
    clippy::large_enum_variant,
    clippy::too_many_lines,
    reason = "generated from the documented contract"
)]
#[path = "generated/subsidy.ledger.v1.rs"]
pub mod v1;

/// The encoded `FileDescriptorSet` of the contract, for reflection and for JSON tools.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("generated/descriptor.bin");

/// The name of the system in errors: `ErrorInfo.domain`.
pub const ERROR_DOMAIN: &str = "ledger.subsidy";
