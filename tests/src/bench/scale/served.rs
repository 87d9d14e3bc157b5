//! The same over gRPC: what a caller on the same machine sees of the real server.

use super::super::grpc::{Server, client, next_request, unary};
use super::super::latency::{Counted, Meter};
use super::super::load::SEED;
use super::super::machine::memory_of;
use super::super::report::Report;
use super::{Approved, Counts, ELIGIBLE_ON, Place, SECTION, Sample, Samples, YEAR, tell};
use crate::workload::{Lane, Seeded};
use anyhow::{Context as _, Result, ensure};
use ledger_proto::v1;
use std::time::Instant;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use v1::ledger_service_client::LedgerServiceClient;

/// What is measured over gRPC at each size, in this order.
pub(super) const MEASURED: [&str; 5] = [
    "gRPC, health check",
    "gRPC, append, 1 caller × 1, random ids",
    "gRPC, append, 1 caller × 100, random ids",
    "gRPC, GetQuota",
    "gRPC, CheckEligibility",
];

type Client = LedgerServiceClient<Channel>;

/// Starts the server on the ledger, with the sizes that the engine had.
pub(super) fn start(place: &Place<'_>) -> Result<Server> {
    let memory = toml::Table::try_from(&place.memory).context("the sizes are no table")?;
    let settings: Vec<String> = memory
        .iter()
        .map(|(key, value)| format!("memory.{key}={value}"))
        .collect();
    Server::start_with(place.folder, &settings)
}

/// Measures everything at a size; gives the medians in microseconds.
pub(super) fn at(
    place: &Place<'_>,
    size: u64,
    own: &mut Lane,
    samples: &Samples,
    counts: Counts,
    report: &mut Report,
) -> Result<[u64; MEASURED.len()]> {
    let server = start(place)?;
    let (one, questions) = (counts.appends, counts.questions);
    let mut ids = Seeded::new(SEED ^ size ^ u64::MAX);
    let measured = server.run(async {
        let channel = server.connect().await?;
        let client = client(channel.clone());
        let warming = u64::try_from(samples.warming.people.len())?;
        quotas(client.clone(), &samples.warming, warming).await?;
        eligibilities(client.clone(), &samples.warming, warming).await?;
        anyhow::Ok([
            health(channel, questions).await?,
            unary(client.clone(), appends(own, (one, 1), &mut ids)).await?,
            unary(client.clone(), appends(own, (one / 10, 100), &mut ids)).await?,
            quotas(client.clone(), &samples.measured, questions).await?,
            eligibilities(client, &samples.measured, questions).await?,
        ])
    })?;
    let resident = memory_of(server.process_id()).resident_bytes_max;
    let name = format!("{size} events: server, resident at most");
    report.figure(SECTION, name, resident, "bytes", None);
    server.stop()?;
    Ok(tell(size, MEASURED, measured, report))
}

/// Requests of a size, with ids that lie anywhere.
fn appends(
    lane: &mut Lane,
    (requests, size): (u64, usize),
    ids: &mut Seeded,
) -> Vec<v1::AppendRequest> {
    let made = (0..requests).map(|_| v1::AppendRequest {
        request_id: ids.uuid().to_vec(),
        ..next_request(lane, size)
    });
    made.collect()
}

async fn health(channel: Channel, calls: u64) -> Result<Counted> {
    let mut client = HealthClient::new(channel);
    let mut meter = Meter::start();
    for _ in 0..calls {
        let sent = Instant::now();
        client.check(HealthCheckRequest::default()).await?;
        meter.answered(sent, 1);
    }
    Ok(meter.stop())
}

async fn quotas(client: Client, sample: &Sample, questions: u64) -> Result<Counted> {
    asked(client, sample, questions, async |client, (person, _)| {
        let request = v1::GetQuotaRequest {
            person_key: person.as_bytes().to_vec(),
            year: YEAR,
            ..v1::GetQuotaRequest::default()
        };
        let answer = client.get_quota(request).await?.into_inner();
        ensure!(answer.used > 0, "nobody of the sample has used a quota");
        Ok(())
    })
    .await
}

async fn eligibilities(client: Client, sample: &Sample, questions: u64) -> Result<Counted> {
    asked(
        client,
        sample,
        questions,
        async |client, (person, class)| {
            let (year, month, day) = ELIGIBLE_ON;
            let request = v1::CheckEligibilityRequest {
                class_id: class.as_bytes().to_vec(),
                person_key: person.as_bytes().to_vec(),
                on_date: Some(v1::Date {
                    year: year.unsigned_abs(),
                    month,
                    day,
                }),
                at_least_position: 0,
            };
            client.check_eligibility(request).await?;
            Ok(())
        },
    )
    .await
}

/// Asks one question after the other.
async fn asked(
    mut client: Client,
    sample: &Sample,
    questions: u64,
    mut ask: impl AsyncFnMut(&mut Client, Approved) -> Result<()>,
) -> Result<Counted> {
    let mut meter = Meter::start();
    for approved in sample.in_own_order(questions) {
        let sent = Instant::now();
        ask(&mut client, approved).await?;
        meter.answered(sent, 1);
    }
    Ok(meter.stop())
}
