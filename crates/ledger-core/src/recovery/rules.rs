//! Clawbacks and repayments: no clawback without its finding, its disbursement and the events
//! behind both; never more than was paid.

mod penalty;
mod repayment;

use crate::command::{ClawbackRequestLine, DecideClawback};
use crate::decide::entry::{Entry, overflow};
use crate::decide::{CommandPayload, Deciding, all, at_most, check_amount, distinct, not_before};
use crate::entity::{Disbursement, Finding, Settlement};
use crate::event::{ClawbackDecided, ClawbackLine, DisbursementStage, Event, EventBody, Subject};
use crate::limits::CLASS_HEADCOUNT_MAX;
use crate::need::Need;
use crate::payment::find;
use crate::refusal::{Reason, Refusal};
use crate::supervision::not_closed;
use crate::{AccountKind, ClassId, Fen, PersonKey, Position};
use std::collections::BTreeMap;

impl Deciding<'_> {
    pub(crate) fn decide_clawback(&self, c: &DecideClawback) -> Result<Event, Refusal> {
        check_lines(&c.lines)?;
        let named = c
            .lines
            .iter()
            .map(|line| find(self.context, line.disbursement));
        let named = all(named)?;
        let case = self.case(c.case)?;
        let finding = case
            .findings
            .iter()
            .find(|made| made.finding == c.finding)
            .ok_or_else(|| Refusal::new(Reason::FindingNotFound).about(c.finding))?;
        let lines = c.lines.iter().zip(named);
        let paid = all(lines.map(|(line, disbursement)| paid_line(line, disbursement)))?;
        if let Some(existing) = self.context.clawbacks.get(&c.clawback) {
            return Err(Refusal::new(Reason::ClawbackExists)
                .about(c.clawback)
                .because([existing.decided.position]));
        }
        self.not_before(finding.made.on, finding.made.position)?;
        let lines = || c.lines.iter().zip(&paid);
        let arrived = all(lines().map(|(line, (disbursement, _))| arrival(line, disbursement)))?;
        let last = arrived.iter().max_by_key(|arrival| arrival.on);
        last.map_or(Ok(()), |arrival| {
            not_before(self.on, arrival.on, arrival.position)
        })?;
        not_closed(c.case, case)?;
        all(lines().map(|(line, (disbursement, _))| covers(finding, line, disbursement)))?;
        all(lines().map(|(line, (of, paid))| self.check_recoverable(line, of, paid)))?;
        let first = one_debtor(c, &paid)?;
        let mut causes = vec![finding.made.position];
        causes.extend(arrived.iter().map(|arrival| arrival.position));
        for (line, (disbursement, _)) in lines() {
            causes.push(disbursement.ordered.position);
            causes.extend(self.approval_of(line, disbursement));
        }
        self.clawback_event(c, first, causes)
    }

    /// The approval, which an advance for a contracted place was ordered before.
    fn approval_of(
        &self,
        line: &ClawbackRequestLine,
        disbursement: &Disbursement,
    ) -> Option<Position> {
        match disbursement.subject {
            Subject::Class(class) => {
                let person = self.context.persons.get(&line.beneficiary?)?;
                let approval = person.enrolment(class)?.approval?;
                Some(approval.position)
            }
            Subject::Award(award) => {
                let award = self.context.awards.get(&award)?;
                Some(award.approved.position)
            }
        }
    }

    fn clawback_event(
        &self,
        c: &DecideClawback,
        first: &Disbursement,
        causes: Vec<Position>,
    ) -> Result<Event, Refusal> {
        let policy = self.policy_of(first)?;
        let total =
            Fen::checked_sum(c.lines.iter().map(|line| line.amount)).ok_or_else(overflow)?;
        let mut entry = Entry::new(*self);
        entry.move_amount(
            (first.account, AccountKind::Receivable),
            (first.account, AccountKind::Recovery),
            self.fiscal_year(),
            total,
        )?;
        let body = EventBody::ClawbackDecided(ClawbackDecided {
            clawback: c.clawback,
            case: c.case,
            finding: c.finding,
            subject: first.subject,
            account: first.account,
            debtor: first.payee,
            lines: self.clawback_lines(c, first.subject),
            total,
            decision_number: c.decision_number.clone(),
        });
        let mut event = self.event(body, causes);
        event.policy = Some(policy);
        event.postings = entry.finish();
        Ok(event)
    }

    /// What is left to claw back of a line: what was paid, less earlier clawbacks, less an advance
    /// that the settlement already made a debt of its own.
    fn check_recoverable(
        &self,
        line: &ClawbackRequestLine,
        disbursement: &Disbursement,
        paid: &Paid,
    ) -> Result<(), Refusal> {
        let place = disbursement.subject.class().zip(line.beneficiary);
        let excess = match (disbursement.stage, place) {
            (DisbursementStage::Advance, Some((class, beneficiary))) => self
                .person(beneficiary)?
                .enrolment(class)
                .map_or(Fen::ZERO, |enrolment| enrolment.excess_advance()),
            _ => Fen::ZERO,
        };
        let left = paid
            .amount
            .checked_sub(paid.clawed_back)
            .and_then(|left| left.checked_sub(excess))
            .ok_or_else(overflow)?;
        if line.amount > left {
            return Err(Refusal::new(Reason::ClawbackExceedsPaid)
                .about(line.disbursement)
                .limit(left.get(), line.amount.get())
                .because([disbursement.ordered.position]));
        }
        Ok(())
    }

    /// The lines; the last one of a person whose subsidy comes back in full gives the quota slot
    /// back when the policy says so.
    fn clawback_lines(&self, c: &DecideClawback, subject: Subject) -> Vec<ClawbackLine> {
        let mut back: BTreeMap<Option<PersonKey>, Fen> = BTreeMap::new();
        let lines = c.lines.iter().map(|line| {
            let sum = back.entry(line.beneficiary).or_insert(Fen::ZERO);
            *sum = sum.checked_add(line.amount).unwrap_or(*sum);
            ClawbackLine {
                disbursement: line.disbursement,
                beneficiary: line.beneficiary,
                amount: line.amount,
                frees_quota: subject
                    .class()
                    .zip(line.beneficiary)
                    .is_some_and(|(class, person)| self.frees_quota(class, person, *sum)),
            }
        });
        lines.collect()
    }

    fn frees_quota(&self, class: ClassId, person: PersonKey, back: Fen) -> bool {
        let release = self.quota_release(class, person);
        release.is_some_and(|release| release.clawback)
            && self.context.persons.get(&person).is_some_and(|person| {
                person.slot_of(class).is_some()
                    && person.enrolment(class).is_some_and(|enrolment| {
                        enrolment.clawed_back.checked_add(back) == Some(enrolment.paid_or_ordered())
                    })
            })
    }
}

