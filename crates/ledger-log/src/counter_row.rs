//! The values of the progress space: a running count, and how the events of one block change it.

use ledger_core::Position;

use crate::postings::{PostingsError, push_varint, take_offset, take_varint};

/// What one block does to one counter.
///
/// The count as of any position follows from one row, the last one that starts at or before it:
/// rows of later blocks know what came before them. As stored it is, in numbers as
/// [`postings`](crate::postings) writes them:
///
/// 1. the count before the block;
/// 2. for each event of the block that changes it, ascending: its distance from the event before it
///    (of the first one from the start of the block), and the change in zigzag form (0, −1, 1, −2
///    as 0, 1, 2, 3).
///
/// Equal rows have equal bytes, so that a rebuilt row can be compared with the live one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterRow {
    /// The count before the first event of the block.
    pub before: u64,
    /// Positions in the block whose events change the count, ascending, each with its change,
    /// which is not zero.
    pub changes: Vec<(Position, i64)>,
}

impl CounterRow {
    /// Encodes the row of the block whose first position is `block`.
    ///
    /// # Panics
    ///
    /// When the positions are not strictly ascending from `block` on, or a change is zero.
    #[must_use]
    pub fn encode(&self, block: Position) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(10 + 2 * self.changes.len());
        push_varint(&mut bytes, self.before);
        let mut least = block;
        let mut last = block;
        for (position, change) in &self.changes {
            assert!(
                *position >= least && *change != 0,
                "changes ascend and change something"
            );
            let distance = position.since(last).expect("changes ascend");
            push_varint(&mut bytes, distance);
            push_varint(&mut bytes, zigzag(*change));
            last = *position;
            least = position.next();
        }
        bytes
    }

    /// Decodes what [`encode`](Self::encode) wrote.
    ///
    /// # Errors
    ///
    /// [`PostingsError`] for bytes that it does not write, and for a count that falls below zero.
    pub fn decode(block: Position, mut bytes: &[u8]) -> Result<Self, PostingsError> {
        let before = take_varint(&mut bytes)?;
        let mut changes: Vec<(Position, i64)> = Vec::new();
        let mut count = before;
        let mut last = block;
        while !bytes.is_empty() {
            let distance = take_offset(&mut bytes)?;
            if distance == 0 && !changes.is_empty() {
                return Err(PostingsError::Order);
            }
            let position = last.get().checked_add(u64::from(distance));
            last = Position::new(position.ok_or(PostingsError::Overflow)?);
            let change = unzigzag(take_varint(&mut bytes)?);
            count = count
                .checked_add_signed(change)
                .filter(|_| change != 0)
                .ok_or(PostingsError::Count)?;
            changes.push((last, change));
        }
        Ok(Self { before, changes })
    }

    /// The count as of a position that does not lie before the block.
    #[must_use]
    pub fn as_of(&self, position: Position) -> u64 {
        let known = self.changes.iter().take_while(|(at, _)| *at <= position);
        known.fold(self.before, |count, (_, change)| {
            count.saturating_add_signed(*change)
        })
    }

    /// The count after the block.
    #[must_use]
    pub fn after(&self) -> u64 {
        self.as_of(Position::new(u64::MAX))
    }
}

fn zigzag(number: i64) -> u64 {
    let doubled = number.unsigned_abs().wrapping_mul(2);
    if number < 0 {
        doubled.wrapping_sub(1)
    } else {
        doubled
    }
}

fn unzigzag(number: u64) -> i64 {
    let half = (number >> 1).cast_signed();
    if number & 1 == 1 { !half } else { half }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ledger_core::Position;
    use proptest::prelude::{any, prop, proptest};
    use proptest::prop_assert_eq;

    use super::{CounterRow, unzigzag, zigzag};
    use crate::postings::PostingsError;

    fn row(before: u64, changes: &[(u64, i64)]) -> CounterRow {
        let changes = changes.iter();
        CounterRow {
            before,
            changes: changes.map(|(at, by)| (Position::new(*at), *by)).collect(),
        }
    }

    /// These bytes are on disks: a change of them is a rebuild.
    #[test]
    fn golden_rows() {
        let cases: [(CounterRow, &[u8]); 5] = [
            (row(0, &[(100, 1)]), &[0, 0, 2]),
            (row(300, &[(100, 1), (101, -1)]), &[0xAC, 0x02, 0, 2, 1, 1]),
            (
                row(7, &[(110, 64), (238, -7)]),
                &[7, 10, 0x80, 0x01, 0x80, 0x01, 13],
            ),
            (row(7, &[]), &[7]),
            (
                row(0, &[(100, i64::MAX)]),
                &[
                    0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01,
                ],
            ),
        ];
        let block = Position::new(100);
        for (row, expected) in cases {
            let bytes = row.encode(block);
            assert_eq!(bytes, expected, "{row:?}");
            assert_eq!(CounterRow::decode(block, &bytes), Ok(row));
        }
    }

    #[test]
    fn a_row_knows_every_position_from_its_block_on() {
        let row = row(5, &[(100, 1), (102, -2), (103, 4)]);
        let expected = [(99, 5), (100, 6), (101, 6), (102, 4), (103, 8), (999, 8)];
        for (position, count) in expected {
            assert_eq!(row.as_of(Position::new(position)), count, "{position}");
        }
        assert_eq!(row.after(), 8);
    }

    #[test]
    fn malformed_rows_are_refused() {
        let cases: [(&[u8], PostingsError); 8] = [
            (&[], PostingsError::Truncated),
            (&[0, 0], PostingsError::Truncated),
            (&[0x80, 0], PostingsError::Overflow),
            (
                &[0, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F, 2],
                PostingsError::Overflow,
            ),
            (&[0, 1, 2, 0, 2], PostingsError::Order),
            (&[0, 0, 0], PostingsError::Count),
            (&[0, 0, 1], PostingsError::Count),
            (&[1, 0, 2, 1, 5], PostingsError::Count),
        ];
        for (bytes, error) in cases {
            assert_eq!(
                CounterRow::decode(Position::FIRST, bytes),
                Err(error),
                "{bytes:?}"
            );
        }
        assert_eq!(
            CounterRow::decode(Position::new(u64::MAX), &[0, 1, 2]),
            Err(PostingsError::Overflow)
        );
    }

    #[test]
    fn zigzag_reaches_both_ends() {
        for (number, expected) in [(0, 0), (-1, 1), (1, 2), (-2, 3), (i64::MIN, u64::MAX)] {
            assert_eq!(zigzag(number), expected);
            assert_eq!(unzigzag(expected), number);
        }
    }

    proptest! {
        #[test]
        fn rows_survive(
            before in 1_u64 << 40..1 << 41,
            changes in any::<BTreeMap<u16, i16>>(),
        ) {
            let block = Position::new(9);
            let changes = changes.into_iter().filter(|(_, change)| *change != 0);
            let position = |offset: u16| block.offset(offset.into());
            let changes = changes.map(|(offset, change)| (position(offset), change.into()));
            let row = CounterRow { before, changes: changes.collect() };
            prop_assert_eq!(CounterRow::decode(block, &row.encode(block)), Ok(row));
        }

        /// Whatever is accepted is what would have been written: there is one form only.
        #[test]
        fn accepted_bytes_are_canonical(bytes in prop::collection::vec(any::<u8>(), 0..12)) {
            if let Ok(row) = CounterRow::decode(Position::FIRST, &bytes) {
                prop_assert_eq!(row.encode(Position::FIRST), bytes);
            }
        }
    }
}
