//! Showing approvals to the public (公示), and objections.
//!
//! How long a list is shown is a parameter of the document; that a payment waits for it is a
//! condition of the payment, in `payment`.

mod apply;
pub(crate) mod command;
pub(crate) mod event;
mod rules;
