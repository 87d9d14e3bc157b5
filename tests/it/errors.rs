//! Every error that the transport makes by itself: does it say why, as all others do?
//!
//! Long: all of them are built by hand with the same few helpers.

use crate::story::{newcomer, register, request};
use h2::client::SendRequest;
use ledger_core::PersonKey;
use ledger_log::testing::GatedStore;
use ledger_proto::{ERROR_DOMAIN, v1};
use ledger_server::Settings;
use ledger_tests::TestServer;
use ledger_tests::gated::arrival;
use prost::Message as _;
use std::sync::Arc;
use tokio::net::TcpStream;
use tonic::codegen::Bytes;
use tonic::codegen::http::{Request, Version};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

const LEDGER: &str = "/subsidy.ledger.v1.LedgerService";

/// A call that is built by hand.
#[derive(Clone)]
struct Call {
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    ends: bool,
}

/// A message as gRPC frames it.
fn framed(flag: u8, announced: usize, bytes: &[u8]) -> Vec<u8> {
    let mut frame = vec![flag];
    frame.extend(u32::try_from(announced).unwrap().to_be_bytes());
    frame.extend(bytes);
    frame
}

fn message(bytes: &[u8]) -> Vec<u8> {
    framed(0, bytes.len(), bytes)
}

fn call(method: &str, body: Vec<u8>) -> Call {
    Call {
        path: format!("{LEDGER}/{method}"),
        headers: Vec::new(),
        body,
        ends: true,
    }
}

