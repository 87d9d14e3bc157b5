//! Payments of an award: from one of the accounts that pay it, up to what is left of its part.

use crate::account::holds;
use crate::award::not_revoked;
use crate::command::OrderAwardPayment;
use crate::decide::entry::Entry;
use crate::decide::{CommandPayload, Deciding, at_most, check_amount};
use crate::entity::Award;
use crate::event::{DisbursementOrdered, DisbursementStage, Event, EventBody, Payee, Subject};
use crate::limits::EVENTS_PER_PERSON_MAX;
use crate::need::Need;
use crate::refusal::{Reason, Refusal};
use crate::{AccountKey, AccountKind, AwardId, DisbursementId, Fen, PersonKey};

impl Deciding<'_> {
    /// Orders a payment from one of the accounts that pay the award, up to what is left of the
    /// account's part; an award by the month is paid in as many payments as its recipient needs.
    pub(crate) fn order_award_payment(&self, c: &OrderAwardPayment) -> Result<Event, Refusal> {
        c.amount.map_or(Ok(()), check_amount)?;
        let recipient = self.context.awards.get(&c.award);
        self.check_room_of(recipient.map(|award| award.recipient))?;
        let key = AccountKey {
            division: c.division,
            fund: c.fund,
        };
        let account = self.account(key)?;
        let award = self.award(c.award)?;
        if let Some(existing) = self.context.disbursements.get(&c.disbursement) {
            return Err(Refusal::new(Reason::DisbursementExists)
                .about(c.disbursement)
                .because([existing.ordered.position]));
        }
        self.not_before(award.approved.on, award.approved.position)?;
        if let Some(finding) = award.found_false {
            return Err(Refusal::new(Reason::FoundFalse)
                .about(c.award)
                .because([finding]));
        }
        not_revoked(c.award, award)?;
        let amount = due_from(c, award, key).map_err(|refusal| self.of_parts(award, refusal))?;
        holds(account, key, amount)?;
        self.award_payment(c.disbursement, c.award, (award, key, amount))
    }

    /// Names the rule by which the parts of an award were fixed.
    fn of_parts(&self, award: &Award, refusal: Refusal) -> Refusal {
        let published = self.context.policies.at(award.policy);
        let rules = published.and_then(|it| Some((it, it.policy.scheme(&award.scheme)?)));
        match rules.filter(|_| refusal.reason == Reason::FundPartsMismatch) {
            Some((published, scheme)) => refusal.under(match &scheme.split {
                Some(split) => published.cite(split),
                None => published.cite(&scheme.funds),
            }),
            None => refusal,
        }
    }

    fn award_payment(
        &self,
        disbursement: DisbursementId,
        id: AwardId,
        (award, account, amount): (&Award, AccountKey, Fen),
    ) -> Result<Event, Refusal> {
        let mut entry = Entry::new(*self);
        entry.move_amount(
            (account, AccountKind::Commitment),
            (account, AccountKind::Reserve),
            self.fiscal_year(),
            amount,
        )?;
        let body = EventBody::DisbursementOrdered(DisbursementOrdered {
            disbursement,
            subject: Subject::Award(id),
            account,
            stage: DisbursementStage::Full,
            payee: award.recipient,
            lines: Vec::new(),
            total: amount,
        });
        let mut event = self.event(body, vec![award.approved.position]);
        event.policy = Some(award.policy);
        event.postings = entry.finish();
        Ok(event)
    }

    /// Refuses to pay more to a person who has as many events as one stored value may hold.
    pub(crate) fn check_room_of(&self, recipient: Option<Payee>) -> Result<(), Refusal> {
        let person = recipient.and_then(Payee::person);
        let person = person.and_then(|person| self.context.persons.get(&person));
        let events = person.map_or(0, |person| person.timeline.len().saturating_add(1));
        at_most(events, EVENTS_PER_PERSON_MAX, "events of the person")
    }
}

/// What to pay from an account: what is asked for, within what is left of its part.
fn due_from(c: &OrderAwardPayment, award: &Award, account: AccountKey) -> Result<Fen, Refusal> {
    if award.amount.is_zero() {
        return Err(Refusal::new(Reason::NothingToPay).about(c.award));
    }
    let left = award.left_from(account).ok_or_else(|| {
        Refusal::new(Reason::FundPartsMismatch)
            .about(format_args!("{} {}", account.division, account.fund.code()))
            .because([award.approved.position])
    })?;
    let amount = c.amount.unwrap_or(left);
    if amount > left || !left.is_positive() {
        let payments = award.payments_from(account);
        return Err(Refusal::new(Reason::AlreadyPaid)
            .about(c.award)
            .limit(left.get(), amount.get())
            .because(payments.map(|payment| payment.position)));
    }
    Ok(amount)
}

impl CommandPayload for OrderAwardPayment {
    fn needs(&self, need: &mut Need<'_>) {
        need.disbursement(self.disbursement);
        need.subject(Subject::Award(self.award));
        need.account(AccountKey {
            division: self.division,
            fund: self.fund,
        });
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.order_award_payment(self)?])
    }
}
