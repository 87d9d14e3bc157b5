//! What a decision was made on: documents and entities as they were before its position.
//!
//! Entities keep the positions of what happened to them, so that one can be rolled back without
//! reading its events.

use ledger_core::command::{ApproveSubsidy, CommandBody};
use ledger_core::entity::{AwardRegister, Class, Institution, Order};
use ledger_core::policy::PolicyBook;
use ledger_core::{BusinessDate, ClassId, Command, Context, Entity, PersonKey, Position, missing};

use super::{Explaining, QueryError, load_any};

impl Explaining<'_> {
    /// The state that a command about a class or an award was decided on.
    pub(super) fn context_before(
        &self,
        command: &Command,
        position: Position,
    ) -> Result<Context, QueryError> {
        let mut context = Context {
            policies: book_before(&self.book, position),
            next_position: position,
            ..Context::default()
        };
        let mut keys = Vec::new();
        loop {
            missing(&context, command, &mut keys);
            if keys.is_empty() {
                return Ok(context);
            }
            for key in keys.drain(..) {
                let entity = load_any(self.snapshot, &key)?;
                context.put(key, entity.and_then(|it| entity_before(it, position)));
            }
        }
    }
}

/// An entity as it was before a position, as far as the approval of a class or an award looks at
/// it; none where it was not there yet.
fn entity_before(entity: Entity, position: Position) -> Option<Entity> {
    let known = |since: Position| since < position;
    match entity {
        Entity::Class(class) => {
            known(class.approved.position).then(|| Entity::Class(class_before(class, position)))
        }
        Entity::Institution(body) => {
            known(body.registered).then(|| Entity::Institution(institution_before(body, position)))
        }
        Entity::Order(order) => {
            known(order.raised.position).then(|| Entity::Order(order_before(order, position)))
        }
        Entity::AwardRegister(register) => {
            Some(Entity::AwardRegister(register_before(register, position)))
        }
        Entity::Award(award) => known(award.approved.position).then_some(Entity::Award(award)),
        Entity::Account(account) => known(account.opened).then_some(Entity::Account(account)),
        Entity::Person(person) => known(person.registered).then_some(Entity::Person(person)),
        other => Some(other),
    }
}

pub(super) fn approve(class: ClassId, person: PersonKey, on: BusinessDate) -> Command {
    Command {
        occurred_on: on,
        body: CommandBody::ApproveSubsidy(ApproveSubsidy { class, person }),
        causes: Vec::new(),
    }
}

/// The documents as they were published and withdrawn before a position.
pub(super) fn book_before(book: &PolicyBook, position: Position) -> PolicyBook {
    let last = position.previous();
    last.map_or_else(PolicyBook::default, |last| book.as_of(last))
}

pub(super) fn class_before(mut class: Class, position: Position) -> Class {
    let earlier = |at: &Position| *at < position;
    class.settlement = class.settlement.filter(|it| earlier(&it.position));
    class.found_false = class.found_false.filter(earlier);
    class.objection_upheld = class.objection_upheld.filter(earlier);
    class.opened = class.opened.filter(|fact| earlier(&fact.position));
    class.closed = class.closed.filter(|fact| earlier(&fact.position));
    class.publicity = class
        .publicity
        .filter(|shown| earlier(&shown.opened.position));
    if let Some(shown) = &mut class.publicity {
        shown.closed = shown.closed.filter(|fact| earlier(&fact.position));
        shown.objections.retain(|raised| earlier(&raised.position));
    }
    class
}

pub(super) fn institution_before(mut body: Institution, position: Position) -> Institution {
    body.qualifications
        .retain(|qualification| qualification.granted < position);
    for qualification in &mut body.qualifications {
        qualification.revoked = qualification
            .revoked
            .filter(|revoked| revoked.position < position);
    }
    body
}

/// An order that a class was approved on, before that: no other class rested on it.
fn order_before(mut order: Order, position: Position) -> Order {
    let earlier = |at: &Position| *at < position;
    order.listed = order.listed.filter(|fact| earlier(&fact.position));
    order.selected.retain(|(_, fact)| earlier(&fact.position));
    order.accepted = order.accepted.filter(|(_, fact)| earlier(&fact.position));
    order.purchased = order.purchased.filter(|fact| earlier(&fact.position));
    order.cancelled = order.cancelled.filter(earlier);
    order.class = None;
    order
}

fn register_before(mut register: AwardRegister, position: Position) -> AwardRegister {
    register.entries.retain(|entry| entry.position < position);
    for entry in &mut register.entries {
        entry.revoked = entry.revoked.filter(|revoked| *revoked < position);
    }
    register
}
