//! The table of entities: one row for each kind of thing that the rules look at.
//!
//! Whatever goes over all entities is written from these rows, here and in other crates: keys,
//! the loaded state, loading, storing, forgetting. An entity is added by adding its row; the
//! compiler and the tests then ask for the rest (see CONTRIBUTING.md).

use crate::context::{Context, Table};
use crate::entity;
use crate::{
    AccountKey, AwardId, AwardRegisterKey, CaseId, CertificateNumber, ClassId, ClawbackId,
    CreditCode, DisbursementId, OrderId, PersonKey, Position,
};
use std::hash::Hash;

/// Hands the table of entities to a macro, ascending by number. A row reads
///
/// ```text
/// number Name(Key) as one in many: "English", "Chinese";
/// ```
///
/// The number is permanent: stored keys begin with it. The name is that of the struct in
/// [`entity`](mod@crate::entity), the key the type that identifies it, `one` what a rule that needs
/// it says, `many` the table of those that are loaded ([`Context`]). Numbers that are
/// [taken](TAKEN_NUMBERS) otherwise, or were once, are not given again.
#[macro_export]
macro_rules! each_entity {
    ($with:ident) => {
        $with! {
            0x01 Person(PersonKey) as person in persons: "person", "人员";
            0x02 Class(ClassId) as class in classes: "class", "培训班";
            0x03 Institution(CreditCode) as institution in institutions: "institution", "机构";
            0x04 Certificate(CertificateNumber) as certificate in certificates:
                "certificate", "证书";
            0x05 Account(AccountKey) as account in accounts: "account", "账户";
            0x06 Disbursement(DisbursementId) as disbursement in disbursements:
                "disbursement", "拨付";
            0x07 Case(CaseId) as case in cases: "case", "案件";
            0x08 Clawback(ClawbackId) as clawback in clawbacks: "clawback", "追回";
            0x0A Award(AwardId) as award in awards: "award", "奖补";
            0x0B AwardRegister(AwardRegisterKey) as award_register in award_registers:
                "register of awards", "奖补登记册";
            0x0C Order(OrderId) as order in orders: "order", "订单";
        }
    };
}

/// Numbers that no entity may have: 9 is the marker of a policy, which is no entity.
pub const TAKEN_NUMBERS: [u8; 2] = [0, 9];

/// What an entity tells of its own past.
pub trait History: Sized {
    /// The entity as it was before the event at a position; `None` where it was not there yet.
    ///
    /// An entity keeps the positions of most of what happened to it, and not every value it had.
    /// What it cannot tell any more is as it was when the entity began, so that nothing later
    /// shines through; each implementation says which fields that are, and names every field, so
    /// that a new one does not compile before somebody has thought of it. Taken back twice, it is
    /// what it is when taken back once to the earlier position.
    #[must_use]
    fn before(self, position: Position) -> Option<Self>;

    /// The positions of the events that are found by the entity's key, ascending, where the entity
    /// lists them itself; none for those that are found through the index of tags.
    fn positions(&self) -> Option<Vec<Position>>;
}

/// An entity of the table, by its own type.
pub trait InTable: History + Into<Entity> + 'static {
    /// What identifies it.
    type Key: Identifies<Entity = Self>;

    /// Its kind.
    const KIND: EntityKind;

    /// The loaded ones.
    fn table(context: &Context) -> &Table<Self::Key, Self>;

    /// The entity, where it is one of this kind.
    fn of(entity: Entity) -> Option<Self>;
}

/// What identifies an entity of the table.
pub trait Identifies: Copy + Eq + Hash + Into<EntityKey> + 'static {
    /// The entity that is identified.
    type Entity: InTable<Key = Self>;
}

macro_rules! entities {
    ($(
        $number:literal $name:ident($key:ident) as $one:ident in $many:ident:
        $english:literal, $chinese:literal;
    )+) => {
        /// The kind of an entity; the number is permanent.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum EntityKind {
            $( #[doc = concat!($english, " (", $chinese, ").")] $name = $number, )+
        }

        /// The key of an entity.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EntityKey {
            $( #[doc = concat!("Of: ", $english, " (", $chinese, ").")] $name($key), )+
        }

        /// An entity, owned: what a store loads and writes.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[expect(
            clippy::large_enum_variant,
            reason = "an entity is moved a few times between store and context; a box per class \
                costs more"
        )]
        pub enum Entity {
            $( #[doc = concat!($english, " (", $chinese, ").")] $name(entity::$name), )+
        }

        impl EntityKind {
            /// All kinds, in the order of their numbers.
            pub const ALL: [Self; [$( $number ),+].len()] = [$( Self::$name ),+];

            /// The permanent number.
            #[must_use]
            pub const fn number(self) -> u8 {
                match self { $( Self::$name => $number, )+ }
            }

            /// The kind with a number.
            #[must_use]
            pub const fn from_number(number: u8) -> Option<Self> {
                match number {
                    $( $number => Some(Self::$name), )+
                    _ => None,
                }
            }

            /// What it is called.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$name => $english, )+ }
            }
        }

        impl Entity {
            /// See [`History::before`].
            #[must_use]
            pub fn before(self, position: Position) -> Option<Self> {
                match self {
                    $( Self::$name(entity) => entity.before(position).map(Self::$name), )+
                }
            }

            /// See [`History::positions`].
            #[must_use]
            pub fn positions(&self) -> Option<Vec<Position>> {
                match self { $( Self::$name(entity) => entity.positions(), )+ }
            }
        }

        impl EntityKey {
            /// The kind of the entity.
            #[must_use]
            pub const fn kind(&self) -> EntityKind {
                match self { $( Self::$name(_) => EntityKind::$name, )+ }
            }
        }

        $(
            impl From<$key> for EntityKey {
                fn from(key: $key) -> Self {
                    Self::$name(key)
                }
            }

            impl From<entity::$name> for Entity {
                fn from(entity: entity::$name) -> Self {
                    Self::$name(entity)
                }
            }

            impl Identifies for $key {
                type Entity = entity::$name;
            }

            impl InTable for entity::$name {
                type Key = $key;

                const KIND: EntityKind = EntityKind::$name;

                fn table(context: &Context) -> &Table<$key, Self> {
                    &context.$many
                }

                fn of(entity: Entity) -> Option<Self> {
                    match entity {
                        Entity::$name(entity) => Some(entity),
                        _ => None,
                    }
                }
            }
        )+
    };
}

each_entity!(entities);

/// Positions, ascending, of what has happened at all.
pub(crate) fn ascending<const N: usize>(listed: [Option<Position>; N]) -> Vec<Position> {
    let mut positions: Vec<Position> = listed.into_iter().flatten().collect();
    positions.sort_unstable();
    positions
}

#[cfg(test)]
mod tests {
    use super::{EntityKind, TAKEN_NUMBERS};

    #[test]
    fn numbers_ascend_and_name_their_kind() {
        assert!(EntityKind::ALL.is_sorted());
        for number in 0..=u8::MAX {
            let found = EntityKind::ALL.into_iter().find(|it| it.number() == number);
            assert_eq!(EntityKind::from_number(number), found);
            assert!(!TAKEN_NUMBERS.contains(&number) || found.is_none());
        }
    }
}
