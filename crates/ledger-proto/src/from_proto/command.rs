//! Commands, one function per kind.

mod award;
mod claim;
mod order;

use std::sync::Arc;

use ledger_core::command::{
    AccrueFunds, ApproveClass, ApproveSubsidy, ClawbackRequestLine, CloseCase, CloseClass, Command,
    CommandBody, CompleteTraining, ConfirmEmployment, DecideClawback, DeclarePersonStatus,
    EndPersonStatus, EnrolPerson, GrantQualification, InvalidateCertificate, IssueCertificate,
    MakeFinding, OpenAccount, OpenCase, OpenClass, OrderDisbursement, PublishPolicy,
    RecordAssessment, RecordAttendance, RecordProvincialAdjustment, RecordRepayment,
    RegisterInstitution, RegisterPerson, ReturnDisbursement, RevokeQualification,
    SettleDisbursement, TransferFunds, WithdrawEmployment, WithdrawEnrolment, WithdrawPolicy,
};
use ledger_core::limits::{CALLER_CAUSES_MAX, POLICY_TEXT_BYTES_MAX};
use ledger_core::{
    CaseId, ClassId, ClawbackId, DisbursementId, Fen, FindingId, OrderId, PersonKey, Policy,
    Position, QualificationId,
};

use super::door::{
    certificate_number, debt, id, note, optional_id, payee, reference, reporting, scheme, scope,
    subject,
};
use super::value::{
    CLASS_SIZE_MAX, list, occupation, optional_credit_code, optional_date, optional_division,
    optional_enum, position,
};
use super::{
    assessment_result_from_proto, capacity_from_proto, certificate_kind_from_proto,
    class_kind_from_proto, date_from_proto, disbursement_stage_from_proto, division_from_proto,
    employment_evidence_from_proto, finding_kind_from_proto, fund_source_from_proto,
    institution_kind_from_proto, level_from_proto, person_status_from_proto,
    return_kind_from_proto,
};
use crate::error::{DecodeError, DecodeProblem, Within as _};
use crate::interner::Interner;
use crate::v1::{self, command::Body};

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
    let body = wire
        .body
        .as_ref()
        .ok_or(DecodeProblem::Missing)
        .map_err(DecodeError::from);
    Ok(Command {
        occurred_on: date_from_proto(wire.occurred_date.as_ref()).within("occurred_date")?,
        causes: positions("causes", &wire.causes)?,
        body: command_body_from_proto(body.within("body")?, compile_policy, names)?,
    })
}

