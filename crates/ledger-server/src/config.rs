//! Configuration: read once, at the edge, from a file, the environment and flags.
//!
//! Flags win over the environment, the environment wins over the file, the file wins over the
//! defaults. [`Settings`] is what may be written there; [`Settings::check`] turns it into a
//! [`Config`], which holds together, or says in one sentence why it cannot.
//!
//! Long: every key of the configuration with its meaning, in one place.

mod clock;
mod disk;
mod layers;
pub(crate) mod memory;

use crate::limits::{
    BACKUP_BYTES_PER_SECOND, LimitError, Limits, TLS_CHECK_MS, TLS_CHECK_MS_MAX, TLS_CHECK_MS_MIN,
    VERIFY_BYTES_PER_SECOND,
};
use ledger_core::Reference;
use ledger_core::certificate_number::is_digest_mark;
use ledger_core::ids::TextError;
use ledger_engine::ClockBounds;
use ledger_store::StoreOptions;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

pub use disk::Disk;
pub use memory::{Memory, MemoryError};

pub use clock::Clock;
pub use layers::{
    CONFIG_VARIABLE, KEYS, Key, KeyKind, VARIABLE_PREFIX, layered, read_file, variable,
};

/// A configuration that holds together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The folder of the ledger.
    pub data_dir: PathBuf,
    /// Whether an empty ledger is created when the folder holds none.
    pub create: bool,
    /// Whether the ledger is opened for reading only.
    pub read_only: bool,
    /// The address to listen on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// A file that tells the address once the server serves.
    pub port_file: Option<PathBuf>,
    /// Who a caller is.
    pub identity: Identity,
    /// Certificate and key; without them connections are in clear.
    pub tls: Option<Tls>,
    /// The file with the key of certificate numbers; without it none that contains an identity
    /// number is taken.
    pub certificate_key_file: Option<PathBuf>,
    /// The marks of keys of certificate numbers that are lost.
    pub lost_certificate_keys: BTreeSet<String>,
    /// How to log.
    pub log: Log,
    /// Backups and checks.
    pub backup: BackupConfig,
    /// How far the clock may be off.
    pub clock: ClockBounds,
    /// Every bound that an operator may set.
    pub limits: Limits,
    /// The sizes of caches and buffers.
    pub memory: Memory,
    /// What of the disk is left to whom.
    pub disk: Disk,
}

/// Backups and checks; section `backup`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BackupConfig {
    /// The folder that backups are written to; it has to be there. Without it none are taken.
    /// Callers cannot choose another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dir: Option<PathBuf>,
    /// How many whole backups are kept; older ones are removed after each new one. Zero keeps all.
    pub keep: usize,
    /// Bytes copied per second at most by a backup; zero for no bound.
    pub bytes_per_second: u64,
    /// Bytes read per second at most by a check of the running ledger; zero for no bound.
    pub verify_bytes_per_second: u64,
}

impl Default for BackupConfig {
    fn default() -> Self {
        Self {
            dir: None,
            keep: 0,
            bytes_per_second: BACKUP_BYTES_PER_SECOND,
            verify_bytes_per_second: VERIFY_BYTES_PER_SECOND,
        }
    }
}

/// Where the name of a caller, which is recorded with every event, comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// From the certificate that the caller proves to own.
    MutualTls,
    /// Every caller is taken for this one; for development, on loopback only.
    Development(Arc<str>),
}

/// What TLS needs, as files in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The server's certificate and those between it and its authority.
    pub certificate: PathBuf,
    /// The key of the server's certificate.
    pub key: PathBuf,
    /// The authorities whose certificates callers have to show.
    pub client_ca: Option<PathBuf>,
    /// The revocation lists of those authorities: a file, or a folder of files.
    pub client_crl: Option<PathBuf>,
    /// Whether callers are turned away when the list of their authority is overdue.
    pub refuse_expired_crl: bool,
    /// The lowest version that is spoken.
    pub minimum_version: TlsVersion,
    /// How often the files are looked at for changes.
    pub check_interval: Duration,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TlsVersion {
    /// TLS 1.2, for callers that know no better.
    #[serde(rename = "1.2")]
    Tls12,
    /// TLS 1.3.
    #[default]
    #[serde(rename = "1.3")]
    Tls13,
}

