//! The engine as its users see it.
//!
//! Long: the whole public face of the engine, one short method for each call.

use crate::clock::{Clock, ClockGuard, ClockProblem};
use crate::committer::Committer;
use crate::epochs::{self, Epochs};
use crate::event_ids::{self, EventIds};
use crate::group::Group;
use crate::limits::EngineOptions;
use crate::policies::load_policies;
use crate::query::Reader;
use crate::rebuild::{self, CancelToken, OnDifference, Progress, RebuildError, RebuildReport};
use crate::recovery::{self, OpenError, VerifyError, VerifyReport};
use crate::request::{AppendError, Appended, ReplyReceiver, Request, SubmitError};
use crate::shared::Shared;
use crate::simulate::{self, Observer, Simulate, SimulateError, Simulated};
use crate::tip::Tip;
use crate::writer::{Start, Writer};
use ledger_core::merkle::Hash;
use ledger_core::policy::PolicyBook;
use ledger_core::{Position, RecordedTime};
use ledger_log::{Condition, Epoch, ShadowPurpose, Storage};
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, mpsc};
use std::thread::{self, JoinHandle};
use tokio::sync::watch;

/// One ledger: its writer, and the way to what it has recorded.
///
/// Every method may be called from any thread. Dropping the engine shuts it down.
pub struct Engine {
    shared: Arc<Shared>,
    storage: Arc<dyn Storage>,
    options: EngineOptions,
    epoch: Epoch,
    epochs: Epochs,
    clock: Arc<ClockGuard>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// Why the ledger is open for reading only, when it is.
    read_only: Option<Arc<str>>,
    /// Held by the one rebuild or simulation that runs: both fill the one shadow of the store.
    shadowing: Mutex<()>,
}

/// An engine before anything runs: what its two threads will work with.
pub(crate) struct Parts {
    pub(crate) shared: Arc<Shared>,
    pub(crate) epoch: Epoch,
    pub(crate) epochs: Epochs,
    pub(crate) clock: Arc<ClockGuard>,
    pub(crate) writer: Writer,
    pub(crate) committer: Committer,
    /// Where the committer takes the writer's groups from.
    pub(crate) groups: mpsc::Receiver<Group>,
}

impl Parts {
    /// Checks, claims and loads what `storage` holds.
    pub(crate) fn open(
        storage: &Arc<dyn Storage>,
        options: &EngineOptions,
        clock: Arc<dyn Clock>,
        mut event_ids: EventIds,
    ) -> Result<Self, OpenError> {
        let tip = recovery::recover(&**storage)?;
        // What cannot be read here is told before anything is written.
        let snapshot = storage.snapshot().map_err(OpenError::Log)?;
        let earlier = epochs::read_epochs(&*snapshot)?;
        let begun = earlier.map(|epochs| epochs.current().started_at);
        drop(snapshot);
        let epoch = match storage.read_only() {
            None => storage.claim_epoch().map_err(OpenError::Log)?,
            // Whoever only reads takes nothing over.
            Some(_) => Epoch::UNCLAIMED,
        };
        let clock = Arc::new(ClockGuard::new(clock, options.clock.clone(), begun));
        // From here on the clock is held against the time that passes. A wrong one does not keep
        // the ledger from being read; it is told where it matters.
        let checked = clock.check(last_recorded(&tip));
        // Nor does it get into the history of epochs. Nothing is recorded until the clock is right,
        // so the last event is then the latest moment that is known before the epoch's first.
        let now = checked.unwrap_or(tip.recorded_at).max(tip.recorded_at);
        let epochs = epochs::open(&**storage, epoch, &tip, now, &mut event_ids)?;
        rebuild::upgrade(&**storage, epoch, &tip, options)?;
        let policies = load_policies(&**storage)?;
        let shared = Arc::new(Shared::new(
            options,
            tip.clone(),
            Arc::new(policies.clone()),
        ));
        let (to_committer, groups) = mpsc::sync_channel(1);
        let start = Start {
            refusals: tip.refusals,
            context: recovery::context(&tip, policies),
            epoch,
            event_ids,
        };
        let writer = Writer::new(
            Arc::clone(&shared),
            Arc::clone(storage),
            Arc::clone(&clock),
            options.clone(),
            to_committer,
            start,
        );
        let committer = Committer::new(
            Arc::clone(&shared),
            Arc::clone(storage),
            epoch,
            tip,
            options,
        );
        Ok(Self {
            shared,
            epoch,
            epochs,
            clock,
            writer,
            committer,
            groups,
        })
    }
}

