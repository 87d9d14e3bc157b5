//! Classes: approval with a fixed rate, opening, closing.

use super::institution::{Qualified, trains};
use super::{Deciding, check_order, within};
use crate::command::{ApproveClass, CloseClass, OpenClass};
use crate::entity::{Class, Fact};
use crate::event::{ClassApproved, ClassKind, Event, EventBody, RateSource, Tag};
use crate::limits::{CLASS_HEADCOUNT_MAX, CLASS_HOURS_MAX, RATE_MAX_FEN};
use crate::policy::PublishedPolicy;
use crate::refusal::{Reason, Refusal};
use crate::{AccountKey, ClassId, Fen};

impl Deciding<'_> {
    /// A class may be approved when a policy in force covers its scheme, the fund may pay it, and
    /// the body is qualified for the occupation and level on all of the class's dates.
    pub(super) fn approve_class(&self, c: &ApproveClass) -> Result<Event, Refusal> {
        within(c.headcount, CLASS_HEADCOUNT_MAX, "headcount")?;
        within(c.class_hours, CLASS_HOURS_MAX, "class hours")?;
        if let Some(rate) = c.rate {
            check_rate(rate)?;
        }
        check_order(c.starts_on, Some(c.ends_on))?;
        let published = self
            .context
            .policies
            .in_force(&c.scheme, c.division, self.on)
            .ok_or_else(|| Refusal::new(Reason::PolicyNotFound).about(&c.scheme))?;
        let institution = self.institution(c.institution)?;
        if let Some(existing) = self.context.classes.get(&c.class) {
            return Err(Refusal::new(Reason::ClassExists)
                .about(c.class)
                .because([existing.approved.position]));
        }
        let wanted = Qualified {
            occupation: c.occupation,
            level: c.level,
            first: c.starts_on,
            last: c.ends_on,
        };
        let qualified = trains(institution, wanted)?;
        self.check_scheme(published, c)?;
        let body = EventBody::ClassApproved(ClassApproved {
            class: c.class,
            institution: c.institution,
            account: AccountKey {
                division: c.division,
                fund: c.fund,
            },
            scheme: c.scheme.clone(),
            kind: c.kind,
            occupation: c.occupation,
            level: c.level,
            headcount: c.headcount,
            rate: c
                .rate
                .ok_or_else(|| Refusal::new(Reason::RateNotFound).about(&c.scheme))?,
            class_hours: c.class_hours,
            starts_on: c.starts_on,
            ends_on: c.ends_on,
            residence: c.residence,
            contract_number: c.contract_number.clone(),
            rate_source: RateSource::Contract,
            scarce: false,
            reporting: c.reporting.clone(),
            order: c.order,
        });
        let tags = vec![
            Tag::Class(c.class),
            Tag::Institution(c.institution),
            Tag::Division(c.division),
        ];
        let mut causes = vec![published.position, institution.registered];
        causes.extend(qualified);
        let mut event = self.event(body, tags, causes);
        event.policy = Some(published.position);
        Ok(event)
    }

    /// Earmarking (专款专用): the fund may pay the scheme; and a project class needs a rule that
    /// says how projects are paid.
    fn check_scheme(&self, published: &PublishedPolicy, c: &ApproveClass) -> Result<(), Refusal> {
        let scheme = published
            .policy
            .scheme(&c.scheme)
            .ok_or_else(|| Refusal::new(Reason::PolicyNotFound).about(&c.scheme))?;
        if !scheme.funds.rule.contains(&c.fund) {
            return Err(Refusal::new(Reason::SchemeNotOnFund)
                .under(published.cite(&scheme.funds))
                .about(c.fund.code()));
        }
        if c.kind == ClassKind::Project && scheme.project.is_none() {
            return Err(Refusal::new(Reason::ProjectNotAllowed).about(&c.scheme));
        }
        Ok(())
    }

    /// The qualification is looked at again: it may have been revoked since the approval.
    pub(super) fn open_class(&self, c: &OpenClass) -> Result<Event, Refusal> {
        let class = self.class(c.class)?;
        self.not_before(class.approved.on, class.approved.position)?;
        let institution = self.institution(class.institution)?;
        let qualified = trains(institution, dates_of(class))?;
        if let Some(opened) = class.opened {
            return Err(Refusal::new(Reason::ClassOpen)
                .about(c.class)
                .because([opened.position]));
        }
        if self.on > class.ends_on {
            return Err(outside_dates(class));
        }
        let mut causes = vec![class.approved.position];
        causes.extend(qualified);
        let body = EventBody::ClassOpened { class: c.class };
        Ok(self.event(body, class_tags(c.class, class), causes))
    }

    pub(super) fn close_class(&self, c: &CloseClass) -> Result<Event, Refusal> {
        let class = self.class(c.class)?;
        let opened = self.still_open(c.class, class)?;
        if self.on < class.starts_on {
            return Err(outside_dates(class));
        }
        let body = EventBody::ClassClosed { class: c.class };
        Ok(self.event(body, class_tags(c.class, class), vec![opened.position]))
    }

    /// The opening of a class that is not closed yet.
    pub(super) fn still_open(&self, id: ClassId, class: &Class) -> Result<Fact, Refusal> {
        let since = class.opened.unwrap_or(class.approved);
        self.not_before(since.on, since.position)?;
        class
            .opened
            .filter(|_| class.closed.is_none())
            .ok_or_else(|| not_open(id, class))
    }
}

/// Refuses a rate that is not positive or exceeds the bound.
fn check_rate(rate: Fen) -> Result<(), Refusal> {
    super::check_amount(rate)?;
    if rate.get() > RATE_MAX_FEN {
        return Err(Refusal::new(Reason::OutOfBounds)
            .about("rate in fen")
            .limit(RATE_MAX_FEN, rate.get()));
    }
    Ok(())
}

/// What the body of a class has to be qualified for.
pub(super) fn dates_of(class: &Class) -> Qualified {
    Qualified {
        occupation: class.occupation,
        level: class.level,
        first: class.starts_on,
        last: class.ends_on,
    }
}

fn not_open(id: ClassId, class: &Class) -> Refusal {
    let facts = [class.closed, Some(class.approved)].into_iter().flatten();
    Refusal::new(Reason::ClassNotOpen)
        .about(id)
        .because(facts.map(|fact| fact.position))
}

pub(super) fn outside_dates(class: &Class) -> Refusal {
    Refusal::new(Reason::OutsideClassDates)
        .about(format_args!("{}/{}", class.starts_on, class.ends_on))
        .because([class.approved.position])
}

pub(super) fn class_tags(id: ClassId, class: &Class) -> Vec<Tag> {
    vec![
        Tag::Class(id),
        Tag::Institution(class.institution),
        Tag::Division(class.account.division),
    ]
}
