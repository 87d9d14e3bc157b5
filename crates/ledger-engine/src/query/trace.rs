//! From an event down to every event that it rests on.

use std::collections::BTreeMap;
use std::sync::Arc;

use ledger_core::{
    BusinessDate, ClawbackId, EntityKind, EventKind, Position, RecordedEvent, RecordedTime, Tag,
};

use super::entities::load;
use super::error::Subject;
use super::limits::TRACE_EVENTS_MAX;
use super::quota::as_of;
use super::stored::Blocks;
use super::summary::summary;
use super::{QueryError, Reader};

/// Where a trace starts, and how far it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceEvent {
    /// The position of the event.
    pub start: Position,
    /// Most nodes; larger values, and zero, stand for [`TRACE_EVENTS_MAX`].
    pub events_max: usize,
    /// Most steps from the event; zero for as many as it takes.
    pub depth_max: u32,
    /// The position as of which it is asked, the last one when absent: later events are left out.
    pub as_of_position: Option<Position>,
}

/// One event of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceNode {
    /// Position of the event.
    pub position: Position,
    /// Its kind.
    pub kind: EventKind,
    /// Its business date.
    pub occurred_on: BusinessDate,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
    /// The authenticated principal.
    pub actor: Arc<str>,
    /// The system that sent the request, as it names itself.
    pub source_system: Arc<str>,
    /// Positions of the events that it rests on, ascending.
    pub causes: Vec<Position>,
    /// Position of the policy publication whose rules were applied; it is a node of its own.
    pub policy: Option<Position>,
    /// Fewest steps from where the trace starts, which has zero.
    pub depth: u32,
    /// One line in English on what the event says, without personal data.
    pub summary: String,
    /// What the event can be found by.
    pub tags: Vec<Tag>,
}

/// How a trace ended, or stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceSummary {
    /// Nodes given.
    pub events: usize,
    /// Whether nothing was cut off by the limit.
    pub is_complete: bool,
    /// The last position of the log that the trace takes into account.
    pub log_position: Position,
}

/// Walks from events to those that they rest on, in descending order of positions.
///
/// A cause always lies before its effect. So the highest position waiting is never reached again,
/// each event is given once, with the fewest steps known, and each block is read once. Only
/// positions that can still be given wait: the walk holds no more than its limit of them.
pub struct CauseTrace {
    blocks: Blocks,
    frontier: Frontier,
    depth_max: u32,
    log_position: Position,
}

impl Reader {
    /// Walks from an event to every event that it rests on.
    ///
    /// # Errors
    ///
    /// [`QueryError::OutOfBounds`] for position zero, and for an event recorded after the position
    /// as of which it is asked; [`QueryError::PositionInFuture`].
    pub fn trace_causes(&self, query: &TraceEvent) -> Result<CauseTrace, QueryError> {
        let log_position = query.as_of(self.log_position())?;
        let mut frontier = Frontier::new(query.events_max);
        frontier.reach_from_below(query.start, 0);
        Ok(CauseTrace {
            blocks: Blocks::new(&self.store),
            frontier,
            depth_max: query.depth_max,
            log_position,
        })
    }

    /// Walks from a clawback's decision to every event that it rests on: finding, disbursements,
    /// approvals, certificates, attendance, enrolments, class, qualification, policy.
    ///
    /// The repayments so far are nodes as well, one step away on the other side of the decision.
    ///
    /// # Errors
    ///
    /// [`QueryError::NotFound`] for an unknown clawback, and what reading the store gives.
    pub fn trace_clawback(
        &self,
        clawback: ClawbackId,
        events_max: usize,
    ) -> Result<CauseTrace, QueryError> {
        let snapshot = self.store.snapshot()?;
        let log_position = snapshot.last_position();
        let clawback = load(snapshot.as_ref(), clawback)?.ok_or(QueryError::NotFound {
            what: Subject::Entity(EntityKind::Clawback),
        })?;
        let mut frontier = Frontier::new(events_max);
        frontier.reach_from_below(clawback.decided.position, 0);
        // Reached from below, the latest repayments are cut off first and the decision never.
        for repayment in &clawback.repayments {
            frontier.reach_from_below(*repayment, 1);
        }
        Ok(CauseTrace {
            blocks: Blocks::new(&self.store),
            frontier,
            depth_max: 0,
            log_position,
        })
    }
}

impl CauseTrace {
    /// Gives at most `count` further nodes; none when the trace has ended.
    ///
    /// # Errors
    ///
    /// What reading the store gives; the trace has ended then.
    pub fn next_batch(&mut self, count: usize) -> Result<Vec<TraceNode>, QueryError> {
        self.by_ref().take(count).collect()
    }

    /// Tells how the trace stands.
    #[must_use]
    pub fn summary(&self) -> TraceSummary {
        self.frontier.summary(self.log_position)
    }

