//! Bodies that are whole, too large, too slow or too many.

use super::*;
use ledger_proto::v1;
use prost::Message as _;
use std::net::IpAddr;
use tokio::sync::mpsc;
use tonic::Code;
use tonic_types::StatusExt as _;

const UNARY: &str = "/subsidy.ledger.v1.LedgerService/Append";
const STREAM: &str = "/subsidy.ledger.v1.LedgerService/AppendStream";
const TIME: Duration = Duration::from_secs(10);

impl Intake {
    /// Bytes that have a place.
    fn bytes(&self) -> usize {
        self.bounds.all - self.all.available_permits()
    }
}

fn bounds() -> Bounds {
    Bounds {
        message: 1_000,
        document_message: 4_000,
        question: 500,
        commands: 10,
        fields: 100,
        all: 10_000,
        per_peer: 5_000,
        time: TIME,
    }
}

fn intake() -> Arc<Intake> {
    Arc::new(Intake::new(bounds()))
}

fn peer(last: u8) -> Option<Peer> {
    Some(Peer::of(IpAddr::from([10, 0, 0, last])))
}

/// A body whose sender is the test.
struct Fed(mpsc::UnboundedReceiver<Vec<u8>>);

impl HttpBody for Fed {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let next = ready!(self.0.poll_recv(context));
        Poll::Ready(next.map(|bytes| Ok(Frame::data(Bytes::from(bytes)))))
    }
}

struct Sending {
    sender: Option<mpsc::UnboundedSender<Vec<u8>>>,
    receiving: Receiving<Fed>,
}

impl Sending {
    fn new(intake: &Arc<Intake>, path: &str, peer: Option<Peer>) -> Self {
        let (sender, fed) = mpsc::unbounded_channel();
        let method = Method::of_path(path);
        Self {
            sender: Some(sender),
            receiving: Receiving::new(Arc::clone(intake), method, peer, Fed(fed)),
        }
    }

    fn send(&self, bytes: &[u8]) {
        let sender = self.sender.as_ref().unwrap();
        sender.send(bytes.to_vec()).unwrap();
    }

    fn end(&mut self) {
        self.sender = None;
    }

    /// The next message, the end, or the reason of an error with its code.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, (Code, String)> {
        let next = std::future::poll_fn(|context| self.receiving.next(context)).await;
        match next {
            None => Ok(None),
            Some(Ok(frame)) => Ok(Some(frame.into_data().unwrap().to_vec())),
            Some(Err(status)) => {
                let info = status.get_details_error_info().unwrap();
                Err((status.code(), info.reason))
            }
        }
    }

    /// That the message which was handed on is decoded.
    fn decoded(&self) {
        assert!(self.receiving.places.take().is_some());
    }

    /// Whether nothing is there for now.
    async fn is_waiting(&mut self) -> bool {
        let next = std::future::poll_fn(|context| Poll::Ready(self.receiving.next(context)));
        next.await.is_pending()
    }
}

fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap();
    [&[0][..], &length.to_be_bytes(), message].concat()
}

fn request(commands: usize) -> v1::AppendRequest {
    v1::AppendRequest {
        request_id: vec![1; 16],
        commands: vec![v1::Command::default(); commands],
        ..v1::AppendRequest::default()
    }
}

fn documents(count: usize, bytes: usize) -> v1::AppendRequest {
    let publish = v1::Command {
        body: Some(v1::command::Body::PublishPolicy(v1::PublishPolicy {
            text: "x".repeat(bytes),
        })),
        ..v1::Command::default()
    };
    v1::AppendRequest {
        commands: vec![publish; count],
        ..v1::AppendRequest::default()
    }
}

fn fields(count: usize) -> v1::AppendRequest {
    let order = v1::Command {
        body: Some(v1::command::Body::OrderDisbursement(
            v1::OrderDisbursement {
                beneficiary_keys: vec![vec![]; count],
                ..v1::OrderDisbursement::default()
            },
        )),
        ..v1::Command::default()
    };
    v1::AppendRequest {
        commands: vec![order],
        ..v1::AppendRequest::default()
    }
}

