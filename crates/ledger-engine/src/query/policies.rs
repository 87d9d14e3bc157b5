//! The published policies that an answer rests on.

use std::sync::Arc;

use ledger_core::Position;
use ledger_core::policy::PolicyBook;
use ledger_log::keys;
use ledger_log::{Direction, Space};

use super::error::Subject;
use super::{QueryError, Reader};
use crate::policies::load_policies;

impl Reader {
    /// Returns the policies published and withdrawn up to a committed position, and perhaps later
    /// ones.
    ///
    /// The writer shows its policies to readers a moment after the group is durable. A class and
    /// the policy that it follows may come in one group, so within that moment a snapshot can need
    /// a policy that is not shown yet; then the store is asked.
    pub(super) fn policies(&self, position: Position) -> Result<Arc<PolicyBook>, QueryError> {
        // The position is shown after the policies, so it has to be looked at before them.
        let shown = *self.shared.committed.borrow();
        let book = self.shared.policies();
        if position <= shown || !self.is_changed_after(&book)? {
            return Ok(book);
        }
        let book =
            load_policies(self.store.as_ref()).map_err(|source| QueryError::CorruptEntity {
                what: Subject::Policy,
                source: source.into(),
            })?;
        Ok(Arc::new(book))
    }

    fn is_changed_after(&self, book: &PolicyBook) -> Result<bool, QueryError> {
        let changes = book.published().iter().map(|published| {
            let withdrawn = published.withdrawn.map(|withdrawn| withdrawn.position);
            withdrawn.unwrap_or(published.position)
        });
        let last = changes.max().unwrap_or(Position::ZERO);
        let from = keys::policy(last.next());
        let to = keys::prefix_end(&keys::policy_prefix());
        let found = self
            .store
            .scan(Space::Entities, &from, &to, Direction::Forward, 1)?;
        Ok(!found.is_empty())
    }
}
