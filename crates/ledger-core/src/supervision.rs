//! Supervision: cases, what they find, and their end.
//!
//! Sources: 鲁人社字〔2025〕87号 二(六); 黔就劳发〔2025〕3号 二十. A clawback belongs to a case and is in
//! `recovery`; the case counts those that are open, and waits for them.

mod apply;
pub(crate) mod command;
pub(crate) mod entity;
pub(crate) mod event;
mod rules;

pub(crate) use rules::not_closed;