#[tokio::test]
async fn a_message_is_counted_before_it_is_handed_on() {
    let source = |bytes: usize| v1::AppendRequest {
        source_system: "x".repeat(bytes),
        ..v1::AppendRequest::default()
    };
    let invalid = Err((Code::InvalidArgument, "FIELD_INVALID"));
    let too_large = Err((Code::ResourceExhausted, "MESSAGE_TOO_LARGE"));
    let cases = [
        (request(0), Ok(())),
        (request(10), Ok(())),
        (request(11), invalid),
        (request(450), invalid),
        (fields(97), Ok(())),
        (fields(99), invalid),
        (source(996), Ok(())),
        (source(998), too_large),
        // Of policy documents there may be more.
        (documents(3, 1_000), Ok(())),
        (documents(5, 1_000), too_large),
    ];
    for (message, expected) in cases {
        let bytes = framed(&message.encode_to_vec());
        for path in [UNARY, STREAM] {
            for chunk in [bytes.len(), 7, 1] {
                let mut sending = Sending::new(&intake(), path, None);
                bytes.chunks(chunk).for_each(|chunk| sending.send(chunk));
                sending.end();
                let found = sending.next().await;
                match (&expected, found) {
                    (Ok(()), Ok(Some(found))) => assert_eq!(found, bytes),
                    (Err((code, reason)), Err(found)) => {
                        assert_eq!(found, (*code, (*reason).to_owned()));
                        continue;
                    }
                    (expected, found) => panic!("{expected:?}, found {found:?}"),
                }
                assert_eq!(sending.next().await, Ok(None));
            }
        }
    }
}

#[tokio::test]
async fn a_question_is_smaller_than_a_request_with_commands() {
    let filter = |bytes: usize| v1::ReadEventsRequest {
        filter: Some(v1::EventFilter {
            kinds: vec![1; bytes],
            ..v1::EventFilter::default()
        }),
        ..v1::ReadEventsRequest::default()
    };
    let check = |bytes: usize| v1::CheckPolicyRequest {
        text: "x".repeat(bytes),
        ..v1::CheckPolicyRequest::default()
    };
    for (method, message, fits) in [
        ("ReadEvents", filter(400).encode_to_vec(), true),
        ("ReadEvents", filter(500).encode_to_vec(), false),
        ("Subscribe", filter(500).encode_to_vec(), false),
        ("CheckPolicy", check(3_900).encode_to_vec(), true),
        ("CheckPolicy", check(4_000).encode_to_vec(), false),
    ] {
        let path = format!("/subsidy.ledger.v1.LedgerService/{method}");
        let intake = intake();
        let mut sending = Sending::new(&intake, &path, None);
        sending.send(&framed(&message));
        let found = sending.next().await;
        assert_eq!(found.is_ok(), fits, "{method}");
        // Nobody takes its place: it is decoded at once.
        assert_eq!(intake.bytes(), 0, "{method}");
    }
}

#[tokio::test]
async fn messages_of_a_stream_come_one_by_one_wherever_they_are_cut() {
    let messages: Vec<_> = (0..5)
        .map(|n| framed(&request(n).encode_to_vec()))
        .collect();
    let all = messages.concat();
    for chunk in 1..=all.len() {
        let intake = intake();
        let mut sending = Sending::new(&intake, STREAM, peer(1));
        all.chunks(chunk).for_each(|chunk| sending.send(chunk));
        sending.end();
        for message in &messages {
            assert_eq!(sending.next().await.as_ref(), Ok(&Some(message.clone())));
            // It keeps its place until it is decoded.
            assert_eq!(intake.bytes(), message.len() - PREFIX_BYTES);
            sending.decoded();
            assert_eq!(intake.bytes(), 0);
        }
        assert_eq!(sending.next().await, Ok(None));
    }
}

