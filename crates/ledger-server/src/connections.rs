//! Connections: how many there may be, of whom, and which one goes when there is no room.
//!
//! A connection takes a file descriptor from the moment it is accepted, and whoever reaches the
//! port can open one without showing anything. So connections are counted from then on: in all, of
//! one peer, and those that are not set up yet. At a bound the newcomer is let in, and the oldest
//! connection on which no call was ever made goes, taken from the peer that has most of them. Who
//! opens connections and says nothing only displaces himself, and a client that calls gets through.
//! A connection that was used is never displaced: when only such are there, the newcomer is turned
//! away.

mod accept;
mod connection;

use crate::identity::IdentityError;
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio_rustls::rustls::pki_types::CertificateDer;

pub(crate) use accept::incoming;
pub use accept::listen;

/// How many connections there may be, and how long one may take to be set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Connections in all.
    pub(crate) all: usize,
    /// Connections of one peer.
    pub(crate) per_peer: usize,
    /// Connections that are not set up yet.
    pub(crate) opening: usize,
    /// How long it may take from being accepted to the end of the preface of HTTP/2.
    pub(crate) setup: Duration,
}

/// Every connection that is open, and what became of those that are not.
#[derive(Debug)]
pub(crate) struct Connections {
    bounds: Bounds,
    book: Mutex<Book>,
    /// Told of each connection that is gone.
    released: Notify,
    refused: AtomicU64,
    displaced: AtomicU64,
    timed_out: AtomicU64,
}

/// What an operator is told of the connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Connections that hold a descriptor.
    pub(crate) open: usize,
    /// Those of them that are not set up yet.
    pub(crate) opening: usize,
    /// Connections turned away since the start, because of a bound.
    pub(crate) refused: u64,
    /// Unused connections closed since the start, to make room.
    pub(crate) displaced: u64,
    /// Connections closed since the start, because they were not set up in time.
    pub(crate) timed_out: u64,
}

/// The certificates that a caller showed, his own first.
pub(crate) type Chain = Arc<[CertificateDer<'static>]>;

/// Who is at the other end of a connection; every call on it is told.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The name in his certificate; absent without mutual TLS.
    pub(crate) name: Option<Result<Arc<str>, IdentityError>>,
    peer: Peer,
    stage: Arc<Stage>,
}

/// Whom what callers share is counted for: the name in the certificate, whatever addresses he calls
/// from; without mutual TLS the peer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum CallerKey {
    /// The name in his certificate.
    Named(Arc<str>),
    /// Where he is.
    At(Peer),
}

/// The right to hold a connection open. Dropping it takes the connection out of the book.
#[derive(Debug)]
pub(crate) struct Ticket {
    connections: Arc<Connections>,
    number: u64,
    peer: Peer,
    stage: Arc<Stage>,
    /// Completes when the connection has to go.
    ended: oneshot::Receiver<()>,
}

/// How far a connection has come; it begins at zero, with nothing of use received.
#[derive(Debug, Default)]
struct Stage(AtomicU8);

/// The preface of HTTP/2 was received, behind the TLS handshake if there is one.
const OPEN: u8 = 1;
/// A call was made.
const USED: u8 = 2;

/// Whom connections are counted for: an address, or the network that one IPv6 customer has for
/// himself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Peer(IpAddr);

#[derive(Debug, Default)]
struct Book {
    next: u64,
    /// By number, so the oldest first.
    entries: BTreeMap<u64, Entry>,
    /// Connections that were not told to go, by peer.
    of_peer: HashMap<Peer, usize>,
}

#[derive(Debug)]
struct Entry {
    peer: Peer,
    stage: Arc<Stage>,
    /// Gone once the connection was told to go.
    end: Option<oneshot::Sender<()>>,
    /// What the caller showed, with mutual TLS and after the handshake.
    chain: Option<Chain>,
}

impl Connections {
    pub(crate) fn new(bounds: Bounds) -> Arc<Self> {
        Arc::new(Self {
            bounds,
            book: Mutex::default(),
            released: Notify::new(),
            refused: AtomicU64::new(0),
            displaced: AtomicU64::new(0),
            timed_out: AtomicU64::new(0),
        })
    }

    pub(crate) const fn bounds(&self) -> Bounds {
        self.bounds
    }

    pub(crate) fn figures(&self) -> Figures {
        let book = self.lock();
        Figures {
            open: book.entries.len(),
            opening: book.opening(),
            refused: self.refused.load(Ordering::Relaxed),
            displaced: self.displaced.load(Ordering::Relaxed),
            timed_out: self.timed_out.load(Ordering::Relaxed),
        }
    }

    /// Lets a connection in, if need be in the place of an unused one; `None` when every other one
    /// is in use.
    fn admit(self: &Arc<Self>, address: SocketAddr) -> Option<Ticket> {
        let peer = Peer::of(address.ip());
        let bounds = &self.bounds;
        let mut book = self.lock();
        let mut has_room = true;
        if book.of_peer(peer) >= bounds.per_peer {
            has_room = self.displace(&mut book, USED, Some(peer));
        }
        if has_room && book.opening() >= bounds.opening {
            has_room = self.displace(&mut book, OPEN, None);
        }
        if has_room && book.staying() >= bounds.all {
            has_room = self.displace(&mut book, USED, None);
        }
        if has_room {
            return Some(book.enter(self, peer));
        }
        drop(book);
        self.refused.fetch_add(1, Ordering::Relaxed);
        None
    }

