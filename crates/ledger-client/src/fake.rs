//! A server that answers what a test tells it, over a real connection.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ledger_proto::v1;
use ledger_proto::v1::ledger_service_server::{LedgerService, LedgerServiceServer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::Sender;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Request, Response, Status, Streaming};

use crate::limits::DEADLINE_DEFAULT;
use crate::{Client, ClientConfig, Sleeper};

/// What the server does with one request of a stream of appends.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// Carries it out.
    Answer,
    /// Refuses it and goes on.
    Fail(v1::Failure),
    /// Ends the stream with this status.
    Break(Status),
}

/// What the server does with one unary append.
#[derive(Debug, Clone)]
pub(crate) enum Attempt {
    /// Answers.
    Answer(v1::AppendResponse),
    /// Fails with this status.
    Fail(Status),
    /// Closes the connection without a word.
    Break,
    /// The same, and nobody listens any more.
    Vanish,
}

/// What the server will answer, and what it was asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fake(Arc<Mutex<Script>>);

#[derive(Debug, Default)]
pub(crate) struct Script {
    /// Answers to unary appends, in order; after the last there is none.
    pub(crate) appends: VecDeque<Attempt>,
    /// What happens to the requests of streams, in order; afterwards every request is answered.
    pub(crate) actions: VecDeque<Action>,
    /// The messages of each subscription, in order; after the last it stays open.
    pub(crate) subscriptions: VecDeque<Vec<Result<v1::SubscribeResponse, Status>>>,
    /// Every append request received, unary or of a stream.
    pub(crate) received: Vec<v1::AppendRequest>,
    /// Where each subscription started, or the deadline that each append came with.
    pub(crate) started_after: Vec<u64>,
    /// The epochs that they named.
    pub(crate) started_in: Vec<Option<v1::Epoch>>,
    pub(crate) deadlines: Vec<Option<String>>,
    /// How often and how long the client waited.
    pub(crate) delays: Vec<Duration>,
    /// Streams of appends opened.
    pub(crate) append_streams: usize,
    /// The connections, to close them.
    connections: Vec<std::net::TcpStream>,
    /// The task that takes connections.
    listening: Option<tokio::task::AbortHandle>,
}

impl Script {
    fn close_connections(&mut self) {
        for connection in self.connections.drain(..) {
            let _ = connection.shutdown(std::net::Shutdown::Both);
        }
    }
}

impl Fake {
    pub(crate) fn script<T>(&self, change: impl FnOnce(&mut Script) -> T) -> T {
        change(&mut self.0.lock().unwrap())
    }

    /// Starts the server on a free port and connects to it.
    pub(crate) async fn connect(&self) -> Client {
        self.connect_with(DEADLINE_DEFAULT).await
    }

    /// The same with another deadline.
    pub(crate) async fn connect_with(&self, deadline: Duration) -> Client {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (accepted, connections) = tokio::sync::mpsc::channel(1);
        let serve = tonic::transport::Server::builder()
            .add_service(LedgerServiceServer::new(self.clone()))
            .serve_with_incoming(ReceiverStream::new(connections));
        tokio::spawn(serve);
        let listening = tokio::spawn(self.clone().accept(listener, accepted));
        self.script(|script| script.listening = Some(listening.abort_handle()));
        let config = ClientConfig {
            deadline,
            sleeper: Arc::new(Waits(self.clone())),
            ..ClientConfig::new(format!("http://{address}"), "tests")
        };
        Client::connect(config).await.unwrap()
    }

    /// Takes connections, and keeps a handle of each.
    async fn accept(self, listener: TcpListener, accepted: Sender<io::Result<TcpStream>>) {
        while let Ok((connection, _)) = listener.accept().await {
            let connection = connection.into_std().unwrap();
            let handle = connection.try_clone().unwrap();
            self.script(|script| script.connections.push(handle));
            let connection = TcpStream::from_std(connection);
            if accepted.send(connection).await.is_err() {
                return;
            }
        }
    }
}

/// Notes how long it was to wait, and does not.
#[derive(Debug)]
struct Waits(Fake);

impl Sleeper for Waits {
    fn sleep(&self, delay: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.0.script(|script| script.delays.push(delay));
        Box::pin(std::future::ready(()))
    }
}

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// Written without `async`, because the attribute of the trait does not see into a macro.
macro_rules! unimplemented_calls {
    ($($name:ident($request:ident) -> $response:ty;)+) => {$(
        fn $name<'this, 'answer>(
            &'this self,
            _: Request<v1::$request>,
        ) -> Pin<Box<dyn Future<Output = Result<Response<$response>, Status>> + Send + 'answer>>
        where
            'this: 'answer,
        {
            Box::pin(std::future::ready(Err(Status::unimplemented(stringify!($name)))))
        }
    )+};
}

#[tonic::async_trait]
impl LedgerService for Fake {
    type AppendStreamStream = Answers<v1::AppendStreamResponse>;
    type ReadEventsStream = Answers<v1::ReadEventsResponse>;
    type SubscribeStream = Answers<v1::SubscribeResponse>;
    type TraceClawbackStream = Answers<v1::TraceClawbackResponse>;
    type TraceCausesStream = Answers<v1::TraceEventResponse>;
    type TraceEffectsStream = Answers<v1::TraceEventResponse>;
    type RebuildStream = Answers<v1::RebuildProgress>;
    type SimulateStream = Answers<v1::SimulateResponse>;
    type BackUpStream = Answers<v1::BackUpProgress>;
    type VerifyStream = Answers<v1::VerifyProgress>;