/// A connection of HTTP/2 with nothing above it: the client of tonic would end calls by itself.
async fn connect(server: &TestServer) -> SendRequest<Bytes> {
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let (calls, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    calls
}

/// Makes a call, and returns the bytes of the answer and the status that it ends in.
async fn answer(connection: &SendRequest<Bytes>, call: Call) -> (Vec<u8>, Status) {
    let mut request = Request::post(format!("http://localhost{}", call.path))
        .version(Version::HTTP_2)
        .header("content-type", "application/grpc");
    for (name, value) in call.headers {
        request = request.header(name, value);
    }
    let mut connection = connection.clone().ready().await.unwrap();
    let request = request.body(()).unwrap();
    let (answer, mut body) = connection.send_request(request, false).unwrap();
    // The server may have answered already.
    drop(body.send_data(Bytes::from(call.body), call.ends));
    let (parts, mut answer) = answer.await.unwrap().into_parts();
    let mut bytes = Vec::new();
    while let Some(data) = answer.data().await {
        bytes.extend(data.unwrap());
    }
    let trailers = answer.trailers().await.unwrap_or_default();
    let status = trailers.and_then(|trailers| Status::from_header_map(&trailers));
    let status = status.or_else(|| Status::from_header_map(&parts.headers));
    (bytes, status.unwrap())
}

/// Code and reason of a status, which has every detail once and repeats nothing of the call.
fn reason(status: &Status) -> (Code, String) {
    let details = tonic_types::pb::Status::decode(status.details())
        .unwrap()
        .details;
    let count = |name: &str| {
        let of_type = details.iter().filter(|it| it.type_url.ends_with(name));
        of_type.count()
    };
    assert_eq!(count("google.rpc.ErrorInfo"), 1, "{status:?}");
    assert_eq!(count("google.rpc.LocalizedMessage"), 1, "{status:?}");
    assert_eq!(count("subsidy.ledger.v1.Failure"), 1, "{status:?}");
    let info = status.get_details_error_info().unwrap();
    assert_eq!(info.domain, ERROR_DOMAIN);
    assert!(!status.message().is_empty() && !status.message().contains("secret"));
    (status.code(), info.reason)
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table")]
async fn every_error_of_the_transport_says_why() {
    let server = TestServer::start().await;
    let connection = connect(&server).await;
    let with = |call: Call, name: &'static str, value: &str| Call {
        headers: vec![(name, value.to_owned())],
        ..call
    };
    let at = |path: &str| Call {
        path: path.to_owned(),
        ..call("", message(&[]))
    };
    let mut cases: Vec<(String, Call, (Code, &str))> = Vec::new();
    // Calls with one answer, with a stream of answers, and with a stream of requests.
    for method in [
        "Append",
        "ReadEvents",
        "AppendStream",
        "Simulate",
        "Subscribe",
    ] {
        let invalid = (Code::InvalidArgument, "MESSAGE_MALFORMED");
        let unknown_encoding = (Code::Unimplemented, "ENCODING_UNSUPPORTED");
        let bodies = [
            (
                "too large",
                framed(0, 64 << 20, b""),
                (Code::ResourceExhausted, "MESSAGE_TOO_LARGE"),
            ),
            ("no protobuf", message(&[0xff; 10]), invalid),
            (
                "no text in a text",
                message(&[0x0a, 0x02, 0xc3, 0x28, 0x12, 0x01, 0xff]),
                invalid,
            ),
            (
                "compressed without saying how",
                framed(1, 2, b"ab"),
                invalid,
            ),
            ("no such flag", framed(7, 2, b"ab"), invalid),
            ("cut off", framed(0, 100, b"secret"), invalid),
            ("half a head", vec![0, 0], invalid),
        ];
        for (name, body, expected) in bodies {
            cases.push((format!("{method}: {name}"), call(method, body), expected));
        }
        let fine = || call(method, message(&[]));
        cases.push((
            format!("{method}: compressed"),
            with(fine(), "grpc-encoding", "gzip"),
            unknown_encoding,
        ));
        cases.push((
            format!("{method}: compressed in another way"),
            with(fine(), "grpc-encoding", "secret"),
            unknown_encoding,
        ));
        cases.push((
            format!("{method}: headers"),
            with(fine(), "x-secret", &"secret".repeat(4_000)),
            (Code::ResourceExhausted, "HEADERS_TOO_LARGE"),
        ));
        // A server that took these for no deadline would work for nobody.
        for timeout in ["", "S", "123456789S", "5s", "-5S", "5.5S", "5 S", "secret"] {
            cases.push((
                format!("{method}: timeout {timeout:?}"),
                with(fine(), "grpc-timeout", timeout),
                (Code::InvalidArgument, "TIMEOUT_MALFORMED"),
            ));
        }
        cases.push((
            format!("{method}: two timeouts"),
            Call {
                headers: vec![("grpc-timeout", "5S".to_owned()); 2],
                ..fine()
            },
            (Code::InvalidArgument, "TIMEOUT_MALFORMED"),
        ));
        if method != "AppendStream" {
            let missing = (Code::InvalidArgument, "MESSAGE_MISSING");
            cases.push((format!("{method}: none"), call(method, Vec::new()), missing));
            // The message never ends, but the deadline does.
            for timeout in ["30m", "1n", "0S"] {
                let endless = Call {
                    ends: false,
                    ..call(method, framed(0, 10, b"half"))
                };
                cases.push((
                    format!("{method}: {timeout}"),
                    with(endless, "grpc-timeout", timeout),
                    (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"),
                ));
            }
        }
    }
    let unknown = (Code::Unimplemented, "METHOD_UNKNOWN");
    let mut service = v1::GetStatusRequest {}.encode_to_vec();
    // HealthCheckRequest.service
    service.extend([0x0a, 0x06]);
    service.extend(b"secret");
    cases.extend([
        (
            "no such method".to_owned(),
            call("Secret", message(&[])),
            unknown,
        ),
        (
            "no such service".to_owned(),
            at("/secret.Service/Method"),
            unknown,
        ),
        ("no path".to_owned(), at("/"), unknown),
        (
            "health of an unknown service".to_owned(),
            Call {
                path: "/grpc.health.v1.Health/Check".to_owned(),
                ..call("", message(&service))
            },
            (Code::NotFound, "NOT_FOUND"),
        ),
    ]);
    for (name, call, (code, expected)) in cases {
        let (_, status) = answer(&connection, call).await;
        assert_eq!(reason(&status), (code, expected.to_owned()), "{name}");
    }
    // And what is not an error has no error in it.
    let (bytes, status) = answer(&connection, call("GetStatus", message(&[]))).await;
    assert!(status.code() == Code::Ok && status.details().is_empty() && bytes.len() > 5);
    server.stop().await;
}

/// What else may stand in the headers of a call, and what becomes of the call: its reason, none
/// when it is carried out, or the stream of HTTP/2 is reset.
#[tokio::test]
async fn headers_that_say_something_odd_do_no_harm() {
    let server = TestServer::start().await;
    let connection = connect(&server).await;
    let reset = "reset by HTTP/2";
    let request = newcomer().encode_to_vec();
    let length = (request.len() + 5).to_string();
    let unsupported = "ENCODING_UNSUPPORTED";
    let cases: [(&[(&str, &str)], &str); 19] = [
        (&[], ""),
        // Asked for by the specification to find proxies that lose trailers; not by this server.
        (&[("te", "trailers")], ""),
        (&[("te", "gzip")], reset),
        (&[("connection", "close")], reset),
        (&[("content-length", &length)], ""),
        (
            &[("content-length", &length), ("content-length", &length)],
            "",
        ),
        (&[("content-length", "1")], reset),
        (&[("content-length", "999999")], reset),
        (&[("content-length", "secret")], reset),
        (&[("grpc-encoding", "identity")], ""),
        (&[("grpc-encoding", "")], unsupported),
        (&[("grpc-encoding", "secret")], unsupported),
        (&[("grpc-accept-encoding", "secret,,")], ""),
        (
            &[("grpc-accept-encoding", "gzip"), ("accept-encoding", "br")],
            "",
        ),
        // As long as can be told, and as long as that is written in eight digits.
        (&[("grpc-timeout", "99999999H")], ""),
        (&[("grpc-timeout", "00000030S")], ""),
        (
            &[("grpc-timeout", "30S"), ("grpc-timeout", "30S")],
            "TIMEOUT_MALFORMED",
        ),
        (&[("secret-bin", "no base64 !")], ""),
        (&[("grpc-status", "0"), ("grpc-message", "%zz")], ""),
    ];
    let mut recorded = 0;
    for (headers, expected) in cases {
        let mut call = Request::post(format!("http://localhost{LEDGER}/Append"))
            .version(Version::HTTP_2)
            .header("content-type", "application/grpc");
        for (name, value) in headers {
            call = call.header(*name, *value);
        }
        let mut connection = connection.clone().ready().await.unwrap();
        let call = call.body(()).unwrap();
        let found = match connection.send_request(call, false) {
            Err(_) => reset.to_owned(),
            Ok((answer, mut body)) => {
                // The server may have answered already.
                drop(body.send_data(Bytes::from(message(&newcomer().encode_to_vec())), true));
                match answer.await {
                    Err(_) => reset.to_owned(),
                    Ok(answer) => Status::from_header_map(answer.headers())
                        .map_or_else(String::new, |status| reason(&status).1),
                }
            }
        };
        assert_eq!(found, expected, "{headers:?}");
        recorded += u64::from(found.is_empty());
        // The connection goes on, and what was refused or reset was not recorded.
        let told = v1::GetStatusRequest {};
        let told = server.client().await.get_status(told).await.unwrap();
        assert_eq!(told.into_inner().log_position, recorded, "{headers:?}");
    }
    server.stop().await;
}

/// Whatever is no call of gRPC gets the status of HTTP for it, and says why as all others do.
#[tokio::test]
async fn what_is_no_call_of_grpc_is_refused() {
    let server = TestServer::start().await;
    let connection = connect(&server).await;
    let path = format!("http://localhost{LEDGER}/Append");
    let content = (415, "CONTENT_TYPE_UNSUPPORTED");
    let verb = (405, "HTTP_METHOD_UNSUPPORTED");
    let fine = &["application/grpc"][..];
    type Refused = Option<(u16, &'static str)>;
    let cases: [(&str, &[&str], Refused); 15] = [
        ("POST", fine, None),
        ("POST", &["application/grpc+proto"], None),
        ("POST", &["Application/GRPC; charset=utf-8"], None),
        ("POST", &[], Some(content)),
        ("POST", &[""], Some(content)),
        ("POST", &["application/json"], Some(content)),
        ("POST", &["application/grpc+json"], Some(content)),
        ("POST", &["application/grpc-web"], Some(content)),
        ("POST", &["application/grpc-web+proto"], Some(content)),
        ("POST", &["application/grpcsecret"], Some(content)),
        ("POST", &["application/grpc", "text/html"], Some(content)),
        ("POST", &["text/html", "application/grpc"], Some(content)),
        ("PUT", fine, Some(verb)),
        ("GET", fine, Some(verb)),
        ("SECRET", &["text/html"], Some(verb)),
    ];
    for (method, types, refused) in cases {
        let mut request = Request::builder()
            .method(method)
            .uri(&path)
            .version(Version::HTTP_2);
        for content_type in types {
            request = request.header("content-type", *content_type);
        }
        let mut connection = connection.clone().ready().await.unwrap();
        let request = request.body(()).unwrap();
        let (answer, mut body) = connection.send_request(request, false).unwrap();
        let newcomer = message(&newcomer().encode_to_vec());
        // The server may have answered already.
        drop(body.send_data(Bytes::from(newcomer), true));
        let answer = answer.await.unwrap();
        let status = Status::from_header_map(answer.headers());
        let found = status.map(|status| (answer.status().as_u16(), reason(&status)));
        let expected =
            refused.map(|(answer, reason)| (answer, (Code::Unimplemented, reason.to_owned())));
        assert_eq!(found, expected, "{method} {types:?}");
    }
    let told = v1::GetStatusRequest {};
    let told = server.client().await.get_status(told).await.unwrap();
    assert_eq!(
        told.into_inner().log_position,
        3,
        "nothing refused was recorded"
    );
    server.stop().await;
}

/// The messages of an answer.
fn messages(mut bytes: &[u8]) -> Vec<v1::AppendStreamResponse> {
    let mut found = Vec::new();
    while let Some((head, rest)) = bytes.split_at_checked(5) {
        let len = u32::from_be_bytes(head.split_at(1).1.try_into().unwrap());
        let (message, rest) = rest.split_at(usize::try_from(len).unwrap());
        found.push(v1::AppendStreamResponse::decode(message).unwrap());
        bytes = rest;
    }
    found
}

#[tokio::test]
async fn what_waits_for_its_sync_is_answered_before_an_error_ends_the_stream() {
    let too_large = (Code::ResourceExhausted, "MESSAGE_TOO_LARGE");
    let malformed = (Code::InvalidArgument, "MESSAGE_MALFORMED");
    for (broken, (code, expected)) in [
        (message(&[0xff; 10]), malformed),
        (framed(0, 64 << 20, b""), too_large),
        (framed(0, 100, b"cut off"), malformed),
        (framed(1, 1, b"x"), malformed),
    ] {
        // With a queue of one the second request is parked behind the first.
        for queue in [1, 8] {
            let store = Arc::new(GatedStore::gated());
            let server = TestServer::start_over(Arc::clone(&store), |settings| {
                settings.limits.queue_requests_max = queue;
                settings.limits.append_stream_requests_max = queue;
            })
            .await;
            store.hooks.close_for_everything();
            let sent: Vec<_> = (0..3).map(|_| newcomer()).collect();
            let mut body: Vec<u8> = sent
                .iter()
                .flat_map(|it| message(&it.encode_to_vec()))
                .collect();
            body.extend(&broken);
            // What comes after it is not taken in.
            body.extend(message(&newcomer().encode_to_vec()));
            let connection = connect(&server).await;
            let answering =
                tokio::spawn(async move { answer(&connection, call("AppendStream", body)).await });
            arrival(&store).await;
            // The server has read on by the time that it answers another call.
            let mut client = server.client().await;
            client.get_status(v1::GetStatusRequest {}).await.unwrap();
            store.hooks.open();
            let (bytes, status) = answering.await.unwrap();
            let answers = messages(&bytes);
            let ids = answers.iter().map(|answer| answer.request_id.clone());
            assert!(ids.eq(sent.iter().map(|it| it.request_id.clone())));
            for answer in &answers {
                use v1::append_stream_response::Outcome;
                assert!(matches!(answer.outcome, Some(Outcome::Response(_))));
            }
            assert_eq!(reason(&status), (code, expected.to_owned()));
            server.stop().await;
        }
    }
}

/// One message may take all the bytes that are received at once.
fn receive_at_most(settings: &mut Settings, all: usize) {
    settings.limits.message_bytes_max = all;
    settings.limits.document_message_bytes_max = all;
    settings.limits.receiving_bytes_max = all;
    settings.limits.receiving_bytes_per_peer_max = all;
}

/// Each pins all bytes that may be received at once. Were one of them kept, the next message would
/// find no place.
#[tokio::test]
async fn a_body_that_stops_one_byte_short_is_ended_and_gives_its_bytes_back() {
    let all = 512 * 1024;
    let server = TestServer::start_with(|settings| {
        receive_at_most(settings, all);
        settings.limits.receive_ms = 100;
    })
    .await;
    let connection = connect(&server).await;
    for method in ["Append", "AppendStream", "CheckPolicy", "Subscribe"] {
        for _ in 0..2 {
            let short = Call {
                ends: false,
                ..call(method, framed(0, all, &vec![0; all - 1]))
            };
            let (_, status) = answer(&connection, short).await;
            let slow = (Code::ResourceExhausted, "RECEIVED_TOO_SLOWLY".to_owned());
            assert_eq!(reason(&status), slow, "{method}");
        }
        // A message is carried out as ever, and gives back what it took as well.
        let whole = call("Append", message(&newcomer().encode_to_vec()));
        let (_, status) = answer(&connection, whole).await;
        assert_eq!(status.code(), Code::Ok, "{method}: {status:?}");
    }
    server.stop().await;
}

/// More bytes than are decoded on the thread of a connection, in both methods that take commands.
#[tokio::test]
async fn a_large_request_is_recorded_and_gives_its_bytes_back() {
    let all = 512 * 1024;
    let server = TestServer::start_with(|settings| receive_at_most(settings, all)).await;
    let connection = connect(&server).await;
    let commands = 4_000;
    let mut sent = 0;
    for round in 0..6_u8 {
        let keys = (0..commands).map(|n: u32| {
            // The two last bytes are no padding, which numbers are recognised by.
            let mut key = [round; 16];
            key[..4].copy_from_slice(&n.to_be_bytes());
            key[14..].copy_from_slice(&[0xab, 0xcd]);
            register(PersonKey::from_bytes(key))
        });
        let large = request(&keys.collect::<Vec<_>>());
        let bytes = message(&large.encode_to_vec());
        assert!(bytes.len() > 64 * 1024);
        sent += bytes.len();
        let method = ["Append", "AppendStream"][usize::from(round % 2)];
        let (answered, status) = answer(&connection, call(method, bytes)).await;
        assert_eq!(status.code(), Code::Ok, "{method}: {status:?}");
        if method == "AppendStream" {
            assert_eq!(messages(&answered).len(), 1);
        }
    }
    assert!(sent > all);
    server.stop().await;
}
