//! Every bound of the command-line tool, each with its reason.

/// Bytes of one file to import, which is held in memory: ten million lines of two identifiers and a
/// date.
pub(crate) const IMPORT_FILE_BYTES_MAX: usize = 1024 * 1024 * 1024;

/// Rejected lines shown to people; all of them are in the file of rejects and in JSON.
pub(crate) const REJECTS_SHOWN_MAX: usize = 20;

/// Positions between two facts that are read along with them, because a call costs more.
pub(crate) const FACTS_GAP_MAX: u64 = 256;

/// Pages of refusals that are searched for the first ones.
pub(crate) const REFUSAL_PAGES_MAX: u32 = 1_000;

/// Names tried after refusals: each costs a round trip, and who was refused so often wants to look
/// at why.
pub(crate) const TRIES_MAX: u32 = 1_000;

/// Days before today that are looked for behind a request id: a fiscal year and its closing month.
pub(crate) const DAYS_BACK_MAX: i32 = 400;

/// Days after today: a clock that was set back between two runs.
pub(crate) const DAYS_AHEAD_MAX: i32 = 2;
