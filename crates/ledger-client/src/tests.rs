//! What the client does when the other side fails.
//!
//! Long: one false server, and every failure of a call against it.

use std::time::Duration;

use ledger_core::{Reason, Refusal, RequestId};
use ledger_proto::status::{ApiError, IndexedRefusal, failure_to_proto, status_from_error};
use ledger_proto::v1;
use ledger_proto::v1::subscribe_response::Message;
use ledger_proto::{DecodeError, DecodeProblem, ERROR_DOMAIN};
use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::fake::{Action, Attempt, Fake};
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

/// Every status that the service says by itself.
fn said(error: &ApiError) -> Attempt {
    Attempt::Fail(status_from_error(error))
}

fn done() -> Attempt {
    Attempt::Answer(v1::AppendResponse::default())
}

fn refused(refusal_number: Option<u64>) -> ApiError {
    ApiError::Refused(vec![IndexedRefusal {
        command_index: Some(0),
        refusal: Refusal::new(Reason::ClassFull),
        refusal_number,
    }])
}

fn reused() -> ApiError {
    ApiError::RequestIdReused {
        request_id: RequestId::from_bytes([1; 16]),
        recorded_digest: [2; 32],
        sent_digest: [3; 32],
    }
}

/// How a call ends: `Ok`, or the error without its words.
fn end<T>(result: Result<T, ClientError>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(ClientError::OutcomeUnknown { request_ids, cause }) => {
            let ids: Vec<_> = request_ids.iter().map(|id| id.as_bytes()[0]).collect();
            format!("unknown {ids:?}: {}", end::<()>(Err(*cause)))
        }
        Err(error) => {
            let debug = format!("{error:?}");
            let name: String = debug
                .chars()
                .take_while(|it| it.is_alphanumeric())
                .collect();
            name
        }
    }
}

