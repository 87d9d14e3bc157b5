//! Classes: approval with their rate, opening, closing.

mod catalogue;
mod explain;
pub(crate) mod standard;

use crate::class::rules::catalogue::Catalogued;
use crate::command::{ApproveClass, CloseClass, OpenClass};
use crate::decide::entry::overflow;
use crate::decide::{CommandPayload, Deciding, Violations, check_order, months, within};
use crate::entity::{Class, Fact};
use crate::event::{
    ClassApproved, ClassClosed, ClassKind, ClassOpened, Event, EventBody, RateSource,
};
use crate::institution::{Qualified, trains};
use crate::limits::{CLASS_HEADCOUNT_MAX, CLASS_HOURS_MAX, RATE_MAX_FEN};
use crate::need::Need;
use crate::policy::book::{CaseDates, InForce, RuleCase, Training};
use crate::policy::{PublishedPolicy, Scheme};
use crate::refusal::{Reason, Refusal};
use crate::{AccountKey, ClassId, Fen, PersonKey, Position, SkillLevel};
use standard::Units;

pub use explain::explain_class_approval;
pub(crate) use explain::level_names;

impl Deciding<'_> {
    /// A class may be approved when a policy in force covers its scheme, the fund may pay it, the
    /// body is qualified for the occupation and level on all of the class's dates, its rate keeps
    /// to the standard, and the catalogues and the order that the scheme asks for are there.
    pub(crate) fn approve_class(&self, c: &ApproveClass) -> Result<Event, Refusal> {
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
            .ok_or_else(|| no_policy(c))?;
        let scheme = published.policy.scheme(&c.scheme);
        let scheme = scheme.ok_or_else(|| no_policy(c))?;
        let institution = self.institution(c.institution)?;
        let Catalogued { scarce, mut causes } = self.scarce(c);
        let mut violations = Violations::default();
        let order = violations.check(self.accepted_order(published, scheme, c));
        let rate = violations.check(self.class_rate(published, scheme, c, scarce));
        violations.check(self.not_approved_yet(c));
        let qualified = violations.check(trains(institution, wanted(c)));
        violations.check(check_scheme(published, scheme, c));
        violations.check(check_level(published, scheme, c));
        let listed = violations.check(self.in_catalogues(published, scheme, c));
        let found = order.zip(rate).zip(qualified.zip(listed));
        let ((order, rate), (qualified, listed)) = violations.or_none(found)?;
        causes.extend([published.position, institution.registered]);
        causes.extend(qualified);
        causes.extend(listed);
        causes.extend(order);
        causes.extend(rate.document());
        let body = EventBody::ClassApproved(approved(c, rate, scarce));
        let mut event = self.event(body, causes);
        event.policy = Some(published.position);
        Ok(event)
    }

    fn not_approved_yet(&self, c: &ApproveClass) -> Result<(), Refusal> {
        match self.context.classes.get(&c.class) {
            Some(existing) => Err(Refusal::new(Reason::ClassExists)
                .about(c.class)
                .because([existing.approved.position])),
            None => Ok(()),
        }
    }

    /// The rate of the class: what the contract names, no higher than the standard; or the
    /// standard itself. The standard is what the documents in force on the day of the approval
    /// give for the occupation and level, for no group, with all of the planned hours and months,
    /// and with what is added for a scarce occupation.
    fn class_rate(
        &self,
        published: &PublishedPolicy,
        scheme: &Scheme,
        c: &ApproveClass,
        scarce: bool,
    ) -> Result<ClassRate, Refusal> {
        let not_found = || {
            let not_found = Refusal::new(Reason::RateNotFound).about(&c.scheme);
            not_found.because([published.position])
        };
        let Some(ruled) = &scheme.amount else {
            let rate = c.rate.ok_or_else(not_found)?;
            let source = RateSource::Contract;
            return Ok(ClassRate { rate, source });
        };
        let rule = InForce { published, ruled };
        let case = self.case_of_today(published, c);
        let training = Training {
            occupation: c.occupation,
            level: c.level,
            approved: self.context.next_position,
        };
        let rate = standard::rate(&self.context.policies, &case, rule, training, None);
        let rate = rate.ok_or_else(|| not_found().under(rule.cite()))?;
        let units = Units {
            hours: c.class_hours,
            months: months::begun(c.starts_on, c.ends_on),
        };
        let base = rate.amount(units)?;
        let uplift = scheme.uplift.as_ref().filter(|_| scarce);
        let added = match uplift {
            Some(uplift) => standard::added(base, uplift.rule)?,
            None => Fen::ZERO,
        };
        let standard = base.checked_add(added).ok_or_else(overflow)?;
        let document = rate.clause.published.position;
        match c.rate {
            Some(rate_of_contract) if rate_of_contract > standard => {
                Err(Refusal::new(Reason::RateAboveStandard)
                    .under(rate.clause.cite())
                    .about(c.class)
                    .limit(standard.get(), rate_of_contract.get()))
            }
            Some(rate) => Ok(ClassRate {
                rate,
                source: RateSource::Below(document),
            }),
            None => {
                check_rate(standard)?;
                Ok(ClassRate {
                    rate: standard,
                    source: RateSource::Standard(document),
                })
            }
        }
    }

    /// The class as a case whose dates all lie on the day of its approval.
    fn case_of_today<'c>(&self, published: &PublishedPolicy, c: &'c ApproveClass) -> RuleCase<'c> {
        RuleCase {
            scheme: &c.scheme,
            division: c.division,
            policy: published.position,
            dates: CaseDates {
                class_approval: self.on,
                first_attendance: Some(self.on),
                certificate: Some(self.on),
                claim: self.on,
                approval: self.on,
            },
        }
    }

    /// The qualification is looked at again: it may have been revoked since the approval.
    pub(crate) fn open_class(&self, c: &OpenClass) -> Result<Event, Refusal> {
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
        let body = EventBody::ClassOpened(ClassOpened { class: c.class });
        Ok(self.event(body, causes))
    }

    pub(crate) fn close_class(&self, c: &CloseClass) -> Result<Event, Refusal> {
        let class = self.class(c.class)?;
        let opened = self.still_open(c.class, class)?;
        if self.on < class.starts_on {
            return Err(outside_dates(class));
        }
        let body = EventBody::ClassClosed(ClassClosed { class: c.class });
        Ok(self.event(body, vec![opened.position]))
    }

    /// The opening of a class that is not closed yet.
    pub(crate) fn still_open(&self, id: ClassId, class: &Class) -> Result<Fact, Refusal> {
        let since = class.opened.unwrap_or(class.approved);
        self.not_before(since.on, since.position)?;
        class
            .opened
            .filter(|_| class.closed.is_none())
            .ok_or_else(|| not_open(id, class))
    }
}

