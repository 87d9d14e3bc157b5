//! A person's way through a class: enrolment, attendance, completion, assessment, employment.

use crate::class::outside_dates;
use crate::command::{
    CompleteTraining, ConfirmEmployment, EnrolPerson, RecordAssessment, RecordAttendance,
    WithdrawEmployment, WithdrawEnrolment,
};
use crate::decide::{CommandPayload, Deciding, Place, at_most, within};
use crate::entity::{Class, Fact};
use crate::event::{
    AssessmentRecorded, AttendanceRecorded, EmploymentConfirmed, EmploymentWithdrawn,
    EnrolmentWithdrawn, Event, EventBody, PersonEnrolled, TrainingCompleted,
};
use crate::institution::{Qualified, evaluates};
use crate::limits::{
    ATTENDANCES_PER_ENROLMENT_MAX, CLASS_HOURS_PER_DAY_MAX, ENROLMENTS_PER_PERSON_MAX,
};
use crate::need::Need;
use crate::refusal::{Reason, Refusal};
use crate::subsidy::hours_needed;
use crate::{BusinessDate, PersonKey};
use std::slice;

impl Deciding<'_> {
    pub(crate) fn enrol_person(&self, c: &EnrolPerson) -> Result<Event, Refusal> {
        let person = self.person(c.person)?;
        at_most(
            person.enrolments.len().saturating_add(1),
            ENROLMENTS_PER_PERSON_MAX,
            "enrolments",
        )?;
        let class = self.class(c.class)?;
        if let Some(enrolment) = person.enrolment(c.class)
            && enrolment.withdrawn.is_none()
        {
            return Err(Refusal::new(Reason::EnrolmentExists)
                .about(c.person)
                .because([enrolment.enrolled]));
        }
        let opened = self.still_open(c.class, class)?;
        if class.enrolled >= class.headcount {
            return Err(Refusal::new(Reason::ClassFull)
                .about(c.class)
                .limit(i64::from(class.headcount), i64::from(class.enrolled))
                .because([class.approved.position]));
        }
        if self.on > class.ends_on {
            return Err(outside_dates(class));
        }
        let body = EventBody::PersonEnrolled(PersonEnrolled {
            class: c.class,
            person: c.person,
        });
        Ok(self.event(body, vec![opened.position, person.registered]))
    }

    pub(crate) fn withdraw_enrolment(&self, c: &WithdrawEnrolment) -> Result<Event, Refusal> {
        let place = self.place(c.class, c.person)?;
        self.not_before(place.enrolment.enrolled_on, place.enrolment.enrolled)?;
        standing(&place, c.person)?;
        not_completed(&place, c.person)?;
        let body = EventBody::EnrolmentWithdrawn(EnrolmentWithdrawn {
            class: c.class,
            person: c.person,
            reason: c.reason.clone(),
        });
        Ok(self.event(body, vec![place.enrolment.enrolled]))
    }

    pub(crate) fn record_attendance(&self, c: &RecordAttendance) -> Result<Event, Refusal> {
        within(
            c.class_hours,
            CLASS_HOURS_PER_DAY_MAX,
            "class hours of a day",
        )?;
        let place = self.place(c.class, c.person)?;
        let attendances = place.enrolment.attendances.len().saturating_add(1);
        at_most(attendances, ATTENDANCES_PER_ENROLMENT_MAX, "attendances")?;
        self.not_before(place.enrolment.enrolled_on, place.enrolment.enrolled)?;
        if self.on < place.class.starts_on || self.on > place.class.ends_on {
            return Err(outside_dates(place.class));
        }
        standing(&place, c.person)?;
        not_completed(&place, c.person)?;
        let body = EventBody::AttendanceRecorded(AttendanceRecorded {
            class: c.class,
            person: c.person,
            class_hours: c.class_hours,
        });
        Ok(self.event(body, vec![place.enrolment.enrolled]))
    }

    /// Training is completed with the class hours that the policy's evidence rule asks for.
    pub(crate) fn complete_training(&self, c: &CompleteTraining) -> Result<Event, Refusal> {
        let place = self.place(c.class, c.person)?;
        self.not_before(place.enrolment.enrolled_on, place.enrolment.enrolled)?;
        if self.on < place.class.starts_on {
            return Err(outside_dates(place.class));
        }
        standing(&place, c.person)?;
        not_completed(&place, c.person)?;
        let attended = place.enrolment.class_hours;
        let rules = self.measured(place, c.class, c.person).rules;
        if let Some(rule) = rules.rule(|scheme| Some(&scheme.evidence))
            && let Some(needed) = hours_needed(&rule.ruled.rule, place.class.class_hours)
            && i64::from(attended) < needed
        {
            return Err(Refusal::new(Reason::TooFewClassHours)
                .under(rule.cite())
                .about(c.person)
                .limit(needed, i64::from(attended))
                .because(place.enrolment.attendances.iter().copied()));
        }
        let mut causes = place.enrolment.attendances.clone();
        causes.push(place.enrolment.enrolled);
        let body = EventBody::TrainingCompleted(TrainingCompleted {
            class: c.class,
            person: c.person,
            class_hours: attended,
        });
        let mut event = self.event(body, causes);
        event.policy = Some(place.class.policy);
        Ok(event)
    }

    pub(crate) fn record_assessment(&self, c: &RecordAssessment) -> Result<Event, Refusal> {
        let evaluator = self.institution(c.evaluator)?;
        let place = self.place(c.class, c.person)?;
        if let Some(earlier) = place.enrolment.assessment
            && earlier.passed
        {
            return Err(Refusal::new(Reason::FactExists)
                .about(c.person)
                .because([earlier.position]));
        }
        if let Some(completed) = place.enrolment.completed {
            self.not_before(completed.on, completed.position)?;
        }
        let qualification = evaluates(evaluator, on_day(place.class, self.on), None)?;
        standing(&place, c.person)?;
        let completed = completion(&place, c.person)?;
        let body = EventBody::AssessmentRecorded(AssessmentRecorded {
            class: c.class,
            person: c.person,
            evaluator: c.evaluator,
            result: c.result,
        });
        let causes = vec![completed.position, qualification.granted];
        Ok(self.event(body, causes))
    }

    /// Employment counts for the rate when the work starts after the training and within the
    /// policy's window after the end of the class, and the class is not settled yet.
    pub(crate) fn confirm_employment(&self, c: &ConfirmEmployment) -> Result<Event, Refusal> {
        if c.started_on > self.on {
            return Err(Refusal::new(Reason::DateInFuture).about(c.started_on));
        }
        let place = self.place(c.class, c.person)?;
        if let Some(employment) = place.enrolment.employment {
            return Err(Refusal::new(Reason::FactExists)
                .about(c.person)
                .because([employment.position]));
        }
        if let Some(completed) = place.enrolment.completed {
            self.not_before(completed.on, completed.position)?;
        }
        standing(&place, c.person)?;
        let completed = completion(&place, c.person)?;
        let counts = place.class.settlement.is_none()
            && c.started_on >= completed.on
            && self
                .window_end(place.class)
                .is_none_or(|last| c.started_on <= last);
        let body = EventBody::EmploymentConfirmed(EmploymentConfirmed {
            class: c.class,
            person: c.person,
            employer: c.employer,
            evidence: c.evidence,
            started_on: c.started_on,
            counts,
        });
        let mut event = self.event(body, vec![completed.position]);
        event.policy = Some(place.class.policy);
        Ok(event)
    }

    /// The last day on which work may start to count, when the policy sets a window.
    pub(crate) fn window_end(&self, class: &Class) -> Option<BusinessDate> {
        let rules = self.class_rules(class);
        let project = rules.rule(|scheme| scheme.project.as_ref())?;
        class
            .ends_on
            .add_months(project.ruled.rule.employment_window_months)
    }

    pub(crate) fn withdraw_employment(&self, c: &WithdrawEmployment) -> Result<Event, Refusal> {
        let place = self.place(c.class, c.person)?;
        let employment = place
            .enrolment
            .employment
            .ok_or_else(|| Refusal::new(Reason::EmploymentNotConfirmed).about(c.person))?;
        self.not_before(employment.started_on, employment.position)?;
        let body = EventBody::EmploymentWithdrawn(EmploymentWithdrawn {
            class: c.class,
            person: c.person,
            reason: c.reason.clone(),
            counted: employment.counts && place.class.settlement.is_none(),
        });
        Ok(self.event(body, vec![employment.position]))
    }
}

