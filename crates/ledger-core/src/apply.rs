//! Changes the state by one recorded event; holds no rule and cannot fail.
//!
//! Everything that was decided stands in the event: amounts, balances, whether a quota slot is
//! taken or given back. An event that names an entity which is not there changes nothing of it:
//! such an event was never decided, and the verifier of the log reports it.

mod award;
mod counted;
mod order;
mod publicity;

use crate::command::Debt;
use crate::context::Context;
use crate::entity::{
    Account, Approval, Assessment, Case, Certificate, CertificateFact, Claim, Class,
    ClassSettlement, Clawback, Disbursement, EmploymentFact, Enrolment, Fact, Finding, Institution,
    PaidLine, Payment, Person, Qualification, QuotaSlot, Revocation, Settlement, StatusRecord,
};
use crate::event::{
    AccountOpened, AgencyContractRecorded, AssessmentRecorded, AssessmentResult,
    AttendanceRecorded, AwardRevoked, CaseClosed, CaseOpened, CertificateInvalidated,
    CertificateIssued, CertificateVerified, ClaimSubmitted, ClassApproved, ClassClosed,
    ClassOpened, ClawbackDecided, ClawbackLine, DisbursementOrdered, DisbursementReturned,
    DisbursementSettled, EmploymentConfirmed, EmploymentWithdrawn, EnrolmentWithdrawn, EventBody,
    FindingMade, PersonEnrolled, PersonRegistered, PersonStatusEnded, PolicyWithdrawn,
    ProjectSettled, QualificationGranted, QualificationRevoked, RecordedEvent, RepaymentReceived,
    Subject, SubsidyApproved, TrainingCompleted,
};
use crate::policy::Withdrawal;
use crate::progress::GroupSet;
use crate::{ClassId, DisbursementId, Fen, PersonKey, Position};
use std::collections::BTreeMap;

