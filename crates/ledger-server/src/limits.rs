//! Every bound of the server, each with its reason; `GetStatus` reports those that callers meet.
//!
//! Long: every bound of the server with its reason, in one place.

use ledger_core::RecordedTime;
use ledger_engine::limits as engine;
use ledger_engine::query::limits as query;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Bytes of one message that a caller sends, without the texts of policy documents in it.
///
/// The largest request, 5,000 commands, takes 1 MB with references of usual length.
pub const MESSAGE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Bytes of one message with the texts of policy documents: the five documents of two provinces and
/// their examples take 0.5 MB, so that thirty of the largest size go in one request. It stays
/// below what one commit group may hold.
pub const DOCUMENT_MESSAGE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Bytes of one answer: as many refusals as commands and the bound of explanations take about 6 MB.
pub const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Bytes of the explanations that an answer to an append carries. It leaves three quarters of what
/// many clients take as one message (4 MiB) to the results themselves.
pub const ANSWER_EXPLANATION_BYTES_MAX: usize = 1024 * 1024;

/// Bytes of one message that holds no commands, without the text of a policy document in it.
///
/// The largest questions name some hundred kinds and tags, in 2 KB. It is decoded on the thread
/// that serves its connection, in less than half a millisecond.
pub const QUESTION_BYTES_MAX: usize = 64 * 1024;

/// Bytes of a request with commands that is decoded on a thread that serves connections: as many
/// as of a question, for the same reason. Handing it to another thread costs some 20 µs, as much as
/// decoding 4 KiB; three hundred commands fit in.
pub const DECODED_AT_ONCE_BYTES_MAX: usize = QUESTION_BYTES_MAX;

/// Fields of one message at all levels, each as often as it is there: fifty for each of 5,000
/// commands; the command with most has twenty, and persons in a list are one each.
///
/// A field of two bytes becomes up to a hundred in memory, so that no message becomes more than 25
/// MB beside its 2 MiB.
pub const MESSAGE_FIELDS_MAX: usize = 250_000;

/// Bytes of messages that are being received at once, over all connections: thirty of the largest
/// requests, or a thousand batches of a bulk load.
pub const RECEIVING_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The same for one peer: a quarter, so that four have to work together to hold up the others.
pub const RECEIVING_BYTES_PER_PEER_MAX: usize = 16 * 1024 * 1024;

/// Milliseconds that a message may take to arrive: the largest one over a line of 2 Mbit/s.
pub const RECEIVE_MS: u64 = 10_000;

/// How often the time of one message may begin anew because the server itself had not asked for
/// what was there: once when a stream is held back, and once more for the race of both.
pub const RECEIVE_PAUSES_MAX: u8 = 2;

/// Commands of a request that, once decoded, is translated on a thread that serves connections; one
/// with more, or with a policy document, is given to another. A hundred commands take 20 KB, and
/// some 0.2 ms.
pub const TRANSLATED_AT_ONCE_COMMANDS_MAX: usize = 100;

/// Large requests, and those with policy documents, that are decoded and translated at once: as
/// many as keep two processors busy beside everything else. More wait for their turn.
pub const TRANSLATIONS_MAX: usize = 2;

/// Reads of the store at once that are pages of streams, `ReadEvents` and `Subscribe`: a quarter of
/// all. They scan, for as long as their callers like; a question must not wait behind them.
pub const STREAM_READS_MAX: usize = 8;

/// Items of a page when the caller names no size: a screen or two, in one small message.
pub const PAGE_SIZE_DEFAULT: usize = 100;

/// Streams at once, over all connections and kinds.
///
/// A stream holds a page of events at most (2 MiB), so that a thousand slow readers would take
/// 2 GiB at the very worst; in use are a few per client.
pub const STREAMS_MAX: usize = 1_024;

/// Reads of the store at once; more wait for their turn.
///
/// Enough to keep a disk busy, few enough that reads cannot take all threads and file handles.
pub const READS_MAX: usize = 32;

