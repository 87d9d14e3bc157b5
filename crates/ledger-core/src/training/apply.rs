//! A place in a class: training, assessment, employment.

use crate::apply::{EventPayload, counted, with_class, with_person, with_place};
use crate::context::Context;
use crate::entity::{Assessment, EmploymentFact, Enrolment, Fact};
use crate::event::{
    AssessmentRecorded, AssessmentResult, AttendanceRecorded, EmploymentConfirmed,
    EmploymentWithdrawn, EnrolmentWithdrawn, PersonEnrolled, TrainingCompleted,
};
use crate::found::Keys;
use crate::need::Need;
use crate::progress::GroupSet;
use crate::progress::{Changes, Counted};
use crate::{BusinessDate, ClassId, Fen, PersonKey, Position};

impl EventPayload for PersonEnrolled {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class)
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.place(self.class, self.person);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        enrolled(context, fact, self.class, self.person)
    }
}

impl EventPayload for EnrolmentWithdrawn {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class)
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.place(self.class, self.person);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self { class, person, .. } = self;
        with_place(context, *class, *person, |place| {
            place.withdrawn = Some(fact.position);
        });
        with_class(context, *class, |class| {
            class.enrolled = class.enrolled.saturating_sub(1)
        });
    }
}

impl EventPayload for AttendanceRecorded {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class)
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.place(self.class, self.person);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        with_place(context, self.class, self.person, |place| {
            place.class_hours = place.class_hours.saturating_add(self.class_hours);
            let earlier = place.first_attendance.filter(|first| first.on <= fact.on);
            place.first_attendance = earlier.or(Some(fact));
            place.attendances.push(fact.position);
        });
    }
}

impl EventPayload for TrainingCompleted {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class)
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.place(self.class, self.person);
    }

    fn counts(&self, before: &Context, on: BusinessDate, changes: &mut Changes) {
        changes.counted(before, (self.class, self.person), Counted::Completed, on);
    }

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self { class, person, .. } = self;
        let groups = counted::groups(context, *class, *person);
        counted::with_place(context, *class, *person, |place| {
            place.completed = Some(fact);
            place.completed_groups = groups;
            // The completion names them as its causes; they are not needed any more.
            place.attendances = Vec::new();
        });
        with_class(context, *class, |class| {
            class.completed = class.completed.saturating_add(1);
        });
    }
}

impl EventPayload for AssessmentRecorded {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class)
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        let holder = keys.place(self.class, self.person);
        keys.beside(holder, self.evaluator);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        with_place(context, self.class, self.person, |place| {
            place.assessment = Some(Assessment {
                position: fact.position,
                on: fact.on,
                passed: self.result == AssessmentResult::Passed,
            });
        });
    }
}

impl EventPayload for EmploymentConfirmed {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        let holder = keys.place(self.class, self.person);
        keys.beside(holder, self.employer);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        employment_confirmed(context, fact, self, self.counts);
    }
}

impl EventPayload for EmploymentWithdrawn {
    fn touches(&self, need: &mut Need<'_>) {
        need.class(self.class)
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.place(self.class, self.person);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, _fact: Fact, _policy: Option<Position>) {
        employment_withdrawn(context, self.class, self.person, self.counted);
    }
}

fn enrolled(context: &mut Context, fact: Fact, class: ClassId, person: PersonKey) {
    with_person(context, person, |person| {
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

/// The employment of a place; `counted` where the class counts it.
pub(super) fn employment_confirmed(
    context: &mut Context,
    fact: Fact,
    e: &EmploymentConfirmed,
    counted: bool,
) {
    let mut approved = false;
    with_place(context, e.class, e.person, |place| {
        place.employment = Some(EmploymentFact {
            position: fact.position,
            employer: e.employer,
            started_on: e.started_on,
            counts: e.counts,
            evidence: e.evidence,
        });
        approved = place.approval.is_some();
    });
    if counted {
        with_class(context, e.class, |class| {
            class.employed_completed = class.employed_completed.saturating_add(1);
            class.employed_approved = class.employed_approved.saturating_add(u32::from(approved));
        });
    }
}

/// No employment any more; `counted` where the class counted it.
pub(super) fn employment_withdrawn(
    context: &mut Context,
    class: ClassId,
    person: PersonKey,
    counted: bool,
) {
    let mut approved = false;
    with_place(context, class, person, |place| {
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
