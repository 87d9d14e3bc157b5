//! The committer: hashes and indexes a group, makes it durable, and answers.
//!
//! It is the second half of the pipeline. The writer decides the next group while this one is
//! hashed, put into blocks and synced, so that both processors work and the disk is never waited
//! for alone.

use crate::block_starts::BlockStarts;
use crate::counters::{BlockCounters, CounterChange, RunningCounts};
use crate::error_chain::error_chain;
use crate::group::Group;
use crate::inbox::NotDurable;
use crate::index::BlockIndex;
use crate::limits::EngineOptions;
use crate::recovery::read_tip;
use crate::request::{AppendError, Reply};
use crate::shared::{Shared, StopOnPanic};
use crate::tip::{TIP_KEY, Tip};
use ledger_core::merkle;
use ledger_log::{Block, BlockBuilder, CommitGroup, Epoch, LogError, Space, StateOp, Storage};
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use tokio::sync::oneshot;

/// The state of the committer thread.
pub(crate) struct Committer {
    shared: Arc<Shared>,
    storage: Arc<dyn Storage>,
    epoch: Epoch,
    tip: Tip,
    block_starts: BlockStarts,
    counts: RunningCounts,
    options: EngineOptions,
}

/// Why a group was not committed.
struct Failed {
    error: LogError,
    nothing_written: bool,
}

impl Committer {
    pub(crate) fn new(
        shared: Arc<Shared>,
        storage: Arc<dyn Storage>,
        epoch: Epoch,
        tip: Tip,
        options: &EngineOptions,
    ) -> Self {
        let block_starts = BlockStarts::new(options.block_starts_max / 2);
        let counts = RunningCounts::new(tip.last_position, options.cache_entities_max);
        Self {
            shared,
            storage,
            epoch,
            tip,
            block_starts,
            counts,
            options: options.clone(),
        }
    }

    /// Commits groups until the writer hangs up or a commit fails.
    pub(crate) fn run(mut self, groups: &mpsc::Receiver<Group>) {
        let shared = Arc::clone(&self.shared);
        let _guard = StopOnPanic {
            shared: &shared,
            thread: "committer",
        };
        while let Ok(group) = groups.recv() {
            if !self.take(group) {
                return;
            }
        }
    }

    /// Commits one group and answers its callers. Returns `false` when the commit failed and no
    /// further group may be committed.
    ///
    /// A group that the store refused before it wrote is no reason to stop. The callers of the
    /// group are told that nothing was recorded, and memory goes back to what the store holds. The
    /// writer then decides those requests anew that it had decided on top of the group.
    pub(crate) fn take(&mut self, mut group: Group) -> bool {
        let replies = std::mem::take(&mut group.replies);
        let before = self.tip.clone();
        let failed = match self.commit(group) {
            Ok(()) => {
                // The writer goes on while the answers are given.
                self.shared.inbox.committed(Ok(()));
                Group::answer(replies);
                return true;
            }
            Err(failed) => failed,
        };
        let reason = error_chain(&failed.error);
        let is_ours = !matches!(
            failed.error,
            LogError::StaleEpoch { .. } | LogError::ReadOnly { .. }
        );
        if failed.nothing_written && is_ours && self.go_back_to(before) {
            tracing::error!(%reason, "nothing of a group was written; the engine goes on");
            // The writer first, so that it has gone back before a caller can ask again.
            let not_written = NotDurable::NotWritten(Arc::clone(&reason));
            self.shared.inbox.committed(Err(not_written));
            let damaged = failed.error.damaged_derived();
            refuse(replies, || match damaged {
                Some(space) => AppendError::StateDamaged {
                    space,
                    reason: Arc::clone(&reason),
                },
                None => AppendError::NotRecorded {
                    reason: Arc::clone(&reason),
                },
            });
            return true;
        }
        tracing::error!(%reason, "commit failed; the engine takes no more requests");
        self.shared.stop(&reason);
        refuse(replies, || {
            let reason = Arc::clone(&reason);
            match failed.nothing_written {
                true => AppendError::NotRecorded { reason },
                false => AppendError::OutcomeUnknown { reason },
            }
        });
        let stopped = NotDurable::Stopped(reason);
        self.shared.inbox.committed(Err(stopped));
        false
    }

    /// Forgets the changes of a group that was not written. Returns `false` when the store does not
    /// hold what it held before the group, as when another process has written to it.
    fn go_back_to(&mut self, tip: Tip) -> bool {
        let last = self.storage.last_position();
        let stored = self.storage.get(Space::Meta, TIP_KEY);
        let stored = stored.ok().map(|bytes| read_tip(bytes.as_deref(), last));
        if !matches!(stored, Some(Ok(stored)) if stored == tip) {
            return false;
        }
        self.block_starts = BlockStarts::new(self.options.block_starts_max / 2);
        self.counts = RunningCounts::new(tip.last_position, self.options.cache_entities_max);
        self.tip = tip;
        true
    }

