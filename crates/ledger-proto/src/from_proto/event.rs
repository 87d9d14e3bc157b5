//! Events, one function per kind.

mod award;
mod claim;
mod order;

use std::sync::Arc;

use ledger_core::event::{
    AccountOpened, AssessmentRecorded, AttendanceRecorded, CaseClosed, CaseOpened,
    CertificateInvalidated, CertificateIssued, ClassApproved, ClassClosed, ClassOpened,
    ClawbackDecided, ClawbackLine, DisbursementLine, DisbursementOrdered, DisbursementReturned,
    DisbursementSettled, EmploymentConfirmed, EmploymentWithdrawn, EnrolmentWithdrawn, EventBody,
    FindingMade, FundsAccrued, FundsTransferred, InstitutionRegistered, PersonEnrolled,
    PersonRegistered, PersonStatusDeclared, PersonStatusEnded, PolicyPublished, PolicyWithdrawn,
    ProjectSettled, ProvincialAdjustmentReceived, QualificationGranted, QualificationRevoked,
    RateSource, RecordedEvent, RepaymentReceived, SettlementLine, SubsidyApproved,
    TrainingCompleted,
};
use ledger_core::{
    CaseId, ClassId, ClawbackId, DisbursementId, Event, EventId, Fen, FindingId, OrderId,
    PersonKey, QualificationId, Tag,
};

use super::value::{
    certificate_number, digest, fiscal_year, id, list, note, occupation, optional_credit_code,
    optional_date, optional_division, optional_id, optional_position, position, reference, scheme,
    subject,
};
use super::{
    account_key_from_proto, applied_rule_from_proto, assessment_result_from_proto,
    capacity_from_proto, certificate_kind_from_proto, class_kind_from_proto, date_from_proto,
    debt_from_proto, disbursement_stage_from_proto, division_from_proto, document_kind_from_proto,
    employment_evidence_from_proto, event_kind_from_proto, finding_kind_from_proto,
    fund_source_from_proto, institution_kind_from_proto, level_from_proto, payee_from_proto,
    person_status_from_proto, posting_from_proto, reporting_from_proto, return_kind_from_proto,
    scope_from_proto, settlement_outcome_from_proto, tag_from_proto, time_from_proto,
};
use crate::error::{DecodeError, DecodeProblem, Within as _};
use crate::interner::Interner;
use crate::to_proto::PAYLOAD_VERSION;
use crate::v1::{self, recorded_event::Body};

/// Reads a recorded event.
///
/// # Errors
///
/// Names the field that is not what the contract asks for.
pub fn recorded_event_from_proto(
    wire: &v1::RecordedEvent,
    names: &mut Interner,
) -> Result<RecordedEvent, DecodeError> {
    if wire.payload_version != PAYLOAD_VERSION {
        let problem = DecodeProblem::PayloadVersion(wire.payload_version);
        return Err(DecodeError::new("payload_version", problem));
    }
    let body = wire
        .body
        .as_ref()
        .ok_or(DecodeProblem::Missing)
        .map_err(DecodeError::from);
    let body = event_body_from_proto(body.within("body")?, names)?;
    if event_kind_from_proto(wire.kind).within("kind")? != body.kind() {
        return Err(DecodeError::new(
            "kind",
            DecodeProblem::KindMismatch(wire.kind),
        ));
    }
    Ok(RecordedEvent {
        position: position(wire.position).within("position")?,
        event_id: id(&wire.event_id, EventId::from_bytes).within("event_id")?,
        recorded_at: time_from_proto(wire.recorded_time.as_ref()).within("recorded_time")?,
        actor: names.text(&wire.actor),
        source_system: names.text(&wire.source_system),
        event: Event {
            occurred_on: date_from_proto(wire.occurred_date.as_ref()).within("occurred_date")?,
            causes: list("causes", &wire.causes, usize::MAX, |cause| position(*cause))?,
            policy: optional_position(wire.policy_position),
            tags: list("tags", &wire.tags, usize::MAX, |tag| stored_tag(tag, names))?,
            postings: list("postings", &wire.postings, usize::MAX, posting_from_proto)?,
            body,
        },
    })
}

