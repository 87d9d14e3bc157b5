//! Entities, as answers to questions about them.

use ledger_core::entity::{
    Account, Certificate, Class, Disbursement, Fact, Objection, PaidLine, QuotaSlot, Settlement,
};
use ledger_core::event::RateSource;
use ledger_core::{AccountKey, AccountKind, Fen, OrderId, Position};

use super::value::{
    bytes, credit_code, fen, optional_bytes, optional_division, optional_position, subject,
};
use super::{
    account_key_to_proto, account_kind_to_proto, class_kind_to_proto, date_to_proto,
    disbursement_stage_to_proto, level_to_proto, payee_to_proto, reporting_to_proto,
};
use crate::v1;

/// Translates one use of a quota; `approval` is the position of the subsidy's approval, if any.
#[must_use]
pub fn quota_slot_to_proto(slot: &QuotaSlot, approval: Option<Position>) -> v1::QuotaSlot {
    v1::QuotaSlot {
        year: slot.year,
        class_id: bytes(slot.class.as_bytes()),
        occupation: slot.occupation.to_string(),
        level: level_to_proto(slot.level).into(),
        scheme: slot.scheme.as_str().to_owned(),
        taken_position: slot.taken.get(),
        taken_date: Some(date_to_proto(slot.taken_on)),
        approval_position: optional_position(approval),
        freed_position: optional_position(slot.freed),
    }
}

/// Translates a class as it stood at `log_position`.
#[must_use]
pub fn class_to_proto(class: &Class, log_position: Position) -> v1::GetClassResponse {
    let settlement = class.settlement.as_ref();
    let publicity = class.publicity.as_ref();
    v1::GetClassResponse {
        institution: credit_code(&class.institution),
        account: Some(account_key_to_proto(class.account)),
        scheme: class.scheme.as_str().to_owned(),
        kind: class_kind_to_proto(class.kind).into(),
        occupation: class.occupation.to_string(),
        level: level_to_proto(class.level).into(),
        headcount: class.headcount,
        rate_fen: fen(class.rate),
        class_hours: class.class_hours,
        start_date: Some(date_to_proto(class.starts_on)),
        end_date: Some(date_to_proto(class.ends_on)),
        residence_division: optional_division(class.residence),
        state: class_state(class).into(),
        policy_position: class.policy.get(),
        approved_position: class.approved.position.get(),
        opened_position: fact_position(class.opened),
        closed_position: fact_position(class.closed),
        settled_position: settlement.map_or(0, |settlement| settlement.position.get()),
        enrolled: class.enrolled,
        completed: class.completed,
        approvals: class.approvals,
        employed_completed: class.employed_completed,
        employed_approved: class.employed_approved,
        in_flight: class.in_flight,
        excess_fen: settlement.map_or(0, |settlement| fen(settlement.excess)),
        excess_outstanding_fen: settlement
            .map_or(0, |settlement| fen(settlement.excess_outstanding)),
        log_position: log_position.get(),
        rate_source: rate_source(class.rate_source),
        scarce: class.scarce,
        reporting: reporting_to_proto(&class.reporting),
        order_id: optional_bytes(class.order.as_ref().map(OrderId::as_bytes)),
        publicity_opened_position: fact_position(publicity.map(|shown| shown.opened)),
        publicity_closed_position: fact_position(publicity.and_then(|shown| shown.closed)),
        objections_open: publicity.map_or(0, |shown| count(&shown.objections)),
    }
}

/// Translates a certificate as it stood at `log_position`.
#[must_use]
pub fn certificate_to_proto(
    certificate: &Certificate,
    log_position: Position,
) -> v1::GetCertificateResponse {
    v1::GetCertificateResponse {
        class_id: bytes(certificate.class.as_bytes()),
        person_key: bytes(certificate.person.as_bytes()),
        evaluator: credit_code(&certificate.evaluator),
        issued_date: Some(date_to_proto(certificate.issued_on)),
        issued_position: certificate.issued.get(),
        invalidated_position: optional_position(certificate.invalidated),
        log_position: log_position.get(),
    }
}

/// Translates a disbursement as it stood at `log_position`.
#[must_use]
pub fn disbursement_to_proto(
    disbursement: &Disbursement,
    log_position: Position,
) -> v1::GetDisbursementResponse {
    let settled: Option<&Settlement> = disbursement.settled.as_ref();
    let (class_id, award_id) = subject(disbursement.subject);
    v1::GetDisbursementResponse {
        class_id,
        account: Some(account_key_to_proto(disbursement.account)),
        stage: disbursement_stage_to_proto(disbursement.stage).into(),
        payee: Some(payee_to_proto(&disbursement.payee)),
        lines: disbursement.lines.iter().map(paid_line).collect(),
        total_fen: fen(disbursement.total),
        state: disbursement_state(disbursement).into(),
        ordered_date: Some(date_to_proto(disbursement.ordered.on)),
        ordered_position: disbursement.ordered.position.get(),
        settled_date: settled.map(|settled| date_to_proto(settled.on)),
        settled_position: settled.map_or(0, |settled| settled.position.get()),
        returned_position: optional_position(disbursement.returned),
        log_position: log_position.get(),
        award_id,
        award_clawed_back_fen: fen(disbursement.award_clawed_back),
    }
}

/// Translates the balances of one fund at one division.
#[must_use]
pub fn account_to_proto(key: AccountKey, account: &Account) -> v1::Account {
    v1::Account {
        key: Some(account_key_to_proto(key)),
        opened_position: account.opened.get(),
        balances: account.balances.iter().map(balance).collect(),
        cash_fen: fen(account.balance(AccountKind::Cash, 0)),
        reserved_fen: fen(account.balance(AccountKind::Reserve, 0)),
        available_fen: fen(account.available()),
    }
}

fn balance((&(kind, fiscal_year), amount): (&(AccountKind, u16), &Fen)) -> v1::Balance {
    v1::Balance {
        kind: account_kind_to_proto(kind).into(),
        fiscal_year: fiscal_year.into(),
        balance_fen: fen(*amount),
    }
}

fn paid_line(line: &PaidLine) -> v1::PaidLine {
    v1::PaidLine {
        beneficiary_key: bytes(line.beneficiary.as_bytes()),
        amount_fen: fen(line.amount),
        clawed_back_fen: fen(line.clawed_back),
    }
}

fn rate_source(source: RateSource) -> Option<v1::get_class_response::RateSource> {
    use v1::get_class_response::RateSource as Wire;
    match source {
        RateSource::Contract => None,
        RateSource::Below(policy) => Some(Wire::RateBelowPosition(policy.get())),
        RateSource::Standard(policy) => Some(Wire::RateStandardPosition(policy.get())),
    }
}

fn class_state(class: &Class) -> v1::ClassState {
    if class.settlement.is_some() {
        v1::ClassState::Settled
    } else if class.closed.is_some() {
        v1::ClassState::Closed
    } else if class.opened.is_some() {
        v1::ClassState::Open
    } else {
        v1::ClassState::Approved
    }
}

fn disbursement_state(disbursement: &Disbursement) -> v1::DisbursementState {
    if disbursement.returned.is_some() {
        v1::DisbursementState::Returned
    } else if disbursement.settled.is_some() {
        v1::DisbursementState::Settled
    } else {
        v1::DisbursementState::Ordered
    }
}

fn fact_position(fact: Option<Fact>) -> u64 {
    fact.map_or(0, |fact| fact.position.get())
}

fn count(objections: &[Objection]) -> u32 {
    u32::try_from(objections.len()).expect("open objections are few")
}
