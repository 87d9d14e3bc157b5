//! What a caller may ask of the ledger or report to it.
//!
//! A command names what it touches by the caller's own identifiers. Amounts that follow from a
//! rule (a subsidy, an advance, a final payment) are never part of a command: the ledger works
//! them out and the event says how.

use crate::{BusinessDate, Position};

pub use crate::account::command::*;
pub use crate::award::command::*;
pub use crate::certificate::command::*;
pub use crate::claim::command::*;
pub use crate::class::command::*;
pub use crate::correction::command::*;
pub use crate::institution::command::*;
pub use crate::kinds::{CommandBody, CommandKind};
pub use crate::order::command::*;
pub use crate::payment::command::*;
pub use crate::person::command::*;
pub use crate::policy::command::*;
pub use crate::publicity::command::*;
pub use crate::recovery::command::*;
pub use crate::subsidy::command::*;
pub use crate::supervision::command::*;
pub use crate::terms::Debt;
pub use crate::training::command::*;

/// One request to change the ledger: the day it speaks of and what happened or is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The business date (China Standard Time) on which this happened or is decided.
    pub occurred_on: BusinessDate,
    /// What happened or is wanted.
    pub body: CommandBody,
    /// Positions of earlier events that the caller relies on, added to those that the ledger
    /// finds by itself; a caller cannot leave those out.
    pub causes: Vec<Position>,
}
