//! Every bound of the engine, each with its reason.

use crate::clock::ClockBounds;
use ledger_log::limits::GROUP_BYTES_MAX;
use std::time::Duration;

/// Requests that may wait for the writer.
///
/// At 10,000 small requests a second this is less than half a second of waiting; beyond it a
/// caller is better served by "try again" than by a place in the queue.
pub const QUEUE_REQUESTS_MAX: usize = 4_096;

/// Commands that may wait for the writer, over all requests.
///
/// A command takes some 200 bytes, so 20 MB at most, and about a second of work.
pub const QUEUE_COMMANDS_MAX: usize = 100_000;

/// Bytes of requests that may wait for the writer, as they are in memory.
///
/// A hundred thousand commands of usual size take 40 MB; one that pays five thousand persons takes
/// 80 KB, and a queue of those is full sooner.
pub const QUEUE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Entities that the commands of one request name: each command counts for one, and each item of
/// its lists for one more. Who pays a class of five thousand in four parts, in one request, reaches
/// it.
///
/// The writer looks each of them up, some 4 µs for one that it does not know: 80 ms, which every
/// other caller waits for; several times that where each is a read from a cold disk.
pub const REQUEST_NAMED_MAX: usize = 20_000;

/// Commands of one request.
///
/// The roster of the largest class fits into one request. A request is decided without
/// interruption; five thousand commands take the writer about 25 ms, which every other caller
/// waits for.
pub const REQUEST_COMMANDS_MAX: usize = 5_000;

/// Events after which a group takes no further request.
///
/// A sync is amortised over a thousand events already; larger groups only add latency.
pub const GROUP_EVENTS_MAX: usize = 4_096;

/// Bytes after which a group takes no further request, by an estimate that errs on the high side.
/// That is room for some five thousand small events.
pub const GROUP_BYTES_SOFT_MAX: usize = 8 * 1024 * 1024;

/// Bytes that a group of several requests does not exceed, by the same estimate. Also the most
/// bytes of events and entities of a request that has a group to itself; a request with more is
/// refused. The rest up to [`GROUP_BYTES_MAX`] is room for the refusals of such a request and its
/// answer.
pub const GROUP_BYTES_HARD_MAX: usize = 16 * 1024 * 1024;

/// Entities kept in memory, over both generations of the cache.
///
/// A person with a few classes takes about 1 KiB, so some 250 MB.
pub const CACHE_ENTITIES_MAX: usize = 250_000;

/// Bytes of memory that an entity of the cache takes, as a mean.
pub const CACHED_ENTITY_BYTES: u64 = 1_024;

/// Bytes of memory of everything that the engine keeps beside entities and block starts: running
/// counts, the waiting queue, and the groups that are open and being committed.
pub const ENGINE_OTHER_BYTES: u64 = 128 * 1024 * 1024;

/// Bytes of stored form that an entity may have to count as one entity in the cache; a larger one
/// counts for several.
pub const CACHE_ENTITY_BYTES: usize = 2_048;

/// Keys of one read from the store. Larger reads gain nothing and hold the store's lock longer.
pub const MULTI_GET_KEYS_MAX: usize = 1_024;

/// Running counts kept in memory, over both generations, for the committer and for a rebuild: a few
/// hundred bytes each, so some 20 MB. In one quarter a province counts in far fewer: sixteen cities
/// with a few hundred profiles each.
pub const COUNTERS_CACHED_MAX: usize = 65_536;

/// Blocks whose range is remembered, over both generations, for the committer and for a rebuild:
/// some 6 MB. The range of any other block is read from its header.
pub const BLOCK_STARTS_MAX: usize = 262_144;

/// Bytes of memory of a remembered range: 16, and a tree's overhead.
pub const BLOCK_START_BYTES: u64 = 24;

/// Entities that a rebuild keeps in memory before it writes them to the shadow. The live cache is
/// in memory as well while a rebuild runs.
pub const REBUILD_ENTITIES_MAX: usize = 250_000;

/// Decoded blocks that wait for being applied in a rebuild: enough to keep both threads busy, few
/// enough to stay below 20 MB.
pub const REBUILD_BLOCKS_AHEAD: usize = 8;