/// Reads the fact itself.
///
/// # Errors
///
/// Names the field that is not what the contract asks for.
#[expect(
    clippy::too_many_lines,
    reason = "one arm per kind, so that the match is exhaustive"
)]
pub fn event_body_from_proto(body: &Body, names: &mut Interner) -> Result<EventBody, DecodeError> {
    let (field, body) = match body {
        Body::PolicyPublished(wire) => (
            "policy_published",
            policy_published(wire).map(EventBody::PolicyPublished),
        ),
        Body::PolicyWithdrawn(wire) => ("policy_withdrawn", policy_withdrawn(wire)),
        Body::CataloguePublished(wire) => (
            "catalogue_published",
            policy_published(wire).map(EventBody::CataloguePublished),
        ),
        Body::AccountOpened(wire) => ("account_opened", account_opened(wire)),
        Body::FundsAccrued(wire) => ("funds_accrued", funds_accrued(wire)),
        Body::FundsTransferred(wire) => ("funds_transferred", funds_transferred(wire)),
        Body::ProvincialAdjustmentReceived(wire) => (
            "provincial_adjustment_received",
            provincial_adjustment_received(wire),
        ),
        Body::InstitutionRegistered(wire) => (
            "institution_registered",
            institution_registered(wire, names),
        ),
        Body::QualificationGranted(wire) => {
            ("qualification_granted", qualification_granted(wire, names))
        }
        Body::QualificationRevoked(wire) => {
            ("qualification_revoked", qualification_revoked(wire, names))
        }
        Body::PersonRegistered(wire) => ("person_registered", person_registered(wire)),
        Body::PersonStatusDeclared(wire) => {
            ("person_status_declared", person_status_declared(wire))
        }
        Body::PersonStatusEnded(wire) => ("person_status_ended", person_status_ended(wire)),
        Body::ClassApproved(wire) => ("class_approved", class_approved(wire, names)),
        Body::ClassOpened(wire) => ("class_opened", class_opened(wire)),
        Body::ClassClosed(wire) => ("class_closed", class_closed(wire)),
        Body::OrderRaised(wire) => ("order_raised", order::raised(wire, names)),
        Body::OrderListed(wire) => ("order_listed", order::listed(wire)),
        Body::OrderSelected(wire) => ("order_selected", order::selected(wire)),
        Body::OrderAccepted(wire) => ("order_accepted", order::accepted(wire, names)),
        Body::OrderPurchased(wire) => ("order_purchased", order::purchased(wire)),
        Body::OrderCancelled(wire) => ("order_cancelled", order::cancelled(wire)),
        Body::PersonEnrolled(wire) => ("person_enrolled", person_enrolled(wire)),
        Body::EnrolmentWithdrawn(wire) => ("enrolment_withdrawn", enrolment_withdrawn(wire)),
        Body::AttendanceRecorded(wire) => ("attendance_recorded", attendance_recorded(wire)),
        Body::TrainingCompleted(wire) => ("training_completed", training_completed(wire)),
        Body::AssessmentRecorded(wire) => ("assessment_recorded", assessment_recorded(wire, names)),
        Body::CertificateIssued(wire) => ("certificate_issued", certificate_issued(wire, names)),
        Body::CertificateInvalidated(wire) => {
            ("certificate_invalidated", certificate_invalidated(wire))
        }
        Body::CertificateVerified(wire) => {
            ("certificate_verified", claim::certificate_verified(wire))
        }
        Body::EmploymentConfirmed(wire) => {
            ("employment_confirmed", employment_confirmed(wire, names))
        }
        Body::EmploymentWithdrawn(wire) => ("employment_withdrawn", employment_withdrawn(wire)),
        Body::SubsidyApproved(wire) => ("subsidy_approved", subsidy_approved(wire)),
        Body::ProjectSettled(wire) => ("project_settled", project_settled(wire)),
        Body::ClaimSubmitted(wire) => ("claim_submitted", claim::submitted(wire)),
        Body::AgencyContractRecorded(wire) => (
            "agency_contract_recorded",
            claim::agency_contract_recorded(wire, names),
        ),
        Body::PublicityOpened(wire) => ("publicity_opened", claim::publicity_opened(wire)),
        Body::ObjectionRaised(wire) => ("objection_raised", claim::objection_raised(wire)),
        Body::ObjectionResolved(wire) => ("objection_resolved", claim::objection_resolved(wire)),
        Body::PublicityClosed(wire) => ("publicity_closed", claim::publicity_closed(wire)),
        Body::AwardApproved(wire) => ("award_approved", award::approved(wire, names)),
        Body::AwardRevoked(wire) => ("award_revoked", award::revoked(wire)),
        Body::DisbursementOrdered(wire) => {
            ("disbursement_ordered", disbursement_ordered(wire, names))
        }
        Body::DisbursementSettled(wire) => ("disbursement_settled", disbursement_settled(wire)),
        Body::DisbursementReturned(wire) => ("disbursement_returned", disbursement_returned(wire)),
        Body::CaseOpened(wire) => ("case_opened", case_opened(wire, names)),
        Body::FindingMade(wire) => ("finding_made", finding_made(wire)),
        Body::CaseClosed(wire) => ("case_closed", case_closed(wire)),
        Body::ClawbackDecided(wire) => ("clawback_decided", clawback_decided(wire, names)),
        Body::RepaymentReceived(wire) => ("repayment_received", repayment_received(wire)),
        Body::PenaltyImposed(wire) => ("penalty_imposed", award::penalty_imposed(wire, names)),
    };
    body.within(field)
}

