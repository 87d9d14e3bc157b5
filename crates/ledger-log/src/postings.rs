//! The values of the indexes: which positions, which edges, in few bytes.
//!
//! All numbers are LEB128: seven bits per byte, lowest first, the high bit set on all but the last
//! byte, in as few bytes as the number needs. Entries are sorted and without repetition, so that
//! equal sets have equal bytes and a rebuilt index can be compared with the live one.

use ledger_core::Position;
use thiserror::Error;

/// Encodes ascending positions of one block, whose first position is `block`.
///
/// The first number is the offset of the first position in the block; each further one is the
/// distance from its predecessor.
///
/// # Panics
///
/// Panics when the positions are not strictly ascending from `block` on.
#[must_use]
pub fn encode_positions(block: Position, positions: &[Position]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(2 * positions.len());
    let mut previous = None;
    for position in positions {
        let distance = match previous {
            None => position.get().checked_sub(block.get()),
            Some(previous) => position
                .get()
                .checked_sub(previous)
                .filter(|distance| *distance > 0),
        };
        push_varint(
            &mut bytes,
            distance.expect("positions ascend from the block's first"),
        );
        previous = Some(position.get());
    }
    bytes
}

/// Decodes what [`encode_positions`] wrote for the same block.
///
/// # Errors
///
/// [`PostingsError`] for bytes that it does not write.
pub fn decode_positions(block: Position, mut bytes: &[u8]) -> Result<Vec<Position>, PostingsError> {
    let mut positions = Vec::new();
    let mut previous = block.get();
    while !bytes.is_empty() {
        let distance = take_varint(&mut bytes)?;
        if distance == 0 && !positions.is_empty() {
            return Err(PostingsError::Order);
        }
        previous = previous
            .checked_add(distance)
            .ok_or(PostingsError::Overflow)?;
        positions.push(Position::new(previous));
    }
    Ok(positions)
}

/// One edge of evidence: an event that rests on another, as offsets within their blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// Position of the cause less the first position of its block.
    pub cause: u32,
    /// Position of the effect less the first position of its block.
    pub effect: u32,
}

/// Encodes the edges between two blocks: cause and effect of each, one after the other.
///
/// # Panics
///
/// Panics when the edges are not strictly ascending.
#[must_use]
pub fn encode_edges(edges: &[Edge]) -> Vec<u8> {
    assert!(
        edges.is_sorted_by(|a, b| a < b),
        "edges ascend without repetition"
    );
    let mut bytes = Vec::with_capacity(4 * edges.len());
    for edge in edges {
        push_varint(&mut bytes, u64::from(edge.cause));
        push_varint(&mut bytes, u64::from(edge.effect));
    }
    bytes
}

/// Decodes what [`encode_edges`] wrote.
///
/// # Errors
///
/// [`PostingsError`] for bytes that it does not write.
pub fn decode_edges(mut bytes: &[u8]) -> Result<Vec<Edge>, PostingsError> {
    let mut edges: Vec<Edge> = Vec::new();
    while !bytes.is_empty() {
        let edge = Edge {
            cause: take_offset(&mut bytes)?,
            effect: take_offset(&mut bytes)?,
        };
        if edges.last().is_some_and(|last| *last >= edge) {
            return Err(PostingsError::Order);
        }
        edges.push(edge);
    }
    Ok(edges)
}

/// What is wrong with the bytes of an index value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PostingsError {
    /// The bytes end within a number or between the two of an edge.
    #[error("index value ends too early")]
    Truncated,
    /// A number takes more bytes than it needs, or more bits than it may have.
    #[error("index value holds a malformed number")]
    Overflow,
    /// The entries do not ascend.
    #[error("index value is out of order")]
    Order,
    /// A counter falls below zero, leaves its range, or is said to change and does not.
    #[error("index value counts wrong")]
    Count,
}

pub(crate) fn push_varint(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            bytes.push(low & 0x7F);
            return;
        }
        bytes.push(low | 0x80);
    }
}

pub(crate) fn take_varint(bytes: &mut &[u8]) -> Result<u64, PostingsError> {
    let mut number: u64 = 0;
    let mut shift = 0;
    loop {
        let (byte, rest) = bytes.split_first().ok_or(PostingsError::Truncated)?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7F);
        let shifted = bits.checked_shl(shift).ok_or(PostingsError::Overflow)?;
        if shifted >> shift != bits {
            return Err(PostingsError::Overflow);
        }
        number |= shifted;
        if byte & 0x80 == 0 {
            // A last byte of zero adds nothing: the number had a shorter form.
            let is_shortest = *byte != 0 || shift == 0;
            return if is_shortest {
                Ok(number)
            } else {
                Err(PostingsError::Overflow)
            };
        }
        shift += 7;
    }
}

