//! Claims, and agency contracts (代领协议).

use crate::command::{RecordAgencyContract, SubmitClaim};
use crate::decide::{CommandPayload, Deciding, Place};
use crate::event::{AgencyContractRecorded, ClaimRoute, ClaimSubmitted, Event, EventBody};
use crate::need::Need;
use crate::policy::PayeeRule;
use crate::policy::book::{CaseDates, InForce, RuleCase};
use crate::refusal::{Reason, Refusal};
use crate::training::{completion, standing};
use crate::{PersonKey, Position};
use std::slice;

impl<'a> Deciding<'a> {
    /// A claim speaks of training that is completed, once, and comes before the approval that it
    /// asks for. Whether it is in time and what it is worth is decided with that approval.
    pub(crate) fn submit_claim(&self, c: &SubmitClaim) -> Result<Event, Refusal> {
        let place = self.place(c.class, c.person)?;
        let enrolment = place.enrolment;
        if let Some(approval) = enrolment.approval {
            return Err(Refusal::new(Reason::ApprovalExists)
                .about(c.person)
                .because([approval.position]));
        }
        if let Some(claim) = enrolment.claim {
            return Err(exists(c.person, claim.position));
        }
        let certificate = enrolment
            .certificate
            .filter(|certificate| certificate.invalidated.is_none());
        let facts = [
            enrolment.completed.map(|fact| (fact.on, fact.position)),
            certificate.map(|fact| (fact.issued_on, fact.position)),
        ];
        if let Some((on, position)) = facts.into_iter().flatten().max() {
            self.not_before(on, position)?;
        }
        standing(&place, c.person)?;
        let completed = completion(&place, c.person)?;
        let rule = self.asks_for_contract(&place, c.route);
        if let Some(rule) = &rule
            && enrolment.agency_contract.is_none()
        {
            return Err(Refusal::new(Reason::AgencyContractMissing)
                .under(rule.cite())
                .about(c.person));
        }
        let body = EventBody::ClaimSubmitted(ClaimSubmitted {
            class: c.class,
            person: c.person,
            route: c.route,
        });
        let mut causes = vec![completed.position];
        causes.extend(certificate.map(|fact| fact.position));
        if c.route == ClaimRoute::Institution {
            causes.extend(enrolment.agency_contract);
        }
        let mut event = self.event(body, causes);
        event.policy = rule.map(|rule| rule.published.position);
        Ok(event)
    }

    /// The scheme's rule on payees, when it asks a body for an agency contract.
    fn asks_for_contract(
        &self,
        place: &Place<'_>,
        route: ClaimRoute,
    ) -> Option<InForce<'a, PayeeRule>> {
        if route == ClaimRoute::Person {
            return None;
        }
        let enrolment = place.enrolment;
        let attended = enrolment.first_attendance.map(|fact| fact.on);
        let dates = CaseDates {
            class_approval: place.class.approved.on,
            first_attendance: attended.or(Some(enrolment.enrolled_on)),
            certificate: enrolment.certificate.map(|fact| fact.issued_on),
            claim: self.on,
            approval: self.on,
        };
        let case = RuleCase {
            scheme: &place.class.scheme,
            division: place.class.account.division,
            policy: place.class.policy,
            dates,
        };
        let rule = self
            .context
            .policies
            .rule_for(&case, |scheme| scheme.payee.as_ref())?;
        rule.ruled.rule.agency_contract.then_some(rule)
    }

    /// A person who is enrolled lets the body of the class claim on their behalf.
    pub(crate) fn record_agency_contract(
        &self,
        c: &RecordAgencyContract,
    ) -> Result<Event, Refusal> {
        let place = self.place(c.class, c.person)?;
        if let Some(recorded) = place.enrolment.agency_contract {
            return Err(exists(c.person, recorded));
        }
        self.not_before(place.enrolment.enrolled_on, place.enrolment.enrolled)?;
        standing(&place, c.person)?;
        let body = EventBody::AgencyContractRecorded(AgencyContractRecorded {
            class: c.class,
            person: c.person,
            institution: place.class.institution,
            contract_number: c.contract_number.clone(),
        });
        Ok(self.event(body, vec![place.enrolment.enrolled]))
    }
}

fn exists(person: PersonKey, fact: Position) -> Refusal {
    Refusal::new(Reason::FactExists)
        .about(person)
        .because([fact])
}

impl CommandPayload for SubmitClaim {
    fn needs(&self, need: &mut Need<'_>) {
        need.place(self.class, self.person);
    }

    fn reports_on(&self) -> &[PersonKey] {
        slice::from_ref(&self.person)
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.submit_claim(self)?])
    }
}

impl CommandPayload for RecordAgencyContract {
    fn needs(&self, need: &mut Need<'_>) {
        need.place(self.class, self.person);
    }

    fn reports_on(&self) -> &[PersonKey] {
        slice::from_ref(&self.person)
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.record_agency_contract(self)?])
    }
}