fn stored_tag(wire: &v1::Tag, names: &mut Interner) -> Result<Tag, DecodeError> {
    match tag_from_proto(wire, names)? {
        Tag::LedgerAccount(_) => Err(DecodeProblem::DerivedTag.into()),
        tag => Ok(tag),
    }
}

fn policy_published(wire: &v1::PolicyPublished) -> Result<PolicyPublished, DecodeError> {
    Ok(PolicyPublished {
        policy_id: reference(&wire.policy_id).within("policy_id")?,
        version: wire.version,
        document_number: reference(&wire.document_number).within("document_number")?,
        division: division_from_proto(wire.division).within("division")?,
        valid_from: date_from_proto(wire.valid_from_date.as_ref()).within("valid_from_date")?,
        valid_until: optional_date(wire.valid_until_date.as_ref()).within("valid_until_date")?,
        text: Arc::from(wire.text.as_str()),
        digest: digest(&wire.digest).within("digest")?,
        document_kind: document_kind_from_proto(wire.document_kind).within("document_kind")?,
    })
}

fn policy_withdrawn(wire: &v1::PolicyWithdrawn) -> Result<EventBody, DecodeError> {
    Ok(EventBody::PolicyWithdrawn(PolicyWithdrawn {
        policy_id: reference(&wire.policy_id).within("policy_id")?,
        version: wire.version,
        published: position(wire.published_position).within("published_position")?,
        effective_on: date_from_proto(wire.effective_date.as_ref()).within("effective_date")?,
        grounds: note(&wire.grounds).within("grounds")?,
        decision_number: reference(&wire.decision_number).within("decision_number")?,
    }))
}

fn account_opened(wire: &v1::AccountOpened) -> Result<EventBody, DecodeError> {
    Ok(EventBody::AccountOpened(AccountOpened {
        account: account_key_from_proto(wire.account.as_ref()).within("account")?,
    }))
}

fn funds_accrued(wire: &v1::FundsAccrued) -> Result<EventBody, DecodeError> {
    Ok(EventBody::FundsAccrued(FundsAccrued {
        account: account_key_from_proto(wire.account.as_ref()).within("account")?,
        amount: Fen::new(wire.amount_fen),
        reference: reference(&wire.reference).within("reference")?,
        capacity: wire.capacity.as_ref().map(capacity_from_proto),
    }))
}

