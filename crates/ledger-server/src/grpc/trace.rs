//! `TraceClawback`: from a clawback to every event behind it.

use super::call::{Call, StreamPermit};
use super::error::CallError;
use super::query::id;
use super::stream::{Answers, pull};
use crate::limits::TRACE_NODES_PER_READ;
use ledger_core::ClawbackId;
use ledger_engine::query::{CauseTrace, TraceNode, TraceSummary};
use ledger_proto::to_proto::{date_to_proto, event_kind_to_proto, tag_to_proto, time_to_proto};
use ledger_proto::v1;
use std::collections::VecDeque;
use v1::trace_clawback_response::Message;

pub(super) async fn trace_clawback(
    call: Call,
    permit: StreamPermit,
    request: v1::TraceClawbackRequest,
) -> Result<Answers<v1::TraceClawbackResponse>, CallError> {
    let clawback = id("clawback_id", &request.clawback_id, ClawbackId::from_bytes)?;
    let cap = call.shared.limits.trace_events_max;
    let events_max = match usize::try_from(request.max_events) {
        Ok(asked) if asked > 0 => asked.min(cap),
        _ => cap,
    };
    let trace = call
        .read_at(request.at_least_position, move |reader| {
            reader.trace_clawback(clawback, events_max)
        })
        .await?;
    let nodes = VecDeque::new();
    let walking = Walking {
        call,
        trace: Some(trace),
        nodes,
        _permit: permit,
    };
    Ok(pull(walking, Walking::next))
}

struct Walking {
    call: Call,
    /// `None` once the summary was sent.
    trace: Option<CauseTrace>,
    /// Nodes that were read and not sent yet.
    nodes: VecDeque<TraceNode>,
    _permit: StreamPermit,
}

impl Walking {
    async fn next(mut self) -> Result<Option<(v1::TraceClawbackResponse, Self)>, CallError> {
        if self.nodes.is_empty() {
            let Some(mut trace) = self.trace.take() else {
                return Ok(None);
            };
            let (nodes, trace) = self
                .call
                .shared
                .read(&self.call.share, move |_| {
                    Ok((trace.next_batch(TRACE_NODES_PER_READ)?, trace))
                })
                .await?;
            if nodes.is_empty() {
                let summary = Message::Summary(summary_to_proto(&trace.summary()));
                return Ok(Some((
                    v1::TraceClawbackResponse {
                        message: Some(summary),
                    },
                    self,
                )));
            }
            self.nodes = nodes.into();
            self.trace = Some(trace);
        }
        let node = self.nodes.pop_front();
        let message = node.map(|node| Message::Node(node_to_proto(node)));
        Ok(Some((v1::TraceClawbackResponse { message }, self)))
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
