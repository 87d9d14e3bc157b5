//! Certificates: issued, declared void, found in the national register.
//!
//! Sources: 山东省职业技能提升行动方案(2019—2021年)重点任务分工, 落实职业技能培训补贴政策, row 2 (取得证书后);
//! what a number says of evaluator, occupation and level: B5 of the domain notes.

mod apply;
pub(crate) mod command;
pub(crate) mod entity;
pub(crate) mod event;
mod rules;