fn provincial_adjustment_received(
    wire: &v1::ProvincialAdjustmentReceived,
) -> Result<EventBody, DecodeError> {
    let capacity = wire
        .capacity
        .as_ref()
        .ok_or_else(|| DecodeError::new("capacity", DecodeProblem::Missing))?;
    Ok(EventBody::ProvincialAdjustmentReceived(
        ProvincialAdjustmentReceived {
            account: account_key_from_proto(wire.account.as_ref()).within("account")?,
            amount: Fen::new(wire.amount_fen),
            capacity: capacity_from_proto(capacity),
            reference: reference(&wire.reference).within("reference")?,
        },
    ))
}

fn funds_transferred(wire: &v1::FundsTransferred) -> Result<EventBody, DecodeError> {
    Ok(EventBody::FundsTransferred(FundsTransferred {
        from: division_from_proto(wire.from_division).within("from_division")?,
        to: division_from_proto(wire.to_division).within("to_division")?,
        fund: fund_source_from_proto(wire.fund).within("fund")?,
        amount: Fen::new(wire.amount_fen),
        reference: reference(&wire.reference).within("reference")?,
    }))
}

fn institution_registered(
    wire: &v1::InstitutionRegistered,
    names: &mut Interner,
) -> Result<EventBody, DecodeError> {
    Ok(EventBody::InstitutionRegistered(InstitutionRegistered {
        institution: names.credit_code(&wire.institution).within("institution")?,
        kind: institution_kind_from_proto(wire.kind).within("kind")?,
        name: reference(&wire.name).within("name")?,
        division: division_from_proto(wire.division).within("division")?,
    }))
}

fn qualification_granted(
    wire: &v1::QualificationGranted,
    names: &mut Interner,
) -> Result<EventBody, DecodeError> {
    Ok(EventBody::QualificationGranted(QualificationGranted {
        institution: names.credit_code(&wire.institution).within("institution")?,
        qualification: id(&wire.qualification_id, QualificationId::from_bytes)
            .within("qualification_id")?,
        scope: scope_from_proto(wire.scope.as_ref()).within("scope")?,
        valid_from: date_from_proto(wire.valid_from_date.as_ref()).within("valid_from_date")?,
        valid_until: optional_date(wire.valid_until_date.as_ref()).within("valid_until_date")?,
        decision_number: reference(&wire.decision_number).within("decision_number")?,
    }))
}

fn qualification_revoked(
    wire: &v1::QualificationRevoked,
    names: &mut Interner,
) -> Result<EventBody, DecodeError> {
    Ok(EventBody::QualificationRevoked(QualificationRevoked {
        institution: names.credit_code(&wire.institution).within("institution")?,
        qualification: id(&wire.qualification_id, QualificationId::from_bytes)
            .within("qualification_id")?,
        effective_on: date_from_proto(wire.effective_date.as_ref()).within("effective_date")?,
        grounds: note(&wire.grounds).within("grounds")?,
        decision_number: reference(&wire.decision_number).within("decision_number")?,
    }))
}

fn person_registered(wire: &v1::PersonRegistered) -> Result<EventBody, DecodeError> {
    Ok(EventBody::PersonRegistered(PersonRegistered {
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
    }))
}

fn person_status_declared(wire: &v1::PersonStatusDeclared) -> Result<EventBody, DecodeError> {
    Ok(EventBody::PersonStatusDeclared(PersonStatusDeclared {
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        status: person_status_from_proto(wire.status.as_ref()).within("status")?,
        valid_from: date_from_proto(wire.valid_from_date.as_ref()).within("valid_from_date")?,
        valid_until: optional_date(wire.valid_until_date.as_ref()).within("valid_until_date")?,
        source: reference(&wire.source).within("source")?,
    }))
}

fn person_status_ended(wire: &v1::PersonStatusEnded) -> Result<EventBody, DecodeError> {
    Ok(EventBody::PersonStatusEnded(PersonStatusEnded {
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        status: person_status_from_proto(wire.status.as_ref()).within("status")?,
        valid_until: date_from_proto(wire.valid_until_date.as_ref()).within("valid_until_date")?,
        source: reference(&wire.source).within("source")?,
    }))
}

