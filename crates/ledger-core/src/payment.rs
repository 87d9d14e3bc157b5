//! Payments: ordered (reserved), settled or returned by the bank; project classes are settled.
//!
//! Source of the settlement: 山东省职业技能提升行动方案(2019—2021年)重点任务分工, 落实职业技能培训补贴政策,
//! row 2.

mod apply;
pub(crate) mod command;
pub(crate) mod entity;
pub(crate) mod event;
mod rules;

pub use rules::explain_refused_payment;
pub(crate) use rules::find;
