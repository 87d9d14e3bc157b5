//! Values that events, commands and answers have in common.
//!
//! Long: one function for each type of value.

use ledger_core::coded::DocumentKind;
use ledger_core::command::Debt;
use ledger_core::event::{
    AppliedRule, OrderRaisedBy, Payee, PayingCapacity, PersonStatus, QualificationKind,
    QualificationScope, Reporting, ScopeEntry, Subject,
};
use ledger_core::limits::{CLASS_HEADCOUNT_MAX, SCOPE_OCCUPATIONS_MAX};
use ledger_core::progress::Quarter;
use ledger_core::scheme::SchemeIdError;
use ledger_core::{
    AccountKey, ActionId, AwardId, BusinessDate, CaseId, CertificateNumber, ClassId, ClawbackId,
    CreditCode, DisbursementId, Division, Fen, LedgerAccount, Note, Occupation, OrderId, PersonKey,
    Position, Posting, RecordedTime, Reference, SchemeId, SectorId, SkillLevel, Tag,
};

use super::{
    account_kind_from_proto, class_form_from_proto, fund_source_from_proto, group_from_proto,
    rule_kind_from_proto, sex_from_proto, side_from_proto, skill_level_from_proto,
    training_kind_from_proto,
};
use crate::error::{DecodeError, DecodeProblem, Within as _};
use crate::interner::Interner;
use crate::to_proto::person_status_to_proto;
use crate::v1;

const MICROS_PER_SECOND: i64 = 1_000_000;
const NANOS_PER_MICRO: i32 = 1_000;
const NANOS_PER_SECOND: i32 = 1_000_000_000;

/// Persons or lines that one command names: those of one class.
pub(crate) const CLASS_SIZE_MAX: usize = usize_of(CLASS_HEADCOUNT_MAX);

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

