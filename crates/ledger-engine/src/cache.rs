//! The entities in memory: the context that is decided over is also the write-through cache.
//!
//! There are two generations. The current generation is the context itself: loading and changing an
//! entity puts it there. An entity that is asked for and stands only in the previous generation
//! moves over. When the current generation is full, the previous one is forgotten and the current
//! one takes its place. So memory holds at most `entities_max` entities, those in use stay, and no
//! entity needs an age.
//!
//! The store is the only other copy, and it holds durable changes only. Hence the one rule for
//! forgetting, which the callers keep: they call [`Cache::rotate`] only while no group is open or
//! being committed, and [`Cache::forget`] only then or for an entity that no such group has
//! changed.

use crate::entity_codec::{decode_entity, entity_key};
use crate::limits::{CACHE_ENTITY_BYTES, MULTI_GET_KEYS_MAX};
use crate::wire::CodecError;
use ledger_core::{Context, EntityKey, Position};
use ledger_log::{LogError, Space};
use ledger_proto::DecodeError;
use thiserror::Error;

/// Both generations.
#[derive(Debug)]
pub(crate) struct Cache {
    /// The current generation.
    pub(crate) context: Context,
    previous: Context,
    /// Entities per generation.
    generation_max: usize,
    /// What large entities of the current generation count beyond one each.
    surplus: usize,
}

/// Why an entity could not be loaded.
#[derive(Debug, Error)]
pub(crate) enum LoadError {
    #[error("store cannot be read")]
    Store(#[from] LogError),
    #[error("entity {} is damaged", hex(.key))]
    Entity { key: Vec<u8>, source: CodecError },
    #[error("answer to request {} is damaged", hex(.key))]
    Answer { key: Vec<u8>, source: CodecError },
    #[error("event {position} is damaged")]
    Event {
        position: Position,
        source: DecodeError,
    },
    #[error("event {position} is not in the log")]
    NoEvent { position: Position },
}

impl LoadError {
    /// What follows from the log and is damaged, if that is what is wrong.
    pub(crate) fn damaged_derived(&self) -> Option<Space> {
        match self {
            Self::Store(error) => error.damaged_derived(),
            Self::Entity { .. } => Some(Space::Entities),
            Self::Answer { .. } | Self::Event { .. } | Self::NoEvent { .. } => None,
        }
    }
}

impl Cache {
    /// Starts with nothing loaded but what `context` holds.
    pub(crate) fn new(context: Context, entities_max: usize) -> Self {
        Self {
            context,
            previous: Context::default(),
            generation_max: (entities_max / 2).max(1),
            surplus: 0,
        }
    }

    /// Loads the entities of `keys`, and empties it. Those that do not exist are known as such
    /// afterwards.
    ///
    /// `read` returns the stored values in the order of the keys.
    pub(crate) fn load(
        &mut self,
        keys: &mut Vec<EntityKey>,
        mut read: impl FnMut(&[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, LogError>,
    ) -> Result<(), LoadError> {
        keys.sort_unstable();
        keys.dedup();
        keys.retain(|key| !self.recall(key));
        for chunk in keys.chunks(MULTI_GET_KEYS_MAX) {
            let stored_keys: Vec<_> = chunk.iter().map(entity_key).collect();
            let values = read(&stored_keys)?;
            for ((key, stored_key), value) in chunk.iter().zip(stored_keys).zip(values) {
                let decoded = value
                    .map(|bytes| {
                        self.weigh(bytes.len());
                        decode_entity(key.kind(), &bytes)
                    })
                    .transpose()
                    .map_err(|source| LoadError::Entity {
                        key: stored_key,
                        source,
                    })?;
                self.context.put(*key, decoded);
            }
        }
        keys.clear();
        Ok(())
    }

    /// Takes note of an entity's stored size, so that large ones count for several.
    pub(crate) fn weigh(&mut self, stored_bytes: usize) {
        self.surplus = self
            .surplus
            .saturating_add(stored_bytes / CACHE_ENTITY_BYTES);
    }

    /// Whether the current generation is full and should be rotated.
    pub(crate) fn is_full(&self) -> bool {
        self.context.loaded().saturating_add(self.surplus) >= self.generation_max
    }

    /// Makes the current generation the previous one and forgets that.
    pub(crate) fn rotate(&mut self) {
        let fresh = Self::without_entities(&self.context);
        let current = std::mem::replace(&mut self.context, fresh);
        let forgotten = std::mem::replace(&mut self.previous, current);
        self.surplus = 0;
        drop_elsewhere(forgotten);
    }

    /// Forgets every entity, because the store was replaced.
    pub(crate) fn clear(&mut self) {
        self.rotate();
        self.rotate();
    }

    /// Forgets one entity, to be read from the store again.
    pub(crate) fn forget(&mut self, key: &EntityKey) {
        self.context.take(key);
    }

    /// Moves an entity over from the previous generation, if it is there.
    fn recall(&mut self, key: &EntityKey) -> bool {
        if !self.previous.is_loaded(key) {
            return false;
        }
        let entity = self.previous.take(key);
        self.context.put(*key, entity);
        true
    }

    fn without_entities(context: &Context) -> Context {
        Context {
            next_position: context.next_position,
            recorded_at: context.recorded_at,
            policies: context.policies.clone(),
            ..Context::default()
        }
    }
}

/// Freeing a hundred thousand entities takes longer than a request should wait.
fn drop_elsewhere(context: Context) {
    let dropping = std::thread::Builder::new()
        .name("ledger-evict".to_owned())
        .spawn(move || drop(context));
    if let Err(error) = dropping {
        // The closure was dropped instead of run, and the context with it: slower, not wrong.
        tracing::debug!(%error, "no thread to free evicted entities");
    }
}

fn hex(key: &[u8]) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}
