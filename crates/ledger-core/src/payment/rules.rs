//! Payments: ordered (reserved), then settled by the [`bank`] or returned; a payment keeps to the
//! [`conditions`] of each place.

mod award;
mod bank;
mod conditions;
mod explain;
mod settlement;
mod stages;

use crate::account::holds;
use crate::command::OrderDisbursement;
use crate::context::Context;
use crate::decide::entry::{Entry, overflow};
use crate::decide::sink::Barred;
use crate::decide::{CommandPayload, Deciding, Place, Violations, all, at_most, distinct};
use crate::entity::{Class, Disbursement};
use crate::event::{
    ClassKind, DisbursementLine, DisbursementOrdered, DisbursementStage, Event, EventBody, Subject,
};
use crate::limits::CLASS_HEADCOUNT_MAX;
use crate::need::Need;
use crate::refusal::{Reason, Refusal};
use crate::{AccountKey, AccountKind, ClassId, DisbursementId, Fen, PersonKey, Position};
use conditions::Part;

pub use explain::explain_refused_payment;

/// The lines of a payment and what they rest on.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    pub(crate) lines: Vec<DisbursementLine>,
    pub(crate) causes: Vec<Position>,
}

/// One line of a payment and what it rests on by the rules.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) line: DisbursementLine,
    pub(crate) causes: Vec<Position>,
}

impl Lines {
    pub(crate) fn of(lines: Vec<Line>) -> Self {
        let mut made = Self::default();
        lines.into_iter().for_each(|line| made.push(line));
        made
    }

    pub(crate) fn push(&mut self, line: Line) {
        self.lines.push(line.line);
        self.causes.extend(line.causes);
    }

