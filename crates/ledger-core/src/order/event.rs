//! What the ledger records of orders.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::{CreditCode, Division, Note, Occupation, OrderId, PersonKey, Reference, SkillLevel};

/// A worker or an enterprise asks for training (提单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRaised {
    pub order: OrderId,
    pub division: Division,
    pub raised_by: OrderRaisedBy,
    pub occupation: Occupation,
    pub level: Option<SkillLevel>,
    pub headcount: u32,
}

/// Who raises an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OrderRaisedBy {
    /// 劳动者.
    Person(PersonKey),
    /// 企业.
    Enterprise(CreditCode),
}

/// The government lists the order (政府列单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderListed {
    pub order: OrderId,
}

/// A worker selects it (劳动者选单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSelected {
    pub order: OrderId,
    pub person: PersonKey,
}

/// A body accepts it (机构接单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderAccepted {
    pub order: OrderId,
    pub institution: CreditCode,
}

/// The government commits itself to pay for it (政府买单).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPurchased {
    pub order: OrderId,
    pub contract_number: Reference,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderCancelled {
    pub order: OrderId,
    pub reason: Note,
}
