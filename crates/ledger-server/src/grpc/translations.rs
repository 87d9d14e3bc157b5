//! Threads beside those that serve connections, for what takes long before the ledger is asked.

use super::error::CallError;
use ledger_proto::ApiError;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The threads beside those that serve connections, on which requests are decoded and translated
/// and documents are compiled: a few at a time, the others wait in line.
pub(crate) struct Translations {
    permits: Arc<Semaphore>,
}

impl Translations {
    pub(crate) fn new(at_once: usize) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(at_once)),
        }
    }

    /// Does work that takes long for a thread that serves connections on another one.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, CallError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.expect("the permits of translations are never closed");
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        });
        match done.await {
            Ok(done) => Ok(done),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // The runtime is shutting down.
            Err(_) => Err(ApiError::NotServing.into()),
        }
    }
}

#[cfg(test)]
impl Translations {
    /// Keeps the threads in use.
    pub(crate) async fn hold(&self) -> impl Drop {
        Arc::clone(&self.permits).acquire_owned().await.unwrap()
    }
}
