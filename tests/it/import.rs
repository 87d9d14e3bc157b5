//! Clerks' files over the real server: refused lines, rejects that come back, the same again.

use crate::tool::{tool, write};
use ledger_client::reading::rows::Rows;
use ledger_client::reading::safe::unguard;
use ledger_log::{Fault, MemoryStore};
use ledger_tests::TestServer;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

/// A school, an evaluator, two open classes, and three persons.
const BEFORE: &str = r#"
{"occurredDate": "2021-01-04", "openAccount": {"division": 370100, "fund": "FUND_SOURCE_SPECIAL_ACCOUNT"}}
{"occurredDate": "2021-01-04", "registerInstitution": {"institution": "52370100Y00009BB2G", "kind": "INSTITUTION_KIND_VOCATIONAL_SCHOOL", "name": "Synthetic school", "division": 370100}}
{"occurredDate": "2021-01-04", "registerInstitution": {"institution": "52370100Y00009BD98", "kind": "INSTITUTION_KIND_EVALUATOR", "name": "Synthetic evaluator", "division": 370100}}
{"occurredDate": "2021-01-04", "grantQualification": {"institution": "52370100Y00009BB2G", "qualificationId": "0190a3b2-0000-7000-8000-000000000f00", "scope": {"kind": "QUALIFICATION_KIND_TRAINING", "occupations": [{"occupation": "2015:4-10-01-05", "levels": ["SKILL_LEVEL_INTERMEDIATE"]}]}, "validFromDate": "2019-01-01", "decisionNumber": "Q0"}}
{"occurredDate": "2021-01-04", "grantQualification": {"institution": "52370100Y00009BD98", "qualificationId": "0190a3b2-0000-7000-8000-000000000f02", "scope": {"kind": "QUALIFICATION_KIND_EVALUATION", "evaluatorNumber": "S000037000777", "occupations": [{"occupation": "2015:4-10-01-05", "levels": ["SKILL_LEVEL_INTERMEDIATE"]}]}, "validFromDate": "2019-01-01", "decisionNumber": "Q2"}}
{"occurredDate": "2021-01-04", "registerPerson": {"personKey": "0190a3b2-0000-7000-8000-000000000a01"}}
{"occurredDate": "2021-01-04", "registerPerson": {"personKey": "0190a3b2-0000-7000-8000-000000000a02"}}
{"occurredDate": "2021-01-04", "registerPerson": {"personKey": "0190a3b2-0000-7000-8000-000000000a03"}}
{"occurredDate": "2021-03-01", "approveClass": {"classId": "0190a3b2-0000-7000-8000-000000000c00", "institution": "52370100Y00009BB2G", "division": 370100, "fund": "FUND_SOURCE_SPECIAL_ACCOUNT", "scheme": "vocational-training", "kind": "CLASS_KIND_ORDINARY", "occupation": "2015:4-10-01-05", "headcount": 10, "classHours": 40, "startDate": "2021-03-01", "endDate": "2021-03-31", "contractNumber": "C1", "level": "SKILL_LEVEL_INTERMEDIATE", "rateFen": 100000}}
{"occurredDate": "2021-03-01", "openClass": {"classId": "0190a3b2-0000-7000-8000-000000000c00"}}
{"occurredDate": "2021-03-01", "approveClass": {"classId": "0190a3b2-0000-7000-8000-000000000c01", "institution": "52370100Y00009BB2G", "division": 370100, "fund": "FUND_SOURCE_SPECIAL_ACCOUNT", "scheme": "vocational-training", "kind": "CLASS_KIND_ORDINARY", "occupation": "2015:4-10-01-05", "headcount": 10, "classHours": 40, "startDate": "2021-03-01", "endDate": "2021-03-31", "contractNumber": "C2", "level": "SKILL_LEVEL_INTERMEDIATE", "rateFen": 100000}}
{"occurredDate": "2021-03-01", "openClass": {"classId": "0190a3b2-0000-7000-8000-000000000c01"}}
"#;

/// One who comes later.
const LATER: &str = r#"{"occurredDate": "2021-02-01", "registerPerson":
    {"personKey": "0190a3b2-0000-7000-8000-000000000a09"}}"#;

const CLASS: &str = "class=0190a3b2-0000-7000-8000-000000000c00";
const SECOND_CLASS: &str = "class=0190a3b2-0000-7000-8000-000000000c01";

