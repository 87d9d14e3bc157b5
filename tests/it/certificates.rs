//! Permits for special operations: found by their number, which nothing on disk shows.
//!
//! Long: every door that such a number goes through, on one ledger with one key.

use crate::story::{PERSON, everything, request};
use crate::tool::{tool, write};
use ledger_proto::v1::{self, command::Body, tag::Value};
use ledger_server::{Settings, make_certificate_key};
use ledger_tests::{RawClient, TestServer};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

const NUMBER: &str = "T37019919920315001X";
/// How a clerk may write it.
const AS_TYPED: &str = "t370199 19920315 001x";
/// Its digits, however the last character is written.
const IDENTITY: &str = "37019919920315001";

fn key(folder: &TempDir, name: &str) -> PathBuf {
    let file = folder.path().join(name);
    make_certificate_key(&Settings::default(), &file).unwrap();
    file
}

/// The story up to the person's certificate, which becomes a permit with that number.
fn with_permit(number: &str) -> v1::AppendRequest {
    let mut request = request(&everything());
    let is_issue = |command: &v1::Command| matches!(command.body, Some(Body::IssueCertificate(_)));
    let at = request.commands.iter().position(is_issue).unwrap();
    request.commands.truncate(at + 1);
    let last = request.commands.last_mut();
    if let Some(Body::IssueCertificate(issue)) = last.and_then(|command| command.body.as_mut()) {
        issue.number = number.to_owned();
        issue.set_kind(v1::CertificateKind::SpecialOperation);
    }
    // A course that leads to a level ends with a certificate of that level.
    for command in &mut request.commands {
        if let Some(Body::ApproveClass(class)) = &mut command.body {
            class.level = 0;
        }
    }
    request
}

async fn found(client: &mut RawClient, number: &str) -> Result<Vec<u8>, Code> {
    let question = v1::GetCertificateRequest {
        number: number.to_owned(),
        ..v1::GetCertificateRequest::default()
    };
    let found = client.get_certificate(question).await;
    found
        .map(|it| it.into_inner().person_key)
        .map_err(|status| status.code())
}

/// The events that carry a number as their tag.
async fn events_of(client: &mut RawClient, number: &str) -> Vec<Vec<u8>> {
    let tag = v1::Tag {
        value: Some(Value::CertificateNumber(number.to_owned())),
    };
    let question = v1::ReadEventsRequest {
        filter: Some(v1::EventFilter {
            tags: vec![tag],
            ..v1::EventFilter::default()
        }),
        ..v1::ReadEventsRequest::default()
    };
    let mut stream = client.read_events(question).await.unwrap().into_inner();
    let mut events = Vec::new();
    while let Some(page) = stream.message().await.unwrap() {
        events.extend(page.events.into_iter().map(|event| event.recorded_event));
    }
    events
}

