//! The writer: the one thread that decides, over entities that it alone holds.
//!
//! The writer takes requests from the queue, decides them and applies their events to its entities.
//! It collects the events in the open group, and hands the group to the committer when the
//! committer is free. While one group is being synced, the next one is filled. The next group
//! builds on events that are not durable yet, so a caller is answered only after the sync of the
//! group that holds his request.
//!
//! Long: the one loop that appends, whose steps share its state.

use crate::answers::{decode_answer, encode_answer};
use crate::cache::{Cache, LoadError};
use crate::clock::ClockGuard;
use crate::entity_codec::{encode_loaded, entity_key};
use crate::error_chain::error_chain;
use crate::event_ids::EventIds;
use crate::group::{Group, OpenGroup};
use crate::inbox::{NotDurable, Ready, Submitted, Work};
use crate::limits::{EngineOptions, GROUP_BYTES_HARD_MAX};
use crate::policies::load_policies;
use crate::rebuild::Switch;
use crate::recovery;
use crate::request::{AppendError, Appended, Reply, Request};
use crate::shared::{Shared, StopOnPanic};
use hashbrown::HashMap;
use ledger_core::policy::PolicyBook;
use ledger_core::{Context, EntityKey, Position, RecordedTime, RequestId};
use ledger_log::{Epoch, LogError, Space, StateOp, Storage, keys};
use std::sync::{Arc, mpsc};

mod attempt;
mod detail;

#[cfg(test)]
pub(crate) use detail::Kept;

/// The state of the writer thread.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    storage: Arc<dyn Storage>,
    clock: Arc<ClockGuard>,
    /// The time at which the request in hand is decided, from a clock that was found right.
    decided_at: RecordedTime,
    options: EngineOptions,
    epoch: Epoch,
    cache: Cache,
    open: OpenGroup,
    /// The answers of the group that is being committed; `None` while no group is.
    committing: Option<HashMap<RequestId, Vec<u8>>>,
    committer: mpsc::SyncSender<Group>,
    event_ids: EventIds,
    /// Whether the last look at the disk found too little room.
    lacks_room: bool,
    /// The number of the request in hand, noted with each entity that the request changes.
    request_number: u64,
    /// Room for the keys that one command touches, kept to be used again.
    keys: Vec<EntityKey>,
}

/// What the writer starts from.
pub(crate) struct Start {
    pub(crate) context: Context,
    pub(crate) refusals: u64,
    pub(crate) epoch: Epoch,
    pub(crate) event_ids: EventIds,
}

impl Writer {
    pub(crate) fn new(
        shared: Arc<Shared>,
        storage: Arc<dyn Storage>,
        clock: Arc<ClockGuard>,
        mut options: EngineOptions,
        committer: mpsc::SyncSender<Group>,
        start: Start,
    ) -> Self {
        options.request_bytes_max = options.request_bytes_max.min(GROUP_BYTES_HARD_MAX);
        let last = last_position(&start.context);
        let open = OpenGroup::new(last, start.context.recorded_at, start.refusals);
        Self {
            decided_at: start.context.recorded_at,
            cache: Cache::new(start.context, options.cache_entities_max),
            shared,
            storage,
            clock,
            options,
            epoch: start.epoch,
            open,
            committing: None,
            committer,
            event_ids: start.event_ids,
            lacks_room: false,
            request_number: 0,
            keys: Vec::new(),
        }
    }

