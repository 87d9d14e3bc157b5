//! What the client does when the other side fails.

use std::time::Duration;

use ledger_core::{Reason, Refusal, RequestId};
use ledger_proto::status::{ApiError, IndexedRefusal, failure_to_proto, status_from_error};
use ledger_proto::v1;
use ledger_proto::v1::subscribe_response::Message;
use tonic::Status;

use crate::fake::{Action, Fake};
use crate::{Batch, ClientError, LoadOptions, Notice, Retry};

fn batch(number: u8) -> Batch {
    Batch::from_messages(
        RequestId::from_bytes([number; 16]),
        vec![v1::Command::default()],
    )
}

fn queue_full(retry_after: Duration) -> ApiError {
    ApiError::QueueFull { retry_after }
}

#[tokio::test]
async fn a_failed_append_is_made_again_under_its_own_id_when_that_helps() {
    let long = Duration::from_secs(2);
    let unavailable = || Err(Status::unavailable("restarting"));
    let late = || Err(Status::deadline_exceeded("late"));
    let done = || Ok(v1::AppendResponse::default());
    for (answers, expected_calls, expected_retry) in [
        (vec![done()], 1, None),
        (vec![unavailable(), unavailable(), done()], 3, None),
        (
            vec![Err(status_from_error(&queue_full(long))), done()],
            2,
            None,
        ),
        (
            vec![unavailable(); 5],
            5,
            Some(Retry::Automatic { after: None }),
        ),
        (vec![late()], 1, Some(Retry::ByCaller)),
        (
            vec![Err(status_from_error(&ApiError::Internal))],
            1,
            Some(Retry::Never),
        ),
        (
            vec![Err(Status::resource_exhausted("too large"))],
            1,
            Some(Retry::Never),
        ),
        (vec![Err(Status::unknown("?"))], 1, Some(Retry::Never)),
    ] {
        let fake = Fake::default();
        fake.script(|script| script.appends = answers.into());
        let result = fake.connect().await.append(&batch(1)).await;
        assert_eq!(result.err().map(|error| error.retry()), expected_retry);
        fake.script(|script| {
            assert_eq!(script.received.len(), expected_calls);
            assert_eq!(script.delays.len(), expected_calls - 1);
            assert!(
                script
                    .received
                    .iter()
                    .all(|request| request.request_id == [1; 16])
            );
            assert!(
                script
                    .received
                    .iter()
                    .all(|request| request.source_system == "tests")
            );
            assert!(
                script.deadlines.iter().all(Option::is_some),
                "every call has a deadline"
            );
        });
    }
}

#[tokio::test]
async fn the_servers_delay_is_honoured() {
    let fake = Fake::default();
    let delay = Duration::from_secs(2);
    fake.script(|script| {
        let full = Err(status_from_error(&queue_full(delay)));
        script.appends = [full, Ok(v1::AppendResponse::default())].into();
    });
    fake.connect().await.append(&batch(1)).await.unwrap();
    fake.script(|script| assert_eq!(script.delays, [delay]));
}

#[tokio::test]
async fn a_server_that_does_not_answer_leaves_the_outcome_unknown() {
    let fake = Fake::default();
    let client = fake.connect_with(Duration::from_millis(1)).await;
    let error = client.append(&batch(1)).await.unwrap_err();
    assert!(matches!(error, ClientError::OutcomeUnknown), "{error}");
}

#[tokio::test]
async fn append_until_known_asks_until_the_ledger_says() {
    let fake = Fake::default();
    fake.script(|script| {
        script.appends = vec![Err(Status::deadline_exceeded("late")); 20].into();
        script
            .appends
            .extend(vec![Err(Status::unavailable("gone")); 20]);
        let replayed = v1::AppendResponse {
            replayed: true,
            ..Default::default()
        };
        script.appends.push_back(Ok(replayed));
    });
    let answer = fake
        .connect()
        .await
        .append_until_known(&batch(1))
        .await
        .unwrap();
    assert!(answer.replayed);
    fake.script(|script| assert_eq!(script.received.len(), 41));

    fake.script(|script| {
        script.appends = [Err(status_from_error(&ApiError::Unauthenticated))].into();
    });
    let error = fake
        .connect()
        .await
        .append_until_known(&batch(1))
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::Failed { .. }), "{error}");
}

