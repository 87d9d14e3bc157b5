//! Awards and grants (such as 鲁人社发〔2020〕18号 三(二)–三(五)): approval, revocation.
//!
//! An award is decided by a body outside the ledger; the ledger holds it against the rules of the
//! document in force, one check per rule, and says which of them were applied.

mod asked;
mod explain;
mod parts;

use crate::command::{ApproveAward, AwardPartRequest, RevokeAward};
use crate::context::award_register_key;
use crate::decide::entry::overflow;
use crate::decide::{CommandPayload, Deciding, all, at_most, check_amount, within};
use crate::entity::Award;
use crate::event::{AwardRevoked, Event, EventBody, Payee};
use crate::limits::{AMOUNT_MAX_FEN, AWARD_MONTHS_MAX, AWARD_PARTS_MAX, AWARDS_PER_SCHEME_MAX};
use crate::need::Need;
use crate::policy::{PublishedPolicy, Scheme};
use crate::refusal::{Reason, Refusal};
use crate::{AwardId, Fen, PersonKey, Position};
use asked::Asked;
use parts::{account_of, named_once};
use std::slice;

pub use explain::explain_award_approval;

impl<'a> Deciding<'a> {
    pub(crate) fn award(&self, award: AwardId) -> Result<&'a Award, Refusal> {
        self.context
            .awards
            .get(&award)
            .ok_or_else(|| Refusal::new(Reason::AwardNotFound).about(award))
    }

    /// Approves an award under the document in force for its scheme where and when it is awarded.
    pub(crate) fn approve_award(&self, c: &ApproveAward) -> Result<Event, Refusal> {
        self.check_award_bounds(c)?;
        let published = self
            .context
            .policies
            .in_force(&c.scheme, c.division, self.on)
            .ok_or_else(|| Refusal::new(Reason::PolicyNotFound).about(&c.scheme))?;
        let parts = c.parts.iter().map(|part| self.account(account_of(part)));
        let opened = all(parts)?.into_iter().map(|account| account.opened);
        let mut causes = vec![published.position];
        causes.extend(opened);
        causes.push(self.recipient(c.recipient)?);
        if let Some(existing) = self.context.awards.get(&c.award) {
            return Err(Refusal::new(Reason::AwardExists)
                .about(c.award)
                .because([existing.approved.position]));
        }
        let asked = Asked::new(*self, c, published)?;
        let body = EventBody::AwardApproved(asked.approved()?);
        let mut event = self.event(body, causes);
        event.policy = Some(published.position);
        Ok(event)
    }

    /// What the command says by itself: bounds, and no account twice.
    fn check_award_bounds(&self, c: &ApproveAward) -> Result<(), Refusal> {
        at_most(c.parts.len(), AWARD_PARTS_MAX, "parts")?;
        if let Some(months) = c.months {
            within(months, AWARD_MONTHS_MAX, "months")?;
        }
        let months = u64::from(c.months.unwrap_or(1));
        let amount = c.amount.unwrap_or(Fen::ZERO);
        let whole = amount.checked_mul(months).ok_or_else(overflow)?;
        if whole.get() > AMOUNT_MAX_FEN {
            return Err(Refusal::new(Reason::OutOfBounds)
                .about("amount in fen")
                .limit(AMOUNT_MAX_FEN, whole.get()));
        }
        let key = award_register_key(&c.scheme, c.division);
        let register = self.context.award_registers.get(&key);
        let entries = register.map_or(0, |register| register.entries.len());
        at_most(
            entries.saturating_add(1),
            AWARDS_PER_SCHEME_MAX,
            "awards of the scheme",
        )?;
        if amount.is_negative() {
            return Err(Refusal::new(Reason::AmountNotPositive).limit(0, amount.get()));
        }
        all(c
            .parts
            .iter()
            .filter_map(|part| part.amount)
            .map(check_amount))?;
        named_once(&c.parts)
    }

    /// The registration of the person or body that receives the award.
    fn recipient(&self, recipient: Payee) -> Result<Position, Refusal> {
        match recipient {
            Payee::Person(person) | Payee::Master(person) => Ok(self.person(person)?.registered),
            Payee::Institution(body) | Payee::Employer(body) => {
                Ok(self.institution(body)?.registered)
            }
        }
    }

    /// Takes an award back. Money has to come back first: what was paid must have been clawed
    /// back or returned, and nothing may be with the bank.
    pub(crate) fn revoke_award(&self, c: &RevokeAward) -> Result<Event, Refusal> {
        let award = self.award(c.award)?;
        self.not_before(award.approved.on, award.approved.position)?;
        not_revoked(c.award, award)?;
        let paid = award.paid_or_ordered();
        if paid > award.clawed_back {
            let payments = award.payments.iter().map(|payment| payment.position);
            return Err(Refusal::new(Reason::AwardIsPaid)
                .about(c.award)
                .limit(award.clawed_back.get(), paid.get())
                .because(payments));
        }
        let body = EventBody::AwardRevoked(AwardRevoked {
            award: c.award,
            grounds: c.grounds.clone(),
            decision_number: c.decision_number.clone(),
        });
        let mut causes = vec![award.approved.position];
        causes.extend(award.found_false);
        let mut event = self.event(body, causes);
        event.policy = Some(award.policy);
        Ok(event)
    }
}

/// Earmarking (专款专用): the scheme's list has each fund, and each account belongs to the division
/// that awards, to one above it or to one inside it.
fn check_funds(
    c: &ApproveAward,
    published: &PublishedPolicy,
    scheme: &Scheme,
) -> Result<(), Refusal> {
    let related = |part: &AwardPartRequest| {
        part.division.contains(c.division) || c.division.contains(part.division)
    };
    let allowed = |part: &&AwardPartRequest| scheme.funds.rule.allows(part.fund) && related(part);
    match c.parts.iter().find(|part| !allowed(part)) {
        Some(part) => Err(Refusal::new(Reason::SchemeNotOnFund)
            .under(published.cite(&scheme.funds))
            .about(format_args!("{} {}", part.division, part.fund.code()))),
        None => Ok(()),
    }
}

pub(crate) fn not_revoked(id: AwardId, award: &Award) -> Result<(), Refusal> {
    match award.revoked {
        Some(revoked) => Err(Refusal::new(Reason::AwardIsRevoked)
            .about(id)
            .because([revoked])),
        None => Ok(()),
    }
}

impl CommandPayload for ApproveAward {
    fn needs(&self, need: &mut Need<'_>) {
        need.new_award(self);
    }

    fn reports_on(&self) -> &[PersonKey] {
        match &self.recipient {
            Payee::Person(person) | Payee::Master(person) => slice::from_ref(person),
            Payee::Institution(_) | Payee::Employer(_) => &[],
        }
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.approve_award(self)?])
    }
}

impl CommandPayload for RevokeAward {
    fn needs(&self, need: &mut Need<'_>) {
        need.award_and_register(self.award);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.revoke_award(self)?])
    }
}
