//! Where rules put what they find: a decision keeps numbers and causes, an explanation all of it.
//!
//! A rule is written once, over any [`Sink`]. Texts are given as `format_args!`, which a decision
//! never formats, so that explaining costs the one who asks and not the one who decides.

use super::Violations;
use crate::coded::RuleKind;
use crate::event::AppliedRule;
use crate::explain::{Evaluated, Explanation, Input, Outcome};
use crate::policy::book::{Clause, InForce};
use crate::refusal::Refusal;
use crate::{Fen, Position};
use std::fmt;

/// The name of an input, in English and in Chinese.
pub(crate) type Name = (&'static str, &'static str);

/// The value of an input: one text for both languages, or one for each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'a> {
    en: fmt::Arguments<'a>,
    zh: Option<fmt::Arguments<'a>>,
}

impl<'a> From<fmt::Arguments<'a>> for Value<'a> {
    fn from(both: fmt::Arguments<'a>) -> Self {
        Self { en: both, zh: None }
    }
}

impl<'a> From<(fmt::Arguments<'a>, fmt::Arguments<'a>)> for Value<'a> {
    fn from((en, zh): (fmt::Arguments<'a>, fmt::Arguments<'a>)) -> Self {
        Self { en, zh: Some(zh) }
    }
}

/// What a rule found.
#[derive(Debug)]
pub(crate) struct Verdict<'a> {
    pub(crate) rule: RuleKind,
    /// Where the rule stands; none for what holds without a document.
    pub(crate) clause: Option<Clause<'a>>,
    /// The limit that it sets and the value found, in the unit of the rule.
    pub(crate) limit: Option<i64>,
    pub(crate) found: Option<i64>,
    pub(crate) outcome: Outcome,
}

impl<'a> Verdict<'a> {
    /// A rule that is kept, without numbers.
    pub(crate) fn passed(rule: RuleKind) -> Self {
        Self {
            rule,
            clause: None,
            limit: None,
            found: None,
            outcome: Outcome::Passed,
        }
    }

    /// Names the document's rule.
    pub(crate) fn under<T>(mut self, rule: InForce<'a, T>) -> Self {
        self.clause = Some(rule.clause());
        self
    }

    /// Adds the limit and the value found.
    pub(crate) fn limit(mut self, limit: i64, found: i64) -> Self {
        self.limit = Some(limit);
        self.found = Some(found);
        self
    }

    /// The rule gives or adds an amount.
    pub(crate) fn amount(mut self, amount: Fen) -> Self {
        self.found = Some(amount.get());
        self.outcome = Outcome::Amount(amount);
        self
    }

    /// The rule is there and has nothing to say about the place.
    pub(crate) fn not_applicable(mut self) -> Self {
        self.outcome = Outcome::NotApplicable;
        self
    }

    /// Refuses where there is a refusal; what it lacks of rule and numbers is the verdict's.
    pub(crate) fn unless(mut self, refusal: Option<Refusal>) -> Self {
        if let Some(mut refusal) = refusal {
            refusal.rule = refusal.rule.or_else(|| Some(self.clause?.cite()));
            // A check of several things has the numbers of one: another reason is not about them.
            if refusal.reason.unit().is_some() {
                refusal.limit = refusal.limit.or(self.limit);
                refusal.found = refusal.found.or(self.found);
            }
            self.limit = refusal.limit.or(self.limit);
            self.found = refusal.found.or(self.found);
            self.outcome = Outcome::Refused(refusal);
        }
        self
    }
}

/// Takes in what rules find. Inputs come before the verdict that they belong to.
pub(crate) trait Sink {
    /// A fact that the decision rests on when it is taken.
    fn rests_on<'v>(
        &mut self,
        name: Name,
        value: impl Into<Value<'v>>,
        positions: impl IntoIterator<Item = Position>,
    );

    /// Something that a rule compared with, which the decision does not rest on.
    fn looks_at<'v>(
        &mut self,
        name: Name,
        value: impl Into<Value<'v>>,
        positions: impl IntoIterator<Item = Position>,
    );

    /// What the rule found.
    fn verdict(&mut self, verdict: Verdict<'_>);

    /// What stands in the way without a rule: the state of the class or the place.
    fn barred(&mut self, refusal: Refusal);
}