/// A ledger that knows the school and the persons.
async fn prepare(server: &TestServer, folder: &Path) {
    // Version 2, under which a contract names its rate: a roster needs no table of rates.
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/ledger-policy/tests/data");
    let policy = policies.join("2019-2021-action.v2.toml");
    let policy = policy.to_str().unwrap();
    let publish = ["policy", "publish", policy, "--on", "2019-05-18"];
    let before = write(folder, "before.jsonl", BEFORE);
    for words in [&publish[..], &["append", &before]] {
        let said = tool(server.address(), words).await;
        assert_eq!(said.code, Some(0), "{said:?}");
    }
}

/// What an import came to: exit code, lines, recorded, on record before, rejected.
async fn import(address: SocketAddr, kind: &str, words: &[&str]) -> (Option<i32>, [u64; 4], Value) {
    let words = [&["import", kind, "--json"], words].concat();
    let said = tool(address, &words).await;
    let report: Value = serde_json::from_str(&said.output).unwrap_or_else(|_| panic!("{said:?}"));
    let names = ["lines", "recorded", "existing", "rejected"];
    let count = |name: &str| report.get(name).and_then(Value::as_u64);
    let counts = names.map(|name| count(name).unwrap());
    (said.code, counts, report)
}

/// The cells of a file of rejects behind its reasons.
fn rejected_cells(path: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap();
    let cells = |row: &ledger_client::reading::rows::Row<'_>| -> Vec<String> {
        row.cells
            .iter()
            .skip(7)
            .map(|cell| unguard(cell).to_owned())
            .collect()
    };
    Rows::new(text, ',')
        .skip(1)
        .map(|row| cells(&row.unwrap()))
        .collect()
}

/// Once more it is the same import; with --resume what was refused is tried again, and says so.
async fn refused_lines_are_tried_again(address: SocketAddr, folder: &Path, first: &[&str]) {
    let said = tool(address, &[&["import", "enrolments"], first].concat()).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.messages.contains("was imported before"), "{said:?}");
    let again = [first, &["--resume"]].concat();
    let said = tool(address, &[&["import", "enrolments"], &again[..]].concat()).await;
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(
        said.output
            .contains("5 lines: 2 recorded, 0 on record before, 3 rejected"),
        "{said:?}"
    );
    let (_, told) = said.output.split_once("refused first as refusal ").unwrap();
    let words: Vec<_> = told.split_whitespace().take(8).collect();
    let [
        "1",
        "on",
        day,
        _time,
        "after",
        "position",
        position,
        "tried",
    ] = words[..]
    else {
        panic!("{told}");
    };
    assert!(day.starts_with("20") && day.len() == 10, "{told}");
    assert_eq!(position.trim_end_matches(';'), "15", "{told}");
    let later = write(folder, "later.json", LATER);
    assert_eq!(tool(address, &["append", &later]).await.code, Some(0));
    let (code, counts, report) = import(address, "enrolments", &again).await;
    assert_eq!((code, counts), (Some(3), [5, 3, 0, 2]), "{report}");
}

