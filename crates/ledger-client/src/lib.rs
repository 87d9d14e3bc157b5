//! The typed client of the subsidy ledger.
//!
//! [`Client`] has one method per call of the contract. It sets a deadline on every call, makes a
//! call again only when that is safe and helps, always under the same request id, and decodes
//! what the ledger refused. [`Client::load`] sends batches over a stream with a bound on those in
//! flight; [`Subscription`] goes on after a broken connection where it was; [`json`] is the
//! contract in JSON that people can read and write; [`reading`] takes files as offices write them.
//!
//! ```no_run
//! use ledger_client::{Batch, Client, ClientConfig, ClientError, random_request_id};
//! use ledger_core::command::{CommandBody, EnrolPerson};
//! use ledger_core::{BusinessDate, ClassId, Command, PersonKey};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::connect(ClientConfig::new("http://127.0.0.1:7450", "training-jinan")).await?;
//! let enrolment = Command {
//!     occurred_on: BusinessDate::parse("2021-03-01")?,
//!     causes: Vec::new(),
//!     body: CommandBody::EnrolPerson(EnrolPerson {
//!         class: ClassId::parse("0190a3b2-0000-7000-8000-000000000001")?,
//!         person: PersonKey::parse("0190a3b2-0000-7000-8000-000000000002")?,
//!     }),
//! };
//! // Keep the id with the request: sent again it is answered, not done twice.
//! let batch = Batch::new(random_request_id(), [&enrolment]);
//! match client.append_until_known(&batch).await {
//!     Ok(answer) => assert!(answer.first_position > 0),
//!     Err(ClientError::Refused(refused)) => {
//!         for refusal in refused.refusals {
//!             assert!(!refusal.refusal.message_zh.is_empty());
//!         }
//!     }
//!     Err(error) => return Err(error.into()),
//! }
//! # Ok(())
//! # }
//! ```

mod batch;
mod client;
mod config;
mod error;
pub mod json;
pub mod limits;
mod load;
pub mod reading;
mod request_id;
mod retry;
mod stream;
mod subscription;

pub use batch::Batch;
pub use client::Client;
pub use config::{ClientConfig, ClientIdentity, TlsConfig};
pub use error::{ClientError, ConfigError, Refusals, Retry};
pub use ledger_proto::status::DecodedRefusal;
pub use ledger_proto::v1::{AppendMode, ExplanationDetail};
pub use load::{Load, LoadOptions};
pub use request_id::{batch_request_id, content_digest, random_request_id};
pub use retry::{RetryPolicy, Sleeper, TokioSleeper};
pub use stream::{BackUpStream, EventStream, RebuildStream, SimulateStream, Trace, VerifyStream};
pub use subscription::{Notice, Subscription};

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;
