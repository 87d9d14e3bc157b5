//! Events, one function per kind.

mod award;
mod claim;
mod order;

use ledger_core::command::Debt;
use ledger_core::event::{
    AccountOpened, AgencyContractRecorded, AssessmentRecorded, AssessmentResult,
    AttendanceRecorded, AwardRevoked, CaseClosed, CaseOpened, CertificateInvalidated,
    CertificateIssued, CertificateVerified, ClaimSubmitted, ClassApproved, ClassClosed,
    ClassOpened, ClawbackDecided, ClawbackLine, DisbursementLine, DisbursementOrdered,
    DisbursementReturned, DisbursementSettled, EmploymentConfirmed, EmploymentWithdrawn,
    EnrolmentWithdrawn, EventBody, FindingMade, FundsAccrued, FundsTransferred,
    InstitutionRegistered, ObjectionRaised, ObjectionResolved, OrderAccepted, OrderCancelled,
    OrderListed, OrderPurchased, OrderSelected, PayingCapacity, PersonEnrolled, PersonRegistered,
    PersonStatus, PersonStatusDeclared, PersonStatusEnded, PolicyPublished, PolicyWithdrawn,
    ProjectSettled, ProvincialAdjustmentReceived, PublicityClosed, PublicityOpened,
    QualificationGranted, QualificationRevoked, RateSource, RecordedEvent, RepaymentReceived,
    SettlementLine, SubsidyApproved, TrainingCompleted,
};
use ledger_core::{
    AccountKey, BusinessDate, CaseId, ClassId, CreditCode, DisbursementId, Division, Fen,
    FundSource, Note, OrderId, PersonKey, Reference, Tag,
};

use super::value::{
    bytes, credit_code, fen, optional_bytes, optional_division, optional_position, positions,
    subject,
};
use super::{
    account_key_to_proto, applied_rule_to_proto, assessment_result_to_proto, capacity_to_proto,
    certificate_kind_to_proto, class_kind_to_proto, date_to_proto, debt_to_proto,
    disbursement_stage_to_proto, document_kind_to_proto, employment_evidence_to_proto,
    event_kind_to_proto, finding_kind_to_proto, fund_source_to_proto, institution_kind_to_proto,
    level_to_proto, payee_to_proto, person_status_to_proto, posting_to_proto, reporting_to_proto,
    return_kind_to_proto, scope_to_proto, settlement_outcome_to_proto, tag_to_proto, time_to_proto,
};
use crate::v1::{self, recorded_event::Body};

/// The layout of every event body so far.
pub const PAYLOAD_VERSION: u32 = 1;

/// Translates a recorded event.
///
/// Ledger account tags are left out: the postings say them already.
#[must_use]
pub fn recorded_event_to_proto(recorded: &RecordedEvent) -> v1::RecordedEvent {
    let event = &recorded.event;
    let is_stored = |tag: &&Tag| !matches!(tag, Tag::LedgerAccount(_));
    v1::RecordedEvent {
        position: recorded.position.get(),
        event_id: bytes(recorded.event_id.as_bytes()),
        kind: event_kind_to_proto(event.body.kind()).into(),
        payload_version: PAYLOAD_VERSION,
        occurred_date: Some(date_to_proto(event.occurred_on)),
        recorded_time: Some(time_to_proto(recorded.recorded_at)),
        actor: recorded.actor.as_ref().to_owned(),
        source_system: recorded.source_system.as_ref().to_owned(),
        causes: positions(&event.causes),
        policy_position: optional_position(event.policy),
        tags: event
            .tags
            .iter()
            .filter(is_stored)
            .map(tag_to_proto)
            .collect(),
        postings: event.postings.iter().map(posting_to_proto).collect(),
        body: Some(event_body_to_proto(&event.body)),
    }
}

