//! A batch of commands.

use std::sync::Arc;

use ledger_core::explain::ExplanationDetail;
use ledger_core::{Command, Reference, RequestId};

use super::CompilePolicy;
use super::command::command_from_proto;
use super::door::id;
use crate::error::{DecodeError, DecodeProblem, Within as _};
use crate::interner::Interner;
use crate::v1;

/// Wrong fields reported at once: an answer has to fit into its caller's header limit, and who
/// has a hundred wrong lines has the same mistake in each.
pub const PROBLEMS_MAX: usize = 100;

/// A batch of commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppendRequest {
    /// Names the request; absent only when nothing is recorded.
    pub request_id: Option<RequestId>,
    /// The commands, at least one.
    pub commands: Vec<Command>,
    /// What happens to the others when one is refused.
    pub mode: AppendMode,
    /// Decide and answer, and record nothing.
    pub validate_only: bool,
    /// The system that sends the request, as it names itself.
    pub source_system: Arc<str>,
    /// How much the answer says of why.
    pub detail: ExplanationDetail,
}

/// Commands of a request whose decisions are explained when nobody says how much: what a person
/// sends at a time. An explanation takes 6 KiB and some milliseconds, which a batch of a program
/// would pay for a hundred of them.
pub const EXPLAINED_UNASKED_COMMANDS_MAX: usize = 10;

/// Numbers of certificates in one question for what the ledger keeps them by: of 21 bytes each, and
/// of 60 in full-width characters, they fit the largest question of 64 KiB.
pub const CERTIFICATE_NUMBERS_MAX: usize = 1_000;

/// What happens to a batch when one of its commands is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AppendMode {
    /// Nothing is recorded.
    Atomic,
    /// Each command stands for itself.
    Independent,
}

/// Reads a batch of at most `commands_max` commands.
///
/// # Errors
///
/// Names every field that is wrong, up to a hundred; never none.
pub fn append_request_from_proto(
    wire: &v1::AppendRequest,
    commands_max: usize,
    compile_policy: CompilePolicy<'_>,
) -> Result<AppendRequest, Vec<DecodeError>> {
    let mut problems = Vec::new();
    let mut names = Interner::default();
    let request_id = note_problem(&mut problems, request_id(wire)).flatten();
    let mode = note_problem(&mut problems, mode(wire.mode).within("mode"));
    let source_system = note_problem(&mut problems, source_system(&wire.source_system));
    let detail = detail(wire.explanation_detail, wire.commands.len());
    let detail = detail.within("explanation_detail");
    let detail = note_problem(&mut problems, detail);
    note_problem(
        &mut problems,
        command_count(wire.commands.len(), commands_max),
    );
    let mut commands = Vec::with_capacity(wire.commands.len().min(commands_max));
    for (index, command) in wire.commands.iter().take(commands_max).enumerate() {
        let command = command_from_proto(command, compile_policy, &mut names);
        commands.extend(note_problem(
            &mut problems,
            command.within_index("commands", index),
        ));
        if problems.len() >= PROBLEMS_MAX {
            return Err(problems);
        }
    }
    match (mode, source_system, detail) {
        (Some(mode), Some(source_system), Some(detail)) if problems.is_empty() => {
            Ok(AppendRequest {
                request_id,
                commands,
                mode,
                validate_only: wire.validate_only,
                source_system,
                detail,
            })
        }
        _ => Err(problems),
    }
}

fn note_problem<T>(problems: &mut Vec<DecodeError>, result: Result<T, DecodeError>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(problem) => {
            problems.extend(problem.split());
            problems.truncate(PROBLEMS_MAX);
            None
        }
    }
}

fn request_id(wire: &v1::AppendRequest) -> Result<Option<RequestId>, DecodeError> {
    match wire.request_id.as_slice() {
        [] if wire.validate_only => Ok(None),
        bytes => id(bytes, RequestId::from_bytes)
            .map(Some)
            .within("request_id"),
    }
}

fn mode(wire: i32) -> Result<AppendMode, DecodeError> {
    match v1::AppendMode::try_from(wire) {
        Ok(v1::AppendMode::Unspecified | v1::AppendMode::Atomic) => Ok(AppendMode::Atomic),
        Ok(v1::AppendMode::Independent) => Ok(AppendMode::Independent),
        Err(_) => Err(DecodeProblem::UnknownNumber(wire).into()),
    }
}

fn detail(wire: i32, commands: usize) -> Result<ExplanationDetail, DecodeError> {
    use v1::ExplanationDetail as Wire;
    match Wire::try_from(wire) {
        Ok(Wire::Unspecified) if commands > EXPLAINED_UNASKED_COMMANDS_MAX => {
            Ok(ExplanationDetail::Count)
        }
        Ok(Wire::Unspecified | Wire::Full) => Ok(ExplanationDetail::Full),
        Ok(Wire::Data) => Ok(ExplanationDetail::Data),
        Ok(Wire::None) => Ok(ExplanationDetail::None),
        Err(_) => Err(DecodeProblem::UnknownNumber(wire).into()),
    }
}

/// The name is recorded with every event, so it is held to what a reference may hold.
fn source_system(wire: &str) -> Result<Arc<str>, DecodeError> {
    let checked = Reference::parse(wire)
        .map_err(DecodeError::from)
        .within("source_system")?;
    Ok(Arc::from(checked.as_str()))
}

fn command_count(found: usize, max: usize) -> Result<(), DecodeError> {
    let problem = match found {
        0 => DecodeProblem::Missing,
        _ if found > max => DecodeProblem::TooMany { max, found },
        _ => return Ok(()),
    };
    Err(DecodeError::new("commands", problem))
}
