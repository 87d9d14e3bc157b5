//! Every key of the store, to the byte.
//!
//! Numbers in keys are big-endian, so that the order of the bytes is the order of the numbers; that
//! has to stay. Positions take eight bytes. A byte that was ever assigned is never assigned again.
//!
//! | space | key | value |
//! |---|---|---|
//! | events | first position of the block | the block ([`Block`](crate::Block)) |
//! | entities | kind byte, identifier ([`entity`]) | the entity, encoded by the engine |
//! | tag index | tag kind, length of tag, tag, first position of the block | [`encode_positions`](crate::postings::encode_positions) |
//! | effect index | first position of the cause's block, of the effect's block | [`encode_edges`](crate::postings::encode_edges) |
//! | requests | request id, 16 bytes | the answer, encoded by the engine |
//! | refusals | sequence number | the refusal, encoded by the engine |
//! | meta | a short ASCII name | as the engine defines |
//! | progress | counter, first position of the block | [`CounterRow`](crate::CounterRow) |

use ledger_core::{
    AccountKey, AwardId, AwardRegisterKey, CaseId, CertificateNumber, ClassId, ClawbackId,
    CreditCode, DisbursementId, Division, EntityKey, EntityKind, FundSource, OrderId, PersonKey,
    Position, each_entity,
};
use thiserror::Error;

use crate::limits::{CERTIFICATE_NUMBER_BYTES_MAX, TAG_BYTES_MAX};

/// The first byte of the key of a policy's marker, which is no entity of the table.
pub const POLICY_BYTE: u8 = 0x09;

/// What identifies an entity, as it stands in its key behind the byte of its kind.
trait Identifier: Sized {
    /// The bytes.
    fn bytes(&self) -> impl AsRef<[u8]>;

    /// Reads them; `None` for bytes that [`bytes`](Self::bytes) does not give.
    fn read(bytes: &[u8]) -> Option<Self>;
}

/// The key of a block of events: its first position.
#[must_use]
pub fn block(first_position: Position) -> [u8; 8] {
    first_position.get().to_be_bytes()
}

/// The key of an entity: the byte of its kind ([`EntityKind::number`]), then what identifies it.
#[must_use]
pub fn entity(key: &EntityKey) -> Vec<u8> {
    macro_rules! built {
        ($(
            $number:literal $name:ident($key:ident) as $one:ident in $many:ident:
            $english:literal, $chinese:literal;
        )+) => {
            match key { $( EntityKey::$name(key) => with_kind($number, key.bytes().as_ref()), )+ }
        };
    }
    each_entity!(built)
}

/// Reads a key that [`entity`] built; `None` for any other, a policy's among them.
#[must_use]
pub fn parse_entity(key: &[u8]) -> Option<EntityKey> {
    macro_rules! parsed {
        ($(
            $number:literal $name:ident($key:ident) as $one:ident in $many:ident:
            $english:literal, $chinese:literal;
        )+) => {
            match key.split_first()? {
                $( ($number, identifier) => <$key>::read(identifier).map(EntityKey::$name), )+
                _ => None,
            }
        };
    }
    each_entity!(parsed)
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
    Ok(with_kind(
        EntityKind::Certificate.number(),
        number.as_bytes(),
    ))
}

/// The key of an account: division code (such as 370100) and the number of the fund source.
#[must_use]
pub fn account(division: u32, fund: u8) -> Vec<u8> {
    let [d0, d1, d2, d3] = division.to_be_bytes();
    with_kind(EntityKind::Account.number(), &[d0, d1, d2, d3, fund])
}

/// The key of a policy's marker: the position of the event that published or withdrew it.
#[must_use]
pub fn policy(recorded_at: Position) -> Vec<u8> {
    with_kind(POLICY_BYTE, &recorded_at.get().to_be_bytes())
}

/// The prefix under which the markers of all policies lie.
#[must_use]
pub fn policy_prefix() -> Vec<u8> {
    vec![POLICY_BYTE]
}

/// The prefix under which all entities of one kind lie.
#[must_use]
pub fn entity_prefix(kind: EntityKind) -> Vec<u8> {
    vec![kind.number()]
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

const POSITION_BYTES: usize = size_of::<u64>();

const _: () = assert!(TAG_BYTES_MAX == 255);
// The kind is written as one byte, and no entity has that of the markers.
const _: () = assert!(size_of::<EntityKind>() == 1);
const _: () = assert!(EntityKind::from_number(POLICY_BYTE).is_none());

fn with_kind(kind: u8, identifier: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + identifier.len());
    key.push(kind);
    key.extend_from_slice(identifier);
    key
}

