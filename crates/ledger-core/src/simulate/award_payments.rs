//! Payments of an award in the shadow: the same share of what its account pays there.

use super::{About, Moment, ShadowState, Simulation, Why};
use crate::command::{CommandBody, OrderAwardPayment};
use crate::entity::Award;
use crate::event::{DisbursementOrdered, RecordedEvent};
use crate::refusal::{Reason, Refusal};
use crate::{AccountKey, AwardId, Fen, Position};

impl Simulation {
    /// Pays an award: the same part of what its account pays in the shadow as on record.
    pub(super) fn award_payment<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
        e: &DisbursementOrdered,
        id: AwardId,
    ) -> Result<(), S::Error> {
        self.load(shadow, |context, keys| {
            crate::missing_for_event(context, &recorded.event, keys);
        })?;
        let Some(award) = shadow.context().awards.get(&id) else {
            // What was noted when the draft refused the award says why.
            return Ok(());
        };
        let on = recorded.event.occurred_on;
        let scope = self.scope;
        let within = scope.holds(e.account.division, on)
            || (scope.holds_division(award.division)
                && scope.begun(on)
                && scope.holds_date(award.approved.on));
        let refusal = if within {
            self.counts.decided = self.counts.decided.saturating_add(1);
            let was = shadow.recorded_award(id)?;
            let would = shadow.context().awards.get(&id);
            let both = was.as_ref().zip(would);
            let amount = both.and_then(|both| same_share(both, e, recorded.position));
            let body = CommandBody::OrderAwardPayment(OrderAwardPayment {
                disbursement: e.disbursement,
                award: id,
                division: e.account.division,
                fund: e.account.fund,
                amount,
            });
            self.carry_out(shadow, Moment::of(recorded), body)?.err()
        } else {
            let covered = self.as_recorded(shadow, recorded)?;
            (!covered).then(|| Refusal::new(Reason::InsufficientFunds))
        };
        match refusal {
            Some(refusal) => shadow.note(About::Award(id), Why::payment(recorded, refusal)),
            None => Ok(()),
        }
    }
}

fn part_of(award: &Award, account: AccountKey) -> Option<Fen> {
    let part = award.parts.iter().find(|part| part.account == account);
    part.map(|part| part.amount)
}

/// What a payment comes to when it is the same share of what its account would pay as it was of
/// what the account pays on record; `None` where the record does not tell.
///
/// Shares are rounded down over all payments up to this one and not one by one, so that an award
/// that is paid in full would be paid in full.
fn same_share(
    (was, would): (&Award, &Award),
    e: &DisbursementOrdered,
    at: Position,
) -> Option<Fen> {
    let (part, full) = (part_of(would, e.account)?, part_of(was, e.account)?);
    if part == full {
        return Some(e.total);
    }
    let earlier = was.payments_from(e.account);
    let earlier = earlier.filter(|payment| payment.position < at);
    let before = Fen::checked_sum(earlier.map(|payment| payment.amount))?;
    let after = before.checked_add(e.total)?;
    let share = scaled(after, part, full)?.checked_sub(scaled(before, part, full)?)?;
    Some(share.min(would.left_from(e.account)?))
}

/// The share of `part` that `total` is of `was`, rounded down.
fn scaled(total: Fen, part: Fen, was: Fen) -> Option<Fen> {
    // No overflow: twice 63 bits fit the 127 bits of `i128`.
    let product = i128::from(total.get()).wrapping_mul(i128::from(part.get()));
    let share = product.checked_div(i128::from(was.get()))?;
    i64::try_from(share).ok().map(Fen::new)
}
