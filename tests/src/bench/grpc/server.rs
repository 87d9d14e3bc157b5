//! The real server as a process of its own.

use super::super::machine::processor_time_of;
use super::super::population::Population;
use super::callers::{client, message, next_request, stream};
use crate::ServerProcess;
use crate::workload::{Lane, Seeded};
use anyhow::{Context as _, Result, ensure};
use ledger_client::limits::{CONNECTION_WINDOW_BYTES, STREAM_WINDOW_BYTES};
use ledger_proto::v1;
use std::future::Future;
use std::path::Path;
use std::time::Duration;
use tokio::runtime::Runtime;
use tonic::transport::{Channel, Endpoint};

/// Commands of one request when nothing but the load matters.
const LOAD_BATCH: usize = 1_000;

/// The server, and what its callers run on.
#[derive(Debug)]
pub(crate) struct Server {
    process: ServerProcess,
    runtime: Runtime,
}

impl Server {
    /// Starts the server on a folder; returns when it serves.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        Self::start_with(folder, &[])
    }

    /// The same with settings of its own, such as `memory.cache_bytes=1073741824`.
    pub(crate) fn start_with(folder: &Path, settings: &[String]) -> Result<Self> {
        let runtime = Runtime::new().context("no runtime")?;
        let mut command = ServerProcess::command(folder, "127.0.0.1:0")?;
        for setting in settings {
            command.arg("--set").arg(setting);
        }
        let process = runtime
            .block_on(async { ServerProcess::start_by(command) })
            .context("the server did not start")?;
        Ok(Self { process, runtime })
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.process_id()
    }

    /// Runs callers to their end.
    pub(crate) fn run<T>(&self, callers: impl Future<Output = T>) -> T {
        self.runtime.block_on(callers)
    }

    /// Opens a connection of its own, with the settings of the client library.
    pub(crate) async fn connect(&self) -> Result<Channel> {
        Endpoint::from_shared(format!("http://{}", self.process.address()))?
            .tcp_nodelay(true)
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .connect()
            .await
            .context("no connection")
    }

    /// Carries out what lanes need on record before their first batch.
    pub(crate) fn prepare(&self, lanes: &[Lane]) -> Result<()> {
        let commands: Vec<_> = lanes.iter().flat_map(Lane::foundations).collect();
        let mut seeded = Seeded::new(u64::from(lanes.first().map_or(0, Lane::number)));
        self.run(async {
            let request = message(seeded.uuid().to_vec(), &commands);
            client(self.connect().await?).append(request).await?;
            Ok(())
        })
    }

    /// Records so many batches over one stream.
    pub(crate) fn load(&self, population: &Population, batches: u64) -> Result<()> {
        let mut lanes = population.newcomers(1);
        self.prepare(&lanes)?;
        let lane = lanes.first_mut().context("there is one lane")?;
        let requests = (0..batches)
            .map(|_| next_request(lane, LOAD_BATCH))
            .collect();
        self.run(async { stream(client(self.connect().await?), requests).await })?;
        Ok(())
    }

    /// Rebuilds the derived state, which has to be found equal.
    pub(crate) fn rebuild(&self) -> Result<()> {
        self.run(async {
            let mut client = client(self.connect().await?);
            let mut progress = client
                .rebuild(v1::RebuildRequest::default())
                .await?
                .into_inner();
            let mut last = None;
            while let Some(message) = progress.message().await? {
                last = Some(message.phase());
            }
            ensure!(
                last == Some(v1::RebuildPhase::Switched),
                "the rebuild ended with {last:?}"
            );
            Ok(())
        })
    }

    /// Syncs since the start of the server.
    pub(crate) async fn sync_count(&self) -> Result<u64> {
        let mut client = client(self.connect().await?);
        let status = client.get_status(v1::GetStatusRequest {}).await?;
        Ok(status.get_ref().sync_count)
    }

    /// Processor time that the server has used so far.
    pub(crate) fn processor_time(&self) -> Duration {
        processor_time_of(self.process_id())
    }

    /// Asks the server to stop, and waits for it.
    pub(crate) fn stop(self) -> Result<()> {
        self.process
            .stop()
            .context("the server did not stop in order")
    }

    /// Kills the server where it stands.
    pub(crate) fn kill(self) -> Result<()> {
        self.process
            .kill()
            .context("the server could not be killed")
    }
}
