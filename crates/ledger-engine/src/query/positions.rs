//! Positions that match tags, in order, found by leaping and never held all at once.
//!
//! Every [`Positions`] answers one question: which is the first match at or beyond a target? Tags
//! that must all match are answered by leaping from one to the next (leapfrog join, Veldhuizen
//! 2014): each proposes its first match at or beyond the target, and what it proposes is the target
//! of the next, until all agree.

use std::collections::VecDeque;
use std::sync::Arc;

use ledger_core::Position;
use ledger_log::{Direction, Entry, Space, Storage, keys, postings};

use super::QueryError;
use super::limits::{BLOCK_WORK, INDEX_CHUNK_MAX, INDEX_CHUNK_MIN};

/// A sequence of positions in one direction, up to a last one.
pub(super) enum Positions {
    /// Every position of the range.
    Every(Span),
    /// Positions that an entity lists, ascending.
    Listed(Span, Vec<Position>),
    /// Positions of the index entries of one tag.
    Indexed(Indexed),
    /// Positions that are in every one of several sequences.
    All(Vec<Positions>),
    /// Positions that are in one of several sequences.
    Any(Vec<Positions>),
}

/// What a step along a sequence found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The first match at or beyond the target.
    At(Position),
    /// There is no match at or beyond the target.
    End,
    /// The work allowed is used up; nothing before this position matches.
    Spent(Position),
}

/// A direction and the positions read in it, first and last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) direction: Direction,
    pub(super) first: Position,
    pub(super) last: Position,
}

/// Counts the work that is still allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Work {
    left: u32,
}

/// The index entries of one tag, read in chunks.
pub(super) struct Indexed {
    store: Arc<dyn Storage>,
    span: Span,
    prefix: Vec<u8>,
    /// The positions of the entry being read, ascending.
    entry: Vec<Position>,
    /// Entries fetched and not decoded yet, in the direction of reading.
    fetched: VecDeque<Entry>,
    /// The last key fetched.
    last_key: Option<Vec<u8>>,
    /// Nothing is left to fetch.
    at_end: bool,
    chunk: usize,
}

impl Positions {
    /// Returns the first match at or beyond `target`. Targets never go backward between calls.
    pub(super) fn seek(&mut self, target: Position, work: &mut Work) -> Result<Step, QueryError> {
        match self {
            Self::Every(span) => {
                let target = span.farther(target, span.first);
                Ok(if span.is_past_end(target) {
                    Step::End
                } else {
                    Step::At(target)
                })
            }
            Self::Listed(span, positions) => Ok(span.find(positions, target)),
            Self::Indexed(indexed) => indexed.seek(target, work),
            Self::All(parts) => seek_all(parts, target, work),
            Self::Any(parts) => seek_any(parts, target, work),
        }
    }

    /// The positions of one tag's index entries within a span.
    pub(super) fn indexed(store: &Arc<dyn Storage>, prefix: Vec<u8>, span: Span) -> Self {
        Self::Indexed(Indexed {
            store: Arc::clone(store),
            span,
            prefix,
            entry: Vec::new(),
            fetched: VecDeque::new(),
            last_key: None,
            at_end: false,
            chunk: INDEX_CHUNK_MIN,
        })
    }

    fn direction(&self) -> Option<Direction> {
        match self {
            Self::Every(span) | Self::Listed(span, _) => Some(span.direction),
            Self::Indexed(indexed) => Some(indexed.span.direction),
            Self::All(parts) | Self::Any(parts) => parts.first().and_then(Self::direction),
        }
    }
}

fn seek_all(
    parts: &mut [Positions],
    mut target: Position,
    work: &mut Work,
) -> Result<Step, QueryError> {
    loop {
        let start = target;
        for part in parts.iter_mut() {
            match part.seek(target, work)? {
                Step::At(position) => target = position,
                other => return Ok(other),
            }
        }
        // No part moved the target, so all of them hold it.
        if target == start {
            return Ok(Step::At(target));
        }
    }
}

fn seek_any(
    parts: &mut [Positions],
    target: Position,
    work: &mut Work,
) -> Result<Step, QueryError> {
    let mut nearest: Option<(Position, Step)> = None;
    for part in parts.iter_mut() {
        let step = part.seek(target, work)?;
        let (Step::At(position) | Step::Spent(position)) = step else {
            continue;
        };
        let is_nearer = nearest.is_none_or(|(other, found)| {
            // At the same place, work that is spent hides nothing: the match is there.
            part.direction()
                .is_some_and(|direction| before(direction, position, other))
                || (position == other && matches!(found, Step::Spent(_)))
        });
        if is_nearer {
            nearest = Some((position, step));
        }
    }
    Ok(nearest.map_or(Step::End, |(_, step)| step))
}

impl Span {
    /// All positions from `lowest` to `highest`, both included, from the end that the direction
    /// starts at.
    pub(super) fn new(direction: Direction, lowest: Position, highest: Position) -> Self {
        match direction {
            Direction::Forward => Self {
                direction,
                first: lowest,
                last: highest,
            },
            Direction::Backward => Self {
                direction,
                first: highest,
                last: lowest,
            },
        }
    }

    /// Whether a position lies beyond the last one.
    pub(super) fn is_past_end(&self, position: Position) -> bool {
        before(self.direction, self.last, position)
    }

    /// The position after this one in the direction of reading, if the span still holds it.
    pub(super) fn after(&self, position: Position) -> Option<Position> {
        let next = match self.direction {
            Direction::Forward => Some(position.next()),
            Direction::Backward => position.previous(),
        };
        next.filter(|next| !self.is_past_end(*next))
    }

