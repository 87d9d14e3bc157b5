//! Every key of the store, to the byte.
//!
//! Numbers in keys are big-endian, so that the order of the bytes is the order of the numbers; that
//! has to stay. Positions take eight bytes. A byte that was ever assigned is never assigned again.
//!
//! | space | key | value |
//! |---|---|---|
//! | events | first position of the block | the block ([`Block`](crate::Block)) |
//! | entities | kind byte, identifier ([`EntityKind`]) | the entity, encoded by the engine |
//! | tag index | tag kind, length of tag, tag, first position of the block | [`encode_positions`](crate::postings::encode_positions) |
//! | effect index | first position of the cause's block, of the effect's block | [`encode_edges`](crate::postings::encode_edges) |
//! | requests | request id, 16 bytes | the answer, encoded by the engine |
//! | refusals | sequence number | the refusal, encoded by the engine |
//! | meta | a short ASCII name | as the engine defines |
//! | progress | counter, first position of the block | [`CounterRow`](crate::CounterRow) |

use ledger_core::Position;
use thiserror::Error;

use crate::limits::{CERTIFICATE_NUMBER_BYTES_MAX, TAG_BYTES_MAX};

/// The first byte of an entity key; the identifier follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EntityKind {
    /// Person key, 16 bytes.
    Person = 0x01,
    /// Class id, 16 bytes.
    Class = 0x02,
    /// Unified social credit code, 18 ASCII bytes.
    Institution = 0x03,
    /// Certificate number, 1 to 32 ASCII bytes.
    Certificate = 0x04,
    /// Division code (4 bytes), fund source (1 byte).
    Account = 0x05,
    /// Disbursement id, 16 bytes.
    Disbursement = 0x06,
    /// Case id, 16 bytes.
    Case = 0x07,
    /// Clawback id, 16 bytes.
    Clawback = 0x08,
    /// Position of the event that published or withdrew a policy, 8 bytes.
    Policy = 0x09,
    /// Award id, 16 bytes.
    Award = 0x0A,
    /// Key of the register of a scheme's awards in a province, 16 bytes.
    AwardRegister = 0x0B,
    /// Order id, 16 bytes.
    Order = 0x0C,
}

/// The key of a block of events: its first position.
#[must_use]
pub fn block(first_position: Position) -> [u8; 8] {
    first_position.get().to_be_bytes()
}

/// The key of a person.
#[must_use]
pub fn person(key: &[u8; 16]) -> Vec<u8> {
    entity(EntityKind::Person, key)
}

/// The key of a class.
#[must_use]
pub fn class(id: &[u8; 16]) -> Vec<u8> {
    entity(EntityKind::Class, id)
}

/// The key of an institution: its unified social credit code.
#[must_use]
pub fn institution(credit_code: &[u8; 18]) -> Vec<u8> {
    entity(EntityKind::Institution, credit_code)
}

/// The key of a certificate: its number.
///
/// # Errors
///
/// [`KeyError::CertificateNumber`] for a number that is empty, too long or not ASCII.
pub fn certificate(number: &str) -> Result<Vec<u8>, KeyError> {
    let fits = (1..=CERTIFICATE_NUMBER_BYTES_MAX).contains(&number.len());
    if !fits || !number.is_ascii() {
        return Err(KeyError::CertificateNumber);
    }
    Ok(entity(EntityKind::Certificate, number.as_bytes()))
}

/// The key of an account: division code (such as 370100) and the number of the fund source.
#[must_use]
pub fn account(division: u32, fund: u8) -> Vec<u8> {
    let [d0, d1, d2, d3] = division.to_be_bytes();
    entity(EntityKind::Account, &[d0, d1, d2, d3, fund])
}

/// The key of a disbursement.
#[must_use]
pub fn disbursement(id: &[u8; 16]) -> Vec<u8> {
    entity(EntityKind::Disbursement, id)
}

/// The key of a supervision case.
#[must_use]
pub fn case(id: &[u8; 16]) -> Vec<u8> {
    entity(EntityKind::Case, id)
}

/// The key of a clawback.
#[must_use]
pub fn clawback(id: &[u8; 16]) -> Vec<u8> {
    entity(EntityKind::Clawback, id)
}

/// The key of a policy's marker: the position of the event that published or withdrew it.
#[must_use]
pub fn policy(recorded_at: Position) -> Vec<u8> {
    entity(EntityKind::Policy, &recorded_at.get().to_be_bytes())
}

/// The key of an award.
#[must_use]
pub fn award(id: &[u8; 16]) -> Vec<u8> {
    entity(EntityKind::Award, id)
}

