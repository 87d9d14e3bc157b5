//! Clawbacks, repayments and penalties.

use crate::apply::{EventPayload, free_slot, with_class, with_person};
use crate::award;
use crate::command::Debt;
use crate::context::Context;
use crate::entity::{Clawback, Fact};
use crate::event::{ClawbackDecided, ClawbackLine, PenaltyImposed, RepaymentReceived, Subject};
use crate::found::Keys;
use crate::need::Need;
use crate::progress::Changes;
use crate::{AwardId, BusinessDate, ClassId, Fen, PersonKey, Position};

impl EventPayload for ClawbackDecided {
    fn touches(&self, need: &mut Need<'_>) {
        need.clawback(self.clawback);
        need.case(self.case);
        need.account(self.account);
        if let Subject::Award(_) = self.subject {
            need.subject(self.subject);
        }
        for line in &self.lines {
            need.disbursement(line.disbursement);
        }
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.clawback(self.clawback);
        keys.case(self.case);
        keys.paid_for(self.subject, self.account.division, self.debtor);
        let beneficiaries = self.lines.iter().filter_map(|line| line.beneficiary);
        beneficiaries.for_each(|it| keys.listed(it));
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        clawback_decided(context, fact, self);
    }
}

impl EventPayload for RepaymentReceived {
    fn touches(&self, need: &mut Need<'_>) {
        need.debt(self.debt);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        match self.debt {
            Debt::Clawback(clawback) => keys.owed(clawback),
            Debt::ExcessAdvance(class) => keys.owing_class(class),
        }
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        repayment_received(context, fact, self.debt, self.outstanding);
    }
}

impl EventPayload for PenaltyImposed {
    fn touches(&self, need: &mut Need<'_>) {
        need.clawback(self.clawback);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.owed(self.clawback);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        if let Some(clawback) = context.clawbacks.get_mut(&self.clawback) {
            clawback.penalties.push(fact.position);
            clawback.penalty = clawback
                .penalty
                .checked_add(self.amount)
                .unwrap_or(self.amount);
        }
    }
}

fn clawback_decided(context: &mut Context, fact: Fact, e: &ClawbackDecided) {
    for line in &e.lines {
        match (e.subject, line.beneficiary) {
            (Subject::Class(class), Some(beneficiary)) => {
                class_line_clawed_back(context, fact, class, beneficiary, line);
            }
            (Subject::Award(award), _) => award_line_clawed_back(context, award, line),
            (Subject::Class(_), None) => {}
        }
    }
    if let Some(case) = context.cases.get_mut(&e.case) {
        case.clawbacks_outstanding = case.clawbacks_outstanding.saturating_add(1);
    }
    let clawback = Clawback {
        decided: fact,
        case: e.case,
        finding: e.finding,
        subject: e.subject,
        account: e.account,
        debtor: e.debtor,
        total: e.total,
        outstanding: e.total,
        repayments: Vec::new(),
        decision_number: e.decision_number.clone(),
        penalties: Vec::new(),
        penalty: Fen::ZERO,
    };
    context.clawbacks.put(e.clawback, Some(clawback));
}

fn class_line_clawed_back(
    context: &mut Context,
    fact: Fact,
    class: ClassId,
    beneficiary: PersonKey,
    line: &ClawbackLine,
) {
    if let Some(disbursement) = context.disbursements.get_mut(&line.disbursement) {
        for paid in &mut disbursement.lines {
            if paid.beneficiary == beneficiary {
                let clawed_back = paid.clawed_back.checked_add(line.amount);
                paid.clawed_back = clawed_back.unwrap_or(paid.amount);
            }
        }
    }
    with_person(context, beneficiary, |person| {
        if let Some(place) = person.enrolment_mut(class) {
            place.clawed_back = place
                .clawed_back
                .checked_add(line.amount)
                .unwrap_or(place.clawed_back);
        }
        if line.frees_quota {
            free_slot(person, class, fact.position);
        }
    });
}

fn award_line_clawed_back(context: &mut Context, award: AwardId, line: &ClawbackLine) {
    let add = |sum: &mut Fen| *sum = sum.checked_add(line.amount).unwrap_or(*sum);
    if let Some(disbursement) = context.disbursements.get_mut(&line.disbursement) {
        add(&mut disbursement.award_clawed_back);
    }
    award::with(context, award, |award| add(&mut award.clawed_back));
}

fn repayment_received(context: &mut Context, fact: Fact, debt: Debt, outstanding: Fen) {
    match debt {
        Debt::Clawback(id) => {
            let Some(clawback) = context.clawbacks.get_mut(&id) else {
                return;
            };
            clawback.outstanding = outstanding;
            clawback.repayments.push(fact.position);
            let case = clawback.case;
            if outstanding.is_zero()
                && let Some(case) = context.cases.get_mut(&case)
            {
                case.clawbacks_outstanding = case.clawbacks_outstanding.saturating_sub(1);
            }
        }
        Debt::ExcessAdvance(class) => with_class(context, class, |class| {
            if let Some(settlement) = &mut class.settlement {
                settlement.excess_outstanding = outstanding;
            }
        }),
    }
}
