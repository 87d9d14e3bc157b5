//! Callers at work: each with a connection and a lane of its own, all starting at once.

use super::super::latency::{Counted, Meter};
use super::super::load::{IN_FLIGHT, WARM_UP_BATCHES};
use super::super::metered::count;
use super::server::Server;
use crate::workload::Lane;
use anyhow::{Context as _, Result, bail};
use ledger_proto::to_proto::command_to_proto;
use ledger_proto::v1;
use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{Barrier, mpsc};
use tokio::task::JoinSet;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use v1::append_stream_response::Outcome;
use v1::ledger_service_client::LedgerServiceClient;

/// How a caller sends its requests.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Style {
    /// One call after the other.
    Unary,
    /// One stream, with a few requests in flight; it is to be as fast as `aim` events a second.
    Stream {
        /// Events a second.
        aim: Option<u64>,
    },
}

/// A lane, and the size of the batches in which its people are at every stage.
#[derive(Debug)]
pub(crate) struct WarmLane {
    lane: Lane,
    size: usize,
}

impl WarmLane {
    pub(crate) fn new(lane: Lane) -> Self {
        Self { lane, size: 0 }
    }

    /// The batches that are to be sent before batches of a size are measured.
    fn warm_up(&mut self, size: usize) -> Vec<v1::AppendRequest> {
        let batches = if self.size == size {
            0
        } else {
            WARM_UP_BATCHES
        };
        self.size = size;
        (0..batches)
            .map(|_| next_request(&mut self.lane, size))
            .collect()
    }
}

/// Calls of the health check, the least that a call can be.
pub(crate) async fn health_checks(server: &Server, callers: usize, calls: u64) -> Result<Counted> {
    let mut work = Vec::new();
    for _ in 0..callers {
        let mut client = HealthClient::new(server.connect().await?);
        let calls = calls.div_ceil(count(callers));
        work.push(async move |start: Arc<Barrier>| {
            client.check(HealthCheckRequest::default()).await?;
            set_off(&start).await;
            let mut meter = Meter::start();
            for _ in 0..calls {
                let sent = Instant::now();
                client.check(HealthCheckRequest::default()).await?;
                meter.answered(sent, 1);
            }
            anyhow::Ok(meter.stop())
        });
    }
    let counted = together(work, async || Ok(())).await?;
    Ok(counted
        .0
        .into_iter()
        .fold(Counted::default(), Counted::beside))
}

/// Appends `batches` batches of a size per lane. Returns what was counted, the syncs that the
/// server made meanwhile, and the lanes.
pub(crate) async fn appends(
    server: &Server,
    lanes: Vec<WarmLane>,
    style: Style,
    size: usize,
    batches: u64,
) -> Result<(Counted, u64, Vec<WarmLane>)> {
    let mut work = Vec::new();
    for mut lane in lanes {
        let client = client(server.connect().await?);
        work.push(async move |start: Arc<Barrier>| {
            stream(client.clone(), lane.warm_up(size)).await?;
            let requests = (0..batches)
                .map(|_| next_request(&mut lane.lane, size))
                .collect();
            set_off(&start).await;
            let counted = match style {
                Style::Unary => unary(client, requests).await?,
                Style::Stream { .. } => stream(client, requests).await?,
            };
            anyhow::Ok((counted, lane))
        });
    }
    let look = async || anyhow::Ok((server.sync_count().await?, server.processor_time()));
    let (done, (syncs_before, time_before)) = together(work, look).await?;
    let (syncs, time) = look().await?;
    let (counted, lanes): (Vec<_>, Vec<_>) = done.into_iter().unzip();
    let counted = counted
        .into_iter()
        .fold(Counted::default(), Counted::beside)
        .with_processor_time(time.saturating_sub(time_before));
    Ok((counted, syncs.saturating_sub(syncs_before), lanes))
}

/// Waits until every caller is ready, and then until they set off.
async fn set_off(start: &Barrier) {
    start.wait().await;
    start.wait().await;
}

