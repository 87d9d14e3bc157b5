//! Structured logs on standard error. They hold no command, no identifier and no personal data.

use crate::config::{Log, LogFormat};
use std::io;
use std::panic;
use thiserror::Error;
use tracing_subscriber::filter::{EnvFilter, ParseError};
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

/// Why logging could not be started.
#[derive(Debug, Error)]
pub enum LoggingError {
    /// The filter is malformed.
    #[error("log.filter is malformed")]
    Filter(#[from] ParseError),
    /// Something else logs already.
    #[error("logging was started twice")]
    Twice(#[from] TryInitError),
}

/// Starts logging for the whole process.
///
/// # Errors
///
/// [`LoggingError`].
pub fn start(log: &Log) -> Result<(), LoggingError> {
    let filter = EnvFilter::builder().parse(&log.filter)?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // A line that cannot be written, on a full disk for example, is lost. Telling of it on
        // standard error would fail in turn, and end the process.
        .log_internal_errors(false)
        .with_writer(io::stderr);
    match log.format {
        LogFormat::Text => lines.with_ansi(false).finish().try_init()?,
        LogFormat::Json => lines.json().flatten_event(true).finish().try_init()?,
    }
    Ok(())
}

/// Makes a panic in any thread end the process, after it was logged.
///
/// A panic is a broken invariant. Whatever else the process did with the state behind it could be
/// wrong, and what is on disk is durable without it.
pub fn abort_on_panic() {
    panic::set_hook(Box::new(|panicked| {
        let thread = std::thread::current();
        let place = panicked
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        let message = panicked.payload_as_str().unwrap_or_default();
        tracing::error!(
            thread = thread.name().unwrap_or_default(),
            place,
            message,
            "an invariant is broken; the process ends"
        );
        std::process::abort();
    }));
}
