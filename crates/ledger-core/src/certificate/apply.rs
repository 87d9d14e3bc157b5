//! Certificates.

use crate::apply::{EventPayload, counted, free_slot, with_class, with_person, with_place};
use crate::context::Context;
use crate::entity::{Certificate, CertificateFact, Fact};
use crate::event::{CertificateInvalidated, CertificateIssued, CertificateVerified};
use crate::found::Keys;
use crate::need::Need;
use crate::progress::{Changes, Counted};
use crate::{BusinessDate, Position};

impl EventPayload for CertificateIssued {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class);
        need.certificate(self.number);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        let holder = keys.place(self.class, self.person);
        keys.certificate(self.number);
        keys.beside(holder, self.evaluator);
    }

    fn counts(&self, before: &Context, _on: BusinessDate, changes: &mut Changes) {
        let place = (self.class, self.person);
        changes.counted(before, place, Counted::Certified, self.issued_on);
    }

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        certificate_issued(context, fact, self);
    }
}

impl EventPayload for CertificateInvalidated {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class);
        need.certificate(self.number);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        let holder = keys.place(self.class, self.person);
        keys.certificate(self.number);
        keys.evaluator(holder, self.number);
    }

    fn counts(&self, before: &Context, _on: BusinessDate, changes: &mut Changes) {
        changes.certificate_invalidated(before, self);
    }

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        certificate_invalidated(context, fact, self);
    }
}

impl EventPayload for CertificateVerified {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class);
        need.certificate(self.number);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.place(self.class, self.person);
        keys.certificate(self.number);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        with_place(context, self.class, self.person, |place| {
            if let Some(certificate) = &mut place.certificate
                && certificate.number == self.number
            {
                certificate.verified = Some(fact.position);
            }
        });
        if let Some(certificate) = context.certificates.get_mut(&self.number) {
            certificate.verified = Some(fact.position);
        }
    }
}

fn certificate_issued(context: &mut Context, fact: Fact, e: &CertificateIssued) {
    let groups = counted::groups(context, e.class, e.person);
    counted::with_place(context, e.class, e.person, |place| {
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
    counted::with_place(context, e.class, e.person, |place| {
        if let Some(certificate) = &mut place.certificate {
            certificate.invalidated = Some(fact.position);
        }
        if e.approval_lapses {
            place.approval = None;
            employed = place.employment_counts();
            beneficiary = place.is_beneficiary();
        }
    });
    with_person(context, e.person, |person| {
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
