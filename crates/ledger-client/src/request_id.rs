//! Names of requests: random ones, and ones that a repeated load finds again.

use ledger_core::RequestId;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// The namespace of deterministic request ids (RFC 9562, section 6.5). It never changes: a load
/// that is resumed with a later version has to find the names of an earlier one.
const NAMESPACE: Uuid = Uuid::from_bytes([
    0x6f, 0x1d, 0x0c, 0x5e, 0x2b, 0x7a, 0x4c, 0x83, 0x9e, 0x54, 0x31, 0xd8, 0x07, 0xa6, 0xb2, 0x9f,
]);

/// A new name that no request has had: a UUIDv7, which begins with the time. It lies behind the
/// names on record, so that the ledger finds out without looking into old files that it is new.
#[must_use]
pub fn random_request_id() -> RequestId {
    RequestId::from_bytes(Uuid::now_v7().into_bytes())
}

/// The digest of everything that makes the requests of one piece of work: its parts, each behind
/// its length, so that no part can be taken for the end of the one before it.
///
/// What a request is made of goes in, and nothing else: the same work is found again, and other
/// work gets other names. It is the source digest of [`batch_request_id`].
#[must_use]
pub fn content_digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in parts {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        digest.update(length.to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

/// The name of one batch of a load: UUIDv5 over the kind of the load, the digest of its source and
/// the index of the batch.
///
/// The same source gives the same names, so that a load that is repeated after a break is answered
/// for what was done and does the rest. A source that is cut into batches in another way gives the
/// same name to other commands, which the ledger refuses: nothing is ever done twice.
#[must_use]
pub fn batch_request_id(kind: &str, source_digest: &[u8; 32], batch_index: u64) -> RequestId {
    let mut name = Vec::with_capacity(kind.len().saturating_add(41));
    name.extend_from_slice(kind.as_bytes());
    name.push(0);
    name.extend_from_slice(source_digest);
    name.extend_from_slice(&batch_index.to_be_bytes());
    RequestId::from_bytes(Uuid::new_v5(&NAMESPACE, &name).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_batches_never_change() {
        for (kind, digest, index, expected) in [
            (
                "enrolments",
                [0; 32],
                0,
                "d9c33c22-494c-54fc-826b-35b1a9991806",
            ),
            (
                "enrolments",
                [0; 32],
                1,
                "7235246c-0693-57f4-b98f-cbba984594b2",
            ),
            (
                "enrolments",
                [1; 32],
                0,
                "eaa07a5f-0e70-55a3-8bcd-022fd15afbd9",
            ),
            (
                "certificates",
                [0; 32],
                0,
                "b21deeec-baba-598e-b281-0701f269c3ce",
            ),
        ] {
            assert_eq!(batch_request_id(kind, &digest, index).to_string(), expected);
        }
    }

    #[test]
    fn content_is_told_apart_by_every_part() {
        let parts: [&[&[u8]]; 7] = [
            &[],
            &[b""],
            &[b"", b""],
            &[b"a", b"b"],
            &[b"ab"],
            &[b"ab", b""],
            &[b"b", b"a"],
        ];
        let digests = parts.map(|parts| content_digest(parts.iter().copied()));
        for (index, digest) in digests.iter().enumerate() {
            assert_eq!(
                digests.iter().filter(|it| *it == digest).count(),
                1,
                "{index}"
            );
        }
        // Names are kept for ever, and so is what they are made of.
        let hex = ledger_core::hex::encode(&content_digest([&b"a"[..], b"b"]));
        assert_eq!(
            hex,
            "3c9d591045bc8876f9d0399bbfb05c6a412096e906f73278f98406cd5dca86df"
        );
    }

    #[test]
    fn new_names_differ_and_lie_behind_those_before() {
        let names: Vec<_> = (0..100).map(|_| random_request_id()).collect();
        assert!(names.is_sorted_by(|one, next| one.as_bytes() < next.as_bytes()));
    }
}
