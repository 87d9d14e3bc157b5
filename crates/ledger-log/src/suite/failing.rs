//! Checks on what remains after a reopening and after a failed write.

use ledger_core::Position;

use super::state::put;
use super::{Builder, Check, filled, group, log_spans};
use crate::{Fault, Log, LogError, ShadowPurpose, Space, StateStore};

pub(super) fn checks<B: Builder>() -> [(&'static str, Check<B>); 4] {
    [
        ("reopening keeps everything", reopening_keeps_everything),
        (
            "a failed write disables writing",
            failed_write_disables_writing,
        ),
        (
            "a failed write is there as a whole or not at all",
            failed_write_is_whole_or_absent,
        ),
        (
            "a failed promotion leaves one state or the other",
            failed_promotion_leaves_one_state,
        ),
    ]
}

fn reopening_keeps_everything<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (mut store, epoch) = filled(builder, &[2])?;
    let state = vec![put(Space::Requests, "request", "answer")];
    store.append(epoch, &group(2, &[3, 1], state))?;
    for round in 0..3_u64 {
        store = builder.reopen(store);
        let last = 6 + round;
        assert_eq!(store.last_position(), Position::new(last));
        assert_eq!(
            store.get(Space::Requests, b"request")?,
            Some(b"answer".into())
        );
        let epoch = store.claim_epoch()?;
        store.append(epoch, &group(last, &[1], Vec::new()))?;
    }
    assert_eq!(
        log_spans(&store)?,
        [(1, 2), (3, 5), (6, 6), (7, 7), (8, 8), (9, 9)]
    );
    Ok(())
}

fn failed_write_disables_writing<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[1])?;
    let mut shadow = store.open_shadow(ShadowPurpose::Promote)?;
    builder.fail_next_write(&store, Fault::BeforeWrite, "disk on fire");
    let failed = store.append(epoch, &group(1, &[1], Vec::new()));
    assert!(
        matches!(failed, Err(LogError::Storage { .. })),
        "{failed:?}"
    );

    let disabled = |result: Result<(), LogError>| {
        let reason = match &result {
            Err(LogError::WriteDisabled { reason }) => reason.clone(),
            other => panic!("writing goes on: {other:?}"),
        };
        assert!(reason.contains("disk on fire"), "{reason}");
        assert_eq!(
            store.write_disabled(),
            Some(reason),
            "the first reason stays"
        );
    };
    disabled(store.append(epoch, &group(1, &[1], Vec::new())).map(drop));
    disabled(store.claim_epoch().map(drop));
    disabled(store.open_shadow(ShadowPurpose::Promote).map(drop));
    disabled(store.promote(epoch, shadow.as_mut(), Position::FIRST));
    assert_eq!(log_spans(&store)?, [(1, 1)], "reading goes on");
    drop(shadow);

    let store = builder.reopen(store);
    assert_eq!(store.write_disabled(), None);
    let epoch = store.claim_epoch()?;
    store.append(epoch, &group(1, &[1], Vec::new()))?;
    Ok(())
}

fn failed_write_is_whole_or_absent<B: Builder>(builder: &B) -> Result<(), LogError> {
    let absent: &[(u64, u64)] = &[(1, 2)];
    let whole: &[(u64, u64)] = &[(1, 2), (3, 5), (6, 6)];
    for (fault, expected) in [(Fault::BeforeWrite, absent), (Fault::AfterWrite, whole)] {
        let (store, epoch) = filled(builder, &[2])?;
        builder.fail_next_write(&store, fault, "no answer from the disk");
        let state = vec![put(Space::Entities, "a", "1")];
        let failed = store.append(epoch, &group(2, &[3, 1], state));
        assert!(
            matches!(failed, Err(LogError::Storage { .. })),
            "{fault:?}: {failed:?}"
        );

        let store = builder.reopen(store);
        assert_eq!(log_spans(&store)?, expected, "{fault:?}");
        let is_whole = fault == Fault::AfterWrite;
        assert_eq!(
            store.get(Space::Entities, b"a")?.is_some(),
            is_whole,
            "{fault:?}"
        );
        let epoch = store.claim_epoch()?;
        let last = store.last_position().get();
        store.append(epoch, &group(last, &[1], Vec::new()))?;
    }
    Ok(())
}

fn failed_promotion_leaves_one_state<B: Builder>(builder: &B) -> Result<(), LogError> {
    for (fault, expected) in [(Fault::BeforeWrite, "live"), (Fault::AfterWrite, "rebuilt")] {
        let (store, epoch) = filled(builder, &[])?;
        store.append(
            epoch,
            &group(0, &[1], vec![put(Space::Entities, "a", "live")]),
        )?;
        let mut shadow = store.open_shadow(ShadowPurpose::Promote)?;
        shadow.write(vec![put(Space::Entities, "a", "rebuilt")])?;
        builder.fail_next_write(&store, fault, "no answer from the disk");
        let failed = store.promote(epoch, shadow.as_mut(), Position::FIRST);
        assert!(
            matches!(failed, Err(LogError::Storage { .. })),
            "{fault:?}: {failed:?}"
        );
        drop(shadow);

        let store = builder.reopen(store);
        assert_eq!(
            store.get(Space::Entities, b"a")?,
            Some(expected.into()),
            "{fault:?}"
        );
    }
    Ok(())
}
