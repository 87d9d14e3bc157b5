//! Checks on rebuilding beside the live state, and on readers while it is switched.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use ledger_core::Position;

use super::state::{delete, entries, put};
use super::{Builder, Check, filled, group, log_spans};
use crate::{Direction, Entry, Log, LogError, ShadowPurpose, Space, StateOp, StateStore};

pub(super) fn checks<B: Builder>() -> [(&'static str, Check<B>); 8] {
    [
        (
            "a shadow is empty and separate",
            shadow_is_empty_and_separate,
        ),
        (
            "a promoted shadow replaces what can be rebuilt",
            promoted_shadow_replaces,
        ),
        (
            "a shadow holds only what can be rebuilt",
            shadow_holds_only_rebuildable,
        ),
        (
            "a later shadow discards an earlier one",
            later_shadow_discards_an_earlier_one,
        ),
        ("a discarded shadow is gone", discarded_shadow_is_gone),
        (
            "a shadow at another position is refused",
            shadow_at_another_position_is_refused,
        ),
        (
            "a snapshot outlives the state it shows",
            snapshot_outlives_its_state,
        ),
        (
            "readers see whole states while writers switch them",
            readers_see_whole_states,
        ),
    ]
}

fn all<S: StateStore + ?Sized>(store: &S, space: Space) -> Result<Vec<Entry>, LogError> {
    store.scan(space, b"", b"", Direction::Forward, usize::MAX)
}

fn shadow_is_empty_and_separate<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[1])?;
    store.append(
        epoch,
        &group(1, &[1], vec![put(Space::Entities, "a", "live")]),
    )?;
    let mut shadow = store.open_shadow(ShadowPurpose::Promote)?;
    assert_eq!(shadow.multi_get(Space::Entities, &[b"a".into()])?, [None]);

    shadow.write(vec![
        put(Space::Entities, "b", "1"),
        put(Space::Entities, "a", "shadow"),
    ])?;
    shadow.write(vec![
        delete(Space::Entities, "b"),
        put(Space::Entities, "c", "2"),
    ])?;
    let expected = entries(&[("a", "shadow"), ("c", "2")]);
    assert_eq!(
        shadow
            .iterate(Space::Entities)
            .collect::<Result<Vec<_>, _>>()?,
        expected
    );
    shadow.prepare()?;
    assert_eq!(
        shadow
            .iterate(Space::Entities)
            .collect::<Result<Vec<_>, _>>()?,
        expected
    );
    for (direction, found) in [(Direction::Forward, 0), (Direction::Backward, 1)] {
        let first = shadow.scan(Space::Entities, b"a", b"d", direction, 1)?;
        assert_eq!(first.first(), expected.get(found), "{direction:?}");
        let scanned = shadow.scan(Space::Entities, b"a", b"c", direction, 9)?;
        assert_eq!(scanned, entries(&[("a", "shadow")]), "{direction:?}");
    }
    assert_eq!(
        shadow.scan(Space::Entities, b"b", b"", Direction::Forward, 9)?,
        entries(&[("c", "2")])
    );
    let keys = ["c", "b", "a"].map(Vec::from);
    let values = [Some("2"), None, Some("shadow")].map(|value| value.map(Vec::from));
    assert_eq!(shadow.multi_get(Space::Entities, &keys)?, values);
    assert_eq!(all(&store, Space::Entities)?, entries(&[("a", "live")]));
    Ok(())
}

fn promoted_shadow_replaces<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[2])?;
    let live = Space::ALL.map(|space| put(space, "old", "live"));
    store.append(epoch, &group(2, &[1], live.into()))?;
    let mut shadow = store.open_shadow(ShadowPurpose::Promote)?;
    shadow.write(
        Space::REBUILDABLE
            .map(|space| put(space, "new", "rebuilt"))
            .into(),
    )?;
    store.promote(epoch, shadow.as_mut(), Position::new(3))?;
    let gone = shadow.write(vec![put(Space::Entities, "late", "1")]);
    assert!(matches!(gone, Err(LogError::ShadowGone)), "{gone:?}");

    // Held across the reopening, a shadow must not keep the store from being opened.
    drop(shadow);
    let check = |store: &B::Store| {
        for space in Space::ALL {
            let expected = if space.is_rebuildable() {
                ("new", "rebuilt")
            } else {
                ("old", "live")
            };
            assert_eq!(all(store, space)?, entries(&[expected]), "{space:?}");
        }
        Ok::<_, LogError>(())
    };
    check(&store)?;
    store.append(
        epoch,
        &group(3, &[1], vec![put(Space::Entities, "after", "4")]),
    )?;
    let store = builder.reopen(store);
    let expected = entries(&[("after", "4"), ("new", "rebuilt")]);
    assert_eq!(all(&store, Space::Entities)?, expected);
    assert_eq!(log_spans(&store)?, [(1, 2), (3, 3), (4, 4)]);
    Ok(())
}

