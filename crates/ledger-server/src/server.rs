//! The whole server: open the ledger, serve, stop in order.
//!
//! Long: one start and one stop, whose order has to be seen as a whole.

use crate::certificates::{CertificateKeyError, CertificateNumbers};
use crate::config::memory::available_bytes;
use crate::config::{Config, ConfigError, MemoryError};
use crate::connections::{Bounds, Connections, incoming};
use crate::descriptors::{self, Share, TooFewDescriptors};
use crate::grpc::{Around, Edge, Ledger, ServiceStart, ServiceState};
use crate::keeper::Keeper;
use crate::limits::CLOCK_CHECK_INTERVAL;
use crate::limits::transport::{
    CONCURRENT_STREAMS_MAX, CONNECTION_WINDOW_BYTES, FRAME_BYTES_MAX, HEADER_LIST_BYTES_MAX,
    KEEPALIVE_INTERVAL, KEEPALIVE_TIMEOUT, LOCAL_ERROR_RESET_STREAMS_MAX,
    PENDING_RESET_STREAMS_MAX, STREAM_WINDOW_BYTES,
};
use crate::tls::{LiveTls, TlsError, hangups, keep_current};
use ledger_engine::{Clock, Engine, EngineOptions, SystemClock};
use ledger_log::Storage;
use ledger_proto::FILE_DESCRIPTOR_SET;
use ledger_proto::v1::ledger_service_server::SERVICE_NAME;
use ledger_store::RocksStore;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use tonic::transport::server::Router;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tower_layer::{Identity, Stack};

/// Opens the ledger and serves it on a listener until `shutdown` completes.
///
/// Then it accepts no more connections, ends its streams, answers what was accepted, and closes the
/// ledger.
///
/// # Errors
///
/// [`RunError`].
pub async fn run(
    config: Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> Result<(), RunError> {
    let opening = tokio::task::spawn_blocking(move || Server::open(config));
    let server = opening.await.map_err(RunError::Interrupted)??;
    server.serve(listener, shutdown).await
}

/// A server whose ledger is open.
pub struct Server<S: Storage + 'static = RocksStore> {
    config: Config,
    storage: Arc<S>,
    /// Who takes backups and checks; only for a store on disk that the server opened.
    keeper: Option<Keeper>,
    /// Whether the server opened the store, and so has to see that it is closed.
    is_own_storage: bool,
    engine: Engine,
    start: ServiceStart,
    descriptors: Share,
    clock: Arc<dyn Clock>,
    certificates: CertificateNumbers,
}

