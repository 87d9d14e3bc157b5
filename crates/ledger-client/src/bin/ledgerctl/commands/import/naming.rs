//! What the requests of an import are named after, and what they hold: the same, but for
//! certificate numbers that contain an identity number.

use ledger_client::content_digest;
use ledger_core::Command;
use ledger_core::certificate_number::{DIGEST_PREFIX, number_with_identity};
use ledger_core::command::CommandBody;
use ledger_proto::to_proto::command_to_proto;
use ledger_proto::v1;
use ledger_proto::v1::command::Body;
use prost::Message as _;
use sha2::{Digest as _, Sha256};

use super::mapping::Mapping;
use super::table::Line;
use ledger_client::reading::cells::plain;

/// The digest that the requests of an import are named after (ADR 0015): all that makes their
/// commands, and not the name of the file, its encoding, or what it says beside.
pub(super) struct Naming(Sha256);

impl Naming {
    pub(super) fn new(
        mapping: &Mapping,
        header: &[String],
        lines_per_batch: usize,
        source_system: &str,
    ) -> Self {
        let mapped = mapping.describe(header);
        let batch = lines_per_batch.to_string();
        let fixed = ["import 2", mapping.kind().name(), source_system, &batch];
        let parts = fixed.into_iter().chain(mapped.iter().map(String::as_str));
        Self(Sha256::new_with_prefix(content_digest(
            parts.map(str::as_bytes),
        )))
    }

    pub(super) fn add(&mut self, command: &Command) {
        let encoded = command_to_proto(command).encode_to_vec();
        self.0.update(content_digest([encoded.as_slice()]));
    }

    pub(super) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// The one form of a cell that is a certificate number with an identity number in it.
pub(super) fn with_identity(cell: &str) -> Option<String> {
    number_with_identity(&plain(cell.trim()).ok()?)
}

/// Whether a command names a certificate by what stands for its number.
pub(super) fn is_kept_by_digest(command: &Command) -> bool {
    matches!(&command.body, CommandBody::IssueCertificate(issue)
        if issue.number.as_str().starts_with(DIGEST_PREFIX))
}

/// The certificate number of a line, when it contains an identity number, in its one form.
pub(super) fn number_of(mapping: &Mapping, line: &Line<'_>) -> Option<String> {
    with_identity(line.cells.get(mapping.number_column()?)?)
}

/// The command as it is sent: with the number itself, whose digest the server makes.
pub(super) fn sent(mapping: &Mapping, line: &Line<'_>, command: &Command) -> v1::Command {
    let mut sent = command_to_proto(command);
    if is_kept_by_digest(command)
        && let Some(Body::IssueCertificate(issue)) = &mut sent.body
        && let Some(number) = number_of(mapping, line)
    {
        issue.number = number;
    }
    sent
}
