//! Permits for special operations: found by their number, which nothing on disk shows.

use crate::story::{PERSON, everything, request};
use crate::tool::{tool, write};
use ledger_proto::v1::{self, command::Body, tag::Value};
use ledger_server::{Settings, make_certificate_key};
use ledger_tests::{RawClient, TestServer};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tonic::Code;

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

/// The id of a request that follows from an identity number could be found out by trying.
#[tokio::test]
async fn the_command_line_makes_no_name_of_such_a_number() {
    let keys = TempDir::new().unwrap();
    let file = key(&keys, "key");
    let server =
        TestServer::start_with(|settings| settings.certificates.key_file = Some(file)).await;
    let command = format!(
        "{{\"occurredDate\": \"2021-04-10\", \"verifyCertificate\": \
          {{\"number\": \"{AS_TYPED}\", \"source\": \"REGISTER-1\"}}}}"
    );
    let file = write(keys.path(), "commands.json", &command);
    let said = tool(server.address(), &["append", &file]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.messages.contains("--request-id"), "{said:?}");
    assert!(!format!("{said:?}").contains("19920315"), "{said:?}");
    // By a name of its own it gets to the rules, which know of no such certificate.
    let id = "0190a3b2-0000-7000-8000-0000000000ff";
    let said = tool(server.address(), &["append", &file, "--request-id", id]).await;
    assert!(
        said.messages.contains("CERTIFICATE") || said.output.contains("CERTIFICATE"),
        "{said:?}"
    );
    assert!(!format!("{said:?}").contains("19920315"), "{said:?}");
    server.stop().await;
}
