//! The loaded part of the state: what `decide` looks at and `apply` changes.
//!
//! A command names some of the entities it needs and leads to others; [`missing`] says which are
//! still to be loaded, and is asked again until it has nothing to add. Looking at an entity that
//! was not loaded is a broken invariant and stops the process: it would read as "does not exist".

use crate::command::{ApproveAward, Command, CommandBody, Debt};
use crate::entity::{
    Account, Award, AwardRegister, Case, Certificate, Class, Clawback, Disbursement, Institution,
    Order, Person,
};
use crate::event::{
    AccountOpened, AgencyContractRecorded, AssessmentRecorded, AttendanceRecorded, AwardRevoked,
    CaseClosed, CaseOpened, CertificateVerified, ClaimSubmitted, ClassClosed, ClassOpened,
    DisbursementSettled, EmploymentWithdrawn, EnrolmentWithdrawn, Event, EventBody, FundsAccrued,
    FundsTransferred, ObjectionRaised, ObjectionResolved, OrderAccepted, OrderCancelled,
    OrderListed, OrderPurchased, OrderRaisedBy, OrderSelected, Payee, PersonEnrolled,
    PersonRegistered, PersonStatusEnded, PublicityClosed, PublicityOpened, RepaymentReceived,
    Subject, TrainingCompleted,
};
use crate::policy::PolicyBook;
use crate::{
    AccountKey, AwardId, AwardRegisterKey, CaseId, CertificateNumber, ClassId, ClawbackId,
    CreditCode, DisbursementId, Division, OrderId, PersonKey, Position, RecordedTime, SchemeId,
};
use sha2::{Digest, Sha256};
use std::hash::Hash;

// Looked up by key only; nothing ever depends on its order. The standard hash was a large part of
// what the writer and the rebuild cost.
type Map<K, V> = hashbrown::HashMap<K, V>;

/// The key of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "each variant is the key of the entity of that name"
)]
pub enum EntityKey {
    Person(PersonKey),
    Class(ClassId),
    Institution(CreditCode),
    Certificate(CertificateNumber),
    Account(AccountKey),
    Disbursement(DisbursementId),
    Case(CaseId),
    Clawback(ClawbackId),
    Award(AwardId),
    AwardRegister(AwardRegisterKey),
    Order(OrderId),
}

/// An entity, owned: what a store loads and writes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant holds the entity of that name")]
#[expect(
    clippy::large_enum_variant,
    reason = "an entity is moved a few times between store and context; a box per class costs more"
)]
pub enum Entity {
    Person(Person),
    Class(Class),
    Institution(Institution),
    Certificate(Certificate),
    Account(Account),
    Disbursement(Disbursement),
    Case(Case),
    Clawback(Clawback),
    Award(Award),
    AwardRegister(AwardRegister),
    Order(Order),
}

/// The loaded entities of one kind. A loaded key without a value is known not to exist.
#[derive(Debug, Clone)]
pub struct Table<K, V> {
    loaded: Map<K, Option<V>>,
}

/// The loaded state.
#[derive(Debug, Clone)]
pub struct Context {
    /// Position that the next event will have.
    pub next_position: Position,
    /// Recorded time of the last applied event; the clock of the log never runs backwards.
    pub recorded_at: RecordedTime,
    /// Every published policy.
    pub policies: PolicyBook,
    /// Loaded persons.
    pub persons: Table<PersonKey, Person>,
    /// Loaded classes.
    pub classes: Table<ClassId, Class>,
    /// Loaded institutions.
    pub institutions: Table<CreditCode, Institution>,
    /// Loaded certificates.
    pub certificates: Table<CertificateNumber, Certificate>,
    /// Loaded accounts.
    pub accounts: Table<AccountKey, Account>,
    /// Loaded disbursements.
    pub disbursements: Table<DisbursementId, Disbursement>,
    /// Loaded cases.
    pub cases: Table<CaseId, Case>,
    /// Loaded clawbacks.
    pub clawbacks: Table<ClawbackId, Clawback>,
    /// Loaded awards.
    pub awards: Table<AwardId, Award>,
    /// Loaded registers of awards.
    pub award_registers: Table<AwardRegisterKey, AwardRegister>,
    /// Loaded orders.
    pub orders: Table<OrderId, Order>,
}

impl<K: Eq + Hash + Copy, V> Default for Table<K, V> {
    fn default() -> Self {
        Self {
            loaded: Map::default(),
        }
    }
}