/// Sequences of what the attempts end in. Once any may have been carried out, the end is unknown
/// with the id, unless the ledger says what became of the id.
#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table")]
async fn an_unknown_outcome_stays_known() {
    use Attempt::{Break, Vanish};
    let disabled = || said(&ApiError::WritesDisabled);
    let stopping = || said(&ApiError::NotServing);
    let full = || said(&queue_full(Duration::from_millis(1)));
    let invalid = || said(&DecodeError::new("commands", DecodeProblem::Missing).into());
    let elsewhere = || Attempt::Fail(Status::unavailable("no upstream"));
    let unknown = || {
        let mut details = ErrorDetails::new();
        details.set_error_info("OUTCOME_UNKNOWN", ERROR_DOMAIN, []);
        Attempt::Fail(Status::with_error_details(
            tonic::Code::Unavailable,
            "the request may or may not be recorded",
            details,
        ))
    };
    for (attempts, expected) in [
        // Nothing was ever carried out.
        (vec![done()], "ok"),
        (vec![disabled(); 5], "Unavailable"),
        (
            vec![full(), stopping(), disabled(), full(), stopping()],
            "Unavailable",
        ),
        (vec![full(), invalid()], "Invalid"),
        (vec![stopping(), said(&refused(None))], "Refused"),
        (vec![said(&ApiError::Internal)], "Failed"),
        (
            vec![Attempt::Fail(Status::out_of_range("too large"))],
            "Failed",
        ),
        (
            vec![Attempt::Fail(Status::unauthenticated("who?"))],
            "Failed",
        ),
        // It may have been.
        (
            vec![Attempt::Fail(Status::deadline_exceeded("late"))],
            "unknown [1]: DeadlinePassed",
        ),
        (
            vec![Attempt::Fail(Status::cancelled("late"))],
            "unknown [1]: DeadlinePassed",
        ),
        (
            vec![Attempt::Fail(Status::unknown("?"))],
            "unknown [1]: Failed",
        ),
        (
            vec![Attempt::Fail(Status::internal("?"))],
            "unknown [1]: Failed",
        ),
        (vec![elsewhere(); 5], "unknown [1]: Unavailable"),
        (vec![unknown(); 5], "unknown [1]: Unavailable"),
        (vec![Break; 5], "unknown [1]: Unavailable"),
        // What later attempts end in hides nothing.
        (vec![Vanish], "unknown [1]: Unavailable"),
        (
            vec![unknown(), disabled(), disabled(), disabled(), disabled()],
            "unknown [1]: Unavailable",
        ),
        (
            vec![Break, disabled(), disabled(), stopping(), stopping()],
            "unknown [1]: Unavailable",
        ),
        (vec![unknown(), Vanish], "unknown [1]: Unavailable"),
        (vec![Break, invalid()], "unknown [1]: Invalid"),
        (vec![Break, said(&refused(None))], "unknown [1]: Refused"),
        (
            vec![Break, said(&ApiError::Unauthenticated)],
            "unknown [1]: Failed",
        ),
        (
            vec![Break, Attempt::Fail(Status::permission_denied("no"))],
            "unknown [1]: Failed",
        ),
        (
            vec![Break, said(&ApiError::Internal)],
            "unknown [1]: Failed",
        ),
        (
            vec![Break, full(), full(), full(), full()],
            "unknown [1]: Overloaded",
        ),
        // An answer for the id itself settles it.
        (vec![Break, done()], "ok"),
        (vec![unknown(), disabled(), Break, done()], "ok"),
        (vec![Break, said(&refused(Some(7)))], "Refused"),
        (vec![Break, said(&reused())], "RequestIdReused"),
    ] {
        let fake = Fake::default();
        fake.script(|script| script.appends = attempts.clone().into());
        let client = fake.connect().await;
        assert_eq!(
            end(client.append(&batch(1)).await),
            expected,
            "{attempts:?}"
        );
        // Nothing of a batch that is only checked is ever recorded.
        if expected.starts_with("unknown") && !attempts.iter().any(|it| matches!(it, Vanish)) {
            fake.script(|script| script.appends = attempts.clone().into());
            let checked = client.append(&batch(1).validate_only()).await;
            assert_eq!(format!("unknown [1]: {}", end(checked)), expected);
        }
    }
}

#[tokio::test]
async fn an_unknown_outcome_names_the_request_and_how_to_go_on() {
    let fake = Fake::default();
    fake.script(|script| script.appends = vec![Attempt::Fail(Status::unknown("?"))].into());
    let error = fake.connect().await.append(&batch(1)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the outcome of request 01010101-0101-0101-0101-010101010101 is unknown; sent again under \
         the same id it is answered and not done twice"
    );
}

