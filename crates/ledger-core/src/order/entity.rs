//! An order and its steps.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::event::OrderRaisedBy;
use crate::terms::Fact;
use crate::{ClassId, CreditCode, Division, Occupation, PersonKey, Position, SkillLevel};

/// One training order (五单式).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub raised: Fact,
    pub division: Division,
    pub raised_by: OrderRaisedBy,
    pub occupation: Occupation,
    pub level: Option<SkillLevel>,
    pub headcount: u32,
    pub listed: Option<Fact>,
    /// Workers who selected it, in the order in which they did.
    pub selected: Vec<(PersonKey, Fact)>,
    pub accepted: Option<(CreditCode, Fact)>,
    pub purchased: Option<Fact>,
    pub cancelled: Option<Position>,
    /// The class that carries it out.
    pub class: Option<ClassId>,
}