    async fn append(
        &self,
        request: Request<v1::AppendRequest>,
    ) -> Result<Response<v1::AppendResponse>, Status> {
        let answer = self.script(|script| {
            let deadline = request.metadata().get("grpc-timeout");
            let deadline = deadline.map(|value| value.to_str().unwrap().to_owned());
            script.deadlines.push(deadline);
            script.received.push(request.into_inner());
            script.appends.pop_front()
        });
        match answer {
            Some(Attempt::Answer(answer)) => return Ok(Response::new(answer)),
            Some(Attempt::Fail(status)) => return Err(status),
            Some(Attempt::Break) => self.script(Script::close_connections),
            Some(Attempt::Vanish) => self.script(|script| {
                script.listening.take().unwrap().abort();
                script.close_connections();
            }),
            None => {}
        }
        std::future::pending().await
    }

    async fn append_stream(
        &self,
        request: Request<Streaming<v1::AppendRequest>>,
    ) -> Result<Response<Self::AppendStreamStream>, Status> {
        self.script(|script| script.append_streams += 1);
        let fake = self.clone();
        let (answers, receiver) = tokio::sync::mpsc::channel(1);
        tokio::spawn(async move {
            let mut requests = request.into_inner();
            while let Ok(Some(request)) = requests.message().await {
                let request_id = request.request_id.clone();
                let action = fake.script(|script| {
                    script.received.push(request);
                    script.actions.pop_front().unwrap_or(Action::Answer)
                });
                let mut explanations = Vec::new();
                let outcome = match action {
                    Action::Answer => {
                        v1::append_stream_response::Outcome::Response(v1::AppendResponse::default())
                    }
                    Action::Fail(failure) => {
                        let numbers = failure.refusals.iter().map(|it| it.refusal_number);
                        explanations.extend(numbers.map(|refusal_number| {
                            v1::DecisionExplanation {
                                refusal_number,
                                ..Default::default()
                            }
                        }));
                        v1::append_stream_response::Outcome::Failure(failure)
                    }
                    Action::Break(status) => {
                        let _ = answers.send(Err(status)).await;
                        return;
                    }
                };
                let answer = v1::AppendStreamResponse {
                    request_id,
                    outcome: Some(outcome),
                    explanations,
                };
                if answers.send(Ok(answer)).await.is_err() {
                    return;
                }
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }

    async fn subscribe(
        &self,
        request: Request<v1::SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let messages = self.script(|script| {
            let request = request.into_inner();
            script.started_after.push(request.after_position);
            script.started_in.push(request.epoch);
            script.subscriptions.pop_front()
        });
        let messages = messages.ok_or_else(|| Status::permission_denied("not any more"))?;
        Ok(Response::new(Box::pin(
            tokio_stream::iter(messages).chain(tokio_stream::pending()),
        )))
    }

    unimplemented_calls! {
        read_events(ReadEventsRequest) -> Self::ReadEventsStream;
        trace_clawback(TraceClawbackRequest) -> Self::TraceClawbackStream;
        trace_causes(TraceEventRequest) -> Self::TraceCausesStream;
        trace_effects(TraceEventRequest) -> Self::TraceEffectsStream;
        rebuild(RebuildRequest) -> Self::RebuildStream;
        back_up(BackUpRequest) -> Self::BackUpStream;
        verify(VerifyRequest) -> Self::VerifyStream;
        list_backups(ListBackupsRequest) -> v1::ListBackupsResponse;
        simulate(SimulateRequest) -> Self::SimulateStream;
        explain(ExplainRequest) -> v1::ExplainResponse;
        list_refusals(ListRefusalsRequest) -> v1::ListRefusalsResponse;
        get_quota(GetQuotaRequest) -> v1::GetQuotaResponse;
        check_eligibility(CheckEligibilityRequest) -> v1::CheckEligibilityResponse;
        get_account(GetAccountRequest) -> v1::GetAccountResponse;
        list_account_entries(ListAccountEntriesRequest) -> v1::ListAccountEntriesResponse;
        list_accounts(ListAccountsRequest) -> v1::ListAccountsResponse;
        report_progress(ReportProgressRequest) -> v1::ReportProgressResponse;
        get_class(GetClassRequest) -> v1::GetClassResponse;
        get_certificate(GetCertificateRequest) -> v1::GetCertificateResponse;
        digest_certificate_numbers(DigestCertificateNumbersRequest)
            -> v1::DigestCertificateNumbersResponse;
        get_disbursement(GetDisbursementRequest) -> v1::GetDisbursementResponse;
        get_award(GetAwardRequest) -> v1::GetAwardResponse;
        get_order(GetOrderRequest) -> v1::GetOrderResponse;
        check_policy(CheckPolicyRequest) -> v1::CheckPolicyResponse;
        list_policies(ListPoliciesRequest) -> v1::ListPoliciesResponse;
        get_policy(GetPolicyRequest) -> v1::GetPolicyResponse;
        get_status(GetStatusRequest) -> v1::GetStatusResponse;
    }
}