#[tokio::test]
async fn a_load_keeps_order_and_bound_and_sends_again_what_was_not_answered() {
    let full = Action::Fail(failure_to_proto(&queue_full(Duration::from_millis(1))));
    let gone = Action::Break(Status::unavailable("restarting"));
    for (in_flight, actions, expected_streams) in [
        (1, vec![], 1),
        (4, vec![], 1),
        (4, vec![Action::Answer, gone.clone(), Action::Answer], 2),
        (
            3,
            vec![gone.clone(), gone.clone(), gone.clone(), gone.clone()],
            5,
        ),
        (3, vec![Action::Answer, full], 2),
    ] {
        let fake = Fake::default();
        fake.script(|script| script.actions = actions.into());
        let client = fake.connect().await;
        let options = LoadOptions {
            batches_in_flight_max: in_flight,
        };
        let mut drawn = 0_u8;
        let mut answered = Vec::new();
        {
            let batches = std::iter::from_fn(|| {
                drawn += 1;
                (drawn <= 10).then(|| batch(drawn))
            });
            let mut load = client.load(batches, options);
            while let Some((batch, outcome)) = load.next().await.unwrap() {
                outcome.unwrap();
                answered.push(batch.request_id.as_bytes()[0]);
            }
        }
        assert_eq!(answered, (1..=10).collect::<Vec<_>>());
        fake.script(|script| assert_eq!(script.append_streams, expected_streams));
        // Nobody reads a load one by one.
        let none = v1::ExplanationDetail::None;
        let explained = |sent: &v1::AppendRequest| sent.explanation_detail() != none;
        fake.script(|script| assert!(!script.received.iter().any(explained)));
    }
}

#[tokio::test]
async fn a_batch_is_explained_unless_it_says_otherwise() {
    use v1::ExplanationDetail::{Data, None, Unspecified};
    let fake = Fake::default();
    let client = fake.connect().await;
    for detail in [Unspecified, Data, None] {
        let answer = Ok(v1::AppendResponse::default());
        fake.script(|script| script.appends.push_back(answer));
        client.append(&batch(1).explained(detail)).await.unwrap();
    }
    // Also a load, for who asks.
    let mut load = client.load([batch(2).explained(Data)], LoadOptions::default());
    while load.next().await.unwrap().is_some() {}
    fake.script(|script| {
        let sent = script.received.iter().map(|it| it.explanation_detail());
        assert!(sent.eq([Unspecified, Data, None, Data]));
    });
}

#[tokio::test]
async fn a_refused_batch_of_a_stream_keeps_its_chains() {
    let fake = Fake::default();
    let refused = failure_to_proto(&ApiError::Refused(vec![IndexedRefusal {
        command_index: Some(0),
        refusal: Refusal::new(Reason::ClassFull),
        refusal_number: Some(7),
    }]));
    fake.script(|script| script.actions = [Action::Fail(refused)].into());
    let client = fake.connect().await;
    let mut load = client.load([batch(1)], LoadOptions::default());
    let (_, outcome) = load.next().await.unwrap().unwrap();
    let Err(ClientError::Refused(refused)) = outcome else {
        panic!("{outcome:?}")
    };
    let told = client.explain_refusals(&refused).await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].refusal_number, 7);
}

