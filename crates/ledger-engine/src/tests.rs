//! The engine over a ledger in memory, driven by real commands.

mod append;
mod certificate_marks;
mod clock;
mod correction;
mod epochs;
mod explain;
mod explain_answers;
mod failure;
mod group_overflow;
mod idempotency;
mod model;
mod not_written;
mod policies;
mod progress;
mod random;
mod rebuild;
mod recovery;
mod refusals;
mod repair;
mod room;
mod simulate;
mod simulation;
mod tamper;
mod upgrade;
mod world;
