//! Personal data at every door, with one answer; and a ledger in which it was recorded before there
//! were any.

use crate::story::{self, everything_of_five_documents};
use crate::tool::{tool, write};
use ledger_core::command::CommandBody;
use ledger_core::ids::TextError;
use ledger_core::personal_data::PersonalData;
use ledger_core::{Command, Note, PersonKey, Reference};
use ledger_engine::{Engine, EngineOptions, Mode, Outcome, Request, SystemClock};
use ledger_log::{MemoryStore, Storage};
use ledger_proto::v1;
use ledger_server::{ConfigError, Settings};
use ledger_tests::{RawClient, TestServer};
use std::path::Path;
use std::sync::Arc;
use tonic_types::StatusExt as _;

const IDENTITY: &str = "a citizen's identity number";
const OLD_IDENTITY: &str = "a citizen's identity number of 15 digits";
const MOBILE: &str = "a mobile number";
const CARD: &str = "the number of a bank card";
const NOTHING: &str = "";

/// Texts that were thought of as ways past the search, and texts that only look like some. All
/// numbers are synthetic.
const TEXTS: [(&str, &str); 51] = [
    ("370199199001010019", IDENTITY),
    ("T37019919920315001X", IDENTITY),
    ("37370199199001010019-01", IDENTITY),
    ("370199 19900101—0019", IDENTITY),
    ("370199.1990/01·01・0019", IDENTITY),
    ("3 7 0 1 9 9 1 9 9 0 0 1 0 1 0 0 1 9", IDENTITY),
    ("３７０１９９１９９００１０１００１９", IDENTITY),
    ("𝟑𝟕𝟎𝟏𝟗𝟗𝟏𝟗𝟗𝟎𝟎𝟏𝟎𝟏𝟎𝟎𝟏𝟗", IDENTITY),
    ("三七〇一九九一九九〇〇一〇一〇〇一九", IDENTITY),
    ("叁柒零壹玖玖壹玖玖零零壹零壹零零壹玖", IDENTITY),
    ("③⑦⓪①⑨⑨①⑨⑨⓪⓪①⓪①⓪⓪①⑨", IDENTITY),
    ("❸❼⓿❶❾❾❶❾❾⓿⓿❶⓿❶⓿⓿❶❾", IDENTITY),
    ("37O199l99OOlOlOOl9", IDENTITY),
    ("37О199І99ООІОІООІ9", IDENTITY),
    ("З7Ο|99|99ΟΟ|Ο|ΟΟ|9", IDENTITY),
    ("37O199-l99OOlOl-OOl9", IDENTITY),
    ("37019919920315001×", IDENTITY),
    ("37019919920315001㐅", IDENTITY),
    ("37OIggIggOOIOIOOIg", IDENTITY),
    ("3ㄱ0199199001010019", IDENTITY),
    ("37019919920315001Х", IDENTITY),
    (
        "户籍地址码为370199，出生日期为1990年01月01日，顺序码与校验码为0019",
        IDENTITY,
    ),
    ("370199900101001", OLD_IDENTITY),
    ("370199 900101 001", OLD_IDENTITY),
    ("电话13812345678", MOBILE),
    ("+86 138-1234-5678", MOBILE),
    ("l38·I234·5678", MOBILE),
    ("138 1234 567B", MOBILE),
    ("13-812345678", MOBILE),
    ("13_812_345_678", MOBILE),
    ("统一13812345678", MOBILE),
    ("一三八一二三四五六七八", MOBILE),
    ("6222021234567890128", CARD),
    ("卡号6222 0212 3456 7890 128", CARD),
    ("6222O2l2З45678901Z8", CARD),
    ("374245455400126", CARD),
    ("370199199001010018", NOTHING),
    ("91370200264574251E", NOTHING),
    ("0190a3b2-0000-7000-8000-00000000000a", NOTHING),
    ("a13812345678", NOTHING),
    (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        NOTHING,
    ),
    ("鲁人社发〔2023〕5号", NOTHING),
    ("2025063000001234", NOTHING),
    ("20250630000012345678", NOTHING),
    ("S000037000123224000057", NOTHING),
    ("JZ-2023-000123", NOTHING),
    ("150 1200 9000", NOTHING),
    ("拨付13800000000.00元", NOTHING),
    ("2015:6-18-02-01", NOTHING),
    ("Illinois, 2021", NOTHING),
    ("4111111111111112", NOTHING),
];

/// What a refusal names, or nothing where none is made for personal data.
fn named(said: &str) -> &'static str {
    // The longer name first: the shorter is its beginning.
    let names = [OLD_IDENTITY, IDENTITY, MOBILE, CARD];
    names
        .into_iter()
        .find(|it| said.contains(it))
        .unwrap_or(NOTHING)
}

