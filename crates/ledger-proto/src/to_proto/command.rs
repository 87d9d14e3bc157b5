//! Commands, one function per kind.

mod award;
mod claim;
mod order;

use ledger_core::command::{
    AccrueFunds, ApproveClass, ApproveSubsidy, ClawbackRequestLine, CloseCase, CloseClass, Command,
    CommandBody, CompleteTraining, ConfirmEmployment, DecideClawback, DeclarePersonStatus,
    EndPersonStatus, EnrolPerson, GrantQualification, InvalidateCertificate, IssueCertificate,
    MakeFinding, OpenAccount, OpenCase, OpenClass, OrderDisbursement, PublishPolicy,
    RecordAssessment, RecordAttendance, RecordProvincialAdjustment, RecordRepayment,
    RegisterInstitution, RegisterPerson, ReturnDisbursement, RevokeQualification,
    SettleDisbursement, TransferFunds, WithdrawEmployment, WithdrawEnrolment, WithdrawPolicy,
};
use ledger_core::{OrderId, PersonKey};

use super::value::{
    bytes, credit_code, fen, optional_bytes, optional_division, positions, subject,
};
use super::{
    assessment_result_to_proto, capacity_to_proto, certificate_kind_to_proto, class_kind_to_proto,
    date_to_proto, debt_to_proto, disbursement_stage_to_proto, employment_evidence_to_proto,
    finding_kind_to_proto, fund_source_to_proto, institution_kind_to_proto, level_to_proto,
    payee_to_proto, person_status_to_proto, reporting_to_proto, return_kind_to_proto,
    scope_to_proto,
};
use crate::v1::{self, command::Body};

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
    match body {
        CommandBody::PublishPolicy(command) => publish_policy(command),
        CommandBody::OpenAccount(command) => open_account(command),
        CommandBody::AccrueFunds(command) => accrue_funds(command),
        CommandBody::TransferFunds(command) => transfer_funds(command),
        CommandBody::RegisterInstitution(command) => register_institution(command),
        CommandBody::GrantQualification(command) => grant_qualification(command),
        CommandBody::RevokeQualification(command) => revoke_qualification(command),
        CommandBody::RegisterPerson(command) => register_person(command),
        CommandBody::DeclarePersonStatus(command) => declare_person_status(command),
        CommandBody::EndPersonStatus(command) => end_person_status(command),
        CommandBody::ApproveClass(command) => approve_class(command),
        CommandBody::OpenClass(command) => open_class(command),
        CommandBody::CloseClass(command) => close_class(command),
        CommandBody::EnrolPerson(command) => enrol_person(command),
        CommandBody::WithdrawEnrolment(command) => withdraw_enrolment(command),
        CommandBody::RecordAttendance(command) => record_attendance(command),
        CommandBody::CompleteTraining(command) => complete_training(command),
        CommandBody::RecordAssessment(command) => record_assessment(command),
        CommandBody::IssueCertificate(command) => issue_certificate(command),
        CommandBody::InvalidateCertificate(command) => invalidate_certificate(command),
        CommandBody::ConfirmEmployment(command) => confirm_employment(command),
        CommandBody::WithdrawEmployment(command) => withdraw_employment(command),
        CommandBody::ApproveSubsidy(command) => approve_subsidy(command),
        CommandBody::OrderDisbursement(command) => order_disbursement(command),
        CommandBody::SettleDisbursement(command) => settle_disbursement(command),
        CommandBody::ReturnDisbursement(command) => return_disbursement(command),
        CommandBody::OpenCase(command) => open_case(command),
        CommandBody::MakeFinding(command) => make_finding(command),
        CommandBody::DecideClawback(command) => decide_clawback(command),
        CommandBody::RecordRepayment(command) => record_repayment(command),
        CommandBody::CloseCase(command) => close_case(command),
        CommandBody::WithdrawPolicy(command) => withdraw_policy(command),
        CommandBody::RecordProvincialAdjustment(command) => record_provincial_adjustment(command),
        CommandBody::RaiseOrder(command) => order::raise(command),
        CommandBody::ListOrder(command) => order::list(command),
        CommandBody::SelectOrder(command) => order::select(command),
        CommandBody::AcceptOrder(command) => order::accept(command),
        CommandBody::PurchaseOrder(command) => order::purchase(command),
        CommandBody::CancelOrder(command) => order::cancel(command),
        CommandBody::VerifyCertificate(command) => claim::verify_certificate(command),
        CommandBody::SubmitClaim(command) => claim::submit_claim(command),
        CommandBody::RecordAgencyContract(command) => claim::record_agency_contract(command),
        CommandBody::OpenPublicity(command) => claim::open_publicity(command),
        CommandBody::RaiseObjection(command) => claim::raise_objection(command),
        CommandBody::ResolveObjection(command) => claim::resolve_objection(command),
        CommandBody::ClosePublicity(command) => claim::close_publicity(command),
        CommandBody::ApproveAward(command) => award::approve(command),
        CommandBody::RevokeAward(command) => award::revoke(command),
        CommandBody::OrderAwardPayment(command) => award::order_payment(command),
        CommandBody::ImposePenalty(command) => award::impose_penalty(command),
    }
}

