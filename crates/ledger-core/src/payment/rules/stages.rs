//! What each stage of a payment pays: all at once, an advance, the rest after the settlement.

use super::{Lines, project_not_allowed};
use crate::command::OrderDisbursement;
use crate::decide::entry::overflow;
use crate::decide::{Deciding, Place, Violations, all};
use crate::entity::{Class, ClassSettlement};
use crate::event::Payee;
use crate::policy::AdvanceBase;
use crate::refusal::{Reason, Refusal};
use crate::{Fen, PersonKey, Position};

impl Deciding<'_> {
    /// Full payment of an ordinary class: what was approved and not paid yet.
    pub(super) fn full_lines(
        &self,
        c: &OrderDisbursement,
        places: &[(PersonKey, Place<'_>)],
    ) -> Result<Lines, Refusal> {
        let lines = all(places.iter().map(|(person, place)| {
            let approved = || Refusal::new(Reason::NotApproved).about(person);
            let approval = place.enrolment.approval.ok_or_else(approved);
            self.line(c, place, *person, approval.map(|approval| approval.amount))
        }))?;
        let mut made = Lines::of(lines);
        made.rests_on_approvals(places);
        if let Payee::Employer(_) = c.payee {
            let work = places
                .iter()
                .filter_map(|(_, place)| place.enrolment.employment);
            made.causes.extend(work.map(|work| work.position));
        }
        Ok(made)
    }

    /// Advance for a project class (项目制: 培训实施后可先行拨付): the advance share of what each place
    /// is worth, which is the approved amount, and the rate of the class as long as there is none.
    pub(super) fn advance_lines(
        &self,
        c: &OrderDisbursement,
        class: &Class,
        places: &[(PersonKey, Place<'_>)],
    ) -> Result<Lines, Refusal> {
        let project = self
            .class_rules(class)
            .rule(|scheme| scheme.project.as_ref())
            .ok_or_else(|| project_not_allowed(class))?;
        let schedule = project.ruled.rule;
        let share = |amount: Fen| amount.share(schedule.advance_share).ok_or_else(overflow);
        let mut violations = Violations::default();
        let closed = violations.check(self.carried_out(c, class));
        if let Some(settlement) = class.settlement {
            let settled = Refusal::new(Reason::ClassSettled).about(c.class);
            violations.check::<()>(Err(settled.because([settlement.position])));
        }
        let lines = all(places.iter().map(|(person, place)| {
            let due = match (place.enrolment.approval, schedule.advance_base) {
                (Some(approval), _) => share(approval.amount),
                (None, AdvanceBase::Approved) => Err(Refusal::new(Reason::NotApproved)
                    .under(project.cite())
                    .about(person)),
                (None, AdvanceBase::Contract) => self
                    .place_carried_out(place, *person)
                    .and_then(|()| share(class.rate)),
            };
            self.line(c, place, *person, due)
        }));
        let lines = violations.check(lines);
        let (closed, lines) = violations.or_none(closed.zip(lines))?;
        let mut made = Lines::of(lines);
        made.causes.push(closed);
        made.rests_on_approvals(places);
        let unapproved = places
            .iter()
            .filter(|(_, place)| place.enrolment.approval.is_none());
        let completed = unapproved.filter_map(|(_, place)| place.enrolment.completed);
        made.causes
            .extend(completed.map(|completed| completed.position));
        Ok(made)
    }

    /// The closing of a class whose training has been carried out.
    pub(super) fn carried_out(
        &self,
        c: &OrderDisbursement,
        class: &Class,
    ) -> Result<Position, Refusal> {
        let closed = class.closed.ok_or_else(|| {
            Refusal::new(Reason::ClassNotClosed)
                .about(c.class)
                .because([class.approved.position])
        })?;
        self.not_before(closed.on, closed.position)?;
        Ok(closed.position)
    }

    /// A contracted place that is not approved yet: the training must have been completed.
    fn place_carried_out(&self, place: &Place<'_>, person: PersonKey) -> Result<(), Refusal> {
        crate::training::standing(place, person)?;
        let completed = crate::training::completion(place, person)?;
        self.not_before(completed.on, completed.position)
    }

    /// A final payment after the settlement: what was earned and came back from the bank.
    pub(super) fn final_lines(
        &self,
        c: &OrderDisbursement,
        settlement: ClassSettlement,
        places: &[(PersonKey, Place<'_>)],
    ) -> Result<Lines, Refusal> {
        let mut violations = Violations::default();
        violations.check(self.not_before(settlement.on, settlement.position));
        let lines = all(places.iter().map(|(person, place)| {
            let not_approved = || Refusal::new(Reason::NotApproved).about(person);
            self.line(
                c,
                place,
                *person,
                place.enrolment.earned.ok_or_else(not_approved),
            )
        }));
        let lines = violations.check(lines);
        let mut made = Lines::of(violations.or_none(lines)?);
        made.causes.push(settlement.position);
        made.rests_on_approvals(places);
        Ok(made)
    }
}
