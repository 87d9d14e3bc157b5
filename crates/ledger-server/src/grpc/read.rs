//! `ReadEvents`: a range of the log, page by page as the caller takes it.

use super::call::{Call, StreamPermit};
use super::epoch::{check_epoch, current_to_proto};
use super::error::CallError;
use super::stream::{Answers, pull};
use ledger_core::{Position, RecordedTime};
use ledger_engine::query::limits::PAGE_ITEMS_MAX;
use ledger_engine::query::{EventFilter, EventRange, ReadEvents, StoredEvent};
use ledger_log::Direction;
use ledger_proto::from_proto::{event_filter_from_proto, time_from_proto};
use ledger_proto::{DecodeError, DecodeProblem, v1};

pub(super) async fn read_events(
    call: Call,
    permit: StreamPermit,
    mut request: v1::ReadEventsRequest,
) -> Result<Answers<v1::ReadEventsResponse>, CallError> {
    let certificates = &call.shared.edge.certificates;
    certificates.replace_in_filter(request.filter.as_mut())?;
    let mut query = read_events_from_proto(&request)?;
    // Who reads on from a position has what lies before it; who names an end wants what lies there.
    let asked = request
        .from_position
        .saturating_sub(1)
        .max(request.to_position)
        .max(request.at_least_position);
    let (epochs, epoch) = (call.shared.engine.epochs(), request.epoch.as_ref());
    check_epoch(epochs, epoch, Position::new(asked))?;
    call.wait_for(request.at_least_position).await?;
    // The range ends where the log ends now, so that the answer ends too.
    let log_position = call.shared.reader.log_position();
    query.range.to = Some(
        query
            .range
            .to
            .map_or(log_position, |to| to.min(log_position)),
    );
    let left = Some(request.limit).filter(|limit| *limit > 0);
    let reading = Reading {
        call,
        query,
        left,
        log_position,
        is_over: false,
        _permit: permit,
    };
    // The first page is read before the answer begins: a range that cannot be read is an error of
    // the call.
    let (first, reading) = reading.page().await?;
    let first = Some(first);
    Ok(pull((first, reading), |(first, reading)| async move {
        match first {
            Some(first) => Ok(Some((first, (None, reading)))),
            None => reading
                .next()
                .await
                .map(|page| page.map(|(page, rest)| (page, (None, rest)))),
        }
    }))
}

/// A range that is being read.
struct Reading {
    call: Call,
    query: ReadEvents,
    /// Events that may still be sent; `None` for any number.
    left: Option<u64>,
    /// The end of the log when the call arrived.
    log_position: Position,
    is_over: bool,
    _permit: StreamPermit,
}

impl Reading {
    /// Reads the next page that holds something; `None` at the end of the range.
    async fn next(self) -> Result<Option<(v1::ReadEventsResponse, Self)>, CallError> {
        let mut reading = self;
        while !reading.is_over {
            let (page, rest) = reading.page().await?;
            if !page.events.is_empty() {
                return Ok(Some((page, rest)));
            }
            reading = rest;
        }
        Ok(None)
    }

    /// Reads the next page, which may be empty although others follow.
    async fn page(mut self) -> Result<(v1::ReadEventsResponse, Self), CallError> {
        self.query.limit = match self.left.map(usize::try_from) {
            Some(Ok(left)) => left.min(PAGE_ITEMS_MAX),
            Some(Err(_)) | None => PAGE_ITEMS_MAX,
        };
        let query = self.query.clone();
        let page = self
            .call
            .shared
            .read_page(&self.call.share, move |reader| reader.read_events(&query))
            .await?;
        let sent = u64::try_from(page.events.len()).unwrap_or(u64::MAX);
        self.left = self.left.map(|left| left.saturating_sub(sent));
        self.is_over = page.next.is_none() || self.left == Some(0);
        self.query.cursor = page.next;
        let response = v1::ReadEventsResponse {
            events: page.events.into_iter().map(envelope).collect(),
            log_position: self.log_position.get(),
            epoch: Some(current_to_proto(self.call.shared.engine.epochs())),
        };
        Ok((response, self))
    }
}

fn read_events_from_proto(wire: &v1::ReadEventsRequest) -> Result<ReadEvents, DecodeError> {
    let direction = match v1::ReadDirection::try_from(wire.direction) {
        Ok(v1::ReadDirection::Unspecified | v1::ReadDirection::Forward) => Direction::Forward,
        Ok(v1::ReadDirection::Backward) => Direction::Backward,
        Err(_) => {
            let problem = DecodeProblem::UnknownNumber(wire.direction);
            return Err(DecodeError::new("direction", problem));
        }
    };
    Ok(ReadEvents {
        filter: filter_from_proto(wire.filter.as_ref())?,
        range: EventRange {
            from: Position::new(wire.from_position),
            to: optional_position(wire.to_position),
            recorded_from: optional_time("from_time", wire.from_time.as_ref())?,
            recorded_before: optional_time("to_time", wire.to_time.as_ref())?,
        },
        direction,
        limit: 0,
        cursor: None,
    })
}

/// Reads a filter, absent or not.
pub(super) fn filter_from_proto(
    wire: Option<&v1::EventFilter>,
) -> Result<EventFilter, DecodeError> {
    let filter = event_filter_from_proto(wire).map_err(|error| error.within("filter"))?;
    Ok(EventFilter {
        tags: filter.tags,
        kinds: filter.kinds,
    })
}

/// Reads a position for which zero stands for none.
pub(super) fn optional_position(wire: u64) -> Option<Position> {
    Some(Position::new(wire)).filter(|position| *position > Position::ZERO)
}

/// Reads a time that may be absent.
pub(super) fn optional_time(
    field: &'static str,
    wire: Option<&prost_types::Timestamp>,
) -> Result<Option<RecordedTime>, DecodeError> {
    wire.map(|time| time_from_proto(Some(time)))
        .transpose()
        .map_err(|error| error.within(field))
}

/// A stored event on its way out, untouched.
pub(super) fn envelope(event: StoredEvent) -> v1::EventEnvelope {
    v1::EventEnvelope {
        position: event.position.get(),
        recorded_event: event.bytes,
        leaf_hash: event.leaf_hash.to_vec(),
    }
}