/// Milliseconds that a call waits for `at_least_position` when the caller sets no deadline or a
/// later one. The writer is never this far behind: who waits longer waits for something else.
pub const WAIT_MS_MAX: u64 = 30_000;

/// Requests of one `AppendStream` that may be in the writer's queue.
///
/// A group takes some 4,000 events, so one stream of single events fills a quarter of a group.
pub const APPEND_STREAM_REQUESTS_MAX: usize = 1_024;

/// Commands of one `AppendStream` that may be in the writer's queue.
///
/// One group is being synced and one is being decided; a third keeps both fed. Six streams at
/// full speed together stay within the queue.
pub const APPEND_STREAM_COMMANDS_MAX: usize = 4 * engine::GROUP_EVENTS_MAX;

/// Milliseconds that a stopping server waits for its callers to take their answers.
///
/// What was accepted is answered within a second; the rest is patience with slow networks, and
/// stays below the 30 seconds after which service managers kill.
pub const SHUTDOWN_GRACE_MS: u64 = 10_000;

/// Milliseconds after which a caller who found the queue full is asked to come again: a few
/// groups have been committed by then.
pub const RETRY_DELAY: Duration = Duration::from_millis(50);

/// After which time a caller who found a rebuild or a simulation running is asked to come again: a
/// ledger of a few million events is replayed in some ten seconds.
pub const SIMULATION_RETRY_DELAY: Duration = Duration::from_secs(5);

/// Differences of a simulation that wait for the caller: about 300 bytes each, so 80 KB. The
/// simulation waits while there are as many.
pub const SIMULATION_DIFFERENCES_AHEAD: usize = 256;

/// How long a simulation waits for a caller who takes none of its differences, before it is
/// cancelled: while it waits, nobody else can simulate or rebuild. A person who pages through them
/// does not read that slowly, and a program never does.
pub const SIMULATION_UNREAD_MAX: Duration = Duration::from_secs(60);

/// Bytes that a backup copies per second: an hour for 200 GB, and half of what a plain disk does,
/// so that the writer's syncs keep their turn.
pub const BACKUP_BYTES_PER_SECOND: u64 = 64 * 1024 * 1024;

/// Bytes of keys and values that a check of the running ledger reads per second, for the same
/// reason; hashing them takes a tenth of a processor.
pub const VERIFY_BYTES_PER_SECOND: u64 = 64 * 1024 * 1024;

/// How long before the caller's deadline a call is ended, so that the answer still arrives.
pub const DEADLINE_MARGIN: Duration = Duration::from_millis(10);

/// Nodes that a trace decodes before it hands on a part of its answer.
pub const TRACE_NODES_PER_READ: usize = 256;

/// Bytes of a configuration file; a complete one with comments takes 4 KiB.
pub const CONFIG_FILE_BYTES_MAX: u64 = 256 * 1024;

/// Bytes of a certificate or key file; a chain of five takes 10 KiB.
pub const PEM_FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Bytes of a file with revocation lists. A revoked certificate takes some 40 bytes in it, so that
/// is room for 400,000 of them.
pub const REVOCATION_FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Files in a folder of revocation lists: one for each authority.
pub const REVOCATION_FILES_MAX: usize = 256;

/// Milliseconds between two looks at the files of TLS: a revoked certificate ends its connections
/// that long after its list was put there, and reading a few files costs nothing.
pub const TLS_CHECK_MS: u64 = 10_000;

/// The shortest time between two looks.
pub const TLS_CHECK_MS_MIN: u64 = 10;

/// The longest time between two looks.
pub const TLS_CHECK_MS_MAX: u64 = 3_600_000;

/// Seconds that the clock may be off; [`engine::CLOCK_STEP_MAX`] has the reason.
pub const CLOCK_STEP_SECONDS: u64 = engine::CLOCK_STEP_MAX.as_secs();

/// The most of them: with a day the business dates of tomorrow would pass.
pub const CLOCK_STEP_SECONDS_MAX: u64 = 24 * 60 * 60;

