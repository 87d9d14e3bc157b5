//! The state that rules look at: one value per person, class, institution, account and so on.
//!
//! An entity is a function of the events about it and is loaded and written as a whole. It keeps
//! the positions of the events behind each fact, so that a decision can name its causes.

pub use crate::account::entity::*;
pub use crate::award::entity::*;
pub use crate::certificate::entity::*;
pub use crate::class::entity::*;
pub use crate::institution::entity::*;
pub use crate::order::entity::*;
pub use crate::payment::entity::*;
pub use crate::person::entity::*;
pub use crate::recovery::entity::*;
pub use crate::supervision::entity::*;
pub use crate::terms::{Fact, Payment};
