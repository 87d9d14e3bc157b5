//! The log and its state in memory: the reference implementation, for tests.
//!
//! Long: one store with both of its traits, over one state.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ledger_core::Position;

use crate::limits::GROUP_BYTES_MAX;
use crate::log::BlockIter;
use crate::{
    Block, CommitGroup, Condition, Direction, Entries, Entry, Epoch, Log, LogError, Shadow,
    ShadowId, ShadowPurpose, Snapshot, Space, SpaceSize, StateOp, StateStore,
};

/// A store that forgets everything when it is dropped, and is otherwise like any other.
///
/// Maps are copied on write while a snapshot or an iterator holds them, so it is made for the sizes
/// of tests.
#[derive(Debug)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

/// When an injected failure strikes a write; the caller cannot tell the two apart.
///
/// Until the store is opened anew, reads may or may not show what the failed write held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing of the group is kept.
    BeforeWrite,
    /// The whole group is kept, and yet the append reports failure.
    AfterWrite,
}

impl MemoryStore {
    /// Creates an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::over(Durable::default())
    }

    /// Opens what this store holds anew, as a process does that starts again.
    ///
    /// Writing is enabled again and an unfinished shadow is gone.
    #[must_use]
    pub fn reopen(self) -> Self {
        let durable = self.shared.read().durable.clone();
        Self::over(durable)
    }

    /// Opens what this store holds anew, for reading only.
    #[must_use]
    pub fn reopen_read_only(self, reason: &str) -> Self {
        let store = self.reopen();
        store.shared.write().read_only = Some(reason.to_owned());
        store
    }

    /// Sets how many bytes the disk has left; without it there is no end of them.
    pub fn set_free_bytes(&self, free: u64) {
        self.shared.write().free_bytes = Some(free);
    }

    /// Makes reads of a key fail, as those of a damaged file do, until a rebuild replaces it.
    pub fn damage(&self, space: Space, key: Vec<u8>) {
        self.shared
            .write()
            .durable
            .spaces
            .damaged
            .insert((space, key));
    }

    /// Makes the next write fail with `reason`.
    pub fn fail_next_write(&self, fault: Fault, reason: &str) {
        self.shared.write().fault = Some((fault, reason.to_owned()));
    }

    fn over(durable: Durable) -> Self {
        static STORES: AtomicU64 = AtomicU64::new(1);
        let id = STORES.fetch_add(1, Ordering::Relaxed);
        Self {
            shared: Arc::new(Shared {
                id,
                state: RwLock::new(State::new(durable)),
            }),
        }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Debug)]
struct Shared {
    id: u64,
    state: RwLock<State>,
}

#[derive(Debug)]
struct State {
    durable: Durable,
    shadow: Option<ShadowData>,
    /// Counts shadows opened, so that an earlier one is not taken for a later one.
    shadows_opened: u64,
    fault: Option<(Fault, String)>,
    write_disabled: Option<String>,
    read_only: Option<String>,
    free_bytes: Option<u64>,
}

/// What a disk would hold.
#[derive(Debug, Clone)]
struct Durable {
    epoch: Epoch,
    blocks: Arc<BTreeMap<Position, Block>>,
    spaces: Spaces,
}

#[derive(Debug)]
struct ShadowData {
    generation: u64,
    spaces: Spaces,
}

type Map = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Debug, Clone, Default)]
struct Spaces {
    maps: BTreeMap<Space, Arc<Map>>,
    /// Keys that cannot be read.
    damaged: BTreeSet<(Space, Vec<u8>)>,
}

impl Log for MemoryStore {
    fn claim_epoch(&self) -> Result<Epoch, LogError> {
        let mut state = self.shared.write();
        state.write(|durable| durable.epoch = durable.epoch.next())?;
        Ok(state.durable.epoch)
    }

    fn append(&self, epoch: Epoch, group: &CommitGroup) -> Result<Position, LogError> {
        let mut state = self.shared.write();
        state.check_writer(epoch)?;
        group.check(state.durable.last_position())?;
        state.write(|durable| {
            let blocks = Arc::make_mut(&mut durable.blocks);
            blocks.extend(group.blocks.iter().map(|b| (b.first_position(), b.clone())));
            durable.spaces.apply(&group.state);
        })?;
        Ok(group.last_position())
    }

