//! Requests on their way in: what may be received at once, for how long, and what a message may
//! hold before it is decoded.
//!
//! The body of a call is held back until each message in it has arrived whole. Before that a
//! message has a place in a budget of bytes, by the length that it announces, and a time. After
//! that its fields are counted. Only then do the libraries below get to see it.
//!
//! Long: one budget of bytes, and everything that is counted against it.

use super::error::CallError;
use super::shares::Shares;
use crate::connections::Peer;
use crate::limits::{Limits, RECEIVE_PAUSES_MAX, RETRY_DELAY};
use http_body::{Body as HttpBody, Frame, SizeHint};
use ledger_proto::tally::Method;
use ledger_proto::{ApiError, DecodeError, DecodeProblem, status_from_error};
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Bytes;
use tonic::codegen::http::HeaderMap;

/// What is being received at once, over all connections.
#[derive(Debug)]
pub(crate) struct Intake {
    bounds: Bounds,
    /// A permit for each byte.
    all: Arc<Semaphore>,
    /// The same for each peer that sends just now.
    shares: Shares<Peer, Semaphore>,
}

/// The bounds of what is received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Bytes of a message, without the texts of policy documents.
    message: usize,
    /// Bytes of a message with them.
    document_message: usize,
    /// Bytes of a message that holds no commands, without the texts of policy documents.
    question: usize,
    /// Commands of a request.
    commands: usize,
    /// Fields of a message, at all levels.
    fields: usize,
    /// Bytes over all connections.
    all: usize,
    /// Bytes of one peer.
    per_peer: usize,
    /// How long a message may take to arrive.
    time: Duration,
}

/// Bytes in front of a message: whether it is compressed, and its length.
const PREFIX_BYTES: usize = 5;

impl Bounds {
    pub(crate) fn of(limits: &Limits) -> Self {
        Self {
            message: limits.message_bytes_max,
            document_message: limits.document_message_bytes_max,
            question: limits.question_bytes_max(),
            commands: limits.commands_per_request_max,
            fields: limits.message_fields_max,
            all: limits.receiving_bytes_max,
            per_peer: limits.receiving_bytes_per_peer_max,
            time: Duration::from_millis(limits.receive_ms),
        }
    }
}

impl Intake {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            all: Arc::new(Semaphore::new(bounds.all)),
            shares: Shares::default(),
        }
    }

    /// A permit for each byte that a peer may have.
    fn share(&self, peer: Option<Peer>) -> Arc<Semaphore> {
        self.shares
            .of(peer, || Semaphore::new(self.bounds.per_peer))
    }

    /// Puts itself before the body of a call. Beside the body it gives the places of those of its
    /// messages that are handed on before they are decoded.
    pub(crate) fn receive(
        self: &Arc<Self>,
        path: &str,
        peer: Option<Peer>,
        body: Body,
    ) -> (Body, Places) {
        let method = Method::of_path(path);
        let receiving = Receiving::new(Arc::clone(self), method, peer, body);
        let places = receiving.places.clone();
        (Body::new(receiving), places)
    }
}

/// A body, of which whole messages are handed on.
struct Receiving<B = Body> {
    body: B,
    intake: Arc<Intake>,
    share: Arc<Semaphore>,
    method: Option<Method>,
    /// What has arrived and is not handed on.
    chunks: VecDeque<Bytes>,
    held: usize,
    stage: Stage,
    places: Places,
    /// Until when the body, or the message that has begun, has to be there.
    until: Option<Pin<Box<Sleep>>>,
    /// How often the time may begin anew because nobody was waiting when it ended.
    pauses_left: u8,
    has_ended: bool,
    trailers: Option<HeaderMap>,
}

/// The places of messages that were handed on and are not decoded yet, the oldest first.
///
/// A message of commands keeps its place until it is decoded and translated, for which large ones
/// wait in line; otherwise what waits there would be counted by nobody.
#[derive(Clone, Default)]
pub(crate) struct Places(Arc<Mutex<VecDeque<Place>>>);

impl Places {
    /// Takes the place of the oldest message.
    pub(crate) fn take(&self) -> Option<Place> {
        self.lock().pop_front()
    }

