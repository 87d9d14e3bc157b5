//! The files of TLS: read, told apart by a digest, and turned into what rustls works with.

use super::TlsError;
use crate::config::{Tls, TlsVersion};
use crate::limits::{PEM_FILE_BYTES_MAX, REVOCATION_FILE_BYTES_MAX, REVOCATION_FILES_MAX};
use ledger_core::RecordedTime;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{
    CertificateDer, CertificateRevocationListDer, PrivateKeyDer,
};
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use tokio_rustls::rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion, version};
use x509_parser::certificate::X509Certificate;
use x509_parser::error::X509Error;
use x509_parser::prelude::FromDer as _;
use x509_parser::revocation_list::CertificateRevocationList;
use x509_parser::time::ASN1Time;

/// Versions of TLS that are offered when the lowest is 1.3.
const FROM_1_3: [&SupportedProtocolVersion; 1] = [&version::TLS13];
/// And when it is 1.2.
const FROM_1_2: [&SupportedProtocolVersion; 2] = [&version::TLS13, &version::TLS12];

/// What HTTP/2 is called in the handshake.
const ALPN_H2: &[u8] = b"h2";

/// The bytes of every file.
pub(super) struct Files {
    certificate: Vec<u8>,
    key: Vec<u8>,
    client_ca: Option<Vec<u8>>,
    /// Each with its path.
    revocation: Vec<(PathBuf, Vec<u8>)>,
}

/// What is in use.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) config: Arc<ServerConfig>,
    /// What checks the certificates of callers; absent without mutual TLS.
    pub(super) verifier: Option<Arc<dyn ClientCertVerifier>>,
    /// Of the files.
    pub(super) digest: [u8; 32],
    pub(super) at: RecordedTime,
    /// Of the server's certificate.
    pub(super) validity: Option<Validity>,
    pub(super) revocation_lists: usize,
    pub(super) lists_end: Option<RecordedTime>,
}

/// When a certificate is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    /// The first moment.
    pub(super) begins: RecordedTime,
    /// The last moment.
    pub(super) ends: RecordedTime,
}

impl Validity {
    /// Of a certificate; `None` when it cannot be read.
    fn of(certificate: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
        let validity = certificate.validity();
        Some(Self {
            begins: time(validity.not_before),
            ends: time(validity.not_after),
        })
    }

    pub(super) fn holds(self, now: RecordedTime) -> bool {
        self.begins <= now && now <= self.ends
    }
}

impl Files {
    /// Reads the files.
    pub(super) fn read(paths: &Tls) -> Result<Self, TlsError> {
        let pem = |path: &PathBuf| read(path, PEM_FILE_BYTES_MAX);
        let lists = match &paths.client_crl {
            None => Vec::new(),
            Some(path) => list_files(path)?,
        };
        let lists = lists.into_iter().map(|path| {
            let bytes = read(&path, REVOCATION_FILE_BYTES_MAX)?;
            Ok((path, bytes))
        });
        Ok(Self {
            certificate: pem(&paths.certificate)?,
            key: pem(&paths.key)?,
            client_ca: paths.client_ca.as_ref().map(pem).transpose()?,
            revocation: lists.collect::<Result<_, TlsError>>()?,
        })
    }

    /// A digest over all of them.
    pub(super) fn digest(&self) -> [u8; 32] {
        let mut all = Sha256::new();
        let lists = self.revocation.iter().map(|(_, bytes)| bytes);
        let files = [&self.certificate, &self.key];
        for file in files.into_iter().chain(&self.client_ca).chain(lists) {
            all.update(Sha256::digest(file));
        }
        all.finalize().into()
    }

    /// Makes of them what rustls works with.
    pub(super) fn load(self, paths: &Tls, now: RecordedTime) -> Result<Loaded, TlsError> {
        let digest = self.digest();
        let provider = Arc::new(ring::default_provider());
        let chain = certificates(&paths.certificate, &self.certificate)?;
        let validity = chain.first().and_then(|own| Validity::of(own));
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|source| TlsError::Pem {
            path: paths.key.clone(),
            source,
        })?;
        let lists = self.lists()?;
        let revocation_lists = lists.len();
        let lists_end = lists.iter().filter_map(|list| list.next_update).min();
        let verifier = match (&paths.client_ca, &self.client_ca) {
            (Some(path), Some(bytes)) => {
                let authorities = certificates(path, bytes)?;
                if let Some(path) = &paths.client_crl {
                    check_lists(path, &authorities, &lists)?;
                }
                let lists = lists.into_iter().map(|list| list.der);
                let authorities = (path.as_path(), authorities);
                Some(callers(authorities, lists, paths, &provider)?)
            }
            _ => None,
        };
        let versions: &[&SupportedProtocolVersion] = match paths.minimum_version {
            TlsVersion::Tls13 => &FROM_1_3,
            TlsVersion::Tls12 => &FROM_1_2,
        };
        let builder = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .map_err(TlsError::Pair)?;
        let builder = match &verifier {
            None => builder.with_no_client_auth(),
            Some(verifier) => builder.with_client_cert_verifier(Arc::clone(verifier)),
        };
        let mut config = builder
            .with_single_cert(chain, key)
            .map_err(TlsError::Pair)?;
        config.alpn_protocols = vec![ALPN_H2.to_vec()];
        // A resumed session would bring the certificate of an earlier handshake, unchecked.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Loaded {
            config: Arc::new(config),
            verifier,
            digest,
            at: now,
            validity,
            revocation_lists,
            lists_end,
        })
    }

    fn lists(&self) -> Result<Vec<List>, TlsError> {
        let mut lists = Vec::new();
        for (path, bytes) in &self.revocation {
            lists.extend(lists_in(path, bytes)?);
        }
        Ok(lists)
    }
}

