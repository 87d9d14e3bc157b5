//! What the answer to an append says of why, worked out after its commit by the reader.
//!
//! The writer only records which rules it applied. Here the same is worked out as by
//! [`Reader::explain`], for the positions and the refusal numbers of the answer: so a repeat of the
//! request is answered the same, and the write path pays nothing for it.

use ledger_core::Position;
use ledger_core::command::Command;
use ledger_core::policy::PolicyBook;
use ledger_proto::from_proto::ExplanationDetail;
use ledger_proto::to_proto::without_texts;
use ledger_proto::v1;
use prost::Message;

use super::{Blocks, Explaining, QueryError, Reader, within};
use crate::query::limits::{
    ANSWER_EXPLANATION_BYTES_MAX, ANSWER_EXPLANATION_WORK_MAX, ANSWER_EXPLANATIONS_MAX,
};
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

/// The explanations of an answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnswerExplanations {
    /// One list for each outcome, in order; shorter where nothing more is explained.
    pub of_outcomes: Vec<Vec<v1::DecisionExplanation>>,
    /// How many decisions are not explained for want of room.
    pub left_off: u32,
}

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
    /// Explains the decisions of an answer, in order, until there are
    /// [`ANSWER_EXPLANATIONS_MAX`] of them, [`ANSWER_EXPLANATION_BYTES_MAX`] bytes, or
    /// [`ANSWER_EXPLANATION_WORK_MAX`] of work.
    ///
    /// # Errors
    ///
    /// What reading the store gives. What was appended stays so.
    pub fn explain_answer(
        &self,
        asked: &ExplainAnswer,
        appended: &Appended,
    ) -> Result<AnswerExplanations, QueryError> {
        self.explain_answer_within(asked, appended, ANSWER_EXPLANATION_WORK_MAX)
    }

    /// As [`explain_answer`](Self::explain_answer), with so much work for all of them.
    pub(crate) fn explain_answer_within(
        &self,
        asked: &ExplainAnswer,
        appended: &Appended,
        work: u32,
    ) -> Result<AnswerExplanations, QueryError> {
        if let Some(left_off) = asked.unasked(appended) {
            return Ok(AnswerExplanations {
                left_off,
                ..AnswerExplanations::default()
            });
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
        let mut explained = AnswerExplanations::default();
        let (mut count, mut bytes_left) = (0_usize, ANSWER_EXPLANATION_BYTES_MAX);
        for (index, due) in asked.due(appended) {
            if count >= ANSWER_EXPLANATIONS_MAX || explained.left_off > 0 {
                explained.left_off = explained.left_off.saturating_add(1);
                continue;
            }
            let one = match due {
                Due::Event(position) => explaining.decision_at(position),
                Due::Refusal(number) => explaining.refusal_within(number, refusals),
            };
            // What follows is left off as well, so that the answer ends at one place.
            let Some(mut one) = within(one)? else {
                explained.left_off = 1;
                continue;
            };
            if asked.detail == ExplanationDetail::Data {
                without_texts(&mut one);
            }
            let Some(left) = bytes_left.checked_sub(one.encoded_len()) else {
                explained.left_off = 1;
                continue;
            };
            bytes_left = left;
            count = count.saturating_add(1);
            let lists = &mut explained.of_outcomes;
            lists.resize_with(lists.len().max(index.saturating_add(1)), Vec::new);
            if let Some(list) = lists.get_mut(index) {
                list.push(one);
            }
        }
        Ok(explained)
    }
}
