//! Every bound of a query, each with its reason.

/// Events, statement lines or accounts of one page.
pub const PAGE_ITEMS_MAX: usize = 1_000;

/// Bytes of events after which a page ends: with one more record of the largest size it stays
/// within the 4 MiB that a gRPC client accepts without being told otherwise.
pub const PAGE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Tags of one filter: an event about a payment carries about ten.
pub const FILTER_TAGS_MAX: usize = 8;

/// Kinds of one filter: more than there are.
pub const FILTER_KINDS_MAX: usize = 64;

/// Units of work of one page, after which it ends with a cursor whatever it has found, so that a
/// filter that matches little does not hold a thread: about a tenth of a second.
pub const PAGE_WORK_MAX: u32 = 10_000;

/// Units of work that reading one block costs: up to 256 KiB are decompressed and checked, about
/// 0.1 ms. An index entry costs one unit.
pub const BLOCK_WORK: u32 = 10;

/// Index entries fetched at once at first; a page of few events needs no more.
pub const INDEX_CHUNK_MIN: usize = 4;

/// Index entries fetched at once after a while: at two bytes per event about 128 KiB.
pub const INDEX_CHUNK_MAX: usize = 64;

/// Positions that a subscription passes over in silence before it says how far it has come, so
/// that a subscriber who starts again does not read them once more.
pub const CHECKPOINT_EVERY: u64 = 100_000;

/// Accounts summed up for one answer, about a second's work; more of them are refused. Divisions
/// down to the counties are about 3,200, with six funds each, but any well-formed code opens one.
pub const ACCOUNTS_MAX: usize = 1_000_000;

/// Accounts read at once while they are summed up: a few hundred KiB.
pub const ACCOUNTS_CHUNK: usize = 4_096;

/// Refusals looked at for one page, so that a filter that matches little does not hold a thread.
pub const PAGE_REFUSALS_MAX: usize = 10_000;

/// Counters of one report. Each costs two seeks, some 20 µs, so that a report takes ten seconds at
/// most. A province with 150 divisions, five measures and forty quarters reaches it with seventeen
/// profiles in every one of them; a report of one city reads that city's counters only.
pub const REPORT_COUNTERS_MAX: usize = 500_000;

/// Explanations of one page: each replays what happened to one person, some fifty events, and takes
/// about 6 KiB in two languages. Together they cost [`PAGE_WORK_MAX`], after which the page ends,
/// but never before its first one. That one reads no more than is kept of one person (20,000
/// events, two seconds if each has a block of its own) or than a payment has causes.
pub const PAGE_EXPLANATIONS_MAX: usize = 100;

/// Explanations that an answer to an append carries: as many as one page of them.
pub const ANSWER_EXPLANATIONS_MAX: usize = PAGE_EXPLANATIONS_MAX;

/// Units of work of the explanations in an answer to an append: as of one page, since the caller
/// waits for them. One that would cost more is left to `Explain`, and so are those behind it.
pub const ANSWER_EXPLANATION_WORK_MAX: u32 = PAGE_WORK_MAX;

/// Events of one trace: ten times the largest case asked for. A waiting position takes about 30
/// bytes, so a trace takes at most 30 MB.
pub const TRACE_EVENTS_MAX: usize = 1_000_000;

const _: () = assert!(PAGE_BYTES_MAX + ledger_log::limits::RECORD_BYTES_MAX < 4 * 1024 * 1024);
const _: () = assert!(INDEX_CHUNK_MIN <= INDEX_CHUNK_MAX);
// A page that begins with a seek in the index of every tag gets past it and reads a block, so every
// page makes progress.
#[expect(
    clippy::as_conversions,
    reason = "a constant expression has no checked conversion, and the numbers are small"
)]
const _: () =
    assert!((FILTER_TAGS_MAX * (INDEX_CHUNK_MIN + 1)) as u32 + BLOCK_WORK < PAGE_WORK_MAX);
