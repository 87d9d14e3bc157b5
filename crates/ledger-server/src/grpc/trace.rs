//! `TraceClawback`, `TraceCauses` and `TraceEffects`: from an event to those behind it, or to those
//! that rest on it.

use super::call::{Call, StreamPermit};
use super::error::CallError;
use super::query::id;
use super::stream::{Answers, pull};
use crate::limits::TRACE_NODES_PER_READ;
use ledger_core::{ClawbackId, Position};
use ledger_engine::query::{
    CauseTrace, EffectTrace, QueryError, TraceEvent, TraceNode, TraceSummary,
};
use ledger_proto::to_proto::{date_to_proto, event_kind_to_proto, tag_to_proto, time_to_proto};
use ledger_proto::{DecodeError, DecodeProblem, v1};
use std::collections::VecDeque;
use v1::trace_clawback_response::Message as ClawbackMessage;
use v1::trace_event_response::Message as EventMessage;

pub(super) async fn trace_clawback(
    call: Call,
    permit: StreamPermit,
    request: v1::TraceClawbackRequest,
) -> Result<Answers<v1::TraceClawbackResponse>, CallError> {
    let clawback = id("clawback_id", &request.clawback_id, ClawbackId::from_bytes)?;
    let events_max = events_max(&call, request.max_events);
    let trace = call
        .read_at(request.at_least_position, move |reader| {
            reader.trace_clawback(clawback, events_max)
        })
        .await?;
    Ok(walk(call, permit, trace, clawback_message))
}

pub(super) async fn trace_causes(
    call: Call,
    permit: StreamPermit,
    request: v1::TraceEventRequest,
) -> Result<Answers<v1::TraceEventResponse>, CallError> {
    let query = query(&call, &request)?;
    let trace = call
        .read_at(request.at_least_position, move |reader| {
            reader.trace_causes(&query)
        })
        .await?;
    Ok(walk(call, permit, trace, event_message))
}

pub(super) async fn trace_effects(
    call: Call,
    permit: StreamPermit,
    request: v1::TraceEventRequest,
) -> Result<Answers<v1::TraceEventResponse>, CallError> {
    let query = query(&call, &request)?;
    let trace = call
        .read_at(request.at_least_position, move |reader| {
            reader.trace_effects(&query)
        })
        .await?;
    Ok(walk(call, permit, trace, event_message))
}

fn query(call: &Call, request: &v1::TraceEventRequest) -> Result<TraceEvent, DecodeError> {
    if request.position == 0 {
        return Err(DecodeError::new("position", DecodeProblem::ZeroPosition));
    }
    let as_of = request.as_of_position;
    Ok(TraceEvent {
        start: Position::new(request.position),
        events_max: events_max(call, request.max_events),
        depth_max: request.max_depth,
        as_of_position: (as_of != 0).then_some(Position::new(as_of)),
    })
}

/// Most nodes of a trace: what is asked for, up to the cap.
fn events_max(call: &Call, asked: u32) -> usize {
    let cap = call.shared.limits.trace_events_max;
    match usize::try_from(asked) {
        Ok(asked) if asked > 0 => asked.min(cap),
        _ => cap,
    }
}

/// A walk that gives its nodes one after the other.
trait Walk: Iterator<Item = Result<TraceNode, QueryError>> + Send + Unpin + 'static {
    /// Tells how the walk stands.
    fn stands(&self) -> TraceSummary;
}

impl Walk for CauseTrace {
    fn stands(&self) -> TraceSummary {
        self.summary()
    }
}

impl Walk for EffectTrace {
    fn stands(&self) -> TraceSummary {
        self.summary()
    }
}

/// What one message of a trace holds.
enum Item {
    Node(v1::TraceNode),
    Summary(v1::TraceSummary),
}

fn clawback_message(item: Item) -> v1::TraceClawbackResponse {
    v1::TraceClawbackResponse {
        message: Some(match item {
            Item::Node(node) => ClawbackMessage::Node(node),
            Item::Summary(summary) => ClawbackMessage::Summary(summary),
        }),
    }
}

fn event_message(item: Item) -> v1::TraceEventResponse {
    v1::TraceEventResponse {
        message: Some(match item {
            Item::Node(node) => EventMessage::Node(node),
            Item::Summary(summary) => EventMessage::Summary(summary),
        }),
    }
}

fn walk<W: Walk, M: Send + 'static>(
    call: Call,
    permit: StreamPermit,
    trace: W,
    message: fn(Item) -> M,
) -> Answers<M> {
    let walking = Walking {
        call,
        trace: Some(trace),
        nodes: VecDeque::new(),
        _permit: permit,
    };
    pull(walking, move |walking: Walking<W>| async move {
        let next = walking.next().await?;
        Ok(next.map(|(item, walking)| (message(item), walking)))
    })
}

struct Walking<W> {
    call: Call,
    /// `None` once the summary was sent.
    trace: Option<W>,
    /// Nodes that were read and not sent yet.
    nodes: VecDeque<TraceNode>,
    _permit: StreamPermit,
}

impl<W: Walk> Walking<W> {
    async fn next(mut self) -> Result<Option<(Item, Self)>, CallError> {
        if self.nodes.is_empty() {
            let Some(mut trace) = self.trace.take() else {
                return Ok(None);
            };
            let (nodes, trace) = self
                .call
                .shared
                .read(&self.call.share, move |_| {
                    let nodes = trace.by_ref().take(TRACE_NODES_PER_READ);
                    Ok((nodes.collect::<Result<VecDeque<_>, _>>()?, trace))
                })
                .await?;
            if nodes.is_empty() {
                let summary = summary_to_proto(&trace.stands());
                return Ok(Some((Item::Summary(summary), self)));
            }
            self.nodes = nodes;
            self.trace = Some(trace);
        }
        let node = self.nodes.pop_front();
        Ok(node.map(|node| (Item::Node(node_to_proto(node)), self)))
    }
}

fn node_to_proto(node: TraceNode) -> v1::TraceNode {
    v1::TraceNode {
        position: node.position.get(),
        kind: event_kind_to_proto(node.kind).into(),
        occurred_date: Some(date_to_proto(node.occurred_on)),
        recorded_time: Some(time_to_proto(node.recorded_at)),
        actor: node.actor.as_ref().to_owned(),
        source_system: node.source_system.as_ref().to_owned(),
        causes: node.causes.iter().map(|cause| cause.get()).collect(),
        policy_position: node.policy.map_or(0, |position| position.get()),
        depth: node.depth,
        summary: node.summary,
        tags: node.tags.iter().map(tag_to_proto).collect(),
    }
}

fn summary_to_proto(summary: &TraceSummary) -> v1::TraceSummary {
    v1::TraceSummary {
        event_count: u64::try_from(summary.events).unwrap_or(u64::MAX),
        complete: summary.is_complete,
        log_position: summary.log_position.get(),
    }
}
