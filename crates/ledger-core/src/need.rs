//! Which entities a command or an event needs: names them, by what is loaded already.

use crate::command::{ApproveAward, Debt};
use crate::context::{Context, EntityKey, award_register_key};
use crate::entity::{Award, Certificate, Class, Disbursement, Person};
use crate::event::{OrderRaisedBy, Payee, RecordedEvent, Subject};
use crate::{
    AccountKey, AwardId, CaseId, CertificateNumber, ClassId, ClawbackId, CreditCode,
    DisbursementId, Division, OrderId, PersonKey, Position, SchemeId,
};

/// Collects the keys of entities.
pub(crate) struct Need<'a> {
    context: &'a Context,
    keys: &'a mut Vec<EntityKey>,
    /// Positions of events on record; only a command needs any.
    events: Option<&'a mut Vec<Position>>,
    /// Collects loaded keys as well.
    loaded_too: bool,
}

impl<'a> Need<'a> {
    /// Collects what is not loaded yet.
    pub(crate) fn missing(context: &'a Context, keys: &'a mut Vec<EntityKey>) -> Self {
        Self {
            context,
            keys,
            events: None,
            loaded_too: false,
        }
    }

    /// Collects the events on record that are not loaded yet, with the entities.
    pub(crate) fn missing_events(
        context: &'a Context,
        keys: &'a mut Vec<EntityKey>,
        events: &'a mut Vec<Position>,
    ) -> Self {
        Self {
            context,
            keys,
            events: Some(events),
            loaded_too: false,
        }
    }

    /// Collects everything that is named.
    pub(crate) fn all(context: &'a Context, keys: &'a mut Vec<EntityKey>) -> Self {
        Self {
            context,
            keys,
            events: None,
            loaded_too: true,
        }
    }

