//! The frame of all rules: what a command leads to in a given state, or why it is refused. The
//! rules themselves stand in the rooms of their areas.
//!
//! `decide` looks at the loaded state, changes nothing, and reads no clock. Checks stand in the
//! order of precedence of [`Reason`]: what the command says by itself, what it names, what it
//! creates, and last whether the state allows it. Where the code cannot follow that order (lists,
//! checks that share their work) [`Violations`] keeps the first by precedence.

pub(crate) mod entry;
pub(crate) mod months;
pub(crate) mod sink;

use crate::command::{Command, CommandBody};
use crate::context::Context;
use crate::entities::EntityKey;
use crate::entity::{Account, Class, Enrolment, Person};
use crate::event::{Event, EventBody};
use crate::found;
use crate::limits::{AMOUNT_MAX_FEN, CALLER_CAUSES_MAX, EVENTS_PER_PERSON_MAX};
use crate::need::Need;
use crate::refusal::{Reason, Refusal};
use crate::{AccountKey, BusinessDate, ClassId, Fen, PersonKey, Position, RecordedTime};

pub use crate::award::explain_award_approval;
pub use crate::class::explain_class_approval;
pub use crate::payment::explain_refused_payment;
pub use crate::subsidy::{Eligibility, case_dates, eligibility, explain_approval};

/// What a command leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The events, to be recorded together at [`Context::next_position`] and the ones after it.
    pub events: Vec<Event>,
}

/// Decides a command in the loaded state, at the time `now`.
///
/// # Errors
///
/// The first violated fact in order of precedence.
///
/// # Panics
///
/// When an entity that [`missing`](crate::missing) names was not loaded.
pub fn decide(
    context: &Context,
    command: &Command,
    now: RecordedTime,
) -> Result<Decision, Refusal> {
    let case = Deciding {
        context,
        on: command.occurred_on,
    };
    let mut violations = Violations::default();
    violations.check(case.check_command(command, now));
    let decided = violations.check(command.body.payload().decide(&case));
    let mut events = violations.or_none(decided)?;
    for event in &mut events {
        event.causes.extend_from_slice(&command.causes);
        event.causes.sort_unstable();
        event.causes.dedup();
    }
    Ok(Decision { events })
}

/// Adds to `keys` the entities that deciding `command` needs and that are not loaded yet. It is
/// called again after they were loaded, until it adds nothing.
pub fn missing(context: &Context, command: &Command, keys: &mut Vec<EntityKey>) {
    let mut need = Need::missing(context, keys);
    command.body.payload().needs(&mut need);
}

/// As [`missing`], and adds to `events` the positions of the events on record that deciding needs
/// and that are not loaded yet. Nothing but a correction needs any.
pub fn missing_events(
    context: &Context,
    command: &Command,
    keys: &mut Vec<EntityKey>,
    events: &mut Vec<Position>,
) {
    let mut need = Need::missing_events(context, keys, events);
    command.body.payload().needs(&mut need);
}

/// What a payload says of its command; `CommandBody::payload` dispatches to it.
pub(crate) trait CommandPayload {
    /// Names the entities that deciding needs; asked again after they were loaded, until it names
    /// none that is new.
    fn needs(&self, need: &mut Need<'_>);

    /// The persons about whom it reports facts or asks for money. A person with as many events as
    /// a value may hold takes no more of these; what the bank did and what a case decides is
    /// recorded all the same.
    fn reports_on(&self) -> &[PersonKey];

    /// Decides by the rules; gives the events or the first violated fact.
    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal>;
}

macro_rules! payloads {
    ($( $kind:ident $verb:ident $event:ident: $name:literal; )+) => {
        impl CommandBody {
            /// The payload, as what is decided.
            fn payload(&self) -> &dyn CommandPayload {
                match self { $( Self::$kind(payload) => payload, )+ }
            }
        }
    };
}

crate::each_command!(payloads);

/// One decision in progress: the state and the business date it speaks of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deciding<'a> {
    pub(crate) context: &'a Context,
    pub(crate) on: BusinessDate,
}

impl<'a> Deciding<'a> {
    fn check_command(&self, command: &Command, now: RecordedTime) -> Result<(), Refusal> {
        at_most(command.causes.len(), CALLER_CAUSES_MAX, "causes")?;
        self.check_room(&command.body)?;
        let today = now.business_date();
        if self.on > today {
            return Err(Refusal::new(Reason::DateInFuture).about(self.on));
        }
        self.causes_exist(&command.causes)
    }

    /// Refuses to report more about a person who has as many events as one stored value may hold.
    /// What the bank did and what a case decides is recorded all the same.
    fn check_room(&self, body: &CommandBody) -> Result<(), Refusal> {
        let persons = &self.context.persons;
        for person in body
            .payload()
            .reports_on()
            .iter()
            .filter_map(|person| persons.get(person))
        {
            let events = person.timeline.len().saturating_add(1);
            at_most(events, EVENTS_PER_PERSON_MAX, "events of the person")?;
        }
        Ok(())
    }

    pub(crate) fn causes_exist(&self, causes: &[Position]) -> Result<(), Refusal> {
        let unknown = |position: &&Position| !self.context.is_taken(**position);
        match causes.iter().find(unknown) {
            Some(unknown) => Err(Refusal::new(Reason::CauseUnknown).about(unknown)),
            None => Ok(()),
        }
    }

    /// An event on the business date, found by what its kind says, without policy or postings.
    pub(crate) fn event(&self, body: EventBody, causes: Vec<Position>) -> Event {
        Event {
            occurred_on: self.on,
            causes,
            policy: None,
            tags: found::tags(self.context, &body),
            postings: Vec::new(),
            body,
        }
    }