    /// Tells a connection below `stage` to go: the oldest one of the peer, or of the peer that has
    /// most of them. Returns whether there was one.
    fn displace(&self, book: &mut Book, stage: u8, peer: Option<Peer>) -> bool {
        let Some(number) = book.most_dispensable(stage, peer) else {
            return false;
        };
        book.end(number);
        self.displaced.fetch_add(1, Ordering::Relaxed);
        true
    }

    /// Waits until those that were told to go have gone, as far as there are too many.
    async fn wait_for_room(&self) {
        while self.lock().entries.len() > self.bounds.all {
            self.released.notified().await;
        }
    }

    /// Ends the connections whose callers showed certificates that are not `trusted` any more;
    /// returns how many.
    pub(crate) fn end_unless(&self, trusted: impl Fn(&Chain) -> bool) -> usize {
        let chains: Vec<(u64, Chain)> = {
            let book = self.lock();
            let shown = book.entries.iter();
            shown
                .filter_map(|(number, entry)| Some((*number, entry.chain.clone()?)))
                .collect()
        };
        // Checking signatures takes a while, and connections come and go meanwhile.
        let ended = chains.iter().filter(|(_, chain)| !trusted(chain));
        ended.filter(|(number, _)| self.lock().end(*number)).count()
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        // No code that holds the lock can panic, so a poisoned lock guards a sound state.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn enter(&mut self, connections: &Arc<Connections>, peer: Peer) -> Ticket {
        let number = self.next;
        self.next = number.wrapping_add(1);
        let stage = Arc::new(Stage::default());
        let (end, ended) = oneshot::channel();
        let entry = Entry {
            peer,
            stage: Arc::clone(&stage),
            end: Some(end),
            chain: None,
        };
        self.entries.insert(number, entry);
        let count = self.of_peer.entry(peer).or_default();
        *count = count.saturating_add(1);
        Ticket {
            connections: Arc::clone(connections),
            number,
            peer,
            stage,
            ended,
        }
    }

    /// Tells a connection to go; false when it is gone, or was told already.
    fn end(&mut self, number: u64) -> bool {
        let Some(entry) = self.entries.get_mut(&number) else {
            return false;
        };
        let Some(end) = entry.end.take() else {
            return false;
        };
        let peer = entry.peer;
        // It is about to go by itself when it does not listen any more.
        let _: Result<(), ()> = end.send(());
        self.discount(peer);
        true
    }

    fn leave(&mut self, number: u64) {
        if let Some(entry) = self.entries.remove(&number)
            && entry.end.is_some()
        {
            self.discount(entry.peer);
        }
    }

    fn discount(&mut self, peer: Peer) {
        if let Some(count) = self.of_peer.get_mut(&peer) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.of_peer.remove(&peer);
            }
        }
    }

    fn of_peer(&self, peer: Peer) -> usize {
        self.of_peer.get(&peer).copied().unwrap_or_default()
    }

    /// Connections that were not told to go.
    fn staying(&self) -> usize {
        self.of_peer.values().sum()
    }

    /// Those of them that are not set up yet.
    fn opening(&self) -> usize {
        self.below(OPEN).count()
    }

    /// Connections below a stage that were not told to go.
    fn below(&self, stage: u8) -> impl Iterator<Item = (u64, Peer)> {
        let staying = self.entries.iter().filter(|(_, entry)| entry.end.is_some());
        staying
            .filter(move |(_, entry)| entry.stage.get() < stage)
            .map(|(number, entry)| (*number, entry.peer))
    }

    fn most_dispensable(&self, stage: u8, peer: Option<Peer>) -> Option<u64> {
        // Number of such connections and the oldest of them, by peer.
        let mut found: HashMap<Peer, (usize, u64)> = HashMap::new();
        for (number, of) in self.below(stage) {
            if peer.is_none_or(|peer| peer == of) {
                let (count, _) = found.entry(of).or_insert((0, number));
                *count = count.saturating_add(1);
            }
        }
        let most = found
            .into_values()
            .max_by_key(|(count, oldest)| (*count, u64::MAX.wrapping_sub(*oldest)));
        most.map(|(_, oldest)| oldest)
    }
}

impl Stage {
    fn get(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }

    fn reach(&self, stage: u8) {
        self.0.fetch_max(stage, Ordering::Relaxed);
    }
}

impl Caller {
    /// Notes that a call was made, so that the connection stays.
    pub(crate) fn note_call(&self) {
        self.stage.reach(USED);
    }

    /// Whom his calls are counted for. A name that cannot be recorded stands for nobody.
    pub(crate) fn key(&self) -> CallerKey {
        match &self.name {
            Some(Ok(name)) => CallerKey::Named(Arc::clone(name)),
            Some(Err(_)) | None => CallerKey::At(self.peer),
        }
    }

    /// Whom his connection is counted for.
    pub(crate) const fn peer(&self) -> Peer {
        self.peer
    }
}

impl Ticket {
    /// Waits until the connection has to go.
    async fn ended(&mut self) {
        // The other end is gone only together with the book.
        drop((&mut self.ended).await);
    }

    /// Keeps what the caller showed, so that it can be checked again.
    fn keep_chain(&self, chain: Chain) {
        if let Some(entry) = self.connections.lock().entries.get_mut(&self.number) {
            entry.chain = Some(chain);
        }
    }

    fn note_timeout(&self) {
        self.connections.timed_out.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.connections.lock().leave(self.number);
        self.connections.released.notify_one();
    }
}

impl Peer {
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            address @ IpAddr::V4(_) => Self(address),
            // A customer has a /64 at least, and can use every address in it.
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                Self(IpAddr::V6(Ipv6Addr::from_bits(network)))
            }
        }
    }
}

#[cfg(test)]
mod tests;
