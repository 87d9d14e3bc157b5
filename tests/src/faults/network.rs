//! A network that is not kind: it loses, doubles and delays requests, and brings them in another
//! order than they were sent.

use super::round::connect;
use super::{Base, COMMANDS};
use crate::oracle::Sent;
use crate::workload::{Lane, Seeded};
use crate::{RawClient, ServerProcess};
use anyhow::{Context as _, Result, ensure};
use ledger_core::RequestId;
use ledger_proto::v1;
use ledger_proto::v1::append_stream_response::Outcome;
use std::collections::VecDeque;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// Callers whose requests overtake each other.
const CALLERS: u32 = 3;

/// Requests that each sends before any arrives, and how often all do so. Each request of a caller
/// builds on those before it.
const SENT_AT_ONCE: usize = 3;
const BOUTS: usize = 2;

/// Requests at most that arrive together: at once over connections of their own, or in one stream.
const TOGETHER_MAX: usize = 4;

/// A network that loses, doubles and delays what is sent, and a caller who repeats it.
pub(super) struct Network {
    /// Another connection to the same server.
    other: RawClient,
    seeded: Seeded,
    /// What was sent and answered before.
    earlier: Vec<(v1::AppendRequest, v1::AppendResponse)>,
}

impl Network {
    pub(super) async fn new(server: &ServerProcess, seed: u64) -> Result<Self> {
        Ok(Self {
            other: connect(server).await?,
            seeded: Seeded::new(seed),
            earlier: Vec::new(),
        })
    }

    /// Brings a request to the server once or more often, and the answer back. There is no fault
    /// here, so that it is answered.
    pub(super) async fn deliver(
        &mut self,
        client: &mut RawClient,
        message: v1::AppendRequest,
    ) -> Result<v1::AppendResponse> {
        let answer = match self.seeded.below(3) {
            0 => client.append(message.clone()).await?.into_inner(),
            1 => {
                // The request is lost, or its answer, depending on how far it came; and sent again.
                let waits = self.seeded.below(30);
                tokio::select! {
                    biased;
                    () = some_turns(waits) => {}
                    _ = self.other.append(message.clone()) => {}
                }
                client.append(message.clone()).await?.into_inner()
            }
            _ => {
                let (one, two) = tokio::join!(
                    client.append(message.clone()),
                    self.other.append(message.clone()),
                );
                let (one, two) = (one?.into_inner(), two?.into_inner());
                ensure!(
                    is_same(&one, &two) && one.replayed != two.replayed,
                    "a request that came twice was answered {one:?} and {two:?}"
                );
                one
            }
        };
        // One of earlier comes late, overtaken by all that followed it.
        if !self.earlier.is_empty() && self.seeded.below(2) == 0 {
            let chosen = self.seeded.index(self.earlier.len());
            let (message, first) = self.earlier.get(chosen).context("it is there")?;
            let late = self.other.append(message.clone()).await?.into_inner();
            ensure!(
                late.replayed && is_same(first, &late),
                "a request that was answered {first:?} came late and was answered {late:?}"
            );
        }
        self.earlier.push((message, answer.clone()));
        Ok(answer)
    }
}

/// Whether two answers tell the same.
fn is_same(one: &v1::AppendResponse, two: &v1::AppendResponse) -> bool {
    let told = |answer: &v1::AppendResponse| {
        let positions = (answer.first_position, answer.last_position);
        (positions, answer.results.clone())
    };
    told(one) == told(two)
}

/// Lets everything else run so many times.
pub(super) async fn some_turns(turns: u64) {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
}

/// Why a request was refused, as far as it has to be the same each time.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refusal {
    code: u32,
    reason: String,
}

/// What became of a request, as far as its caller knows.
#[derive(Debug)]
enum Answer {
    Recorded(v1::AppendResponse),
    Refused(Refusal),
    /// The server was gone before it answered.
    None(Status),
}

/// A request and what it was answered.
type Answered = (Sent, Answer);

/// The server was gone before everything was answered.
#[derive(Debug, thiserror::Error)]
#[error("the server is gone")]
struct Gone;

