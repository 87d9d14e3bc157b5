//! Showing approvals to the public (公示), and objections.
//!
//! What is shown are the approvals of a class that stand when the showing is opened; the payment
//! of later ones needs a showing of its own.

use crate::command::{ClosePublicity, OpenPublicity, RaiseObjection, ResolveObjection};
use crate::decide::{CommandPayload, Deciding, at_most};
use crate::entity::{Class, ClassPublicity, Fact};
use crate::event::{
    Event, EventBody, ObjectionRaised, ObjectionResolved, PublicityClosed, PublicityOpened,
};
use crate::limits::OBJECTIONS_OPEN_MAX;
use crate::need::Need;
use crate::policy::Publicity;
use crate::policy::book::{CaseDates, InForce, RuleCase};
use crate::refusal::{Reason, Refusal};
use crate::{ClassId, PersonKey};

impl<'a> Deciding<'a> {
    /// The last list has to be closed before the next one is opened.
    pub(crate) fn open_publicity(&self, c: &OpenPublicity) -> Result<Event, Refusal> {
        let class = self.class(c.class)?;
        let closed = class.publicity.as_ref().and_then(|last| last.closed);
        let before = [class.last_approval, closed];
        let latest = before
            .into_iter()
            .flatten()
            .fold(class.approved, Fact::later);
        self.not_before(latest.on, latest.position)?;
        let approved = class.last_approval.filter(|_| class.approvals > 0);
        let approved = approved.ok_or_else(|| {
            Refusal::new(Reason::NotApproved)
                .about(c.class)
                .because([class.approved.position])
        })?;
        if let Some(open) = open(class) {
            return Err(Refusal::new(Reason::PublicityIsOpen)
                .about(c.class)
                .because([open.opened.position]));
        }
        let body = EventBody::PublicityOpened(PublicityOpened {
            class: c.class,
            approvals: class.approvals,
            place: c.place.clone(),
        });
        let causes = vec![class.approved.position, approved.position];
        Ok(self.event(body, causes))
    }

    /// Anybody may object to what is shown: to the whole list, or to one person on it.
    pub(crate) fn raise_objection(&self, c: &RaiseObjection) -> Result<Event, Refusal> {
        let waiting = self
            .context
            .classes
            .get(&c.class)
            .and_then(open)
            .map_or(0, |open| open.objections.len());
        at_most(
            waiting.saturating_add(1),
            OBJECTIONS_OPEN_MAX,
            "open objections",
        )?;
        let place = c
            .person
            .map(|person| self.place(c.class, person))
            .transpose()?;
        let class = self.class(c.class)?;
        let last = class.publicity.as_ref();
        if let Some(last) = last {
            self.not_before(last.opened.on, last.opened.position)?;
        }
        let approval = place.and_then(|place| place.enrolment.approval);
        let shown =
            approval.filter(|of| last.is_none_or(|last| of.position < last.opened.position));
        if let Some(person) = c.person
            && shown.is_none()
        {
            let facts = approval.map(|approval| approval.position);
            return Err(Refusal::new(Reason::NotApproved)
                .about(person)
                .because(facts));
        }
        let open = open(class).ok_or_else(|| not_open(c.class, class))?;
        let body = EventBody::ObjectionRaised(ObjectionRaised {
            class: c.class,
            person: c.person,
            grounds: c.grounds.clone(),
        });
        let mut causes = vec![open.opened.position];
        causes.extend(shown.map(|approval| approval.position));
        Ok(self.event(body, causes))
    }

    /// An objection that was right bars the payment of what it was about.
    pub(crate) fn resolve_objection(&self, c: &ResolveObjection) -> Result<Event, Refusal> {
        let class = self.class(c.class)?;
        let waiting = class.publicity.iter().flat_map(|last| &last.objections);
        let objection = waiting
            .copied()
            .find(|objection| objection.position == c.objection)
            .ok_or_else(|| Refusal::new(Reason::ObjectionNotFound).about(c.objection))?;
        self.not_before(objection.on, objection.position)?;
        let body = EventBody::ObjectionResolved(ObjectionResolved {
            class: c.class,
            objection: objection.position,
            person: objection.person,
            upheld: c.upheld,
            grounds: c.grounds.clone(),
        });
        Ok(self.event(body, vec![objection.position]))
    }

    /// After the days that the scheme's rule asks for, with every objection decided. Without a
    /// rule the list may be taken down on the day on which it was put up.
    pub(crate) fn close_publicity(&self, c: &ClosePublicity) -> Result<Event, Refusal> {
        let class = self.class(c.class)?;
        if let Some(last) = &class.publicity {
            self.not_before(last.last.on, last.last.position)?;
        }
        let open = open(class).ok_or_else(|| not_open(c.class, class))?;
        let rule = self.publicity_rule(class, open);
        if let Some(rule) = &rule {
            let shown = i64::from(self.on.days_since(open.opened.on));
            let days = i64::from(rule.ruled.rule.days);
            if shown < days {
                return Err(Refusal::new(Reason::PublicityTooShort)
                    .under(rule.cite())
                    .about(c.class)
                    .limit(days, shown)
                    .because([open.opened.position]));
            }
        }
        if !open.objections.is_empty() {
            let waiting = open.objections.iter().map(|objection| objection.position);
            return Err(Refusal::new(Reason::ObjectionOpen)
                .about(c.class)
                .because(waiting));
        }
        let body = EventBody::PublicityClosed(PublicityClosed { class: c.class });
        let causes = vec![open.opened.position, open.last.position];
        let mut event = self.event(body, causes);
        event.policy = rule.map(|rule| rule.published.position);
        Ok(event)
    }

    /// A list shows many persons: the opening stands for the dates that differ between them.
    fn publicity_rule(
        &self,
        class: &Class,
        open: &ClassPublicity,
    ) -> Option<InForce<'a, Publicity>> {
        let opened_on = open.opened.on;
        let dates = CaseDates {
            class_approval: class.approved.on,
            first_attendance: Some(class.starts_on),
            certificate: Some(opened_on),
            claim: opened_on,
            approval: opened_on,
        };
        let case = RuleCase {
            scheme: &class.scheme,
            division: class.account.division,
            policy: class.policy,
            dates,
        };
        self.context
            .policies
            .rule_for(&case, |scheme| scheme.publicity.as_ref())
    }
}

/// The showing that is open.
fn open(class: &Class) -> Option<&ClassPublicity> {
    class
        .publicity
        .as_ref()
        .filter(|last| last.closed.is_none())
}

fn not_open(id: ClassId, class: &Class) -> Refusal {
    let closed = class
        .publicity
        .as_ref()
        .and_then(|last| last.closed)
        .map(|closed| closed.position);
    Refusal::new(Reason::PublicityNotOpen)
        .about(id)
        .because(closed)
}

impl CommandPayload for OpenPublicity {
    fn needs(&self, need: &mut Need<'_>) {
        need.class(self.class);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.open_publicity(self)?])
    }
}

impl CommandPayload for RaiseObjection {
    fn needs(&self, need: &mut Need<'_>) {
        need.class(self.class);
        if let Some(person) = self.person {
            need.person(person);
        }
    }

    fn reports_on(&self) -> &[PersonKey] {
        self.person.as_slice()
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.raise_objection(self)?])
    }
}

impl CommandPayload for ResolveObjection {
    fn needs(&self, need: &mut Need<'_>) {
        need.objection(self.class, self.objection);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.resolve_objection(self)?])
    }
}

impl CommandPayload for ClosePublicity {
    fn needs(&self, need: &mut Need<'_>) {
        need.class(self.class);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.close_publicity(self)?])
    }
}
