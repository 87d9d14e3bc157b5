//! What the name of a request is made of.

use ledger_client::{AppendMode, content_digest};
use ledger_proto::v1;
use prost::Message;

/// What the name of a request is made of: everything that makes the request, without a day that
/// nobody gave.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NamedAfter {
    /// The one command of a verb.
    Command,
    /// The commands of a file, and what happens to the others when one is refused.
    File,
    /// A policy document, of which this is the digest.
    Document([u8; 32]),
}

impl NamedAfter {
    /// Keeps the names of different kinds of work apart.
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::File => "append",
            Self::Document(_) => "policy",
        }
    }

    pub(super) fn digest(self, commands: &[v1::Command], mode: AppendMode) -> [u8; 32] {
        let encoded: Vec<_> = commands.iter().map(Message::encode_to_vec).collect();
        let parts = encoded.iter().map(Vec::as_slice);
        match self {
            Self::Command => content_digest(parts),
            Self::File => {
                content_digest(std::iter::once(mode.as_str_name().as_bytes()).chain(parts))
            }
            Self::Document(digest) => digest,
        }
    }
}