/// Whether a server that may be killed was, and nothing else went wrong.
pub(super) fn is_gone(error: &anyhow::Error) -> bool {
    let status = error.downcast_ref::<Status>();
    error.is::<Gone>() || status.is_some_and(|status| !is_by_the_rules(status))
}

/// Whether a request was refused by the rules, and not because the server could do no better.
pub(super) fn is_by_the_rules(status: &Status) -> bool {
    [
        Code::FailedPrecondition,
        Code::NotFound,
        Code::AlreadyExists,
    ]
    .contains(&status.code())
}

/// Sends a request, which is in doubt until it is answered.
async fn append(
    client: &mut RawClient,
    base: &mut Base,
    doubtful: &mut VecDeque<Sent>,
    sent: Sent,
) -> Result<()> {
    doubtful.push_back(sent.clone());
    let answer = client.append(sent.message()).await?.into_inner();
    doubtful.pop_back();
    base.oracle.acknowledged(sent, &answer)
}

fn answer_of(answer: Result<tonic::Response<v1::AppendResponse>, Status>) -> Answer {
    match answer {
        Ok(answer) => Answer::Recorded(answer.into_inner()),
        Err(status) if is_by_the_rules(&status) => Answer::Refused(refusal_of(&status)),
        Err(status) => Answer::None(status),
    }
}

/// Lets requests of several callers arrive in an order of its own, some of them in one stream. What
/// builds on something that has not arrived is refused as a whole, and again under the same id when
/// everything has arrived; under another id it is accepted then.
///
/// The server may be killed meanwhile ([`is_gone`]); what was sent and not answered is then in
/// doubt.
pub(super) async fn reordered(
    server: &ServerProcess,
    base: &mut Base,
    doubtful: &mut VecDeque<Sent>,
    seed: u64,
) -> Result<()> {
    let mut seeded = Seeded::new(seed);
    let mut lanes: Vec<Lane> = (1..CALLERS).map(|number| Lane::new(number, seed)).collect();
    let mut client = connect(server).await?;
    for lane in &mut lanes {
        let sent = Sent::new(lane.request_id(), lane.foundations());
        append(&mut client, base, doubtful, sent).await?;
    }
    for _ in 0..BOUTS {
        let mut sent = Vec::new();
        for _ in 0..SENT_AT_ONCE {
            for lane in lanes.iter_mut().chain([&mut base.lane]) {
                let commands = lane.batch(COMMANDS);
                sent.push(Sent::new(lane.request_id(), commands));
            }
        }
        let mut refused = Vec::new();
        let order = shuffled(sent.clone(), &mut seeded);
        for (sent, answer) in arrive(server, order, &mut seeded).await? {
            match answer {
                Answer::Recorded(answer) => base.oracle.acknowledged(sent, &answer)?,
                Answer::Refused(refusal) => refused.push((sent.request_id(), refusal)),
                Answer::None(_) => doubtful.push_back(sent),
            }
        }
        if !doubtful.is_empty() {
            return Err(Gone.into());
        }
        for sent in sent {
            let id = sent.request_id();
            let Some((_, refusal)) = refused.iter().find(|(refused, _)| *refused == id) else {
                continue;
            };
            let again = match answer_of(client.append(sent.message()).await) {
                Answer::None(status) => return Err(status.into()),
                Answer::Recorded(answer) => Err(answer),
                Answer::Refused(again) => Ok(again),
            };
            ensure!(
                again.as_ref() == Ok(refusal),
                "a request that was refused with {refusal:?} was then answered {again:?}"
            );
            let sent = sent.under(RequestId::from_bytes(seeded.uuid()));
            append(&mut client, base, doubtful, sent).await?;
        }
    }
    Ok(())
}

/// Another order than the one given (Fisher and Yates).
fn shuffled<T: Clone>(sent: Vec<T>, seeded: &mut Seeded) -> Vec<T> {
    let mut order = sent;
    for last in (1..order.len()).rev() {
        order.swap(last, seeded.index(last + 1));
    }
    order
}