/// What may be configured, as it is written; every key has a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The folder of the ledger; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    /// Whether an empty ledger is created when the folder holds none.
    pub create: bool,
    /// Whether the ledger is opened for reading only: no file of it changes.
    pub read_only: bool,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// A file that tells the address once the server serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port_file: Option<PathBuf>,
    /// The name of every caller, without mutual TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub development_identity: Option<String>,
    /// Section `tls`.
    pub tls: TlsSettings,
    /// Section `certificates`.
    pub certificates: CertificateSettings,
    /// Section `log`.
    pub log: Log,
    /// Section `backup`.
    pub backup: BackupConfig,
    /// Section `clock`.
    pub clock: Clock,
    /// Section `limits`.
    pub limits: Limits,
    /// Section `memory`.
    pub memory: Memory,
    /// Section `disk`.
    pub disk: Disk,
}

/// The files that TLS needs; none of them for connections in clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsSettings {
    /// The server's certificate chain in PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// Its key in PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
    /// The authorities of callers' certificates in PEM; turns mutual TLS on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_ca: Option<PathBuf>,
    /// Revocation lists of those authorities, in PEM or DER: a file, or a folder of files. With it
    /// every authority between a caller and `client_ca` needs a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_crl: Option<PathBuf>,
    /// Whether callers are turned away when the list of their authority is overdue. Without it an
    /// overdue list goes on being used, and the log says so.
    pub refuse_expired_crl: bool,
    /// The lowest version that is spoken: `1.3`, or `1.2` for callers that know no better.
    pub minimum_version: TlsVersion,
    /// Milliseconds between two looks at the files; new ones are used without a restart.
    pub check_ms: u64,
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self {
            certificate: None,
            key: None,
            client_ca: None,
            client_crl: None,
            refuse_expired_crl: false,
            minimum_version: TlsVersion::default(),
            check_ms: TLS_CHECK_MS,
        }
    }
}

/// How certificate numbers are kept; section `certificates`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CertificateSettings {
    /// The file with the key by whose digests numbers are kept that contain an identity number;
    /// outside the folders of the ledger and of its backups, readable by its owner only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    /// The marks of keys of which no copy is left, with commas between. What was recorded under
    /// them is not found by its number any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_keys: Option<String>,
}

impl CertificateSettings {
    /// The marks of the lost keys.
    fn lost(&self) -> Result<BTreeSet<String>, ConfigError> {
        let named = self.lost_keys.as_deref().unwrap_or_default();
        let marks = named.split(',').map(str::trim);
        let marks = marks.filter(|_| !named.trim().is_empty());
        marks
            .map(|mark| match is_digest_mark(mark) {
                true => Ok(mark.to_owned()),
                false => Err(ConfigError::LostKeys),
            })
            .collect()
    }
}

/// How to log. Logs go to standard error and hold no command and no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// The form of a line.
    pub format: LogFormat,
    /// What is logged, for example `info` or `info,ledger_engine=debug`.
    pub filter: String,
}

/// The form of a line of the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line, for machines.
    Json,
}

