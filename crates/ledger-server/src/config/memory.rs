//! Section `memory`: the sizes that decide how much memory the process takes, and how long a
//! history it serves at full speed.

use std::fs;

use ledger_engine::EngineOptions;
use ledger_engine::limits::{block_starts_bytes, entities_bytes};
use ledger_store::StoreOptions;
use serde::{Deserialize, Serialize};
use thiserror::Error;

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

/// The sizes of caches, write buffers and open files; what each takes is in
/// `docs/internals/memory.md`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Memory {
    /// Bytes of the cache of the store: blocks of data, indexes and filters.
    pub cache_bytes: usize,
    /// Bytes of the write buffers of the store.
    pub write_buffer_bytes: usize,
    /// Files of tables that the store keeps open.
    pub open_files_max: u32,
    /// Bits per key of the filters over entities and request ids.
    pub filter_bits_per_key: u32,
    /// Entities (persons, classes, certificates, …) that the writer keeps in memory.
    pub entities_max: usize,
    /// Entities that a rebuild or a simulation keeps in memory while it runs.
    pub rebuild_entities_max: usize,
    /// Blocks of the log whose first position is remembered.
    pub block_starts_max: usize,
}

/// Why the sizes are refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MemoryError {
    /// A size that cannot work.
    #[error("memory.{key} is {value}, and must be {min} to {max}")]
    OutOfRange {
        /// The key.
        key: &'static str,
        /// What is configured.
        value: u64,
        /// The smallest that works.
        min: u64,
        /// The largest that makes sense.
        max: u64,
    },
    /// The cache would be full of what open files hold on to.
    #[error(
        "memory.open_files_max is {files}, and as many files hold on to {pinned} bytes of the cache, \
         more than half of memory.cache_bytes, which is {cache}: set memory.cache_bytes to at least \
         {needed}, or keep fewer files open"
    )]
    CacheTooSmall {
        /// Files kept open.
        files: u32,
        /// Bytes that they hold on to.
        pinned: u64,
        /// Bytes of the cache.
        cache: u64,
        /// Bytes that the cache needs.
        needed: u64,
    },
    /// The machine has less.
    #[error(
        "the sizes of section memory come to {needed} bytes, and this process may use {available}: \
         make them smaller (docs/internals/memory.md says what each takes)"
    )]
    MoreThanThereIs {
        /// Bytes that the sizes come to.
        needed: u64,
        /// Bytes that there are.
        available: u64,
    },
}

impl Default for Memory {
    fn default() -> Self {
        let (store, engine) = (StoreOptions::default(), EngineOptions::default());
        Self {
            cache_bytes: store.cache_bytes,
            write_buffer_bytes: store.write_buffer_bytes,
            open_files_max: store.open_files_max,
            filter_bits_per_key: store.filter_bits_per_key,
            entities_max: engine.cache_entities_max,
            rebuild_entities_max: engine.rebuild_entities_max,
            block_starts_max: engine.block_starts_max,
        }
    }
}

impl Memory {
    /// Checks that every size can work, and that they go together.
    ///
    /// # Errors
    ///
    /// The first contradiction found.
    pub fn check(&self) -> Result<(), MemoryError> {
        for (key, value, min, max) in [
            // Room for the pinned parts of some files and for the blocks of a few reads.
            ("cache_bytes", wide(self.cache_bytes), 16 * MIB, 1024 * GIB),
            // The largest group has 32 MiB, and one is filled while another is flushed.
            (
                "write_buffer_bytes",
                wide(self.write_buffer_bytes),
                80 * MIB,
                64 * GIB,
            ),
            // One compaction reads some twenty files at once.
            (
                "open_files_max",
                u64::from(self.open_files_max),
                64,
                1_000_000,
            ),
            // Fewer answer too little; more add nothing.
            (
                "filter_bits_per_key",
                u64::from(self.filter_bits_per_key),
                4,
                24,
            ),
            // The entities of the largest request at least.
            ("entities_max", wide(self.entities_max), 10_000, 200_000_000),
            (
                "rebuild_entities_max",
                wide(self.rebuild_entities_max),
                10_000,
                200_000_000,
            ),
            // Those of the newest blocks at least; a thousand million blocks at most.
            (
                "block_starts_max",
                wide(self.block_starts_max),
                1_000,
                1_000_000_000,
            ),
        ] {
            if value < min || value > max {
                return Err(MemoryError::OutOfRange {
                    key,
                    value,
                    min,
                    max,
                });
            }
        }
        let (cache, pinned) = (wide(self.cache_bytes), self.store().pinned_bytes());
        let needed = pinned.saturating_mul(2);
        if needed > cache {
            return Err(MemoryError::CacheTooSmall {
                files: self.open_files_max,
                pinned,
                cache,
                needed,
            });
        }
        Ok(())
    }

