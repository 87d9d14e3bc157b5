//! What the engine's threads and its readers share.

use crate::inbox::{Inbox, NotDurable};
use crate::limits::EngineOptions;
use crate::query::TrialBalance;
use crate::tip::Tip;
use ledger_core::policy::PolicyBook;
use ledger_core::{Division, Position};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use tokio::sync::watch;

/// The durable end of the log as readers see it, and the way to the writer.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) inbox: Inbox,
    pub(crate) committed: watch::Sender<Position>,
    /// Groups that this engine made durable, each with one sync.
    pub(crate) commits: AtomicU64,
    /// Rebuilds that replaced a live state which differed, on an operator's word.
    pub(crate) accepted_rebuilds: AtomicU64,
    tip: RwLock<Arc<Tip>>,
    policies: RwLock<Arc<PolicyBook>>,
    stopped: OnceLock<Arc<str>>,
    /// The sums that the last listing of accounts began with.
    account_sums: Mutex<Option<AccountSums>>,
}

/// The sums over the accounts of a division, or of all, as of a position.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AccountSums {
    pub(crate) as_of: Position,
    pub(crate) division: Option<Division>,
    pub(crate) totals: TrialBalance,
}

impl Shared {
    pub(crate) fn new(options: &EngineOptions, tip: Tip, policies: Arc<PolicyBook>) -> Self {
        Self {
            inbox: Inbox::new(options),
            committed: watch::Sender::new(tip.last_position),
            commits: AtomicU64::new(0),
            accepted_rebuilds: AtomicU64::new(0),
            tip: RwLock::new(Arc::new(tip)),
            policies: RwLock::new(policies),
            stopped: OnceLock::new(),
            account_sums: Mutex::default(),
        }
    }

    /// Keeps the sums that a listing begins with, for its further pages.
    pub(crate) fn keep_account_sums(&self, sums: AccountSums) {
        *self
            .account_sums
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(sums);
    }

    /// The sums that a listing of the same accounts began with, as of the same position.
    pub(crate) fn account_sums(
        &self,
        as_of: Position,
        division: Option<Division>,
    ) -> Option<TrialBalance> {
        let kept = self
            .account_sums
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let kept = kept.filter(|sums| sums.as_of == as_of && sums.division == division)?;
        Some(kept.totals)
    }

    /// Shows readers what is durable now. The position comes last: who sees it sees the rest.
    pub(crate) fn publish(&self, tip: Arc<Tip>, policies: Option<Arc<PolicyBook>>) {
        let last = tip.last_position;
        *self.tip.write().unwrap_or_else(PoisonError::into_inner) = tip;
        if let Some(policies) = policies {
            *self
                .policies
                .write()
                .unwrap_or_else(PoisonError::into_inner) = policies;
        }
        self.committed
            .send_if_modified(|position| std::mem::replace(position, last) != last);
    }

    pub(crate) fn tip(&self) -> Arc<Tip> {
        Arc::clone(&self.tip.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn policies(&self) -> Arc<PolicyBook> {
        Arc::clone(&self.policies.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Stops for good: the first reason holds, and everything that waits is answered with it.
    pub(crate) fn stop(&self, reason: &Arc<str>) {
        let first = self.stopped.get_or_init(|| Arc::clone(reason));
        self.inbox.fail(first);
    }

    /// Why the engine stopped, unless it did not or was shut down in order.
    pub(crate) fn stopped(&self) -> Option<Arc<str>> {
        self.stopped.get().cloned()
    }
}

/// Stops the engine when the thread that holds this panics: a broken invariant must not leave
/// callers waiting, nor a ledger that goes on without its writer.
pub(crate) struct StopOnPanic<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) thread: &'static str,
}

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let reason: Arc<str> = Arc::from(format!("{} broke an invariant", self.thread));
            self.shared.stop(&reason);
            self.shared
                .inbox
                .committed(Err(NotDurable::Stopped(reason)));
        }
    }
}
