//! Every call over the wire, as a table: once answered, once refused.
//!
//! A row makes a call and says in one line what came of it. What an answer tells beyond that is in
//! `answers`; a test holds the two tables to the contract, so that no call is left out.
//!
//! Long: every call of the contract, once answered and once refused.

use crate::answers::{account, all, bytes, reason};
use crate::story::{
    AWARD, CERTIFICATE, CLASS, CLAWBACK, DISBURSEMENT, ORDER, PERSON, everything_of_five_documents,
    newcomer, request,
};
use ledger_proto::v1::{self, explain_request::Decision};
use ledger_tests::workload::{SHANDONG_ACTION, institution};
use ledger_tests::{RawClient, TestServer};
use std::collections::BTreeSet;
use tonic::Code::{
    self, DeadlineExceeded, FailedPrecondition, InvalidArgument, NotFound, OutOfRange,
};
use tonic::Status;
use tonic_types::StatusExt as _;

const SERVICE: &str = include_str!("../../proto/subsidy/ledger/v1/service.proto");

/// Calls that are answered elsewhere, and the module.
const ANSWERED_ELSEWHERE: [(&str, &str); 2] = [("back_up", "backup"), ("list_backups", "backup")];

/// Calls that are refused elsewhere, and the module; the last one is answered to all who may call.
const REFUSED_ELSEWHERE: [(&str, &str); 4] = [
    ("append_stream", "answers"),
    ("rebuild", "disk"),
    ("verify", "backup"),
    ("get_status", "tls"),
];

/// A call that was answered, and what it told.
type Answered = (&'static str, String, &'static str);

/// A call that was refused, and how: code, reason, and the standard detail that goes with it.
type Refused = (
    &'static str,
    Result<(), Status>,
    Code,
    &'static str,
    &'static str,
);

/// Makes a call, and writes down what its answer tells.
macro_rules! answered {
    ($client:ident . $call:ident ($request:expr), |$it:ident| $told:expr, $expected:expr) => {{
        let $it = $client.$call($request).await.unwrap().into_inner();
        (stringify!($call), format!("{:?}", $told), $expected)
    }};
}

/// Makes a call that is refused.
macro_rules! refused {
    ($client:ident . $call:ident ($request:expr), $code:expr, $reason:expr, $detail:expr) => {{
        let answer = $client.$call($request).await.map(drop);
        (stringify!($call), answer, $code, $reason, $detail)
    }};
}

fn by_default<T: Default>() -> T {
    T::default()
}

/// The calls of the contract, as the client names them.
fn contract() -> BTreeSet<String> {
    let calls = SERVICE
        .lines()
        .filter_map(|line| line.trim().strip_prefix("rpc "))
        .filter_map(|line| line.split_once('('));
    let snake = |name: &str| {
        let mut snake = String::new();
        for c in name.chars() {
            if c.is_uppercase() && !snake.is_empty() {
                snake.push('_');
            }
            snake.extend(c.to_lowercase());
        }
        snake
    };
    calls.map(|(name, _)| snake(name)).collect()
}

