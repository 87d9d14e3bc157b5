//! Numbers of certificates that contain an identity number, kept by a keyed digest.
//!
//! The number of a permit for special operations is `T` and the identity number of its holder. It
//! is replaced where requests come in, before they are decoded, and the same number always by the
//! same digest, so that it finds its certificate
//! (`docs/adr/0017-certificates-by-keyed-digest.md`).

mod key;

use crate::config::Config;
use key::CertificateKey;
use ledger_core::certificate_number::{DIGEST_PREFIX, digest_mark, number_with_identity};
use ledger_engine::certificate_marks::certificate_marks;
use ledger_log::StateStore;
use ledger_proto::from_proto::PROBLEMS_MAX;
use ledger_proto::v1::command::Body;
use ledger_proto::v1::tag::Value;
use ledger_proto::{DecodeError, DecodeProblem, v1};
use std::collections::BTreeSet;
use std::path::Path;

pub use key::{CertificateKeyError, make_certificate_key};

/// What replaces them.
#[derive(Debug, Default)]
pub(crate) struct CertificateNumbers {
    /// Absent when none is configured or may be used: such numbers are refused then.
    key: Option<CertificateKey>,
    /// The marks of keys that an operator says are lost.
    lost: BTreeSet<String>,
    /// What is not as it should be, and what helps; empty when all is.
    problem: String,
}

/// Why no key is used while the derived state cannot be read.
const UNREADABLE: &str = "it cannot be told by which key the ledger keeps certificate numbers, \
     because its derived state cannot be read; until it is repaired and the server restarted, \
     numbers that contain an identity number are refused";

/// What follows from the loss of a key.
const LOST: &str = "what was recorded under it is found by its person, its class and the form that \
     events show, and not by its number any more; that a number was recorded under it before cannot \
     be seen, so look the person up before it is recorded again";

impl CertificateNumbers {
    /// Reads the key that is configured, and holds it against the ledger.
    ///
    /// # Errors
    ///
    /// [`CertificateKeyError`]: the file cannot be used, or the ledger keeps numbers by a key that
    /// is neither in use nor said to be lost, or what is said of lost keys is not so.
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
        let marks = match certificate_marks(ledger) {
            Ok(marks) => marks,
            // Such a ledger is served so that it can be repaired.
            Err(error) => {
                tracing::error!(%error, "{UNREADABLE}");
                return Ok(Self {
                    problem: UNREADABLE.to_owned(),
                    ..Self::default()
                });
            }
        };
        let lost = &config.lost_certificate_keys;
        check_marks(file.zip(key.as_ref()), &marks, lost)?;
        if let Some(key) = &key {
            tracing::info!(
                key = key.mark(),
                "certificate numbers that contain an identity number are kept by their digest"
            );
        }
        let mut numbers = Self {
            key,
            lost: lost.clone(),
            problem: String::new(),
        };
        if !lost.is_empty() {
            numbers.problem = format!(
                "the key {} of certificate numbers is lost, as certificates.lost_keys says: {LOST}",
                numbers.lost_marks()
            );
            tracing::error!("{}", numbers.problem);
        }
        Ok(numbers)
    }

    /// What is told of the key.
    pub(crate) fn status(&self) -> v1::CertificateKeyStatus {
        let mark = self.key.as_ref().map(CertificateKey::mark);
        v1::CertificateKeyStatus {
            mark: mark.unwrap_or_default().to_owned(),
            problem: self.problem.clone(),
            lost_marks: self.lost.iter().cloned().collect(),
        }
    }

    /// Whether every number that was recorded is found by it.
    pub(crate) const fn finds_all(&self) -> bool {
        self.problem.is_empty()
    }

    /// What a caller is told whose number, replaced by this, is not found: it may be one of those
    /// that are not found any more.
    pub(crate) fn not_found(&self, replaced: &str) -> Option<String> {
        let made = digest_mark(replaced)?;
        let is_of_key = self.key.as_ref().is_some_and(|key| key.mark() == made);
        let lost = (is_of_key && !self.lost.is_empty()).then(|| self.lost_marks())?;
        Some(format!(
            "it may have been recorded under the lost key {lost}"
        ))
    }

    fn lost_marks(&self) -> String {
        let marks: Vec<&str> = self.lost.iter().map(String::as_str).collect();
        marks.join(" or ")
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

/// Holds the keys of a ledger against the key in use and those said to be lost.
fn check_marks(
    key: Option<(&Path, &CertificateKey)>,
    marks: &BTreeSet<String>,
    lost: &BTreeSet<String>,
) -> Result<(), CertificateKeyError> {
    if let Some((path, key)) = key
        && lost.contains(key.mark())
    {
        return Err(CertificateKeyError::Found {
            path: path.to_owned(),
            mark: key.mark().to_owned(),
        });
    }
    if let Some(mark) = lost.difference(marks).next() {
        return Err(CertificateKeyError::NeverUsed {
            mark: mark.clone(),
            marks: marks.iter().cloned().collect(),
        });
    }
    let in_use = key.map(|(_, key)| key.mark());
    let is_neither = |mark: &&String| !lost.contains(*mark) && in_use != Some(mark.as_str());
    let Some(found) = marks.iter().find(is_neither).cloned() else {
        return Ok(());
    };
    Err(match key {
        None => CertificateKeyError::Absent { found },
        Some((path, key)) => CertificateKeyError::Another {
            path: path.to_owned(),
            found,
            configured: key.mark().to_owned(),
        },
    })
}

#[cfg(test)]
mod tests;
