//! What happens at the bounds: a full queue, too many streams, a stop in the middle of work.

use crate::story::{newcomer, register, request};
use crate::tls::{self, Authority};
use ledger_core::PersonKey;
use ledger_engine::limits::GROUP_EVENTS_MAX;
use ledger_log::Fault;
use ledger_log::testing::GatedStore;
use ledger_proto::v1::{self, append_stream_response::Outcome};
use ledger_server::Settings;
use ledger_tests::TestServer;
use ledger_tests::gated::arrival;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_types::StatusExt as _;

/// Code and reason, and whether a time to retry is named.
fn end(status: &Status) -> (Code, String, bool) {
    let reason = status
        .get_details_error_info()
        .expect("every status has an ErrorInfo")
        .reason;
    (
        status.code(),
        reason,
        status.get_details_retry_info().is_some(),
    )
}

fn ended(code: Code, reason: &str) -> (Code, String, bool) {
    (code, reason.to_owned(), code == Code::ResourceExhausted)
}

/// A request that fills a commit group by itself.
fn large(number: u8) -> v1::AppendRequest {
    let person = |index: u64| {
        let mut key = [number; 16];
        key[8..].copy_from_slice(&index.to_be_bytes());
        register(PersonKey::from_bytes(key))
    };
    request(
        &(0..u64::try_from(GROUP_EVENTS_MAX).unwrap())
            .map(person)
            .collect::<Vec<_>>(),
    )
}

async fn gated(change: impl FnOnce(&mut Settings)) -> (TestServer, Arc<GatedStore>) {
    let store = Arc::new(GatedStore::gated());
    (
        TestServer::start_over(Arc::clone(&store), change).await,
        store,
    )
}

#[tokio::test]
async fn a_full_queue_asks_the_caller_to_come_again() {
    let (server, store) = gated(|settings| {
        settings.limits.queue_requests_max = 1;
        settings.limits.append_stream_requests_max = 1;
    })
    .await;
    store.hooks.close_for_everything();
    let client = server.client().await;
    let append = |sent: v1::AppendRequest| {
        let mut client = client.clone();
        async move { client.append(sent).await }
    };
    let first = tokio::spawn(append(newcomer()));
    arrival(&store).await;

    // The first group waits at the gate, one large request fills the next, one waits in the queue.
    // Of four at least two are turned away, whichever comes first.
    let mut calls = JoinSet::new();
    for number in 0..4 {
        calls.spawn(append(large(number)));
    }
    for _ in 0..2 {
        let refused = calls.join_next().await.unwrap().unwrap().unwrap_err();
        assert_eq!(end(&refused), ended(Code::ResourceExhausted, "QUEUE_FULL"));
    }
    store.hooks.open();
    first.await.unwrap().unwrap();
    for answer in calls.join_all().await {
        answer.unwrap();
    }
    server.stop().await;
}

#[tokio::test]
async fn a_stream_is_held_back_by_a_full_queue_and_not_refused() {
    let (server, store) = gated(|settings| {
        settings.limits.queue_requests_max = 1;
        settings.limits.append_stream_requests_max = 1;
    })
    .await;
    store.hooks.close_for_everything();
    let mut client = server.client().await;
    let sent = 6_u8;
    let (to_server, requests) = mpsc::channel(sent.into());
    for number in 0..sent {
        to_server.send(large(number)).await.unwrap();
    }
    drop(to_server);
    let mut answers = client
        .append_stream(ReceiverStream::new(requests))
        .await
        .unwrap()
        .into_inner();
    arrival(&store).await;
    store.hooks.open();
    let mut expected = 1;
    for _ in 0..sent {
        let Some(Outcome::Response(response)) = answers.message().await.unwrap().unwrap().outcome
        else {
            panic!("a stream is not refused for a full queue");
        };
        assert_eq!(response.first_position, expected);
        expected = response.last_position + 1;
    }
    assert!(answers.message().await.unwrap().is_none());
    server.stop().await;
}

#[tokio::test]
async fn streams_are_counted() {
    let server = TestServer::start_with(|settings| settings.limits.streams_max = 1).await;
    let mut client = server.client().await;
    let all = v1::SubscribeRequest::default;
    let following = client.subscribe(all()).await.unwrap().into_inner();
    let refused = client.subscribe(all()).await.unwrap_err();
    assert_eq!(
        end(&refused),
        ended(Code::ResourceExhausted, "TOO_MANY_STREAMS")
    );
    // Calls with one answer are not streams.
    client.append(newcomer()).await.unwrap();
    drop(following);
    server.stop().await;
}

/// A caller is the name in his certificate, over however many connections.
#[tokio::test]
async fn one_caller_who_takes_all_of_his_streams_leaves_the_rest_to_the_others() {
    let authority = Authority::new();
    let (server, _files) =
        tls::mutual_with(&authority, |settings| settings.limits.streams_max = 8).await;
    let all = v1::SubscribeRequest::default;
    let mut following = Vec::new();
    for name in ["training-jinan", "training-qingdao", "treasury", "reports"] {
        let caller = authority.caller(name, &[]);
        for _ in 0..2 {
            let connection = tls::client(&server, &authority, Some(&caller)).await;
            let mut client = connection.unwrap();
            following.push(client.subscribe(all()).await.unwrap());
        }
        // Of eight streams a quarter is his.
        let connection = tls::client(&server, &authority, Some(&caller)).await;
        let refused = connection.unwrap().subscribe(all()).await.unwrap_err();
        assert_eq!(
            end(&refused),
            ended(Code::ResourceExhausted, "TOO_MANY_STREAMS"),
            "{name}"
        );
    }
    drop(following);
    server.stop().await;
}

