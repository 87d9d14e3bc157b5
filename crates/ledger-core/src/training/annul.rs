//! Facts of a place in a class that never were.
//!
//! A fact belongs to the last place in the class that the person had taken before it: whoever has
//! withdrawn may enrol again.
//!
//! Long: seven kinds of facts that look at the same place.

use super::apply::{employment_confirmed, employment_withdrawn};
use super::event::{
    AssessmentRecorded, AttendanceRecorded, EmploymentConfirmed, EmploymentWithdrawn,
    EnrolmentWithdrawn, PersonEnrolled, TrainingCompleted,
};
use crate::apply::{with_class, with_counted_place, with_person, with_place};
use crate::context::Context;
use crate::correction::{
    Annullable, Annulled, TakenOut, Undone, nothing_decided, nothing_rests, past,
};
use crate::decide::{Deciding, Place};
use crate::entity::{Assessment, Enrolment, Fact, Person};
use crate::event::{AssessmentResult, EventBody, PastEvent, PastFact, RecordedEvent};
use crate::need::Need;
use crate::progress::{Changes, GroupSet};
use crate::refusal::{Reason, Refusal};
use crate::{ClassId, PersonKey, Position};

impl Annullable for PersonEnrolled {
    fn needs(&self, _need: &mut Need<'_>, _annulled: &RecordedEvent) {}

    fn undo(&self, case: &Deciding<'_>, annulled: &RecordedEvent) -> Result<Undone, Refusal> {
        let place = place(case, self.class, self.person, annulled.position)?;
        let mut resting = facts(place.enrolment);
        resting.extend(taken_again(&place, self.class));
        nothing_rests(after(resting, annulled.position), self.person)?;
        nothing_decided_or_settled(&place, self.person, annulled.position)?;
        Ok(Undone::default())
    }
}

impl TakenOut for PersonEnrolled {
    fn touches_too(&self, _need: &mut Need<'_>) {}

    fn counts_out(&self, _before: &Context, _annulled: &Annulled<'_>, _changes: &mut Changes) {}

    fn take_out(&self, context: &mut Context, annulled: &Annulled<'_>) {
        with_person(context, self.person, |person| {
            let gone = annulled.fact.position;
            person.enrolments.retain(|place| place.enrolled != gone);
        });
        with_class(context, self.class, |class| {
            class.enrolled = class.enrolled.saturating_sub(1);
        });
    }
}

impl Annullable for EnrolmentWithdrawn {
    fn needs(&self, _need: &mut Need<'_>, _annulled: &RecordedEvent) {}

    /// The person has the place again, unless somebody else has taken it.
    fn undo(&self, case: &Deciding<'_>, annulled: &RecordedEvent) -> Result<Undone, Refusal> {
        let place = place(case, self.class, self.person, annulled.position)?;
        nothing_rests(taken_again(&place, self.class).collect(), self.person)?;
        let class = place.class;
        if class.enrolled >= class.headcount {
            return Err(Refusal::new(Reason::ClassFull)
                .about(self.class)
                .limit(i64::from(class.headcount), i64::from(class.enrolled))
                .because([class.approved.position]));
        }
        Ok(Undone {
            stands_again: Vec::new(),
            causes: vec![place.enrolment.enrolled],
        })
    }
}

impl TakenOut for EnrolmentWithdrawn {
    fn touches_too(&self, _need: &mut Need<'_>) {}

    fn counts_out(&self, _before: &Context, _annulled: &Annulled<'_>, _changes: &mut Changes) {}

    fn take_out(&self, context: &mut Context, _annulled: &Annulled<'_>) {
        with_place(context, self.class, self.person, |place| {
            place.withdrawn = None;
        });
        with_class(context, self.class, |class| {
            class.enrolled = class.enrolled.saturating_add(1);
        });
    }
}

impl Annullable for AttendanceRecorded {
    /// The days of the other attendances, to know which is the first without this one.
    fn needs(&self, need: &mut Need<'_>, annulled: &RecordedEvent) {
        let person = need.person_value(self.person);
        let place = person.and_then(|it| place_at(it, self.class, annulled.position));
        if let Some(place) = place.filter(|place| is_first(place, annulled.position)) {
            for attended in &place.attendances {
                need.event(*attended);
            }
        }
    }

    fn undo(&self, case: &Deciding<'_>, annulled: &RecordedEvent) -> Result<Undone, Refusal> {
        let place = place(case, self.class, self.person, annulled.position)?;
        let completed = place.enrolment.completed.map(|it| it.position);
        nothing_rests(completed.into_iter().collect(), self.person)?;
        let decided = decisions(place.enrolment);
        nothing_decided(after(decided, annulled.position), self.person)?;
        let mut stands_again = Vec::new();
        if is_first(place.enrolment, annulled.position) {
            let others = place.enrolment.attendances.iter();
            let others = others.filter(|it| **it != annulled.position);
            let others = others.filter_map(|it| case.context.events.get(it));
            let first = others.min_by_key(|it| (it.event.occurred_on, it.position));
            stands_again.extend(first.map(past));
        }
        Ok(Undone {
            stands_again,
            causes: Vec::new(),
        })
    }
}

impl TakenOut for AttendanceRecorded {
    fn touches_too(&self, _need: &mut Need<'_>) {}

    fn counts_out(&self, _before: &Context, _annulled: &Annulled<'_>, _changes: &mut Changes) {}

    fn take_out(&self, context: &mut Context, annulled: &Annulled<'_>) {
        let gone = annulled.fact.position;
        with_person(context, self.person, |person| {
            let Some(place) = place_at_mut(person, self.class, gone) else {
                return;
            };
            place.class_hours = place.class_hours.saturating_sub(self.class_hours);
            place.attendances.retain(|attended| *attended != gone);
            if is_first(place, gone) {
                place.first_attendance = annulled.stands_again.first().map(fact_of);
            }
        });
    }
}

impl Annullable for TrainingCompleted {
    fn needs(&self, need: &mut Need<'_>, annulled: &RecordedEvent) {
        for cause in &annulled.event.causes {
            need.event(*cause);
        }
    }

    /// The attendances that were summed up count one by one again.
    fn undo(&self, case: &Deciding<'_>, annulled: &RecordedEvent) -> Result<Undone, Refusal> {
        let place = place(case, self.class, self.person, annulled.position)?;
        let resting = after(facts(place.enrolment), annulled.position);
        nothing_rests(resting, self.person)?;
        nothing_decided_or_settled(&place, self.person, annulled.position)?;
        let causes = annulled.event.causes.iter();
        let attended = causes.filter_map(|cause| case.context.events.get(cause));
        let attended = attended.filter(|it| {
            matches!(
                &it.event.body,
                EventBody::AttendanceRecorded(e)
                    if (e.class, e.person) == (self.class, self.person)
            ) && stands(place.person, it.position)
                && it.position > place.enrolment.enrolled
        });
        Ok(Undone {
            stands_again: attended.map(past).collect(),
            causes: Vec::new(),
        })
    }
}

impl TrainingCompleted {
    fn change(place: &mut Enrolment, annulled: &Annulled<'_>) {
        place.completed = None;
        place.completed_groups = GroupSet::EMPTY;
        let attended = annulled.stands_again.iter().map(|it| it.position);
        place.attendances = attended.collect();
    }
}

impl TakenOut for TrainingCompleted {
    fn touches_too(&self, _need: &mut Need<'_>) {}

    fn counts_out(&self, before: &Context, annulled: &Annulled<'_>, changes: &mut Changes) {
        let person = before.persons.get(&self.person);
        let place = person.and_then(|person| person.enrolment(self.class));
        if let (Some(place), Some(class)) = (place, before.classes.get(&self.class)) {
            let mut after = place.clone();
            Self::change(&mut after, annulled);
            changes.place_changed(class, place, &after);
        }
    }

    fn take_out(&self, context: &mut Context, annulled: &Annulled<'_>) {
        with_counted_place(context, self.class, self.person, |place| {
            Self::change(place, annulled);
        });
        with_class(context, self.class, |class| {
            class.completed = class.completed.saturating_sub(1);
        });
    }
}

impl Annullable for AssessmentRecorded {
    /// What happened to the person between the completion and this one: an earlier assessment.
    fn needs(&self, need: &mut Need<'_>, annulled: &RecordedEvent) {
        let Some(person) = need.person_value(self.person) else {
            return;
        };
        for position in between_completion_and(person, self.class, annulled.position) {
            need.event(position);
        }
    }

    fn undo(&self, case: &Deciding<'_>, annulled: &RecordedEvent) -> Result<Undone, Refusal> {
        let place = place(case, self.class, self.person, annulled.position)?;
        let resting = [
            place.enrolment.assessment.map(|it| it.position),
            place.enrolment.certificate.map(|it| it.position),
        ];
        let resting = resting.into_iter().flatten().collect();
        nothing_rests(after(resting, annulled.position), self.person)?;
        let decided = decisions(place.enrolment);
        nothing_decided(after(decided, annulled.position), self.person)?;
        let earlier = between_completion_and(place.person, self.class, annulled.position);
        let earlier = earlier.filter_map(|it| case.context.events.get(&it));
        let earlier = earlier.filter(|it| {
            matches!(
                &it.event.body,
                EventBody::AssessmentRecorded(e)
                    if (e.class, e.person) == (self.class, self.person)
            ) && stands(place.person, it.position)
        });
        Ok(Undone {
            stands_again: earlier.last().map(past).into_iter().collect(),
            causes: Vec::new(),
        })
    }
}

impl TakenOut for AssessmentRecorded {
    fn touches_too(&self, _need: &mut Need<'_>) {}

    fn counts_out(&self, _before: &Context, _annulled: &Annulled<'_>, _changes: &mut Changes) {}

    fn take_out(&self, context: &mut Context, annulled: &Annulled<'_>) {
        let again = annulled.stands_again.first();
        with_place(context, self.class, self.person, |place| {
            place.assessment = again.and_then(|past| match &past.fact {
                PastFact::AssessmentRecorded(e) => Some(Assessment {
                    position: past.position,
                    on: past.on,
                    passed: e.result == AssessmentResult::Passed,
                }),
                _ => None,
            });
        });
    }
}

impl Annullable for EmploymentConfirmed {
    /// What happened to the person since, to name what replaced it. Nothing while it stands.
    fn needs(&self, need: &mut Need<'_>, annulled: &RecordedEvent) {
        let Some(person) = need.person_value(self.person) else {
            return;
        };
        let place = place_at(person, self.class, annulled.position);
        if held(place) == Some(annulled.position) {
            return;
        }
        for position in since(person, annulled.position) {
            need.event(position);
        }
    }

    fn undo(&self, case: &Deciding<'_>, annulled: &RecordedEvent) -> Result<Undone, Refusal> {
        let place = place(case, self.class, self.person, annulled.position)?;
        let held = held(Some(place.enrolment));
        let mut resting = Vec::new();
        if held != Some(annulled.position) {
            let later = since(place.person, annulled.position);
            resting.extend(later.filter(|position| {
                let event = case.context.events.get(position);
                event.is_some_and(|it| {
                    matches!(
                        &it.event.body,
                        EventBody::EmploymentWithdrawn(e)
                            if (e.class, e.person) == (self.class, self.person)
                    )
                }) && stands(place.person, *position)
            }));
            resting.extend(held);
        }
        nothing_rests(after(resting, annulled.position), self.person)?;
        nothing_decided_or_settled(&place, self.person, annulled.position)?;
        Ok(Undone::default())
    }
}

impl TakenOut for EmploymentConfirmed {
    fn touches_too(&self, _need: &mut Need<'_>) {}

    fn counts_out(&self, _before: &Context, _annulled: &Annulled<'_>, _changes: &mut Changes) {}

    fn take_out(&self, context: &mut Context, _annulled: &Annulled<'_>) {
        let person = context.persons.get(&self.person);
        let place = person.and_then(|person| person.enrolment(self.class));
        let counted = place.is_some_and(Enrolment::employment_counts);
        employment_withdrawn(context, self.class, self.person, counted);
    }
}

impl Annullable for EmploymentWithdrawn {
    fn needs(&self, need: &mut Need<'_>, annulled: &RecordedEvent) {
        for cause in &annulled.event.causes {
            need.event(*cause);
        }
    }

    /// The employment counts again as it did, unless another one was confirmed.
    fn undo(&self, case: &Deciding<'_>, annulled: &RecordedEvent) -> Result<Undone, Refusal> {
        let place = place(case, self.class, self.person, annulled.position)?;
        let held = held(Some(place.enrolment));
        nothing_rests(held.into_iter().collect(), self.person)?;
        nothing_decided_or_settled(&place, self.person, annulled.position)?;
        let causes = annulled.event.causes.iter();
        let confirmed = causes.filter_map(|cause| case.context.events.get(cause));
        let mut confirmed = confirmed.filter(|it| {
            matches!(
                &it.event.body,
                EventBody::EmploymentConfirmed(e)
                    if (e.class, e.person) == (self.class, self.person)
            ) && stands(place.person, it.position)
        });
        Ok(Undone {
            stands_again: confirmed.next_back().map(past).into_iter().collect(),
            causes: Vec::new(),
        })
    }
}

impl TakenOut for EmploymentWithdrawn {
    fn touches_too(&self, _need: &mut Need<'_>) {}

    fn counts_out(&self, _before: &Context, _annulled: &Annulled<'_>, _changes: &mut Changes) {}

    fn take_out(&self, context: &mut Context, annulled: &Annulled<'_>) {
        let Some(again) = annulled.stands_again.first() else {
            return;
        };
        let PastFact::EmploymentConfirmed(confirmed) = &again.fact else {
            return;
        };
        employment_confirmed(context, fact_of(again), confirmed, self.counted);
    }
}

/// The place that an event is about, with its person and class.
pub(crate) fn place<'a>(
    case: &Deciding<'a>,
    class: ClassId,
    person: PersonKey,
    at: Position,
) -> Result<Place<'a>, Refusal> {
    let of = case.person(person)?;
    let in_class = case.class(class)?;
    let enrolment = place_at(of, class, at)
        .ok_or_else(|| Refusal::new(Reason::EnrolmentNotFound).about(person))?;
    Ok(Place {
        person: of,
        class: in_class,
        enrolment,
    })
}

fn place_at(person: &Person, class: ClassId, at: Position) -> Option<&Enrolment> {
    let places = person.enrolments.iter().rev();
    let mut places = places.filter(|place| place.class == class);
    places.find(|place| place.enrolled <= at)
}

fn place_at_mut(person: &mut Person, class: ClassId, at: Position) -> Option<&mut Enrolment> {
    let places = person.enrolments.iter_mut().rev();
    let mut places = places.filter(|place| place.class == class);
    places.find(|place| place.enrolled <= at)
}

/// The enrolments of the person in the class after this one.
fn taken_again(place: &Place<'_>, class: ClassId) -> impl Iterator<Item = Position> {
    let places = place.person.enrolments.iter();
    let this = place.enrolment.enrolled;
    let later = places.filter(move |it| it.class == class && it.enrolled > this);
    later.map(|place| place.enrolled)
}

/// Every fact of a place that stands.
fn facts(place: &Enrolment) -> Vec<Position> {
    let certificate = place.certificate.into_iter();
    let certificate = certificate.flat_map(|it| [Some(it.position), it.verified, it.invalidated]);
    let others = [
        place.withdrawn,
        place.completed.map(|it| it.position),
        place.assessment.map(|it| it.position),
        place.employment.map(|it| it.position),
        place.claim.map(|it| it.position),
        place.agency_contract,
    ];
    let attended = place.attendances.iter().copied();
    let single = certificate.chain(others).flatten();
    attended.chain(single).collect()
}

/// Every decision about a place that stands.
pub(crate) fn decisions(place: &Enrolment) -> Vec<Position> {
    let paid = place.payments.iter().map(|payment| payment.position);
    let others = [
        place.approval.map(|it| it.position),
        place.found_false,
        place.objection_upheld,
    ];
    paid.chain(others.into_iter().flatten()).collect()
}

/// Those that were recorded later.
pub(crate) fn after(mut positions: Vec<Position>, position: Position) -> Vec<Position> {
    positions.retain(|it| *it > position);
    positions
}

/// Refuses to change what an approval, a payment or a settlement counts.
fn nothing_decided_or_settled(
    place: &Place<'_>,
    person: PersonKey,
    position: Position,
) -> Result<(), Refusal> {
    let mut decided = decisions(place.enrolment);
    decided.extend(place.class.settlement.map(|it| it.position));
    nothing_decided(after(decided, position), person)
}

fn is_first(place: &Enrolment, attended: Position) -> bool {
    place
        .first_attendance
        .is_some_and(|first| first.position == attended)
}

/// The confirmed employment of a place.
fn held(place: Option<&Enrolment>) -> Option<Position> {
    place?.employment.map(|it| it.position)
}

/// Whether an event of the person was not annulled.
fn stands(person: &Person, position: Position) -> bool {
    person.annulment_of(position).is_none()
}

fn fact_of(past: &PastEvent) -> Fact {
    Fact {
        position: past.position,
        on: past.on,
    }
}

/// The events of a person after a position.
fn since(person: &Person, position: Position) -> impl Iterator<Item = Position> {
    let timeline = person.timeline.iter().copied();
    timeline.filter(move |it| *it > position)
}

/// The events of a person between the completion of a class and a position.
fn between_completion_and(
    person: &Person,
    class: ClassId,
    position: Position,
) -> impl Iterator<Item = Position> {
    let place = place_at(person, class, position);
    let completed = place.and_then(|place| place.completed);
    let first = completed.map_or(position, |completed| completed.position);
    since(person, first).take_while(move |it| *it < position)
}
