//! A batch of commands under one request id.

use ledger_core::{Command, RequestId};
use ledger_proto::request_content;
use ledger_proto::to_proto::command_to_proto;
use ledger_proto::v1::{self, AppendMode, ExplanationDetail};
use sha2::{Digest as _, Sha256};

/// A batch of commands under one request id. Keep it until its outcome is known: sent again, it is
/// answered as the first time and has no double effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Names the request for ever.
    pub request_id: RequestId,
    /// The commands in order; each sees the effects of those before it.
    pub commands: Vec<v1::Command>,
    /// What happens to the others when one is refused.
    pub mode: AppendMode,
    /// Decide and answer as usual, and record nothing.
    pub validate_only: bool,
    /// How much the answer says of why; unspecified stands for everything, and in a
    /// [`Load`](crate::Load) for nothing. Sent again, a batch may ask for another detail.
    pub explanation_detail: ExplanationDetail,
}

impl Batch {
    /// A batch that is recorded as a whole or not at all.
    #[must_use]
    pub fn new<'a>(request_id: RequestId, commands: impl IntoIterator<Item = &'a Command>) -> Self {
        Self::from_messages(
            request_id,
            commands.into_iter().map(command_to_proto).collect(),
        )
    }

    /// The same from messages of the contract.
    #[must_use]
    pub const fn from_messages(request_id: RequestId, commands: Vec<v1::Command>) -> Self {
        Self {
            request_id,
            commands,
            mode: AppendMode::Atomic,
            validate_only: false,
            explanation_detail: ExplanationDetail::Unspecified,
        }
    }

    /// The same batch, in which each command stands for itself.
    #[must_use]
    pub const fn independent(mut self) -> Self {
        self.mode = AppendMode::Independent;
        self
    }

    /// The same batch, only to be checked.
    #[must_use]
    pub const fn validate_only(mut self) -> Self {
        self.validate_only = true;
        self
    }

    /// The same batch, answered with so much of why.
    #[must_use]
    pub const fn explained(mut self, detail: ExplanationDetail) -> Self {
        self.explanation_detail = detail;
        self
    }

    /// SHA-256 of what the batch asks for, sent under a name of a source system: what the ledger
    /// remembers under the request id, and shows when the id is used for something else.
    #[must_use]
    pub fn digest(&self, source_system: &str) -> [u8; 32] {
        Sha256::digest(request_content(self.to_request(source_system))).into()
    }

    pub(crate) fn to_request(&self, source_system: &str) -> v1::AppendRequest {
        v1::AppendRequest {
            request_id: self.request_id.as_bytes().to_vec(),
            commands: self.commands.clone(),
            mode: self.mode.into(),
            validate_only: self.validate_only,
            source_system: source_system.to_owned(),
            explanation_detail: self.explanation_detail.into(),
        }
    }
}

impl AsRef<Self> for Batch {
    fn as_ref(&self) -> &Self {
        self
    }
}
