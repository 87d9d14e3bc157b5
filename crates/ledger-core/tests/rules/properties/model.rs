//! What follows from the accepted events by plain addition, and what must be true of it.

use std::collections::{BTreeMap, BTreeSet};

use ledger_core::command::Debt;
use ledger_core::event::{
    ClawbackDecided, DisbursementOrdered, DisbursementReturned, DisbursementSettled, FundsAccrued,
    FundsTransferred, ProjectSettled, RepaymentReceived,
};
use ledger_core::{
    AccountKey, AccountKind, ClassId, ClawbackId, DisbursementId, Entity, EntityKey, EventBody,
    Occupation, PersonKey, RecordedEvent, Side, SkillLevel,
};

use super::trainee;
use crate::ledger::Ledger;
use crate::script::class;

/// What was paid and asked back for one place, in fen.
#[derive(Debug, Clone, Default)]
struct PlaceMoney {
    in_flight: i64,
    arrived: i64,
    clawed_back: i64,
    excess: i64,
}

/// A class, as far as the model needs it.
#[derive(Debug, Clone, Copy)]
struct Course {
    account: AccountKey,
    rate: i64,
    teaches: (Occupation, Option<SkillLevel>),
}

/// An order and where it stands.
#[derive(Debug, Clone)]
struct Order {
    class: ClassId,
    account: AccountKey,
    lines: Vec<(PersonKey, i64)>,
    settled: bool,
}

/// What follows from the accepted events by plain addition.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    quota: usize,
    ever: bool,
    courses: BTreeMap<ClassId, Course>,
    cash: BTreeMap<AccountKey, i64>,
    reserved: BTreeMap<AccountKey, i64>,
    receivable: BTreeMap<AccountKey, i64>,
    /// The year of each live quota slot.
    slots: BTreeMap<(PersonKey, ClassId), i32>,
    places: BTreeMap<(PersonKey, ClassId), PlaceMoney>,
    orders: BTreeMap<DisbursementId, Order>,
    pub(super) debts: BTreeMap<ClawbackId, i64>,
    clawback_accounts: BTreeMap<ClawbackId, AccountKey>,
}

impl Model {
    /// Nothing has happened; so many subsidies a year, and repeats barred for ever or not.
    pub(super) fn new(quota: usize, ever: bool) -> Self {
        Self {
            quota,
            ever,
            ..Self::default()
        }
    }

    pub(super) fn follow(&mut self, recorded: &RecordedEvent) {
        match &recorded.event.body {
            EventBody::FundsAccrued(FundsAccrued {
                account, amount, ..
            }) => {
                *self.cash.entry(*account).or_default() += amount.get();
            }
            EventBody::FundsTransferred(FundsTransferred {
                from,
                to,
                fund,
                amount,
                ..
            }) => {
                let key = |division| AccountKey {
                    division,
                    fund: *fund,
                };
                *self.cash.entry(key(*from)).or_default() -= amount.get();
                *self.cash.entry(key(*to)).or_default() += amount.get();
            }
            EventBody::ClassApproved(e) => {
                let teaches = (e.occupation, e.level);
                let course = Course {
                    account: e.account,
                    rate: e.rate.get(),
                    teaches,
                };
                self.courses.insert(e.class, course);
            }
            EventBody::SubsidyApproved(e) => {
                self.slots
                    .entry((e.person, e.class))
                    .or_insert(e.quota_year);
            }
            EventBody::CertificateInvalidated(e) if e.frees_quota => {
                self.free(e.person, e.class);
            }
            EventBody::ProjectSettled(e) => self.project_settled(e),
            EventBody::DisbursementOrdered(e) => self.ordered(e),
            EventBody::DisbursementSettled(DisbursementSettled { disbursement, .. }) => {
                self.settled(disbursement)
            }
            EventBody::DisbursementReturned(e) => self.returned(e),
            EventBody::ClawbackDecided(e) => self.clawed_back(e),
            EventBody::RepaymentReceived(RepaymentReceived { debt, amount, .. }) => {
                let account = match debt {
                    Debt::Clawback(clawback) => {
                        *self.debts.get_mut(clawback).unwrap() -= amount.get();
                        self.clawback_accounts[clawback]
                    }
                    Debt::ExcessAdvance(class) => self.courses[class].account,
                };
                *self.cash.get_mut(&account).unwrap() += amount.get();
                *self.receivable.get_mut(&account).unwrap() -= amount.get();
            }
            _ => {}
        }
    }

    fn free(&mut self, person: PersonKey, class: ClassId) {
        assert!(
            self.slots.remove(&(person, class)).is_some(),
            "a slot is given back that was held"
        );
    }

    fn place(&mut self, person: PersonKey, class: ClassId) -> &mut PlaceMoney {
        self.places.entry((person, class)).or_default()
    }

    fn project_settled(&mut self, e: &ProjectSettled) {
        let account = self.courses[&e.class].account;
        for line in &e.lines {
            let excess = (line.advanced.get() - line.earned.get()).max(0);
            self.place(line.person, e.class).excess += excess;
            *self.receivable.entry(account).or_default() += excess;
            if line.frees_quota {
                self.free(line.person, e.class);
            }
        }
    }

