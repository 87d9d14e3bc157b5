//! Classes: approved with their rate, opened, closed.
//!
//! Source of the four catalogues (四个目录) that a class has to stand in:
//! 山东省职业技能提升行动方案(2019—2021年)重点任务分工, 加强职业技能培训基础能力建设.

mod apply;
pub(crate) mod command;
pub(crate) mod entity;
pub(crate) mod event;
mod rules;

pub use rules::explain_class_approval;
pub(crate) use rules::{dates_of, is_for, level_names, outside_dates, standard};