impl<S: Storage + 'static> std::fmt::Debug for Server<S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Server")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// Why the server did not start, or did not run to an orderly end.
#[derive(Debug, Error)]
pub enum RunError {
    /// The configuration does not fit the listener, or names files that cannot be read.
    #[error("configuration is refused")]
    Config(#[from] ConfigError),
    /// The process may open too few files.
    #[error(transparent)]
    Descriptors(#[from] TooFewDescriptors),
    /// The files of TLS cannot be used.
    #[error("TLS cannot be set up")]
    Tls(#[from] TlsError),
    /// The key of certificate numbers cannot be used, or is not the one of the ledger.
    #[error(transparent)]
    CertificateKey(#[from] CertificateKeyError),
    /// The store cannot be opened.
    #[error("store cannot be opened")]
    Store(#[from] ledger_store::OpenError),
    /// The ledger in the store cannot be opened.
    #[error("ledger cannot be opened")]
    Engine(#[from] ledger_engine::OpenError),
    /// The sizes that are configured are more than there is.
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// The derived state cannot be rebuilt from the log.
    #[error("derived state cannot be rebuilt from the log")]
    Rebuild(#[source] Box<ledger_engine::RebuildError>),
    /// The ledger could be opened for reading only.
    #[error("ledger can be opened for reading only: {reason}")]
    ReadOnly {
        /// Why.
        reason: String,
    },
    /// Opening was cut off.
    #[error("opening was cut off")]
    Interrupted(#[source] tokio::task::JoinError),
    /// The listener has no address.
    #[error("listener has no address")]
    Listener(#[source] io::Error),
    /// The description of the contract cannot be served.
    #[error("reflection cannot be started")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// Serving broke off.
    #[error("serving failed")]
    Transport(#[from] tonic::transport::Error),
}

impl Server {
    /// Opens the ledger that the configuration names: the store, then the engine over it.
    ///
    /// It blocks, and takes no longer with a long history.
    ///
    /// # Errors
    ///
    /// [`RunError::Memory`], [`RunError::Descriptors`], [`RunError::Store`] and
    /// [`RunError::Engine`].
    pub fn open(config: Config) -> Result<Self, RunError> {
        // Before anything of the ledger is touched.
        config.memory.announce(available_bytes())?;
        let options = config.store();
        let limit = descriptors::raise_limit();
        let descriptors = descriptors::share(limit, options.descriptors_max(), &config.limits)?;
        let storage = Arc::new(RocksStore::open(&config.data_dir, &options)?);
        let keeper = Keeper::new(Arc::clone(&storage), config.backup.clone());
        let server = Self::assemble(config, storage, Arc::new(SystemClock), descriptors)?;
        Ok(Self {
            keeper: Some(keeper),
            is_own_storage: true,
            ..server
        })
    }
}

impl<S: Storage + 'static> Server<S> {
    /// Opens the ledger in a store that is open already, whatever it keeps the bytes in. The store
    /// stays its owner's, who closes it.
    ///
    /// # Errors
    ///
    /// [`RunError::Descriptors`] and [`RunError::Engine`].
    pub fn over(config: Config, storage: Arc<S>) -> Result<Self, RunError> {
        Self::by_clock(config, storage, Arc::new(SystemClock))
    }

    /// The same by another clock than the machine's.
    ///
    /// # Errors
    ///
    /// As [`over`](Self::over).
    pub fn by_clock(
        config: Config,
        storage: Arc<S>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, RunError> {
        // The owner of the store knows what it takes; in memory it is nothing.
        let descriptors = descriptors::share(descriptors::raise_limit(), 0, &config.limits)?;
        Self::assemble(config, storage, clock, descriptors)
    }

    fn assemble(
        config: Config,
        storage: Arc<S>,
        clock: Arc<dyn Clock>,
        descriptors: Share,
    ) -> Result<Self, RunError> {
        let started = clock.now();
        let shared: Arc<dyn Storage> = Arc::<S>::clone(&storage);
        // Before the engine writes anything: with the wrong key the ledger stays as it is.
        let certificates = CertificateNumbers::open(&config, storage.as_ref())?;
        let options = EngineOptions {
            queue_requests_max: config.limits.queue_requests_max,
            queue_commands_max: config.limits.queue_commands_max,
            queue_bytes_max: config.limits.queue_bytes_max,
            request_named_max: config.limits.named_per_request_max,
            request_commands_max: config.limits.commands_per_request_max,
            clock: config.clock.clone(),
            ..config.memory.engine()
        };
        if let Some(until) = config.clock.accepted_until {
            tracing::warn!(
                %until,
                "an operator vouches for times up to this one; take clock.accepted_until out again \
                 once an event is recorded"
            );
        }
        let engine = Engine::open(shared, options, Arc::clone(&clock))?;
        let position = engine.tip().last_position;
        match storage.read_only() {
            None => tracing::info!(position = position.get(), "the ledger is open"),
            Some(reason) => tracing::error!(
                position = position.get(),
                %reason,
                "the ledger is open for reading only; every write is refused"
            ),
        }
        let start = ServiceStart {
            time: started,
            instant: Instant::now(),
            position,
        };
        Ok(Self {
            config,
            storage,
            keeper: None,
            is_own_storage: false,
            engine,
            start,
            descriptors,
            clock,
            certificates,
        })
    }

    /// Serves on a listener until `shutdown` completes, then stops in order.
    ///
    /// # Errors
    ///
    /// [`RunError`].
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), RunError> {
        let Self {
            config,
            storage,
            keeper,
            is_own_storage,
            engine,
            start,
            descriptors,
            clock,
            certificates,
        } = self;
        let address = listener.local_addr().map_err(RunError::Listener)?;
        config.identity.check_address(address)?;
        // Before the files are read: what is put there meanwhile is not missed.
        let hangups = hangups();
        let edge = edge(&config, descriptors, clock, certificates)?;
        let (stopping, is_stopping) = watch::channel(false);
        let (failed, has_failed) = watch::channel(false);
        let state = Arc::new(ServiceState::new(
            engine,
            &config,
            start,
            keeper,
            edge.clone(),
            is_stopping,
            failed,
        ));
        let (health, router) = router(&state).await?;
        announce(address, &config);

        let current = keep_current(edge.tls.clone(), Arc::clone(&edge.connections), hangups);
        let incoming = incoming(listener, edge.connections, edge.tls);
        let mut stop = stopping.subscribe();
        let serving = router.serve_with_incoming_shutdown(incoming, async move {
            // An error means that the sender is gone, which stops the server as well.
            drop(stop.wait_for(|stopping| *stopping).await);
        });
        tokio::pin!(serving);
        // It lets go of the ledger together with the wait below: who holds it, keeps it open.
        let watching = report_health(&health, Arc::clone(&state), has_failed);
        tokio::select! {
            result = &mut serving => result?,
            () = shutdown => {}
            never = watching => match never {},
            never = current => match never {},
        }

        tracing::info!("stopping: no more connections, answering what was accepted");
        retire(&health).await;
        stopping.send_replace(true);
        let grace = Duration::from_millis(config.limits.shutdown_grace_ms);
        let has_ended = timeout(grace, &mut serving).await.is_ok();
        stop_engine(state).await;
        match has_ended {
            true if is_own_storage => close(storage, grace).await,
            true => {}
            // Their connections hold the ledger until the process ends; it is durable without
            // being closed.
            false => tracing::warn!("some callers did not take their answers in time"),
        }
        tracing::info!("stopped");
        Ok(())
    }
}

/// What lies between the network and the calls, and the clock.
fn edge(
    config: &Config,
    descriptors: Share,
    clock: Arc<dyn Clock>,
    certificates: CertificateNumbers,
) -> Result<Edge, TlsError> {
    let limits = &config.limits;
    let bounds = Bounds {
        all: descriptors.connections,
        per_peer: descriptors.per_peer,
        opening: descriptors.opening,
        setup: Duration::from_millis(limits.connection_setup_ms),
    };
    let tls = config.tls.as_ref().map(LiveTls::load).transpose()?;
    Ok(Edge {
        connections: Connections::new(bounds),
        descriptors,
        tls: tls.map(Arc::new),
        clock,
        clock_bounds: config.clock.clone(),
        certificates: Arc::new(certificates),
    })
}

/// All services, behind the settings of HTTP/2.
async fn router(
    state: &Arc<ServiceState>,
) -> Result<(HealthReporter, Router<Stack<Around, Identity>>), RunError> {
    let (health, health_service) = tonic_health::server::health_reporter();
    // As after a failed write: whoever asks for health wants to write, and reading goes on.
    set_health(&health, state.engine.status().read_only.is_none()).await;
    let finds_all = state.edge.certificates.finds_all();
    let status = serving(finds_all);
    health
        .set_service_status(CERTIFICATE_NUMBERS_SERVICE, status)
        .await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let ledger = Ledger::new(Arc::clone(state));
    let router = transport()
        .layer(Around::new(Arc::clone(state)))
        .add_service(health_service)
        .add_service(reflection)
        .add_service(ledger);
    Ok((health, router))
}

/// The settings of HTTP/2; the values have their reasons in [`limits`](crate::limits::transport).
fn transport() -> tonic::transport::Server {
    // There is no greatest age of a connection: nothing balances load behind this server, and it
    // would cut off a subscription or a bulk load in the middle. There is no timeout for calls
    // either: callers set deadlines, and a write is to be answered however long it takes.
    tonic::transport::Server::builder()
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        // The windows are chosen for bulk loading; adapting them would start from 64 KiB.
        .http2_adaptive_window(Some(false))
        .max_concurrent_streams(CONCURRENT_STREAMS_MAX)
        .max_frame_size(FRAME_BYTES_MAX)
        .http2_max_header_list_size(HEADER_LIST_BYTES_MAX)
        .http2_max_pending_accept_reset_streams(Some(PENDING_RESET_STREAMS_MAX))
        .http2_max_local_error_reset_streams(Some(LOCAL_ERROR_RESET_STREAMS_MAX))
        .http2_keepalive_interval(Some(KEEPALIVE_INTERVAL))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
        // gRPC is HTTP/2; anything else on the port is a mistake that should show at once.
        .accept_http1(false)
        // Overload is answered by the writer's queue, with a retry time, not by dropping calls.
        .load_shed(false)
}

/// Says where the server listens, and how callers are told apart.
fn announce(address: SocketAddr, config: &Config) {
    let tls = match &config.tls {
        None => "none",
        Some(tls) if tls.client_ca.is_none() => "server",
        Some(_) => "mutual",
    };
    tracing::info!(%address, tls, version = env!("CARGO_PKG_VERSION"), "serving");
}

/// Says whether the ledger is served: not any more once its engine has failed, and not while its
/// clock is wrong. Reading goes on in either case.
async fn report_health(
    health: &HealthReporter,
    state: Arc<ServiceState>,
    mut has_failed: watch::Receiver<bool>,
) -> std::convert::Infallible {
    let takes_writes = state.engine.status().read_only.is_none();
    let mut is_served = takes_writes;
    loop {
        let failed = *has_failed.borrow_and_update();
        let serves = takes_writes && !failed && state.engine.check_clock().is_ok();
        if serves != is_served {
            is_served = serves;
            set_health(health, serves).await;
        }
        if failed {
            tracing::error!("the ledger takes no more writes; the reason above says what to do");
            // For good.
            return std::future::pending().await;
        }
        tokio::select! {
            () = sleep(CLOCK_CHECK_INTERVAL) => {}
            // An error means that the server is stopping.
            changed = has_failed.changed() => if changed.is_err() {
                return std::future::pending().await;
            }
        }
    }
}

async fn set_health(health: &HealthReporter, serves: bool) {
    for service in ["", SERVICE_NAME] {
        health.set_service_status(service, serving(serves)).await;
    }
}

const fn serving(serves: bool) -> ServingStatus {
    match serves {
        true => ServingStatus::Serving,
        false => ServingStatus::NotServing,
    }
}

/// The name that tells in `grpc.health.v1` whether every certificate is found by its number. The
/// ledger is served whether or not.
const CERTIFICATE_NUMBERS_SERVICE: &str = "subsidy.ledger.v1.CertificateNumbers";

/// Says that nothing is served any more, and ends the streams of those who watch.
async fn retire(health: &HealthReporter) {
    let mut health = health.clone();
    for service in ["", SERVICE_NAME, CERTIFICATE_NUMBERS_SERVICE] {
        health
            .set_service_status(service, ServingStatus::NotServing)
            .await;
        health.clear_service_status(service).await;
    }
}

/// Answers what was accepted, and stops the engine.
async fn stop_engine(state: Arc<ServiceState>) {
    let answering = tokio::task::spawn_blocking(move || state.engine.shutdown());
    if answering.await.is_err() {
        tracing::error!("the engine did not stop in order");
    }
}

/// Closes the ledger once the last read has let go of it.
async fn close<S: Storage + 'static>(storage: Arc<S>, patience: Duration) {
    let mut storage = storage;
    let released = async {
        loop {
            match Arc::try_unwrap(storage) {
                Ok(last) => break last,
                Err(shared) => storage = shared,
            }
            // A read on a blocking thread cannot be told to end, and tells nobody when it does.
            sleep(RELEASE_INTERVAL).await;
        }
    };
    match timeout(patience.max(RELEASE_INTERVAL), released).await {
        // Closing writes what is in memory into files.
        Ok(last) => drop(tokio::task::spawn_blocking(move || drop(last)).await),
        Err(_) => tracing::warn!("a read still holds the ledger; what is recorded is safe"),
    }
}

/// How often it is asked whether the last read has ended; they take milliseconds.
const RELEASE_INTERVAL: Duration = Duration::from_millis(2);
