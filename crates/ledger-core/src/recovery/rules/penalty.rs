//! Penalties beside a clawback: never mixed with what has to come back.
//!
//! A penalty is no money of the special account (处罚与追回分开): it has no postings and leaves what
//! is owed as it is. Its range is a rule like any other (《财政违法行为处罚处分条例》第十四条: 10 % to 50 %
//! of the sum obtained; 社会保险法第八十八条: two to five times).

use crate::command::{Debt, ImposePenalty};
use crate::decide::{CommandPayload, Deciding, at_most, check_amount};
use crate::entity::{Clawback, Finding};
use crate::event::{Event, EventBody, PenaltyImposed};
use crate::limits::PENALTIES_PER_CLAWBACK_MAX;
use crate::need::Need;
use crate::policy::book::InForce;
use crate::policy::{PenaltyRange, Ratio};
use crate::refusal::{Reason, Refusal};
use crate::supervision::not_closed;
use crate::{Fen, PersonKey};
use std::cmp::Ordering;

impl<'a> Deciding<'a> {
    /// Imposes a penalty in the range that a document in force on its day states for findings of
    /// the kind and money of the fund; all penalties beside one clawback stay in it together.
    pub(crate) fn impose_penalty(&self, c: &ImposePenalty) -> Result<Event, Refusal> {
        check_amount(c.amount)?;
        let clawback = self.context.clawbacks.get(&c.clawback);
        let penalties = clawback.map_or(0, |clawback| clawback.penalties.len());
        at_most(
            penalties.saturating_add(1),
            PENALTIES_PER_CLAWBACK_MAX,
            "penalties",
        )?;
        let clawback =
            clawback.ok_or_else(|| Refusal::new(Reason::DebtNotFound).about(c.clawback))?;
        let case = self.case(clawback.case)?;
        let finding = case
            .findings
            .iter()
            .find(|made| made.finding == clawback.finding)
            .expect("the finding of a decided clawback is in its case");
        let range = self
            .penalty_range(clawback, finding)
            .ok_or_else(|| Refusal::new(Reason::RuleNotFound).about(c.clawback))?;
        self.not_before(clawback.decided.on, clawback.decided.position)?;
        check_range(c, clawback, range)?;
        not_closed(clawback.case, case)?;
        let body = EventBody::PenaltyImposed(PenaltyImposed {
            clawback: c.clawback,
            amount: c.amount,
            debtor: clawback.debtor,
            decision_number: c.decision_number.clone(),
        });
        let causes = vec![
            range.published.position,
            finding.made.position,
            clawback.decided.position,
        ];
        let mut event = self.event(body, causes);
        event.policy = Some(range.published.position);
        Ok(event)
    }

    /// The range for findings of the kind and money of the clawback's fund.
    fn penalty_range(
        &self,
        clawback: &Clawback,
        finding: &Finding,
    ) -> Option<InForce<'a, PenaltyRange>> {
        let covers = |range: &PenaltyRange| {
            range.findings.contains(&finding.kind) && range.funds.contains(&clawback.account.fund)
        };
        self.document_rule(clawback.account.division, |policy| {
            let mut ranges = policy.penalties.iter();
            ranges.find(|range| covers(&range.rule))
        })
    }
}

/// Refuses penalties that together leave the range; compared as fractions, without rounding.
fn check_range(
    c: &ImposePenalty,
    clawback: &Clawback,
    range: InForce<'_, PenaltyRange>,
) -> Result<(), Refusal> {
    let sum = clawback.penalty.checked_add(c.amount);
    let sum = sum.ok_or_else(|| Refusal::new(Reason::AmountOverflow).about("penalties"))?;
    let PenaltyRange { min, max, .. } = range.ruled.rule;
    let bound = if against(sum, min, clawback.total).is_lt() {
        part_of(min, clawback.total, Rounding::Up)
    } else if against(sum, max, clawback.total).is_gt() {
        part_of(max, clawback.total, Rounding::Down)
    } else {
        return Ok(());
    };
    Err(Refusal::new(Reason::PenaltyOutOfRange)
        .under(range.cite())
        .about(c.clawback)
        .limit(bound, sum.get())
        .because(clawback.penalties.iter().copied()))
}

/// How a sum compares with a part or a multiple of a total, exactly.
fn against(sum: Fen, ratio: Ratio, total: Fen) -> Ordering {
    // No overflow: 63 bits times 32 bits fit the 127 bits of `i128`.
    let sum = i128::from(sum.get()).wrapping_mul(i128::from(ratio.denominator));
    let whole = i128::from(total.get()).wrapping_mul(i128::from(ratio.numerator));
    sum.cmp(&whole)
}

/// Which whole fen a bound is told as: the nearest one inside the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rounding {
    Up,
    Down,
}

/// A part or a multiple of a total in whole fen, to be told to the caller.
fn part_of(ratio: Ratio, total: Fen, rounding: Rounding) -> i64 {
    let whole = i128::from(total.get()).wrapping_mul(i128::from(ratio.numerator));
    let denominator = i128::from(ratio.denominator);
    let down = whole.checked_div_euclid(denominator).unwrap_or(0);
    let exact = down.wrapping_mul(denominator) == whole;
    let up = i128::from(rounding == Rounding::Up && !exact);
    i64::try_from(down.saturating_add(up)).unwrap_or(i64::MAX)
}

impl CommandPayload for ImposePenalty {
    fn needs(&self, need: &mut Need<'_>) {
        need.debt(Debt::Clawback(self.clawback));
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.impose_penalty(self)?])
    }
}