/// What a body has to be qualified for to act for the class on a day.
pub(crate) fn on_day(class: &Class, day: BusinessDate) -> Qualified {
    Qualified {
        occupation: class.occupation,
        level: class.level,
        first: day,
        last: day,
    }
}

/// Refuses for a person who has given the place up.
pub(crate) fn standing(place: &Place<'_>, person: PersonKey) -> Result<(), Refusal> {
    match place.enrolment.withdrawn {
        Some(withdrawn) => Err(Refusal::new(Reason::EnrolmentIsWithdrawn)
            .about(person)
            .because([withdrawn])),
        None => Ok(()),
    }
}

fn not_completed(place: &Place<'_>, person: PersonKey) -> Result<(), Refusal> {
    match place.enrolment.completed {
        Some(completed) => Err(Refusal::new(Reason::TrainingIsCompleted)
            .about(person)
            .because([completed.position])),
        None => Ok(()),
    }
}

pub(crate) fn completion(place: &Place<'_>, person: PersonKey) -> Result<Fact, Refusal> {
    place.enrolment.completed.ok_or_else(|| {
        Refusal::new(Reason::TrainingNotCompleted)
            .about(person)
            .because([place.enrolment.enrolled])
    })
}

impl CommandPayload for EnrolPerson {
    fn needs(&self, need: &mut Need<'_>) {
        need.place(self.class, self.person);
    }

