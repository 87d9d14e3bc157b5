//! Approval of one person's subsidy, and the question whether it would be approved.
//!
//! Every rule is evaluated by one function over a [`Sink`]: the approval keeps numbers and causes,
//! the question keeps the whole chain. Source of the rules: the published documents; what each
//! kind means stands with its function. 山东省职业技能提升行动方案(2019—2021年)重点任务分工,
//! 落实职业技能培训补贴政策, row 2, is where certificate, pension, no repeat and quota come from.

mod amount;
mod evidence;
mod history;
mod person;
mod quota;

pub(crate) use evidence::hours_needed;

use crate::class::dates_of;
use crate::coded::RuleKind;
use crate::command::ApproveSubsidy;
use crate::context::Context;
use crate::decide::sink::{Decided, Explaining, Sink, Verdict};
use crate::decide::{CommandPayload, Deciding, Place, not_before};
use crate::entity::{Class, Enrolment};
use crate::event::{AppliedRule, Event, EventBody, SubsidyApproved};
use crate::explain::Explanation;
use crate::institution::trains;
use crate::need::Need;
use crate::policy::book::{CaseDates, CaseRules, RuleCase};
use crate::refusal::{Reason, Refusal, RuleCitation};
use crate::{BusinessDate, ClassId, Fen, PersonKey};
use std::slice;

/// Rules, and events, that the lists of an approval are made with room for: few have more.
const ROOM: usize = 8;

/// Whether a person's place in a class would be paid, and what stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Eligibility {
    /// The amount in fen, when nothing stands in the way.
    pub would_pay: Option<Fen>,
    /// Everything that stands in the way, in order of precedence.
    pub refusals: Vec<Refusal>,
    /// The rules of documents that were looked at, each once.
    pub applied: Vec<RuleCitation>,
    /// The chain of rules with what each was given and found.
    pub explanation: Explanation,
}

/// Answers whether [`ApproveSubsidy`] for the place would be accepted on that day, with every
/// reason against it. It needs the same entities loaded as the command and changes nothing.
#[must_use]
pub fn eligibility(
    context: &Context,
    class: ClassId,
    person: PersonKey,
    on: BusinessDate,
) -> Eligibility {
    let deciding = Deciding { context, on };
    let mut sink = Explaining::default();
    let amount = match deciding.place(class, person) {
        Ok(place) => deciding.measured(place, class, person).approval(&mut sink),
        Err(refusal) => {
            sink.barred(refusal);
            None
        }
    };
    let refusals = sink.explanation.refusals();
    Eligibility {
        would_pay: amount.filter(|_| refusals.is_empty()),
        applied: sink.explanation.citations(),
        refusals,
        explanation: sink.explanation,
    }
}

/// Explains what [`ApproveSubsidy`] for the place would be decided on, that day. It needs the same
/// entities loaded as the command; an approval that stands is among what bars another one.
#[must_use]
pub fn explain_approval(
    context: &Context,
    class: ClassId,
    person: PersonKey,
    on: BusinessDate,
) -> Explanation {
    eligibility(context, class, person, on).explanation
}

/// One person's place in a class, with the rules that it is measured against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured<'a> {
    pub(crate) deciding: Deciding<'a>,
    pub(crate) place: Place<'a>,
    pub(crate) class: ClassId,
    pub(crate) person: PersonKey,
    pub(crate) rules: CaseRules<'a>,
}

impl<'a> Deciding<'a> {
    pub(crate) fn approve_subsidy(&self, c: &ApproveSubsidy) -> Result<Event, Refusal> {
        let place = self.place(c.class, c.person)?;
        let measured = self.measured(place, c.class, c.person);
        let mut sink = Decided {
            applied: Vec::with_capacity(ROOM),
            causes: Vec::with_capacity(ROOM),
            ..Decided::default()
        };
        let amount = measured.approval(&mut sink);
        let amount = sink.violations.or_none(amount)?;
        let mut causes = sink.causes;
        causes.push(place.class.approved.position);
        causes.extend(other_documents(&sink.applied, place.class));
        let quota = measured.quota_use();
        let body = EventBody::SubsidyApproved(SubsidyApproved {
            class: c.class,
            person: c.person,
            amount,
            quota_year: quota.year,
            quota_used: quota.used,
            quota_limit: quota.limit,
            applied: sink.applied,
        });
        let mut event = self.event(body, causes);
        event.policy = Some(place.class.policy);
        Ok(event)
    }

