//! Persons and their statuses that never were.
//!
//! The record of a status is changed by each event that ends it. The events behind a record form a
//! chain, from the latest back to the declaration; each names the one before among its causes.
//!
//! Long: each fact about a person with the rules and the undoing of its annulment, side by side.

use super::rules::contradicts;
use crate::apply::{with_counted_place, with_person};
use crate::coded::Group;
use crate::context::Context;
use crate::correction::{
    Annullable, Annulled, TakenOut, Undone, nothing_decided, nothing_rests, past,
};
use crate::decide::Deciding;
use crate::entity::{Class, Enrolment, Person, StatusRecord};
use crate::event::{
    EventBody, PastEvent, PastFact, PersonRegistered, PersonStatus, PersonStatusDeclared,
    PersonStatusEnded, RecordedEvent,
};
use crate::need::Need;
use crate::progress::{Changes, GroupSet};
use crate::refusal::Refusal;
use crate::{BusinessDate, ClassId, PersonKey, Position};

impl Annullable for PersonRegistered {
    fn needs(&self, _need: &mut Need<'_>, _annulled: &RecordedEvent) {}

    /// A key is unknown again when everything else about it was annulled.
    fn undo(&self, case: &Deciding<'_>, annulled: &RecordedEvent) -> Result<Undone, Refusal> {
        let person = case.person(self.person)?;
        let resting = person.timeline.iter().copied().filter(|position| {
            *position > annulled.position
                && !person
                    .annulled
                    .iter()
                    .any(|gone| gone.fact == *position || gone.by == *position)
        });
        nothing_rests(resting.collect(), self.person)?;
        Ok(Undone::default())
    }
}

impl TakenOut for PersonRegistered {
    fn touches_too(&self, _need: &mut Need<'_>) {}

    fn counts_out(&self, _before: &Context, _annulled: &Annulled<'_>, _changes: &mut Changes) {}

    /// The annulment itself, which the person remembers, says that the key is unknown.
    fn take_out(&self, _context: &mut Context, _annulled: &Annulled<'_>) {}
}

impl Annullable for PersonStatusDeclared {
    fn needs(&self, need: &mut Need<'_>, annulled: &RecordedEvent) {
        let Some(person) = need.person_value(self.person) else {
            return;
        };
        let status = StatusOf(self.person, self.status);
        status.need_chains(need, person, annulled.position);
        for decision in decisions_since(person, annulled.position) {
            need.event(decision);
        }
    }

    fn undo(&self, case: &Deciding<'_>, annulled: &RecordedEvent) -> Result<Undone, Refusal> {
        let person = case.person(self.person)?;
        let status = StatusOf(self.person, self.status);
        let (_, later) = status.record_of(case.context, person, annulled.position);
        nothing_rests(later, self.person)?;
        let rests = |decision: &Position| {
            let decided = case.context.events.get(decision);
            decided.is_some_and(|it| it.event.causes.contains(&annulled.position))
        };
        let mut decisions = decisions_since(person, annulled.position);
        decisions.retain(rests);
        nothing_decided(decisions, self.person)?;
        Ok(Undone::default())
    }
}

impl TakenOut for PersonStatusDeclared {
    fn touches_too(&self, need: &mut Need<'_>) {
        need_counted(need, self.person, self.status);
    }

    fn counts_out(&self, before: &Context, annulled: &Annulled<'_>, changes: &mut Changes) {
        if let Some(regrouping) = self.regrouping(before, annulled) {
            regrouping.count(before, self.person, changes);
        }
    }

    fn take_out(&self, context: &mut Context, annulled: &Annulled<'_>) {
        if let Some(regrouping) = self.regrouping(context, annulled) {
            regrouping.apply(context, self.person);
        }
        with_person(context, self.person, |person| {
            person
                .statuses
                .retain(|record| record.position != annulled.fact.position);
        });
    }
}

impl PersonStatusDeclared {
    /// What was counted since under the group falls out of it, where no other record holds.
    fn regrouping(&self, context: &Context, annulled: &Annulled<'_>) -> Option<Regrouping> {
        let group = group(self.status)?;
        let person = context.persons.get(&self.person)?;
        let others = person.statuses.iter().filter(|record| {
            record.status == self.status && record.position != annulled.fact.position
        });
        Some(Regrouping {
            group,
            since: annulled.fact.position,
            joins: false,
            records: others.copied().collect(),
        })
    }
}

impl Annullable for PersonStatusEnded {
    fn needs(&self, need: &mut Need<'_>, annulled: &RecordedEvent) {
        let Some(person) = need.person_value(self.person) else {
            return;
        };
        let status = StatusOf(self.person, self.status);
        status.need_chains(need, person, annulled.position);
        status.before(person, annulled, &mut |position| need.event(position));
    }

    /// The status goes on as it did before it was ended, unless another one stands in its way.
    fn undo(&self, case: &Deciding<'_>, annulled: &RecordedEvent) -> Result<Undone, Refusal> {
        let person = case.person(self.person)?;
        let status = StatusOf(self.person, self.status);
        let (record, mut later) = status.record_of(case.context, person, annulled.position);
        let events = &case.context.events;
        let before = status.before(person, annulled, &mut |position| events.get(&position));
        let until = before.and_then(|before| until_of(&before.event.body));
        later.extend(person.statuses.iter().filter_map(|other| {
            let is_other = record.is_none_or(|record| record.position != other.position);
            let overlaps = other.valid_until.is_none_or(|last| self.valid_until < last)
                && until.is_none_or(|until| other.valid_from <= until);
            let in_the_way = is_other && contradicts(other.status, self.status) && overlaps;
            in_the_way.then_some(other.position)
        }));
        nothing_rests(later, self.person)?;
        nothing_decided(decisions_since(person, annulled.position), self.person)?;
        Ok(Undone {
            stands_again: before.map(past).into_iter().collect(),
            causes: Vec::new(),
        })
    }
}

impl TakenOut for PersonStatusEnded {
    fn touches_too(&self, need: &mut Need<'_>) {
        need_counted(need, self.person, self.status);
    }

    fn counts_out(&self, before: &Context, annulled: &Annulled<'_>, changes: &mut Changes) {
        if let Some(regrouping) = self.regrouping(before, annulled) {
            regrouping.count(before, self.person, changes);
        }
    }

    fn take_out(&self, context: &mut Context, annulled: &Annulled<'_>) {
        if let Some(regrouping) = self.regrouping(context, annulled) {
            regrouping.apply(context, self.person);
        }
        with_person(context, self.person, |person| {
            let mut records = person.statuses.iter_mut();
            let record = records.find(|record| record.position == annulled.fact.position);
            if let (Some(record), Some(again)) = (record, annulled.stands_again.first()) {
                *record = restored(*record, again);
            }
        });
    }
}

impl PersonStatusEnded {
    /// What was counted since without the group joins it, where the status holds again.
    fn regrouping(&self, context: &Context, annulled: &Annulled<'_>) -> Option<Regrouping> {
        let group = group(self.status)?;
        let person = context.persons.get(&self.person)?;
        let mut records = person.statuses.iter();
        let record = records.find(|record| record.position == annulled.fact.position)?;
        let again = annulled.stands_again.first()?;
        Some(Regrouping {
            group,
            since: annulled.fact.position,
            joins: true,
            records: vec![restored(*record, again)],
        })
    }
}

/// The record as the event left it that stands again.
fn restored(record: StatusRecord, again: &PastEvent) -> StatusRecord {
    let valid_until = match &again.fact {
        PastFact::PersonStatusDeclared(declared) => declared.valid_until,
        PastFact::PersonStatusEnded(ended) => Some(ended.valid_until),
        _ => record.valid_until,
    };
    StatusRecord {
        valid_until,
        position: again.position,
        ..record
    }
}

fn until_of(body: &EventBody) -> Option<BusinessDate> {
    match body {
        EventBody::PersonStatusDeclared(declared) => declared.valid_until,
        EventBody::PersonStatusEnded(ended) => Some(ended.valid_until),
        _ => None,
    }
}

fn group(status: PersonStatus) -> Option<Group> {
    match status {
        PersonStatus::Group(group) => Some(group),
        PersonStatus::Pension
        | PersonStatus::Residence(_)
        | PersonStatus::UnemploymentInsured
        | PersonStatus::Age(_)
        | PersonStatus::Sex(_)
        | PersonStatus::GraduatesIn(_) => None,
    }
}

/// The approvals and payments of the person's places that were decided later, ascending.
fn decisions_since(person: &Person, position: Position) -> Vec<Position> {
    let places = person.enrolments.iter();
    let decisions = places.flat_map(|place| {
        let approved = place.approval.map(|approval| approval.position);
        let paid = place.payments.iter().map(|payment| payment.position);
        approved.into_iter().chain(paid)
    });
    let mut decisions: Vec<_> = decisions.filter(|it| *it > position).collect();
    decisions.sort_unstable();
    decisions.dedup();
    decisions
}

/// One status of one person.
#[derive(Debug, Clone, Copy)]
struct StatusOf(PersonKey, PersonStatus);

impl StatusOf {
    /// Names the events behind each record of the status, back to a position.
    fn need_chains(self, need: &mut Need<'_>, person: &Person, back_to: Position) {
        for record in self.records(person) {
            self.chain(person, record, back_to, &mut |position| {
                need.event(position)
            });
        }
    }

    fn records(self, person: &Person) -> impl Iterator<Item = &StatusRecord> {
        let records = person.statuses.iter();
        records.filter(move |record| record.status == self.1)
    }

    /// The record that an event made or changed, and the later events behind the record.
    fn record_of(
        self,
        context: &Context,
        person: &Person,
        position: Position,
    ) -> (Option<StatusRecord>, Vec<Position>) {
        let events = &context.events;
        for record in self.records(person) {
            let mut chain = self.chain(person, record, position, &mut |it| events.get(&it));
            if chain.last() == Some(&position) {
                chain.pop();
                return (Some(*record), chain);
            }
        }
        (None, Vec::new())
    }

    /// The events behind a record, the latest first, back to a position.
    fn chain<'e>(
        self,
        person: &Person,
        record: &StatusRecord,
        back_to: Position,
        look: &mut dyn FnMut(Position) -> Option<&'e RecordedEvent>,
    ) -> Vec<Position> {
        let mut chain = vec![record.position];
        let mut last = record.position;
        while last > back_to
            && let Some(event) = look(last)
            && let Some(before) = self.before(person, event, look)
        {
            last = before.position;
            chain.push(last);
        }
        chain
    }

    /// The event that had left the record as an ending found it: of its causes the latest that
    /// made the status hold on the new last day, and was not annulled.
    fn before<'e>(
        self,
        person: &Person,
        ending: &RecordedEvent,
        look: &mut dyn FnMut(Position) -> Option<&'e RecordedEvent>,
    ) -> Option<&'e RecordedEvent> {
        let EventBody::PersonStatusEnded(ended) = &ending.event.body else {
            return None;
        };
        let mut found = None;
        for cause in &ending.event.causes {
            if let Some(event) = look(*cause)
                && self.holds_on(&event.event.body, ended.valid_until)
                && person.annulment_of(*cause).is_none()
            {
                found = Some(event);
            }
        }
        found
    }

