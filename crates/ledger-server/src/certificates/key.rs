//! The key of certificate numbers: its file, and the digests that it makes.

use crate::config::Settings;
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit as _, Mac as _};
use ledger_core::certificate_number::{DIGEST_CHARACTERS, DIGEST_MARK_CHARACTERS, DIGEST_PREFIX};
use sha2::Sha256;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::{env, fmt};
use thiserror::Error;

/// Bytes of a key: as many as the digest has, which RFC 2104 advises.
const KEY_BYTES: usize = 32;

/// Keeps this use of the key apart from every other.
const NUMBER_LABEL: &[u8] = b"subsidy ledger, certificate number, 1\0";
const MARK_LABEL: &[u8] = b"subsidy ledger, mark of the key of certificate numbers, 1\0";

/// Only the owner reads and writes.
const OWNER_ONLY: u32 = 0o600;

/// A key. It is never shown.
#[derive(Clone)]
pub(super) struct CertificateKey {
    /// HMAC-SHA-256 (RFC 2104, FIPS 180-4) with the key taken in.
    mac: Hmac<Sha256>,
    mark: String,
}

impl fmt::Debug for CertificateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CertificateKey({})", self.mark)
    }
}

impl CertificateKey {
    pub(super) fn new(key: [u8; KEY_BYTES]) -> Self {
        let mac = Hmac::new_from_slice(&key).expect("HMAC takes keys of any length");
        let mark = first_characters(&mac, MARK_LABEL, "", DIGEST_MARK_CHARACTERS);
        Self { mac, mark }
    }

    /// Reads the key in a file, which may lie in none of the folders.
    pub(super) fn load<'a>(
        path: &Path,
        folders: impl Iterator<Item = &'a Path>,
    ) -> Result<Self, CertificateKeyError> {
        let unreadable = |source| CertificateKeyError::Unreadable {
            path: path.to_owned(),
            source,
        };
        check_place(path, folders)?;
        let file = File::open(path).map_err(unreadable)?;
        let about = file.metadata().map_err(unreadable)?;
        let form = || CertificateKeyError::Form {
            path: path.to_owned(),
        };
        if !about.is_file() {
            return Err(form());
        }
        if about.mode() & 0o077 != 0 {
            return Err(CertificateKeyError::OpenToOthers {
                path: path.to_owned(),
                mode: about.mode() & 0o7777,
            });
        }
        let mut text = String::new();
        // One byte more than is right, so that a longer file is seen as such.
        let bytes_max = u64::try_from(KEY_BYTES * 2 + 2).unwrap_or(u64::MAX);
        let read = file.take(bytes_max).read_to_string(&mut text);
        read.map_err(|_| form())?;
        let digits = text.strip_suffix('\n').unwrap_or(&text).as_bytes();
        let key = HEXLOWER.decode(digits).ok();
        let key = key.and_then(|key| <[u8; KEY_BYTES]>::try_from(key).ok());
        key.map(Self::new).ok_or_else(form)
    }

    /// What stands for a number in the ledger: 31 characters that fit a certificate number.
    ///
    /// `HMAC-`, the mark of the key, and the digest of the number, both in Base32 (RFC 4648).
    pub(super) fn digest(&self, number: &str) -> String {
        let digest = first_characters(&self.mac, NUMBER_LABEL, number, DIGEST_CHARACTERS);
        format!("{DIGEST_PREFIX}{}{digest}", self.mark)
    }

    /// What tells this key from others, and says nothing of it.
    pub(super) fn mark(&self) -> &str {
        &self.mark
    }
}

/// The first characters of what HMAC-SHA-256 says of a text under a label.
fn first_characters(mac: &Hmac<Sha256>, label: &[u8], text: &str, count: usize) -> String {
    let mut mac = mac.clone();
    mac.update(label);
    mac.update(text.as_bytes());
    let mut characters = BASE32_NOPAD.encode(&mac.finalize().into_bytes());
    characters.truncate(count);
    characters
}

