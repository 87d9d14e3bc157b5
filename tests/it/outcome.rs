//! A command whose answer is lost: nothing is done twice, and the request is known by its id.

use crate::tool::{tool, write};
use ledger_core::BusinessDate;
use ledger_log::{Fault, MemoryStore};
use ledger_tests::TestServer;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// A command of each verb that records, as the tests of `ledgerctl` see to.
const RECORDING: &str =
    include_str!("../../crates/ledger-client/src/bin/ledgerctl/recording_verbs.txt");

const ACCOUNT: &str = r#"{"occurredDate": "2021-03-01", "openAccount":
    {"division": 370100, "fund": "FUND_SOURCE_SPECIAL_ACCOUNT"}}"#;

const ACCRUAL: &str = r#"{"occurredDate": "2021-03-02", "accrueFunds":
    {"division": 370100, "fund": "FUND_SOURCE_SPECIAL_ACCOUNT", "amountFen": 150000000,
     "reference": "鲁财社指〔2021〕1号"}}"#;

/// The id that a message shows behind these words.
fn id_after<'text>(text: &'text str, words: &str) -> &'text str {
    let (_, rest) = text.split_once(words).unwrap_or_else(|| panic!("{text}"));
    rest.get(..36).unwrap()
}

/// One failed sync of an accrual; the operator runs the command again after the restart.
#[tokio::test]
async fn one_failed_sync_and_the_money_is_there_once() {
    for (fault, again) in [
        (Fault::AfterWrite, "recorded before"),
        (Fault::BeforeWrite, "position 2, request"),
    ] {
        let store = Arc::new(MemoryStore::new());
        let server = TestServer::start_over(Arc::clone(&store), |_| {}).await;
        let files = tempfile::tempdir().unwrap();
        let account = write(files.path(), "account.json", ACCOUNT);
        let accrual = write(files.path(), "accrual.json", ACCRUAL);
        let said = tool(server.address(), &["append", &account]).await;
        assert_eq!(said.code, Some(0), "{said:?}");

        store.fail_next_write(fault, "the disk said no");
        let said = tool(server.address(), &["append", &accrual]).await;
        assert_eq!(said.code, Some(1), "{said:?}");
        let shown = id_after(&said.messages, "ledgerctl: request ").to_owned();
        let unknown = id_after(&said.messages, "the outcome of request ");
        assert_eq!(unknown, shown, "{said:?}");

        server.stop().await;
        let store = Arc::try_unwrap(store).unwrap().reopen();
        let server = TestServer::start_over(Arc::new(store), |_| {}).await;
        for again in [again, "recorded before", "recorded before"] {
            let said = tool(server.address(), &["append", &accrual]).await;
            assert_eq!(said.code, Some(0), "{said:?}");
            assert!(said.output.contains(again), "{said:?}");
            assert_eq!(id_after(&said.output, "request "), shown);
        }
        let said = tool(server.address(), &["account", "370100", "--json"]).await;
        let account: Value = serde_json::from_str(&said.output).unwrap();
        assert_eq!(account["account"]["cashFen"], 150_000_000, "{account}");
    }
}

/// The day of a verb without `--on` is that of its first record, whatever day it is.
#[tokio::test]
async fn a_day_that_nobody_gave_is_fixed_with_the_record() {
    const ID: &str = "0190a3b2-0000-7000-8000-0000000000ff";
    let server = TestServer::start().await;
    let open = ["fund", "open", "370100", "--request-id", ID];
    let status = tool(server.address(), &["status", "--json"]).await.output;
    let status: Value = serde_json::from_str(&status).unwrap();
    let start = status["startTime"].as_str().unwrap();
    let today = BusinessDate::parse(start.get(..10).unwrap()).unwrap();
    let earlier = today.add_days(-40).unwrap().to_string();
    let said = tool(server.address(), &[&open[..], &["--on", &earlier]].concat()).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    // Today is another day, by the clock of the server.
    let said = tool(server.address(), &open).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.output.starts_with("recorded before, on "), "{said:?}");
    assert!(
        said.messages
            .contains(&format!("request {ID} of {earlier}")),
        "{said:?}"
    );
    // What is another command is refused under any day.
    let other = ["fund", "open", "370200", "--request-id", ID];
    let said = tool(server.address(), &other).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.messages.contains("used before for other commands"),
        "{said:?}"
    );
}

/// Every verb that records shows its id before it sends, and names it in its answer.
#[tokio::test]
async fn every_verb_that_records_shows_its_request() {
    const ID: &str = "0190a3b2-0000-7000-8000-00000000";
    let server = TestServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies");
    let files = [
        ("{commands}", write(folder.path(), "commands.json", ACCOUNT)),
        (
            "{roster}",
            write(
                folder.path(),
                "roster.csv",
                "person\n0190a3b2-0000-7000-8000-000000000002\n",
            ),
        ),
        (
            "{policy}",
            policies
                .join("shandong/2022-7.toml")
                .to_str()
                .unwrap()
                .to_owned(),
        ),
    ];
    for (number, line) in (0x1000..).zip(RECORDING.lines()) {
        let line = files.iter().fold(line.to_owned(), |line, (name, file)| {
            line.replace(name, file)
        });
        let chosen = format!("{ID}{number:04x}");
        let words = line.split(' ').chain(["--request-id", &chosen, "--json"]);
        let said = tool(server.address(), &words.collect::<Vec<_>>()).await;
        assert!(matches!(said.code, Some(0 | 3)), "{line}: {said:?}");
        let shown = format!("ledgerctl: request {chosen}");
        assert!(said.messages.starts_with(&shown), "{line}: {said:?}");
        let json: Value = serde_json::from_str(&said.output).unwrap();
        assert_eq!(json["requestId"], chosen, "{line}: {json}");
    }
}
