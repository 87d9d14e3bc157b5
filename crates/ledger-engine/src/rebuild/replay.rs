//! Replaying the log into a shadow: only `apply`, with the index entries that the writer makes.

use super::books::Books;
use super::decode::{DecodedBlock, Decoder, cut_short};
use super::{CancelToken, RebuildError};
use crate::cache::LoadError;
use crate::counters::{BlockCounters, RunningCounts, changes_of};
use crate::error_chain::error_chain;
use crate::limits::REBUILD_BLOCKS_AHEAD;
use crate::policies::{policy_change, policy_marker};
use crate::shadow_memory::ShadowMemory;
use ledger_core::merkle::CompactRange;
use ledger_core::{Context, EntityKey, Position, RecordedEvent, apply, missing_for_event, touched};
use ledger_log::{Epoch, Shadow, Space, Storage};
use std::sync::mpsc;
use std::thread;

/// A replay: the shadow, and the part of its state that is in memory.
pub(super) struct Replay {
    memory: ShadowMemory,
    books: Books,
    counts: RunningCounts,
    decoder: Decoder,
    /// Room for keys, kept to be used again.
    keys: Vec<EntityKey>,
    unloaded: Vec<EntityKey>,
}

impl Replay {
    /// Starts before the first event, with an empty shadow.
    pub(super) fn new(shadow: Box<dyn Shadow>, entities_max: usize) -> Self {
        Self {
            memory: ShadowMemory::new(shadow, Context::default(), entities_max),
            books: Books::default(),
            counts: RunningCounts::new(Position::ZERO, entities_max),
            decoder: Decoder::new(),
            keys: Vec::new(),
            unloaded: Vec::new(),
        }
    }

    /// The last position replayed.
    pub(super) fn position(&self) -> Position {
        Position::new(self.range().len())
    }

    /// The Merkle tree over everything replayed.
    pub(super) fn range(&self) -> &CompactRange {
        self.decoder.range()
    }

    pub(super) fn shadow(&self) -> &dyn Shadow {
        self.memory.shadow()
    }

    /// Replays up to `to`, the end of a group, and writes everything to the shadow.
    ///
    /// Blocks are read and decoded on a second thread while this one applies them.
    pub(super) fn run_to(
        &mut self,
        storage: &dyn Storage,
        to: Position,
        cancel: &CancelToken,
        progress: &mut (dyn FnMut(Position) + Send),
    ) -> Result<(), RebuildError> {
        let mut decoder = std::mem::replace(&mut self.decoder, Decoder::new());
        let (sender, blocks) = mpsc::sync_channel(REBUILD_BLOCKS_AHEAD);
        self.decoder = thread::scope(|scope| {
            let decoding = thread::Builder::new()
                .name("ledger-decode".to_owned())
                .spawn_scoped(scope, move || {
                    decoder
                        .decode(storage, to, cancel, &sender)
                        .map(|()| decoder)
                })
                .map_err(RebuildError::Thread)?;
            let mut applied = Ok(());
            while let Ok(block) = blocks.recv() {
                let last = block.last;
                applied = self.apply_block(block);
                if applied.is_err() {
                    break;
                }
                progress(last);
            }
            // A decoder that waits for room must not wait for ever.
            drop(blocks);
            let decoded = decoding
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            applied.and(decoded)
        })?;
        if self.position() != to {
            return Err(cut_short(self.position().next()));
        }
        self.memory.spill().map_err(unreadable)?;
        Ok(())
    }

    /// Brings what is replayed to where it can become live at once.
    pub(super) fn prepare(&mut self) -> Result<(), RebuildError> {
        Ok(self.memory.shadow_mut().prepare()?)
    }

    /// Makes the shadow the live state of the store.
    pub(super) fn promote(
        &mut self,
        storage: &dyn Storage,
        epoch: Epoch,
    ) -> Result<(), RebuildError> {
        let at = self.position();
        storage.promote(epoch, self.memory.shadow_mut(), at)?;
        Ok(())
    }

    fn apply_block(&mut self, block: DecodedBlock) -> Result<(), RebuildError> {
        if self.memory.is_spilled() {
            self.load_ahead(&block.events)?;
        }
        let mut counters = BlockCounters::new(block.first);
        for event in &block.events {
            self.apply_event(event, &mut counters)?;
        }
        self.memory.extend(block.index);
        let mut rows = Vec::new();
        let shadow = self.memory.shadow();
        let scan = |from: &[u8], to: &[u8], direction| {
            shadow.scan(Space::Progress, from, to, direction, 1)
        };
        counters.finish(&mut self.counts, &scan, &mut rows)?;
        self.memory.extend(rows);
        if self.counts.is_full() {
            // Every row has to be in the shadow before any is forgotten.
            self.memory.write().map_err(unreadable)?;
            self.counts.rotate();
        }
        self.memory.make_room().map_err(unreadable)
    }

    fn apply_event(
        &mut self,
        event: &RecordedEvent,
        counters: &mut BlockCounters,
    ) -> Result<(), RebuildError> {
        let position = event.position;
        self.books
            .post(&event.event)
            .map_err(|source| RebuildError::Books { position, source })?;
        self.load_for(event)?;
        let context = self.memory.context();
        changes_of(context, event).for_each(|change| counters.add(change));
        apply(context, event);
        if let Some(change) = policy_change(position, &event.event)? {
            change.enter(position, &mut context.policies);
            self.memory.extend([policy_marker(position)]);
        }
        Ok(())
    }

    /// Loads what an event touches and marks it as changed, until it touches nothing more: an
    /// entity that is loaded may lead to others.
    fn load_for(&mut self, event: &RecordedEvent) -> Result<(), RebuildError> {
        loop {
            touched(self.memory.context(), &event.event, &mut self.keys);
            for key in self.keys.drain(..) {
                // What is marked already is loaded.
                if self.memory.mark(key) && !self.memory.context().is_loaded(&key) {
                    self.unloaded.push(key);
                }
            }
            if self.unloaded.is_empty() {
                return Ok(());
            }
            self.load()?;
        }
    }

    /// Loads what is known beforehand to be needed by the events of a block, in few reads.
    fn load_ahead(&mut self, events: &[RecordedEvent]) -> Result<(), RebuildError> {
        for event in events {
            missing_for_event(self.memory.context(), &event.event, &mut self.unloaded);
        }
        self.load()
    }

    /// Loads the entities that are not, from the shadow if it has any.
    fn load(&mut self) -> Result<(), RebuildError> {
        self.memory.load(&mut self.unloaded).map_err(unreadable)
    }
}

fn unreadable(error: LoadError) -> RebuildError {
    match error {
        LoadError::Store(error) => RebuildError::Log(error),
        LoadError::Entity { .. }
        | LoadError::Answer { .. }
        | LoadError::Event { .. }
        | LoadError::NoEvent { .. } => RebuildError::Shadow {
            reason: error_chain(&error),
        },
    }
}