/// Why a configuration is refused.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("configuration file {} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is too large to be a configuration.
    #[error("{} has more than {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Bytes allowed.
        limit: u64,
    },
    /// The file is not TOML, or has a key that does not exist, or a value of the wrong kind.
    #[error("configuration file {} is refused", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Line, column and what is wrong there.
        source: Box<toml::de::Error>,
    },
    /// The environment has a variable that begins like ours and is none.
    #[error("environment variable {name} is none of this server's; --help lists them")]
    UnknownVariable {
        /// The name of the variable.
        name: String,
    },
    /// A key that does not exist.
    #[error("{origin} names the key {key:?}, which does not exist; --help lists them")]
    UnknownKey {
        /// Flag or variable.
        origin: String,
        /// The key.
        key: String,
    },
    /// A flag or variable has a value of the wrong kind.
    #[error("{origin} needs {expected}")]
    Value {
        /// Flag or variable.
        origin: String,
        /// What it should be.
        expected: &'static str,
    },
    /// The layers together are no configuration.
    #[error("configuration is refused")]
    Merged(#[source] Box<toml::de::Error>),
    /// The folder is not named.
    #[error("data_dir is missing: name the folder of the ledger")]
    NoDataDir,
    /// Nothing is created by whoever only reads.
    #[error("create and read_only contradict each other: remove one of them")]
    CreateReadOnly,
    /// A certificate without its key, or the other way round.
    #[error("tls.certificate and tls.key go together: set both or neither")]
    HalfTls,
    /// What is named as a lost key is no mark.
    #[error(
        "certificates.lost_keys names lost keys by their marks of four characters from A-Z and 2-7, \
         with commas between, such as PYQ6,XF4T; the server tells the mark that a ledger needs when \
         it refuses to start"
    )]
    LostKeys,
    /// Callers' certificates without TLS.
    #[error("tls.client_ca asks callers for certificates, which needs tls.certificate and tls.key")]
    ClientCaWithoutTls,
    /// Revocation lists without the authorities that issue them.
    #[error("tls.client_crl lists revoked certificates of callers, which needs tls.client_ca")]
    CrlWithoutClientCa,
    /// A server that never looks at its files, or does nothing else.
    #[error("tls.check_ms is {0}; it goes from 10 to 3600000")]
    TlsCheck(u64),
    /// Nothing says who callers are.
    #[error(
        "nothing says who a caller is: set tls.client_ca for mutual TLS, or development_identity \
         to try things out on loopback"
    )]
    NoIdentity,
    /// Two things say who callers are.
    #[error(
        "development_identity has no effect beside tls.client_ca, which takes the caller's name \
         from its certificate: remove one of them"
    )]
    TwoIdentities,
    /// Anyone on the network could write under the development identity.
    #[error(
        "development_identity lets anyone write who reaches {listen}; listen on 127.0.0.1 or [::1], \
         or set tls.client_ca for mutual TLS"
    )]
    DevelopmentIdentityExposed {
        /// The address.
        listen: SocketAddr,
    },
    /// The development identity is no text that events may carry.
    #[error("development_identity is refused")]
    DevelopmentIdentity(#[from] TextError),
    /// A bound of the clock makes no sense.
    #[error("clock.{key} is {value}; it goes from 1 to {highest}")]
    Clock {
        /// The key.
        key: &'static str,
        /// Its value.
        value: u64,
        /// The highest value.
        highest: u64,
    },
    /// The time that an operator vouches for is none.
    #[error("clock.accepted_until is no time such as 2026-12-01T08:00:00+08:00")]
    ClockAcceptedUntil,
    /// A limit makes no sense.
    #[error(transparent)]
    Limits(#[from] LimitError),
    /// A size makes no sense.
    #[error(transparent)]
    Memory(#[from] MemoryError),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data_dir: None,
            create: false,
            read_only: false,
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), DEFAULT_PORT),
            port_file: None,
            development_identity: None,
            tls: TlsSettings::default(),
            certificates: CertificateSettings::default(),
            log: Log::default(),
            backup: BackupConfig::default(),
            clock: Clock::default(),
            limits: Limits::default(),
            memory: Memory::default(),
            disk: Disk::default(),
        }
    }
}

/// The port when none is configured.
pub const DEFAULT_PORT: u16 = 7450;

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            filter: "info".to_owned(),
        }
    }
}

impl Config {
    /// What the store is opened with.
    #[must_use]
    pub fn store(&self) -> StoreOptions {
        StoreOptions {
            create_if_missing: self.create,
            read_only: self.read_only,
            ..self.disk.store(self.memory.store())
        }
    }
}

impl Settings {
    /// The folder, and what its store is opened with when nobody is to be served.
    ///
    /// # Errors
    ///
    /// The first contradiction found, of what that takes.
    pub fn store(&self) -> Result<(PathBuf, StoreOptions), ConfigError> {
        self.memory.check()?;
        let folder = self.data_dir.clone().ok_or(ConfigError::NoDataDir)?;
        Ok((folder, self.disk.store(self.memory.store())))
    }

    /// Turns what was written into a configuration that holds together.
    ///
    /// # Errors
    ///
    /// The first contradiction found.
    pub fn check(self) -> Result<Config, ConfigError> {
        let tls = check_tls(self.tls)?;
        let identity = check_identity(tls.as_ref(), self.development_identity.as_deref())?;
        identity.check_address(self.listen)?;
        self.limits.check()?;
        self.memory.check()?;
        if self.create && self.read_only {
            return Err(ConfigError::CreateReadOnly);
        }
        Ok(Config {
            data_dir: self.data_dir.ok_or(ConfigError::NoDataDir)?,
            create: self.create,
            read_only: self.read_only,
            listen: self.listen,
            port_file: self.port_file,
            identity,
            tls,
            lost_certificate_keys: self.certificates.lost()?,
            certificate_key_file: self.certificates.key_file,
            log: self.log,
            backup: self.backup,
            clock: self.clock.check()?,
            limits: self.limits,
            memory: self.memory,
            disk: self.disk,
        })
    }
}

impl Identity {
    /// Checks that callers who are taken at their word come from this machine.
    ///
    /// # Errors
    ///
    /// [`ConfigError::DevelopmentIdentityExposed`].
    pub fn check_address(&self, listen: SocketAddr) -> Result<(), ConfigError> {
        match self {
            Self::Development(_) if !listen.ip().is_loopback() => {
                Err(ConfigError::DevelopmentIdentityExposed { listen })
            }
            Self::Development(_) | Self::MutualTls => Ok(()),
        }
    }
}