/// Runs all at once: they meet at the barrier when they are ready, `before` is done, and they set
/// off.
async fn together<Work, Running, Done, Before>(
    work: Vec<Work>,
    before: impl AsyncFnOnce() -> Result<Before>,
) -> Result<(Vec<Done>, Before)>
where
    Work: FnOnce(Arc<Barrier>) -> Running,
    Running: Future<Output = Result<Done>> + Send + 'static,
    Done: Send + 'static,
{
    let start = Arc::new(Barrier::new(work.len() + 1));
    let mut running = JoinSet::new();
    for one in work {
        running.spawn(one(Arc::clone(&start)));
    }
    let before = tokio::select! {
        // A caller that ends before the others set off has failed, and they would wait for ever.
        Some(ended) = running.join_next() => match ended? {
            Ok(_) => bail!("a caller was done before it set off"),
            Err(error) => return Err(error),
        },
        before = async {
            start.wait().await;
            let before = before().await;
            start.wait().await;
            before
        } => before?,
    };
    let mut done = Vec::new();
    while let Some(ended) = running.join_next().await {
        done.push(ended??);
    }
    Ok((done, before))
}

pub(crate) fn client(channel: Channel) -> LedgerServiceClient<Channel> {
    let bytes_max = ledger_client::limits::RECEIVE_BYTES_MAX;
    LedgerServiceClient::new(channel).max_decoding_message_size(bytes_max)
}

/// Sends one request after the other; each waits for its answer.
pub(crate) async fn unary(
    mut client: LedgerServiceClient<Channel>,
    requests: Vec<v1::AppendRequest>,
) -> Result<Counted> {
    let mut meter = Meter::start();
    for request in requests {
        let sent = Instant::now();
        let answer = client
            .append(request)
            .await
            .context("a request was refused")?;
        meter.answered(sent, events_of(answer.get_ref()));
    }
    Ok(meter.stop())
}

pub(super) async fn stream(
    mut client: LedgerServiceClient<Channel>,
    requests: Vec<v1::AppendRequest>,
) -> Result<Counted> {
    let (sender, receiver) = mpsc::channel(1);
    let mut answers = client
        .append_stream(ReceiverStream::new(receiver))
        .await?
        .into_inner();
    let mut meter = Meter::start();
    let mut waiting = VecDeque::new();
    let mut requests = requests.into_iter();
    loop {
        while waiting.len() < IN_FLIGHT {
            let Some(request) = requests.next() else {
                break;
            };
            waiting.push_back(Instant::now());
            sender.send(request).await.context("the stream broke")?;
        }
        let Some(sent) = waiting.pop_front() else {
            break;
        };
        let answer = answers
            .message()
            .await?
            .context("the stream ended too early")?;
        match answer.outcome {
            Some(Outcome::Response(response)) => meter.answered(sent, events_of(&response)),
            other => bail!("a request was refused: {other:?}"),
        }
    }
    Ok(meter.stop())
}

/// The next batch of a lane as a message.
pub(crate) fn next_request(lane: &mut Lane, size: usize) -> v1::AppendRequest {
    let request_id = lane.request_id().as_bytes().to_vec();
    message(request_id, &lane.batch(size))
}

pub(super) fn message(request_id: Vec<u8>, commands: &[ledger_core::Command]) -> v1::AppendRequest {
    v1::AppendRequest {
        request_id,
        commands: commands.iter().map(command_to_proto).collect(),
        mode: v1::AppendMode::Atomic.into(),
        validate_only: false,
        source_system: "bench".to_owned(),
        // A bulk load, which nobody reads one by one.
        explanation_detail: v1::ExplanationDetail::None.into(),
    }
}

/// How many events a request became: their positions follow one another.
fn events_of(answer: &v1::AppendResponse) -> u64 {
    answer
        .last_position
        .saturating_sub(answer.first_position)
        .saturating_add(1)
}
