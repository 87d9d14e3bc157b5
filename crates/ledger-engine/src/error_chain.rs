//! An error and all its causes in one line, for logs and for the reason of a stop.

use std::error::Error;
use std::sync::Arc;

/// Joins what each level of an error says, the outermost first.
pub(crate) fn error_chain(error: &dyn Error) -> Arc<str> {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    Arc::from(text)
}
