//! Who gets in, and who goes for it.

use super::accept::{Complaints, Door, Listen, accept_all};
use super::*;
use std::io;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

fn connections(all: usize, per_peer: usize, opening: usize) -> Arc<Connections> {
    Connections::new(Bounds {
        all,
        per_peer,
        opening,
        setup: Duration::from_secs(10),
    })
}

/// A connection of `10.0.0.<host>` at a stage.
fn enter(connections: &Arc<Connections>, host: u8, stage: u8) -> Option<Ticket> {
    let ticket = connections.admit(SocketAddr::from(([10, 0, 0, host], 7)))?;
    ticket.stage.reach(stage);
    Some(ticket)
}

fn has_to_go(ticket: &mut Ticket) -> bool {
    ticket.ended.try_recv().is_ok()
}

#[test]
fn the_newcomer_gets_in_and_an_unused_connection_goes() {
    // Bounds (all, per peer, opening); who is there (host, stage); who comes; who goes.
    type Case<'a> = ((usize, usize, usize), &'a [(u8, u8)], u8, Option<usize>);
    let opening = 0;
    let cases: [Case<'_>; 9] = [
        // There is room.
        ((4, 4, 4), &[(1, opening), (2, USED)], 1, None),
        // The peer has his share: his oldest one without a call goes, not somebody else's.
        (
            (9, 2, 9),
            &[(2, opening), (1, OPEN), (1, opening)],
            1,
            Some(1),
        ),
        ((9, 2, 9), &[(2, opening), (1, USED), (1, OPEN)], 1, Some(2)),
        // Too many are not set up: the peer with most of them pays, a set up one stays.
        (
            (9, 9, 2),
            &[(1, OPEN), (2, opening), (3, opening)],
            4,
            Some(1),
        ),
        (
            (9, 9, 3),
            &[(2, opening), (1, opening), (1, opening)],
            3,
            Some(1),
        ),
        (
            (9, 9, 3),
            &[(1, OPEN), (2, opening), (1, USED), (3, opening)],
            1,
            None,
        ),
        // Too many in all: the peer with most without a call pays.
        ((3, 9, 9), &[(2, OPEN), (1, OPEN), (1, opening)], 3, Some(1)),
        ((3, 9, 9), &[(1, USED), (1, USED), (2, OPEN)], 1, Some(2)),
        ((3, 9, 9), &[(1, USED), (1, USED), (2, opening)], 2, Some(2)),
    ];
    for (number, ((all, per_peer, open), there, comes, goes)) in cases.into_iter().enumerate() {
        let connections = connections(all, per_peer, open);
        let mut tickets: Vec<_> = there
            .iter()
            .map(|(host, stage)| enter(&connections, *host, *stage).unwrap())
            .collect();
        // The case is about the newcomer only.
        assert_eq!(connections.figures().displaced, 0, "{number}");
        let newcomer = enter(&connections, comes, 0);
        assert!(newcomer.is_some(), "{number}");
        let gone: Vec<_> = (0..tickets.len())
            .filter(|at| has_to_go(&mut tickets[*at]))
            .collect();
        assert_eq!(gone, Vec::from_iter(goes), "{number}");
        let displaced = u64::from(goes.is_some());
        assert_eq!(connections.figures().displaced, displaced, "{number}");
    }
}

#[test]
fn what_is_used_stays_and_the_newcomer_is_turned_away() {
    for (all, per_peer) in [(2, 9), (9, 2)] {
        let connections = connections(all, per_peer, 9);
        let mut first = enter(&connections, 1, USED).unwrap();
        let second = enter(&connections, 1, USED).unwrap();
        assert!(enter(&connections, 1, 0).is_none());
        assert_eq!(connections.figures().refused, 1);
        assert!(!has_to_go(&mut first));
        drop(second);
        assert!(enter(&connections, 1, 0).is_some());
        drop(first);
        assert_eq!(connections.figures().open, 0);
    }
}