/// Days that a ledger may lie idle; [`engine::CLOCK_IDLE_MAX`] has the reason.
pub const CLOCK_IDLE_DAYS: u64 = engine::CLOCK_IDLE_MAX.as_secs() / (24 * 60 * 60);

/// The most of them: a century, which is to say that nothing is checked.
pub const CLOCK_IDLE_DAYS_MAX: u64 = 36_500;

/// No clock that shows an earlier time is right: this software is younger. It is the first of
/// January
/// 2026 in China.
pub const CLOCK_EARLIEST: RecordedTime = RecordedTime::from_micros(1_767_196_800_000_000);

/// How often the clock is looked at while nobody asks for anything, so that probes learn of a wrong
/// one; it costs a microsecond.
pub const CLOCK_CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// Connections at once.
///
/// A caller needs one, whatever the number of its calls, and a province has some hundred systems
/// that call. Each may hold 64 KiB of half a header and its windows of HTTP/2.
pub const CONNECTIONS_MAX: usize = 1_024;

/// Connections of one peer, which is an IPv4 address or an IPv6 network of 64 bits. Callers behind
/// one proxy share an address; no peer can take more than a quarter of what there is.
pub const CONNECTIONS_PER_PEER_MAX: usize = CONNECTIONS_MAX / 4;

/// Connections at once that are not set up: a handshake takes a few milliseconds, so that is some
/// ten thousand new callers in a second.
pub const HANDSHAKES_MAX: usize = 128;

/// Milliseconds from being accepted to the end of the preface of HTTP/2, with the TLS handshake: a
/// few round trips over a bad line.
pub const CONNECTION_SETUP_MS: u64 = 10_000;

/// The fewest connections that a server is of use with; below, it does not start.
pub const CONNECTIONS_MIN: u64 = 64;

/// Descriptors that neither the store nor connections take: the standard streams, the listener,
/// the runtime's own, configuration and certificates while they are read, the one connection that
/// is being turned away, and connections that were told to go and have not yet gone.
pub const DESCRIPTORS_SPARE: u64 = 128;

/// The settings of HTTP/2 and TCP; nobody has to change them, so they are no configuration.
pub mod transport {
    use std::time::Duration;

    /// Calls at once on one connection: as many as the server has streams, so that one busy
    /// client can use them all over one connection.
    pub const CONCURRENT_STREAMS_MAX: u32 = 1_024;

    /// Connections that the system has set up and that wait for being accepted.
    ///
    /// After a restart all callers come at once, and one is accepted in some ten microseconds. The
    /// system may lower it (`net.core.somaxconn`); whoever finds no place tries again by himself.
    pub const LISTEN_BACKLOG: u32 = 1_024;

    /// Bytes that a caller may send ahead on one stream.
    ///
    /// Two batches of a thousand commands, so that the next one arrives while this one is decoded,
    /// and what a line of 100 Mbit/s holds in 40 ms. The default, 64 KiB, makes a bulk load wait
    /// for a round trip several times per batch.
    pub const STREAM_WINDOW_BYTES: u32 = 512 * 1024;

    /// Bytes that a caller may send ahead on one connection: two full streams.
    ///
    /// They lie in the connection while nobody asks for them, where no budget counts them; so this
    /// is what a connection can hold beside `limits.receiving_bytes_max`, and 1 GiB over all
    /// connections.
    pub const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;

    /// Bytes of one frame. The default, 16 KiB, costs a batch a dozen frames; a larger one lets
    /// one stream hold up the others on its connection.
    pub const FRAME_BYTES_MAX: u32 = 64 * 1024;

    /// Bytes of a call's headers, as HTTP/2 counts them: a handful of short ones.
    pub const CALL_HEADER_BYTES_MAX: usize = 16 * 1024;

    /// Bytes of headers that are read at all. It is more than a call may have, so that a caller who
    /// has too many is told so as the contract tells errors; above it HTTP/2 itself answers, with
    /// its status 431.
    pub const HEADER_LIST_BYTES_MAX: u32 = 64 * 1024;