/// The files below a folder that hold a text.
fn files_with(folder: &Path, text: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if String::from_utf8_lossy(&fs::read(&path).unwrap()).contains(text) {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn a_permit_is_found_by_its_number_which_nothing_on_disk_shows() {
    let keys = TempDir::new().unwrap();
    let (file, other) = (key(&keys, "key"), key(&keys, "other"));
    let set = |file: &Path| {
        let file = file.to_owned();
        move |settings: &mut Settings| settings.certificates.key_file = Some(file)
    };
    let server = TestServer::start_with(set(&file)).await;
    let mut client = server.client().await;
    let asked = with_permit(AS_TYPED);
    let first = client.append(asked.clone()).await.unwrap().into_inner();
    // Written otherwise it is the same number, so the same request.
    let again = v1::AppendRequest {
        request_id: asked.request_id,
        ..with_permit(NUMBER)
    };
    let again = client.append(again).await.unwrap().into_inner();
    assert!(again.replayed && again.last_position == first.last_position);

    let events = events_of(&mut client, NUMBER).await;
    assert_eq!(events.len(), 1);
    let digest = events[0].windows(31).find(|it| it.starts_with(b"HMAC-"));
    let digest = String::from_utf8(digest.unwrap().to_vec()).unwrap();
    for number in [NUMBER, AS_TYPED, &digest] {
        let person = found(&mut client, number).await;
        assert_eq!(person.as_deref(), Ok(PERSON.as_bytes().as_slice()));
        assert_eq!(events_of(&mut client, number).await, events);
    }
    let nobody = found(&mut client, "T370199199001010019").await;
    assert_eq!(nobody, Err(Code::NotFound));
    // A certificate is not issued by a digest.
    let forged = client.append(with_permit(&digest)).await.unwrap_err();
    assert_eq!(forged.code(), Code::InvalidArgument);

    let folder = server.stop_and_keep().await;
    assert_eq!(files_with(folder.path(), IDENTITY), Vec::<PathBuf>::new());
    assert!(!files_with(folder.path(), &digest[..9]).is_empty());

    // Without its key, and with another, the ledger is not served; it is as before with its own.
    let refused = TestServer::start_in(folder, |_| {}).await;
    let folder = refused.failed_and_keep().await;
    assert!(
        folder.1.contains("set certificates.key_file"),
        "{}",
        folder.1
    );
    let refused = TestServer::start_in(folder.0, set(&other)).await;
    let folder = refused.failed_and_keep().await;
    assert!(folder.1.contains(&digest[5..9]), "{}", folder.1);
    let server = TestServer::start_in(folder.0, set(&file)).await;
    let person = found(&mut server.client().await, NUMBER).await;
    assert_eq!(person.as_deref(), Ok(PERSON.as_bytes().as_slice()));
    server.stop().await;
}

#[tokio::test]
async fn without_a_key_such_numbers_are_refused_and_never_repeated() {
    let server = TestServer::start().await;
    let mut client = server.client().await;
    let refused = client.append(with_permit(NUMBER)).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.message().contains("certificate-key"), "{refused:?}");
    assert!(!format!("{refused:?}").contains(IDENTITY));
    let asked = found(&mut client, NUMBER).await;
    assert_eq!(asked, Err(Code::InvalidArgument));
    let folder = server.stop_and_keep().await;
    assert_eq!(files_with(folder.path(), IDENTITY), Vec::<PathBuf>::new());
}

/// The server of a ledger that keeps such numbers.
async fn with_key(file: &Path) -> TestServer {
    let file = file.to_owned();
    TestServer::start_with(|settings| settings.certificates.key_file = Some(file)).await
}

/// Checks that nothing shows the number.
fn hides<T: std::fmt::Debug>(said: &T) {
    let said = format!("{said:?}");
    for part in ["19920315", "19900101"] {
        assert!(!said.contains(part), "{said}");
    }
}

/// The id of a request, which is told before it is sent.
fn request_id(messages: &str) -> uuid::Uuid {
    let mut words = messages
        .split_whitespace()
        .skip_while(|it| *it != "request");
    words.nth(1).expect(messages).parse().unwrap()
}

/// The id of a request that follows from an identity number could be found out by trying.
#[tokio::test]
async fn the_command_line_names_requests_after_the_digest_of_such_a_number() {
    let keys = TempDir::new().unwrap();
    let server = with_key(&key(&keys, "key")).await;
    let mut client = server.client().await;
    client.append(with_permit(NUMBER)).await.unwrap();
    let verify = async |number: &str| {
        let words = ["certificate", "verify", number, "--source", "REGISTER-1"];
        let said = tool(server.address(), &words).await;
        hides(&said);
        assert_eq!(said.code, Some(0), "{said:?}");
        said.messages
    };
    let first = verify(NUMBER).await;
    let again = verify(AS_TYPED).await;
    assert!(again.contains("on record already"), "{again}");
    assert_eq!(request_id(&first), request_id(&again));
    // It is found by its number on the command line as well.
    let said = tool(server.address(), &["certificate", AS_TYPED]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    hides(&said);
    let said = tool(server.address(), &["status"]).await;
    assert!(said.output.contains("kept by the key "), "{said:?}");
    let folder = server.stop_and_keep().await;
    assert_eq!(files_with(folder.path(), IDENTITY), Vec::<PathBuf>::new());
}

/// The file of a clerk, by the programs: named after the digest, found again however it is written.
#[tokio::test]
async fn a_file_of_commands_with_such_a_number_is_appended_and_shows_it_nowhere() {
    let keys = TempDir::new().unwrap();
    let without = TestServer::start().await;
    let server = with_key(&key(&keys, "key")).await;
    let mut request = with_permit(NUMBER);
    let Some(Body::IssueCertificate(issue)) = request.commands.pop().unwrap().body else {
        panic!("the story goes up to the certificate");
    };
    let mut client = server.client().await;
    client.append(request).await.unwrap();
    let uuid = |id: &[u8]| uuid::Uuid::from_slice(id).unwrap();
    let day = issue.issued_date.unwrap();
    let day = format!("{}-{:02}-{:02}", day.year, day.month, day.day);
    let text = |number: &str| {
        format!(
            r#"{{"occurredDate": "{day}", "issueCertificate": {{"classId": "{}", "personKey": "{}",
            "number": "{number}", "evaluator": "{}", "issuedDate": "{day}",
            "kind": "CERTIFICATE_KIND_SPECIAL_OPERATION"}}}}"#,
            uuid(&issue.class_id),
            uuid(&issue.person_key),
            issue.evaluator,
        )
    };
    let append = async |server: &TestServer, number: &str| {
        let file = write(keys.path(), "commands.json", &text(number));
        let said = tool(server.address(), &["append", &file]).await;
        hides(&said);
        said
    };
    // Nothing is sent to a server without a key.
    let said = append(&without, NUMBER).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.messages.contains("certificate-key"), "{said:?}");
    let folder = without.stop_and_keep().await;
    assert_eq!(files_with(folder.path(), IDENTITY), Vec::<PathBuf>::new());

    let first = append(&server, NUMBER).await;
    assert_eq!(first.code, Some(0), "{first:?}");
    assert_eq!(events_of(&mut client, NUMBER).await.len(), 1);
    // The same command however the number is written: the same request, answered as before.
    let id = |said: &ledger_tests::Said| request_id(&said.messages);
    for number in [NUMBER, AS_TYPED, "Ｔ３７０１９９１９９２０３１５００１Ｘ"] {
        let again = append(&server, number).await;
        assert_eq!(again.code, Some(0), "{again:?}");
        assert_eq!(id(&again), id(&first), "{again:?}");
        assert_eq!(events_of(&mut client, NUMBER).await.len(), 1);
    }
    // Another number is another request, which is refused: the person has his certificate.
    let other = append(&server, "T370199199001010019").await;
    assert_eq!(other.code, Some(3), "{other:?}");
    assert_ne!(id(&other), id(&first));
    let folder = server.stop_and_keep().await;
    for identity in [IDENTITY, "370199199001010019"] {
        assert_eq!(files_with(folder.path(), identity), Vec::<PathBuf>::new());
    }
}

