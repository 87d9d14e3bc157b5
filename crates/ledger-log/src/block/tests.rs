//! What a frame must hold, and what it must refuse.

use ledger_core::{Position, merkle};
use proptest::prelude::{any, prop, proptest};
use proptest::prop_assert_eq;

use super::{Block, BlockBuilder, RecordRefused};
use crate::limits::{BLOCK_BYTES_MAX, BLOCK_BYTES_TARGET, RECORD_BYTES_MAX};
use crate::{Damage, LogError};

fn block(first: u64, records: &[&[u8]]) -> Block {
    let mut builder = BlockBuilder::new(Position::new(first));
    for record in records {
        builder.push(record, &merkle::leaf_hash(record)).unwrap();
    }
    builder.finish().unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// These bytes are on disks: a change of them is a new format version, never a new golden.
#[test]
fn golden_frame_of_version_one() {
    let frame = block(258, &[b"a", b"bc"]);
    let expected = [
        "01",
        "00",
        "01",
        "00",
        "00000002",
        "0000000000000102",
        "0000006f",
        "458cc865",
        "61",
        "6263",
        "00000001",
        "c1d04330",
        "022a6979e6dab7aa5ae4c3e5e45f7e977112a7e63593820dbec1ec738a24f93c",
        "00000003",
        "242e02ac",
        "4075b6a68556aaa03188190d906199743692269dd8556b034c418f194a70e188",
        "e40b3d09",
    ];
    assert_eq!(hex(frame.frame()), expected.concat());
    let decoded = Block::decode(Position::new(258), frame.frame().to_vec()).unwrap();
    assert_eq!(decoded, frame);
}

/// The range of a block is told by its header alone, and by no damaged one.
#[test]
fn a_range_is_read_from_an_intact_header() {
    let (key, frame) = (Position::new(7), block(7, &[b"first", b"second", b"third"]));
    let range = Some((Position::new(7), Position::new(9)));
    for place in 0..frame.frame().len() {
        let mut damaged = frame.frame().to_vec();
        damaged[place] ^= 0x10;
        let read = Block::decode_range(key, &damaged).ok();
        let expected = range.filter(|_| place >= 24);
        assert_eq!(read, expected, "byte {place}");
        assert!(Block::decode(key, damaged).is_err(), "byte {place}");
    }
    for short in 0..24 {
        let read = Block::decode_range(key, &frame.frame()[..short]);
        assert!(read.is_err(), "{short} bytes");
    }
    let other = Block::decode_range(Position::new(8), frame.frame());
    let is_key = |error| {
        matches!(
            error,
            LogError::CorruptBlock {
                what: Damage::Key,
                ..
            }
        )
    };
    assert!(other.is_err_and(is_key));
}

#[test]
fn records_are_found_by_position_and_from_either_end() {
    let block = block(7, &[b"first", b"second", b"third"]);
    assert_eq!(
        (block.first_position().get(), block.last_position().get()),
        (7, 9)
    );
    let forward: Vec<_> = block
        .records()
        .map(|r| (r.position.get(), r.bytes))
        .collect();
    let expected: [(u64, &[u8]); 3] = [(7, b"first"), (8, b"second"), (9, b"third")];
    assert_eq!(forward, expected);
    let mut backward: Vec<_> = block
        .records()
        .rev()
        .map(|r| (r.position.get(), r.bytes))
        .collect();
    backward.reverse();
    assert_eq!(backward, expected);
    assert_eq!(block.records().len(), 3);
    for (position, bytes) in expected {
        let record = block.record(Position::new(position)).unwrap();
        assert_eq!(
            (record.bytes, record.leaf_hash),
            (bytes, &merkle::leaf_hash(bytes))
        );
    }
    for outside in [0, 6, 10, u64::MAX] {
        assert_eq!(block.record(Position::new(outside)), None);
    }
}

#[test]
fn builder_stops_at_its_target_but_takes_one_large_record() {
    let hash = merkle::leaf_hash(b"");
    let mut builder = BlockBuilder::new(Position::FIRST);
    assert_eq!(builder.push(&[], &hash), Err(RecordRefused::Empty));
    let too_large = vec![0; RECORD_BYTES_MAX + 1];
    let refused = RecordRefused::TooLarge {
        bytes: RECORD_BYTES_MAX + 1,
    };
    assert_eq!(builder.push(&too_large, &hash), Err(refused));
    assert!(builder.is_empty());
    builder.push(&too_large[1..], &hash).unwrap();
    assert_eq!(builder.bytes(), BLOCK_BYTES_MAX);
    assert_eq!(builder.push(b"next", &hash), Err(RecordRefused::BlockFull));
    assert_eq!(builder.count(), 1);

    let mut builder = BlockBuilder::new(Position::FIRST);
    while builder.push(&[7; 250], &hash).is_ok() {}
    assert!(builder.bytes() <= BLOCK_BYTES_TARGET);
    assert!(builder.bytes() + 300 > BLOCK_BYTES_TARGET);
    let bytes = builder.bytes();
    assert_eq!(builder.finish().unwrap().frame().len(), bytes);
    assert!(BlockBuilder::new(Position::FIRST).finish().is_none());
}

#[test]
fn every_flipped_byte_is_named() {
    let good = block(40, &[b"one", b"two", b"three"]);
    let records = 24..24 + 11;
    for offset in 0..good.frame().len() {
        let mut frame = good.frame().to_vec();
        frame[offset] ^= 0x10;
        let error = Block::decode(Position::new(40), frame).unwrap_err();
        let found = match error {
            LogError::UnknownFormat { version: 0x11 } => (offset == 0, 0),
            LogError::CorruptRecord {
                position,
                what: Damage::RecordChecksum,
            } => (records.contains(&offset), position.get()),
            LogError::CorruptBlock {
                first_position,
                what: Damage::HeaderChecksum,
            } => ((1..24).contains(&offset), first_position.get()),
            LogError::CorruptBlock {
                first_position,
                what: Damage::TableChecksum,
            } => (offset >= records.end, first_position.get()),
            other => panic!("byte {offset}: {other:?}"),
        };
        let named = match offset {
            0 => 0,
            24..=26 => 40,
            27..=29 => 41,
            30..=34 => 42,
            _ => 40,
        };
        assert_eq!(found, (true, named), "byte {offset}");
    }
}

#[test]
fn frames_that_are_not_as_written_are_refused() {
    let good = block(40, &[b"one", b"two"]);
    let decode = |key: u64, frame: Vec<u8>| match Block::decode(Position::new(key), frame) {
        Err(LogError::CorruptBlock {
            first_position,
            what,
        }) => (first_position.get(), what),
        other => panic!("{other:?}"),
    };
    for length in 0..good.frame().len() {
        let cut = good.frame()[..length].to_vec();
        assert_eq!(decode(40, cut), (40, Damage::Length), "cut to {length}");
    }
    let longer = [good.frame(), &[0]].concat();
    assert_eq!(decode(40, longer), (40, Damage::Length));
    assert_eq!(decode(41, good.frame().to_vec()), (41, Damage::Key));

    // Intact checksums do not make a header or a table sound.
    let sealed = |change: fn(&mut Vec<u8>)| {
        let mut frame = good.frame().to_vec();
        change(&mut frame);
        let header = crc32c::crc32c(&frame[..20]).to_be_bytes();
        frame[20..24].copy_from_slice(&header);
        let table_start = 24 + 6;
        let table_end = frame.len() - 4;
        let table = crc32c::crc32c(&frame[table_start..table_end]).to_be_bytes();
        frame[table_end..].copy_from_slice(&table);
        frame
    };
    assert_eq!(
        decode(40, sealed(|frame| frame[1] = 1)),
        (40, Damage::Header)
    );
    assert_eq!(
        decode(40, sealed(|frame| frame[2] = 2)),
        (40, Damage::Header)
    );
    assert_eq!(
        decode(40, sealed(|frame| frame[3] = 1)),
        (40, Damage::Header)
    );
    assert_eq!(
        decode(40, sealed(|frame| frame[7] = 0)),
        (40, Damage::Table)
    );
    assert_eq!(
        decode(40, sealed(|frame| frame[4] = 1)),
        (40, Damage::Table)
    );
    assert_eq!(
        decode(40, sealed(|frame| frame[33] = 0)),
        (40, Damage::Table)
    );
    assert_eq!(
        decode(40, sealed(|frame| frame[33] = 6)),
        (40, Damage::Table)
    );
    assert_eq!(
        decode(40, sealed(|frame| frame[73] = 5)),
        (40, Damage::Table)
    );
}

#[test]
fn every_flaw_of_a_block_is_named() {
    let good = block(40, &[b"one", b"two", b"three"]);
    assert_eq!(flaws_of(good.frame()), []);
    let mut frame = good.frame().to_vec();
    frame[24] ^= 1;
    frame[24 + 6] ^= 1;
    let record = |position: u64| (Position::new(position), Damage::RecordChecksum);
    assert_eq!(flaws_of(&frame), [record(40), record(42)]);
    // Around the records there is one flaw, and nothing behind it can be told.
    frame[0] ^= 1;
    let flaws = Block::flaws(Position::new(40), frame);
    assert!(matches!(flaws.as_slice(), [LogError::UnknownFormat { .. }]));
}

/// The damaged records of the block at position 40.
fn flaws_of(frame: &[u8]) -> Vec<(Position, Damage)> {
    let flaws = Block::flaws(Position::new(40), frame.to_vec());
    let record = |flaw| match flaw {
        LogError::CorruptRecord { position, what } => (position, what),
        other => panic!("{other}"),
    };
    flaws.into_iter().map(record).collect()
}

#[test]
fn leaf_hashes_are_checked_when_asked() {
    let mut builder = BlockBuilder::new(Position::new(3));
    builder.push(b"one", &merkle::leaf_hash(b"one")).unwrap();
    builder
        .push(b"two", &merkle::leaf_hash(b"another"))
        .unwrap();
    let block = builder.finish().unwrap();
    let error = block.verify_leaf_hashes().unwrap_err();
    assert!(matches!(
        error,
        LogError::CorruptRecord { position, what: Damage::LeafHash } if position.get() == 4
    ));
}

proptest! {
    #[test]
    fn what_is_built_is_read(
        first in 1..u64::MAX / 2,
        records in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..300), 1..50),
    ) {
        let slices: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
        let built = block(first, &slices);
        let read = Block::decode(Position::new(first), built.frame().to_vec()).unwrap();
        read.verify_leaf_hashes().unwrap();
        prop_assert_eq!(read.records().map(|r| r.bytes).collect::<Vec<_>>(), slices);
        prop_assert_eq!(read, built);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        assert!(Block::decode(Position::FIRST, bytes).is_err());
    }
}
