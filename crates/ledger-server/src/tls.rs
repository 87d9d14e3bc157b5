//! TLS by rustls: certificate, key, authorities of callers and revocation lists, as their files are
//! now.
//!
//! The files are looked at again every now and then, and when the process gets SIGHUP. New ones
//! that cannot be used change nothing: what was loaded stays, and the log and `GetStatus` say so.
//! Sessions are never resumed, because a resumed one would not check the certificate again.

mod files;
mod watch;

use crate::config::Tls;
use crate::connections::{Chain, Connections};
use files::{Files, Loaded, Validity};
use ledger_core::RecordedTime;
use ledger_engine::{Clock as _, SystemClock};
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, UnixTime, pem};
use tokio_rustls::rustls::server::VerifierBuilderError;
use tokio_rustls::server::TlsStream;

pub(crate) use watch::{hangups, keep_current};

/// Why files cannot be used for TLS. Nothing of what is in them is told.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file or folder cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is too large to hold certificates.
    #[error("{} has more than {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Bytes allowed.
        limit: u64,
    },
    /// A file is not PEM.
    #[error("{} is not in PEM", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: pem::Error,
    },
    /// A file has none of what it should hold.
    #[error("{} holds no {what}", path.display())]
    Nothing {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
    },
    /// A certificate or list is malformed.
    #[error("{} holds a {what} that cannot be read", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// Certificate and key do not belong together, or are of a kind that is not supported.
    #[error("certificate and key cannot be used together")]
    Pair(#[source] tokio_rustls::rustls::Error),
    /// A revocation list bears the name of an authority that did not sign it.
    #[error("{} holds a revocation list that its authority did not sign", path.display())]
    NotSigned {
        /// The file.
        path: PathBuf,
    },
    /// No authority has a revocation list, so that nobody could call.
    #[error(
        "{} holds no revocation list of any authority of callers: all of them would be turned away",
        path.display()
    )]
    NoList {
        /// The file or folder.
        path: PathBuf,
    },
    /// A certificate has run out or is not valid yet, and would replace one that is.
    #[error("{} holds a certificate that is valid from {begins} to {ends} only", path.display())]
    NotValidNow {
        /// The file.
        path: PathBuf,
        /// The first moment at which it is valid.
        begins: RecordedTime,
        /// The last one.
        ends: RecordedTime,
    },
    /// The authorities or the lists cannot be used.
    #[error("authorities and revocation lists of callers cannot be used")]
    Callers(#[source] VerifierBuilderError),
}

/// TLS as its files are now.
#[derive(Debug)]
pub(crate) struct LiveTls {
    paths: Tls,
    loaded: RwLock<Arc<Loaded>>,
    /// What the last look at the files found wrong.
    trouble: Mutex<Option<Arc<str>>>,
    /// The hour in which it was last said that something has run out.
    said_in: AtomicI64,
}

/// What an operator is told of TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figures {
    /// When what is in use was loaded.
    pub(crate) loaded: RecordedTime,
    /// The last moment at which the server's certificate is valid.
    pub(crate) certificate_ends: Option<RecordedTime>,
    /// Revocation lists in use.
    pub(crate) revocation_lists: usize,
    /// When the first of them should have been replaced.
    pub(crate) lists_end: Option<RecordedTime>,
    /// Why the files as they are now are not in use; empty when they are.
    pub(crate) trouble: Arc<str>,
}

const HOUR_MICROS: i64 = 3_600_000_000;

/// What looking at the files led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looked {
    /// They are those in use.
    Same,
    /// They are in use from now on.
    Loaded,
    /// They cannot be used; the earlier ones stay.
    Kept,
}

impl LiveTls {
    /// Loads the files.
    ///
    /// # Errors
    ///
    /// [`TlsError`]: a server is not started without its certificates.
    pub(crate) fn load(paths: &Tls) -> Result<Self, TlsError> {
        let loaded = Files::read(paths)?.load(paths, SystemClock.now())?;
        Ok(Self {
            paths: paths.clone(),
            loaded: RwLock::new(Arc::new(loaded)),
            trouble: Mutex::default(),
            said_in: AtomicI64::default(),
        })
    }

    /// How often the files are looked at.
    pub(crate) const fn check_interval(&self) -> Duration {
        self.paths.check_interval
    }

    /// Carries out the handshake of a new connection.
    pub(crate) async fn accept(&self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        let config = Arc::clone(&self.loaded().config);
        TlsAcceptor::from(config).accept(stream).await
    }