/// Reads a required quarter.
///
/// # Errors
///
/// Fails when it is absent, or not one of the four of a year from 1900 to 2199.
pub fn quarter_from_proto(wire: Option<&v1::Quarter>) -> Result<Quarter, DecodeError> {
    let quarter = wire.ok_or(DecodeProblem::Missing)?;
    let year = u16::try_from(quarter.year).ok();
    let number = u8::try_from(quarter.number).ok();
    year.zip(number)
        .and_then(|(year, number)| Quarter::new(year, number))
        .ok_or_else(|| DecodeProblem::OutOfRange.into())
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
        Value::AwardId(key) => id(key, AwardId::from_bytes)
            .map(Tag::Award)
            .within("award_id"),
        Value::OrderId(key) => id(key, OrderId::from_bytes)
            .map(Tag::Order)
            .within("order_id"),
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
        Wire::MasterKey(key) => id(key, PersonKey::from_bytes)
            .map(Payee::Master)
            .within("master_key"),
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
/// Fails when it is absent, or a value is missing or goes with another status.
pub fn person_status_from_proto(
    wire: Option<&v1::PersonStatus>,
) -> Result<PersonStatus, DecodeError> {
    use v1::PersonStatusKind as Kind;
    let wire = wire.ok_or(DecodeProblem::Missing)?;
    let kind = Kind::try_from(wire.kind)
        .map_err(|_| DecodeError::new("kind", DecodeProblem::UnknownNumber(wire.kind)))?;
    let status = match kind {
        Kind::Unspecified => return Err(DecodeError::new("kind", DecodeProblem::Missing)),
        Kind::Pension => PersonStatus::Pension,
        Kind::Residence => match wire.division {
            0 => return Err(DecodeError::new("division", DecodeProblem::StatusDivision)),
            code => PersonStatus::Residence(division_from_proto(code).within("division")?),
        },
        Kind::Group => PersonStatus::Group(group_from_proto(wire.group).within("group")?),
        Kind::UnemploymentInsured => PersonStatus::UnemploymentInsured,
        Kind::Age => PersonStatus::Age(small(wire.age).within("age")?),
        Kind::Sex => PersonStatus::Sex(sex_from_proto(wire.sex).within("sex")?),
        Kind::GraduatesIn => {
            PersonStatus::GraduatesIn(small(wire.graduation_year).within("graduation_year")?)
        }
    };
    match misplaced(wire, &person_status_to_proto(status)) {
        None => Ok(status),
        Some((field, problem)) => Err(DecodeError::new(field, problem)),
    }
}

/// The first value that does not belong to the status, which alone would be `only`.
fn misplaced(
    wire: &v1::PersonStatus,
    only: &v1::PersonStatus,
) -> Option<(&'static str, DecodeProblem)> {
    let fields = [
        (
            wire.division != only.division,
            "division",
            DecodeProblem::StatusDivision,
        ),
        (
            wire.group != only.group,
            "group",
            DecodeProblem::StatusValue,
        ),
        (wire.age != only.age, "age", DecodeProblem::StatusValue),
        (wire.sex != only.sex, "sex", DecodeProblem::StatusValue),
        (
            wire.graduation_year != only.graduation_year,
            "graduation_year",
            DecodeProblem::StatusValue,
        ),
    ];
    let mut wrong = fields.into_iter().filter(|(differs, ..)| *differs);
    wrong.next().map(|(_, field, problem)| (field, problem))
}

/// A required number that is stored in fewer bits.
fn small<T: TryFrom<u32>>(wire: Option<u32>) -> Result<T, DecodeError> {
    let number = wire.ok_or(DecodeProblem::Missing)?;
    T::try_from(number).map_err(|_| DecodeProblem::OutOfRange.into())
}

/// Reads what training counts for; an absent one counts for nothing.
///
/// # Errors
///
/// Names the part that is wrong.
pub fn reporting_from_proto(wire: Option<&v1::Reporting>) -> Result<Reporting, DecodeError> {
    let Some(wire) = wire else {
        return Ok(Reporting::default());
    };
    Ok(Reporting {
        action: name(&wire.action, ActionId::parse).within("action")?,
        sector: name(&wire.sector, SectorId::parse).within("sector")?,
        training: optional_enum(wire.training, training_kind_from_proto).within("training")?,
        form: optional_enum(wire.form, class_form_from_proto).within("form")?,
    })
}

/// Reads what an accrual is measured against.
#[must_use]
pub fn capacity_from_proto(wire: &v1::PayingCapacity) -> PayingCapacity {
    PayingCapacity {
        balance: Fen::new(wire.balance_fen),
        monthly_benefits: Fen::new(wire.monthly_benefits_fen),
    }
}

/// Reads who raises an order.
///
/// # Errors
///
/// Fails when it is absent or not of its kind.
pub fn raised_by_from_proto(
    wire: Option<&v1::OrderRaisedBy>,
    names: &mut Interner,
) -> Result<OrderRaisedBy, DecodeError> {
    use v1::order_raised_by::RaisedBy as Wire;
    match wire
        .and_then(|wire| wire.raised_by.as_ref())
        .ok_or(DecodeProblem::Missing)?
    {
        Wire::PersonKey(key) => id(key, PersonKey::from_bytes)
            .map(OrderRaisedBy::Person)
            .within("person_key"),
        Wire::Enterprise(code) => names
            .credit_code(code)
            .map(OrderRaisedBy::Enterprise)
            .within("enterprise"),
    }
}

/// Reads a rule that was applied.
///
/// # Errors
///
/// Fails when it names no rule.
pub fn applied_rule_from_proto(wire: &v1::AppliedRule) -> Result<AppliedRule, DecodeError> {
    Ok(AppliedRule {
        rule: rule_kind_from_proto(wire.rule).within("rule")?,
        policy: optional_position(wire.policy_position),
        limit: wire.limit,
        found: wire.found,
    })
}

/// Reads what a document holds; UNSPECIFIED stands for rules.
///
/// # Errors
///
/// Fails for a number that the contract does not know.
pub fn document_kind_from_proto(wire: i32) -> Result<DocumentKind, DecodeError> {
    match v1::DocumentKind::try_from(wire) {
        Ok(v1::DocumentKind::Unspecified | v1::DocumentKind::Rules) => Ok(DocumentKind::Rules),
        Ok(v1::DocumentKind::RateTable) => Ok(DocumentKind::RateTable),
        Ok(v1::DocumentKind::Catalogue) => Ok(DocumentKind::Catalogue),
        Err(_) => Err(DecodeProblem::UnknownNumber(wire).into()),
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

pub(crate) fn id<T>(wire: &[u8], make: impl Fn([u8; 16]) -> T) -> Result<T, DecodeError> {
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

/// Empty bytes stand for none.
pub(crate) fn optional_id<T>(
    wire: &[u8],
    make: impl Fn([u8; 16]) -> T,
) -> Result<Option<T>, DecodeError> {
    optional(wire, |bytes| id(bytes, make))
}

/// What the bytes are read as; empty bytes stand for none.
pub(crate) fn optional<T>(
    wire: &[u8],
    read: impl FnOnce(&[u8]) -> Result<T, DecodeError>,
) -> Result<Option<T>, DecodeError> {
    match wire {
        [] => Ok(None),
        bytes => read(bytes).map(Some),
    }
}

/// What something is about: a class or an award, of which one is empty.
pub(crate) fn subject(class_id: &[u8], award_id: &[u8]) -> Result<Subject, DecodeError> {
    match (class_id, award_id) {
        (class, []) => id(class, ClassId::from_bytes)
            .map(Subject::Class)
            .within("class_id"),
        ([], award) => id(award, AwardId::from_bytes)
            .map(Subject::Award)
            .within("award_id"),
        _ => Err(DecodeError::new("award_id", DecodeProblem::TwoSubjects)),
    }
}

/// UNSPECIFIED stands for none.
pub(crate) fn optional_enum<T>(
    wire: i32,
    read: impl Fn(i32) -> Result<T, DecodeError>,
) -> Result<Option<T>, DecodeError> {
    match wire {
        0 => Ok(None),
        number => read(number).map(Some),
    }
}

/// The empty text stands for none.
fn name<T>(
    wire: &str,
    parse: impl Fn(&str) -> Result<T, SchemeIdError>,
) -> Result<Option<T>, DecodeError> {
    match wire {
        "" => Ok(None),
        text => Ok(Some(parse(text)?)),
    }
}

pub(crate) fn digest(wire: &[u8]) -> Result<[u8; 32], DecodeError> {
    let found = wire.len();
    wire.try_into().map_err(|_| {
        DecodeProblem::Length {
            expected: 32,
            found,
        }
        .into()
    })
}

pub(crate) fn position(wire: u64) -> Result<Position, DecodeError> {
    optional_position(wire).ok_or_else(|| DecodeProblem::ZeroPosition.into())
}

/// Zero stands for none.
pub(crate) fn optional_position(wire: u64) -> Option<Position> {
    (wire != 0).then_some(Position::new(wire))
}

/// Zero stands for none.
pub(crate) fn optional_division(wire: u32) -> Result<Option<Division>, DecodeError> {
    match wire {
        0 => Ok(None),
        code => division_from_proto(code).map(Some),
    }
}

pub(crate) fn optional_date(wire: Option<&v1::Date>) -> Result<Option<BusinessDate>, DecodeError> {
    wire.map(|date| date_from_proto(Some(date))).transpose()
}

/// The empty text stands for none.
pub(crate) fn optional_credit_code(
    wire: &str,
    names: &mut Interner,
) -> Result<Option<CreditCode>, DecodeError> {
    match wire {
        "" => Ok(None),
        text => names.credit_code(text).map(Some),
    }
}

pub(crate) fn fiscal_year(wire: u32) -> Result<u16, DecodeError> {
    u16::try_from(wire).map_err(|_| DecodeProblem::OutOfRange.into())
}

/// A text that was recorded: whatever is refused at the doors today, what is in the log is read.
pub(crate) fn reference(wire: &str) -> Result<Reference, DecodeError> {
    Ok(Reference::from_record(wire))
}

/// A text that was recorded, as [`reference`].
pub(crate) fn note(wire: &str) -> Result<Note, DecodeError> {
    Ok(Note::from_record(wire))
}

pub(crate) fn scheme(wire: &str) -> Result<SchemeId, DecodeError> {
    Ok(SchemeId::parse(wire)?)
}

pub(crate) fn occupation(wire: &str) -> Result<Occupation, DecodeError> {
    Ok(Occupation::parse(wire)?)
}

pub(crate) fn certificate_number(wire: &str) -> Result<CertificateNumber, DecodeError> {
    Ok(CertificateNumber::from_record(wire)?)
}

/// Reads a list of at most `max` values and names the one that is wrong.
pub(crate) fn list<W, T>(
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
