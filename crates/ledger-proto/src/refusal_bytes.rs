//! The bytes that are kept beside a refusal: the command, and the chain of rules.
//!
//! Both are messages of the contract. A chain is handed on as it was kept: its sentences are those
//! of the day it was refused.

use ledger_core::event::Subject;
use ledger_core::explain::DecisionSubject;
use ledger_core::{AwardId, ClassId, Command, CommandKind, DisbursementId, Explanation, PersonKey};
use prost::Message as _;

use crate::error::{DecodeError, DecodeProblem};
use crate::from_proto::{CompilePolicy, command_from_proto};
use crate::interner::Interner;
use crate::to_proto::{command_to_proto, explanation_to_proto};
use crate::v1;

/// A command as it was kept beside its refusal.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptCommand(v1::Command);

/// A chain of rules as it was kept beside the refusal that it explains.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptExplanation(v1::DecisionExplanation);

/// Writes a command as it is kept.
#[must_use]
pub fn command_to_bytes(command: &Command) -> Vec<u8> {
    command_to_proto(command).encode_to_vec()
}

/// Writes a chain of rules as it is kept.
#[must_use]
pub fn explanation_to_bytes(explanation: &Explanation) -> Vec<u8> {
    explanation_to_proto(explanation).encode_to_vec()
}

impl KeptCommand {
    /// Reads what [`command_to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// Fails when the bytes are no command of the contract.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let read = v1::Command::decode(bytes).map_err(DecodeProblem::Malformed)?;
        Ok(Self(read))
    }

    /// The kind of the command; none for one that a later version has written.
    #[must_use]
    pub fn kind(&self) -> Option<CommandKind> {
        self.0.body.as_ref().map(kind)
    }

    /// What the command asked a decision for, as far as one thing.
    #[must_use]
    pub fn subject(&self) -> DecisionSubject {
        use v1::command::Body;
        let none = DecisionSubject::default();
        match &self.0.body {
            Some(Body::ApproveSubsidy(c)) => DecisionSubject {
                subject: class(&c.class_id),
                person: id(&c.person_key, PersonKey::from_bytes),
                ..none
            },
            Some(Body::OrderDisbursement(c)) => DecisionSubject {
                subject: class(&c.class_id),
                disbursement: id(&c.disbursement_id, DisbursementId::from_bytes),
                ..none
            },
            Some(Body::ApproveAward(c)) => DecisionSubject {
                subject: award(&c.award_id),
                ..none
            },
            Some(Body::OrderAwardPayment(c)) => DecisionSubject {
                subject: award(&c.award_id),
                disbursement: id(&c.disbursement_id, DisbursementId::from_bytes),
                ..none
            },
            _ => none,
        }
    }

    /// The command itself, as it is asked again today.
    ///
    /// # Errors
    ///
    /// Names the field that is not what the contract asks for.
    pub fn command(&self, compile_policy: CompilePolicy<'_>) -> Result<Command, DecodeError> {
        command_from_proto(&self.0, compile_policy, &mut Interner::default())
    }
}

impl KeptExplanation {
    /// Reads what [`explanation_to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// Fails when the bytes are no chain of rules of the contract.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let read = v1::DecisionExplanation::decode(bytes).map_err(DecodeProblem::Malformed)?;
        Ok(Self(read))
    }

    /// The chain as the contract has it; whose decision it is, the caller adds.
    #[must_use]
    pub fn into_proto(self) -> v1::DecisionExplanation {
        self.0
    }
}

fn class(bytes: &[u8]) -> Option<Subject> {
    id(bytes, ClassId::from_bytes).map(Subject::Class)
}

fn award(bytes: &[u8]) -> Option<Subject> {
    id(bytes, AwardId::from_bytes).map(Subject::Award)
}

/// An identifier that was checked before the command was refused.
fn id<T>(bytes: &[u8], from_bytes: fn([u8; 16]) -> T) -> Option<T> {
    bytes.try_into().ok().map(from_bytes)
}

/// Writes the kinds of messages from the table of kinds.
macro_rules! kinds {
    ($( $kind:ident $verb:ident $event:ident: $name:literal; )+) => {
        const fn kind(body: &v1::command::Body) -> CommandKind {
            match body {
                $( v1::command::Body::$kind(_) => CommandKind::$kind, )+
            }
        }
    };
}

ledger_core::each_command!(kinds);
