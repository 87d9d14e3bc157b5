//! What an event is found by: one list for deciding, loading, timelines and the search.
//!
//! Each kind names its keys once, in [`EventPayload::found_by`](crate::apply::EventPayload). The
//! tags that an event carries are these keys as they stood when it was decided; events on record
//! keep theirs, whatever a later version would name.

use crate::apply::EventPayload;
use crate::context::{Context, Table};
use crate::entity::{
    Award, Case, Certificate, Class, Clawback, Disbursement, Institution, Order, Person,
};
use crate::event::{Event, EventBody, OrderRaisedBy, Payee, Subject, Tag};
use crate::policy::book::PolicyBook;
use crate::{
    AccountKey, AwardId, CaseId, CertificateNumber, ClassId, ClawbackId, CreditCode,
    DisbursementId, Division, OrderId, PersonKey, Position,
};
use std::hash::Hash;

/// One key by which an event is found.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Key {
    /// The event carries it.
    Tag(Tag),
    /// One of the persons whom the body lists. There may be thousands, so that the event carries
    /// no tag of them; the timeline of each leads to it.
    Listed(PersonKey),
}

impl Key {
    pub(crate) fn person(self) -> Option<PersonKey> {
        match self {
            Self::Tag(Tag::Person(person)) | Self::Listed(person) => Some(person),
            Self::Tag(_) => None,
        }
    }
}

/// Calls `visit` with everything that an event is found by: what it carries
/// ([`Event::each_carried`]), and everybody whose timeline leads to it. A key may come twice.
///
/// Whatever [`missing_for_event`](crate::missing_for_event) names must be loaded.
pub fn found_by(context: &Context, event: &Event, visit: &mut dyn FnMut(Tag)) {
    event.each_carried(&mut *visit);
    each_person(Leads::of(context), event.body.payload(), &mut |person| {
        visit(Tag::Person(person));
    });
}

impl Event {
    /// Calls `visit` with what the event carries: its tags, and the account and the ledger account
    /// of each posting. A key may come twice.
    pub fn each_carried(&self, mut visit: impl FnMut(Tag)) {
        self.tags.iter().copied().for_each(&mut visit);
        for posting in &self.postings {
            visit(Tag::Account(posting.account.holder));
            visit(Tag::LedgerAccount(posting.account));
        }
    }
}

/// Calls `visit` with everybody by whose key the event is found. Somebody may come twice.
pub(crate) fn each_person(
    leads: Leads<'_>,
    payload: &dyn EventPayload,
    visit: &mut dyn FnMut(PersonKey),
) {
    let found = &mut |key: Key| key.person().into_iter().for_each(&mut *visit);
    payload.found_by(&mut Keys { leads, found });
}

/// The tags that a newly decided event carries.
///
/// # Panics
///
/// When an entity that leads to a key was not loaded: deciding has looked at it.
pub(crate) fn tags(context: &Context, body: &EventBody) -> Vec<Tag> {
    let mut tags = Vec::new();
    let leads = Leads {
        unloaded: Unloaded::Broken,
        ..Leads::of(context)
    };
    let found = &mut |key| match key {
        Key::Tag(tag) => tags.push(tag),
        Key::Listed(_) => {}
    };
    body.payload().found_by(&mut Keys { leads, found });
    tags
}

/// What an entity that is not loaded means.
#[derive(Debug, Clone, Copy)]
enum Unloaded {
    /// It leads to nothing yet: the caller loads it and asks again.
    LeadsNowhere,
    /// A broken invariant.
    Broken,
}

/// The entities through which an event leads to keys that it does not name itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leads<'a> {
    policies: &'a PolicyBook,
    classes: &'a Table<ClassId, Class>,
    institutions: &'a Table<CreditCode, Institution>,
    certificates: &'a Table<CertificateNumber, Certificate>,
    disbursements: &'a Table<DisbursementId, Disbursement>,
    cases: &'a Table<CaseId, Case>,
    clawbacks: &'a Table<ClawbackId, Clawback>,
    awards: &'a Table<AwardId, Award>,
    orders: &'a Table<OrderId, Order>,
    unloaded: Unloaded,
}