/// Applies one event. Every entity that [`touched`](crate::touched) names must be loaded.
///
/// A policy publication changes no entity; whoever holds the compiled form adds it to
/// [`Context::policies`].
///
/// # Panics
///
/// When an entity of the event was not loaded: the caller broke its contract.
pub fn apply(context: &mut Context, event: &RecordedEvent) {
    context.next_position = event.position.next();
    context.recorded_at = event.recorded_at;
    let fact = Fact {
        position: event.position,
        on: event.event.occurred_on,
    };
    apply_body(context, fact, event);
    for posting in &event.event.postings {
        if let Some(account) = context.accounts.get_mut(&posting.account.holder) {
            account.balances.insert(
                (posting.account.kind, posting.account.fiscal_year),
                posting.balance_after,
            );
        }
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm per kind of event, each a call"
)]
fn apply_body(context: &mut Context, fact: Fact, event: &RecordedEvent) {
    match &event.event.body {
        EventBody::PolicyPublished(_) | EventBody::CataloguePublished(_) => {}
        EventBody::PolicyWithdrawn(PolicyWithdrawn {
            published,
            effective_on,
            ..
        }) => {
            let withdrawal = Withdrawal {
                position: fact.position,
                effective_on: *effective_on,
            };
            context.policies.withdraw(*published, withdrawal);
        }
        EventBody::FundsAccrued(_)
        | EventBody::FundsTransferred(_)
        | EventBody::ProvincialAdjustmentReceived(_) => {}
        EventBody::OrderRaised(_)
        | EventBody::OrderListed(_)
        | EventBody::OrderSelected(_)
        | EventBody::OrderAccepted(_)
        | EventBody::OrderPurchased(_)
        | EventBody::OrderCancelled(_) => order::apply(context, fact, &event.event.body),
        EventBody::PublicityOpened(_)
        | EventBody::ObjectionRaised(_)
        | EventBody::ObjectionResolved(_)
        | EventBody::PublicityClosed(_) => {
            publicity::apply(context, fact, &event.event.body);
        }
        EventBody::AwardApproved(e) => award::approved(context, fact, event.event.policy, e),
        EventBody::AwardRevoked(AwardRevoked { award, .. }) => {
            award::revoked(context, fact, *award)
        }
        EventBody::CertificateVerified(CertificateVerified {
            class,
            person,
            number,
            ..
        }) => {
            with_place(context, fact, *class, *person, |place| {
                if let Some(certificate) = &mut place.certificate
                    && certificate.number == *number
                {
                    certificate.verified = Some(fact.position);
                }
            });
            if let Some(certificate) = context.certificates.get_mut(number) {
                certificate.verified = Some(fact.position);
            }
        }
        EventBody::ClaimSubmitted(ClaimSubmitted {
            class,
            person,
            route,
        }) => with_place(context, fact, *class, *person, |place| {
            place.claim = Some(Claim {
                position: fact.position,
                on: fact.on,
                route: *route,
            });
        }),
        EventBody::AgencyContractRecorded(AgencyContractRecorded { class, person, .. }) => {
            with_place(context, fact, *class, *person, |place| {
                place.agency_contract = Some(fact.position);
            });
        }
        EventBody::PenaltyImposed(e) => {
            if let Some(clawback) = context.clawbacks.get_mut(&e.clawback) {
                clawback.penalties.push(fact.position);
                clawback.penalty = clawback.penalty.checked_add(e.amount).unwrap_or(e.amount);
            }
        }
        EventBody::AccountOpened(AccountOpened { account }) => {
            let opened = Account {
                opened: fact.position,
                balances: BTreeMap::new(),
            };
            context.accounts.put(*account, Some(opened));
        }
        EventBody::InstitutionRegistered(e) => {
            let institution = Institution {
                registered: fact.position,
                kind: e.kind,
                division: e.division,
                qualifications: Vec::new(),
            };
            context.institutions.put(e.institution, Some(institution));
        }
        EventBody::QualificationGranted(e) => qualification_granted(context, fact, e),
        EventBody::QualificationRevoked(e) => qualification_revoked(context, fact, e),
        EventBody::PersonRegistered(PersonRegistered { person }) => {
            person_registered(context, fact, *person)
        }
        EventBody::PersonStatusDeclared(e) => with_person(context, fact, e.person, |person| {
            person.statuses.push(StatusRecord {
                status: e.status,
                valid_from: e.valid_from,
                valid_until: e.valid_until,
                position: fact.position,
            });
        }),
        EventBody::PersonStatusEnded(PersonStatusEnded {
            person,
            status,
            valid_until,
            ..
        }) => {
            with_person(context, fact, *person, |person| {
                let ended = person.statuses.iter_mut().rev().find(|record| {
                    record.status == *status && record.holds_within(*valid_until, *valid_until)
                });
                if let Some(record) = ended {
                    record.valid_until = Some(*valid_until);
                    record.position = fact.position;
                }
            });
        }
        EventBody::ClassApproved(e) => {
            class_approved(context, fact, event.event.policy, e);
            order::taken_up(context, e);
        }
        EventBody::ClassOpened(ClassOpened { class }) => {
            with_class(context, *class, |class| class.opened = Some(fact));
        }
        EventBody::ClassClosed(ClassClosed { class }) => {
            with_class(context, *class, |class| class.closed = Some(fact));
        }
        EventBody::PersonEnrolled(PersonEnrolled { class, person }) => {
            enrolled(context, fact, *class, *person)
        }
        EventBody::EnrolmentWithdrawn(EnrolmentWithdrawn { class, person, .. }) => {
            with_place(context, fact, *class, *person, |place| {
                place.withdrawn = Some(fact.position);
            });
            with_class(context, *class, |class| {
                class.enrolled = class.enrolled.saturating_sub(1)
            });
        }
        EventBody::AttendanceRecorded(AttendanceRecorded {
            class,
            person,
            class_hours,
        }) => {
            with_place(context, fact, *class, *person, |place| {
                place.class_hours = place.class_hours.saturating_add(*class_hours);
                let earlier = place.first_attendance.filter(|first| first.on <= fact.on);
                place.first_attendance = earlier.or(Some(fact));
                place.attendances.push(fact.position);
            });
        }
        EventBody::TrainingCompleted(TrainingCompleted { class, person, .. }) => {
            let groups = counted::groups(context, *class, *person);
            counted::with_place(context, fact, *class, *person, |place| {
                place.completed = Some(fact);
                place.completed_groups = groups;
                // The completion names them as its causes; they are not needed any more.
                place.attendances = Vec::new();
            });
            with_class(context, *class, |class| {
                class.completed = class.completed.saturating_add(1);
            });
        }
        EventBody::AssessmentRecorded(AssessmentRecorded {
            class,
            person,
            result,
            ..
        }) => {
            with_place(context, fact, *class, *person, |place| {
                place.assessment = Some(Assessment {
                    position: fact.position,
                    on: fact.on,
                    passed: *result == AssessmentResult::Passed,
                });
            });
        }
        EventBody::CertificateIssued(e) => certificate_issued(context, fact, e),
        EventBody::CertificateInvalidated(e) => certificate_invalidated(context, fact, e),
        EventBody::EmploymentConfirmed(e) => employment_confirmed(context, fact, e),
        EventBody::EmploymentWithdrawn(EmploymentWithdrawn {
            class,
            person,
            counted,
            ..
        }) => {
            employment_withdrawn(context, fact, *class, *person, *counted);
        }
        EventBody::SubsidyApproved(e) => subsidy_approved(context, fact, e),
        EventBody::ProjectSettled(e) => project_settled(context, fact, e),
        EventBody::DisbursementOrdered(e) => disbursement_ordered(context, fact, e),
        EventBody::DisbursementSettled(DisbursementSettled {
            disbursement,
            fiscal_year,
            ..
        }) => {
            disbursement_settled(context, fact, *disbursement, *fiscal_year);
        }
        EventBody::DisbursementReturned(e) => disbursement_returned(context, fact, e),
        EventBody::CaseOpened(CaseOpened {
            case, institution, ..
        }) => {
            let opened = Case {
                opened: fact,
                institution: *institution,
                findings: Vec::new(),
                clawbacks_outstanding: 0,
                closed: None,
            };
            context.cases.put(*case, Some(opened));
        }
        EventBody::FindingMade(e) => finding_made(context, fact, e),
        EventBody::CaseClosed(CaseClosed { case, .. }) => {
            if let Some(case) = context.cases.get_mut(case) {
                case.closed = Some(fact.position);
            }
        }
        EventBody::ClawbackDecided(e) => clawback_decided(context, fact, e),
        EventBody::RepaymentReceived(RepaymentReceived {
            debt, outstanding, ..
        }) => {
            repayment_received(context, fact, *debt, *outstanding);
        }
    }
}