/// What the roster of a class says of everybody.
struct Roster {
    fixed: Vec<String>,
    person: String,
}

/// The story up to the certificate, which is left to a roster.
async fn before_the_roster(client: &mut RawClient) -> Roster {
    let mut request = with_permit(NUMBER);
    let Some(Body::IssueCertificate(issue)) = request.commands.pop().unwrap().body else {
        panic!("the story goes up to the certificate");
    };
    client.append(request).await.unwrap();
    let uuid = |id: &[u8]| uuid::Uuid::from_slice(id).unwrap().to_string();
    let day = issue.issued_date.unwrap();
    let day = format!("{}-{:02}-{:02}", day.year, day.month, day.day);
    let fixed = [
        format!("class={}", uuid(&issue.class_id)),
        format!("evaluator={}", issue.evaluator),
        format!("issued-on={day}"),
        format!("occurred-on={day}"),
        "kind=special-operation".to_owned(),
    ];
    Roster {
        fixed: fixed.to_vec(),
        person: uuid(&issue.person_key),
    }
}

impl Roster {
    /// Imports a file: how it ends, and what it says.
    async fn import(&self, server: &TestServer, words: &[&str]) -> ledger_tests::Said {
        let fixed = self.fixed.iter().flat_map(|value| ["--set", value]);
        let words: Vec<&str> = ["import", "certificates"]
            .into_iter()
            .chain(words.iter().copied())
            .chain(fixed)
            .collect();
        let said = tool(server.address(), &words).await;
        hides(&said);
        said
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one roster's way")]
async fn a_roster_of_permits_is_imported_resumed_and_its_rejects_come_back() {
    const NOBODY: &str = "0190a3b2-0000-7000-8000-00000000ffff";
    const OTHER: &str = "T370199199001010019";
    let keys = TempDir::new().unwrap();
    let server = with_key(&key(&keys, "key")).await;
    let roster = before_the_roster(&mut server.client().await).await;
    let text = |number: &str| {
        let person = &roster.person;
        format!("person,number,note\n{person},{number},a\n{NOBODY},{OTHER},b\n")
    };
    let file = write(keys.path(), "roster.csv", &text(NUMBER));
    let rejects = keys.path().join("rejects.csv");
    fs::write(&rejects, "of an earlier import").unwrap();
    fs::set_permissions(&rejects, fs::Permissions::from_mode(0o644)).unwrap();
    let to_rejects = [file.as_str(), "--rejects", rejects.to_str().unwrap()];
    let counts = |said: &ledger_tests::Said, code, line: &str| {
        assert_eq!(said.code, Some(code), "{said:?}");
        assert!(
            said.output.contains(line) || said.messages.contains(line),
            "{said:?}"
        );
    };
    let said = roster.import(&server, &to_rejects).await;
    counts(
        &said,
        3,
        "2 lines: 1 recorded, 0 on record before, 1 rejected",
    );
    let mut client = server.client().await;
    assert_eq!(events_of(&mut client, NUMBER).await.len(), 1);

    // Only the clerk reads them, also where others could read what stood there.
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&rejects), 0o600);