impl<K: Eq + Hash + Copy, V> Table<K, V> {
    /// The entity, or `None` when it does not exist.
    ///
    /// # Panics
    ///
    /// When the key was never loaded: the caller of `decide` broke its contract.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        let slot = self.loaded.get(key);
        assert!(
            slot.is_some(),
            "an entity was looked up that was not loaded"
        );
        slot.and_then(Option::as_ref)
    }

    /// The entity, to be changed by `apply`.
    ///
    /// # Panics
    ///
    /// As [`Table::get`].
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let slot = self.loaded.get_mut(key);
        assert!(slot.is_some(), "an entity was changed that was not loaded");
        slot.and_then(Option::as_mut)
    }

    /// Whether the key was loaded (with or without a value).
    #[must_use]
    pub fn is_loaded(&self, key: &K) -> bool {
        self.loaded.contains_key(key)
    }

    /// Puts the entity, or the knowledge that there is none; returns what was loaded before.
    pub fn put(&mut self, key: K, value: Option<V>) -> Option<Option<V>> {
        self.loaded.insert(key, value)
    }

    /// Forgets the key; returns what was loaded.
    pub fn take(&mut self, key: &K) -> Option<Option<V>> {
        self.loaded.remove(key)
    }

    /// How many keys are loaded.
    #[must_use]
    pub fn len(&self) -> usize {
        self.loaded.len()
    }

    /// Whether nothing is loaded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.loaded.is_empty()
    }
}

impl Default for Context {
    /// The state before the first event, with nothing loaded.
    fn default() -> Self {
        Self {
            next_position: Position::FIRST,
            recorded_at: RecordedTime::from_micros(0),
            policies: PolicyBook::default(),
            persons: Table::default(),
            classes: Table::default(),
            institutions: Table::default(),
            certificates: Table::default(),
            accounts: Table::default(),
            disbursements: Table::default(),
            cases: Table::default(),
            clawbacks: Table::default(),
            awards: Table::default(),
            award_registers: Table::default(),
            orders: Table::default(),
        }
    }
}

macro_rules! each_table {
    ($($variant:ident => $table:ident),+ $(,)?) => {
        impl Context {
            /// Whether the entity was loaded (or is known not to exist).
            #[must_use]
            pub fn is_loaded(&self, key: &EntityKey) -> bool {
                match key { $( EntityKey::$variant(key) => self.$table.is_loaded(key), )+ }
            }

            /// Puts a loaded entity, or the knowledge that there is none.
            ///
            /// # Panics
            ///
            /// When the entity is not of the key's kind.
            pub fn put(&mut self, key: EntityKey, entity: Option<Entity>) {
                match (key, entity) {
                    $( (EntityKey::$variant(key), Some(Entity::$variant(entity))) => {
                        self.$table.put(key, Some(entity));
                    } )+
                    $( (EntityKey::$variant(key), None) => {
                        self.$table.put(key, None);
                    } )+
                    _ => unreachable!("the entity is not of the kind of its key"),
                }
            }

            /// Forgets an entity; returns it when it was loaded and exists.
            pub fn take(&mut self, key: &EntityKey) -> Option<Entity> {
                match key {
                    $( EntityKey::$variant(key) => {
                        self.$table.take(key).flatten().map(Entity::$variant)
                    } )+
                }
            }

            /// A copy of an entity, `None` when it does not exist.
            #[must_use]
            pub fn copy(&self, key: &EntityKey) -> Option<Entity> {
                match key {
                    $( EntityKey::$variant(key) => {
                        self.$table.get(key).cloned().map(Entity::$variant)
                    } )+
                }
            }
        }
    };
}

each_table! {
    Person => persons,
    Class => classes,
    Institution => institutions,
    Certificate => certificates,
    Account => accounts,
    Disbursement => disbursements,
    Case => cases,
    Clawback => clawbacks,
    Award => awards,
    AwardRegister => award_registers,
    Order => orders,
}