/// The rate of a class and where it comes from.
#[derive(Debug, Clone, Copy)]
struct ClassRate {
    rate: Fen,
    source: RateSource,
}

impl ClassRate {
    /// The document that sets the standard.
    fn document(self) -> Option<Position> {
        match self.source {
            RateSource::Contract => None,
            RateSource::Below(document) | RateSource::Standard(document) => Some(document),
        }
    }
}

fn no_policy(c: &ApproveClass) -> Refusal {
    Refusal::new(Reason::PolicyNotFound).about(&c.scheme)
}

/// What the body of the class to be has to be qualified for.
fn wanted(c: &ApproveClass) -> Qualified {
    Qualified {
        occupation: c.occupation,
        level: c.level,
        first: c.starts_on,
        last: c.ends_on,
    }
}

fn approved(c: &ApproveClass, rate: ClassRate, scarce: bool) -> ClassApproved {
    ClassApproved {
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
        rate: rate.rate,
        class_hours: c.class_hours,
        starts_on: c.starts_on,
        ends_on: c.ends_on,
        residence: c.residence,
        contract_number: c.contract_number.clone(),
        rate_source: rate.source,
        scarce,
        reporting: c.reporting.clone(),
        order: c.order,
    }
}

/// Earmarking (专款专用): the fund may pay the scheme; an award is not training; and a project class
/// needs a rule that says how projects are paid, and one account that pays it.
fn check_scheme(
    published: &PublishedPolicy,
    scheme: &Scheme,
    c: &ApproveClass,
) -> Result<(), Refusal> {
    if !scheme.funds.rule.allows(c.fund) {
        return Err(Refusal::new(Reason::SchemeNotOnFund)
            .under(published.cite(&scheme.funds))
            .about(c.fund.code()));
    }
    if let Some(award) = &scheme.award {
        return Err(Refusal::new(Reason::SchemeKindMismatch)
            .under(published.cite(award))
            .about(&c.scheme));
    }
    if c.kind != ClassKind::Project {
        return Ok(());
    }
    if let Some(split) = &scheme.split {
        return Err(Refusal::new(Reason::FundPartsMismatch)
            .under(published.cite(split))
            .about(&c.scheme));
    }
    if scheme.project.is_none() {
        return Err(Refusal::new(Reason::ProjectNotAllowed)
            .about(&c.scheme)
            .because([published.position]));
    }
    Ok(())
}

/// The class leads to one of the levels that the scheme is for, where it is for some only.
fn check_level(
    published: &PublishedPolicy,
    scheme: &Scheme,
    c: &ApproveClass,
) -> Result<(), Refusal> {
    match &scheme.levels {
        Some(ruled) if !is_for(&ruled.rule, c.level) => {
            Err(Refusal::new(Reason::LevelNotSubsidised)
                .under(published.cite(ruled))
                .about(&c.scheme))
        }
        _ => Ok(()),
    }
}

/// Whether a scheme that is for these levels is for this one; a course that leads to no level is
/// for none of them.
pub(crate) fn is_for(levels: &[SkillLevel], level: Option<SkillLevel>) -> bool {
    level.is_some_and(|level| levels.contains(&level))
}

/// Refuses a rate that is not positive or exceeds the bound.
fn check_rate(rate: Fen) -> Result<(), Refusal> {
    crate::decide::check_amount(rate)?;
    if rate.get() > RATE_MAX_FEN {
        return Err(Refusal::new(Reason::OutOfBounds)
            .about("rate in fen")
            .limit(RATE_MAX_FEN, rate.get()));
    }
    Ok(())
}

/// What the body of a class has to be qualified for.
pub(crate) fn dates_of(class: &Class) -> Qualified {
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

pub(crate) fn outside_dates(class: &Class) -> Refusal {
    Refusal::new(Reason::OutsideClassDates)
        .about(format_args!("{}/{}", class.starts_on, class.ends_on))
        .because([class.approved.position])
}

impl CommandPayload for ApproveClass {
    fn needs(&self, need: &mut Need<'_>) {
        need.class(self.class);
        need.institution(self.institution);
        if let Some(order) = self.order {
            need.order(order);
        }
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.approve_class(self)?])
    }
}

impl CommandPayload for OpenClass {
    fn needs(&self, need: &mut Need<'_>) {
        need.class_and_institution(self.class);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.open_class(self)?])
    }
}

impl CommandPayload for CloseClass {
    fn needs(&self, need: &mut Need<'_>) {
        need.class(self.class);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.close_class(self)?])
    }
}
