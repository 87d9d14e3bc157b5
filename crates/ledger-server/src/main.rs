//! The program `ledger-server`: read the configuration, serve, stop when asked to.
//!
//! Long: every argument of the program with its meaning, in one place.

mod accept;
mod offline;

use crate::accept::AcceptEnd;
use crate::offline::{ListBackups, OfflineFailure, RestoreBackup, VerifyFolder};
use clap::{Parser, Subcommand};
use ledger_server::config::{CONFIG_VARIABLE, ConfigError, KEYS, layered, variable};
use ledger_server::logging::LoggingError;
use ledger_server::{
    CertificateKeyError, Config, RunError, Server, Settings, listen, logging, make_certificate_key,
    rebuild,
};
use std::error::Error;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};
use thiserror::Error;
use tokio::signal::unix::{SignalKind, signal};

/// What the writer allocates the committer frees, many times for each event. The allocator of the
/// C library pays for that in its slow path; RocksDB's C++ goes on using it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match start(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let mut text = format!("ledger-server: {failure}\n");
            let mut cause = failure.source();
            while let Some(error) = cause {
                text.push_str(&format!("  because: {error}\n"));
                cause = error.source();
            }
            // Nothing is left to say when standard error is closed.
            drop(io::stderr().write_all(text.as_bytes()));
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Serves a subsidy ledger over gRPC.
///
/// The ledger records who was trained, certified, employed, paid and asked to pay back, and under
/// which clause. It keeps everything in one folder, of which one process may have charge at a time.
#[derive(Debug, Parser)]
#[command(name = "ledger-server", version, after_long_help = long_help())]
struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// Configuration file (TOML); also SUBSIDY_LEDGER_CONFIG.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Folder of the ledger.
    #[arg(long, value_name = "FOLDER", global = true)]
    data_dir: Option<String>,
    /// Folder of backups: where the server writes them, and where restore and backups find them.
    #[arg(long, value_name = "FOLDER", global = true)]
    backup_dir: Option<String>,
    /// Create an empty ledger when the folder holds none. Without it a wrong path is an error and
    /// not a ledger without a history.
    #[arg(long)]
    create: bool,
    /// Open the ledger for reading only: no file of it changes, and every write is refused. A
    /// ledger on a disk without room is opened so by itself.
    #[arg(long)]
    read_only: bool,
    /// Address to listen on [default: 127.0.0.1:7450]. Port 0 takes any free one.
    #[arg(long, value_name = "IP:PORT")]
    listen: Option<String>,
    /// File to write the address into once the server serves.
    #[arg(long, value_name = "FILE")]
    port_file: Option<String>,
    /// Name that every caller is recorded under; without mutual TLS, on loopback only.
    #[arg(long, value_name = "NAME")]
    development_identity: Option<String>,
    /// Certificate chain of the server (PEM).
    #[arg(long, value_name = "FILE")]
    tls_certificate: Option<String>,
    /// Key of the certificate (PEM).
    #[arg(long, value_name = "FILE")]
    tls_key: Option<String>,
    /// Authorities of callers' certificates (PEM). It turns mutual TLS on: callers are recorded
    /// under the name in their certificate.
    #[arg(long, value_name = "FILE")]
    tls_client_ca: Option<String>,
    /// Revocation lists of those authorities (PEM or DER): a file, or a folder of files.
    #[arg(long, value_name = "PATH")]
    tls_client_crl: Option<String>,
    /// File with the key of certificate numbers that contain an identity number; the verb
    /// certificate-key makes it. Keep it outside the ledger and its backups.
    #[arg(long, value_name = "FILE", global = true)]
    certificate_key_file: Option<String>,
    /// A time (RFC 3339) up to which you vouch for what the clock says, when the ledger lay idle
    /// for long, or when its log is ahead of the clock.
    #[arg(long, value_name = "TIME")]
    accept_clock_until: Option<String>,
    /// Form of the log on standard error: text or json.
    #[arg(long, value_name = "FORM", global = true)]
    log_format: Option<String>,
    /// What to log, for example "info" or "info,ledger_engine=debug".
    #[arg(long, value_name = "FILTER", global = true)]
    log_filter: Option<String>,
    /// Any key of the configuration, for example limits.streams_max=64; may be repeated.
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value, global = true)]
    set: Vec<(String, String)>,
    /// Print the configuration that results from file, environment and flags, and exit.
    #[arg(long)]
    print_config: bool,
}

