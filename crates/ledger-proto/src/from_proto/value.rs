//! Values that events, commands and answers have in common.

use ledger_core::command::Debt;
use ledger_core::event::{Payee, PersonStatus, QualificationKind, QualificationScope, ScopeEntry};
use ledger_core::limits::{CLASS_HEADCOUNT_MAX, SCOPE_OCCUPATIONS_MAX};
use ledger_core::{
    AccountKey, BusinessDate, CaseId, CertificateNumber, ClassId, ClawbackId, CreditCode,
    DisbursementId, Division, Fen, LedgerAccount, Note, Occupation, PersonKey, Position, Posting,
    RecordedTime, Reference, SchemeId, SkillLevel, Tag,
};

use super::{
    account_kind_from_proto, fund_source_from_proto, side_from_proto, skill_level_from_proto,
};
use crate::error::{DecodeError, DecodeProblem, Within as _};
use crate::interner::Interner;
use crate::v1;

const MICROS_PER_SECOND: i64 = 1_000_000;
const NANOS_PER_MICRO: i32 = 1_000;
const NANOS_PER_SECOND: i32 = 1_000_000_000;

/// Persons or lines that one command names: those of one class.
pub(super) const CLASS_SIZE_MAX: usize = usize_of(CLASS_HEADCOUNT_MAX);

#[expect(
    clippy::as_conversions,
    reason = "a constant far below 2^32 fits any word"
)]
const fn usize_of(number: u32) -> usize {
    number as usize
}

/// Reads a required business date.
///
/// # Errors
///
/// Fails when it is absent or no day of the calendar.
pub fn date_from_proto(wire: Option<&v1::Date>) -> Result<BusinessDate, DecodeError> {
    let date = wire.ok_or(DecodeProblem::Missing)?;
    i32::try_from(date.year)
        .ok()
        .and_then(|year| BusinessDate::from_ymd(year, date.month, date.day))
        .ok_or_else(|| DecodeProblem::NoSuchDay.into())
}

/// Reads a required time; what is finer than a microsecond is cut off.
///
/// # Errors
///
/// Fails when it is absent, its nanoseconds are not those of one second, or it lies outside the
/// range of 64 bits of microseconds.
pub fn time_from_proto(wire: Option<&prost_types::Timestamp>) -> Result<RecordedTime, DecodeError> {
    let time = wire.ok_or(DecodeProblem::Missing)?;
    if !(0..NANOS_PER_SECOND).contains(&time.nanos) {
        return Err(DecodeProblem::OutOfRange.into());
    }
    time.seconds
        .checked_mul(MICROS_PER_SECOND)
        .and_then(|micros| micros.checked_add((time.nanos / NANOS_PER_MICRO).into()))
        .map(RecordedTime::from_micros)
        .ok_or_else(|| DecodeProblem::OutOfRange.into())
}

/// Reads an identifier of sixteen bytes; `make` is its type's `from_bytes`.
///
/// # Errors
///
/// Fails when it is absent or has another length.
pub fn id_from_proto<T>(wire: &[u8], make: impl Fn([u8; 16]) -> T) -> Result<T, DecodeError> {
    id(wire, make)
}

/// Reads a division code.
///
/// # Errors
///
/// Fails when it is no code of GB/T 2260.
pub fn division_from_proto(wire: u32) -> Result<Division, DecodeError> {
    match wire {
        0 => Err(DecodeProblem::Missing.into()),
        code => Ok(Division::new(code)?),
    }
}

/// Reads an optional level: UNSPECIFIED stands for a course that leads to none.
///
/// # Errors
///
/// Fails for a number that the contract does not know.
pub fn level_from_proto(wire: i32) -> Result<Option<SkillLevel>, DecodeError> {
    match wire {
        0 => Ok(None),
        number => skill_level_from_proto(number).map(Some),
    }
}

/// Reads a required fund at a division.
///
/// # Errors
///
/// Fails when it is absent or one of its parts is wrong.
pub fn account_key_from_proto(wire: Option<&v1::AccountKey>) -> Result<AccountKey, DecodeError> {
    let wire = wire.ok_or(DecodeProblem::Missing)?;
    account_key(wire.division, wire.fund)
}

/// Reads a required account in the books.
///
/// # Errors
///
/// Fails when it is absent or one of its parts is wrong.
pub fn ledger_account_from_proto(
    wire: Option<&v1::LedgerAccount>,
) -> Result<LedgerAccount, DecodeError> {
    let wire = wire.ok_or(DecodeProblem::Missing)?;
    Ok(LedgerAccount {
        holder: account_key(wire.division, wire.fund)?,
        kind: account_kind_from_proto(wire.kind).within("kind")?,
        fiscal_year: fiscal_year(wire.fiscal_year).within("fiscal_year")?,
    })
}