fn class_approved(
    wire: &v1::ClassApproved,
    names: &mut Interner,
) -> Result<EventBody, DecodeError> {
    Ok(EventBody::ClassApproved(ClassApproved {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        institution: names.credit_code(&wire.institution).within("institution")?,
        account: account_key_from_proto(wire.account.as_ref()).within("account")?,
        scheme: scheme(&wire.scheme).within("scheme")?,
        kind: class_kind_from_proto(wire.kind).within("kind")?,
        occupation: occupation(&wire.occupation).within("occupation")?,
        level: level_from_proto(wire.level).within("level")?,
        headcount: wire.headcount,
        rate: Fen::new(wire.rate_fen),
        class_hours: wire.class_hours,
        starts_on: date_from_proto(wire.start_date.as_ref()).within("start_date")?,
        ends_on: date_from_proto(wire.end_date.as_ref()).within("end_date")?,
        residence: optional_division(wire.residence_division).within("residence_division")?,
        contract_number: reference(&wire.contract_number).within("contract_number")?,
        rate_source: rate_source(wire.rate_source.as_ref())?,
        scarce: wire.scarce,
        reporting: reporting_from_proto(wire.reporting.as_ref()).within("reporting")?,
        order: optional_id(&wire.order_id, OrderId::from_bytes).within("order_id")?,
    }))
}

fn rate_source(wire: Option<&v1::class_approved::RateSource>) -> Result<RateSource, DecodeError> {
    use v1::class_approved::RateSource as Wire;
    Ok(match wire {
        None => RateSource::Contract,
        Some(Wire::RateBelowPosition(policy)) => {
            RateSource::Below(position(*policy).within("rate_below_position")?)
        }
        Some(Wire::RateStandardPosition(policy)) => {
            RateSource::Standard(position(*policy).within("rate_standard_position")?)
        }
    })
}

fn class_opened(wire: &v1::ClassOpened) -> Result<EventBody, DecodeError> {
    Ok(EventBody::ClassOpened(ClassOpened {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
    }))
}

fn class_closed(wire: &v1::ClassClosed) -> Result<EventBody, DecodeError> {
    Ok(EventBody::ClassClosed(ClassClosed {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
    }))
}

fn person_enrolled(wire: &v1::PersonEnrolled) -> Result<EventBody, DecodeError> {
    Ok(EventBody::PersonEnrolled(PersonEnrolled {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
    }))
}

fn enrolment_withdrawn(wire: &v1::EnrolmentWithdrawn) -> Result<EventBody, DecodeError> {
    Ok(EventBody::EnrolmentWithdrawn(EnrolmentWithdrawn {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        reason: note(&wire.reason).within("reason")?,
    }))
}

fn attendance_recorded(wire: &v1::AttendanceRecorded) -> Result<EventBody, DecodeError> {
    Ok(EventBody::AttendanceRecorded(AttendanceRecorded {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        class_hours: wire.class_hours,
    }))
}

fn training_completed(wire: &v1::TrainingCompleted) -> Result<EventBody, DecodeError> {
    Ok(EventBody::TrainingCompleted(TrainingCompleted {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        class_hours: wire.class_hours,
    }))
}

fn assessment_recorded(
    wire: &v1::AssessmentRecorded,
    names: &mut Interner,
) -> Result<EventBody, DecodeError> {
    Ok(EventBody::AssessmentRecorded(AssessmentRecorded {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        evaluator: names.credit_code(&wire.evaluator).within("evaluator")?,
        result: assessment_result_from_proto(wire.result).within("result")?,
    }))
}

fn certificate_issued(
    wire: &v1::CertificateIssued,
    names: &mut Interner,
) -> Result<EventBody, DecodeError> {
    Ok(EventBody::CertificateIssued(CertificateIssued {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        kind: certificate_kind_from_proto(wire.kind).within("kind")?,
        number: certificate_number(&wire.number).within("number")?,
        evaluator: names.credit_code(&wire.evaluator).within("evaluator")?,
        issued_on: date_from_proto(wire.issued_date.as_ref()).within("issued_date")?,
    }))
}