/// A payment line and what was clawed back of it, in fen.
#[derive(Debug, Clone, Copy)]
struct Paid {
    amount: Fen,
    clawed_back: Fen,
}

/// Lines name each payment line once, with a positive amount.
fn check_lines(lines: &[ClawbackRequestLine]) -> Result<(), Refusal> {
    let lines_max = usize::try_from(CLASS_HEADCOUNT_MAX).unwrap_or(usize::MAX);
    at_most(lines.len(), lines_max, "lines")?;
    if lines.is_empty() {
        return Err(Refusal::new(Reason::OutOfBounds).about("lines").limit(1, 0));
    }
    all(lines.iter().map(|line| check_amount(line.amount)))?;
    let mut by_disbursement: BTreeMap<_, Vec<Option<PersonKey>>> = BTreeMap::new();
    for line in lines {
        by_disbursement
            .entry(line.disbursement)
            .or_default()
            .push(line.beneficiary);
    }
    by_disbursement.iter().try_for_each(|(payment, lines)| {
        let persons: Vec<_> = lines.iter().copied().flatten().collect();
        distinct(&persons)?;
        if lines.len().saturating_sub(persons.len()) > 1 {
            return Err(Refusal::new(Reason::NamedTwice).about(payment));
        }
        Ok(())
    })
}

fn paid_line<'d>(
    line: &ClawbackRequestLine,
    disbursement: &'d Disbursement,
) -> Result<(&'d Disbursement, Paid), Refusal> {
    let paid = match (disbursement.subject, line.beneficiary) {
        (Subject::Class(_), Some(beneficiary)) => disbursement.line(beneficiary).map(|paid| Paid {
            amount: paid.amount,
            clawed_back: paid.clawed_back,
        }),
        (Subject::Award(_), None) => Some(Paid {
            amount: disbursement.total,
            clawed_back: disbursement.award_clawed_back,
        }),
        _ => None,
    };
    match paid {
        Some(paid) => Ok((disbursement, paid)),
        None => Err(Refusal::new(Reason::DisbursementLineNotFound)
            .about(line.disbursement)
            .because([disbursement.ordered.position])),
    }
}

/// Only money that arrived can be clawed back.
fn arrival(line: &ClawbackRequestLine, disbursement: &Disbursement) -> Result<Settlement, Refusal> {
    if let Some(returned) = disbursement.returned {
        return Err(Refusal::new(Reason::DisbursementIsReturned)
            .about(line.disbursement)
            .because([returned]));
    }
    match disbursement.settled {
        Some(settled) => Ok(settled),
        None => Err(Refusal::new(Reason::DisbursementNotSettled)
            .about(line.disbursement)
            .because([disbursement.ordered.position])),
    }
}

fn covers(
    finding: &Finding,
    line: &ClawbackRequestLine,
    disbursement: &Disbursement,
) -> Result<(), Refusal> {
    let covered = finding.subject == disbursement.subject
        && (finding.persons.is_empty()
            || line
                .beneficiary
                .is_some_and(|beneficiary| finding.persons.contains(&beneficiary)));
    if covered {
        return Ok(());
    }
    Err(Refusal::new(Reason::FindingDoesNotCover)
        .about(line.disbursement)
        .because([finding.made.position, disbursement.ordered.position]))
}

fn one_debtor<'d>(
    c: &DecideClawback,
    paid: &[(&'d Disbursement, Paid)],
) -> Result<&'d Disbursement, Refusal> {
    let of = |disbursement: &Disbursement| {
        (
            disbursement.payee,
            disbursement.subject,
            disbursement.account,
        )
    };
    let mixed = || Refusal::new(Reason::ClawbackMixed).about(c.clawback);
    let (first, _) = paid.first().ok_or_else(mixed)?;
    match paid
        .iter()
        .find(|(disbursement, _)| of(disbursement) != of(first))
    {
        Some((other, _)) => Err(mixed().because([first.ordered.position, other.ordered.position])),
        None => Ok(first),
    }
}

impl CommandPayload for DecideClawback {
    fn needs(&self, need: &mut Need<'_>) {
        need.clawback(self.clawback);
        need.case(self.case);
        for line in &self.lines {
            if let Some(beneficiary) = line.beneficiary {
                need.person(beneficiary);
            }
            if let Some(disbursement) = need.disbursement_value(line.disbursement) {
                need.account(disbursement.account);
                need.subject(disbursement.subject);
                need.honoured(disbursement.payee);
            }
        }
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.decide_clawback(self)?])
    }
}
