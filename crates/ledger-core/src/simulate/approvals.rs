//! Approvals in the shadow: of classes, subsidies and awards, and of what was refused before.

use super::payments::never_ordered;
use super::{About, Attempt, Moment, ShadowState, Simulation, Stage, Why, commands, division_of};
use crate::command::{ApproveAward, CommandBody};
use crate::event::{
    AwardApproved, ClassApproved, DisbursementStage, RecordedEvent, SubsidyApproved,
};
use crate::refusal::{Reason, Refusal};
use crate::{ClassId, Fen, PersonKey, Position};

use super::JOINED_MAX;

impl Simulation {
    /// Approves the class under the rules and at the standard rate of the draft.
    pub(super) fn class_approved<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
        e: &ClassApproved,
    ) -> Result<(), S::Error> {
        let on = recorded.event.occurred_on;
        if !self.scope.holds(e.account.division, on) {
            return self.as_recorded(shadow, recorded).map(drop);
        }
        let about = About::Class(e.class);
        self.anew(shadow, recorded, about, CommandBody::ApproveClass(e.into()))
    }

    /// Approves the subsidy under the draft's rules, unless an earlier attempt had it approved.
    pub(super) fn subsidy_approved<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
        e: &SubsidyApproved,
    ) -> Result<(), S::Error> {
        self.load(shadow, |context, keys| {
            crate::missing_for_event(context, &recorded.event, keys);
        })?;
        let division = division_of(&recorded.event);
        let within = division.is_none_or(|division| self.scope.holds_division(division));
        let on = recorded.event.occurred_on;
        if !within || !(self.scope.holds_date(on) || self.follows(shadow, e.class, on)) {
            return self.as_recorded(shadow, recorded).map(drop);
        }
        let context = shadow.context();
        if context.classes.get(&e.class).is_none() {
            // The draft refused the class: what is noted about that says why.
            self.counts.decided = self.counts.decided.saturating_add(1);
            return Ok(());
        }
        let person = context.persons.get(&e.person);
        let place = person.and_then(|person| person.enrolment(e.class));
        if place.is_some_and(|place| place.approval.is_some()) {
            self.counts.decided = self.counts.decided.saturating_add(1);
            return Ok(());
        }
        let about = About::Place(e.class, e.person);
        self.anew(shadow, recorded, about, commands::approve_subsidy(e))
    }

    /// Approves the award under the rules of the draft: with the amount of the record where the
    /// draft allows it, and otherwise with the one that the draft sets.
    pub(super) fn award_approved<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
        e: &AwardApproved,
    ) -> Result<(), S::Error> {
        if !self.scope.holds(e.division, recorded.event.occurred_on) {
            return self.as_recorded(shadow, recorded).map(drop);
        }
        self.counts.decided = self.counts.decided.saturating_add(1);
        let mut refused = None;
        for split in [true, false] {
            let mut command = commands::approve_award(e, split);
            for _ in 0..2 {
                let body = CommandBody::ApproveAward(command.clone());
                let refusal = match self.carry_out(shadow, Moment::of(recorded), body)? {
                    Ok(()) => return Ok(()),
                    Err(refusal) => refusal,
                };
                let allowed = allowed_amount(&command, &refusal);
                refused = Some(refusal);
                match allowed {
                    Some(allowed) => command.amount = Some(allowed),
                    None => break,
                }
            }
        }
        match refused {
            Some(refusal) => {
                let why = Why::approval(recorded, refusal);
                shadow.note(About::Award(e.award), why)
            }
            None => Ok(()),
        }
    }

    /// Tries a refused command again; whatever it asked for is in the shadow afterwards if the
    /// draft allows it. Commands other than approvals of subsidies and awards and payments are
    /// passed over: facts that were never recorded did not happen.
    ///
    /// Attempts come in the order in which they were refused, each before the first event after
    /// [`Attempt::seen`].
    ///
    /// # Errors
    ///
    /// What the shadow gives.
    pub fn attempt<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        attempt: &Attempt,
    ) -> Result<(), S::Error> {
        let held_until = self.held.as_ref().map(|held| held.position);
        if held_until.is_some_and(|held| held <= attempt.seen) {
            self.finish(shadow)?;
        }
        let on = attempt.command.occurred_on;
        let within = match &attempt.command.body {
            CommandBody::ApproveSubsidy(c) => self.holds_class(shadow, c.class, on)?,
            CommandBody::OrderDisbursement(c) => self.holds_class(shadow, c.class, on)?,
            CommandBody::ApproveAward(c) => self.scope.holds(c.division, on),
            CommandBody::OrderAwardPayment(c) => self.scope.holds(c.division, on),
            _ => false,
        };
        if !within {
            return Ok(());
        }
        self.counts.attempts = self.counts.attempts.saturating_add(1);
        let moment = Moment {
            next: attempt.seen.next(),
            position: attempt.seen,
            recorded_at: attempt.recorded_at,
            on,
        };
        let body = attempt.command.body.clone();
        // An identifier that is taken refuses a command whatever the document says.
        if self.decided(shadow, moment, body.clone())?.is_err() {
            return Ok(());
        }
        let body = of_its_own(body, attempt.seen);
        if self.carry_out(shadow, moment, body)?.is_ok() {
            match &attempt.command.body {
                CommandBody::ApproveSubsidy(c) => self.join(c.class, c.person),
                CommandBody::OrderDisbursement(c) => {
                    for person in &c.beneficiaries {
                        match c.stage {
                            // The settlement has to name whoever has an advance.
                            DisbursementStage::Advance => self.join(c.class, *person),
                            DisbursementStage::Full | DisbursementStage::Final => {
                                self.leave(c.class, &[*person]);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Counts an attempt that cannot be tried again.
    pub fn attempt_untried(&mut self) {
        self.counts.attempts_untried = self.counts.attempts_untried.saturating_add(1);
    }

    /// Decides a recorded decision anew and notes why the draft refuses it.
    fn anew<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
        about: About,
        body: CommandBody,
    ) -> Result<(), S::Error> {
        self.counts.decided = self.counts.decided.saturating_add(1);
        match self.carry_out(shadow, Moment::of(recorded), body)? {
            Ok(()) => Ok(()),
            Err(refusal) => shadow.note(about, Why::approval(recorded, refusal)),
        }
    }

    fn holds_class<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        class: ClassId,
        on: crate::BusinessDate,
    ) -> Result<bool, S::Error> {
        self.load(shadow, |context, keys| {
            let key = crate::EntityKey::Class(class);
            if !context.is_loaded(&key) {
                keys.push(key);
            }
        })?;
        let scope = self.scope;
        let found = shadow.context().classes.get(&class);
        let division = found.map(|class| class.account.division);
        Ok(
            division.is_some_and(|division| scope.holds_division(division))
                && (scope.holds_date(on) || self.follows(shadow, class, on)),
        )
    }

    /// Lets a person wait for the next payment of a class, once.
    fn join(&mut self, class: ClassId, person: PersonKey) {
        let waiting = self.joined.get(&class);
        if waiting.is_some_and(|waiting| waiting.contains(&person)) {
            return;
        }
        if self.joined_count >= JOINED_MAX {
            self.counts.not_joined = self.counts.not_joined.saturating_add(1);
            return;
        }
        self.joined_count = self.joined_count.saturating_add(1);
        self.joined.entry(class).or_default().push(person);
    }
}

impl Why {
    fn approval(recorded: &RecordedEvent, refusal: Refusal) -> Self {
        Self {
            position: recorded.position,
            stage: Stage::Approval,
            refusal,
        }
    }
}

/// A command whose payment, if it makes one, has an identifier that the record does not use.
fn of_its_own(mut body: CommandBody, seen: Position) -> CommandBody {
    let named = match &mut body {
        CommandBody::OrderDisbursement(c) => Some(&mut c.disbursement),
        CommandBody::OrderAwardPayment(c) => Some(&mut c.disbursement),
        _ => None,
    };
    if let Some(id) = named {
        *id = never_ordered(id.as_bytes(), Some(seen));
    }
    body
}

/// The amount that the draft allows instead of the one asked for: what it fixes, or the least.
fn allowed_amount(command: &ApproveAward, refusal: &Refusal) -> Option<Fen> {
    let allowed = (refusal.reason == Reason::AwardAmountNotAllowed)
        .then_some(refusal.limit)
        .flatten()
        .map(Fen::new)?;
    (command.amount != Some(allowed)).then_some(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::Scope;

    /// With room for one: the second is counted and waits for nothing, until the first has left.
    #[test]
    fn as_many_wait_for_a_payment_as_there_is_room_for() {
        let class = ClassId::from_bytes([1; 16]);
        let [first, second] = [1, 2].map(|byte| PersonKey::from_bytes([byte; 16]));
        let mut simulation = Simulation::new(Scope::default());
        simulation.joined_count = JOINED_MAX - 1;
        simulation.join(class, first);
        simulation.join(class, second);
        assert_eq!(simulation.waiting(class, &[]), [first]);
        assert_eq!(simulation.counts().not_joined, 1);
        simulation.leave(class, &[first]);
        simulation.join(class, second);
        assert_eq!(simulation.waiting(class, &[]), [second]);
        assert_eq!(simulation.counts().not_joined, 1);
    }
}