/// Changes that a rebuild hands to the shadow in one write.
pub const REBUILD_WRITE_OPS: usize = 4_096;

/// Differences that a rebuild reports one by one; the rest is counted.
pub const REBUILD_DIFFERENCES_MAX: usize = 100;

/// Events that the writer replays itself when a rebuild is switched on: a pause of about 0.1 s.
pub const REBUILD_TAIL_EVENTS_MAX: u64 = 50_000;

/// Rounds of catching up before a rebuild is switched on, whatever the length of the tail. Replay
/// is several times faster than recording, so each round is a fraction of the one before.
pub const REBUILD_CATCH_UP_ROUNDS_MAX: u32 = 16;

/// Classes that a simulation keeps in memory while it compares: about 300 bytes each, so 20 MB.
pub const SIMULATE_CLASSES_MAX: usize = 65_536;

/// Refusals that a simulation reads at once: of [`REFUSAL_DETAIL_BYTES_MAX`] each, so 8 MB.
pub const SIMULATE_REFUSALS_CHUNK: usize = 256;

/// Bytes of a command kept with its refusal. A command about one person takes some 60 bytes, a
/// payment 18 for each beneficiary: room for a class of two hundred. A longer one is not kept, and
/// a simulation does not try it again.
pub const REFUSAL_COMMAND_BYTES_MAX: usize = 4 * 1024;

/// Bytes of the chain of rules kept with a refusal; a scheme has at most some twenty rules, of
/// about 300 bytes in two languages.
pub const REFUSAL_EXPLANATION_BYTES_MAX: usize = 28 * 1024;

/// Bytes of both.
pub const REFUSAL_DETAIL_BYTES_MAX: usize =
    REFUSAL_COMMAND_BYTES_MAX + REFUSAL_EXPLANATION_BYTES_MAX;

/// Bytes of commands and chains kept with the refusals of one request. Of a request with more of
/// them the first ones are kept.
pub const REFUSAL_DETAILS_PER_REQUEST_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Bytes of the refusals of one request, in their records and in the answer, that are kept whole:
/// a refusal with ten facts and a clause of usual length takes 600, so that those of a whole
/// request fit. Of a request with more, the others are kept without their facts, which are
/// counted, and with the beginning of their texts.
pub const REFUSALS_WHOLE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Bytes of each text of a refusal beyond [`REFUSALS_WHOLE_BYTES_MAX`]: forty characters.
pub const REFUSAL_LEAN_TEXT_BYTES_MAX: usize = 120;

/// Bytes of a group that its refusals may fill, by the estimate. What is left below
/// [`GROUP_BYTES_MAX`] is for the answer to five thousand commands and the tip.
pub const GROUP_BYTES_FULL: usize = GROUP_BYTES_MAX - 512 * 1024;

/// Bytes of the names that are stored with each refusal: that of the caller, as his certificate
/// says it, and that of the sending system. Longer ones make a request with thousands of refusals
/// too large, and are the caller's own.
const REFUSAL_NAMES_BYTES: usize = 768;

/// Bytes of a refusal that is not kept whole, in its record and in the answer.
const REFUSAL_LEAN_BYTES: usize = 2 * 3 * REFUSAL_LEAN_TEXT_BYTES_MAX + REFUSAL_NAMES_BYTES + 192;

/// Events between two lines in the log of the process while the derived state of an earlier version
/// is rebuilt at opening: one every few seconds.
pub const UPGRADE_EVENTS_PER_REPORT: u64 = 1_000_000;

/// How far the clock may be from the last event and from the time that has passed. Machines that
/// ask a time server stay within a second of it; leap seconds are one; nobody misses five minutes
/// in a ledger of days.
pub const CLOCK_STEP_MAX: Duration = Duration::from_mins(5);

/// How long after its last event a ledger may be opened without being asked. The longest holidays
/// are ten days; a clock that was set wrong is wrong by months or years.
pub const CLOCK_IDLE_MAX: Duration = Duration::from_hours(31 * 24);

