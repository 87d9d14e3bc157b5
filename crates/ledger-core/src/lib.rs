//! The rules of the subsidy ledger: pure, synchronous, without I/O, clock or randomness.
//!
//! Reading order:
//!
//! 1. [`command`] — what a caller may ask or report; [`event`] — what the ledger records;
//!    [`refusal`] — why it did not.
//!    All kinds stand in one table: [`kinds`].
//! 2. [`decide`](decide()) goes by the rules and changes nothing; [`apply`](apply()) changes the
//!    [`Context`] and holds no rule. Replay is only `apply`. The rules of an area and what its
//!    events change stand in its room: `account`, `award`, `certificate`, `claim`, `class`,
//!    `institution`, `order`, `payment`, `person`, [`policy`], `publicity`, `recovery`,
//!    `subsidy`, `supervision`, `training`. Each begins with what it is about and its sources.
//! 3. [`entity`] — the state that rules look at; [`context`] — the loaded part of it. All entities
//!    stand in one table: [`entities`].
//! 4. [`policy`] — a policy document in its compiled form: every amount, quota and percentage.
//! 5. [`explain`] — the chain of rules behind a decision, as data and as text.
//! 6. [`progress`] — what is counted against the targets of the documents.
//! 7. The value types: [`money`], [`date`], [`position`], [`ids`] and the coded identifiers.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
#![expect(
    clippy::result_large_err,
    reason = "a refusal is a result with its facts, 128 bytes"
)]

mod account;
mod apply;
mod award;
mod certificate;
pub mod certificate_number;
mod claim;
mod class;
pub mod coded;
pub mod command;
pub mod context;
mod correction;
pub mod credit_code;
pub mod date;
mod decide;
mod digits;
pub mod division;
pub mod entities;
pub mod entity;
pub mod event;
pub mod explain;
mod found;
pub mod fund;
pub mod hex;
pub mod identity_number;
pub mod ids;
mod institution;
pub mod kinds;
pub mod level;
pub mod limits;
pub mod merkle;
pub mod money;
mod need;
pub mod occupation;
mod order;
mod payment;
mod person;
pub mod personal_data;
pub mod policy;
pub mod position;
pub mod posting;
pub mod progress;
mod publicity;
mod recovery;
pub mod refusal;
pub mod scheme;
pub mod simulate;
mod subsidy;
mod supervision;
mod terms;
mod training;

pub use apply::{apply, missing_for_event, touched};
pub use certificate_number::{CertificateKind, CertificateNumber, SkillCertificateNumber};
pub use command::Command;
pub use context::Context;
pub use credit_code::CreditCode;
pub use date::{BusinessDate, RecordedTime};
pub use decide::{
    Decision, Eligibility, case_dates, decide, eligibility, explain_approval,
    explain_award_approval, explain_class_approval, explain_refused_payment, missing,
    missing_events,
};
pub use division::Division;
pub use entities::{Entity, EntityKey, EntityKind};
pub use event::{Event, EventBody, EventKind, RecordedEvent, Tag};
pub use explain::Explanation;
pub use found::found_by;
pub use fund::FundSource;
pub use ids::{
    AwardId, AwardRegisterKey, CaseId, ClassId, ClawbackId, DisbursementId, EventId, FindingId,
    Note, OrderId, PersonKey, QualificationId, Reference, RequestId,
};
pub use kinds::{CommandKind, Nature};
pub use level::SkillLevel;
pub use money::{Fen, Share};
pub use occupation::{Occupation, OccupationEdition};
pub use policy::Policy;
pub use position::Position;
pub use posting::{AccountKey, AccountKind, LedgerAccount, Posting, Side};
pub use refusal::{Reason, Refusal};
pub use scheme::{ActionId, SchemeId, SectorId, TargetId};
