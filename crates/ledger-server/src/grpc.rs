//! The gRPC service: decode, call the engine or the reader, encode; one file per group of calls.

mod account;
mod append;
mod append_stream;
mod around;
mod backup;
mod call;
mod deadline;
mod epoch;
mod error;
mod explain;
mod operate;
mod policy;
mod progress;
mod query;
mod read;
mod receiving;
mod refusals;
mod shares;
mod simulate;
mod stream;
mod subscribe;
mod trace;
mod translations;
mod undecoded;
mod verify;
mod work;

use call::{Shared, streaming, unary};
use ledger_proto::v1;
use ledger_proto::v1::ledger_service_server::LedgerService;
use std::sync::Arc;
use stream::Answers;
use tonic::{Request, Response, Status, Streaming};

pub(crate) use around::Around;
pub(crate) use call::{Edge, Shared as ServiceState, Start as ServiceStart};
pub(crate) use undecoded::Ledger;

/// The service `subsidy.ledger.v1.LedgerService`.
#[derive(Clone)]
pub(crate) struct Service {
    shared: Arc<Shared>,
}

impl Service {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }
}

/// The answer of a method that [`Ledger`] keeps for itself, so that it never gets here.
fn taken_undecoded() -> Status {
    Status::unimplemented("requests of this method are taken undecoded")
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl LedgerService for Service {
    type AppendStreamStream = Answers<v1::AppendStreamResponse>;
    type ReadEventsStream = Answers<v1::ReadEventsResponse>;
    type SubscribeStream = Answers<v1::SubscribeResponse>;
    type TraceClawbackStream = Answers<v1::TraceClawbackResponse>;
    type TraceCausesStream = Answers<v1::TraceEventResponse>;
    type TraceEffectsStream = Answers<v1::TraceEventResponse>;
    type RebuildStream = Answers<v1::RebuildProgress>;
    type BackUpStream = Answers<v1::BackUpProgress>;
    type VerifyStream = Answers<v1::VerifyProgress>;
    type SimulateStream = Answers<v1::SimulateResponse>;

    async fn append(&self, _: Request<v1::AppendRequest>) -> Answer<v1::AppendResponse> {
        Err(taken_undecoded())
    }

    async fn append_stream(
        &self,
        _: Request<Streaming<v1::AppendRequest>>,
    ) -> Answer<Self::AppendStreamStream> {
        Err(taken_undecoded())
    }

    async fn read_events(
        &self,
        request: Request<v1::ReadEventsRequest>,
    ) -> Answer<Self::ReadEventsStream> {
        streaming(&self.shared, request, read::read_events).await
    }

    async fn subscribe(
        &self,
        request: Request<v1::SubscribeRequest>,
    ) -> Answer<Self::SubscribeStream> {
        streaming(&self.shared, request, subscribe::subscribe).await
    }

    async fn list_refusals(
        &self,
        request: Request<v1::ListRefusalsRequest>,
    ) -> Answer<v1::ListRefusalsResponse> {
        unary(&self.shared, request, refusals::list_refusals).await
    }

    async fn check_policy(
        &self,
        request: Request<v1::CheckPolicyRequest>,
    ) -> Answer<v1::CheckPolicyResponse> {
        unary(&self.shared, request, policy::check_policy).await
    }

    async fn list_policies(
        &self,
        request: Request<v1::ListPoliciesRequest>,
    ) -> Answer<v1::ListPoliciesResponse> {
        unary(&self.shared, request, policy::list_policies).await
    }

    async fn get_policy(
        &self,
        request: Request<v1::GetPolicyRequest>,
    ) -> Answer<v1::GetPolicyResponse> {
        unary(&self.shared, request, policy::get_policy).await
    }

    async fn get_quota(
        &self,
        request: Request<v1::GetQuotaRequest>,
    ) -> Answer<v1::GetQuotaResponse> {
        unary(&self.shared, request, query::get_quota).await
    }

    async fn check_eligibility(
        &self,
        request: Request<v1::CheckEligibilityRequest>,
    ) -> Answer<v1::CheckEligibilityResponse> {
        unary(&self.shared, request, query::check_eligibility).await
    }

    async fn explain(&self, request: Request<v1::ExplainRequest>) -> Answer<v1::ExplainResponse> {
        unary(&self.shared, request, explain::explain).await
    }

    async fn simulate(
        &self,
        request: Request<v1::SimulateRequest>,
    ) -> Answer<Self::SimulateStream> {
        streaming(&self.shared, request, simulate::simulate).await
    }

    async fn get_account(
        &self,
        request: Request<v1::GetAccountRequest>,
    ) -> Answer<v1::GetAccountResponse> {
        unary(&self.shared, request, account::get_account).await
    }

    async fn list_account_entries(
        &self,
        request: Request<v1::ListAccountEntriesRequest>,
    ) -> Answer<v1::ListAccountEntriesResponse> {
        unary(&self.shared, request, account::list_account_entries).await
    }

    async fn list_accounts(
        &self,
        request: Request<v1::ListAccountsRequest>,
    ) -> Answer<v1::ListAccountsResponse> {
        unary(&self.shared, request, account::list_accounts).await
    }

    async fn report_progress(
        &self,
        request: Request<v1::ReportProgressRequest>,
    ) -> Answer<v1::ReportProgressResponse> {
        unary(&self.shared, request, progress::report_progress).await
    }

    async fn get_class(
        &self,
        request: Request<v1::GetClassRequest>,
    ) -> Answer<v1::GetClassResponse> {
        unary(&self.shared, request, query::get_class).await
    }

    async fn get_certificate(
        &self,
        request: Request<v1::GetCertificateRequest>,
    ) -> Answer<v1::GetCertificateResponse> {
        unary(&self.shared, request, query::get_certificate).await
    }

    async fn digest_certificate_numbers(
        &self,
        request: Request<v1::DigestCertificateNumbersRequest>,
    ) -> Answer<v1::DigestCertificateNumbersResponse> {
        unary(&self.shared, request, query::digest_certificate_numbers).await
    }

    async fn get_disbursement(
        &self,
        request: Request<v1::GetDisbursementRequest>,
    ) -> Answer<v1::GetDisbursementResponse> {
        unary(&self.shared, request, query::get_disbursement).await
    }

    async fn get_award(
        &self,
        request: Request<v1::GetAwardRequest>,
    ) -> Answer<v1::GetAwardResponse> {
        unary(&self.shared, request, query::get_award).await
    }

    async fn get_order(
        &self,
        request: Request<v1::GetOrderRequest>,
    ) -> Answer<v1::GetOrderResponse> {
        unary(&self.shared, request, query::get_order).await
    }

    async fn trace_clawback(
        &self,
        request: Request<v1::TraceClawbackRequest>,
    ) -> Answer<Self::TraceClawbackStream> {
        streaming(&self.shared, request, trace::trace_clawback).await
    }

    async fn trace_causes(
        &self,
        request: Request<v1::TraceEventRequest>,
    ) -> Answer<Self::TraceCausesStream> {
        streaming(&self.shared, request, trace::trace_causes).await
    }

    async fn trace_effects(
        &self,
        request: Request<v1::TraceEventRequest>,
    ) -> Answer<Self::TraceEffectsStream> {
        streaming(&self.shared, request, trace::trace_effects).await
    }

    async fn rebuild(&self, request: Request<v1::RebuildRequest>) -> Answer<Self::RebuildStream> {
        streaming(&self.shared, request, operate::rebuild).await
    }

    async fn back_up(&self, request: Request<v1::BackUpRequest>) -> Answer<Self::BackUpStream> {
        streaming(&self.shared, request, backup::back_up).await
    }

    async fn list_backups(
        &self,
        request: Request<v1::ListBackupsRequest>,
    ) -> Answer<v1::ListBackupsResponse> {
        unary(&self.shared, request, backup::list_backups).await
    }

    async fn verify(&self, request: Request<v1::VerifyRequest>) -> Answer<Self::VerifyStream> {
        streaming(&self.shared, request, verify::verify).await
    }

    async fn get_status(
        &self,
        request: Request<v1::GetStatusRequest>,
    ) -> Answer<v1::GetStatusResponse> {
        unary(&self.shared, request, operate::get_status).await
    }
}