/// Translates the fact itself.
#[must_use]
#[expect(
    clippy::too_many_lines,
    reason = "one arm per kind, so that the match is exhaustive"
)]
pub fn event_body_to_proto(body: &EventBody) -> Body {
    match body {
        EventBody::PolicyPublished(event) => Body::PolicyPublished(policy_published(event)),
        EventBody::CataloguePublished(event) => Body::CataloguePublished(policy_published(event)),
        EventBody::PolicyWithdrawn(PolicyWithdrawn {
            policy_id,
            version,
            published,
            effective_on,
            grounds,
            decision_number,
        }) => Body::PolicyWithdrawn(v1::PolicyWithdrawn {
            policy_id: policy_id.as_str().to_owned(),
            version: *version,
            published_position: published.get(),
            effective_date: Some(date_to_proto(*effective_on)),
            grounds: grounds.as_str().to_owned(),
            decision_number: decision_number.as_str().to_owned(),
        }),
        EventBody::ProvincialAdjustmentReceived(event) => provincial_adjustment_received(event),
        EventBody::OrderRaised(event) => order::raised(event),
        EventBody::OrderListed(OrderListed { order }) => order::listed(*order),
        EventBody::OrderSelected(OrderSelected { order, person }) => {
            order::selected(*order, *person)
        }
        EventBody::OrderAccepted(OrderAccepted { order, institution }) => {
            order::accepted(*order, institution)
        }
        EventBody::OrderPurchased(OrderPurchased {
            order,
            contract_number,
        }) => order::purchased(*order, contract_number),
        EventBody::OrderCancelled(OrderCancelled { order, reason }) => {
            order::cancelled(*order, reason)
        }
        EventBody::CertificateVerified(CertificateVerified {
            class,
            person,
            number,
            source,
        }) => claim::certificate_verified(*class, *person, number, source),
        EventBody::ClaimSubmitted(ClaimSubmitted {
            class,
            person,
            route,
        }) => claim::submitted(*class, *person, *route),
        EventBody::AgencyContractRecorded(AgencyContractRecorded {
            class,
            person,
            institution,
            contract_number,
        }) => claim::agency_contract_recorded(*class, *person, institution, contract_number),
        EventBody::PublicityOpened(PublicityOpened {
            class,
            approvals,
            place,
        }) => claim::publicity_opened(*class, *approvals, place),
        EventBody::ObjectionRaised(ObjectionRaised {
            class,
            person,
            grounds,
        }) => claim::objection_raised(*class, *person, grounds),
        EventBody::ObjectionResolved(ObjectionResolved {
            class,
            objection,
            person,
            upheld,
            grounds,
        }) => claim::objection_resolved(*class, *objection, *person, *upheld, grounds),
        EventBody::PublicityClosed(PublicityClosed { class }) => claim::publicity_closed(*class),
        EventBody::AwardApproved(event) => award::approved(event),
        EventBody::AwardRevoked(AwardRevoked {
            award,
            grounds,
            decision_number,
        }) => award::revoked(*award, grounds, decision_number),
        EventBody::PenaltyImposed(event) => award::penalty_imposed(event),
        EventBody::AccountOpened(AccountOpened { account }) => account_opened(*account),
        EventBody::FundsAccrued(FundsAccrued {
            account,
            amount,
            reference,
            capacity,
        }) => funds_accrued(*account, *amount, reference, *capacity),
        EventBody::FundsTransferred(FundsTransferred {
            from,
            to,
            fund,
            amount,
            reference,
        }) => funds_transferred(*from, *to, *fund, *amount, reference),
        EventBody::InstitutionRegistered(event) => institution_registered(event),
        EventBody::QualificationGranted(event) => qualification_granted(event),
        EventBody::QualificationRevoked(event) => qualification_revoked(event),
        EventBody::PersonRegistered(PersonRegistered { person }) => person_registered(*person),
        EventBody::PersonStatusDeclared(event) => person_status_declared(event),
        EventBody::PersonStatusEnded(PersonStatusEnded {
            person,
            status,
            valid_until,
            source,
        }) => person_status_ended(*person, *status, *valid_until, source),
        EventBody::ClassApproved(event) => class_approved(event),
        EventBody::ClassOpened(ClassOpened { class }) => class_opened(*class),
        EventBody::ClassClosed(ClassClosed { class }) => class_closed(*class),
        EventBody::PersonEnrolled(PersonEnrolled { class, person }) => {
            person_enrolled(*class, *person)
        }
        EventBody::EnrolmentWithdrawn(EnrolmentWithdrawn {
            class,
            person,
            reason,
        }) => enrolment_withdrawn(*class, *person, reason),
        EventBody::AttendanceRecorded(AttendanceRecorded {
            class,
            person,
            class_hours,
        }) => attendance_recorded(*class, *person, *class_hours),
        EventBody::TrainingCompleted(TrainingCompleted {
            class,
            person,
            class_hours,
        }) => training_completed(*class, *person, *class_hours),
        EventBody::AssessmentRecorded(AssessmentRecorded {
            class,
            person,
            evaluator,
            result,
        }) => assessment_recorded(*class, *person, evaluator, *result),
        EventBody::CertificateIssued(event) => certificate_issued(event),
        EventBody::CertificateInvalidated(event) => certificate_invalidated(event),
        EventBody::EmploymentConfirmed(event) => employment_confirmed(event),
        EventBody::EmploymentWithdrawn(EmploymentWithdrawn {
            class,
            person,
            reason,
            counted,
        }) => employment_withdrawn(*class, *person, reason, *counted),
        EventBody::SubsidyApproved(event) => subsidy_approved(event),
        EventBody::ProjectSettled(event) => project_settled(event),
        EventBody::DisbursementOrdered(event) => disbursement_ordered(event),
        EventBody::DisbursementSettled(DisbursementSettled {
            disbursement,
            bank_reference,
            fiscal_year,
        }) => disbursement_settled(*disbursement, bank_reference, *fiscal_year),
        EventBody::DisbursementReturned(event) => disbursement_returned(event),
        EventBody::CaseOpened(CaseOpened {
            case,
            institution,
            clue,
        }) => case_opened(*case, institution, clue),
        EventBody::FindingMade(event) => finding_made(event),
        EventBody::CaseClosed(CaseClosed { case, outcome }) => case_closed(*case, outcome),
        EventBody::ClawbackDecided(event) => clawback_decided(event),
        EventBody::RepaymentReceived(RepaymentReceived {
            debt,
            amount,
            outstanding,
            bank_reference,
        }) => repayment_received(debt, *amount, *outstanding, bank_reference),
    }
}

