//! Long work on a thread of its own, told to the caller as it goes on.

use super::call::{Shared, StreamPermit};
use super::error::CallError;
use super::operate::CancelOnDrop;
use ledger_engine::CancelToken;
use ledger_proto::ApiError;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Work on its way. Dropping it cancels the work.
///
/// Only the latest progress waits for the caller, so that a slow one neither holds the work up nor
/// costs memory.
pub(super) struct Work<P, R> {
    progress: watch::Receiver<Option<P>>,
    /// `None` once the result was taken.
    running: Option<JoinHandle<R>>,
    _cancel: CancelOnDrop,
    _permit: StreamPermit,
}

/// What the work has to say.
pub(super) enum Said<P, R> {
    Progress(P),
    Result(R),
}

/// Where the work says how far it has come.
pub(super) type Latest<P> = watch::Sender<Option<P>>;

impl<P: Copy + Send + Sync + 'static, R: Send + 'static> Work<P, R> {
    /// Starts the work on a thread where it may block.
    pub(super) fn start(
        permit: StreamPermit,
        work: impl FnOnce(Latest<P>, CancelToken) -> R + Send + 'static,
    ) -> Self {
        let (latest, progress) = watch::channel(None);
        let cancel = CancelOnDrop(CancelToken::new());
        let token = cancel.0.clone();
        Self {
            progress,
            running: Some(tokio::task::spawn_blocking(move || work(latest, token))),
            _cancel: cancel,
            _permit: permit,
        }
    }

    /// Waits for what the work says next; `None` when it has said everything.
    pub(super) async fn next(
        &mut self,
        shared: &Arc<Shared>,
    ) -> Result<Option<Said<P, R>>, CallError> {
        let Some(running) = &mut self.running else {
            return Ok(None);
        };
        let result = tokio::select! {
            changed = self.progress.changed() => {
                let progress = *self.progress.borrow_and_update();
                if let (Ok(()), Some(progress)) = (changed, progress) {
                    return Ok(Some(Said::Progress(progress)));
                }
                // Nobody reports any more: the result is there or about to be.
                running.await
            }
            result = &mut *running => result,
            () = shared.stopping() => return Err(ApiError::NotServing.into()),
        };
        self.running = None;
        match result {
            Ok(result) => Ok(Some(Said::Result(result))),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(ApiError::NotServing.into()),
        }
    }
}
