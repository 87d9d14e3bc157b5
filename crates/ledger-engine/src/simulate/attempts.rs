//! Refused attempts, in the order in which they were refused, each tried again where it came.

use super::SimulateError;
use super::state::State;
use crate::limits::SIMULATE_REFUSALS_CHUNK;
use crate::rebuild::CancelToken;
use crate::refusals::{RefusalRecord, decode_refusal};
use ledger_core::simulate::{Attempt, Simulation};
use ledger_core::{Command, Position};
use ledger_log::{Direction, Space, Storage, keys};
use ledger_proto::refusal_bytes::KeptCommand;
use std::collections::VecDeque;

/// The refusals of a ledger up to a number, read in chunks.
pub(super) struct Attempts<'a> {
    storage: &'a dyn Storage,
    next: u64,
    last: u64,
    read: VecDeque<Attempt>,
    /// Attempts among those read that cannot be tried again.
    untried: u64,
    cancel: &'a CancelToken,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(storage: &'a dyn Storage, last: u64, cancel: &'a CancelToken) -> Self {
        Self {
            storage,
            cancel,
            next: 1,
            last,
            read: VecDeque::new(),
            untried: 0,
        }
    }

    /// Tries every attempt again that was decided before the event at `position` was recorded.
    pub(super) fn before(
        &mut self,
        position: Position,
        simulation: &mut Simulation,
        state: &mut State<'_>,
    ) -> Result<(), SimulateError> {
        loop {
            while let Some(attempt) = self.read.pop_front() {
                if attempt.seen >= position {
                    self.read.push_front(attempt);
                    return Ok(());
                }
                // Any number of attempts may lie between two blocks of the log.
                self.check_cancelled()?;
                simulation.attempt(state, &attempt)?;
                state.make_room()?;
            }
            if self.next > self.last {
                return Ok(());
            }
            self.read_on()?;
            for _ in 0..std::mem::take(&mut self.untried) {
                simulation.attempt_untried();
            }
        }
    }

    fn check_cancelled(&self) -> Result<(), SimulateError> {
        match self.cancel.is_cancelled() {
            true => Err(SimulateError::Cancelled),
            false => Ok(()),
        }
    }

    fn read_on(&mut self) -> Result<(), SimulateError> {
        // Any number of refusals that are no decisions may follow each other.
        self.check_cancelled()?;
        let entries = self.storage.scan(
            Space::Refusals,
            &keys::refusal(self.next),
            &keys::refusal(self.last.saturating_add(1)),
            Direction::Forward,
            SIMULATE_REFUSALS_CHUNK,
        )?;
        if entries.is_empty() {
            // Numbered without a gap; what is missing is for the verifier of the log to report.
            self.next = self.last.saturating_add(1);
        }
        for (_, value) in entries {
            let number = self.next;
            self.next = number.saturating_add(1);
            let record = decode_refusal(&value)
                .map_err(|source| SimulateError::Refusal { number, source })?;
            if record.asked_for.nature().is_about_money() {
                match attempt(&record) {
                    Some(attempt) => self.read.push_back(attempt),
                    None => self.untried = self.untried.saturating_add(1),
                }
            }
        }
        Ok(())
    }
}

/// What it takes to try a refused command again, where it is on record.
fn attempt(record: &RefusalRecord) -> Option<Attempt> {
    Some(Attempt {
        seen: record.detail.seen?,
        recorded_at: record.recorded_at,
        command: command(record)?,
    })
}

fn command(record: &RefusalRecord) -> Option<Command> {
    let kept = KeptCommand::from_bytes(record.detail.command.as_deref()?).ok()?;
    kept.command(&|_| Err(vec!["a decision about money publishes nothing".to_owned()]))
        .ok()
}
