//! The rules from the outside: given what was recorded, when a command comes, then what.
//!
//! [`ledger`] is a ledger in memory that checks itself after every event; [`script`] runs tables
//! of commands with their expected outcomes; [`tables`] holds them, [`documents`] those that play
//! the documents of the `policies` folder; [`properties`] lets random commands run against a simple
//! model; [`report`] holds made-up counters against targets; [`evidence`] walks from a clawback
//! down to its causes; [`simulate`] plays a history once more under a draft.

#![expect(
    clippy::result_large_err,
    reason = "a refusal is a result with its facts, 128 bytes"
)]

#[cfg(test)]
mod documents;
#[cfg(test)]
mod evidence;
#[cfg(test)]
mod found;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod report;
#[cfg(test)]
mod script;
#[cfg(test)]
mod simulate;
#[cfg(test)]
mod tables;
