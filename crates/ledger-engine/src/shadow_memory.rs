//! A shadow with the part of its state that is in memory: what a rebuild and a simulation fill.
//!
//! Memory holds at most so many entities. When it is full everything changed goes to the shadow,
//! and then any entity may be forgotten and read again.

use crate::cache::{Cache, LoadError};
use crate::entity_codec::{encode_loaded, entity_key};
use crate::limits::REBUILD_WRITE_OPS;
use hashbrown::HashSet;
use ledger_core::{Context, EntityKey};
use ledger_log::{Shadow, Space, StateOp};

/// A shadow and its memory.
pub(crate) struct ShadowMemory {
    shadow: Box<dyn Shadow>,
    cache: Cache,
    /// Entities in memory that the shadow does not have in this form yet.
    changed: HashSet<EntityKey>,
    /// Whether the shadow holds entities; before that a missing one need not be looked for.
    spilled: bool,
    ops: Vec<StateOp>,
}

impl ShadowMemory {
    /// Starts with an empty shadow and nothing loaded but what `context` holds.
    pub(crate) fn new(shadow: Box<dyn Shadow>, context: Context, entities_max: usize) -> Self {
        Self {
            shadow,
            cache: Cache::new(context, entities_max),
            changed: HashSet::new(),
            spilled: false,
            ops: Vec::new(),
        }
    }

    pub(crate) fn context(&mut self) -> &mut Context {
        &mut self.cache.context
    }

    pub(crate) fn shadow(&self) -> &dyn Shadow {
        &*self.shadow
    }

    pub(crate) fn shadow_mut(&mut self) -> &mut dyn Shadow {
        &mut *self.shadow
    }

    pub(crate) fn into_shadow(self) -> Box<dyn Shadow> {
        self.shadow
    }

    /// Whether the shadow holds entities.
    pub(crate) const fn is_spilled(&self) -> bool {
        self.spilled
    }

    /// Marks an entity as changed; `true` when it was not marked.
    pub(crate) fn mark(&mut self, key: EntityKey) -> bool {
        self.changed.insert(key)
    }

    /// Loads the entities of `keys`, from the shadow if it has any, and empties it.
    pub(crate) fn load(&mut self, keys: &mut Vec<EntityKey>) -> Result<(), LoadError> {
        if self.spilled {
            let shadow = &*self.shadow;
            return self
                .cache
                .load(keys, |keys| shadow.multi_get(Space::Entities, keys));
        }
        for key in keys.drain(..) {
            self.cache.context.put(key, None);
        }
        Ok(())
    }

    /// Puts changes of other spaces with those that wait to be written.
    pub(crate) fn extend(&mut self, ops: impl IntoIterator<Item = StateOp>) {
        self.ops.extend(ops);
    }

    /// Writes what waits if it is much, and makes room if memory is full. Between two steps only:
    /// what a step has loaded may be forgotten.
    pub(crate) fn make_room(&mut self) -> Result<(), LoadError> {
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

    /// Writes every changed entity and everything that waits to the shadow.
    pub(crate) fn spill(&mut self) -> Result<(), LoadError> {
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

    /// Writes what waits to the shadow, but for entities.
    pub(crate) fn write(&mut self) -> Result<(), LoadError> {
        let ops = std::mem::take(&mut self.ops);
        if !ops.is_empty() {
            self.shadow.write(ops)?;
        }
        Ok(())
    }
}