/// The key of the register of a scheme's awards in the province of `division`: the first 16 bytes
/// of the SHA-256 over the province's code (4 bytes, big-endian) and the scheme's name.
#[must_use]
pub fn award_register_key(scheme: &SchemeId, division: Division) -> AwardRegisterKey {
    let mut hash = Sha256::new();
    hash.update(division.province().code().to_be_bytes());
    hash.update(scheme.as_str().as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut key = [0; 16];
    key.iter_mut()
        .zip(digest)
        .for_each(|(byte, from)| *byte = from);
    AwardRegisterKey::from_bytes(key)
}

/// Adds to `keys` the entities that deciding `command` needs and that are not loaded yet. It is
/// called again after they were loaded, until it adds nothing.
#[expect(
    clippy::too_many_lines,
    reason = "one arm per kind of command, each a call or two"
)]
pub fn missing(context: &Context, command: &Command, keys: &mut Vec<EntityKey>) {
    let mut need = Need {
        context,
        keys,
        loaded_too: false,
    };
    match &command.body {
        CommandBody::PublishPolicy(_) => {}
        CommandBody::OpenAccount(c) => {
            need.account(AccountKey {
                division: c.division,
                fund: c.fund,
            });
        }
        CommandBody::AccrueFunds(c) => {
            need.account(AccountKey {
                division: c.division,
                fund: c.fund,
            });
        }
        CommandBody::TransferFunds(c) => {
            need.account(AccountKey {
                division: c.from,
                fund: c.fund,
            });
            need.account(AccountKey {
                division: c.to,
                fund: c.fund,
            });
        }
        CommandBody::RegisterInstitution(c) => need.institution(c.institution),
        CommandBody::GrantQualification(c) => need.institution(c.institution),
        CommandBody::RevokeQualification(c) => need.institution(c.institution),
        CommandBody::RegisterPerson(c) => need.person(c.person),
        CommandBody::DeclarePersonStatus(c) => need.person(c.person),
        CommandBody::EndPersonStatus(c) => need.person(c.person),
        CommandBody::ApproveClass(c) => {
            need.class(c.class);
            need.institution(c.institution);
            if let Some(order) = c.order {
                need.order(order);
            }
        }
        CommandBody::OpenClass(c) => need.class_and_institution(c.class),
        CommandBody::CloseClass(c) => need.class(c.class),
        CommandBody::EnrolPerson(c) => need.place(c.class, c.person),
        CommandBody::WithdrawEnrolment(c) => need.place(c.class, c.person),
        CommandBody::RecordAttendance(c) => need.place(c.class, c.person),
        CommandBody::CompleteTraining(c) => need.place(c.class, c.person),
        CommandBody::RecordAssessment(c) => {
            need.place(c.class, c.person);
            need.institution(c.evaluator);
        }
        CommandBody::IssueCertificate(c) => {
            need.place(c.class, c.person);
            need.institution(c.evaluator);
            need.certificate(c.number);
        }
        CommandBody::InvalidateCertificate(c) => {
            if let Some(certificate) = need.certificate_value(c.number) {
                need.place(certificate.class, certificate.person);
            }
        }
        CommandBody::ConfirmEmployment(c) => need.place(c.class, c.person),
        CommandBody::WithdrawEmployment(c) => need.place(c.class, c.person),
        CommandBody::ApproveSubsidy(c) => {
            need.class_and_institution(c.class);
            need.person(c.person);
        }
        CommandBody::OrderDisbursement(c) => {
            need.disbursement(c.disbursement);
            for person in &c.beneficiaries {
                need.person(*person);
            }
            need.class_and_institution(c.class);
            if let Some(class) = need.class_value(c.class) {
                need.account(class.account);
                if let Some(fund) = c.fund {
                    need.account(AccountKey {
                        division: class.account.division,
                        fund,
                    });
                }
            }
        }
        CommandBody::SettleDisbursement(c) => need.whole_disbursement(c.disbursement),
        CommandBody::ReturnDisbursement(c) => need.whole_disbursement(c.disbursement),
        CommandBody::OpenCase(c) => need.case(c.case),
        CommandBody::MakeFinding(c) => {
            need.case(c.case);
            need.subject(c.subject);
            for person in &c.persons {
                need.person(*person);
            }
        }
        CommandBody::DecideClawback(c) => {
            need.clawback(c.clawback);
            need.case(c.case);
            for line in &c.lines {
                if let Some(beneficiary) = line.beneficiary {
                    need.person(beneficiary);
                }
                if let Some(disbursement) = need.disbursement_value(line.disbursement) {
                    need.account(disbursement.account);
                    need.subject(disbursement.subject);
                }
            }
        }
        CommandBody::RecordRepayment(c) => need.debt(c.debt),
        CommandBody::CloseCase(c) => need.case(c.case),
        CommandBody::WithdrawPolicy(_) => {}
        CommandBody::RecordProvincialAdjustment(c) => need.account(AccountKey {
            division: c.division,
            fund: c.fund,
        }),
        CommandBody::RaiseOrder(c) => {
            need.order(c.order);
            need.raised_by(c.raised_by);
        }
        CommandBody::ListOrder(c) => need.order(c.order),
        CommandBody::SelectOrder(c) => {
            need.order(c.order);
            need.person(c.person);
        }
        CommandBody::AcceptOrder(c) => {
            need.order(c.order);
            need.institution(c.institution);
        }
        CommandBody::PurchaseOrder(c) => need.order(c.order),
        CommandBody::CancelOrder(c) => need.order_and_class(c.order),
        CommandBody::VerifyCertificate(c) => {
            if let Some(certificate) = need.certificate_value(c.number) {
                need.place(certificate.class, certificate.person);
            }
        }
        CommandBody::SubmitClaim(c) => need.place(c.class, c.person),
        CommandBody::RecordAgencyContract(c) => need.place(c.class, c.person),
        CommandBody::OpenPublicity(c) => need.class(c.class),
        CommandBody::RaiseObjection(c) => {
            need.class(c.class);
            if let Some(person) = c.person {
                need.person(person);
            }
        }
        CommandBody::ResolveObjection(c) => need.objection(c.class, c.objection),
        CommandBody::ClosePublicity(c) => need.class(c.class),
        CommandBody::ApproveAward(c) => need.new_award(c),
        CommandBody::RevokeAward(c) => need.award_and_register(c.award),
        CommandBody::OrderAwardPayment(c) => {
            need.disbursement(c.disbursement);
            need.subject(Subject::Award(c.award));
            need.account(AccountKey {
                division: c.division,
                fund: c.fund,
            });
        }
        CommandBody::ImposePenalty(c) => need.debt(Debt::Clawback(c.clawback)),
    }
}

