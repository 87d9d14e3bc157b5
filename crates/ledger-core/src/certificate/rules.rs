//! Certificates: issued by a qualified evaluator, declared void, found in the national register.

use crate::command::{InvalidateCertificate, IssueCertificate, VerifyCertificate};
use crate::decide::{CommandPayload, Deciding, not_before};
use crate::event::{
    CertificateInvalidated, CertificateIssued, CertificateVerified, Event, EventBody,
    QualificationKind,
};
use crate::institution::evaluates;
use crate::need::Need;
use crate::refusal::{Reason, Refusal};
use crate::training::{completion, on_day, standing};
use crate::{CertificateKind, CertificateNumber, PersonKey, SkillCertificateNumber, SkillLevel};
use std::slice;

impl Deciding<'_> {
    /// A certificate is recorded when its evaluator was qualified on the day of issue and its
    /// number fits the claim (A7, B5 of the domain notes).
    pub(crate) fn issue_certificate(&self, c: &IssueCertificate) -> Result<Event, Refusal> {
        if c.issued_on > self.on {
            return Err(Refusal::new(Reason::DateInFuture).about(c.issued_on));
        }
        let evaluator = self.institution(c.evaluator)?;
        let place = self.place(c.class, c.person)?;
        if let Some(taken) = self.context.certificates.get(&c.number) {
            return Err(Refusal::new(Reason::CertificateExists)
                .about(c.number)
                .because([taken.issued]));
        }
        if let Some(held) = place.enrolment.certificate
            && held.invalidated.is_none()
        {
            return Err(Refusal::new(Reason::FactExists)
                .about(c.person)
                .because([held.position]));
        }
        if let Some(completed) = place.enrolment.completed {
            not_before(c.issued_on, completed.on, completed.position)?;
        }
        if let Some(assessment) = place.enrolment.assessment {
            not_before(c.issued_on, assessment.on, assessment.position)?;
        }
        let number = CertificateNumber::as_skill_level(&c.number).ok();
        let number = number
            .as_ref()
            .map(SkillCertificateNumber::evaluator_number);
        let qualification = evaluates(evaluator, on_day(place.class, c.issued_on), number)?;
        standing(&place, c.person)?;
        let completed = completion(&place, c.person)?;
        let evaluator_number = match &qualification.kind {
            QualificationKind::Evaluation { evaluator_number } => evaluator_number.as_str(),
            QualificationKind::Training => "",
        };
        check_number(c, place.class.level, evaluator_number)?;
        let mut causes = vec![completed.position, qualification.granted];
        if let Some(assessment) = place.enrolment.assessment {
            if !assessment.passed {
                return Err(Refusal::new(Reason::AssessmentNotPassed)
                    .about(c.person)
                    .because([assessment.position]));
            }
            causes.push(assessment.position);
        }
        let body = EventBody::CertificateIssued(CertificateIssued {
            class: c.class,
            person: c.person,
            kind: c.kind,
            number: c.number,
            evaluator: c.evaluator,
            issued_on: c.issued_on,
        });
        Ok(self.event(body, causes))
    }

    /// A void certificate takes the approval with it as long as the place was not finally paid;
    /// what was paid is for a case to find and to claw back.
    pub(crate) fn invalidate_certificate(
        &self,
        c: &InvalidateCertificate,
    ) -> Result<Event, Refusal> {
        let certificate = self
            .context
            .certificates
            .get(&c.number)
            .ok_or_else(|| Refusal::new(Reason::CertificateNotFound).about(c.number))?;
        self.not_before(certificate.issued_on, certificate.issued)?;
        if let Some(invalidated) = certificate.invalidated {
            return Err(Refusal::new(Reason::CertificateIsInvalid)
                .about(c.number)
                .because([invalidated]));
        }
        let place = self.place(certificate.class, certificate.person)?;
        let only_advances = place
            .enrolment
            .payments
            .iter()
            .all(|payment| payment.stage == crate::event::DisbursementStage::Advance);
        let approval_lapses =
            place.enrolment.approval.is_some() && only_advances && place.class.settlement.is_none();
        let frees_quota = approval_lapses
            && place.enrolment.payments.is_empty()
            && place.person.slot_of(certificate.class).is_some();
        let mut causes = vec![certificate.issued];
        causes.extend(place.enrolment.approval.map(|approval| approval.position));
        let body = EventBody::CertificateInvalidated(CertificateInvalidated {
            class: certificate.class,
            person: certificate.person,
            number: c.number,
            grounds: c.grounds.clone(),
            decision_number: c.decision_number.clone(),
            approval_lapses,
            frees_quota,
        });
        Ok(self.event(body, causes))
    }

    /// A certificate that stands is found in the national register, once.
    pub(crate) fn verify_certificate(&self, c: &VerifyCertificate) -> Result<Event, Refusal> {
        let certificate = self
            .context
            .certificates
            .get(&c.number)
            .ok_or_else(|| Refusal::new(Reason::CertificateNotFound).about(c.number))?;
        let place = self.place(certificate.class, certificate.person)?;
        let held = place.enrolment.certificate;
        let verified = held
            .filter(|held| held.number == c.number)
            .and_then(|held| held.verified);
        if let Some(verified) = verified {
            return Err(Refusal::new(Reason::FactExists)
                .about(c.number)
                .because([verified]));
        }
        not_before(self.on, certificate.issued_on, certificate.issued)?;
        if let Some(invalidated) = certificate.invalidated {
            return Err(Refusal::new(Reason::CertificateIsInvalid)
                .about(c.number)
                .because([invalidated]));
        }
        let body = EventBody::CertificateVerified(CertificateVerified {
            class: certificate.class,
            person: certificate.person,
            number: c.number,
            source: c.source.clone(),
        });
        Ok(self.event(body, vec![certificate.issued]))
    }
}

