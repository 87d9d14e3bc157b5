//! The open group: what the writer has decided and the committer has not seen yet.

use crate::counters::CounterChange;
use crate::request::{AppendError, Reply};
use hashbrown::HashMap;
use ledger_core::policy::PolicyBook;
use ledger_core::{EntityKey, Position, RecordedEvent, RecordedTime, RequestId};
use ledger_log::StateOp;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Everything that one commit makes durable, and the answers that wait for it.
#[derive(Debug)]
pub(crate) struct Group {
    /// The last position before the group.
    pub(crate) previous: Position,
    pub(crate) events: Vec<RecordedEvent>,
    /// The encoded events, one after the other.
    pub(crate) bytes: Vec<u8>,
    /// Where each event ends in `bytes`.
    pub(crate) ends: Vec<usize>,
    /// What the events change in the counters of progress, by position.
    pub(crate) progress: Vec<CounterChange>,
    /// Entities, answers, refusals and policies.
    pub(crate) state: Vec<StateOp>,
    /// Recorded time of the last event up to the end of the group.
    pub(crate) recorded_at: RecordedTime,
    /// Sequence number of the last refusal up to the end of the group.
    pub(crate) refusals: u64,
    /// Every published policy, when the group publishes or withdraws one.
    pub(crate) policies: Option<Arc<PolicyBook>>,
    /// Whether the derived state was replaced by another one before the group.
    pub(crate) state_replaced: bool,
    pub(crate) replies: Vec<(oneshot::Sender<Reply>, Reply)>,
}

/// A group that is being filled.
#[derive(Debug)]
pub(crate) struct OpenGroup {
    pub(crate) group: Group,
    /// The entities that the group changes, each with the request that changed it last.
    pub(crate) changed: HashMap<EntityKey, u64>,
    /// The stored answers of the group's requests, for those that come twice.
    pub(crate) answers: HashMap<RequestId, Vec<u8>>,
    /// Whether the group publishes or withdraws a policy.
    pub(crate) changes_policies: bool,
    /// Estimated bytes, on the high side.
    pub(crate) cost: usize,
    /// Whether there is room for the group, once that was asked.
    pub(crate) room: Option<Result<(), AppendError>>,
}

/// How far a group was filled before a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    events: usize,
    bytes: usize,
    progress: usize,
    state: usize,
    refusals: u64,
    changes_policies: bool,
    cost: usize,
}

impl Mark {
    /// How many events the group had.
    pub(crate) fn events(&self) -> usize {
        self.events
    }
}

impl OpenGroup {
    /// Starts a group after the position, time and refusal given.
    pub(crate) fn new(previous: Position, recorded_at: RecordedTime, refusals: u64) -> Self {
        let group = Group {
            previous,
            events: Vec::new(),
            bytes: Vec::new(),
            ends: Vec::new(),
            progress: Vec::new(),
            state: Vec::new(),
            recorded_at,
            refusals,
            policies: None,
            state_replaced: false,
            replies: Vec::new(),
        };
        Self {
            group,
            changed: HashMap::new(),
            answers: HashMap::new(),
            changes_policies: false,
            cost: 0,
            room: None,
        }
    }

    /// Whether nothing waits for this group, not even an answer.
    pub(crate) fn is_empty(&self) -> bool {
        self.group.replies.is_empty()
    }

    /// Whether the group has so many events or bytes that it takes no further request.
    pub(crate) fn is_full(&self, events_max: usize, bytes_max: usize) -> bool {
        self.group.events.len() >= events_max || self.cost >= bytes_max
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            events: self.group.events.len(),
            bytes: self.group.bytes.len(),
            progress: self.group.progress.len(),
            state: self.group.state.len(),
            refusals: self.group.refusals,
            changes_policies: self.changes_policies,
            cost: self.cost,
        }
    }

    /// Takes out what was put in since the mark; the changed entities are the caller's to restore.
    pub(crate) fn roll_back(&mut self, mark: &Mark) {
        self.group.events.truncate(mark.events);
        self.group.ends.truncate(mark.events);
        self.group.bytes.truncate(mark.bytes);
        self.group.progress.truncate(mark.progress);
        self.group.state.truncate(mark.state);
        self.group.refusals = mark.refusals;
        self.changes_policies = mark.changes_policies;
        self.cost = mark.cost;
    }
}

impl Group {
    /// The encoded events in order, each with its domain form.
    pub(crate) fn records(&self) -> impl Iterator<Item = (&RecordedEvent, &[u8])> {
        let starts = std::iter::once(&0).chain(&self.ends);
        let slices = starts.zip(&self.ends).map(|(start, end)| {
            self.bytes
                .get(*start..*end)
                .expect("ends ascend and lie within the bytes")
        });
        self.events.iter().zip(slices)
    }

    /// Gives every waiting caller its answer; one that went away needs none.
    pub(crate) fn answer(replies: Vec<(oneshot::Sender<Reply>, Reply)>) {
        for (sender, reply) in replies {
            drop(sender.send(reply));
        }
    }
}
