//! Orders (五单式): raised, listed, selected, accepted, purchased, one step after the other.
//!
//! Source: 2019–2021 action, 加强职业技能培训基础能力建设.

mod apply;
pub(crate) mod command;
pub(crate) mod entity;
pub(crate) mod event;
mod rules;

pub(crate) use apply::taken_up;