fn certificate_invalidated(wire: &v1::CertificateInvalidated) -> Result<EventBody, DecodeError> {
    Ok(EventBody::CertificateInvalidated(CertificateInvalidated {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        number: certificate_number(&wire.number).within("number")?,
        grounds: note(&wire.grounds).within("grounds")?,
        decision_number: reference(&wire.decision_number).within("decision_number")?,
        approval_lapses: wire.approval_lapses,
        frees_quota: wire.frees_quota,
    }))
}

fn employment_confirmed(
    wire: &v1::EmploymentConfirmed,
    names: &mut Interner,
) -> Result<EventBody, DecodeError> {
    Ok(EventBody::EmploymentConfirmed(EmploymentConfirmed {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        employer: names.credit_code(&wire.employer).within("employer")?,
        evidence: employment_evidence_from_proto(wire.evidence).within("evidence")?,
        started_on: date_from_proto(wire.started_date.as_ref()).within("started_date")?,
        counts: wire.counts,
    }))
}

fn employment_withdrawn(wire: &v1::EmploymentWithdrawn) -> Result<EventBody, DecodeError> {
    Ok(EventBody::EmploymentWithdrawn(EmploymentWithdrawn {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        reason: note(&wire.reason).within("reason")?,
        counted: wire.counted,
    }))
}

fn subsidy_approved(wire: &v1::SubsidyApproved) -> Result<EventBody, DecodeError> {
    Ok(EventBody::SubsidyApproved(SubsidyApproved {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        amount: Fen::new(wire.amount_fen),
        quota_year: wire.quota_year,
        quota_used: wire.quota_used,
        quota_limit: wire.quota_limit,
        applied: list(
            "applied",
            &wire.applied,
            usize::MAX,
            applied_rule_from_proto,
        )?,
    }))
}

fn project_settled(wire: &v1::ProjectSettled) -> Result<EventBody, DecodeError> {
    Ok(EventBody::ProjectSettled(ProjectSettled {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        employed: wire.employed,
        base: wire.base,
        outcome: settlement_outcome_from_proto(wire.outcome).within("outcome")?,
        lines: list("lines", &wire.lines, usize::MAX, settlement_line)?,
        payable: Fen::new(wire.payable_fen),
        excess: Fen::new(wire.excess_fen),
    }))
}

fn disbursement_ordered(
    wire: &v1::DisbursementOrdered,
    names: &mut Interner,
) -> Result<EventBody, DecodeError> {
    Ok(EventBody::DisbursementOrdered(DisbursementOrdered {
        disbursement: id(&wire.disbursement_id, DisbursementId::from_bytes)
            .within("disbursement_id")?,
        subject: subject(&wire.class_id, &wire.award_id)?,
        account: account_key_from_proto(wire.account.as_ref()).within("account")?,
        stage: disbursement_stage_from_proto(wire.stage).within("stage")?,
        payee: payee_from_proto(wire.payee.as_ref(), names).within("payee")?,
        lines: list("lines", &wire.lines, usize::MAX, disbursement_line)?,
        total: Fen::new(wire.total_fen),
    }))
}

fn disbursement_settled(wire: &v1::DisbursementSettled) -> Result<EventBody, DecodeError> {
    Ok(EventBody::DisbursementSettled(DisbursementSettled {
        disbursement: id(&wire.disbursement_id, DisbursementId::from_bytes)
            .within("disbursement_id")?,
        bank_reference: reference(&wire.bank_reference).within("bank_reference")?,
        fiscal_year: fiscal_year(wire.fiscal_year).within("fiscal_year")?,
    }))
}

fn disbursement_returned(wire: &v1::DisbursementReturned) -> Result<EventBody, DecodeError> {
    Ok(EventBody::DisbursementReturned(DisbursementReturned {
        disbursement: id(&wire.disbursement_id, DisbursementId::from_bytes)
            .within("disbursement_id")?,
        kind: return_kind_from_proto(wire.kind).within("kind")?,
        bank_reference: reference(&wire.bank_reference).within("bank_reference")?,
        reason: note(&wire.reason).within("reason")?,
        frees_quota: list(
            "frees_quota_keys",
            &wire.frees_quota_keys,
            usize::MAX,
            |key| id(key, PersonKey::from_bytes),
        )?,
    }))
}