fn with_person(
    context: &mut Context,
    fact: Fact,
    person: PersonKey,
    change: impl FnOnce(&mut Person),
) {
    if let Some(person) = context.persons.get_mut(&person) {
        if person.timeline.last() != Some(&fact.position) {
            person.timeline.push(fact.position);
        }
        change(person);
    }
}

fn with_class(context: &mut Context, class: ClassId, change: impl FnOnce(&mut Class)) {
    if let Some(class) = context.classes.get_mut(&class) {
        change(class);
    }
}

fn with_place(
    context: &mut Context,
    fact: Fact,
    class: ClassId,
    person: PersonKey,
    change: impl FnOnce(&mut Enrolment),
) {
    with_person(context, fact, person, |person| {
        if let Some(place) = person.enrolment_mut(class) {
            change(place);
        }
    });
}

fn qualification_granted(context: &mut Context, fact: Fact, e: &QualificationGranted) {
    if let Some(institution) = context.institutions.get_mut(&e.institution) {
        institution.qualifications.push(Qualification {
            qualification: e.qualification,
            granted: fact.position,
            kind: e.scope.kind.clone(),
            occupations: e.scope.occupations.clone(),
            valid_from: e.valid_from,
            valid_until: e.valid_until,
            revoked: None,
        });
    }
}

