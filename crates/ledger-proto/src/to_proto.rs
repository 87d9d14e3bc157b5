//! Domain to wire. Total: what the domain can hold the contract can say.

mod award;
mod command;
mod entity;
mod event;
mod explain;
mod order;
mod policy;
mod progress;
mod refusal;
mod simulate;
pub(crate) mod value;

pub use crate::enums::counted_to_proto;
pub use crate::enums::kind_to_proto::*;
pub use crate::enums::to_proto::*;
pub use award::award_to_proto;
pub use command::{command_body_to_proto, command_to_proto};
pub use entity::{
    account_to_proto, certificate_to_proto, class_to_proto, disbursement_to_proto,
    quota_slot_to_proto,
};
pub use event::{PAYLOAD_VERSION, event_body_to_proto, recorded_event_to_proto};
pub use explain::{deviation_to_proto, explanation_to_proto, without_texts};
pub use order::order_to_proto;
pub use policy::{policy_kind_to_proto, policy_scheme_to_proto, published_policy_to_proto};
pub use progress::{progress_to_proto, quarter_to_proto};
pub use refusal::{refusal_to_proto, rule_citation_to_proto};
pub use simulate::{simulation_difference_to_proto, simulation_totals_to_proto};
pub use value::{
    account_key_to_proto, applied_rule_to_proto, capacity_to_proto, date_to_proto, debt_to_proto,
    document_kind_to_proto, ledger_account_to_proto, level_to_proto, payee_to_proto,
    person_status_to_proto, posting_to_proto, raised_by_to_proto, reporting_to_proto,
    scope_to_proto, tag_to_proto, time_to_proto,
};
