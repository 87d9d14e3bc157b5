//! The whole server in this process, on a free port and a folder of its own.

use ledger_engine::ManualClock;
use ledger_log::Storage;
use ledger_proto::v1::ledger_service_client::LedgerServiceClient;
use ledger_server::{Config, RunError, Server, Settings, run};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::{Channel, Endpoint};

/// The generated client, without anything in between.
pub type RawClient = LedgerServiceClient<Channel>;

/// Who every caller of a test server is.
pub const ACTOR: &str = "tester";

/// A running server. Dropping it leaves the server to the end of the runtime.
#[derive(Debug)]
pub struct TestServer {
    folder: TempDir,
    settings: Settings,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<Result<(), RunError>>,
}

impl TestServer {
    /// Starts a server with an empty ledger on RocksDB.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts a server with an empty ledger and other settings than the defaults.
    pub async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let (folder, settings) = fresh(change);
        Self::on_rocksdb(folder, settings).await
    }

    /// Starts a server on the ledger that lies in a folder.
    pub async fn start_in(folder: TempDir, change: impl FnOnce(&mut Settings)) -> Self {
        let (_, settings) = fresh(|settings| {
            settings.data_dir = Some(folder.path().to_owned());
            settings.create = false;
            change(settings);
        });
        Self::on_rocksdb(folder, settings).await
    }

    /// Starts a server over a store that is open already.
    pub async fn start_over<S: Storage + 'static>(
        storage: Arc<S>,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let (folder, settings) = fresh(change);
        Self::spawn(folder, settings, |config, listener, stopped| {
            // Before this returns: opening writes, and the caller may be about to stop all writes.
            let opened = Server::over(config, storage);
            async move { opened?.serve(listener, stopped).await }
        })
        .await
    }

    /// The same by a clock that the test sets.
    pub async fn start_by_clock<S: Storage + 'static>(
        storage: Arc<S>,
        clock: Arc<ManualClock>,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let (folder, settings) = fresh(change);
        Self::spawn(folder, settings, |config, listener, stopped| {
            let opened = Server::by_clock(config, storage, clock);
            async move { opened?.serve(listener, stopped).await }
        })
        .await
    }

    async fn on_rocksdb(folder: TempDir, settings: Settings) -> Self {
        Self::spawn(folder, settings, run).await
    }

    async fn spawn<F>(
        folder: TempDir,
        settings: Settings,
        serve: impl FnOnce(Config, TcpListener, Stopped) -> F,
    ) -> Self
    where
        F: Future<Output = Result<(), RunError>> + Send + 'static,
    {
        let config = settings
            .clone()
            .check()
            .expect("the settings of a test hold together");
        let listener = TcpListener::bind(config.listen)
            .await
            .expect("a port is free");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let (stop, stopped) = oneshot::channel();
        let stopped: Stopped = Box::pin(async move {
            // A test that ends without stopping its server drops the sender.
            drop(stopped.await);
        });
        let serving = tokio::spawn(serve(config, listener, stopped));
        Self {
            folder,
            settings,
            address,
            stop: Some(stop),
            serving,
        }
    }

    /// The address.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The folder of the ledger.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A connection of its own.
    pub async fn channel(&self) -> Channel {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address));
        let endpoint = endpoint.expect("the address makes an endpoint");
        endpoint
            .connect()
            .await
            .expect("the server accepts connections")
    }

    /// A client with a connection of its own.
    pub async fn client(&self) -> RawClient {
        RawClient::new(self.channel().await)
    }

    /// Asks the server to stop, without waiting for it.
    pub fn ask_to_stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // An error means that it has stopped by itself, which waiting for it shows.
            let _: Result<(), ()> = stop.send(());
        }
    }

    /// Waits for a server that cannot serve, and returns why, each cause after a colon.
    pub async fn failed(self) -> String {
        let served = self.serving.await.expect("the server does not panic");
        format!("{:#}", anyhow::Error::from(served.expect_err("it fails")))
    }

    /// As [`failed`](Self::failed), and hands the folder on.
    pub async fn failed_and_keep(self) -> (TempDir, String) {
        let served = self.serving.await.expect("the server does not panic");
        let why = format!("{:#}", anyhow::Error::from(served.expect_err("it fails")));
        (self.folder, why)
    }

    /// Stops the server in order.
    pub async fn stop(self) {
        drop(self.stopped().await);
    }

    /// Stops the server in order, and hands its folder on.
    pub async fn stop_and_keep(self) -> TempDir {
        self.stopped().await
    }

    /// Stops the server and starts it again on the same folder, at another address.
    pub async fn restart(self) -> Self {
        let settings = self.settings.clone();
        let folder = self.stopped().await;
        Self::on_rocksdb(folder, settings).await
    }

    async fn stopped(mut self) -> TempDir {
        self.ask_to_stop();
        let served = self.serving.await.expect("the server does not panic");
        served.expect("the server stops in order");
        self.folder
    }
}

type Stopped = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

fn fresh(change: impl FnOnce(&mut Settings)) -> (TempDir, Settings) {
    let folder = tempfile::tempdir().expect("there is room for a temporary folder");
    let mut settings = Settings {
        data_dir: Some(folder.path().to_owned()),
        create: true,
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        development_identity: Some(ACTOR.to_owned()),
        ..Settings::default()
    };
    change(&mut settings);
    (folder, settings)
}