fn qualification_revoked(context: &mut Context, fact: Fact, e: &QualificationRevoked) {
    let revoked = Revocation {
        position: fact.position,
        effective_on: e.effective_on,
    };
    if let Some(institution) = context.institutions.get_mut(&e.institution) {
        for qualification in &mut institution.qualifications {
            if qualification.qualification == e.qualification {
                qualification.revoked = Some(revoked);
            }
        }
    }
}

fn person_registered(context: &mut Context, fact: Fact, person: PersonKey) {
    let registered = Person {
        registered: fact.position,
        statuses: Vec::new(),
        enrolments: Vec::new(),
        slots: Vec::new(),
        timeline: vec![fact.position],
    };
    context.persons.put(person, Some(registered));
}

fn class_approved(context: &mut Context, fact: Fact, policy: Option<Position>, e: &ClassApproved) {
    let class = Class {
        approved: fact,
        policy: policy.unwrap_or(Position::ZERO),
        institution: e.institution,
        account: e.account,
        scheme: e.scheme.clone(),
        kind: e.kind,
        occupation: e.occupation,
        level: e.level,
        headcount: e.headcount,
        rate: e.rate,
        class_hours: e.class_hours,
        starts_on: e.starts_on,
        ends_on: e.ends_on,
        residence: e.residence,
        opened: None,
        closed: None,
        enrolled: 0,
        completed: 0,
        approvals: 0,
        employed_completed: 0,
        employed_approved: 0,
        beneficiaries: 0,
        in_flight: 0,
        settlement: None,
        found_false: None,
        rate_source: e.rate_source,
        scarce: e.scarce,
        reporting: e.reporting.clone(),
        order: e.order,
        publicity: None,
        objection_upheld: None,
        last_approval: None,
        counted: Vec::new(),
    };
    context.classes.put(e.class, Some(class));
}

fn enrolled(context: &mut Context, fact: Fact, class: ClassId, person: PersonKey) {
    with_person(context, fact, person, |person| {
        // Most people are in one class only; room for more would be four places at once.
        person.enrolments.reserve_exact(1);
        person.enrolments.push(Enrolment {
            class,
            enrolled: fact.position,
            enrolled_on: fact.on,
            withdrawn: None,
            class_hours: 0,
            attendances: Vec::new(),
            completed: None,
            completed_groups: GroupSet::EMPTY,
            assessment: None,
            certificate: None,
            employment: None,
            approval: None,
            earned: None,
            payments: Vec::new(),
            clawed_back: Fen::ZERO,
            found_false: None,
            first_attendance: None,
            claim: None,
            agency_contract: None,
            objection_upheld: None,
        });
    });
    with_class(context, class, |class| {
        class.enrolled = class.enrolled.saturating_add(1)
    });
}

fn certificate_issued(context: &mut Context, fact: Fact, e: &CertificateIssued) {
    let groups = counted::groups(context, e.class, e.person);
    counted::with_place(context, fact, e.class, e.person, |place| {
        place.certificate = Some(CertificateFact {
            number: e.number,
            position: fact.position,
            issued_on: e.issued_on,
            invalidated: None,
            kind: e.kind,
            verified: None,
            groups,
        });
    });
    let certificate = Certificate {
        class: e.class,
        person: e.person,
        evaluator: e.evaluator,
        issued_on: e.issued_on,
        issued: fact.position,
        invalidated: None,
        verified: None,
    };
    context.certificates.put(e.number, Some(certificate));
}

fn certificate_invalidated(context: &mut Context, fact: Fact, e: &CertificateInvalidated) {
    let mut employed = false;
    let mut beneficiary = true;
    counted::with_place(context, fact, e.class, e.person, |place| {
        if let Some(certificate) = &mut place.certificate {
            certificate.invalidated = Some(fact.position);
        }
        if e.approval_lapses {
            place.approval = None;
            employed = place.employment_counts();
            beneficiary = place.is_beneficiary();
        }
    });
    with_person(context, fact, e.person, |person| {
        if e.frees_quota {
            free_slot(person, e.class, fact.position);
        }
    });
    if let Some(certificate) = context.certificates.get_mut(&e.number) {
        certificate.invalidated = Some(fact.position);
    }
    if e.approval_lapses {
        with_class(context, e.class, |class| {
            class.approvals = class.approvals.saturating_sub(1);
            class.employed_approved = class.employed_approved.saturating_sub(u32::from(employed));
            class.beneficiaries = class.beneficiaries.saturating_sub(u32::from(!beneficiary));
        });
    }
}

