//! Comparing the live and the rebuilt state, key by key.

use super::{CancelToken, Difference, RebuildError};
use ledger_log::{Entry, LogError, Shadow, Snapshot, Space};
use std::cmp::Ordering;

/// Keys between two looks at the cancel token and two reports of progress.
const KEYS_PER_REPORT: u64 = 16_384;

/// What comparing found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Comparison {
    /// Keys looked at, on either side.
    pub(super) keys: u64,
    /// The first differences.
    pub(super) differences: Vec<Difference>,
    /// How many there are, listed or not.
    pub(super) differences_total: u64,
}

/// Compares every rebuildable space of the snapshot with that of the shadow.
pub(super) fn compare(
    live: &dyn Snapshot,
    rebuilt: &dyn Shadow,
    differences_max: usize,
    progress: &mut dyn FnMut(u64),
    cancel: &CancelToken,
) -> Result<Comparison, RebuildError> {
    let mut comparison = Comparison::default();
    for space in Space::REBUILDABLE {
        for pair in Pairs::new(live.iterate(space), rebuilt.iterate(space)) {
            let (live, rebuilt) = pair?;
            comparison.keys += 1;
            if comparison.keys.is_multiple_of(KEYS_PER_REPORT) {
                cancel.check()?;
                progress(comparison.keys);
            }
            if live == rebuilt {
                continue;
            }
            comparison.differences_total += 1;
            if comparison.differences.len() < differences_max {
                comparison
                    .differences
                    .push(difference(space, live, rebuilt));
            }
        }
    }
    progress(comparison.keys);
    Ok(comparison)
}

/// The entries of both sides, side by side where they have the same key.
pub(crate) struct Pairs<L: Iterator, R: Iterator> {
    live: std::iter::Peekable<L>,
    rebuilt: std::iter::Peekable<R>,
}

type Stored = Result<Entry, LogError>;

impl<L: Iterator<Item = Stored>, R: Iterator<Item = Stored>> Pairs<L, R> {
    /// Puts two spaces beside each other, both in the order of their keys.
    pub(crate) fn new(live: L, rebuilt: R) -> Self {
        Self {
            live: live.peekable(),
            rebuilt: rebuilt.peekable(),
        }
    }
}

impl<L: Iterator<Item = Stored>, R: Iterator<Item = Stored>> Iterator for Pairs<L, R> {
    type Item = Result<(Option<Entry>, Option<Entry>), LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        let order = match (self.live.peek(), self.rebuilt.peek()) {
            (None, None) => return None,
            (Some(Ok((live, _))), Some(Ok((rebuilt, _)))) => live.cmp(rebuilt),
            // An error is taken from its own side, whatever the other has.
            (Some(Err(_)), _) | (Some(_), None) => Ordering::Less,
            (_, Some(_)) => Ordering::Greater,
        };
        let live = if order.is_le() {
            self.live.next().transpose()
        } else {
            Ok(None)
        };
        let rebuilt = if order.is_ge() {
            self.rebuilt.next().transpose()
        } else {
            Ok(None)
        };
        Some(live.and_then(|live| Ok((live, rebuilt?))))
    }
}

fn difference(space: Space, live: Option<Entry>, rebuilt: Option<Entry>) -> Difference {
    let key = live
        .as_ref()
        .or(rebuilt.as_ref())
        .map(|(key, _)| key.clone())
        .unwrap_or_default();
    Difference {
        space,
        key,
        live: live.map(|(_, value)| value),
        rebuilt: rebuilt.map(|(_, value)| value),
    }
}
