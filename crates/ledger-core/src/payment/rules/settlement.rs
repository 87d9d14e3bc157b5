//! Settlement of a project class: what it has earned by its employment rate.
//!
//! Source: 山东省职业技能提升行动方案(2019—2021年)重点任务分工, 落实职业技能培训补贴政策, row 2:
//! 培训后就业率达到85%以上的,全额拨付. The document is silent about what happens below the rate;
//! the policy's shortfall mode decides.

use super::{Lines, project_not_allowed};
use crate::command::OrderDisbursement;
use crate::decide::entry::{Entry, overflow};
use crate::decide::{Deciding, Place, Violations, all};
use crate::entity::Class;
use crate::event::{Event, EventBody, ProjectSettled, SettlementLine, SettlementOutcome};
use crate::policy::book::InForce;
use crate::policy::{EmploymentBase, ProjectPayment, Shortfall};
use crate::refusal::{Reason, Refusal};
use crate::{AccountKind, Fen, PersonKey, Position};

/// A settlement worked out and not yet recorded.
#[derive(Debug)]
struct Worked {
    settled: ProjectSettled,
    causes: Vec<Position>,
}

impl Deciding<'_> {
    /// Settles the class and orders what is still to pay, both in one decision.
    pub(crate) fn settle_project(
        &self,
        c: &OrderDisbursement,
        class: &Class,
        places: &[(PersonKey, Place<'_>)],
    ) -> Result<Vec<Event>, Refusal> {
        let project = self
            .class_rules(class)
            .rule(|scheme| scheme.project.as_ref())
            .ok_or_else(|| project_not_allowed(class))?;
        if let Some(finding) = class.found_false {
            let found = Refusal::new(Reason::FoundFalse).about(c.class);
            return Err(found.because([finding]));
        }
        self.ready_to_settle(c, class, places)?;
        let outcome = self.outcome(class, project)?;
        let worked = work_out(c, class, places, project.ruled.rule, outcome)?;
        let settlement = self.context.next_position;
        let mut lines = Lines {
            lines: Vec::new(),
            causes: vec![settlement],
        };
        let mut paid = Vec::with_capacity(places.len());
        for ((person, place), line) in places.iter().zip(&worked.settled.lines) {
            // A place that lost its slot, or whose person turned out to be barred, is settled
            // with the others and not paid; a final order for it alone says why.
            let barred = self.bars_payment(c.class, place, *person);
            if line.earned > line.advanced && !barred {
                let earned = line.earned.checked_add(place.enrolment.clawed_back);
                lines.push(self.line(c, place, *person, earned.ok_or_else(overflow))?);
                paid.push((*person, *place));
            }
        }
        lines.rests_on_approvals(&paid);
        let mut entry = Entry::new(*self);
        if worked.settled.excess.is_positive() {
            entry.move_amount(
                (class.account, AccountKind::Receivable),
                (class.account, AccountKind::Recovery),
                self.fiscal_year(),
                worked.settled.excess,
            )?;
        }
        let mut event = self.event(EventBody::ProjectSettled(worked.settled), worked.causes);
        event.policy = Some(class.policy);
        event.postings = entry.finish();
        let mut events = vec![event];
        if !lines.lines.is_empty() {
            events.push(self.ordered(c, class, lines)?);
        }
        Ok(events)
    }

    /// Every beneficiary of a closed class is named once, and nothing is still with the bank.
    fn ready_to_settle(
        &self,
        c: &OrderDisbursement,
        class: &Class,
        places: &[(PersonKey, Place<'_>)],
    ) -> Result<(), Refusal> {
        let mut violations = Violations::default();
        violations.check(self.carried_out(c, class));
        violations.check(all(places
            .iter()
            .map(|(person, place)| self.settles(place, *person))));
        violations.check(self.check_payee(c, places));
        violations.none()?;
        if class.in_flight > 0 {
            let open = places
                .iter()
                .flat_map(|(_, place)| &place.enrolment.payments);
            let open = open.filter(|payment| payment.settled.is_none());
            return Err(Refusal::new(Reason::PaymentInFlight)
                .about(c.class)
                .limit(0, i64::from(class.in_flight))
                .because(open.map(|payment| payment.position)));
        }
        let named = u32::try_from(places.len()).unwrap_or(u32::MAX);
        if named < class.beneficiaries {
            return Err(Refusal::new(Reason::BeneficiaryMissing)
                .about(c.class)
                .limit(i64::from(class.beneficiaries), i64::from(named)));
        }
        Ok(())
    }

    /// A place that is approved or was paid an advance.
    fn settles(&self, place: &Place<'_>, person: PersonKey) -> Result<(), Refusal> {
        if let Some(approval) = place.enrolment.approval {
            self.not_before(approval.on, approval.position)?;
            self.check_certificate(place, person)?;
        }
        if !place.enrolment.is_beneficiary() {
            return Err(Refusal::new(Reason::NotApproved).about(person));
        }
        Ok(())
    }

    /// In full from the rate on (exact integers); below it only when no more employment can be
    /// confirmed in time.
    fn outcome(
        &self,
        class: &Class,
        project: InForce<'_, ProjectPayment>,
    ) -> Result<SettlementOutcome, Refusal> {
        let (employed, base) = rate_of(class, project.ruled.rule);
        let full = project.ruled.rule.full_payment_rate;
        if full.reached(u64::from(employed), u64::from(base)) {
            return Ok(SettlementOutcome::Full);
        }
        match self.window_end(class) {
            Some(last) if self.on <= last => Err(Refusal::new(Reason::EmploymentWindowOpen)
                .under(project.cite())
                .about(last)
                .limit(i64::from(base), i64::from(employed))
                .because(class.closed.map(|closed| closed.position))),
            _ => Ok(match project.ruled.rule.shortfall {
                Shortfall::StayAtAdvance => SettlementOutcome::StayAtAdvance,
                Shortfall::ProRata => SettlementOutcome::ProRata,
                Shortfall::RecoverAdvance => SettlementOutcome::RecoverAdvance,
            }),
        }
    }
}

/// Those employed, and what their rate is counted over.
fn rate_of(class: &Class, project: ProjectPayment) -> (u32, u32) {
    match project.employment_base {
        EmploymentBase::Approved => (class.employed_approved, class.approvals),
        EmploymentBase::Completed => (class.employed_completed, class.completed),
    }
}

fn work_out(
    c: &OrderDisbursement,
    class: &Class,
    places: &[(PersonKey, Place<'_>)],
    project: ProjectPayment,
    outcome: SettlementOutcome,
) -> Result<Worked, Refusal> {
    let (employed, base) = rate_of(class, project);
    let earned = earned(places, project, outcome, (employed, base))?;
    let mut causes = vec![class.approved.position];
    causes.extend(class.closed.map(|closed| closed.position));
    let (mut payable, mut excess) = (Fen::ZERO, Fen::ZERO);
    let mut lines = Vec::with_capacity(places.len());
    for ((person, place), earned) in places.iter().zip(earned) {
        let enrolment = place.enrolment;
        let (earned, advanced) = net_of_clawbacks(place, earned)?;
        let due = earned.checked_sub(advanced).ok_or_else(overflow)?;
        if due.is_negative() {
            excess = excess.checked_sub(due).ok_or_else(overflow)?;
        } else {
            payable = payable.checked_add(due).ok_or_else(overflow)?;
        }
        causes.extend(enrolment.approval.map(|approval| approval.position));
        causes.extend(enrolment.employment.map(|employment| employment.position));
        causes.extend(
            enrolment
                .payments
                .iter()
                .filter_map(|payment| payment.settled),
        );
        lines.push(SettlementLine {
            person: *person,
            earned,
            advanced,
            frees_quota: enrolment.approval.is_none()
                && enrolment.clawed_back.is_zero()
                && place.person.slot_of(c.class).is_some()
                && project.excess_advance_frees_quota,
        });
    }
    causes.sort_unstable();
    causes.dedup();
    let settled = ProjectSettled {
        class: c.class,
        employed,
        base,
        outcome,
        lines,
        payable,
        excess,
    };
    Ok(Worked { settled, causes })
}

/// What a place has earned and was advanced, both without what was clawed back of the advance
/// already: that money is neither asked for again nor paid again. A place whose whole advance was
/// clawed back has earned nothing.
fn net_of_clawbacks(place: &Place<'_>, earned: Fen) -> Result<(Fen, Fen), Refusal> {
    let clawed_back = place.enrolment.clawed_back;
    if clawed_back.is_zero() {
        return Ok((earned, place.enrolment.advanced()));
    }
    let advanced = place
        .enrolment
        .advanced()
        .checked_sub(clawed_back)
        .ok_or_else(overflow)?;
    if !advanced.is_positive() {
        return Ok((Fen::ZERO, Fen::ZERO));
    }
    let earned = earned.checked_sub(clawed_back).ok_or_else(overflow)?;
    Ok((earned.max(Fen::ZERO), advanced))
}

/// What each place has earned by the rule, in the order of the places.
fn earned(
    places: &[(PersonKey, Place<'_>)],
    project: ProjectPayment,
    outcome: SettlementOutcome,
    (employed, base): (u32, u32),
) -> Result<Vec<Fen>, Refusal> {
    let approved = |place: &Place<'_>| {
        place
            .enrolment
            .approval
            .map_or(Fen::ZERO, |approval| approval.amount)
    };
    if outcome == SettlementOutcome::ProRata {
        return pro_rata(places, approved, (employed, base));
    }
    let of = |place: &Place<'_>| match outcome {
        SettlementOutcome::Full => Some(approved(place)),
        SettlementOutcome::StayAtAdvance => approved(place).share(project.advance_share),
        SettlementOutcome::RecoverAdvance if place.enrolment.employment_counts() => {
            approved(place).share(project.advance_share)
        }
        SettlementOutcome::RecoverAdvance | SettlementOutcome::ProRata => Some(Fen::ZERO),
    };
    places
        .iter()
        .map(|(_, place)| of(place).ok_or_else(overflow))
        .collect()
}

/// The approved amount of the class in the ratio of the employed, rounded down once for the whole
/// class. Each place has its own amount in that ratio, rounded down, and the first ones take the
/// odd fen that this leaves of the whole.
fn pro_rata(
    places: &[(PersonKey, Place<'_>)],
    approved: impl Fn(&Place<'_>) -> Fen,
    (employed, base): (u32, u32),
) -> Result<Vec<Fen>, Refusal> {
    let share = crate::Share::new(employed.min(base), base.max(1)).ok_or_else(overflow)?;
    let amounts = || places.iter().map(|(_, place)| approved(place));
    let total = Fen::checked_sum(amounts()).and_then(|total| total.share(share));
    let parts = amounts().map(|amount| amount.share(share));
    let mut parts = parts.collect::<Option<Vec<_>>>().ok_or_else(overflow)?;
    let given = Fen::checked_sum(parts.iter().copied());
    let odd = total
        .zip(given)
        .and_then(|(total, given)| total.checked_sub(given));
    let odd = usize::try_from(odd.ok_or_else(overflow)?.get()).unwrap_or(0);
    let entitled = parts.iter_mut().zip(amounts());
    // A part that was rounded down lies below its amount, and there is less than one odd fen for
    // each of these.
    let rounded = entitled.filter(|(part, amount)| **part < *amount);
    for (part, _) in rounded.take(odd) {
        *part = part.checked_add(Fen::new(1)).ok_or_else(overflow)?;
    }
    Ok(parts)
}
