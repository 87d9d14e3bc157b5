//! `ledger-server rebuild`: derived state that is damaged, made anew before anything is served.

use crate::config::Settings;
use crate::server::RunError;
use ledger_core::Position;
use ledger_engine::limits::UPGRADE_EVENTS_PER_REPORT;
use ledger_engine::rebuild::{CancelToken, Progress, before_serving};
use ledger_log::Log as _;
use ledger_store::{RocksStore, StoreOptions};

/// Replays the log of the ledger that the settings name, and makes what follows from it the
/// derived state. Returns the last position.
///
/// It needs nothing but the folder: no address, no identity. Cut off anywhere, the derived state is
/// as before. At the end the ledger is opened once more, with every check.
///
/// # Errors
///
/// [`RunError`]; what is damaged in the log is named by its position.
pub fn rebuild(settings: &Settings) -> Result<Position, RunError> {
    let (folder, checked) = settings.store()?;
    let for_repair = StoreOptions {
        for_repair: true,
        ..checked.clone()
    };
    let store = RocksStore::open(&folder, &for_repair)?;
    if let Some(reason) = store.read_only() {
        return Err(RunError::ReadOnly { reason });
    }
    let mut reported = 0;
    let mut report = |progress: Progress| {
        let steps = progress.done / UPGRADE_EVENTS_PER_REPORT;
        if steps > reported {
            reported = steps;
            let (done, target) = (progress.done, progress.target);
            tracing::info!(done, target, "derived state is being rebuilt from the log");
        }
    };
    let options = settings.memory.engine();
    let last = before_serving(&store, &options, &mut report, &CancelToken::new())
        .map_err(|error| RunError::Rebuild(Box::new(error)))?;
    drop(store);
    drop(RocksStore::open(&folder, &checked)?);
    Ok(last)
}
