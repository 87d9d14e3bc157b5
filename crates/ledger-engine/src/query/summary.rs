//! One line in English on what an event says, without personal data.
//!
//! Person keys, identity and free text (grounds, reasons, clues) are left out: the line is printed,
//! mailed and pasted, while the event stays in the ledger.

use ledger_core::command::Debt;
use ledger_core::event::{
    AccountOpened, AgencyContractRecorded, AssessmentRecorded, AssessmentResult,
    AttendanceRecorded, AwardApproved, AwardRevoked, CaseOpened, CertificateVerified, ClaimRoute,
    ClaimSubmitted, ClassApproved, ClassKind, DisbursementOrdered, DisbursementSettled,
    DisbursementStage, EmploymentWithdrawn, EventBody, FindingKind, FindingMade, FundsAccrued,
    FundsTransferred, InstitutionRegistered, ObjectionRaised, ObjectionResolved, OrderAccepted,
    OrderPurchased, Payee, PersonStatus, PersonStatusEnded, PolicyWithdrawn, ProjectSettled,
    PublicityOpened, QualificationGranted, QualificationKind, RepaymentReceived, ReturnKind,
    SettlementOutcome, Subject, SubsidyApproved, TrainingCompleted,
};
use ledger_core::{Division, Fen};

/// Says in one line what an event says.
#[expect(
    clippy::too_many_lines,
    reason = "one arm per kind of event, so that none is left without a line"
)]
pub(super) fn summary(body: &EventBody) -> String {
    match body {
        EventBody::PolicyPublished(e) => format!(
            "policy {} version {} published: {}",
            e.policy_id, e.version, e.document_number
        ),
        EventBody::CataloguePublished(e) => format!(
            "catalogues {} version {} published: {}",
            e.policy_id, e.version, e.document_number
        ),
        EventBody::PolicyWithdrawn(PolicyWithdrawn {
            policy_id,
            version,
            effective_on,
            decision_number,
            ..
        }) => format!(
            "policy {policy_id} version {version} withdrawn as of {effective_on}: \
             {decision_number}"
        ),
        EventBody::AccountOpened(AccountOpened { account }) => {
            format!(
                "account opened for {} in {}",
                account.fund, account.division
            )
        }
        EventBody::FundsAccrued(FundsAccrued {
            account, amount, ..
        }) => {
            format!(
                "{} accrued to {} in {}",
                yuan(*amount),
                account.fund,
                account.division
            )
        }
        EventBody::FundsTransferred(FundsTransferred {
            from,
            to,
            fund,
            amount,
            ..
        }) => {
            format!(
                "{} of {fund} transferred from {from} to {to}",
                yuan(*amount)
            )
        }
        EventBody::ProvincialAdjustmentReceived(e) => format!(
            "{} received from the provincial adjustment fund for {} in {}: {}",
            yuan(e.amount),
            e.account.fund,
            e.account.division,
            e.reference
        ),
        EventBody::InstitutionRegistered(e) => institution_registered(e),
        EventBody::QualificationGranted(e) => qualification_granted(e),
        EventBody::QualificationRevoked(e) => {
            format!(
                "qualification revoked as of {}: {}",
                e.effective_on, e.decision_number
            )
        }
        EventBody::ClassApproved(e) => class_approved(e),
        EventBody::ClassOpened(_) => "class opened for enrolment".to_owned(),
        EventBody::ClassClosed(_) => "class closed".to_owned(),
        EventBody::OrderRaised(e) => format!(
            "order of {} places in {} raised for {}",
            e.headcount, e.occupation, e.division
        ),
        EventBody::OrderListed(_) => "order listed".to_owned(),
        EventBody::OrderSelected(_) => "order selected by a worker".to_owned(),
        EventBody::OrderAccepted(OrderAccepted { institution, .. }) => {
            format!("order accepted by {institution}")
        }
        EventBody::OrderPurchased(OrderPurchased {
            contract_number, ..
        }) => format!("order purchased: {contract_number}"),
        EventBody::OrderCancelled(_) => "order cancelled".to_owned(),
        EventBody::PublicityOpened(PublicityOpened {
            approvals, place, ..
        }) => format!("{approvals} approvals shown to the public: {place}"),
        EventBody::ObjectionRaised(ObjectionRaised { person, .. }) => {
            format!("objection raised about {}", about(person.is_some()))
        }
        EventBody::ObjectionResolved(ObjectionResolved { person, upheld, .. }) => {
            let outcome = if *upheld { "upheld" } else { "dismissed" };
            format!("objection about {} {outcome}", about(person.is_some()))
        }
        EventBody::PublicityClosed(_) => "time of showing ended".to_owned(),
        EventBody::AwardApproved(e) => award_approved(e),
        EventBody::AwardRevoked(AwardRevoked {
            decision_number, ..
        }) => format!("award revoked: {decision_number}"),
        EventBody::PenaltyImposed(e) => format!(
            "penalty of {} imposed, owed by {}: {}",
            yuan(e.amount),
            payee(&e.debtor),
            e.decision_number
        ),
        EventBody::FactAnnulled(e) => format!(
            "{} of position {} annulled: {}",
            e.annulled.fact.kind().name(),
            e.annulled.position,
            e.decision_number
        ),
        EventBody::ProjectSettled(e) => project_settled(e),
        EventBody::DisbursementOrdered(e) => disbursement_ordered(e),
        EventBody::DisbursementSettled(DisbursementSettled {
            bank_reference,
            fiscal_year,
            ..
        }) => {
            format!("payment confirmed by the bank in fiscal year {fiscal_year}: {bank_reference}")
        }
        EventBody::DisbursementReturned(e) => {
            let by = match e.kind {
                ReturnKind::Passive => "undelivered by the bank",
                ReturnKind::Active => "sent back by the payee",
            };
            format!("payment returned, {by}: {}", e.bank_reference)
        }
        EventBody::RepaymentReceived(RepaymentReceived {
            debt,
            amount,
            outstanding,
            bank_reference,
        }) => {
            let what = match debt {
                Debt::Clawback(_) => "a clawback",
                Debt::ExcessAdvance(_) => "an excess advance",
            };
            let (amount, rest) = (yuan(*amount), yuan(*outstanding));
            format!("{amount} repaid of {what}, {rest} still owed: {bank_reference}")
        }
        EventBody::CaseOpened(CaseOpened {
            institution: Some(institution),
            ..
        }) => {
            format!("case opened on {institution}")
        }
        EventBody::CaseOpened(CaseOpened {
            institution: None, ..
        }) => "case opened".to_owned(),
        EventBody::FindingMade(e) => finding_made(e),
        EventBody::CaseClosed(_) => "case closed".to_owned(),
        EventBody::ClawbackDecided(e) => format!(
            "clawback of {} in {} lines decided, owed by {}: {}",
            yuan(e.total),
            e.lines.len(),
            payee(&e.debtor),
            e.decision_number
        ),
        EventBody::PersonRegistered(_) => "person registered".to_owned(),
        EventBody::PersonStatusDeclared(e) => match e.valid_until {
            Some(until) => format!(
                "{} declared from {} to {until}",
                status(e.status),
                e.valid_from
            ),
            None => format!("{} declared from {}", status(e.status), e.valid_from),
        },
        EventBody::PersonStatusEnded(PersonStatusEnded {
            status: ended,
            valid_until,
            ..
        }) => {
            format!("{} ended on {valid_until}", status(*ended))
        }
        EventBody::PersonEnrolled(_) => "enrolled in the class".to_owned(),
        EventBody::EnrolmentWithdrawn(_) => "withdrawn from the class".to_owned(),
        EventBody::AttendanceRecorded(AttendanceRecorded { class_hours, .. }) => {
            format!("{class_hours} class hours attended")
        }
        EventBody::TrainingCompleted(TrainingCompleted { class_hours, .. }) => {
            format!("training completed with {class_hours} class hours")
        }
        EventBody::AssessmentRecorded(AssessmentRecorded {
            evaluator, result, ..
        }) => match result {
            AssessmentResult::Passed => format!("assessment passed at {evaluator}"),
            AssessmentResult::Failed => format!("assessment failed at {evaluator}"),
        },
        EventBody::CertificateIssued(e) => {
            format!(
                "certificate {} issued by {} on {}",
                e.number, e.evaluator, e.issued_on
            )
        }
        EventBody::CertificateInvalidated(e) => {
            format!(
                "certificate {} declared void: {}",
                e.number, e.decision_number
            )
        }
        EventBody::CertificateVerified(CertificateVerified { number, source, .. }) => {
            format!("certificate {number} found in the register: {source}")
        }
        EventBody::ClaimSubmitted(ClaimSubmitted { route, .. }) => match route {
            ClaimRoute::Person => "subsidy claimed by the person".to_owned(),
            ClaimRoute::Institution => "subsidy claimed by the body".to_owned(),
        },
        EventBody::AgencyContractRecorded(AgencyContractRecorded {
            institution,
            contract_number,
            ..
        }) => format!("{institution} may claim for the person: {contract_number}"),
        EventBody::EmploymentConfirmed(e) => {
            let counts = if e.counts { "counts" } else { "does not count" };
            format!(
                "employment at {} from {} confirmed, {counts}",
                e.employer, e.started_on
            )
        }
        EventBody::EmploymentWithdrawn(EmploymentWithdrawn { counted, .. }) => {
            let counted = if *counted { "counted" } else { "did not count" };
            format!("confirmation of employment taken back, which {counted}")
        }
        EventBody::SubsidyApproved(e) => subsidy_approved(e),
    }
}

