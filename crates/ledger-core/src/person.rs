//! Persons: an opaque key, and the statuses that decide about money.
//!
//! Who a person is, is kept beside the log and never in it (see [`crate::personal_data`]).

mod annul;
mod apply;
pub(crate) mod command;
pub(crate) mod entity;
pub(crate) mod event;
mod rules;
