//! Checks on claiming and appending.

use ledger_core::{Position, merkle};

use super::{Builder, Check, block, filled, group, log_spans};
use crate::limits::{BLOCK_BYTES_TARGET, GROUP_BYTES_MAX, RECORD_BYTES_MAX};
use crate::{BlockBuilder, CommitGroup, Epoch, Log, LogError, Space, StateOp, StateStore};

pub(super) fn checks<B: Builder>() -> [(&'static str, Check<B>); 8] {
    [
        ("a new log is empty", new_log_is_empty),
        (
            "an append continues the last position",
            append_continues_the_last_position,
        ),
        (
            "an append from another last position is refused",
            other_last_position_is_refused,
        ),
        (
            "an earlier epoch is fenced off",
            earlier_epoch_is_fenced_off,
        ),
        (
            "blocks that do not follow are refused",
            blocks_that_do_not_follow_are_refused,
        ),
        (
            "a group of several blocks is one append",
            several_blocks_are_one_append,
        ),
        ("the largest record is kept", largest_record_is_kept),
        (
            "a group beyond the limit is refused",
            too_large_a_group_is_refused,
        ),
    ]
}

fn new_log_is_empty<B: Builder>(builder: &B) -> Result<(), LogError> {
    let store = builder.build();
    assert_eq!(store.last_position(), Position::ZERO);
    assert_eq!(store.barrier()?, Position::ZERO);
    assert_eq!(store.read_block_at(Position::ZERO)?, None);
    assert_eq!(store.read_block_at(Position::FIRST)?, None);
    assert_eq!(log_spans(&store)?, []);
    assert_eq!(store.write_disabled(), None);
    Ok(())
}

fn append_continues_the_last_position<B: Builder>(builder: &B) -> Result<(), LogError> {
    let store = builder.build();
    let epoch = store.claim_epoch()?;
    for (last, count, new_last) in [(0, 1, 1), (1, 3, 4), (4, 1000, 1004)] {
        assert_eq!(
            store.append(epoch, &group(last, &[count], Vec::new()))?,
            Position::new(new_last)
        );
        assert_eq!(store.last_position(), Position::new(new_last));
        assert_eq!(store.barrier()?, Position::new(new_last));
    }
    assert_eq!(log_spans(&store)?, [(1, 1), (2, 4), (5, 1004)]);
    Ok(())
}

fn other_last_position_is_refused<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[5])?;
    for expected in [0, 4, 6] {
        let refused = store.append(epoch, &group(expected, &[1], Vec::new()));
        let is_conflict = matches!(
            refused,
            Err(LogError::Conflict { expected: e, actual })
                if e.get() == expected && actual.get() == 5
        );
        assert!(is_conflict, "after {expected}: {refused:?}");
    }
    assert_eq!(log_spans(&store)?, [(1, 5)]);
    // A refusal is not a failure: the right group still gets in.
    store.append(epoch, &group(5, &[1], Vec::new()))?;
    Ok(())
}

fn earlier_epoch_is_fenced_off<B: Builder>(builder: &B) -> Result<(), LogError> {
    let store = builder.build();
    assert_stale(&store, Epoch::UNCLAIMED.next(), Epoch::UNCLAIMED);
    let first = store.claim_epoch()?;
    assert!(first > Epoch::UNCLAIMED);
    store.append(first, &group(0, &[1], Vec::new()))?;
    let second = store.claim_epoch()?;
    assert_eq!(second, first.next());
    assert_stale(&store, first, second);
    store.append(second, &group(1, &[1], Vec::new()))?;

    let store = builder.reopen(store);
    let third = store.claim_epoch()?;
    assert_eq!(third, second.next(), "claims survive reopening");
    assert_stale(&store, second, third);
    Ok(())
}

fn assert_stale<L: Log>(store: &L, given: Epoch, current: Epoch) {
    let last = store.last_position().get();
    let refused = store.append(given, &group(last, &[1], Vec::new()));
    let is_stale = matches!(
        refused,
        Err(LogError::StaleEpoch { given: g, current: c }) if (g, c) == (given, current)
    );
    assert!(is_stale, "epoch {given}: {refused:?}");
    assert_eq!(store.last_position().get(), last);
}

/// First position and count of a block.
type Span = (u64, u64);

fn blocks_that_do_not_follow_are_refused<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[2])?;
    // The blocks, and where the first gap is: expected and found.
    let cases: [(&[Span], (u64, u64)); 4] = [
        (&[(4, 1)], (3, 4)),
        (&[(2, 1)], (3, 2)),
        (&[(3, 2), (6, 1)], (5, 6)),
        (&[(3, 2), (4, 1)], (5, 4)),
    ];
    for (blocks, (expected, found)) in cases {
        let group = CommitGroup {
            expected_last: Position::new(2),
            blocks: blocks
                .iter()
                .map(|(first, count)| block(*first, *count))
                .collect(),
            state: Vec::new(),
        };
        let refused = store.append(epoch, &group);
        let is_gap = matches!(
            refused,
            Err(LogError::Gap { expected: e, found: f }) if (e.get(), f.get()) == (expected, found)
        );
        assert!(is_gap, "{blocks:?}: {refused:?}");
    }
    assert_eq!(log_spans(&store)?, [(1, 2)]);
    Ok(())
}

fn several_blocks_are_one_append<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[1])?;
    assert_eq!(
        store.append(epoch, &group(1, &[2, 1, 3], Vec::new()))?,
        Position::new(7)
    );
    assert_eq!(log_spans(&store)?, [(1, 1), (2, 3), (4, 4), (5, 7)]);
    Ok(())
}

fn largest_record_is_kept<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[1])?;
    let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(RECORD_BYTES_MAX).collect();
    let mut large = BlockBuilder::new(Position::new(2));
    large
        .push(&bytes, &merkle::leaf_hash(&bytes))
        .expect("an empty block takes the largest");
    assert!(large.bytes() > BLOCK_BYTES_TARGET);
    let blocks = vec![
        large.finish().expect("the block holds a record"),
        block(3, 1),
    ];
    let group = CommitGroup {
        expected_last: Position::FIRST,
        blocks,
        state: Vec::new(),
    };
    store.append(epoch, &group)?;

    let store = builder.reopen(store);
    let read = store.read_block_at(Position::new(2))?;
    assert_eq!(read.as_ref(), group.blocks.first());
    assert_eq!(store.read_block_at(Position::new(3))?, Some(block(3, 1)));
    Ok(())
}

fn too_large_a_group_is_refused<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[1])?;
    let value = vec![0; GROUP_BYTES_MAX + 1];
    let state = vec![StateOp::put(Space::Meta, b"large".to_vec(), value)];
    let refused = store.append(epoch, &group(1, &[1], state));
    assert!(
        matches!(refused, Err(LogError::GroupTooLarge { .. })),
        "{refused:?}"
    );
    assert_eq!(store.last_position(), Position::FIRST);
    assert_eq!(store.get(Space::Meta, b"large")?, None);
    Ok(())
}