    /// Whether an event left the status holding on a day.
    fn holds_on(self, body: &EventBody, day: BusinessDate) -> bool {
        let Self(person, status) = self;
        match body {
            EventBody::PersonStatusDeclared(e) => {
                (e.person, e.status) == (person, status)
                    && e.valid_from <= day
                    && e.valid_until.is_none_or(|last| day <= last)
            }
            EventBody::PersonStatusEnded(e) => {
                (e.person, e.status) == (person, status) && day <= e.valid_until
            }
            _ => false,
        }
    }
}

/// Names the classes whose counts may change when a status does.
fn need_counted(need: &mut Need<'_>, person: PersonKey, status: PersonStatus) {
    if group(status).is_none() {
        return;
    }
    let Some(person) = need.person_value(person) else {
        return;
    };
    for place in &person.enrolments {
        if place.counted_facts().iter().any(Option::is_some) {
            need.class(place.class);
        }
    }
}

/// How places are counted when a record of a group never was, or holds again.
#[derive(Debug)]
struct Regrouping {
    group: Group,
    /// What was counted before is counted right.
    since: Position,
    /// Whether places join the group; otherwise they fall out of it.
    joins: bool,
    /// The records of the group that decide about it.
    records: Vec<StatusRecord>,
}

impl Regrouping {
    fn count(&self, before: &Context, person: PersonKey, changes: &mut Changes) {
        for (id, place) in self.places(before, person) {
            if let Some(class) = before.classes.get(&id) {
                let mut after = place.clone();
                self.change(class, &mut after);
                changes.place_changed(class, place, &after);
            }
        }
    }