fn employment_confirmed(context: &mut Context, fact: Fact, e: &EmploymentConfirmed) {
    let mut approved = false;
    with_place(context, fact, e.class, e.person, |place| {
        place.employment = Some(EmploymentFact {
            position: fact.position,
            employer: e.employer,
            started_on: e.started_on,
            counts: e.counts,
            evidence: e.evidence,
        });
        approved = place.approval.is_some();
    });
    if e.counts {
        with_class(context, e.class, |class| {
            class.employed_completed = class.employed_completed.saturating_add(1);
            class.employed_approved = class.employed_approved.saturating_add(u32::from(approved));
        });
    }
}

fn employment_withdrawn(
    context: &mut Context,
    fact: Fact,
    class: ClassId,
    person: PersonKey,
    counted: bool,
) {
    let mut approved = false;
    with_place(context, fact, class, person, |place| {
        place.employment = None;
        approved = place.approval.is_some();
    });
    if counted {
        with_class(context, class, |class| {
            class.employed_completed = class.employed_completed.saturating_sub(1);
            class.employed_approved = class.employed_approved.saturating_sub(u32::from(approved));
        });
    }
}

fn subsidy_approved(context: &mut Context, fact: Fact, e: &SubsidyApproved) {
    let Some(template) = slot_template(context, fact, e.class, e.quota_year) else {
        return;
    };
    let mut newly_beneficiary = false;
    let mut employed = false;
    with_person(context, fact, e.person, |person| {
        if person.slot_of(e.class).is_none() {
            person.slots.push(template);
        }
    });
    let groups = counted::groups(context, e.class, e.person);
    counted::with_place(context, fact, e.class, e.person, |place| {
        newly_beneficiary = !place.is_beneficiary();
        employed = place.employment_counts();
        place.approval = Some(Approval {
            position: fact.position,
            on: fact.on,
            amount: e.amount,
            groups,
        });
    });
    with_class(context, e.class, |class| {
        class.last_approval = Some(class.last_approval.map_or(fact, |last| last.later(fact)));
        class.approvals = class.approvals.saturating_add(1);
        class.employed_approved = class.employed_approved.saturating_add(u32::from(employed));
        class.beneficiaries = class
            .beneficiaries
            .saturating_add(u32::from(newly_beneficiary));
    });
}

/// The slot that a subsidy for the class would take.
fn slot_template(context: &Context, fact: Fact, class: ClassId, year: i32) -> Option<QuotaSlot> {
    context.classes.get(&class).map(|of| QuotaSlot {
        taken: fact.position,
        taken_on: fact.on,
        year,
        class,
        scheme: of.scheme.clone(),
        occupation: of.occupation,
        level: of.level,
        freed: None,
    })
}

fn free_slot(person: &mut Person, class: ClassId, position: Position) {
    for slot in &mut person.slots {
        if slot.class == class && slot.freed.is_none() {
            slot.freed = Some(position);
        }
    }
}

fn project_settled(context: &mut Context, fact: Fact, e: &ProjectSettled) {
    for line in &e.lines {
        with_person(context, fact, line.person, |person| {
            if let Some(place) = person.enrolment_mut(e.class) {
                place.earned = line
                    .earned
                    .checked_add(place.clawed_back)
                    .or(Some(line.earned));
            }
            if line.frees_quota {
                free_slot(person, e.class, fact.position);
            }
        });
    }
    with_class(context, e.class, |class| {
        class.settlement = Some(ClassSettlement {
            position: fact.position,
            on: fact.on,
            excess: e.excess,
            excess_outstanding: e.excess,
        });
    });
}

