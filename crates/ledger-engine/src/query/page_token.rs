//! Where a page ends and the next one begins, bound to the query that asked.

use ledger_core::{AccountKey, Division, FundSource, Tag};
use ledger_log::Direction;
use sha2::{Digest, Sha256};

use super::QueryError;

/// Where the next page of a query begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The first item not looked at yet: a position, or the number that orders the listed items.
    pub next: u64,
    /// The direction of reading.
    pub direction: Direction,
    /// The query that the cursor belongs to.
    pub query: QueryDigest,
}

/// What tells a query from every other: a digest over all that it asks, except for the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryDigest([u8; DIGEST_BYTES]);

/// Sixteen bytes keep tokens of different queries apart; the token protects nothing beyond that,
/// since whoever may ask the query may read every page of it.
const DIGEST_BYTES: usize = 16;

const TOKEN_VERSION: u8 = 1;
const FORWARD: u8 = 1;
const BACKWARD: u8 = 2;
/// Version, direction, place and digest.
const TOKEN_BYTES: usize = 2 + 8 + DIGEST_BYTES;

impl Cursor {
    /// Writes the opaque page token.
    #[must_use]
    pub fn to_token(&self) -> Vec<u8> {
        let direction = match self.direction {
            Direction::Forward => FORWARD,
            Direction::Backward => BACKWARD,
        };
        let mut token = Vec::with_capacity(TOKEN_BYTES);
        token.extend_from_slice(&[TOKEN_VERSION, direction]);
        token.extend_from_slice(&self.next.to_be_bytes());
        token.extend_from_slice(&self.query.0);
        token
    }

    /// Reads a page token; an empty one asks for the first page and gives `None`.
    ///
    /// Whether it belongs to the query is checked when the query is asked.
    ///
    /// # Errors
    ///
    /// [`QueryError::PageTokenMismatch`] for bytes that [`to_token`](Self::to_token) does not
    /// write.
    pub fn from_token(token: &[u8]) -> Result<Option<Self>, QueryError> {
        if token.is_empty() {
            return Ok(None);
        }
        let (&[version, direction], rest) = token
            .split_first_chunk()
            .ok_or(QueryError::PageTokenMismatch)?;
        let (next, digest) = rest
            .split_first_chunk()
            .ok_or(QueryError::PageTokenMismatch)?;
        let digest = digest
            .try_into()
            .map_err(|_| QueryError::PageTokenMismatch)?;
        let direction = match (version, direction) {
            (TOKEN_VERSION, FORWARD) => Direction::Forward,
            (TOKEN_VERSION, BACKWARD) => Direction::Backward,
            _ => return Err(QueryError::PageTokenMismatch),
        };
        Ok(Some(Self {
            next: u64::from_be_bytes(*next),
            direction,
            query: QueryDigest(digest),
        }))
    }

    /// Returns where to begin, given the query asked now.
    ///
    /// # Errors
    ///
    /// [`QueryError::PageTokenMismatch`] when the cursor was made for another query.
    pub(super) fn resume(
        cursor: Option<&Self>,
        query: QueryDigest,
        direction: Direction,
    ) -> Result<Option<u64>, QueryError> {
        match cursor {
            None => Ok(None),
            Some(cursor) if cursor.query == query && cursor.direction == direction => {
                Ok(Some(cursor.next))
            }
            Some(_) => Err(QueryError::PageTokenMismatch),
        }
    }
}

/// Collects what a query asks into its digest.
///
/// Every part is preceded by its length, so that no two queries give the same bytes.
#[derive(Debug)]
pub(super) struct QueryHasher(Sha256);

impl QueryHasher {
    /// Starts with the name of the query.
    pub(super) fn new(query: &'static str) -> Self {
        Self(Sha256::new()).bytes(query.as_bytes())
    }

    pub(super) fn bytes(mut self, bytes: &[u8]) -> Self {
        let length = u64::try_from(bytes.len()).expect("memory holds fewer than 2^64 bytes");
        self.0.update(length.to_be_bytes());
        self.0.update(bytes);
        self
    }

    pub(super) fn number(self, number: u64) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    pub(super) fn optional(self, number: Option<u64>) -> Self {
        match number {
            None => self.bytes(&[]),
            Some(number) => self.number(number),
        }
    }

    /// Adds a set: the order in which it was given makes no difference.
    pub(super) fn set(self, parts: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut parts: Vec<Vec<u8>> = parts.into_iter().collect();
        parts.sort_unstable();
        parts.dedup();
        let count = u64::try_from(parts.len()).expect("memory holds fewer than 2^64 parts");
        parts
            .iter()
            .fold(self.number(count), |hasher, part| hasher.bytes(part))
    }

    pub(super) fn finish(self) -> QueryDigest {
        let digest: [u8; 32] = self.0.finalize().into();
        let (short, _) = digest.split_first_chunk().expect("the digest is longer");
        QueryDigest(*short)
    }
}

