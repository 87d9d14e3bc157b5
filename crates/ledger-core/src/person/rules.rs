//! Persons: an opaque key, and the statuses that decide about money.

use crate::PersonKey;
use crate::command::{DeclarePersonStatus, EndPersonStatus, RegisterPerson};
use crate::decide::{CommandPayload, Deciding, at_most, check_order};
use crate::event::{
    Event, EventBody, PersonRegistered, PersonStatus, PersonStatusDeclared, PersonStatusEnded,
};
use crate::limits::{
    AGE_MAX, AGE_MIN, GRADUATION_YEAR_MAX, GRADUATION_YEAR_MIN, STATUSES_PER_PERSON_MAX,
};
use crate::need::Need;
use crate::refusal::{Reason, Refusal};
use std::slice;

impl Deciding<'_> {
    pub(crate) fn register_person(&self, c: &RegisterPerson) -> Result<Event, Refusal> {
        let known = self.context.persons.get(&c.person);
        if let Some(registered) = known.filter(|person| person.is_registered()) {
            return Err(Refusal::new(Reason::PersonExists)
                .about(c.person)
                .because([registered.registered]));
        }
        let body = EventBody::PersonRegistered(PersonRegistered { person: c.person });
        Ok(self.event(body, Vec::new()))
    }

    /// A status may be declared again for another time, not twice for the same day; nor may a
    /// person be of two ages or two sexes on one day.
    pub(crate) fn declare_person_status(&self, c: &DeclarePersonStatus) -> Result<Event, Refusal> {
        let registered = self.context.persons.get(&c.person);
        let count = registered
            .map_or(0, |person| person.statuses.len())
            .saturating_add(1);
        at_most(count, STATUSES_PER_PERSON_MAX, "statuses")?;
        check_value(c.status)?;
        check_order(c.valid_from, c.valid_until)?;
        let person = self.person(c.person)?;
        let overlapping = person.statuses.iter().find(|record| {
            contradicts(record.status, c.status)
                && c.valid_until.is_none_or(|until| record.valid_from <= until)
                && record.valid_until.is_none_or(|until| c.valid_from <= until)
        });
        if let Some(record) = overlapping {
            return Err(Refusal::new(Reason::StatusExists)
                .about(c.person)
                .because([record.position]));
        }
        let body = EventBody::PersonStatusDeclared(PersonStatusDeclared {
            person: c.person,
            status: c.status,
            valid_from: c.valid_from,
            valid_until: c.valid_until,
            source: c.source.clone(),
        });
        Ok(self.event(body, vec![person.registered]))
    }

    /// Ends the record of the status that holds on its new last day and would go on after it.
    pub(crate) fn end_person_status(&self, c: &EndPersonStatus) -> Result<Event, Refusal> {
        let person = self.person(c.person)?;
        let record = person
            .statuses
            .iter()
            .rev()
            .find(|record| {
                record.status == c.status
                    && record.holds_within(c.valid_until, c.valid_until)
                    && record.valid_until != Some(c.valid_until)
            })
            .ok_or_else(|| Refusal::new(Reason::StatusNotFound).about(c.person))?;
        let body = EventBody::PersonStatusEnded(PersonStatusEnded {
            person: c.person,
            status: c.status,
            valid_until: c.valid_until,
            source: c.source.clone(),
        });
        Ok(self.event(body, vec![record.position]))
    }
}

/// Refuses an age or a year that no person of the ledger's time has.
fn check_value(status: PersonStatus) -> Result<(), Refusal> {
    let (what, bounds, found) = match status {
        PersonStatus::Age(years) => ("age", AGE_MIN..=AGE_MAX, u16::from(years)),
        PersonStatus::GraduatesIn(year) => {
            let years = GRADUATION_YEAR_MIN..=GRADUATION_YEAR_MAX;
            ("year of graduation", years, year)
        }
        PersonStatus::Pension
        | PersonStatus::Residence(_)
        | PersonStatus::Group(_)
        | PersonStatus::UnemploymentInsured
        | PersonStatus::Sex(_) => return Ok(()),
    };
    if bounds.contains(&found) {
        return Ok(());
    }
    let limit = if found < *bounds.start() {
        bounds.start()
    } else {
        bounds.end()
    };
    Err(Refusal::new(Reason::OutOfBounds)
        .about(what)
        .limit(i64::from(*limit), i64::from(found)))
}

/// Whether a person cannot have both on one day: the same status twice, or two ages or sexes.
pub(super) fn contradicts(one: PersonStatus, other: PersonStatus) -> bool {
    match (one, other) {
        (PersonStatus::Age(_), PersonStatus::Age(_))
        | (PersonStatus::Sex(_), PersonStatus::Sex(_)) => true,
        (one, other) => one == other,
    }
}

impl CommandPayload for RegisterPerson {
    fn needs(&self, need: &mut Need<'_>) {
        need.person(self.person);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.register_person(self)?])
    }
}

impl CommandPayload for DeclarePersonStatus {
    fn needs(&self, need: &mut Need<'_>) {
        need.person(self.person);
    }

    fn reports_on(&self) -> &[PersonKey] {
        slice::from_ref(&self.person)
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.declare_person_status(self)?])
    }
}

impl CommandPayload for EndPersonStatus {
    fn needs(&self, need: &mut Need<'_>) {
        need.person(self.person);
    }

    fn reports_on(&self) -> &[PersonKey] {
        slice::from_ref(&self.person)
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.end_person_status(self)?])
    }
}