pub(crate) fn take_offset(bytes: &mut &[u8]) -> Result<u32, PostingsError> {
    u32::try_from(take_varint(bytes)?).map_err(|_| PostingsError::Overflow)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ledger_core::Position;
    use proptest::prelude::{any, prop, proptest};
    use proptest::prop_assert_eq;

    use super::{
        Edge, PostingsError, decode_edges, decode_positions, encode_edges, encode_positions,
    };

    fn edge((cause, effect): (u32, u32)) -> Edge {
        Edge { cause, effect }
    }

    #[test]
    fn golden_positions() {
        let cases: [(u64, &[u64], &[u8]); 5] = [
            (100, &[], &[]),
            (100, &[100], &[0]),
            (100, &[101, 102, 110], &[1, 1, 8]),
            (100, &[227, 228], &[127, 1]),
            (100, &[228, 100_000], &[0x80, 0x01, 0xBC, 0x8B, 0x06]),
        ];
        for (block, positions, expected) in cases {
            let positions: Vec<_> = positions.iter().copied().map(Position::new).collect();
            let block = Position::new(block);
            let bytes = encode_positions(block, &positions);
            assert_eq!(bytes, expected);
            assert_eq!(decode_positions(block, &bytes), Ok(positions));
        }
    }

    #[test]
    fn golden_edges() {
        let edges = [(0, 0), (0, 1), (1, 0), (200, u32::MAX)].map(edge);
        let expected = [0, 0, 0, 1, 1, 0, 0xC8, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F];
        assert_eq!(encode_edges(&edges), expected);
        assert_eq!(decode_edges(&expected), Ok(edges.into()));
    }

    #[test]
    fn malformed_values_are_refused() {
        let (truncated, overflow) = (PostingsError::Truncated, PostingsError::Overflow);
        let positions: [(&[u8], PostingsError); 6] = [
            (&[0x80], truncated),
            (&[1, 0xFF], truncated),
            (&[0x80, 0x00], overflow),
            (
                &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
                overflow,
            ),
            (
                &[
                    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x81, 0x01,
                ],
                overflow,
            ),
            (&[1, 0], PostingsError::Order),
        ];
        for (bytes, error) in positions {
            assert_eq!(
                decode_positions(Position::FIRST, bytes),
                Err(error),
                "{bytes:?}"
            );
        }
        assert_eq!(
            decode_positions(Position::new(u64::MAX), &[1]),
            Err(overflow)
        );
        let edges: [(&[u8], PostingsError); 4] = [
            (&[1], truncated),
            (&[1, 1, 1, 1], PostingsError::Order),
            (&[1, 1, 0, 2], PostingsError::Order),
            (&[0, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F], overflow),
        ];
        for (bytes, error) in edges {
            assert_eq!(decode_edges(bytes), Err(error), "{bytes:?}");
        }
    }

    #[test]
    #[should_panic(expected = "ascend")]
    fn positions_out_of_order_are_a_broken_invariant() {
        drop(encode_positions(
            Position::FIRST,
            &[Position::new(2), Position::new(2)],
        ));
    }

    #[test]
    #[should_panic(expected = "ascend")]
    fn edges_out_of_order_are_a_broken_invariant() {
        drop(encode_edges(&[(0, 1), (0, 0)].map(edge)));
    }

    proptest! {
        #[test]
        fn positions_survive(block in any::<u32>(), offsets in any::<BTreeSet<u32>>()) {
            let block = Position::new(block.into());
            let positions: Vec<_> = offsets.iter().map(|o| block.offset((*o).into())).collect();
            let bytes = encode_positions(block, &positions);
            prop_assert_eq!(decode_positions(block, &bytes), Ok(positions));
        }

        #[test]
        fn edges_survive(pairs in any::<BTreeSet<(u32, u32)>>()) {
            let edges: Vec<_> = pairs.into_iter().map(edge).collect();
            prop_assert_eq!(decode_edges(&encode_edges(&edges)), Ok(edges));
        }

        /// Whatever is accepted is what would have been written: there is one form only.
        #[test]
        fn accepted_bytes_are_canonical(bytes in prop::collection::vec(any::<u8>(), 0..12)) {
            if let Ok(positions) = decode_positions(Position::FIRST, &bytes) {
                prop_assert_eq!(encode_positions(Position::FIRST, &positions), bytes.clone());
            }
            if let Ok(edges) = decode_edges(&bytes) {
                prop_assert_eq!(encode_edges(&edges), bytes);
            }
        }
    }
}
