//! Failures on demand, for tests of what happens after one.

use ledger_log::Fault;

use crate::RocksStore;

/// Has `watcher` told each step of making a shadow live, when it is done and before the next one:
/// what lies on the disk then is what a crash would leave. There is one watcher of a store.
pub fn watch_steps(store: &RocksStore, watcher: impl Fn(&'static str) + Send + Sync + 'static) {
    let watching = store.inner().watcher.set(Box::new(watcher));
    assert!(watching.is_ok(), "a store has one watcher");
}

/// Makes the next write of the store fail with `reason`.
///
/// With [`Fault::BeforeWrite`] RocksDB never sees the batch; with [`Fault::AfterWrite`] the batch
/// is durable, and the failure stands for an answer that did not arrive. Either way the store goes
/// through what it does after a failure of the disk.
pub fn fail_next_write(store: &RocksStore, fault: Fault, reason: &str) {
    store.inner().lock_writer().fault = Some((fault, reason.to_owned()));
}
