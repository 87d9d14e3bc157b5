//! What the store keeps, what it recovers, and what it refuses.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that panics has failed, which is what it is for"
)]

mod backup;
mod damage;
mod disk;
mod faults;
mod recovery;
mod room;
mod shadow;
mod sizes;
mod suite;
mod support;
mod verify;
