//! Values that events, commands and answers have in common.

use ledger_core::coded::DocumentKind;
use ledger_core::command::Debt;
use ledger_core::event::{
    AppliedRule, OrderRaisedBy, Payee, PayingCapacity, PersonStatus, QualificationKind,
    QualificationScope, Reporting, ScopeEntry, Subject,
};
use ledger_core::{
    AccountKey, ActionId, BusinessDate, CreditCode, Division, Fen, LedgerAccount, Position,
    Posting, RecordedTime, SectorId, SkillLevel, Tag,
};

use super::{
    account_kind_to_proto, class_form_to_proto, fund_source_to_proto, group_to_proto,
    rule_kind_to_proto, sex_to_proto, side_to_proto, skill_level_to_proto, training_kind_to_proto,
};
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
        Tag::Award(award) => Value::AwardId(bytes(award.as_bytes())),
        Tag::Order(order) => Value::OrderId(bytes(order.as_bytes())),
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
        Payee::Master(person) => Wire::MasterKey(bytes(person.as_bytes())),
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
    use v1::PersonStatusKind as Kind;
    let of = |kind: Kind| v1::PersonStatus {
        kind: kind.into(),
        ..v1::PersonStatus::default()
    };
    match status {
        PersonStatus::Pension => of(Kind::Pension),
        PersonStatus::Residence(division) => v1::PersonStatus {
            division: division.code(),
            ..of(Kind::Residence)
        },
        PersonStatus::Group(group) => v1::PersonStatus {
            group: group_to_proto(group).into(),
            ..of(Kind::Group)
        },
        PersonStatus::UnemploymentInsured => of(Kind::UnemploymentInsured),
        PersonStatus::Age(years) => v1::PersonStatus {
            age: Some(years.into()),
            ..of(Kind::Age)
        },
        PersonStatus::Sex(sex) => v1::PersonStatus {
            sex: sex_to_proto(sex).into(),
            ..of(Kind::Sex)
        },
        PersonStatus::GraduatesIn(year) => v1::PersonStatus {
            graduation_year: Some(year.into()),
            ..of(Kind::GraduatesIn)
        },
    }
}

/// Translates what training counts for; `None` when for nothing.
#[must_use]
pub fn reporting_to_proto(reporting: &Reporting) -> Option<v1::Reporting> {
    let Reporting {
        action,
        sector,
        training,
        form,
    } = reporting;
    let wire = v1::Reporting {
        action: text(action.as_ref().map(ActionId::as_str)),
        sector: text(sector.as_ref().map(SectorId::as_str)),
        training: training.map_or(0, |training| training_kind_to_proto(training).into()),
        form: form.map_or(0, |form| class_form_to_proto(form).into()),
    };
    (*reporting != Reporting::default()).then_some(wire)
}

/// Translates what an accrual is measured against.
#[must_use]
pub fn capacity_to_proto(capacity: PayingCapacity) -> v1::PayingCapacity {
    v1::PayingCapacity {
        balance_fen: fen(capacity.balance),
        monthly_benefits_fen: fen(capacity.monthly_benefits),
    }
}

/// Translates who raises an order.
#[must_use]
pub fn raised_by_to_proto(raised_by: OrderRaisedBy) -> v1::OrderRaisedBy {
    use v1::order_raised_by::RaisedBy as Wire;
    let raised_by = match raised_by {
        OrderRaisedBy::Person(person) => Wire::PersonKey(bytes(person.as_bytes())),
        OrderRaisedBy::Enterprise(code) => Wire::Enterprise(credit_code(&code)),
    };
    v1::OrderRaisedBy {
        raised_by: Some(raised_by),
    }
}

/// Translates a rule that was applied.
#[must_use]
pub fn applied_rule_to_proto(applied: &AppliedRule) -> v1::AppliedRule {
    v1::AppliedRule {
        rule: rule_kind_to_proto(applied.rule).into(),
        policy_position: optional_position(applied.policy),
        limit: applied.limit,
        found: applied.found,
    }
}

/// Translates what a document holds. Rules are UNSPECIFIED, as they were before kinds were named:
/// so the bytes of documents published then stay the same.
#[must_use]
pub const fn document_kind_to_proto(kind: DocumentKind) -> v1::DocumentKind {
    match kind {
        DocumentKind::Rules => v1::DocumentKind::Unspecified,
        DocumentKind::RateTable => v1::DocumentKind::RateTable,
        DocumentKind::Catalogue => v1::DocumentKind::Catalogue,
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
pub(crate) const fn fen(amount: Fen) -> i64 {
    amount.get()
}

/// An identifier's sixteen bytes.
pub(crate) fn bytes(id: &[u8; 16]) -> Vec<u8> {
    id.to_vec()
}

/// An optional identifier: empty bytes stand for none.
pub(crate) fn optional_bytes(id: Option<&[u8; 16]>) -> Vec<u8> {
    id.map(bytes).unwrap_or_default()
}

/// The class and the award that something is about: one of them is empty.
pub(crate) fn subject(subject: Subject) -> (Vec<u8>, Vec<u8>) {
    match subject {
        Subject::Class(class) => (bytes(class.as_bytes()), Vec::new()),
        Subject::Award(award) => (Vec::new(), bytes(award.as_bytes())),
    }
}

/// An optional text: the empty one stands for none.
fn text(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}

/// A credit code's text.
pub(crate) fn credit_code(code: &CreditCode) -> String {
    code.as_str().to_owned()
}

/// An optional division: zero stands for none.
pub(crate) fn optional_division(division: Option<Division>) -> u32 {
    division.map_or(0, Division::code)
}

/// An optional position: zero stands for none.
pub(crate) fn optional_position(position: Option<Position>) -> u64 {
    position.map_or(0, Position::get)
}

/// Positions as numbers.
pub(crate) fn positions(positions: &[Position]) -> Vec<u64> {
    positions.iter().map(|position| position.get()).collect()
}
