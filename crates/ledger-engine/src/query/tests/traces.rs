//! Walks over causes and effects, against following every event one by one.

use std::collections::BTreeMap;

use ledger_core::{EventBody, EventKind, Position, RecordedEvent};

use super::World;
use super::samples::{PERSONS, clawback, person};
use crate::query::{QueryError, TraceEvent, TraceNode};

fn from(start: Position, events_max: usize) -> TraceEvent {
    TraceEvent {
        start,
        events_max,
        depth_max: 0,
        as_of_position: None,
    }
}

/// Depths of everything that can be reached over edges, breadth first.
fn reach(edges: &BTreeMap<Position, Vec<Position>>, start: Position) -> BTreeMap<Position, u32> {
    let mut depths = BTreeMap::from([(start, 0)]);
    let mut layer = vec![start];
    let mut depth = 0;
    while !layer.is_empty() {
        depth += 1;
        let mut next = Vec::new();
        for position in layer {
            for reached in edges.get(&position).into_iter().flatten() {
                if !depths.contains_key(reached) {
                    depths.insert(*reached, depth);
                    next.push(*reached);
                }
            }
        }
        layer = next;
    }
    depths
}

fn causes(events: &[RecordedEvent]) -> BTreeMap<Position, Vec<Position>> {
    events
        .iter()
        .map(|event| {
            let causes = event
                .event
                .causes
                .iter()
                .chain(&event.event.policy)
                .copied();
            (event.position, causes.collect())
        })
        .collect()
}

fn effects(events: &[RecordedEvent]) -> BTreeMap<Position, Vec<Position>> {
    let mut effects: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for event in events {
        for cause in &event.event.causes {
            effects.entry(*cause).or_default().push(event.position);
        }
    }
    effects
}

fn depths(nodes: &[TraceNode]) -> BTreeMap<Position, u32> {
    let depths: BTreeMap<_, _> = nodes
        .iter()
        .map(|node| (node.position, node.depth))
        .collect();
    assert_eq!(depths.len(), nodes.len(), "each event comes once");
    depths
}

#[test]
fn causes_are_walked_from_every_event() {
    let world = World::seeded();
    let (reader, events) = (world.reader(), world.events());
    let edges = causes(&events);
    for event in &events {
        let mut trace = reader.trace_causes(&from(event.position, 0)).unwrap();
        let nodes = trace.next_batch(usize::MAX).unwrap();
        assert!(
            nodes.is_sorted_by(|a, b| a.position > b.position),
            "effects come first"
        );
        assert_eq!(
            depths(&nodes),
            reach(&edges, event.position),
            "{}",
            event.position
        );
        let summary = trace.summary();
        assert_eq!((summary.events, summary.is_complete), (nodes.len(), true));
        assert_eq!(summary.log_position, reader.log_position());
    }
}

#[test]
fn effects_are_walked_from_every_event() {
    let world = World::seeded();
    let (reader, events) = (world.reader(), world.events());
    let edges = effects(&events);
    let mut largest = 0;
    for event in &events {
        let mut trace = reader.trace_effects(&from(event.position, 0)).unwrap();
        let nodes = trace.next_batch(usize::MAX).unwrap();
        assert!(
            nodes.is_sorted_by(|a, b| a.position < b.position),
            "causes come first"
        );
        assert_eq!(
            depths(&nodes),
            reach(&edges, event.position),
            "{}",
            event.position
        );
        assert!(trace.summary().is_complete);
        largest = largest.max(nodes.len());
    }
    assert!(largest > 30, "the policy leads to most of it");
}