    fn last_position(&self) -> Position {
        self.shared.read().durable.last_position()
    }

    fn read_block_at(&self, position: Position) -> Result<Option<Block>, LogError> {
        let state = self.shared.read();
        let at_or_below = state.durable.blocks.range(..=position).next_back();
        Ok(at_or_below
            .map(|(_, b)| b)
            .filter(|b| b.last_position() >= position)
            .cloned())
    }

    fn blocks_from(&self, from: Position) -> BlockIter<'_> {
        let blocks = Arc::clone(&self.shared.read().durable.blocks);
        let start = blocks
            .range(..=from)
            .next_back()
            .map_or(Position::FIRST, |(first, _)| *first);
        let mut next = Bound::Included(start);
        Box::new(
            std::iter::from_fn(move || {
                let (first, block) = blocks.range((next, Bound::Unbounded)).next()?;
                next = Bound::Excluded(*first);
                Some(Ok(block.clone()))
            })
            .skip_while(move |block| {
                block
                    .as_ref()
                    .is_ok_and(|b: &Block| b.last_position() < from)
            }),
        )
    }

    fn barrier(&self) -> Result<Position, LogError> {
        Ok(self.last_position())
    }

    fn write_disabled(&self) -> Option<String> {
        self.shared.read().write_disabled.clone()
    }

    fn read_only(&self) -> Option<String> {
        self.shared.read().read_only.clone()
    }

    fn check_room(&self) -> Result<(), LogError> {
        let needed = u64_from(GROUP_BYTES_MAX);
        match self.shared.read().free_bytes {
            Some(free) if free < needed => Err(LogError::NoRoom {
                doing: "record more",
                needed,
                free,
                headroom: 0,
            }),
            _ => Ok(()),
        }
    }

    fn condition(&self) -> Condition {
        Condition {
            free_bytes: self.shared.read().free_bytes,
            ..Condition::default()
        }
    }
}

impl StateStore for MemoryStore {
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, LogError> {
        self.shared.read().durable.spaces.get(space, key)
    }

