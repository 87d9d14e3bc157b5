//! What the answer to an append says of why, worked out after its commit by the reader.
//!
//! The writer only records which rules it applied. Here the same is worked out as by
//! [`Reader::explain`], for the positions and the refusal numbers of the answer: so a repeat of the
//! request is answered the same, and the write path pays nothing for it.

use std::ops::ControlFlow;

use ledger_core::Position;
use ledger_core::command::Command;
use ledger_core::explain::ExplanationDetail;
use ledger_core::policy::PolicyBook;

use super::{Blocks, DecisionExplanation, Explaining, QueryError, Reader, within};
use crate::query::limits::{ANSWER_EXPLANATION_WORK_MAX, ANSWER_EXPLANATIONS_MAX};
use crate::query::positions::Work;
use crate::request::{Appended, Outcome};

/// Which commands of a request decide by the rules of a document, and what is asked to be said of
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainAnswer {
    detail: ExplanationDetail,
    /// One for each command, in order.
    decides: Vec<bool>,
}

/// Takes the explanation of a decision and the index of its outcome, or has no room for it.
pub type TakeExplanation<'a> = dyn FnMut(usize, DecisionExplanation) -> ControlFlow<()> + 'a;

impl ExplainAnswer {
    /// What to say of the answer to these commands.
    #[must_use]
    pub fn new(commands: &[Command], detail: ExplanationDetail) -> Self {
        let decides = match detail {
            ExplanationDetail::None => Vec::new(),
            ExplanationDetail::Full | ExplanationDetail::Data | ExplanationDetail::Count => {
                let decided = |it: &Command| it.body.kind().nature().is_decided();
                commands.iter().map(decided).collect()
            }
        };
        Self { detail, decides }
    }

    /// How much is to be said of each decision.
    #[must_use]
    pub const fn detail(&self) -> ExplanationDetail {
        self.detail
    }

    /// Whether the answer has anything to explain. A request that is only validated is not on
    /// record, so the positions in its answer are not those of the log.
    #[must_use]
    pub fn is_due(&self, appended: &Appended, validate_only: bool) -> bool {
        let asked = self.detail != ExplanationDetail::None && !validate_only;
        asked && self.due(appended).next().is_some()
    }

    /// How many decisions the answer holds, where nobody has said whether they are to be explained
    /// and they are only counted.
    #[must_use]
    pub fn unasked(&self, appended: &Appended) -> Option<u32> {
        (self.detail == ExplanationDetail::Count).then(|| self.decisions(appended))
    }

    /// How many decisions the answer holds, with room for their explanations or without.
    #[must_use]
    pub fn decisions(&self, appended: &Appended) -> u32 {
        u32::try_from(self.due(appended).count()).unwrap_or(u32::MAX)
    }

    /// Everything in the answer that is to be explained, with the index of its outcome.
    fn due(&self, appended: &Appended) -> impl Iterator<Item = (usize, Due)> {
        let numbers = appended.refusal_numbers();
        let outcomes = appended.outcomes.iter().zip(numbers).enumerate();
        outcomes.flat_map(|(index, (outcome, number))| {
            let decides = self.decides.get(index).copied().unwrap_or(false);
            let (first, count) = match outcome {
                Outcome::Recorded { first, count } if decides => (*first, *count),
                _ => (Position::ZERO, 0),
            };
            let events = (0..count).scan(first, |next, _| {
                let position = *next;
                *next = position.next();
                Some(Due::Event(position))
            });
            let refused = number.map(Due::Refusal);
            events.chain(refused).map(move |due| (index, due))
        })
    }
}

/// One decision to explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Event(Position),
    Refusal(u64),
}

impl Reader {
    /// Explains the decisions of an answer, in order, and hands each to `take` with the index of
    /// its outcome. It ends after [`ANSWER_EXPLANATIONS_MAX`] of them, after
    /// [`ANSWER_EXPLANATION_WORK_MAX`] of work, and where `take` has no room for the one that it
    /// is given. Returns how many decisions are not explained.
    ///
    /// # Errors
    ///
    /// What reading the store gives. What was appended stays so.
    pub fn explain_answer(
        &self,
        asked: &ExplainAnswer,
        appended: &Appended,
        take: &mut TakeExplanation<'_>,
    ) -> Result<u32, QueryError> {
        self.explain_answer_within(asked, appended, ANSWER_EXPLANATION_WORK_MAX, take)
    }

    /// As [`explain_answer`](Self::explain_answer), with so much work for all of them.
    pub(crate) fn explain_answer_within(
        &self,
        asked: &ExplainAnswer,
        appended: &Appended,
        work: u32,
        take: &mut TakeExplanation<'_>,
    ) -> Result<u32, QueryError> {
        if let Some(left_off) = asked.unasked(appended) {
            return Ok(left_off);
        }
        let snapshot = self.store.snapshot()?;
        let log_position = snapshot.last_position();
        let mut explaining = Explaining {
            snapshot: &*snapshot,
            book: PolicyBook::clone(&*self.policies(log_position)?),
            blocks: Blocks::new(&self.store),
            work: Work::new(work),
            ends: true,
        };
        let refusals = self.shared.tip().refusals;
        let mut left_off = asked.decisions(appended);
        for (index, due) in asked.due(appended).take(ANSWER_EXPLANATIONS_MAX) {
            let one = match due {
                Due::Event(position) => explaining.decision_at(position),
                Due::Refusal(number) => explaining.refusal_within(number, refusals),
            };
            // What follows is left off as well, so that the answer ends at one place.
            let Some(one) = within(one)? else {
                break;
            };
            if take(index, one).is_break() {
                break;
            }
            left_off = left_off.saturating_sub(1);
        }
        Ok(left_off)
    }
}
