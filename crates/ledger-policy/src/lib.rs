//! Turns the text of a policy document (TOML) into its compiled form.
//!
//! The text is what is published and kept as evidence; the compiled form is derived from it
//! whenever it is loaded, so a reader of old texts is kept for ever. Unknown keys are refused: a
//! rule that is silently not applied pays or refuses the wrong person.

mod compile;
mod document;
mod error;

pub use compile::compile;
pub use error::PolicyError;