fn check_tls(settings: TlsSettings) -> Result<Option<Tls>, ConfigError> {
    if settings.client_crl.is_some() && settings.client_ca.is_none() {
        return Err(ConfigError::CrlWithoutClientCa);
    }
    if !(TLS_CHECK_MS_MIN..=TLS_CHECK_MS_MAX).contains(&settings.check_ms) {
        return Err(ConfigError::TlsCheck(settings.check_ms));
    }
    match (settings.certificate, settings.key, settings.client_ca) {
        (Some(certificate), Some(key), client_ca) => Ok(Some(Tls {
            certificate,
            key,
            client_ca,
            client_crl: settings.client_crl,
            refuse_expired_crl: settings.refuse_expired_crl,
            minimum_version: settings.minimum_version,
            check_interval: Duration::from_millis(settings.check_ms),
        })),
        (None, None, None) => Ok(None),
        (None, None, Some(_)) => Err(ConfigError::ClientCaWithoutTls),
        (Some(_), None, _) | (None, Some(_), _) => Err(ConfigError::HalfTls),
    }
}

fn check_identity(tls: Option<&Tls>, development: Option<&str>) -> Result<Identity, ConfigError> {
    let is_mutual = tls.is_some_and(|tls| tls.client_ca.is_some());
    match (is_mutual, development) {
        (true, None) => Ok(Identity::MutualTls),
        (true, Some(_)) => Err(ConfigError::TwoIdentities),
        (false, None) => Err(ConfigError::NoIdentity),
        (false, Some(name)) => Ok(Identity::Development(Arc::from(
            Reference::parse(name)?.as_str(),
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            data_dir: Some(PathBuf::from("ledger")),
            development_identity: Some("clerk".to_owned()),
            ..Settings::default()
        }
    }

    fn tls(certificate: bool, key: bool, client_ca: bool) -> TlsSettings {
        let file = |given: bool, name: &str| given.then(|| PathBuf::from(name));
        TlsSettings {
            certificate: file(certificate, "server.pem"),
            key: file(key, "server.key"),
            client_ca: file(client_ca, "callers.pem"),
            ..TlsSettings::default()
        }
    }

    fn everywhere() -> SocketAddr {
        "0.0.0.0:7450".parse().unwrap()
    }

    #[test]
    fn contradictions_are_refused() {
        type Change = fn(&mut Settings);
        let cases: [(Change, &str); 15] = [
            (|_| {}, ""),
            (|settings| settings.listen = "[::1]:0".parse().unwrap(), ""),
            (|settings| settings.tls = tls(true, true, false), ""),
            (|settings| settings.data_dir = None, "data_dir is missing"),
            (
                |settings| settings.tls = tls(true, false, false),
                "set both or neither",
            ),
            (
                |settings| settings.tls = tls(false, true, true),
                "set both or neither",
            ),
            (
                |settings| settings.tls = tls(false, false, true),
                "needs tls.certificate and tls.key",
            ),
            (
                |settings| settings.tls = tls(true, true, true),
                "remove one of them",
            ),
            (
                |settings| settings.tls.client_crl = Some(PathBuf::from("revoked.pem")),
                "which needs tls.client_ca",
            ),
            (
                |settings| settings.tls.check_ms = 0,
                "tls.check_ms is 0; it goes from 10",
            ),
            (
                |settings| settings.development_identity = None,
                "nothing says who a caller is",
            ),
            (
                |settings| settings.development_identity = Some("37010219900101123\u{200b}".into()),
                "development_identity is refused",
            ),
            (
                |settings| settings.listen = everywhere(),
                "anyone write who reaches 0.0.0.0:7450",
            ),
            (
                |settings| (settings.create, settings.read_only) = (true, true),
                "create and read_only contradict each other",
            ),
            (
                |settings| settings.limits.reads_max = 0,
                "limits.reads_max is 0",
            ),
        ];
        for (change, expected) in cases {
            let mut settings = settings();
            change(&mut settings);
            let outcome = settings
                .check()
                .map_or_else(|error| error.to_string(), |_| String::new());
            assert!(
                outcome.contains(expected),
                "{outcome:?} should contain {expected:?}"
            );
            assert_eq!(outcome.is_empty(), expected.is_empty(), "{outcome}");
        }
    }

    #[test]
    fn mutual_tls_may_listen_everywhere() {
        let config = Settings {
            listen: everywhere(),
            development_identity: None,
            tls: tls(true, true, true),
            ..settings()
        };
        assert_eq!(config.check().unwrap().identity, Identity::MutualTls);
    }
}
