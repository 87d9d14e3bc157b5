//! A person's way through a class: enrolment, attendance, completion, assessment, employment.
//!
//! Sources: 山东省职业技能提升行动方案(2019—2021年)重点任务分工, 保障措施 (培训人员实名制管理) and
//! 落实职业技能培训补贴政策, row 2 (employment after training).

mod annul;
mod apply;
pub(crate) mod command;
pub(crate) mod event;
mod rules;

pub(crate) use annul::{after, decisions, place};
pub(crate) use rules::{completion, on_day, standing};