fn command_body_from_proto(
    body: &Body,
    compile_policy: CompilePolicy<'_>,
    names: &mut Interner,
) -> Result<CommandBody, DecodeError> {
    let (field, body) = match body {
        Body::PublishPolicy(wire) => ("publish_policy", publish_policy(wire, compile_policy)),
        Body::OpenAccount(wire) => ("open_account", open_account(wire)),
        Body::AccrueFunds(wire) => ("accrue_funds", accrue_funds(wire)),
        Body::TransferFunds(wire) => ("transfer_funds", transfer_funds(wire)),
        Body::RegisterInstitution(wire) => {
            ("register_institution", register_institution(wire, names))
        }
        Body::GrantQualification(wire) => ("grant_qualification", grant_qualification(wire, names)),
        Body::RevokeQualification(wire) => {
            ("revoke_qualification", revoke_qualification(wire, names))
        }
        Body::RegisterPerson(wire) => ("register_person", register_person(wire)),
        Body::DeclarePersonStatus(wire) => ("declare_person_status", declare_person_status(wire)),
        Body::EndPersonStatus(wire) => ("end_person_status", end_person_status(wire)),
        Body::ApproveClass(wire) => ("approve_class", approve_class(wire, names)),
        Body::OpenClass(wire) => ("open_class", open_class(wire)),
        Body::CloseClass(wire) => ("close_class", close_class(wire)),
        Body::EnrolPerson(wire) => ("enrol_person", enrol_person(wire)),
        Body::WithdrawEnrolment(wire) => ("withdraw_enrolment", withdraw_enrolment(wire)),
        Body::RecordAttendance(wire) => ("record_attendance", record_attendance(wire)),
        Body::CompleteTraining(wire) => ("complete_training", complete_training(wire)),
        Body::RecordAssessment(wire) => ("record_assessment", record_assessment(wire, names)),
        Body::IssueCertificate(wire) => ("issue_certificate", issue_certificate(wire, names)),
        Body::InvalidateCertificate(wire) => {
            ("invalidate_certificate", invalidate_certificate(wire))
        }
        Body::ConfirmEmployment(wire) => ("confirm_employment", confirm_employment(wire, names)),
        Body::WithdrawEmployment(wire) => ("withdraw_employment", withdraw_employment(wire)),
        Body::ApproveSubsidy(wire) => ("approve_subsidy", approve_subsidy(wire)),
        Body::OrderDisbursement(wire) => ("order_disbursement", order_disbursement(wire, names)),
        Body::SettleDisbursement(wire) => ("settle_disbursement", settle_disbursement(wire)),
        Body::ReturnDisbursement(wire) => ("return_disbursement", return_disbursement(wire)),
        Body::OpenCase(wire) => ("open_case", open_case(wire, names)),
        Body::MakeFinding(wire) => ("make_finding", make_finding(wire)),
        Body::DecideClawback(wire) => ("decide_clawback", decide_clawback(wire)),
        Body::RecordRepayment(wire) => ("record_repayment", record_repayment(wire)),
        Body::CloseCase(wire) => ("close_case", close_case(wire)),
        Body::WithdrawPolicy(wire) => ("withdraw_policy", withdraw_policy(wire)),
        Body::RecordProvincialAdjustment(wire) => (
            "record_provincial_adjustment",
            record_provincial_adjustment(wire),
        ),
        Body::RaiseOrder(wire) => ("raise_order", order::raise(wire, names)),
        Body::ListOrder(wire) => ("list_order", order::list(wire)),
        Body::SelectOrder(wire) => ("select_order", order::select(wire)),
        Body::AcceptOrder(wire) => ("accept_order", order::accept(wire, names)),
        Body::PurchaseOrder(wire) => ("purchase_order", order::purchase(wire)),
        Body::CancelOrder(wire) => ("cancel_order", order::cancel(wire)),
        Body::VerifyCertificate(wire) => ("verify_certificate", claim::verify_certificate(wire)),
        Body::SubmitClaim(wire) => ("submit_claim", claim::submit_claim(wire)),
        Body::RecordAgencyContract(wire) => (
            "record_agency_contract",
            claim::record_agency_contract(wire),
        ),
        Body::OpenPublicity(wire) => ("open_publicity", claim::open_publicity(wire)),
        Body::RaiseObjection(wire) => ("raise_objection", claim::raise_objection(wire)),
        Body::ResolveObjection(wire) => ("resolve_objection", claim::resolve_objection(wire)),
        Body::ClosePublicity(wire) => ("close_publicity", claim::close_publicity(wire)),
        Body::ApproveAward(wire) => ("approve_award", award::approve(wire, names)),
        Body::RevokeAward(wire) => ("revoke_award", award::revoke(wire)),
        Body::OrderAwardPayment(wire) => ("order_award_payment", award::order_payment(wire)),
        Body::ImposePenalty(wire) => ("impose_penalty", award::impose_penalty(wire)),
    };
    body.within(field)
}

fn publish_policy(
    wire: &v1::PublishPolicy,
    compile_policy: CompilePolicy<'_>,
) -> Result<CommandBody, DecodeError> {
    let found = wire.text.len();
    if found > POLICY_TEXT_BYTES_MAX {
        let problem = DecodeProblem::TooMany {
            max: POLICY_TEXT_BYTES_MAX,
            found,
        };
        return Err(DecodeError::new("text", problem));
    }
    let policy = compile_policy(&wire.text)
        .map_err(|problem| DecodeError::new("text", DecodeProblem::Policy(problem)))?;
    let text = Arc::from(wire.text.as_str());
    Ok(CommandBody::PublishPolicy(PublishPolicy {
        text,
        policy: Arc::new(policy),
    }))
}

fn open_account(wire: &v1::OpenAccount) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::OpenAccount(OpenAccount {
        division: division_from_proto(wire.division).within("division")?,
        fund: fund_source_from_proto(wire.fund).within("fund")?,
    }))
}