/// How the engine is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The last durable position.
    pub last_position: Position,
    /// When the last event was recorded.
    pub recorded_at: RecordedTime,
    /// How many commands were refused so far.
    pub refusals: u64,
    /// Root of the Merkle tree over all events (RFC 6962).
    pub root: Hash,
    /// The term in which this engine owns the log.
    pub epoch: Epoch,
    /// Groups made durable since the engine was opened, each with one sync.
    pub commits: u64,
    /// Requests that wait for the writer.
    pub queue_requests: usize,
    /// Commands that wait for the writer, over all requests.
    pub queue_commands: usize,
    /// Why the engine stopped for good, when it did.
    pub stopped: Option<Arc<str>>,
    /// Why nothing is recorded until the clock is right, when it is not.
    pub clock_problem: Option<ClockProblem>,
    /// Why the ledger is open for reading only, when it is.
    pub read_only: Option<Arc<str>>,
    /// Rebuilds that replaced a live state which differed, on an operator's word, since the engine
    /// was opened.
    pub accepted_rebuilds: u64,
    /// How the store and its disk are doing.
    pub storage: Condition,
}

impl Engine {
    /// Opens the ledger that `storage` holds: checks its tip against the log, claims the log, loads
    /// the published policies, and starts the writer.
    ///
    /// Opening takes no longer with a long history. One opening is an exception: the first one by a
    /// version of this software that encodes entities in another way. That opening rebuilds the
    /// derived state from the log, and the log of the process says so.
    ///
    /// # Errors
    ///
    /// [`OpenError`] when tip and log do not fit, when a later version of this software wrote the
    /// derived state, when a policy cannot be loaded, or when the store fails.
    pub fn open(
        storage: Arc<dyn Storage>,
        options: EngineOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        let event_ids = EventIds::new(event_ids::random);
        let Parts {
            shared,
            epoch,
            epochs,
            clock,
            writer,
            committer,
            groups,
        } = Parts::open(&storage, &options, clock, event_ids)?;
        let committing = spawn("ledger-commit", move || committer.run(&groups))?;
        let writing = spawn("ledger-write", move || writer.run())?;
        let threads = Mutex::new(vec![writing, committing]);
        Ok(Self {
            read_only: storage.read_only().map(Arc::from),
            shared,
            storage,
            options,
            epoch,
            epochs,
            clock,
            threads,
            shadowing: Mutex::new(()),
        })
    }

    /// Queues a request; the answer comes through the receiver once it is durable.
    ///
    /// # Errors
    ///
    /// [`SubmitError`]; nothing of the request is recorded then.
    pub fn submit(&self, request: Request) -> Result<ReplyReceiver, SubmitError> {
        if let Some(reason) = &self.read_only {
            let reason = Arc::clone(reason);
            return Err(SubmitError::ReadOnly { reason });
        }
        self.shared.inbox.submit(request)
    }

    /// Carries a request out and waits for the answer.
    ///
    /// Dropping the future does not withdraw the request.
    ///
    /// # Errors
    ///
    /// [`AppendError`], which says whether something may have been recorded.
    pub async fn append(&self, request: Request) -> Result<Appended, AppendError> {
        let receiver = self.submit(request).map_err(AppendError::NotAccepted)?;
        receiver.await.unwrap_or_else(|_| Err(self.unanswered()))
    }

    /// Carries a request out and waits for the answer, outside of any async runtime.
    ///
    /// # Errors
    ///
    /// As [`append`](Self::append).
    ///
    /// # Panics
    ///
    /// When called from async code, which it would block.
    pub fn append_blocking(&self, request: Request) -> Result<Appended, AppendError> {
        let receiver = self.submit(request).map_err(AppendError::NotAccepted)?;
        receiver
            .blocking_recv()
            .unwrap_or_else(|_| Err(self.unanswered()))
    }

    /// Follows the last durable position. It only ascends.
    #[must_use]
    pub fn committed(&self) -> watch::Receiver<Position> {
        self.shared.committed.subscribe()
    }

    /// Returns the durable end of the log, with the Merkle tree up to it.
    #[must_use]
    pub fn tip(&self) -> Arc<Tip> {
        self.shared.tip()
    }

    /// Returns the published policies, as of the last durable position or shortly before.
    #[must_use]
    pub fn policies(&self) -> Arc<PolicyBook> {
        self.shared.policies()
    }

    /// Returns the store that the engine works over, for reading.
    #[must_use]
    pub fn storage(&self) -> &Arc<dyn Storage> {
        &self.storage
    }

    /// Returns the epochs that the ledger has been on.
    #[must_use]
    pub fn epochs(&self) -> &Epochs {
        &self.epochs
    }

