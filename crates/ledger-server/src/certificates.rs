//! Numbers of certificates that contain an identity number, kept by a keyed digest.
//!
//! The number of a permit for special operations is `T` and the identity number of its holder. It
//! is replaced where requests come in, before they are decoded, and the same number always by the
//! same digest, so that it finds its certificate
//! (`docs/adr/0017-certificates-by-keyed-digest.md`).

mod key;

use crate::config::Config;
use key::CertificateKey;
use ledger_core::certificate_number::{DIGEST_PREFIX, number_with_identity};
use ledger_log::{Direction, LogError, Space, StateStore, keys};
use ledger_proto::from_proto::PROBLEMS_MAX;
use ledger_proto::v1::command::Body;
use ledger_proto::v1::tag::Value;
use ledger_proto::{DecodeError, DecodeProblem, v1};
use std::path::Path;

pub use key::{CertificateKeyError, make_certificate_key};

/// What replaces them.
#[derive(Debug, Default)]
pub(crate) struct CertificateNumbers {
    /// Absent when none is configured or may be used: such numbers are refused then.
    key: Option<CertificateKey>,
    /// Why a key is not used, and what helps.
    problem: Option<&'static str>,
}

/// Why no key is used while the derived state cannot be read.
const UNREADABLE: &str = "it cannot be told by which key the ledger keeps certificate numbers, \
     because its derived state cannot be read; until it is repaired and the server restarted, \
     numbers that contain an identity number are refused";

impl CertificateNumbers {
    /// Reads the key that is configured, and holds it against the ledger.
    ///
    /// # Errors
    ///
    /// [`CertificateKeyError`]: the file cannot be used, or the ledger holds such certificates and
    /// the key is another one or absent.
    pub(crate) fn open(
        config: &Config,
        ledger: &(impl StateStore + ?Sized),
    ) -> Result<Self, CertificateKeyError> {
        let folders = [
            Some(config.data_dir.as_path()),
            config.backup.dir.as_deref(),
        ];
        let file = config.certificate_key_file.as_deref();
        let key = file
            .map(|file| CertificateKey::load(file, folders.into_iter().flatten()))
            .transpose()?;
        let found = match first_digest(ledger) {
            Ok(found) => found,
            // Such a ledger is served so that it can be repaired.
            Err(error) => {
                tracing::error!(%error, "{UNREADABLE}");
                return Ok(Self {
                    key: None,
                    problem: Some(UNREADABLE),
                });
            }
        };
        match (&key, found) {
            (Some(key), Some(found)) if !key.made(&found) => Err(CertificateKeyError::Another {
                path: file.map(Path::to_owned).unwrap_or_default(),
                found: key::mark_of(&found).to_owned(),
                configured: key.mark().to_owned(),
            }),
            (None, Some(found)) => Err(CertificateKeyError::Absent {
                found: key::mark_of(&found).to_owned(),
            }),
            (Some(key), _) => {
                tracing::info!(
                    key = key.mark(),
                    "certificate numbers that contain an identity number are kept by their digest"
                );
                Ok(Self {
                    key: Some(key.clone()),
                    problem: None,
                })
            }
            (None, None) => Ok(Self::default()),
        }
    }

    /// What is told of the key.
    pub(crate) fn status(&self) -> v1::CertificateKeyStatus {
        let mark = self.key.as_ref().map(CertificateKey::mark);
        v1::CertificateKeyStatus {
            mark: mark.unwrap_or_default().to_owned(),
            problem: self.problem.unwrap_or_default().to_owned(),
        }
    }

    /// Replaces a number that contains an identity number, and leaves every other as it is.
    pub(crate) fn replace(&self, number: &mut String) -> Result<(), DecodeProblem> {
        let Some(plain) = number_with_identity(number) else {
            return Ok(());
        };
        let key = self.key.as_ref();
        let key = key.ok_or(DecodeProblem::CertificateKeyMissing)?;
        *number = key.digest(&plain);
        Ok(())
    }

    /// Replaces the numbers that commands name.
    ///
    /// # Errors
    ///
    /// Names every field that is wrong; never none.
    pub(crate) fn replace_in_commands(
        &self,
        commands: &mut [v1::Command],
    ) -> Result<(), Vec<DecodeError>> {
        let mut problems = Vec::new();
        for (index, command) in commands.iter_mut().enumerate() {
            let (name, replaced) = match &mut command.body {
                Some(Body::IssueCertificate(it)) => ("issue_certificate", self.issued(it)),
                Some(Body::InvalidateCertificate(it)) => {
                    ("invalidate_certificate", self.replace(&mut it.number))
                }
                Some(Body::VerifyCertificate(it)) => {
                    ("verify_certificate", self.replace(&mut it.number))
                }
                _ => continue,
            };
            problems.extend(replaced.err().map(|problem| {
                DecodeError::new(format!("commands[{index}].{name}.number"), problem)
            }));
            // Who has a hundred wrong lines has the same mistake in each.
            if problems.len() >= PROBLEMS_MAX {
                break;
            }
        }
        match problems.is_empty() {
            true => Ok(()),
            false => Err(problems),
        }
    }

    fn issued(&self, issue: &mut v1::IssueCertificate) -> Result<(), DecodeProblem> {
        match issue.number.starts_with(DIGEST_PREFIX) {
            true => Err(DecodeProblem::IssuedByDigest),
            false => self.replace(&mut issue.number),
        }
    }

    /// Replaces the numbers that a filter of events names.
    pub(crate) fn replace_in_filter(
        &self,
        filter: Option<&mut v1::EventFilter>,
    ) -> Result<(), DecodeError> {
        let tags = filter.map(|filter| filter.tags.iter_mut());
        for (index, tag) in tags.into_iter().flatten().enumerate() {
            if let Some(Value::CertificateNumber(number)) = &mut tag.value {
                let field = || format!("filter.tags[{index}].certificate_number");
                let replaced = self.replace(number);
                replaced.map_err(|problem| DecodeError::new(field(), problem))?;
            }
        }
        Ok(())
    }
}

/// What follows in the order of texts behind all that begin with [`DIGEST_PREFIX`].
const BEHIND_DIGESTS: &str = "HMAC.";

/// The first number of the ledger that is a digest.
fn first_digest(ledger: &(impl StateStore + ?Sized)) -> Result<Option<String>, LogError> {
    let from = keys::certificate(DIGEST_PREFIX).expect("it is short and ASCII");
    // All keys that begin so.
    let to = keys::certificate(BEHIND_DIGESTS).expect("it is short and ASCII");
    let found = ledger.scan(Space::Entities, &from, &to, Direction::Forward, 1)?;
    Ok(found.into_iter().next().map(|(key, _)| {
        let rest = key.get(from.len()..).unwrap_or_default();
        format!("{DIGEST_PREFIX}{}", String::from_utf8_lossy(rest))
    }))
}

#[cfg(test)]
mod tests;
