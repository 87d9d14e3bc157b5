//! Every bound of the stored format, each with its reason.

/// Bytes after which a block builder takes no further record.
///
/// A memtable insert costs about 1.9 µs whatever its size, so events share a value; 256 KiB holds
/// about a thousand of them, which makes that cost vanish beside encoding and hashing. A larger
/// block would make reading one event dearer: the whole block is decompressed and checked (about
/// 0.1 ms at this size).
pub const BLOCK_BYTES_TARGET: usize = 256 * 1024;

/// Bytes of the largest record.
///
/// The largest event is a published policy with its exact text; the longest document so far is
/// below 100 KiB. A record beyond the block target gets a block of its own.
pub const RECORD_BYTES_MAX: usize = 1024 * 1024;

/// Bytes of the largest block: one record of the largest size in a frame of its own.
pub const BLOCK_BYTES_MAX: usize =
    crate::block::FRAME_OVERHEAD_BYTES + crate::block::TABLE_ENTRY_BYTES + RECORD_BYTES_MAX;

/// Bytes of blocks, keys and values in one commit group.
///
/// A group is held in memory several times while it is written (group, batch, write-ahead log,
/// memtable), and is lost or kept as one; 32 MiB is a hundred full blocks, far beyond what a
/// sync amortises.
pub const GROUP_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Bytes of the longest tag in an index key; its length is stored in one byte.
pub const TAG_BYTES_MAX: usize = 255;

/// Bytes of the longest certificate number; the longest in use has 23 characters.
pub const CERTIFICATE_NUMBER_BYTES_MAX: usize = 32;

const _: () = assert!(BLOCK_BYTES_TARGET < BLOCK_BYTES_MAX);
const _: () = assert!(RECORD_BYTES_MAX < BLOCK_BYTES_MAX);
const _: () = assert!(BLOCK_BYTES_MAX < GROUP_BYTES_MAX);