#[test]
fn a_trace_ends_after_its_steps_and_leaves_later_events_out() {
    let world = World::seeded();
    let (reader, events) = (world.reader(), world.events());
    let last = reader.log_position();
    let policy = world.position(|body| matches!(body, EventBody::PolicyPublished(_)));
    let decided = world.position(|body| matches!(body, EventBody::ClawbackDecided(_)));
    let (down, up) = (causes(&events), effects(&events));
    let middle = Position::new(last.get() / 2);
    let mut cut_off = 0;
    for depth_max in [1, 2, 3, 0] {
        for as_of in [decided, middle, last] {
            let query = |start| TraceEvent {
                depth_max,
                as_of_position: Some(as_of),
                ..from(start, 0)
            };
            let within = |mut reached: BTreeMap<Position, u32>| {
                let all = reached.len();
                reached.retain(|at, depth| *at <= as_of && (depth_max == 0 || *depth <= depth_max));
                (all > reached.len(), reached)
            };
            let mut trace = reader.trace_effects(&query(policy)).unwrap();
            let nodes = trace.next_batch(usize::MAX).unwrap();
            let (is_less, expected) = within(reach(&up, policy));
            assert_eq!(depths(&nodes), expected, "{depth_max} {as_of}");
            assert_eq!(trace.summary().log_position, as_of);
            // What nobody asked for is not cut off.
            assert!(trace.summary().is_complete);
            cut_off += usize::from(is_less);
            if decided > as_of {
                let not_yet = reader.trace_causes(&query(decided));
                assert!(matches!(not_yet, Err(QueryError::OutOfBounds { .. })));
                continue;
            }
            let mut trace = reader.trace_causes(&query(decided)).unwrap();
            let nodes = trace.next_batch(usize::MAX).unwrap();
            assert_eq!(depths(&nodes), within(reach(&down, decided)).1);
            assert!(trace.summary().is_complete);
        }
    }
    assert!(cut_off > 6, "the cases leave something out: {cut_off}");
    let future = TraceEvent {
        as_of_position: Some(last.next()),
        ..from(policy, 0)
    };
    let future = reader.trace_effects(&future);
    assert!(matches!(future, Err(QueryError::PositionInFuture { .. })));
}

#[test]
fn a_clawback_is_traced_to_everything_behind_it() {
    let world = World::seeded();
    let reader = world.reader();
    let decided = world.position(|body| matches!(body, EventBody::ClawbackDecided(_)));
    let mut trace = reader.trace_clawback(clawback(), 0).unwrap();
    let nodes = trace.next_batch(usize::MAX).unwrap();
    let depth_of = |position| {
        nodes
            .iter()
            .find(|node| node.position == position)
            .unwrap()
            .depth
    };
    assert_eq!(depth_of(decided), 0);
    let repayments: Vec<_> = nodes
        .iter()
        .take_while(|node| node.position > decided)
        .map(|node| node.kind)
        .collect();
    assert_eq!(repayments, [EventKind::RepaymentReceived; 2]);
    assert!(nodes.iter().take(2).all(|node| node.depth == 1));
    for kind in [
        EventKind::FindingMade,
        EventKind::CaseOpened,
        EventKind::DisbursementSettled,
        EventKind::DisbursementOrdered,
        EventKind::SubsidyApproved,
        EventKind::CertificateIssued,
        EventKind::TrainingCompleted,
        EventKind::PersonEnrolled,
        EventKind::ClassApproved,
        EventKind::QualificationGranted,
        EventKind::InstitutionRegistered,
        EventKind::PolicyPublished,
    ] {
        assert!(
            nodes.iter().any(|node| node.kind == kind),
            "{kind:?} is missing"
        );
    }
    // Every edge leads to a node, except where the trace ends.
    for node in &nodes {
        for cause in node.causes.iter().chain(&node.policy) {
            assert!(nodes.iter().any(|other| other.position == *cause));
        }
    }
    assert!(trace.summary().is_complete);
    let unknown = reader.trace_clawback(ledger_core::ClawbackId::from_bytes([9; 16]), 0);
    assert!(matches!(unknown, Err(QueryError::NotFound { .. })));
}