/// What the program does with a ledger that nobody serves.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Restore a backup into a folder that is empty or absent.
    ///
    /// Every file is compared with what was written, every record with its leaf hash, all of them
    /// with the Merkle root, and the derived state with what follows from the log, before the
    /// ledger is put in place. A damaged backup is refused with what is damaged, and leaves no
    /// ledger behind. The first opening for writing begins a new epoch. The folders are
    /// --backup-dir and --data-dir.
    Restore(RestoreBackup),
    /// List the backups in --backup-dir, check them, or remove old ones.
    Backups(ListBackups),
    /// Read and check everything in the folder of a ledger that nobody serves; nothing changes.
    ///
    /// `ledgerctl verify` does it for a ledger that is served.
    Verify(VerifyFolder),
    /// Make everything that follows from the log anew, without a look at what is there.
    ///
    /// For a ledger whose derived state is damaged, so that it cannot be served or cannot be
    /// compared. The log is read and checked whole; what is damaged in it is named by its position
    /// and ends the rebuild, and the derived state stays as it was. It takes as long as reading the
    /// log, needs room for the derived state twice, and may be interrupted at any time. While the
    /// server serves, `ledgerctl rebuild --accept-differences` does the same.
    Rebuild,
    /// Accept where the log of a ledger ends, when its file LEDGER, ACKNOWLEDGED or IDENTITY was
    /// lost.
    ///
    /// Everything in the folder is read and checked first; the position has to be the one found.
    /// What was lost is written anew, and the next opening begins a new epoch: nobody can tell any
    /// more whether later positions were given out. A ledger that is known to have lost something
    /// is never accepted; restore a backup.
    Accept(AcceptEnd),
    /// Make the key of certificate numbers, in the file of --certificate-key-file.
    ///
    /// The number of a permit for special operations contains the identity number of its holder.
    /// Such numbers are kept by a keyed digest only, and are found by whoever has the number. The
    /// key goes with the ledger for ever: without it such certificates cannot be found, and the
    /// server does not start. Keep copies of the file, apart from the ledger's backups: whoever has
    /// both can try out numbers. A file that is there is never written over. Where no copy is left,
    /// make another key and name the mark of the lost one in certificates.lost_keys.
    CertificateKey,
}