fn disbursement_ordered(context: &mut Context, fact: Fact, e: &DisbursementOrdered) {
    let payment = |amount| Payment {
        disbursement: e.disbursement,
        stage: e.stage,
        position: fact.position,
        amount,
        settled: None,
        account: e.account,
    };
    match e.subject {
        Subject::Class(class) => class_payment_ordered(context, fact, class, e, &payment),
        Subject::Award(award) => award::with(context, fact, award, |award| {
            award.payments.push(payment(e.total));
        }),
    }
    let lines = e.lines.iter().map(|line| PaidLine {
        beneficiary: line.beneficiary,
        amount: line.amount,
        clawed_back: Fen::ZERO,
    });
    let disbursement = Disbursement {
        ordered: fact,
        subject: e.subject,
        account: e.account,
        stage: e.stage,
        payee: e.payee,
        lines: lines.collect(),
        total: e.total,
        settled: None,
        returned: None,
        award_clawed_back: Fen::ZERO,
    };
    context
        .disbursements
        .put(e.disbursement, Some(disbursement));
}

fn class_payment_ordered(
    context: &mut Context,
    fact: Fact,
    class: ClassId,
    e: &DisbursementOrdered,
    payment: &dyn Fn(Fen) -> Payment,
) {
    let mut newly_beneficiaries: u32 = 0;
    for line in &e.lines {
        let slot = line
            .takes_quota_year
            .and_then(|year| slot_template(context, fact, class, year));
        with_person(context, fact, line.beneficiary, |person| {
            person.slots.extend(slot);
            if let Some(place) = person.enrolment_mut(class) {
                let before = place.is_beneficiary();
                place.payments.push(payment(line.amount));
                newly_beneficiaries = newly_beneficiaries
                    .saturating_add(u32::from(!before && place.is_beneficiary()));
            }
        });
    }
    with_class(context, class, |class| {
        class.in_flight = class.in_flight.saturating_add(1);
        class.beneficiaries = class.beneficiaries.saturating_add(newly_beneficiaries);
    });
}

fn disbursement_settled(context: &mut Context, fact: Fact, id: DisbursementId, fiscal_year: u16) {
    let Some(disbursement) = context.disbursements.get_mut(&id) else {
        return;
    };
    disbursement.settled = Some(Settlement {
        position: fact.position,
        on: fact.on,
        fiscal_year,
    });
    let settle = |payments: &mut Vec<Payment>| {
        for payment in payments {
            if payment.disbursement == id {
                payment.settled = Some(fact.position);
            }
        }
    };
    let subject = disbursement.subject;
    let beneficiaries = beneficiaries(disbursement);
    match subject {
        Subject::Class(class) => {
            for beneficiary in beneficiaries {
                with_place(context, fact, class, beneficiary, |place| {
                    settle(&mut place.payments);
                });
            }
            with_class(context, class, |class| {
                class.in_flight = class.in_flight.saturating_sub(1)
            });
        }
        Subject::Award(award) => {
            award::with(context, fact, award, |award| settle(&mut award.payments));
        }
    }
}

fn beneficiaries(disbursement: &Disbursement) -> Vec<PersonKey> {
    let lines = disbursement.lines.iter();
    lines.map(|line| line.beneficiary).collect()
}

fn disbursement_returned(context: &mut Context, fact: Fact, e: &DisbursementReturned) {
    let Some(disbursement) = context.disbursements.get_mut(&e.disbursement) else {
        return;
    };
    disbursement.returned = Some(fact.position);
    let in_flight = disbursement.settled.is_none();
    let beneficiaries = beneficiaries(disbursement);
    let class = match disbursement.subject {
        Subject::Class(class) => class,
        Subject::Award(award) => {
            award::with(context, fact, award, |award| {
                award
                    .payments
                    .retain(|payment| payment.disbursement != e.disbursement);
            });
            return;
        }
    };
    let mut gone: u32 = 0;
    for beneficiary in beneficiaries {
        with_person(context, fact, beneficiary, |person| {
            if let Some(place) = person.enrolment_mut(class) {
                let before = place.is_beneficiary();
                place
                    .payments
                    .retain(|payment| payment.disbursement != e.disbursement);
                gone = gone.saturating_add(u32::from(before && !place.is_beneficiary()));
            }
            if e.frees_quota.contains(&beneficiary) {
                free_slot(person, class, fact.position);
            }
        });
    }
    with_class(context, class, |class| {
        class.in_flight = class.in_flight.saturating_sub(u32::from(in_flight));
        class.beneficiaries = class.beneficiaries.saturating_sub(gone);
    });
}

