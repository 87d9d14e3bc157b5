//! Facts in the shadow: as recorded, with what they derived from decisions derived again.

use super::{Carried, Counts, Moment, ShadowState, Simulation, commands, division_of};
use crate::command::{
    ClawbackRequestLine, CommandBody, ConfirmEmployment, Debt, DecideClawback,
    InvalidateCertificate, RecordRepayment,
};
use crate::context::Context;
use crate::event::{ClawbackDecided, Event, EventBody, RecordedEvent};
use crate::kinds::{ByNature, ConsequenceEvent, WeighedEvent};
use crate::{AccountKey, AccountKind, Fen, Posting, Reference, Side};
use std::collections::BTreeMap;

impl Simulation {
    /// Takes over what followed from a decision, as far as it follows from the shadow's.
    pub(super) fn consequence<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
        follows: ConsequenceEvent<'_>,
    ) -> Result<(), S::Error> {
        match follows {
            ConsequenceEvent::DisbursementSettled(e) => {
                let body = commands::settle(e.disbursement, &e.bank_reference);
                self.or_nothing(shadow, recorded, body)
            }
            ConsequenceEvent::DisbursementReturned(e) => {
                self.or_nothing(shadow, recorded, commands::send_back(e))
            }
            ConsequenceEvent::ClawbackDecided(e) => self.clawback(shadow, recorded, e),
            ConsequenceEvent::RepaymentReceived(e) => {
                self.repayment(shadow, recorded, (e.debt, e.amount, &e.bank_reference))
            }
        }
    }

    /// Takes a fact over and weighs again what it changes of what was decided.
    pub(super) fn weighed<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
        weighed: WeighedEvent<'_>,
    ) -> Result<(), S::Error> {
        match weighed {
            WeighedEvent::CertificateInvalidated(e) => {
                let body = CommandBody::InvalidateCertificate(InvalidateCertificate {
                    number: e.number,
                    grounds: e.grounds.clone(),
                    decision_number: e.decision_number.clone(),
                });
                self.or_as_recorded(shadow, recorded, body)
            }
            WeighedEvent::EmploymentConfirmed(e) => {
                let body = CommandBody::ConfirmEmployment(ConfirmEmployment {
                    class: e.class,
                    person: e.person,
                    employer: e.employer,
                    evidence: e.evidence,
                    started_on: e.started_on,
                });
                self.or_as_recorded(shadow, recorded, body)
            }
            // Whether it counted follows from the state; taking it over says so.
            WeighedEvent::EmploymentWithdrawn(_) => self.as_recorded(shadow, recorded).map(drop),
        }
    }

    /// Carries out what followed from a decision; where the shadow has no such decision, nothing
    /// follows.
    fn or_nothing<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
        body: CommandBody,
    ) -> Result<(), S::Error> {
        let _carried: Carried = self.carry_out(shadow, Moment::of(recorded), body)?;
        Ok(())
    }

    /// Derives again what a fact derived from the state. A fact that the draft's rules would not
    /// have taken stays a fact.
    fn or_as_recorded<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
        body: CommandBody,
    ) -> Result<(), S::Error> {
        let division = division_of(&recorded.event);
        let within = division.is_none_or(|division| self.scope.holds_division(division));
        let begun = self.scope.begun(recorded.event.occurred_on);
        if within && begun && self.carry_out(shadow, Moment::of(recorded), body)?.is_ok() {
            return Ok(());
        }
        self.as_recorded(shadow, recorded).map(drop)
    }

    /// Takes an event over with the shadow's balances; `false` when the shadow's accounts do not
    /// cover it, which leaves it out.
    pub(super) fn as_recorded<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
    ) -> Result<bool, S::Error> {
        let mut event = recorded.clone();
        self.load(shadow, |context, keys| {
            crate::missing_for_event(context, &event.event, keys);
        })?;
        if let Some(body) = adapted(shadow.context(), &event.event.body) {
            event.event.body = body;
        }
        if !post_again(shadow.context(), &mut event.event) {
            self.counts.leave_out(&recorded.event);
            return Ok(false);
        }
        self.apply(shadow, &event)?;
        Ok(true)
    }

    /// Claws back what the shadow has paid of what was clawed back.
    fn clawback<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
        e: &ClawbackDecided,
    ) -> Result<(), S::Error> {
        self.load(shadow, |context, keys| {
            crate::missing_for_event(context, &recorded.event, keys);
        })?;
        let context = shadow.context();
        let lines = e.lines.iter().filter_map(|line| {
            let asked = ClawbackRequestLine {
                disbursement: line.disbursement,
                beneficiary: line.beneficiary,
                amount: line.amount,
            };
            let amount = line.amount.min(left_to_claw_back(context, &asked)?);
            amount
                .is_positive()
                .then_some(ClawbackRequestLine { amount, ..asked })
        });
        let lines: Vec<_> = lines.collect();
        if lines.is_empty() {
            return Ok(());
        }
        let body = CommandBody::DecideClawback(DecideClawback {
            clawback: e.clawback,
            case: e.case,
            finding: e.finding,
            lines,
            decision_number: e.decision_number.clone(),
        });
        self.or_nothing(shadow, recorded, body)
    }

    /// Takes a repayment over as far as the shadow has something owed.
    fn repayment<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
        (debt, amount, bank_reference): (Debt, Fen, &Reference),
    ) -> Result<(), S::Error> {
        self.load(shadow, |context, keys| {
            crate::missing_for_event(context, &recorded.event, keys);
        })?;
        let amount = amount.min(owed(shadow.context(), debt));
        if !amount.is_positive() {
            return Ok(());
        }
        let body = CommandBody::RecordRepayment(RecordRepayment {
            debt,
            amount,
            bank_reference: bank_reference.clone(),
        });
        self.or_nothing(shadow, recorded, body)
    }
}

