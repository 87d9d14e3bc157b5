//! The loaded part of the state: what `decide` looks at and `apply` changes.
//!
//! A command names some of the entities it needs and leads to others;
//! [`missing`](crate::missing) says which are still to be loaded, and is asked again until it has
//! nothing to add. Looking at an entity that
//! was not loaded is a broken invariant and stops the process: it would read as "does not exist".

use crate::event::RecordedEvent;
use crate::policy::PolicyBook;
use crate::{
    AccountKey, AwardId, AwardRegisterKey, CaseId, CertificateNumber, ClassId, ClawbackId,
    CreditCode, DisbursementId, Division, Entity, EntityKey, OrderId, PersonKey, Position,
    RecordedTime, SchemeId, each_entity, entity,
};
use sha2::{Digest, Sha256};
use std::hash::Hash;

// Looked up by key only; nothing ever depends on its order. The standard hash was a large part of
// what the writer and the rebuild cost.
type Map<K, V> = hashbrown::HashMap<K, V>;

/// The loaded entities of one kind. A loaded key without a value is known not to exist.
#[derive(Debug, Clone)]
pub struct Table<K, V> {
    loaded: Map<K, Option<V>>,
}

impl<K: Eq + Hash + Copy, V> Default for Table<K, V> {
    fn default() -> Self {
        Self {
            loaded: Map::default(),
        }
    }
}

impl<K: Eq + Hash + Copy, V> Table<K, V> {
    /// The entity, or `None` when it does not exist.
    ///
    /// # Panics
    ///
    /// When the key was never loaded: the caller of `decide` broke its contract.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        let slot = self.loaded.get(key);
        assert!(
            slot.is_some(),
            "an entity was looked up that was not loaded"
        );
        slot.and_then(Option::as_ref)
    }

    /// The entity, to be changed by `apply`.
    ///
    /// # Panics
    ///
    /// As [`Table::get`].
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let slot = self.loaded.get_mut(key);
        assert!(slot.is_some(), "an entity was changed that was not loaded");
        slot.and_then(Option::as_mut)
    }

    /// Whether the key was loaded (with or without a value).
    #[must_use]
    pub fn is_loaded(&self, key: &K) -> bool {
        self.loaded.contains_key(key)
    }

    /// Puts the entity, or the knowledge that there is none; returns what was loaded before.
    pub fn put(&mut self, key: K, value: Option<V>) -> Option<Option<V>> {
        self.loaded.insert(key, value)
    }

    /// Forgets the key; returns what was loaded.
    pub fn take(&mut self, key: &K) -> Option<Option<V>> {
        self.loaded.remove(key)
    }

    /// How many keys are loaded.
    #[must_use]
    pub fn len(&self) -> usize {
        self.loaded.len()
    }

    /// Whether nothing is loaded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.loaded.is_empty()
    }
}

impl Context {
    /// Whether an event stands at the position.
    #[must_use]
    pub fn is_taken(&self, position: Position) -> bool {
        position != Position::ZERO && position < self.next_position
    }
}

macro_rules! tables {
    ($(
        $number:literal $name:ident($key:ident) as $one:ident in $many:ident:
        $english:literal, $chinese:literal;
    )+) => {
        /// The loaded state.
        #[derive(Debug, Clone)]
        pub struct Context {
            /// Position that the next event will have.
            pub next_position: Position,
            /// Recorded time of the last applied event; the clock of the log never runs backwards.
            pub recorded_at: RecordedTime,
            /// Every published policy.
            pub policies: PolicyBook,
            $( #[doc = concat!("Those loaded of: ", $english, " (", $chinese, ").")]
            pub $many: Table<$key, entity::$name>, )+
            /// Events on record that a correction names, for as long as it is decided.
            pub events: Table<Position, RecordedEvent>,
        }

        impl Default for Context {
            /// The state before the first event, with nothing loaded.
            fn default() -> Self {
                Self {
                    next_position: Position::FIRST,
                    recorded_at: RecordedTime::from_micros(0),
                    policies: PolicyBook::default(),
                    $( $many: Table::default(), )+
                    events: Table::default(),
                }
            }
        }

        impl Context {
            /// Whether the entity was loaded (or is known not to exist).
            #[must_use]
            pub fn is_loaded(&self, key: &EntityKey) -> bool {
                match key { $( EntityKey::$name(key) => self.$many.is_loaded(key), )+ }
            }

            /// How many entities are loaded, those that are known not to exist among them.
            #[must_use]
            pub fn loaded(&self) -> usize {
                [$( self.$many.len() ),+].into_iter().sum()
            }

            /// Puts a loaded entity, or the knowledge that there is none.
            ///
            /// # Panics
            ///
            /// When the entity is not of the key's kind.
            pub fn put(&mut self, key: EntityKey, entity: Option<Entity>) {
                match (key, entity) {
                    $( (EntityKey::$name(key), Some(Entity::$name(entity))) => {
                        self.$many.put(key, Some(entity));
                    } )+
                    $( (EntityKey::$name(key), None) => {
                        self.$many.put(key, None);
                    } )+
                    _ => unreachable!("the entity is not of the kind of its key"),
                }
            }

            /// Forgets an entity; returns it when it was loaded and exists.
            pub fn take(&mut self, key: &EntityKey) -> Option<Entity> {
                match key {
                    $( EntityKey::$name(key) => {
                        self.$many.take(key).flatten().map(Entity::$name)
                    } )+
                }
            }

            /// A copy of an entity, `None` when it does not exist.
            #[must_use]
            pub fn copy(&self, key: &EntityKey) -> Option<Entity> {
                match key {
                    $( EntityKey::$name(key) => {
                        self.$many.get(key).cloned().map(Entity::$name)
                    } )+
                }
            }
        }
    };
}

each_entity!(tables);

/// The key of the register of a scheme's awards in the province of `division`: the first 16 bytes
/// of the SHA-256 over the province's code (4 bytes, big-endian) and the scheme's name.
#[must_use]
pub fn award_register_key(scheme: &SchemeId, division: Division) -> AwardRegisterKey {
    let mut hash = Sha256::new();
    hash.update(division.province().code().to_be_bytes());
    hash.update(scheme.as_str().as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut key = [0; 16];
    key.iter_mut()
        .zip(digest)
        .for_each(|(byte, from)| *byte = from);
    AwardRegisterKey::from_bytes(key)
}