/// The key of the register of a scheme's awards in a province.
#[must_use]
pub fn award_register(key: &[u8; 16]) -> Vec<u8> {
    entity(EntityKind::AwardRegister, key)
}

/// The key of a training order.
#[must_use]
pub fn order(id: &[u8; 16]) -> Vec<u8> {
    entity(EntityKind::Order, id)
}

/// The prefix under which all entities of one kind lie.
#[must_use]
pub fn entity_prefix(kind: EntityKind) -> Vec<u8> {
    vec![kind.byte()]
}

/// The prefix under which all index entries of one tag lie, in the order of the blocks.
///
/// The length in front keeps a tag from being the prefix of another.
///
/// # Errors
///
/// [`KeyError::TagLength`] for a tag beyond 255 bytes.
pub fn tag_prefix(tag_kind: u8, tag: &[u8]) -> Result<Vec<u8>, KeyError> {
    let length = u8::try_from(tag.len()).map_err(|_| KeyError::TagLength { bytes: tag.len() })?;
    let mut key = Vec::with_capacity(2 + tag.len() + POSITION_BYTES);
    key.push(tag_kind);
    key.push(length);
    key.extend_from_slice(tag);
    Ok(key)
}

/// The key of the index entry of one tag in one block.
///
/// # Errors
///
/// [`KeyError::TagLength`] for a tag beyond 255 bytes.
pub fn tag(tag_kind: u8, tag: &[u8], block: Position) -> Result<Vec<u8>, KeyError> {
    let mut key = tag_prefix(tag_kind, tag)?;
    key.extend_from_slice(&block.get().to_be_bytes());
    Ok(key)
}

/// Returns the first position of the block that a tag index key names.
///
/// # Errors
///
/// [`KeyError::Malformed`] for anything that [`tag`] does not build.
pub fn tag_block(key: &[u8]) -> Result<Position, KeyError> {
    let (&[_, length], rest) = key.split_first_chunk().ok_or(KeyError::Malformed)?;
    let (tag, block) = rest
        .split_at_checked(usize::from(length))
        .ok_or(KeyError::Malformed)?;
    debug_assert_eq!(tag.len(), usize::from(length));
    position(block)
}

/// The prefix under which all effects of one block's events lie, in the order of the effects.
#[must_use]
pub fn effect_prefix(cause_block: Position) -> Vec<u8> {
    cause_block.get().to_be_bytes().to_vec()
}

/// The key of the edges from the events of one block to those of another that rest on them.
#[must_use]
pub fn effect(cause_block: Position, effect_block: Position) -> Vec<u8> {
    let mut key = effect_prefix(cause_block);
    key.extend_from_slice(&effect_block.get().to_be_bytes());
    key
}

/// Returns the first positions of cause's and effect's blocks that an effect index key names.
///
/// # Errors
///
/// [`KeyError::Malformed`] for anything that [`effect`] does not build.
pub fn effect_blocks(key: &[u8]) -> Result<(Position, Position), KeyError> {
    let (cause, effect) = key
        .split_at_checked(POSITION_BYTES)
        .ok_or(KeyError::Malformed)?;
    Ok((position(cause)?, position(effect)?))
}

/// The key of the row of one counter in one block.
///
/// `counter` tells where it ends by itself, so that no counter is the prefix of another: the rows
/// of a counter lie together, in the order of the blocks.
#[must_use]
pub fn progress(counter: &[u8], block: Position) -> Vec<u8> {
    let mut key = Vec::with_capacity(counter.len() + POSITION_BYTES);
    key.extend_from_slice(counter);
    key.extend_from_slice(&block.get().to_be_bytes());
    key
}

/// Returns the counter and the first position of the block that a progress key names.
///
/// # Errors
///
/// [`KeyError::Malformed`] for a key that is too short to hold both.
pub fn progress_parts(key: &[u8]) -> Result<(&[u8], Position), KeyError> {
    let (counter, block) = key.split_last_chunk().ok_or(KeyError::Malformed)?;
    if counter.is_empty() {
        return Err(KeyError::Malformed);
    }
    Ok((counter, Position::new(u64::from_be_bytes(*block))))
}

/// The key of the answer to a request.
#[must_use]
pub fn request(id: &[u8; 16]) -> Vec<u8> {
    id.to_vec()
}

/// The key of a refusal: its sequence number, counted from 1.
#[must_use]
pub fn refusal(sequence: u64) -> Vec<u8> {
    sequence.to_be_bytes().to_vec()
}

/// Returns the sequence number that a refusal's key holds.
///
/// # Errors
///
/// [`KeyError::Malformed`] for anything that [`refusal`] does not build.
pub fn refusal_sequence(key: &[u8]) -> Result<u64, KeyError> {
    key.try_into()
        .map(u64::from_be_bytes)
        .map_err(|_| KeyError::Malformed)
}