fn finding_made(context: &mut Context, fact: Fact, e: &FindingMade) {
    if let Some(case) = context.cases.get_mut(&e.case) {
        case.findings.push(Finding {
            finding: e.finding,
            kind: e.kind,
            made: fact,
            subject: e.subject,
            persons: e.persons.clone(),
        });
    }
    let bars = e.kind.bars_payment().then_some(fact.position);
    let class = match e.subject {
        Subject::Class(class) => class,
        Subject::Award(award) => {
            award::with(context, fact, award, |award| {
                award.found_false = award.found_false.or(bars);
            });
            return;
        }
    };
    if e.persons.is_empty() {
        with_class(context, class, |class| {
            class.found_false = class.found_false.or(bars);
            if bars.is_some() {
                class.counted = Vec::new();
            }
        });
    }
    for person in &e.persons {
        counted::with_place(context, fact, class, *person, |place| {
            place.found_false = place.found_false.or(bars);
        });
    }
}

fn clawback_decided(context: &mut Context, fact: Fact, e: &ClawbackDecided) {
    for line in &e.lines {
        match (e.subject, line.beneficiary) {
            (Subject::Class(class), Some(beneficiary)) => {
                class_line_clawed_back(context, fact, class, beneficiary, line);
            }
            (Subject::Award(award), _) => award::clawed_back(context, fact, award, line),
            (Subject::Class(_), None) => {}
        }
    }
    if let Some(case) = context.cases.get_mut(&e.case) {
        case.clawbacks_outstanding = case.clawbacks_outstanding.saturating_add(1);
    }
    let clawback = Clawback {
        decided: fact,
        case: e.case,
        finding: e.finding,
        subject: e.subject,
        account: e.account,
        debtor: e.debtor,
        total: e.total,
        outstanding: e.total,
        repayments: Vec::new(),
        decision_number: e.decision_number.clone(),
        penalties: Vec::new(),
        penalty: Fen::ZERO,
    };
    context.clawbacks.put(e.clawback, Some(clawback));
}

fn class_line_clawed_back(
    context: &mut Context,
    fact: Fact,
    class: ClassId,
    beneficiary: PersonKey,
    line: &ClawbackLine,
) {
    if let Some(disbursement) = context.disbursements.get_mut(&line.disbursement) {
        for paid in &mut disbursement.lines {
            if paid.beneficiary == beneficiary {
                let clawed_back = paid.clawed_back.checked_add(line.amount);
                paid.clawed_back = clawed_back.unwrap_or(paid.amount);
            }
        }
    }
    with_person(context, fact, beneficiary, |person| {
        if let Some(place) = person.enrolment_mut(class) {
            place.clawed_back = place
                .clawed_back
                .checked_add(line.amount)
                .unwrap_or(place.clawed_back);
        }
        if line.frees_quota {
            free_slot(person, class, fact.position);
        }
    });
}

fn repayment_received(context: &mut Context, fact: Fact, debt: Debt, outstanding: Fen) {
    match debt {
        Debt::Clawback(id) => {
            let Some(clawback) = context.clawbacks.get_mut(&id) else {
                return;
            };
            clawback.outstanding = outstanding;
            clawback.repayments.push(fact.position);
            let case = clawback.case;
            if outstanding.is_zero()
                && let Some(case) = context.cases.get_mut(&case)
            {
                case.clawbacks_outstanding = case.clawbacks_outstanding.saturating_sub(1);
            }
        }
        Debt::ExcessAdvance(class) => with_class(context, class, |class| {
            if let Some(settlement) = &mut class.settlement {
                settlement.excess_outstanding = outstanding;
            }
        }),
    }
}