    /// The options of a store with these sizes.
    #[must_use]
    pub fn store(&self) -> StoreOptions {
        StoreOptions {
            cache_bytes: self.cache_bytes,
            write_buffer_bytes: self.write_buffer_bytes,
            open_files_max: self.open_files_max,
            filter_bits_per_key: self.filter_bits_per_key,
            ..StoreOptions::default()
        }
        .with_room_for_buffers()
    }

    /// The options of an engine with these sizes.
    #[must_use]
    pub fn engine(&self) -> EngineOptions {
        EngineOptions {
            cache_entities_max: self.entities_max,
            rebuild_entities_max: self.rebuild_entities_max,
            block_starts_max: self.block_starts_max,
            ..EngineOptions::default()
        }
    }

    /// Bytes of memory that the sizes come to, while nothing is rebuilt.
    #[must_use]
    pub fn standing_bytes(&self) -> u64 {
        let (store, engine) = (self.store(), self.engine());
        store.memory_bytes().saturating_add(engine.memory_bytes())
    }

    /// Bytes of memory that a rebuild or a simulation adds while it runs.
    #[must_use]
    pub fn rebuild_bytes(&self) -> u64 {
        let engine = self.engine().rebuild_memory_bytes();
        engine.saturating_add(StoreOptions::SHADOW_MEMORY_BYTES)
    }