    /// Whether the certificates that a caller showed would be accepted now.
    pub(crate) fn is_trusted(&self, chain: &[CertificateDer<'static>]) -> bool {
        let loaded = self.loaded();
        let (Some(verifier), Some((own, between))) = (&loaded.verifier, chain.split_first()) else {
            return true;
        };
        let since_epoch = u64::try_from(SystemClock.now().micros()).unwrap_or_default();
        let now = UnixTime::since_unix_epoch(Duration::from_micros(since_epoch));
        verifier.verify_client_cert(own, between, now).is_ok()
    }

    /// Looks at the files, uses them if they are others than those in use, and ends the connections
    /// of callers who are not trusted any more. It reads files and checks signatures, so it blocks.
    pub(crate) fn refresh(&self, connections: &Connections) -> Looked {
        let looked = self.look();
        self.say_what_has_run_out(SystemClock.now());
        // Also when nothing changed: certificates run out.
        let ended = connections.end_unless(|chain: &Chain| self.is_trusted(chain));
        if ended > 0 {
            tracing::warn!(
                ended,
                "connections were ended: their certificates are revoked or have run out, or their \
                 authority is not trusted any more"
            );
        }
        looked
    }

    fn look(&self) -> Looked {
        let loading = Files::read(&self.paths).and_then(|files| {
            if files.digest() == self.loaded().digest {
                return Ok(None);
            }
            let now = SystemClock.now();
            let loaded = files.load(&self.paths, now)?;
            self.check_no_worse(&loaded, now)?;
            Ok(Some(loaded))
        });
        match loading {
            Ok(None) => {
                self.note(None);
                Looked::Same
            }
            Ok(Some(loaded)) => {
                tracing::info!(
                    certificate_ends = loaded.validity.map(|it| tracing::field::display(it.ends)),
                    revocation_lists = loaded.revocation_lists,
                    "new TLS files are in use"
                );
                *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(loaded);
                self.note(None);
                Looked::Loaded
            }
            Err(error) => {
                let why = crate::error_chain::ErrorChain(&error).to_string();
                self.note(Some(why.into()));
                Looked::Kept
            }
        }
    }

    /// Refuses a certificate that callers will not accept now where they accept the one in use.
    fn check_no_worse(&self, new: &Loaded, now: RecordedTime) -> Result<(), TlsError> {
        let is_valid = |validity: Option<Validity>| validity.is_none_or(|it| it.holds(now));
        match new.validity {
            Some(validity) if !validity.holds(now) && is_valid(self.loaded().validity) => {
                Err(TlsError::NotValidNow {
                    path: self.paths.certificate.clone(),
                    begins: validity.begins,
                    ends: validity.ends,
                })
            }
            _ => Ok(()),
        }
    }

    /// Says once in an hour what has run out. An overdue list goes on being used unless the
    /// configuration says otherwise: who is on it stays revoked, and an office that publishes late
    /// does not stop the ledger.
    fn say_what_has_run_out(&self, now: RecordedTime) {
        let figures = self.figures();
        let is_over = |end: Option<RecordedTime>| end.is_some_and(|end| end < now);
        let (certificate, lists) = (
            is_over(figures.certificate_ends),
            is_over(figures.lists_end),
        );
        let hour = now.micros().div_euclid(HOUR_MICROS);
        if (certificate || lists) && self.said_in.swap(hour, Ordering::Relaxed) != hour {
            tracing::error!(
                certificate,
                revocation_lists = lists,
                "TLS files have run out and were not replaced"
            );
        }
    }

    /// Keeps what is wrong with the files, and says so once.
    fn note(&self, trouble: Option<Arc<str>>) {
        let mut noted = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(trouble) = &trouble
            && noted.as_ref() != Some(trouble)
        {
            tracing::error!(
                why = &**trouble,
                "the new TLS files cannot be used; those loaded before stay in use"
            );
        }
        *noted = trouble;
    }

    /// What an operator is told.
    pub(crate) fn figures(&self) -> Figures {
        let loaded = self.loaded();
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        Figures {
            loaded: loaded.at,
            certificate_ends: loaded.validity.map(|validity| validity.ends),
            revocation_lists: loaded.revocation_lists,
            lists_end: loaded.lists_end,
            trouble: trouble.clone().unwrap_or_else(|| Arc::from("")),
        }
    }

    fn loaded(&self) -> Arc<Loaded> {
        Arc::clone(&self.loaded.read().unwrap_or_else(PoisonError::into_inner))
    }
}