    // The rejects hold the clerk's own cells, and no number in the reasons.
    let rejected = fs::read_to_string(&rejects).unwrap();
    let line = rejected.lines().nth(1).unwrap();
    let (reasons, cells) = line.split_once(NOBODY).unwrap();
    assert_eq!(cells, format!(",{OTHER},b"));
    hides(&reasons);

    // It is the same roster however the number is written, and is resumed under the same names.
    let said = roster.import(&server, &[&file]).await;
    counts(&said, 1, "was imported before");
    let typed = write(keys.path(), "typed.csv", &text(AS_TYPED));
    let said = roster.import(&server, &[&typed, "--resume"]).await;
    counts(
        &said,
        3,
        "2 lines: 1 recorded, 0 on record before, 1 rejected",
    );
    assert!(
        said.output.contains("refused first as refusal 1"),
        "{said:?}"
    );
    // Under other names the same fact is on record before, and another fact is not.
    let said = roster
        .import(&server, &[&file, "--batch", "1", "--resume"])
        .await;
    counts(
        &said,
        3,
        "2 lines: 0 recorded, 1 on record before, 1 rejected",
    );
    let another = Roster {
        fixed: roster
            .fixed
            .iter()
            .map(|it| it.replace("occurred-on=2021", "occurred-on=2022"))
            .collect(),
        person: roster.person.clone(),
    };
    let said = another.import(&server, &[&file, "--resume"]).await;
    assert!(said.output.contains("with another occurred-on"), "{said:?}");
    // The file of rejects is a roster again, and refused as before.
    let said = roster.import(&server, &[rejects.to_str().unwrap()]).await;
    counts(
        &said,
        3,
        "1 lines: 0 recorded, 0 on record before, 1 rejected",
    );

    let folder = server.stop_and_keep().await;
    assert_eq!(files_with(folder.path(), IDENTITY), Vec::<PathBuf>::new());
    assert_eq!(
        files_with(folder.path(), &OTHER[1..18]),
        Vec::<PathBuf>::new()
    );
}