    fn apply(&self, context: &mut Context, person: PersonKey) {
        let classes: Vec<_> = self.places(context, person).map(|(id, _)| id).collect();
        for id in classes {
            let class = context.classes.get(&id).cloned();
            if let Some(class) = class {
                with_counted_place(context, id, person, |place| self.change(&class, place));
            }
        }
    }

    /// The places of which something is counted.
    fn places<'c>(
        &self,
        context: &'c Context,
        person: PersonKey,
    ) -> impl Iterator<Item = (ClassId, &'c Enrolment)> {
        let person = context.persons.get(&person);
        let places = person.into_iter().flat_map(|person| &person.enrolments);
        let counted = places.filter(|place| place.counted_facts().iter().any(Option::is_some));
        counted.map(|place| (place.class, place))
    }

    fn change(&self, class: &Class, place: &mut Enrolment) {
        if let Some(completed) = place.completed {
            place.completed_groups = self.groups(place.completed_groups, completed.position, class);
        }
        if let Some(certificate) = &mut place.certificate {
            certificate.groups = self.groups(certificate.groups, certificate.position, class);
        }
        if let Some(approval) = &mut place.approval {
            approval.groups = self.groups(approval.groups, approval.position, class);
        }
    }

    fn groups(&self, groups: GroupSet, counted: Position, class: &Class) -> GroupSet {
        if counted < self.since {
            return groups;
        }
        let mut records = self.records.iter();
        let held = records.any(|record| record.holds_within(class.starts_on, class.ends_on));
        let was = groups.contains(self.group);
        let is = match self.joins {
            true => was || held,
            false => was && held,
        };
        groups.with(self.group, is)
    }
}