fn publish_policy(command: &PublishPolicy) -> Body {
    Body::PublishPolicy(v1::PublishPolicy {
        text: command.text.as_ref().to_owned(),
    })
}

fn open_account(command: &OpenAccount) -> Body {
    Body::OpenAccount(v1::OpenAccount {
        division: command.division.code(),
        fund: fund_source_to_proto(command.fund).into(),
    })
}

fn accrue_funds(command: &AccrueFunds) -> Body {
    Body::AccrueFunds(v1::AccrueFunds {
        division: command.division.code(),
        fund: fund_source_to_proto(command.fund).into(),
        amount_fen: fen(command.amount),
        reference: command.reference.as_str().to_owned(),
        capacity: command.capacity.map(capacity_to_proto),
    })
}

fn transfer_funds(command: &TransferFunds) -> Body {
    Body::TransferFunds(v1::TransferFunds {
        from_division: command.from.code(),
        to_division: command.to.code(),
        fund: fund_source_to_proto(command.fund).into(),
        amount_fen: fen(command.amount),
        reference: command.reference.as_str().to_owned(),
    })
}

fn register_institution(command: &RegisterInstitution) -> Body {
    Body::RegisterInstitution(v1::RegisterInstitution {
        institution: credit_code(&command.institution),
        kind: institution_kind_to_proto(command.kind).into(),
        name: command.name.as_str().to_owned(),
        division: command.division.code(),
    })
}

fn grant_qualification(command: &GrantQualification) -> Body {
    Body::GrantQualification(v1::GrantQualification {
        institution: credit_code(&command.institution),
        qualification_id: bytes(command.qualification.as_bytes()),
        scope: Some(scope_to_proto(&command.scope)),
        valid_from_date: Some(date_to_proto(command.valid_from)),
        valid_until_date: command.valid_until.map(date_to_proto),
        decision_number: command.decision_number.as_str().to_owned(),
    })
}

fn revoke_qualification(command: &RevokeQualification) -> Body {
    Body::RevokeQualification(v1::RevokeQualification {
        institution: credit_code(&command.institution),
        qualification_id: bytes(command.qualification.as_bytes()),
        effective_date: Some(date_to_proto(command.effective_on)),
        grounds: command.grounds.as_str().to_owned(),
        decision_number: command.decision_number.as_str().to_owned(),
    })
}

fn register_person(command: &RegisterPerson) -> Body {
    Body::RegisterPerson(v1::RegisterPerson {
        person_key: bytes(command.person.as_bytes()),
    })
}

fn declare_person_status(command: &DeclarePersonStatus) -> Body {
    Body::DeclarePersonStatus(v1::DeclarePersonStatus {
        person_key: bytes(command.person.as_bytes()),
        status: Some(person_status_to_proto(command.status)),
        valid_from_date: Some(date_to_proto(command.valid_from)),
        valid_until_date: command.valid_until.map(date_to_proto),
        source: command.source.as_str().to_owned(),
    })
}

fn end_person_status(command: &EndPersonStatus) -> Body {
    Body::EndPersonStatus(v1::EndPersonStatus {
        person_key: bytes(command.person.as_bytes()),
        status: Some(person_status_to_proto(command.status)),
        valid_until_date: Some(date_to_proto(command.valid_until)),
        source: command.source.as_str().to_owned(),
    })
}