fn policy_published(event: &PolicyPublished) -> v1::PolicyPublished {
    v1::PolicyPublished {
        policy_id: event.policy_id.as_str().to_owned(),
        version: event.version,
        document_number: event.document_number.as_str().to_owned(),
        division: event.division.code(),
        valid_from_date: Some(date_to_proto(event.valid_from)),
        valid_until_date: event.valid_until.map(date_to_proto),
        text: event.text.as_ref().to_owned(),
        digest: event.digest.to_vec(),
        document_kind: document_kind_to_proto(event.document_kind).into(),
    }
}

fn account_opened(account: AccountKey) -> Body {
    Body::AccountOpened(v1::AccountOpened {
        account: Some(account_key_to_proto(account)),
    })
}

fn funds_accrued(
    account: AccountKey,
    amount: Fen,
    reference: &Reference,
    capacity: Option<PayingCapacity>,
) -> Body {
    Body::FundsAccrued(v1::FundsAccrued {
        account: Some(account_key_to_proto(account)),
        amount_fen: fen(amount),
        reference: reference.as_str().to_owned(),
        capacity: capacity.map(capacity_to_proto),
    })
}

fn provincial_adjustment_received(event: &ProvincialAdjustmentReceived) -> Body {
    Body::ProvincialAdjustmentReceived(v1::ProvincialAdjustmentReceived {
        account: Some(account_key_to_proto(event.account)),
        amount_fen: fen(event.amount),
        capacity: Some(capacity_to_proto(event.capacity)),
        reference: event.reference.as_str().to_owned(),
    })
}

fn funds_transferred(
    from: Division,
    to: Division,
    fund: FundSource,
    amount: Fen,
    reference: &Reference,
) -> Body {
    Body::FundsTransferred(v1::FundsTransferred {
        from_division: from.code(),
        to_division: to.code(),
        fund: fund_source_to_proto(fund).into(),
        amount_fen: fen(amount),
        reference: reference.as_str().to_owned(),
    })
}

fn institution_registered(event: &InstitutionRegistered) -> Body {
    Body::InstitutionRegistered(v1::InstitutionRegistered {
        institution: credit_code(&event.institution),
        kind: institution_kind_to_proto(event.kind).into(),
        name: event.name.as_str().to_owned(),
        division: event.division.code(),
    })
}