/// Adds to `keys` the entities that applying `event` needs and that are not loaded yet; asked
/// again until it adds nothing. Entities that the event creates are included.
pub fn missing_for_event(context: &Context, event: &Event, keys: &mut Vec<EntityKey>) {
    walk_event(
        Need {
            context,
            keys,
            loaded_too: false,
        },
        event,
    );
}

/// Adds to `keys` every entity that applying `event` may change, given that all are loaded. The
/// same key may be added more than once.
pub fn touched(context: &Context, event: &Event, keys: &mut Vec<EntityKey>) {
    walk_event(
        Need {
            context,
            keys,
            loaded_too: true,
        },
        event,
    );
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm per kind of event, each a call or two"
)]
fn walk_event(mut need: Need<'_>, event: &Event) {
    match &event.body {
        EventBody::PolicyPublished(_)
        | EventBody::PolicyWithdrawn(_)
        | EventBody::CataloguePublished(_) => {}
        EventBody::AccountOpened(AccountOpened { account })
        | EventBody::FundsAccrued(FundsAccrued { account, .. }) => {
            need.account(*account);
        }
        EventBody::FundsTransferred(FundsTransferred { from, to, fund, .. }) => {
            need.account(AccountKey {
                division: *from,
                fund: *fund,
            });
            need.account(AccountKey {
                division: *to,
                fund: *fund,
            });
        }
        EventBody::InstitutionRegistered(e) => need.institution(e.institution),
        EventBody::QualificationGranted(e) => need.institution(e.institution),
        EventBody::QualificationRevoked(e) => need.institution(e.institution),
        EventBody::PersonRegistered(PersonRegistered { person })
        | EventBody::PersonStatusEnded(PersonStatusEnded { person, .. }) => {
            need.person(*person);
        }
        EventBody::PersonStatusDeclared(e) => need.person(e.person),
        EventBody::ClassApproved(e) => {
            need.class(e.class);
            if let Some(order) = e.order {
                need.order(order);
            }
        }
        EventBody::ProvincialAdjustmentReceived(e) => need.account(e.account),
        EventBody::OrderRaised(e) => {
            need.order(e.order);
            if let OrderRaisedBy::Person(person) = e.raised_by {
                need.person(person);
            }
        }
        EventBody::OrderListed(OrderListed { order })
        | EventBody::OrderAccepted(OrderAccepted { order, .. })
        | EventBody::OrderPurchased(OrderPurchased { order, .. })
        | EventBody::OrderCancelled(OrderCancelled { order, .. }) => need.order(*order),
        EventBody::OrderSelected(OrderSelected { order, person }) => {
            need.order(*order);
            need.person(*person);
        }
        EventBody::PublicityOpened(PublicityOpened { class, .. })
        | EventBody::PublicityClosed(PublicityClosed { class }) => {
            need.class(*class);
        }
        EventBody::ObjectionRaised(ObjectionRaised { class, person, .. })
        | EventBody::ObjectionResolved(ObjectionResolved { class, person, .. }) => {
            need.class(*class);
            if let Some(person) = person {
                need.person(*person);
            }
        }
        EventBody::AwardApproved(e) => {
            need.award(e.award);
            need.register(&e.scheme, e.division);
            need.honoured(e.recipient);
        }
        EventBody::AwardRevoked(AwardRevoked { award, .. }) => need.award_and_register(*award),
        EventBody::PenaltyImposed(e) => need.clawback(e.clawback),
        EventBody::ClassOpened(ClassOpened { class })
        | EventBody::ClassClosed(ClassClosed { class }) => need.class(*class),
        EventBody::PersonEnrolled(PersonEnrolled { class, person })
        | EventBody::EnrolmentWithdrawn(EnrolmentWithdrawn { class, person, .. })
        | EventBody::AttendanceRecorded(AttendanceRecorded { class, person, .. })
        | EventBody::TrainingCompleted(TrainingCompleted { class, person, .. })
        | EventBody::AssessmentRecorded(AssessmentRecorded { class, person, .. })
        | EventBody::ClaimSubmitted(ClaimSubmitted { class, person, .. })
        | EventBody::AgencyContractRecorded(AgencyContractRecorded { class, person, .. })
        | EventBody::EmploymentWithdrawn(EmploymentWithdrawn { class, person, .. }) => {
            need.place(*class, *person)
        }
        EventBody::CertificateVerified(CertificateVerified {
            class,
            person,
            number,
            ..
        }) => {
            need.place(*class, *person);
            need.certificate(*number);
        }
        EventBody::CertificateIssued(e) => {
            need.place(e.class, e.person);
            need.certificate(e.number);
        }
        EventBody::CertificateInvalidated(e) => {
            need.place(e.class, e.person);
            need.certificate(e.number);
        }
        EventBody::EmploymentConfirmed(e) => need.place(e.class, e.person),
        EventBody::SubsidyApproved(e) => need.place(e.class, e.person),
        EventBody::ProjectSettled(e) => {
            need.class(e.class);
            for line in &e.lines {
                need.person(line.person);
            }
            if let Some(class) = need.class_value(e.class) {
                need.account(class.account);
            }
        }
        EventBody::DisbursementOrdered(e) => {
            need.disbursement(e.disbursement);
            need.subject(e.subject);
            need.account(e.account);
            for line in &e.lines {
                need.person(line.beneficiary);
            }
        }
        EventBody::DisbursementSettled(DisbursementSettled { disbursement, .. }) => {
            need.whole_disbursement(*disbursement);
        }
        EventBody::DisbursementReturned(e) => need.whole_disbursement(e.disbursement),
        EventBody::CaseOpened(CaseOpened { case, .. })
        | EventBody::CaseClosed(CaseClosed { case, .. }) => {
            need.case(*case);
        }
        EventBody::FindingMade(e) => {
            need.case(e.case);
            need.subject(e.subject);
            for person in &e.persons {
                need.person(*person);
            }
        }
        EventBody::ClawbackDecided(e) => {
            need.clawback(e.clawback);
            need.case(e.case);
            need.account(e.account);
            if let Subject::Award(_) = e.subject {
                need.subject(e.subject);
            }
            for line in &e.lines {
                if let Some(beneficiary) = line.beneficiary {
                    need.person(beneficiary);
                }
                need.disbursement(line.disbursement);
            }
        }
        EventBody::RepaymentReceived(RepaymentReceived { debt, .. }) => need.debt(*debt),
    }
}

