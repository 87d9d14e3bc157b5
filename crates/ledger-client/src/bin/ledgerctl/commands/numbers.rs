//! Certificate numbers that contain an identity number: what the ledger keeps them by.
//!
//! Nothing that lasts is made of such a number, because whoever has a digest without a key could
//! try out all identity numbers. The server is asked for its keyed digests, and names of requests
//! and comparisons are made of those
//! (`docs/adr/0023-names-of-requests-with-digested-numbers.md`).

use std::collections::{BTreeSet, HashMap};

use ledger_client::{Client, ClientError};
use ledger_core::CertificateNumber;
use ledger_core::certificate_number::number_with_identity;
use ledger_proto::from_proto::CERTIFICATE_NUMBERS_MAX;
use ledger_proto::v1;
use ledger_proto::v1::command::Body;

/// The digests that stand for numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Digests(HashMap<String, CertificateNumber>);

impl Digests {
    /// Asks the server for those of numbers in their one form.
    pub(super) async fn ask(
        client: &Client,
        numbers: &BTreeSet<String>,
    ) -> Result<Self, ClientError> {
        let mut digests = HashMap::with_capacity(numbers.len());
        let mut left = numbers.iter();
        loop {
            let asked: Vec<String> = left
                .by_ref()
                .take(CERTIFICATE_NUMBERS_MAX)
                .cloned()
                .collect();
            if asked.is_empty() {
                return Ok(Self(digests));
            }
            let question = v1::DigestCertificateNumbersRequest {
                numbers: asked.clone(),
            };
            let kept = client.digest_certificate_numbers(question).await?;
            if kept.kept_numbers.len() != asked.len() {
                return Err(NO_DIGEST);
            }
            for (number, kept) in asked.into_iter().zip(kept.kept_numbers) {
                // A server that gave the number back would have it named in the clear.
                let digest = CertificateNumber::parse(&kept).map_err(|_| NO_DIGEST)?;
                digests.insert(number, digest);
            }
        }
    }

    /// The digest of a number in its one form.
    pub(super) fn of(&self, number: &str) -> Option<CertificateNumber> {
        self.0.get(number).copied()
    }

    /// A command as the ledger keeps it.
    pub(super) fn kept(&self, command: &v1::Command) -> v1::Command {
        let mut kept = command.clone();
        if let Some(number) = number_of(&mut kept)
            && let Some(digest) = number_with_identity(number).and_then(|plain| self.of(&plain))
        {
            digest.as_str().clone_into(number);
        }
        kept
    }

    #[cfg(test)]
    pub(super) fn of_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let pairs = pairs.into_iter();
        let pair = |(number, digest): (&str, &str)| {
            let digest = CertificateNumber::parse(digest).unwrap();
            (number.to_owned(), digest)
        };
        Self(pairs.map(pair).collect())
    }
}

const NO_DIGEST: ClientError =
    ClientError::BrokenAnswer("a certificate number has no digest that stands for it");

/// The numbers with an identity number in them that commands name, in their one form.
pub(super) fn with_identity(commands: &[v1::Command]) -> BTreeSet<String> {
    let mut commands = commands.to_vec();
    let numbers = commands.iter_mut().filter_map(number_of);
    numbers
        .filter_map(|number| number_with_identity(number))
        .collect()
}

/// The certificate number that a command names.
const fn number_of(command: &mut v1::Command) -> Option<&mut String> {
    match &mut command.body {
        Some(Body::IssueCertificate(it)) => Some(&mut it.number),
        Some(Body::InvalidateCertificate(it)) => Some(&mut it.number),
        Some(Body::VerifyCertificate(it)) => Some(&mut it.number),
        _ => None,
    }
}