fn accrue_funds(wire: &v1::AccrueFunds) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::AccrueFunds(AccrueFunds {
        division: division_from_proto(wire.division).within("division")?,
        fund: fund_source_from_proto(wire.fund).within("fund")?,
        amount: Fen::new(wire.amount_fen),
        reference: reference(&wire.reference).within("reference")?,
        capacity: wire.capacity.as_ref().map(capacity_from_proto),
    }))
}

fn transfer_funds(wire: &v1::TransferFunds) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::TransferFunds(TransferFunds {
        from: division_from_proto(wire.from_division).within("from_division")?,
        to: division_from_proto(wire.to_division).within("to_division")?,
        fund: fund_source_from_proto(wire.fund).within("fund")?,
        amount: Fen::new(wire.amount_fen),
        reference: reference(&wire.reference).within("reference")?,
    }))
}

fn register_institution(
    wire: &v1::RegisterInstitution,
    names: &mut Interner,
) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::RegisterInstitution(RegisterInstitution {
        institution: names.credit_code(&wire.institution).within("institution")?,
        kind: institution_kind_from_proto(wire.kind).within("kind")?,
        name: reference(&wire.name).within("name")?,
        division: division_from_proto(wire.division).within("division")?,
    }))
}

fn grant_qualification(
    wire: &v1::GrantQualification,
    names: &mut Interner,
) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::GrantQualification(GrantQualification {
        institution: names.credit_code(&wire.institution).within("institution")?,
        qualification: id(&wire.qualification_id, QualificationId::from_bytes)
            .within("qualification_id")?,
        scope: scope(wire.scope.as_ref()).within("scope")?,
        valid_from: date_from_proto(wire.valid_from_date.as_ref()).within("valid_from_date")?,
        valid_until: optional_date(wire.valid_until_date.as_ref()).within("valid_until_date")?,
        decision_number: reference(&wire.decision_number).within("decision_number")?,
    }))
}

fn revoke_qualification(
    wire: &v1::RevokeQualification,
    names: &mut Interner,
) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::RevokeQualification(RevokeQualification {
        institution: names.credit_code(&wire.institution).within("institution")?,
        qualification: id(&wire.qualification_id, QualificationId::from_bytes)
            .within("qualification_id")?,
        effective_on: date_from_proto(wire.effective_date.as_ref()).within("effective_date")?,
        grounds: note(&wire.grounds).within("grounds")?,
        decision_number: reference(&wire.decision_number).within("decision_number")?,
    }))
}

fn register_person(wire: &v1::RegisterPerson) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::RegisterPerson(RegisterPerson {
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
    }))
}

fn declare_person_status(wire: &v1::DeclarePersonStatus) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::DeclarePersonStatus(DeclarePersonStatus {
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        status: person_status_from_proto(wire.status.as_ref()).within("status")?,
        valid_from: date_from_proto(wire.valid_from_date.as_ref()).within("valid_from_date")?,
        valid_until: optional_date(wire.valid_until_date.as_ref()).within("valid_until_date")?,
        source: reference(&wire.source).within("source")?,
    }))
}

fn end_person_status(wire: &v1::EndPersonStatus) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::EndPersonStatus(EndPersonStatus {
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        status: person_status_from_proto(wire.status.as_ref()).within("status")?,
        valid_until: date_from_proto(wire.valid_until_date.as_ref()).within("valid_until_date")?,
        source: reference(&wire.source).within("source")?,
    }))
}

fn approve_class(
    wire: &v1::ApproveClass,
    names: &mut Interner,
) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::ApproveClass(ApproveClass {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        institution: names.credit_code(&wire.institution).within("institution")?,
        division: division_from_proto(wire.division).within("division")?,
        fund: fund_source_from_proto(wire.fund).within("fund")?,
        scheme: scheme(&wire.scheme).within("scheme")?,
        kind: class_kind_from_proto(wire.kind).within("kind")?,
        occupation: occupation(&wire.occupation).within("occupation")?,
        level: level_from_proto(wire.level).within("level")?,
        headcount: wire.headcount,
        rate: wire.rate_fen.map(Fen::new),
        class_hours: wire.class_hours,
        starts_on: date_from_proto(wire.start_date.as_ref()).within("start_date")?,
        ends_on: date_from_proto(wire.end_date.as_ref()).within("end_date")?,
        residence: optional_division(wire.residence_division).within("residence_division")?,
        contract_number: reference(&wire.contract_number).within("contract_number")?,
        reporting: reporting(wire.reporting.as_ref()).within("reporting")?,
        order: optional_id(&wire.order_id, OrderId::from_bytes).within("order_id")?,
    }))
}