/// Collects the keys of entities.
struct Need<'a> {
    context: &'a Context,
    keys: &'a mut Vec<EntityKey>,
    /// Collects loaded keys as well.
    loaded_too: bool,
}

impl<'a> Need<'a> {
    fn key(&mut self, key: EntityKey) {
        if self.loaded_too || !self.context.is_loaded(&key) {
            self.keys.push(key);
        }
    }

    fn person(&mut self, person: PersonKey) {
        self.key(EntityKey::Person(person));
    }

    fn class(&mut self, class: ClassId) {
        self.key(EntityKey::Class(class));
    }

    fn institution(&mut self, institution: CreditCode) {
        self.key(EntityKey::Institution(institution));
    }

    fn certificate(&mut self, number: CertificateNumber) {
        self.key(EntityKey::Certificate(number));
    }

    fn account(&mut self, account: AccountKey) {
        self.key(EntityKey::Account(account));
    }

    fn disbursement(&mut self, disbursement: DisbursementId) {
        self.key(EntityKey::Disbursement(disbursement));
    }

    fn case(&mut self, case: CaseId) {
        self.key(EntityKey::Case(case));
    }

    fn award(&mut self, award: AwardId) {
        self.key(EntityKey::Award(award));
    }

    fn order(&mut self, order: OrderId) {
        self.key(EntityKey::Order(order));
    }

