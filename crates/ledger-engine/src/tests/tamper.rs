//! Changes to stored state that the engine knows nothing of.

use ledger_log::{CommitGroup, Log as _, MemoryStore, Space, StateOp};

/// Changes stored state behind the engine's back, as a fault of the disk would.
pub(super) fn tamper(store: &MemoryStore, space: Space, key: Vec<u8>, value: Option<Vec<u8>>) {
    let epoch = store.claim_epoch().unwrap();
    let group = CommitGroup {
        expected_last: store.last_position(),
        blocks: Vec::new(),
        state: vec![StateOp { space, key, value }],
    };
    store.append(epoch, &group).unwrap();
}