    /// Streams that a caller opened and reset before the server saw them; above, the connection
    /// ends. It answers the "rapid reset" attack; the value is HTTP/2 practice since.
    pub const PENDING_RESET_STREAMS_MAX: usize = 20;

    /// Streams that the server reset for a caller's protocol errors; above, the connection ends.
    pub const LOCAL_ERROR_RESET_STREAMS_MAX: usize = 1_024;

    /// Silence after which the server asks whether the peer is still there. Subscriptions are
    /// silent for hours, and a peer that vanished holds a stream.
    pub const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(30);

    /// How long the peer has to say that it is.
    pub const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);

    /// How long accepting waits after the system had no descriptor or no memory for a connection;
    /// twice as long each time.
    pub const ACCEPT_DELAY_FIRST: Duration = Duration::from_millis(10);

    /// The longest of these waits: a second after the system has some again, callers get through.
    pub const ACCEPT_DELAY_MAX: Duration = Duration::from_secs(1);

    /// How often the log says that connections cannot be accepted, or are turned away: whoever
    /// reaches the port could fill it otherwise.
    pub const COMPLAINT_INTERVAL: Duration = Duration::from_secs(10);

    // A window that a single frame fills would stall between any two frames.
    const _: () = assert!(FRAME_BYTES_MAX < STREAM_WINDOW_BYTES);
    const _: () = assert!(STREAM_WINDOW_BYTES < CONNECTION_WINDOW_BYTES);
    // What is sent ahead on every connection there may be fits into memory.
    #[expect(
        clippy::as_conversions,
        reason = "a constant expression has no checked conversion, and the numbers are small"
    )]
    const _: () = assert!(
        super::CONNECTIONS_MAX as u64 * CONNECTION_WINDOW_BYTES as u64 <= 1024 * 1024 * 1024
    );
}

/// The bounds that an operator may set; section `limits` of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Bytes of one message, without policy documents.
    pub message_bytes_max: usize,
    /// Bytes of one message with policy documents.
    pub document_message_bytes_max: usize,
    /// Fields of one message.
    pub message_fields_max: usize,
    /// Bytes that are received at once.
    pub receiving_bytes_max: usize,
    /// Bytes that are received at once of one peer.
    pub receiving_bytes_per_peer_max: usize,
    /// Milliseconds that a message may take to arrive.
    pub receive_ms: u64,
    /// Entities that the commands of one request name.
    pub named_per_request_max: usize,
    /// Bytes of requests that may wait for the writer.
    pub queue_bytes_max: usize,
    /// Reads of the store at once that are pages of streams.
    pub stream_reads_max: usize,
    /// Commands of one request.
    pub commands_per_request_max: usize,
    /// Requests that may wait for the writer.
    pub queue_requests_max: usize,
    /// Commands that may wait for the writer.
    pub queue_commands_max: usize,
    /// Items of the largest page.
    pub page_size_max: usize,
    /// Items of a page when the caller names no size.
    pub page_size_default: usize,
    /// Events of the largest trace.
    pub trace_events_max: usize,
    /// Streams at once.
    pub streams_max: usize,
    /// Reads of the store at once.
    pub reads_max: usize,
    /// Milliseconds that a call waits for `at_least_position`.
    pub wait_ms_max: u64,
    /// Requests of one `AppendStream` in the queue.
    pub append_stream_requests_max: usize,
    /// Commands of one `AppendStream` in the queue.
    pub append_stream_commands_max: usize,
    /// Milliseconds that a stopping server waits for its callers.
    pub shutdown_grace_ms: u64,
    /// Connections at once; fewer when the process may not open as many files.
    pub connections_max: usize,
    /// Connections of one peer at once.
    pub connections_per_peer_max: usize,
    /// Connections at once that are not set up yet.
    pub handshakes_max: usize,
    /// Milliseconds that setting up a connection may take.
    pub connection_setup_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes_max: MESSAGE_BYTES_MAX,
            document_message_bytes_max: DOCUMENT_MESSAGE_BYTES_MAX,
            message_fields_max: MESSAGE_FIELDS_MAX,
            receiving_bytes_max: RECEIVING_BYTES_MAX,
            receiving_bytes_per_peer_max: RECEIVING_BYTES_PER_PEER_MAX,
            receive_ms: RECEIVE_MS,
            named_per_request_max: engine::REQUEST_NAMED_MAX,
            queue_bytes_max: engine::QUEUE_BYTES_MAX,
            stream_reads_max: STREAM_READS_MAX,
            commands_per_request_max: engine::REQUEST_COMMANDS_MAX,
            queue_requests_max: engine::QUEUE_REQUESTS_MAX,
            queue_commands_max: engine::QUEUE_COMMANDS_MAX,
            page_size_max: query::PAGE_ITEMS_MAX,
            page_size_default: PAGE_SIZE_DEFAULT,
            trace_events_max: query::TRACE_EVENTS_MAX,
            streams_max: STREAMS_MAX,
            reads_max: READS_MAX,
            wait_ms_max: WAIT_MS_MAX,
            append_stream_requests_max: APPEND_STREAM_REQUESTS_MAX,
            append_stream_commands_max: APPEND_STREAM_COMMANDS_MAX,
            shutdown_grace_ms: SHUTDOWN_GRACE_MS,
            connections_max: CONNECTIONS_MAX,
            connections_per_peer_max: CONNECTIONS_PER_PEER_MAX,
            handshakes_max: HANDSHAKES_MAX,
            connection_setup_ms: CONNECTION_SETUP_MS,
        }
    }
}