    fn order_and_class(&mut self, order: OrderId) {
        self.order(order);
        if self.context.orders.is_loaded(&order)
            && let Some(order) = self.context.orders.get(&order)
            && let Some(class) = order.class
        {
            self.class(class);
        }
    }

    fn register(&mut self, scheme: &SchemeId, division: Division) {
        self.key(EntityKey::AwardRegister(award_register_key(
            scheme, division,
        )));
    }

    /// The class; or the award, with the person who receives it and remembers it.
    fn subject(&mut self, subject: Subject) {
        match subject {
            Subject::Class(class) => self.class(class),
            Subject::Award(award) => {
                if let Some(award) = self.award_value(award) {
                    self.honoured(award.recipient);
                }
            }
        }
    }

    fn honoured(&mut self, recipient: Payee) {
        if let Some(person) = recipient.person() {
            self.person(person);
        }
    }

    fn raised_by(&mut self, raised_by: OrderRaisedBy) {
        match raised_by {
            OrderRaisedBy::Person(person) => self.person(person),
            OrderRaisedBy::Enterprise(enterprise) => self.institution(enterprise),
        }
    }

    /// The register of the award's scheme and of every scheme that excludes it in any document.
    fn new_award(&mut self, c: &ApproveAward) {
        self.award(c.award);
        self.register(&c.scheme, c.division);
        for published in self.context.policies.published() {
            for (scheme, _) in published.policy.exclusive_awards(&c.scheme) {
                self.register(scheme, c.division);
            }
        }
        match c.recipient {
            Payee::Person(person) | Payee::Master(person) => self.person(person),
            Payee::Institution(body) | Payee::Employer(body) => self.institution(body),
        }
        for part in &c.parts {
            self.account(AccountKey {
                division: part.division,
                fund: part.fund,
            });
        }
    }

    fn award_and_register(&mut self, award: AwardId) {
        if let Some(award) = self.award_value(award) {
            self.register(&award.scheme, award.division);
            self.honoured(award.recipient);
        }
    }

    fn award_value(&mut self, award: AwardId) -> Option<&'a Award> {
        self.award(award);
        if self.context.awards.is_loaded(&award) {
            self.context.awards.get(&award)
        } else {
            None
        }
    }

    /// The class, and the person whom the objection is about.
    fn objection(&mut self, class: ClassId, objection: Position) {
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

    fn clawback(&mut self, clawback: ClawbackId) {
        self.key(EntityKey::Clawback(clawback));
    }

    fn place(&mut self, class: ClassId, person: PersonKey) {
        self.class(class);
        self.person(person);
    }

    fn class_value(&mut self, class: ClassId) -> Option<&'a Class> {
        self.class(class);
        if self.context.classes.is_loaded(&class) {
            self.context.classes.get(&class)
        } else {
            None
        }
    }

    fn class_and_institution(&mut self, class: ClassId) {
        if let Some(class) = self.class_value(class) {
            self.institution(class.institution);
        }
    }

    fn certificate_value(&mut self, number: CertificateNumber) -> Option<&'a Certificate> {
        self.certificate(number);
        if self.context.certificates.is_loaded(&number) {
            self.context.certificates.get(&number)
        } else {
            None
        }
    }

    fn disbursement_value(&mut self, id: DisbursementId) -> Option<&'a Disbursement> {
        self.disbursement(id);
        if self.context.disbursements.is_loaded(&id) {
            self.context.disbursements.get(&id)
        } else {
            None
        }
    }

    fn whole_disbursement(&mut self, id: DisbursementId) {
        if let Some(disbursement) = self.disbursement_value(id) {
            self.subject(disbursement.subject);
            self.account(disbursement.account);
            for line in &disbursement.lines {
                self.person(line.beneficiary);
            }
        }
    }

    fn debt(&mut self, debt: Debt) {
        match debt {
            Debt::Clawback(clawback) => {
                self.clawback(clawback);
                if self.context.clawbacks.is_loaded(&clawback)
                    && let Some(clawback) = self.context.clawbacks.get(&clawback)
                {
                    self.account(clawback.account);
                    self.case(clawback.case);
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
