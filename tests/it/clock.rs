//! A clock that is wrong: who is told, and what goes on?

use crate::story::newcomer;
use ledger_client::{ClientError, Retry};
use ledger_core::RecordedTime;
use ledger_engine::{Clock as _, ManualClock};
use ledger_log::MemoryStore;
use ledger_proto::v1;
use ledger_proto::v1::append_stream_response::Outcome;
use ledger_tests::TestServer;
use std::sync::Arc;
use std::time::Duration;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus::{NotServing, Serving};
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt as _;

/// Noon of a day on which this software existed.
const NOON: RecordedTime = RecordedTime::from_micros(1_780_000_000_000_000);
const DAY: i64 = 86_400_000_000;

fn later(days: i64) -> RecordedTime {
    RecordedTime::from_micros(NOON.micros() + days * DAY)
}

async fn clock_status(server: &TestServer) -> v1::ClockStatus {
    let mut client = server.client().await;
    let status = client.get_status(v1::GetStatusRequest {}).await.unwrap();
    status.into_inner().clock.unwrap()
}

#[tokio::test]
async fn a_wrong_clock_is_told_everywhere_and_reading_goes_on() {
    let clock = Arc::new(ManualClock::new(NOON));
    let store = Arc::new(MemoryStore::new());
    let server = TestServer::start_by_clock(store, Arc::clone(&clock), |_| {}).await;
    let mut client = server.client().await;
    client.append(newcomer()).await.unwrap();
    let mut health = HealthClient::new(server.channel().await);
    let watched = health.watch(HealthCheckRequest::default()).await.unwrap();
    let mut watched = watched.into_inner();
    assert_eq!(watched.message().await.unwrap().unwrap().status(), Serving);
    assert_eq!(clock_status(&server).await.problem, "");

    clock.set(later(3_652));
    let request = newcomer();
    let refused = client.append(request.clone()).await.unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(
        (refused.code(), info.reason.as_str()),
        (Code::Unavailable, "CLOCK_REFUSED")
    );
    let chinese = refused.get_details_localized_message().unwrap();
    assert!(chinese.message.contains("时钟"), "{chinese:?}");
    // Probes learn of it by themselves.
    assert_eq!(
        watched.message().await.unwrap().unwrap().status(),
        NotServing
    );
    let status = clock_status(&server).await;
    assert!(
        status.problem.contains("by the time that has passed it is"),
        "{status:?}"
    );
    assert_eq!((status.step_seconds_max, status.idle_days_max), (300, 31));
    // A stream is told for each request, and goes on.
    let stream = tokio_stream::iter([newcomer(), newcomer()]);
    let answers = client.append_stream(stream).await.unwrap();
    let mut answers = answers.into_inner();
    for _ in 0..2 {
        let answer = answers.message().await.unwrap().unwrap();
        let Some(Outcome::Failure(failure)) = answer.outcome else {
            panic!("{answer:?}")
        };
        assert_eq!(failure.reason, "CLOCK_REFUSED");
    }
    assert!(answers.message().await.unwrap().is_none());
    // Reading goes on.
    let all = client
        .read_events(v1::ReadEventsRequest::default())
        .await
        .unwrap();
    let page = all.into_inner().message().await.unwrap().unwrap();
    assert_eq!((page.events.len(), page.log_position), (1, 1));

    clock.set(NOON);
    let answer = client.append(request).await.unwrap().into_inner();
    assert_eq!(answer.first_position, 2);
    assert_eq!(watched.message().await.unwrap().unwrap().status(), Serving);
    let status = clock_status(&server).await;
    assert_eq!(status.last_event_time, status.time);
    server.stop().await;
}

#[tokio::test]
async fn a_ledger_that_lay_idle_waits_for_a_word_of_its_operator() {
    let store = Arc::new(MemoryStore::new());
    let clock = Arc::new(ManualClock::new(NOON));
    let server = TestServer::start_by_clock(Arc::clone(&store), Arc::clone(&clock), |_| {}).await;
    server.client().await.append(newcomer()).await.unwrap();
    server.stop().await;

    clock.advance(Duration::from_hours(90 * 24));
    let now = clock.now().to_string();
    for (until, is_taken) in [(None, false), (Some(now), true), (None, true)] {
        let server =
            TestServer::start_by_clock(Arc::clone(&store), Arc::clone(&clock), |settings| {
                settings.clock.accepted_until = until;
            })
            .await;
        let answer = server.client().await.append(newcomer()).await;
        assert_eq!(answer.is_ok(), is_taken, "{answer:?}");
        server.stop().await;
    }
}

#[tokio::test]
async fn the_client_tries_again_and_doubts_nothing() {
    let clock = Arc::new(ManualClock::new(NOON));
    let store = Arc::new(MemoryStore::new());
    let server = TestServer::start_by_clock(store, Arc::clone(&clock), |_| {}).await;
    server.client().await.append(newcomer()).await.unwrap();
    clock.set(later(-1));
    let refused = server.client().await.append(newcomer()).await.unwrap_err();
    let error = ClientError::from_status(refused);
    assert!(!error.leaves_doubt());
    assert!(
        matches!(error.retry(), Retry::Automatic { .. }),
        "{error:?}"
    );
    server.stop().await;
}