#[tokio::test]
async fn a_load_draws_no_more_batches_than_it_may_have_in_flight() {
    let fake = Fake::default();
    let client = fake.connect().await;
    let drawn = std::cell::Cell::new(0_usize);
    let batches = (1..=20).map(|number| {
        drawn.set(drawn.get() + 1);
        batch(number)
    });
    let mut load = client.load(
        batches,
        LoadOptions {
            batches_in_flight_max: 3,
        },
    );
    let mut answered = 0;
    while load.next().await.unwrap().is_some() {
        answered += 1;
        assert!(
            drawn.get() <= answered + 2,
            "{} drawn, {answered} answered",
            drawn.get()
        );
    }
    assert_eq!(answered, 20);
}

#[tokio::test]
async fn a_refused_batch_is_an_outcome_and_a_lost_server_an_error() {
    let fake = Fake::default();
    let reused = failure_to_proto(&ApiError::RequestIdReused {
        request_id: RequestId::from_bytes([1; 16]),
        recorded_digest: [0; 32],
        sent_digest: [1; 32],
    });
    let gone = || Action::Break(Status::unavailable("gone"));
    fake.script(|script| {
        script.actions = [Action::Fail(reused), gone(), gone(), gone(), gone(), gone()].into();
    });
    let client = fake.connect().await;
    let mut load = client.load([batch(1), batch(2)], LoadOptions::default());
    let (_, outcome) = load.next().await.unwrap().unwrap();
    assert!(matches!(outcome, Err(ClientError::RequestIdReused)));
    assert!(matches!(
        load.next().await,
        Err(ClientError::Unavailable { .. })
    ));
    // The server is back: the load goes on where it was.
    let (last, outcome) = load.next().await.unwrap().unwrap();
    assert_eq!((last, outcome.is_ok()), (batch(2), true));
    assert!(load.next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_subscription_goes_on_where_it_was() {
    let event = |position| v1::EventEnvelope {
        position,
        ..Default::default()
    };
    let send = |message| {
        Ok(v1::SubscribeResponse {
            message: Some(message),
        })
    };
    let events = |positions: &[u64]| {
        send(Message::Events(v1::EventBatch {
            events: positions.iter().map(|position| event(*position)).collect(),
        }))
    };
    let caught_up = |log_position| send(Message::CaughtUp(v1::CaughtUp { log_position }));
    let checkpoint = |log_position| send(Message::Checkpoint(v1::Checkpoint { log_position }));
    let fake = Fake::default();
    fake.script(|script| {
        script.subscriptions = [
            vec![
                events(&[3, 5]),
                caught_up(6),
                Err(Status::unavailable("restarting")),
            ],
            vec![Err(Status::unavailable("starting"))],
            // A server that repeats itself does not make the reader count twice.
            vec![
                events(&[5, 7]),
                checkpoint(90),
                Err(Status::unavailable("restarting")),
            ],
            vec![Err(Status::permission_denied("not any more"))],
        ]
        .into();
    });
    let filter = v1::EventFilter::default();
    let mut subscription = fake.connect().await.subscribe(filter, 2);
    for expected in [
        Notice::Event(event(3)),
        Notice::Event(event(5)),
        Notice::CaughtUp { log_position: 6 },
        Notice::Event(event(7)),
        Notice::Checkpoint { log_position: 90 },
    ] {
        assert_eq!(subscription.next().await.unwrap(), expected);
    }
    let error = subscription.next().await.unwrap_err();
    assert_eq!(error.retry(), Retry::Never);
    assert_eq!(subscription.position(), 90);
    fake.script(|script| assert_eq!(script.started_after, [2, 6, 6, 90]));
}

#[test]
fn calls_can_be_made_from_any_thread() {
    fn is_send<T: Send>(_: &T) {}
    #[expect(dead_code, reason = "compiling it is the test")]
    fn check(client: &crate::Client, batch: &Batch) {
        is_send(&client.append(batch));
        is_send(&client.append_until_known(batch));
        is_send(&client.get_status(v1::GetStatusRequest {}));
        is_send(&client.load([batch.clone()], LoadOptions::default()).next());
        is_send(&client.subscribe(v1::EventFilter::default(), 0).next());
    }
}