    fn commit(&mut self, mut group: Group) -> Result<(), Failed> {
        let (recorded_at, refusals) = (group.recorded_at, group.refusals);
        let (previous, policies) = (group.previous, group.policies.take());
        // Nothing is written before the whole group stands.
        let prepared = self.prepare(group).map_err(|error| Failed {
            error,
            nothing_written: true,
        })?;
        let (blocks, mut state) = prepared;
        if blocks.is_empty() && state.is_empty() {
            return Ok(());
        }
        self.tip.recorded_at = recorded_at;
        self.tip.refusals = refusals;
        state.push(StateOp::put(
            Space::Meta,
            TIP_KEY.to_vec(),
            self.tip.encode(),
        ));
        let commit = CommitGroup {
            expected_last: previous,
            blocks,
            state,
        };
        let appended = self.storage.append(self.epoch, &commit);
        let last = appended.map_err(|error| Failed {
            nothing_written: error.nothing_written(),
            error,
        })?;
        self.shared.commits.fetch_add(1, Ordering::Relaxed);
        assert_eq!(
            last, self.tip.last_position,
            "the log ends where the group does"
        );
        self.shared.publish(Arc::new(self.tip.clone()), policies);
        if self.counts.is_full() {
            // Every row is in the store now.
            self.counts.rotate();
        }
        Ok(())
    }

    /// The blocks and the changes of the state that a group becomes.
    fn prepare(&mut self, mut group: Group) -> Result<(Vec<Block>, Vec<StateOp>), LogError> {
        if group.state_replaced {
            self.counts.forget();
        }
        let mut state = std::mem::take(&mut group.state);
        let blocks = self.blocks(&group, &mut state)?;
        self.count(std::mem::take(&mut group.progress), &blocks, &mut state)?;
        Ok((blocks, state))
    }

    /// Puts the events into blocks, hashes them into the tip, and adds their index entries.
    fn blocks(&mut self, group: &Group, state: &mut Vec<StateOp>) -> Result<Vec<Block>, LogError> {
        let mut blocks = Vec::new();
        let Some(first) = group.events.first() else {
            return Ok(blocks);
        };
        let mut builder = BlockBuilder::new(first.position);
        let mut index = BlockIndex::new(first.position);
        for (event, bytes) in group.records() {
            if !builder.has_room_for(bytes.len()) {
                let next = event.position;
                let full = std::mem::replace(&mut builder, BlockBuilder::new(next));
                std::mem::replace(&mut index, BlockIndex::new(next)).finish(state);
                self.close(full, &mut blocks);
            }
            let leaf = merkle::leaf_hash(bytes);
            let position = builder
                .push(bytes, &leaf)
                .expect("the writer checks the size");
            assert_eq!(position, event.position, "positions follow one another");
            self.tip.range.append(leaf);
            self.tip.last_position = position;
            let (starts, storage) = (&mut self.block_starts, &*self.storage);
            index.add(position, &event.event, |cause| starts.of(cause, storage))?;
        }
        index.finish(state);
        self.close(builder, &mut blocks);
        Ok(blocks)
    }

    /// Adds the rows of the counters that the events of the blocks change.
    fn count(
        &mut self,
        progress: Vec<CounterChange>,
        blocks: &[Block],
        state: &mut Vec<StateOp>,
    ) -> Result<(), LogError> {
        let storage = &*self.storage;
        let scan = |from: &[u8], to: &[u8], direction| {
            storage.scan(Space::Progress, from, to, direction, 1)
        };
        let mut progress = progress.into_iter().peekable();
        for block in blocks {
            let mut counters = BlockCounters::new(block.first_position());
            let last = block.last_position();
            while let Some(change) = progress.next_if(|change| change.position <= last) {
                counters.add(change);
            }
            counters.finish(&mut self.counts, &scan, state)?;
        }
        Ok(())
    }

    fn close(&mut self, builder: BlockBuilder, blocks: &mut Vec<Block>) {
        let block = builder.finish().expect("a block is closed after an event");
        self.block_starts
            .note(block.first_position(), block.last_position());
        blocks.push(block);
    }
}

/// Tells callers that nothing of their group was recorded.
fn refuse(replies: Vec<(oneshot::Sender<Reply>, Reply)>, error: impl Fn() -> AppendError) {
    for (sender, _) in replies {
        drop(sender.send(Err(error())));
    }
}
