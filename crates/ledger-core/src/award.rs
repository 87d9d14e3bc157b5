//! Awards and grants (奖补): approved and revoked; how they are paid is in `payment`.
//!
//! Sources: such as 鲁人社发〔2020〕18号 三(二)–三(五). An award is decided by a body outside the ledger;
//! the ledger holds it against the rules of the document in force.

mod apply;
pub(crate) mod command;
pub(crate) mod entity;
pub(crate) mod event;
mod rules;

pub(crate) use apply::with;
pub use rules::explain_award_approval;
pub(crate) use rules::not_revoked;
