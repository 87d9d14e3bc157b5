//! Which entities a command or an event needs: names them, by what is loaded already.

use crate::command::{ApproveAward, Debt};
use crate::context::{Context, award_register_key};
use crate::entities::{EntityKey, Identifies, InTable};
use crate::entity::{Award, Certificate, Class, Disbursement, Person};
use crate::event::{OrderRaisedBy, Payee, RecordedEvent, Subject};
use crate::{
    AccountKey, AwardId, AwardRegisterKey, CaseId, CertificateNumber, ClassId, ClawbackId,
    CreditCode, DisbursementId, Division, OrderId, PersonKey, Position, SchemeId, each_entity,
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

macro_rules! named {
    ($(
        $number:literal $name:ident($key:ident) as $one:ident in $many:ident:
        $english:literal, $chinese:literal;
    )+) => {
        impl Need<'_> {
            $(
                pub(crate) fn $one(&mut self, key: $key) {
                    self.key(EntityKey::$name(key));
                }
            )+
        }
    };
}

each_entity!(named);

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

    pub(crate) fn person_value(&mut self, person: PersonKey) -> Option<&'a Person> {
        self.value(person)
    }

    /// The entity, or `None` while it is not loaded and where it does not exist.
    fn value<K: Identifies>(&mut self, key: K) -> Option<&'a K::Entity> {
        self.key(key.into());
        let table = K::Entity::table(self.context);
        if table.is_loaded(&key) {
            table.get(&key)
        } else {
            None
        }
    }

    pub(crate) fn order_and_class(&mut self, order: OrderId) {
        if let Some(order) = self.value(order)
            && let Some(class) = order.class
        {
            self.class(class);
        }
    }

    pub(crate) fn register(&mut self, scheme: &SchemeId, division: Division) {
        self.award_register(award_register_key(scheme, division));
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
        self.value(award)
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

    pub(crate) fn place(&mut self, class: ClassId, person: PersonKey) {
        self.class(class);
        self.person(person);
    }

    pub(crate) fn class_value(&mut self, class: ClassId) -> Option<&'a Class> {
        self.value(class)
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
        self.value(number)
    }

    pub(crate) fn disbursement_value(&mut self, id: DisbursementId) -> Option<&'a Disbursement> {
        self.value(id)
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
                if let Some(clawback) = self.value(clawback) {
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
