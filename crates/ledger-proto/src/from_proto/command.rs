//! Commands: what belongs to every kind. The bodies stand in the tables of [`crate::wire`].

use ledger_core::Policy;
use ledger_core::command::Command;
use ledger_core::limits::CALLER_CAUSES_MAX;

use super::date_from_proto;
use super::value::{list, position};
use crate::error::{DecodeError, DecodeProblem, Within as _};
use crate::interner::Interner;
use crate::v1;
use crate::wire::{Door, FromWire, Reader};

/// Compiles the text of a policy document, or says everything that is wrong with it, at least one
/// thing. The rules for that live in another crate.
pub type CompilePolicy<'a> = &'a dyn Fn(&str) -> Result<Policy, Vec<String>>;

/// Reads a command.
///
/// # Errors
///
/// Names the field that is not what the contract asks for.
pub fn command_from_proto(
    wire: &v1::Command,
    compile_policy: CompilePolicy<'_>,
    names: &mut Interner,
) -> Result<Command, DecodeError> {
    let mut reader = Reader {
        names,
        source: Door { compile_policy },
    };
    let body = wire
        .body
        .as_ref()
        .ok_or(DecodeProblem::Missing)
        .map_err(DecodeError::from);
    Ok(Command {
        occurred_on: date_from_proto(wire.occurred_date.as_ref()).within("occurred_date")?,
        causes: list("causes", &wire.causes, CALLER_CAUSES_MAX, |cause| {
            position(*cause)
        })?,
        body: FromWire::from_wire(body.within("body")?, &mut reader)?,
    })
}