/// What a decision keeps.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    /// The rules that were applied, in order.
    pub(crate) applied: Vec<AppliedRule>,
    /// The events that the decision rests on.
    pub(crate) causes: Vec<Position>,
    /// The first violated rule by precedence.
    pub(crate) violations: Violations,
}

impl Sink for Decided {
    fn rests_on<'v>(
        &mut self,
        _: Name,
        _: impl Into<Value<'v>>,
        positions: impl IntoIterator<Item = Position>,
    ) {
        self.causes.extend(positions);
    }

    fn looks_at<'v>(
        &mut self,
        _: Name,
        _: impl Into<Value<'v>>,
        _: impl IntoIterator<Item = Position>,
    ) {
    }

    fn verdict(&mut self, verdict: Verdict<'_>) {
        match verdict.outcome {
            Outcome::Refused(refusal) => self.barred(refusal),
            Outcome::Passed | Outcome::Amount(_) => self.applied.push(AppliedRule {
                rule: verdict.rule,
                policy: verdict.clause.map(|clause| clause.published.position),
                limit: verdict.limit,
                found: verdict.found,
            }),
            Outcome::NotApplicable => {}
        }
    }

    fn barred(&mut self, refusal: Refusal) {
        self.violations.check::<()>(Err(refusal));
    }
}

/// What a payment keeps: the first rule by precedence that stands in its way.
#[derive(Debug, Default)]
pub(crate) struct Barred {
    pub(crate) violations: Violations,
}

impl Sink for Barred {
    fn rests_on<'v>(
        &mut self,
        _: Name,
        _: impl Into<Value<'v>>,
        _: impl IntoIterator<Item = Position>,
    ) {
    }

    fn looks_at<'v>(
        &mut self,
        _: Name,
        _: impl Into<Value<'v>>,
        _: impl IntoIterator<Item = Position>,
    ) {
    }

    fn verdict(&mut self, verdict: Verdict<'_>) {
        if let Outcome::Refused(refusal) = verdict.outcome {
            self.barred(refusal);
        }
    }

    fn barred(&mut self, refusal: Refusal) {
        self.violations.check::<()>(Err(refusal));
    }
}

/// What an explanation keeps: everything.
#[derive(Debug, Default)]
pub(crate) struct Explaining {
    pub(crate) explanation: Explanation,
    /// Inputs of the rule that is being evaluated.
    inputs: Vec<Input>,
}

impl Sink for Explaining {
    fn rests_on<'v>(
        &mut self,
        name: Name,
        value: impl Into<Value<'v>>,
        positions: impl IntoIterator<Item = Position>,
    ) {
        self.looks_at(name, value, positions);
    }

    fn looks_at<'v>(
        &mut self,
        (name_en, name_zh): Name,
        value: impl Into<Value<'v>>,
        positions: impl IntoIterator<Item = Position>,
    ) {
        let value = value.into();
        let mut positions: Vec<_> = positions.into_iter().collect();
        positions.sort_unstable();
        positions.dedup();
        self.inputs.push(Input {
            name_en,
            name_zh,
            value: value.en.to_string(),
            value_zh: value.zh.map(|zh| zh.to_string()),
            positions,
        });
    }

    fn verdict(&mut self, verdict: Verdict<'_>) {
        // A check that holds several rules names in its refusal the one that is violated.
        let violated = match &verdict.outcome {
            Outcome::Refused(refusal) => refusal.rule.clone(),
            Outcome::Passed | Outcome::Amount(_) | Outcome::NotApplicable => None,
        };
        self.explanation.rules.push(Evaluated {
            rule: verdict.rule,
            citation: violated.or_else(|| Some(verdict.clause?.cite())),
            inputs: std::mem::take(&mut self.inputs),
            limit: verdict.limit,
            found: verdict.found,
            outcome: verdict.outcome,
        });
    }

    fn barred(&mut self, refusal: Refusal) {
        self.explanation.barred.push(refusal);
    }
}
