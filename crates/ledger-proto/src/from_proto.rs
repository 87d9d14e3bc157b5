//! Wire to domain. Checks the shape of every field and names the one that is wrong; whether the
//! ledger then accepts a command is for the rules to say.

mod append;
mod command;
pub(crate) mod door;
mod event;
mod filter;
mod refusal;
mod simulate;
pub(crate) mod value;

pub use crate::enums::from_proto::*;
pub use crate::enums::kind_from_proto::*;
pub use append::{
    AppendMode, AppendRequest, CERTIFICATE_NUMBERS_MAX, EXPLAINED_UNASKED_COMMANDS_MAX,
    PROBLEMS_MAX, append_request_from_proto,
};
pub use command::{CompilePolicy, command_from_proto};
pub use event::{event_body_from_proto, recorded_event_from_proto};
pub use filter::{EventFilter, FILTER_TAGS_MAX, event_filter_from_proto};
pub use refusal::{refusal_from_proto, rule_citation_from_proto};
pub use simulate::simulation_scope_from_proto;
pub use value::{
    account_key_from_proto, applied_rule_from_proto, capacity_from_proto, date_from_proto,
    debt_from_proto, division_from_proto, document_kind_from_proto, id_from_proto,
    ledger_account_from_proto, level_from_proto, payee_from_proto, person_status_from_proto,
    posting_from_proto, quarter_from_proto, raised_by_from_proto, reporting_from_proto,
    scope_from_proto, tag_from_proto, time_from_proto,
};