fn accrual(text: &str) -> serde_json::Value {
    serde_json::json!({"occurredDate": "2021-03-02", "accrueFunds": {
        "division": 370100, "reference": text, "fund": "FUND_SOURCE_SPECIAL_ACCOUNT",
        "amountFen": 1}})
}

fn accrual_to_proto(text: &str) -> v1::command::Body {
    v1::command::Body::AccrueFunds(v1::AccrueFunds {
        division: 370_100,
        fund: v1::FundSource::SpecialAccount.into(),
        amount_fen: 1,
        reference: text.to_owned(),
        ..v1::AccrueFunds::default()
    })
}

async fn by_append(client: &mut RawClient, body: v1::command::Body) -> String {
    let command = v1::Command {
        body: Some(body),
        causes: Vec::new(),
        occurred_date: Some(v1::Date {
            year: 2021,
            month: 3,
            day: 2,
        }),
    };
    let request = v1::AppendRequest {
        commands: vec![command],
        validate_only: true,
        ..story::newcomer()
    };
    match client.append(request).await {
        Ok(_) => String::new(),
        Err(status) => format!(
            "{} {:?}",
            status.message(),
            status.get_details_bad_request()
        ),
    }
}

/// What each door says of a text.
async fn doors(server: &TestServer, folder: &Path, text: &str) -> Vec<(&'static str, String)> {
    let address = server.address();
    let mut said = vec![(
        "append",
        by_append(&mut server.client().await, accrual_to_proto(text)).await,
    )];
    let commands = write(folder, "commands.json", &accrual(text).to_string());
    let file = tool(address, &["append", &commands, "--encoding", "utf-8"]).await;
    said.push(("append FILE", format!("{}{}", file.output, file.messages)));

    let person = "0190a3b2-0000-7000-8000-000000000a01";
    let roster = write(
        folder,
        "roster.csv",
        &format!("person\tnote\n{person}\t{text}\n"),
    );
    let words = [
        "import",
        "enrolments",
        &roster,
        "--occurred-on",
        "2021-03-01",
        "--set",
    ];
    let class = "class=0190a3b2-0000-7000-8000-000000000c00";
    let file = tool(
        address,
        &[&words[..], &[class, "--encoding", "utf-8"]].concat(),
    )
    .await;
    said.push(("import", format!("{}{}", file.output, file.messages)));

    let policy = format!("# {text}\n{}", ledger_tests::workload::SHANDONG_ACTION);
    let published = v1::PublishPolicy {
        text: policy.clone(),
    };
    let published = v1::command::Body::PublishPolicy(published);
    said.push((
        "publish",
        by_append(&mut server.client().await, published).await,
    ));
    let policy = write(folder, "policy.toml", &policy);
    let file = tool(address, &["policy", "check", &policy]).await;
    said.push(("check", format!("{}{}", file.output, file.messages)));

    let settings = Settings {
        development_identity: Some(text.to_owned()),
        ..Settings::default()
    };
    let identity = match settings.check() {
        Err(ConfigError::DevelopmentIdentity(TextError::PersonalData(found))) => found.to_string(),
        _ => String::new(),
    };
    said.push(("development identity", identity));
    said
}

#[tokio::test]
async fn every_door_gives_the_same_answer() {
    let server = TestServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    for (text, expected) in TEXTS {
        for (door, said) in doors(&server, folder.path(), text).await {
            assert_eq!(named(&said), expected, "{door} of {text}: {said}");
            let is_repeated = expected != NOTHING && said.contains(text);
            assert!(!is_repeated, "{door} repeats {text}");
        }
    }
    let status = tool(server.address(), &["status", "--json"]).await;
    let status: serde_json::Value = serde_json::from_str(&status.output).unwrap();
    assert_eq!(status["appendedEvents"], 0, "{status}");
}