#[tokio::test]
async fn a_roster_goes_in_line_by_line_and_its_rejects_come_back_corrected() {
    let server = TestServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    prepare(&server, folder.path()).await;
    let address = server.address();
    let on = ["--occurred-on", "2021-03-01", "--set"];

    // As a Chinese spreadsheet saves it: GB18030, CR LF, and whatever clerks write beside.
    let text = "person,姓名\r\n\
                0190a3b2-0000-7000-8000-000000000a01,镕䶮𠮷\r\n\
                not-a-key,=1+2\r\n\
                ,\r\n\
                nor-this,-1.50\r\n\
                0190a3b2-0000-7000-8000-000000000a09,\"𠮷,\"\"x\"\" @y\"\r\n\
                0190a3b2-0000-7000-8000-000000000a02,x\r\n";
    let roster = folder.path().join("roster.csv");
    std::fs::write(&roster, gb18030(text)).unwrap();
    let roster = roster.to_str().unwrap();
    let rejects = folder.path().join("rejects.csv");
    let rejects = rejects.to_str().unwrap();
    let first = [&[roster, "--rejects", rejects], &on[..], &[CLASS]].concat();

    let (code, counts, report) = import(address, "enrolments", &first).await;
    assert_eq!((code, counts), (Some(3), [5, 2, 0, 3]), "{report}");
    let lines: Vec<_> = report["rejects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["line"])
        .collect();
    assert_eq!(lines, [3, 5, 6], "as an editor shows them: {report}");
    let cells = rejected_cells(rejects);
    let person = "0190a3b2-0000-7000-8000-000000000a09";
    let expected = [
        ["not-a-key", "=1+2"],
        ["nor-this", "-1.50"],
        [person, "𠮷,\"x\" @y"],
    ];
    assert_eq!(cells, expected);
    // A formula does not run, and an amount stays one.
    let written = std::fs::read_to_string(rejects).unwrap();
    assert!(written.contains(",not-a-key,'=1+2\n"), "{written}");
    assert!(written.contains(",nor-this,-1.50\n"), "{written}");

    refused_lines_are_tried_again(address, folder.path(), &first).await;

    // The rejects, corrected in a spreadsheet, are a roster.
    let corrected = std::fs::read_to_string(rejects).unwrap();
    let corrected = corrected.replace("not-a-key", "0190a3b2-0000-7000-8000-000000000a03");
    let corrected = write(folder.path(), "corrected.csv", &corrected);
    let words = [&[corrected.as_str()], &on[..], &[CLASS]].concat();
    let (code, counts, report) = import(address, "enrolments", &words).await;
    assert_eq!((code, counts), (Some(3), [2, 1, 0, 1]), "{report}");

    // For a second class it is another import; and the rejects never name the roster itself.
    let words = [&[roster], &on[..], &[SECOND_CLASS]].concat();
    let (code, counts, report) = import(address, "enrolments", &words).await;
    assert_eq!((code, counts), (Some(3), [5, 3, 0, 2]), "{report}");
    let words = [
        &["import", "enrolments", roster, "--rejects", roster],
        &on[..],
        &[CLASS],
    ]
    .concat();
    assert_eq!(tool(address, &words).await.code, Some(2));
    assert_eq!(std::fs::read(roster).unwrap(), gb18030(text));
}

#[tokio::test]
async fn only_the_same_fact_of_the_same_person_is_on_record_before() {
    let server = TestServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    prepare(&server, folder.path()).await;
    let address = server.address();
    let enrolled: String = ["a01", "a02"]
        .map(|person| {
            let ids = format!(
                r#"{{"classId": "0190a3b2-0000-7000-8000-000000000c00",
                    "personKey": "0190a3b2-0000-7000-8000-000000000{person}"}}"#
            );
            format!(
                r#"{{"occurredDate": "2021-03-01", "enrolPerson": {ids}}}
                   {{"occurredDate": "2021-03-31", "completeTraining": {ids}}}"#
            )
        })
        .concat();
    let enrolled = write(folder.path(), "enrolled.json", &enrolled);
    let said = tool(address, &["append", &enrolled]).await;
    assert_eq!(said.code, Some(0), "{said:?}");

    let header = "class,person,number,evaluator,issued-on,kind,occurred-on\n";
    let line = |person: &str, number: &str| {
        format!(
            "0190a3b2-0000-7000-8000-000000000c00,0190a3b2-0000-7000-8000-000000000{person},{number},\
             52370100Y00009BD98,2021-04-10,vocational-qualification,2021-04-10\n"
        )
    };
    let (one, two) = ("1537010000300001", "1537010000300002");
    let issued = [header, &line("a01", one), &line("a02", one)].concat();
    let issued = write(folder.path(), "issued.csv", &issued);
    let (code, counts, report) = import(address, "certificates", &[&issued]).await;
    assert_eq!((code, counts), (Some(3), [2, 1, 0, 1]), "{report}");
    // Sent under other names, the first is the same fact, and the second another person's.
    let (code, counts, report) = import(
        address,
        "certificates",
        &[&issued, "--resume", "--batch", "1"],
    )
    .await;
    assert_eq!((code, counts), (Some(3), [2, 0, 1, 1]), "{report}");
    let reject = &report["rejects"][0];
    assert_eq!(reject["line"], 3, "{report}");
    let message = reject["refusal"]["messageEn"].as_str().unwrap();
    assert!(message.contains("with another person"), "{message}");

    // A number that has lost its zero is named and not sent; the others go in.
    let damaged = [header, &line("a02", two), &line("a01", "537010000300003")].concat();
    let damaged = write(folder.path(), "damaged.csv", &damaged);
    let (code, counts, report) = import(address, "certificates", &[&damaged]).await;
    assert_eq!((code, counts), (Some(3), [2, 1, 0, 1]), "{report}");
    let message = report["rejects"][0]["refusal"]["messageEn"]
        .as_str()
        .unwrap();
    assert!(
        message.contains("taken zeros off its beginning"),
        "{message}"
    );
}

