//! One method per call of the contract.
//!
//! Long: one method for each call of the contract.

use std::future::Future;
use std::sync::Arc;

use ledger_proto::v1;
use ledger_proto::v1::ledger_service_client::LedgerServiceClient;
use tonic::transport::Channel;
use tonic::{IntoRequest as _, Request, Response, Status, Streaming};

use crate::batch::Batch;
use crate::config::ClientConfig;
use crate::error::doubt::Doubt;
use crate::error::{ClientError, Refusals, Retry};
use crate::limits::{RECEIVE_BYTES_MAX, SEND_BYTES_MAX};
use crate::retry::random;
use crate::stream::{
    BackUpStream, EventStream, RebuildStream, SimulateStream, Trace, VerifyStream,
};
use crate::subscription::Subscription;

/// A connection to a ledger. Cloning it is cheap and shares the connection, which is opened again
/// by itself when it breaks.
///
/// Every method makes a failed call again as its [`RetryPolicy`](crate::RetryPolicy) says; that is
/// safe for all of them, because reading changes nothing and a batch has a request id.
///
/// # Errors
///
/// Every method fails with a [`ClientError`], which knows whether making the call again helps.
#[derive(Debug, Clone)]
pub struct Client {
    rpc: LedgerServiceClient<Channel>,
    config: Arc<ClientConfig>,
}

