//! The shadow of a simulation, in a shadow of the store: entities, and why decisions differ.

use super::SimulateError;
use crate::entity_codec::{decode_as, entity_key};
use crate::error_chain::error_chain;
use crate::refusals::{decode_why, encode_why};
use crate::shadow_memory::ShadowMemory;
use ledger_core::entity::Award;
use ledger_core::policy::PolicyBook;
use ledger_core::simulate::{About, ShadowState, Why};
use ledger_core::{AwardId, Context, EntityKey};
use ledger_log::{Shadow, Snapshot, Space, StateOp};

/// Where the notes lie in the shadow. A rebuild fills this space with an index, which a simulation
/// does not need.
const NOTES: Space = Space::EffectIndex;

/// The shadow and the record beside it.
pub(super) struct State<'a> {
    memory: ShadowMemory,
    recorded: &'a dyn Snapshot,
}

impl<'a> State<'a> {
    pub(super) fn new(memory: ShadowMemory, recorded: &'a dyn Snapshot) -> Self {
        Self { memory, recorded }
    }

    pub(super) fn policies(&mut self) -> &mut PolicyBook {
        &mut self.memory.context().policies
    }

    /// Between two steps: writes and forgets what memory has no room for.
    pub(super) fn make_room(&mut self) -> Result<(), SimulateError> {
        Ok(self.memory.make_room()?)
    }

    /// Writes everything to the shadow, to be read from there.
    pub(super) fn finish(&mut self) -> Result<(), SimulateError> {
        Ok(self.memory.spill()?)
    }

    pub(super) fn shadow(&self) -> &dyn Shadow {
        self.memory.shadow()
    }

    pub(super) fn into_shadow(self) -> Box<dyn Shadow> {
        self.memory.into_shadow()
    }

    /// The latest note about the first of these things that has a note.
    pub(super) fn noted(&self, about: &[About]) -> Result<Option<Why>, SimulateError> {
        let keys: Vec<_> = about.iter().map(note_key).collect();
        let found = self.memory.shadow().multi_get(NOTES, &keys)?;
        let first = found.into_iter().flatten().next();
        first
            .map(|bytes| decode_why(&bytes))
            .transpose()
            .map_err(|error| SimulateError::State {
                reason: error_chain(&error),
            })
    }
}

impl ShadowState for State<'_> {
    type Error = SimulateError;

    fn context(&mut self) -> &mut Context {
        self.memory.context()
    }

    fn load(&mut self, keys: &mut Vec<EntityKey>) -> Result<(), SimulateError> {
        Ok(self.memory.load(keys)?)
    }

    fn changing(&mut self, keys: &[EntityKey]) {
        for key in keys {
            self.memory.mark(*key);
        }
    }

    fn note(&mut self, about: About, why: Why) -> Result<(), SimulateError> {
        let note = StateOp::put(NOTES, note_key(&about), encode_why(&why));
        self.memory.extend([note]);
        Ok(())
    }

    fn recorded_award(&mut self, award: AwardId) -> Result<Option<Award>, SimulateError> {
        let stored = self
            .recorded
            .get(Space::Entities, &entity_key(&award.into()))?;
        let decoded = stored.map(|bytes| decode_as(&bytes)).transpose();
        decoded.map_err(|error| SimulateError::State {
            reason: error_chain(&error),
        })
    }
}

/// A byte for the kind of thing, then its identifiers.
fn note_key(about: &About) -> Vec<u8> {
    let (kind, first, second): (u8, &[u8], &[u8]) = match about {
        About::Class(class) => (1, class.as_bytes(), &[]),
        About::Place(class, person) => (2, class.as_bytes(), person.as_bytes()),
        About::Award(award) => (3, award.as_bytes(), &[]),
    };
    let mut key = vec![kind];
    key.extend_from_slice(first);
    key.extend_from_slice(second);
    key
}