/// Why the program ends early.
#[derive(Debug, Error)]
enum Failure {
    /// The configuration is refused.
    #[error("configuration is refused")]
    Config(#[source] ConfigError),
    /// Logging cannot be started.
    #[error("logging cannot be started")]
    Logging(#[from] LoggingError),
    /// The configuration cannot be printed.
    #[error("configuration cannot be printed")]
    Print(#[from] toml::ser::Error),
    /// The runtime, the signals or standard output are not to be had.
    #[error("process cannot be set up")]
    Process(#[source] io::Error),
    /// The address is taken, or not one of this machine.
    #[error("cannot listen on {address}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The key of certificate numbers cannot be made.
    #[error(transparent)]
    CertificateKey(#[from] CertificateKeyError),
    /// The server failed.
    #[error(transparent)]
    Run(#[from] RunError),
    /// What needs no server failed.
    #[error(transparent)]
    Offline(#[from] OfflineFailure),
}

impl Failure {
    /// The exit code; `--help` explains them.
    fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_)
            | Self::CertificateKey(_)
            | Self::Run(
                RunError::Config(_)
                | RunError::Tls(_)
                | RunError::Descriptors(_)
                | RunError::CertificateKey(_),
            )
            | Self::Logging(_) => 2,
            Self::Run(
                RunError::Store(_)
                | RunError::Engine(_)
                | RunError::Rebuild(_)
                | RunError::ReadOnly { .. },
            ) => 3,
            Self::Bind { .. } => 4,
            Self::Offline(failure) => failure.exit_code(),
            Self::Print(_) | Self::Process(_) | Self::Run(_) => 1,
        }
    }
}

fn start(arguments: Arguments) -> Result<(), Failure> {
    let settings = settings(&arguments).map_err(Failure::Config)?;
    if arguments.print_config {
        return print(&toml::to_string(&settings)?);
    }
    if let Some(verb) = arguments.verb {
        return offline(verb, &settings);
    }
    let config = settings.check().map_err(Failure::Config)?;
    logging::start(&config.log)?;
    logging::abort_on_panic();
    // One thread per processor for connections; the engine has its own two, and reads run on the
    // blocking threads, of which `limits.reads_max` are used.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_name("ledger-serve")
        .enable_all()
        .build()
        .map_err(Failure::Process)?;
    runtime.block_on(serve(config))
}

/// Does what needs no server.
fn offline(verb: Verb, settings: &Settings) -> Result<(), Failure> {
    logging::start(&settings.log)?;
    logging::abort_on_panic();
    let data_dir = settings.data_dir.as_deref();
    let backup_dir = settings.backup.dir.as_deref();
    match verb {
        Verb::Restore(verb) => verb.run(backup_dir, data_dir)?,
        Verb::Backups(verb) => verb.run(backup_dir)?,
        Verb::Verify(verb) => verb.run(data_dir)?,
        Verb::Rebuild => {
            let last = rebuild::rebuild(settings)?;
            print(&format!(
                "the derived state is what follows from the log, up to position {last}\n"
            ))?;
        }
        Verb::Accept(verb) => verb.run(data_dir)?,
        Verb::CertificateKey => {
            let file = settings.certificates.key_file.as_deref();
            let file = file.ok_or(CertificateKeyError::NoFile)?;
            make_certificate_key(settings, file)?;
            print(&format!(
                "{} holds a new key; keep a copy of it apart from the backups of the ledger, and \
                 start the server with certificates.key_file\n",
                file.display()
            ))?;
        }
    }
    Ok(())
}

/// Binds before it opens, so that a taken address leaves the ledger untouched.
async fn serve(config: Config) -> Result<(), Failure> {
    // From here on it loads TLS files once the ledger is open; before that it would end the process
    // while the ledger is opened.
    let _hangups = signal(SignalKind::hangup()).map_err(Failure::Process)?;
    let address = config.listen;
    let bound = listen(address);
    let listener = bound.map_err(|source| Failure::Bind { address, source })?;
    let address = listener.local_addr().map_err(Failure::Process)?;
    let port_file = config.port_file.clone();
    let stop = stop_signal().map_err(Failure::Process)?;
    let opening = tokio::task::spawn_blocking(move || Server::open(config));
    let server = opening.await.map_err(RunError::Interrupted)??;
    if let Some(path) = &port_file {
        write_port_file(path, address).map_err(Failure::Process)?;
    }
    print(&format!("listening on {address}\n"))?;
    server.serve(listener, stop).await?;
    Ok(())
}

/// Completes when the process is asked to stop, by SIGTERM or by Ctrl-C.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Writes the address in one step, so that whoever waits for the file never reads half of it.
fn write_port_file(path: &Path, address: SocketAddr) -> io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    fs::write(&partial, format!("{address}\n"))?;
    fs::rename(&partial, path)
}

fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
        .map_err(Failure::Process)
}

/// Puts file, environment and flags over each other.
fn settings(arguments: &Arguments) -> Result<Settings, ConfigError> {
    let from_variable = env::var_os(CONFIG_VARIABLE).map(PathBuf::from);
    let file = arguments.config.clone().or(from_variable);
    // A value that is no Unicode text is none of ours, or is refused as unknown.
    let variables = env::vars_os().filter_map(|(name, value)| {
        Some((
            name.into_string().ok()?,
            value.to_string_lossy().into_owned(),
        ))
    });
    layered(file.as_deref(), variables, flags(arguments))
}

/// The flags as pairs of key and value; those given with `--set` come first.
fn flags(arguments: &Arguments) -> Vec<(String, String)> {
    let mut flags = arguments.set.clone();
    let named = [
        ("data_dir", &arguments.data_dir),
        ("backup.dir", &arguments.backup_dir),
        ("listen", &arguments.listen),
        ("port_file", &arguments.port_file),
        ("development_identity", &arguments.development_identity),
        ("tls.certificate", &arguments.tls_certificate),
        ("tls.key", &arguments.tls_key),
        ("tls.client_ca", &arguments.tls_client_ca),
        ("tls.client_crl", &arguments.tls_client_crl),
        ("certificates.key_file", &arguments.certificate_key_file),
        ("clock.accepted_until", &arguments.accept_clock_until),
        ("log.format", &arguments.log_format),
        ("log.filter", &arguments.log_filter),
    ];
    for (key, value) in named {
        flags.extend(value.clone().map(|value| (key.to_owned(), value)));
    }
    for (key, is_given) in [
        ("create", arguments.create),
        ("read_only", arguments.read_only),
    ] {
        if is_given {
            flags.push((key.to_owned(), "true".to_owned()));
        }
    }
    flags
}

fn key_and_value(text: &str) -> Result<(String, String), &'static str> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// The part of `--help` that teaches.
fn long_help() -> String {
    let defaults = toml::to_string(&Settings::default()).unwrap_or_default();
    let variables: String = KEYS
        .iter()
        .map(|key| format!("  {}\n", variable(key)))
        .collect();
    format!(
        "{EXAMPLES}{}\nVariables:\n  {CONFIG_VARIABLE}\n{variables}\n{EXIT_CODES}",
        indented(&defaults)
    )
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

const EXAMPLES: &str = "\
Try it:
  ledger-server --data-dir ledger --create --development-identity clerk

Serve other systems, which prove who they are:
  ledger-server --data-dir ledger --listen 0.0.0.0:7450 \\
    --tls-certificate server.pem --tls-key server.key --tls-client-ca callers.pem

Ask whether it serves:
  grpcurl -plaintext 127.0.0.1:7450 grpc.health.v1.Health/Check

Restore the newest backup into an empty folder, and check a ledger that nobody serves:
  ledger-server restore --backup-dir /backups/ledger --data-dir new
  ledger-server verify --data-dir new --deep
Make a damaged derived state anew from the log, before serving:
  ledger-server rebuild --data-dir ledger

Every key can be set in a file, by a variable, or by a flag (--set for those without their own).
Flags win over variables, variables win over the file. A key that does not exist is an error.

A file with every default; data_dir, backup.dir, development_identity, port_file, tls.certificate,
tls.key, tls.client_ca, tls.client_crl, certificates.key_file, certificates.lost_keys and clock.accepted_until have none, and those of
section disk (writes_headroom_bytes, shadow_headroom_bytes, spare_bytes) follow from section memory:
";

const EXIT_CODES: &str = "\
Exit codes:
  0  stopped as asked (SIGTERM, Ctrl-C): what was accepted is answered and on disk
  1  failed while running
  2  arguments or configuration refused, or the process may open too few files
  3  the ledger cannot be opened: missing, in use, damaged, or of a later version; or it cannot be
     rebuilt
  4  the address cannot be bound
  5  restore, backups, verify, accept: a backup or the ledger is damaged; what is damaged is told
  134  an invariant was broken; the process ended itself (SIGABRT)";