#[tokio::test]
async fn a_roster_of_permits_is_not_sent_to_a_server_without_a_key() {
    let server = TestServer::start().await;
    let roster = before_the_roster(&mut server.client().await).await;
    let folder = TempDir::new().unwrap();
    let text = format!("person,number\n{},{NUMBER}\n", roster.person);
    let file = write(folder.path(), "roster.csv", &text);
    let said = roster.import(&server, &[&file]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    for part in ["Nothing was sent", "certificate-key"] {
        assert!(said.messages.contains(part), "{part}: {said:?}");
    }
    let said = tool(server.address(), &["status"]).await;
    assert!(
        said.output.contains("REFUSED, no key is in use"),
        "{said:?}"
    );
    server.stop().await;
}

/// The question for digests: in order, bounded, and without a number in any error.
#[tokio::test]
async fn the_server_tells_what_numbers_are_kept_by() {
    let keys = TempDir::new().unwrap();
    let server = with_key(&key(&keys, "key")).await;
    let mut client = server.client().await;
    let mut ask = async |numbers: &[&str]| {
        let question = v1::DigestCertificateNumbersRequest {
            numbers: numbers.iter().map(|it| (*it).to_owned()).collect(),
        };
        let answer = client.digest_certificate_numbers(question).await;
        answer.map(|it| it.into_inner().kept_numbers)
    };
    let kept = ask(&[NUMBER, "S000037000123224000057", AS_TYPED])
        .await
        .unwrap();
    assert!(
        kept[0].starts_with("HMAC-") && kept[0] == kept[2],
        "{kept:?}"
    );
    assert_eq!(kept[1], "S000037000123224000057");
    assert_eq!(ask(&[]).await.unwrap(), Vec::<String>::new());
    let most = vec![NUMBER; 1_000];
    assert_eq!(ask(&most).await.unwrap().len(), 1_000);
    for (numbers, field) in [
        (vec![NUMBER; 1_001], "numbers:"),
        (vec![NUMBER, &NUMBER[..9], ""], "numbers[2]"),
    ] {
        let refused = ask(&numbers).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert!(refused.message().contains(field), "{refused:?}");
        hides(&refused);
    }
    let status = client.get_status(v1::GetStatusRequest {}).await.unwrap();
    let status = status.into_inner();
    assert_eq!(status.certificate_key.unwrap().mark, kept[0][5..9]);
    assert_eq!(status.limits.unwrap().certificate_numbers_max, 1_000);
    server.stop().await;
}

/// By the Rust client: what is read, followed and asked for by a number.
#[tokio::test]
async fn the_client_follows_and_reads_by_such_a_number() {
    let keys = TempDir::new().unwrap();
    let server = with_key(&key(&keys, "key")).await;
    let config = ledger_client::ClientConfig::new(format!("http://{}", server.address()), "tests");
    let client = ledger_client::Client::connect(config).await.unwrap();
    let filter = |number: &str| v1::EventFilter {
        tags: vec![v1::Tag {
            value: Some(Value::CertificateNumber(number.to_owned())),
        }],
        ..v1::EventFilter::default()
    };
    // It begins before there is such an event, and nobody else's is shown.
    let mut following = client.subscribe(filter(AS_TYPED), 0);
    let mut others = client.subscribe(filter("T370199199001010019"), 0);
    let caught_up = async |following: &mut ledger_client::Subscription| loop {
        match following.next().await.unwrap() {
            ledger_client::Notice::CaughtUp { .. } => return,
            ledger_client::Notice::Event(event) => panic!("{event:?}"),
            _ => {}
        }
    };
    caught_up(&mut following).await;
    caught_up(&mut others).await;
    server
        .client()
        .await
        .append(with_permit(NUMBER))
        .await
        .unwrap();
    let event = loop {
        if let ledger_client::Notice::Event(event) = following.next().await.unwrap() {
            break event;
        }
    };
    let question = v1::ReadEventsRequest {
        filter: Some(filter(NUMBER)),
        ..v1::ReadEventsRequest::default()
    };
    let mut read = client.read_events(question).await.unwrap();
    let found = read.next().await.unwrap().unwrap();
    assert_eq!(found.recorded_event, event.recorded_event);
    assert!(read.next().await.unwrap().is_none());
    server.stop().await;
}

/// A backup has the digests and not the key: restored it is served with the key, and only so.
#[tokio::test]
async fn a_restored_ledger_needs_the_key_that_no_backup_holds() {
    let keys = TempDir::new().unwrap();
    let (file, other) = (key(&keys, "key"), key(&keys, "other"));
    let backups = TempDir::new().unwrap();
    let (to, first) = (backups.path().to_owned(), file.clone());
    let server = TestServer::start_with(|settings| {
        settings.certificates.key_file = Some(first);
        settings.backup.dir = Some(to);
    })
    .await;
    let mut client = server.client().await;
    client.append(with_permit(NUMBER)).await.unwrap();
    let mut answers = client
        .back_up(v1::BackUpRequest {})
        .await
        .unwrap()
        .into_inner();
    while answers.message().await.unwrap().is_some() {}
    server.stop().await;
    let secret = fs::read_to_string(&file).unwrap();
    let (secret, none) = (secret.trim(), Vec::<PathBuf>::new());
    assert_eq!(files_with(backups.path(), secret), none);
    assert_eq!(files_with(backups.path(), IDENTITY), none);

    // Restoring and checking need no key.
    let folder = TempDir::new().unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let (from, data_dir) = (text(backups.path()), text(folder.path()));
    for words in [
        &["restore", "--backup-dir", &from, "--data-dir", &data_dir][..],
        &["verify", "--data-dir", &data_dir, "--deep"],
    ] {
        let said = ledger_tests::server_program(words).unwrap();
        assert_eq!(said.code, Some(0), "{said:?}");
    }
    let refused = TestServer::start_in(folder, |_| {}).await;
    let (folder, why) = refused.failed_and_keep().await;
    assert!(why.contains("set certificates.key_file"), "{why}");
    let set =
        |file: PathBuf| move |settings: &mut Settings| settings.certificates.key_file = Some(file);
    let refused = TestServer::start_in(folder, set(other)).await;
    let (folder, why) = refused.failed_and_keep().await;
    assert!(why.contains("or to its copy"), "{why}");
    let server = TestServer::start_in(folder, set(file)).await;
    let person = found(&mut server.client().await, AS_TYPED).await;
    assert_eq!(person.as_deref(), Ok(PERSON.as_bytes().as_slice()));
    server.stop().await;
}

/// The same without the person's course, so that the certificate is refused.
fn refused_permit(id: u8, number: &str) -> v1::AppendRequest {
    let mut request = with_permit(number);
    let last = request.commands.pop();
    v1::AppendRequest {
        request_id: vec![id; 16],
        commands: last.into_iter().collect(),
        ..request
    }
}

fn set_keys(key: Option<&Path>, lost: &str) -> impl FnOnce(&mut Settings) + use<> {
    let (key, lost) = (key.map(Path::to_owned), lost.to_owned());
    move |settings| {
        settings.certificates.key_file = key;
        settings.certificates.lost_keys = Some(lost);
    }
}

async fn key_status(client: &mut RawClient) -> v1::CertificateKeyStatus {
    let status = client.get_status(v1::GetStatusRequest {}).await.unwrap();
    status.into_inner().certificate_key.unwrap()
}

/// Nothing but attempts was ever recorded under the key.
#[tokio::test]
async fn a_ledger_with_refused_attempts_only_tells_the_key_that_it_needs() {
    let keys = TempDir::new().unwrap();
    let (file, other) = (key(&keys, "key"), key(&keys, "other"));
    let server = with_key(&file).await;
    let mut client = server.client().await;
    let answer = client.append(refused_permit(1, NUMBER)).await.unwrap_err();
    hides(&answer);
    let mark = key_status(&mut client).await.mark;
    let mut folder = server.stop_and_keep().await;
    for key in [None, Some(other.as_path())] {
        let refused = TestServer::start_in(folder, set_keys(key, "")).await;
        let (kept, why) = refused.failed_and_keep().await;
        assert!(
            why.contains(&format!("by digests of the key {mark}")),
            "{why}"
        );
        folder = kept;
    }
    // With its own the same request is answered as before.
    let server = TestServer::start_in(folder, set_keys(Some(&file), "")).await;
    let mut client = server.client().await;
    let again = client.append(refused_permit(1, NUMBER)).await.unwrap_err();
    assert_eq!(again.code(), answer.code());
    assert_eq!(again.message(), answer.message());
    server.stop().await;
}

/// Lost, said to be lost, lost again, and found again.
#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one ledger's way")]
async fn a_ledger_whose_key_is_lost_goes_on_under_another() {
    let keys = TempDir::new().unwrap();
    let (first, second) = (key(&keys, "first"), key(&keys, "second"));
    let third = key(&keys, "third");
    let server = with_key(&first).await;
    let mut client = server.client().await;
    client.append(with_permit(NUMBER)).await.unwrap();
    let kept = events_of(&mut client, NUMBER).await;
    let digest = kept[0].windows(31).find(|it| it.starts_with(b"HMAC-"));
    let digest = String::from_utf8(digest.unwrap().to_vec()).unwrap();
    let mark = key_status(&mut client).await.mark;
    let mut folder = server.stop_and_keep().await;

    // What is said has to be so.
    for (key, lost, expected) in [
        (Some(&second), "AAAA", "keeps no certificate number by it"),
        (Some(&first), mark.as_str(), "take it out"),
    ] {
        let refused = TestServer::start_in(folder, set_keys(key.map(PathBuf::as_path), lost)).await;
        let (kept, why) = refused.failed_and_keep().await;
        assert!(why.contains(expected), "{why}");
        folder = kept;
    }

    let server = TestServer::start_in(folder, set_keys(Some(&second), &mark)).await;
    let mut client = server.client().await;
    let status = key_status(&mut client).await;
    assert_eq!(status.lost_marks, std::slice::from_ref(&mark));
    assert!(status.problem.contains(&mark) && status.problem.contains("look the person up"));
    let said = tool(server.address(), &["status"]).await;
    assert!(said.output.contains(&format!("LOST: {mark}")), "{said:?}");
    // It is not found by its number, which the answer says, and by what events show.
    let question = |number: &str| v1::GetCertificateRequest {
        number: number.to_owned(),
        ..v1::GetCertificateRequest::default()
    };
    let not_found = client.get_certificate(question(NUMBER)).await.unwrap_err();
    assert_eq!(not_found.code(), Code::NotFound);
    let hint = format!("under the lost key {mark}");
    assert!(not_found.message().contains(&hint), "{not_found:?}");
    let other = client
        .get_certificate(question("S000037000123224000057"))
        .await;
    assert!(!other.unwrap_err().message().contains("lost key"));
    let person = found(&mut client, &digest).await;
    assert_eq!(person.as_deref(), Ok(PERSON.as_bytes().as_slice()));
    // Health tells it apart from serving.
    let channel = tonic::transport::Endpoint::from_shared(format!("http://{}", server.address()));
    let channel = channel.unwrap().connect().await.unwrap();
    for (service, expected) in [
        ("", ServingStatus::Serving),
        ("subsidy.ledger.v1.LedgerService", ServingStatus::Serving),
        (
            "subsidy.ledger.v1.CertificateNumbers",
            ServingStatus::NotServing,
        ),
    ] {
        let question = HealthCheckRequest {
            service: service.to_owned(),
        };
        let health = HealthClient::new(channel.clone()).check(question).await;
        assert_eq!(health.unwrap().into_inner().status(), expected, "{service}");
    }
    // Numbers are kept by the new key from here on.
    client.append(refused_permit(2, NUMBER)).await.unwrap_err();
    let second_mark = key_status(&mut client).await.mark;
    let mut folder = server.stop_and_keep().await;
    for (key, lost, expected) in [
        (Some(&third), mark.as_str(), second_mark.as_str()),
        (None, mark.as_str(), second_mark.as_str()),
        // The first is found again: one of the two is in use.
        (Some(&first), "", second_mark.as_str()),
    ] {
        let refused = TestServer::start_in(folder, set_keys(key.map(PathBuf::as_path), lost)).await;
        let (kept, why) = refused.failed_and_keep().await;
        assert!(
            why.contains(&format!("by digests of the key {expected}")),
            "{why}"
        );
        folder = kept;
    }
    let both = format!("{mark}, {second_mark}");
    let server = TestServer::start_in(folder, set_keys(None, &both)).await;
    let mut client = server.client().await;
    assert_eq!(key_status(&mut client).await.lost_marks.len(), 2);
    let refused = found(&mut client, NUMBER).await;
    assert_eq!(refused, Err(Code::InvalidArgument), "no key is in use");
    let folder = server.stop_and_keep().await;
    let found_again = set_keys(Some(&first), &second_mark);
    let server = TestServer::start_in(folder, found_again).await;
    let person = found(&mut server.client().await, NUMBER).await;
    assert_eq!(person.as_deref(), Ok(PERSON.as_bytes().as_slice()));
    server.stop().await;
}
