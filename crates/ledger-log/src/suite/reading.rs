//! Checks on reading the log.

use ledger_core::Position;

use super::{Builder, Check, filled, group, log_spans, spans};
use crate::{Log, LogError, blocks_back_from};

pub(super) fn checks<B: Builder>() -> [(&'static str, Check<B>); 4] {
    [
        (
            "a position is read from the block around it",
            position_is_read_from_its_block,
        ),
        (
            "reading forward starts in the block around it",
            forward_starts_in_the_block,
        ),
        (
            "reading backward starts in the block around it",
            backward_starts_in_the_block,
        ),
        (
            "a reader ends where the log ended when it began",
            reader_ends_where_it_began,
        ),
    ]
}

const COUNTS: [u64; 4] = [1, 3, 1, 5];
const SPANS: [(u64, u64); 4] = [(1, 1), (2, 4), (5, 5), (6, 10)];

fn position_is_read_from_its_block<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, _) = filled(builder, &COUNTS)?;
    for (first, last) in SPANS {
        for position in (first..=last).map(Position::new) {
            let block = store.read_block_at(position)?;
            assert_eq!(
                spans(block.clone().map(Ok))?,
                [(first, last)],
                "position {position}"
            );
            let range = store.block_range_at(position)?;
            let expected = (Position::new(first), Position::new(last));
            assert_eq!(range, Some(expected), "position {position}");
            let record = block.as_ref().and_then(|block| block.record(position));
            assert_eq!(record.map(|record| record.position), Some(position));
        }
    }
    for outside in [0, 11, 12, u64::MAX] {
        assert_eq!(
            store.read_block_at(Position::new(outside))?,
            None,
            "position {outside}"
        );
        let range = store.block_range_at(Position::new(outside))?;
        assert_eq!(range, None, "position {outside}");
    }
    Ok(())
}

fn forward_starts_in_the_block<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, _) = filled(builder, &COUNTS)?;
    let cases: [(u64, &[(u64, u64)]); 8] = [
        (0, &SPANS),
        (1, &SPANS),
        (2, &[(2, 4), (5, 5), (6, 10)]),
        (3, &[(2, 4), (5, 5), (6, 10)]),
        (5, &[(5, 5), (6, 10)]),
        (10, &[(6, 10)]),
        (11, &[]),
        (u64::MAX, &[]),
    ];
    for (from, expected) in cases {
        assert_eq!(
            spans(store.blocks_from(Position::new(from)))?,
            expected,
            "from {from}"
        );
    }
    Ok(())
}

fn backward_starts_in_the_block<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, _) = filled(builder, &COUNTS)?;
    let cases: [(u64, &[(u64, u64)]); 5] = [
        (10, &[(6, 10), (5, 5), (2, 4), (1, 1)]),
        (6, &[(6, 10), (5, 5), (2, 4), (1, 1)]),
        (3, &[(2, 4), (1, 1)]),
        (0, &[]),
        (11, &[]),
    ];
    for (from, expected) in cases {
        let blocks = blocks_back_from(&store, Position::new(from));
        assert_eq!(spans(blocks)?, expected, "from {from}");
    }
    Ok(())
}

fn reader_ends_where_it_began<B: Builder>(builder: &B) -> Result<(), LogError> {
    let (store, epoch) = filled(builder, &[1, 2])?;
    let reader = store.blocks_from(Position::ZERO);
    store.append(epoch, &group(3, &[4], Vec::new()))?;
    assert_eq!(spans(reader)?, [(1, 1), (2, 3)]);
    assert_eq!(log_spans(&store)?, [(1, 1), (2, 3), (4, 7)]);
    Ok(())
}
