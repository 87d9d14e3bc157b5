//! Commands: what belongs to every kind. The bodies stand in the tables of [`crate::wire`].

use ledger_core::command::{Command, CommandBody};

use super::date_to_proto;
use super::value::positions;
use crate::v1::{self, command::Body};
use crate::wire::ToWire as _;

/// Translates a command.
#[must_use]
pub fn command_to_proto(command: &Command) -> v1::Command {
    v1::Command {
        occurred_date: Some(date_to_proto(command.occurred_on)),
        causes: positions(&command.causes),
        body: Some(command_body_to_proto(&command.body)),
    }
}

/// Translates what happened or is wanted. Of a policy only the text travels: the compiled form is
/// derived from it again where it arrives.
#[must_use]
pub fn command_body_to_proto(body: &CommandBody) -> Body {
    body.to_wire()
}
