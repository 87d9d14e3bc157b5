//! The bytes of one event of every kind, which no later version may change.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use expect_test::expect_file;
use ledger_core::{EventKind, hex, merkle};
use ledger_proto::to_proto::recorded_event_to_proto;
use ledger_proto::{Interner, recorded_event_from_bytes, recorded_event_to_bytes, v1};
use prost::Message as _;

use crate::samples;

const HEAD: &str = "\
# One line per event kind: number, name, leaf hash (RFC 6962, SHA-256), stored bytes in hexadecimal.
# Written by version 0.1. Lines are added for new kinds and never changed: every later version has
# to read these bytes and to write the same.
";

#[test]
fn every_kind_writes_its_golden_bytes() {
    let mut lines = HEAD.to_owned();
    let mut events = samples::events();
    events.sort_by_key(|recorded| recorded.event.body.kind());
    for recorded in &events {
        let mut bytes = Vec::new();
        recorded_event_to_bytes(recorded, &mut bytes);
        let kind = recorded.event.body.kind();
        let leaf_hash = hex::encode(&merkle::leaf_hash(&bytes));
        writeln!(
            lines,
            "{} {kind:?} {leaf_hash} {}",
            kind.number(),
            hex::encode(&bytes)
        )
        .unwrap();
    }
    expect_file!["../../testdata/golden_events.txt"].assert_eq(&lines);
}

#[test]
fn every_kind_has_golden_bytes() {
    let sampled: Vec<_> = samples::events()
        .iter()
        .map(|event| event.event.body.kind())
        .collect();
    let distinct: BTreeSet<_> = sampled.iter().copied().collect();
    assert_eq!(
        distinct,
        BTreeSet::from(EventKind::ALL),
        "a kind has no sample"
    );
    assert_eq!(distinct.len(), sampled.len(), "a kind has two samples");
}

#[test]
fn golden_bytes_are_read_as_the_events_they_were_written_from() {
    let golden = include_str!("../../testdata/golden_events.txt");
    let mut events = samples::events();
    events.sort_by_key(|recorded| recorded.event.body.kind());
    let mut names = Interner::default();
    let lines: Vec<_> = golden
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    assert_eq!(lines.len(), events.len());
    for (line, event) in lines.into_iter().zip(events) {
        let read = recorded_event_from_bytes(&golden_bytes(line), &mut names);
        assert_eq!(read.unwrap(), event);
    }
}

/// Whatever writes the bytes, they are what any protobuf library writes: fields in ascending order
/// of number, defaults left out.
#[test]
fn stored_bytes_are_the_canonical_encoding() {
    for recorded in samples::events() {
        let mut bytes = Vec::new();
        recorded_event_to_bytes(&recorded, &mut bytes);
        let decoded = v1::RecordedEvent::decode(bytes.as_slice()).unwrap();
        assert_eq!(
            decoded.encode_to_vec(),
            bytes,
            "{:?}",
            recorded.event.body.kind()
        );
        assert_eq!(recorded_event_to_proto(&recorded), decoded);
    }
}

#[test]
fn the_catalogue_lists_every_kind_with_its_size() {
    let catalogue = include_str!("../../../../docs/internals/events.md");
    for recorded in samples::events() {
        let mut bytes = Vec::new();
        recorded_event_to_bytes(&recorded, &mut bytes);
        let kind = recorded.event.body.kind();
        let (head, tail) = (
            format!("| {} | `{kind:?}` |", kind.number()),
            bytes.len().to_string(),
        );
        let mut rows = catalogue.lines().filter(|line| line.starts_with(&head));
        let row = rows.next().unwrap_or_else(|| panic!("no row `{head}`"));
        assert!(
            row.ends_with(&format!("| {tail} |")),
            "{row}: has {tail} bytes"
        );
    }
}

fn golden_bytes(line: &str) -> Vec<u8> {
    let digits = line.split(' ').nth(3).unwrap();
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    assert!(rest.is_empty());
    let byte = |pair: &[u8; 2]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    pairs.iter().map(byte).collect()
}