/// Compares the fields of a skill-level certificate number with the claim: level, year of issue
/// and evaluator (B5 of the domain notes). A course that leads to a level needs a certificate of
/// that level or an old vocational qualification.
fn check_number(
    c: &IssueCertificate,
    level: Option<SkillLevel>,
    evaluator_number: &str,
) -> Result<(), Refusal> {
    let mismatch = |what: &str| {
        Err(Refusal::new(Reason::CertificateMismatch).about(format_args!("{}: {what}", c.number)))
    };
    if c.kind != CertificateKind::SkillLevel {
        let levelled = level.is_some() && c.kind != CertificateKind::VocationalQualification;
        return if levelled {
            mismatch("the course leads to a level")
        } else {
            Ok(())
        };
    }
    let Ok(number) = CertificateNumber::as_skill_level(&c.number) else {
        // The levels without a digit are numbered in another way, which is not published.
        let undigited = level.is_some_and(|level| level.digit().is_none());
        return if undigited {
            Ok(())
        } else {
            mismatch("not a skill-level certificate number")
        };
    };
    if level != Some(number.level()) {
        return mismatch("level");
    }
    if number.issue_year() != c.issued_on.year() {
        return mismatch("year of issue");
    }
    if number.evaluator_number() != evaluator_number {
        return mismatch("evaluator");
    }
    Ok(())
}

impl CommandPayload for IssueCertificate {
    fn needs(&self, need: &mut Need<'_>) {
        need.place(self.class, self.person);
        need.institution(self.evaluator);
        need.certificate(self.number);
    }

    fn reports_on(&self) -> &[PersonKey] {
        slice::from_ref(&self.person)
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.issue_certificate(self)?])
    }
}

impl CommandPayload for InvalidateCertificate {
    fn needs(&self, need: &mut Need<'_>) {
        if let Some(certificate) = need.certificate_value(self.number) {
            need.place(certificate.class, certificate.person);
        }
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.invalidate_certificate(self)?])
    }
}

impl CommandPayload for VerifyCertificate {
    fn needs(&self, need: &mut Need<'_>) {
        if let Some(certificate) = need.certificate_value(self.number) {
            need.place(certificate.class, certificate.person);
        }
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.verify_certificate(self)?])
    }
}
