//! What the developer sees: the only place in xtask that writes to the terminal.
#![expect(
    clippy::print_stderr,
    reason = "xtask is a terminal tool; standard output stays free for the programs it runs"
)]

use std::fmt::Display;

/// Announces the next piece of work.
pub(crate) fn step(what: impl Display) {
    eprintln!("\n==> {what}");
}

/// Adds a line to the current step.
pub(crate) fn note(what: impl Display) {
    eprintln!("    {what}");
}

/// Prints an error with its whole chain of causes, outermost first.
pub(crate) fn failure(error: &anyhow::Error) {
    eprintln!("\nfailed: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
}
