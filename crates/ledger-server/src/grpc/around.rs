//! What is around every call, whatever its service: its headers and what it sends are bounded, it
//! ends at its deadline, its stream is counted, and an error that it ends in says why.
//!
//! The libraries below answer some calls by themselves: a method that does not exist, a message
//! that is too large or none at all. They know nothing of the contract, so what they say is
//! completed here, where every answer passes.

use super::call::{Shared, StreamPermit};
use super::deadline::Deadline;
use super::error::CallError;
use crate::connections::Caller;
use crate::limits::transport::CALL_HEADER_BYTES_MAX;
use http_body::{Body as HttpBody, Frame, SizeHint};
use ledger_proto::ApiError;
use ledger_proto::status::{TransportError, complete};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tonic::body::Body;
use tonic::codegen::http::header::CONTENT_TYPE;
use tonic::codegen::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use tonic::codegen::{Bytes, Service};
use tonic::{Code, Status};
use tower_layer::Layer;

/// Puts itself around a service.
#[derive(Clone)]
pub(crate) struct Around {
    shared: Arc<Shared>,
}

/// A service with that around it.
#[derive(Clone)]
pub(crate) struct Surrounded<S> {
    inner: S,
    shared: Arc<Shared>,
}

/// Streams of the services beside the ledger, whose own are counted where they begin.
const OTHER_STREAMS: [&str; 2] = [
    "/grpc.health.v1.Health/Watch",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
];

/// Bytes that HTTP/2 counts for each field beside its name and value (RFC 9113, section 6.5.2).
const FIELD_BYTES: usize = 32;

impl Around {
    pub(crate) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }
}

impl<S> Layer<S> for Around {
    type Service = Surrounded<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Surrounded {
            inner,
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<S> Service<Request<Body>> for Surrounded<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if let Some(caller) = request.extensions().get::<Caller>() {
            caller.note_call();
        }
        if let Err((answer, error)) = check_protocol(&request) {
            let mut refusal = CallError::from(ApiError::Transport(error))
                .into_status()
                .into_http();
            *refusal.status_mut() = answer;
            return Box::pin(async { Ok(refusal) });
        }
        let (deadline, permit) = match self.admit(&request) {
            Ok(admitted) => admitted,
            Err(error) => return Box::pin(async { Ok(error.into_status().into_http()) }),
        };
        let peer = request.extensions().get::<Caller>().map(Caller::peer);
        let intake = &self.shared.intake;
        let path = request.uri().path().to_owned();
        let (parts, body) = request.into_parts();
        let (body, places) = intake.receive(&path, peer, body);
        let mut request = Request::from_parts(parts, body);
        request.extensions_mut().insert(places);
        request.extensions_mut().insert(deadline);
        let answering = self.inner.call(request);
        Box::pin(async move {
            let answering = async { Ok(answering.await) };
            Ok(match deadline.bound(answering).await {
                Ok(Ok(answer)) => completed(answer, permit),
                Ok(Err(never)) => match never {},
                Err(error) => error.into_status().into_http(),
            })
        })
    }
}

impl<S> Surrounded<S> {
    /// Lets a call begin: until when, and with a permit if it is a stream that is not counted
    /// elsewhere.
    fn admit<B>(
        &self,
        request: &Request<B>,
    ) -> Result<(Deadline, Option<StreamPermit>), CallError> {
        let field = |name: &str, value: usize| FIELD_BYTES + name.len() + value;
        let headers = request.headers().iter();
        let bytes: usize = headers
            .map(|(name, value)| field(name.as_str(), value.len()))
            .sum();
        let uri = request.uri();
        // `:path`; the other pseudo-fields are short, or bounded with it.
        if bytes.saturating_add(uri.path().len()) > CALL_HEADER_BYTES_MAX {
            return Err(ApiError::Transport(TransportError::HeadersTooLarge).into());
        }
        let deadline = Deadline::of(request.headers())?;
        deadline.check()?;
        if !OTHER_STREAMS.contains(&uri.path()) {
            return Ok((deadline, None));
        }
        let access = &self.shared.access;
        let permit = access.stream(&access.share(request.extensions()))?;
        Ok((deadline, Some(permit)))
    }
}

/// Refuses what is no call of gRPC, with the status of HTTP for it: only POST, and only a content
/// type of gRPC whose messages are protobuf (gRPC over HTTP/2, "Requests").
///
/// The libraries below do not look at either.
fn check_protocol<B>(request: &Request<B>) -> Result<(), (StatusCode, TransportError)> {
    if request.method() != Method::POST {
        let answer = StatusCode::METHOD_NOT_ALLOWED;
        return Err((answer, TransportError::HttpMethodUnsupported));
    }
    let mut types = request.headers().get_all(CONTENT_TYPE).iter();
    let is_grpc = match (types.next().map(HeaderValue::to_str), types.next()) {
        (Some(Ok(content_type)), None) => {
            let essence = content_type
                .split(';')
                .next()
                .unwrap_or_default()
                .trim_end();
            ["application/grpc", "application/grpc+proto"]
                .iter()
                .any(|grpc| essence.eq_ignore_ascii_case(grpc))
        }
        _ => false,
    };
    match is_grpc {
        true => Ok(()),
        false => {
            let answer = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            Err((answer, TransportError::ContentTypeUnsupported))
        }
    }
}

/// Sees to it that an answer which is an error, or ends in one, says why.
fn completed(answer: Response<Body>, permit: Option<StreamPermit>) -> Response<Body> {
    let (mut parts, body) = answer.into_parts();
    complete_headers(&mut parts.headers);
    let body = Completing {
        body,
        _permit: permit,
    };
    Response::from_parts(parts, Body::new(body))
}

/// Completes the error that headers or trailers tell, if they do.
fn complete_headers(headers: &mut HeaderMap) {
    let Some(status) = Status::from_header_map(headers) else {
        return;
    };
    if status.code() == Code::Ok {
        return;
    }
    // It keeps what else the headers hold, such as the encodings that are taken.
    for name in [
        Status::GRPC_STATUS,
        Status::GRPC_MESSAGE,
        Status::GRPC_STATUS_DETAILS,
    ] {
        headers.remove(name);
    }
    // A status that is made here has texts and details that headers can carry.
    drop(complete(&status).add_header(headers));
}

/// The body of an answer, whose trailers may be an error.
struct Completing {
    body: Body,
    _permit: Option<StreamPermit>,
}

impl HttpBody for Completing {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        Poll::Ready(frame.map(|frame| match frame {
            Ok(mut frame) => {
                if let Some(trailers) = frame.trailers_mut() {
                    complete_headers(trailers);
                }
                Ok(frame)
            }
            Err(status) => Err(complete(&status)),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
