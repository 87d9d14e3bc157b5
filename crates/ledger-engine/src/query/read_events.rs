//! Reading events by tag, kind, position and time, page by page.

use ledger_core::{EntityKey, EventKind, Position, RecordedTime, Tag};
use ledger_log::{Direction, Record, Space};

use super::entities::decode_any;
use super::limits::{
    FILTER_KINDS_MAX, FILTER_TAGS_MAX, PAGE_BYTES_MAX, PAGE_ITEMS_MAX, PAGE_WORK_MAX,
};
use super::page_token::{Cursor, QueryDigest, QueryHasher, tag_bytes};
use super::positions::{Positions, Span, Step, Work};
use super::stored::{Blocks, head};
use super::{QueryError, Reader, StoredEvent};
use crate::entity_codec::entity_key;
use crate::index::tag_prefix;

/// Which events to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// An event has all of these tags.
    pub tags: Vec<Tag>,
    /// An event is of one of these kinds; empty for every kind.
    pub kinds: Vec<EventKind>,
}

/// Which part of the log to read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventRange {
    /// Lowest position, inclusive; zero for the first event.
    pub from: Position,
    /// Highest position, inclusive; `None` for the last event.
    pub to: Option<Position>,
    /// Earliest recorded time, inclusive.
    pub recorded_from: Option<RecordedTime>,
    /// Latest recorded time, exclusive.
    pub recorded_before: Option<RecordedTime>,
}

/// A page of events to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadEvents {
    /// Which events.
    pub filter: EventFilter,
    /// Which part of the log.
    pub range: EventRange,
    /// The order of the answer.
    pub direction: Direction,
    /// Most events of the page; larger values, and zero, stand for [`PAGE_ITEMS_MAX`].
    pub limit: usize,
    /// Where the page before ended; `None` for the first.
    pub cursor: Option<Cursor>,
}

/// A page of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// The events, in the order asked for.
    ///
    /// There may be fewer than asked for, or none, although others follow: a page also ends when
    /// it has become large or when searching has taken long.
    pub events: Vec<StoredEvent>,
    /// Where the next page begins; `None` when the range is read to its end.
    pub next: Option<Cursor>,
    /// The last position of the log when the page was read.
    pub log_position: Position,
}

/// Whether a scan goes on behind a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// It goes on.
    On,
    /// It ends here; the record is part of the page.
    Stop,
}

impl Reader {
    /// Reads a page of events.
    ///
    /// # Errors
    ///
    /// [`QueryError::OutOfBounds`] for a filter beyond its bounds,
    /// [`QueryError::PageTokenMismatch`] for a cursor of another query, and what reading the store
    /// gives.
    pub fn read_events(&self, query: &ReadEvents) -> Result<EventPage, QueryError> {
        query.filter.check()?;
        let digest = query.digest();
        let resume = Cursor::resume(query.cursor.as_ref(), digest, query.direction)?;
        let log_position = self.log_position();
        let limit = page_limit(query.limit);

        let mut blocks = Blocks::new(&self.store);
        let span = query
            .range
            .span(query.direction, log_position, &mut blocks)?;
        let start = resume.map_or(span.first, Position::new);
        let mut work = Work::new(PAGE_WORK_MAX);
        let mut positions = self.positions(&query.filter.tags, span)?;
        let mut events = Vec::new();
        let mut bytes = 0;
        let end = scan(
            &mut positions,
            span,
            start,
            &mut blocks,
            &mut work,
            |record| {
                if !query.filter.kinds.is_empty() && !head(record)?.is_one_of(&query.filter.kinds) {
                    return Ok(Flow::On);
                }
                bytes += record.bytes.len();
                events.push(StoredEvent::of(record));
                let is_full = events.len() >= limit || bytes >= PAGE_BYTES_MAX;
                Ok(if is_full { Flow::Stop } else { Flow::On })
            },
        )?;
        let next = end.map(|next| Cursor {
            next: next.get(),
            direction: query.direction,
            query: digest,
        });
        Ok(EventPage {
            events,
            next,
            log_position,
        })
    }

    /// Returns the positions within a span that carry all of the tags.
    pub(super) fn positions(&self, tags: &[Tag], span: Span) -> Result<Positions, QueryError> {
        let mut parts = Vec::with_capacity(tags.len());
        for tag in tags {
            parts.push(self.tag_positions(tag, span)?);
        }
        Ok(match parts.len() {
            0 => Positions::Every(span),
            _ => Positions::All(parts),
        })
    }
}

