//! Institutions: bodies that train, assess or employ, and what they are qualified for.
//!
//! Sources: A7 of the domain notes; 黔就劳发〔2025〕3号 二十.

mod apply;
pub(crate) mod command;
pub(crate) mod entity;
pub(crate) mod event;
mod rules;

pub(crate) use rules::{Qualified, evaluates, trains};
