//! Checks on the state committed with the log.

use ledger_core::Position;

use super::{Builder, Check, filled, group, log_spans};
use crate::{Direction, Entry, Log, LogError, Space, StateOp, StateStore};

pub(super) fn checks<B: Builder>() -> [(&'static str, Check<B>); 7] {
    [
        ("state is kept per space", state_is_kept_per_space),
        (
            "state is committed with the log or not at all",
            state_is_committed_with_the_log,
        ),
        ("of two changes the later holds", later_change_holds),
        (
            "several keys are read in the order asked",
            several_keys_are_read_in_order,
        ),
        (
            "a scan keeps to its range, direction and limit",
            scan_keeps_to_its_range,
        ),
        ("a snapshot does not move", snapshot_does_not_move),
        ("sizes name every space", sizes_name_every_space),
    ]
}

pub(super) fn put(space: Space, key: &str, value: &str) -> StateOp {
    StateOp::put(space, key.into(), value.into())
}

pub(super) fn delete(space: Space, key: &str) -> StateOp {
    StateOp::delete(space, key.into())
}

pub(super) fn entries(pairs: &[(&str, &str)]) -> Vec<Entry> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).into(), (*value).into()))
        .collect()
}

fn state_is_kept_per_space<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[])?;
    let state = Space::ALL
        .into_iter()
        .map(|space| put(space, "key", space.name()));
    store.append(epoch, &group(0, &[], state.collect()))?;
    assert_eq!(
        store.last_position(),
        Position::ZERO,
        "state alone moves no position"
    );

    let store = builder.reopen(store);
    for space in Space::ALL {
        assert_eq!(store.get(space, b"key")?, Some(space.name().into()));
        assert_eq!(store.get(space, b"other")?, None);
        assert_eq!(store.get(space, b"")?, None);
    }
    Ok(())
}

fn state_is_committed_with_the_log<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[2])?;
    let state = || vec![put(Space::Entities, "balance", "100")];
    let wrong_last = store.append(epoch, &group(1, &[1], state()));
    assert!(wrong_last.is_err());
    let wrong_epoch = store.append(epoch.next(), &group(2, &[1], state()));
    assert!(wrong_epoch.is_err());
    assert_eq!(store.get(Space::Entities, b"balance")?, None);
    store.append(epoch, &group(2, &[1], state()))?;
    assert_eq!(store.get(Space::Entities, b"balance")?, Some(b"100".into()));
    assert_eq!(log_spans(&store)?, [(1, 2), (3, 3)]);
    Ok(())
}

fn later_change_holds<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[])?;
    let state = vec![
        put(Space::Entities, "a", "1"),
        put(Space::Entities, "a", "2"),
        put(Space::Entities, "b", "1"),
        delete(Space::Entities, "b"),
        delete(Space::Entities, "c"),
        put(Space::Entities, "c", "1"),
        delete(Space::Entities, "never there"),
        put(Space::Entities, "empty", ""),
    ];
    store.append(epoch, &group(0, &[], state))?;
    let all = store.scan(Space::Entities, b"", b"", Direction::Forward, usize::MAX)?;
    assert_eq!(all, entries(&[("a", "2"), ("c", "1"), ("empty", "")]));

    let state = vec![delete(Space::Entities, "a"), put(Space::Entities, "c", "2")];
    store.append(epoch, &group(0, &[], state))?;
    assert_eq!(store.get(Space::Entities, b"a")?, None);
    assert_eq!(store.get(Space::Entities, b"c")?, Some(b"2".into()));
    Ok(())
}

fn several_keys_are_read_in_order<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[])?;
    let state = ["b", "d", "a"].map(|key| put(Space::Entities, key, key));
    store.append(epoch, &group(0, &[], state.into()))?;
    let keys = ["d", "missing", "a", "d", "b", ""].map(Vec::from);
    let values = store.multi_get(Space::Entities, &keys)?;
    let expected = [Some("d"), None, Some("a"), Some("d"), Some("b"), None];
    assert_eq!(values, expected.map(|value| value.map(Vec::from)));
    assert!(store.multi_get(Space::Entities, &[])?.is_empty());
    Ok(())
}

fn scan_keeps_to_its_range<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[])?;
    let keys = ["a", "b", "bb", "c", "d"];
    let mut state: Vec<_> = keys.map(|key| put(Space::TagIndex, key, key)).into();
    state.push(put(Space::EffectIndex, "b", "in another space"));
    store.append(epoch, &group(0, &[], state))?;
    let (forward, backward) = (Direction::Forward, Direction::Backward);
    let cases: [(&str, &str, Direction, usize, &[&str]); 12] = [
        ("", "", forward, 10, &["a", "b", "bb", "c", "d"]),
        ("", "", backward, 10, &["d", "c", "bb", "b", "a"]),
        ("b", "d", forward, 10, &["b", "bb", "c"]),
        ("b", "d", backward, 10, &["c", "bb", "b"]),
        ("b", "d", forward, 2, &["b", "bb"]),
        ("b", "d", backward, 2, &["c", "bb"]),
        ("b", "", forward, 0, &[]),
        ("ba", "bz", forward, 10, &["bb"]),
        ("ba", "bz", backward, 10, &["bb"]),
        ("e", "", backward, 10, &[]),
        ("c", "c", forward, 10, &[]),
        ("d", "a", backward, 10, &[]),
    ];
    for (from, to, direction, limit, expected) in cases {
        let found = store.scan(
            Space::TagIndex,
            from.as_bytes(),
            to.as_bytes(),
            direction,
            limit,
        )?;
        let expected: Vec<_> = expected.iter().map(|key| (*key, *key)).collect();
        assert_eq!(
            found,
            entries(&expected),
            "from {from:?} to {to:?} {direction:?} {limit}"
        );
    }
    Ok(())
}

fn snapshot_does_not_move<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[])?;
    let before = [("a", "1"), ("b", "1")];
    let state = before.map(|(key, value)| put(Space::Entities, key, value));
    store.append(epoch, &group(0, &[3], state.into()))?;
    let snapshot = store.snapshot()?;
    let mut reader = snapshot.iterate(Space::Entities);
    assert_eq!(
        reader.next().transpose()?,
        entries(&before).into_iter().next()
    );

    let state = vec![
        put(Space::Entities, "a", "2"),
        delete(Space::Entities, "b"),
        put(Space::Entities, "c", "2"),
    ];
    store.append(epoch, &group(3, &[1], state))?;
    assert_eq!(
        reader.collect::<Result<Vec<_>, _>>()?,
        entries(&[("b", "1")])
    );
    assert_eq!(snapshot.last_position(), Position::new(3));
    assert_eq!(snapshot.get(Space::Entities, b"a")?, Some(b"1".into()));
    assert_eq!(snapshot.get(Space::Entities, b"c")?, None);
    let all: Vec<_> = snapshot
        .iterate(Space::Entities)
        .collect::<Result<_, _>>()?;
    assert_eq!(all, entries(&before));

    let after = store.snapshot()?;
    assert_eq!(after.last_position(), Position::new(4));
    let all: Vec<_> = after.iterate(Space::Entities).collect::<Result<_, _>>()?;
    assert_eq!(all, entries(&[("a", "2"), ("c", "2")]));
    Ok(())
}

fn sizes_name_every_space<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, _) = filled(builder, &[1, 2])?;
    let names: Vec<_> = store.sizes()?.into_iter().map(|size| size.name).collect();
    let expected = std::iter::once("events").chain(Space::ALL.map(Space::name));
    assert_eq!(names, expected.collect::<Vec<_>>());
    Ok(())
}
