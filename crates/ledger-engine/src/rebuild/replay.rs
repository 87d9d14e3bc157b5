//! Replaying the log into a shadow: only `apply`, with the index entries that the writer makes.

use super::books::Books;
use super::decode::{DecodedBlock, Decoder, cut_short};
use super::{CancelToken, RebuildError};
use crate::cache::{Cache, LoadError};
use crate::entity_codec::{encode_loaded, entity_key};
use crate::error_chain::error_chain;
use crate::limits::{REBUILD_BLOCKS_AHEAD, REBUILD_WRITE_OPS};
use crate::policies::{policy_change, policy_marker};
use hashbrown::HashSet;
use ledger_core::merkle::CompactRange;
use ledger_core::{Context, EntityKey, Position, RecordedEvent, apply, missing_for_event, touched};
use ledger_log::{Epoch, Shadow, Space, StateOp, Storage};
use std::sync::mpsc;
use std::thread;

/// A replay: the shadow, and the part of its state that is in memory.
pub(super) struct Replay {
    shadow: Box<dyn Shadow>,
    cache: Cache,
    /// Entities in memory that the shadow does not have in this form yet.
    changed: HashSet<EntityKey>,
    /// Whether the shadow holds entities; before that a missing one need not be looked for.
    spilled: bool,
    ops: Vec<StateOp>,
    books: Books,
    decoder: Decoder,
    /// Room for keys, kept to be used again.
    keys: Vec<EntityKey>,
    unloaded: Vec<EntityKey>,
}

impl Replay {
    /// Starts before the first event, with an empty shadow.
    pub(super) fn new(shadow: Box<dyn Shadow>, entities_max: usize) -> Self {
        Self {
            shadow,
            cache: Cache::new(Context::default(), entities_max),
            changed: HashSet::new(),
            spilled: false,
            ops: Vec::new(),
            books: Books::default(),
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
        &*self.shadow
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
        self.spill()?;
        self.shadow.flush()?;
        Ok(())
    }

    /// Makes the shadow the live state of the store.
    pub(super) fn promote(
        &mut self,
        storage: &dyn Storage,
        epoch: Epoch,
    ) -> Result<(), RebuildError> {
        let at = self.position();
        storage.promote(epoch, &mut *self.shadow, at)?;
        Ok(())
    }

    fn apply_block(&mut self, block: DecodedBlock) -> Result<(), RebuildError> {
        if self.spilled {
            self.load_ahead(&block.events)?;
        }
        for event in &block.events {
            self.apply_event(event)?;
        }
        self.ops.extend(block.index);
        if self.ops.len() >= REBUILD_WRITE_OPS {
            self.write()?;
        }
        if self.cache.is_full() {
            // Once everything changed is in the shadow, any entity may be forgotten.
            self.spill()?;
            self.cache.rotate();
            self.spilled = true;
        }
        Ok(())
    }

    fn apply_event(&mut self, event: &RecordedEvent) -> Result<(), RebuildError> {
        let position = event.position;
        self.books
            .post(&event.event)
            .map_err(|source| RebuildError::Books { position, source })?;
        self.load_for(event)?;
        let context = &mut self.cache.context;
        apply(context, event);
        if let Some(change) = policy_change(position, &event.event)? {
            change.enter(position, &mut context.policies);
            self.ops.push(policy_marker(position));
        }
        Ok(())
    }

    /// Loads what an event touches and marks it as changed, until it touches nothing more: an
    /// entity that is loaded may lead to others.
    fn load_for(&mut self, event: &RecordedEvent) -> Result<(), RebuildError> {
        loop {
            touched(&self.cache.context, &event.event, &mut self.keys);
            for key in self.keys.drain(..) {
                // What is marked already is loaded.
                if self.changed.insert(key) && !self.cache.context.is_loaded(&key) {
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
            missing_for_event(&self.cache.context, &event.event, &mut self.unloaded);
        }
        self.load()
    }

    /// Loads the entities that are not, from the shadow if it has any.
    fn load(&mut self) -> Result<(), RebuildError> {
        if self.spilled {
            let shadow = &*self.shadow;
            return self
                .cache
                .load(&mut self.unloaded, |keys| {
                    shadow.multi_get(Space::Entities, keys)
                })
                .map_err(unreadable);
        }
        for key in self.unloaded.drain(..) {
            self.cache.context.put(key, None);
        }
        Ok(())
    }

    /// Writes every changed entity and everything that waits to the shadow.
    fn spill(&mut self) -> Result<(), RebuildError> {
        let mut changed: Vec<_> = std::mem::take(&mut self.changed).into_iter().collect();
        changed.sort_unstable();
        for key in changed {
            let mut value = Vec::new();
            // An event that names an entity which was never created changes nothing; comparing
            // will tell.
            if encode_loaded(&self.cache.context, &key, &mut value) {
                self.cache.weigh(value.len());
                self.ops
                    .push(StateOp::put(Space::Entities, entity_key(&key), value));
            }
            if self.ops.len() >= REBUILD_WRITE_OPS {
                self.write()?;
            }
        }
        self.write()
    }

    fn write(&mut self) -> Result<(), RebuildError> {
        let ops = std::mem::take(&mut self.ops);
        if !ops.is_empty() {
            self.shadow.write(ops)?;
        }
        Ok(())
    }
}

fn unreadable(error: LoadError) -> RebuildError {
    match error {
        LoadError::Store(error) => RebuildError::Log(error),
        LoadError::Entity { .. } => RebuildError::Shadow {
            reason: error_chain(&error),
        },
    }
}