#[tokio::test]
async fn what_is_no_whole_message_is_left_to_the_libraries() {
    for bytes in [
        &[0][..],
        &[0, 0, 0, 0, 9, 1, 2],
        &[1, 0, 0, 0, 2, 1, 2],
        &[],
    ] {
        let mut sending = Sending::new(&intake(), UNARY, None);
        if !bytes.is_empty() {
            sending.send(bytes);
        }
        sending.end();
        let mut found = Vec::new();
        while let Some(chunk) = sending.next().await.unwrap() {
            found.extend(chunk);
        }
        assert_eq!(found, bytes);
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stops_short_pins_nothing_beyond_its_time() {
    let message = framed(&request(9).encode_to_vec());
    let short = &message[..message.len() - 1];
    // Nothing sent, a part of the prefix, all but one byte; and a call that does not end.
    for (path, sent, arrives) in [
        (UNARY, &[][..], false),
        (UNARY, &message[..3], false),
        (UNARY, short, false),
        (UNARY, &message[..], true),
        (STREAM, &message[..3], false),
        (STREAM, short, false),
    ] {
        let intake = intake();
        let mut sending = Sending::new(&intake, path, peer(1));
        let begun = Instant::now();
        if !sent.is_empty() {
            sending.send(sent);
        }
        if arrives {
            assert_eq!(sending.next().await, Ok(Some(message.clone())));
        }
        let ended = sending.next().await;
        let reason = "RECEIVED_TOO_SLOWLY".to_owned();
        assert_eq!(ended, Err((Code::ResourceExhausted, reason)), "{path}");
        assert_eq!(begun.elapsed().as_secs(), TIME.as_secs());
        drop(sending);
        assert_eq!(intake.bytes(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_byte_now_and_then_does_not_stretch_the_time() {
    let message = framed(&request(9).encode_to_vec());
    let mut sending = Sending::new(&intake(), STREAM, peer(1));
    let begun = Instant::now();
    let sender = sending.sender.take().unwrap();
    tokio::spawn(async move {
        for byte in message {
            if sender.send(vec![byte]).is_err() {
                return;
            }
            tokio::time::advance(Duration::from_secs(3)).await;
        }
    });
    let ended = sending.next().await;
    assert!(ended.is_err(), "{ended:?}");
    let most = u64::from(RECEIVE_PAUSES_MAX) + 1;
    assert!(begun.elapsed().as_secs() <= most * (TIME.as_secs() + 3));
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_and_one_that_is_held_back_are_left_alone() {
    let message = framed(&request(9).encode_to_vec());
    let mut sending = Sending::new(&intake(), STREAM, peer(1));
    assert!(sending.is_waiting().await);
    tokio::time::advance(TIME * 100).await;
    sending.send(&message[..20]);
    assert!(sending.is_waiting().await);
    // The server has no room for more, and asks for nothing.
    sending.send(&message[20..]);
    tokio::time::advance(TIME * 100).await;
    assert_eq!(sending.next().await, Ok(Some(message)));
}

#[tokio::test(start_paused = true)]
async fn what_is_received_at_once_is_bounded_in_all_and_for_each_peer() {
    let intake = intake();
    let begun = |of: u8| {
        let sending = Sending::new(&intake, STREAM, peer(of));
        // It announces 2,000 bytes and sends five.
        sending.send(&[0, 0, 0, 7, 0xD0]);
        sending
    };
    let mut first: Vec<_> = (0..3).map(|_| begun(1)).collect();
    for sending in &mut first {
        assert!(sending.is_waiting().await);
    }
    // Two have a place, the third would go beyond the share.
    assert_eq!(intake.bytes(), 4_000);
    let mut others: Vec<_> = (2..6).map(begun).collect();
    for sending in &mut others {
        assert!(sending.is_waiting().await);
    }
    assert_eq!(intake.bytes(), 10_000, "three of four fit into the rest");
    let mut small = Sending::new(&intake, UNARY, peer(9));
    small.send(&framed(&[]));
    // An empty message takes no room, another one waits its turn.
    assert_eq!(small.next().await, Ok(Some(framed(&[]))));
    let last = others.last_mut().unwrap();
    let full = "RECEIVING_FULL".to_owned();
    assert_eq!(last.next().await, Err((Code::ResourceExhausted, full)));
    for sending in first.iter_mut().take(2) {
        assert!(sending.next().await.is_err());
    }
    drop((first, others));
    assert_eq!(intake.bytes(), 0);
}