/// Makes a key in a file that is not there yet.
///
/// # Errors
///
/// [`CertificateKeyError`]: something is there, the file would lie beside what it protects, or it
/// cannot be written.
pub fn make_certificate_key(settings: &Settings, path: &Path) -> Result<(), CertificateKeyError> {
    let folders = [settings.data_dir.as_deref(), settings.backup.dir.as_deref()];
    check_place(path, folders.into_iter().flatten())?;
    let not_made = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => CertificateKeyError::Exists {
            path: path.to_owned(),
        },
        _ => CertificateKeyError::NotMade {
            path: path.to_owned(),
            source,
        },
    };
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|error| not_made(io::Error::other(error)))?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(OWNER_ONLY)
        .open(path)
        .map_err(not_made)?;
    let text = format!("{}\n", HEXLOWER.encode(&key));
    file.write_all(text.as_bytes()).map_err(not_made)?;
    file.sync_all().map_err(not_made)?;
    let folder = File::open(folder_of(path)).map_err(not_made)?;
    folder.sync_all().map_err(not_made)
}

/// Checks that a file lies in none of the folders, whatever links lead there.
fn check_place<'a>(
    path: &Path,
    mut folders: impl Iterator<Item = &'a Path>,
) -> Result<(), CertificateKeyError> {
    // A file that is to be made has no place yet, its folder has one.
    let place = fs::canonicalize(path).or_else(|_| fs::canonicalize(folder_of(path)));
    let Ok(place) = place else {
        return Ok(());
    };
    let lies_in = |folder: &&Path| match fs::canonicalize(folder) {
        Ok(folder) => place.starts_with(folder),
        Err(_) => env::current_dir().is_ok_and(|here| place.starts_with(here.join(folder))),
    };
    match folders.find(lies_in) {
        Some(folder) => Err(CertificateKeyError::BesideWhatItProtects {
            path: path.to_owned(),
            folder: folder.to_owned(),
        }),
        None => Ok(()),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Why the key of certificate numbers cannot be used or made.
#[derive(Debug, Error)]
pub enum CertificateKeyError {
    /// Nobody said where the key is to be.
    #[error("say where the key is to be: --certificate-key-file FILE")]
    NoFile,
    /// The file cannot be read.
    #[error(
        "the key of certificate numbers, {}, cannot be read: restore the file from its copy; if \
         there was never one, make it with `ledger-server certificate-key`", path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others may read the file.
    #[error(
        "the key of certificate numbers, {}, is open to others (mode {mode:04o}): chmod 600 it, \
         and ask who may have read it", path.display()
    )]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file holds no key.
    #[error(
        "{} holds no key of certificate numbers, which is 64 digits of 0-9 and a-f: restore it \
         from its copy", path.display()
    )]
    Form {
        /// The file.
        path: PathBuf,
    },
    /// The file would be copied with the ledger.
    #[error(
        "the key of certificate numbers, {}, lies in {}: whoever has both can try out identity \
         numbers; keep it in another folder and its copies apart from the backups",
        path.display(), folder.display()
    )]
    BesideWhatItProtects {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// The ledger keeps numbers by a key, and none is configured.
    #[error(
        "the ledger keeps certificate numbers by digests of the key {found}, and no key is \
         configured: set certificates.key_file to the file with that key, or to its copy; where no \
         copy is left, name it in certificates.lost_keys"
    )]
    Absent {
        /// The mark of the key.
        found: String,
    },
    /// The ledger keeps numbers by another key.
    #[error(
        "the ledger keeps certificate numbers by digests of the key {found}, and {} holds the key \
         {configured}: set certificates.key_file to the file with the key {found}, or to its copy; \
         where no copy is left, name it in certificates.lost_keys",
        path.display()
    )]
    Another {
        /// The file.
        path: PathBuf,
        /// The mark of the key of the ledger.
        found: String,
        /// The mark of the key in the file.
        configured: String,
    },
    /// A key is said to be lost, and is there.
    #[error(
        "the key {mark} is said to be lost, and {} holds it: take it out of certificates.lost_keys",
        path.display()
    )]
    Found {
        /// The file.
        path: PathBuf,
        /// The mark of the key.
        mark: String,
    },
    /// A key is said to be lost that the ledger does not know.
    #[error(
        "the key {mark} is said to be lost, and the ledger keeps no certificate number by it: \
         certificates.lost_keys is mistyped, or names the key of another ledger{}",
        known(marks)
    )]
    NeverUsed {
        /// The mark that is named.
        mark: String,
        /// The marks of the ledger.
        marks: Vec<String>,
    },
    /// There is a file already.
    #[error(
        "{} is there already and stays as it is: a ledger may need the key in it", path.display()
    )]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error("the key of certificate numbers cannot be written to {}", path.display())]
    NotMade {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

fn known(marks: &[String]) -> String {
    match marks {
        [] => String::new(),
        marks => format!("; its keys are {}", marks.join(", ")),
    }
}
