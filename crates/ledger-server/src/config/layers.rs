//! The layers of a configuration: a file, the environment, flags.
//!
//! Every key can be set in every layer. All three become one TOML table, so that one strict reader
//! checks them.

use super::{ConfigError, Settings};
use crate::limits::CONFIG_FILE_BYTES_MAX;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use toml::{Table, Value};

/// What the names of this server's environment variables begin with.
pub const VARIABLE_PREFIX: &str = "SUBSIDY_LEDGER_";

/// The environment variable that names the configuration file; it is no key, since a file cannot
/// name itself.
pub const CONFIG_VARIABLE: &str = "SUBSIDY_LEDGER_CONFIG";

/// A key that may be configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its name in a file, with its section before a dot.
    pub name: &'static str,
    /// What its value looks like.
    pub kind: KeyKind,
}

/// What the value of a key looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// A text, a path, an address.
    Text,
    /// `true` or `false`.
    Switch,
    /// A number.
    Number,
}

const fn text(name: &'static str) -> Key {
    Key {
        name,
        kind: KeyKind::Text,
    }
}

const fn switch(name: &'static str) -> Key {
    Key {
        name,
        kind: KeyKind::Switch,
    }
}

const fn number(name: &'static str) -> Key {
    Key {
        name,
        kind: KeyKind::Number,
    }
}

/// Every key that there is; a test holds this list to the fields of [`Settings`].
pub const KEYS: [Key; 59] = [
    text("data_dir"),
    switch("create"),
    switch("read_only"),
    text("listen"),
    text("port_file"),
    text("development_identity"),
    text("tls.certificate"),
    text("tls.key"),
    text("tls.client_ca"),
    text("tls.client_crl"),
    switch("tls.refuse_expired_crl"),
    text("tls.minimum_version"),
    number("tls.check_ms"),
    text("certificates.key_file"),
    text("certificates.lost_keys"),
    text("log.format"),
    text("log.filter"),
    text("backup.dir"),
    number("backup.keep"),
    number("backup.bytes_per_second"),
    number("backup.verify_bytes_per_second"),
    number("clock.step_seconds_max"),
    number("clock.idle_days_max"),
    text("clock.accepted_until"),
    number("limits.message_bytes_max"),
    number("limits.document_message_bytes_max"),
    number("limits.message_fields_max"),
    number("limits.receiving_bytes_max"),
    number("limits.receiving_bytes_per_peer_max"),
    number("limits.receive_ms"),
    number("limits.named_per_request_max"),
    number("limits.queue_bytes_max"),
    number("limits.stream_reads_max"),
    number("limits.commands_per_request_max"),
    number("limits.queue_requests_max"),
    number("limits.queue_commands_max"),
    number("limits.page_size_max"),
    number("limits.page_size_default"),
    number("limits.trace_events_max"),
    number("limits.streams_max"),
    number("limits.reads_max"),
    number("limits.wait_ms_max"),
    number("limits.append_stream_requests_max"),
    number("limits.append_stream_commands_max"),
    number("limits.shutdown_grace_ms"),
    number("limits.connections_max"),
    number("limits.connections_per_peer_max"),
    number("limits.handshakes_max"),
    number("limits.connection_setup_ms"),
    number("memory.cache_bytes"),
    number("memory.write_buffer_bytes"),
    number("memory.open_files_max"),
    number("memory.filter_bits_per_key"),
    number("memory.entities_max"),
    number("memory.rebuild_entities_max"),
    number("memory.block_starts_max"),
    number("disk.writes_headroom_bytes"),
    number("disk.shadow_headroom_bytes"),
    number("disk.spare_bytes"),
];