    /// Says in the log what the sizes come to, and refuses sizes that the process cannot have.
    ///
    /// The defaults are not refused on a small machine: with a short history they take less than
    /// they may.
    ///
    /// # Errors
    ///
    /// [`MemoryError::MoreThanThereIs`].
    pub(crate) fn announce(&self, available: Option<u64>) -> Result<(), MemoryError> {
        let needed = self.standing_bytes();
        tracing::info!(
            cache_mib = wide(self.cache_bytes) / MIB,
            write_buffers_mib = wide(self.write_buffer_bytes) / MIB,
            open_files_mib = self.store().open_files_bytes() / MIB,
            entities_mib = entities_bytes(self.entities_max) / MIB,
            block_starts_mib = block_starts_bytes(self.block_starts_max) / MIB,
            sum_mib = needed / MIB,
            more_while_rebuilding_mib = self.rebuild_bytes() / MIB,
            available_mib = available.map(|bytes| bytes / MIB),
            "memory that the sizes of section memory come to"
        );
        match available {
            Some(available) if needed > available && *self != Self::default() => {
                Err(MemoryError::MoreThanThereIs { needed, available })
            }
            Some(available) if needed > available => {
                tracing::warn!(
                    needed,
                    available,
                    "the sizes of section memory are larger than the memory of this machine"
                );
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Bytes of memory that this process may use: those of the machine, or fewer where its control
/// group says so; nothing where the system does not tell.
pub(crate) fn available_bytes() -> Option<u64> {
    let machine = fs::read_to_string("/proc/meminfo");
    let machine = machine.ok().and_then(|text| total_of(&text));
    let group = fs::read_to_string("/sys/fs/cgroup/memory.max");
    let group = group.ok().and_then(|text| text.trim().parse().ok());
    match (machine, group) {
        (Some(machine), Some(group)) => Some(machine.min(group)),
        (one, other) => one.or(other),
    }
}

/// The memory of the machine, from the system's table.
fn total_of(table: &str) -> Option<u64> {
    let line = table
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{CONNECTIONS_MIN, DESCRIPTORS_SPARE};

    fn refused(change: impl FnOnce(&mut Memory)) -> String {
        let mut memory = Memory::default();
        change(&mut memory);
        let outcome = memory.check();
        outcome.map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn sizes_that_cannot_work_or_contradict_each_other_are_refused() {
        type Change = fn(&mut Memory);
        let cases: [(Change, &str); 13] = [
            (|_| {}, ""),
            (
                |it| it.cache_bytes = 0,
                "memory.cache_bytes is 0, and must be 16777216 to",
            ),
            (|it| it.cache_bytes = usize::MAX, "memory.cache_bytes is"),
            (
                |it| it.write_buffer_bytes = 32 << 20,
                "memory.write_buffer_bytes is 33554432",
            ),
            (
                |it| it.open_files_max = 63,
                "memory.open_files_max is 63, and must be 64 to 1000000",
            ),
            (
                |it| it.open_files_max = u32::MAX,
                "memory.open_files_max is 4294967295",
            ),
            (
                |it| it.filter_bits_per_key = 3,
                "memory.filter_bits_per_key is 3",
            ),
            (
                |it| it.filter_bits_per_key = 25,
                "memory.filter_bits_per_key is 25",
            ),
            (|it| it.entities_max = 9_999, "memory.entities_max is 9999"),
            (
                |it| it.rebuild_entities_max = 0,
                "memory.rebuild_entities_max is 0",
            ),
            (|it| it.block_starts_max = 0, "memory.block_starts_max is 0"),
            (
                |it| it.open_files_max = 20_000,
                "set memory.cache_bytes to at least 327680000, or keep fewer files open",
            ),
            (
                |it| {
                    it.open_files_max = 20_000;
                    it.cache_bytes = 327_680_000;
                },
                "",
            ),
        ];
        for (change, expected) in cases {
            let found = refused(change);
            assert!(
                found.contains(expected),
                "{found:?} should contain {expected:?}"
            );
            assert_eq!(found.is_empty(), expected.is_empty(), "{found}");
        }
    }

    #[test]
    fn sizes_that_the_machine_does_not_have_are_refused_and_the_defaults_never() {
        let larger = Memory {
            cache_bytes: 8 << 30,
            ..Memory::default()
        };
        let defaults = Memory::default().standing_bytes();
        for (memory, available, is_refused) in [
            (Memory::default(), Some(defaults), false),
            (Memory::default(), Some(1), false),
            (larger.clone(), Some(64 << 30), false),
            (larger.clone(), Some(8 << 30), true),
            (larger, None, false),
        ] {
            assert_eq!(
                memory.announce(available).is_err(),
                is_refused,
                "{available:?}"
            );
        }
        assert!(
            defaults < 800 << 20,
            "{defaults} bytes are what the documents say"
        );
    }

    /// Under the limit that service managers give a process, which is 1,024 where nobody raised it,
    /// the store has its files and connections are left.
    #[test]
    fn the_files_of_the_defaults_fit_into_the_usual_limit() {
        let store = Memory::default().store().descriptors_max();
        assert!(
            store + DESCRIPTORS_SPARE + CONNECTIONS_MIN <= 1_024,
            "{store}"
        );
    }

    #[test]
    fn the_memory_of_a_machine_is_read() {
        for (table, expected) in [
            (
                "MemTotal:       16384 kB\nMemFree: 1 kB\n",
                Some(16_777_216),
            ),
            ("MemFree: 1 kB\n", None),
            ("MemTotal: lots\n", None),
            ("", None),
        ] {
            assert_eq!(total_of(table), expected, "{table}");
        }
    }
}