/// A revocation list, and when it should be replaced.
struct List {
    path: PathBuf,
    der: CertificateRevocationListDer<'static>,
    next_update: Option<RecordedTime>,
}

/// What checks the certificates of callers.
///
/// With revocation lists every certificate between caller and authority is looked up, and one whose
/// issuer has no list is refused: a list that is missing must not look like one that is empty.
fn callers(
    (path, authorities): (&Path, Vec<CertificateDer<'static>>),
    lists: impl Iterator<Item = CertificateRevocationListDer<'static>>,
    paths: &Tls,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in authorities {
        let added = roots.add(certificate);
        added.map_err(|_| malformed(path, "certificate"))?;
    }
    let builder =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
            .with_crls(lists);
    let builder = match paths.refuse_expired_crl {
        false => builder,
        true => builder.enforce_revocation_expiration(),
    };
    builder.build().map_err(TlsError::Callers)
}

/// Sees to it that the lists are of use: an authority without one has no callers, and neither has
/// one whose list is a stranger's.
fn check_lists(
    path: &Path,
    authorities: &[CertificateDer<'_>],
    lists: &[List],
) -> Result<(), TlsError> {
    let mut has_any = false;
    for authority in authorities {
        // What cannot be read is told where the authorities are taken.
        let Ok((_, authority)) = X509Certificate::from_der(authority) else {
            continue;
        };
        for list in lists {
            let (_, read) = CertificateRevocationList::from_der(&list.der)
                .map_err(|_| malformed(&list.path, "revocation list"))?;
            if read.issuer().as_raw() != authority.subject().as_raw() {
                continue;
            }
            match read.verify_signature(authority.public_key()) {
                Err(X509Error::SignatureVerificationError) => {
                    return Err(TlsError::NotSigned {
                        path: list.path.clone(),
                    });
                }
                // An algorithm that is not known here may be known where callers are checked.
                _ => has_any = true,
            }
        }
    }
    match has_any {
        true => Ok(()),
        false => Err(TlsError::NoList {
            path: path.to_owned(),
        }),
    }
}

fn certificates(path: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|source| TlsError::Pem {
        path: path.to_owned(),
        source,
    })?;
    match found.is_empty() {
        false => Ok(found),
        true => Err(TlsError::Nothing {
            path: path.to_owned(),
            what: "certificate",
        }),
    }
}

/// The lists in a file: several in PEM, or one in DER, which is how authorities publish them.
fn lists_in(path: &Path, bytes: &[u8]) -> Result<Vec<List>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateRevocationListDer::pem_slice_iter(bytes).collect();
    let found = match found {
        Ok(found) if !found.is_empty() => found,
        _ => vec![CertificateRevocationListDer::from(bytes.to_vec())],
    };
    let read = found.into_iter().map(|der| {
        let next_update = {
            let (_, list) = CertificateRevocationList::from_der(&der)
                .map_err(|_| malformed(path, "revocation list"))?;
            list.next_update().map(time)
        };
        Ok(List {
            path: path.to_owned(),
            der,
            next_update,
        })
    });
    read.collect()
}

fn malformed(path: &Path, what: &'static str) -> TlsError {
    TlsError::Malformed {
        path: path.to_owned(),
        what,
    }
}

fn time(time: ASN1Time) -> RecordedTime {
    RecordedTime::from_micros(time.timestamp().saturating_mul(1_000_000))
}

/// The files of revocation lists: the one named, or all in the folder named, in order of names.
fn list_files(path: &Path) -> Result<Vec<PathBuf>, TlsError> {
    let unreadable = |source| TlsError::Unreadable {
        path: path.to_owned(),
        source,
    };
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        // A hidden one is somebody's half-written file, or what a mounted secret is made of.
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !is_hidden && fs::metadata(entry.path()).map_err(unreadable)?.is_file() {
            files.push(entry.path());
        }
    }
    files.sort_unstable();
    if files.is_empty() || files.len() > REVOCATION_FILES_MAX {
        return Err(TlsError::Nothing {
            path: path.to_owned(),
            what: "revocation list, or too many files",
        });
    }
    Ok(files)
}

/// Reads a file of bounded size.
fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>, TlsError> {
    let unreadable = |source| TlsError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let limit = bytes_max.saturating_add(1);
    file.take(limit)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if u64::try_from(bytes.len()).is_ok_and(|bytes| bytes <= bytes_max) {
        return Ok(bytes);
    }
    Err(TlsError::TooLarge {
        path: path.to_owned(),
        limit: bytes_max,
    })
}