fn qualification_granted(event: &QualificationGranted) -> Body {
    Body::QualificationGranted(v1::QualificationGranted {
        institution: credit_code(&event.institution),
        qualification_id: bytes(event.qualification.as_bytes()),
        scope: Some(scope_to_proto(&event.scope)),
        valid_from_date: Some(date_to_proto(event.valid_from)),
        valid_until_date: event.valid_until.map(date_to_proto),
        decision_number: event.decision_number.as_str().to_owned(),
    })
}

fn qualification_revoked(event: &QualificationRevoked) -> Body {
    Body::QualificationRevoked(v1::QualificationRevoked {
        institution: credit_code(&event.institution),
        qualification_id: bytes(event.qualification.as_bytes()),
        effective_date: Some(date_to_proto(event.effective_on)),
        grounds: event.grounds.as_str().to_owned(),
        decision_number: event.decision_number.as_str().to_owned(),
    })
}

fn person_registered(person: PersonKey) -> Body {
    Body::PersonRegistered(v1::PersonRegistered {
        person_key: bytes(person.as_bytes()),
    })
}

fn person_status_declared(event: &PersonStatusDeclared) -> Body {
    Body::PersonStatusDeclared(v1::PersonStatusDeclared {
        person_key: bytes(event.person.as_bytes()),
        status: Some(person_status_to_proto(event.status)),
        valid_from_date: Some(date_to_proto(event.valid_from)),
        valid_until_date: event.valid_until.map(date_to_proto),
        source: event.source.as_str().to_owned(),
    })
}

fn person_status_ended(
    person: PersonKey,
    status: PersonStatus,
    valid_until: BusinessDate,
    source: &Reference,
) -> Body {
    Body::PersonStatusEnded(v1::PersonStatusEnded {
        person_key: bytes(person.as_bytes()),
        status: Some(person_status_to_proto(status)),
        valid_until_date: Some(date_to_proto(valid_until)),
        source: source.as_str().to_owned(),
    })
}

fn class_approved(event: &ClassApproved) -> Body {
    Body::ClassApproved(v1::ClassApproved {
        class_id: bytes(event.class.as_bytes()),
        institution: credit_code(&event.institution),
        account: Some(account_key_to_proto(event.account)),
        scheme: event.scheme.as_str().to_owned(),
        kind: class_kind_to_proto(event.kind).into(),
        occupation: event.occupation.to_string(),
        level: level_to_proto(event.level).into(),
        headcount: event.headcount,
        rate_fen: fen(event.rate),
        class_hours: event.class_hours,
        start_date: Some(date_to_proto(event.starts_on)),
        end_date: Some(date_to_proto(event.ends_on)),
        residence_division: optional_division(event.residence),
        contract_number: event.contract_number.as_str().to_owned(),
        rate_source: rate_source(event.rate_source),
        scarce: event.scarce,
        reporting: reporting_to_proto(&event.reporting),
        order_id: optional_bytes(event.order.as_ref().map(OrderId::as_bytes)),
    })
}

fn rate_source(source: RateSource) -> Option<v1::class_approved::RateSource> {
    use v1::class_approved::RateSource as Wire;
    match source {
        RateSource::Contract => None,
        RateSource::Below(policy) => Some(Wire::RateBelowPosition(policy.get())),
        RateSource::Standard(policy) => Some(Wire::RateStandardPosition(policy.get())),
    }
}

fn class_opened(class: ClassId) -> Body {
    Body::ClassOpened(v1::ClassOpened {
        class_id: bytes(class.as_bytes()),
    })
}

fn class_closed(class: ClassId) -> Body {
    Body::ClassClosed(v1::ClassClosed {
        class_id: bytes(class.as_bytes()),
    })
}

fn person_enrolled(class: ClassId, person: PersonKey) -> Body {
    Body::PersonEnrolled(v1::PersonEnrolled {
        class_id: bytes(class.as_bytes()),
        person_key: bytes(person.as_bytes()),
    })
}

fn enrolment_withdrawn(class: ClassId, person: PersonKey, reason: &Note) -> Body {
    Body::EnrolmentWithdrawn(v1::EnrolmentWithdrawn {
        class_id: bytes(class.as_bytes()),
        person_key: bytes(person.as_bytes()),
        reason: reason.as_str().to_owned(),
    })
}