    fn reports_on(&self) -> &[PersonKey] {
        slice::from_ref(&self.person)
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.enrol_person(self)?])
    }
}

impl CommandPayload for WithdrawEnrolment {
    fn needs(&self, need: &mut Need<'_>) {
        need.place(self.class, self.person);
    }

    fn reports_on(&self) -> &[PersonKey] {
        slice::from_ref(&self.person)
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.withdraw_enrolment(self)?])
    }
}

impl CommandPayload for RecordAttendance {
    fn needs(&self, need: &mut Need<'_>) {
        need.place(self.class, self.person);
    }

    fn reports_on(&self) -> &[PersonKey] {
        slice::from_ref(&self.person)
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.record_attendance(self)?])
    }
}

impl CommandPayload for CompleteTraining {
    fn needs(&self, need: &mut Need<'_>) {
        need.place(self.class, self.person);
    }

    fn reports_on(&self) -> &[PersonKey] {
        slice::from_ref(&self.person)
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.complete_training(self)?])
    }
}

impl CommandPayload for RecordAssessment {
    fn needs(&self, need: &mut Need<'_>) {
        need.place(self.class, self.person);
        need.institution(self.evaluator);
    }

    fn reports_on(&self) -> &[PersonKey] {
        slice::from_ref(&self.person)
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.record_assessment(self)?])
    }
}

impl CommandPayload for ConfirmEmployment {
    fn needs(&self, need: &mut Need<'_>) {
        need.place(self.class, self.person);
    }

    fn reports_on(&self) -> &[PersonKey] {
        slice::from_ref(&self.person)
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.confirm_employment(self)?])
    }
}

impl CommandPayload for WithdrawEmployment {
    fn needs(&self, need: &mut Need<'_>) {
        need.place(self.class, self.person);
    }

    fn reports_on(&self) -> &[PersonKey] {
        slice::from_ref(&self.person)
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.withdraw_employment(self)?])
    }
}
