//! Payments in the shadow: each beneficiary's line follows the shadow's approval.

use super::{About, Carried, Moment, ShadowState, Simulation, Stage, Why, commands};
use crate::command::{CommandBody, OrderDisbursement};
use crate::context::Context;
use crate::event::{
    DisbursementOrdered, DisbursementStage, EventBody, Payee, ProjectSettled, RecordedEvent,
    Subject,
};
use crate::refusal::{Reason, Refusal};
use crate::{BusinessDate, ClassId, DisbursementId, PersonKey, Position};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

impl Simulation {
    pub(super) fn payment<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
        e: &DisbursementOrdered,
    ) -> Result<(), S::Error> {
        match e.subject {
            Subject::Class(class) => self.class_payment(shadow, recorded, e, class),
            Subject::Award(award) => self.award_payment(shadow, recorded, e, award),
        }
    }

    fn class_payment<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
        e: &DisbursementOrdered,
        class: ClassId,
    ) -> Result<(), S::Error> {
        let named: Vec<_> = e.lines.iter().map(|line| line.beneficiary).collect();
        self.load(shadow, |context, keys| {
            crate::missing_for_event(context, &recorded.event, keys);
        })?;
        let payment = Payment {
            class,
            stage: e.stage,
            division: e.account.division,
            recorded,
        };
        if !self.concerns(shadow.context(), &payment, &named) {
            return self.paid_as_recorded(shadow, &payment, &named);
        }
        self.counts.decided = self.counts.decided.saturating_add(1);
        let own = shadow.context().classes.get(&class);
        let own = own.map(|class| class.account);
        let joins = e.stage == DisbursementStage::Full && matches!(e.payee, Payee::Institution(_));
        let mut all = named.clone();
        if joins {
            all.extend(self.waiting(class, &named));
        }
        let order = |persons: Vec<PersonKey>| commands::order_disbursement(e, class, own, persons);
        let paid = self.pay_whom_it_can(shadow, &payment, (&named, all), &order)?;
        // Whoever has an advance is still named by the settlement of the class.
        if e.stage != DisbursementStage::Advance {
            self.leave(class, &paid);
        }
        Ok(())
    }

    /// Pays everybody together if the draft allows it, and otherwise those whom it allows by
    /// themselves. Returns who was paid.
    fn pay_whom_it_can<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        payment: &Payment<'_>,
        (named, all): (&[PersonKey], Vec<PersonKey>),
        order: &dyn Fn(Vec<PersonKey>) -> CommandBody,
    ) -> Result<Vec<PersonKey>, S::Error> {
        let moment = Moment::of(payment.recorded);
        if self.carry_out(shadow, moment, order(all.clone()))?.is_ok() {
            return Ok(all);
        }
        let mut can = Vec::with_capacity(all.len());
        for person in all {
            match self.decided(shadow, moment, order(vec![person]))? {
                Ok(_) => can.push(person),
                Err(refusal) if named.contains(&person) => {
                    note(shadow, payment, person, refusal)?;
                }
                Err(_) => {}
            }
        }
        let only_named: Vec<_> = can.iter().copied().filter(|p| named.contains(p)).collect();
        let mut refused = None;
        // Whom the draft alone approves must not cost the others their payment.
        for persons in [can, only_named] {
            if persons.is_empty() {
                continue;
            }
            match self.carry_out(shadow, moment, order(persons.clone()))? {
                Ok(()) => return Ok(persons),
                Err(refusal) => refused = Some((refusal, persons)),
            }
        }
        if let Some((refusal, persons)) = refused {
            for person in persons {
                note(shadow, payment, person, refusal.clone())?;
            }
        }
        Ok(Vec::new())
    }

    /// Settles a project class with the shadow's beneficiaries, and pays what that leaves to pay.
    pub(super) fn settlement<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
        paid: Option<&RecordedEvent>,
    ) -> Result<(), S::Error> {
        let EventBody::ProjectSettled(e) = &recorded.event.body else {
            return Ok(());
        };
        self.load(shadow, |context, keys| {
            crate::missing_for_event(context, &recorded.event, keys);
        })?;
        let named: Vec<_> = e.lines.iter().map(|line| line.person).collect();
        let context = shadow.context();
        let Some(class) = context.classes.get(&e.class) else {
            return Ok(());
        };
        let (account, institution) = (class.account, class.institution);
        let payment = Payment {
            class: e.class,
            stage: DisbursementStage::Final,
            division: account.division,
            recorded,
        };
        if !self.concerns(context, &payment, &named) {
            self.as_recorded(shadow, recorded)?;
            return match paid {
                Some(paid) => self.paid_as_recorded(
                    shadow,
                    &Payment {
                        recorded: paid,
                        ..payment
                    },
                    &named,
                ),
                None => Ok(()),
            };
        }
        self.counts.decided = self.counts.decided.saturating_add(1);
        let order = self.final_order(shadow, (e, institution), paid)?;
        if order.beneficiaries.is_empty() {
            return Ok(());
        }
        let beneficiaries = order.beneficiaries.clone();
        self.confirm_in_flight(shadow, recorded, (e.class, &beneficiaries))?;
        let body = CommandBody::OrderDisbursement(order);
        match self.carry_out(shadow, Moment::of(recorded), body)? {
            Ok(()) => self.leave(e.class, &beneficiaries),
            Err(refusal) => {
                for person in named {
                    note(shadow, &payment, person, refusal.clone())?;
                }
            }
        }
        Ok(())
    }

    /// The final order for a project class: it names whoever is a beneficiary in the shadow.
    fn final_order<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        (e, institution): (&ProjectSettled, crate::CreditCode),
        paid: Option<&RecordedEvent>,
    ) -> Result<OrderDisbursement, S::Error> {
        let mut beneficiaries: Vec<_> = e.lines.iter().map(|line| line.person).collect();
        beneficiaries.extend(self.waiting(e.class, &beneficiaries));
        self.load(shadow, |context, keys| {
            let persons = beneficiaries.iter().copied().map(crate::EntityKey::Person);
            keys.extend(persons.filter(|key| !context.is_loaded(key)));
        })?;
        let context = shadow.context();
        beneficiaries.retain(|person| {
            let person = context.persons.get(person);
            let place = person.and_then(|person| person.enrolment(e.class));
            place.is_some_and(|place| place.is_beneficiary())
        });
        let ordered = paid.and_then(|paid| match &paid.event.body {
            EventBody::DisbursementOrdered(ordered) => Some(ordered),
            _ => None,
        });
        Ok(OrderDisbursement {
            disbursement: ordered.map_or_else(
                || never_ordered(e.class.as_bytes(), paid.map(|paid| paid.position)),
                |ordered| ordered.disbursement,
            ),
            class: e.class,
            stage: DisbursementStage::Final,
            payee: ordered.map_or(Payee::Institution(institution), |ordered| ordered.payee),
            beneficiaries,
            fund: None,
        })
    }

    /// Lets the bank confirm what the shadow alone has ordered for places of a class: no record
    /// says when that would have arrived, and of what is on record nothing is with the bank any
    /// more when the class is settled.
    fn confirm_in_flight<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        recorded: &RecordedEvent,
        (class, persons): (ClassId, &[PersonKey]),
    ) -> Result<(), S::Error> {
        let context = shadow.context();
        let places = persons.iter().filter_map(|person| {
            let person = context.persons.get(person)?;
            person.enrolment(class)
        });
        let open = places.flat_map(|place| &place.payments);
        let open = open.filter(|payment| payment.settled.is_none());
        let open: BTreeSet<_> = open.map(|payment| payment.disbursement).collect();
        for disbursement in open {
            let settle = commands::settle(disbursement, &self.no_reference);
            let _confirmed: Carried = self.carry_out(shadow, Moment::of(recorded), settle)?;
        }
        Ok(())
    }

    fn paid_as_recorded<S: ShadowState>(
        &mut self,
        shadow: &mut S,
        payment: &Payment<'_>,
        named: &[PersonKey],
    ) -> Result<(), S::Error> {
        if !self.as_recorded(shadow, payment.recorded)? {
            for person in named {
                let refusal = Refusal::new(Reason::InsufficientFunds);
                note(shadow, payment, *person, refusal)?;
            }
        }
        Ok(())
    }

    /// Whether a payment is decided anew: it lies in the scope, or it follows, after the last day
    /// of the scope, from something that does.
    fn concerns(&self, context: &Context, payment: &Payment<'_>, named: &[PersonKey]) -> bool {
        let on = payment.recorded.event.occurred_on;
        let scope = &self.scope;
        if !scope.holds_division(payment.division) {
            return false;
        }
        if scope.holds_date(on) || self.follows_in(context, payment.class, on) {
            return true;
        }
        let of = |person: &PersonKey| {
            let person = context.persons.get(person);
            let place = person.and_then(|person| person.enrolment(payment.class));
            place.and_then(|place| place.approval)
        };
        scope.begun(on)
            && named.iter().any(|person| match of(person) {
                Some(approval) => scope.holds_date(approval.on),
                None => payment.stage != DisbursementStage::Advance,
            })
    }

    /// Whether what happens in a class on a day follows from the approval of the class under the
    /// draft.
    pub(super) fn follows<S: ShadowState>(
        &self,
        shadow: &mut S,
        class: ClassId,
        on: BusinessDate,
    ) -> bool {
        self.follows_in(shadow.context(), class, on)
    }

    fn follows_in(&self, context: &Context, class: ClassId, on: BusinessDate) -> bool {
        let class = context.classes.get(&class);
        self.scope.begun(on) && class.is_none_or(|class| self.scope.holds_date(class.approved.on))
    }

    /// Persons of a class whom the draft alone approves, beside those named.
    pub(super) fn waiting(&self, class: ClassId, named: &[PersonKey]) -> Vec<PersonKey> {
        let waiting = self.joined.get(&class).into_iter().flatten();
        let others = waiting.filter(|person| !named.contains(person));
        others.copied().collect()
    }

    pub(super) fn leave(&mut self, class: ClassId, paid: &[PersonKey]) {
        if let Some(waiting) = self.joined.get_mut(&class) {
            let before = waiting.len();
            waiting.retain(|person| !paid.contains(person));
            let gone = before.saturating_sub(waiting.len());
            self.joined_count = self.joined_count.saturating_sub(gone);
        }
    }
}

