//! What is known of an append whose attempts failed: it was not carried out, or nobody can tell.
//!
//! A request is in doubt from the first attempt that may have reached the ledger's log. Nothing
//! that a later attempt ends in takes the doubt away (a refused connection, a server that takes no
//! writes, a limit), except an answer that the ledger gives for the id itself: it looks for the id
//! before it decides, so a refusal on record says that nothing was recorded before it.

use ledger_core::RequestId;
use ledger_proto::status::TransportError;
use tonic::Code;

use super::ClientError;
use crate::batch::Batch;

/// What is known of one request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Doubt {
    request_id: RequestId,
    /// A request that records nothing is never in doubt.
    records: bool,
    arisen: bool,
}

impl Doubt {
    /// Of a request that was not sent yet.
    pub(crate) const fn new(batch: &Batch) -> Self {
        Self {
            request_id: batch.request_id,
            records: !batch.validate_only,
            arisen: false,
        }
    }

    /// An attempt failed.
    pub(crate) fn note(&mut self, error: &ClientError) {
        self.arisen |= self.records && error.leaves_doubt();
    }

    /// The request was sent, and the connection tells nothing more of it.
    pub(crate) const fn lost(&mut self) {
        self.arisen |= self.records;
    }

    /// Whether the request asks for anything to be recorded.
    pub(crate) const fn records(&self) -> bool {
        self.records
    }

    /// Whether the request may have been carried out.
    pub(crate) const fn has_arisen(&self) -> bool {
        self.arisen
    }

    /// What the caller is told when the attempts end in this error.
    pub(crate) fn conclude(&self, error: ClientError) -> ClientError {
        if self.arisen && !error.settles() {
            error.unknown_for(vec![self.request_id])
        } else {
            error
        }
    }
}

impl ClientError {
    /// Whether an append that ended in this error may have been carried out all the same.
    #[must_use]
    pub fn leaves_doubt(&self) -> bool {
        match self {
            Self::Config(_)
            | Self::Connect(_)
            | Self::Refused(_)
            | Self::Invalid(_)
            | Self::RequestIdReused { .. }
            | Self::DiskFull { .. }
            | Self::Overloaded { .. } => false,
            Self::Unavailable { in_doubt, .. } => *in_doubt,
            Self::DeadlinePassed | Self::OutcomeUnknown { .. } | Self::BrokenAnswer(_) => true,
            // The ledger says itself what is wrong, before it records anything, or that it did.
            Self::Failed { reason, .. } if !reason.is_empty() => TransportError::ALL
                .iter()
                .any(|error| error.leaves_doubt() && error.reason() == reason),
            // Whoever answered, these are said of a request that is not taken: by its caller, its
            // call, or its size. An answer to an append is far below the size that is taken.
            Self::Failed { code, .. } => !matches!(
                code,
                Code::Unauthenticated
                    | Code::PermissionDenied
                    | Code::Unimplemented
                    | Code::OutOfRange
            ),
        }
    }

    /// Whether this error tells what became of the request, whatever became of earlier attempts.
    fn settles(&self) -> bool {
        match self {
            // A refusal with a number is on record under the id of the request, for ever.
            Self::Refused(refused) => {
                let mut refusals = refused.refusals.iter();
                !refused.refusals.is_empty() && refusals.all(|it| it.refusal_number.is_some())
            }
            // Another request is on record under the id, so this one never will be.
            Self::RequestIdReused { .. } => true,
            _ => false,
        }
    }

    /// That the outcome of these requests is unknown, because of this error.
    pub(crate) fn unknown_for(self, request_ids: Vec<RequestId>) -> Self {
        let cause = match self {
            Self::OutcomeUnknown { cause, .. } => cause,
            other => Box::new(other),
        };
        Self::OutcomeUnknown { request_ids, cause }
    }
}
