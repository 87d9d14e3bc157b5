//! What the bank does with an ordered payment: it is settled or comes back.

use super::find;
use crate::command::{ReturnDisbursement, SettleDisbursement};
use crate::decide::entry::Entry;
use crate::decide::{CommandPayload, Deciding};
use crate::entity::{Class, Disbursement};
use crate::event::{
    DisbursementReturned, DisbursementSettled, DisbursementStage, Event, EventBody, ReturnKind,
    Subject,
};
use crate::need::Need;
use crate::policy::QuotaRelease;
use crate::refusal::{Reason, Refusal};
use crate::{AccountKind, ClassId, DisbursementId, Fen, PersonKey, Position};

impl Deciding<'_> {
    pub(crate) fn settle_disbursement(&self, c: &SettleDisbursement) -> Result<Event, Refusal> {
        let disbursement = find(self.context, c.disbursement)?;
        self.not_before(disbursement.ordered.on, disbursement.ordered.position)?;
        if let Some(settled) = disbursement.settled {
            return Err(Refusal::new(Reason::DisbursementIsSettled)
                .about(c.disbursement)
                .because([settled.position]));
        }
        not_returned(c.disbursement, disbursement)?;
        let account = disbursement.account;
        let fiscal_year = self.fiscal_year();
        let mut entry = Entry::new(*self);
        entry.move_amount(
            (account, AccountKind::Expenditure),
            (account, AccountKind::Cash),
            fiscal_year,
            disbursement.total,
        )?;
        self.release(&mut entry, disbursement)?;
        let body = EventBody::DisbursementSettled(DisbursementSettled {
            disbursement: c.disbursement,
            bank_reference: c.bank_reference.clone(),
            fiscal_year,
        });
        let causes = vec![disbursement.ordered.position];
        let mut event = self.event(body, causes);
        event.postings = entry.finish();
        Ok(event)
    }

    /// Gives the reservation of an ordered payment back.
    fn release(&self, entry: &mut Entry<'_>, disbursement: &Disbursement) -> Result<(), Refusal> {
        entry.move_amount(
            (disbursement.account, AccountKind::Reserve),
            (disbursement.account, AccountKind::Commitment),
            self.fiscal_year(),
            disbursement.total,
        )
    }

    /// A passive return (退票) means that the bank could not deliver; the payee sends money back
    /// in an active return (退款) only after it arrived.
    pub(crate) fn return_disbursement(&self, c: &ReturnDisbursement) -> Result<Event, Refusal> {
        let disbursement = find(self.context, c.disbursement)?;
        let latest = disbursement.settled.map_or(
            (disbursement.ordered.on, disbursement.ordered.position),
            |settled| (settled.on, settled.position),
        );
        self.not_before(latest.0, latest.1)?;
        let class = match disbursement.subject {
            Subject::Class(id) => Some((id, self.class(id)?)),
            Subject::Award(_) => None,
        };
        if let Some((id, class)) = class {
            self.check_excess(disbursement, id, class)?;
        }
        not_returned(c.disbursement, disbursement)?;
        if c.kind == ReturnKind::Active && disbursement.settled.is_none() {
            return Err(Refusal::new(Reason::DisbursementNotSettled)
                .about(c.disbursement)
                .because([disbursement.ordered.position]));
        }
        let clawed_back = disbursement.lines.iter().map(|line| line.clawed_back);
        if clawed_back
            .chain([disbursement.award_clawed_back])
            .any(Fen::is_positive)
        {
            return Err(Refusal::new(Reason::DisbursementClawedBack).about(c.disbursement));
        }
        let account = disbursement.account;
        let mut entry = Entry::new(*self);
        match disbursement.settled {
            Some(settled) => entry.move_amount(
                (account, AccountKind::Cash),
                (account, AccountKind::Expenditure),
                settled.fiscal_year,
                disbursement.total,
            )?,
            None => self.release(&mut entry, disbursement)?,
        }
        let body = EventBody::DisbursementReturned(DisbursementReturned {
            disbursement: c.disbursement,
            kind: c.kind,
            bank_reference: c.bank_reference.clone(),
            reason: c.reason.clone(),
            frees_quota: class
                .map_or_else(Vec::new, |(id, _)| self.slots_to_free(c, disbursement, id)),
        });
        let mut event = self.event(body, vec![latest.1]);
        event.policy = Some(self.policy_of(disbursement)?);
        event.postings = entry.finish();
        Ok(event)
    }

    /// The policy that holds for what was paid.
    pub(crate) fn policy_of(&self, disbursement: &Disbursement) -> Result<Position, Refusal> {
        match disbursement.subject {
            Subject::Class(class) => Ok(self.class(class)?.policy),
            Subject::Award(award) => Ok(self.award(award)?.policy),
        }
    }

    /// An advance of which the settlement left an excess to be repaid comes back as that
    /// repayment: the same money must not be asked for twice.
    fn check_excess(
        &self,
        disbursement: &Disbursement,
        id: ClassId,
        class: &Class,
    ) -> Result<(), Refusal> {
        let Some(settlement) = class.settlement else {
            return Ok(());
        };
        let owes = |person: &PersonKey| {
            let enrolment = self.context.persons.get(person);
            enrolment
                .and_then(|person| person.enrolment(id))
                .is_some_and(|enrolment| enrolment.excess_advance().is_positive())
        };
        let owing = disbursement.stage == DisbursementStage::Advance
            && disbursement
                .lines
                .iter()
                .any(|line| owes(&line.beneficiary));
        if owing {
            return Err(Refusal::new(Reason::ClassSettled)
                .about(id)
                .because([settlement.position]));
        }
        Ok(())
    }

    /// Beneficiaries whom no other payment for the class has reached, when the policy gives the
    /// slot of an undelivered payment back (A10 of the domain notes).
    fn slots_to_free(
        &self,
        c: &ReturnDisbursement,
        disbursement: &Disbursement,
        id: ClassId,
    ) -> Vec<PersonKey> {
        if c.kind != ReturnKind::Passive {
            return Vec::new();
        }
        let frees = |person: &PersonKey| {
            let release = self.quota_release(id, *person);
            release.is_some_and(|release| release.returned_payment)
        };
        let untouched = |person: &PersonKey| {
            self.context.persons.get(person).is_some_and(|of| {
                of.slot_of(id).is_some()
                    && of.enrolment(id).is_some_and(|enrolment| {
                        enrolment
                            .payments
                            .iter()
                            .all(|payment| payment.disbursement == c.disbursement)
                    })
            })
        };
        disbursement
            .lines
            .iter()
            .map(|line| line.beneficiary)
            .filter(|person| untouched(person) && frees(person))
            .collect()
    }

    /// What gives the slot of a place back, by the dates of its own case.
    pub(crate) fn quota_release(&self, class: ClassId, person: PersonKey) -> Option<QuotaRelease> {
        let place = self.place(class, person).ok()?;
        let rules = self.measured(place, class, person).rules;
        let release = rules.rule(|scheme| Some(&scheme.quota_release))?;
        Some(release.ruled.rule)
    }
}

fn not_returned(id: DisbursementId, disbursement: &Disbursement) -> Result<(), Refusal> {
    match disbursement.returned {
        Some(returned) => Err(Refusal::new(Reason::DisbursementIsReturned)
            .about(id)
            .because([returned])),
        None => Ok(()),
    }
}

impl CommandPayload for SettleDisbursement {
    fn needs(&self, need: &mut Need<'_>) {
        need.whole_disbursement(self.disbursement);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.settle_disbursement(self)?])
    }
}

impl CommandPayload for ReturnDisbursement {
    fn needs(&self, need: &mut Need<'_>) {
        need.whole_disbursement(self.disbursement);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.return_disbursement(self)?])
    }
}