fn shadow_holds_only_rebuildable<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, _) = filled(builder, &[])?;
    let mut shadow = store.open_shadow(ShadowPurpose::Promote)?;
    for space in Space::ALL
        .into_iter()
        .filter(|space| !space.is_rebuildable())
    {
        // The whole write is refused, not only the part of it.
        let refused = shadow.write(vec![put(Space::Entities, "a", "1"), put(space, "a", "1")]);
        assert!(
            matches!(refused, Err(LogError::NotRebuildable { .. })),
            "{space:?}: {refused:?}"
        );
        assert!(shadow.multi_get(space, &[b"a".into()]).is_err());
        assert!(
            shadow
                .scan(space, b"a", b"b", Direction::Forward, 1)
                .is_err()
        );
        assert!(shadow.iterate(space).all(|entry| entry.is_err()));
    }
    assert_eq!(shadow.iterate(Space::Entities).count(), 0);
    Ok(())
}

fn later_shadow_discards_an_earlier_one<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[1])?;
    let mut earlier = store.open_shadow(ShadowPurpose::Promote)?;
    earlier.write(vec![put(Space::Entities, "a", "earlier")])?;
    let mut later = store.open_shadow(ShadowPurpose::Promote)?;
    assert_ne!(earlier.id(), later.id());
    assert_eq!(later.iterate(Space::Entities).count(), 0);
    let gone = earlier.write(vec![put(Space::Entities, "a", "1")]);
    assert!(matches!(gone, Err(LogError::ShadowGone)), "{gone:?}");
    let gone = store.promote(epoch, earlier.as_mut(), Position::FIRST);
    assert!(matches!(gone, Err(LogError::ShadowGone)), "{gone:?}");

    // A shadow of another store is none of ours, even with the same count of shadows.
    let (other, _) = filled(builder, &[1])?;
    other.open_shadow(ShadowPurpose::Promote)?;
    let mut foreign = other.open_shadow(ShadowPurpose::Promote)?;
    let gone = store.promote(epoch, foreign.as_mut(), Position::FIRST);
    assert!(matches!(gone, Err(LogError::ShadowGone)), "{gone:?}");

    store.promote(epoch, later.as_mut(), Position::FIRST)?;
    assert_eq!(all(&store, Space::Entities)?, []);
    Ok(())
}

fn discarded_shadow_is_gone<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[1])?;
    store.append(
        epoch,
        &group(1, &[1], vec![put(Space::Entities, "a", "live")]),
    )?;
    let live = all(&store, Space::Entities)?;
    let mut shadow = store.open_shadow(ShadowPurpose::Promote)?;
    shadow.write(vec![put(Space::Entities, "a", "shadow")])?;
    store.discard_shadow(shadow)?;
    assert_eq!(all(&store, Space::Entities)?, live);

    let earlier = store.open_shadow(ShadowPurpose::Promote)?;
    let mut later = store.open_shadow(ShadowPurpose::Promote)?;
    assert_eq!(later.multi_get(Space::Entities, &[b"a".into()])?, [None]);
    let refused = store.discard_shadow(earlier);
    assert!(matches!(refused, Err(LogError::ShadowGone)), "{refused:?}");
    later.write(vec![put(Space::Entities, "b", "still open")])?;
    store.discard_shadow(later)
}