/// Reads one line of a balanced entry.
///
/// # Errors
///
/// Fails when one of its parts is wrong.
pub fn posting_from_proto(wire: &v1::Posting) -> Result<Posting, DecodeError> {
    Ok(Posting {
        account: ledger_account_from_proto(wire.account.as_ref()).within("account")?,
        side: side_from_proto(wire.side).within("side")?,
        amount: Fen::new(wire.amount_fen),
        balance_after: Fen::new(wire.balance_after_fen),
    })
}

/// Reads something that an event can be found by.
///
/// # Errors
///
/// Fails when it is absent or not of its kind.
pub fn tag_from_proto(wire: &v1::Tag, names: &mut Interner) -> Result<Tag, DecodeError> {
    use v1::tag::Value;
    match wire.value.as_ref().ok_or(DecodeProblem::Missing)? {
        Value::PersonKey(key) => id(key, PersonKey::from_bytes)
            .map(Tag::Person)
            .within("person_key"),
        Value::ClassId(key) => id(key, ClassId::from_bytes)
            .map(Tag::Class)
            .within("class_id"),
        Value::Institution(code) => names
            .credit_code(code)
            .map(Tag::Institution)
            .within("institution"),
        Value::CertificateNumber(number) => certificate_number(number)
            .map(Tag::Certificate)
            .within("certificate_number"),
        Value::Division(code) => division_from_proto(*code)
            .map(Tag::Division)
            .within("division"),
        Value::DisbursementId(key) => id(key, DisbursementId::from_bytes)
            .map(Tag::Disbursement)
            .within("disbursement_id"),
        Value::CaseId(key) => id(key, CaseId::from_bytes).map(Tag::Case).within("case_id"),
        Value::ClawbackId(key) => id(key, ClawbackId::from_bytes)
            .map(Tag::Clawback)
            .within("clawback_id"),
        Value::Account(key) => account_key(key.division, key.fund)
            .map(Tag::Account)
            .within("account"),
        Value::LedgerAccount(account) => ledger_account_from_proto(Some(account))
            .map(Tag::LedgerAccount)
            .within("ledger_account"),
    }
}

/// Reads who gets money.
///
/// # Errors
///
/// Fails when it is absent or not of its kind.
pub fn payee_from_proto(
    wire: Option<&v1::Payee>,
    names: &mut Interner,
) -> Result<Payee, DecodeError> {
    use v1::payee::Payee as Wire;
    let payee = wire
        .and_then(|wire| wire.payee.as_ref())
        .ok_or(DecodeProblem::Missing)?;
    match payee {
        Wire::PersonKey(key) => id(key, PersonKey::from_bytes)
            .map(Payee::Person)
            .within("person_key"),
        Wire::Institution(code) => names
            .credit_code(code)
            .map(Payee::Institution)
            .within("institution"),
        Wire::Employer(code) => names
            .credit_code(code)
            .map(Payee::Employer)
            .within("employer"),
    }
}

/// Reads what a repayment pays off.
///
/// # Errors
///
/// Fails when it is absent or not of its kind.
pub fn debt_from_proto(wire: Option<&v1::Debt>) -> Result<Debt, DecodeError> {
    use v1::debt::Debt as Wire;
    match wire
        .and_then(|wire| wire.debt.as_ref())
        .ok_or(DecodeProblem::Missing)?
    {
        Wire::ClawbackId(key) => id(key, ClawbackId::from_bytes)
            .map(Debt::Clawback)
            .within("clawback_id"),
        Wire::ExcessAdvanceClassId(key) => id(key, ClassId::from_bytes)
            .map(Debt::ExcessAdvance)
            .within("excess_advance_class_id"),
    }
}

/// Reads a status of a person.
///
/// # Errors
///
/// Fails when it is absent, or its division is missing or out of place.
pub fn person_status_from_proto(
    wire: Option<&v1::PersonStatus>,
) -> Result<PersonStatus, DecodeError> {
    let wire = wire.ok_or(DecodeProblem::Missing)?;
    match (v1::PersonStatusKind::try_from(wire.kind), wire.division) {
        (Ok(v1::PersonStatusKind::Pension), 0) => Ok(PersonStatus::Pension),
        (Ok(v1::PersonStatusKind::Pension), _) | (Ok(v1::PersonStatusKind::Residence), 0) => {
            Err(DecodeError::new("division", DecodeProblem::StatusDivision))
        }
        (Ok(v1::PersonStatusKind::Residence), code) => division_from_proto(code)
            .map(PersonStatus::Residence)
            .within("division"),
        (Ok(v1::PersonStatusKind::Unspecified), _) => {
            Err(DecodeError::new("kind", DecodeProblem::Missing))
        }
        (Err(_), _) => Err(DecodeError::new(
            "kind",
            DecodeProblem::UnknownNumber(wire.kind),
        )),
    }
}