#[test]
fn a_flood_displaces_itself_and_leaves_nothing_behind() {
    let connections = connections(64, 16, 8);
    let quiet = enter(&connections, 9, OPEN).unwrap();
    let mut flood = Vec::new();
    for number in 0..10_000_u32 {
        let host = u8::try_from(number % 4).unwrap();
        flood.push(enter(&connections, host, 0).unwrap());
        flood.retain_mut(|ticket| !has_to_go(ticket));
        assert!(connections.figures().opening <= 8);
    }
    assert_eq!(flood.len(), 8);
    assert_eq!(connections.figures().displaced, 9_992);
    drop(flood);
    let mut quiet = quiet;
    assert!(!has_to_go(&mut quiet));
    drop(quiet);
    let book = connections.lock();
    assert!(book.entries.is_empty() && book.of_peer.is_empty());
}

#[test]
fn a_peer_is_an_address_or_the_network_of_one_customer() {
    let of = |text: &str| Peer::of(text.parse().unwrap());
    for (one, other, are_same) in [
        ("127.0.0.1", "127.0.0.1", true),
        ("127.0.0.1", "127.0.0.2", false),
        ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("2001:db8::1", "2001:db8::ffff:0:1", true),
        ("2001:db8::1", "2001:db8:0:1::1", false),
    ] {
        assert_eq!(of(one) == of(other), are_same, "{one} {other}");
    }
}

#[test]
fn connections_whose_certificates_are_not_trusted_any_more_end() {
    let connections = connections(9, 9, 9);
    let chain = |byte: u8| Chain::from(vec![CertificateDer::from(vec![byte])]);
    let mut tickets = [1, 2].map(|byte| {
        let ticket = enter(&connections, 1, USED).unwrap();
        ticket.keep_chain(chain(byte));
        ticket
    });
    // One without certificates is a matter of configuration, not of trust.
    let mut bare = enter(&connections, 1, USED).unwrap();
    assert_eq!(connections.end_unless(|shown| *shown != chain(2)), 1);
    assert_eq!(connections.end_unless(|shown| *shown != chain(2)), 0);
    assert!(!has_to_go(&mut tickets[0]) && has_to_go(&mut tickets[1]));
    assert!(!has_to_go(&mut bare));
}

/// A listener that fails, and counts how often it was asked.
struct Failing {
    kind: io::ErrorKind,
    left: u32,
    asked: mpsc::UnboundedSender<()>,
}

impl Listen for Failing {
    async fn next(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        let _: Result<(), _> = self.asked.send(());
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Err(io::Error::from(self.kind))
            }
            None => std::future::pending().await,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn accepting_backs_off_while_the_system_has_nothing_to_give() {
    // How long a hundred failures take. EMFILE has no kind of its own.
    for (kind, least_ms, most_ms) in [
        (io::ErrorKind::Other, 90_000, 101_000),
        (io::ErrorKind::OutOfMemory, 90_000, 101_000),
        // The peer was gone before it was accepted: the next one is asked for at once.
        (io::ErrorKind::ConnectionAborted, 0, 0),
        (io::ErrorKind::ConnectionReset, 0, 0),
    ] {
        let (asked, mut asks) = mpsc::unbounded_channel();
        let (to_server, _set_up) = mpsc::channel(1);
        let door = Door {
            connections: connections(1, 1, 1),
            tls: None,
            to_server,
            complaints: Complaints::default(),
        };
        let listener = Failing {
            kind,
            left: 100,
            asked,
        };
        let begun = tokio::time::Instant::now();
        let accepting = tokio::spawn(accept_all(listener, door));
        for _ in 0..101 {
            asks.recv().await.unwrap();
        }
        let took = begun.elapsed();
        accepting.abort();
        let (least, most) = (
            Duration::from_millis(least_ms),
            Duration::from_millis(most_ms),
        );
        assert!(least <= took && took <= most, "{kind:?}: {took:?}");
    }
}
