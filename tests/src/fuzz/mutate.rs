//! Changing an input: a few steps of the kinds that break parsers.
//!
//! The steps are written here and not taken from a library because most of their use is in the
//! words of the formats: the tags of the contract, the signs of TOML, JSON and CSV, the numbers at
//! the ends of their ranges.

use crate::workload::Seeded;

/// The largest input that is made: beyond it parsers are bounded by their callers.
const INPUT_BYTES_MAX: usize = 64 * 1024;

/// Steps of one change, at most.
const STEPS_MAX: u64 = 6;

/// What stands in the formats, or must not.
const WORDS: &[&[u8]] = &[
    b"\"",
    b"\"\"\"",
    b"'",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"[",
    b"[[",
    b"]",
    b"{",
    b"}",
    b",",
    b";",
    b"=",
    b"#",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\t",
    b" ",
    b".",
    b"-",
    b"0",
    b"-0",
    b"1e400",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"18446744073709551615",
    b"99999999999999999999",
    b"0001-01-01",
    b"9999-12-31",
    b"2021-02-29",
    b"null",
    b"true",
    b"nan",
    b"inf",
    // Byte order marks, an invisible letter, a full-width digit, half a character.
    b"\xEF\xBB\xBF",
    b"\xFF\xFE",
    b"\xE2\x80\x8B",
    b"\xEF\xBC\x91",
    b"\xE4\xB8",
    // Tags and lengths of the protobuf wire format, and the longest varint.
    b"\x0A\x00",
    b"\x12\x00",
    b"\x0A\xFF\xFF\xFF\xFF\x0F",
    b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01",
    b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80",
    b"\xFB\xFC",
];

/// Takes an input of the corpus, and changes it in one to six steps.
pub(super) fn changed(corpus: &[(String, Vec<u8>)], seeded: &mut Seeded) -> Vec<u8> {
    let mut input = one_of(corpus, seeded);
    for _ in 0..=seeded.below(STEPS_MAX) {
        step(&mut input, corpus, seeded);
    }
    input.truncate(INPUT_BYTES_MAX);
    input
}

fn step(input: &mut Vec<u8>, corpus: &[(String, Vec<u8>)], seeded: &mut Seeded) {
    let at = place(input.len(), seeded);
    match seeded.below(9) {
        0 => change_bit(input, at, seeded),
        1 => set_byte(input, at, seeded),
        2 => input.truncate(at),
        3 => drop(input.drain(range(at, input.len(), seeded))),
        4 => {
            let again = input
                .get(range(at, input.len(), seeded))
                .map(<[u8]>::to_vec);
            insert(input, at, &again.unwrap_or_default());
        }
        5 => {
            let word = WORDS.get(seeded.index(WORDS.len())).copied();
            insert(input, at, word.unwrap_or_default());
        }
        6 => {
            // Deep nesting, and long fields.
            let word = WORDS.get(seeded.index(WORDS.len())).copied();
            let times = 1 + seeded.index(300);
            insert(input, at, &word.unwrap_or_default().repeat(times));
        }
        7 => {
            let other = one_of(corpus, seeded);
            let from = place(other.len(), seeded);
            let part = other.get(range(from, other.len(), seeded));
            insert(input, at, part.unwrap_or_default());
        }
        _ => swap(input, at, seeded),
    }
}

fn change_bit(input: &mut [u8], at: usize, seeded: &mut Seeded) {
    let bit = 1_u8 << seeded.below(8);
    if let Some(byte) = input.get_mut(at) {
        *byte ^= bit;
    }
}

fn set_byte(input: &mut [u8], at: usize, seeded: &mut Seeded) {
    let [value, ..] = seeded.next_u64().to_le_bytes();
    if let Some(byte) = input.get_mut(at) {
        *byte = value;
    }
}

/// Exchanges two bytes.
fn swap(input: &mut [u8], at: usize, seeded: &mut Seeded) {
    let other = place(input.len(), seeded);
    if at < input.len() && other < input.len() {
        input.swap(at, other);
    }
}

fn insert(input: &mut Vec<u8>, at: usize, what: &[u8]) {
    input.splice(at..at, what.iter().copied());
}

/// A place in a text, its end included.
fn place(length: usize, seeded: &mut Seeded) -> usize {
    seeded.index(length + 1)
}

/// A range from a place on: mostly short, now and then to the end.
fn range(from: usize, length: usize, seeded: &mut Seeded) -> std::ops::Range<usize> {
    let rest = length.saturating_sub(from);
    let longest = if seeded.below(8) == 0 {
        rest
    } else {
        rest.min(24)
    };
    from..from + seeded.index(longest + 1)
}

fn one_of(corpus: &[(String, Vec<u8>)], seeded: &mut Seeded) -> Vec<u8> {
    let index = seeded.index(corpus.len().max(1));
    corpus
        .get(index)
        .map(|(_, input)| input.clone())
        .unwrap_or_default()
}
