//! The command that annuls a fact, whatever its kind.

use super::Way;
use crate::apply::walk_event;
use crate::command::AnnulFact;
use crate::decide::{CommandPayload, Deciding};
use crate::event::{Event, EventBody, FactAnnulled, PastEvent, RecordedEvent};
use crate::found::{self, Leads};
use crate::need::Need;
use crate::refusal::{Reason, Refusal};
use crate::{PersonKey, Position};

impl CommandPayload for AnnulFact {
    fn needs(&self, need: &mut Need<'_>) {
        let context = need.context();
        let Some(annulled) = need.event(self.position) else {
            return;
        };
        if let Way::Annulled(fact) = annulled.event.body.way_back() {
            walk_event(need, context, &annulled.event);
            fact.needs(need, annulled);
            fact.touches_too(need);
        }
    }

    /// Nobody: whoever has as many events as one value may hold can still be put right.
    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.annul_fact(self)?])
    }
}

impl Deciding<'_> {
    /// Takes a fact back on which nothing rests any more; what it rests on is named by its kind.
    fn annul_fact(&self, c: &AnnulFact) -> Result<Event, Refusal> {
        let annulled = self.recorded(c.position)?;
        let kind = annulled.event.body.kind();
        let (fact, copy) = match annulled.event.body.way_back() {
            Way::Annulled(fact) => (fact, past(annulled)),
            Way::Instead(command) => {
                let refusal = Refusal::new(Reason::NotAnnullable).because([c.position]);
                return Err(match command {
                    Some(command) => {
                        refusal.about(format_args!("{}: {}", kind.name(), command.name()))
                    }
                    None => refusal.about(kind.name()),
                });
            }
        };
        if let Some(by) = self.annulled_by(annulled) {
            return Err(Refusal::new(Reason::FactIsAnnulled)
                .about(kind.name())
                .because([by]));
        }
        self.not_before(annulled.event.occurred_on, annulled.position)?;
        let undone = fact.undo(self, annulled)?;
        let mut causes = vec![annulled.position];
        causes.extend(undone.stands_again.iter().map(|past| past.position));
        causes.extend(undone.causes);
        let body = EventBody::FactAnnulled(FactAnnulled {
            annulled: copy,
            stands_again: undone.stands_again,
            grounds: c.grounds.clone(),
            decision_number: c.decision_number.clone(),
        });
        Ok(self.event(body, causes))
    }

    /// An event on record.
    fn recorded(&self, position: Position) -> Result<&RecordedEvent, Refusal> {
        let context = self.context;
        let found = context
            .is_taken(position)
            .then(|| context.events.get(&position))
            .flatten();
        found.ok_or_else(|| Refusal::new(Reason::EventNotFound).about(position))
    }

    /// The annulment of an event, if it was annulled.
    fn annulled_by(&self, annulled: &RecordedEvent) -> Option<Position> {
        let mut by = None;
        let leads = Leads::of(self.context);
        found::each_person(leads, annulled.event.body.payload(), &mut |person| {
            let person = self.context.persons.get(&person);
            let annulment = person.and_then(|person| person.annulment_of(annulled.position));
            by = by.or(annulment.map(|annulment| annulment.by));
        });
        by
    }
}

/// The copy of a fact that is annulled or stands again.
///
/// # Panics
///
/// When no correction carries its kind: the table of past facts lacks a row.
pub(crate) fn past(recorded: &RecordedEvent) -> PastEvent {
    PastEvent::of(recorded)
        .expect("each kind that is annulled or stands again has a row in the table")
}

/// Refuses to annul what later facts rest on.
pub(crate) fn nothing_rests(
    facts: Vec<Position>,
    about: impl std::fmt::Display,
) -> Result<(), Refusal> {
    refuse(Reason::FactsRestOnIt, facts, about)
}

/// Refuses to annul what decisions about money rest on.
pub(crate) fn nothing_decided(
    decisions: Vec<Position>,
    about: impl std::fmt::Display,
) -> Result<(), Refusal> {
    refuse(Reason::DecisionsRestOnIt, decisions, about)
}

fn refuse(
    reason: Reason,
    positions: Vec<Position>,
    about: impl std::fmt::Display,
) -> Result<(), Refusal> {
    match positions.is_empty() {
        true => Ok(()),
        false => Err(Refusal::new(reason).about(about).because(positions)),
    }
}
