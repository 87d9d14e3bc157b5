//! The calls that take commands get their requests as bytes: a large one is decoded where it holds
//! up no connection.
//!
//! The code that is generated from the contract decodes every request on the thread that serves its
//! connection. Questions are small, and what is large in a draft of a policy document is one text.
//! A request of thousands of commands is not, so those two methods are taken out here, and decode
//! their requests themselves.

use super::append_stream::append_stream;
use super::call::{Shared, streaming, unary};
use super::stream::Answers;
use super::{Answer, Service as Decoded, append};
use crate::limits::ANSWER_BYTES_MAX;
use ledger_proto::v1;
use ledger_proto::v1::ledger_service_server::{LedgerServiceServer, SERVICE_NAME};
use prost::Message;
use prost::bytes::Buf as _;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http;
use tonic::codegen::{Bytes, Service};
use tonic::server::{Grpc, NamedService, StreamingService, UnaryService};
use tonic::{Request, Response, Status, Streaming};

/// The methods that take commands; a test of the whole server calls each.
const APPEND_PATH: &str = "/subsidy.ledger.v1.LedgerService/Append";
const APPEND_STREAM_PATH: &str = "/subsidy.ledger.v1.LedgerService/AppendStream";

/// The service of the ledger.
#[derive(Clone)]
pub(crate) struct Ledger {
    shared: Arc<Shared>,
    /// The calls whose requests are small.
    decoded: LedgerServiceServer<Decoded>,
}

impl Ledger {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let decoded = LedgerServiceServer::new(Decoded::new(Arc::clone(&shared)))
            .max_decoding_message_size(shared.limits.document_message_bytes_max)
            .max_encoding_message_size(ANSWER_BYTES_MAX);
        Self { shared, decoded }
    }

    fn grpc<T: Message + 'static>(&self) -> Grpc<Undecoded<T>> {
        Grpc::new(Undecoded(PhantomData))
            .max_decoding_message_size(self.shared.limits.document_message_bytes_max)
            .max_encoding_message_size(ANSWER_BYTES_MAX)
    }
}

impl NamedService for Ledger {
    const NAME: &'static str = SERVICE_NAME;
}

impl Service<http::Request<Body>> for Ledger {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        match request.uri().path() {
            APPEND_PATH => {
                let mut grpc = self.grpc();
                Box::pin(async move { Ok(grpc.unary(Append(shared), request).await) })
            }
            APPEND_STREAM_PATH => {
                let mut grpc = self.grpc();
                Box::pin(async move { Ok(grpc.streaming(AppendStream(shared), request).await) })
            }
            _ => self.decoded.call(request),
        }
    }
}

struct Append(Arc<Shared>);

impl UnaryService<Bytes> for Append {
    type Response = v1::AppendResponse;
    type Future = Pin<Box<dyn Future<Output = Answer<v1::AppendResponse>> + Send>>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let shared = Arc::clone(&self.0);
        Box::pin(async move { unary(&shared, request, append::append).await })
    }
}

struct AppendStream(Arc<Shared>);

impl StreamingService<Bytes> for AppendStream {
    type Response = v1::AppendStreamResponse;
    type ResponseStream = Answers<v1::AppendStreamResponse>;
    type Future =
        Pin<Box<dyn Future<Output = Result<Response<Self::ResponseStream>, Status>> + Send>>;

    fn call(&mut self, request: Request<Streaming<Bytes>>) -> Self::Future {
        let shared = Arc::clone(&self.0);
        Box::pin(async move { streaming(&shared, request, append_stream).await })
    }
}

/// Leaves what is received as it is, and encodes what is sent.
struct Undecoded<T>(PhantomData<T>);

impl<T: Message + 'static> Codec for Undecoded<T> {
    type Encode = T;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self(PhantomData)
    }

    fn decoder(&mut self) -> Self {
        Self(PhantomData)
    }
}

impl<T: Message> Encoder for Undecoded<T> {
    type Item = T;
    type Error = Status;

    fn encode(&mut self, answer: T, bytes: &mut EncodeBuf<'_>) -> Result<(), Status> {
        answer
            .encode(bytes)
            .map_err(|error| Status::internal(error.to_string()))
    }
}

impl<T> Decoder for Undecoded<T> {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, bytes: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        let length = bytes.remaining();
        Ok(Some(bytes.copy_to_bytes(length)))
    }
}
