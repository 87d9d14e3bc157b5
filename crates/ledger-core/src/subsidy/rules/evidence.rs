//! What has to be on record, and by when it has to be claimed.

use super::Measured;
use crate::class::{is_for, level_names};
use crate::coded::RuleKind;
use crate::decide::sink::{Sink, Verdict};
use crate::entity::{CertificateFact, Enrolment};
use crate::event::EmploymentEvidence;
use crate::policy::book::InForce;
use crate::policy::{ClaimStart, Evidence};
use crate::refusal::{Reason, Refusal};

impl Measured<'_> {
    /// The class leads to one of the levels that the scheme is for: the rules may have changed
    /// since its approval.
    pub(super) fn levels(&self, sink: &mut impl Sink) {
        let Some(rule) = self.rules.rule(|scheme| scheme.levels.as_ref()) else {
            return;
        };
        let class = self.place.class;
        let (en, zh) = level_names(class.level);
        sink.looks_at(
            ("level", "技能等级"),
            (format_args!("{en}"), format_args!("{zh}")),
            [class.approved.position],
        );
        let other = (!is_for(&rule.ruled.rule, class.level))
            .then(|| self.refusal(Reason::LevelNotSubsidised));
        sink.verdict(Verdict::passed(RuleKind::Levels).under(rule).unless(other));
    }

    /// Certificate (取得证书后), assessment, class hours and employment, as the scheme asks. A
    /// void certificate and a failed assessment count against the person also where none is asked
    /// for.
    pub(super) fn evidence(&self, sink: &mut impl Sink) {
        let Some(rule) = self.rules.rule(|scheme| Some(&scheme.evidence)) else {
            return;
        };
        let enrolment = self.place.enrolment;
        if let Some(completed) = enrolment.completed {
            let on = format_args!("{}", completed.on);
            sink.rests_on(("completed", "完成培训"), on, [completed.position]);
        }
        if let Some(assessment) = enrolment.assessment {
            let (en, zh) = match assessment.passed {
                true => ("passed", "合格"),
                false => ("failed", "不合格"),
            };
            let on = assessment.on;
            sink.rests_on(
                ("assessment", "考核"),
                (format_args!("{on} {en}"), format_args!("{on}{zh}")),
                [assessment.position],
            );
        }
        if let Some(certificate) = enrolment.certificate {
            let verified = certificate.verified;
            let (on, kind) = (certificate.issued_on, certificate.kind);
            sink.rests_on(
                ("certificate", "证书"),
                (
                    format_args!("{on} {}", kind.name_en()),
                    format_args!("{on}{}", kind.name_zh()),
                ),
                [Some(certificate.position), verified].into_iter().flatten(),
            );
        }
        let (needed, attended) = self.hours(&rule.ruled.rule);
        let verdict = || {
            let verdict = Verdict::passed(RuleKind::Evidence).under(rule);
            match needed {
                Some(needed) => verdict.limit(needed, attended),
                None => verdict,
            }
        };
        let mut complete = true;
        for refusal in [
            self.against_certificate(&rule.ruled.rule),
            self.against_assessment(&rule.ruled.rule),
            self.against_hours(&rule.ruled.rule),
        ] {
            if refusal.is_some() {
                complete = false;
                let plain = Verdict::passed(RuleKind::Evidence).under(rule);
                sink.verdict(plain.unless(refusal));
            }
        }
        complete &= self.employment_evidence(rule, sink);
        if complete {
            sink.verdict(verdict());
        }
    }

    /// Work that started in time and is proved as the scheme asks; whether nothing is missing.
    pub(crate) fn employment_evidence(
        &self,
        rule: InForce<'_, Evidence>,
        sink: &mut impl Sink,
    ) -> bool {
        let evidence = &rule.ruled.rule;
        if evidence.employment_days.is_none() && !evidence.labour_contract {
            return true;
        }
        let class = self.place.class;
        let days = evidence.employment_days.map(i64::from);
        let work = self.place.enrolment.employment;
        let mut refusal = None;
        if let Some(work) = work {
            let (on, (en, zh)) = (work.started_on, proof(work.evidence));
            sink.rests_on(
                ("employment", "就业"),
                (format_args!("{on} {en}"), format_args!("{on}{zh}")),
                [work.position],
            );
            let since = i64::from(work.started_on.days_since(class.ends_on));
            let completed = self.place.enrolment.completed;
            let early =
                completed.is_some_and(|completed| work.started_on < completed.on) && since < 0;
            let proved =
                !evidence.labour_contract || work.evidence == EmploymentEvidence::LabourContract;
            if early || !proved || days.is_some_and(|days| since > days) {
                let missing = self.refusal(Reason::EmploymentEvidenceMissing);
                let missing = missing.because([work.position]);
                refusal = Some(match days {
                    Some(days) => missing.limit(days, since),
                    None => missing,
                });
            }
        } else {
            refusal = Some(self.refusal(Reason::EmploymentEvidenceMissing));
        }
        let complete = refusal.is_none();
        if !complete {
            let verdict = Verdict::passed(RuleKind::Evidence).under(rule);
            sink.verdict(verdict.unless(refusal));
        }
        complete
    }

    /// The claim within its time: the last day still counts. Without a claim on record the day of
    /// the approval is the day of the claim.
    pub(super) fn claim_deadline(&self, sink: &mut impl Sink) {
        let Some(rule) = self.rules.rule(|scheme| scheme.claim_deadline.as_ref()) else {
            return;
        };
        let verdict = Verdict::passed(RuleKind::ClaimDeadline).under(rule);
        let deadline = rule.ruled.rule;
        let certificate = self.place.enrolment.certificate;
        let start = match deadline.from {
            ClaimStart::Certificate => certificate.map(|it| (it.issued_on, it.position)),
            ClaimStart::ClassEnd => {
                let class = self.place.class;
                Some((class.ends_on, class.approved.position))
            }
        };
        let last = start.and_then(|(from, cause)| {
            let last = from.add_months(deadline.months)?;
            Some((from, cause, last))
        });
        let Some((from, cause, last)) = last else {
            return sink.verdict(verdict.not_applicable());
        };
        let claimed = self.rules.dates().claim;
        let claim = self.place.enrolment.claim.map(|claim| claim.position);
        sink.looks_at(
            ("time runs from", "申领期限起算"),
            format_args!("{from}"),
            [cause],
        );
        sink.looks_at(("last day", "申领期限届满"), format_args!("{last}"), None);
        sink.rests_on(("claimed", "申领"), format_args!("{claimed}"), claim);
        let days = |day: crate::BusinessDate| i64::from(day.days_since(from));
        let verdict = verdict.limit(days(last), days(claimed));
        let late = (claimed > last).then(|| {
            let late = self.refusal(Reason::ClaimTooLate);
            late.because(claim.into_iter().chain([cause]))
        });
        sink.verdict(verdict.unless(late));
    }

    /// Class hours needed and attended.
    fn hours(&self, evidence: &Evidence) -> (Option<i64>, i64) {
        let class = self.place.class;
        let needed = hours_needed(evidence, class.class_hours);
        (needed, i64::from(self.place.enrolment.class_hours))
    }

    fn against_hours(&self, evidence: &Evidence) -> Option<Refusal> {
        let (needed, attended) = self.hours(evidence);
        let needed = needed.filter(|needed| attended < *needed)?;
        let completed = self.place.enrolment.completed;
        let few = self.refusal(Reason::TooFewClassHours);
        let few = few.because(completed.map(|completed| completed.position));
        Some(few.limit(needed, attended))
    }

    fn against_assessment(&self, evidence: &Evidence) -> Option<Refusal> {
        let assessment = self.place.enrolment.assessment;
        let missing = match assessment {
            Some(assessment) => !assessment.passed,
            None => evidence.assessment,
        };
        missing.then(|| {
            let failed = self.refusal(Reason::AssessmentNotPassed);
            failed.because(assessment.map(|assessment| assessment.position))
        })
    }

    pub(crate) fn against_certificate(&self, evidence: &Evidence) -> Option<Refusal> {
        let Enrolment { certificate, .. } = self.place.enrolment;
        let Some(certificate) = certificate else {
            let missing = || self.refusal(Reason::CertificateMissing);
            return evidence.certificate.then(missing);
        };
        let (reason, fact) = fault(certificate, evidence)?;
        Some(self.refusal(reason).because([fact]))
    }
}

