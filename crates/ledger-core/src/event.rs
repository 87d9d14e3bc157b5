//! What the ledger records: one immutable event per fact, with everything that `apply` needs.
//!
//! An event holds results, not rules: amounts, dates and counts as they were decided, the policy
//! publication they rest on, and the positions of the events that caused it.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::{
    AccountKey, AwardId, BusinessDate, CaseId, CertificateNumber, ClassId, ClawbackId, CreditCode,
    DisbursementId, Division, EventId, LedgerAccount, OrderId, PersonKey, Position, Posting,
    RecordedTime,
};
use std::sync::Arc;

pub use crate::account::event::*;
pub use crate::award::event::*;
pub use crate::certificate::event::*;
pub use crate::claim::event::*;
pub use crate::class::event::*;
pub use crate::correction::event::*;
pub use crate::institution::event::*;
pub use crate::kinds::{EventBody, EventKind};
pub use crate::order::event::*;
pub use crate::payment::event::*;
pub use crate::person::event::*;
pub use crate::policy::event::*;
pub use crate::publicity::event::*;
pub use crate::recovery::event::*;
pub use crate::subsidy::event::*;
pub use crate::supervision::event::*;
pub use crate::terms::{
    AppliedRule, ClaimRoute, DisbursementStage, EmploymentEvidence, FindingKind, Payee, Subject,
};
pub use crate::training::event::*;

/// A decided event, before it has a place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The business date of the fact (China Standard Time).
    pub occurred_on: BusinessDate,
    /// Positions of the events that this one rests on, ascending, without repeats.
    pub causes: Vec<Position>,
    /// Position of the policy publication whose rules were applied.
    pub policy: Option<Position>,
    /// What the event can be found by.
    pub tags: Vec<Tag>,
    /// The balanced entry, empty for events that move no money.
    pub postings: Vec<Posting>,
    /// The fact.
    pub body: EventBody,
}

/// An event with its place in the log and its provenance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    pub position: Position,
    pub event_id: EventId,
    pub recorded_at: RecordedTime,
    /// The authenticated principal.
    pub actor: Arc<str>,
    /// The system that sent the request, as it names itself.
    pub source_system: Arc<str>,
    pub event: Event,
}

/// Something an event can be found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tag {
    Person(PersonKey),
    Class(ClassId),
    Institution(CreditCode),
    Certificate(CertificateNumber),
    Division(Division),
    Disbursement(DisbursementId),
    Case(CaseId),
    Clawback(ClawbackId),
    Award(AwardId),
    Order(OrderId),
    /// A fund at a division: every event that posted to it.
    Account(AccountKey),
    /// One account in the books; derived from the postings, never stored as a tag.
    LedgerAccount(LedgerAccount),
}