/// Checks that the rows, and what stands elsewhere, are all the calls of the contract.
fn check_complete<'a>(rows: impl Iterator<Item = &'a str>, elsewhere: &[(&'a str, &str)]) {
    let elsewhere = elsewhere.iter().map(|(call, _)| *call);
    let named: BTreeSet<_> = rows.chain(elsewhere).map(str::to_owned).collect();
    assert_eq!(named, contract());
}

#[tokio::test]
async fn every_call_is_answered() {
    let server = TestServer::start().await;
    let mut client = server.client().await;
    let story = request(&everything_of_five_documents());
    let mut rows = vec![answered!(
        client.append(story),
        |it| it.results.len() == everything_of_five_documents().len(),
        "true"
    )];
    rows.extend(facts(&mut client).await);
    rows.extend(money(&mut client).await);
    rows.extend(documents(&mut client).await);
    rows.extend(streams(&mut client).await);
    rows.extend(operations(&mut client).await);
    let is_other = |row: &&Answered| row.1 != row.2;
    let others: Vec<_> = rows.iter().filter(is_other).collect();
    assert!(others.is_empty(), "{others:#?}");
    check_complete(rows.iter().map(|row| row.0), &ANSWERED_ELSEWHERE);
    server.stop().await;
}

async fn facts(client: &mut RawClient) -> Vec<Answered> {
    let quota = v1::GetQuotaRequest {
        person_key: bytes(PERSON.as_bytes()),
        year: 2021,
        ..by_default()
    };
    let eligibility = v1::CheckEligibilityRequest {
        class_id: bytes(CLASS.as_bytes()),
        person_key: bytes(PERSON.as_bytes()),
        on_date: Some(v1::Date {
            year: 2021,
            month: 5,
            day: 11,
        }),
        ..by_default()
    };
    let class = v1::GetClassRequest {
        class_id: bytes(CLASS.as_bytes()),
        ..by_default()
    };
    let certificate = v1::GetCertificateRequest {
        number: CERTIFICATE.to_owned(),
        ..by_default()
    };
    let numbers = v1::DigestCertificateNumbersRequest {
        numbers: vec![CERTIFICATE.to_owned()],
    };
    let order = v1::GetOrderRequest {
        order_id: bytes(ORDER.as_bytes()),
        ..by_default()
    };
    vec![
        answered!(
            client.get_quota(quota),
            |it| (it.used, it.limit, it.left, it.slots.len()),
            "(1, Some(3), Some(2), 1)"
        ),
        answered!(
            client.check_eligibility(eligibility),
            |it| (
                it.would_pay,
                it.refusals.iter().any(|of| of.reason == "APPROVAL_EXISTS")
            ),
            "(false, true)"
        ),
        answered!(
            client.get_class(class),
            |it| (it.state(), it.enrolled, it.approvals, it.rate_fen),
            "(Open, 1, 1, 50000)"
        ),
        answered!(
            client.get_certificate(certificate),
            |it| it.person_key == PERSON.as_bytes(),
            "true"
        ),
        answered!(
            client.digest_certificate_numbers(numbers),
            |it| &it.kept_numbers,
            "[\"S000037000000214000000\"]"
        ),
        answered!(
            client.get_order(order),
            |it| (it.state(), it.division),
            "(Listed, 370100)"
        ),
    ]
}

async fn money(client: &mut RawClient) -> Vec<Answered> {
    let disbursement = v1::GetDisbursementRequest {
        disbursement_id: bytes(DISBURSEMENT.as_bytes()),
        ..by_default()
    };
    let award = v1::GetAwardRequest {
        award_id: bytes(AWARD.as_bytes()),
        ..by_default()
    };
    let wanted = v1::GetAccountRequest {
        account: account(),
        ..by_default()
    };
    let entries = v1::ListAccountEntriesRequest {
        account: account(),
        ..by_default()
    };
    let accounts: v1::ListAccountsRequest = by_default();
    vec![
        answered!(
            client.get_disbursement(disbursement),
            |it| (
                it.state(),
                it.total_fen,
                it.lines.first().map(|of| of.clawed_back_fen)
            ),
            "(Settled, 50000, Some(50000))"
        ),
        answered!(
            client.get_award(award),
            |it| (it.amount_fen, it.payments.len()),
            "(20000000, 1)"
        ),
        answered!(
            client.get_account(wanted),
            |it| it.account.unwrap().cash_fen > 0,
            "true"
        ),
        answered!(
            client.list_account_entries(entries),
            |it| it
                .entries
                .iter()
                .skip(1)
                .map(|of| of.amount_fen)
                .collect::<Vec<_>>(),
            "[50000, 20000]"
        ),
        answered!(
            client.list_accounts(accounts),
            |it| (
                it.accounts.len(),
                it.total_debits_fen == it.total_credits_fen
            ),
            "(17, true)"
        ),
    ]
}

async fn documents(client: &mut RawClient) -> Vec<Answered> {
    let text = v1::CheckPolicyRequest {
        text: "policy_id = 7".to_owned(),
        ..by_default()
    };
    let policy = v1::GetPolicyRequest {
        position: 1,
        ..by_default()
    };
    let report = v1::ReportProgressRequest {
        quarter: Some(v1::Quarter {
            year: 2021,
            number: 2,
        }),
        ..by_default()
    };
    let draft = v1::SimulateRequest {
        policy_text: SHANDONG_ACTION.to_owned(),
        ..by_default()
    };
    let policies: v1::ListPoliciesRequest = by_default();
    vec![
        answered!(
            client.check_policy(text),
            |it| (it.publishable, it.findings.is_empty()),
            "(false, false)"
        ),
        answered!(client.list_policies(policies), |it| it.policies.len(), "5"),
        answered!(
            client.get_policy(policy),
            |it| it.text == SHANDONG_ACTION,
            "true"
        ),
        answered!(
            client.report_progress(report),
            |it| it.targets.is_empty(),
            "false"
        ),
        answered!(
            client.simulate(draft),
            |it| all(it).await.is_empty(),
            "false"
        ),
    ]
}

async fn streams(client: &mut RawClient) -> Vec<Answered> {
    let trace = v1::TraceClawbackRequest {
        clawback_id: bytes(CLAWBACK.as_bytes()),
        ..by_default()
    };
    let event = v1::TraceEventRequest {
        position: 1,
        ..by_default()
    };
    let explain = v1::ExplainRequest {
        decision: Some(Decision::DisbursementId(bytes(DISBURSEMENT.as_bytes()))),
        ..by_default()
    };
    let read: v1::ReadEventsRequest = by_default();
    let follow: v1::SubscribeRequest = by_default();
    let refusals: v1::ListRefusalsRequest = by_default();
    vec![
        answered!(
            client.append_stream(tokio_stream::iter([newcomer(), newcomer()])),
            |it| all(it).await.len(),
            "2"
        ),
        answered!(
            client.read_events(read),
            |it| all(it)
                .await
                .iter()
                .flat_map(|of| &of.events)
                .next()
                .map(|of| of.position),
            "Some(1)"
        ),
        answered!(
            client.subscribe(follow),
            |it| { it }.message().await.unwrap().is_some(),
            "true"
        ),
        answered!(
            client.trace_clawback(trace),
            |it| all(it).await.len() > 9,
            "true"
        ),
        // The document that everything rests on.
        answered!(client.trace_causes(event), |it| all(it).await.len(), "2"),
        answered!(
            client.trace_effects(event),
            |it| all(it).await.len() > 9,
            "true"
        ),
        answered!(client.explain(explain), |it| it.decisions.len(), "2"),
        answered!(client.list_refusals(refusals), |it| it.total_count, "0"),
    ]
}

async fn operations(client: &mut RawClient) -> Vec<Answered> {
    let rebuild: v1::RebuildRequest = by_default();
    let verify: v1::VerifyRequest = by_default();
    vec![
        answered!(
            client.rebuild(rebuild),
            |it| all(it).await.pop().unwrap().phase(),
            "Switched"
        ),
        answered!(
            client.verify(verify),
            |it| all(it).await.pop().unwrap().phase(),
            "Whole"
        ),
        answered!(
            client.get_status(v1::GetStatusRequest {}),
            |it| it.write_disabled_reason,
            "\"\""
        ),
    ]
}

#[tokio::test]
async fn every_call_is_refused_as_the_contract_says() {
    // Nobody waits for a position.
    let server = TestServer::start_with(|settings| settings.limits.wait_ms_max = 0).await;
    let mut client = server.client().await;
    let mut rows = wrong_requests(&mut client).await;
    rows.extend(wrong_fields(&mut client).await);
    rows.extend(unknown_things(&mut client).await);
    rows.extend(unknown_accounts(&mut client).await);
    rows.extend(wrong_streams(&mut client).await);
    for (call, answer, code, expected, detail) in &rows {
        let status = answer.as_ref().expect_err(call);
        assert_eq!(
            reason(status),
            (*code, (*expected).to_owned()),
            "{call} {status:?}"
        );
        let found = match *detail {
            "BadRequest" => status.get_details_bad_request().is_some(),
            "ResourceInfo" => status.get_details_resource_info().is_some(),
            "" => true,
            _ => panic!("no such detail: {detail}"),
        };
        assert!(found, "{call}: {detail} is missing from {status:?}");
    }
    check_complete(rows.iter().map(|row| row.0), &REFUSED_ELSEWHERE);
    server.stop().await;
}

const FIELD: &str = "FIELD_INVALID";
const BAD: &str = "BadRequest";
const RESOURCE: &str = "ResourceInfo";

fn nobody() -> Vec<u8> {
    vec![7; 16]
}

async fn wrong_requests(client: &mut RawClient) -> Vec<Refused> {
    let short_id = v1::AppendRequest {
        request_id: vec![1],
        ..newcomer()
    };
    let empty = v1::AppendRequest {
        commands: Vec::new(),
        ..newcomer()
    };
    let number = v1::ExplainRequest {
        decision: Some(Decision::RefusalNumber(2)),
        ..by_default()
    };
    let draft = |policy_text: &str| v1::SimulateRequest {
        policy_text: policy_text.to_owned(),
        ..by_default()
    };
    let day = |day| {
        Some(v1::Date {
            year: 2021,
            month: 3,
            day,
        })
    };
    let reversed = v1::SimulateRequest {
        from_date: day(2),
        until_date: day(1),
        ..draft(SHANDONG_ACTION)
    };
    let nothing: v1::ExplainRequest = by_default();
    vec![
        refused!(client.append(short_id), InvalidArgument, FIELD, BAD),
        refused!(client.append(empty), InvalidArgument, FIELD, BAD),
        refused!(client.explain(nothing), InvalidArgument, FIELD, BAD),
        refused!(
            client.explain(number),
            InvalidArgument,
            "OUT_OF_BOUNDS",
            BAD
        ),
        refused!(
            client.simulate(draft("policy_id = 7")),
            InvalidArgument,
            FIELD,
            BAD
        ),
        refused!(client.simulate(reversed), InvalidArgument, FIELD, BAD),
    ]
}

async fn wrong_fields(client: &mut RawClient) -> Vec<Refused> {
    let page_token = || "00".to_owned();
    let accounts = v1::ListAccountsRequest {
        page_token: page_token(),
        ..by_default()
    };
    let policies = v1::ListPoliciesRequest {
        page_token: page_token(),
        ..by_default()
    };
    let refusals = v1::ListRefusalsRequest {
        reason: "NO_SUCH".to_owned(),
        ..by_default()
    };
    let eligibility = v1::CheckEligibilityRequest {
        class_id: nobody(),
        person_key: nobody(),
        ..by_default()
    };
    let early = v1::CheckPolicyRequest {
        at_least_position: 5,
        ..by_default()
    };
    let report: v1::ReportProgressRequest = by_default();
    let numbers = v1::DigestCertificateNumbersRequest {
        numbers: vec!["?".to_owned()],
    };
    vec![
        refused!(
            client.digest_certificate_numbers(numbers),
            InvalidArgument,
            FIELD,
            BAD
        ),
        refused!(client.list_accounts(accounts), InvalidArgument, FIELD, BAD),
        refused!(client.list_policies(policies), InvalidArgument, FIELD, BAD),
        refused!(client.list_refusals(refusals), InvalidArgument, FIELD, BAD),
        refused!(
            client.check_eligibility(eligibility),
            InvalidArgument,
            FIELD,
            BAD
        ),
        refused!(client.report_progress(report), InvalidArgument, FIELD, BAD),
        refused!(
            client.check_policy(early),
            DeadlineExceeded,
            "POSITION_NOT_REACHED",
            ""
        ),
    ]
}

async fn unknown_things(client: &mut RawClient) -> Vec<Refused> {
    let quota = v1::GetQuotaRequest {
        person_key: nobody(),
        year: 2021,
        ..by_default()
    };
    let class = |at_least_position| v1::GetClassRequest {
        class_id: nobody(),
        at_least_position,
    };
    let certificate = |number: &str| v1::GetCertificateRequest {
        number: number.to_owned(),
        ..by_default()
    };
    let order = v1::GetOrderRequest {
        order_id: nobody(),
        ..by_default()
    };
    let policy = v1::GetPolicyRequest {
        policy_id: "no-such".to_owned(),
        ..by_default()
    };
    vec![
        refused!(
            client.get_quota(quota),
            NotFound,
            "PERSON_NOT_FOUND",
            RESOURCE
        ),
        refused!(
            client.get_class(class(0)),
            NotFound,
            "CLASS_NOT_FOUND",
            RESOURCE
        ),
        refused!(
            client.get_class(class(5)),
            DeadlineExceeded,
            "POSITION_NOT_REACHED",
            ""
        ),
        refused!(
            client.get_certificate(certificate("?")),
            InvalidArgument,
            FIELD,
            BAD
        ),
        refused!(
            client.get_certificate(certificate(CERTIFICATE)),
            NotFound,
            "CERTIFICATE_NOT_FOUND",
            RESOURCE
        ),
        refused!(
            client.get_order(order),
            NotFound,
            "ORDER_NOT_FOUND",
            RESOURCE
        ),
        refused!(
            client.get_policy(policy),
            NotFound,
            "POLICY_NOT_FOUND",
            RESOURCE
        ),
    ]
}

async fn unknown_accounts(client: &mut RawClient) -> Vec<Refused> {
    let disbursement = v1::GetDisbursementRequest {
        disbursement_id: nobody(),
        ..by_default()
    };
    let award = v1::GetAwardRequest {
        award_id: nobody(),
        ..by_default()
    };
    let wanted = v1::GetAccountRequest {
        account: account(),
        ..by_default()
    };
    let entries = v1::ListAccountEntriesRequest {
        account: account(),
        ..by_default()
    };
    let backups = v1::ListBackupsRequest {};
    let none = "BACKUPS_NOT_CONFIGURED";
    vec![
        refused!(
            client.get_disbursement(disbursement),
            NotFound,
            "DISBURSEMENT_NOT_FOUND",
            RESOURCE
        ),
        refused!(
            client.get_award(award),
            NotFound,
            "AWARD_NOT_FOUND",
            RESOURCE
        ),
        refused!(
            client.get_account(wanted),
            NotFound,
            "ACCOUNT_NOT_FOUND",
            RESOURCE
        ),
        refused!(
            client.list_account_entries(entries),
            NotFound,
            "ACCOUNT_NOT_FOUND",
            RESOURCE
        ),
        refused!(
            client.back_up(v1::BackUpRequest {}),
            FailedPrecondition,
            none,
            ""
        ),
        refused!(client.list_backups(backups), FailedPrecondition, none, ""),
    ]
}

async fn wrong_streams(client: &mut RawClient) -> Vec<Refused> {
    let tag = v1::Tag {
        value: Some(v1::tag::Value::Institution(institution(0).to_string())),
    };
    let filter = Some(v1::EventFilter {
        tags: vec![tag; 9],
        kinds: Vec::new(),
    });
    let read = v1::ReadEventsRequest {
        filter: filter.clone(),
        ..by_default()
    };
    let subscribe = v1::SubscribeRequest {
        filter,
        ..by_default()
    };
    let beyond = v1::SubscribeRequest {
        after_position: 1,
        ..by_default()
    };
    let trace = v1::TraceClawbackRequest {
        clawback_id: nobody(),
        ..by_default()
    };
    let nowhere: v1::TraceEventRequest = by_default();
    let not_yet = v1::TraceEventRequest {
        position: 1,
        ..by_default()
    };
    vec![
        refused!(client.read_events(read), InvalidArgument, FIELD, BAD),
        refused!(client.subscribe(subscribe), InvalidArgument, FIELD, BAD),
        refused!(
            client.subscribe(beyond),
            OutOfRange,
            "POSITION_BEYOND_LOG",
            ""
        ),
        refused!(
            client.trace_clawback(trace),
            NotFound,
            "DEBT_NOT_FOUND",
            RESOURCE
        ),
        refused!(client.trace_causes(nowhere), InvalidArgument, FIELD, BAD),
        refused!(
            client.trace_effects(not_yet),
            OutOfRange,
            "POSITION_BEYOND_LOG",
            ""
        ),
    ]
}
