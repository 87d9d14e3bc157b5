//! A ledger whose derived state an earlier version wrote is opened, and goes on.

use super::random::on_their_way;
use super::rebuild::everything;
use super::tamper::tamper;
use super::world::*;
use crate::entity_codec::{FILLED_SINCE, VERSION, parse_entity_key, version_1};
use crate::rebuild::{CancelToken, EncodingError, LAYOUT_KEY};
use crate::recovery::OpenError;
use crate::wire::in_layout;
use crate::{Engine, EngineOptions, decode_entity, encode_entity, entity_key};
use ledger_core::EntityKind;
use ledger_log::{Entry, MemoryStore, Space, StateStore as _};
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

/// Notes another layout, or none, as versions did that knew of no notes.
fn renote(store: &MemoryStore, layout: Option<u8>) {
    let note = layout.map(|layout| vec![1, layout]);
    tamper(store, Space::Meta, LAYOUT_KEY.to_vec(), note);
}

fn as_version_1(value: &[u8], kind: EntityKind) -> Vec<u8> {
    version_1::encode(&decode_entity(kind, value).unwrap())
}

/// The value that a version wrote whose layout was this one.
fn as_layout(layout: u8, value: &[u8], kind: EntityKind) -> Vec<u8> {
    let entity = decode_entity(kind, value).unwrap();
    let mut out = Vec::new();
    in_layout(layout, || encode_entity(&entity, &mut out));
    out[0] = layout;
    out
}

/// A value that no log holds: a replay takes it away.
fn plant_stray(store: &MemoryStore) -> Vec<u8> {
    let stray = entity_key(&ledger_core::PersonKey::from_bytes([0xEE; 16]).into());
    tamper(
        store,
        Space::Entities,
        stray.clone(),
        Some(vec![VERSION, 1]),
    );
    stray
}

/// The entities that are stored in another layout than this version writes.
fn older(store: &MemoryStore) -> usize {
    let is_older = |(space, (key, value)): &(Space, Entry)| {
        *space == Space::Entities && parse_entity_key(key).is_some() && value[0] != VERSION
    };
    everything(store).iter().filter(|it| is_older(it)).count()
}

fn open(store: &Arc<MemoryStore>) -> Result<Engine, OpenError> {
    let clock = Arc::new(crate::ManualClock::new(noon(TODAY)));
    Engine::open(store.clone(), EngineOptions::default(), clock)
}

/// Opens it, goes on, and finds by a rebuild that the live state is what follows from the log.
fn goes_on(store: &Arc<MemoryStore>) {
    let world = World::open(store.clone(), EngineOptions::default());
    let last = world.last();
    assert_eq!(
        world.append(900, vec![settle(2)]),
        [Became::Recorded(last + 1)]
    );
    let report = world
        .engine
        .rebuild(&mut |_| {}, &CancelToken::new())
        .unwrap();
    assert!(report.is_equal() && report.switched);
    assert_eq!(older(store), 0);
}

#[test]
fn a_ledger_of_version_1_is_rebuilt_when_it_is_opened() {
    let store = recorded();
    let before = everything(&store);
    assert!(rewrite(&store, as_version_1) > 10);
    renote(&store, None);
    // That version counted nothing.
    assert!(forget_counters(&store) > 3);
    assert_ne!(everything(&store), before);

    drop(open(&store).unwrap());
    assert_eq!(everything(&store), before);
    goes_on(&store);
}

/// Of every layout that is read: the values stay as they are, mean what their version meant, and
/// become values of this version when their entity changes.
#[test]
fn a_ledger_whose_fields_have_older_values_is_opened_without_a_replay() {
    for layout in FILLED_SINCE..=VERSION {
        for noted in [None, Some(layout)] {
            let store = recorded();
            let count = rewrite(&store, |value, kind| as_layout(layout, value, kind));
            renote(&store, noted);
            let stray = plant_stray(&store);
            let before = everything(&store);
            drop(open(&store).unwrap());
            assert_eq!(everything(&store), before, "layout {layout}");
            let is_older = if layout == VERSION { 0 } else { count };
            assert_eq!(older(&store), is_older, "layout {layout}");
            let note = store.get(Space::Meta, LAYOUT_KEY).unwrap();
            assert_eq!(note, Some(vec![1, VERSION]));

            tamper(&store, Space::Entities, stray, None);
            goes_on(&store);
        }
    }
}

/// What history has to fill cannot be read from the values, whatever their layouts: the note says
/// how far it is filled.
#[test]
fn a_ledger_that_history_has_to_fill_is_replayed() {
    for noted in 1..FILLED_SINCE {
        let store = recorded();
        let before = everything(&store);
        let mut values = 0;
        for (space, (key, mut value)) in everything(&store) {
            if space == Space::Entities && parse_entity_key(&key).is_some() {
                values += 1;
                value[0] = values % noted + 1;
                tamper(&store, space, key, Some(value));
            }
        }
        plant_stray(&store);
        renote(&store, Some(noted));
        drop(open(&store).unwrap());
        assert_eq!(everything(&store), before, "noted {noted}");
        goes_on(&store);
    }
}

#[test]
fn a_ledger_of_a_later_version_is_refused() {
    let later = VERSION + 1;
    let values = recorded();
    rewrite(&values, |value, _| [&[later], &value[1..]].concat());
    renote(&values, None);
    // Most values are older still.
    let note = recorded();
    renote(&note, Some(later));
    for store in [values, note] {
        let before = everything(&store);
        let refused = open(&store).map(drop);
        assert!(
            matches!(
                refused,
                Err(OpenError::Encoding(EncodingError::Later { found })) if found == later
            ),
            "{refused:?}"
        );
        assert_eq!(everything(&store), before);
    }
}

#[test]
fn a_damaged_note_is_refused() {
    for note in [&[][..], &[1], &[2, VERSION], &[1, VERSION, 0]] {
        let store = recorded();
        tamper(
            &store,
            Space::Meta,
            LAYOUT_KEY.to_vec(),
            Some(note.to_vec()),
        );
        let refused = open(&store).map(drop);
        assert!(
            matches!(refused, Err(OpenError::Encoding(EncodingError::Note(_)))),
            "{note:?}: {refused:?}"
        );
    }
}
