//! Comparing the live and the rebuilt state, key by key.

use super::{CancelToken, Difference, RebuildError};
use crate::entity_codec::{brought_up, parse_entity_key};
use ledger_log::{Entries, Entry, LogError, Shadow, Snapshot, Space, keys};
use std::cmp::Ordering;
use std::iter::Peekable;

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
    /// Rebuilt keys whose live value is damaged.
    pub(super) unreadable_total: u64,
}

/// Compares every rebuildable space of the snapshot with that of the shadow.
pub(super) fn compare(
    live: &dyn Snapshot,
    rebuilt: &dyn Shadow,
    differences_max: usize,
    progress: &mut dyn FnMut(u64),
    cancel: &CancelToken,
) -> Result<Comparison, RebuildError> {
    let mut comparing = Comparing {
        live,
        found: Comparison::default(),
        differences_max,
        progress,
        cancel,
    };
    for space in Space::REBUILDABLE {
        comparing.space(space, rebuilt.iterate(space))?;
    }
    let Comparing {
        found, progress, ..
    } = comparing;
    progress(found.keys);
    Ok(found)
}

struct Comparing<'a> {
    live: &'a dyn Snapshot,
    found: Comparison,
    differences_max: usize,
    progress: &'a mut dyn FnMut(u64),
    cancel: &'a CancelToken,
}

impl<'a> Comparing<'a> {
    /// Compares one space, and goes on behind what is damaged in it.
    fn space(&mut self, space: Space, rebuilt: Entries<'_>) -> Result<(), RebuildError> {
        let mut rebuilt = rebuilt.peekable();
        let mut from = Vec::new();
        loop {
            let live = self.live.iterate_from(space, &from);
            if !self.side_by_side(space, live, &mut rebuilt)? {
                return Ok(());
            }
            // Behind damage the scan ends. So the keys of the rebuilt state are read one by one,
            // until the live value of one can be read; from there a scan goes on.
            let unreadable_before = self.found.unreadable_total;
            let resumed = self.one_by_one(space, &mut rebuilt)?;
            if self.found.unreadable_total == unreadable_before {
                // Damage where the rebuilt state has nothing is damage all the same.
                self.found.unreadable_total += 1;
            }
            match resumed {
                Some(key) => from = keys::successor(&key),
                None => return Ok(()),
            }
        }
    }

    /// Compares entries in order; `true` when the live ones are damaged where it stops.
    fn side_by_side(
        &mut self,
        space: Space,
        live: Entries<'a>,
        rebuilt: &mut Peekable<Entries<'_>>,
    ) -> Result<bool, RebuildError> {
        let mut live = live.peekable();
        loop {
            let order = match (live.peek(), rebuilt.peek()) {
                (None, None) => return Ok(false),
                (Some(Err(LogError::DamagedSpace { .. })), _) => return Ok(true),
                (Some(Ok((live, _))), Some(Ok((rebuilt, _)))) => live.cmp(rebuilt),
                // Any other error is taken from its own side, whatever the other has.
                (Some(Err(_)), _) | (Some(_), None) => Ordering::Less,
                (_, Some(_)) => Ordering::Greater,
            };
            let of_live = match order.is_le() {
                true => live.next().transpose()?,
                false => None,
            };
            let of_rebuilt = match order.is_ge() {
                true => rebuilt.next().transpose()?,
                false => None,
            };
            self.pair(space, of_live, of_rebuilt)?;
        }
    }

    /// Compares rebuilt entries with the live values of their keys, up to the first that can be
    /// read; returns its key.
    fn one_by_one(
        &mut self,
        space: Space,
        rebuilt: &mut Peekable<Entries<'_>>,
    ) -> Result<Option<Vec<u8>>, RebuildError> {
        while let Some((key, value)) = rebuilt.next().transpose()? {
            match self.live.get(space, &key) {
                Ok(live) => {
                    let live = live.map(|live| (key.clone(), live));
                    self.pair(space, live, Some((key.clone(), value)))?;
                    return Ok(Some(key));
                }
                Err(LogError::DamagedSpace { .. }) => {
                    self.found.unreadable_total += 1;
                    self.note(Difference {
                        space,
                        key,
                        live: None,
                        unreadable: true,
                        rebuilt: Some(value),
                    });
                    self.count()?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    fn pair(
        &mut self,
        space: Space,
        live: Option<Entry>,
        rebuilt: Option<Entry>,
    ) -> Result<(), RebuildError> {
        if live != rebuilt && !is_older_layout(space, live.as_ref(), rebuilt.as_ref()) {
            self.found.differences_total += 1;
            self.note(difference(space, live, rebuilt));
        }
        self.count()
    }

    fn note(&mut self, difference: Difference) {
        if self.found.differences.len() < self.differences_max {
            self.found.differences.push(difference);
        }
    }

    fn count(&mut self) -> Result<(), RebuildError> {
        self.found.keys += 1;
        if self.found.keys.is_multiple_of(KEYS_PER_REPORT) {
            self.cancel.check()?;
            (self.progress)(self.found.keys);
        }
        Ok(())
    }
}

/// Whether the live value is what was rebuilt, as an earlier version wrote it.
fn is_older_layout(space: Space, live: Option<&Entry>, rebuilt: Option<&Entry>) -> bool {
    let (Space::Entities, Some((key, live)), Some((_, rebuilt))) = (space, live, rebuilt) else {
        return false;
    };
    let kind = parse_entity_key(key).map(|key| key.kind());
    kind.and_then(|kind| brought_up(kind, live)).as_ref() == Some(rebuilt)
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
        unreadable: false,
        rebuilt: rebuilt.map(|(_, value)| value),
    }
}
