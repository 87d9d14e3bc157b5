//! Failures on demand, for tests of what happens after one.

use std::path::PathBuf;

use ledger_log::{Fault, Space};
use rocksdb::WaitForCompactOptions;

use crate::RocksStore;
use crate::columns::EVENTS;

/// Has `watcher` told each step of making a shadow live, when it is done and before the next one:
/// what lies on the disk then is what a crash would leave. There is one watcher of a store.
pub fn watch_steps(store: &RocksStore, watcher: impl Fn(&'static str) + Send + Sync + 'static) {
    let watching = store.inner().watcher.set(Box::new(watcher));
    assert!(watching.is_ok(), "a store has one watcher");
}

/// Waits until nothing goes on in the background, so that files stay as they are.
///
/// RocksDB may compact a file as soon as it is opened. Damage to a file that was read before and is
/// replaced then, is met by nobody.
///
/// # Panics
///
/// When what goes on in the background fails.
pub fn settle(store: &RocksStore) {
    let settled = store
        .inner()
        .db
        .wait_for_compact(&WaitForCompactOptions::default());
    settled.expect("nothing fails in the background of a store that is whole");
}

/// Names the files that hold a space once the store is settled, for tests that damage them; of
/// `None` those of the log.
///
/// # Panics
///
/// When what goes on in the background fails.
#[must_use]
pub fn files(store: &RocksStore, space: Option<Space>) -> Vec<PathBuf> {
    settle(store);
    let inner = store.inner();
    let column = match space {
        None => EVENTS.to_owned(),
        Some(space) => inner.live_name(space),
    };
    let files = inner.db.live_files().unwrap_or_default();
    files
        .iter()
        .filter(|file| file.column_family_name == column)
        .map(|file| inner.db.path().join(file.name.trim_start_matches('/')))
        .collect()
}

/// Makes the next write of the store fail with `reason`.
///
/// With [`Fault::BeforeWrite`] RocksDB never sees the batch; with [`Fault::AfterWrite`] the batch
/// is durable, and the failure stands for an answer that did not arrive. Either way the store goes
/// through what it does after a failure of the disk.
pub fn fail_next_write(store: &RocksStore, fault: Fault, reason: &str) {
    store.inner().lock_writer().fault = Some((fault, reason.to_owned()));
}
