//! Waiting for a store whose writes wait.

use ledger_log::testing::GatedStore;
use std::sync::Arc;

/// Waits until something waits at the gate, off the threads that serve.
pub async fn arrival(store: &Arc<GatedStore>) {
    let store = Arc::clone(store);
    let waited = tokio::task::spawn_blocking(move || store.hooks.await_waiting());
    waited.await.expect("waiting does not panic");
}