fn attendance_recorded(class: ClassId, person: PersonKey, class_hours: u32) -> Body {
    Body::AttendanceRecorded(v1::AttendanceRecorded {
        class_id: bytes(class.as_bytes()),
        person_key: bytes(person.as_bytes()),
        class_hours,
    })
}

fn training_completed(class: ClassId, person: PersonKey, class_hours: u32) -> Body {
    Body::TrainingCompleted(v1::TrainingCompleted {
        class_id: bytes(class.as_bytes()),
        person_key: bytes(person.as_bytes()),
        class_hours,
    })
}

fn assessment_recorded(
    class: ClassId,
    person: PersonKey,
    evaluator: &CreditCode,
    result: AssessmentResult,
) -> Body {
    Body::AssessmentRecorded(v1::AssessmentRecorded {
        class_id: bytes(class.as_bytes()),
        person_key: bytes(person.as_bytes()),
        evaluator: credit_code(evaluator),
        result: assessment_result_to_proto(result).into(),
    })
}

fn certificate_issued(event: &CertificateIssued) -> Body {
    Body::CertificateIssued(v1::CertificateIssued {
        class_id: bytes(event.class.as_bytes()),
        person_key: bytes(event.person.as_bytes()),
        kind: certificate_kind_to_proto(event.kind).into(),
        number: event.number.as_str().to_owned(),
        evaluator: credit_code(&event.evaluator),
        issued_date: Some(date_to_proto(event.issued_on)),
    })
}

fn certificate_invalidated(event: &CertificateInvalidated) -> Body {
    Body::CertificateInvalidated(v1::CertificateInvalidated {
        class_id: bytes(event.class.as_bytes()),
        person_key: bytes(event.person.as_bytes()),
        number: event.number.as_str().to_owned(),
        grounds: event.grounds.as_str().to_owned(),
        decision_number: event.decision_number.as_str().to_owned(),
        approval_lapses: event.approval_lapses,
        frees_quota: event.frees_quota,
    })
}

fn employment_confirmed(event: &EmploymentConfirmed) -> Body {
    Body::EmploymentConfirmed(v1::EmploymentConfirmed {
        class_id: bytes(event.class.as_bytes()),
        person_key: bytes(event.person.as_bytes()),
        employer: credit_code(&event.employer),
        evidence: employment_evidence_to_proto(event.evidence).into(),
        started_date: Some(date_to_proto(event.started_on)),
        counts: event.counts,
    })
}

fn employment_withdrawn(class: ClassId, person: PersonKey, reason: &Note, counted: bool) -> Body {
    Body::EmploymentWithdrawn(v1::EmploymentWithdrawn {
        class_id: bytes(class.as_bytes()),
        person_key: bytes(person.as_bytes()),
        reason: reason.as_str().to_owned(),
        counted,
    })
}

fn subsidy_approved(event: &SubsidyApproved) -> Body {
    Body::SubsidyApproved(v1::SubsidyApproved {
        class_id: bytes(event.class.as_bytes()),
        person_key: bytes(event.person.as_bytes()),
        amount_fen: fen(event.amount),
        quota_year: event.quota_year,
        quota_used: event.quota_used,
        quota_limit: event.quota_limit,
        applied: event.applied.iter().map(applied_rule_to_proto).collect(),
    })
}

fn project_settled(event: &ProjectSettled) -> Body {
    Body::ProjectSettled(v1::ProjectSettled {
        class_id: bytes(event.class.as_bytes()),
        employed: event.employed,
        base: event.base,
        outcome: settlement_outcome_to_proto(event.outcome).into(),
        lines: event.lines.iter().map(settlement_line).collect(),
        payable_fen: fen(event.payable),
        excess_fen: fen(event.excess),
    })
}

fn disbursement_ordered(event: &DisbursementOrdered) -> Body {
    let (class_id, award_id) = subject(event.subject);
    Body::DisbursementOrdered(v1::DisbursementOrdered {
        disbursement_id: bytes(event.disbursement.as_bytes()),
        class_id,
        account: Some(account_key_to_proto(event.account)),
        stage: disbursement_stage_to_proto(event.stage).into(),
        payee: Some(payee_to_proto(&event.payee)),
        lines: event.lines.iter().map(disbursement_line).collect(),
        total_fen: fen(event.total),
        award_id,
    })
}

