//! Policy documents, awards and orders from the command line, against a real server.
//!
//! Long: one document from a text to its payments.

#![expect(
    clippy::too_many_lines,
    reason = "each test tells one story over the wire, from its first request to its last"
)]

use ledger_proto::v1::{self, command::Body};
use ledger_tests::workload::date;
use ledger_tests::{Said, TestServer, ledgerctl};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tonic::Code;
use uuid::Uuid;

const DOCUMENTS: [(&str, &str); 5] = [
    ("shandong/2019-2021-action", "shandong-2019-2021-action"),
    ("shandong/2020-18", "shandong-2020-18"),
    ("shandong/2022-7", "shandong-2022-7"),
    ("shandong/2025-87", "shandong-2025-87"),
    ("guizhou/2025-3", "guizhou-2025-3"),
];

/// The body that Tai'an's catalogue of bodies lists; synthetic.
const BODY: &str = "52370900Y00000016C";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies")
}

fn document(name: &str) -> String {
    let path = folder().join(format!("{name}.toml"));
    path.to_str().unwrap().to_owned()
}

fn id(number: u8) -> String {
    Uuid::from_bytes([number; 16]).to_string()
}

/// Runs the tool beside the server, which lives on this thread.
async fn tool(server: &TestServer, arguments: &[&str]) -> Said {
    let address = server.address();
    let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
    let run = move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        ledgerctl(address, &arguments).unwrap()
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// The same, which has to succeed.
async fn done(server: &TestServer, arguments: &[&str]) -> String {
    let said = tool(server, arguments).await;
    assert_eq!(said.code, Some(0), "{arguments:?}: {said:?}");
    said.output
}

/// The same, with the answer as JSON.
async fn answer(server: &TestServer, arguments: &[&str]) -> Value {
    let arguments: Vec<&str> = ["--json"].iter().chain(arguments).copied().collect();
    serde_json::from_str(&done(server, &arguments).await).unwrap()
}

/// Appends commands, each a JSON object, on a day.
async fn append(server: &TestServer, on: &str, commands: Vec<Value>) {
    let file = server.folder().join("commands.json");
    let dated = commands.into_iter().map(|mut command| {
        let object = command.as_object_mut().unwrap();
        object.insert("occurredDate".to_owned(), json!(on));
        command
    });
    std::fs::write(&file, dated.collect::<Value>().to_string()).unwrap();
    done(server, &["append", file.to_str().unwrap()]).await;
}

#[tokio::test]
async fn the_five_documents_are_published_listed_and_withdrawn() {
    let server = TestServer::start().await;
    let files: Vec<String> = DOCUMENTS.iter().map(|(file, _)| document(file)).collect();
    let mut publish = vec!["policy", "publish", "--on", "2025-10-01"];
    publish.extend(files.iter().map(String::as_str));
    done(&server, &publish).await;
    // The same texts on the same day are the same requests.
    let again = done(&server, &publish).await;
    assert_eq!(again.matches("recorded before").count(), 5, "{again}");

    let list = done(&server, &["policy", "list", "--json"]).await;
    let list: Vec<Value> = list
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ids: Vec<_> = list.iter().map(|policy| &policy["policyId"]).collect();
    let expected: Vec<_> = DOCUMENTS.iter().map(|(_, id)| json!(id)).collect();
    assert_eq!(ids, expected.iter().collect::<Vec<_>>());
    assert!(
        list.iter()
            .all(|policy| policy["kind"] == "DOCUMENT_KIND_RULES")
    );
    let guizhou = done(&server, &["policy", "list", "--division", "520100"]).await;
    assert!(guizhou.contains("黔就劳发〔2025〕3号") && !guizhou.contains("shandong"));

    let text = done(&server, &["policy", "show", "shandong-2025-87", "--text"]).await;
    assert_eq!(
        text,
        std::fs::read_to_string(document("shandong/2025-87")).unwrap()
    );
    let shown = answer(&server, &["policy", "show", "1"]).await;
    assert_eq!(shown["policy"]["policyId"], "shandong-2019-2021-action");
    assert_eq!(
        shown["text"],
        std::fs::read_to_string(document("shandong/2019-2021-action")).unwrap()
    );
    let none = tool(
        &server,
        &["policy", "show", "shandong-2025-87", "--version", "1"],
    )
    .await;
    assert_eq!(none.code, Some(3), "{none:?}");

    let withdraw = [
        "policy",
        "withdraw",
        "shandong-2022-7",
        "2",
        "--effective-on",
        "2025-09-08",
        "--decision",
        "鲁人社字〔2025〕87号",
        "--grounds",
        "由新方案替代",
        "--on",
        "2025-10-01",
    ];
    done(&server, &withdraw).await;
    // The same command again is the same request; on purpose it is another, and refused.
    assert!(
        done(&server, &withdraw)
            .await
            .starts_with("recorded before, on ")
    );
    let twice = tool(&server, &[&withdraw[..], &["--again"]].concat()).await;
    assert_eq!(twice.code, Some(3));
    assert!(twice.output.contains("POLICY_WITHDRAWN"), "{twice:?}");
    let shown = answer(&server, &["policy", "show", "shandong-2022-7"]).await;
    assert_eq!(shown["policy"]["withdrawnDate"], "2025-09-08");
    assert_eq!(shown["policy"]["withdrawnPosition"], 6);
    server.stop().await;
}

#[tokio::test]
async fn a_document_that_fails_is_refused_with_its_lines_and_changes_nothing() {
    let server = TestServer::start().await;
    done(
        &server,
        &[
            "policy",
            "publish",
            "--on",
            "2025-10-01",
            &document("shandong/2025-87"),
        ],
    )
    .await;
    let sound = std::fs::read_to_string(document("shandong/2025-87")).unwrap();
    let line = |text: &str, part: &str| {
        let before = text.split(part).next().unwrap();
        before.matches('\n').count() + 1
    };

    // The tool finds it without the server, and sends nothing.
    let wrong = sound
        .replace("version = 1", "version = 2")
        .replacen("limit = 3", "limit = 0", 1)
        .replacen("\"employment_subsidy\"", "\"employment_subsidies\"", 1);
    let file = server.folder().join("wrong.toml");
    std::fs::write(&file, &wrong).unwrap();
    let file = file.to_str().unwrap();
    let checked = tool(&server, &["policy", "check", file]).await;
    assert_eq!(checked.code, Some(1), "{checked:?}");
    for part in ["limit = 0", "employment_subsidies"] {
        let place = format!("{file}:{}:", line(&wrong, part));
        assert!(checked.output.contains(&place), "{place}: {checked:?}");
    }
    let published = tool(&server, &["policy", "publish", file]).await;
    assert_eq!(published.code, Some(1), "{published:?}");
    assert!(
        published.messages.contains("nothing was published"),
        "{published:?}"
    );

    // The server does not rely on that.
    let mut client = server.client().await;
    let publish = |text: &str| v1::AppendRequest {
        request_id: Uuid::new_v4().into_bytes().to_vec(),
        commands: vec![v1::Command {
            occurred_date: Some(ledger_proto::to_proto::date_to_proto(date(2025, 10, 2))),
            body: Some(Body::PublishPolicy(v1::PublishPolicy {
                text: text.to_owned(),
            })),
            ..Default::default()
        }],
        source_system: "integration-test".to_owned(),
        ..Default::default()
    };
    let status = client.append(publish(&wrong)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let failure = ledger_proto::status::failure_from_status(&status).unwrap();
    let violations: Vec<_> = failure.field_violations.iter().collect();
    for part in ["limit = 0", "employment_subsidies"] {
        let place = format!("line {}, ", line(&wrong, part));
        assert!(
            violations.iter().any(|violation| {
                violation.field == "commands[0].publish_policy.text"
                    && violation.description.contains(&place)
            }),
            "{place}: {violations:?}"
        );
    }

    // What only shows beside what is published is refused by the rules; a warning bars nothing.
    let city = sound
        .replace(
            "policy_id = \"shandong-2025-87\"",
            "policy_id = \"jinan-2025\"",
        )
        .replace("division = 370000", "division = 370100");
    let request = v1::CheckPolicyRequest {
        text: city.clone(),
        at_least_position: 0,
    };
    let found = client.check_policy(request).await.unwrap().into_inner();
    assert!(!found.publishable);
    let over = found
        .findings
        .iter()
        .find(|it| it.code == "rules_over_province")
        .unwrap();
    assert_eq!(
        usize::try_from(over.line).unwrap(),
        line(&city, "[[scheme]]")
    );
    assert!(!over.message_zh.is_empty() && over.severity() == v1::PolicyFindingSeverity::Error);
    let status = client.append(publish(&city)).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    let refusal = ledger_proto::status::refusal_from_status(&status)
        .unwrap()
        .refusal;
    assert_eq!(
        (refusal.reason.as_str(), refusal.facts),
        ("POLICY_CONFLICTS", vec![1])
    );
    let status = answer(&server, &["status"]).await;
    assert_eq!(status["logPosition"], 1, "nothing was recorded: {status}");

    let later = sound
        .replace(
            "policy_id = \"shandong-2025-87\"",
            "policy_id = \"shandong-2026\"",
        )
        .replace("valid_from = 2025-09-08", "valid_from = 2026-01-01");
    std::fs::write(file, &later).unwrap();
    let warned = tool(&server, &["policy", "check", "--server", file]).await;
    assert_eq!(warned.code, Some(0), "{warned:?}");
    assert!(warned.output.contains("warning overlap"), "{warned:?}");
    done(&server, &["policy", "publish", "--on", "2025-10-02", file]).await;
    server.stop().await;
}

#[tokio::test]
async fn an_award_is_approved_paid_clawed_back_and_repaid() {
    let server = TestServer::start().await;
    let on = ["--on", "2021-06-01"];
    done(
        &server,
        &[
            "policy",
            "publish",
            "--on",
            "2020-12-18",
            &document("shandong/2020-18"),
        ],
    )
    .await;
    done(
        &server,
        &[
            "fund",
            "open",
            "370000",
            "--fund",
            "skilled-talent",
            on[0],
            on[1],
        ],
    )
    .await;
    done(
        &server,
        &[
            "fund",
            "accrue",
            "370000",
            "5000000.00",
            "--fund",
            "skilled-talent",
            "--reference",
            "voucher",
            on[0],
            on[1],
        ],
    )
    .await;
    let registered = json!({"registerInstitution": {
        "institution": BODY, "kind": "INSTITUTION_KIND_VOCATIONAL_SCHOOL", "name": "某技工学校",
        "division": 370_900,
    }});
    append(&server, "2021-06-01", vec![registered]).await;

    let (award, payment) = (id(1), id(2));
    let recipient = format!("institution:{BODY}");
    let mut approve = vec![
        "award",
        "approve",
        &award,
        "--scheme",
        "quality-technical-school",
        "--division",
        "370000",
        "--to",
        &recipient,
        "--subject",
        "优质校-1",
        "--part",
        "370000/skilled-talent",
        "--decision",
        "鲁人社字〔2021〕1号",
        on[0],
        on[1],
    ];
    let approved = done(&server, &approve).await;
    assert!(approved.contains("三(二)7"), "the clause: {approved}");
    assert!(approved.contains("5000000.00 yuan"), "{approved}");
    approve[2] = &payment;
    let again = tool(&server, &approve).await;
    assert_eq!(again.code, Some(3), "{again:?}");
    assert!(again.output.contains("AWARD_EXCLUDED"), "{again:?}");
    // The whole chain, and not only the rule that refuses.
    assert!(again.output.contains("Payee: "), "{again:?}");
    done(
        &server,
        &[
            "award",
            "pay",
            &award,
            &payment,
            "--from",
            "370000/skilled-talent",
            on[0],
            on[1],
        ],
    )
    .await;
    let settle = json!({"settleDisbursement": {"disbursementId": payment, "bankReference": "b"}});
    append(&server, "2021-06-02", vec![settle]).await;
    let shown = answer(&server, &["award", "show", &award]).await;
    assert_eq!(shown["amountFen"], 500_000_000);
    assert_eq!(shown["parts"][0]["leftFen"], 0);
    assert_eq!(shown["payments"][0]["disbursementId"], json!(payment));

    let (case, finding, clawback) = (id(3), id(4), id(5));
    append(
        &server,
        "2022-03-01",
        vec![
            json!({"openCase": {"caseId": case, "institution": BODY, "clue": "audit"}}),
            json!({"makeFinding": {
                "caseId": case, "findingId": finding, "kind": "FINDING_KIND_FRAUD",
                "awardId": award, "decisionNumber": "1",
            }}),
            json!({"decideClawback": {
                "clawbackId": clawback, "caseId": case, "findingId": finding,
                "lines": [{"disbursementId": payment, "amountFen": 500_000_000}],
                "decisionNumber": "2",
            }}),
            json!({"recordRepayment": {
                "debt": {"clawbackId": clawback}, "amountFen": 500_000_000, "bankReference": "3",
            }}),
        ],
    )
    .await;
    let shown = answer(&server, &["award", "show", &award]).await;
    assert_eq!(shown["clawedBackFen"], 500_000_000);
    let account = answer(&server, &["account", "370000", "--fund", "skilled-talent"]).await;
    assert_eq!(account["account"]["availableFen"], 500_000_000);
    let trace = done(&server, &["trace", &clawback]).await;
    for kind in ["award-approved", "disbursement-ordered", "policy-published"] {
        assert!(trace.contains(kind), "{trace}");
    }
    // The document leads to all of it, and a clawback is traced as a whole.
    let effects = done(&server, &["trace", "1", "--effects"]).await;
    for kind in ["award-approved", "clawback-decided", "repayment-received"] {
        assert!(effects.contains(kind), "{effects}");
    }
    let causes = done(&server, &["trace", "1", "--causes"]).await;
    assert!(causes.contains("1 events, complete"), "{causes}");
    // No document in force sets a range for a penalty.
    let penalty = [
        "penalty",
        &clawback,
        "1.00",
        "--decision",
        "4",
        "--on",
        "2022-03-02",
    ];
    let penalty = tool(&server, &penalty).await;
    assert_eq!(penalty.code, Some(3), "{penalty:?}");
    assert!(penalty.output.contains("RULE_NOT_FOUND"), "{penalty:?}");
    server.stop().await;
}

#[tokio::test]
async fn an_order_and_the_class_that_carries_it_out() {
    let server = TestServer::start().await;
    let files = [
        "shandong/2019-2021-action",
        "examples/shandong-special-account-measures",
        "examples/shandong-2019-standard",
        "examples/taian-catalogues",
    ]
    .map(document);
    let mut publish = vec!["policy", "publish", "--on", "2020-01-01"];
    publish.extend(files.iter().map(String::as_str));
    done(&server, &publish).await;
    let list = done(&server, &["policy", "list", "--division", "370900"]).await;
    assert!(list.contains("catalogue, example"), "{list}");

    let on = ["--on", "2020-02-01"];
    let (order, class, worker) = (id(1), id(2), id(3));
    done(&server, &["fund", "open", "370900", on[0], on[1]]).await;
    done(&server, &["person", "register", &worker, on[0], on[1]]).await;
    done(
        &server,
        &[
            "person",
            "declare",
            &worker,
            "--group",
            "migrant-worker",
            "--from",
            "2020-01-01",
            "--source",
            "register",
            on[0],
            on[1],
        ],
    )
    .await;
    append(
        &server,
        "2020-02-01",
        vec![
            json!({"registerInstitution": {
                "institution": BODY, "kind": "INSTITUTION_KIND_PRIVATE_TRAINING", "name": "某机构",
                "division": 370_900,
            }}),
            json!({"grantQualification": {
                "institution": BODY, "qualificationId": id(9),
                "scope": {"kind": "QUALIFICATION_KIND_TRAINING", "occupations": [
                    {"occupation": "2015:4-10-01-05", "levels": ["SKILL_LEVEL_JUNIOR", "SKILL_LEVEL_SENIOR"]},
                ]},
                "validFromDate": "2020-01-01", "decisionNumber": "1",
            }}),
        ],
    )
    .await;
    done(
        &server,
        &[
            "order",
            "raise",
            &order,
            "--division",
            "370900",
            "--enterprise",
            BODY,
            "--occupation",
            "2015:4-10-01-05",
            "--level",
            "junior",
            "--headcount",
            "40",
            on[0],
            on[1],
        ],
    )
    .await;
    done(&server, &["order", "list", &order, on[0], on[1]]).await;
    done(&server, &["order", "select", &order, &worker, on[0], on[1]]).await;
    done(&server, &["order", "accept", &order, BODY, on[0], on[1]]).await;
    done(
        &server,
        &["order", "purchase", &order, "--contract", "1", on[0], on[1]],
    )
    .await;

    let approve = |class: &str, level: &str| -> Vec<String> {
        let arguments = [
            "class",
            "approve",
            class,
            "--institution",
            BODY,
            "--division",
            "370900",
            "--scheme",
            "vocational-training",
            "--occupation",
            "2015:4-10-01-05",
            "--level",
            level,
            "--headcount",
            "40",
            "--rate",
            "1000.00",
            "--class-hours",
            "80",
            "--starts-on",
            "2020-03-01",
            "--ends-on",
            "2020-03-31",
            "--contract",
            "2",
            "--action",
            "youth",
            "--form",
            "order-class",
            "--order",
            &id(1),
            "--on",
            "2020-02-20",
        ];
        arguments.map(ToOwned::to_owned).to_vec()
    };
    let unlisted = approve(&class, "senior");
    let unlisted: Vec<&str> = unlisted.iter().map(String::as_str).collect();
    let refused = tool(&server, &unlisted).await;
    assert_eq!(refused.code, Some(3), "{refused:?}");
    assert!(refused.output.contains("NOT_IN_CATALOGUE"), "{refused:?}");
    let listed = approve(&class, "junior");
    let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
    done(&server, &listed).await;
    let shown = answer(&server, &["class", &class]).await;
    assert_eq!(shown["orderId"], json!(order));
    assert_eq!(shown["reporting"]["form"], "CLASS_FORM_ORDER_CLASS");
    let shown = answer(&server, &["order", "show", &order]).await;
    assert_eq!(shown["state"], "ORDER_STATE_PURCHASED");
    assert_eq!(
        (&shown["classId"], &shown["selected"]),
        (&json!(class), &json!(1))
    );
    let table = done(&server, &["order", "show", &order]).await;
    assert!(table.contains("1 for 40 places"), "{table}");
    server.stop().await;
}
