//! Idle, slow and too many connections: does an honest client get through?

use crate::story::newcomer;
use crate::tls::{self, Authority};
use ledger_proto::v1;
use ledger_server::Settings;
use ledger_tests::{RawClient, TestServer};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// Connects from an address of this machine.
async fn connect_from(from: [u8; 4], server: &TestServer) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((from, 0)))?;
    socket.connect(server.address()).await
}

async fn figures(client: &mut RawClient) -> (v1::ConnectionStatus, v1::Limits) {
    let status = client.get_status(v1::GetStatusRequest {}).await.unwrap();
    let status = status.into_inner();
    (status.connections.unwrap(), status.limits.unwrap())
}

/// Whether the server closes a connection, which is asked for with a bound that only a fault
/// reaches. It may answer before it does.
async fn is_closed(mut stream: TcpStream) -> bool {
    let mut answer = Vec::new();
    let closing = stream.read_to_end(&mut answer);
    timeout(Duration::from_secs(20), closing).await.is_ok()
}

#[tokio::test]
async fn idle_connections_never_keep_an_honest_client_out() {
    let few = |settings: &mut Settings| {
        settings.limits.connections_max = 48;
        settings.limits.connections_per_peer_max = 32;
        settings.limits.handshakes_max = 16;
    };
    let authority = Authority::new();
    let caller = authority.caller("training-jinan", &[]);
    for is_mutual in [true, false] {
        let (server, _files) = match is_mutual {
            true => {
                let (server, files) = tls::mutual_with(&authority, few).await;
                (server, Some(files))
            }
            false => (TestServer::start_with(few).await, None),
        };
        let connect = async || match is_mutual {
            true => tls::client(&server, &authority, Some(&caller))
                .await
                .unwrap(),
            false => server.client().await,
        };
        let mut early = connect().await;
        early.append(newcomer()).await.unwrap();
        let mut idle = Vec::new();
        for number in 0..1_500_u32 {
            // From one address, as of the honest client, or from many.
            let from = match number % 3 {
                0 => [127, 0, 0, 1],
                _ => [127, 0, 1, u8::try_from(number % 200).unwrap()],
            };
            idle.push(connect_from(from, &server).await.unwrap());
        }
        let mut late = connect().await;
        for client in [&mut early, &mut late] {
            client.append(newcomer()).await.unwrap();
        }
        let (connections, limits) = figures(&mut late).await;
        assert_eq!((limits.connections_max, limits.handshakes_max), (48, 16));
        assert_eq!(limits.connections_per_peer_max, 32);
        assert!(limits.descriptors_max >= 1_024);
        assert!(connections.open_count <= 48, "{connections:?}");
        assert!(connections.opening_count <= 16, "{connections:?}");
        assert!(connections.displaced_count >= 1_400, "{connections:?}");
        assert_eq!(connections.refused_count, 0);
        assert!(connections.descriptor_count > 0);
        drop(idle);
        server.stop().await;
    }
}

#[tokio::test]
async fn a_peer_with_his_share_in_use_is_turned_away_and_others_are_not() {
    let server = TestServer::start_with(|settings| {
        settings.limits.connections_per_peer_max = 2;
    })
    .await;
    let mut first = server.client().await;
    let mut second = server.client().await;
    for client in [&mut first, &mut second] {
        client.append(newcomer()).await.unwrap();
    }
    let third = connect_from([127, 0, 0, 1], &server).await.unwrap();
    assert!(is_closed(third).await);
    let other = connect_from([127, 0, 0, 2], &server).await.unwrap();
    let (connections, _) = figures(&mut first).await;
    assert_eq!((connections.open_count, connections.refused_count), (3, 1));
    // Neither of those in use was touched.
    for client in [&mut first, &mut second] {
        client.append(newcomer()).await.unwrap();
    }
    drop(other);
    server.stop().await;
}

#[tokio::test]
async fn what_is_not_set_up_in_time_is_closed() {
    let quick = |settings: &mut Settings| settings.limits.connection_setup_ms = 100;
    let authority = Authority::new();
    let preface: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    // The head of a TLS record that announces 16 KiB of a handshake.
    let record: &[u8] = &[0x16, 0x03, 0x01, 0x40, 0x00];
    // Whether TLS is on; what is sent at once; what is sent byte by byte for ever.
    let cases: [(bool, &[u8], Option<u8>); 6] = [
        (false, b"", None),
        (false, preface.split_at(23).0, None),
        (false, b"GET / HTTP/1.1\r\n", None),
        (true, b"", None),
        (true, record, None),
        (true, record, Some(0x01)),
    ];
    for (is_mutual, at_once, trickle) in cases {
        let (server, _files) = match is_mutual {
            true => {
                let (server, files) = tls::mutual_with(&authority, quick).await;
                (server, Some(files))
            }
            false => (TestServer::start_with(quick).await, None),
        };
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(at_once).await.unwrap();
        let closing = async {
            let Some(byte) = trickle else {
                return is_closed(stream).await;
            };
            let (mut answers, mut bytes) = stream.into_split();
            loop {
                if bytes.write_all(&[byte]).await.is_err() {
                    return true;
                }
                // An answer paces the bytes; there is none.
                let answer = timeout(Duration::from_millis(5), answers.read_u8()).await;
                if answer.is_ok_and(|answer| answer.is_err()) {
                    return true;
                }
            }
        };
        let is_closed = timeout(Duration::from_secs(20), closing).await;
        assert_eq!(is_closed, Ok(true), "{is_mutual} {at_once:?} {trickle:?}");
        server.stop().await;
    }
}

#[tokio::test]
async fn a_connection_that_is_set_up_outlives_the_time_for_it() {
    let server = TestServer::start_with(|settings| settings.limits.connection_setup_ms = 50).await;
    let mut client = server.client().await;
    // This one is closed, so that time is over for the first one as well.
    let silent = TcpStream::connect(server.address()).await.unwrap();
    assert!(is_closed(silent).await);
    client.append(newcomer()).await.unwrap();
    let (connections, limits) = figures(&mut client).await;
    assert_eq!(
        (connections.open_count, connections.timed_out_count),
        (1, 1)
    );
    assert_eq!(limits.connection_setup_ms, 50);
    server.stop().await;
}
