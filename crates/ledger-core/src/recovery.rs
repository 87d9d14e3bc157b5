//! Recovery: clawbacks (追回), repayments, and penalties beside them.
//!
//! Sources: 鲁人社字〔2025〕87号 二(六); of penalties 《财政违法行为处罚处分条例》第十四条 and 社会保险法第八十八条.
//! No clawback without its case and finding (see `supervision`) and the payment behind it.

mod apply;
pub(crate) mod command;
pub(crate) mod entity;
pub(crate) mod event;
mod rules;
