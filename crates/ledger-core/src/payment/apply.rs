//! Payments.

mod settlement;

use crate::apply::{EventPayload, free_slot, slot_template, with_class, with_person, with_place};
use crate::award;
use crate::context::Context;
use crate::entity::{Disbursement, Fact, PaidLine, Payment, Settlement};
use crate::event::{DisbursementOrdered, DisbursementReturned, DisbursementSettled, Subject};
use crate::found::Keys;
use crate::need::Need;
use crate::progress::Changes;
use crate::{BusinessDate, ClassId, DisbursementId, Fen, PersonKey, Position};

impl EventPayload for DisbursementOrdered {
    fn touches(&self, need: &mut Need<'_>) {
        need.disbursement(self.disbursement);
        need.subject(self.subject);
        need.account(self.account);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.disbursement(self.disbursement);
        keys.paid_for(self.subject, self.account.division, self.payee);
        let lines = self.lines.iter();
        lines.for_each(|line| keys.listed(line.beneficiary));
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        disbursement_ordered(context, fact, self);
    }
}

impl EventPayload for DisbursementSettled {
    fn touches(&self, need: &mut Need<'_>) {
        need.whole_disbursement(self.disbursement);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.paid(self.disbursement);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        disbursement_settled(context, fact, self.disbursement, self.fiscal_year);
    }
}

impl EventPayload for DisbursementReturned {
    fn touches(&self, need: &mut Need<'_>) {
        need.whole_disbursement(self.disbursement);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.paid(self.disbursement);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        disbursement_returned(context, fact, self);
    }
}

fn disbursement_ordered(context: &mut Context, fact: Fact, e: &DisbursementOrdered) {
    let payment = |amount| Payment {
        disbursement: e.disbursement,
        stage: e.stage,
        position: fact.position,
        amount,
        settled: None,
        account: e.account,
    };
    match e.subject {
        Subject::Class(class) => class_payment_ordered(context, fact, class, e, &payment),
        Subject::Award(award) => award::with(context, award, |award| {
            award.payments.push(payment(e.total));
        }),
    }
    let lines = e.lines.iter().map(|line| PaidLine {
        beneficiary: line.beneficiary,
        amount: line.amount,
        clawed_back: Fen::ZERO,
    });
    let disbursement = Disbursement {
        ordered: fact,
        subject: e.subject,
        account: e.account,
        stage: e.stage,
        payee: e.payee,
        lines: lines.collect(),
        total: e.total,
        settled: None,
        returned: None,
        award_clawed_back: Fen::ZERO,
    };
    context
        .disbursements
        .put(e.disbursement, Some(disbursement));
}

fn class_payment_ordered(
    context: &mut Context,
    fact: Fact,
    class: ClassId,
    e: &DisbursementOrdered,
    payment: &dyn Fn(Fen) -> Payment,
) {
    let mut newly_beneficiaries: u32 = 0;
    for line in &e.lines {
        let slot = line
            .takes_quota_year
            .and_then(|year| slot_template(context, fact, class, year));
        with_person(context, line.beneficiary, |person| {
            person.slots.extend(slot);
            if let Some(place) = person.enrolment_mut(class) {
                let before = place.is_beneficiary();
                place.payments.push(payment(line.amount));
                newly_beneficiaries = newly_beneficiaries
                    .saturating_add(u32::from(!before && place.is_beneficiary()));
            }
        });
    }
    with_class(context, class, |class| {
        class.in_flight = class.in_flight.saturating_add(1);
        class.beneficiaries = class.beneficiaries.saturating_add(newly_beneficiaries);
    });
}

fn disbursement_settled(context: &mut Context, fact: Fact, id: DisbursementId, fiscal_year: u16) {
    let Some(disbursement) = context.disbursements.get_mut(&id) else {
        return;
    };
    disbursement.settled = Some(Settlement {
        position: fact.position,
        on: fact.on,
        fiscal_year,
    });
    let settle = |payments: &mut Vec<Payment>| {
        for payment in payments {
            if payment.disbursement == id {
                payment.settled = Some(fact.position);
            }
        }
    };
    let subject = disbursement.subject;
    let beneficiaries = beneficiaries(disbursement);
    match subject {
        Subject::Class(class) => {
            for beneficiary in beneficiaries {
                with_place(context, class, beneficiary, |place| {
                    settle(&mut place.payments);
                });
            }
            with_class(context, class, |class| {
                class.in_flight = class.in_flight.saturating_sub(1)
            });
        }
        Subject::Award(award) => {
            award::with(context, award, |award| settle(&mut award.payments));
        }
    }
}

fn beneficiaries(disbursement: &Disbursement) -> Vec<PersonKey> {
    let lines = disbursement.lines.iter();
    lines.map(|line| line.beneficiary).collect()
}

fn disbursement_returned(context: &mut Context, fact: Fact, e: &DisbursementReturned) {
    let Some(disbursement) = context.disbursements.get_mut(&e.disbursement) else {
        return;
    };
    disbursement.returned = Some(fact.position);
    let in_flight = disbursement.settled.is_none();
    let beneficiaries = beneficiaries(disbursement);
    let class = match disbursement.subject {
        Subject::Class(class) => class,
        Subject::Award(award) => {
            award::with(context, award, |award| {
                award
                    .payments
                    .retain(|payment| payment.disbursement != e.disbursement);
            });
            return;
        }
    };
    let mut gone: u32 = 0;
    for beneficiary in beneficiaries {
        with_person(context, beneficiary, |person| {
            if let Some(place) = person.enrolment_mut(class) {
                let before = place.is_beneficiary();
                place
                    .payments
                    .retain(|payment| payment.disbursement != e.disbursement);
                gone = gone.saturating_add(u32::from(before && !place.is_beneficiary()));
            }
            if e.frees_quota.contains(&beneficiary) {
                free_slot(person, class, fact.position);
            }
        });
    }
    with_class(context, class, |class| {
        class.in_flight = class.in_flight.saturating_sub(u32::from(in_flight));
        class.beneficiaries = class.beneficiaries.saturating_sub(gone);
    });
}
