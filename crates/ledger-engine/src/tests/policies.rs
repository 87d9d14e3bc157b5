//! What is published and withdrawn is found again when the ledger is opened, and by a replay.

use super::world::*;
use crate::events::event_to_bytes;
use crate::policies::{PolicyLoadError, load_policies, policy_marker};
use crate::rebuild::replayed;
use ledger_core::coded::DocumentKind;
use ledger_core::event::{PersonRegistered, PolicyPublished, PolicyWithdrawn};
use ledger_core::policy::Withdrawal;
use ledger_core::{
    Event, EventBody, EventId, Note, Position, RecordedEvent, Reference, SchemeId, merkle,
};
use ledger_log::{BlockBuilder, CommitGroup, Log, MemoryStore, Space, StateOp};
use std::sync::Arc;

const TEXT: &str = include_str!("../../../ledger-policy/tests/data/2019-2021-action.v2.toml");

fn published(version: u32) -> PolicyPublished {
    PolicyPublished {
        policy_id: Reference::parse("sd-2019").unwrap(),
        version,
        document_number: Reference::parse("鲁政办字〔2019〕1号").unwrap(),
        division: jinan().province(),
        valid_from: date("2019-01-01"),
        valid_until: None,
        document_kind: DocumentKind::Rules,
        text: Arc::from(TEXT),
        digest: [0; 32],
    }
}

fn withdrawn(position: u64, effective_on: &str) -> EventBody {
    EventBody::PolicyWithdrawn(PolicyWithdrawn {
        policy_id: Reference::parse("sd-2019").unwrap(),
        version: 1,
        published: Position::new(position),
        effective_on: date(effective_on),
        grounds: Note::parse("superseded").unwrap(),
        decision_number: Reference::parse("鲁人社函〔2021〕9号").unwrap(),
    })
}

/// A log of these events, one after the other from the first position, and their markers.
fn log_of(bodies: Vec<EventBody>) -> MemoryStore {
    let store = MemoryStore::new();
    let epoch = store.claim_epoch().unwrap();
    let mut builder = BlockBuilder::new(Position::FIRST);
    let mut state = Vec::new();
    for (number, body) in (1..).zip(bodies) {
        let position = Position::new(number);
        let recorded = RecordedEvent {
            position,
            event_id: EventId::from_bytes([0; 16]),
            recorded_at: noon(TODAY),
            actor: Arc::from("clerk"),
            source_system: Arc::from("desk"),
            event: Event {
                occurred_on: date(TODAY),
                causes: Vec::new(),
                policy: None,
                tags: Vec::new(),
                postings: Vec::new(),
                body,
            },
        };
        let mut bytes = Vec::new();
        event_to_bytes(&recorded, &mut bytes);
        builder.push(&bytes, &merkle::leaf_hash(&bytes)).unwrap();
        state.push(policy_marker(position));
    }
    let group = CommitGroup {
        expected_last: Position::ZERO,
        blocks: vec![builder.finish().unwrap()],
        state,
    };
    store.append(epoch, &group).unwrap();
    store
}

fn rules_catalogues_and_a_withdrawal() -> MemoryStore {
    log_of(vec![
        EventBody::PolicyPublished(published(1)),
        EventBody::CataloguePublished(published(2)),
        withdrawn(1, "2021-07-01"),
    ])
}

#[test]
fn opening_finds_every_document_and_its_withdrawal() {
    let book = load_policies(&rules_catalogues_and_a_withdrawal()).unwrap();
    let found: Vec<_> = book
        .published()
        .iter()
        .map(|published| (published.position.get(), published.withdrawn))
        .collect();
    let withdrawal = Withdrawal {
        position: Position::new(3),
        effective_on: date("2021-07-01"),
    };
    assert_eq!(found, [(1, Some(withdrawal)), (2, None)]);
}

#[test]
fn a_withdrawn_document_does_not_hold_from_its_day_on() {
    let book = load_policies(&log_of(vec![
        EventBody::PolicyPublished(published(1)),
        withdrawn(1, "2021-07-01"),
    ]))
    .unwrap();
    let scheme = SchemeId::parse("vocational-training").unwrap();
    let holds = |day| book.in_force(&scheme, jinan(), date(day)).is_some();
    assert_eq!((holds("2021-06-30"), holds("2021-07-01")), (true, false));
}

#[test]
fn a_replay_writes_the_markers_that_the_writer_wrote() {
    let store = rules_catalogues_and_a_withdrawal();
    let state = replayed(&store, &MemoryStore::new(), store.last_position(), 100);
    let entities: Vec<_> = state
        .into_iter()
        .filter(|(space, _)| *space == Space::Entities)
        .map(|(space, (key, value))| StateOp::put(space, key, value))
        .collect();
    let markers = [1, 2, 3].map(|position| policy_marker(Position::new(position)));
    assert_eq!(entities, markers);
}

#[test]
fn a_marker_of_another_event_is_damage() {
    let store = log_of(vec![EventBody::PersonRegistered(PersonRegistered {
        person: person_key(1),
    })]);
    assert!(matches!(
        load_policies(&store),
        Err(PolicyLoadError::Marker {
            position: Position::FIRST
        })
    ));
}
