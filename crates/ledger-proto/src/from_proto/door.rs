//! Values of what is asked for, as the door takes them: no text and no key holds personal data.
//!
//! The values of what was recorded are read by `value`, which takes a text as it stands in the log:
//! what a door refuses today may have been recorded yesterday, and is read for ever.

use ledger_core::command::Debt;
use ledger_core::event::{
    OrderRaisedBy, Payee, QualificationKind, QualificationScope, Reporting, Subject,
};
use ledger_core::personal_data::{PersonalData, find_in_key, find_in_text};
use ledger_core::{CertificateNumber, Note, Reference, SchemeId};

use super::value;
use crate::error::{DecodeError, DecodeProblem, Within as _};
use crate::interner::Interner;
use crate::v1;

pub(crate) fn id<T>(wire: &[u8], make: impl Fn([u8; 16]) -> T) -> Result<T, DecodeError> {
    let bytes = value::id(wire, |bytes| bytes)?;
    key(&bytes)?;
    Ok(make(bytes))
}

pub(crate) fn optional_id<T>(
    wire: &[u8],
    make: impl Fn([u8; 16]) -> T,
) -> Result<Option<T>, DecodeError> {
    value::optional(wire, |bytes| id(bytes, make))
}

pub(crate) fn subject(class_id: &[u8], award_id: &[u8]) -> Result<Subject, DecodeError> {
    let subject = value::subject(class_id, award_id)?;
    match subject {
        Subject::Class(id) => key(id.as_bytes()).within("class_id"),
        Subject::Award(id) => key(id.as_bytes()).within("award_id"),
    }?;
    Ok(subject)
}

pub(crate) fn payee(wire: Option<&v1::Payee>, names: &mut Interner) -> Result<Payee, DecodeError> {
    let payee = value::payee_from_proto(wire, names)?;
    match payee {
        Payee::Person(id) => key(id.as_bytes()).within("person_key"),
        Payee::Master(id) => key(id.as_bytes()).within("master_key"),
        Payee::Institution(_) | Payee::Employer(_) => Ok(()),
    }?;
    Ok(payee)
}

pub(crate) fn raised_by(
    wire: Option<&v1::OrderRaisedBy>,
    names: &mut Interner,
) -> Result<OrderRaisedBy, DecodeError> {
    let raised_by = value::raised_by_from_proto(wire, names)?;
    if let OrderRaisedBy::Person(id) = raised_by {
        key(id.as_bytes()).within("person_key")?;
    }
    Ok(raised_by)
}

pub(crate) fn debt(wire: Option<&v1::Debt>) -> Result<Debt, DecodeError> {
    let debt = value::debt_from_proto(wire)?;
    match debt {
        Debt::Clawback(id) => key(id.as_bytes()).within("clawback_id"),
        Debt::ExcessAdvance(id) => key(id.as_bytes()).within("excess_advance_class_id"),
    }?;
    Ok(debt)
}

pub(crate) fn scope(
    wire: Option<&v1::QualificationScope>,
) -> Result<QualificationScope, DecodeError> {
    let scope = value::scope_from_proto(wire)?;
    if let QualificationKind::Evaluation { evaluator_number } = &scope.kind {
        reference(evaluator_number.as_str()).within("evaluator_number")?;
    }
    Ok(scope)
}

pub(crate) fn reporting(wire: Option<&v1::Reporting>) -> Result<Reporting, DecodeError> {
    if let Some(wire) = wire {
        text(&wire.action).within("action")?;
        text(&wire.sector).within("sector")?;
    }
    value::reporting_from_proto(wire)
}

pub(crate) fn reference(wire: &str) -> Result<Reference, DecodeError> {
    Ok(Reference::parse(wire)?)
}

pub(crate) fn note(wire: &str) -> Result<Note, DecodeError> {
    Ok(Note::parse(wire)?)
}

pub(crate) fn certificate_number(wire: &str) -> Result<CertificateNumber, DecodeError> {
    Ok(CertificateNumber::parse(wire)?)
}

pub(crate) fn scheme(wire: &str) -> Result<SchemeId, DecodeError> {
    text(wire)?;
    value::scheme(wire)
}

/// A text of another form, which digits alone may fulfil.
fn text(wire: &str) -> Result<(), DecodeError> {
    refuse(find_in_text(wire), |found| {
        ledger_core::ids::TextError::PersonalData(found).into()
    })
}

fn key(bytes: &[u8; 16]) -> Result<(), DecodeError> {
    refuse(find_in_key(bytes), DecodeProblem::PersonalKey)
}

fn refuse(
    found: Option<PersonalData>,
    problem: impl Fn(PersonalData) -> DecodeProblem,
) -> Result<(), DecodeError> {
    found.map_or(Ok(()), |found| Err(problem(found).into()))
}