/// Reads what a qualification allows.
///
/// # Errors
///
/// Fails when it is absent or one of its parts is wrong.
pub fn scope_from_proto(
    wire: Option<&v1::QualificationScope>,
) -> Result<QualificationScope, DecodeError> {
    let wire = wire.ok_or(DecodeProblem::Missing)?;
    let kind = match v1::QualificationKind::try_from(wire.kind) {
        Ok(v1::QualificationKind::Training) if wire.evaluator_number.is_empty() => {
            QualificationKind::Training
        }
        Ok(v1::QualificationKind::Training) => {
            return Err(DecodeError::new(
                "evaluator_number",
                DecodeProblem::EvaluatorNumber,
            ));
        }
        Ok(v1::QualificationKind::Evaluation) => QualificationKind::Evaluation {
            evaluator_number: reference(&wire.evaluator_number).within("evaluator_number")?,
        },
        Ok(v1::QualificationKind::Unspecified) => {
            return Err(DecodeError::new("kind", DecodeProblem::Missing));
        }
        Err(_) => {
            return Err(DecodeError::new(
                "kind",
                DecodeProblem::UnknownNumber(wire.kind),
            ));
        }
    };
    let occupations = list(
        "occupations",
        &wire.occupations,
        SCOPE_OCCUPATIONS_MAX,
        scope_entry,
    )?;
    Ok(QualificationScope { kind, occupations })
}

fn scope_entry(wire: &v1::ScopeEntry) -> Result<ScopeEntry, DecodeError> {
    let levels_max = SkillLevel::ALL.len();
    Ok(ScopeEntry {
        occupation: occupation(&wire.occupation).within("occupation")?,
        levels: list("levels", &wire.levels, levels_max, |level| {
            skill_level_from_proto(*level)
        })?,
    })
}

fn account_key(division: u32, fund: i32) -> Result<AccountKey, DecodeError> {
    Ok(AccountKey {
        division: division_from_proto(division).within("division")?,
        fund: fund_source_from_proto(fund).within("fund")?,
    })
}

pub(super) fn id<T>(wire: &[u8], make: impl Fn([u8; 16]) -> T) -> Result<T, DecodeError> {
    match wire.try_into() {
        Ok(bytes) => Ok(make(bytes)),
        Err(_) if wire.is_empty() => Err(DecodeProblem::Missing.into()),
        Err(_) => Err(DecodeProblem::Length {
            expected: 16,
            found: wire.len(),
        }
        .into()),
    }
}

pub(super) fn digest(wire: &[u8]) -> Result<[u8; 32], DecodeError> {
    let found = wire.len();
    wire.try_into().map_err(|_| {
        DecodeProblem::Length {
            expected: 32,
            found,
        }
        .into()
    })
}

pub(super) fn position(wire: u64) -> Result<Position, DecodeError> {
    optional_position(wire).ok_or_else(|| DecodeProblem::ZeroPosition.into())
}

/// Zero stands for none.
pub(super) fn optional_position(wire: u64) -> Option<Position> {
    (wire != 0).then_some(Position::new(wire))
}

/// Zero stands for none.
pub(super) fn optional_division(wire: u32) -> Result<Option<Division>, DecodeError> {
    match wire {
        0 => Ok(None),
        code => division_from_proto(code).map(Some),
    }
}

pub(super) fn optional_date(wire: Option<&v1::Date>) -> Result<Option<BusinessDate>, DecodeError> {
    wire.map(|date| date_from_proto(Some(date))).transpose()
}

/// The empty text stands for none.
pub(super) fn optional_credit_code(
    wire: &str,
    names: &mut Interner,
) -> Result<Option<CreditCode>, DecodeError> {
    match wire {
        "" => Ok(None),
        text => names.credit_code(text).map(Some),
    }
}

pub(super) fn fiscal_year(wire: u32) -> Result<u16, DecodeError> {
    u16::try_from(wire).map_err(|_| DecodeProblem::OutOfRange.into())
}

pub(super) fn reference(wire: &str) -> Result<Reference, DecodeError> {
    Ok(Reference::parse(wire)?)
}

pub(super) fn note(wire: &str) -> Result<Note, DecodeError> {
    Ok(Note::parse(wire)?)
}

pub(super) fn scheme(wire: &str) -> Result<SchemeId, DecodeError> {
    Ok(SchemeId::parse(wire)?)
}

pub(super) fn occupation(wire: &str) -> Result<Occupation, DecodeError> {
    Ok(Occupation::parse(wire)?)
}

pub(super) fn certificate_number(wire: &str) -> Result<CertificateNumber, DecodeError> {
    Ok(CertificateNumber::parse(wire)?)
}

/// Reads a list of at most `max` values and names the one that is wrong.
pub(super) fn list<W, T>(
    field: &'static str,
    wire: &[W],
    max: usize,
    mut read: impl FnMut(&W) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    if wire.len() > max {
        return Err(DecodeError::new(
            field,
            DecodeProblem::TooMany {
                max,
                found: wire.len(),
            },
        ));
    }
    let mut values = Vec::with_capacity(wire.len());
    for (index, item) in wire.iter().enumerate() {
        values.push(read(item).within_index(field, index)?);
    }
    Ok(values)
}
