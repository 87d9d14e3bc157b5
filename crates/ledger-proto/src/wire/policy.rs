//! Policy documents.

use std::sync::Arc;

use ledger_core::command::PublishPolicy;
use ledger_core::limits::POLICY_TEXT_BYTES_MAX;

use super::prelude::*;
use crate::error::DecodeProblem;

impl ToWire for PublishPolicy {
    type Wire = v1::PublishPolicy;

    /// Only the text travels: the compiled form is derived from it again where it arrives.
    fn to_wire(&self) -> v1::PublishPolicy {
        v1::PublishPolicy {
            text: self.text.to_wire(),
        }
    }
}

impl FromWire<Door<'_>> for PublishPolicy {
    fn from_wire(
        wire: &v1::PublishPolicy,
        reader: &mut Reader<'_, Door<'_>>,
    ) -> Result<Self, DecodeError> {
        let found = wire.text.len();
        let max = POLICY_TEXT_BYTES_MAX;
        if found > max {
            return Err(DecodeError::new(
                "text",
                DecodeProblem::TooMany { max, found },
            ));
        }
        let policy = (reader.source.compile_policy)(&wire.text)
            .map_err(|problem| DecodeError::new("text", DecodeProblem::Policy(problem)))?;
        Ok(Self {
            text: Arc::from(wire.text.as_str()),
            policy: Arc::new(policy),
        })
    }
}

messages! { commands:
    WithdrawPolicy {
        policy_id: policy_id,
        version: version,
        effective_on: effective_date,
        grounds: grounds,
        decision_number: decision_number,
    }
}

messages! { events:
    PolicyPublished {
        policy_id: policy_id,
        version: version,
        document_number: document_number,
        division: division,
        valid_from: valid_from_date,
        valid_until: valid_until_date,
        text: text,
        digest: digest,
        document_kind: document_kind,
    }
    PolicyWithdrawn {
        policy_id: policy_id,
        version: version,
        published: published_position,
        effective_on: effective_date,
        grounds: grounds,
        decision_number: decision_number,
    }
}