/// What is wrong with a certificate, and the event that shows it.
fn fault(certificate: &CertificateFact, evidence: &Evidence) -> Option<(Reason, crate::Position)> {
    if let Some(invalidated) = certificate.invalidated {
        return Some((Reason::CertificateIsInvalid, invalidated));
    }
    let kinds = &evidence.certificate_kinds;
    if !kinds.is_empty() && !kinds.contains(&certificate.kind) {
        return Some((Reason::CertificateKindNotAllowed, certificate.position));
    }
    if evidence.verified && certificate.verified.is_none() {
        return Some((Reason::CertificateNotVerified, certificate.position));
    }
    None
}

/// What proves an employment, in English and in Chinese.
fn proof(evidence: EmploymentEvidence) -> (&'static str, &'static str) {
    match evidence {
        EmploymentEvidence::LabourContract => ("labour contract", "劳动合同"),
        EmploymentEvidence::SocialInsurance => ("social insurance", "社会保险"),
        EmploymentEvidence::BusinessLicence => ("business licence", "营业执照"),
        EmploymentEvidence::Payroll => ("payroll", "工资发放记录"),
    }
}

/// Class hours that a scheme asks for: the floor or the share of the planned ones rounded up,
/// whichever is more.
pub(crate) fn hours_needed(evidence: &Evidence, planned: u32) -> Option<i64> {
    let share = evidence.attendance.map(|share| {
        u64::from(planned)
            .saturating_mul(u64::from(share.numerator()))
            .div_ceil(u64::from(share.denominator()).max(1))
    });
    let needed = share.max(evidence.hours_min.map(u64::from))?;
    Some(i64::try_from(needed).unwrap_or(i64::MAX))
}
