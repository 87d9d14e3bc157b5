//! Failures on demand, for tests of what happens after one.

use ledger_log::Fault;

use crate::RocksStore;

/// Makes the next write of the store fail with `reason`.
///
/// With [`Fault::BeforeWrite`] RocksDB never sees the batch; with [`Fault::AfterWrite`] the batch
/// is durable, and the failure stands for an answer that did not arrive. Either way the store goes
/// through what it does after a failure of the disk.
pub fn fail_next_write(store: &RocksStore, fault: Fault, reason: &str) {
    store.inner().lock_writer().fault = Some((fault, reason.to_owned()));
}