/// The bytes that stand for a tag in a digest: a number for the kind, then the value.
pub(super) fn tag_bytes(tag: &Tag) -> Vec<u8> {
    let (kind, value): (u8, Vec<u8>) = match tag {
        Tag::Person(person) => (1, person.as_bytes().to_vec()),
        Tag::Class(class) => (2, class.as_bytes().to_vec()),
        Tag::Institution(institution) => (3, institution.as_bytes().to_vec()),
        Tag::Certificate(number) => (4, number.as_str().as_bytes().to_vec()),
        Tag::Division(division) => (5, division.code().to_be_bytes().to_vec()),
        Tag::Disbursement(disbursement) => (6, disbursement.as_bytes().to_vec()),
        Tag::Case(case) => (7, case.as_bytes().to_vec()),
        Tag::Clawback(clawback) => (8, clawback.as_bytes().to_vec()),
        Tag::Account(account) => (9, account_number(*account).to_be_bytes().to_vec()),
        Tag::LedgerAccount(account) => {
            let mut value = account_number(account.holder).to_be_bytes().to_vec();
            value.push(account.kind.number());
            value.extend_from_slice(&account.fiscal_year.to_be_bytes());
            (10, value)
        }
        Tag::Award(award) => (11, award.as_bytes().to_vec()),
        Tag::Order(order) => (12, order.as_bytes().to_vec()),
    };
    let mut bytes = vec![kind];
    bytes.extend(value);
    bytes
}

/// One number per account, in the order of the accounts' keys.
pub(super) fn account_number(account: AccountKey) -> u64 {
    (u64::from(account.division.code()) << 8) | u64::from(account.fund.number())
}

/// The account that [`account_number`] gave a number to.
///
/// # Errors
///
/// [`QueryError::PageTokenMismatch`] for a number that it gives to none.
pub(super) fn account_of_number(number: u64) -> Result<AccountKey, QueryError> {
    let [_, _, _, d0, d1, d2, d3, fund] = number.to_be_bytes();
    let code = u32::from_be_bytes([d0, d1, d2, d3]);
    match (Division::new(code), FundSource::from_number(fund)) {
        (Ok(division), Some(fund)) => Ok(AccountKey { division, fund }),
        _ => Err(QueryError::PageTokenMismatch),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(tags: &[&[u8]], number: Option<u64>) -> QueryDigest {
        QueryHasher::new("test")
            .set(tags.iter().map(|tag| tag.to_vec()))
            .optional(number)
            .finish()
    }

    #[test]
    fn a_token_reads_back_as_its_cursor() {
        for direction in [Direction::Forward, Direction::Backward] {
            for next in [0, 1, 77, u64::MAX] {
                let cursor = Cursor {
                    next,
                    direction,
                    query: digest(&[b"a"], Some(next)),
                };
                assert_eq!(
                    Cursor::from_token(&cursor.to_token()).unwrap(),
                    Some(cursor)
                );
            }
        }
        assert_eq!(Cursor::from_token(&[]).unwrap(), None);
    }

    #[test]
    fn other_bytes_are_no_token() {
        let token = Cursor {
            next: 5,
            direction: Direction::Forward,
            query: digest(&[], None),
        }
        .to_token();
        let mut longer = token.clone();
        longer.push(0);
        let mut version = token.clone();
        version[0] = 2;
        let mut direction = token.clone();
        direction[1] = 3;
        for bytes in [
            &token[..1],
            &token[..token.len() - 1],
            &longer,
            &version,
            &direction,
        ] {
            let result = Cursor::from_token(bytes);
            assert!(
                matches!(result, Err(QueryError::PageTokenMismatch)),
                "{bytes:?}"
            );
        }
    }

    #[test]
    fn a_cursor_resumes_its_own_query_only() {
        let query = digest(&[b"a", b"b"], Some(1));
        let cursor = Cursor {
            next: 9,
            direction: Direction::Forward,
            query,
        };
        let resume = |query, direction| Cursor::resume(Some(&cursor), query, direction);
        assert_eq!(resume(query, Direction::Forward).unwrap(), Some(9));
        // The order of a set makes no difference, nor does naming an item twice.
        let same = digest(&[b"b", b"a", b"b"], Some(1));
        assert_eq!(resume(same, Direction::Forward).unwrap(), Some(9));
        for (query, direction) in [
            (query, Direction::Backward),
            (digest(&[b"a"], Some(1)), Direction::Forward),
            (digest(&[b"ab"], Some(1)), Direction::Forward),
            (digest(&[b"a", b"b"], Some(2)), Direction::Forward),
            (digest(&[b"a", b"b"], None), Direction::Forward),
        ] {
            let result = resume(query, direction);
            assert!(matches!(result, Err(QueryError::PageTokenMismatch)));
        }
    }
}
