//! Reading and checking the whole log, as an operator does before trusting a backup.

use std::ops::ControlFlow;

use ledger_core::Position;
use ledger_log::{Block, Damage, Log, LogError};

use crate::error::unreadable;
use crate::log::decode;
use crate::{RocksStore, options};

/// Problems named before checking stops: what is wrong everywhere needs no longer list.
const PROBLEMS_MAX: usize = 100;

/// What a check of the whole log found.
#[derive(Debug, Default)]
pub struct VerifyReport {
    /// Blocks read, intact or not.
    pub blocks: u64,
    /// Records of intact blocks: their bytes, checksums and leaf hashes agree.
    pub records: u64,
    /// What does not hold, each with its position, in the order of the log; at most a hundred.
    pub problems: Vec<LogError>,
    /// Whether the end of the log was reached. Otherwise the check was stopped, there were too many
    /// problems, or the database could not read on.
    pub is_complete: bool,
}

impl RocksStore {
    /// Reads every block up to the present end, and checks order, checksums and leaf hashes.
    ///
    /// `progress` is told the last position of each intact block, and may stop the check. Unlike
    /// reading, checking goes on behind a damaged block, so that one run names all of them.
    pub fn verify_all(
        &self,
        progress: &mut dyn FnMut(Position) -> ControlFlow<()>,
    ) -> VerifyReport {
        let last = self.last_position();
        let inner = self.inner();
        let mut report = VerifyReport::default();
        let mut cursor = inner
            .db
            .raw_iterator_cf_opt(&inner.events(), options::long_read());
        cursor.seek_to_first();
        // Where the next block starts; unknown behind a damaged one.
        let mut expected = Some(Position::FIRST);
        // The last position known to be read, for naming what comes after it.
        let mut read = Position::ZERO;
        while read < last && report.problems.len() < PROBLEMS_MAX {
            let Some((key, frame)) = cursor.item() else {
                if let Err(error) = cursor.status() {
                    report.problems.push(unreadable(read.next(), error));
                    return report;
                }
                report.problems.extend(expected.map(gap));
                break;
            };
            report.blocks += 1;
            match decode(read.next(), key, frame).and_then(checked) {
                Ok(block) => {
                    let missing = expected.filter(|expected| *expected != block.first_position());
                    report.problems.extend(missing.map(gap));
                    report.records += u64::from(block.count());
                    read = block.last_position();
                    expected = Some(read.next());
                    if progress(read).is_break() {
                        return report;
                    }
                }
                Err(problem) => {
                    report.problems.push(problem);
                    expected = None;
                }
            }
            cursor.next();
        }
        report.is_complete = report.problems.len() < PROBLEMS_MAX;
        report
    }
}

fn checked(block: Block) -> Result<Block, LogError> {
    block.verify_leaf_hashes()?;
    Ok(block)
}

fn gap(first_position: Position) -> LogError {
    LogError::CorruptBlock {
        first_position,
        what: Damage::Gap,
    }
}
