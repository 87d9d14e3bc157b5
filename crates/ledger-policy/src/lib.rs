//! Turns the text of a policy document (TOML) into its compiled form, and finds what is wrong
//! with a text before it is published.
//!
//! The text is what is published and kept as evidence; the compiled form is derived from it
//! whenever it is loaded, so a reader of old texts is kept for ever: a key may be added, never
//! changed in meaning, and no new error may touch a text that used to compile. Unknown keys are
//! refused: a rule that is silently not applied pays or refuses the wrong person.
//!
//! Reading order: [`compile`](compile()) and the grammar in its parts, one per kind of rule;
//! `reader` gives typed values with their places; [`flaw`] is every fault there is a name for;
//! [`check`] compares documents with each other.

pub mod check;
mod clause;
mod compile;
mod consistency;
mod describe;
mod doubts;
mod error;
pub mod flaw;
mod names;
mod near;
mod personal;
mod reader;

pub use check::{Report, check, check_against, check_beside, check_set};
pub use compile::{compile, compile_recorded, keys};
pub use describe::{Language, describe};
pub use error::PolicyError;
pub use flaw::{Flaw, FlawKind, Place, Severity};
pub use names::lists;

/// A commented text to begin with; it passes its own check.
#[must_use]
pub const fn template() -> &'static str {
    include_str!("template.toml")
}
