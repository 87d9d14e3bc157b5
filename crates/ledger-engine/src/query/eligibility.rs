//! Whether a subsidy would be approved, how much and under which clause, without doing it.

use ledger_core::command::{ApproveSubsidy, CommandBody};
use ledger_core::policy::PolicyBook;
use ledger_core::{BusinessDate, ClassId, Command, Context, Eligibility, PersonKey, missing};
use ledger_log::Snapshot;

use super::entities::{AsOf, load_any};
use super::{QueryError, Reader};

impl Reader {
    /// Tells whether an approval of the person's subsidy for the class would be accepted on a date.
    ///
    /// The same rules answer as for the approval itself, over the same entities; that the class or
    /// the person is unknown is one of the reasons against it.
    ///
    /// # Errors
    ///
    /// What reading the store gives.
    pub fn check_eligibility(
        &self,
        class: ClassId,
        person: PersonKey,
        on: BusinessDate,
    ) -> Result<AsOf<Eligibility>, QueryError> {
        let snapshot = self.store.snapshot()?;
        let log_position = snapshot.last_position();
        let command = Command {
            occurred_on: on,
            body: CommandBody::ApproveSubsidy(ApproveSubsidy { class, person }),
            causes: Vec::new(),
        };
        let mut context = Context {
            next_position: log_position.next(),
            policies: PolicyBook::clone(&*self.policies(log_position)?),
            ..Context::default()
        };
        load_all(snapshot.as_ref(), &command, &mut context)?;
        let value = ledger_core::eligibility(&context, class, person, on);
        Ok(AsOf {
            value,
            log_position,
        })
    }
}

/// Loads every entity that deciding the command looks at.
fn load_all(
    snapshot: &dyn Snapshot,
    command: &Command,
    context: &mut Context,
) -> Result<(), QueryError> {
    let mut keys = Vec::new();
    loop {
        missing(context, command, &mut keys);
        if keys.is_empty() {
            return Ok(());
        }
        for key in keys.drain(..) {
            let entity = load_any(snapshot, &key)?;
            context.put(key, entity);
        }
    }
}
