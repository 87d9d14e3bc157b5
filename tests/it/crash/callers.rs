//! Callers who go on until the server is gone, and remember what they were not told.

use super::lock;
use anyhow::{Context as _, Result, bail};
use ledger_core::Command;
use ledger_proto::v1::append_stream_response::Outcome;
use ledger_tests::RawClient;
use ledger_tests::oracle::{Oracle, Sent};
use ledger_tests::workload::{Lane, Seeded};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;

/// Commands of a request at most: groups of several requests, and requests of several events.
const COMMANDS_MAX: u64 = 24;

/// Requests of a stream that may be unanswered.
const IN_FLIGHT: usize = 5;

/// One caller, who lives on from server to server.
#[derive(Debug)]
pub(crate) struct Caller {
    lane: Lane,
    seeded: Seeded,
    streams: bool,
    /// Sent, or about to be, and not answered, in the order of sending.
    unanswered: VecDeque<Sent>,
}

impl Caller {
    pub(crate) fn unary(number: u32, seed: u64) -> Self {
        Self::new(number, seed, false)
    }

    pub(crate) fn stream(number: u32, seed: u64) -> Self {
        Self::new(number, seed, true)
    }

    fn new(number: u32, seed: u64, streams: bool) -> Self {
        Self {
            lane: Lane::new(number, seed),
            seeded: Seeded::new(seed ^ u64::from(number)),
            streams,
            unanswered: VecDeque::new(),
        }
    }

    pub(crate) fn number(&self) -> u32 {
        self.lane.number()
    }

    pub(crate) fn foundations(&self) -> Vec<Command> {
        self.lane.foundations()
    }

    /// A request of this caller's with the commands given.
    pub(crate) fn sent(&mut self, commands: Vec<Command>) -> Sent {
        Sent::new(self.lane.request_id(), commands)
    }

    pub(crate) fn unanswered(&self) -> &VecDeque<Sent> {
        &self.unanswered
    }

    pub(crate) fn take_unanswered(&mut self) -> VecDeque<Sent> {
        std::mem::take(&mut self.unanswered)
    }

    /// Sends requests until the server is gone. Every answer is told to the oracle, and counted.
    pub(crate) async fn work(
        mut self,
        address: SocketAddr,
        oracle: Arc<Mutex<Oracle>>,
        answers: Arc<watch::Sender<u64>>,
    ) -> Result<Self> {
        // The server may be gone before the first connection.
        let Ok(client) = RawClient::connect(format!("http://{address}")).await else {
            return Ok(self);
        };
        if self.streams {
            self.over_a_stream(client, &oracle, &answers).await?;
        } else {
            self.one_by_one(client, &oracle, &answers).await?;
        }
        Ok(self)
    }

    async fn one_by_one(
        &mut self,
        mut client: RawClient,
        oracle: &Mutex<Oracle>,
        answers: &watch::Sender<u64>,
    ) -> Result<()> {
        loop {
            let message = self.next();
            match client.append(message.message()).await {
                Ok(answer) => self.answered(answer.get_ref(), oracle, answers)?,
                Err(status) => return gone(&status),
            }
        }
    }

    async fn over_a_stream(
        &mut self,
        mut client: RawClient,
        oracle: &Mutex<Oracle>,
        answers: &watch::Sender<u64>,
    ) -> Result<()> {
        let (sender, receiver) = mpsc::channel(IN_FLIGHT);
        let mut replies = match client.append_stream(ReceiverStream::new(receiver)).await {
            Ok(replies) => replies.into_inner(),
            Err(status) => return gone(&status),
        };
        loop {
            while self.unanswered.len() < IN_FLIGHT {
                let message = self.next().message();
                if sender.send(message).await.is_err() {
                    return Ok(());
                }
            }
            match replies.message().await {
                Ok(Some(reply)) => match reply.outcome {
                    Some(Outcome::Response(answer)) => self.answered(&answer, oracle, answers)?,
                    other => bail!("a request of the stream was not carried out: {other:?}"),
                },
                Ok(None) => return Ok(()),
                Err(status) => return gone(&status),
            }
        }
    }

    /// The next request, which counts as unanswered from now on.
    fn next(&mut self) -> &Sent {
        let size = 1 + self.seeded.below(COMMANDS_MAX);
        let commands = self
            .lane
            .batch(usize::try_from(size).expect("a small number fits"));
        let sent = self.sent(commands);
        self.unanswered.push_back(sent);
        self.unanswered
            .back()
            .expect("a request was just put there")
    }

    fn answered(
        &mut self,
        answer: &ledger_proto::v1::AppendResponse,
        oracle: &Mutex<Oracle>,
        answers: &watch::Sender<u64>,
    ) -> Result<()> {
        let sent = self
            .unanswered
            .pop_front()
            .context("an answer to no request")?;
        lock(oracle).acknowledged(sent, answer)?;
        answers.send_modify(|answers| *answers += 1);
        Ok(())
    }
}

/// A server that was killed breaks its connections; every other answer is a fault.
fn gone(status: &tonic::Status) -> Result<()> {
    match status.code() {
        tonic::Code::Unavailable
        | tonic::Code::Unknown
        | tonic::Code::Cancelled
        | tonic::Code::Internal => Ok(()),
        _ => bail!("a request was answered with {status:?}"),
    }
}
