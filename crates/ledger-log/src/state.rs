//! State derived from the log: entities, indexes, and what is kept beside the log.

use ledger_core::Position;

use crate::{Epoch, LogError};

/// A key and its value.
pub type Entry = (Vec<u8>, Vec<u8>);

/// Entries in ascending order of their keys, read as they are asked for.
pub type Entries<'a> = Box<dyn Iterator<Item = Result<Entry, LogError>> + Send + 'a>;

/// Keys and values that are committed together with the log.
///
/// Reads see what is durable and nothing else. They run beside appends and beside
/// [`promote`](Self::promote) without waiting for them.
pub trait StateStore: Send + Sync {
    /// Returns the value of a key, or `None`.
    ///
    /// # Errors
    ///
    /// [`LogError::DamagedSpace`] when what is stored cannot be read, [`LogError::Storage`] when
    /// reading fails in another way; so for every read below.
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, LogError>;

    /// Returns the values of several keys of one moment, in the order of the keys given.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn multi_get(&self, space: Space, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, LogError>;

    /// Returns at most `limit` entries with `from <= key < to`, from the end that `direction`
    /// starts at.
    ///
    /// An empty `to` means that there is no upper bound. To continue, call again from
    /// [`keys::successor`](crate::keys::successor) of the last key, or backward up to that key.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn scan(
        &self,
        space: Space,
        from: &[u8],
        to: &[u8],
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, LogError>;

    /// Fixes what is there now, for reading at length.
    ///
    /// Holding it keeps old versions of changed entries on disk, so it is not for keeping.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, LogError>;

    /// Opens a second, empty set of the rebuildable spaces beside the live one.
    ///
    /// There is one shadow at a time: opening a shadow discards an earlier one that was not
    /// promoted, and dropping a shadow discards it. No failure of a shadow touches the log or the
    /// live set.
    ///
    /// # Errors
    ///
    /// [`LogError::NoRoom`] when the disk has too little room for what it is for,
    /// [`LogError::Storage`] when it cannot be created, [`LogError::WriteDisabled`] after a failed
    /// write.
    fn open_shadow(&self, purpose: ShadowPurpose) -> Result<Box<dyn Shadow>, LogError>;

    /// Discards the shadow and everything in it; the live set stays as it is.
    ///
    /// # Errors
    ///
    /// [`LogError::ShadowGone`] for a shadow that is not the open one of this store, and
    /// [`LogError::Storage`] when it cannot be removed: the next one that is opened, or the next
    /// opening of the store, removes it.
    fn discard_shadow(&self, shadow: Box<dyn Shadow>) -> Result<(), LogError>;

    /// Makes the shadow the live set, at once and durably, and discards the old set.
    ///
    /// The spaces that cannot be rebuilt stay as they are. A refused shadow stays open, so that
    /// the caller can catch up and try again. What was not [prepared](Shadow::prepare) is prepared
    /// now.
    ///
    /// # Errors
    ///
    /// [`LogError::ShadowBehind`] unless the log ends at `at`, [`LogError::ShadowGone`] for a
    /// shadow that is not the open one of this store, [`LogError::NoRoom`],
    /// [`LogError::StaleEpoch`], [`LogError::WriteDisabled`], and [`LogError::Storage`].
    fn promote(&self, epoch: Epoch, shadow: &mut dyn Shadow, at: Position) -> Result<(), LogError>;

    /// Estimates the keys and bytes of the log and of each space, without reading the entries.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn sizes(&self) -> Result<Vec<SpaceSize>, LogError>;
}

/// All spaces as of one position.
pub trait Snapshot: Send {
    /// Returns the last position of the log that this snapshot reflects.
    fn last_position(&self) -> Position;

    /// Returns the value of a key, or `None`.
    ///
    /// # Errors
    ///
    /// As [`StateStore::get`].
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, LogError>;

    /// Reads a space from its first key to its last.
    fn iterate(&self, space: Space) -> Entries<'_> {
        self.iterate_from(space, &[])
    }

    /// Reads a space from the first key at or behind `from` to its last.
    fn iterate_from(&self, space: Space, from: &[u8]) -> Entries<'_>;
}

/// A second set of the rebuildable spaces, filled beside the live one.
///
/// It is not durable before it is promoted: after a crash the rebuild starts again.
pub trait Shadow: Send {
    /// Returns what tells this shadow from every other.
    fn id(&self) -> ShadowId;

    /// Applies changes, in order.
    ///
    /// # Errors
    ///
    /// [`LogError::NotRebuildable`] for any other space, [`LogError::ShadowGone`] once it is
    /// promoted or discarded, [`LogError::NoRoom`] when the disk has no room for more of it,
    /// [`LogError::Storage`] when writing fails.
    fn write(&mut self, ops: Vec<StateOp>) -> Result<(), LogError>;

