//! What a request asks for, as bytes: over them the ledger remembers it under its id.

use prost::Message as _;

use crate::v1;

/// The content of a request, whose SHA-256 is remembered under its id.
///
/// It is the message without its id and without what is only about the answer
/// (`docs/adr/0007-answers-say-why.md`), encoded anew: fields in ascending order of their numbers,
/// defaults left out, unknown fields dropped. The contract has no maps, so equal content gives
/// equal bytes, whichever library wrote it and in whichever order.
#[must_use]
pub fn request_content(mut request: v1::AppendRequest) -> Vec<u8> {
    request.request_id.clear();
    request.set_explanation_detail(v1::ExplanationDetail::Unspecified);
    request.encode_to_vec()
}