/// A key that spells a number, in a request and in a file.
#[tokio::test]
async fn a_key_that_spells_a_number_is_refused_at_every_door() {
    let server = TestServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    for (key, expected) in [
        ("37019919-9001-0100-1900-000000000000", IDENTITY),
        ("00000000-0000-0037-0199-199203150010", NOTHING),
        ("00000000-0000-0037-0199-19920315001a", IDENTITY),
        ("ffffffff-ffff-ffff-ffff-f13812345678", MOBILE),
        ("00000000-0000-0622-2021-234567890128", CARD),
        ("31333831-3233-3435-3637-380000000000", MOBILE),
        ("00000000-0000-0000-0000-00033747ab4e", MOBILE),
        ("0190a3b2-0000-7000-8000-00000000000a", NOTHING),
    ] {
        let bytes = PersonKey::parse(key).unwrap();
        let registered = v1::command::Body::RegisterPerson(v1::RegisterPerson {
            person_key: bytes.as_bytes().to_vec(),
        });
        let said = by_append(&mut server.client().await, registered).await;
        assert_eq!(named(&said), expected, "{key}: {said}");
        let roster = write(folder.path(), "roster.csv", &format!("person\n{key}\n"));
        let words = [
            "import",
            "enrolments",
            &roster,
            "--occurred-on",
            "2021-03-01",
            "--set",
        ];
        let class = "class=0190a3b2-0000-7000-8000-000000000c00";
        let said = tool(
            server.address(),
            &[&words[..], &[class, "--encoding", "utf-8"]].concat(),
        )
        .await;
        let said = format!("{}{}", said.output, said.messages);
        assert_eq!(named(&said), expected, "{key}: {said}");
    }
}

/// The story with personal data in its texts, numbers and comments, as it may have been recorded
/// before anything was searched.
fn of_the_past() -> Vec<Command> {
    let reference = || Reference::from_record("370199199001010019");
    let note = || Note::from_record("电话13812345678，卡号6222021234567890128");
    let mut commands = everything_of_five_documents();
    for command in &mut commands {
        match &mut command.body {
            CommandBody::PublishPolicy(it) => {
                let text = format!("# 370199\n# 19900101\n# 0019, 13812345678\n{}", it.text);
                it.policy = Arc::new(ledger_policy::compile_recorded(&text).unwrap());
                it.text = Arc::from(text);
            }
            CommandBody::AccrueFunds(it) => it.reference = reference(),
            CommandBody::ApproveClass(it) => it.contract_number = reference(),
            CommandBody::SettleDisbursement(it) => {
                it.bank_reference = Reference::from_record("6222O2I234567890I28");
            }
            CommandBody::RecordRepayment(it) => it.bank_reference = reference(),
            CommandBody::OpenCase(it) => it.clue = note(),
            CommandBody::MakeFinding(it) => it.decision_number = reference(),
            CommandBody::DecideClawback(it) => it.decision_number = reference(),
            CommandBody::WithdrawPolicy(it) => it.grounds = note(),
            _ => {}
        }
    }
    let spelt = 0x3701_9919_9001_0100_1900_0000_0000_0000_u128.to_be_bytes();
    commands.push(story::register(PersonKey::from_bytes(spelt)));
    commands
}

#[tokio::test]
async fn a_ledger_of_the_past_is_read_whatever_it_holds() {
    let store = Arc::new(MemoryStore::new());
    let storage: Arc<dyn Storage> = Arc::<MemoryStore>::clone(&store);
    let commands = of_the_past();
    let count = commands.len();
    let recorded = tokio::task::spawn_blocking(move || {
        let clock = Arc::new(SystemClock);
        let engine = Engine::open(storage, EngineOptions::default(), clock).unwrap();
        let request = Request {
            request_id: ledger_core::RequestId::from_bytes([7; 16]),
            digest: [7; 32],
            commands,
            mode: Mode::Atomic,
            validate_only: false,
            actor: Arc::from("13812345678"),
            source_system: Arc::from("370199199001010019"),
        };
        let appended = engine.append_blocking(request).unwrap();
        engine.verify().unwrap();
        engine.shutdown();
        appended.outcomes
    });
    let recorded = recorded.await.unwrap();
    let is_recorded = |it: &&Outcome| matches!(it, Outcome::Recorded { .. });
    assert_eq!(
        recorded.iter().filter(is_recorded).count(),
        count,
        "{recorded:?}"
    );
    let server = TestServer::start_over(store, |_| {}).await;
    let address = server.address();
    for (words, expected) in [
        (&["status"][..], "2"),
        (&["events", "--json", "--limit", "0"], "370199199001010019"),
        (&["certificate", story::CERTIFICATE], ""),
        (&["policy", "list"], ""),
        (&["rebuild"], ""),
    ] {
        let said = tool(address, words).await;
        assert_eq!(said.code, Some(0), "{words:?}: {said:?}");
        assert!(said.output.contains(expected), "{words:?}: {said:?}");
    }
    // And what is asked for today is searched.
    let said = by_append(
        &mut server.client().await,
        accrual_to_proto("370199199001010019"),
    )
    .await;
    assert_eq!(named(&said), PersonalData::IdentityNumber.to_string());
}