// Two borrows of one context: a function would borrow all of it.
macro_rules! all_but_persons {
    ($context:ident) => {
        Leads {
            policies: &$context.policies,
            classes: &$context.classes,
            institutions: &$context.institutions,
            certificates: &$context.certificates,
            disbursements: &$context.disbursements,
            cases: &$context.cases,
            clawbacks: &$context.clawbacks,
            awards: &$context.awards,
            orders: &$context.orders,
            unloaded: Unloaded::LeadsNowhere,
        }
    };
}

impl<'a> Leads<'a> {
    pub(crate) fn of(context: &'a Context) -> Self {
        all_but_persons!(context)
    }

    /// The persons, to be changed, beside all that leads to them.
    pub(crate) fn beside_persons(
        context: &'a mut Context,
    ) -> (&'a mut Table<PersonKey, Person>, Self) {
        (&mut context.persons, all_but_persons!(context))
    }

    fn get<K: Eq + Hash + Copy, V>(self, table: &'a Table<K, V>, key: &K) -> Option<&'a V> {
        match self.unloaded {
            Unloaded::LeadsNowhere if !table.is_loaded(key) => None,
            Unloaded::LeadsNowhere | Unloaded::Broken => table.get(key),
        }
    }
}

/// Takes the keys of one event, in the order in which the event carries them.
pub(crate) struct Keys<'a> {
    leads: Leads<'a>,
    found: &'a mut dyn FnMut(Key),
}

impl<'a> Keys<'a> {
    fn tag(&mut self, tag: Tag) {
        (self.found)(Key::Tag(tag));
    }

    /// One of many whom the body lists.
    pub(crate) fn listed(&mut self, person: PersonKey) {
        (self.found)(Key::Listed(person));
    }

    pub(crate) fn person(&mut self, person: PersonKey) {
        self.tag(Tag::Person(person));
    }

    pub(crate) fn institution(&mut self, institution: CreditCode) {
        self.tag(Tag::Institution(institution));
    }

    pub(crate) fn division(&mut self, division: Division) {
        self.tag(Tag::Division(division));
    }

    pub(crate) fn certificate(&mut self, number: CertificateNumber) {
        self.tag(Tag::Certificate(number));
    }

    pub(crate) fn account(&mut self, account: AccountKey) {
        self.tag(Tag::Account(account));
    }

    pub(crate) fn disbursement(&mut self, disbursement: DisbursementId) {
        self.tag(Tag::Disbursement(disbursement));
    }

    pub(crate) fn case(&mut self, case: CaseId) {
        self.tag(Tag::Case(case));
    }

    pub(crate) fn clawback(&mut self, clawback: ClawbackId) {
        self.tag(Tag::Clawback(clawback));
    }

    /// The division of the document that was published at a position.
    pub(crate) fn document(&mut self, published: Position) {
        if let Some(published) = self.leads.policies.at(published) {
            self.division(published.policy.division);
        }
    }

    /// A body and where it is registered.
    pub(crate) fn registered(&mut self, institution: CreditCode) {
        self.institution(institution);
        let leads = self.leads;
        if let Some(institution) = leads.get(leads.institutions, &institution) {
            self.division(institution.division);
        }
    }

    /// A class with the body that holds it, which is given back, and its division.
    pub(crate) fn class(&mut self, id: ClassId) -> Option<CreditCode> {
        self.tag(Tag::Class(id));
        let leads = self.leads;
        let class = leads.get(leads.classes, &id)?;
        self.institution(class.institution);
        self.division(class.account.division);
        Some(class.institution)
    }

    /// A class that is approved with this event: it is not there yet.
    pub(crate) fn approved(&mut self, id: ClassId, institution: CreditCode, division: Division) {
        self.tag(Tag::Class(id));
        self.institution(institution);
        self.division(division);
    }

    /// The account that pays for a class.
    pub(crate) fn account_of(&mut self, id: ClassId) {
        let leads = self.leads;
        if let Some(class) = leads.get(leads.classes, &id) {
            self.account(class.account);
        }
    }

    /// A person's place in a class; gives back the body that holds the class.
    pub(crate) fn place(&mut self, class: ClassId, person: PersonKey) -> Option<CreditCode> {
        self.person(person);
        self.class(class)
    }

    /// A second body beside the one that holds the class.
    pub(crate) fn beside(&mut self, holder: Option<CreditCode>, other: CreditCode) {
        if holder != Some(other) {
            self.institution(other);
        }
    }