const fn about(person: bool) -> &'static str {
    match person {
        true => "one person",
        false => "the whole class",
    }
}

fn institution_registered(e: &InstitutionRegistered) -> String {
    format!(
        "institution {} registered in {}: {}",
        e.institution, e.division, e.name
    )
}

fn qualification_granted(e: &QualificationGranted) -> String {
    let kind = match e.scope.kind {
        QualificationKind::Training => "training",
        QualificationKind::Evaluation { .. } => "evaluation",
    };
    let count = e.scope.occupations.len();
    format!(
        "{kind} qualification for {count} occupations granted: {}",
        e.decision_number
    )
}

fn class_approved(e: &ClassApproved) -> String {
    let kind = match e.kind {
        ClassKind::Ordinary => "class",
        ClassKind::Project => "project class",
    };
    format!(
        "{kind} of {} places at {} each approved for {}: {}",
        e.headcount,
        yuan(e.rate),
        e.institution,
        e.contract_number
    )
}

fn subsidy_approved(e: &SubsidyApproved) -> String {
    format!(
        "subsidy of {} approved, {} of {} in {}",
        yuan(e.amount),
        e.quota_used,
        e.quota_limit,
        e.quota_year
    )
}

fn project_settled(e: &ProjectSettled) -> String {
    let outcome = match e.outcome {
        SettlementOutcome::Full => "paid in full",
        SettlementOutcome::StayAtAdvance => "stays at the advance share",
        SettlementOutcome::ProRata => "paid in proportion",
        SettlementOutcome::RecoverAdvance => "advance recovered",
    };
    let (payable, excess) = (yuan(e.payable), yuan(e.excess));
    format!(
        "project class settled with {} of {} employed, {outcome}: {payable} to pay, {excess} to \
         recover",
        e.employed, e.base
    )
}