    /// Returns the values of several keys, in the order of the keys given.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    fn multi_get(&self, space: Space, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, LogError>;

    /// Returns at most `limit` entries of a range, as [`StateStore::scan`] does.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    fn scan(
        &self,
        space: Space,
        from: &[u8],
        to: &[u8],
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, LogError>;

    /// Reads a space from its first key to its last, as of the call.
    fn iterate(&self, space: Space) -> Entries<'_>;

    /// Copies what the shadow holds to the place where promoting makes it live, so that promoting
    /// takes no time. The shadow can still be written to; each call copies what is new since the
    /// last call.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    fn prepare(&mut self) -> Result<(), LogError>;
}

/// What a shadow is made for, which says how much room it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ShadowPurpose {
    /// To be looked at and thrown away: room for one more set of the rebuildable spaces.
    Look,
    /// To be promoted: room for two, since preparing it copies it.
    Promote,
}

impl ShadowPurpose {
    /// How many more sets of the rebuildable spaces there are at most at one time.
    #[must_use]
    pub const fn sets(self) -> u64 {
        match self {
            Self::Look => 1,
            Self::Promote => 2,
        }
    }
}

/// One change to the derived state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateOp {
    /// Where the key lives.
    pub space: Space,
    /// The key, built by [`keys`](crate::keys).
    pub key: Vec<u8>,
    /// The new value; `None` deletes.
    pub value: Option<Vec<u8>>,
}

impl StateOp {
    /// Sets a key to a value.
    #[must_use]
    pub fn put(space: Space, key: Vec<u8>, value: Vec<u8>) -> Self {
        Self {
            space,
            key,
            value: Some(value),
        }
    }

    /// Removes a key.
    #[must_use]
    pub fn delete(space: Space, key: Vec<u8>) -> Self {
        Self {
            space,
            key,
            value: None,
        }
    }

    /// Returns the bytes of key and value together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.key.len() + self.value.as_ref().map_or(0, Vec::len)
    }
}

/// The spaces of derived state, each with a permanent number and name.
///
/// The numbers are stored and the names are those of the column families: neither ever changes,
/// and those of a retired space stay reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// What the rules look at: one value per person, class, account and so on.
    Entities,
    /// Which events of a block carry a tag.
    TagIndex,
    /// Which events of a block rest on which events of an earlier one.
    EffectIndex,
    /// The answer to each request, for answering it again. Kept beside the log for ever.
    Requests,
    /// Refused commands, in the order of refusal. Kept beside the log for ever.
    Refusals,
    /// Short facts of the engine about itself, such as the version of its encodings.
    Meta,
    /// The running count of each counter of progress, and how a block changed it.
    Progress,
}

impl Space {
    /// Every space, in the order of the numbers.
    pub const ALL: [Self; 7] = [
        Self::Entities,
        Self::TagIndex,
        Self::EffectIndex,
        Self::Requests,
        Self::Refusals,
        Self::Meta,
        Self::Progress,
    ];

    /// The spaces that are a function of the log alone, so that a shadow can hold them.
    pub const REBUILDABLE: [Self; 4] = [
        Self::Entities,
        Self::TagIndex,
        Self::EffectIndex,
        Self::Progress,
    ];

    /// Returns the permanent number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Entities => 1,
            Self::TagIndex => 2,
            Self::EffectIndex => 3,
            Self::Requests => 4,
            Self::Refusals => 5,
            Self::Meta => 6,
            Self::Progress => 7,
        }
    }

    /// Returns the permanent name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Entities => "entities",
            Self::TagIndex => "tag_index",
            Self::EffectIndex => "effect_index",
            Self::Requests => "requests",
            Self::Refusals => "refusals",
            Self::Meta => "meta",
            Self::Progress => "progress",
        }
    }

    /// Tells whether the space is a function of the log alone.
    #[must_use]
    pub const fn is_rebuildable(self) -> bool {
        match self {
            Self::Entities | Self::TagIndex | Self::EffectIndex | Self::Progress => true,
            Self::Requests | Self::Refusals | Self::Meta => false,
        }
    }
}

/// Which end of a range a scan starts at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Ascending keys.
    Forward,
    /// Descending keys.
    Backward,
}

/// What tells one shadow from every other in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShadowId {
    /// The open store it belongs to.
    pub store: u64,
    /// The generation it will be when promoted.
    pub generation: u64,
}

/// An estimate of what one part of the store holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceSize {
    /// The name of the space, or `events` for the log.
    pub name: &'static str,
    /// Keys; for the log these are blocks.
    pub keys: u64,
    /// Bytes, compressed where they are.
    pub bytes: u64,
}