    /// The body that issued a certificate, beside the one that holds the class.
    pub(crate) fn evaluator(&mut self, holder: Option<CreditCode>, number: CertificateNumber) {
        let leads = self.leads;
        if let Some(certificate) = leads.get(leads.certificates, &number) {
            self.beside(holder, certificate.evaluator);
        }
    }

    /// Whoever is paid, receives an award, or owes.
    pub(crate) fn payee(&mut self, payee: Payee) {
        match payee {
            Payee::Person(person) | Payee::Master(person) => self.person(person),
            Payee::Institution(body) | Payee::Employer(body) => self.institution(body),
        }
    }

    pub(crate) fn award(&mut self, id: AwardId, division: Division, recipient: Payee) {
        self.tag(Tag::Award(id));
        self.division(division);
        self.payee(recipient);
    }

    /// An award on record, with where it was awarded and who receives it.
    pub(crate) fn awarded(&mut self, id: AwardId) {
        let leads = self.leads;
        match leads.get(leads.awards, &id) {
            Some(award) => self.award(id, award.division, award.recipient),
            None => self.tag(Tag::Award(id)),
        }
    }

    /// What a payment or a clawback is about, the division that pays, and who is paid or owes. The
    /// body that holds the class is named once.
    pub(crate) fn paid_for(&mut self, subject: Subject, division: Division, payee: Payee) {
        match subject {
            Subject::Class(class) => {
                let holder = self.class(class);
                match payee {
                    Payee::Institution(body) => self.beside(holder, body),
                    Payee::Person(_) | Payee::Employer(_) | Payee::Master(_) => self.payee(payee),
                }
            }
            Subject::Award(award) => self.award(award, division, payee),
        }
    }

    /// A payment on record, with all for whom it was ordered.
    pub(crate) fn paid(&mut self, id: DisbursementId) {
        self.disbursement(id);
        let leads = self.leads;
        if let Some(paid) = leads.get(leads.disbursements, &id) {
            self.paid_for(paid.subject, paid.account.division, paid.payee);
            let lines = paid.lines.iter();
            lines.for_each(|line| self.listed(line.beneficiary));
        }
    }

    /// A case on record, with the body that it is about.
    pub(crate) fn case_opened(&mut self, id: CaseId) {
        self.case(id);
        let leads = self.leads;
        let case = leads.get(leads.cases, &id);
        let institution = case.and_then(|case| case.institution);
        institution.into_iter().for_each(|it| self.institution(it));
    }

    /// A clawback on record, with what it is about and who owes it.
    pub(crate) fn owed(&mut self, id: ClawbackId) {
        let leads = self.leads;
        let Some(clawback) = leads.get(leads.clawbacks, &id) else {
            return self.clawback(id);
        };
        self.tag(match clawback.subject {
            Subject::Class(class) => Tag::Class(class),
            Subject::Award(award) => Tag::Award(award),
        });
        self.division(clawback.account.division);
        self.clawback(id);
        self.case(clawback.case);
        self.payee(clawback.debtor);
    }

    /// A class whose body owes what it was advanced too much.
    pub(crate) fn owing_class(&mut self, id: ClassId) {
        self.tag(Tag::Class(id));
        let leads = self.leads;
        if let Some(class) = leads.get(leads.classes, &id) {
            self.division(class.account.division);
            self.institution(class.institution);
        }
    }

    pub(crate) fn order(&mut self, id: OrderId, division: Division) {
        self.tag(Tag::Order(id));
        self.division(division);
    }

    /// An order on record, which is given back.
    pub(crate) fn raised(&mut self, id: OrderId) -> Option<&'a Order> {
        let leads = self.leads;
        let Some(order) = leads.get(leads.orders, &id) else {
            self.tag(Tag::Order(id));
            return None;
        };
        self.order(id, order.division);
        Some(order)
    }

    /// An order on record, with the body that has accepted it, if any.
    pub(crate) fn accepted(&mut self, id: OrderId) {
        let accepted = self.raised(id).and_then(|order| order.accepted);
        if let Some((body, _)) = accepted {
            self.institution(body);
        }
    }

    pub(crate) fn raiser(&mut self, raised_by: OrderRaisedBy) {
        match raised_by {
            OrderRaisedBy::Person(person) => self.person(person),
            OrderRaisedBy::Enterprise(enterprise) => self.institution(enterprise),
        }
    }
}
