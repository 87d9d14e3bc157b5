//! Every bound of the client, each with its reason.

use std::time::Duration;

/// Largest message taken from the server: a page of a thousand events with 5,000 lines each stays
/// far below it, and a broken server cannot exhaust the memory of its callers.
pub const RECEIVE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Largest message sent: above the server's own bound, so that the server's answer names the
/// limit instead of this library.
pub const SEND_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Largest list of headers taken: a status with its refusals travels in the trailers.
pub const HEADER_BYTES_MAX: u32 = 256 * 1024;

/// Time that a call may take when the caller names none: a group commit takes milliseconds, a
/// queue at its bound seconds.
pub const DEADLINE_DEFAULT: Duration = Duration::from_secs(30);

/// Time to open a connection, name resolution and TLS included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Silence after which a ping asks whether the other side is still there: half the usual idle
/// timeout of a load balancer (60 s).
pub const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(30);

/// Time that the ping's answer may take.
pub const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes in flight on one stream, and on the connection: a batch of 1,000 commands is about
/// 100 KiB, so a window holds several.
pub const STREAM_WINDOW_BYTES: u32 = 4 * 1024 * 1024;

/// Bytes in flight on the connection: a few streams at full window.
pub const CONNECTION_WINDOW_BYTES: u32 = 16 * 1024 * 1024;

/// Attempts of one call, the first included.
pub const ATTEMPTS_DEFAULT: u32 = 5;

/// Wait before the first retry.
pub const RETRY_DELAY_FIRST: Duration = Duration::from_millis(100);

/// Longest wait before a retry; also the most that a server can make a caller wait.
pub const RETRY_DELAY_MAX: Duration = Duration::from_secs(5);

/// Batches sent and not yet answered of one load: enough to keep the writer busy over a round
/// trip, few enough to repeat after a broken connection.
pub const BATCHES_IN_FLIGHT_DEFAULT: usize = 8;

/// Most batches sent and not yet answered: as many requests of one stream as the server takes into
/// its queue.
pub const BATCHES_IN_FLIGHT_MAX: usize = 1_024;

/// Bytes that a workbook may unpack to: far above a roster of a million rows.
pub const WORKBOOK_UNPACKED_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// Parts of a workbook: one per sheet and picture, and a few for the whole.
pub const WORKBOOK_PARTS_MAX: usize = 10_000;

/// Cells of a sheet with something in them: a million rows of ten columns.
pub const SHEET_CELLS_MAX: usize = 10_000_000;

/// Bytes of a sheet as text, as of any other roster.
pub const SHEET_TEXT_BYTES_MAX: usize = 1024 * 1024 * 1024;

/// Rows of a sheet: what a spreadsheet program itself can hold.
pub const SHEET_ROWS_MAX: u32 = 1_048_576;

/// Columns of a sheet: what a spreadsheet program itself can hold.
pub const SHEET_COLUMNS_MAX: u32 = 16_384;

/// Rows of a sheet in the older format (XLS), by that format.
pub const OLD_SHEET_ROWS_MAX: u32 = 65_536;

/// Columns of a sheet in the older format, by that format.
pub const OLD_SHEET_COLUMNS_MAX: u32 = 256;

/// Cells of the rectangles that the cells of an older workbook span: the library that reads it
/// holds all of them.
pub const OLD_SHEET_SPANNED_MAX: u64 = 10_000_000;

/// Cells of one row of a CSV text: the widest sheet of a spreadsheet program.
pub const ROW_CELLS_MAX: usize = 16_384;

const _: () = assert!(BATCHES_IN_FLIGHT_DEFAULT <= BATCHES_IN_FLIGHT_MAX);
const _: () = assert!(RETRY_DELAY_FIRST.as_millis() < RETRY_DELAY_MAX.as_millis());
const _: () = assert!(STREAM_WINDOW_BYTES <= CONNECTION_WINDOW_BYTES);

#[cfg(test)]
mod tests {
    const BOUNDS: [&str; 2] = [
        include_str!("limits.rs"),
        include_str!("bin/ledgerctl/limits.rs"),
    ];
    const PAGE: &str = include_str!("../../../docs/internals/bounds.md");

    /// The name that a line of a `limits` module declares.
    fn name(line: &str) -> Option<&str> {
        let line = line
            .strip_prefix("pub(crate) ")
            .or(line.strip_prefix("pub "))?;
        line.strip_prefix("const ")?.split(':').next()
    }

    #[test]
    fn every_bound_of_the_client_and_its_tool_is_told() {
        for source in BOUNDS {
            let names: Vec<_> = source.lines().filter_map(name).collect();
            assert!(names.len() > 5, "{names:?}");
            for name in names {
                assert!(
                    PAGE.contains(&format!("`{name}`")),
                    "{name} belongs into docs/internals/bounds.md"
                );
            }
        }
    }
}