fn case_opened(wire: &v1::CaseOpened, names: &mut Interner) -> Result<EventBody, DecodeError> {
    Ok(EventBody::CaseOpened(CaseOpened {
        case: id(&wire.case_id, CaseId::from_bytes).within("case_id")?,
        institution: optional_credit_code(&wire.institution, names).within("institution")?,
        clue: note(&wire.clue).within("clue")?,
    }))
}

fn finding_made(wire: &v1::FindingMade) -> Result<EventBody, DecodeError> {
    Ok(EventBody::FindingMade(FindingMade {
        case: id(&wire.case_id, CaseId::from_bytes).within("case_id")?,
        finding: id(&wire.finding_id, FindingId::from_bytes).within("finding_id")?,
        kind: finding_kind_from_proto(wire.kind).within("kind")?,
        subject: subject(&wire.class_id, &wire.award_id)?,
        persons: list("person_keys", &wire.person_keys, usize::MAX, |key| {
            id(key, PersonKey::from_bytes)
        })?,
        decision_number: reference(&wire.decision_number).within("decision_number")?,
    }))
}

fn case_closed(wire: &v1::CaseClosed) -> Result<EventBody, DecodeError> {
    Ok(EventBody::CaseClosed(CaseClosed {
        case: id(&wire.case_id, CaseId::from_bytes).within("case_id")?,
        outcome: note(&wire.outcome).within("outcome")?,
    }))
}

fn clawback_decided(
    wire: &v1::ClawbackDecided,
    names: &mut Interner,
) -> Result<EventBody, DecodeError> {
    Ok(EventBody::ClawbackDecided(ClawbackDecided {
        clawback: id(&wire.clawback_id, ClawbackId::from_bytes).within("clawback_id")?,
        case: id(&wire.case_id, CaseId::from_bytes).within("case_id")?,
        finding: id(&wire.finding_id, FindingId::from_bytes).within("finding_id")?,
        subject: subject(&wire.class_id, &wire.award_id)?,
        account: account_key_from_proto(wire.account.as_ref()).within("account")?,
        debtor: payee_from_proto(wire.debtor.as_ref(), names).within("debtor")?,
        lines: list("lines", &wire.lines, usize::MAX, clawback_line)?,
        total: Fen::new(wire.total_fen),
        decision_number: reference(&wire.decision_number).within("decision_number")?,
    }))
}

fn repayment_received(wire: &v1::RepaymentReceived) -> Result<EventBody, DecodeError> {
    Ok(EventBody::RepaymentReceived(RepaymentReceived {
        debt: debt_from_proto(wire.debt.as_ref()).within("debt")?,
        amount: Fen::new(wire.amount_fen),
        outstanding: Fen::new(wire.outstanding_fen),
        bank_reference: reference(&wire.bank_reference).within("bank_reference")?,
    }))
}

fn settlement_line(wire: &v1::SettlementLine) -> Result<SettlementLine, DecodeError> {
    Ok(SettlementLine {
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        earned: Fen::new(wire.earned_fen),
        advanced: Fen::new(wire.advanced_fen),
        frees_quota: wire.frees_quota,
    })
}

fn disbursement_line(wire: &v1::DisbursementLine) -> Result<DisbursementLine, DecodeError> {
    Ok(DisbursementLine {
        beneficiary: id(&wire.beneficiary_key, PersonKey::from_bytes).within("beneficiary_key")?,
        amount: Fen::new(wire.amount_fen),
        takes_quota_year: wire.takes_quota_year,
    })
}

fn clawback_line(wire: &v1::ClawbackLine) -> Result<ClawbackLine, DecodeError> {
    let disbursement = id(&wire.disbursement_id, DisbursementId::from_bytes);
    Ok(ClawbackLine {
        disbursement: disbursement.within("disbursement_id")?,
        beneficiary: optional_id(&wire.beneficiary_key, PersonKey::from_bytes)
            .within("beneficiary_key")?,
        amount: Fen::new(wire.amount_fen),
        frees_quota: wire.frees_quota,
    })
}
