//! An order and its steps.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::entities::History;
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

impl History for Order {
    /// No class: an order has one at most, and keeps no position of when it was approved.
    fn before(self, position: Position) -> Option<Self> {
        let Self {
            raised,
            division,
            raised_by,
            occupation,
            level,
            headcount,
            listed,
            mut selected,
            accepted,
            purchased,
            cancelled,
            class: _,
        } = self;
        selected.retain(|(_, fact)| fact.position < position);
        (raised.position < position).then_some(Self {
            raised,
            division,
            raised_by,
            occupation,
            level,
            headcount,
            listed: listed.filter(|fact| fact.position < position),
            selected,
            accepted: accepted.filter(|(_, fact)| fact.position < position),
            purchased: purchased.filter(|fact| fact.position < position),
            cancelled: cancelled.filter(|at| *at < position),
            class: None,
        })
    }

    fn positions(&self) -> Option<Vec<Position>> {
        None
    }
}