/// A payment for a class.
#[derive(Debug, Clone, Copy)]
struct Payment<'a> {
    class: ClassId,
    stage: DisbursementStage,
    division: crate::Division,
    recorded: &'a RecordedEvent,
}

impl Why {
    pub(super) fn payment(recorded: &RecordedEvent, refusal: Refusal) -> Self {
        Self {
            position: recorded.position,
            stage: Stage::Payment,
            refusal,
        }
    }
}

/// Whether an event is the payment that a settlement decided at once.
pub(super) fn belongs_to(next: &RecordedEvent, settled: &RecordedEvent) -> bool {
    match (&next.event.body, &settled.event.body) {
        (EventBody::DisbursementOrdered(ordered), EventBody::ProjectSettled(project)) => {
            next.position == settled.position.next()
                && ordered.stage == DisbursementStage::Final
                && ordered.subject == Subject::Class(project.class)
        }
        _ => false,
    }
}

/// Notes why a beneficiary is not paid, unless there is no approval to pay: then what was noted
/// about that says why.
fn note<S: ShadowState>(
    shadow: &mut S,
    payment: &Payment<'_>,
    person: PersonKey,
    refusal: Refusal,
) -> Result<(), S::Error> {
    let context = shadow.context();
    let place = context.persons.get(&person);
    let place = place.and_then(|person| person.enrolment(payment.class));
    let approved = place.is_some_and(|place| place.approval.is_some());
    let known = context.classes.get(&payment.class).is_some();
    if !known || !(approved || payment.stage == DisbursementStage::Advance) {
        return Ok(());
    }
    let why = Why::payment(payment.recorded, refusal);
    shadow.note(About::Place(payment.class, person), why)
}

/// The identifier of a payment that only the shadow makes: the first 16 bytes of the SHA-256 over
/// an identifier and a position that belong to it. It leaves those of the record to the record:
/// what was refused under one may have been ordered under the same one later.
pub(super) fn never_ordered(of: &[u8; 16], position: Option<Position>) -> DisbursementId {
    let mut hash = Sha256::new();
    hash.update(of);
    hash.update(position.unwrap_or_default().get().to_be_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut id = [0; 16];
    id.iter_mut()
        .zip(digest)
        .for_each(|(byte, from)| *byte = from);
    DisbursementId::from_bytes(id)
}