fn shadow_at_another_position_is_refused<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[2])?;
    let mut shadow = store.open_shadow(ShadowPurpose::Promote)?;
    shadow.write(vec![put(Space::Entities, "a", "2")])?;
    store.append(
        epoch,
        &group(2, &[1], vec![put(Space::Entities, "a", "live")]),
    )?;
    for at in [2, 4] {
        let refused = store.promote(epoch, shadow.as_mut(), Position::new(at));
        let is_behind = matches!(
            refused,
            Err(LogError::ShadowBehind { at: a, last }) if (a.get(), last.get()) == (at, 3)
        );
        assert!(is_behind, "at {at}: {refused:?}");
    }
    let stale = store.promote(epoch.next(), shadow.as_mut(), Position::new(3));
    assert!(
        matches!(stale, Err(LogError::StaleEpoch { .. })),
        "{stale:?}"
    );
    assert_eq!(all(&store, Space::Entities)?, entries(&[("a", "live")]));

    // A refused shadow can catch up.
    shadow.write(vec![put(Space::Entities, "a", "3")])?;
    store.promote(epoch, shadow.as_mut(), Position::new(3))?;
    assert_eq!(all(&store, Space::Entities)?, entries(&[("a", "3")]));
    Ok(())
}

fn snapshot_outlives_its_state<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[])?;
    let before = [("a", "1"), ("b", "1")];
    let state = before.map(|(key, value)| put(Space::Entities, key, value));
    store.append(epoch, &group(0, &[1], state.into()))?;
    let snapshot = store.snapshot()?;
    let mut reader = snapshot.iterate(Space::Entities);
    reader.next().transpose()?;

    let mut shadow = store.open_shadow(ShadowPurpose::Promote)?;
    shadow.write(vec![put(Space::Entities, "a", "rebuilt")])?;
    store.promote(epoch, shadow.as_mut(), Position::FIRST)?;
    assert_eq!(
        reader.collect::<Result<Vec<_>, _>>()?,
        entries(&[("b", "1")])
    );
    assert_eq!(snapshot.get(Space::Entities, b"a")?, Some(b"1".into()));
    let all: Vec<_> = snapshot
        .iterate(Space::Entities)
        .collect::<Result<_, _>>()?;
    assert_eq!(all, entries(&before));
    Ok(())
}

/// Readers run beside appends and promotions; at every moment the state is that of the position.
fn readers_see_whole_states<B: Builder>(builder: &B) -> Result<(), LogError> {
    const GROUPS: u64 = 60;
    const GROUPS_PER_PROMOTION: u64 = 10;

    let (store, epoch) = filled(builder, &[])?;
    let ops = |last: u64| -> Vec<StateOp> {
        Space::REBUILDABLE
            .map(|space| put(space, "last", &last.to_string()))
            .into()
    };
    store.append(epoch, &group(0, &[1], ops(1)))?;
    let done = AtomicBool::new(false);
    let read = || -> Result<(), LogError> {
        // The flag is read first, so that each reader looks at least once at the final state.
        while !done.load(Ordering::Acquire) {
            let acknowledged = store.last_position();
            let snapshot = store.snapshot()?;
            let last = snapshot.last_position();
            assert!(last >= acknowledged, "what was acknowledged is visible");
            for space in Space::REBUILDABLE {
                let expected = Some(last.get().to_string().into_bytes());
                assert_eq!(
                    snapshot.get(space, b"last")?,
                    expected,
                    "{space:?} at {last}"
                );
                assert!(
                    store.get(space, b"last")?.is_some(),
                    "{space:?} is never missing"
                );
            }
            let block = store.read_block_at(acknowledged)?;
            assert!(block.is_some_and(|block| block.record(acknowledged).is_some()));
        }
        Ok(())
    };
    let write = || -> Result<(), LogError> {
        for last in 1..=GROUPS {
            store.append(epoch, &group(last, &[1], ops(last + 1)))?;
            if last % GROUPS_PER_PROMOTION == 0 {
                let mut shadow = store.open_shadow(ShadowPurpose::Promote)?;
                shadow.write(ops(last + 1))?;
                store.promote(epoch, shadow.as_mut(), Position::new(last + 1))?;
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let readers = [scope.spawn(read), scope.spawn(read)];
        let written = write();
        done.store(true, Ordering::Release);
        for reader in readers {
            reader
                .join()
                .expect("a reader saw a state that never was")?;
        }
        written
    })
}