fn disbursement_settled(
    disbursement: DisbursementId,
    bank_reference: &Reference,
    fiscal_year: u16,
) -> Body {
    Body::DisbursementSettled(v1::DisbursementSettled {
        disbursement_id: bytes(disbursement.as_bytes()),
        bank_reference: bank_reference.as_str().to_owned(),
        fiscal_year: fiscal_year.into(),
    })
}

fn disbursement_returned(event: &DisbursementReturned) -> Body {
    Body::DisbursementReturned(v1::DisbursementReturned {
        disbursement_id: bytes(event.disbursement.as_bytes()),
        kind: return_kind_to_proto(event.kind).into(),
        bank_reference: event.bank_reference.as_str().to_owned(),
        reason: event.reason.as_str().to_owned(),
        frees_quota_keys: event
            .frees_quota
            .iter()
            .map(|person| bytes(person.as_bytes()))
            .collect(),
    })
}

fn case_opened(case: CaseId, institution: &Option<CreditCode>, clue: &Note) -> Body {
    Body::CaseOpened(v1::CaseOpened {
        case_id: bytes(case.as_bytes()),
        institution: institution.as_ref().map(credit_code).unwrap_or_default(),
        clue: clue.as_str().to_owned(),
    })
}

fn finding_made(event: &FindingMade) -> Body {
    let (class_id, award_id) = subject(event.subject);
    Body::FindingMade(v1::FindingMade {
        case_id: bytes(event.case.as_bytes()),
        finding_id: bytes(event.finding.as_bytes()),
        kind: finding_kind_to_proto(event.kind).into(),
        class_id,
        person_keys: event
            .persons
            .iter()
            .map(|person| bytes(person.as_bytes()))
            .collect(),
        decision_number: event.decision_number.as_str().to_owned(),
        award_id,
    })
}

fn case_closed(case: CaseId, outcome: &Note) -> Body {
    Body::CaseClosed(v1::CaseClosed {
        case_id: bytes(case.as_bytes()),
        outcome: outcome.as_str().to_owned(),
    })
}

fn clawback_decided(event: &ClawbackDecided) -> Body {
    let (class_id, award_id) = subject(event.subject);
    Body::ClawbackDecided(v1::ClawbackDecided {
        clawback_id: bytes(event.clawback.as_bytes()),
        case_id: bytes(event.case.as_bytes()),
        finding_id: bytes(event.finding.as_bytes()),
        class_id,
        account: Some(account_key_to_proto(event.account)),
        debtor: Some(payee_to_proto(&event.debtor)),
        lines: event.lines.iter().map(clawback_line).collect(),
        total_fen: fen(event.total),
        decision_number: event.decision_number.as_str().to_owned(),
        award_id,
    })
}

fn repayment_received(
    debt: &Debt,
    amount: Fen,
    outstanding: Fen,
    bank_reference: &Reference,
) -> Body {
    Body::RepaymentReceived(v1::RepaymentReceived {
        debt: Some(debt_to_proto(debt)),
        amount_fen: fen(amount),
        outstanding_fen: fen(outstanding),
        bank_reference: bank_reference.as_str().to_owned(),
    })
}

fn settlement_line(line: &SettlementLine) -> v1::SettlementLine {
    v1::SettlementLine {
        person_key: bytes(line.person.as_bytes()),
        earned_fen: fen(line.earned),
        advanced_fen: fen(line.advanced),
        frees_quota: line.frees_quota,
    }
}

fn disbursement_line(line: &DisbursementLine) -> v1::DisbursementLine {
    v1::DisbursementLine {
        beneficiary_key: bytes(line.beneficiary.as_bytes()),
        amount_fen: fen(line.amount),
        takes_quota_year: line.takes_quota_year,
    }
}

fn clawback_line(line: &ClawbackLine) -> v1::ClawbackLine {
    v1::ClawbackLine {
        disbursement_id: bytes(line.disbursement.as_bytes()),
        beneficiary_key: optional_bytes(line.beneficiary.as_ref().map(PersonKey::as_bytes)),
        amount_fen: fen(line.amount),
        frees_quota: line.frees_quota,
    }
}
