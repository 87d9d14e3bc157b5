//! A ledger whose derived state an earlier version wrote is opened, and goes on.

use super::random::on_their_way;
use super::rebuild::everything;
use super::tamper::tamper;
use super::world::*;
use crate::entity_codec::{VERSION, parse_entity_key, version_1};
use crate::rebuild::{CancelToken, EncodingError};
use crate::recovery::OpenError;
use crate::{Engine, EngineOptions, decode_entity, entity_key};
use ledger_core::EntityKind;
use ledger_log::{MemoryStore, Space};
use std::sync::Arc;

fn recorded() -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    for (id, body) in (1..).zip(on_their_way()) {
        world.append(id, vec![body]);
    }
    store
}

/// Writes every entity in another form and tells how many there are.
fn rewrite(store: &MemoryStore, form: impl Fn(&[u8], EntityKind) -> Vec<u8>) -> usize {
    let mut count = 0;
    for (space, (key, value)) in everything(store) {
        if space != Space::Entities {
            continue;
        }
        if let Some(parsed) = parse_entity_key(&key) {
            tamper(store, space, key, Some(form(&value, parsed.kind())));
            count += 1;
        }
    }
    count
}

/// Removes the rows of the counters and tells how many there were.
fn forget_counters(store: &MemoryStore) -> usize {
    let rows = everything(store).into_iter();
    let rows = rows.filter(|(space, _)| *space == Space::Progress);
    rows.map(|(space, (key, _))| tamper(store, space, key, None))
        .count()
}

fn as_version_1(value: &[u8], kind: EntityKind) -> Vec<u8> {
    version_1::encode(&decode_entity(kind, value).unwrap())
}

fn open(store: &Arc<MemoryStore>) -> Result<Engine, OpenError> {
    let clock = Arc::new(crate::ManualClock::new(noon(TODAY)));
    Engine::open(store.clone(), EngineOptions::default(), clock)
}

#[test]
fn a_ledger_of_version_1_is_rebuilt_when_it_is_opened() {
    let store = recorded();
    let before = everything(&store);
    assert!(rewrite(&store, as_version_1) > 10);
    // That version counted nothing.
    assert!(forget_counters(&store) > 3);
    assert_ne!(everything(&store), before);

    let world = World::open(store.clone(), EngineOptions::default());
    assert_eq!(everything(&store), before);
    let last = world.last();
    assert_eq!(
        world.append(900, vec![settle(2)]),
        [Became::Recorded(last + 1)]
    );
    let report = world
        .engine
        .rebuild(&mut |_| {}, &CancelToken::new())
        .unwrap();
    assert!(report.switched);
}

#[test]
fn a_ledger_of_this_version_is_left_alone() {
    let store = recorded();
    // A replay would put it right.
    let stray = entity_key(&ledger_core::PersonKey::from_bytes([0xEE; 16]).into());
    tamper(&store, Space::Entities, stray, Some(vec![VERSION, 1]));
    let before = everything(&store);
    drop(open(&store).unwrap());
    assert_eq!(everything(&store), before);
}

#[test]
fn a_ledger_of_a_later_version_is_refused() {
    let store = recorded();
    rewrite(&store, |value, _| [&[VERSION + 1], &value[1..]].concat());
    let before = everything(&store);
    let refused = open(&store).map(drop);
    assert!(
        matches!(
            refused,
            Err(OpenError::Encoding(EncodingError::Later { found })) if found == VERSION + 1
        ),
        "{refused:?}"
    );
    assert_eq!(everything(&store), before);
}
