//! A wrong fact is taken back on the command line and over the wire, and both events stay readable.

use crate::story::{PERSON, everything, request};
use crate::tool::{tool, write};
use ledger_proto::v1;
use ledger_tests::TestServer;
use serde_json::Value;

#[tokio::test]
async fn a_pension_of_somebody_else_is_annulled_and_read_afterwards() {
    let server = registered().await;
    let person = PERSON.to_string();
    let declare = [
        "person",
        "declare",
        &person,
        "--pension",
        "--from",
        "2021-01-01",
        "--source",
        "S",
        "--on",
        "2021-03-01",
    ];
    let said = tool(server.address(), &declare).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let declared = position(&said.output);

    // Annulled and reported anew, in one request of JSON.
    let files = tempfile::tempdir().unwrap();
    let json = format!(
        r#"{{"occurredDate": "2021-03-02", "annulFact":
            {{"position": {declared}, "grounds": "of another person", "decisionNumber": "C1"}}}}
           {{"occurredDate": "2021-03-02", "declarePersonStatus":
            {{"personKey": "{person}", "status": {{"kind": "PERSON_STATUS_KIND_PENSION"}},
              "validFromDate": "2021-06-01", "source": "S"}}}}"#
    );
    let file = write(files.path(), "correction.json", &json);
    let said = tool(server.address(), &["append", &file]).await;
    assert_eq!(said.code, Some(0), "{said:?}");

    // A second annulment names the first one; the one that was reported anew is annulled as well.
    let annul = |position: u64| {
        let position = position.to_string();
        let server = &server;
        async move {
            let words = [
                "annul",
                &position,
                "--grounds",
                "G",
                "--decision",
                "C2",
                "--on",
                "2021-03-03",
            ];
            tool(server.address(), &words).await
        }
    };
    let said = annul(declared).await;
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.output.contains("FACT_ANNULLED"), "{said:?}");
    let names = format!("earlier events: {}", declared + 1);
    assert!(said.output.contains(&names), "{said:?}");
    let said = annul(declared + 2).await;
    assert_eq!(said.code, Some(0), "{said:?}");

    let kinds = kinds_of(&server, &person).await;
    assert_eq!(
        kinds,
        [
            "EVENT_KIND_PERSON_REGISTERED",
            "EVENT_KIND_PERSON_STATUS_DECLARED",
            "EVENT_KIND_FACT_ANNULLED",
            "EVENT_KIND_PERSON_STATUS_DECLARED",
            "EVENT_KIND_FACT_ANNULLED",
        ]
    );
}

/// A server with the person of the story registered.
async fn registered() -> TestServer {
    let server = TestServer::start().await;
    let mut client = server.client().await;
    let mut story = request(&everything());
    let is_registration =
        |command: &v1::Command| matches!(command.body, Some(v1::command::Body::RegisterPerson(_)));
    let at = story.commands.iter().position(is_registration).unwrap();
    story.commands.truncate(at + 1);
    client.append(story).await.unwrap();
    server
}

/// The kinds of the events that a person is found by.
async fn kinds_of(server: &TestServer, person: &str) -> Vec<String> {
    let said = tool(server.address(), &["events", "--person", person, "--json"]).await;
    let lines = said.output.lines();
    let lines = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let kinds = lines.map(|line| {
        let kind = line.pointer("/recordedEvent/kind").unwrap();
        kind.as_str().unwrap().to_owned()
    });
    kinds.collect()
}

/// The position that a verb says it recorded.
fn position(output: &str) -> u64 {
    let (_, rest) = output.split_once("position ").unwrap();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}
