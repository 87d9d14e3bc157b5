//! Files as offices write them: which encoding, which lines, which cells.
//!
//! A file goes through these in their order: [`sheet`] or [`encoding`] make text of its bytes,
//! [`rows`] makes rows of the text, and [`cells`] reads what stands in a cell. [`safe`] writes a
//! table that a spreadsheet shows and does not run. They meet foreign bytes, and are fuzzed.

pub mod cells;
pub mod encoding;
pub mod rows;
pub mod safe;
pub mod sheet;