/// Brings requests to the server in this order, a few at a time.
async fn arrive(
    server: &ServerProcess,
    mut order: Vec<Sent>,
    seeded: &mut Seeded,
) -> Result<Vec<Answered>> {
    let mut answered = Vec::new();
    while !order.is_empty() {
        let together = (1 + seeded.index(TOGETHER_MAX)).min(order.len());
        let rest = order.split_off(together);
        let few = std::mem::replace(&mut order, rest);
        answered.extend(match seeded.below(2) {
            0 => at_once(server, few).await?,
            _ => in_one_stream(server, few).await?,
        });
        // Nothing more is sent to a server that is gone.
        if answered
            .iter()
            .any(|(_, answer)| matches!(answer, Answer::None(_)))
        {
            break;
        }
    }
    Ok(answered)
}

/// Each over a connection of its own, so that nobody knows which comes first.
async fn at_once(server: &ServerProcess, requests: Vec<Sent>) -> Result<Vec<Answered>> {
    let mut under_way = Vec::new();
    for sent in requests {
        let connected = connect(server).await;
        let answer = tokio::spawn(async move {
            let answer = match connected {
                Ok(mut client) => answer_of(client.append(sent.message()).await),
                Err(error) => Answer::None(Status::unavailable(error.to_string())),
            };
            (sent, answer)
        });
        under_way.push(answer);
    }
    let mut answered = Vec::new();
    for answer in under_way {
        answered.push(answer.await?);
    }
    Ok(answered)
}

/// In one stream, which is answered in the order of arrival and records in that order.
async fn in_one_stream(server: &ServerProcess, requests: Vec<Sent>) -> Result<Vec<Answered>> {
    let messages: Vec<_> = requests.iter().map(Sent::message).collect();
    let none = |requests: std::vec::IntoIter<Sent>, status: &Status| -> Vec<Answered> {
        let none = requests.map(|sent| (sent, Answer::None(status.clone())));
        none.collect()
    };
    let mut requests = requests.into_iter();
    let Ok(mut client) = connect(server).await else {
        return Ok(none(requests, &Status::unavailable("no connection")));
    };
    let mut answers = match client.append_stream(tokio_stream::iter(messages)).await {
        Ok(answers) => answers.into_inner(),
        Err(status) => return Ok(none(requests, &status)),
    };
    let mut answered = Vec::new();
    let mut recorded = 0;
    while let Some(sent) = requests.next() {
        let answer = match answers.message().await {
            Ok(answer) => answer.context("each request is answered")?,
            Err(status) => {
                answered.push((sent, Answer::None(status.clone())));
                answered.extend(none(requests, &status));
                return Ok(answered);
            }
        };
        ensure!(
            answer.request_id == sent.request_id().as_bytes(),
            "a stream was answered in another order than it was sent in"
        );
        let answer = match answer.outcome.context("an answer says something")? {
            Outcome::Response(response) => {
                ensure!(
                    response.first_position > recorded,
                    "a stream was recorded in another order than it arrived in"
                );
                recorded = response.last_position;
                Answer::Recorded(response)
            }
            Outcome::Failure(failure) => of_failure(failure),
        };
        answered.push((sent, answer));
    }
    if let Ok(more) = answers.message().await {
        ensure!(more.is_none(), "one answer too many");
    }
    Ok(answered)
}

fn of_failure(failure: v1::Failure) -> Answer {
    let code = Code::from_i32(i32::try_from(failure.code).unwrap_or_default());
    let status = Status::new(code, failure.reason.clone());
    match is_by_the_rules(&status) {
        true => Answer::Refused(Refusal {
            code: failure.code,
            reason: failure.reason,
        }),
        false => Answer::None(status),
    }
}

fn refusal_of(status: &Status) -> Refusal {
    let info = status.get_details_error_info();
    Refusal {
        code: code_of(status.code()),
        reason: info.map(|info| info.reason).unwrap_or_default(),
    }
}

fn code_of(code: Code) -> u32 {
    u32::try_from(i32::from(code)).unwrap_or_default()
}