    fn multi_get(&self, space: Space, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, LogError> {
        let state = self.shared.read();
        keys.iter()
            .map(|key| state.durable.spaces.get(space, key))
            .collect()
    }

    fn scan(
        &self,
        space: Space,
        from: &[u8],
        to: &[u8],
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, LogError> {
        let spaces = &self.shared.read().durable.spaces;
        let found = scan(&spaces.map(space), from, to, direction, limit);
        let checked = found.into_iter().map(|entry| spaces.checked(space, entry));
        checked.collect()
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, LogError> {
        let durable = &self.shared.read().durable;
        Ok(Box::new(MemorySnapshot {
            last_position: durable.last_position(),
            spaces: durable.spaces.clone(),
        }))
    }

    fn open_shadow(&self, _purpose: ShadowPurpose) -> Result<Box<dyn Shadow>, LogError> {
        let mut state = self.shared.write();
        state.check_writable()?;
        state.check_shadow_room()?;
        state.shadows_opened += 1;
        let generation = state.shadows_opened;
        state.shadow = Some(ShadowData {
            generation,
            spaces: Spaces::default(),
        });
        let id = ShadowId {
            store: self.shared.id,
            generation,
        };
        Ok(Box::new(MemoryShadow {
            id,
            shared: Arc::clone(&self.shared),
        }))
    }

    fn discard_shadow(&self, shadow: Box<dyn Shadow>) -> Result<(), LogError> {
        self.shared
            .write()
            .shadow_spaces(self.shared.id, shadow.id())?;
        drop(shadow);
        Ok(())
    }

    fn promote(&self, epoch: Epoch, shadow: &mut dyn Shadow, at: Position) -> Result<(), LogError> {
        let mut state = self.shared.write();
        state.check_writer(epoch)?;
        let last = state.durable.last_position();
        if last != at {
            return Err(LogError::ShadowBehind { at, last });
        }
        let spaces = state.shadow_spaces(self.shared.id, shadow.id())?.clone();
        state.write(|durable| durable.spaces.replace_rebuildable(spaces))?;
        state.shadow = None;
        Ok(())
    }

    fn sizes(&self) -> Result<Vec<SpaceSize>, LogError> {
        let state = self.shared.read();
        let blocks = &state.durable.blocks;
        let events = SpaceSize {
            name: "events",
            keys: u64_from(blocks.len()),
            bytes: u64_from(blocks.values().map(|block| block.frame().len()).sum()),
        };
        let spaces = Space::ALL.into_iter().map(|space| {
            let map = state.durable.spaces.map(space);
            let bytes = map.iter().map(|(key, value)| key.len() + value.len()).sum();
            SpaceSize {
                name: space.name(),
                keys: u64_from(map.len()),
                bytes: u64_from(bytes),
            }
        });
        Ok(std::iter::once(events).chain(spaces).collect())
    }
}

struct MemorySnapshot {
    last_position: Position,
    spaces: Spaces,
}

impl Snapshot for MemorySnapshot {
    fn last_position(&self) -> Position {
        self.last_position
    }

    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, LogError> {
        self.spaces.get(space, key)
    }

    fn iterate_from(&self, space: Space, from: &[u8]) -> Entries<'_> {
        self.spaces.iterate(space, from)
    }
}

struct MemoryShadow {
    id: ShadowId,
    shared: Arc<Shared>,
}

impl Shadow for MemoryShadow {
    fn id(&self) -> ShadowId {
        self.id
    }

    fn write(&mut self, ops: Vec<StateOp>) -> Result<(), LogError> {
        for op in &ops {
            check_rebuildable(op.space)?;
        }
        self.shared
            .write()
            .shadow_spaces(self.shared.id, self.id)?
            .apply(&ops);
        Ok(())
    }

    fn multi_get(&self, space: Space, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, LogError> {
        check_rebuildable(space)?;
        let mut state = self.shared.write();
        let spaces = state.shadow_spaces(self.shared.id, self.id)?;
        keys.iter().map(|key| spaces.get(space, key)).collect()
    }

    fn scan(
        &self,
        space: Space,
        from: &[u8],
        to: &[u8],
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Entry>, LogError> {
        check_rebuildable(space)?;
        let mut state = self.shared.write();
        let map = state.shadow_spaces(self.shared.id, self.id)?.map(space);
        Ok(scan(&map, from, to, direction, limit))
    }

    fn iterate(&self, space: Space) -> Entries<'_> {
        let opened = check_rebuildable(space).and_then(|()| {
            Ok(self
                .shared
                .write()
                .shadow_spaces(self.shared.id, self.id)?
                .clone())
        });
        match opened {
            Ok(spaces) => spaces.iterate(space, &[]),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }

    fn prepare(&mut self) -> Result<(), LogError> {
        self.shared
            .write()
            .shadow_spaces(self.shared.id, self.id)
            .map(drop)
    }
}

impl Drop for MemoryShadow {
    fn drop(&mut self) {
        let mut state = self.shared.write();
        if state.shadow_spaces(self.shared.id, self.id).is_ok() {
            state.shadow = None;
        }
    }
}

impl Shared {
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state
            .read()
            .expect("no thread panics while it holds the state")
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state
            .write()
            .expect("no thread panics while it holds the state")
    }
}

impl State {
    fn new(durable: Durable) -> Self {
        Self {
            durable,
            shadow: None,
            shadows_opened: 0,
            fault: None,
            write_disabled: None,
            read_only: None,
            free_bytes: None,
        }
    }

    fn check_writable(&self) -> Result<(), LogError> {
        if let Some(reason) = &self.read_only {
            return Err(LogError::ReadOnly {
                reason: reason.clone(),
            });
        }
        match &self.write_disabled {
            None => Ok(()),
            Some(reason) => Err(LogError::WriteDisabled {
                reason: reason.clone(),
            }),
        }
    }

    /// A shadow needs any room at all: sizes are those of tests.
    fn check_shadow_room(&self) -> Result<(), LogError> {
        match self.free_bytes {
            Some(0) => Err(LogError::NoRoom {
                doing: "build a second state",
                needed: 1,
                free: 0,
                headroom: 0,
            }),
            _ => Ok(()),
        }
    }

    fn check_writer(&self, epoch: Epoch) -> Result<(), LogError> {
        self.check_writable()?;
        let current = self.durable.epoch;
        if epoch != current {
            return Err(LogError::StaleEpoch {
                given: epoch,
                current,
            });
        }
        Ok(())
    }

    /// Changes what is durable, or fails and disables writing if a failure was asked for.
    fn write(&mut self, change: impl FnOnce(&mut Durable)) -> Result<(), LogError> {
        self.check_writable()?;
        let fault = self.fault.take();
        if !matches!(fault, Some((Fault::BeforeWrite, _))) {
            change(&mut self.durable);
        }
        let Some((_, reason)) = fault else {
            return Ok(());
        };
        self.write_disabled = Some(reason.clone());
        Err(LogError::Storage {
            doing: "write a group",
            retry_helps: false,
            source: reason.into(),
        })
    }

    fn shadow_spaces(&mut self, store: u64, id: ShadowId) -> Result<&mut Spaces, LogError> {
        match &mut self.shadow {
            Some(shadow) if store == id.store && shadow.generation == id.generation => {
                Ok(&mut shadow.spaces)
            }
            _ => Err(LogError::ShadowGone),
        }
    }
}

impl Durable {
    fn last_position(&self) -> Position {
        self.blocks
            .last_key_value()
            .map_or(Position::ZERO, |(_, block)| block.last_position())
    }
}

impl Default for Durable {
    fn default() -> Self {
        Self {
            epoch: Epoch::UNCLAIMED,
            blocks: Arc::default(),
            spaces: Spaces::default(),
        }
    }
}

impl Spaces {
    fn map(&self, space: Space) -> Arc<Map> {
        self.maps.get(&space).cloned().unwrap_or_default()
    }

    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, LogError> {
        self.check(space, key)?;
        let map = self.maps.get(&space);
        Ok(map.and_then(|map| map.get(key)).cloned())
    }

    fn checked(&self, space: Space, entry: Entry) -> Result<Entry, LogError> {
        self.check(space, &entry.0)?;
        Ok(entry)
    }

    fn check(&self, space: Space, key: &[u8]) -> Result<(), LogError> {
        if self.damaged.is_empty() || !self.damaged.contains(&(space, key.to_vec())) {
            return Ok(());
        }
        Err(LogError::DamagedSpace {
            space,
            source: "damaged by a test".into(),
        })
    }

    fn apply(&mut self, ops: &[StateOp]) {
        for op in ops {
            let map = Arc::make_mut(self.maps.entry(op.space).or_default());
            match &op.value {
                Some(value) => map.insert(op.key.clone(), value.clone()),
                None => map.remove(&op.key),
            };
        }
    }

    fn replace_rebuildable(&mut self, rebuilt: Self) {
        self.maps.retain(|space, _| !space.is_rebuildable());
        self.maps.extend(rebuilt.maps);
        self.damaged.retain(|(space, _)| !space.is_rebuildable());
    }

    /// Ends after an entry that cannot be read.
    fn iterate(&self, space: Space, from: &[u8]) -> Entries<'static> {
        let map = self.map(space);
        let spaces = self.clone();
        let mut next: Bound<Vec<u8>> = Bound::Included(from.to_vec());
        let mut is_over = false;
        Box::new(std::iter::from_fn(move || {
            if is_over {
                return None;
            }
            let lower = next.as_ref().map(Vec::as_slice);
            let (key, value) = map.range::<[u8], _>((lower, Bound::Unbounded)).next()?;
            next = Bound::Excluded(key.clone());
            let entry = spaces.checked(space, (key.clone(), value.clone()));
            is_over = entry.is_err();
            Some(entry)
        }))
    }
}

fn scan(map: &Map, from: &[u8], to: &[u8], direction: Direction, limit: usize) -> Vec<Entry> {
    if !to.is_empty() && from >= to {
        return Vec::new();
    }
    let upper = if to.is_empty() {
        Bound::Unbounded
    } else {
        Bound::Excluded(to)
    };
    let range = map.range::<[u8], _>((Bound::Included(from), upper));
    let copy = |(key, value): (&Vec<u8>, &Vec<u8>)| (key.clone(), value.clone());
    match direction {
        Direction::Forward => range.take(limit).map(copy).collect(),
        Direction::Backward => range.rev().take(limit).map(copy).collect(),
    }
}

fn check_rebuildable(space: Space) -> Result<(), LogError> {
    if space.is_rebuildable() {
        Ok(())
    } else {
        Err(LogError::NotRebuildable { space })
    }
}

fn u64_from(number: usize) -> u64 {
    u64::try_from(number).expect("memory holds fewer than 2^64 bytes")
}
