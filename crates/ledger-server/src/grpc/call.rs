//! What every call has in common: who calls, until when, and the way to the ledger.

use super::deadline::Deadline;
use super::error::CallError;
use super::receiving::{Bounds, Intake, Places};
use super::shares::{Access, CallerShare, Permit};
use super::stream::Answers;
use super::translations::Translations;
use crate::certificates::CertificateNumbers;
use crate::config::{Config, Identity};
use crate::connections::Connections;
use crate::descriptors::Share;
use crate::keeper::Keeper;
use crate::limits::{Limits, TRANSLATIONS_MAX};
use crate::tls::LiveTls;
use ledger_core::{Position, RecordedTime};
use ledger_engine::query::{QueryError, Reader};
use ledger_engine::{Clock, ClockBounds, Engine};
use ledger_proto::ApiError;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tonic::{Request, Response, Status};

/// What all calls share.
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) reader: Reader,
    pub(crate) limits: Limits,
    /// The folder of the ledger, for measuring it.
    pub(crate) data_dir: PathBuf,
    pub(crate) start: Start,
    /// Who takes backups and checks; absent for a store that the server did not open.
    pub(crate) keeper: Option<Keeper>,
    pub(crate) edge: Edge,
    identity: Identity,
    /// Reads of the store and open streams.
    pub(crate) access: Access,
    pub(crate) translations: Translations,
    pub(crate) intake: Arc<Intake>,
    stopping: watch::Receiver<bool>,
    /// Set when the engine was found to have failed.
    failed: watch::Sender<bool>,
}

/// What lies between the network and the calls, and the clock.
#[derive(Clone)]
pub(crate) struct Edge {
    pub(crate) connections: Arc<Connections>,
    /// How the descriptors of the process are shared out.
    pub(crate) descriptors: Share,
    /// Absent for connections in clear.
    pub(crate) tls: Option<Arc<LiveTls>>,
    /// The clock that events are recorded by, for showing it.
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) clock_bounds: ClockBounds,
    /// What replaces numbers of certificates that contain an identity number.
    pub(crate) certificates: Arc<CertificateNumbers>,
}

/// When the server started, and from where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    pub(crate) time: RecordedTime,
    pub(crate) instant: Instant,
    pub(crate) position: Position,
}

/// One call.
pub(crate) struct Call {
    pub(crate) shared: Arc<Shared>,
    pub(crate) actor: Arc<str>,
    pub(crate) deadline: Deadline,
    /// The places of requests that were received and are not decoded yet.
    pub(crate) places: Places,
    /// What the caller has of what all of them share.
    pub(crate) share: CallerShare,
}

/// The right to keep a stream open.
pub(crate) type StreamPermit = Permit;

impl Shared {
    pub(crate) fn new(
        engine: Engine,
        config: &Config,
        start: Start,
        keeper: Option<Keeper>,
        edge: Edge,
        stopping: watch::Receiver<bool>,
        failed: watch::Sender<bool>,
    ) -> Self {
        Self {
            reader: engine.reader(),
            engine,
            access: Access::new(&config.limits),
            translations: Translations::new(TRANSLATIONS_MAX),
            intake: Arc::new(Intake::new(Bounds::of(&config.limits))),
            limits: config.limits.clone(),
            data_dir: config.data_dir.clone(),
            start,
            keeper,
            edge,
            identity: config.identity.clone(),
            stopping,
            failed,
        }
    }

