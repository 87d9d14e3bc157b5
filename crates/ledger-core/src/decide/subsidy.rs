//! Approval of one person's subsidy: certificate, pension, residence, no repeat and quota.
//!
//! Source: 山东省职业技能提升行动方案(2019—2021年)重点任务分工, 落实职业技能培训补贴政策, row 2, and
//! what the published policy sets where the document is silent (A10 of the domain notes).

use super::class::dates_of;
use super::institution::trains;
use super::{Deciding, Place, not_before};
use crate::command::ApproveSubsidy;
use crate::context::Context;
use crate::entity::{Class, QuotaSlot};
use crate::event::{Event, EventBody, PersonStatus, SubsidyApproved};
use crate::policy::{PublishedPolicy, Quota, QuotaDate, QuotaScope, RepeatWindow, Scheme};
use crate::refusal::{Reason, Refusal, RuleCitation};
use crate::{BusinessDate, ClassId, Fen, PersonKey};

/// Whether a person's place in a class would be paid, and what stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Eligibility {
    /// The amount in fen, when nothing stands in the way.
    pub would_pay: Option<Fen>,
    /// Everything that stands in the way, in order of precedence.
    pub refusals: Vec<Refusal>,
    /// The rules that were looked at.
    pub applied: Vec<RuleCitation>,
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
    let place = match deciding.place(class, person) {
        Ok(place) => place,
        Err(refusal) => {
            return Eligibility {
                would_pay: None,
                refusals: vec![refusal],
                applied: Vec::new(),
            };
        }
    };
    let (published, scheme) = deciding.rules(place.class);
    let refusals = deciding.against_approval(&place, class, person);
    let mut applied = vec![
        published.cite(&scheme.funds),
        published.cite(&scheme.evidence),
    ];
    applied.extend(
        scheme
            .pension_excluded
            .as_ref()
            .map(|rule| published.cite(rule)),
    );
    applied.extend(scheme.no_repeat.as_ref().map(|rule| published.cite(rule)));
    applied.extend(scheme.quotas.iter().map(|rule| published.cite(rule)));
    applied.extend(scheme.project.as_ref().map(|rule| published.cite(rule)));
    let would_pay = refusals.is_empty().then_some(place.class.rate);
    Eligibility {
        would_pay,
        refusals,
        applied,
    }
}

/// A year of a person's quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct QuotaUse {
    pub(super) year: i32,
    /// Which slot of the year this one is, from 1.
    pub(super) used: u32,
    pub(super) limit: u32,
}