/// Sixteen bytes that nothing is read from.
macro_rules! opaque {
    ($($id:ident),+ $(,)?) => {$(
        impl Identifier for $id {
            fn bytes(&self) -> impl AsRef<[u8]> {
                self.as_bytes()
            }

            fn read(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self::from_bytes)
            }
        }
    )+};
}

opaque! {
    PersonKey, ClassId, DisbursementId, CaseId, ClawbackId, AwardId, AwardRegisterKey, OrderId,
}

/// Unified social credit code, 18 ASCII bytes.
impl Identifier for CreditCode {
    fn bytes(&self) -> impl AsRef<[u8]> {
        self.as_bytes()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        Self::from_bytes(bytes.try_into().ok()?).ok()
    }
}

/// Certificate number, 1 to 32 ASCII bytes; see [`certificate`].
impl Identifier for CertificateNumber {
    fn bytes(&self) -> impl AsRef<[u8]> {
        self.as_str().as_bytes()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        Self::from_record(std::str::from_utf8(bytes).ok()?).ok()
    }
}

/// Division code (4 bytes), fund source (1 byte); see [`account`].
impl Identifier for AccountKey {
    fn bytes(&self) -> impl AsRef<[u8]> {
        let [d0, d1, d2, d3] = self.division.code().to_be_bytes();
        [d0, d1, d2, d3, self.fund.number()]
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let [d0, d1, d2, d3, fund] = <[u8; 5]>::try_from(bytes).ok()?;
        Some(Self {
            division: Division::new(u32::from_be_bytes([d0, d1, d2, d3])).ok()?,
            fund: FundSource::from_number(fund)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use ledger_core::Position;

    use super::{
        KeyError, account, block, certificate, effect, effect_blocks, effect_prefix, entity,
        entity_prefix, parse_entity, policy, policy_prefix, position, prefix_end, progress,
        progress_parts, refusal, refusal_sequence, request, successor, tag, tag_block, tag_prefix,
    };
    use ledger_core::{
        AccountKey, AwardId, AwardRegisterKey, CaseId, CertificateNumber, ClassId, ClawbackId,
        CreditCode, DisbursementId, Division, EntityKey, EntityKind, FundSource, OrderId,
        PersonKey,
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
        let cases: [(Vec<u8>, &[&str]); 10] = [
            (block(at).to_vec(), &[at_hex]),
            (certificate("Y0001").unwrap(), &["04", "5930303031"]),
            (account(370_100, 3), &["05", "0005a5b4", "03"]),
            (policy(at), &["09", at_hex]),
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
        assert_eq!(policy_prefix(), [9]);
    }

    /// One of each kind: these bytes are on disks, too.
    #[test]
    fn golden_keys_of_entities() {
        let id: [u8; 16] = std::array::from_fn(|i| 0xA0 + u8::try_from(i).unwrap());
        let id_hex = "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf";
        let division = Division::new(370_100).unwrap();
        let cases: [(EntityKey, &[&str]); EntityKind::ALL.len()] = [
            (PersonKey::from_bytes(id).into(), &["01", id_hex]),
            (ClassId::from_bytes(id).into(), &["02", id_hex]),
            (
                CreditCode::synthetic(division, 1).into(),
                &["03", "3532333730313030593030303030303136", "33"],
            ),
            (
                CertificateNumber::from_record("Y00001").unwrap().into(),
                &["04", "593030303031"],
            ),
            (
                EntityKey::Account(AccountKey {
                    division,
                    fund: FundSource::from_number(3).unwrap(),
                }),
                &["05", "0005a5b4", "03"],
            ),
            (DisbursementId::from_bytes(id).into(), &["06", id_hex]),
            (CaseId::from_bytes(id).into(), &["07", id_hex]),
            (ClawbackId::from_bytes(id).into(), &["08", id_hex]),
            (AwardId::from_bytes(id).into(), &["0a", id_hex]),
            (AwardRegisterKey::from_bytes(id).into(), &["0b", id_hex]),
            (OrderId::from_bytes(id).into(), &["0c", id_hex]),
        ];
        let kinds = cases.map(|(key, _)| key.kind());
        assert_eq!(kinds, EntityKind::ALL);
        for (key, expected) in cases {
            let built = entity(&key);
            assert_eq!(hex(&built), expected.concat());
            assert_eq!(parse_entity(&built), Some(key));
            assert_eq!(entity_prefix(key.kind()), built[..1]);
            assert_eq!(parse_entity(&[&built[..], b"!"].concat()), None);
        }
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
        let policy = policy(Position::FIRST);
        for key in [&b""[..], b"\x00", b"\x01", b"\x0D", b"\xFF", &policy] {
            assert_eq!(parse_entity(key), None, "{key:?}");
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