/// Puts the layers over each other; the later ones win.
///
/// `variables` is the whole environment: a variable that begins like ours and is none is refused,
/// because it is most likely misspelt. `flags` are pairs of key and value.
///
/// # Errors
///
/// [`ConfigError`], naming the layer that is wrong.
pub fn layered(
    file: Option<&Path>,
    variables: impl IntoIterator<Item = (String, String)>,
    flags: impl IntoIterator<Item = (String, String)>,
) -> Result<Settings, ConfigError> {
    let mut table = match file {
        None => Table::new(),
        Some(path) => read_file(path)?,
    };
    for (name, value) in variables {
        if !name.starts_with(VARIABLE_PREFIX) || name == CONFIG_VARIABLE || is_service_link(&name) {
            continue;
        }
        let key = KEYS.into_iter().find(|key| variable(key) == name);
        let key = key.ok_or_else(|| ConfigError::UnknownVariable { name: name.clone() })?;
        put(&mut table, key, parse(key, &value, || name.clone())?);
    }
    for (name, value) in flags {
        let origin = || format!("flag for {name}");
        let key = KEYS.into_iter().find(|key| key.name == name);
        let key = key.ok_or_else(|| ConfigError::UnknownKey {
            origin: "--set".to_owned(),
            key: name.clone(),
        })?;
        put(&mut table, key, parse(key, &value, origin)?);
    }
    table
        .try_into()
        .map_err(|error| ConfigError::Merged(Box::new(error)))
}

/// Reads a configuration file, and checks that it holds nothing but keys that exist.
///
/// # Errors
///
/// [`ConfigError`], with line and column where it makes sense.
pub fn read_file(path: &Path) -> Result<Table, ConfigError> {
    let text = read_bounded(path, CONFIG_FILE_BYTES_MAX)?;
    let refused = |source| ConfigError::File {
        path: path.to_owned(),
        source: Box::new(source),
    };
    // Reading the settings from the text, not from the table, keeps line and column in the error.
    toml::from_str::<Settings>(&text).map_err(refused)?;
    toml::from_str(&text).map_err(refused)
}

/// The environment variable of a key.
#[must_use]
pub fn variable(key: &Key) -> String {
    format!(
        "{VARIABLE_PREFIX}{}",
        key.name.to_ascii_uppercase().replace('.', "_")
    )
}

/// Reads a text file of bounded size.
pub(super) fn read_bounded(path: &Path, bytes_max: u64) -> Result<String, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    let limit = bytes_max.saturating_add(1);
    let bytes = file
        .take(limit)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    if u64::try_from(bytes).is_ok_and(|bytes| bytes <= bytes_max) {
        return Ok(text);
    }
    Err(ConfigError::TooLarge {
        path: path.to_owned(),
        limit: bytes_max,
    })
}

