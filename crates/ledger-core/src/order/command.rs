//! What a caller may ask or report of orders.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::event::OrderRaisedBy;
use crate::{CreditCode, Division, Note, Occupation, OrderId, PersonKey, Reference, SkillLevel};

/// Asks for training (劳动者(企业)提单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaiseOrder {
    pub order: OrderId,
    pub division: Division,
    pub raised_by: OrderRaisedBy,
    pub occupation: Occupation,
    /// Absent for courses that lead to no level.
    pub level: Option<SkillLevel>,
    pub headcount: u32,
}

/// Lists an order (政府列单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListOrder {
    pub order: OrderId,
}

/// Selects an order (劳动者选单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectOrder {
    pub order: OrderId,
    pub person: PersonKey,
}

/// Accepts an order (机构接单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptOrder {
    pub order: OrderId,
    pub institution: CreditCode,
}

/// Commits the government to pay (政府买单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurchaseOrder {
    pub order: OrderId,
    pub contract_number: Reference,
}

/// Ends an order that no class rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelOrder {
    pub order: OrderId,
    pub reason: Note,
}
