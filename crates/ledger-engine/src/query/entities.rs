//! Entities as they stand, each with the position that it reflects.

use ledger_core::entities::{Identifies, InTable};
use ledger_core::{Entity, EntityKey, Position};
use ledger_log::{Snapshot, Space};

use super::error::Subject;
use super::{QueryError, Reader};
use crate::entity_codec::{decode_as, decode_entity, entity_key};
use crate::wire::CodecError;

/// An answer and the last position of the log that it reflects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsOf<T> {
    /// The answer.
    pub value: T,
    /// The position as of which it is the answer.
    pub log_position: Position,
}

impl Reader {
    /// Returns the entity that a key identifies, as it stands.
    ///
    /// # Errors
    ///
    /// [`QueryError::NotFound`], and what reading the store gives.
    pub fn entity<K: Identifies>(&self, key: K) -> Result<AsOf<K::Entity>, QueryError> {
        let snapshot = self.store.snapshot()?;
        let value = load(snapshot.as_ref(), key)?.ok_or(QueryError::NotFound {
            what: Subject::Entity(K::Entity::KIND),
        })?;
        Ok(AsOf {
            value,
            log_position: snapshot.last_position(),
        })
    }
}

/// Reads one entity out of a snapshot; `None` when it does not exist.
pub(super) fn load<K: Identifies>(
    snapshot: &dyn Snapshot,
    key: K,
) -> Result<Option<K::Entity>, QueryError> {
    let stored = snapshot.get(Space::Entities, &entity_key(&key.into()))?;
    stored.map(|bytes| decode(&bytes)).transpose()
}

/// As [`load`], by a key of any kind.
pub(super) fn load_any(
    snapshot: &dyn Snapshot,
    key: &EntityKey,
) -> Result<Option<Entity>, QueryError> {
    let stored = snapshot.get(Space::Entities, &entity_key(key))?;
    stored.map(|bytes| decode_any(key, &bytes)).transpose()
}

/// Reads the stored form of an entity.
pub(super) fn decode<T: InTable>(bytes: &[u8]) -> Result<T, QueryError> {
    decode_as(bytes).map_err(|source| damaged(Subject::Entity(T::KIND), source))
}

/// As [`decode`], by a key of any kind.
pub(super) fn decode_any(key: &EntityKey, bytes: &[u8]) -> Result<Entity, QueryError> {
    let decoded = decode_entity(key.kind(), bytes);
    decoded.map_err(|source| damaged(Subject::Entity(key.kind()), source))
}

fn damaged(what: Subject, source: CodecError) -> QueryError {
    QueryError::CorruptEntity {
        what,
        source: source.into(),
    }
}