// The compile-time relations hold for the defaults; `relations` holds for what an operator sets.
const _: () = assert!(DOCUMENT_MESSAGE_BYTES_MAX < engine::GROUP_BYTES_HARD_MAX);
const _: () = assert!(MESSAGE_BYTES_MAX <= DOCUMENT_MESSAGE_BYTES_MAX);
const _: () = assert!(QUESTION_BYTES_MAX <= MESSAGE_BYTES_MAX);
const _: () = assert!(DOCUMENT_MESSAGE_BYTES_MAX <= RECEIVING_BYTES_PER_PEER_MAX);
const _: () = assert!(RECEIVING_BYTES_PER_PEER_MAX <= RECEIVING_BYTES_MAX);
const _: () = assert!(STREAM_READS_MAX < READS_MAX);
const _: () = assert!(query::PAGE_BYTES_MAX < ANSWER_BYTES_MAX);
const _: () = assert!(PAGE_SIZE_DEFAULT <= query::PAGE_ITEMS_MAX);
const _: () = assert!(APPEND_STREAM_REQUESTS_MAX <= engine::QUEUE_REQUESTS_MAX);
const _: () = assert!(APPEND_STREAM_COMMANDS_MAX <= engine::QUEUE_COMMANDS_MAX);
const _: () = assert!(engine::REQUEST_COMMANDS_MAX <= APPEND_STREAM_COMMANDS_MAX);

impl Limits {
    /// Bytes of one message that holds no commands, without the text of a policy document in it.
    #[must_use]
    pub fn question_bytes_max(&self) -> usize {
        self.message_bytes_max.min(QUESTION_BYTES_MAX)
    }

    /// Streams of one caller at once: a quarter of all, so that four have to work together to leave
    /// none to the others.
    #[must_use]
    pub const fn streams_per_caller_max(&self) -> usize {
        self.streams_max.div_ceil(4)
    }

    /// Reads of the store of one caller at once: half of all, so that another one's question gets
    /// in however many of his wait.
    #[must_use]
    pub const fn reads_per_caller_max(&self) -> usize {
        self.reads_max.div_ceil(2)
    }

    /// Those of them that may be pages of streams: half of what all may have, for the same reason.
    #[must_use]
    pub const fn stream_reads_per_caller_max(&self) -> usize {
        self.stream_reads_max.div_ceil(2)
    }