/// Returns the position that a block's key holds.
///
/// # Errors
///
/// [`KeyError::Malformed`] for anything that [`block`] does not build.
pub fn position(key: &[u8]) -> Result<Position, KeyError> {
    let bytes = key.try_into().map_err(|_| KeyError::Malformed)?;
    Ok(Position::new(u64::from_be_bytes(bytes)))
}

/// Returns the smallest key after all that start with `prefix`, for the end of a scan.
///
/// Empty, which scans take for "no bound", when there is none: a prefix of 0xFF bytes only.
#[must_use]
pub fn prefix_end(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            break;
        }
    }
    end
}

/// Returns the smallest key after `key`, for continuing a scan behind it.
#[must_use]
pub fn successor(key: &[u8]) -> Vec<u8> {
    let mut next = Vec::with_capacity(key.len() + 1);
    next.extend_from_slice(key);
    next.push(0);
    next
}

/// Why a key cannot be built or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The tag does not fit the byte that holds its length.
    #[error("tag of {bytes} bytes is too long")]
    TagLength {
        /// Bytes of the tag.
        bytes: usize,
    },
    /// The certificate number is empty, too long or not ASCII.
    #[error("certificate number cannot be a key")]
    CertificateNumber,
    /// The key is not of the form that this version writes.
    #[error("key is malformed")]
    Malformed,
}

impl EntityKind {
    /// Every kind, in the order of the bytes.
    pub const ALL: [Self; 12] = [
        Self::Person,
        Self::Class,
        Self::Institution,
        Self::Certificate,
        Self::Account,
        Self::Disbursement,
        Self::Case,
        Self::Clawback,
        Self::Policy,
        Self::Award,
        Self::AwardRegister,
        Self::Order,
    ];

    /// Returns the permanent byte.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Person => 0x01,
            Self::Class => 0x02,
            Self::Institution => 0x03,
            Self::Certificate => 0x04,
            Self::Account => 0x05,
            Self::Disbursement => 0x06,
            Self::Case => 0x07,
            Self::Clawback => 0x08,
            Self::Policy => 0x09,
            Self::Award => 0x0A,
            Self::AwardRegister => 0x0B,
            Self::Order => 0x0C,
        }
    }

    /// Returns the kind of the entity that a key names.
    ///
    /// # Errors
    ///
    /// [`KeyError::Malformed`] when the key is empty or its first byte was never assigned.
    pub fn of(key: &[u8]) -> Result<Self, KeyError> {
        let byte = key.first().ok_or(KeyError::Malformed)?;
        Self::ALL
            .into_iter()
            .find(|kind| kind.byte() == *byte)
            .ok_or(KeyError::Malformed)
    }
}

const POSITION_BYTES: usize = size_of::<u64>();

const _: () = assert!(TAG_BYTES_MAX == 255);
// So that a change of the size does not go unnoticed: the kind is written as one byte.
const _: () = assert!(size_of::<EntityKind>() == 1);

fn entity(kind: EntityKind, identifier: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + identifier.len());
    key.push(kind.byte());
    key.extend_from_slice(identifier);
    key
}

#[cfg(test)]
mod tests {
    use ledger_core::Position;

