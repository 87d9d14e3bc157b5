//! The chain of rules behind a decision: rule, document, clause, inputs and result.
//!
//! The rules put this together themselves while they are evaluated, by the code that decides, so
//! that what is explained cannot differ from what is decided. As data it is a list of
//! [`Evaluated`] rules; [`Explanation::text_en`] and [`Explanation::text_zh`] write one sentence
//! for each. Nothing personal stands in it: persons are not named, inputs are dates, codes and
//! counts with the positions of the events that they come from.

mod deviation;
mod recorded;
mod text;
mod words;

pub use deviation::{Deviation, deviations};
pub(crate) use recorded::kind_of;

use crate::coded::RuleKind;
use crate::event::Subject;
use crate::refusal::{Refusal, RuleCitation, Unit};
use crate::{DisbursementId, Fen, PersonKey, Position};

/// Everything that was looked at for one decision.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Explanation {
    /// The rules, in the order in which they were evaluated.
    pub rules: Vec<Evaluated>,
    /// What stands in the way without a rule: the state of the class or of the place.
    pub barred: Vec<Refusal>,
}

/// What a decision is about, as far as one thing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DecisionSubject {
    /// The class or the award; none where it is about neither.
    pub subject: Option<Subject>,
    /// The person; none where it is about several or about none.
    pub person: Option<PersonKey>,
    /// The disbursement; none where it is about none.
    pub disbursement: Option<DisbursementId>,
}

/// How much an answer says of the rules behind its decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExplanationDetail {
    /// The chain of rules with sentences.
    Full,
    /// The chain of rules as data.
    Data,
    /// Nothing but how many decisions there are to explain: nobody said, of a request with many
    /// commands.
    Count,
    /// Nothing.
    None,
}

/// One rule, what it was given and what it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluated {
    /// The kind of the rule.
    pub rule: RuleKind,
    /// Document and clause; none for what holds without a document (a contract, a finding).
    pub citation: Option<RuleCitation>,
    /// What the rule looked at.
    pub inputs: Vec<Input>,
    /// The limit that it sets, in [`Evaluated::unit`].
    pub limit: Option<i64>,
    /// The value found, in [`Evaluated::unit`].
    pub found: Option<i64>,
    /// The result.
    pub outcome: Outcome,
}

/// Something that a rule looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// What it is, in English.
    pub name_en: &'static str,
    /// What it is, in Chinese.
    pub name_zh: &'static str,
    /// A date, a code, a count or an amount in yuan, with words in English.
    pub value: String,
    /// The same in Chinese; none where it has no words and reads the same.
    pub value_zh: Option<String>,
    /// The events that it comes from, ascending.
    pub positions: Vec<Position>,
}

impl Input {
    /// The value for a text in Chinese.
    #[must_use]
    pub fn value_zh(&self) -> &str {
        self.value_zh.as_deref().unwrap_or(&self.value)
    }
}

/// The result of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is kept.
    Passed,
    /// It stands in the way.
    Refused(Refusal),
    /// It gives or adds an amount, in fen.
    Amount(Fen),
    /// It has nothing to say about this place.
    NotApplicable,
}

impl Evaluated {
    /// What the limit and the value found are counted in; none where there are no numbers. What is
    /// refused is counted as its reason is: evidence may lack class hours or days.
    #[must_use]
    pub fn unit(&self) -> Option<Unit> {
        self.limit.or(self.found)?;
        let refused = match &self.outcome {
            Outcome::Refused(refusal) => refusal.unit(),
            Outcome::Passed | Outcome::Amount(_) | Outcome::NotApplicable => None,
        };
        refused.or_else(|| unit_of(self.rule))
    }
}

/// What the numbers of a kind of rule are counted in; none where it has no numbers of its own.
#[must_use]
pub fn unit_of(rule: RuleKind) -> Option<Unit> {
    words::words(rule).unit
}

impl Explanation {
    /// Everything that stands in the way, in order of precedence.
    #[must_use]
    pub fn refusals(&self) -> Vec<Refusal> {
        let refused = self.rules.iter().filter_map(|rule| match &rule.outcome {
            Outcome::Refused(refusal) => Some(refusal),
            Outcome::Passed | Outcome::Amount(_) | Outcome::NotApplicable => None,
        });
        let mut refusals: Vec<_> = self.barred.iter().chain(refused).cloned().collect();
        refusals.sort_by_key(|refusal| refusal.reason);
        refusals
    }

    /// The rules of documents that were evaluated, in order, each once.
    #[must_use]
    pub fn citations(&self) -> Vec<RuleCitation> {
        let mut citations = Vec::new();
        for rule in &self.rules {
            if let Some(citation) = &rule.citation
                && !citations.contains(citation)
            {
                citations.push(citation.clone());
            }
        }
        citations
    }
}