#[tokio::test]
async fn streams_of_other_services_are_counted_as_well() {
    let server = TestServer::start_with(|settings| settings.limits.streams_max = 1).await;
    let mut client = server.client().await;
    let mut health = HealthClient::new(server.channel().await);
    let mut reflection = ServerReflectionClient::new(server.channel().await);
    let check = HealthCheckRequest::default;
    let full = ended(Code::ResourceExhausted, "TOO_MANY_STREAMS");

    let watched = health.watch(check()).await.unwrap().into_inner();
    let all = v1::SubscribeRequest::default;
    assert_eq!(end(&client.subscribe(all()).await.unwrap_err()), full);
    let asked = reflection
        .server_reflection_info(tokio_stream::pending())
        .await;
    assert_eq!(end(&asked.unwrap_err()), full);
    assert_eq!(end(&health.watch(check()).await.unwrap_err()), full);
    // A probe is no stream.
    health.check(check()).await.unwrap();

    drop(watched);
    // The server learns of it a moment later.
    let following = loop {
        match client.subscribe(all()).await {
            Ok(following) => break following,
            Err(refused) => assert_eq!(end(&refused), full),
        }
    };
    assert_eq!(end(&health.watch(check()).await.unwrap_err()), full);
    drop(following);
    server.stop().await;
}

#[tokio::test]
async fn a_stopping_server_answers_what_it_accepted() {
    let (mut server, store) = gated(|_| {}).await;
    let mut client = server.client().await;
    let mut following = client
        .subscribe(v1::SubscribeRequest::default())
        .await
        .unwrap()
        .into_inner();
    following.message().await.unwrap();

    store.hooks.close_for_everything();
    let mut other = server.client().await;
    let call = tokio::spawn(async move { other.append(newcomer()).await });
    arrival(&store).await;
    let (to_server, requests) = mpsc::channel(1);
    let mut answers = client
        .append_stream(ReceiverStream::new(requests))
        .await
        .unwrap()
        .into_inner();

    server.ask_to_stop();
    let stopping = following.message().await.unwrap_err();
    assert_eq!(end(&stopping), ended(Code::Unavailable, "NOT_SERVING"));
    let cut = answers.message().await.unwrap_err();
    assert_eq!(end(&cut), ended(Code::Unavailable, "NOT_SERVING"));
    store.hooks.open();
    let answer = call.await.unwrap().unwrap().into_inner();
    assert_eq!(answer.first_position, 1);
    server.stop().await;
    // Nobody holds the ledger any more, so that a server that opened it itself closes it at once.
    assert_eq!(Arc::strong_count(&store), 1);
    drop(to_server);
}

#[tokio::test]
async fn after_a_failed_write_reading_goes_on_and_health_says_no() {
    let (server, store) = gated(|_| {}).await;
    let mut client = server.client().await;
    client.append(newcomer()).await.unwrap();
    let mut health = HealthClient::new(server.channel().await);
    let mut watched = health
        .watch(HealthCheckRequest::default())
        .await
        .unwrap()
        .into_inner();
    let status = watched.message().await.unwrap().unwrap().status();
    assert_eq!(status, ServingStatus::Serving);

    store
        .store
        .fail_next_write(Fault::BeforeWrite, "the disk is gone");
    let unknown = client.append(newcomer()).await.unwrap_err();
    assert_eq!(end(&unknown), ended(Code::Unavailable, "OUTCOME_UNKNOWN"));
    let refused = client.append(newcomer()).await.unwrap_err();
    assert_eq!(end(&refused), ended(Code::Unavailable, "WRITES_DISABLED"));
    let status = watched.message().await.unwrap().unwrap().status();
    assert_eq!(status, ServingStatus::NotServing);

    let status = client
        .get_status(v1::GetStatusRequest {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!(status.log_position, 1);
    assert!(
        status.write_disabled_reason.contains("the disk is gone"),
        "{status:?}"
    );
    server.stop().await;
}

#[tokio::test]
async fn one_rebuild_runs_at_a_time() {
    let (server, store) = gated(|_| {}).await;
    let mut client = server.client().await;
    client.append(newcomer()).await.unwrap();
    store.hooks.close_for_everything();
    let mut first = client
        .rebuild(v1::RebuildRequest::default())
        .await
        .unwrap()
        .into_inner();
    arrival(&store).await;
    let mut second = client
        .rebuild(v1::RebuildRequest::default())
        .await
        .unwrap()
        .into_inner();
    let refused = second.message().await.unwrap_err();
    assert_eq!(
        end(&refused),
        ended(Code::FailedPrecondition, "REBUILD_RUNNING")
    );
    store.hooks.open();
    let mut last = None;
    while let Some(progress) = first.message().await.unwrap() {
        last = Some(progress.phase());
    }
    assert_eq!(last, Some(v1::RebuildPhase::Switched));
    server.stop().await;
}