    fn node(&mut self, position: Position, depth: u32) -> Result<TraceNode, QueryError> {
        let node = TraceNode::of(self.blocks.event(position)?, depth);
        for cause in node.causes.iter().chain(&node.policy) {
            // Rules are only ever applied to what was recorded before; anything else would never
            // end.
            if *cause >= position {
                return Err(QueryError::Contradiction { position });
            }
            // Whatever rests on this event was given before it, so its steps are final.
            if goes_on(depth, self.depth_max) {
                self.frontier
                    .reach_from_above(*cause, depth.saturating_add(1));
            }
        }
        Ok(node)
    }
}

impl Iterator for CauseTrace {
    type Item = Result<TraceNode, QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (position, depth) = self.frontier.take_highest()?;
        let node = self.node(position, depth);
        if node.is_err() {
            self.frontier.stop();
        }
        Some(node)
    }
}

impl std::fmt::Debug for CauseTrace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CauseTrace")
            .field("summary", &self.summary())
            .finish_non_exhaustive()
    }
}

impl TraceNode {
    pub(super) fn of(recorded: RecordedEvent, depth: u32) -> Self {
        let event = recorded.event;
        Self {
            position: recorded.position,
            kind: event.body.kind(),
            occurred_on: event.occurred_on,
            recorded_at: recorded.recorded_at,
            actor: recorded.actor,
            source_system: recorded.source_system,
            causes: event.causes,
            policy: event.policy,
            depth,
            summary: summary(&event.body),
            tags: event.tags,
        }
    }
}

impl TraceEvent {
    /// The last position that the trace takes into account, at or above its start.
    pub(super) fn as_of(&self, last: Position) -> Result<Position, QueryError> {
        let position = as_of(self.as_of_position, last)?;
        // What lies behind the end of the log may be there later.
        as_of(Some(self.start), last)?;
        if self.start == Position::ZERO {
            return Err(QueryError::OutOfBounds { what: "position" });
        }
        match self.start > position {
            true => Err(QueryError::OutOfBounds {
                what: "position (it lies after the one as of which it is asked)",
            }),
            false => Ok(position),
        }
    }
}

/// Whether a walk goes beyond a node that lies so many steps from its start.
pub(super) const fn goes_on(depth: u32, depth_max: u32) -> bool {
    depth_max == 0 || depth < depth_max
}

/// Positions that were reached and not given yet, each with its fewest steps.
///
/// It holds at most as many positions as may still be given. A position that is cut off would not
/// have been given.
#[derive(Debug)]
pub(super) struct Frontier {
    waiting: BTreeMap<Position, u32>,
    given: usize,
    events_max: usize,
    is_complete: bool,
}

impl Frontier {
    pub(super) fn new(events_max: usize) -> Self {
        let events_max = match events_max {
            0 => TRACE_EVENTS_MAX,
            asked => asked.min(TRACE_EVENTS_MAX),
        };
        Self {
            waiting: BTreeMap::new(),
            given: 0,
            events_max,
            is_complete: true,
        }
    }

    /// Adds a position to a walk that gives the highest first: the lowest ones are cut off.
    pub(super) fn reach_from_above(&mut self, position: Position, depth: u32) {
        self.add(position, depth);
        if self.is_over() {
            self.waiting.pop_first();
            self.is_complete = false;
        }
    }

    /// Adds a position to a walk that gives the lowest first: the highest ones are cut off.
    pub(super) fn reach_from_below(&mut self, position: Position, depth: u32) {
        self.add(position, depth);
        if self.is_over() {
            self.waiting.pop_last();
            self.is_complete = false;
        }
    }

    pub(super) fn take_highest(&mut self) -> Option<(Position, u32)> {
        let taken = self.waiting.pop_last();
        self.given = self.given.saturating_add(usize::from(taken.is_some()));
        taken
    }

    pub(super) fn take_lowest(&mut self) -> Option<(Position, u32)> {
        let taken = self.waiting.pop_first();
        self.given = self.given.saturating_add(usize::from(taken.is_some()));
        taken
    }

    pub(super) fn lowest(&self) -> Option<Position> {
        self.waiting
            .first_key_value()
            .map(|(position, _)| *position)
    }

    /// The fewest steps to a waiting position.
    pub(super) fn depth(&self, position: Position) -> Option<u32> {
        self.waiting.get(&position).copied()
    }

    /// Whether something was cut off and nothing at or above `position` would be kept.
    pub(super) fn is_closed_above(&self, position: Position) -> bool {
        let is_full = self.waiting.len() >= self.events_max.saturating_sub(self.given);
        let highest = self.waiting.last_key_value();
        !self.is_complete && is_full && highest.is_none_or(|(highest, _)| *highest < position)
    }

    /// Ends the walk: what still waits is not given.
    pub(super) fn stop(&mut self) {
        self.waiting.clear();
        self.is_complete = false;
    }

    pub(super) fn summary(&self, log_position: Position) -> TraceSummary {
        TraceSummary {
            events: self.given,
            is_complete: self.is_complete,
            log_position,
        }
    }

    fn add(&mut self, position: Position, depth: u32) {
        let fewest = self.waiting.entry(position).or_insert(depth);
        *fewest = (*fewest).min(depth);
    }

    fn is_over(&self) -> bool {
        self.waiting.len() > self.events_max.saturating_sub(self.given)
    }
}
