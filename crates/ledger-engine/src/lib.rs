//! The engine: one writer, many readers, over whatever keeps the bytes.
//!
//! Reading order:
//!
//! 1. [`Engine`] — open, submit, follow, rebuild, shut down; `request` — what goes in and comes
//!    back.
//! 2. `writer` — the thread that decides; `committer` — the thread that makes durable; `group` —
//!    what passes from one to the other; `inbox` — what waits for the writer; `clock` — the time,
//!    and whether it may be recorded by.
//! 3. [`entity_codec`], `index`, `counters`, [`refusals`], `tip` — the private encodings of
//!    what is derived from the log.
//! 4. [`rebuild`] — the same state once more from the log alone, compared, switched.
//! 5. [`simulate`] — history once more under a draft of a policy, in a shadow that is thrown away.
//! 6. [`query`] — the read side.
//! 7. [`certificate_marks`] — which keys the ledger keeps certificate numbers by.
//! 8. [`epochs`] — the lines that the ledger has been on, when a backup was restored and goes on.
//!
//! The crate knows no gRPC and no database, so it can be embedded, tested and measured alone.

mod answers;
mod block_starts;
mod cache;
pub mod certificate_marks;
mod clock;
mod committer;
mod cost;
mod counters;
mod engine;
pub mod entity_codec;
pub mod epochs;
mod error_chain;
mod event_ids;
mod events;
mod group;
mod inbox;
mod index;
pub mod limits;
mod policies;
pub mod query;
pub mod rebuild;
mod recovery;
pub mod refusals;
mod request;
mod shadow_memory;
mod shared;
pub mod simulate;
mod tip;
mod wire;
mod writer;

#[cfg(test)]
mod tests;

pub use clock::{Clock, ClockBounds, ClockProblem, ManualClock, SystemClock};
pub use engine::{Engine, Status};
pub use entity_codec::{decode_entity, encode_entity, entity_key};
pub use limits::EngineOptions;
pub use rebuild::{CancelToken, RebuildError, RebuildReport};
pub use recovery::{OpenError, TipError, VerifyError, VerifyReport, prepare, tip_of};
pub use refusals::{RefusalRecord, decode_refusal};
pub use request::{
    AppendError, Appended, Mode, Outcome, Reply, ReplyReceiver, Request, SubmitError,
};
pub use simulate::{Simulate, SimulateError, Simulated};
pub use tip::Tip;
pub use wire::CodecError;
