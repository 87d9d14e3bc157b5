//! One connection as HTTP/2 sees it: bytes in, bytes out, and an end when it has to go.

use super::{Caller, OPEN, Ticket};
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_rustls::server::TlsStream;
use tonic::transport::server::Connected;

/// Bytes of the preface that begins every connection of HTTP/2 (RFC 9113, section 3.4).
const PREFACE_BYTES: usize = 24;

/// A connection behind its TLS handshake, if it has one.
#[derive(Debug)]
pub(crate) struct Connection {
    io: Io,
    ticket: Ticket,
    caller: Caller,
    preface: Preface,
    /// Why it was ended, once it was: its timers and signals tell that one time only.
    over: Option<ErrorKind>,
}

#[derive(Debug)]
pub(super) enum Io {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Whether the caller has shown that he speaks HTTP/2. Before that nothing else ends a connection
/// that is silent, or sends a byte now and then; afterwards the pings of HTTP/2 do.
#[derive(Debug)]
enum Preface {
    Awaited {
        received: usize,
        until: Pin<Box<Sleep>>,
    },
    Received,
}

impl Connection {
    pub(super) fn new(io: Io, ticket: Ticket, caller: Caller, until: Instant) -> Self {
        Self {
            io,
            ticket,
            caller,
            preface: Preface::Awaited {
                received: 0,
                until: Box::pin(sleep_until(until)),
            },
            over: None,
        }
    }

    /// An error once the connection has to go.
    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if self.over.is_none() {
            self.over = self.is_over(context);
        }
        match self.over {
            None => Ok(()),
            Some(kind) => Err(io::Error::from(kind)),
        }
    }

    fn is_over(&mut self, context: &mut Context<'_>) -> Option<ErrorKind> {
        if Pin::new(&mut self.ticket.ended).poll(context).is_ready() {
            return Some(ErrorKind::ConnectionAborted);
        }
        let Preface::Awaited { until, .. } = &mut self.preface else {
            return None;
        };
        until.as_mut().poll(context).is_ready().then(|| {
            self.ticket.note_timeout();
            ErrorKind::TimedOut
        })
    }

    fn note_received(&mut self, bytes: usize) {
        if let Preface::Awaited { received, .. } = &mut self.preface {
            *received = received.saturating_add(bytes);
            if *received >= PREFACE_BYTES {
                self.preface = Preface::Received;
                self.ticket.stage.reach(OPEN);
            }
        }
    }
}

impl Connected for Connection {
    type ConnectInfo = Caller;

    fn connect_info(&self) -> Caller {
        self.caller.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(context)?;
        let before = buffer.filled().len();
        ready!(match &mut self.io {
            Io::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Io::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        })?;
        self.note_received(buffer.filled().len().saturating_sub(before));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        match &mut self.io {
            Io::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Io::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        match &mut self.io {
            Io::Plain(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Io::Tls(stream) => Pin::new(stream).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.io {
            Io::Plain(stream) => stream.is_write_vectored(),
            Io::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        match &mut self.io {
            Io::Plain(stream) => Pin::new(stream).poll_flush(context),
            Io::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        match &mut self.io {
            Io::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Io::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
