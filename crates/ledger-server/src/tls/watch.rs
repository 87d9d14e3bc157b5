//! Looking at the files of TLS again, for as long as the server runs.

use super::LiveTls;
use crate::connections::Connections;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::sleep;

/// The signals by which an operator asks for a look at the files. From here on none is lost, and
/// none ends the process.
pub(crate) fn hangups() -> Option<Signal> {
    signal(SignalKind::hangup())
        .inspect_err(|error| tracing::warn!(%error, "SIGHUP cannot be waited for"))
        .ok()
}

/// Looks at the files again and again, and at once when the process gets SIGHUP. Without TLS it
/// only sees to it that the signal does not end the process.
pub(crate) async fn keep_current(
    tls: Option<Arc<LiveTls>>,
    connections: Arc<Connections>,
    mut hangups: Option<Signal>,
) -> Infallible {
    loop {
        let was_asked = match &tls {
            None => next(&mut hangups).await,
            Some(tls) => tokio::select! {
                () = sleep(tls.check_interval()) => false,
                asked = next(&mut hangups) => asked,
            },
        };
        let Some(tls) = tls.clone() else {
            tracing::info!("SIGHUP: there are no TLS files to load");
            continue;
        };
        let connections = Arc::clone(&connections);
        let refreshing = tokio::task::spawn_blocking(move || tls.refresh(&connections));
        match refreshing.await {
            Ok(looked) if was_asked => tracing::info!(?looked, "SIGHUP: looked at the TLS files"),
            Ok(_) => {}
            // The runtime is shutting down.
            Err(_) => std::future::pending().await,
        }
    }
}

/// Waits for the next signal.
async fn next(hangups: &mut Option<Signal>) -> bool {
    match hangups {
        None => std::future::pending().await,
        Some(hangups) => match hangups.recv().await {
            Some(()) => true,
            None => std::future::pending().await,
        },
    }
}