    fn ordered(&mut self, e: &DisbursementOrdered) {
        let class = e.subject.class().unwrap();
        let mut lines = Vec::new();
        for line in &e.lines {
            let key = (line.beneficiary, class);
            if let Some(year) = line.takes_quota_year {
                assert!(
                    self.slots.insert(key, year).is_none(),
                    "a place takes one slot"
                );
            }
            assert!(
                self.slots.contains_key(&key),
                "nothing is paid without a slot"
            );
            self.place(line.beneficiary, class).in_flight += line.amount.get();
            lines.push((line.beneficiary, line.amount.get()));
        }
        *self.reserved.entry(e.account).or_default() += e.total.get();
        let order = Order {
            class,
            account: e.account,
            lines,
            settled: false,
        };
        assert!(
            self.orders.insert(e.disbursement, order).is_none(),
            "an order is given once"
        );
    }

    fn settled(&mut self, disbursement: &DisbursementId) {
        let order = self.orders.get_mut(disbursement).unwrap();
        order.settled = true;
        let order = order.clone();
        for (person, amount) in order.lines {
            let place = self.place(person, order.class);
            place.in_flight -= amount;
            place.arrived += amount;
            *self.reserved.get_mut(&order.account).unwrap() -= amount;
            *self.cash.get_mut(&order.account).unwrap() -= amount;
        }
    }

    fn returned(&mut self, e: &DisbursementReturned) {
        let order = self.orders[&e.disbursement].clone();
        for (person, amount) in order.lines {
            let place = self.place(person, order.class);
            if order.settled {
                place.arrived -= amount;
                *self.cash.get_mut(&order.account).unwrap() += amount;
            } else {
                place.in_flight -= amount;
                *self.reserved.get_mut(&order.account).unwrap() -= amount;
            }
        }
        for person in &e.frees_quota {
            self.free(*person, order.class);
        }
    }

    fn clawed_back(&mut self, e: &ClawbackDecided) {
        let class = e.subject.class().unwrap();
        for line in &e.lines {
            let beneficiary = line.beneficiary.unwrap();
            self.place(beneficiary, class).clawed_back += line.amount.get();
            *self.receivable.entry(e.account).or_default() += line.amount.get();
            if line.frees_quota {
                self.free(beneficiary, class);
            }
        }
        self.debts.insert(e.clawback, e.total.get());
        self.clawback_accounts.insert(e.clawback, e.account);
    }

    pub(super) fn arrived(&self, of: &usize, person: usize) -> i64 {
        let key = (trainee(person), class(&format!("K{of}")));
        self.places.get(&key).map_or(0, |place| place.arrived)
    }

    /// What must be true after every command.
    pub(super) fn check(&self, ledger: &Ledger) {
        self.check_money(ledger);
        self.check_slots(ledger);
        for ((person, class), place) in &self.places {
            let paid = place.in_flight + place.arrived;
            assert!(
                paid <= self.courses[class].rate,
                "{person} {class}: {place:?} is paid once"
            );
            assert!(
                place.clawed_back + place.excess <= place.arrived,
                "{person} {class}: {place:?} pays back what arrived"
            );
            let net = paid - place.clawed_back - place.excess;
            assert!(net >= 0 && net <= self.courses[class].rate);
        }
    }

    fn check_money(&self, ledger: &Ledger) {
        for (key, cash) in &self.cash {
            let Some(Entity::Account(account)) = ledger.entities.get(&EntityKey::Account(*key))
            else {
                panic!("{key:?} is open");
            };
            let reserved = self.reserved.get(key).copied().unwrap_or(0);
            assert_eq!(account.balance(AccountKind::Cash, 0).get(), *cash);
            assert_eq!(account.balance(AccountKind::Reserve, 0).get(), reserved);
            assert_eq!(account.available().get(), cash - reserved);
            assert!(*cash >= reserved, "what is reserved is there");
            let owed = self.receivable.get(key).copied().unwrap_or(0);
            assert_eq!(account.balance(AccountKind::Receivable, 0).get(), owed);
        }
        let side = |side| -> i64 {
            let books = ledger.books.iter();
            books
                .filter(|(of, _)| of.kind.normal_side() == side)
                .map(|(_, fen)| fen)
                .sum()
        };
        assert_eq!(
            side(Side::Debit),
            side(Side::Credit),
            "the trial balance is zero"
        );
    }

    fn check_slots(&self, ledger: &Ledger) {
        let mut live = BTreeMap::new();
        for (key, entity) in &ledger.entities {
            if let (EntityKey::Person(key), Entity::Person(person)) = (key, entity) {
                for slot in person.slots.iter().filter(|slot| slot.freed.is_none()) {
                    assert!(live.insert((*key, slot.class), slot.year).is_none());
                }
            }
        }
        assert_eq!(live, self.slots);
        let mut by_year: BTreeMap<(PersonKey, i32), usize> = BTreeMap::new();
        let mut taught = BTreeSet::new();
        for ((person, class), year) in &self.slots {
            *by_year.entry((*person, *year)).or_default() += 1;
            let first = taught.insert((*person, self.courses[class].teaches));
            assert!(
                first || !self.ever,
                "{person} is subsidised twice for the same"
            );
        }
        assert!(
            by_year.values().all(|used| *used <= self.quota),
            "{by_year:?}"
        );
    }
}
