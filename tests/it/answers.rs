//! What an answer tells beyond one line: pages, streams, repeats, explanations.
//!
//! Long: one server and one story, and everything that is asked about it.

use crate::story::{
    CLASS, CLAWBACK, DISBURSEMENT, RATE_FEN, REPAID_FEN, approval, everything, newcomer, register,
    request,
};
use ledger_core::PersonKey;
use ledger_proto::v1::{self, append_stream_response::Outcome, subscribe_response::Message};
use ledger_tests::workload::city;
use ledger_tests::{RawClient, TestServer};
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, Streaming};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_types::{ErrorDetail, StatusExt as _};

const SERVICE: &str = "subsidy.ledger.v1.LedgerService";

/// A server on which the whole story is recorded, and the position of its last event.
async fn told() -> (TestServer, RawClient, u64) {
    let server = TestServer::start().await;
    let mut client = server.client().await;
    let answer = client
        .append(request(&everything()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.results.len(), everything().len());
    assert_eq!(answer.last_position, answer.log_position);
    (server, client, answer.log_position)
}

pub(crate) fn account() -> Option<v1::AccountKey> {
    let fund = v1::FundSource::SpecialAccount.into();
    Some(v1::AccountKey {
        division: city(0).code(),
        fund,
    })
}

pub(crate) fn bytes(id: &[u8; 16]) -> Vec<u8> {
    id.to_vec()
}

pub(crate) async fn all<T>(mut stream: Streaming<T>) -> Vec<T> {
    let mut items = Vec::new();
    while let Some(item) = stream.next().await {
        items.push(item.unwrap());
    }
    items
}

#[tokio::test]
async fn accounts_and_statements_are_answered() {
    let (server, mut client, last) = told().await;

    let wanted = v1::GetAccountRequest {
        account: account(),
        ..v1::GetAccountRequest::default()
    };
    let found = client.get_account(wanted).await.unwrap().into_inner();
    assert_eq!(found.log_position, last);
    let cash = found.account.unwrap().cash_fen;

    let list = v1::ListAccountsRequest {
        page_size: 10,
        ..v1::ListAccountsRequest::default()
    };
    let first = client
        .list_accounts(list.clone())
        .await
        .unwrap()
        .into_inner();
    let page_token = first.next_page_token;
    let rest = v1::ListAccountsRequest { page_token, ..list };
    let rest = client.list_accounts(rest).await.unwrap().into_inner();
    assert_eq!((first.accounts.len(), rest.accounts.len()), (10, 6));
    assert_eq!(
        (first.total_debits_fen, rest.next_page_token.as_str()),
        (rest.total_credits_fen, "")
    );

    let statement = v1::ListAccountEntriesRequest {
        account: account(),
        page_size: 2,
        ..v1::ListAccountEntriesRequest::default()
    };
    let first = client
        .list_account_entries(statement.clone())
        .await
        .unwrap()
        .into_inner();
    let page_token = first.next_page_token;
    let rest = v1::ListAccountEntriesRequest {
        page_token,
        ..statement
    };
    let rest = client
        .list_account_entries(rest)
        .await
        .unwrap()
        .into_inner();
    let amounts: Vec<i64> = first
        .entries
        .iter()
        .chain(&rest.entries)
        .map(|entry| entry.amount_fen)
        .collect();
    assert_eq!(amounts[1..], [RATE_FEN, REPAID_FEN]);
    assert_eq!(rest.entries[0].balance_after_fen, cash);
    server.stop().await;
}

#[tokio::test]
async fn events_are_read_in_both_directions_and_followed() {
    let (server, mut client, last) = told().await;

    let of_class = v1::EventFilter {
        tags: vec![v1::Tag {
            value: Some(v1::tag::Value::ClassId(bytes(CLASS.as_bytes()))),
        }],
        kinds: Vec::new(),
    };
    let forward = v1::ReadEventsRequest {
        filter: Some(of_class),
        ..v1::ReadEventsRequest::default()
    };
    let backward = v1::ReadEventsRequest {
        direction: v1::ReadDirection::Backward.into(),
        limit: 3,
        ..forward.clone()
    };
    let positions = |messages: Vec<v1::ReadEventsResponse>| -> Vec<u64> {
        messages
            .iter()
            .flat_map(|of| &of.events)
            .map(|event| event.position)
            .collect()
    };
    let up = positions(all(client.read_events(forward).await.unwrap().into_inner()).await);
    let down = positions(all(client.read_events(backward).await.unwrap().into_inner()).await);
    assert!(up.is_sorted() && up.len() > 3, "{up:?}");
    assert_eq!(down, up.iter().rev().take(3).copied().collect::<Vec<_>>());

    let nothing = v1::ReadEventsRequest {
        from_position: last + 1,
        ..Default::default()
    };
    let nothing = all(client.read_events(nothing).await.unwrap().into_inner()).await;
    assert_eq!(
        nothing,
        [v1::ReadEventsResponse {
            events: Vec::new(),
            log_position: last,
            epoch: nothing[0].epoch.clone(),
        }]
    );
    assert_eq!(nothing[0].epoch.as_ref().unwrap().number, 1);

    let after = v1::SubscribeRequest {
        filter: None,
        after_position: last,
        epoch: nothing[0].epoch.clone(),
    };
    let mut following = client.subscribe(after).await.unwrap().into_inner();
    let caught_up = following.message().await.unwrap().unwrap().message;
    assert_eq!(
        caught_up,
        Some(Message::CaughtUp(v1::CaughtUp { log_position: last }))
    );
    client.append(newcomer()).await.unwrap();
    let Some(Message::Events(live)) = following.message().await.unwrap().unwrap().message else {
        panic!("an event follows what was caught up with");
    };
    assert_eq!(live.events[0].position, last + 1);
    server.stop().await;
    let end = following.message().await.unwrap_err();
    assert_eq!(reason(&end), (Code::Unavailable, "NOT_SERVING".to_owned()));
}

#[tokio::test]
async fn a_subscription_to_an_empty_ledger_catches_up_and_goes_on() {
    let server = TestServer::start().await;
    let mut client = server.client().await;
    let mut following = client
        .subscribe(v1::SubscribeRequest::default())
        .await
        .unwrap()
        .into_inner();
    let caught_up = following.message().await.unwrap().unwrap().message;
    assert_eq!(
        caught_up,
        Some(Message::CaughtUp(v1::CaughtUp { log_position: 0 }))
    );
    client.append(newcomer()).await.unwrap();
    let live = following.message().await.unwrap().unwrap().message;
    assert!(matches!(live, Some(Message::Events(batch)) if batch.events.len() == 1));
    server.stop().await;
}

#[tokio::test]
async fn a_clawback_is_traced_to_every_event_behind_it() {
    use v1::trace_clawback_response::Message;
    let (server, mut client, last) = told().await;
    let clawback_id = bytes(CLAWBACK.as_bytes());
    let trace = v1::TraceClawbackRequest {
        clawback_id,
        ..Default::default()
    };
    let messages = all(client.trace_clawback(trace).await.unwrap().into_inner()).await;
    let mut nodes = Vec::new();
    let mut summary = None;
    for message in messages {
        match message.message.unwrap() {
            Message::Node(node) => nodes.push(node),
            Message::Summary(end) => summary = Some(end),
        }
    }
    let summary = summary.unwrap();
    assert!(summary.complete);
    assert_eq!(
        (summary.event_count, summary.log_position),
        (u64::try_from(nodes.len()).unwrap(), last)
    );
    let kinds: Vec<v1::EventKind> = nodes.iter().map(|node| node.kind()).collect();
    for kind in [
        v1::EventKind::ClawbackDecided,
        v1::EventKind::FindingMade,
        v1::EventKind::DisbursementSettled,
        v1::EventKind::SubsidyApproved,
        v1::EventKind::CertificateIssued,
        v1::EventKind::PersonEnrolled,
        v1::EventKind::ClassApproved,
        v1::EventKind::QualificationGranted,
        v1::EventKind::PolicyPublished,
    ] {
        assert!(kinds.contains(&kind), "{kind:?} is missing from {kinds:?}");
    }
    assert!(nodes.iter().all(|node| node.actor == "tester"));
    server.stop().await;
}

/// From a fact up to the money, and from the money down to the fact.
#[tokio::test]
async fn an_event_is_traced_to_what_rests_on_it_and_to_what_it_rests_on() {
    use v1::trace_event_response::Message;
    let (server, mut client, last) = told().await;
    let ends = |messages: Vec<v1::TraceEventResponse>| {
        let mut nodes = Vec::new();
        for message in messages {
            match message.message.unwrap() {
                Message::Node(node) => nodes.push(node),
                Message::Summary(end) => return (nodes, end),
            }
        }
        panic!("no summary")
    };
    let from = |position| v1::TraceEventRequest {
        position,
        ..Default::default()
    };
    let down = client.trace_causes(from(last)).await.unwrap().into_inner();
    let (causes, end) = ends(all(down).await);
    assert!(end.complete && causes.is_sorted_by(|a, b| a.position > b.position));
    let of_kind = |kind| {
        let mut found = causes.iter().filter(move |node| node.kind() == kind);
        found.next().unwrap().position
    };
    let attended = of_kind(v1::EventKind::AttendanceRecorded);
    let up = client.trace_effects(from(attended)).await.unwrap();
    let (effects, end) = ends(all(up.into_inner()).await);
    assert_eq!((end.complete, end.log_position), (true, last));
    assert!(effects.is_sorted_by(|a, b| a.position < b.position));
    let kinds: Vec<_> = effects.iter().map(|node| node.kind()).collect();
    for kind in [
        v1::EventKind::TrainingCompleted,
        v1::EventKind::SubsidyApproved,
        v1::EventKind::DisbursementOrdered,
        v1::EventKind::DisbursementSettled,
        v1::EventKind::ClawbackDecided,
    ] {
        assert!(kinds.contains(&kind), "{kind:?} is missing from {kinds:?}");
    }
    // As of the order, by one step, and by one event.
    let ordered = effects
        .iter()
        .find(|node| node.kind() == v1::EventKind::DisbursementOrdered);
    let ordered = ordered.unwrap().position;
    let cases = [(ordered, 0, 0, true), (0, 1, 0, true), (0, 0, 1, false)];
    for (as_of_position, max_depth, max_events, complete) in cases {
        let request = v1::TraceEventRequest {
            max_events,
            max_depth,
            as_of_position,
            ..from(attended)
        };
        let some = client.trace_effects(request).await.unwrap().into_inner();
        let (some, end) = ends(all(some).await);
        let mut expected = effects.clone();
        expected.retain(|node| {
            (as_of_position == 0 || node.position <= as_of_position)
                && (max_depth == 0 || node.depth <= max_depth)
        });
        expected.truncate(if max_events == 0 { usize::MAX } else { 1 });
        assert!(expected.len() < effects.len());
        assert_eq!((some, end.complete), (expected, complete));
        assert_eq!(
            end.log_position,
            if as_of_position == 0 { last } else { ordered }
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn a_rebuild_finds_the_live_state_equal_and_the_status_says_how_things_are() {
    let (server, mut client, last) = told().await;
    let progress = client
        .rebuild(v1::RebuildRequest::default())
        .await
        .unwrap()
        .into_inner();
    let end = all(progress).await.pop().unwrap();
    assert_eq!(end.phase(), v1::RebuildPhase::Switched);
    assert_eq!((end.position, end.difference_count), (last, 0));
    assert!(end.compared_keys > 0);

    let status = client
        .get_status(v1::GetStatusRequest {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!(status.write_disabled_reason, "");
    assert_eq!(
        (status.log_position, status.projection_position),
        (last, last)
    );
    assert_eq!(
        (status.merkle_tree_size, status.merkle_root.len()),
        (last, 32)
    );
    assert_eq!((status.appended_events, status.refusal_count), (last, 0));
    assert!(status.total_size_bytes > 0);
    let limits = status.limits.unwrap();
    assert_eq!(
        (limits.commands_per_request_max, limits.page_size_max),
        (5_000, 1_000)
    );
    server.stop().await;
}

#[tokio::test]
async fn a_payment_and_a_refusal_are_explained_rule_by_rule() {
    use v1::explain_request::Decision;
    let (server, mut client, last) = told().await;
    let again = request(&[approval()]);
    let refused = client.append(again).await.unwrap_err();
    let refused = ledger_proto::status::refusals_from_status(&refused);
    assert_eq!(refused[0].refusal_number, Some(1));
    let explain = |decision| v1::ExplainRequest {
        decision: Some(decision),
        ..Default::default()
    };
    let paid = Decision::DisbursementId(bytes(DISBURSEMENT.as_bytes()));
    let answer = client.explain(explain(paid)).await.unwrap().into_inner();
    assert_eq!(answer.log_position, last);
    let [payment, approval] = answer.decisions.as_slice() else {
        panic!("{:?}", answer.decisions)
    };
    assert_eq!(
        (payment.amount_fen, approval.amount_fen),
        (RATE_FEN, RATE_FEN)
    );
    assert_eq!(approval.source(), v1::ExplanationSource::Recomputed);
    assert_eq!(approval.deviations, []);
    let quota = approval
        .rules
        .iter()
        .find(|rule| rule.rule() == v1::RuleKind::Quota);
    let quota = quota.unwrap();
    assert!(quota.citation.is_some() && !quota.text_en.is_empty() && !quota.text_zh.is_empty());

    let refusal = Decision::RefusalNumber(1);
    let answer = client.explain(explain(refusal)).await.unwrap().into_inner();
    let refusal = &answer.decisions[0];
    assert_eq!(refusal.source(), v1::ExplanationSource::Recorded);
    assert_eq!((refusal.accepted, refusal.rules.len() > 3), (false, true));
    server.stop().await;
}

#[tokio::test]
async fn a_draft_is_simulated_and_changes_nothing_of_the_ledger() {
    use v1::simulate_response::Message as Simulated;
    let (server, mut client, last) = told().await;
    let in_force = ledger_tests::workload::SHANDONG_ACTION;
    let simulate = |policy_text: &str| v1::SimulateRequest {
        policy_text: policy_text.to_owned(),
        ..Default::default()
    };
    // The one subsidy was paid out of the special account, which the draft does not allow.
    let draft = in_force.replace("    \"special_account\",\n", "");
    for (text, expected) in [(in_force, 0), (draft.as_str(), 1)] {
        let answers = client.simulate(simulate(text)).await.unwrap().into_inner();
        let mut answers = all(answers).await;
        let Some(Simulated::Report(report)) = answers.pop().unwrap().message else {
            panic!("the report comes last")
        };
        let differences = answers
            .into_iter()
            .filter_map(|answer| match answer.message {
                Some(Simulated::Difference(difference)) => Some(difference),
                _ => None,
            });
        let differences: Vec<_> = differences.collect();
        assert_eq!(differences.len(), expected);
        let totals = report.all.unwrap();
        let paid = totals.paid.unwrap();
        assert_eq!((report.position, totals.counted), (last, 1));
        assert_eq!(paid.was_fen, RATE_FEN);
        assert_eq!(paid.would_fen + paid.refused_fen, RATE_FEN);
        for difference in differences {
            let refusal = difference.refusal.unwrap();
            assert_eq!(refusal.reason, "SCHEME_NOT_ON_FUND");
        }
    }
    let status = client
        .get_status(v1::GetStatusRequest {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!((status.log_position, status.refusal_count), (last, 0));
    // A stream that is dropped ends its simulation, and the next one begins.
    drop(client.simulate(simulate(in_force)).await.unwrap());
    loop {
        match client.simulate(simulate(in_force)).await {
            Ok(answers) => match answers.into_inner().next().await.unwrap() {
                Ok(_) => break,
                Err(busy) => assert_eq!(reason(&busy).1, "SIMULATION_RUNNING"),
            },
            Err(busy) => assert_eq!(reason(&busy).1, "SIMULATION_RUNNING"),
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn the_same_request_is_answered_as_the_first_time_for_ever() {
    let server = TestServer::start().await;
    let mut client = server.client().await;
    let sent = newcomer();
    let first = client.append(sent.clone()).await.unwrap().into_inner();
    let again = client.append(sent.clone()).await.unwrap().into_inner();
    assert!(!first.replayed && again.replayed);
    assert_eq!(
        again,
        v1::AppendResponse {
            replayed: true,
            ..first.clone()
        }
    );

    let server = server.restart().await;
    let mut client = server.client().await;
    let later = client.append(sent.clone()).await.unwrap().into_inner();
    assert_eq!(later, again);

    let other = v1::AppendRequest {
        request_id: sent.request_id,
        ..newcomer()
    };
    let refused = client.append(other).await.unwrap_err();
    assert_eq!(
        reason(&refused),
        (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned())
    );
    let metadata = refused.get_details_error_info().unwrap().metadata;
    assert_ne!(metadata["recorded_digest"], metadata["sent_digest"]);
    server.stop().await;
}

#[tokio::test]
async fn an_answer_says_why_unless_it_is_asked_not_to() {
    let server = TestServer::start().await;
    let mut client = server.client().await;
    // Of many commands it says how many decisions there are, and why when it is asked to.
    let unasked = request(&everything());
    let counted = client.append(unasked.clone()).await.unwrap().into_inner();
    assert!(counted.results.iter().all(|it| it.explanations.is_empty()));
    let sent = v1::AppendRequest {
        explanation_detail: v1::ExplanationDetail::Full.into(),
        ..unasked
    };
    let answer = client.append(sent.clone()).await.unwrap().into_inner();
    let all_of_them = answer.results.iter().map(|it| it.explanations.len()).sum();
    assert!(all_of_them > 0_usize);
    assert_eq!(
        usize::try_from(counted.explanations_left_off),
        Ok(all_of_them)
    );
    let mut explained = answer.results.iter().flat_map(|it| &it.explanations);
    let approved = explained
        .find(|it| it.command == "approve_subsidy")
        .unwrap();
    assert!(approved.accepted && !approved.rules.is_empty());
    let asked = v1::ExplainRequest {
        decision: Some(v1::explain_request::Decision::Position(approved.position)),
        ..Default::default()
    };
    let told = client.explain(asked).await.unwrap().into_inner();
    assert_eq!(&told.decisions, std::slice::from_ref(approved));

    // It is about the answer only: the same request all the same.
    let silent = v1::AppendRequest {
        explanation_detail: v1::ExplanationDetail::None.into(),
        ..sent
    };
    let again = client.append(silent).await.unwrap().into_inner();
    assert!(again.replayed);
    assert!(again.results.iter().all(|it| it.explanations.is_empty()));

    // A stream has room for what a status has not.
    let person = register(PersonKey::from_bytes([9; 16]));
    let twice = request(&[person.clone(), person]);
    let stream = client.append_stream(tokio_stream::iter([twice])).await;
    let answers = all(stream.unwrap().into_inner()).await;
    let Some(Outcome::Failure(failure)) = &answers[0].outcome else {
        panic!("{answers:?}")
    };
    let [explained] = answers[0].explanations.as_slice() else {
        panic!("{answers:?}")
    };
    let refused = failure.refusals[0].refusal_number;
    assert_eq!(
        (explained.accepted, explained.refusal_number),
        (false, refused)
    );
    server.stop().await;
}

#[tokio::test]
async fn validating_records_nothing() {
    let server = TestServer::start().await;
    let mut client = server.client().await;
    let asked = v1::AppendRequest {
        validate_only: true,
        request_id: Vec::new(),
        ..newcomer()
    };
    let answer = client.append(asked.clone()).await.unwrap().into_inner();
    assert_eq!((answer.log_position, answer.first_position), (0, 0));
    let accepted = v1::Accepted {
        first_position: 0,
        event_count: 1,
    };
    let outcome = Some(v1::command_result::Outcome::Accepted(accepted));
    let result = v1::CommandResult {
        outcome,
        ..v1::CommandResult::default()
    };
    assert_eq!(answer.results, [result]);
    let again = client.append(asked).await.unwrap().into_inner();
    assert_eq!(again, answer);
    server.stop().await;
}

#[tokio::test]
async fn refused_commands_are_results_or_a_status_and_on_record() {
    let server = TestServer::start().await;
    let mut client = server.client().await;
    let person = register(PersonKey::from_bytes([9; 16]));
    let twice = request(&[person.clone(), person]);

    let refused = client.append(twice.clone()).await.unwrap_err();
    assert_eq!(
        reason(&refused),
        (Code::AlreadyExists, "PERSON_EXISTS".to_owned())
    );

    let independent = v1::AppendRequest {
        request_id: vec![8; 16],
        mode: v1::AppendMode::Independent.into(),
        ..twice
    };
    let answer = client.append(independent).await.unwrap().into_inner();
    let is_refused = |result: &v1::CommandResult| {
        matches!(
            result.outcome,
            Some(v1::command_result::Outcome::Refusal(_))
        )
    };
    let refused: Vec<bool> = answer.results.iter().map(is_refused).collect();
    assert_eq!((refused, answer.log_position), (vec![false, true], 1));

    let list = v1::ListRefusalsRequest {
        page_size: 1,
        ..Default::default()
    };
    let first = client
        .list_refusals(list.clone())
        .await
        .unwrap()
        .into_inner();
    let page_token = first.next_page_token.clone();
    let second = v1::ListRefusalsRequest { page_token, ..list };
    let second = client.list_refusals(second).await.unwrap().into_inner();
    assert_eq!((first.total_count, second.refusals.len()), (2, 1));
    for page in [&first, &second] {
        let recorded = &page.refusals[0];
        assert_eq!(
            (recorded.command.as_str(), recorded.command_index),
            ("register_person", 1)
        );
        assert_eq!(
            (recorded.actor.as_str(), recorded.request_id.len()),
            ("tester", 16)
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn a_stream_answers_in_order_and_survives_a_bad_request() {
    let server = TestServer::start().await;
    let mut client = server.client().await;
    let bad = v1::AppendRequest {
        source_system: String::new(),
        ..newcomer()
    };
    let sent = [newcomer(), bad, newcomer()];
    let (to_server, requests) = mpsc::channel(sent.len());
    for request in &sent {
        to_server.send(request.clone()).await.unwrap();
    }
    drop(to_server);
    let answers = client
        .append_stream(ReceiverStream::new(requests))
        .await
        .unwrap()
        .into_inner();
    let answers = all(answers).await;
    let ids: Vec<&[u8]> = answers
        .iter()
        .map(|answer| answer.request_id.as_slice())
        .collect();
    let expected: Vec<&[u8]> = sent
        .iter()
        .map(|request| request.request_id.as_slice())
        .collect();
    assert_eq!(ids, expected);
    let outcomes: Vec<(u64, String)> = answers
        .into_iter()
        .map(|answer| match answer.outcome.unwrap() {
            Outcome::Response(response) => (response.first_position, String::new()),
            Outcome::Failure(failure) => {
                assert_eq!(failure.field_violations[0].field, "source_system");
                (0, failure.reason)
            }
        })
        .collect();
    let expected = [(1, ""), (0, "FIELD_INVALID"), (2, "")];
    assert_eq!(
        outcomes,
        expected.map(|(position, reason)| (position, reason.to_owned()))
    );
    server.stop().await;
}

#[tokio::test]
async fn the_server_is_healthy_and_describes_itself() {
    let server = TestServer::start().await;
    let channel = server.channel().await;
    for service in ["", SERVICE] {
        let asked = HealthCheckRequest {
            service: service.to_owned(),
        };
        let health = HealthClient::new(channel.clone())
            .check(asked)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(health.status(), ServingStatus::Serving);
    }
    let asked = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let answers = ServerReflectionClient::new(channel)
        .server_reflection_info(tokio_stream::once(asked))
        .await
        .unwrap()
        .into_inner();
    let Some(MessageResponse::ListServicesResponse(list)) =
        all(answers).await.remove(0).message_response
    else {
        panic!("the services are listed");
    };
    assert!(list.service.iter().any(|service| service.name == SERVICE));
    server.stop().await;
}

/// The code of a status and the reason in its only `ErrorInfo`.
pub(crate) fn reason(status: &Status) -> (Code, String) {
    let infos = status.get_error_details_vec();
    let mut infos = infos.into_iter().filter_map(|detail| match detail {
        ErrorDetail::ErrorInfo(info) => Some(info),
        _ => None,
    });
    let info = infos.next().expect("every status has an ErrorInfo");
    assert!(infos.next().is_none(), "there is one ErrorInfo");
    assert_eq!(info.domain, "ledger.subsidy");
    let localized = status.get_details_localized_message();
    assert!(localized.is_some_and(|text| text.locale == "zh-CN"));
    (status.code(), info.reason)
}