fn open_class(wire: &v1::OpenClass) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::OpenClass(OpenClass {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
    }))
}

fn close_class(wire: &v1::CloseClass) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::CloseClass(CloseClass {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
    }))
}

fn enrol_person(wire: &v1::EnrolPerson) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::EnrolPerson(EnrolPerson {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
    }))
}

fn withdraw_enrolment(wire: &v1::WithdrawEnrolment) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::WithdrawEnrolment(WithdrawEnrolment {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        reason: note(&wire.reason).within("reason")?,
    }))
}

fn record_attendance(wire: &v1::RecordAttendance) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::RecordAttendance(RecordAttendance {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        class_hours: wire.class_hours,
    }))
}

fn complete_training(wire: &v1::CompleteTraining) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::CompleteTraining(CompleteTraining {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
    }))
}

fn record_assessment(
    wire: &v1::RecordAssessment,
    names: &mut Interner,
) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::RecordAssessment(RecordAssessment {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        evaluator: names.credit_code(&wire.evaluator).within("evaluator")?,
        result: assessment_result_from_proto(wire.result).within("result")?,
    }))
}

fn issue_certificate(
    wire: &v1::IssueCertificate,
    names: &mut Interner,
) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::IssueCertificate(IssueCertificate {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        kind: certificate_kind_from_proto(wire.kind).within("kind")?,
        number: certificate_number(&wire.number).within("number")?,
        evaluator: names.credit_code(&wire.evaluator).within("evaluator")?,
        issued_on: date_from_proto(wire.issued_date.as_ref()).within("issued_date")?,
    }))
}

fn invalidate_certificate(wire: &v1::InvalidateCertificate) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::InvalidateCertificate(InvalidateCertificate {
        number: certificate_number(&wire.number).within("number")?,
        grounds: note(&wire.grounds).within("grounds")?,
        decision_number: reference(&wire.decision_number).within("decision_number")?,
    }))
}

fn confirm_employment(
    wire: &v1::ConfirmEmployment,
    names: &mut Interner,
) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::ConfirmEmployment(ConfirmEmployment {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        employer: names.credit_code(&wire.employer).within("employer")?,
        evidence: employment_evidence_from_proto(wire.evidence).within("evidence")?,
        started_on: date_from_proto(wire.started_date.as_ref()).within("started_date")?,
    }))
}

fn withdraw_employment(wire: &v1::WithdrawEmployment) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::WithdrawEmployment(WithdrawEmployment {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        reason: note(&wire.reason).within("reason")?,
    }))
}

fn approve_subsidy(wire: &v1::ApproveSubsidy) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::ApproveSubsidy(ApproveSubsidy {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
    }))
}

fn order_disbursement(
    wire: &v1::OrderDisbursement,
    names: &mut Interner,
) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::OrderDisbursement(OrderDisbursement {
        disbursement: id(&wire.disbursement_id, DisbursementId::from_bytes)
            .within("disbursement_id")?,
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        stage: disbursement_stage_from_proto(wire.stage).within("stage")?,
        payee: payee(wire.payee.as_ref(), names).within("payee")?,
        beneficiaries: list(
            "beneficiary_keys",
            &wire.beneficiary_keys,
            CLASS_SIZE_MAX,
            |key| id(key, PersonKey::from_bytes),
        )?,
        fund: optional_enum(wire.fund, fund_source_from_proto).within("fund")?,
    }))
}

fn settle_disbursement(wire: &v1::SettleDisbursement) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::SettleDisbursement(SettleDisbursement {
        disbursement: id(&wire.disbursement_id, DisbursementId::from_bytes)
            .within("disbursement_id")?,
        bank_reference: reference(&wire.bank_reference).within("bank_reference")?,
    }))
}

fn return_disbursement(wire: &v1::ReturnDisbursement) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::ReturnDisbursement(ReturnDisbursement {
        disbursement: id(&wire.disbursement_id, DisbursementId::from_bytes)
            .within("disbursement_id")?,
        kind: return_kind_from_proto(wire.kind).within("kind")?,
        bank_reference: reference(&wire.bank_reference).within("bank_reference")?,
        reason: note(&wire.reason).within("reason")?,
    }))
}