impl Counts {
    /// Counts a movement of money that the shadow's accounts do not cover.
    fn leave_out(&mut self, event: &Event) {
        let amount = Fen::checked_sum(spent(&event.postings).into_values());
        let amount = amount.unwrap_or(Fen::ZERO);
        self.uncovered = self.uncovered.saturating_add(1);
        // A sum out of the range of money is none that could be shown; the count still tells.
        let sum = self.uncovered_amount.checked_add(amount);
        self.uncovered_amount = sum.unwrap_or(self.uncovered_amount);
    }
}

/// What an entry takes from what each account may spend: cash that goes, or that is reserved for a
/// payment. An account that gets more or as much as it gives is left out.
fn spent(postings: &[Posting]) -> BTreeMap<AccountKey, Fen> {
    let mut spent = BTreeMap::new();
    for posting in postings {
        let taken = match (posting.account.kind, posting.side) {
            (AccountKind::Cash | AccountKind::Reserve, Side::Credit) => Some(posting.amount),
            (AccountKind::Cash | AccountKind::Reserve, Side::Debit) => {
                Fen::ZERO.checked_sub(posting.amount)
            }
            _ => None,
        };
        if let Some(taken) = taken {
            let sum = spent.entry(posting.account.holder).or_insert(Fen::ZERO);
            *sum = sum.checked_add(taken).unwrap_or(*sum);
        }
    }
    spent.retain(|_, sum| sum.is_positive());
    spent
}

/// What the shadow has paid on a line and not clawed back yet.
fn left_to_claw_back(context: &Context, line: &ClawbackRequestLine) -> Option<Fen> {
    let disbursement = context.disbursements.get(&line.disbursement)?;
    match line.beneficiary {
        Some(person) => {
            let paid = disbursement.line(person)?;
            paid.amount.checked_sub(paid.clawed_back)
        }
        None => disbursement
            .total
            .checked_sub(disbursement.award_clawed_back),
    }
}

fn owed(context: &Context, debt: Debt) -> Fen {
    let owed = match debt {
        Debt::Clawback(id) => context.clawbacks.get(&id).map(|debt| debt.outstanding),
        Debt::ExcessAdvance(class) => context
            .classes
            .get(&class)
            .and_then(|class| class.settlement)
            .map(|settlement| settlement.excess_outstanding),
    };
    owed.unwrap_or(Fen::ZERO)
}

/// What is to be said instead of an event about decisions that the shadow may not have.
fn adapted(context: &Context, body: &EventBody) -> Option<EventBody> {
    let ByNature::Weighed(weighed) = body.by_nature() else {
        return None;
    };
    let place = |class, person| {
        let person = context.persons.get(&person);
        person.and_then(|person| person.enrolment(class))
    };
    match weighed {
        WeighedEvent::EmploymentWithdrawn(e) => {
            let place = place(e.class, e.person);
            let mut e = e.clone();
            e.counted = place.is_some_and(|place| place.employment_counts());
            Some(EventBody::EmploymentWithdrawn(e))
        }
        WeighedEvent::CertificateInvalidated(e) => {
            let place = place(e.class, e.person);
            let approved = place.is_some_and(|place| place.approval.is_some());
            let mut e = e.clone();
            e.approval_lapses &= approved;
            e.frees_quota &= approved;
            Some(EventBody::CertificateInvalidated(e))
        }
        // Whether it counts follows from the rules and not from a decision.
        WeighedEvent::EmploymentConfirmed(_) => None,
    }
}

/// Works the balances of an entry out again from those of the shadow; `false` when one of them
/// would be negative, or when more would be spent or reserved than the account holds.
fn post_again(context: &Context, event: &mut Event) -> bool {
    let mut postings: Vec<Posting> = Vec::with_capacity(event.postings.len());
    for posting in &event.postings {
        let of = posting.account;
        let before = of.left_by(&postings).or_else(|| {
            let account = context.accounts.get(&of.holder)?;
            Some(account.balance(of.kind, of.fiscal_year))
        });
        let Some(before) = before else {
            return false;
        };
        let after = of.posted(before, posting.side, posting.amount);
        match after {
            Some(after) if !after.is_negative() => postings.push(Posting {
                balance_after: after,
                ..*posting
            }),
            _ => return false,
        }
    }
    for (giver, amount) in spent(&postings) {
        let account = context.accounts.get(&giver);
        if account.is_none_or(|account| account.available() < amount) {
            return false;
        }
    }
    event.postings = postings;
    true
}
