//! Supervision cases and what they find (鲁人社字〔2025〕87号 二(六); 黔就劳发〔2025〕3号 二十).

use crate::command::{CloseCase, MakeFinding, OpenCase};
use crate::decide::{CommandPayload, Deciding, all, at_most, distinct};
use crate::entity::Case;
use crate::event::{CaseClosed, CaseOpened, Event, EventBody, FindingMade, Subject};
use crate::limits::{CALLER_CAUSES_MAX, CLASS_HEADCOUNT_MAX, FINDINGS_PER_CASE_MAX};
use crate::need::Need;
use crate::refusal::{Reason, Refusal};
use crate::{CaseId, PersonKey, Position};

impl<'a> Deciding<'a> {
    pub(crate) fn case(&self, case: CaseId) -> Result<&'a Case, Refusal> {
        self.context
            .cases
            .get(&case)
            .ok_or_else(|| Refusal::new(Reason::CaseNotFound).about(case))
    }

    pub(crate) fn open_case(&self, c: &OpenCase) -> Result<Event, Refusal> {
        if let Some(existing) = self.context.cases.get(&c.case) {
            return Err(Refusal::new(Reason::CaseExists)
                .about(c.case)
                .because([existing.opened.position]));
        }
        let body = EventBody::CaseOpened(CaseOpened {
            case: c.case,
            institution: c.institution,
            clue: c.clue.clone(),
        });
        Ok(self.event(body, Vec::new()))
    }

    /// A finding names a class and the events that it relies on.
    pub(crate) fn make_finding(&self, c: &MakeFinding) -> Result<Event, Refusal> {
        let persons_max = usize::try_from(CLASS_HEADCOUNT_MAX).unwrap_or(usize::MAX);
        at_most(c.persons.len(), persons_max, "persons")?;
        at_most(c.evidence.len(), CALLER_CAUSES_MAX, "evidence")?;
        let findings = self
            .context
            .cases
            .get(&c.case)
            .map_or(0, |case| case.findings.len());
        at_most(
            findings.saturating_add(1),
            FINDINGS_PER_CASE_MAX,
            "findings",
        )?;
        distinct(&c.persons)?;
        self.causes_exist(&c.evidence)?;
        let mut causes = self.enrolments_of(c)?;
        let facts = self.found_about(c.subject)?;
        let case = self.case(c.case)?;
        if let Some(existing) = case.findings.iter().find(|made| made.finding == c.finding) {
            return Err(Refusal::new(Reason::FindingExists)
                .about(c.finding)
                .because([existing.made.position]));
        }
        self.not_before(case.opened.on, case.opened.position)?;
        not_closed(c.case, case)?;
        causes.push(case.opened.position);
        causes.extend(facts);
        causes.extend_from_slice(&c.evidence);
        let body = EventBody::FindingMade(FindingMade {
            case: c.case,
            finding: c.finding,
            kind: c.kind,
            subject: c.subject,
            persons: c.persons.clone(),
            decision_number: c.decision_number.clone(),
        });
        Ok(self.event(body, causes))
    }

    /// The events that made what the finding is about.
    fn found_about(&self, subject: Subject) -> Result<Vec<Position>, Refusal> {
        match subject {
            Subject::Class(id) => {
                let class = self.class(id)?;
                let stages = [Some(class.approved), class.opened, class.closed];
                let facts = stages.into_iter().flatten().map(|fact| fact.position);
                Ok(facts.collect())
            }
            Subject::Award(id) => {
                let award = self.award(id)?;
                Ok(vec![award.approved.position])
            }
        }
    }

    /// The enrolments of the persons; an award concerns no trainees.
    fn enrolments_of(&self, c: &MakeFinding) -> Result<Vec<Position>, Refusal> {
        let enrolled = |person: &PersonKey| match c.subject {
            Subject::Class(class) => self
                .place(class, *person)
                .map(|place| place.enrolment.enrolled),
            Subject::Award(_) => Err(Refusal::new(Reason::EnrolmentNotFound).about(person)),
        };
        all(c.persons.iter().map(enrolled))
    }

    pub(crate) fn close_case(&self, c: &CloseCase) -> Result<Event, Refusal> {
        let case = self.case(c.case)?;
        self.not_before(case.opened.on, case.opened.position)?;
        not_closed(c.case, case)?;
        if case.clawbacks_outstanding > 0 {
            return Err(Refusal::new(Reason::ClawbackOutstanding)
                .about(c.case)
                .limit(0, i64::from(case.clawbacks_outstanding)));
        }
        let mut causes = vec![case.opened.position];
        causes.extend(case.findings.iter().map(|finding| finding.made.position));
        let body = EventBody::CaseClosed(CaseClosed {
            case: c.case,
            outcome: c.outcome.clone(),
        });
        Ok(self.event(body, causes))
    }
}

pub(crate) fn not_closed(id: CaseId, case: &Case) -> Result<(), Refusal> {
    match case.closed {
        Some(closed) => Err(Refusal::new(Reason::CaseIsClosed)
            .about(id)
            .because([closed])),
        None => Ok(()),
    }
}

impl CommandPayload for OpenCase {
    fn needs(&self, need: &mut Need<'_>) {
        need.case(self.case);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.open_case(self)?])
    }
}

impl CommandPayload for MakeFinding {
    fn needs(&self, need: &mut Need<'_>) {
        need.case(self.case);
        need.subject(self.subject);
        for person in &self.persons {
            need.person(*person);
        }
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.make_finding(self)?])
    }
}

impl CommandPayload for CloseCase {
    fn needs(&self, need: &mut Need<'_>) {
        need.case(self.case);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.close_case(self)?])
    }
}