impl Deciding<'_> {
    pub(super) fn approve_subsidy(&self, c: &ApproveSubsidy) -> Result<Event, Refusal> {
        let place = self.place(c.class, c.person)?;
        if let Some(refusal) = self
            .against_approval(&place, c.class, c.person)
            .into_iter()
            .next()
        {
            return Err(refusal);
        }
        let (published, scheme) = self.rules(place.class);
        let quota = self.quota_use(&place, c.class, scheme);
        let enrolment = place.enrolment;
        let mut causes = vec![place.class.approved.position];
        causes.extend(enrolment.completed.map(|fact| fact.position));
        causes.extend(enrolment.assessment.map(|fact| fact.position));
        causes.extend(enrolment.certificate.map(|fact| fact.position));
        if place.class.residence.is_some() {
            let residence = place.person.statuses.iter();
            causes.extend(residence.filter_map(|record| match record.status {
                PersonStatus::Residence(_) => Some(record.position),
                _ => None,
            }));
        }
        let body = EventBody::SubsidyApproved(SubsidyApproved {
            class: c.class,
            person: c.person,
            amount: place.class.rate,
            quota_year: quota.year,
            quota_used: quota.used,
            quota_limit: quota.limit,
            applied: Vec::new(),
        });
        let mut event = self.event(body, place.tags(c.class, c.person), causes);
        event.policy = Some(published.position);
        Ok(event)
    }

    /// Everything that stands against the approval, in order of precedence.
    fn against_approval(
        &self,
        place: &Place<'_>,
        class: ClassId,
        person: PersonKey,
    ) -> Vec<Refusal> {
        let enrolment = place.enrolment;
        let mut found = Vec::new();
        if let Some(approval) = enrolment.approval {
            let exists = Refusal::new(Reason::ApprovalExists).about(person);
            found.push(exists.because([approval.position]));
        }
        let earliest = [
            enrolment.completed.map(|fact| (fact.on, fact.position)),
            enrolment.assessment.map(|fact| (fact.on, fact.position)),
            enrolment
                .certificate
                .map(|fact| (fact.issued_on, fact.position)),
        ];
        let late = earliest.into_iter().flatten().max();
        found.extend(late.and_then(|(on, cause)| not_before(self.on, on, cause).err()));
        found.extend(self.against_body(place.class));
        found.extend(against_training(place, person));
        found.extend(self.against_evidence(place, person));
        found.extend(self.against_person(place, class, person));
        if let Some(settlement) = place.class.settlement {
            let settled = Refusal::new(Reason::ClassSettled).about(class);
            found.push(settled.because([settlement.position]));
        }
        found
    }

    /// The body must still be qualified on all of the class's dates: a revocation may reach back.
    pub(super) fn against_body(&self, class: &Class) -> Option<Refusal> {
        match self.institution(class.institution) {
            Ok(institution) => trains(institution, dates_of(class)).err(),
            Err(refusal) => Some(refusal),
        }
    }

    fn against_evidence(&self, place: &Place<'_>, person: PersonKey) -> Vec<Refusal> {
        let (published, scheme) = self.rules(place.class);
        let rule = || published.cite(&scheme.evidence);
        let evidence = &scheme.evidence.rule;
        let mut found = Vec::new();
        let certificate = place.enrolment.certificate;
        if let Some(invalidated) = certificate.and_then(|certificate| certificate.invalidated) {
            let invalid = Refusal::new(Reason::CertificateIsInvalid)
                .under(rule())
                .about(person);
            found.push(invalid.because([invalidated]));
        }
        let assessment = place.enrolment.assessment;
        let failed = assessment.is_some_and(|assessment| !assessment.passed);
        if failed || (evidence.assessment && assessment.is_none()) {
            let facts = assessment.map(|assessment| assessment.position);
            let failed = Refusal::new(Reason::AssessmentNotPassed)
                .under(rule())
                .about(person);
            found.push(failed.because(facts));
        }
        if evidence.certificate && certificate.is_none() {
            found.push(
                Refusal::new(Reason::CertificateMissing)
                    .under(rule())
                    .about(person),
            );
        }
        found
    }

    /// Pension, residence, no repeat and quota: what every payment has to satisfy as well, by what
    /// is known when it is ordered. A place that holds its slot is not measured against it again.
    pub(super) fn against_person(
        &self,
        place: &Place<'_>,
        class: ClassId,
        person: PersonKey,
    ) -> Vec<Refusal> {
        let (published, scheme) = self.rules(place.class);
        let mut found = Vec::new();
        found.extend(against_pension(published, scheme, place, person));
        found.extend(against_residence(place, person));
        found.extend(against_finding(place, person));
        if place.person.slot_of(class).is_none() {
            found.extend(self.against_repeat(published, scheme, place, person));
            found.extend(self.against_quota(published, scheme, place, class, person));
        }
        found
    }

    fn against_repeat(
        &self,
        published: &PublishedPolicy,
        scheme: &Scheme,
        place: &Place<'_>,
        person: PersonKey,
    ) -> Option<Refusal> {
        let rule = scheme.no_repeat.as_ref()?;
        let barred = |slot: &&QuotaSlot| {
            slot.freed.is_none()
                && slot.occupation == place.class.occupation
                && slot.level == place.class.level
                && match rule.rule {
                    RepeatWindow::Ever => true,
                    RepeatWindow::Months(months) => slot
                        .taken_on
                        .add_months(months)
                        .is_none_or(|until| self.on < until),
                }
        };
        let earlier: Vec<_> = place
            .person
            .slots
            .iter()
            .filter(barred)
            .map(|slot| slot.taken)
            .collect();
        if earlier.is_empty() {
            return None;
        }
        let repeated = Refusal::new(Reason::SameOccupationAndLevel).about(person);
        Some(repeated.under(published.cite(rule)).because(earlier))
    }

    fn against_quota(
        &self,
        published: &PublishedPolicy,
        scheme: &Scheme,
        place: &Place<'_>,
        class: ClassId,
        person: PersonKey,
    ) -> Option<Refusal> {
        let rule = scheme.quotas.first()?;
        let quota = self.quota_use(place, class, scheme);
        if quota.used <= quota.limit {
            return None;
        }
        let year = quota.year;
        let using = counted(place, class, scheme, rule.rule, year).map(|slot| slot.taken);
        let used_up = Refusal::new(Reason::YearlyQuotaUsed)
            .about(person)
            .because(using);
        let found = i64::from(quota.used.saturating_sub(1));
        Some(
            used_up
                .under(published.cite(rule))
                .limit(i64::from(quota.limit), found),
        )
    }

    /// The year that a subsidy for the place counts in, and which slot of it this one would be.
    pub(super) fn quota_use(&self, place: &Place<'_>, class: ClassId, scheme: &Scheme) -> QuotaUse {
        if let Some(slot) = place.person.slot_of(class) {
            return self.quota_in(place, class, scheme, slot.year);
        }
        let by_certificate = scheme
            .quotas
            .first()
            .filter(|quota| quota.rule.counts_by == QuotaDate::Certificate)
            .and(place.enrolment.certificate)
            .map(|certificate| certificate.issued_on.year());
        // A slot that was given back and is taken again counts in the year of the approval still.
        let by_approval = place.enrolment.approval.map(|approval| approval.on.year());
        let year = by_certificate.or(by_approval).unwrap_or(self.on.year());
        self.quota_in(place, class, scheme, year)
    }

    fn quota_in(&self, place: &Place<'_>, class: ClassId, scheme: &Scheme, year: i32) -> QuotaUse {
        let Some(quota) = scheme.quotas.first() else {
            return QuotaUse {
                year,
                used: 0,
                limit: 0,
            };
        };
        let used = counted(place, class, scheme, quota.rule, year).count();
        let used = u32::try_from(used).unwrap_or(u32::MAX).saturating_add(1);
        QuotaUse {
            year,
            used,
            limit: quota.rule.limit,
        }
    }
}

