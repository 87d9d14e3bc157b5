//! Claims, and agency contracts (代领协议) that let a body claim for a person.
//!
//! Source: 山东省职业技能提升行动方案(2019—2021年)重点任务分工, 保障措施 (网上申报、网上审核、联网核查).

mod annul;
mod apply;
pub(crate) mod command;
pub(crate) mod event;
mod rules;