impl Reader {
    /// The positions of one tag: out of the index, or out of the entity that lists them.
    fn tag_positions(&self, tag: &Tag, span: Span) -> Result<Positions, QueryError> {
        let key = match tag {
            Tag::Person(person) => EntityKey::Person(*person),
            Tag::Certificate(number) => EntityKey::Certificate(*number),
            Tag::Disbursement(disbursement) => EntityKey::Disbursement(*disbursement),
            _ => {
                let prefix = tag_prefix(tag).expect("every other tag is indexed");
                return Ok(Positions::indexed(&self.store, prefix, span));
            }
        };
        let stored = self.store.get(Space::Entities, &entity_key(&key))?;
        let entity = stored.map(|bytes| decode_any(&key, &bytes)).transpose()?;
        Ok(Positions::Listed(
            span,
            entity.and_then(|it| it.positions()).unwrap_or_default(),
        ))
    }
}

/// Visits the records at `positions` from `start` on, and returns where to go on, if anywhere.
pub(super) fn scan(
    positions: &mut Positions,
    span: Span,
    start: Position,
    blocks: &mut Blocks,
    work: &mut Work,
    mut visit: impl FnMut(&Record<'_>) -> Result<Flow, QueryError>,
) -> Result<Option<Position>, QueryError> {
    let mut target = start;
    while !span.is_past_end(target) {
        let position = match positions.seek(target, work)? {
            Step::At(position) => position,
            Step::End => return Ok(None),
            Step::Spent(position) => return Ok(Some(position)),
        };
        let Some(record) = blocks.record_within(position, work)? else {
            return Ok(Some(position));
        };
        let flow = visit(&record)?;
        match (span.after(position), flow) {
            (None, _) => return Ok(None),
            (Some(next), Flow::Stop) => return Ok(Some(next)),
            (Some(next), Flow::On) => target = next,
        }
    }
    Ok(None)
}

/// The number of items of a page when the caller asks for `asked`.
pub(super) fn page_limit(asked: usize) -> usize {
    match asked {
        0 => PAGE_ITEMS_MAX,
        asked => asked.min(PAGE_ITEMS_MAX),
    }
}

impl EventFilter {
    pub(super) fn check(&self) -> Result<(), QueryError> {
        if self.tags.len() > FILTER_TAGS_MAX {
            return Err(QueryError::OutOfBounds {
                what: "tags of a filter",
            });
        }
        if self.kinds.len() > FILTER_KINDS_MAX {
            return Err(QueryError::OutOfBounds {
                what: "kinds of a filter",
            });
        }
        Ok(())
    }
}

impl EventRange {
    /// The positions of the range in a log that ends at `last`.
    pub(super) fn span(
        &self,
        direction: Direction,
        last: Position,
        blocks: &mut Blocks,
    ) -> Result<Span, QueryError> {
        let mut lowest = self.from.max(Position::FIRST);
        let mut highest = self.to.map_or(last, |to| to.min(last));
        if let Some(time) = self.recorded_from {
            lowest = lowest.max(first_recorded_at(time, last, blocks)?);
        }
        if let Some(time) = self.recorded_before {
            let end = first_recorded_at(time, last, blocks)?;
            highest = highest.min(end.previous().unwrap_or(Position::ZERO));
        }
        Ok(Span::new(direction, lowest, highest))
    }
}

impl ReadEvents {
    fn digest(&self) -> QueryDigest {
        let time = |time: Option<RecordedTime>| time.map(|time| time.micros().cast_unsigned());
        QueryHasher::new("read events")
            .set(self.filter.tags.iter().map(tag_bytes))
            .set(
                self.filter
                    .kinds
                    .iter()
                    .map(|kind| kind.number().to_be_bytes().to_vec()),
            )
            .number(self.range.from.get())
            .optional(self.range.to.map(Position::get))
            .optional(time(self.range.recorded_from))
            .optional(time(self.range.recorded_before))
            .finish()
    }
}

/// Returns the position of the first event recorded at `time` or later; the position after the
/// last one when there is none.
///
/// Recorded time never decreases along the log, so halving finds it in about twenty blocks.
fn first_recorded_at(
    time: RecordedTime,
    last: Position,
    blocks: &mut Blocks,
) -> Result<Position, QueryError> {
    let mut low = Position::FIRST;
    let mut high = last.next();
    while let Some(distance) = high.since(low).filter(|distance| *distance > 0) {
        let middle = low.offset(distance / 2);
        // The whole block is at hand once it is read, so its ends are asked first.
        let block = blocks.block(middle)?;
        let (first, end) = (block.first_position(), block.last_position());
        if recorded_at(blocks, first.max(low))? >= time {
            high = first.max(low);
        } else if recorded_at(blocks, end)? < time {
            low = end.next();
        } else if recorded_at(blocks, middle)? >= time {
            high = middle;
        } else {
            low = middle.next();
        }
    }
    Ok(low)
}

fn recorded_at(blocks: &mut Blocks, position: Position) -> Result<RecordedTime, QueryError> {
    Ok(head(&blocks.record(position)?)?.recorded_at())
}