    /// The one of two positions that is read later.
    pub(super) fn farther(&self, a: Position, b: Position) -> Position {
        if before(self.direction, a, b) { b } else { a }
    }

    /// The first of `ascending` at or beyond the target.
    fn find(&self, ascending: &[Position], target: Position) -> Step {
        let target = self.farther(target, self.first);
        let found = match self.direction {
            Direction::Forward => {
                ascending.get(ascending.partition_point(|position| *position < target))
            }
            Direction::Backward => ascending
                .partition_point(|position| *position <= target)
                .checked_sub(1)
                .and_then(|index| ascending.get(index)),
        };
        match found {
            Some(position) if !self.is_past_end(*position) => Step::At(*position),
            _ => Step::End,
        }
    }
}

impl Work {
    pub(super) fn new(units: u32) -> Self {
        Self { left: units }
    }

    /// Takes the cost of reading a block; false when it is not allowed any more.
    pub(super) fn take_block(&mut self) -> bool {
        self.take(BLOCK_WORK)
    }

    pub(super) fn is_spent(&self) -> bool {
        self.left == 0
    }

    /// Takes some units; what is left is used up when there are not enough.
    fn take(&mut self, units: u32) -> bool {
        match self.left.checked_sub(units) {
            Some(left) => {
                self.left = left;
                true
            }
            None => {
                self.left = 0;
                false
            }
        }
    }
}

impl Indexed {
    fn seek(&mut self, target: Position, work: &mut Work) -> Result<Step, QueryError> {
        let target = self.span.farther(target, self.span.first);
        if self.span.is_past_end(target) {
            return Ok(Step::End);
        }
        loop {
            if let Some(position) = self.find_in_entry(target) {
                return Ok(if self.span.is_past_end(position) {
                    Step::End
                } else {
                    Step::At(position)
                });
            }
            if self.fetched.is_empty() {
                if self.at_end {
                    return Ok(Step::End);
                }
                if work.is_spent() {
                    return Ok(Step::Spent(target));
                }
                self.fetch(target, work)?;
            }
            self.decode_next(target)?;
        }
    }

    fn find_in_entry(&self, target: Position) -> Option<Position> {
        let unbounded = match self.span.direction {
            Direction::Forward => Span {
                last: Position::new(u64::MAX),
                ..self.span
            },
            Direction::Backward => Span {
                last: Position::ZERO,
                ..self.span
            },
        };
        match unbounded.find(&self.entry, target) {
            Step::At(position) => Some(position),
            Step::End | Step::Spent(_) => None,
        }
    }

    /// Decodes the next entry that can hold the target, passing over those that cannot.
    fn decode_next(&mut self, target: Position) -> Result<(), QueryError> {
        while let Some((key, value)) = self.fetched.pop_front() {
            // Reading forward, an entry whose successor starts at or before the target ends before
            // it; reading backward, so does every entry that starts behind it.
            let block = keys::tag_block(&key)?;
            let is_passed = match self.span.direction {
                Direction::Backward => block > target,
                Direction::Forward => match self.fetched.front() {
                    None => false,
                    Some((following, _)) => keys::tag_block(following)? <= target,
                },
            };
            if !is_passed {
                self.entry = postings::decode_positions(block, &value)?;
                return Ok(());
            }
        }
        Ok(())
    }

    /// Fetches the entries from the one that may hold the target on.
    fn fetch(&mut self, target: Position, work: &mut Work) -> Result<(), QueryError> {
        let entries = match self.span.direction {
            Direction::Forward => self.fetch_forward(target)?,
            Direction::Backward => self.fetch_backward(target)?,
        };
        self.at_end = entries.len() < self.chunk;
        self.chunk = (self.chunk * 2).min(INDEX_CHUNK_MAX);
        // One more for the search of where to begin.
        let units = entries.len().saturating_add(1);
        // Entries already fetched are used: spent work only keeps more from being fetched.
        work.take(u32::try_from(units).unwrap_or(u32::MAX));
        if let Some((key, _)) = entries.last() {
            self.last_key = Some(key.clone());
        }
        self.fetched.extend(entries);
        Ok(())
    }

    fn fetch_forward(&self, target: Position) -> Result<Vec<Entry>, QueryError> {
        // The entry that may hold the target is the last one that starts at or before it.
        let up_to_target = keys::successor(&self.key(target));
        let mut from = match &self.last_key {
            Some(key) => keys::successor(key),
            None => self.prefix.clone(),
        };
        let before = self.store.scan(
            Space::TagIndex,
            &from,
            &up_to_target,
            Direction::Backward,
            1,
        )?;
        if let Some((key, _)) = before.into_iter().next() {
            from = key;
        }
        let to = keys::successor(&self.key(self.span.last));
        Ok(self
            .store
            .scan(Space::TagIndex, &from, &to, Direction::Forward, self.chunk)?)
    }

    fn fetch_backward(&self, target: Position) -> Result<Vec<Entry>, QueryError> {
        let mut to = keys::successor(&self.key(target));
        if let Some(last_key) = self.last_key.as_ref().filter(|last_key| **last_key < to) {
            to.clone_from(last_key);
        }
        // No lower bound but the tag: an entry that starts before the span may reach into it.
        Ok(self.store.scan(
            Space::TagIndex,
            &self.prefix,
            &to,
            Direction::Backward,
            self.chunk,
        )?)
    }

    fn key(&self, block: Position) -> Vec<u8> {
        let mut key = self.prefix.clone();
        key.extend_from_slice(&keys::block(block));
        key
    }
}

fn before(direction: Direction, a: Position, b: Position) -> bool {
    match direction {
        Direction::Forward => a < b,
        Direction::Backward => a > b,
    }
}