/// An answer that is lost under an import: it is unknown, told by lines, and done once.
#[tokio::test]
async fn an_import_that_was_broken_off_goes_on_and_does_nothing_twice() {
    for (fault, before) in [(Fault::AfterWrite, 1), (Fault::BeforeWrite, 0)] {
        let store = Arc::new(MemoryStore::new());
        let server = TestServer::start_over(Arc::clone(&store), |_| {}).await;
        let folder = tempfile::tempdir().unwrap();
        prepare(&server, folder.path()).await;
        let workbook = Path::new(env!("CARGO_MANIFEST_DIR"));
        let workbook = workbook.join("../crates/ledger-client/testdata/roster.xls");
        let words = [
            workbook.to_str().unwrap(),
            "--header-line",
            "2",
            "--batch",
            "1",
            "--occurred-on",
            "2021-03-01",
            "--set",
            CLASS,
        ];
        store.fail_next_write(fault, "the disk said no");
        let said = tool(
            server.address(),
            &[&["import", "enrolments"], &words[..]].concat(),
        )
        .await;
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.messages.contains("lines 3 to 3 (request "), "{said:?}");
        server.stop().await;
        let store = Arc::try_unwrap(store).unwrap().reopen();
        let server = TestServer::start_over(Arc::new(store), |_| {}).await;
        let words = [&words[..], &["--resume"]].concat();
        for replayed in [before, 2] {
            let (code, counts, report) = import(server.address(), "enrolments", &words).await;
            assert_eq!((code, counts), (Some(0), [2, 2, 0, 0]), "{report}");
            assert_eq!(report["replayedBatches"], replayed, "{report}");
        }
    }
}

/// Values of JSON reach the search for personal data as what they mean, however they are written.
#[tokio::test]
async fn no_json_takes_personal_data_to_the_log() {
    let server = TestServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    prepare(&server, folder.path()).await;
    for (name, hidden) in [
        ("plain", "370199199001010019"),
        ("escaped", r"\u0033\u0037\u0030199199001010019"),
        ("full-width", "３７０１９９１９９００１０１００１９"),
        ("parts", "370199 19900101—0019"),
    ] {
        let json = format!(
            r#"{{"occurredDate": "2021-03-02", "accrueFunds": {{"division": 370100, "reference":
                "{hidden}", "fund": "FUND_SOURCE_SPECIAL_ACCOUNT", "amountFen": 1}}}}"#
        );
        for (encoding, bytes) in [
            ("utf-8", json.clone().into_bytes()),
            (
                "utf-16",
                json.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            ),
        ] {
            let file = folder.path().join(format!("{name}.{encoding}"));
            std::fs::write(&file, bytes).unwrap();
            let said = tool(server.address(), &["append", file.to_str().unwrap()]).await;
            assert_eq!(said.code, Some(1), "{name} {encoding}: {said:?}");
            assert!(said.messages.contains("reference"), "{said:?}");
            assert!(said.messages.contains("identity number"), "{said:?}");
            assert!(!format!("{said:?}").contains("1990"), "{said:?}");
        }
    }
    let said = tool(server.address(), &["status", "--json"]).await;
    let status: Value = serde_json::from_str(&said.output).unwrap();
    assert_eq!(status["appendedEvents"], 13, "{status}");
}

/// GB18030 of the characters of these tests, by hand: no test writes with what it reads with.
fn gb18030(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for character in text.chars() {
        match character {
            '姓' => bytes.extend([0xD0, 0xD5]),
            '名' => bytes.extend([0xC3, 0xFB]),
            '镕' => bytes.extend([0xE9, 0x46]),
            '䶮' => bytes.extend([0xFE, 0x9F]),
            '𠮷' => bytes.extend([0x95, 0x34, 0xB2, 0x35]),
            plain => bytes.push(u8::try_from(plain).unwrap()),
        }
    }
    bytes
}