    fn keep(&self, place: Place) {
        self.lock().push_back(place);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Place>> {
        // No code that holds the lock can panic, so a poisoned lock guards a sound state.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of a message in the budget.
#[derive(Debug)]
pub(crate) struct Place {
    _share: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

type Waiting = Pin<Box<dyn Future<Output = Option<Place>> + Send>>;

enum Stage {
    /// The prefix of the next message, or the end.
    Prefix,
    /// A message of that length waits for a place.
    Waiting(usize, Waiting),
    /// A message of that length is arriving.
    Arriving { length: usize, place: Place },
    /// What comes is handed on as it is: the libraries below refuse it.
    Through,
}

impl<B> Receiving<B> {
    fn new(intake: Arc<Intake>, method: Option<Method>, peer: Option<Peer>, body: B) -> Self {
        let mut receiving = Self {
            body,
            share: intake.share(peer),
            intake,
            method,
            chunks: VecDeque::new(),
            held: 0,
            stage: Stage::Prefix,
            places: Places::default(),
            until: None,
            pauses_left: RECEIVE_PAUSES_MAX,
            has_ended: false,
            trailers: None,
        };
        // A stream of requests may be silent between two of them; any other call has one message.
        if !receiving.is_stream() {
            receiving.start_time();
        }
        receiving
    }

    fn is_stream(&self) -> bool {
        self.method.is_none_or(|method| method.streams_requests)
    }

    fn start_time(&mut self) {
        let end = Instant::now().checked_add(self.intake.bounds.time);
        self.until = end.map(|end| Box::pin(sleep_until(end)));
    }

    /// The prefix of the next message, once it is there.
    fn prefix(&self) -> Option<[u8; PREFIX_BYTES]> {
        let mut prefix = [0; PREFIX_BYTES];
        let mut bytes = self.chunks.iter().flat_map(|chunk| chunk.iter());
        for place in &mut prefix {
            *place = *bytes.next()?;
        }
        Some(prefix)
    }

    /// Looks at the message that begins, if it has begun.
    fn begin(&mut self) -> Result<(), ApiError> {
        let Some([compressed, length @ ..]) = self.prefix() else {
            return Ok(());
        };
        if compressed != 0 {
            self.stage = Stage::Through;
            return Ok(());
        }
        let bounds = &self.intake.bounds;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > bounds.document_message {
            return Err(ApiError::MessageTooLarge {
                bytes: length,
                max: bounds.document_message,
            });
        }
        self.stage = match self.place_at_once(length) {
            Some(place) => Stage::Arriving { length, place },
            None => Stage::Waiting(length, self.place(length)),
        };
        Ok(())
    }

    fn place_at_once(&self, length: usize) -> Option<Place> {
        let bytes = u32::try_from(length).ok()?;
        let share = Arc::clone(&self.share).try_acquire_many_owned(bytes).ok()?;
        let all = Arc::clone(&self.intake.all);
        Some(Place {
            _share: share,
            _all: all.try_acquire_many_owned(bytes).ok()?,
        })
    }

    /// Waits for a place; `None` when there is none for as long as a message may take.
    fn place(&self, length: usize) -> Waiting {
        let (share, all) = (Arc::clone(&self.share), Arc::clone(&self.intake.all));
        let waiting = async move {
            let bytes = u32::try_from(length).ok()?;
            Some(Place {
                _share: share.acquire_many_owned(bytes).await.ok()?,
                _all: all.acquire_many_owned(bytes).await.ok()?,
            })
        };
        let time = self.intake.bounds.time;
        Box::pin(async move { timeout(time, waiting).await.ok().flatten() })
    }

    /// Takes the first bytes of what has arrived.
    fn take(&mut self, count: usize) -> Bytes {
        self.held = self.held.saturating_sub(count);
        if let Some(first) = self.chunks.front_mut()
            && first.len() >= count
        {
            let taken = first.split_to(count);
            if first.is_empty() {
                self.chunks.pop_front();
            }
            return taken;
        }
        let mut taken = Vec::with_capacity(count);
        while taken.len() < count
            && let Some(mut chunk) = self.chunks.pop_front()
        {
            let wanted = count.saturating_sub(taken.len()).min(chunk.len());
            taken.extend_from_slice(&chunk.split_to(wanted));
            if !chunk.is_empty() {
                self.chunks.push_front(chunk);
            }
        }
        Bytes::from(taken)
    }

    /// Counts what a message holds.
    fn check(&self, message: &[u8]) -> Result<(), ApiError> {
        let Some(method) = self.method else {
            return Ok(());
        };
        let bounds = &self.intake.bounds;
        let tally = method.tally(message, bounds.fields);
        let too_many = |field: &str, max, found| {
            let problem = DecodeProblem::TooMany { max, found };
            Err(DecodeError::new(field, problem).into())
        };
        if tally.commands > bounds.commands {
            return too_many("commands", bounds.commands, tally.commands);
        }
        if tally.fields > bounds.fields {
            return too_many("fields of the message", bounds.fields, tally.fields);
        }
        let bytes = message.len().saturating_sub(tally.document_bytes);
        let max = match method.takes_commands {
            true => bounds.message,
            false => bounds.question,
        };
        if bytes > max {
            return Err(ApiError::MessageTooLarge { bytes, max });
        }
        Ok(())
    }

    /// A message that has arrived whole, with the stage that it was in.
    fn arrived(&mut self, length: usize, stage: Stage) -> Result<Bytes, ApiError> {
        let message = self.take(length.saturating_add(PREFIX_BYTES));
        self.check(message.get(PREFIX_BYTES..).unwrap_or_default())?;
        if let Stage::Arriving { place, .. } = stage
            && self.method.is_some_and(|method| method.takes_commands)
        {
            self.places.keep(place);
        }
        self.pauses_left = RECEIVE_PAUSES_MAX;
        self.until = None;
        // The next message of a stream may have begun; any other call has to end.
        if !self.is_stream() || self.held > 0 {
            self.start_time();
        }
        Ok(message)
    }

    /// Why a message is not waited for any longer.
    fn too_slow(&self) -> ApiError {
        ApiError::ReceivedTooSlowly {
            bytes: self.held,
            time: self.intake.bounds.time,
            retry_after: RETRY_DELAY,
        }
    }

    fn has_time(&mut self) -> Result<(), ApiError> {
        let is_over = self.until.as_ref().is_some_and(|until| until.is_elapsed());
        let is_late = self
            .until
            .as_ref()
            .is_some_and(|until| until.deadline() < Instant::now());
        if !is_over && !is_late {
            return Ok(());
        }
        // Something was there when the time ended, and nobody asked for it: whoever reads this
        // stream held it back.
        let left = self.pauses_left.checked_sub(1);
        self.pauses_left = left.ok_or_else(|| self.too_slow())?;
        self.start_time();
        Ok(())
    }
}

impl<B> Receiving<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// Waits for more of the body, as long as it may take.
    fn more(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Status>> {
        let frame = match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(frame) => frame,
            Poll::Pending => {
                let is_over = self.until.as_mut();
                let is_over = is_over.is_some_and(|until| until.as_mut().poll(context).is_ready());
                return match is_over {
                    true => Poll::Ready(Err(status_from_error(&self.too_slow()))),
                    false => Poll::Pending,
                };
            }
        };
        let frame = match frame {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => return Poll::Ready(Err(Status::from_error(error.into()))),
            None => {
                self.has_ended = true;
                return Poll::Ready(Ok(()));
            }
        };
        self.has_time().map_err(|error| status_from_error(&error))?;
        match frame.into_data() {
            Ok(data) => {
                if !data.is_empty() {
                    self.held = self.held.saturating_add(data.len());
                    self.chunks.push_back(data);
                }
                if self.until.is_none() {
                    self.start_time();
                }
            }
            Err(frame) => self.trailers = frame.into_trailers().ok(),
        }
        Poll::Ready(Ok(()))
    }

    fn next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let refuse = |error: ApiError| Poll::Ready(Some(Err(CallError::from(error).into_status())));
        loop {
            match &mut self.stage {
                Stage::Prefix => {
                    if let Err(error) = self.begin() {
                        return refuse(error);
                    }
                    if !matches!(self.stage, Stage::Prefix) {
                        continue;
                    }
                }
                Stage::Waiting(length, waiting) => {
                    let length = *length;
                    let Some(place) = ready!(waiting.as_mut().poll(context)) else {
                        return refuse(ApiError::ReceivingFull {
                            bytes: length,
                            max: self.intake.bounds.all,
                            retry_after: RETRY_DELAY,
                        });
                    };
                    self.stage = Stage::Arriving { length, place };
                    // What waited for others is not the caller's time.
                    self.start_time();
                }
                Stage::Arriving { length, .. } => {
                    let length = *length;
                    if self.held >= length.saturating_add(PREFIX_BYTES) {
                        let stage = std::mem::replace(&mut self.stage, Stage::Prefix);
                        return match self.arrived(length, stage) {
                            Ok(message) => Poll::Ready(Some(Ok(Frame::data(message)))),
                            Err(error) => refuse(error),
                        };
                    }
                }
                Stage::Through => {
                    if let Some(chunk) = self.chunks.pop_front() {
                        self.held = self.held.saturating_sub(chunk.len());
                        return Poll::Ready(Some(Ok(Frame::data(chunk))));
                    }
                }
            }
            if self.has_ended || self.trailers.is_some() {
                // What is left is no whole message, which the libraries below tell.
                self.stage = Stage::Through;
                if self.chunks.is_empty() {
                    let trailers = self.trailers.take();
                    self.has_ended = true;
                    return Poll::Ready(trailers.map(|trailers| Ok(Frame::trailers(trailers))));
                }
                continue;
            }
            if let Err(status) = ready!(self.more(context)) {
                return Poll::Ready(Some(Err(status)));
            }
        }
    }
}

impl<B> HttpBody for Receiving<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.get_mut().next(context)
    }

    fn is_end_stream(&self) -> bool {
        self.held == 0 && self.trailers.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests;
