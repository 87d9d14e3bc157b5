//! The read side: typed questions over what is committed, never touching the writer.
//!
//! Reading order:
//!
//! 1. [`Reader`] — what every question is asked of.
//! 2. [`read_events`], [`subscribe`] — the events themselves; `positions` finds them by tag.
//! 3. [`quota`], [`eligibility`], [`accounts`], [`statement`], [`entities`] — what follows from
//!    them, as of any position where it makes a difference.
//! 4. [`trace`], [`trace_effects`] — what an event rests on, and what rests on it.
//! 5. [`mod@progress`] — what was reached of the targets, as of any position.
//! 6. [`refusals`] — what was not done.
//! 7. [`documents`] — the published policies, and what is wrong with a text.
//! 8. [`explain`] — the chain of rules behind an approval, a payment or a refusal.
//!
//! Every answer names the position as of which it is given. Everything but waiting and following is
//! synchronous and reads the store: an asynchronous caller runs it on a blocking thread.

pub mod accounts;
pub mod documents;
pub mod eligibility;
pub mod entities;
pub mod error;
pub mod explain;
pub mod limits;
pub mod page_token;
mod policies;
mod positions;
pub mod progress;
pub mod quota;
pub mod read_events;
pub mod refusals;
pub mod statement;
mod stored;
pub mod subscribe;
mod summary;
pub mod trace;
pub mod trace_effects;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use ledger_core::Position;
use ledger_log::Storage;
use tokio::sync::watch;

use crate::shared::Shared;

pub use accounts::{AccountBalances, AccountsPage, ListAccounts, TrialBalance};
pub use documents::{ListPolicies, PoliciesPage, PolicyDocument, PolicyName};
pub use entities::AsOf;
pub use error::{QueryError, Subject};
pub use explain::{
    Chain, Decided, Decision, DecisionExplanation, Explain, ExplainAnswer, ExplanationSource,
    ExplanationsPage, TakeExplanation,
};
pub use page_token::{Cursor, QueryDigest};
pub use progress::ProgressQuery;
pub use quota::{QuotaQuery, QuotaUse, SlotUse};
pub use read_events::{EventFilter, EventPage, EventRange, ReadEvents};
pub use refusals::{ListRefusals, NumberedRefusal, RefusalsPage};
pub use statement::{LedgerBalance, ReadStatement, StatementLine, StatementPage};
pub use stored::StoredEvent;
pub use subscribe::{Subscription, SubscriptionItem};
pub use trace::{CauseTrace, TraceEvent, TraceNode, TraceSummary};
pub use trace_effects::EffectTrace;

/// Answers questions about what is committed.
///
/// Cloning is cheap, and any number of clones may be asked at the same time.
#[derive(Clone)]
pub struct Reader {
    store: Arc<dyn Storage>,
    shared: Arc<Shared>,
}

/// Why waiting for a position cannot find its sender gone.
const SENDER_LIVES: &str = "the sender lives as long as what the reader shares with the engine";

impl Reader {
    pub(crate) fn new(store: Arc<dyn Storage>, shared: Arc<Shared>) -> Self {
        Self { store, shared }
    }

    /// Returns the last position of the log; everything up to it is durable and readable.
    #[must_use]
    pub fn log_position(&self) -> Position {
        self.store.last_position()
    }

    /// Waits until the log holds a position, so that a caller reads its own writes.
    ///
    /// `deadline` is whatever ends the waiting: a timer, a client that goes away. Returns the last
    /// position then.
    ///
    /// # Errors
    ///
    /// [`QueryError::PositionInFuture`] when the deadline comes first.
    pub async fn wait_for(
        &self,
        position: Position,
        deadline: impl Future<Output = ()>,
    ) -> Result<Position, QueryError> {
        let mut committed = self.committed();
        let reached = async {
            let reached = committed.wait_for(|committed| *committed >= position).await;
            *reached.expect(SENDER_LIVES)
        };
        tokio::select! {
            // What is there already needs no time at all, so it comes before the deadline.
            biased;
            committed = reached => Ok(committed),
            () = deadline => Err(QueryError::PositionInFuture {
                asked: position,
                log_position: self.log_position(),
            }),
        }
    }

    fn committed(&self) -> watch::Receiver<Position> {
        self.shared.committed.subscribe()
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("log_position", &self.log_position())
            .finish_non_exhaustive()
    }
}
