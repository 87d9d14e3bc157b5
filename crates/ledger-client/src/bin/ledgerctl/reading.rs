//! Files as offices write them: which encoding, which lines, which cells.

pub(crate) mod cells;
pub(crate) mod encoding;
pub(crate) mod rows;
pub(crate) mod safe;
pub(crate) mod sheet;