    /// Returns what is wrong with the bounds, taken one by one and together.
    ///
    /// # Errors
    ///
    /// The key that is out of range and its range, or the two that contradict each other.
    pub fn check(&self) -> Result<(), LimitError> {
        let ranges = self.ranges().into_iter().chain(self.connection_ranges());
        let ranges = ranges.chain(self.intake_ranges());
        for (key, value, lowest, highest) in ranges {
            if !(lowest..=highest).contains(&value) {
                return Err(LimitError::OutOfRange {
                    key,
                    value,
                    lowest,
                    highest,
                });
            }
        }
        for ((smaller, small), (larger, large)) in self.relations() {
            if small > large {
                return Err(LimitError::Contradiction {
                    smaller,
                    small,
                    larger,
                    large,
                });
            }
        }
        Ok(())
    }

    /// Key, value, and the lowest and highest value that make sense.
    fn ranges(&self) -> [(&'static str, u64, u64, u64); 13] {
        let count = |value: usize| u64::try_from(value).unwrap_or(u64::MAX);
        // A command is never larger than the policy document that one may hold.
        let message_bytes_min = 512 * 1024;
        let day_ms = 24 * 60 * 60 * 1_000;
        [
            (
                "message_bytes_max",
                count(self.message_bytes_max),
                message_bytes_min,
                count(engine::GROUP_BYTES_HARD_MAX),
            ),
            (
                "commands_per_request_max",
                count(self.commands_per_request_max),
                1,
                count(engine::REQUEST_COMMANDS_MAX),
            ),
            (
                "queue_requests_max",
                count(self.queue_requests_max),
                1,
                1_000_000,
            ),
            (
                "queue_commands_max",
                count(self.queue_commands_max),
                1,
                10_000_000,
            ),
            (
                "page_size_max",
                count(self.page_size_max),
                1,
                count(query::PAGE_ITEMS_MAX),
            ),
            (
                "page_size_default",
                count(self.page_size_default),
                1,
                count(query::PAGE_ITEMS_MAX),
            ),
            (
                "trace_events_max",
                count(self.trace_events_max),
                1,
                count(query::TRACE_EVENTS_MAX),
            ),
            ("streams_max", count(self.streams_max), 1, 100_000),
            ("reads_max", count(self.reads_max), 1, 512),
            ("wait_ms_max", self.wait_ms_max, 0, day_ms),
            (
                "append_stream_requests_max",
                count(self.append_stream_requests_max),
                1,
                1_000_000,
            ),
            (
                "append_stream_commands_max",
                count(self.append_stream_commands_max),
                1,
                10_000_000,
            ),
            ("shutdown_grace_ms", self.shutdown_grace_ms, 0, day_ms),
        ]
    }

    /// The same for the bounds of connections.
    fn connection_ranges(&self) -> [(&'static str, u64, u64, u64); 4] {
        let count = |value: usize| u64::try_from(value).unwrap_or(u64::MAX);
        let day_ms = 24 * 60 * 60 * 1_000;
        [
            ("connections_max", count(self.connections_max), 1, 100_000),
            (
                "connections_per_peer_max",
                count(self.connections_per_peer_max),
                1,
                100_000,
            ),
            ("handshakes_max", count(self.handshakes_max), 1, 100_000),
            ("connection_setup_ms", self.connection_setup_ms, 1, day_ms),
        ]
    }

    /// The same for what is received and read.
    fn intake_ranges(&self) -> [(&'static str, u64, u64, u64); 8] {
        let count = |value: usize| u64::try_from(value).unwrap_or(u64::MAX);
        let document_min = 512 * 1024;
        let group = count(engine::GROUP_BYTES_HARD_MAX);
        let gib = 1024 * 1024 * 1024;
        [
            (
                "document_message_bytes_max",
                count(self.document_message_bytes_max),
                document_min,
                group,
            ),
            (
                "message_fields_max",
                count(self.message_fields_max),
                100,
                10_000_000,
            ),
            (
                "receiving_bytes_max",
                count(self.receiving_bytes_max),
                document_min,
                gib,
            ),
            (
                "receiving_bytes_per_peer_max",
                count(self.receiving_bytes_per_peer_max),
                document_min,
                gib,
            ),
            ("receive_ms", self.receive_ms, 1, 24 * 60 * 60 * 1_000),
            (
                "named_per_request_max",
                count(self.named_per_request_max),
                1,
                1_000_000,
            ),
            ("queue_bytes_max", count(self.queue_bytes_max), 1, gib),
            ("stream_reads_max", count(self.stream_reads_max), 1, 512),
        ]
    }

    /// Pairs of which the first must not exceed the second.
    fn relations(&self) -> [(Bound, Bound); 8] {
        let request = ("commands_per_request_max", self.commands_per_request_max);
        let queue = ("queue_commands_max", self.queue_commands_max);
        let stream = (
            "append_stream_commands_max",
            self.append_stream_commands_max,
        );
        let document = (
            "document_message_bytes_max",
            self.document_message_bytes_max,
        );
        let peer = (
            "receiving_bytes_per_peer_max",
            self.receiving_bytes_per_peer_max,
        );
        [
            // A request that never fits would wait for ever.
            (request, queue),
            (request, stream),
            (
                (
                    "append_stream_requests_max",
                    self.append_stream_requests_max,
                ),
                ("queue_requests_max", self.queue_requests_max),
            ),
            (
                ("page_size_default", self.page_size_default),
                ("page_size_max", self.page_size_max),
            ),
            (("message_bytes_max", self.message_bytes_max), document),
            // A message that never gets a place would always be refused.
            (document, peer),
            (peer, ("receiving_bytes_max", self.receiving_bytes_max)),
            (
                ("stream_reads_max", self.stream_reads_max),
                ("reads_max", self.reads_max),
            ),
        ]
    }
}

/// A key and its value.
type Bound = (&'static str, usize);

/// What is wrong with the bounds of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// A value makes no sense by itself.
    #[error("limits.{key} is {value}; it goes from {lowest} to {highest}")]
    OutOfRange {
        /// The key.
        key: &'static str,
        /// Its value.
        value: u64,
        /// The lowest value.
        lowest: u64,
        /// The highest value.
        highest: u64,
    },
    /// Two values make no sense together.
    #[error("limits.{smaller} is {small} and must not exceed limits.{larger}, which is {large}")]
    Contradiction {
        /// The key of the value that is too large.
        smaller: &'static str,
        /// Its value.
        small: usize,
        /// The key of the value that bounds it.
        larger: &'static str,
        /// Its value.
        large: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_checked_alone_and_together() {
        type Change = fn(&mut Limits);
        let set = |change: Change| {
            let mut limits = Limits::default();
            change(&mut limits);
            limits.check().map_err(|error| error.to_string())
        };
        let cases: [(Change, Result<(), &str>); 7] = [
            (|_| {}, Ok(())),
            (|limits| limits.streams_max = 1, Ok(())),
            (
                |limits| limits.streams_max = 0,
                Err("limits.streams_max is 0; it goes from 1 to 100000"),
            ),
            (
                |limits| limits.page_size_max = 1_001,
                Err("limits.page_size_max is 1001; it goes from 1 to 1000"),
            ),
            (
                |limits| limits.page_size_max = 50,
                Err("limits.page_size_default is 100 and must not exceed \
                     limits.page_size_max, which is 50"),
            ),
            (
                |limits| limits.queue_commands_max = 4_999,
                Err(
                    "limits.commands_per_request_max is 5000 and must not exceed \
                     limits.queue_commands_max, which is 4999",
                ),
            ),
            (
                |limits| limits.queue_requests_max = 8,
                Err(
                    "limits.append_stream_requests_max is 1024 and must not exceed \
                     limits.queue_requests_max, which is 8",
                ),
            ),
        ];
        for (change, expected) in cases {
            assert_eq!(set(change), expected.map_err(str::to_owned));
        }
    }
}