#[test]
fn a_limit_cuts_off_the_far_end_and_says_so() {
    let world = World::seeded();
    let reader = world.reader();
    let decided = world.position(|body| matches!(body, EventBody::ClawbackDecided(_)));
    let all = reader
        .trace_causes(&from(decided, 0))
        .unwrap()
        .next_batch(usize::MAX)
        .unwrap();
    for limit in 1..=all.len() + 1 {
        let mut trace = reader.trace_causes(&from(decided, limit)).unwrap();
        let nodes = trace.next_batch(usize::MAX).unwrap();
        assert_eq!(nodes, all[..limit.min(all.len())], "{limit}");
        assert_eq!(trace.summary().is_complete, limit >= all.len(), "{limit}");
    }
    let policy = world.position(|body| matches!(body, EventBody::PolicyPublished(_)));
    let all = reader
        .trace_effects(&from(policy, 0))
        .unwrap()
        .next_batch(usize::MAX)
        .unwrap();
    for limit in 1..=all.len() + 1 {
        let mut trace = reader.trace_effects(&from(policy, limit)).unwrap();
        let nodes = trace.next_batch(usize::MAX).unwrap();
        assert_eq!(nodes, all[..limit.min(all.len())], "{limit}");
        assert_eq!(trace.summary().is_complete, limit >= all.len(), "{limit}");
    }
    // Of a clawback with two repayments the decision is kept to the last.
    for (limit, expected) in [(1, 1), (2, 2), (3, 3)] {
        let mut trace = reader.trace_clawback(clawback(), limit).unwrap();
        let nodes = trace.next_batch(usize::MAX).unwrap();
        assert_eq!(nodes.len(), expected);
        assert_eq!(nodes.last().map(|node| node.position), Some(decided));
        assert!(!trace.summary().is_complete);
    }
}

#[test]
fn a_trace_may_be_taken_in_batches() {
    let world = World::seeded();
    let reader = world.reader();
    let start = reader.log_position();
    let all = reader
        .trace_causes(&from(start, 0))
        .unwrap()
        .next_batch(usize::MAX)
        .unwrap();
    let mut trace = reader.trace_causes(&from(start, 0)).unwrap();
    let mut nodes = Vec::new();
    loop {
        let batch = trace.next_batch(3).unwrap();
        if batch.is_empty() {
            break;
        }
        nodes.extend(batch);
    }
    assert_eq!(nodes, all);
}

#[test]
fn a_trace_starts_at_an_event() {
    let reader = World::seeded().reader();
    let future = Position::new(reader.log_position().get() + 1);
    assert!(matches!(
        reader.trace_causes(&from(future, 0)),
        Err(QueryError::PositionInFuture { .. })
    ));
    assert!(matches!(
        reader.trace_effects(&from(future, 0)),
        Err(QueryError::PositionInFuture { .. })
    ));
    let zero = Position::ZERO;
    assert!(matches!(
        reader.trace_causes(&from(zero, 0)),
        Err(QueryError::OutOfBounds { .. })
    ));
    assert!(matches!(
        reader.trace_effects(&from(zero, 0)),
        Err(QueryError::OutOfBounds { .. })
    ));
}

#[test]
fn a_summary_names_no_person_and_quotes_no_free_text() {
    let world = World::seeded();
    let reader = world.reader();
    let mut summaries = BTreeMap::new();
    for event in world.events() {
        let node = reader
            .trace_causes(&from(event.position, 1))
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        assert_eq!(
            (node.actor.as_ref(), node.source_system.as_ref()),
            ("tester", "tests")
        );
        assert!(!node.summary.is_empty(), "{:?}", node.kind);
        for number in 1..=PERSONS {
            assert!(!node.summary.contains(&person(number).to_string()));
        }
        for text in ["账号有误", "举报"] {
            assert!(!node.summary.contains(text), "{}", node.summary);
        }
        summaries.insert(node.kind, node.summary);
    }
    let of = |kind| summaries[&kind].as_str();
    assert_eq!(
        of(EventKind::SubsidyApproved),
        "subsidy of 500.00 yuan approved, 1 of 3 in 2020"
    );
    assert_eq!(
        of(EventKind::FindingMade),
        "false training found for 2 persons: 认定1号"
    );
}