    /// Asks the reader, off the threads that serve connections.
    ///
    /// Nearly every question is answered from memory within microseconds, which is less than the
    /// hand-over costs. But one that has to go to the disk would hold up every connection of its
    /// thread, and there may be as few as two of them; so no question is asked on those.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        share: &CallerShare,
        question: impl FnOnce(&Reader) -> Result<T, QueryError> + Send + 'static,
    ) -> Result<T, CallError> {
        let permit = self.access.read(share).await;
        let shared = Arc::clone(self);
        let answer = tokio::task::spawn_blocking(move || {
            let answer = question(&shared.reader);
            drop(permit);
            answer
        });
        match answer.await {
            Ok(answer) => Ok(answer?),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // The runtime is shutting down.
            Err(_) => Err(ApiError::NotServing.into()),
        }
    }

    /// Reads one page of a stream: as [`read`](Self::read), within the share that streams have of
    /// all reads. Who waits for a page waits behind those who came before, so that each of many
    /// streams gets a page in turn, also one whose filter never matches.
    pub(crate) async fn read_page<T: Send + 'static>(
        self: &Arc<Self>,
        share: &CallerShare,
        question: impl FnOnce(&Reader) -> Result<T, QueryError> + Send + 'static,
    ) -> Result<T, CallError> {
        let _permit = self.access.page(share).await;
        self.read(share, question).await
    }

    /// Whether the server was asked to stop.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Waits until the server is asked to stop.
    pub(crate) async fn stopping(&self) {
        // An error means that the server is gone, which is no different.
        drop(
            self.stopping
                .clone()
                .wait_for(|is_stopping| *is_stopping)
                .await,
        );
    }

    /// Notes that the engine has failed, once an append has told so.
    pub(crate) fn note_failure(&self) {
        if !self.is_stopping() {
            self.failed
                .send_if_modified(|failed| !std::mem::replace(failed, true));
        }
    }

    fn call<T>(self: &Arc<Self>, request: &Request<T>) -> Result<Call, CallError> {
        Ok(Call {
            shared: Arc::clone(self),
            actor: self.identity.actor(request)?,
            // It was read when the call arrived, before its message was received.
            deadline: *request.extensions().get().unwrap_or(&Deadline::default()),
            places: request.extensions().get().cloned().unwrap_or_default(),
            share: self.access.share(request.extensions()),
        })
    }
}

impl Call {
    /// Waits until the log holds a position; zero for no wait.
    pub(crate) async fn wait_for(&self, at_least_position: u64) -> Result<(), CallError> {
        let position = Position::new(at_least_position);
        let longest = Duration::from_millis(self.shared.limits.wait_ms_max);
        let end = self.deadline.within(longest);
        let over = async {
            match end {
                Some(end) => sleep_until(end).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            reached = self.shared.reader.wait_for(position, over) => match reached {
                Ok(_) => Ok(()),
                Err(QueryError::PositionInFuture { asked, log_position }) => {
                    Err(ApiError::PositionNotReached { asked, log_position }.into())
                }
                Err(error) => Err(error.into()),
            },
            () = self.shared.stopping() => Err(ApiError::NotServing.into()),
        }
    }

    /// Waits for a position, then asks the reader.
    pub(crate) async fn read_at<T: Send + 'static>(
        &self,
        at_least_position: u64,
        question: impl FnOnce(&Reader) -> Result<T, QueryError> + Send + 'static,
    ) -> Result<T, CallError> {
        self.wait_for(at_least_position).await?;
        self.shared.read(&self.share, question).await
    }

    /// The size of a page when the caller asks for `asked`.
    pub(crate) fn page_size(&self, asked: u32) -> usize {
        let limits = &self.shared.limits;
        match usize::try_from(asked) {
            Ok(0) => limits.page_size_default,
            Ok(asked) => asked.min(limits.page_size_max),
            Err(_) => limits.page_size_max,
        }
    }
}

/// Carries out a call with one answer.
pub(crate) async fn unary<Q, A, F>(
    shared: &Arc<Shared>,
    request: Request<Q>,
    carry_out: impl FnOnce(Call, Q) -> F,
) -> Result<Response<A>, Status>
where
    F: Future<Output = Result<A, CallError>>,
{
    let call = shared.call(&request).map_err(CallError::into_status)?;
    let deadline = call.deadline;
    let answer = deadline.bound(carry_out(call, request.into_inner())).await;
    answer.map(Response::new).map_err(CallError::into_status)
}

/// Begins a call with a stream of answers. The deadline bounds its beginning; after that the
/// caller ends the stream when he has enough.
pub(crate) async fn streaming<Q, A, F>(
    shared: &Arc<Shared>,
    request: Request<Q>,
    begin: impl FnOnce(Call, StreamPermit, Q) -> F,
) -> Result<Response<Answers<A>>, Status>
where
    F: Future<Output = Result<Answers<A>, CallError>>,
{
    let call = shared.call(&request).map_err(CallError::into_status)?;
    let permit = shared.access.stream(&call.share);
    let permit = permit.map_err(CallError::into_status)?;
    let deadline = call.deadline;
    let answers = deadline
        .bound(begin(call, permit, request.into_inner()))
        .await;
    answers.map(Response::new).map_err(CallError::into_status)
}
