//! Taking connections in: one after the other, each set up by itself, none waited for.

use super::connection::{Connection, Io};
use super::{Caller, Connections, Ticket};
use crate::identity::name_of;
use crate::limits::transport::{
    ACCEPT_DELAY_FIRST, ACCEPT_DELAY_MAX, COMPLAINT_INTERVAL, LISTEN_BACKLOG,
};
use crate::tls::LiveTls;
use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_stream::Stream;

/// Binds an address and listens there, with room for [`LISTEN_BACKLOG`] connections that wait for
/// being accepted.
///
/// # Errors
///
/// As of the system: the address is taken, or none of this machine.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A server that is started again must not wait until the connections of the one before are
    // forgotten; a port that another process listens on is refused all the same.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(LISTEN_BACKLOG)
}

/// The connections of a listener, set up as far as TLS goes. Dropping it closes the listener.
#[derive(Debug)]
pub(crate) struct Incoming {
    set_up: mpsc::Receiver<Connection>,
    accepting: JoinHandle<Infallible>,
}

/// Connections that are set up and wait for being served: that takes microseconds.
const SET_UP_WAITING_MAX: usize = 16;

/// Takes connections in from a listener; with TLS they are encrypted.
pub(crate) fn incoming(
    listener: TcpListener,
    connections: Arc<Connections>,
    tls: Option<Arc<LiveTls>>,
) -> Incoming {
    let (to_server, set_up) = mpsc::channel(SET_UP_WAITING_MAX);
    let door = Door {
        connections,
        tls,
        to_server,
        complaints: Complaints::default(),
    };
    let accepting = tokio::spawn(accept_all(listener, door));
    Incoming { set_up, accepting }
}

impl Stream for Incoming {
    type Item = Result<Connection, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.set_up
            .poll_recv(context)
            .map(|connection| connection.map(Ok))
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// What connections come from.
pub(super) trait Listen: Send + 'static {
    /// Waits for the next connection.
    fn next(&mut self) -> impl Future<Output = io::Result<(TcpStream, SocketAddr)>> + Send;
}

impl Listen for TcpListener {
    async fn next(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        self.accept().await
    }
}

/// What a new connection passes.
pub(super) struct Door {
    pub(super) connections: Arc<Connections>,
    pub(super) tls: Option<Arc<LiveTls>>,
    pub(super) to_server: mpsc::Sender<Connection>,
    pub(super) complaints: Complaints,
}

/// Takes connections in for ever. Without descriptors or memory it waits longer and longer: the
/// listener has the same connection for it again at once, and nothing changes by asking.
pub(super) async fn accept_all(mut listener: impl Listen, mut door: Door) -> Infallible {
    let mut delay = ACCEPT_DELAY_FIRST;
    loop {
        match listener.next().await {
            Ok((stream, address)) => {
                delay = ACCEPT_DELAY_FIRST;
                door.take(stream, address).await;
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                door.complaints.tell(|untold| {
                    tracing::error!(%error, untold, "no connection can be accepted");
                });
                sleep(delay).await;
                delay = delay.saturating_mul(2).min(ACCEPT_DELAY_MAX);
            }
        }
    }
}

/// Whether a connection broke off before it was accepted; the next one is a different matter.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionRefused
            | ErrorKind::Interrupted
    )
}

impl Door {
    async fn take(&mut self, stream: TcpStream, address: SocketAddr) {
        let Some(ticket) = self.connections.admit(address) else {
            self.complaints.tell(|untold| {
                let figures = self.connections.figures();
                tracing::warn!(
                    open = figures.open,
                    refused = figures.refused,
                    untold,
                    "a connection was turned away: as many as there may be are in use, in all or \
                     of one peer"
                );
            });
            return;
        };
        let until = Instant::now()
            .checked_add(self.connections.bounds.setup)
            .unwrap_or_else(Instant::now);
        let tls = self.tls.clone();
        let to_server = self.to_server.clone();
        tokio::spawn(async move {
            if let Some(connection) = set_up(stream, ticket, tls, until).await {
                // The server is stopping.
                drop(to_server.send(connection).await);
            }
        });
        self.connections.wait_for_room().await;
    }
}

/// Carries out the TLS handshake, if there is one; `None` when it fails, takes too long, or the
/// connection has to go meanwhile.
async fn set_up(
    stream: TcpStream,
    mut ticket: Ticket,
    tls: Option<Arc<LiveTls>>,
    until: Instant,
) -> Option<Connection> {
    // A small answer must not wait for a larger packet; a socket that cannot be told is of no use.
    stream.set_nodelay(true).ok()?;
    let Some(tls) = tls else {
        let caller = Caller {
            name: None,
            peer: ticket.peer,
            stage: Arc::clone(&ticket.stage),
        };
        return Some(Connection::new(Io::Plain(stream), ticket, caller, until));
    };
    let handshake = tokio::select! {
        biased;
        () = ticket.ended() => return None,
        handshake = timeout_at(until, tls.accept(stream)) => handshake,
    };
    let stream = match handshake {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            tracing::debug!(%error, "a TLS handshake failed");
            return None;
        }
        Err(_) => {
            ticket.note_timeout();
            return None;
        }
    };
    let shown = stream.get_ref().1.peer_certificates();
    let name = shown.and_then(<[_]>::first).map(|own| name_of(own));
    if let Some(chain) = shown {
        ticket.keep_chain(Arc::from(chain.to_vec()));
        // What is trusted may have changed during the handshake, before the chain was on record.
        tls.is_trusted(chain).then_some(())?;
    }
    let caller = Caller {
        name,
        peer: ticket.peer,
        stage: Arc::clone(&ticket.stage),
    };
    let io = Io::Tls(Box::new(stream));
    Some(Connection::new(io, ticket, caller, until))
}

/// Keeps a line that a stranger can cause from filling the log.
#[derive(Debug, Default)]
pub(super) struct Complaints {
    last: Option<Instant>,
    untold: u64,
}

impl Complaints {
    /// Tells, with how many were left out since the last time; or leaves this one out.
    fn tell(&mut self, tell: impl FnOnce(u64)) {
        let now = Instant::now();
        let is_due = |last: Instant| now.duration_since(last) >= COMPLAINT_INTERVAL;
        if self.last.is_none_or(is_due) {
            tell(std::mem::take(&mut self.untold));
            self.last = Some(now);
        } else {
            self.untold = self.untold.saturating_add(1);
        }
    }
}

// The first delay grows to the longest one.
const _: () = assert!(ACCEPT_DELAY_FIRST.as_millis() < ACCEPT_DELAY_MAX.as_millis());