fn approve_class(command: &ApproveClass) -> Body {
    Body::ApproveClass(v1::ApproveClass {
        class_id: bytes(command.class.as_bytes()),
        institution: credit_code(&command.institution),
        division: command.division.code(),
        fund: fund_source_to_proto(command.fund).into(),
        scheme: command.scheme.as_str().to_owned(),
        kind: class_kind_to_proto(command.kind).into(),
        occupation: command.occupation.to_string(),
        level: level_to_proto(command.level).into(),
        headcount: command.headcount,
        rate_fen: command.rate.map(fen),
        class_hours: command.class_hours,
        start_date: Some(date_to_proto(command.starts_on)),
        end_date: Some(date_to_proto(command.ends_on)),
        residence_division: optional_division(command.residence),
        contract_number: command.contract_number.as_str().to_owned(),
        reporting: reporting_to_proto(&command.reporting),
        order_id: optional_bytes(command.order.as_ref().map(OrderId::as_bytes)),
    })
}

fn open_class(command: &OpenClass) -> Body {
    Body::OpenClass(v1::OpenClass {
        class_id: bytes(command.class.as_bytes()),
    })
}

fn close_class(command: &CloseClass) -> Body {
    Body::CloseClass(v1::CloseClass {
        class_id: bytes(command.class.as_bytes()),
    })
}

fn enrol_person(command: &EnrolPerson) -> Body {
    Body::EnrolPerson(v1::EnrolPerson {
        class_id: bytes(command.class.as_bytes()),
        person_key: bytes(command.person.as_bytes()),
    })
}

fn withdraw_enrolment(command: &WithdrawEnrolment) -> Body {
    Body::WithdrawEnrolment(v1::WithdrawEnrolment {
        class_id: bytes(command.class.as_bytes()),
        person_key: bytes(command.person.as_bytes()),
        reason: command.reason.as_str().to_owned(),
    })
}

fn record_attendance(command: &RecordAttendance) -> Body {
    Body::RecordAttendance(v1::RecordAttendance {
        class_id: bytes(command.class.as_bytes()),
        person_key: bytes(command.person.as_bytes()),
        class_hours: command.class_hours,
    })
}

fn complete_training(command: &CompleteTraining) -> Body {
    Body::CompleteTraining(v1::CompleteTraining {
        class_id: bytes(command.class.as_bytes()),
        person_key: bytes(command.person.as_bytes()),
    })
}

fn record_assessment(command: &RecordAssessment) -> Body {
    Body::RecordAssessment(v1::RecordAssessment {
        class_id: bytes(command.class.as_bytes()),
        person_key: bytes(command.person.as_bytes()),
        evaluator: credit_code(&command.evaluator),
        result: assessment_result_to_proto(command.result).into(),
    })
}

fn issue_certificate(command: &IssueCertificate) -> Body {
    Body::IssueCertificate(v1::IssueCertificate {
        class_id: bytes(command.class.as_bytes()),
        person_key: bytes(command.person.as_bytes()),
        kind: certificate_kind_to_proto(command.kind).into(),
        number: command.number.as_str().to_owned(),
        evaluator: credit_code(&command.evaluator),
        issued_date: Some(date_to_proto(command.issued_on)),
    })
}

fn invalidate_certificate(command: &InvalidateCertificate) -> Body {
    Body::InvalidateCertificate(v1::InvalidateCertificate {
        number: command.number.as_str().to_owned(),
        grounds: command.grounds.as_str().to_owned(),
        decision_number: command.decision_number.as_str().to_owned(),
    })
}

fn confirm_employment(command: &ConfirmEmployment) -> Body {
    Body::ConfirmEmployment(v1::ConfirmEmployment {
        class_id: bytes(command.class.as_bytes()),
        person_key: bytes(command.person.as_bytes()),
        employer: credit_code(&command.employer),
        evidence: employment_evidence_to_proto(command.evidence).into(),
        started_date: Some(date_to_proto(command.started_on)),
    })
}

fn withdraw_employment(command: &WithdrawEmployment) -> Body {
    Body::WithdrawEmployment(v1::WithdrawEmployment {
        class_id: bytes(command.class.as_bytes()),
        person_key: bytes(command.person.as_bytes()),
        reason: command.reason.as_str().to_owned(),
    })
}

fn approve_subsidy(command: &ApproveSubsidy) -> Body {
    Body::ApproveSubsidy(v1::ApproveSubsidy {
        class_id: bytes(command.class.as_bytes()),
        person_key: bytes(command.person.as_bytes()),
    })
}