    pub(crate) fn person(&self, person: PersonKey) -> Result<&'a Person, Refusal> {
        let found = self.context.persons.get(&person);
        found
            .filter(|person| person.is_registered())
            .ok_or_else(|| Refusal::new(Reason::PersonNotFound).about(person))
    }

    pub(crate) fn class(&self, class: ClassId) -> Result<&'a Class, Refusal> {
        self.context
            .classes
            .get(&class)
            .ok_or_else(|| Refusal::new(Reason::ClassNotFound).about(class))
    }

    pub(crate) fn account(&self, account: AccountKey) -> Result<&'a Account, Refusal> {
        self.context
            .accounts
            .get(&account)
            .ok_or_else(|| Refusal::new(Reason::AccountNotFound).about(account.division))
    }

    /// A person's place in a class, with both.
    pub(crate) fn place(&self, class: ClassId, person: PersonKey) -> Result<Place<'a>, Refusal> {
        let of = self.person(person)?;
        let in_class = self.class(class)?;
        let enrolment = of
            .enrolment(class)
            .ok_or_else(|| Refusal::new(Reason::EnrolmentNotFound).about(person))?;
        Ok(Place {
            person: of,
            class: in_class,
            enrolment,
        })
    }

    /// Refuses a business date before the event that it follows from.
    pub(crate) fn not_before(
        &self,
        earliest: BusinessDate,
        cause: Position,
    ) -> Result<(), Refusal> {
        not_before(self.on, earliest, cause)
    }
}

/// A person's place in a class.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) person: &'a Person,
    pub(crate) class: &'a Class,
    pub(crate) enrolment: &'a Enrolment,
}

/// The first violated fact by precedence; of equal ones the one that was found first.
#[derive(Debug, Default)]
pub(crate) struct Violations {
    first: Option<Refusal>,
}

impl Violations {
    /// Notes what a check refused; returns what it gave otherwise.
    pub(crate) fn check<T>(&mut self, checked: Result<T, Refusal>) -> Option<T> {
        match checked {
            Ok(value) => Some(value),
            Err(refusal) => {
                if self
                    .first
                    .as_ref()
                    .is_none_or(|first| refusal.reason < first.reason)
                {
                    self.first = Some(refusal);
                }
                None
            }
        }
    }

    /// Refuses if any check did.
    pub(crate) fn none(self) -> Result<(), Refusal> {
        self.first.map_or(Ok(()), Err)
    }

    /// Refuses if any check did, and gives `value` otherwise.
    ///
    /// # Panics
    ///
    /// When `value` is missing although nothing was refused.
    pub(crate) fn or_none<T>(self, value: Option<T>) -> Result<T, Refusal> {
        self.none()?;
        Ok(value.expect("a value is missing only where its check was refused"))
    }
}

/// Everything that the checks give, or the first refusal by precedence.
pub(crate) fn all<T>(checked: impl Iterator<Item = Result<T, Refusal>>) -> Result<Vec<T>, Refusal> {
    let mut violations = Violations::default();
    let values = checked
        .filter_map(|checked| violations.check(checked))
        .collect();
    violations.none()?;
    Ok(values)
}

pub(crate) fn not_before(
    on: BusinessDate,
    earliest: BusinessDate,
    cause: Position,
) -> Result<(), Refusal> {
    if on < earliest {
        return Err(Refusal::new(Reason::DateBeforeCause)
            .about(earliest)
            .because([cause]));
    }
    Ok(())
}

/// Refuses more than `limit` of something.
pub(crate) fn at_most(found: usize, limit: usize, what: &str) -> Result<(), Refusal> {
    if found > limit {
        return Err(Refusal::new(Reason::OutOfBounds)
            .about(what)
            .limit(saturating_i64(limit), saturating_i64(found)));
    }
    Ok(())
}

/// Refuses a number outside `1..=limit`.
pub(crate) fn within(found: u32, limit: u32, what: &str) -> Result<(), Refusal> {
    if found == 0 || found > limit {
        return Err(Refusal::new(Reason::OutOfBounds)
            .about(what)
            .limit(i64::from(limit), i64::from(found)));
    }
    Ok(())
}

/// Refuses an amount that is not positive or exceeds the bound of one command.
pub(crate) fn check_amount(amount: Fen) -> Result<(), Refusal> {
    if amount.get() > AMOUNT_MAX_FEN {
        return Err(Refusal::new(Reason::OutOfBounds)
            .about("amount in fen")
            .limit(AMOUNT_MAX_FEN, amount.get()));
    }
    if !amount.is_positive() {
        return Err(Refusal::new(Reason::AmountNotPositive).limit(1, amount.get()));
    }
    Ok(())
}

/// Refuses an end before its start.
pub(crate) fn check_order(first: BusinessDate, last: Option<BusinessDate>) -> Result<(), Refusal> {
    match last {
        Some(last) if last < first => Err(Refusal::new(Reason::DatesReversed).about(first)),
        _ => Ok(()),
    }
}

/// Refuses a list that names an item twice.
pub(crate) fn distinct<T: Ord + Copy + std::fmt::Display>(items: &[T]) -> Result<(), Refusal> {
    let mut sorted = items.to_vec();
    sorted.sort_unstable();
    let twice = sorted.windows(2).find_map(|pair| match pair {
        [left, right] if left == right => Some(*left),
        _ => None,
    });
    match twice {
        Some(twice) => Err(Refusal::new(Reason::NamedTwice).about(twice)),
        None => Ok(()),
    }
}

pub(crate) fn saturating_i64(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
