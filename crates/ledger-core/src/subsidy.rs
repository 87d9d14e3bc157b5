//! Approval of one person's subsidy, and the question whether it would be approved.
//!
//! Source of the rules: the published documents; what each kind means stands with its function.

mod apply;
pub(crate) mod command;
pub(crate) mod event;
mod rules;

pub use rules::{Eligibility, case_dates, eligibility, explain_approval};
pub(crate) use rules::{Measured, hours_needed};