/// The slots of the year that count beside the place's own.
fn counted<'p>(
    place: &Place<'p>,
    class: ClassId,
    scheme: &'p Scheme,
    quota: Quota,
    year: i32,
) -> impl Iterator<Item = &'p QuotaSlot> {
    place.person.slots.iter().filter(move |slot| {
        slot.freed.is_none()
            && slot.year == year
            && slot.class != class
            && (quota.scope == QuotaScope::AllSchemes || slot.scheme == scheme.scheme)
    })
}

fn against_training(place: &Place<'_>, person: PersonKey) -> Option<Refusal> {
    if let Some(withdrawn) = place.enrolment.withdrawn {
        let gone = Refusal::new(Reason::EnrolmentIsWithdrawn).about(person);
        return Some(gone.because([withdrawn]));
    }
    if place.enrolment.completed.is_none() {
        let open = Refusal::new(Reason::TrainingNotCompleted).about(person);
        return Some(open.because([place.enrolment.enrolled]));
    }
    None
}

fn against_pension(
    published: &PublishedPolicy,
    scheme: &Scheme,
    place: &Place<'_>,
    person: PersonKey,
) -> Option<Refusal> {
    let rule = scheme.pension_excluded.as_ref()?;
    let (first, last) = (place.class.starts_on, place.class.ends_on);
    let drawn = place.person.statuses.iter().find(|record| {
        record.status == PersonStatus::Pension && record.holds_within(first, last)
    })?;
    let draws = Refusal::new(Reason::DrawsPension)
        .under(published.cite(rule))
        .about(person);
    Some(draws.because([drawn.position]))
}

/// The contract of the class asks for residence, not the policy document.
fn against_residence(place: &Place<'_>, person: PersonKey) -> Option<Refusal> {
    let wanted = place.class.residence?;
    let (first, last) = (place.class.starts_on, place.class.ends_on);
    let mut facts = vec![place.class.approved.position];
    for record in &place.person.statuses {
        if let PersonStatus::Residence(division) = record.status {
            if wanted.contains(division) && record.holds_throughout(first, last) {
                return None;
            }
            facts.push(record.position);
        }
    }
    Some(
        Refusal::new(Reason::NotResident)
            .about(person)
            .because(facts),
    )
}

/// Nothing more is approved or paid on training that a case found false (鲁人社字〔2025〕87号 二(六)):
/// what was paid has to come back, not to be added to.
fn against_finding(place: &Place<'_>, person: PersonKey) -> Option<Refusal> {
    let finding = place.class.found_false.or(place.enrolment.found_false)?;
    let found = Refusal::new(Reason::FoundFalse).about(person);
    Some(found.because([finding]))
}