#[tokio::test]
async fn a_failed_append_is_made_again_under_its_own_id_when_that_helps() {
    let long = Duration::from_secs(2);
    let unavailable = || Attempt::Fail(Status::unavailable("restarting"));
    for (answers, expected_calls, expected_retry) in [
        (vec![done()], 1, None),
        (vec![unavailable(), unavailable(), done()], 3, None),
        (vec![said(&queue_full(long)), done()], 2, None),
        (vec![unavailable(); 5], 5, Some(Retry::ByCaller)),
        (
            vec![said(&ApiError::NotServing); 5],
            5,
            Some(Retry::Automatic { after: None }),
        ),
        (
            vec![Attempt::Fail(Status::deadline_exceeded("late"))],
            1,
            Some(Retry::ByCaller),
        ),
        (vec![said(&ApiError::Internal)], 1, Some(Retry::Never)),
        (
            vec![Attempt::Fail(Status::resource_exhausted("too large"))],
            1,
            Some(Retry::Never),
        ),
        (
            vec![Attempt::Fail(Status::unknown("?"))],
            1,
            Some(Retry::Never),
        ),
    ] {
        let fake = Fake::default();
        fake.script(|script| script.appends = answers.into());
        let result = fake.connect().await.append(&batch(1)).await;
        assert_eq!(result.err().map(|error| error.retry()), expected_retry);
        fake.script(|script| {
            assert_eq!(script.received.len(), expected_calls);
            assert_eq!(script.delays.len(), expected_calls - 1);
            for request in &script.received {
                assert_eq!(request.request_id, [1; 16]);
                assert_eq!(request.source_system, "tests");
            }
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
        script.appends = [said(&queue_full(delay)), done()].into();
    });
    fake.connect().await.append(&batch(1)).await.unwrap();
    fake.script(|script| assert_eq!(script.delays, [delay]));
}

#[tokio::test]
async fn a_server_that_does_not_answer_leaves_the_outcome_unknown() {
    let fake = Fake::default();
    let client = fake.connect_with(Duration::from_millis(1)).await;
    let error = client.append(&batch(1)).await.unwrap_err();
    assert_eq!(end::<()>(Err(error)), "unknown [1]: DeadlinePassed");
}

#[tokio::test]
async fn append_until_known_asks_until_the_ledger_says() {
    let fake = Fake::default();
    fake.script(|script| {
        script.appends = vec![Attempt::Fail(Status::deadline_exceeded("late")); 20].into();
        let gone = Attempt::Fail(Status::unavailable("gone"));
        script.appends.extend(vec![gone; 20]);
        let replayed = v1::AppendResponse {
            replayed: true,
            ..Default::default()
        };
        script.appends.push_back(Attempt::Answer(replayed));
    });
    let answer = fake
        .connect()
        .await
        .append_until_known(&batch(1))
        .await
        .unwrap();
    assert!(answer.replayed);
    fake.script(|script| assert_eq!(script.received.len(), 41));
}

#[tokio::test]
async fn append_until_known_gives_up_where_waiting_does_not_help_and_hides_no_doubt() {
    let late = || Attempt::Fail(Status::deadline_exceeded("late"));
    let who = || said(&ApiError::Unauthenticated);
    for (attempts, expected) in [
        (vec![who()], "Failed"),
        (vec![late(), who()], "unknown [1]: Failed"),
        (vec![late(), said(&refused(Some(7)))], "Refused"),
    ] {
        let fake = Fake::default();
        fake.script(|script| script.appends = attempts.into());
        let client = fake.connect().await;
        assert_eq!(end(client.append_until_known(&batch(1)).await), expected);
    }
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
        fake.script(|script| script.appends.push_back(done()));
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
    let refused = failure_to_proto(&refused(Some(7)));
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
    let reused = failure_to_proto(&reused());
    let gone = || Action::Break(Status::unavailable("gone"));
    fake.script(|script| {
        script.actions = [Action::Fail(reused), gone(), gone(), gone(), gone(), gone()].into();
    });
    let client = fake.connect().await;
    let mut load = client.load([batch(1), batch(2)], LoadOptions::default());
    let (_, outcome) = load.next().await.unwrap().unwrap();
    assert!(matches!(outcome, Err(ClientError::RequestIdReused { .. })));
    assert_eq!(end(load.next().await), "unknown [2]: Unavailable");
    // The server is back: the load goes on where it was.
    let (last, outcome) = load.next().await.unwrap().unwrap();
    assert_eq!((last, outcome.is_ok()), (batch(2), true));
    assert!(load.next().await.unwrap().is_none());
}

/// A load tells for each request whether it may have been carried out.
#[tokio::test]
async fn a_load_tells_which_requests_are_in_doubt() {
    let gone = || Action::Break(Status::unavailable("gone"));
    let fail = |error: &ApiError| Action::Fail(failure_to_proto(error));
    let disabled = || fail(&ApiError::WritesDisabled);
    let invalid = || fail(&DecodeError::new("commands", DecodeProblem::Missing).into());
    for (in_flight, actions, expected) in [
        // The server closes the stream before it says a word, and for good.
        (
            3,
            vec![gone(), gone(), gone(), gone(), gone()],
            vec!["unknown [1, 2, 3]: Unavailable"],
        ),
        // The first is answered and no longer in doubt.
        (
            3,
            vec![Action::Answer, gone(), gone(), gone(), gone(), gone()],
            vec!["ok", "unknown [2, 3, 4]: Unavailable"],
        ),
        // One at a time, and the ledger says that it takes nothing: nothing is in doubt.
        (1, vec![disabled(); 5], vec!["Unavailable"]),
        // Those behind it on the stream may have been taken all the same.
        (2, vec![disabled(); 20], vec!["unknown [2]: Unavailable"]),
        // A broken stream, and then an answer that is not for the id.
        (
            1,
            vec![gone(), invalid()],
            vec!["unknown [1]: Invalid", "ok"],
        ),
        (
            1,
            vec![gone(), fail(&refused(None))],
            vec!["unknown [1]: Refused", "ok"],
        ),
        (
            1,
            vec![gone(), fail(&refused(Some(7)))],
            vec!["Refused", "ok"],
        ),
        (
            1,
            vec![gone(), fail(&reused())],
            vec!["RequestIdReused", "ok"],
        ),
        (1, vec![invalid()], vec!["Invalid", "ok"]),
    ] {
        let fake = Fake::default();
        fake.script(|script| script.actions = actions.clone().into());
        let client = fake.connect().await;
        let options = LoadOptions {
            batches_in_flight_max: in_flight,
        };
        let mut load = client.load((1..=5).map(batch), options);
        for expected in expected {
            let found = match load.next().await {
                Ok(Some((_, outcome))) => end(outcome),
                Ok(None) => "end".to_owned(),
                Err(error) => {
                    let named: Vec<_> = load
                        .in_doubt()
                        .map(|it| it.request_id.as_bytes()[0])
                        .collect();
                    let found = end::<()>(Err(error));
                    let names = format!("unknown {named:?}: ");
                    assert!(
                        named.is_empty() || found.starts_with(&names),
                        "{named:?} {found}"
                    );
                    found
                }
            };
            assert_eq!(found, expected, "{in_flight} {actions:?}");
        }
        // Asked again, it goes on: nothing is in doubt at the end.
        fake.script(|script| script.actions.clear());
        while load.next().await.unwrap().is_some() {}
        assert_eq!(load.in_doubt().count(), 0);
    }
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
            epoch: None,
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

/// The epoch told is named from then on, so that a fork shows where it would go unnoticed: when the
/// connection is opened again.
#[tokio::test]
async fn a_subscription_names_the_epoch_that_it_follows() {
    let epoch = |number: u64| v1::Epoch {
        number,
        id: vec![0xee; 16],
    };
    let send = |log_position, number: Option<u64>| {
        Ok(v1::SubscribeResponse {
            message: Some(Message::CaughtUp(v1::CaughtUp { log_position })),
            epoch: number.map(epoch),
        })
    };
    let restarting = || Err(Status::unavailable("restarting"));
    // Named by the caller; what the servers tell; what is named each time.
    let cases = [
        (None, [None, None], [None, None, None]),
        (None, [Some(1), Some(2)], [None, Some(1), Some(2)]),
        (Some(1), [None, Some(2)], [Some(1), Some(1), Some(2)]),
    ];
    for (named, told, expected) in cases {
        let fake = Fake::default();
        fake.script(|script| {
            let of = |number| vec![send(9, number), restarting()];
            script.subscriptions = told.map(of).into();
        });
        let client = fake.connect().await;
        let filter = v1::EventFilter::default();
        let mut subscription = match named.map(epoch) {
            None => client.subscribe(filter, 2),
            Some(epoch) => client.subscribe_in_epoch(filter, 2, epoch),
        };
        for _ in told {
            subscription.next().await.unwrap();
        }
        subscription.next().await.unwrap_err();
        let started_in = fake.script(|script| script.started_in.clone());
        assert_eq!(started_in, expected.map(|number| number.map(epoch)));
    }
}