fn open_case(wire: &v1::OpenCase, names: &mut Interner) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::OpenCase(OpenCase {
        case: id(&wire.case_id, CaseId::from_bytes).within("case_id")?,
        institution: optional_credit_code(&wire.institution, names).within("institution")?,
        clue: note(&wire.clue).within("clue")?,
    }))
}

fn make_finding(wire: &v1::MakeFinding) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::MakeFinding(MakeFinding {
        case: id(&wire.case_id, CaseId::from_bytes).within("case_id")?,
        finding: id(&wire.finding_id, FindingId::from_bytes).within("finding_id")?,
        kind: finding_kind_from_proto(wire.kind).within("kind")?,
        subject: subject(&wire.class_id, &wire.award_id)?,
        persons: list("person_keys", &wire.person_keys, CLASS_SIZE_MAX, |key| {
            id(key, PersonKey::from_bytes)
        })?,
        evidence: positions("evidence_positions", &wire.evidence_positions)?,
        decision_number: reference(&wire.decision_number).within("decision_number")?,
    }))
}

fn decide_clawback(wire: &v1::DecideClawback) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::DecideClawback(DecideClawback {
        clawback: id(&wire.clawback_id, ClawbackId::from_bytes).within("clawback_id")?,
        case: id(&wire.case_id, CaseId::from_bytes).within("case_id")?,
        finding: id(&wire.finding_id, FindingId::from_bytes).within("finding_id")?,
        lines: list("lines", &wire.lines, CLASS_SIZE_MAX, clawback_request_line)?,
        decision_number: reference(&wire.decision_number).within("decision_number")?,
    }))
}

fn record_repayment(wire: &v1::RecordRepayment) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::RecordRepayment(RecordRepayment {
        debt: debt(wire.debt.as_ref()).within("debt")?,
        amount: Fen::new(wire.amount_fen),
        bank_reference: reference(&wire.bank_reference).within("bank_reference")?,
    }))
}

fn close_case(wire: &v1::CloseCase) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::CloseCase(CloseCase {
        case: id(&wire.case_id, CaseId::from_bytes).within("case_id")?,
        outcome: note(&wire.outcome).within("outcome")?,
    }))
}

fn withdraw_policy(wire: &v1::WithdrawPolicy) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::WithdrawPolicy(WithdrawPolicy {
        policy_id: reference(&wire.policy_id).within("policy_id")?,
        version: wire.version,
        effective_on: date_from_proto(wire.effective_date.as_ref()).within("effective_date")?,
        grounds: note(&wire.grounds).within("grounds")?,
        decision_number: reference(&wire.decision_number).within("decision_number")?,
    }))
}

fn record_provincial_adjustment(
    wire: &v1::RecordProvincialAdjustment,
) -> Result<CommandBody, DecodeError> {
    let capacity = wire
        .capacity
        .as_ref()
        .ok_or_else(|| DecodeError::new("capacity", DecodeProblem::Missing))?;
    Ok(CommandBody::RecordProvincialAdjustment(
        RecordProvincialAdjustment {
            division: division_from_proto(wire.division).within("division")?,
            fund: fund_source_from_proto(wire.fund).within("fund")?,
            amount: Fen::new(wire.amount_fen),
            capacity: capacity_from_proto(capacity),
            reference: reference(&wire.reference).within("reference")?,
        },
    ))
}

fn clawback_request_line(
    wire: &v1::ClawbackRequestLine,
) -> Result<ClawbackRequestLine, DecodeError> {
    let disbursement = id(&wire.disbursement_id, DisbursementId::from_bytes);
    Ok(ClawbackRequestLine {
        disbursement: disbursement.within("disbursement_id")?,
        beneficiary: optional_id(&wire.beneficiary_key, PersonKey::from_bytes)
            .within("beneficiary_key")?,
        amount: Fen::new(wire.amount_fen),
    })
}

/// Positions that a caller names.
fn positions(field: &'static str, wire: &[u64]) -> Result<Vec<Position>, DecodeError> {
    list(field, wire, CALLER_CAUSES_MAX, |number| position(*number))
}
