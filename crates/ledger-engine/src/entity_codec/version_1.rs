//! The layout of version 1, to build the derived state that an earlier version left.
//!
//! Version 1 knew no awards and no orders; what it did not hold is left out.

use super::Wire;
use ledger_core::entity::{
    Case, CertificateFact, Class, Clawback, Disbursement, EmploymentFact, Enrolment, Payment,
    Person,
};
use ledger_core::{ClassId, Entity, event::Subject};

/// The stored form of an entity in version 1.
pub(crate) fn encode(entity: &Entity) -> Vec<u8> {
    let mut out = vec![1];
    match entity {
        Entity::Person(entity) => person(entity, &mut out),
        Entity::Class(entity) => class(entity, &mut out),
        // These have not changed.
        Entity::Institution(entity) => entity.put(&mut out),
        Entity::Certificate(entity) => entity.put(&mut out),
        Entity::Account(entity) => entity.put(&mut out),
        Entity::Disbursement(entity) => disbursement(entity, &mut out),
        Entity::Case(entity) => case(entity, &mut out),
        Entity::Clawback(entity) => clawback(entity, &mut out),
        Entity::Award(_) | Entity::AwardRegister(_) | Entity::Order(_) => {
            unreachable!("version 1 had no such entity")
        }
    }
    out
}

macro_rules! put {
    ($entity:ident, $out:ident: $($field:ident),+ $(,)?) => {
        $( $entity.$field.put($out); )+
    };
}

fn list<T>(items: &[T], out: &mut Vec<u8>, put: impl Fn(&T, &mut Vec<u8>)) {
    items.len().put(out);
    for item in items {
        put(item, out);
    }
}

fn option<T>(value: Option<&T>, out: &mut Vec<u8>, put: impl Fn(&T, &mut Vec<u8>)) {
    value.is_some().put(out);
    if let Some(value) = value {
        put(value, out);
    }
}

fn of_class(subject: Subject) -> ClassId {
    subject.class().expect("version 1 had classes only")
}

fn person(person: &Person, out: &mut Vec<u8>) {
    put!(person, out: registered, statuses);
    list(&person.enrolments, out, enrolment);
    put!(person, out: slots, timeline);
}

fn enrolment(place: &Enrolment, out: &mut Vec<u8>) {
    put!(
        place, out: class, enrolled, enrolled_on, withdrawn, class_hours, attendances, completed,
        assessment,
    );
    option(
        place.certificate.as_ref(),
        out,
        |fact: &CertificateFact, out| {
            put!(fact, out: number, position, issued_on, invalidated);
        },
    );
    option(
        place.employment.as_ref(),
        out,
        |fact: &EmploymentFact, out| {
            put!(fact, out: position, employer, started_on, counts);
        },
    );
    put!(place, out: approval, earned);
    list(&place.payments, out, |payment: &Payment, out| {
        put!(payment, out: disbursement, stage, position, amount, settled);
    });
    put!(place, out: clawed_back, found_false);
}

fn class(class: &Class, out: &mut Vec<u8>) {
    put!(
        class, out: approved, policy, institution, account, scheme, kind, occupation, level,
        headcount, rate, class_hours, starts_on, ends_on, residence, opened, closed, enrolled,
        completed, approvals, employed_completed, employed_approved, beneficiaries, in_flight,
        settlement, found_false,
    );
}

fn disbursement(disbursement: &Disbursement, out: &mut Vec<u8>) {
    put!(disbursement, out: ordered);
    of_class(disbursement.subject).put(out);
    put!(disbursement, out: account, stage, payee, lines, total, settled, returned);
}

fn case(case: &Case, out: &mut Vec<u8>) {
    put!(case, out: opened, institution);
    list(&case.findings, out, |finding, out| {
        put!(finding, out: finding, kind, made);
        of_class(finding.subject).put(out);
        put!(finding, out: persons);
    });
    put!(case, out: clawbacks_outstanding, closed);
}

fn clawback(clawback: &Clawback, out: &mut Vec<u8>) {
    put!(clawback, out: decided, case, finding);
    of_class(clawback.subject).put(out);
    put!(
        clawback, out: account, debtor, total, outstanding, repayments, decision_number,
    );
}