/// How long one reading of the clock is what later readings are compared with. A bad oscillator
/// drifts by half a second in that time. Within it, small steps add up, and are refused where their
/// sum is beyond the bound.
pub const CLOCK_ANCHOR_MIN: Duration = Duration::from_hours(1);

const _: () = assert!(GROUP_BYTES_SOFT_MAX < GROUP_BYTES_HARD_MAX);
const _: () = assert!(GROUP_BYTES_HARD_MAX < GROUP_BYTES_MAX);
const _: () = assert!(REQUEST_COMMANDS_MAX <= QUEUE_COMMANDS_MAX);
const _: () = assert!(REQUEST_COMMANDS_MAX < REQUEST_NAMED_MAX);
// The largest refusals of the most commands fit, beside the most events.
const _: () = assert!(
    GROUP_BYTES_HARD_MAX
        + REFUSALS_WHOLE_BYTES_MAX
        + REFUSAL_DETAILS_PER_REQUEST_BYTES_MAX
        + REFUSAL_DETAIL_BYTES_MAX
        + REFUSAL_LEAN_BYTES * REQUEST_COMMANDS_MAX
        < GROUP_BYTES_FULL
);

/// The bounds that an operator may set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineOptions {
    /// Requests that may wait for the writer.
    pub queue_requests_max: usize,
    /// Commands that may wait for the writer, over all requests.
    pub queue_commands_max: usize,
    /// Bytes of requests that may wait for the writer.
    pub queue_bytes_max: usize,
    /// Commands of one request.
    pub request_commands_max: usize,
    /// Entities that the commands of one request name.
    pub request_named_max: usize,
    /// Events after which a group takes no further request.
    pub group_events_max: usize,
    /// Bytes after which a group takes no further request.
    pub group_bytes_max: usize,
    /// Estimated bytes of events and entities that no group exceeds, and so no request either; at
    /// most [`GROUP_BYTES_HARD_MAX`].
    pub request_bytes_max: usize,
    /// Entities kept in memory.
    pub cache_entities_max: usize,
    /// Entities that a rebuild keeps in memory.
    pub rebuild_entities_max: usize,
    /// Blocks whose first position the committer remembers.
    pub block_starts_max: usize,
    /// How far the clock may be off before nothing is recorded by it.
    pub clock: ClockBounds,
}

impl EngineOptions {
    /// Bytes of memory that an open engine takes, as far as it is bounded by these options.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        entities_bytes(self.cache_entities_max)
            .saturating_add(block_starts_bytes(self.block_starts_max))
            .saturating_add(ENGINE_OTHER_BYTES)
    }

    /// Bytes of memory that a rebuild or a simulation adds while it runs.
    #[must_use]
    pub fn rebuild_memory_bytes(&self) -> u64 {
        entities_bytes(self.rebuild_entities_max).saturating_add(ENGINE_OTHER_BYTES)
    }
}

/// Bytes of memory of the ranges of so many blocks.
#[must_use]
pub fn block_starts_bytes(blocks: usize) -> u64 {
    let blocks = u64::try_from(blocks).unwrap_or(u64::MAX);
    blocks.saturating_mul(BLOCK_START_BYTES)
}

/// Bytes of memory of so many entities.
#[must_use]
pub fn entities_bytes(entities: usize) -> u64 {
    let entities = u64::try_from(entities).unwrap_or(u64::MAX);
    entities.saturating_mul(CACHED_ENTITY_BYTES)
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            queue_requests_max: QUEUE_REQUESTS_MAX,
            queue_commands_max: QUEUE_COMMANDS_MAX,
            queue_bytes_max: QUEUE_BYTES_MAX,
            request_commands_max: REQUEST_COMMANDS_MAX,
            request_named_max: REQUEST_NAMED_MAX,
            group_events_max: GROUP_EVENTS_MAX,
            group_bytes_max: GROUP_BYTES_SOFT_MAX,
            request_bytes_max: GROUP_BYTES_HARD_MAX,
            cache_entities_max: CACHE_ENTITIES_MAX,
            rebuild_entities_max: REBUILD_ENTITIES_MAX,
            block_starts_max: BLOCK_STARTS_MAX,
            clock: ClockBounds::default(),
        }
    }
}