    /// The state that is loaded so far.
    pub(crate) fn context(&self) -> &'a Context {
        self.context
    }

    fn key(&mut self, key: EntityKey) {
        if self.loaded_too || !self.context.is_loaded(&key) {
            self.keys.push(key);
        }
    }

    /// An event on record; none where the position is not taken yet.
    pub(crate) fn event(&mut self, position: Position) -> Option<&'a RecordedEvent> {
        let context = self.context;
        if !context.is_taken(position) {
            return None;
        }
        if context.events.is_loaded(&position) {
            return context.events.get(&position);
        }
        if let Some(events) = &mut self.events {
            events.push(position);
        }
        None
    }

    pub(crate) fn person(&mut self, person: PersonKey) {
        self.key(EntityKey::Person(person));
    }

    pub(crate) fn person_value(&mut self, person: PersonKey) -> Option<&'a Person> {
        self.person(person);
        if self.context.persons.is_loaded(&person) {
            self.context.persons.get(&person)
        } else {
            None
        }
    }

    pub(crate) fn class(&mut self, class: ClassId) {
        self.key(EntityKey::Class(class));
    }

    pub(crate) fn institution(&mut self, institution: CreditCode) {
        self.key(EntityKey::Institution(institution));
    }

    pub(crate) fn certificate(&mut self, number: CertificateNumber) {
        self.key(EntityKey::Certificate(number));
    }

    pub(crate) fn account(&mut self, account: AccountKey) {
        self.key(EntityKey::Account(account));
    }

    pub(crate) fn disbursement(&mut self, disbursement: DisbursementId) {
        self.key(EntityKey::Disbursement(disbursement));
    }

    pub(crate) fn case(&mut self, case: CaseId) {
        self.key(EntityKey::Case(case));
    }

    pub(crate) fn award(&mut self, award: AwardId) {
        self.key(EntityKey::Award(award));
    }

    pub(crate) fn order(&mut self, order: OrderId) {
        self.key(EntityKey::Order(order));
    }

    pub(crate) fn order_and_class(&mut self, order: OrderId) {
        self.order(order);
        if self.context.orders.is_loaded(&order)
            && let Some(order) = self.context.orders.get(&order)
            && let Some(class) = order.class
        {
            self.class(class);
        }
    }

    pub(crate) fn register(&mut self, scheme: &SchemeId, division: Division) {
        self.key(EntityKey::AwardRegister(award_register_key(
            scheme, division,
        )));
    }

    /// The class; or the award, with the person who receives it and remembers it.
    pub(crate) fn subject(&mut self, subject: Subject) {
        match subject {
            Subject::Class(class) => self.class(class),
            Subject::Award(award) => {
                if let Some(award) = self.award_value(award) {
                    self.honoured(award.recipient);
                }
            }
        }
    }

    pub(crate) fn payee(&mut self, payee: Payee) {
        match payee {
            Payee::Person(person) | Payee::Master(person) => self.person(person),
            Payee::Institution(body) | Payee::Employer(body) => self.institution(body),
        }
    }

    /// The payee of an event, who remembers it; a body's events are in the index.
    pub(crate) fn honoured(&mut self, recipient: Payee) {
        if let Some(person) = recipient.person() {
            self.person(person);
        }
    }

    pub(crate) fn raised_by(&mut self, raised_by: OrderRaisedBy) {
        match raised_by {
            OrderRaisedBy::Person(person) => self.person(person),
            OrderRaisedBy::Enterprise(enterprise) => self.institution(enterprise),
        }
    }

    /// The register of the award's scheme and of every scheme that excludes it in any document.
    pub(crate) fn new_award(&mut self, c: &ApproveAward) {
        self.award(c.award);
        self.register(&c.scheme, c.division);
        for published in self.context.policies.published() {
            for (scheme, _) in published.policy.exclusive_awards(&c.scheme) {
                self.register(scheme, c.division);
            }
        }
        self.payee(c.recipient);
        for part in &c.parts {
            self.account(AccountKey {
                division: part.division,
                fund: part.fund,
            });
        }
    }

    pub(crate) fn award_and_register(&mut self, award: AwardId) {
        if let Some(award) = self.award_value(award) {
            self.register(&award.scheme, award.division);
            self.honoured(award.recipient);
        }
    }

    pub(crate) fn award_value(&mut self, award: AwardId) -> Option<&'a Award> {
        self.award(award);
        if self.context.awards.is_loaded(&award) {
            self.context.awards.get(&award)
        } else {
            None
        }
    }

    /// The class, and the person whom the objection is about.
    pub(crate) fn objection(&mut self, class: ClassId, objection: Position) {
        let publicity = self
            .class_value(class)
            .and_then(|class| class.publicity.as_ref());
        let person = publicity
            .and_then(|publicity| {
                let mut objections = publicity.objections.iter();
                objections.find(|raised| raised.position == objection)
            })
            .and_then(|raised| raised.person);
        if let Some(person) = person {
            self.person(person);
        }
    }

    pub(crate) fn clawback(&mut self, clawback: ClawbackId) {
        self.key(EntityKey::Clawback(clawback));
    }

    pub(crate) fn place(&mut self, class: ClassId, person: PersonKey) {
        self.class(class);
        self.person(person);
    }

    pub(crate) fn class_value(&mut self, class: ClassId) -> Option<&'a Class> {
        self.class(class);
        if self.context.classes.is_loaded(&class) {
            self.context.classes.get(&class)
        } else {
            None
        }
    }

    pub(crate) fn class_and_institution(&mut self, class: ClassId) {
        if let Some(class) = self.class_value(class) {
            self.institution(class.institution);
        }
    }

    pub(crate) fn certificate_value(
        &mut self,
        number: CertificateNumber,
    ) -> Option<&'a Certificate> {
        self.certificate(number);
        if self.context.certificates.is_loaded(&number) {
            self.context.certificates.get(&number)
        } else {
            None
        }
    }

    pub(crate) fn disbursement_value(&mut self, id: DisbursementId) -> Option<&'a Disbursement> {
        self.disbursement(id);
        if self.context.disbursements.is_loaded(&id) {
            self.context.disbursements.get(&id)
        } else {
            None
        }
    }

    pub(crate) fn whole_disbursement(&mut self, id: DisbursementId) {
        if let Some(disbursement) = self.disbursement_value(id) {
            self.subject(disbursement.subject);
            self.account(disbursement.account);
            self.honoured(disbursement.payee);
            for line in &disbursement.lines {
                self.person(line.beneficiary);
            }
        }
    }

    pub(crate) fn debt(&mut self, debt: Debt) {
        match debt {
            Debt::Clawback(clawback) => {
                self.clawback(clawback);
                if self.context.clawbacks.is_loaded(&clawback)
                    && let Some(clawback) = self.context.clawbacks.get(&clawback)
                {
                    self.account(clawback.account);
                    self.case(clawback.case);
                    self.honoured(clawback.debtor);
                }
            }
            Debt::ExcessAdvance(class) => {
                if let Some(class) = self.class_value(class) {
                    self.account(class.account);
                }
            }
        }
    }
}