fn disbursement_ordered(e: &DisbursementOrdered) -> String {
    let stage = match e.stage {
        DisbursementStage::Advance => "advance",
        DisbursementStage::Final => "final payment",
        DisbursementStage::Full => "full payment",
    };
    let (total, lines, payee) = (yuan(e.total), e.lines.len(), payee(&e.payee));
    match e.subject {
        Subject::Class(_) => format!("{stage} of {total} in {lines} lines ordered to {payee}"),
        Subject::Award(_) => format!("payment of {total} of an award ordered to {payee}"),
    }
}

fn award_approved(e: &AwardApproved) -> String {
    format!(
        "award of {} under {} approved for {}: {}",
        yuan(e.amount),
        e.scheme,
        payee(&e.recipient),
        e.decision_number
    )
}

fn finding_made(e: &FindingMade) -> String {
    let kind = match e.kind {
        FindingKind::FalseTraining => "false training",
        FindingKind::FalseEvaluation => "false evaluation",
        FindingKind::Fraud => "fraud",
        FindingKind::Ineligible => "ineligible subsidy",
        FindingKind::HonestError => "honest error",
    };
    match e.persons.len() {
        _ if e.subject.award().is_some() => {
            format!("{kind} found for the award: {}", e.decision_number)
        }
        0 => format!("{kind} found for the whole class: {}", e.decision_number),
        count => format!("{kind} found for {count} persons: {}", e.decision_number),
    }
}

fn payee(payee: &Payee) -> String {
    match payee {
        Payee::Person(_) => "the person".to_owned(),
        Payee::Master(_) => "the master".to_owned(),
        Payee::Institution(institution) => institution.to_string(),
        Payee::Employer(employer) => employer.to_string(),
    }
}

fn status(status: PersonStatus) -> String {
    match status {
        PersonStatus::Pension => "monthly pension".to_owned(),
        PersonStatus::Residence(division) => residence(division),
        PersonStatus::Group(group) => format!("group {}", group.code()),
        PersonStatus::UnemploymentInsured => "unemployment insurance".to_owned(),
        PersonStatus::Age(_) => "age".to_owned(),
        PersonStatus::Sex(_) => "sex".to_owned(),
        PersonStatus::GraduatesIn(year) => format!("graduation in {year}"),
    }
}

fn residence(division: Division) -> String {
    format!("residence in {division}")
}

fn yuan(amount: Fen) -> String {
    format!("{amount} yuan")
}