    /// Adds the approvals of the places; and a certificate that replaced the one approved on.
    pub(crate) fn rests_on_approvals(&mut self, places: &[(PersonKey, Place<'_>)]) {
        for (_, place) in places {
            if let Some(approval) = place.enrolment.approval {
                self.causes.push(approval.position);
                let certificate = place.enrolment.certificate.map(|fact| fact.position);
                self.causes
                    .extend(certificate.filter(|position| *position > approval.position));
            }
        }
    }
}

impl Deciding<'_> {
    /// Orders a payment. The final payment of a project class settles the class first.
    pub(crate) fn order_disbursement(&self, c: &OrderDisbursement) -> Result<Vec<Event>, Refusal> {
        let beneficiaries_max = usize::try_from(CLASS_HEADCOUNT_MAX).unwrap_or(usize::MAX);
        at_most(c.beneficiaries.len(), beneficiaries_max, "beneficiaries")?;
        if c.beneficiaries.is_empty() {
            return Err(Refusal::new(Reason::OutOfBounds)
                .about("beneficiaries")
                .limit(1, 0));
        }
        self.check_room_of(Some(c.payee))?;
        distinct(&c.beneficiaries)?;
        if let Some(class) = self.context.classes.get(&c.class) {
            check_stage(c, class)?;
            self.account(paying(c, class))?;
        }
        let places = all(c
            .beneficiaries
            .iter()
            .map(|person| self.place(c.class, *person).map(|place| (*person, place))))?;
        let class = self.class(c.class)?;
        if let Some(existing) = self.context.disbursements.get(&c.disbursement) {
            return Err(Refusal::new(Reason::DisbursementExists)
                .about(c.disbursement)
                .because([existing.ordered.position]));
        }
        let mut violations = Violations::default();
        violations.check(self.against_body(class).map_or(Ok(()), Err));
        let decided = violations.check(self.order_of_stage(c, class, &places));
        violations.or_none(decided)
    }

    fn order_of_stage(
        &self,
        c: &OrderDisbursement,
        class: &Class,
        places: &[(PersonKey, Place<'_>)],
    ) -> Result<Vec<Event>, Refusal> {
        let lines = match (c.stage, class.settlement) {
            (DisbursementStage::Final, None) => return self.settle_project(c, class, places),
            (DisbursementStage::Final, Some(settlement)) => {
                self.final_lines(c, settlement, places)?
            }
            (DisbursementStage::Advance, _) => self.advance_lines(c, class, places)?,
            (DisbursementStage::Full, _) => self.full_lines(c, places)?,
        };
        Ok(vec![self.ordered(c, class, lines)?])
    }

    /// A line over what is still due of `earned`; it takes a quota slot when the place holds none
    /// (an advance before the approval, or a payment after an earlier one never arrived), and the
    /// quota is looked at again then.
    pub(crate) fn line(
        &self,
        c: &OrderDisbursement,
        place: &Place<'_>,
        person: PersonKey,
        earned: Result<Fen, Refusal>,
    ) -> Result<Line, Refusal> {
        let fund = paying(c, place.class).fund;
        let measured = self.measured(*place, c.class, person);
        let mut barred = Barred::default();
        measured.person_rules(&mut barred);
        measured.history_rules(&mut barred);
        let causes = measured.payment_conditions(c, fund, &mut barred);
        let mut violations = barred.violations;
        if let Some(approval) = place.enrolment.approval {
            violations.check(self.not_before(approval.on, approval.position));
        }
        violations.check(self.check_certificate(place, person));
        let earned = violations.check(earned);
        let due = earned.and_then(|earned| {
            let part = violations.check(match c.stage {
                DisbursementStage::Full => measured.part(fund, earned),
                DisbursementStage::Advance | DisbursementStage::Final => {
                    Ok(Part::whole(place.enrolment, earned))
                }
            })?;
            violations.check(outstanding(place, person, part))
        });
        let amount = violations.or_none(due)?;
        let holds_slot = measured.holds_slot();
        let line = DisbursementLine {
            beneficiary: person,
            amount,
            takes_quota_year: (!holds_slot).then(|| measured.quota_year()),
        };
        Ok(Line { line, causes })
    }

    /// Refuses a payee who may not receive what every one of the places is paid.
    pub(crate) fn check_payee(
        &self,
        c: &OrderDisbursement,
        places: &[(PersonKey, Place<'_>)],
    ) -> Result<(), Refusal> {
        let mut barred = Barred::default();
        for (person, place) in places {
            self.measured(*place, c.class, *person)
                .payee(c, &mut barred);
        }
        barred.violations.none()
    }

    /// Whether the person's eligibility stands against any payment for the place.
    pub(crate) fn bars_payment(
        &self,
        class: ClassId,
        place: &Place<'_>,
        person: PersonKey,
    ) -> bool {
        let mut barred = Barred::default();
        let measured = self.measured(*place, class, person);
        measured.person_rules(&mut barred);
        measured.history_rules(&mut barred);
        barred.violations.none().is_err()
    }

    pub(crate) fn check_certificate(
        &self,
        place: &Place<'_>,
        person: PersonKey,
    ) -> Result<(), Refusal> {
        match place
            .enrolment
            .certificate
            .and_then(|certificate| certificate.invalidated)
        {
            Some(invalidated) => {
                let invalid = Refusal::new(Reason::CertificateIsInvalid).about(person);
                let invalid = invalid.because([invalidated]);
                let rules = self.class_rules(place.class);
                let rule = rules.rule(|scheme| Some(&scheme.evidence));
                Err(match rule {
                    Some(rule) => invalid.under(rule.cite()),
                    None => invalid,
                })
            }
            None => Ok(()),
        }
    }

    /// The order itself, with its reservation: the account must hold it beyond what is reserved.
    pub(crate) fn ordered(
        &self,
        c: &OrderDisbursement,
        class: &Class,
        made: Lines,
    ) -> Result<Event, Refusal> {
        let account = paying(c, class);
        let total =
            Fen::checked_sum(made.lines.iter().map(|line| line.amount)).ok_or_else(overflow)?;
        holds(self.account(account)?, account, total)?;
        let mut entry = Entry::new(*self);
        entry.move_amount(
            (account, AccountKind::Commitment),
            (account, AccountKind::Reserve),
            self.fiscal_year(),
            total,
        )?;
        let mut causes = made.causes;
        causes.push(class.approved.position);
        let body = EventBody::DisbursementOrdered(DisbursementOrdered {
            disbursement: c.disbursement,
            subject: Subject::Class(c.class),
            account,
            stage: c.stage,
            payee: c.payee,
            lines: made.lines,
            total,
        });
        let mut event = self.event(body, causes);
        event.policy = Some(class.policy);
        event.postings = entry.finish();
        Ok(event)
    }
}

/// The document of the class has no rule for projects.
pub(crate) fn project_not_allowed(class: &Class) -> Refusal {
    let refusal = Refusal::new(Reason::ProjectNotAllowed).about(&class.scheme);
    refusal.because([class.policy, class.approved.position])
}

pub(crate) fn find(context: &Context, id: DisbursementId) -> Result<&Disbursement, Refusal> {
    context
        .disbursements
        .get(&id)
        .ok_or_else(|| Refusal::new(Reason::DisbursementNotFound).about(id))
}

/// The account that pays: the class's, or another fund's at the same division.
fn paying(c: &OrderDisbursement, class: &Class) -> AccountKey {
    AccountKey {
        fund: c.fund.unwrap_or(class.account.fund),
        ..class.account
    }
}

/// An ordinary class is paid in full, a project class ahead and at the end; a project draws on the
/// one account of its contract, of which the settlement takes back what was too much.
fn check_stage(c: &OrderDisbursement, class: &Class) -> Result<(), Refusal> {
    let fits = match class.kind {
        ClassKind::Ordinary => c.stage == DisbursementStage::Full,
        ClassKind::Project => {
            c.stage != DisbursementStage::Full && c.fund.is_none_or(|it| it == class.account.fund)
        }
    };
    if fits {
        return Ok(());
    }
    Err(Refusal::new(Reason::StageNotForClass)
        .about(c.class)
        .because([class.approved.position]))
}

/// What is left to pay after everything ordered or paid before.
fn outstanding(place: &Place<'_>, person: PersonKey, part: Part) -> Result<Fen, Refusal> {
    let Part { amount, paid, fund } = part;
    match amount.checked_sub(paid) {
        Some(due) if due.is_positive() => Ok(due),
        _ if paid.is_zero() => Err(Refusal::new(Reason::NothingToPay).about(person)),
        _ => {
            let payments = place.enrolment.payments.iter();
            let counted =
                payments.filter(|payment| fund.is_none_or(|fund| payment.account.fund == fund));
            Err(Refusal::new(Reason::AlreadyPaid)
                .about(person)
                .limit(amount.get(), paid.get())
                .because(counted.map(|payment| payment.position)))
        }
    }
}

impl CommandPayload for OrderDisbursement {
    fn needs(&self, need: &mut Need<'_>) {
        need.disbursement(self.disbursement);
        need.payee(self.payee);
        for person in &self.beneficiaries {
            need.person(*person);
        }
        need.class_and_institution(self.class);
        if let Some(class) = need.class_value(self.class) {
            need.account(class.account);
            if let Some(fund) = self.fund {
                need.account(AccountKey {
                    division: class.account.division,
                    fund,
                });
            }
        }
    }

    fn reports_on(&self) -> &[PersonKey] {
        &self.beneficiaries
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        case.order_disbursement(self)
    }
}
