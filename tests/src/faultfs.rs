//! A disk with faults: a file system in memory whose syncs, writes and reads fail when they are
//! told to, that loses power, and that may lie about its syncs.
//!
//! - `disk` is the model: what a program sees, and what would be there after a power cut.
//! - `mount` serves it to other processes over FUSE, so that the real programs run on it.
//!
//! The model is that of a file system with an ordered journal: what a sync has confirmed stays; of
//! what came after, a power cut leaves the changes of names up to some moment, and of the bytes of
//! each file any of the writes since its last sync, torn at the end of a sector.

mod disk;
mod mount;

pub use disk::{Cut, Disk, FileName, Plan, WriteFault};
pub use mount::FaultFs;