/// Writes the unary methods: all of them are the same call with other messages.
macro_rules! unary {
    ($( $(#[doc = $doc:literal])+ $name:ident($request:ident) -> $response:ident; )+) => {
        impl Client {$(
            $(#[doc = $doc])+
            ///
            /// # Errors
            ///
            /// See [`Client`].
            pub async fn $name(
                &self,
                request: v1::$request,
            ) -> Result<v1::$response, ClientError> {
                self.retrying(async |mut rpc: LedgerServiceClient<Channel>| {
                    rpc.$name(self.timed(request.clone())).await.map(Response::into_inner)
                })
                .await
            }
        )+}
    };
}

unary! {
    /// Tells how much of a person's yearly quota is used, and by which events.
    get_quota(GetQuotaRequest) -> GetQuotaResponse;
    /// Tells whether a subsidy would be approved, and what stands against it.
    check_eligibility(CheckEligibilityRequest) -> CheckEligibilityResponse;
    /// Tells why a payment, an approval or a refusal was decided as it was.
    explain(ExplainRequest) -> ExplainResponse;
    /// Tells the balances of an account.
    get_account(GetAccountRequest) -> GetAccountResponse;
    /// Lists a page of the entries of an account.
    list_account_entries(ListAccountEntriesRequest) -> ListAccountEntriesResponse;
    /// Lists a page of all accounts, with the trial balance.
    list_accounts(ListAccountsRequest) -> ListAccountsResponse;
    /// Lists a page of the refused commands.
    list_refusals(ListRefusalsRequest) -> ListRefusalsResponse;
    /// Tells what was reached of the targets of the policy documents.
    report_progress(ReportProgressRequest) -> ReportProgressResponse;
    /// Tells the state of a class.
    get_class(GetClassRequest) -> GetClassResponse;
    /// Tells the state of a certificate.
    get_certificate(GetCertificateRequest) -> GetCertificateResponse;
    /// Tells by what the ledger keeps numbers of certificates.
    digest_certificate_numbers(DigestCertificateNumbersRequest) -> DigestCertificateNumbersResponse;
    /// Tells the state of a disbursement.
    get_disbursement(GetDisbursementRequest) -> GetDisbursementResponse;
    /// Tells what is wrong with the text of a policy document, by itself and beside what is
    /// published.
    check_policy(CheckPolicyRequest) -> CheckPolicyResponse;
    /// Lists a page of the published policy documents.
    list_policies(ListPoliciesRequest) -> ListPoliciesResponse;
    /// Gives a published policy document with its text.
    get_policy(GetPolicyRequest) -> GetPolicyResponse;
    /// Tells the state of an award.
    get_award(GetAwardRequest) -> GetAwardResponse;
    /// Tells the state of a training order.
    get_order(GetOrderRequest) -> GetOrderResponse;
    /// Lists the backups in the folder that the server's configuration names.
    list_backups(ListBackupsRequest) -> ListBackupsResponse;
    /// Tells the state of the server.
    get_status(GetStatusRequest) -> GetStatusResponse;
}

impl Client {
    /// Opens a connection.
    ///
    /// # Errors
    ///
    /// Fails when the configuration cannot be used, or when the server cannot be reached after all
    /// attempts.
    pub async fn connect(config: ClientConfig) -> Result<Self, ClientError> {
        let mut attempt = 1;
        loop {
            match config.connect().await {
                Ok(channel) => return Ok(Self::from_channel(channel, config)),
                Err(error) => {
                    let delay = config.retry.delay(&error, attempt, random()).ok_or(error)?;
                    config.sleeper.sleep(delay).await;
                    attempt = attempt.saturating_add(1);
                }
            }
        }
    }

    fn from_channel(channel: Channel, config: ClientConfig) -> Self {
        let rpc = LedgerServiceClient::new(channel)
            .max_decoding_message_size(RECEIVE_BYTES_MAX)
            .max_encoding_message_size(SEND_BYTES_MAX);
        Self {
            rpc,
            config: Arc::new(config),
        }
    }

    /// The configuration that the connection was opened with.
    #[must_use]
    pub fn config(&self) -> &ClientConfig {
        &self.config
    }

    /// Tells the chains of rules behind refused commands, in order, as far as they are on record.
    ///
    /// # Errors
    ///
    /// See [`Client`].
    pub async fn explain_refusals(
        &self,
        refused: &Refusals,
    ) -> Result<Vec<v1::DecisionExplanation>, ClientError> {
        if !refused.explanations.is_empty() {
            return Ok(refused.explanations.clone());
        }
        let mut explanations = Vec::new();
        for number in refused.refusals.iter().filter_map(|it| it.refusal_number) {
            let request = v1::ExplainRequest {
                decision: Some(v1::explain_request::Decision::RefusalNumber(number)),
                ..Default::default()
            };
            explanations.extend(self.explain(request).await?.decisions);
        }
        Ok(explanations)
    }

    /// Appends a batch; answers after the sync to disk.
    ///
    /// # Errors
    ///
    /// See [`Client`]. [`ClientError::OutcomeUnknown`] as soon as any attempt may have been carried
    /// out, whatever the later ones ended in, unless one of them told: the batch may have been
    /// recorded or not. Send the same batch again, or use [`Client::append_until_known`]. Every
    /// other error says that nothing of the batch was recorded by this call.
    pub async fn append(&self, batch: &Batch) -> Result<v1::AppendResponse, ClientError> {
        self.append_in(batch, &mut Doubt::new(batch)).await
    }

    /// Appends a batch that may be in doubt already.
    async fn append_in(
        &self,
        batch: &Batch,
        doubt: &mut Doubt,
    ) -> Result<v1::AppendResponse, ClientError> {
        let call = async |mut rpc: LedgerServiceClient<Channel>| {
            let request = batch.to_request(&self.config.source_system);
            rpc.append(self.timed(request))
                .await
                .map(Response::into_inner)
        };
        let answer = self.retrying_with(call, |error| doubt.note(error)).await;
        answer.map_err(|error| doubt.conclude(error))
    }

    /// Appends a batch and goes on asking until its outcome is known, however long the ledger
    /// takes. Drop the future to give up.
    ///
    /// # Errors
    ///
    /// Fails with what is final only: refused, invalid, not allowed, or the request id reused. When
    /// the server stops answering for a reason that waiting does not change (a certificate that
    /// ended), an earlier attempt leaves [`ClientError::OutcomeUnknown`].
    pub async fn append_until_known(
        &self,
        batch: &Batch,
    ) -> Result<v1::AppendResponse, ClientError> {
        let mut doubt = Doubt::new(batch);
        let mut round = 1;
        loop {
            let error = match self.append_in(batch, &mut doubt).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let after = match error.retry() {
                Retry::Never => return Err(error),
                Retry::ByCaller => None,
                Retry::Automatic { after } => after,
            };
            let delay = self.config.retry.backoff(after, round, random());
            self.config.sleeper.sleep(delay).await;
            round = round.saturating_add(1);
        }
    }

    /// Reads a range of the log.
    ///
    /// # Errors
    ///
    /// See [`Client`]. An error in the middle of the answer ends it; go on from the position after
    /// the last event received.
    pub async fn read_events(
        &self,
        request: v1::ReadEventsRequest,
    ) -> Result<EventStream, ClientError> {
        let messages = self
            .retrying(async |mut rpc: LedgerServiceClient<Channel>| {
                rpc.read_events(self.timed(request.clone()))
                    .await
                    .map(Response::into_inner)
            })
            .await?;
        Ok(EventStream::new(messages))
    }

    /// Follows the log: what is there after a position, then what comes, for ever. Nothing is sent
    /// before the first call of [`Subscription::next`].
    #[must_use]
    pub fn subscribe(&self, filter: v1::EventFilter, after_position: u64) -> Subscription {
        Subscription::new(self.clone(), filter, after_position, None)
    }

    /// The same for who follows an epoch: when the ledger was restored from a backup that ends
    /// before the position, it is an error and not other events.
    #[must_use]
    pub fn subscribe_in_epoch(
        &self,
        filter: v1::EventFilter,
        after_position: u64,
        epoch: v1::Epoch,
    ) -> Subscription {
        Subscription::new(self.clone(), filter, after_position, Some(epoch))
    }

    /// Walks from a clawback to every event behind it.
    ///
    /// # Errors
    ///
    /// See [`Client`].
    pub async fn trace_clawback(
        &self,
        request: v1::TraceClawbackRequest,
    ) -> Result<Trace, ClientError> {
        let messages = self
            .retrying(async |mut rpc: LedgerServiceClient<Channel>| {
                rpc.trace_clawback(self.timed(request.clone()))
                    .await
                    .map(Response::into_inner)
            })
            .await?;
        Trace::of_clawback(messages).await
    }

    /// Walks from an event to every event that it rests on.
    ///
    /// # Errors
    ///
    /// See [`Client`].
    pub async fn trace_causes(&self, request: v1::TraceEventRequest) -> Result<Trace, ClientError> {
        let messages = self
            .retrying(async |mut rpc: LedgerServiceClient<Channel>| {
                rpc.trace_causes(self.timed(request))
                    .await
                    .map(Response::into_inner)
            })
            .await?;
        Trace::of_event(messages).await
    }

    /// Walks from an event to every event that rests on it.
    ///
    /// # Errors
    ///
    /// See [`Client`].
    pub async fn trace_effects(
        &self,
        request: v1::TraceEventRequest,
    ) -> Result<Trace, ClientError> {
        let messages = self
            .retrying(async |mut rpc: LedgerServiceClient<Channel>| {
                rpc.trace_effects(self.timed(request))
                    .await
                    .map(Response::into_inner)
            })
            .await?;
        Trace::of_event(messages).await
    }

    /// Rebuilds everything that is derived from the log, and compares it with the live state.
    /// Dropping the stream cancels the rebuild and leaves everything as it was. A live state that
    /// differs stays, unless `accept_differences` says that the rebuilt one is to replace it.
    ///
    /// # Errors
    ///
    /// See [`Client`].
    pub async fn rebuild(&self, accept_differences: bool) -> Result<RebuildStream, ClientError> {
        let messages = self
            .retrying(async |mut rpc: LedgerServiceClient<Channel>| {
                rpc.rebuild(v1::RebuildRequest { accept_differences })
                    .await
                    .map(Response::into_inner)
            })
            .await?;
        Ok(RebuildStream::new(messages))
    }

    /// Takes a backup into the folder that the server's configuration names. Dropping the stream
    /// cancels it.
    ///
    /// # Errors
    ///
    /// See [`Client`].
    pub async fn back_up(&self) -> Result<BackUpStream, ClientError> {
        let messages = self
            .retrying(async |mut rpc: LedgerServiceClient<Channel>| {
                rpc.back_up(v1::BackUpRequest {})
                    .await
                    .map(Response::into_inner)
            })
            .await?;
        Ok(BackUpStream::new(messages))
    }

    /// Reads and checks everything that the ledger holds on disk. Dropping the stream cancels it.
    ///
    /// # Errors
    ///
    /// See [`Client`].
    pub async fn verify(&self, request: v1::VerifyRequest) -> Result<VerifyStream, ClientError> {
        let messages = self
            .retrying(async |mut rpc: LedgerServiceClient<Channel>| {
                rpc.verify(request).await.map(Response::into_inner)
            })
            .await?;
        Ok(VerifyStream::new(messages))
    }

    /// Replays history under a draft of a policy document. Dropping the stream cancels it; nothing
    /// is recorded in any case.
    ///
    /// # Errors
    ///
    /// See [`Client`]. A draft with flaws is refused with each of them.
    pub async fn simulate(
        &self,
        request: v1::SimulateRequest,
    ) -> Result<SimulateStream, ClientError> {
        let messages = self
            .retrying(async |mut rpc: LedgerServiceClient<Channel>| {
                rpc.simulate(self.timed(request.clone()))
                    .await
                    .map(Response::into_inner)
            })
            .await?;
        Ok(SimulateStream::new(messages))
    }

    /// Opens a subscription once, without a retry.
    pub(crate) async fn open_subscription(
        &self,
        request: v1::SubscribeRequest,
    ) -> Result<Streaming<v1::SubscribeResponse>, ClientError> {
        let answer = self.rpc.clone().subscribe(request.into_request()).await;
        answer
            .map(Response::into_inner)
            .map_err(ClientError::from_status)
    }

    /// Opens a stream of appends once, without a retry.
    pub(crate) async fn open_append_stream(
        &self,
        requests: tokio_stream::wrappers::ReceiverStream<v1::AppendRequest>,
    ) -> Result<Streaming<v1::AppendStreamResponse>, ClientError> {
        let answer = self.rpc.clone().append_stream(requests).await;
        answer
            .map(Response::into_inner)
            .map_err(ClientError::from_status)
    }

    /// Makes a call until it succeeds, its error is final, or the attempts are used up.
    async fn retrying<T, Call, Answer>(&self, call: Call) -> Result<T, ClientError>
    where
        Call: Fn(LedgerServiceClient<Channel>) -> Answer,
        Answer: Future<Output = Result<T, Status>>,
    {
        self.retrying_with(call, |_| ()).await
    }

    /// The same, and tells what each attempt failed with.
    async fn retrying_with<T, Call, Answer>(
        &self,
        call: Call,
        mut failed: impl FnMut(&ClientError),
    ) -> Result<T, ClientError>
    where
        Call: Fn(LedgerServiceClient<Channel>) -> Answer,
        Answer: Future<Output = Result<T, Status>>,
    {
        let mut attempt = 1;
        loop {
            let error = match call(self.rpc.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(status) => ClientError::from_status(status),
            };
            failed(&error);
            match self.config.retry.delay(&error, attempt, random()) {
                None => return Err(error),
                Some(delay) => self.config.sleeper.sleep(delay).await,
            }
            attempt = attempt.saturating_add(1);
        }
    }

    /// A request with the deadline: the server is told, and this side waits no longer either.
    fn timed<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.set_timeout(self.config.deadline);
        request
    }
}