/// Kubernetes adds such variables by itself to every container beside a service of our name.
fn is_service_link(name: &str) -> bool {
    let rest = name.strip_prefix(VARIABLE_PREFIX).unwrap_or_default();
    rest == "PORT"
        || rest.starts_with("SERVICE_HOST")
        || rest.starts_with("SERVICE_PORT")
        || rest
            .strip_prefix("PORT_")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn parse(key: Key, value: &str, origin: impl Fn() -> String) -> Result<Value, ConfigError> {
    let refused = |expected| ConfigError::Value {
        origin: origin(),
        expected,
    };
    match key.kind {
        KeyKind::Text => Ok(Value::String(value.to_owned())),
        KeyKind::Switch => match value {
            "true" => Ok(Value::Boolean(true)),
            "false" => Ok(Value::Boolean(false)),
            _ => Err(refused("true or false")),
        },
        KeyKind::Number => match value.replace('_', "").parse() {
            Ok(number) if number >= 0 => Ok(Value::Integer(number)),
            _ => Err(refused("a whole number")),
        },
    }
}

fn put(table: &mut Table, key: Key, value: Value) {
    match key.name.split_once('.') {
        None => {
            table.insert(key.name.to_owned(), value);
        }
        Some((section, name)) => {
            let section = table
                .entry(section)
                .or_insert_with(|| Value::Table(Table::new()))
                .as_table_mut()
                .expect("a section that was read as settings is a table");
            section.insert(name.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BackupConfig, CertificateSettings, Clock, Disk, LogFormat, TlsSettings};
    use super::*;
    use std::fs;
    use std::path::PathBuf;

    fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
        of.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn read(
        file: &str,
        variables: &[(&str, &str)],
        flags: &[(&str, &str)],
    ) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.toml");
        fs::write(&path, file).unwrap();
        layered(Some(&path), pairs(variables), pairs(flags)).map_err(|error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            format!("{error}: {}", cause.unwrap_or_default())
                .replace(path.to_str().unwrap(), "ledger.toml")
        })
    }

    #[test]
    fn every_setting_is_a_key_and_every_key_a_setting() {
        let some = |name: &str| Some(PathBuf::from(name));
        let settings = Settings {
            data_dir: some("ledger"),
            port_file: some("port"),
            development_identity: Some("clerk".to_owned()),
            backup: BackupConfig {
                dir: some("backups"),
                ..BackupConfig::default()
            },
            tls: TlsSettings {
                certificate: some("a"),
                key: some("b"),
                client_ca: some("c"),
                client_crl: some("d"),
                ..TlsSettings::default()
            },
            certificates: CertificateSettings {
                key_file: some("key"),
                lost_keys: Some("PYQ6".to_owned()),
            },
            clock: Clock {
                accepted_until: Some("2026-12-01T00:00:00Z".to_owned()),
                ..Clock::default()
            },
            disk: Disk {
                writes_headroom_bytes: Some(1),
                shadow_headroom_bytes: Some(2),
                spare_bytes: Some(3),
            },
            ..Settings::default()
        };
        let table = Table::try_from(settings).unwrap();
        let mut names: Vec<String> = Vec::new();
        for (name, value) in &table {
            match value {
                Value::Table(section) => {
                    names.extend(section.keys().map(|key| format!("{name}.{key}")));
                }
                _ => names.push(name.clone()),
            }
        }
        let mut keys: Vec<String> = KEYS.iter().map(|key| key.name.to_owned()).collect();
        names.sort();
        keys.sort();
        assert_eq!(names, keys);
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let file =
            "listen = '127.0.0.1:1'\ncreate = true\n[limits]\nreads_max = 1\nstreams_max = 1\n";
        let settings = read(
            file,
            &[
                ("SUBSIDY_LEDGER_LISTEN", "127.0.0.1:2"),
                ("SUBSIDY_LEDGER_LIMITS_READS_MAX", "2"),
                ("SUBSIDY_LEDGER_LOG_FORMAT", "json"),
                ("SUBSIDY_LEDGER_CONFIG", "ledger.toml"),
                ("SUBSIDY_LEDGER_SERVICE_HOST", "10.0.0.1"),
                ("SUBSIDY_LEDGER_PORT_7450_TCP", "tcp://10.0.0.1:7450"),
                ("PATH", "/bin"),
            ],
            &[("listen", "127.0.0.1:3"), ("limits.wait_ms_max", "1_000")],
        )
        .unwrap();
        assert_eq!(settings.listen.port(), 3);
        assert_eq!(settings.limits.streams_max, 1);
        assert_eq!(settings.limits.reads_max, 2);
        assert_eq!(settings.limits.wait_ms_max, 1_000);
        assert_eq!(settings.log.format, LogFormat::Json);
        assert!(settings.create);
    }

    #[test]
    fn what_is_misspelt_is_refused() {
        type Pairs = &'static [(&'static str, &'static str)];
        let cases: [(&str, Pairs, Pairs, &str); 8] = [
            (
                "creat = true",
                &[],
                &[],
                "ledger.toml is refused: TOML parse error at line 1",
            ),
            (
                "[limits]\nread_max = 1",
                &[],
                &[],
                "unknown field `read_max`",
            ),
            ("[tls]\ncertificate = 1", &[], &[], "invalid type"),
            (
                "",
                &[("SUBSIDY_LEDGER_LISTN", "x")],
                &[],
                "SUBSIDY_LEDGER_LISTN is none of this",
            ),
            (
                "",
                &[("SUBSIDY_LEDGER_CREATE", "yes")],
                &[],
                "SUBSIDY_LEDGER_CREATE needs true or",
            ),
            (
                "",
                &[("SUBSIDY_LEDGER_LISTEN", "nowhere")],
                &[],
                "invalid socket address",
            ),
            (
                "",
                &[],
                &[("limits.read_max", "1")],
                "names the key \"limits.read_max\"",
            ),
            (
                "",
                &[],
                &[("limits.reads_max", "-1")],
                "flag for limits.reads_max needs a whole",
            ),
        ];
        for (file, variables, flags, expected) in cases {
            let error = read(file, variables, flags).unwrap_err();
            assert!(
                error.contains(expected),
                "{error:?} should contain {expected:?}"
            );
        }
    }
}
