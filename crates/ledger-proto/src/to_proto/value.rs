//! Values that events, commands and answers have in common.

use ledger_core::command::Debt;
use ledger_core::event::{Payee, PersonStatus, QualificationKind, QualificationScope, ScopeEntry};
use ledger_core::{
    AccountKey, BusinessDate, CreditCode, Division, Fen, LedgerAccount, Position, Posting,
    RecordedTime, SkillLevel, Tag,
};

use super::{account_kind_to_proto, fund_source_to_proto, side_to_proto, skill_level_to_proto};
use crate::v1;

const MICROS_PER_SECOND: i64 = 1_000_000;
const NANOS_PER_MICRO: i32 = 1_000;

/// Translates a business date.
#[must_use]
pub fn date_to_proto(date: BusinessDate) -> v1::Date {
    v1::Date {
        // The range of business dates starts in 1900.
        year: date.year().unsigned_abs(),
        month: date.month(),
        day: date.day(),
    }
}

/// Translates a recorded time.
#[must_use]
pub fn time_to_proto(time: RecordedTime) -> prost_types::Timestamp {
    let micros = time.micros();
    let fraction = i32::try_from(micros.rem_euclid(MICROS_PER_SECOND))
        .expect("a remainder below one million fits 32 bits");
    prost_types::Timestamp {
        seconds: micros.div_euclid(MICROS_PER_SECOND),
        nanos: fraction.wrapping_mul(NANOS_PER_MICRO),
    }
}

/// Translates an optional level: UNSPECIFIED stands for a course that leads to none.
#[must_use]
pub fn level_to_proto(level: Option<SkillLevel>) -> v1::SkillLevel {
    level.map_or(v1::SkillLevel::Unspecified, skill_level_to_proto)
}

/// Translates a fund at a division.
#[must_use]
pub fn account_key_to_proto(key: AccountKey) -> v1::AccountKey {
    v1::AccountKey {
        division: key.division.code(),
        fund: fund_source_to_proto(key.fund).into(),
    }
}

/// Translates an account in the books.
#[must_use]
pub fn ledger_account_to_proto(account: LedgerAccount) -> v1::LedgerAccount {
    v1::LedgerAccount {
        division: account.holder.division.code(),
        fund: fund_source_to_proto(account.holder.fund).into(),
        kind: account_kind_to_proto(account.kind).into(),
        fiscal_year: account.fiscal_year.into(),
    }
}

/// Translates one line of a balanced entry.
#[must_use]
pub fn posting_to_proto(posting: &Posting) -> v1::Posting {
    v1::Posting {
        account: Some(ledger_account_to_proto(posting.account)),
        side: side_to_proto(posting.side).into(),
        amount_fen: fen(posting.amount),
        balance_after_fen: fen(posting.balance_after),
    }
}

/// Translates something that an event can be found by.
#[must_use]
pub fn tag_to_proto(tag: &Tag) -> v1::Tag {
    use v1::tag::Value;
    let value = match tag {
        Tag::Person(person) => Value::PersonKey(bytes(person.as_bytes())),
        Tag::Class(class) => Value::ClassId(bytes(class.as_bytes())),
        Tag::Institution(code) => Value::Institution(credit_code(code)),
        Tag::Certificate(number) => Value::CertificateNumber(number.as_str().to_owned()),
        Tag::Division(division) => Value::Division(division.code()),
        Tag::Disbursement(id) => Value::DisbursementId(bytes(id.as_bytes())),
        Tag::Case(case) => Value::CaseId(bytes(case.as_bytes())),
        Tag::Clawback(clawback) => Value::ClawbackId(bytes(clawback.as_bytes())),
        Tag::Account(key) => Value::Account(account_key_to_proto(*key)),
        Tag::LedgerAccount(account) => Value::LedgerAccount(ledger_account_to_proto(*account)),
    };
    v1::Tag { value: Some(value) }
}

/// Translates who gets money.
#[must_use]
pub fn payee_to_proto(payee: &Payee) -> v1::Payee {
    use v1::payee::Payee as Wire;
    let payee = match payee {
        Payee::Person(person) => Wire::PersonKey(bytes(person.as_bytes())),
        Payee::Institution(code) => Wire::Institution(credit_code(code)),
        Payee::Employer(code) => Wire::Employer(credit_code(code)),
    };
    v1::Payee { payee: Some(payee) }
}

/// Translates what a repayment pays off.
#[must_use]
pub fn debt_to_proto(debt: &Debt) -> v1::Debt {
    use v1::debt::Debt as Wire;
    let debt = match debt {
        Debt::Clawback(clawback) => Wire::ClawbackId(bytes(clawback.as_bytes())),
        Debt::ExcessAdvance(class) => Wire::ExcessAdvanceClassId(bytes(class.as_bytes())),
    };
    v1::Debt { debt: Some(debt) }
}

/// Translates a status of a person.
#[must_use]
pub fn person_status_to_proto(status: PersonStatus) -> v1::PersonStatus {
    let (kind, division) = match status {
        PersonStatus::Pension => (v1::PersonStatusKind::Pension, 0),
        PersonStatus::Residence(division) => (v1::PersonStatusKind::Residence, division.code()),
    };
    v1::PersonStatus {
        kind: kind.into(),
        division,
    }
}

/// Translates what a qualification allows.
#[must_use]
pub fn scope_to_proto(scope: &QualificationScope) -> v1::QualificationScope {
    let (kind, evaluator_number) = match &scope.kind {
        QualificationKind::Training => (v1::QualificationKind::Training, String::new()),
        QualificationKind::Evaluation { evaluator_number } => (
            v1::QualificationKind::Evaluation,
            evaluator_number.as_str().to_owned(),
        ),
    };
    v1::QualificationScope {
        kind: kind.into(),
        evaluator_number,
        occupations: scope.occupations.iter().map(scope_entry).collect(),
    }
}

fn scope_entry(entry: &ScopeEntry) -> v1::ScopeEntry {
    v1::ScopeEntry {
        occupation: entry.occupation.to_string(),
        levels: entry
            .levels
            .iter()
            .map(|level| skill_level_to_proto(*level).into())
            .collect(),
    }
}

/// Amount in fen.
pub(super) const fn fen(amount: Fen) -> i64 {
    amount.get()
}

/// An identifier's sixteen bytes.
pub(super) fn bytes(id: &[u8; 16]) -> Vec<u8> {
    id.to_vec()
}

/// A credit code's text.
pub(super) fn credit_code(code: &CreditCode) -> String {
    code.as_str().to_owned()
}

/// An optional division: zero stands for none.
pub(super) fn optional_division(division: Option<Division>) -> u32 {
    division.map_or(0, Division::code)
}

/// An optional position: zero stands for none.
pub(super) fn optional_position(position: Option<Position>) -> u64 {
    position.map_or(0, Position::get)
}

/// Positions as numbers.
pub(super) fn positions(positions: &[Position]) -> Vec<u64> {
    positions.iter().map(|position| position.get()).collect()
}