    /// Returns the read side.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader::new(Arc::clone(&self.storage), Arc::clone(&self.shared))
    }

    /// Tells how the engine is doing.
    #[must_use]
    pub fn status(&self) -> Status {
        let tip = self.shared.tip();
        let (queue_requests, queue_commands) = self.shared.inbox.waiting();
        Status {
            last_position: tip.last_position,
            recorded_at: tip.recorded_at,
            refusals: tip.refusals,
            root: tip.root(),
            epoch: self.epoch,
            commits: self.shared.commits.load(Ordering::Relaxed),
            queue_requests,
            queue_commands,
            stopped: self.shared.stopped(),
            clock_problem: self.check_clock().err(),
            read_only: self.read_only.clone(),
            accepted_rebuilds: self.shared.accepted_rebuilds.load(Ordering::Relaxed),
            storage: self.storage.condition(),
        }
    }

    /// Looks at the clock, as every request does before it is decided.
    ///
    /// To be called now and then while there are no requests. A wrong clock is then told to the log
    /// of the process in time, and small corrections of the clock do not add up to a jump.
    ///
    /// # Errors
    ///
    /// [`ClockProblem`]: nothing is recorded until it is gone.
    pub fn check_clock(&self) -> Result<(), ClockProblem> {
        self.clock
            .check(last_recorded(&self.shared.tip()))
            .map(drop)
    }

    /// Rebuilds the derived state from the log beside the live one, compares both at the same
    /// position, and makes the rebuilt one the live one when they are equal.
    ///
    /// It takes as long as it takes to read the log, and blocks the thread; requests are answered
    /// meanwhile. `progress` is called now and then.
    ///
    /// # Errors
    ///
    /// [`RebuildError`]; the live state stays as it was.
    pub fn rebuild(
        &self,
        progress: &mut (dyn FnMut(Progress) + Send),
        cancel: &CancelToken,
    ) -> Result<RebuildReport, RebuildError> {
        self.rebuild_with(OnDifference::Keep, progress, cancel)
    }

    /// The same, and says what becomes of a live state that differs or is damaged.
    ///
    /// # Errors
    ///
    /// [`RebuildError`]; the live state stays as it was.
    pub fn rebuild_with(
        &self,
        on_difference: OnDifference,
        progress: &mut (dyn FnMut(Progress) + Send),
        cancel: &CancelToken,
    ) -> Result<RebuildReport, RebuildError> {
        if self.read_only.is_some() {
            return Err(RebuildError::ReadOnly);
        }
        let _running = self.shadow_permit().ok_or(RebuildError::AlreadyRunning)?;
        rebuild::rebuild(
            &self.storage,
            &self.shared,
            &self.options,
            on_difference,
            progress,
            cancel,
        )
    }

    /// Derives the state again from the log and compares it with the live one, as
    /// [`rebuild`](Self::rebuild) does, and throws it away.
    ///
    /// # Errors
    ///
    /// [`RebuildError`]; differences are no error here but part of the report.
    pub fn compare(
        &self,
        progress: &mut (dyn FnMut(Progress) + Send),
        cancel: &CancelToken,
    ) -> Result<RebuildReport, RebuildError> {
        let _running = self.shadow_permit().ok_or(RebuildError::AlreadyRunning)?;
        let shadow = self.storage.open_shadow(ShadowPurpose::Look)?;
        rebuild::compare_in(shadow, &*self.storage, &self.options, progress, cancel)
    }

    /// Replays history under a draft of a policy document, and tells what it would have changed.
    /// Nothing is written to the ledger.
    ///
    /// It takes longer than reading the log, and blocks the thread; requests are answered
    /// meanwhile.
    ///
    /// # Errors
    ///
    /// [`SimulateError`].
    pub fn simulate(
        &self,
        what: &Simulate,
        observer: &mut dyn Observer,
        cancel: &CancelToken,
    ) -> Result<Simulated, SimulateError> {
        if self.read_only.is_some() {
            return Err(SimulateError::ReadOnly);
        }
        let _running = self.shadow_permit().ok_or(SimulateError::Busy)?;
        simulate::simulate(&self.storage, &self.options, what, observer, cancel)
    }

    /// The right to the one shadow; `None` while somebody else has it.
    fn shadow_permit(&self) -> Option<MutexGuard<'_, ()>> {
        match self.shadowing.try_lock() {
            Ok(permit) => Some(permit),
            // It guards nothing but itself.
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Reads the whole log and checks it against the tip: every record against its leaf hash, and
    /// all of them against the root of the Merkle tree.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] with the first position that does not hold.
    pub fn verify(&self) -> Result<VerifyReport, VerifyError> {
        recovery::verify(&*self.storage)
    }

    /// Takes no more requests, answers those that were accepted, and stops.
    ///
    /// It waits for that and may be called again. Async callers wrap it in `spawn_blocking`.
    pub fn shutdown(&self) {
        self.shared.inbox.close(&Arc::from("shutting down"));
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // A thread that panicked has stopped the engine and said so.
            drop(thread.join());
        }
    }

    /// The answer when the writer broke down before it gave one.
    fn unanswered(&self) -> AppendError {
        let reason = self
            .shared
            .stopped()
            .unwrap_or_else(|| Arc::from("writer is gone"));
        AppendError::OutcomeUnknown { reason }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.shutdown();
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}

/// When the last event was recorded; none when there is no event.
fn last_recorded(tip: &Tip) -> Option<RecordedTime> {
    (tip.last_position > Position::ZERO).then_some(tip.recorded_at)
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, OpenError> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(OpenError::Thread)
}
