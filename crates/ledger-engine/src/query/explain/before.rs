//! What a decision was made on: documents and entities as they were before its position.
//!
//! Entities keep the positions of what happened to them, so that one can be taken back without
//! reading its events ([`History::before`](ledger_core::entities::History::before)).

use ledger_core::command::{ApproveSubsidy, CommandBody};
use ledger_core::policy::PolicyBook;
use ledger_core::{BusinessDate, ClassId, Command, Context, PersonKey, Position, missing};

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
                context.put(key, entity.and_then(|it| it.before(position)));
            }
        }
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