    /// Works until the queue is closed and empty, or a commit fails for good.
    pub(crate) fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        let _guard = StopOnPanic {
            shared: &shared,
            thread: "writer",
        };
        loop {
            match self.work() {
                Ok(()) => return,
                Err(NotDurable::NotWritten(reason)) => self.start_over(&reason),
                Err(NotDurable::Stopped(reason)) => {
                    // The answers of the open group build on a group whose fate is unknown.
                    return self.refuse_open(|| AppendError::OutcomeUnknown {
                        reason: Arc::clone(&reason),
                    });
                }
            }
        }
    }

    /// Goes back to the durable state, after a group that was not written. The entities in memory
    /// and the open group build on that group, so both are given up.
    fn start_over(&mut self, reason: &Arc<str>) {
        self.refuse_open(|| AppendError::NotRecorded {
            reason: Arc::clone(reason),
        });
        let tip = self.shared.tip();
        let policies = PolicyBook::clone(&*self.shared.policies());
        let context = recovery::context(&tip, policies);
        let last = last_position(&context);
        self.open = OpenGroup::new(last, context.recorded_at, tip.refusals);
        self.cache = Cache::new(context, self.options.cache_entities_max);
        self.committing = None;
    }

    /// Answers the callers of the open group, none of which is recorded.
    fn refuse_open(&mut self, error: impl Fn() -> AppendError) {
        for (sender, _) in std::mem::take(&mut self.open.group.replies) {
            drop(sender.send(Err(error())));
        }
    }

    fn work(&mut self) -> Result<(), NotDurable> {
        loop {
            if self.committing.is_none() && !self.open.is_empty() {
                self.hand_over()?;
            }
            match self.shared.inbox.next(self.ready()) {
                Work::Request(submitted) => self.take(*submitted)?,
                Work::Committed(result) => self.committed(result)?,
                Work::Switch(switch) => self.switch(*switch),
                Work::Drained => return Ok(()),
            }
        }
    }

    fn ready(&self) -> Ready {
        let options = &self.options;
        if self.committing.is_none() {
            Ready::Anything
        } else if self
            .open
            .is_full(options.group_events_max, options.group_bytes_max)
        {
            Ready::Commit
        } else {
            Ready::RequestsAndCommit
        }
    }

    /// Carries a request out and puts its answer into the open group.
    ///
    /// Every answer waits for the sync of a group, also that of a request which writes nothing: the
    /// answer may rest on events that are not durable yet.
    fn take(&mut self, submitted: Submitted) -> Result<(), NotDurable> {
        let Submitted { request, reply, .. } = submitted;
        match self.answer(&request) {
            Ok(answer) => {
                self.open.group.replies.push((reply, answer));
                Ok(())
            }
            Err(failed) => {
                let error = match &failed {
                    NotDurable::Stopped(reason) => AppendError::Stopped {
                        reason: Arc::clone(reason),
                    },
                    NotDurable::NotWritten(reason) => AppendError::NotRecorded {
                        reason: Arc::clone(reason),
                    },
                };
                drop(reply.send(Err(error)));
                Err(failed)
            }
        }
    }

    /// The answer to a request. After an error the open group holds nothing of the request.
    fn answer(&mut self, request: &Request) -> Result<Reply, NotDurable> {
        if self.cache.is_full() {
            self.settle()?;
            self.cache.rotate();
        }
        match self.recall(request) {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => match self.check_disk(request) {
                Ok(()) => self.decide(request),
                Err(error) => Ok(Err(error)),
            },
            Err(error) => Ok(Err(unreadable(&error))),
        }
    }

    /// The answer to a new request: a refusal when the clock is wrong.
    fn decide(&mut self, request: &Request) -> Result<Reply, NotDurable> {
        let context = &self.cache.context;
        let has_events = last_position(context) > Position::ZERO;
        match self.clock.check(has_events.then_some(context.recorded_at)) {
            Ok(now) => {
                self.decided_at = now;
                self.carry_out(request)
            }
            Err(problem) => Ok(Err(AppendError::ClockRefused { problem })),
        }
    }

    /// Asks once per group whether the disk has room for the group. A request that records nothing
    /// needs no room.
    fn check_disk(&mut self, request: &Request) -> Result<(), AppendError> {
        if request.validate_only {
            return Ok(());
        }
        if self.open.room.is_none() {
            let room = self.storage.check_room().map_err(|error| match error {
                LogError::NoRoom {
                    needed,
                    free,
                    headroom,
                    ..
                } => AppendError::NoRoom {
                    needed,
                    free,
                    headroom,
                },
                error => unreadable(&error.into()),
            });
            if room.is_err() != self.lacks_room {
                self.lacks_room = room.is_err();
                match &room {
                    Ok(()) => tracing::warn!("the disk has room again; recording goes on"),
                    Err(error) => {
                        tracing::error!(%error, "nothing is recorded until there is room")
                    }
                }
            }
            self.open.room = Some(room);
        }
        self.open.room.clone().unwrap_or(Ok(()))
    }

    /// The answer to a request that was carried out before; its group may still wait for the sync.
    fn recall(&self, request: &Request) -> Result<Option<Reply>, LoadError> {
        if request.validate_only {
            return Ok(None);
        }
        let id = &request.request_id;
        let in_flight = self
            .open
            .answers
            .get(id)
            .or_else(|| self.committing.as_ref().and_then(|answers| answers.get(id)));
        let key = keys::request(id.as_bytes());
        let stored;
        let bytes = match in_flight {
            Some(bytes) => bytes,
            None => match self.storage.get(Space::Requests, &key)? {
                Some(bytes) => {
                    stored = bytes;
                    &stored
                }
                None => return Ok(None),
            },
        };
        let (stored, appended) =
            decode_answer(bytes).map_err(|source| LoadError::Answer { key, source })?;
        if stored == request.digest {
            return Ok(Some(Ok(appended)));
        }
        Ok(Some(Err(AppendError::RequestIdReused {
            stored,
            given: request.digest,
        })))
    }

    /// Remembers the answer of a request, in the group that makes it true.
    fn remember(&mut self, request: &Request, appended: &Appended) {
        let bytes = encode_answer(&request.digest, appended);
        let key = keys::request(request.request_id.as_bytes());
        self.open.cost += key.len() + bytes.len();
        self.open
            .group
            .state
            .push(StateOp::put(Space::Requests, key, bytes.clone()));
        self.open.answers.insert(request.request_id, bytes);
    }

    /// Closes the open group and gives it to the committer, which is idle.
    fn hand_over(&mut self) -> Result<(), NotDurable> {
        let context = &self.cache.context;
        let next = OpenGroup::new(
            last_position(context),
            context.recorded_at,
            self.open.group.refusals,
        );
        let mut closed = std::mem::replace(&mut self.open, next);
        closed.group.recorded_at = context.recorded_at;
        if closed.changes_policies {
            closed.group.policies = Some(Arc::new(context.policies.clone()));
        }
        // The memtable takes ascending keys in less time. They are sorted here, because the
        // committer, which writes them, has less time to spare than this thread.
        let mut changed: Vec<_> = closed.changed.keys().copied().collect();
        changed.sort_unstable();
        closed.group.state.reserve(changed.len());
        for key in &changed {
            let op = self.entity_op(key);
            closed.group.state.push(op);
        }
        self.event_ids.start_group();
        self.committing = Some(closed.answers);
        // The committer hangs up only after it has reported why.
        match self.committer.send(closed.group) {
            Ok(()) => Ok(()),
            Err(mpsc::SendError(group)) => {
                self.open.group.replies = group.replies;
                Err(NotDurable::Stopped(self.stop_reason()))
            }
        }
    }

    fn entity_op(&mut self, key: &EntityKey) -> StateOp {
        let mut value = Vec::with_capacity(256);
        let exists = encode_loaded(&self.cache.context, key, &mut value);
        assert!(
            exists,
            "an entity that was changed exists: none is ever removed"
        );
        self.cache.weigh(value.len());
        StateOp::put(Space::Entities, entity_key(key), value)
    }

    fn committed(&mut self, result: Result<(), NotDurable>) -> Result<(), NotDurable> {
        self.committing = None;
        result
    }

    /// Waits until everything decided so far is durable. The store then holds the same entities as
    /// memory.
    fn settle(&mut self) -> Result<(), NotDurable> {
        if self.committing.is_some() {
            self.await_commit()?;
        }
        if !self.open.is_empty() {
            self.hand_over()?;
            self.await_commit()?;
        }
        Ok(())
    }

    fn await_commit(&mut self) -> Result<(), NotDurable> {
        match self.shared.inbox.next(Ready::Commit) {
            Work::Committed(result) => self.committed(result),
            Work::Request(_) | Work::Switch(_) | Work::Drained => {
                unreachable!("nothing else is handed out while a commit is waited for")
            }
        }
    }

    /// Makes a rebuilt state the live one. To be called while no group is open or being committed.
    fn switch(&mut self, mut switch: Switch) {
        let last = last_position(&self.cache.context);
        let result = switch.carry_out(&*self.storage, self.epoch, last);
        if result.is_ok() {
            self.cache.clear();
            if switch.replaces() {
                self.replaced();
            }
        }
        switch.answer(result);
    }

    /// Forgets everything that memory holds of the live state, because another state has replaced
    /// it.
    fn replaced(&mut self) {
        self.open.group.state_replaced = true;
        match load_policies(&*self.storage) {
            Ok(policies) => {
                let shared = Arc::new(policies.clone());
                self.cache.context.policies = policies;
                self.shared.publish(self.shared.tip(), Some(shared));
            }
            // The log was replayed a moment ago, so that its documents can be read.
            Err(error) => {
                let reason = error_chain(&error);
                tracing::error!(%reason, "policies cannot be loaded after a rebuild");
            }
        }
    }

    /// The time of the request in hand: the clock's, unless that runs a little behind the log.
    fn now(&self) -> RecordedTime {
        self.decided_at.max(self.cache.context.recorded_at)
    }

    /// The time whose day dates of the request in hand are judged by.
    fn judged_at(&self) -> RecordedTime {
        self.clock
            .judged_at(self.decided_at, self.cache.context.recorded_at)
    }

    fn stop_reason(&self) -> Arc<str> {
        self.shared
            .stopped()
            .unwrap_or_else(|| Arc::from("committer is gone"))
    }
}

/// The last position that a context has applied.
fn last_position(context: &Context) -> Position {
    context
        .next_position
        .previous()
        .expect("the next position is one at least")
}

fn unreadable(error: &LoadError) -> AppendError {
    let reason = error_chain(error);
    tracing::error!(%reason, "state is unreadable");
    match error.damaged_derived() {
        Some(space) => AppendError::StateDamaged { space, reason },
        None => AppendError::Unreadable { reason },
    }
}