    /// A place with the rules that hold for it by its dates.
    ///
    /// # Panics
    ///
    /// When the policy that the class names is not in the book: it was published before.
    pub(crate) fn measured(
        &self,
        place: Place<'a>,
        class: ClassId,
        person: PersonKey,
    ) -> Measured<'a> {
        let dates = case_dates(place.class, place.enrolment, self.on);
        Measured {
            deciding: *self,
            place,
            class,
            person,
            rules: self.rules_on(place.class, dates),
        }
    }

    /// The rules that hold for a class as a whole, on this day.
    ///
    /// # Panics
    ///
    /// As [`Deciding::measured`].
    pub(crate) fn class_rules(&self, class: &'a Class) -> CaseRules<'a> {
        let dates = CaseDates {
            class_approval: class.approved.on,
            first_attendance: None,
            certificate: None,
            claim: self.on,
            approval: self.on,
        };
        self.rules_on(class, dates)
    }

    fn rules_on(&self, class: &'a Class, dates: CaseDates) -> CaseRules<'a> {
        let case = RuleCase {
            scheme: &class.scheme,
            division: class.account.division,
            policy: class.policy,
            dates,
        };
        let rules = self.context.policies.case_rules(&case);
        rules.expect("the policy of an approved class is published and has its scheme")
    }

    /// The body must still be qualified on all of the class's dates: a revocation may reach back.
    pub(crate) fn against_body(&self, class: &Class) -> Option<Refusal> {
        match self.institution(class.institution) {
            Ok(institution) => trains(institution, dates_of(class)).err(),
            Err(refusal) => Some(refusal),
        }
    }
}

impl Measured<'_> {
    /// Evaluates everything that an approval depends on; gives the amount in fen, when the rules
    /// give one. It is approved when nothing was refused.
    fn approval(&self, sink: &mut impl Sink) -> Option<Fen> {
        self.state(sink);
        let body = self.deciding.against_body(self.place.class);
        let approved = self.place.class.approved.position;
        sink.looks_at(
            ("class dates", "培训起止日期"),
            format_args!(
                "{}..{}",
                self.place.class.starts_on, self.place.class.ends_on
            ),
            [approved],
        );
        sink.verdict(Verdict::passed(RuleKind::Qualification).unless(body));
        self.levels(sink);
        self.evidence(sink);
        self.claim_deadline(sink);
        self.person_rules(sink);
        self.history_rules(sink);
        self.amount(sink)
    }

    /// What the class and the place have come to, whatever the rules.
    fn state(&self, sink: &mut impl Sink) {
        let enrolment = self.place.enrolment;
        if let Some(approval) = enrolment.approval {
            let exists = self.refusal(Reason::ApprovalExists);
            sink.barred(exists.because([approval.position]));
        }
        let earlier = [
            enrolment.completed.map(|fact| (fact.on, fact.position)),
            enrolment.assessment.map(|fact| (fact.on, fact.position)),
            enrolment
                .certificate
                .map(|fact| (fact.issued_on, fact.position)),
            enrolment.claim.map(|claim| (claim.on, claim.position)),
        ];
        if let Some((latest, cause)) = earlier.into_iter().flatten().max()
            && let Err(early) = not_before(self.deciding.on, latest, cause)
        {
            sink.barred(early);
        }
        if let Some(withdrawn) = enrolment.withdrawn {
            let gone = self.refusal(Reason::EnrolmentIsWithdrawn);
            sink.barred(gone.because([withdrawn]));
        } else if enrolment.completed.is_none() {
            let open = self.refusal(Reason::TrainingNotCompleted);
            sink.barred(open.because([enrolment.enrolled]));
        }
        if let Some(settlement) = self.place.class.settlement {
            let settled = Refusal::new(Reason::ClassSettled).about(self.class);
            sink.barred(settled.because([settlement.position]));
        }
    }

    /// A refusal about the person.
    pub(crate) fn refusal(&self, reason: Reason) -> Refusal {
        Refusal::new(reason).about(self.person)
    }
}

/// The dates of a person's place in a class that decide which document's rule holds, as far as
/// they are on record on that day.
#[must_use]
pub fn case_dates(class: &Class, enrolment: &Enrolment, on: BusinessDate) -> CaseDates {
    let approval = enrolment.approval.map_or(on, |approval| approval.on);
    let attendance = enrolment.first_attendance.map(|first| first.on);
    CaseDates {
        class_approval: class.approved.on,
        first_attendance: Some(attendance.unwrap_or(enrolment.enrolled_on)),
        certificate: enrolment
            .certificate
            .map(|certificate| certificate.issued_on),
        claim: enrolment.claim.map_or(approval, |claim| claim.on),
        approval,
    }
}

/// Publications of documents besides the class's own: those the class rests on already.
fn other_documents(
    applied: &[AppliedRule],
    class: &Class,
) -> impl Iterator<Item = crate::Position> {
    let policies = applied.iter().filter_map(|applied| applied.policy);
    policies.filter(|policy| *policy != class.policy)
}

impl CommandPayload for ApproveSubsidy {
    fn needs(&self, need: &mut Need<'_>) {
        need.class_and_institution(self.class);
        need.person(self.person);
    }

    fn reports_on(&self) -> &[PersonKey] {
        slice::from_ref(&self.person)
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.approve_subsidy(self)?])
    }
}