fn order_disbursement(command: &OrderDisbursement) -> Body {
    Body::OrderDisbursement(v1::OrderDisbursement {
        disbursement_id: bytes(command.disbursement.as_bytes()),
        class_id: bytes(command.class.as_bytes()),
        stage: disbursement_stage_to_proto(command.stage).into(),
        payee: Some(payee_to_proto(&command.payee)),
        beneficiary_keys: command
            .beneficiaries
            .iter()
            .map(|person| bytes(person.as_bytes()))
            .collect(),
        fund: command
            .fund
            .map_or(0, |fund| fund_source_to_proto(fund).into()),
    })
}

fn settle_disbursement(command: &SettleDisbursement) -> Body {
    Body::SettleDisbursement(v1::SettleDisbursement {
        disbursement_id: bytes(command.disbursement.as_bytes()),
        bank_reference: command.bank_reference.as_str().to_owned(),
    })
}

fn return_disbursement(command: &ReturnDisbursement) -> Body {
    Body::ReturnDisbursement(v1::ReturnDisbursement {
        disbursement_id: bytes(command.disbursement.as_bytes()),
        kind: return_kind_to_proto(command.kind).into(),
        bank_reference: command.bank_reference.as_str().to_owned(),
        reason: command.reason.as_str().to_owned(),
    })
}

fn open_case(command: &OpenCase) -> Body {
    Body::OpenCase(v1::OpenCase {
        case_id: bytes(command.case.as_bytes()),
        institution: command
            .institution
            .as_ref()
            .map(credit_code)
            .unwrap_or_default(),
        clue: command.clue.as_str().to_owned(),
    })
}

fn make_finding(command: &MakeFinding) -> Body {
    let (class_id, award_id) = subject(command.subject);
    Body::MakeFinding(v1::MakeFinding {
        case_id: bytes(command.case.as_bytes()),
        finding_id: bytes(command.finding.as_bytes()),
        kind: finding_kind_to_proto(command.kind).into(),
        class_id,
        person_keys: command
            .persons
            .iter()
            .map(|person| bytes(person.as_bytes()))
            .collect(),
        evidence_positions: positions(&command.evidence),
        decision_number: command.decision_number.as_str().to_owned(),
        award_id,
    })
}

fn decide_clawback(command: &DecideClawback) -> Body {
    Body::DecideClawback(v1::DecideClawback {
        clawback_id: bytes(command.clawback.as_bytes()),
        case_id: bytes(command.case.as_bytes()),
        finding_id: bytes(command.finding.as_bytes()),
        lines: command.lines.iter().map(clawback_request_line).collect(),
        decision_number: command.decision_number.as_str().to_owned(),
    })
}

fn record_repayment(command: &RecordRepayment) -> Body {
    Body::RecordRepayment(v1::RecordRepayment {
        debt: Some(debt_to_proto(&command.debt)),
        amount_fen: fen(command.amount),
        bank_reference: command.bank_reference.as_str().to_owned(),
    })
}

fn close_case(command: &CloseCase) -> Body {
    Body::CloseCase(v1::CloseCase {
        case_id: bytes(command.case.as_bytes()),
        outcome: command.outcome.as_str().to_owned(),
    })
}

fn withdraw_policy(command: &WithdrawPolicy) -> Body {
    Body::WithdrawPolicy(v1::WithdrawPolicy {
        policy_id: command.policy_id.as_str().to_owned(),
        version: command.version,
        effective_date: Some(date_to_proto(command.effective_on)),
        grounds: command.grounds.as_str().to_owned(),
        decision_number: command.decision_number.as_str().to_owned(),
    })
}

fn record_provincial_adjustment(command: &RecordProvincialAdjustment) -> Body {
    Body::RecordProvincialAdjustment(v1::RecordProvincialAdjustment {
        division: command.division.code(),
        fund: fund_source_to_proto(command.fund).into(),
        amount_fen: fen(command.amount),
        capacity: Some(capacity_to_proto(command.capacity)),
        reference: command.reference.as_str().to_owned(),
    })
}

fn clawback_request_line(line: &ClawbackRequestLine) -> v1::ClawbackRequestLine {
    v1::ClawbackRequestLine {
        disbursement_id: bytes(line.disbursement.as_bytes()),
        beneficiary_key: optional_bytes(line.beneficiary.as_ref().map(PersonKey::as_bytes)),
        amount_fen: fen(line.amount),
    }
}