    use super::{
        EntityKind, KeyError, account, award, award_register, block, case, certificate, class,
        clawback, disbursement, effect, effect_blocks, effect_prefix, entity_prefix, institution,
        order, person, policy, position, prefix_end, progress, progress_parts, refusal,
        refusal_sequence, request, successor, tag, tag_block, tag_prefix,
    };

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// These bytes are on disks: a change of them is a rebuild at best.
    #[test]
    fn golden_keys() {
        let id: [u8; 16] = std::array::from_fn(|i| 0xA0 + u8::try_from(i).unwrap());
        let id_hex = "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf";
        let at = Position::new(0x0102_0304_0506_0708);
        let at_hex = "0102030405060708";
        let cases: [(Vec<u8>, &[&str]); 19] = [
            (block(at).to_vec(), &[at_hex]),
            (person(&id), &["01", id_hex]),
            (class(&id), &["02", id_hex]),
            (
                institution(b"91370100MA3C000000"),
                &["03", "39313337303130304d4133433030303030", "30"],
            ),
            (certificate("Y0001").unwrap(), &["04", "5930303031"]),
            (account(370_100, 3), &["05", "0005a5b4", "03"]),
            (disbursement(&id), &["06", id_hex]),
            (case(&id), &["07", id_hex]),
            (clawback(&id), &["08", id_hex]),
            (policy(at), &["09", at_hex]),
            (award(&id), &["0a", id_hex]),
            (award_register(&id), &["0b", id_hex]),
            (order(&id), &["0c", id_hex]),
            (
                tag_prefix(2, b"class").unwrap(),
                &["02", "05", "636c617373"],
            ),
            (
                tag(2, b"class", at).unwrap(),
                &["02", "05", "636c617373", at_hex],
            ),
            (effect(Position::FIRST, at), &["0000000000000001", at_hex]),
            (progress(b"counter", at), &["636f756e746572", at_hex]),
            (request(&id), &[id_hex]),
            (refusal(258), &["0000000000000102"]),
        ];
        for (key, expected) in cases {
            assert_eq!(hex(&key), expected.concat());
        }
        let bytes = EntityKind::ALL.map(EntityKind::byte);
        assert_eq!(bytes, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    }

    #[test]
    fn keys_order_as_their_numbers_do() {
        let numbers = [0, 1, 255, 256, 65_535, u64::from(u32::MAX), u64::MAX].map(Position::new);
        assert!(numbers.map(block).is_sorted());
        assert!(numbers.map(|n| tag(1, b"t", n).unwrap()).is_sorted());
        assert!(numbers.map(|n| effect(Position::FIRST, n)).is_sorted());
        assert!(numbers.map(|n| progress(b"c", n)).is_sorted());
    }

    #[test]
    fn keys_are_read_back() {
        let (one, two) = (Position::new(1), Position::new(u64::MAX));
        assert_eq!(position(&block(two)), Ok(two));
        assert_eq!(tag_block(&tag(9, &[0; 255], two).unwrap()), Ok(two));
        assert_eq!(tag_block(&tag(9, b"", one).unwrap()), Ok(one));
        assert_eq!(effect_blocks(&effect(one, two)), Ok((one, two)));
        assert_eq!(refusal_sequence(&refusal(7)), Ok(7));
        assert_eq!(progress_parts(&progress(b"c", two)), Ok((&b"c"[..], two)));
        for kind in EntityKind::ALL {
            assert_eq!(EntityKind::of(&entity_prefix(kind)), Ok(kind));
        }
    }

    #[test]
    fn malformed_keys_are_refused() {
        let malformed = Err(KeyError::Malformed);
        for key in [
            &b""[..],
            b"\x01",
            b"\x01\x00",
            b"\x01\x02a12345678",
            b"\x01\x00123456789",
        ] {
            assert_eq!(tag_block(key), malformed, "{key:?}");
        }
        for key in [
            &b""[..],
            b"1234567",
            b"123456781234567",
            b"12345678123456789",
        ] {
            assert_eq!(effect_blocks(key), Err(KeyError::Malformed), "{key:?}");
        }
        for key in [&b""[..], b"1234567", b"12345678"] {
            assert_eq!(progress_parts(key), Err(KeyError::Malformed), "{key:?}");
        }
        assert_eq!(position(b"123456789"), malformed);
        assert_eq!(refusal_sequence(b"1234567"), Err(KeyError::Malformed));
        for key in [&b""[..], b"\x00", b"\x0D", b"\xFF"] {
            assert_eq!(EntityKind::of(key), Err(KeyError::Malformed), "{key:?}");
        }
        assert_eq!(
            tag(1, &[0; 256], Position::FIRST),
            Err(KeyError::TagLength { bytes: 256 })
        );
        for number in ["", "号", &"0".repeat(33)] {
            assert_eq!(
                certificate(number),
                Err(KeyError::CertificateNumber),
                "{number:?}"
            );
        }
    }

    #[test]
    fn no_tag_lies_under_the_prefix_of_another() {
        let prefix = tag_prefix(1, b"ab").unwrap();
        for (kind, other) in [(1, &b"abc"[..]), (1, b"a"), (2, b"ab")] {
            assert!(
                !tag(kind, other, Position::FIRST)
                    .unwrap()
                    .starts_with(&prefix)
            );
        }
    }

    #[test]
    fn ends_of_ranges() {
        let cases: [(&[u8], &[u8]); 5] = [
            (b"a", b"b"),
            (b"\x01\xFF", b"\x02"),
            (b"\x01\xFF\xFF", b"\x02"),
            (b"\xFF\xFF", b""),
            (b"", b""),
        ];
        for (prefix, end) in cases {
            assert_eq!(prefix_end(prefix), end, "{prefix:?}");
        }
        assert_eq!(
            prefix_end(&effect_prefix(Position::FIRST)),
            block(Position::new(2))
        );
        assert_eq!(successor(b"a"), b"a\0");
    }
}
