//! Following the log: what is there, then what comes.

use ledger_core::Position;
use ledger_log::Direction;
use tokio::sync::watch;

use super::limits::{CHECKPOINT_EVERY, PAGE_ITEMS_MAX};
use super::read_events::{EventFilter, EventPage, EventRange, ReadEvents};
use super::{QueryError, Reader, SENDER_LIVES, StoredEvent};

/// One message of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubscriptionItem {
    /// Events in ascending order, at least one.
    Events(Vec<StoredEvent>),
    /// Everything that matches up to this position has been given, and what follows is live. This
    /// message comes exactly once, also when nothing matched.
    CaughtUp(Position),
    /// Everything that matches up to this position has been given. This message comes when nothing
    /// has matched for long, so that a subscriber knows where to start again.
    Checkpoint(Position),
}

/// Follows the log from a position on.
///
/// Nothing is read before it is asked for and nothing is kept between two calls, so a slow
/// subscriber costs no memory.
#[derive(Debug)]
pub struct Subscription {
    reader: Reader,
    committed: watch::Receiver<Position>,
    filter: EventFilter,
    /// Everything up to here has been looked at.
    done: Position,
    /// Everything up to here has been told to the subscriber.
    told: Position,
    is_caught_up: bool,
}

impl Reader {
    /// Starts to follow the log after a position; zero starts with the first event.
    ///
    /// # Errors
    ///
    /// [`QueryError::OutOfBounds`] for a filter beyond its bounds,
    /// [`QueryError::PositionInFuture`] when the log does not reach to `after` yet.
    pub fn subscribe(
        &self,
        filter: EventFilter,
        after: Position,
    ) -> Result<Subscription, QueryError> {
        filter.check()?;
        let committed = self.committed();
        let log_position = *committed.borrow();
        if after > log_position {
            return Err(QueryError::PositionInFuture {
                asked: after,
                log_position,
            });
        }
        Ok(Subscription {
            reader: self.clone(),
            committed,
            filter,
            done: after,
            told: after,
            is_caught_up: false,
        })
    }
}

impl Subscription {
    /// Waits for the next message. Dropping the future loses nothing: the next call goes on from
    /// the same place.
    ///
    /// # Errors
    ///
    /// [`QueryError::Stopped`] when the runtime shuts down, and what reading the store gives. An
    /// engine that has stopped ends no subscription: nothing more comes, and what is there can
    /// still be read.
    pub async fn next_batch(&mut self) -> Result<SubscriptionItem, QueryError> {
        let reader = self.reader.clone();
        self.next_batch_by(|query| {
            let reader = reader.clone();
            async move {
                let page = tokio::task::spawn_blocking(move || reader.read_events(&query));
                match page.await {
                    Ok(page) => page,
                    Err(error) => match error.try_into_panic() {
                        Ok(panic) => std::panic::resume_unwind(panic),
                        // The runtime is shutting down.
                        Err(_) => Err(QueryError::Stopped),
                    },
                }
            }
        })
        .await
    }

    /// Waits for the next message as [`next_batch`](Self::next_batch) does, and reads each page by
    /// calling `read`. A caller who bounds the reads of the store can so count these pages.
    ///
    /// # Errors
    ///
    /// What `read` gives.
    pub async fn next_batch_by<E, F>(
        &mut self,
        mut read: impl FnMut(ReadEvents) -> F,
    ) -> Result<SubscriptionItem, E>
    where
        F: Future<Output = Result<EventPage, E>>,
    {
        loop {
            let committed = *self.committed.borrow_and_update();
            if self.done >= committed {
                if !self.is_caught_up {
                    self.is_caught_up = true;
                    self.told = self.done;
                    return Ok(SubscriptionItem::CaughtUp(self.done));
                }
                self.committed.changed().await.expect(SENDER_LIVES);
                continue;
            }
            let page = read(self.page_to(committed)).await?;
            let done = match page.next {
                Some(cursor) => Position::new(cursor.next).previous().unwrap_or(self.done),
                None => committed,
            };
            let done = done.max(self.done);
            self.done = done;
            if let Some(last) = page.events.last() {
                self.told = last.position;
                return Ok(SubscriptionItem::Events(page.events));
            }
            let is_silent = done
                .since(self.told)
                .is_some_and(|passed| passed >= CHECKPOINT_EVERY);
            if is_silent {
                self.told = done;
                return Ok(SubscriptionItem::Checkpoint(done));
            }
        }
    }

    /// The page after `done`.
    fn page_to(&self, committed: Position) -> ReadEvents {
        ReadEvents {
            filter: self.filter.clone(),
            range: EventRange {
                from: self.done.next(),
                to: Some(committed),
                ..EventRange::default()
            },
            direction: Direction::Forward,
            limit: PAGE_ITEMS_MAX,
            cursor: None,
        }
    }
}
