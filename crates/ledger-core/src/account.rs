//! Accounts of the funds: opening, accrual, transfers between divisions, provincial adjustment.
//!
//! Source: 山东省职业技能提升行动方案(2019—2021年)重点任务分工, 保障措施 (分账核算、专款专用; what is raised
//! from the unemployment insurance fund; the adjustment fund of the province).

mod apply;
pub(crate) mod command;
pub(crate) mod entity;
pub(crate) mod event;
mod rules;

pub(crate) use rules::holds;
