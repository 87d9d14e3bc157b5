//! What entities tell of their past is what they were, and a decision is made again from it.

use ledger_core::command::CommandBody;
use ledger_core::{
    Command, Context, Decision, Entity, EntityKey, Event, Position, RecordedTime, Refusal, decide,
    missing,
};
use std::collections::BTreeMap;

/// A decision that is explained later from what the entities tell of their past.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decided {
    command: Command,
    at: RecordedTime,
    /// The position before which it was made.
    position: Position,
    events: Vec<Event>,
    /// The persons that it looked at: they are replayed from their events and not taken back.
    persons: BTreeMap<EntityKey, Option<Entity>>,
}

impl Decided {
    /// Notes a decision of a kind that is decided again when it is explained.
    pub(super) fn of(
        command: &Command,
        at: RecordedTime,
        (context, loaded): (&Context, &[EntityKey]),
        decided: &Result<Decision, Refusal>,
    ) -> Option<Self> {
        let persons = match command.body {
            CommandBody::ApproveSubsidy(_) => {
                let persons = loaded.iter();
                let persons = persons.filter(|key| matches!(key, EntityKey::Person(_)));
                persons.map(|key| (*key, context.copy(key))).collect()
            }
            CommandBody::ApproveClass(_) | CommandBody::ApproveAward(_) => BTreeMap::new(),
            _ => return None,
        };
        Some(Self {
            command: command.clone(),
            at,
            position: context.next_position,
            events: decided.as_ref().ok()?.events.clone(),
            persons,
        })
    }

    pub(super) const fn position(&self) -> Position {
        self.position
    }

    /// Decides again, from the entities as they are now, taken back. The book is as it was.
    pub(super) fn check(&self, entities: &BTreeMap<EntityKey, Entity>, mut context: Context) {
        context.next_position = self.position;
        context.recorded_at = self.at;
        let mut keys = Vec::new();
        loop {
            missing(&context, &self.command, &mut keys);
            if keys.is_empty() {
                break;
            }
            for key in keys.drain(..) {
                let told = entities.get(&key).cloned();
                let told = told.and_then(|it| it.before(self.position));
                let was = self.persons.get(&key).cloned();
                context.put(key, was.unwrap_or(told));
            }
        }
        let again = decide(&context, &self.command, self.at).map(|decision| decision.events);
        assert_eq!(again.as_ref(), Ok(&self.events), "{:?}", self.command);
    }
}

/// One event more: taken back to before it, an entity is what it was, taken back likewise.
pub(super) fn check_step(
    key: &EntityKey,
    position: Position,
    was: Option<&Entity>,
    is: Option<&Entity>,
) {
    let was_told = before(was, position);
    assert_eq!(before(is, position), was_told, "{key:?} at {position}");
    match key {
        EntityKey::Institution(_) | EntityKey::Certificate(_) | EntityKey::AwardRegister(_) => {
            assert_eq!(was_told.as_ref(), was, "{key:?} is told exactly");
        }
        _ => {}
    }
}

/// Going back from the end in one step leads to what replay leads to, and so do two steps.
pub(crate) fn check_back(
    end: &BTreeMap<EntityKey, Entity>,
    position: Position,
    replayed: &BTreeMap<EntityKey, Entity>,
) {
    for (key, is) in end {
        let told = before(Some(is), position);
        let was = before(replayed.get(key), position);
        assert_eq!(told, was, "{key:?} at {position}");
        let between = Position::new(position.get() + 7);
        let twice = before(before(Some(is), between).as_ref(), position);
        assert_eq!(twice, was, "{key:?} at {position} by way of {between}");
    }
}

fn before(entity: Option<&Entity>, position: Position) -> Option<Entity> {
    entity.cloned().and_then(|it| it.before(position))
}
